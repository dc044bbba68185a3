"""One practice of many: run as `run` would run it in its folder, and told of in one record, whatever happens.

    folder --settings, files--> done before with the same files? --no--> nightly.fulfil --> record

It runs in a process of its own, here or on another computer; so it takes and gives plain values.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from reconcile import __version__
from reconcile.batch.practice_folder import opened
from reconcile.errors import ReconcileError, TryLater, place_of
from reconcile.exports.control_totals import add_up
from reconcile.exports.files.sources import find_inputs, find_sources
from reconcile.history.notes import last_workbook
from reconcile.nightly.log import close_log, open_log
from reconcile.nightly.run import RunRequest, fulfil
from reconcile.reports.run_json import summary_document
from reconcile.settings.model import read_settings

CONFIG = "reconcile.toml"


@dataclass(frozen=True)
class Practice:
    """Where a practice's exports, settings and history are.

    Attributes:
        name: what to call it; "" for its name in the settings, or its folder's.
        place: its folder, or the address of one (s3://...). config: its settings file; "" for reconcile.toml in the folder.
    """

    name: str
    place: str
    config: str = ""


@dataclass(frozen=True)
class Task:
    """One practice to run.

    Attributes:
        started: when the batch began, for people. now: the same in seconds, to wait for files that are being written.
        environ: addresses for messages, of the environment of who started the batch.
        before: the record of an earlier run that need not be repeated if nothing has changed; None for none.
    """

    practice: Practice
    as_of: date
    formats: tuple[str, ...]
    allow_stale: bool
    started: str
    now: float
    environ: Mapping[str, str]
    before: Mapping[str, Any] | None = None


def run_practice(task: Task) -> dict[str, Any]:
    """Run one practice.

    Returns:
        The record: practice, place, as_of, exit_code, error (sentences; none where it ran), seconds, digest (of all that the
        result rests on), and for a run the figures of _figures. `skipped` is true where nothing had changed since `before`.
    """
    began = time.monotonic()
    practice = task.practice
    record: dict[str, Any] = {
        "practice": practice.name or last_part(practice.place) or practice.place,
        "place": practice.place,
        "as_of": task.as_of.isoformat(),
        "exit_code": 1,
        "error": [],
        "digest": "",
        "skipped": False,
    }
    try:
        with opened(practice.place, task.as_of) as folder:
            record |= _run_in(folder, task)
    except ReconcileError as error:
        record |= {"exit_code": error.exit_code, "error": list(error.messages)}
    except (
        Exception
    ) as error:  # a bug is one practice's failure, and no other's; its text may hold names
        what = f"{type(error).__name__} at {place_of(error)}"
        record["error"] = [
            f"{record['practice']}: a fault of this program: {what}. Run it alone to see more: reconcile run."
        ]
    return record | {"seconds": round(time.monotonic() - began, 3)}


def last_part(place: str) -> str:
    """The name of a folder, or of what an address leads to."""
    return place.rstrip("/\\").replace("\\", "/").rpartition("/")[2]


def _run_in(folder: Path, task: Task) -> dict[str, Any]:
    """Run the practice whose files are in this folder; its part of the record."""
    config = Path(task.practice.config) if task.practice.config else folder / CONFIG
    if task.practice.config and not config.is_file():
        raise ReconcileError(
            f"{config}: no such settings file. Check the path in the list of practices."
        )
    settings = read_settings(config if config.is_file() else None)
    find = _finder(folder, settings, task)
    named = {"practice": task.practice.name or settings.practice or folder.resolve().name}
    try:
        digest = _digest(find()[0], config, task)
    except ReconcileError:  # the run meets the same, and tells who is to be told
        digest = ""
    if (
        task.before
        and digest
        and task.before["digest"] == digest
        and _is_as_it_was(folder, task.before)
    ):
        return {**task.before, **named, "skipped": True}
    out = settings.output_folder or folder / f"fixlist-{task.as_of.isoformat()}"
    notes = last_workbook(out, None if settings.output_folder else folder)
    request = RunRequest(
        find,
        settings,
        task.as_of,
        out,
        task.formats,
        notes,
        settings.history_path,
        task.started,
        task.environ,
    )
    log = open_log(settings.log_file)
    try:
        done = fulfil(request, log)
    finally:
        close_log(log)
    return {**named, "digest": digest, **_figures(done, folder)}


def _finder(folder: Path, settings: Any, task: Task) -> Callable[[], tuple[list[Any], Any]]:
    """What finds the practice's files: those of [inputs], else those in its folder; and the settings to read them by."""
    own = settings.of_own_inputs() if settings.inputs else settings
    if task.allow_stale:
        own = replace(own, max_age_days=None)

    def find() -> tuple[list[Any], Any]:
        if own.inputs:
            return find_inputs(own.inputs, own.pick, task.now), own
        return find_sources([str(folder)], {}, task.now), own

    return find


def _digest(sources: list[Any], config: Path, task: Task) -> str:
    """A digest of all that a result rests on, but for what people typed and what the history knows."""
    rests_on = {
        "program": __version__,
        "as_of": task.as_of.isoformat(),
        "formats": list(task.formats),
        "allow_stale": task.allow_stale,
        "settings": _sha256(config) if config.is_file() else "",
        "files": sorted([source.label, source.role, _sha256(source.path)] for source in sources),
    }
    return hashlib.sha256(json.dumps(rests_on).encode()).hexdigest()


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise TryLater(
            f"{path.name}: cannot be read ({error.strerror or error}). Close it in other programs, then run again."
        ) from None


def _is_as_it_was(folder: Path, record: Mapping[str, Any]) -> bool:
    """Whether the results of an earlier run are still there, and nobody has typed in its workbook since."""
    for name, sha256 in record["files"].items():
        path = folder / name
        if not path.is_file() or (sha256 and _sha256(path) != sha256):
            return False
    return True


def _figures(done: Any, folder: Path) -> dict[str, Any]:
    """A run in numbers.

    Returns:
        exit_code; rows (of all inputs); invoices, cents; outcomes (name -> invoices, cents); causes (outcome, cause, invoices,
        cents); at_risk_invoices, at_risk_cents (what is to be mended or looked at); fixes, minutes, before_tonight,
        needs_decision; since (name -> fixes); problems, set_aside; warnings; folder (of the results) and files (path from the
        practice's folder -> digest of the workbook, "" for the others), which stay away where the results are elsewhere.
    """
    result = done.result
    told = summary_document(result, done.files, result.exit_code)
    outcomes = told["totals"]["by_outcome"]
    at_risk = [outcomes[name] for name in ("fix", "review")]
    files = {
        _inside(folder, path): _sha256(path) if path.suffix == ".xlsx" else ""
        for path in done.files
    }
    return {
        "exit_code": result.exit_code,
        "rows": add_up(result.exports.inputs).rows,
        "invoices": told["totals"]["invoices"],
        "cents": told["totals"]["cents"],
        "outcomes": outcomes,
        "causes": told["by_cause"],
        "at_risk_invoices": sum(one["invoices"] for one in at_risk),
        "at_risk_cents": sum(one["cents"] for one in at_risk),
        "fixes": told["fixes"],
        "minutes": sum(fix.minutes for fix in result.fixes),
        "before_tonight": result.forecast.before_tonight,
        "needs_decision": result.forecast.needs_decision,
        "since": told["since_last_run"],
        "problems": told["problems"],
        "set_aside": told["set_aside"],
        "warnings": list(done.warnings),
        "folder": _inside(folder, done.files[0].parent),
        "files": files,
    }


def _inside(folder: Path, path: Path) -> str:
    """A path as seen from the practice's folder; whole where it is not in it."""
    return (
        path.relative_to(folder).as_posix()
        if path.is_relative_to(folder)
        else os.path.abspath(path)
    )
