"""What people typed into the last workbook, and where it goes in the next one.

    old fixlist.xlsx --read_notes--> Notes --by row identity--> the new sheets; what has no row goes to Closed

A row's identity is made of the fix's (its cause and what it is about) and the action's, never of a number that changes from
run to run.
Source: contract.md "What people type ... is read back", "nothing typed is lost".
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconcile.errors import ReconcileError, TryLater
from reconcile.exports.readers.sandbox import ask_child
from reconcile.fixes.actions import Fix
from reconcile.history import notes_child
from reconcile.history.notes_child import DAY
from reconcile.storage.all_or_none import is_there

FIX_TYPED = ("done", "status", "assigned to", "note")
INVOICE_TYPED = ("review status", "review note")
JOB_TYPED = ("reason", "attested by", "until")
KEY, FACTS = "row identity", "facts"
OPEN, NOT_A_PROBLEM = "Open", "Not a problem"  # Open is what every fix begins with: nobody typed it

CLOSED_COLUMNS = (
    "closed on",
    "sheet",
    "what it was about",
    "client or name",
    *FIX_TYPED,
    *INVOICE_TYPED,
    *JOB_TYPED,
    KEY,
)


@dataclass
class Notes:
    """What people typed.

    Attributes:
        typed: sheet -> row identity (Jobs: the job's number) -> typed cells by header, and the row's own words under "about"
            and "client". closed: rows of the Closed sheet.
        said: fix or invoice of which somebody said that it is not a problem, by identity -> the facts that stood there then.
        kept: the workbook's bytes where it holds something typed, and its day and path. stamp: when it was saved, and its
            size; None where there is none. faults: what could not be read.
    """

    typed: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    closed: list[dict[str, Any]] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    kept: bytes | None = None
    day: str = ""
    path: Path | None = None
    stamp: tuple[int, int] | None = None

    def of(self, sheet: str, key: str) -> dict[str, Any]:
        """What was typed on one row."""
        return self.typed.get(sheet, {}).get(key, {})


@dataclass(frozen=True)
class Sheet:
    """A sheet in which people type: the column that tells its rows apart, those that are typed, and what the row is about."""

    name: str
    key: str
    typed: tuple[str, ...]
    about: str
    client: str
    facts: bool = False


SHEETS = (
    Sheet("Fix list", KEY, FIX_TYPED, "why", "client", facts=True),
    Sheet("Invoices", KEY, INVOICE_TYPED, "invoice", "contact", facts=True),
    Sheet("Jobs", "job", JOB_TYPED, "name", "client"),
)


def row_identities(fix: Fix) -> Iterator[str]:
    """One name for each action of a fix, the same from run to run: the fix's, and what the action does to what."""
    seen: dict[str, int] = {}
    for action in fix.actions:
        what = f"{action.do}|{action.invoice_no or ''}|{action.job_no or ''}|{action.client or ''}"
        seen[what] = seen.get(what, 0) + 1
        yield f"{fix.identity}-{hashlib.sha256(f'{what}|{seen[what]}'.encode()).hexdigest()[:6]}"


def read_notes(path: Path) -> Notes:
    """Read what people typed into a workbook that this program wrote.

    Args:
        path: the workbook; where there is none, nothing was typed.

    Returns:
        The notes; where something cannot be read, `faults` says what, and `kept` holds the whole file.

    Raises:
        TryLater: the file may not be read at all now.
    """
    try:
        return _read_notes(path)
    except OSError as error:
        words = error.strerror or error
        raise TryLater(
            f"{path}: cannot be read ({words}). Nothing was changed. Close it in Excel, or free it, then run again."
        ) from None


def _read_notes(path: Path) -> Notes:
    notes = Notes(path=path, stamp=_stamp(path))
    if notes.stamp is None:
        return notes
    wanted = {
        sheet.name: {
            "columns": [sheet.key, *sheet.typed, sheet.about, sheet.client, FACTS],
            "filled": list(sheet.typed),
        }
        for sheet in SHEETS
    }
    wanted["Closed"] = {"columns": list(CLOSED_COLUMNS), "filled": list(CLOSED_COLUMNS)}
    try:
        answer = ask_child(notes_child.__name__, path, str(path), json.dumps(wanted))
    except ReconcileError as error:
        notes.faults.append(f"{error} What was typed in it is not carried over.")
        notes.kept = path.read_bytes()
        return notes
    notes.day = next((day[DAY] for day in answer["days"]), "")
    for sheet in SHEETS:
        _take_sheet(notes, sheet, answer["sheets"].get(sheet.name), str(path))
    closed = answer["sheets"].get("Closed", {"rows": []})["rows"]
    notes.closed = [{name: _value(cell) for name, cell in row.items()} for row in closed]
    if any(notes.typed.values()) or notes.closed or notes.faults:
        notes.kept = path.read_bytes()
    return notes


def refuse_if_saved_since(notes: Notes) -> None:
    """See to it that what people typed while the run was at work is not replaced unread.

    Raises:
        TryLater: the workbook is another than the one that was read.
    """
    if notes.path is not None and _stamp(notes.path) != notes.stamp:
        raise TryLater(
            f"{notes.path}: was saved while this run was at work. Nothing was changed. "
            "Run again: then what was typed in it is read."
        )


def _stamp(path: Path) -> tuple[int, int] | None:
    if not path.is_file():
        return None
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _take_sheet(notes: Notes, sheet: Sheet, found: dict[str, Any] | None, path: str) -> None:
    """Take the typed cells of one sheet; what is missing is a fault, and what is there is still read."""
    if found is None:
        notes.faults.append(
            f"{path}: sheet {sheet.name!r} is missing. What was typed in it is not carried over."
        )
        return
    missing = [one for one in (sheet.key, *sheet.typed) if one not in found["headers"]]
    if missing:
        shown = ", ".join(repr(one) for one in missing)
        notes.faults.append(
            f"{path}: sheet {sheet.name!r}: no column {shown}. What was typed there is not carried over; give the column its name back."
        )
    typed = notes.typed.setdefault(sheet.name, {})
    facts: dict[str, str] = {}
    for row in found["rows"]:
        values = {
            one: _value(row[one])
            for one in sheet.typed
            if one in row and (one, row[one]) != ("status", OPEN)
        }
        key = str(row.get(sheet.key, ""))
        subject = key.rpartition("-")[0] if sheet.name == "Fix list" else key
        if row.get(FACTS):
            facts[subject] = row[FACTS]
        if values and key:
            typed[key] = {**values, "about": row.get(sheet.about), "client": row.get(sheet.client)}
            if sheet.facts and NOT_A_PROBLEM in values.values():
                notes.said[subject] = ""
        elif values and sheet.key in found["headers"]:
            notes.faults.append(
                f"{path}: sheet {sheet.name!r}: a row without {sheet.key!r} holds {values}. It is not carried over."
            )
    notes.said |= {subject: facts[subject] for subject in facts if subject in notes.said}


def _value(cell: object) -> object:
    return dt.date.fromisoformat(cell[DAY]) if isinstance(cell, dict) else cell


def left_over(notes: Notes, here: dict[str, set[str]], as_of: dt.date) -> list[list[Any]]:
    """The rows of the Closed sheet: what was closed before, and what was typed on rows that are gone.

    Args:
        here: sheet -> the keys of its rows now.

    Returns:
        Rows of CLOSED_COLUMNS.
    """
    rows = [[row.get(one) for one in CLOSED_COLUMNS] for row in notes.closed]
    for sheet in SHEETS:
        for key, values in notes.typed.get(sheet.name, {}).items():
            if key not in here[sheet.name]:
                about = values["about"] or key
                about = f"{key} {about}" if sheet.name == "Jobs" else about
                told = {
                    "closed on": as_of,
                    "sheet": sheet.name,
                    "what it was about": about,
                    "client or name": values["client"],
                }
                rows.append([{**values, **told, KEY: key}.get(one) for one in CLOSED_COLUMNS])
    return rows


def kept_workbook(folder: Path, notes: Notes, new: bytes) -> dict[str, bytes]:
    """The workbook that a new one in the folder replaces, where something was typed in it: its new name and its bytes.

    The name is by its day, numbered where that is taken. One that is the same as the new one needs no keeping.

    Args:
        notes: what was read already, of that workbook or another. new: the new workbook.
    """
    old = folder / "fixlist.xlsx"
    notes = notes if notes.path == old else read_notes(old)
    if notes.kept in (None, new):
        return {}
    stem = f"fixlist-{notes.day or 'unread'}"
    names = (f"{stem}{f'-{n}' if n > 1 else ''}.xlsx" for n in range(1, 10_000))
    free = (
        name
        for name in names
        if not (folder / name).exists() or (folder / name).read_bytes() == notes.kept
    )
    return {next(free): notes.kept}


def last_workbook(folder: Path, beside: Path | None) -> Path:
    """The workbook in which people have typed: the one in a folder of results, else of the last day before it.

    Args:
        beside: where the folders of other days are (fixlist-YYYY-MM-DD); None where the folder is the same every day.
    """
    own = folder / "fixlist.xlsx"
    if beside is None or is_there(own):
        return own
    earlier = [
        path
        for path in beside.glob("fixlist-????-??-??/fixlist.xlsx")
        if path.parent.name < folder.name
    ]
    return max(earlier, default=own)
