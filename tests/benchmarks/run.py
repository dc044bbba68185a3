"""Whole runs of reconcile, side by side with the script a user would write and with the floor.

    python tests/benchmarks/run.py [--lines 10000 100000 1000000] [--times 5] [--xlsx]

Every contender is a new process each time. They take turns within one go, so that a busy machine slows all of them.
Prints one markdown table of medians and peak memory, then each target as met, MISSED or not measured. Exits with 1 when
a contender failed or gave a wrong answer; a missed target alone is printed, and exits with 0.

Needs Linux or macOS (os.wait4). Source of the contenders' exit codes and files: contract.md.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

# Only the standard library is imported here, and answers are read after all runs are over: a new process is charged
# with the memory of the one that started it, so this one stays small.

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
AS_OF = "2026-11-20"
SOMETHING_TO_DO = 10  # reconcile's exit code when it ran over everything and found faults
MIB = 1024 * 1024
OURS, PLAIN, BARE = "reconcile", "plain pandas", "plain pandas without to_excel"
FLOOR, PANDAS = "duckdb", "import pandas"


@dataclass
class Contender:
    """One program in the comparison, and what was measured of it at one size."""

    name: str
    command: Callable[[Path, Path], list[str]]  # (practice, fresh folder) -> command
    right_exit: int = 0
    seconds: list[float] = field(default_factory=list)
    peak_bytes: list[int] = field(default_factory=list)
    fault: str = ""
    last_folder: Path | None = None

    def median(self) -> float | None:
        """The middle of its times, or None when it failed."""
        return statistics.median(self.seconds) if self.seconds and not self.fault else None


def contenders() -> list[Contender]:
    """Everything that is run at each size, in the order of the table."""
    python = sys.executable
    files = ("invoices.csv", "jobs.csv", "xpm_invoices.csv")

    def reconcile(practice: Path, folder: Path) -> list[str]:
        inputs = [str(practice / name) for name in files]
        options = ["--out", str(folder / "out"), "--as-of", AS_OF, "--format", "json,csv"]
        return [python, "-m", "reconcile", "run", *inputs, *options]

    plain, floor = str(HERE / "plain_pandas.py"), str(HERE / "duckdb_floor.py")
    return [
        Contender(OURS, reconcile, right_exit=SOMETHING_TO_DO),
        Contender(
            PLAIN,
            lambda practice, folder: [python, plain, str(practice), str(folder / "flagged.xlsx")],
        ),
        Contender(BARE, lambda practice, folder: [python, plain, str(practice), "--no-excel"]),
        Contender(FLOOR, lambda practice, folder: [python, floor, str(practice)]),
        Contender(PANDAS, lambda practice, folder: [python, "-c", "import pandas"]),
    ]


def environment() -> dict[str, str]:
    """This process's environment without settings of reconcile's, with the package beside these tests importable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECONCILE_")}
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def run_once(contender: Contender, practice: Path, folder: Path) -> None:
    """Run a contender once in a fresh folder and note its wall time and peak memory.

    The peak is the largest of the process and the children it waited for, as the system reports it at its end.
    """
    folder.mkdir()
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        started = time.perf_counter()
        process = subprocess.Popen(
            contender.command(practice, folder),
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if contender.last_folder:
        shutil.rmtree(contender.last_folder)
    contender.last_folder = folder
    if process.returncode != contender.right_exit:
        said = (
            (folder / "stderr").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        )
        contender.fault = f"exit code {process.returncode} instead of {contender.right_exit}: {said[-1] if said else 'no message'}"
        return
    contender.seconds.append(seconds)
    contender.peak_bytes.append(usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))


