"""One run from settings to files, as a scheduler starts it: alone, remembered, logged, and told of when something changed.

    one at a time --> heartbeat --> what people typed --> pipeline --> files --> history --> copies --> messages, heartbeat

What notifies never decides: a dead service is a warning. The history is committed when the files are in place: killed in
between, the next run compares with the run before; where it cannot be committed, the files before are put back.
Source: contract.md "Exit codes", "Files written to --out"; design.md "Write last".
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from reconcile import __version__
from reconcile.errors import ReconcileError, place_of
from reconcile.exports.files.sources import Source
from reconcile.history.notes import read_notes
from reconcile.history.store import History
from reconcile.nightly.heartbeat import Event, heartbeat
from reconcile.nightly.log import event
from reconcile.nightly.messages import Changes, Moved, OpenFixes, failure_message, message
from reconcile.nightly.notify import read_urls, send
from reconcile.nightly.run_lock import alone_in, one_at_a_time
from reconcile.pipeline import Result, reconcile_practice
from reconcile.reports.write_reports import REPORTS, write_reports
from reconcile.settings.model import Settings
from reconcile.storage.all_or_none import put_right
from reconcile.storage.archive import keep_copies


@dataclass(frozen=True)
class RunRequest:
    """What to run.

    Attributes:
        find: finds the sources, and the settings to read them by. notes: the workbook with what people typed. history: where it is kept; None for none.
        started: when this run began, for people. environ: the environment, for addresses that stand there.
    """

    find: Callable[[], tuple[list[Source], Settings]]
    settings: Settings
    as_of: date
    folder: Path
    formats: tuple[str, ...]
    notes: Path
    history: Path | None
    started: str
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What a run gave: its result, the files, and what could not be done beside it, in words."""

    result: Result
    files: list[Path]
    warnings: tuple[str, ...]


def fulfil(
    request: RunRequest, log: logging.Logger, tell: Callable[[str], None] = lambda stage: None
) -> Done:
    """Run once.

    Raises:
        ReconcileError: input or settings that need somebody; nothing is written, and the history is untouched.
        TryLater: another run is at work, or an output cannot be written.
    """
    with ExitStack() as stack:
        try:
            if request.history:
                stack.enter_context(one_at_a_time(request.history, started=request.started))
            stack.enter_context(alone_in(request.folder, started=request.started))
        except ReconcileError as error:
            event(log, "refused", "warning", exit_code=error.exit_code, error=error)
            raise
        warnings = [*_beat(request, "start", log)]
        event(log, "run", as_of=request.as_of, started=request.started)
        try:
            with History.open(request.history) if request.history else nullcontext() as history:
                done = _run(request, history, tell)
        except BaseException as error:
            code = error.exit_code if isinstance(error, ReconcileError) else 1
            faults = len(error.messages) if isinstance(error, ReconcileError) else 1
            event(
                log,
                "failed",
                "error",
                exit_code=code,
                faults=faults,
                error=error,
                place=place_of(error),
            )
            _beat(request, "failure", log)
            _send(
                request,
                failure_message(
                    request.settings.practice, request.as_of, code, request.settings.notify_on
                ),
                log,
            )
            raise
        _log_result(log, done.result)
        changes = _changes(done.result)
        warnings += _send(
            request,
            message(
                request.settings.practice,
                request.as_of,
                changes,
                _open_fixes(done.result),
                request.settings.notify_on,
            ),
            log,
        )
        warnings += _beat(request, "success", log)
    return Done(done.result, done.files, (*done.warnings, *warnings))


def _run(request: RunRequest, history: History | None, tell: Callable[[str], None]) -> Done:
    damaged = put_right(request.folder)
    sources, settings = request.find()
    notes = read_notes(request.notes)
    result = reconcile_practice(
        sources,
        settings,
        request.as_of,
        tell,
        said=notes.said,
        history=history,
        started=request.started,
    )
    tell("writing the files")
    keep = history.commit if history is not None else lambda: None
    files = write_reports(result, request.folder, __version__, request.formats, notes, keep)
    warnings = [*damaged, *(f"{fault} The old file is kept." for fault in notes.faults)]
    warnings += _left_as_they_were(request.folder, files)
    if history is not None:
        kept = keep_copies(request.folder, files, request.as_of, request.settings.keep_runs)
        warnings += [kept] if kept else []
    tell("")
    return Done(result, files, tuple(warnings))


