"""Runs the program over bad files and says what harm it did, for test_zoo.py and the fuzzer: none may ever be.

    server.run(folder, *words_of("in"))  -->  Ended(code=20, said="...", seconds=0.3, memory=150_000_000, hung=False)
    harm(ended, folder, before, known)   -->  ["exit code 1, and a traceback: ...", ...]; none where all is well

A server forks a process for each run, which saves the second that importing takes; the run is a real process, opens
workbooks in a real process of its own, and both are killed when they hang. For systems with fork only.
"""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from hostile.fault_hook import ROOT, give_up_rights, warm_up

DAY = "2026-11-23"
OUT, HISTORY = "out", "history.sqlite"
HANG_SECONDS = 20
MEMORY_BYTES = 1 << 30
CLEAN, TO_DO, SET_ASIDE, REFUSED = 0, 10, 20, 2  # every way in which a run may end
WAYS = ("records", "folded", "set_aside", "left_out")  # what may become of a row
_REFUSAL = re.compile(r"^error: [^:\n]+: .+[.)]$", re.MULTILINE)
_WARNING = re.compile(r"\b[A-Z]\w*Warning\b")
_LOCKS = (
    f"{HISTORY}.lock",
    f"{HISTORY}.lock.who",
)  # say who ran last, and are no part of the history


def words_of(*paths: str, formats: str = "json", history: bool = True) -> list[str]:
    """The words of a run over these paths, into OUT and (where it is kept) HISTORY of the folder it runs in."""
    state = ["--state", HISTORY] if history else []
    return ["run", *paths, "--as-of", DAY, "--out", OUT, *state, "--format", formats]


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes:
        code: its exit code; below zero the signal that killed it.
        said: stdout and stderr, one after the other as they came.
        memory: the most bytes that it, or a process that it started, had at once.
        hung: whether it was killed for taking longer than HANG_SECONDS.
    """

    code: int
    said: str
    seconds: float
    memory: int
    hung: bool = False


class Server:
    """Runs the program as asked, in a process of its own each time."""

    def __init__(self) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONWARNINGS": "default",
        }
        command = [sys.executable, "-W", "ignore", __file__]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment,
        )

    def run(self, folder: Path, *words: str, bound: bool = False) -> Ended:
        """Run the command in a folder and wait for its end.

        Args:
            bound: by the permissions of files, root too.
        """
        asked = {"folder": os.path.realpath(folder), "words": words, "bound": bound}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return Ended(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End the server."""
        with self._process:
            self._process.stdin.close()