def measure(lines: int, times: int, folder: Path) -> dict[str, Contender]:
    """Make a practice and run every contender `times` times in turn; each round starts with another one."""
    practice = folder / f"practice-{lines}"
    say(f"making a practice of {lines:,} lines")
    subprocess.run(
        [sys.executable, str(HERE / "make_practice.py"), str(lines), str(practice)],
        check=True,
        stdout=sys.stderr,
    )
    runners = contenders()
    for turn in range(times):
        say(f"{lines:,} lines: round {turn + 1} of {times}")
        start = turn % len(runners)
        for contender in runners[start:] + runners[:start]:
            if not contender.fault:
                run_once(
                    contender,
                    practice,
                    folder / f"{lines}-{turn}-{contender.name.replace(' ', '-')}",
                )
    return {contender.name: contender for contender in runners}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def wrong_answers(contender: Contender, control: dict) -> list[str]:
    """Compare a contender's last answer with what make_practice.py put into the practice."""
    if contender.fault:
        return [contender.fault]
    if contender.name == PANDAS:
        return []
    if contender.name == OURS:
        return wrong_in_fixlist(contender.last_folder / "out" / "fixlist.json", control)
    answer = json.loads((contender.last_folder / "stdout").read_text(encoding="utf-8"))
    return [
        f"{name}: {answer[name]} instead of {control[name]}"
        for name in ("invoices", "faulty")
        if answer[name] != control[name]
    ]


def wrong_in_fixlist(path: Path, control: dict) -> list[str]:
    """Compare a fix-list with the control: invoices, cents, and the cause of every faulty invoice, no other listed."""
    fixlist = json.loads(path.read_text(encoding="utf-8-sig"))
    totals = fixlist["totals"]
    wrong = [
        f"{name}: {totals[name]} instead of {control[name]}"
        for name in ("invoices", "cents")
        if totals[name] != control[name]
    ]
    cause_of = {invoice["invoice_no"]: invoice["cause"] for invoice in fixlist["invoices"]}
    expected = control["cause_of"]
    missing, extra = expected.keys() - cause_of.keys(), cause_of.keys() - expected.keys()
    if missing:
        wrong.append(
            f"{len(missing)} faulty invoices not found, such as {min(missing)} ({expected[min(missing)]})"
        )
    if extra:
        wrong.append(
            f"{len(extra)} right invoices listed, such as {min(extra)} ({cause_of[min(extra)]})"
        )
    other = Counter(
        (expected[no], cause_of[no])
        for no in expected.keys() & cause_of.keys()
        if expected[no] != cause_of[no]
    )
    wrong += [
        f"{count} invoices with cause {found} instead of {meant}"
        for (meant, found), count in sorted(other.items(), key=str)
    ]
    return wrong


def number(value: float | None, form: str = "{:.2f}") -> str:
    return "-" if value is None else form.format(value)


def over(above: float | None, below: float | None) -> float | None:
    return None if above is None or below is None else above / below


def beyond(above: float | None, below: float | None) -> float | None:
    return None if above is None or below is None else above - below


def peak(contender: Contender) -> float | None:
    """The most memory of all its runs, in MiB."""
    return max(contender.peak_bytes) / MIB if contender.peak_bytes and not contender.fault else None


def print_table(measured: dict[int, dict[str, Contender]]) -> None:
    """Print the medians, one row per size."""
    print(
        "| lines | reconcile s | plain pandas s | plain pandas without to_excel s | duckdb s | import pandas s "
        "| reconcile / plain without to_excel | reconcile / duckdb | peak MiB: reconcile | plain pandas | duckdb |"
    )
    print("| ---: " * 11 + "|")
    for lines, runners in measured.items():
        ours, plain, bare, floor, pandas = (
            runners[name].median() for name in (OURS, PLAIN, BARE, FLOOR, PANDAS)
        )
        cells = [
            f"{lines:,}",
            *map(number, (ours, plain, bare, floor, pandas, over(ours, bare), over(ours, floor))),
        ]
        cells += [number(peak(runners[name]), "{:.0f}") for name in (OURS, PLAIN, FLOOR)]
        print("| " + " | ".join(cells) + " |")