def _left_as_they_were(folder: Path, files: list[Path]) -> list[str]:
    """What to say of reports that are there and were not asked for this time: they tell of other findings."""
    others = [name for name in REPORTS if folder / name not in files and (folder / name).is_file()]
    if not others:
        return []
    told = "it tells of an earlier run" if len(others) == 1 else "they tell of an earlier run"
    return [
        f"{folder}: {', '.join(others)}: not written now (--format), so {told}. Remove what is out of date, or write all."
    ]


# Telling ----------------------------------------------------------------------------------------------------------------


def _addresses(
    request: RunRequest, file: Path | None, variable: str
) -> tuple[list[str], list[str]]:
    """The addresses, and what was wrong with reading them: no reason to stop."""
    try:
        return read_urls(request.environ, file, variable), []
    except ReconcileError as error:
        return [], list(error.messages)


def _beat(request: RunRequest, what: Event, log: logging.Logger) -> list[str]:
    urls, faults = _addresses(request, request.settings.heartbeat_file, "RECONCILE_HEARTBEAT_URL")
    faults += [fault for url in urls if (fault := heartbeat(url, what))]
    if faults:
        event(log, "heartbeat-failed", "warning", beat=what, faults=len(faults))
    return faults


def _send(request: RunRequest, told: tuple[str, str] | None, log: logging.Logger) -> list[str]:
    if told is None:
        return []
    urls, faults = _addresses(request, request.settings.urls_file, "RECONCILE_NOTIFY_URLS")
    if urls:
        faults += send(urls, *told)
        event(log, "notified", services=len(urls), faults=len(faults))
    return faults


def _changes(result: Result) -> Changes:
    """What changed, in ids and sums."""
    moved = {}
    for group, entries in result.since.groups.items():
        ids = tuple(entry.id or entry.identity for entry in entries)
        moved[group] = Moved(
            ids,
            sum(len(entry.invoices) for entry in entries),
            sum(entry.cents for entry in entries),
        )
    return Changes(moved["new"], moved["worse"], moved["fixed"], moved["not_seen"])


def _open_fixes(result: Result) -> OpenFixes:
    to_fix = result.totals.by_outcome["fix"]
    return OpenFixes(
        invoices=to_fix.invoices,
        cents=to_fix.cents,
        fixes=len(result.fixes),
        minutes=sum(fix.minutes for fix in result.fixes),
        before_tonight=result.forecast.before_tonight,
        needs_decision=result.forecast.needs_decision,
        set_aside=sum(problem.set_aside for problem in result.problems),
    )


def _log_result(log: logging.Logger, result: Result) -> None:
    """The run in ids and counts; names only where the log is verbose."""
    for one in result.exports.inputs:
        event(
            log,
            "read",
            role=one.role or "none",
            rows=one.rows,
            records=one.records,
            sha256=one.sha256[:12],
            path=one.path,
        )
    for entry in result.since.entries:
        if entry.group != "persisting":
            event(
                log,
                f"fix-{entry.state}",
                fix=entry.id or entry.identity,
                cause=entry.cause,
                invoices=len(entry.invoices),
                cents=entry.cents,
                client=entry.client,
                reason=entry.words,
            )
    for problem in result.problems:
        event(
            log,
            "problem",
            "warning",
            row=problem.row,
            set_aside=problem.set_aside,
            path=problem.file,
            reason=problem.problem,
        )
    outcomes = {name: one.invoices for name, one in result.totals.by_outcome.items()}
    event(log, "done", "info", exit_code=result.exit_code, fixes=len(result.fixes), **outcomes)