def run_command(folder: Path, *words: str, bound: bool = False) -> Ended:
    """As Server.run, by the real command and not in a fork of a server: `python -m reconcile ...`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    with tempfile.TemporaryFile() as said:
        began = time.monotonic()
        started = subprocess.Popen(
            [sys.executable, "-m", "reconcile", *words],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=give_up_rights if bound and os.geteuid() == 0 else None,
        )
        ended = _wait_for(started.pid, said.fileno(), began)
        started.returncode = ended["code"]  # it has been waited for
    return Ended(**ended)


def _wait_for(process: int, said: int, began: float) -> dict[str, Any]:
    """Wait for the end of a process that leads its own group, and kill the group when it hangs."""
    hung = []

    def kill(*_: object) -> None:
        hung.append(True)
        os.killpg(process, signal.SIGKILL)

    signal.signal(signal.SIGALRM, kill)
    signal.setitimer(signal.ITIMER_REAL, HANG_SECONDS)
    _, status, used = os.wait4(process, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    seconds = time.monotonic() - began
    unit = 1 if sys.platform == "darwin" else 1024
    text = os.pread(said, os.fstat(said).st_size, 0).decode("utf-8", "replace")
    code = os.waitstatus_to_exitcode(status)
    return {
        "code": code,
        "said": text,
        "seconds": seconds,
        "memory": used.ru_maxrss * unit,
        "hung": bool(hung),
    }


# The server's own process --------------------------------------------------------------------------------------------


def _serve() -> None:
    """Make ready what a run needs, then fork a process for each run that is asked for."""
    warm_up()
    for line in sys.stdin:
        asked = json.loads(line)
        with tempfile.TemporaryFile() as said:
            began = time.monotonic()
            process = os.fork()
            if not process:
                _be_the_program(asked, said.fileno())
            print(json.dumps(_wait_for(process, said.fileno(), began)), flush=True)


def _be_the_program(asked: dict[str, Any], said: int) -> None:
    """Run the command, and end this process; what could not be caught is told like a crash."""
    code = 1
    try:
        os.setsid()
        os.chdir(asked["folder"])
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(said, 1)
        os.dup2(said, 2)
        sys.stdout = sys.stderr = open(1, "w", encoding="utf-8", buffering=1, closefd=False)
        warnings.resetwarnings()
        warnings.simplefilter("default")
        if asked["bound"] and os.geteuid() == 0:
            give_up_rights()
        sys.argv = ["reconcile", *asked["words"]]
        from reconcile.cli.main import start

        start()
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


# What may never be ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """What is in one of the files, known from writing it.

    Attributes:
        rows: the rows below its header that hold anything, layout of reports not counted; None where nobody knows.
        cents: the number of each of its Xero invoices -> its total.
    """

    rows: int | None = None
    cents: Mapping[str, int] = field(default_factory=dict)


def kept_in(folder: Path) -> dict[str, bytes]:
    """The results and the history in the folder of a run: what a refusal must leave as it is."""
    places = [folder / OUT, *folder.glob("*.sqlite*")]
    files = [
        file
        for place in places
        for file in (place.rglob("*") if place.is_dir() else [place])
        if file.is_file()
    ]
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(files)
        if file.name not in _LOCKS
    }


def harm(
    ended: Ended,
    folder: Path,
    before: Mapping[str, bytes],
    known: Mapping[str, Known] | None = None,
) -> list[str]:
    """Everything that may never be, whatever was given to a run; an empty list where all is well.

    Args:
        folder: where it ran, with the words of `words_of`.
        before: kept_in(folder), before it ran.
        known: what is in the files, by the label that messages have for them; nothing is asked of others.
    """
    found = harm_of_ending(ended)
    if ended.code == REFUSED:
        found += _harm_of_refusal(ended, folder, before)
    elif ended.code in (CLEAN, TO_DO, SET_ASIDE):
        found += _harm_of_results(ended, Results.read(folder), known or {})
    return found


def harm_of_ending(ended: Ended) -> list[str]:
    """What may never be of a run's end, whatever the command was."""
    found = []
    if ended.hung:
        found.append(f"a hang: killed after {ended.seconds:.0f} seconds")
    elif ended.code not in (CLEAN, TO_DO, SET_ASIDE, REFUSED):
        found.append(f"exit code {ended.code}: {ended.said.strip()[-500:]}")
    if "Traceback" in ended.said:
        found.append(f"a traceback: {ended.said.strip()[-1500:]}")
    elif warned := _WARNING.search(ended.said):
        found.append(f"a warning of Python's: {ended.said[warned.start() : warned.start() + 200]}")
    if ended.memory > MEMORY_BYTES:
        found.append(f"{ended.memory >> 20} MiB of memory")
    return found


def _harm_of_refusal(ended: Ended, folder: Path, before: Mapping[str, bytes]) -> list[str]:
    found = []
    if not _REFUSAL.search(ended.said):
        found.append(
            f"exit code 2 without an `error: file: what is wrong.`: {ended.said.strip()[-500:]}"
        )
    if re.search(
        r"\b(internal|assert\w*|panick\w*|NoneType|Exception)\b", ended.said, re.IGNORECASE
    ):
        found.append(f"a refusal in a programmer's words: {ended.said.strip()[:500]}")
    after = kept_in(folder)
    touched = sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )
    found += [f"{name} was touched by a refused run" for name in touched]
    if not before and (folder / OUT).exists():
        found.append("a refused run made a folder for results")
    return found


