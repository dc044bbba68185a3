"""Many practices in one go: each on its own, those done before left as they are, and one overview of all.

    ROOT or a list --find_practices--> practices --run, as they finish--> practices.jsonl --all done--> overview.xlsx, .html

Source: contract.md "reconcile batch ROOT"; exit code 20 where a practice failed.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from reconcile.errors import ReconcileError, TryLater
from reconcile.places import find_folders, is_address
from reconcile.private_files import make_private_folder, private_opener
from reconcile.settings import read_settings
from reconcile.worker import CONFIG, Practice, Task, last_part, run_practice

RECORDS = "practices.jsonl"
SPREADSHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls")
_LISTS = (".toml", ".csv")
# What a run or a batch leaves in a folder of results; the first ones tell such a folder from a practice's exports.
_MARKS = frozenset({RECORDS, "fixlist.xlsx", "fixlist.csv", "fixlist.json", "report.html"})
_OF_RECORD = {"practice", "place", "exit_code", "error", "digest", "seconds"}  # what a record has to have, to be gone on from
_RESULTS = _MARKS | {"overview.xlsx", "invoices.csv", "jobs.csv"}


@dataclass(frozen=True)
class Found:
    """The practices, by place; and the names of folders that have neither settings nor a spreadsheet in them."""

    practices: tuple[Practice, ...]
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
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


def find_practices(root: str) -> Found:
    """The practices of a folder, of an address, or of a list.

    Args:
        root: a folder or address with a folder for each practice: one with settings or a spreadsheet in it, but for results;
            or a TOML file of `[[practice]]` or a CSV file, with `folder` and, where they are not the usual ones, `name` and
            `config`.

    Raises:
        ReconcileError: no such place, no practice in it, a list that cannot be read, or one folder for two practices.
    """
    passed_over: list[str] = []
    if not is_address(root) and Path(root).is_file():
        practices = _of_list(Path(root))
    else:
        folders = {folder: names for folder, names in find_folders(root).items() if names is None or not _are_results(names)}
        used = {folder for folder, names in folders.items() if names is None or _is_practice(names)}
        practices = [Practice("", folder) for folder in used]
        passed_over = sorted(name for name in map(last_part, folders.keys() - used) if not name.startswith("."))
        if not practices:
            raise ReconcileError(
                f"{root}: no practice found. Looked for folders in it that hold {CONFIG} or a spreadsheet. "
                "Make a folder for each practice, or name a list of them (TOML or CSV)."
            )
    places = [one.place.rstrip("/") if is_address(one.place) else os.path.realpath(one.place) for one in practices]
    twice = sorted({place for place in places if places.count(place) > 1}) if len(set(places)) < len(places) else []
    if twice:
        raise ReconcileError(f"{root}: one folder stands for two practices. Found {', '.join(twice)} twice. Give each its own.")
    _refuse_shared_results(root, practices)
    return Found(tuple(sorted(practices, key=lambda one: one.place)), tuple(passed_over))


def _is_practice(names: Sequence[str]) -> bool:
    """Whether a folder is a practice's: it has settings or a spreadsheet, or had: there are results, and its exports are missing."""
    return CONFIG in names or bool(_spreadsheets(names)) or any(re.fullmatch(r"fixlist-\d{4}-\d\d-\d\d/", name) for name in names)


def _refuse_shared_results(root: str, practices: Iterable[Practice]) -> None:
    """Name two practices whose settings put their results or histories in one place: each would replace the other's."""
    whose: dict[str, str] = {}
    for practice in practices:
        config = Path(practice.config or os.path.join(practice.place, CONFIG))
        try:
            if is_address(practice.place) or not config.is_file():
                continue
            settings = read_settings(config)
        except (ReconcileError, OSError):
            continue  # it says so itself when it is run
        for place in filter(None, (settings.output_folder, settings.history_path)):
            other = whose.setdefault(os.path.realpath(place), practice.place)
            if other != practice.place:
                raise ReconcileError(
                    f"{root}: two practices keep their results in one place. Found {place} of {other} and of {practice.place}. "
                    "Give each its own: [output] folder and [history] path in its settings."
                )


def _spreadsheets(names: Iterable[str]) -> set[str]:
    return {name for name in names if name.casefold().endswith(SPREADSHEETS)}


def _are_results(names: Sequence[str]) -> bool:
    """Whether the files of a folder are what a run or a batch wrote; a workbook that was kept since somebody typed in it too."""
    others = {name for name in _spreadsheets(names) - _RESULTS if not name.startswith("fixlist-")}
    return CONFIG not in names and not _MARKS.isdisjoint(names) and not others


def _of_list(path: Path) -> list[Practice]:
    """The practices of a TOML or CSV file; folders in it are relative to its own."""
    if path.suffix.casefold() not in _LISTS:
        raise ReconcileError(f"{path}: neither a folder nor a list of practices. Found {path.suffix or 'no ending'}. Name a folder, a .toml or a .csv file.")
    try:
        rows = tomllib.loads(path.read_text("utf-8-sig")).get("practice") if path.suffix.casefold() == ".toml" else _rows_of(path.read_bytes())
    except (OSError, ValueError, csv.Error) as error:
        raise ReconcileError(f"{path}: the list cannot be read ({error}). Write it as README's example.") from None
    if not isinstance(rows, list) or not rows:
        raise ReconcileError(f"{path}: no practice in the list. Write `[[practice]]` with a folder for each, or a CSV file with a column folder.")
    return [_practice(path, at, row) for at, row in enumerate(rows, start=1) if not isinstance(row, dict) or any(row.values())]


