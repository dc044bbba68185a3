"""Which practices a batch has: the folders below one, an address, or a list of them."""

from __future__ import annotations

import csv
import io
import os
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconcile.batch.practice_folder import find_folders, is_address
from reconcile.batch.worker import CONFIG, Practice, last_part
from reconcile.errors import ReconcileError
from reconcile.settings.model import read_settings

RECORDS = "practices.jsonl"


SPREADSHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls")


_LISTS = (".toml", ".csv")


# What a run or a batch leaves in a folder of results; the first ones tell such a folder from a practice's exports.
_MARKS = frozenset({RECORDS, "fixlist.xlsx", "fixlist.csv", "fixlist.json", "report.html"})


_RESULTS = _MARKS | {"overview.xlsx", "invoices.csv", "jobs.csv"}


@dataclass(frozen=True)
class Found:
    """The practices, by place; and the names of folders that have neither settings nor a spreadsheet in them."""

    practices: tuple[Practice, ...]
    passed_over: tuple[str, ...] = ()


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
        folders = {
            folder: names
            for folder, names in find_folders(root).items()
            if names is None or not _are_results(names)
        }
        used = {folder for folder, names in folders.items() if names is None or _is_practice(names)}
        practices = [Practice("", folder) for folder in used]
        passed_over = sorted(
            name for name in map(last_part, folders.keys() - used) if not name.startswith(".")
        )
        if not practices:
            raise ReconcileError(
                f"{root}: no practice found. Looked for folders in it that hold {CONFIG} or a spreadsheet. "
                "Make a folder for each practice, or name a list of them (TOML or CSV)."
            )
    places = [
        one.place.rstrip("/") if is_address(one.place) else os.path.realpath(one.place)
        for one in practices
    ]
    twice = (
        sorted({place for place in places if places.count(place) > 1})
        if len(set(places)) < len(places)
        else []
    )
    if twice:
        raise ReconcileError(
            f"{root}: one folder stands for two practices. Found {', '.join(twice)} twice. Give each its own."
        )
    _refuse_shared_results(root, practices)
    return Found(tuple(sorted(practices, key=lambda one: one.place)), tuple(passed_over))


def _is_practice(names: Sequence[str]) -> bool:
    """Whether a folder is a practice's: it has settings or a spreadsheet, or had: there are results, and its exports are missing."""
    return (
        CONFIG in names
        or bool(_spreadsheets(names))
        or any(re.fullmatch(r"fixlist-\d{4}-\d\d-\d\d/", name) for name in names)
    )


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
        raise ReconcileError(
            f"{path}: neither a folder nor a list of practices. Found {path.suffix or 'no ending'}. Name a folder, a .toml or a .csv file."
        )
    try:
        rows = (
            tomllib.loads(path.read_text("utf-8-sig")).get("practice")
            if path.suffix.casefold() == ".toml"
            else _rows_of(path.read_bytes())
        )
    except (OSError, ValueError, csv.Error) as error:
        raise ReconcileError(
            f"{path}: the list cannot be read ({error}). Write it as README's example."
        ) from None
    if not isinstance(rows, list) or not rows:
        raise ReconcileError(
            f"{path}: no practice in the list. Write `[[practice]]` with a folder for each, or a CSV file with a column folder."
        )
    return [
        _practice(path, at, row)
        for at, row in enumerate(rows, start=1)
        if not isinstance(row, dict) or any(row.values())
    ]


def _rows_of(content: bytes) -> list[dict[str, Any]]:
    """The rows of a CSV list, as any Excel saves it: UTF-8, UTF-16 or Windows-1252, with commas, semicolons or tabs."""
    try:
        text = content.decode(
            "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        )
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    header = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    return [
        {name: value for name, value in row.items() if name is not None or any(value)}
        for row in rows
    ]  # None: cells past the header


def _practice(path: Path, at: int, row: object) -> Practice:
    known = ("folder", "name", "config")
    given = row.items() if isinstance(row, dict) else ()
    fields = {
        str(name or "").strip().casefold(): value.strip() if isinstance(value, str) else value
        for name, value in given
    }
    fields = {name: value for name, value in fields.items() if value not in (None, "", [])}
    wrong = [
        name
        for name, value in fields.items()
        if name not in known or not isinstance(value, str) or "\0" in value
    ]
    if wrong or not fields.get("folder"):
        found = ", ".join(wrong) or "no folder"
        raise ReconcileError(
            f"{path}: practice {at}: cannot be told. Found {found}. Write folder and, if need be, name and config, each as text."
        )
    folder, config = fields["folder"], fields.get("config", "")
    if not is_address(folder):
        folder = os.path.normpath(os.path.join(path.parent, folder))
    if is_address(config):
        raise ReconcileError(
            f"{path}: practice {at}: its settings are behind an address. Found {config}. Name a file on this computer."
        )
    return Practice(
        fields.get("name", ""),
        folder,
        os.path.normpath(os.path.join(path.parent, config)) if config else "",
    )
