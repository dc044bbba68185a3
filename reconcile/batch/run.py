"""Many practices in one go: each on its own, those done before left as they are, and one overview of all.

    ROOT or a list --find_practices--> practices --run, as they finish--> practices.jsonl --all done--> overview.xlsx, .html

Source: contract.md "reconcile batch ROOT"; exit code 20 where a practice failed.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from reconcile import __version__
from reconcile.batch.dask_cluster import cluster_of, run_on
from reconcile.batch.overview_html import overview_page
from reconcile.batch.overview_xlsx import overview_workbook
from reconcile.batch.practices import RECORDS, Found
from reconcile.batch.process_pool import run_here
from reconcile.batch.worker import Practice, Task, last_part, run_practice
from reconcile.errors import ReconcileError, TryLater
from reconcile.nightly.run_lock import one_at_a_time
from reconcile.storage.all_or_none import write_files
from reconcile.storage.own_files import refuse_files_of_others
from reconcile.storage.private import make_private_folder, private_opener

_OF_RECORD = {
    "practice",
    "place",
    "exit_code",
    "error",
    "digest",
    "seconds",
}  # what a record has to have, to be gone on from


@dataclass(frozen=True)
class BatchRequest:
    """What to run.

    Attributes:
        name: what to call all of them. folder: of the overview and the records, not of the practices' results. scheduler: "" to run in processes here.
        force: repeat what is done. started, now, environ, formats, allow_stale: as of worker.Task.
    """

    found: Found
    name: str
    as_of: date
    folder: Path
    formats: tuple[str, ...]
    allow_stale: bool
    force: bool
    workers: int
    scheduler: str
    started: str
    now: float
    environ: Mapping[str, str]


# Which practices -------------------------------------------------------------------------------------------------------


# Running ---------------------------------------------------------------------------------------------------------------


def run_batch(request: BatchRequest) -> Iterator[dict[str, Any]]:
    """Run every practice, and write the overview of all when the last is done.

    Each record is written to RECORDS as its practice finishes; stopped in between, the next batch of the same day goes on.

    Returns:
        The records as they come.

    Raises:
        TryLater: another batch is at work in the same folder, or the cluster or the folder cannot be used now.
    """
    if request.folder.exists() and not request.folder.is_dir():
        raise ReconcileError(
            f"{request.folder}: is a file, and a folder is needed for the overview. Name another with --out."
        )
    try:
        make_private_folder(request.folder)
    except OSError as error:
        raise TryLater(
            f"{request.folder}: cannot be written to ({error.strerror or error}). Free it, or name another with --out."
        ) from None
    path = request.folder / RECORDS
    with one_at_a_time(path, started=request.started):
        before = {} if request.force else _read_records(path, request.as_of)
        done: dict[str, dict[str, Any]] = {}
        for record in _run_all(request, before):
            _append(path, record)
            done[record["place"]] = record
            yield record
        _write_overview(request, [done[one.place] for one in request.found.practices])


def _append(path: Path, record: Mapping[str, Any]) -> None:
    """Add a record to those of earlier practices, on a line of its own, also where a stop has torn the last one."""
    try:
        with open(path, "ab+", opener=private_opener) as stream:
            if stream.tell():
                stream.seek(-1, os.SEEK_END)
                torn = stream.read(1) != b"\n"
                stream.write(b"\n" * torn)
            stream.write(_line(record))
    except OSError as error:
        raise TryLater(
            f"{path}: cannot be written to ({error.strerror or error}). Free it, then run again: what is done is not repeated."
        ) from None


def _line(record: Mapping[str, Any]) -> bytes:
    """A record as a line of JSON; half a character in a folder's name as its number."""
    return (json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def _run_all(
    request: BatchRequest, before: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The records as they come; those that took longest last time, or failed, are begun first."""
    tasks = [
        _task(request, practice, before.get(practice.place)) for practice in request.found.practices
    ]
    tasks.sort(key=lambda task: -(before.get(task.practice.place) or {}).get("seconds", 0))
    for task, came in _results(request, tasks):
        yield _lost_record(task) if isinstance(came, Exception) else came


def _task(request: BatchRequest, practice: Practice, before: Mapping[str, Any] | None) -> Task:
    repeat = None if before is None or before["error"] else before
    return Task(
        practice,
        request.as_of,
        request.formats,
        request.allow_stale,
        request.started,
        request.now,
        request.environ,
        repeat,
    )


def _results(request: BatchRequest, tasks: Sequence[Task]) -> Iterator[tuple[Task, Any]]:
    if not request.scheduler:
        yield from run_here(run_practice, tasks, min(request.workers, len(tasks)))
        return

    with cluster_of(request.scheduler, request.workers) as client:
        yield from run_on(client, run_practice, tasks)


def _lost_record(task: Task) -> dict[str, Any]:
    """The record of a practice whose process ended twice before it could tell."""
    name = task.practice.name or last_part(task.practice.place)
    words = "the process that ran it was ended, twice: its exports need more memory than there is, or somebody ended it"
    return {
        "practice": name,
        "place": task.practice.place,
        "as_of": task.as_of.isoformat(),
        "exit_code": 1,
        "error": [f"{name}: {words}. Run it alone: reconcile run."],
        "digest": "",
        "skipped": False,
        "seconds": 0.0,
    }


def _read_records(path: Path, as_of: date) -> dict[str, dict[str, Any]]:
    """The latest record of each place that an earlier batch of this day has left; a line torn by a stop is none."""
    found: dict[str, dict[str, Any]] = {}
    try:
        lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    except FileNotFoundError:
        return found
    except OSError as error:
        raise TryLater(
            f"{path}: cannot be read ({error}). Free it, or repeat all with --force."
        ) from None
    for line in lines:
        try:
            record = json.loads(line)
            if record["as_of"] == as_of.isoformat() and _OF_RECORD <= record.keys():
                found[record["place"]] = record
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _write_overview(request: BatchRequest, records: Sequence[Mapping[str, Any]]) -> None:
    """The records once each, in order, and the workbook and page over all of them: all or none."""
    shown = _told_apart(records)
    files = {
        "overview.xlsx": overview_workbook(
            shown, request.as_of, request.name, request.folder, request.found.passed_over
        ),
        "overview.html": overview_page(
            shown, request.as_of, request.name, __version__, request.found.passed_over
        ),
        RECORDS: b"".join(map(_line, records)),
    }
    refuse_files_of_others(request.folder, ("overview.xlsx", "overview.html"))
    write_files(request.folder, files)


def _told_apart(records: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The records; where several practices have one name, with each one's folder behind it, whole where that is one name too."""
    counts = Counter(record["practice"] for record in records)
    folders = Counter((record["practice"], last_part(record["place"])) for record in records)

    def told(record: Mapping[str, Any]) -> Mapping[str, Any]:
        name, folder = record["practice"], last_part(record["place"])
        if counts[name] == 1:
            return record
        return {
            **record,
            "practice": f"{name} ({folder if folders[name, folder] == 1 else record['place']})",
        }

    return [told(record) for record in records]


def exit_code_of(records: Iterable[Mapping[str, Any]]) -> int:
    """20 where a practice failed or set input aside, 10 where there is something to act on, else 0."""
    codes = {record["exit_code"] for record in records}
    return 0 if codes <= {0} else 10 if codes <= {0, 10} else 20
