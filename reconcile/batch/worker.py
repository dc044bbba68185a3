"""One practice of many: run as `run` would run it in its folder, with one record of what came of it, whatever happens.

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

from reconcile import __version__
from reconcile.batch.practice_folder import opened
from reconcile.batch.record import PracticeRecord
from reconcile.errors import ReconcileError, TryLater, place_of
from reconcile.exports.control_totals import add_up
from reconcile.exports.files.sources import Source, find_inputs, find_sources
from reconcile.history.notes import last_workbook
from reconcile.nightly.log import close_log, open_log
from reconcile.nightly.run import Done, RunRequest, fulfil
from reconcile.reports.run_json import cause_totals
from reconcile.settings.model import Settings, read_settings
from reconcile.storage.file_hash import sha256_of

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
    before: PracticeRecord | None = None


def run_practice(task: Task) -> PracticeRecord:
    """Run one practice; the record says so where it failed, and where nothing had changed since `before`."""
    began = time.monotonic()
    practice = task.practice
    name = practice.name or last_part(practice.place) or practice.place
    record = PracticeRecord(name, practice.place, task.as_of)
    try:
        with opened(practice.place, task.as_of) as folder:
            record = _run_in(folder, task, record)
    except ReconcileError as error:
        record = _failed(record, error.messages, error.exit_code)
    except (
        Exception
    ) as error:  # a bug is one practice's failure, and no other's; its text may hold names
        what = f"{type(error).__name__} at {place_of(error)}"
        words = f"{record.practice}: a fault of this program: {what}. Run it alone to see more: reconcile run."
        record = _failed(record, (words,))
    return replace(record, seconds=round(time.monotonic() - began, 3))


def _failed(record: PracticeRecord, error: tuple[str, ...], exit_code: int = 1) -> PracticeRecord:
    """The record of a practice that failed, without figures."""
    return PracticeRecord(record.practice, record.place, record.as_of, exit_code, error)


def last_part(place: str) -> str:
    """The name of a folder, or of what an address leads to."""
    return place.rstrip("/\\").replace("\\", "/").rpartition("/")[2]


def _run_in(folder: Path, task: Task, record: PracticeRecord) -> PracticeRecord:
    """Run the practice whose files are in this folder; the record with what came of it."""
    config = Path(task.practice.config) if task.practice.config else folder / CONFIG
    if task.practice.config and not config.is_file():
        raise ReconcileError(
            f"{config}: no such settings file. Check the path in the list of practices."
        )
    settings = read_settings(config if config.is_file() else None)
    find = _finder(folder, settings, task)
    name = task.practice.name or settings.practice or folder.resolve().name
    try:
        digest = _digest(find()[0], config, task)
    except ReconcileError:  # the run meets the same, and tells who is to be told
        digest = ""
    if (
        task.before
        and digest
        and task.before.digest == digest
        and _is_as_it_was(folder, task.before)
    ):
        return replace(task.before, practice=name, skipped=True)
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
    return _with_figures(replace(record, practice=name, digest=digest), done, folder)


def _finder(
    folder: Path, settings: Settings, task: Task
) -> Callable[[], tuple[list[Source], Settings]]:
    """What finds the practice's files: those of [inputs], else those in its folder; and the settings to read them by."""
    own = settings.of_own_inputs() if settings.inputs else settings
    if task.allow_stale:
        own = replace(own, max_age_days=None)

    def find() -> tuple[list[Source], Settings]:
        if own.inputs:
            return find_inputs(own.inputs, own.pick, task.now), own
        return find_sources([str(folder)], {}, task.now), own

    return find


def _digest(sources: list[Source], config: Path, task: Task) -> str:
    """A digest of all that a result rests on, but for what people typed and what the history knows."""
    rests_on = {
        "program": __version__,
        "as_of": task.as_of.isoformat(),
        "formats": list(task.formats),
        "allow_stale": task.allow_stale,
        "settings": _sha256_or_later(config) if config.is_file() else "",
        "files": sorted(
            [source.label, source.role, _sha256_or_later(source.path)] for source in sources
        ),
    }
    return hashlib.sha256(json.dumps(rests_on).encode()).hexdigest()


def _sha256_or_later(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise TryLater(
            f"{path.name}: cannot be read ({error.strerror or error}). Close it in other programs, then run again."
        ) from None


def _is_as_it_was(folder: Path, record: PracticeRecord) -> bool:
    """Whether the results of an earlier run are still there, and nobody has typed in its workbook since."""
    for name, sha256 in record.files.items():
        path = folder / name
        if not path.is_file() or (sha256 and _sha256_or_later(path) != sha256):
            return False
    return True


def _with_figures(record: PracticeRecord, done: Done, folder: Path) -> PracticeRecord:
    """A record with what a run came to, in numbers."""
    result = done.result
    at_risk = [result.totals.by_outcome[name] for name in ("fix", "review")]
    return replace(
        record,
        exit_code=result.exit_code,
        rows=add_up(result.exports.inputs).rows,
        invoices=result.totals.invoices,
        cents=result.totals.cents,
        outcomes=result.totals.by_outcome,
        causes=cause_totals(result),
        at_risk_invoices=sum(one.invoices for one in at_risk),
        at_risk_cents=sum(one.cents for one in at_risk),
        fixes=len(result.fixes),
        minutes=sum(fix.minutes for fix in result.fixes),
        before_tonight=result.forecast.before_tonight,
        needs_decision=result.forecast.needs_decision,
        since={group: len(entries) for group, entries in result.since.groups.items()},
        problems=len(result.problems),
        set_aside=sum(problem.set_aside for problem in result.problems),
        warnings=done.warnings,
        folder=_inside(folder, done.files[0].parent),
        files={
            _inside(folder, path): _sha256_or_later(path) if path.suffix == ".xlsx" else ""
            for path in done.files
        },
    )


def _inside(folder: Path, path: Path) -> str:
    """A path as seen from the practice's folder; whole where it is not in it."""
    return (
        path.relative_to(folder).as_posix()
        if path.is_relative_to(folder)
        else os.path.abspath(path)
    )