def print_targets(measured: dict[int, dict[str, Contender]]) -> None:
    """Print each target with what was measured against it."""

    def verdict(words: str, found: float | None, limit: float) -> None:
        state = "not measured" if found is None else "met" if found <= limit else "MISSED"
        print(f"- {state}: {words} ({number(found)})")

    def median(lines: int, name: str) -> float | None:
        return measured[lines][name].median() if lines in measured else None

    million, small = 1_000_000, 10_000
    ours = median(million, OURS)
    most = peak(measured[million][OURS]) if million in measured else None
    print("\nTargets:\n")
    verdict(
        "1 M lines: at most 0.8 x plain pandas without its to_excel",
        over(ours, median(million, BARE)),
        0.8,
    )
    verdict("1 M lines: at most 3 x duckdb", over(ours, median(million, FLOOR)), 3)
    verdict("1 M lines: peak memory under 1.5 GiB, here in MiB", most, 1536)
    verdict(
        "10 k lines: under 1.2 s beyond import pandas",
        beyond(median(small, OURS), median(small, PANDAS)),
        1.2,
    )
    largest = max(measured)
    if largest > million:
        gib = peak(measured[largest][OURS])
        verdict(f"{largest:,} lines: peak memory under 6 GiB, here in MiB", gib, 6 * 1024)
    for words, of in (("time", Contender.median), ("memory", peak)):
        verdict(
            f"{words} grows with the lines to the power of at most 1.05",
            exponent(measured, of),
            1.05,
        )


def exponent(
    measured: dict[int, dict[str, Contender]], of: Callable[[Contender], float | None]
) -> float | None:
    """The power of the lines with which a figure of ours grows from the smallest to the largest of at least 100 k lines."""
    known = {
        lines: found
        for lines, runners in measured.items()
        if lines >= 100_000 and (found := of(runners[OURS]))
    }
    if len(known) < 2:
        return None
    logs = [(math.log(lines), math.log(found)) for lines, found in known.items()]
    middle = [statistics.mean(column) for column in zip(*logs, strict=True)]
    return sum((x - middle[0]) * (y - middle[1]) for x, y in logs) / sum(
        (x - middle[0]) ** 2 for x, _ in logs
    )


def print_spread(measured: dict[int, dict[str, Contender]]) -> None:
    """Print the fastest and slowest run of each, so that a busy machine shows."""
    print("\nFastest and slowest run, s:\n")
    for lines, runners in measured.items():
        timed = {name: runner.seconds for name, runner in runners.items() if runner.seconds}
        print(
            f"- {lines:,}: "
            + "; ".join(
                f"{name} {min(taken):.2f} to {max(taken):.2f}" for name, taken in timed.items()
            )
        )


def print_answers(measured: dict[int, dict[str, Contender]], folder: Path) -> bool:
    """Print whether each contender's answer is right; True when all are."""
    print("\nAnswers against the control:\n")
    all_right = True
    for lines, runners in measured.items():
        control = json.loads(
            (folder / f"practice-{lines}" / "control.json").read_text(encoding="utf-8")
        )
        wrong = {name: wrong_answers(runner, control) for name, runner in runners.items()}
        counted = f"{control['invoices']:,} invoices, {control['faulty']:,} faulty"
        print(
            f"- {lines:,} lines ({counted}): "
            + ("see below" if any(wrong.values()) else "all right")
        )
        for name, faults in wrong.items():
            for fault in faults:
                all_right = False
                print(f"  - WRONG: {name}: {fault}")
    return all_right


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Whole runs of reconcile beside plain pandas and DuckDB."
    )
    parser.add_argument(
        "--lines",
        type=int,
        nargs="+",
        default=[10_000, 100_000, 1_000_000],
        help="sizes in invoice lines",
    )
    parser.add_argument(
        "--times", type=int, default=5, help="runs of each, of which the median counts"
    )
    parser.add_argument(
        "--xlsx",
        action="store_true",
        help="also compare the reading of a large workbook (xlsx_rows.py)",
    )
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reconcile-bench-") as name:
        folder = Path(name)
        measured = {
            lines: measure(lines, wanted.times, folder) for lines in dict.fromkeys(wanted.lines)
        }
        print_table(measured)
        print_targets(measured)
        print_spread(measured)
        right = print_answers(measured, folder)
    if wanted.xlsx:
        print("\nReading one workbook:\n", flush=True)
        right &= subprocess.run([sys.executable, str(HERE / "xlsx_rows.py")]).returncode == 0
    raise SystemExit(0 if right else 1)


if __name__ == "__main__":
    main()