def _rows_of(content: bytes) -> list[dict[str, Any]]:
    """The rows of a CSV list, as any Excel saves it: UTF-8, UTF-16 or Windows-1252, with commas, semicolons or tabs."""
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    header = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    return [{name: value for name, value in row.items() if name is not None or any(value)} for row in rows]  # None: cells past the header


def _practice(path: Path, at: int, row: Any) -> Practice:
    known = ("folder", "name", "config")
    given = row.items() if isinstance(row, dict) else ()
    fields = {str(name or "").strip().casefold(): value.strip() if isinstance(value, str) else value for name, value in given}
    fields = {name: value for name, value in fields.items() if value not in (None, "", [])}
    wrong = [name for name, value in fields.items() if name not in known or not isinstance(value, str) or "\0" in value]
    if wrong or not fields.get("folder"):
        found = ", ".join(wrong) or "no folder"
        raise ReconcileError(f"{path}: practice {at}: cannot be told. Found {found}. Write folder and, if need be, name and config, each as text.")
    folder, config = fields["folder"], fields.get("config", "")
    if not is_address(folder):
        folder = os.path.normpath(os.path.join(path.parent, folder))
    if is_address(config):
        raise ReconcileError(f"{path}: practice {at}: its settings are behind an address. Found {config}. Name a file on this computer.")
    return Practice(fields.get("name", ""), folder, os.path.normpath(os.path.join(path.parent, config)) if config else "")


# Running ---------------------------------------------------------------------------------------------------------------


def run_batch(order: Order) -> Iterator[dict[str, Any]]:
    """Run every practice, and write the overview of all when the last is done.

    Each record is written to RECORDS as its practice finishes; stopped in between, the next batch of the same day goes on.

    Returns:
        The records as they come.

    Raises:
        TryLater: another batch is at work in the same folder, or the cluster or the folder cannot be used now.
    """
    from reconcile.turn import one_at_a_time

    if order.folder.exists() and not order.folder.is_dir():
        raise ReconcileError(f"{order.folder}: is a file, and a folder is needed for the overview. Name another with --out.")
    try:
        make_private_folder(order.folder)
    except OSError as error:
        raise TryLater(f"{order.folder}: cannot be written to ({error.strerror or error}). Free it, or name another with --out.") from None
    path = order.folder / RECORDS
    with one_at_a_time(path, started=order.started):
        before = {} if order.force else _read_records(path, order.as_of)
        done: dict[str, dict[str, Any]] = {}
        for record in _run_all(order, before):
            _append(path, record)
            done[record["place"]] = record
            yield record
        _write_overview(order, [done[one.place] for one in order.found.practices])


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
        raise TryLater(f"{path}: cannot be written to ({error.strerror or error}). Free it, then run again: what is done is not repeated.") from None


def _line(record: Mapping[str, Any]) -> bytes:
    """A record as a line of JSON; half a character in a folder's name as its number."""
    return (json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def _run_all(order: Order, before: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The records as they come; those that took longest last time, or failed, are begun first."""
    tasks = [_task(order, practice, before.get(practice.place)) for practice in order.found.practices]
    tasks.sort(key=lambda task: -(before.get(task.practice.place) or {}).get("seconds", 0))
    for task, came in _results(order, tasks):
        yield _lost_record(task) if isinstance(came, Exception) else came


def _task(order: Order, practice: Practice, before: Mapping[str, Any] | None) -> Task:
    repeat = None if before is None or before["error"] else before
    return Task(practice, order.as_of, order.formats, order.allow_stale, order.started, order.now, order.environ, repeat)


def _results(order: Order, tasks: Sequence[Task]) -> Iterator[tuple[Task, Any]]:
    if not order.scheduler:
        from reconcile.crew import run_here

        yield from run_here(run_practice, tasks, min(order.workers, len(tasks)))
        return
    from reconcile.cluster import cluster_of, run_on

    with cluster_of(order.scheduler, order.workers) as client:
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
        raise TryLater(f"{path}: cannot be read ({error}). Free it, or repeat all with --force.") from None
    for line in lines:
        try:
            record = json.loads(line)
            if record["as_of"] == as_of.isoformat() and _OF_RECORD <= record.keys():
                found[record["place"]] = record
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _write_overview(order: Order, records: Sequence[Mapping[str, Any]]) -> None:
    """The records once each, in order, and the workbook and page over all of them: all or none."""
    from reconcile import __version__
    from reconcile.reports.overview import overview_page, overview_workbook
    from reconcile.reports.write import write_files

    shown = _told_apart(records)
    files = {
        "overview.xlsx": overview_workbook(shown, order.as_of, order.name, order.folder, order.found.passed_over),
        "overview.html": overview_page(shown, order.as_of, order.name, __version__, order.found.passed_over),
        RECORDS: b"".join(map(_line, records)),
    }
    write_files(order.folder, files)


def _told_apart(records: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The records; where several practices have one name, with each one's folder behind it, whole where that is one name too."""
    counts = Counter(record["practice"] for record in records)
    folders = Counter((record["practice"], last_part(record["place"])) for record in records)

    def told(record: Mapping[str, Any]) -> Mapping[str, Any]:
        name, folder = record["practice"], last_part(record["place"])
        if counts[name] == 1:
            return record
        return {**record, "practice": f"{name} ({folder if folders[name, folder] == 1 else record['place']})"}

    return [told(record) for record in records]


def exit_code_of(records: Iterable[Mapping[str, Any]]) -> int:
    """20 where a practice failed or set input aside, 10 where there is something to act on, else 0."""
    codes = {record["exit_code"] for record in records}
    return 0 if codes <= {0} else 10 if codes <= {0, 10} else 20
