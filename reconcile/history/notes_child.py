"""The child process that reads back a workbook which this program wrote: `python -m reconcile.history.notes_child FILE WANTED`.

WANTED is JSON: for each sheet the columns to hand over, and those of which one must be filled. Columns are found by their
headers, so that sorting, filtering and other programs' saving do not matter. Nothing heavy is imported.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Iterable
from typing import Any

from reconcile.exports.readers.xlsx_child import answered
from reconcile.exports.readers.zip_parts import Fault, open_parts

DAY = "day"  # how a day is told in JSON: {"day": "2026-11-23"}


def main(argv: list[str]) -> int:
    """Print the wanted rows; faults of the file are data too."""
    return answered(lambda: read_rows(argv[0], json.loads(argv[1])))


def read_rows(path: str, wanted: dict[str, dict[str, list[str]]]) -> dict[str, Any]:
    """The rows of some sheets, by header in small letters.

    Args:
        wanted: sheet -> {"columns": to hand over, "filled": a row counts where one of these is not blank}.

    Returns:
        `sheets`: for each that is there its `headers` and `rows`; `days`: the days at the top of the first sheet.
    """
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        odd = _sheets_with_formulas(path, wanted)
        grids = {
            name: _formulas_as_text(path, name)
            if name in odd
            else list(book.get_sheet_by_name(name).iter_rows())
            for name in book.sheet_names
            if name in wanted
        }
        top = list(book.get_sheet_by_index(0).iter_rows())[:4]
    except Fault:
        raise
    except BaseException as error:  # calamine's panics are no Exceptions
        raise Fault(
            f"cannot be read as a workbook ({' '.join(str(error).split())[:120]})"
        ) from None
    days = [cell for row in top for cell in row if isinstance(cell, dt.date)]
    sheets = {name: _rows(grid, wanted[name]) for name, grid in grids.items()}
    return {"sheets": sheets, "days": [_told(day) for day in days]}


def _sheets_with_formulas(path: str, names: Iterable[str]) -> set[str]:
    """The sheets in which somebody typed a formula, or what a spreadsheet takes for an error: we write neither."""
    with open_parts(path) as parts:
        found = parts.sheets()
        texts = {
            name: b"".join(parts.chunks(found[name], "worksheet"))
            for name in names
            if name in found
        }
        return {name for name, text in texts.items() if re.search(rb"<f[ >/]|\bt=\"e\"", text)}


def _formulas_as_text(path: str, name: str) -> list[list[Any]]:
    """The cells of a sheet with each formula as it was typed: calamine shows its last value, and none where there is none."""
    from openpyxl import load_workbook
    from openpyxl.utils.escape import unescape

    def typed(value: object) -> object:
        text = getattr(value, "text", value)  # of a formula over several cells
        return "" if text is None else unescape(text) if isinstance(text, str) else text

    sheet = load_workbook(path)[name]
    return [[typed(cell.value) for cell in row] for row in sheet.iter_rows()]


def _rows(grid: list[list[Any]], wanted: dict[str, list[str]]) -> dict[str, Any]:
    headers = [str(cell).strip().casefold() for cell in grid[0]] if grid else []
    at = {
        name: headers.index(name)
        for name in {*wanted["columns"], *wanted["filled"]}
        if name in headers
    }
    filled = [at[name] for name in wanted["filled"] if name in at]
    rows = [
        {
            name: _told(row[at[name]])
            for name in wanted["columns"]
            if name in at and row[at[name]] != ""
        }
        for row in grid[1:]
        if any(row[position] != "" for position in filled)
    ]
    return {"headers": headers, "rows": rows}


def _told(cell: object) -> object:
    """A cell's value for JSON: a whole number as such, a day as a day."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, dt.datetime):
        return {DAY: cell.date().isoformat()}
    if isinstance(cell, dt.date):
        return {DAY: cell.isoformat()}
    return cell if isinstance(cell, str | int | float | bool) else str(cell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
