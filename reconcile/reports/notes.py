"""What people typed into the last workbook, and where it goes in the next one.

    old fixlist.xlsx --read_notes--> Notes --carry (by row identity)--> the new sheets; what has no row goes to Closed

A row's identity is made of the fix's (its cause and what it is about) and the action's, never of a number that changes from
run to run. Columns are found by their headers, so sorting, filtering and other programs' saving do not matter.
Source: contract.md "What people type ... is read back", "nothing typed is lost".
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FIX_TYPED = ("done", "status", "assigned to", "note")
JOB_TYPED = ("reason", "attested by", "until")
CLOSED_TOLD = ("closed on", "sheet", "what it was about", "client or name")
KEY = "row identity"
OPEN = "Open"  # the status that every fix begins with: nobody typed it


@dataclass
class Notes:
    """What people typed, by row identity and by job number.

    Attributes:
        fixes, jobs: typed cells by header, and the row's own words under "about" and "client". closed: rows of the Closed
            sheet. kept: the old workbook's bytes where it holds something typed, and its day. faults: what could not be read.
    """

    fixes: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    closed: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    kept: bytes | None = None
    day: str = ""


def row_identities(fix: Any) -> Iterator[str]:
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
    """
    notes = Notes()
    if not path.is_file():
        return notes
    import openpyxl

    content = path.read_bytes()
    try:
        book = openpyxl.load_workbook(io.BytesIO(content))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        notes.faults.append(f"{path}: cannot be read as a workbook ({type(error).__name__}). What was typed in it is not carried over.")
        notes.kept = content
        return notes
    notes.day = _day_of(book)
    _read_sheet(book, path, "Fix list", KEY, FIX_TYPED, ("why", "client"), notes.fixes, notes.faults)
    _read_sheet(book, path, "Jobs", "job", JOB_TYPED, ("name", "client"), notes.jobs, notes.faults)
    if "Closed" in book.sheetnames:
        notes.closed = [row for _, row in _rows(book["Closed"])]
    typed = notes.fixes or notes.jobs or notes.closed
    notes.kept = content if typed or notes.faults else None
    return notes


def _day_of(book: Any) -> str:
    """The day that a workbook was written for, from its Summary; "" where it is not told."""
    if "Summary" not in book.sheetnames:
        return ""
    days = (cell.value for cell in book["Summary"]["B"][:4])
    return next((day.date().isoformat() for day in days if isinstance(day, dt.datetime)), "")


def _rows(sheet: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a sheet below its header, by header."""
    from reconcile.reports.sheets import typed_value

    lines = sheet.iter_rows(values_only=True)
    headers = [str(one).strip().casefold() if one is not None else "" for one in next(lines, ())]
    for at, line in enumerate(lines, start=2):
        yield at, dict(zip(headers, map(typed_value, line), strict=False))


def _read_sheet(
    book: Any,
    path: Path,
    name: str,
    key: str,
    typed: tuple[str, ...],
    told: tuple[str, str],
    into: dict[str, dict[str, Any]],
    faults: list[str],
) -> None:
    """Read the typed cells of one sheet into a dict by key; what is missing is a fault, and what is there is still read."""
    if name not in book.sheetnames:
        faults.append(f"{path}: sheet {name!r} is missing. What was typed in it is not carried over.")
        return
    rows = [row for _, row in _rows(book[name])]
    headers = {str(cell.value).strip().casefold() for cell in book[name][1] if cell.value is not None}
    missing = [one for one in (key, *typed) if one not in headers]
    if missing:
        shown = ", ".join(repr(one) for one in missing)
        faults.append(f"{path}: sheet {name!r}: no column {shown}. What was typed there is not carried over; give the column its name back.")
    for row in rows:
        values = {one: row[one] for one in typed if row.get(one) not in (None, "") and (one, row[one]) != ("status", OPEN)}
        if values and row.get(key):
            into[str(row[key])] = {**values, "about": row.get(told[0]), "client": row.get(told[1])}
        elif values and key in headers:
            faults.append(f"{path}: sheet {name!r}: a row without {key!r} holds {values}. It is not carried over.")


def left_over(notes: Notes, fixes: set[str], jobs: set[str], as_of: dt.date) -> list[list[Any]]:
    """The rows of the Closed sheet: what was closed before, and what was typed on rows that are gone.

    Returns:
        Rows of CLOSED_COLUMNS.
    """
    rows = [[row.get(one) for one in CLOSED_COLUMNS] for row in notes.closed]
    for sheet, typed, here in (("Fix list", notes.fixes, fixes), ("Jobs", notes.jobs, jobs)):
        for key, values in typed.items():
            if key not in here:
                about = values["about"] if sheet == "Fix list" and values["about"] else f"{key} {values['about'] or ''}".strip()
                cells = [values.get(one) for one in (*FIX_TYPED, *JOB_TYPED)]
                rows.append([as_of, sheet, about, values["client"], *cells, key])
    return rows


CLOSED_COLUMNS = (*CLOSED_TOLD, *FIX_TYPED, *JOB_TYPED, KEY)


def name_kept(folder: Path, notes: Notes) -> str:
    """The name under which the old workbook stays beside the new one: by its day, numbered where that is taken."""
    stem = f"fixlist-{notes.day or 'unread'}"
    names = (f"{stem}{f'-{n}' if n > 1 else ''}.xlsx" for n in range(1, 10_000))
    return next(
        name for name in names if not (folder / name).exists() or (folder / name).read_bytes() == notes.kept
    )