@dataclass(frozen=True)
class Results:
    """The files that a run has written: fixlist.json, and the ledgers as rows by header."""

    fixlist: dict[str, Any]
    invoices: list[dict[str, str]]
    jobs: list[dict[str, str]]
    names: frozenset[str]

    @classmethod
    def read(cls, folder: Path) -> Results:
        """Read them from the folder of a run."""
        out = folder / OUT
        fixlist = json.loads((out / "fixlist.json").read_text(encoding="utf-8"))
        return cls(
            fixlist,
            _rows_of(out / "invoices.csv"),
            _rows_of(out / "jobs.csv"),
            frozenset(path.name for path in out.iterdir()),
        )

    def records(self, role: str) -> int:
        """How many records the files of a role gave."""
        return sum(one["records"] for one in self.fixlist["inputs"] if one["role"] == role)

    def from_xero(self) -> list[dict[str, str]]:
        """The invoices that are from Xero."""
        return [row for row in self.invoices if row["finding"] != "only-in-xpm"]


def _rows_of(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(1 << 27)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def cents_of(amount: str) -> int:
    """`110.00` as 11000, exactly."""
    return int(Decimal(amount).scaleb(2).to_integral_exact())


def _harm_of_results(ended: Ended, results: Results, known: Mapping[str, Known]) -> list[str]:
    fixlist = results.fixlist
    found = [
        f"rows do not add up: {one}"
        for one in fixlist["inputs"]
        if one["rows"] != sum(one[way] for way in WAYS)
    ]
    totals, by_outcome = fixlist["totals"], fixlist["totals"]["by_outcome"]
    cents = Counter()
    for row in results.invoices:
        cents[row["outcome"]] += cents_of(row["total"])
    outcomes = Counter(row["outcome"] for row in results.invoices)
    for outcome in outcomes.keys() | by_outcome.keys():
        told = by_outcome.get(outcome, {"invoices": 0, "cents": 0})
        if (told["invoices"], told["cents"]) != (outcomes[outcome], cents[outcome]):
            found.append(
                f"{outcome}: {told} is told, and invoices.csv has {outcomes[outcome]} with {cents[outcome]} cents"
            )
    if (totals["invoices"], totals["cents"]) != (len(results.invoices), sum(cents.values())):
        found.append(
            f"invoices.csv has {len(results.invoices)} rows with {sum(cents.values())} cents, and totals {totals}"
        )
    for role, rows in (("xero_invoices", results.from_xero()), ("xpm_jobs", results.jobs)):
        if len(rows) != results.records(role):
            found.append(
                f"{results.records(role)} records of {role}, and {len(rows)} in its ledger"
            )
    aside = [one for one in fixlist["problems"] if one["set_aside"]]
    if bool(aside) != (ended.code == SET_ASIDE):
        found.append(f"exit code {ended.code} with {len(aside)} problems that set something aside")
    found += [f"{name} was left behind" for name in results.names if ".reconcile-" in name]
    for label, one in known.items():
        found += _harm_to_file(results, label, one)
    return found


def _harm_to_file(results: Results, label: str, known: Known) -> list[str]:
    """Rows and money of a file that went lost, or that nobody put in."""
    entries = [one for one in results.fixlist["inputs"] if one["path"] == label]
    found = []
    rows = sum(one["rows"] for one in entries)
    if known.rows is not None and rows != known.rows:
        found.append(f"{label} has {known.rows} rows, and {rows} were counted")
    there = {
        row["invoice_no"]: cents_of(row["total"])
        for row in results.from_xero()
        if row["file"] == label
    }
    for number, cents in there.items():
        if known.cents and known.cents.get(number) != cents:
            found.append(
                f"{label}: {number} has {known.cents.get(number)} cents, and {cents} in invoices.csv"
            )
    gone = known.cents.keys() - there.keys()
    told = sum(one["set_aside"] for one in results.fixlist["problems"] if one["file"] == label)
    left_out = sum(one["left_out"] + one["folded"] for one in entries)
    if len(gone) > told + left_out:
        found.append(f"{label}: {', '.join(sorted(gone))} are gone, and {told} problems tell of it")
    return found


def verdicts(rows: Sequence[Mapping[str, str]], *without: str) -> dict[str, dict[str, str]]:
    """The rows of a ledger by number, without some of their columns: what two runs that read the same agree in."""
    key = "invoice_no" if rows and "invoice_no" in rows[0] else "job_no"
    return {
        row[key]: {name: value for name, value in row.items() if name not in without}
        for row in rows
    }


if __name__ == "__main__":
    _serve()
