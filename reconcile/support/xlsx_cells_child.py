"""The child process that reads every cell of a workbook: `python -m reconcile.support.xlsx_cells_child FILE` prints JSON.

For each cell its row and column from 1, its text as a run sees it (with its kind, as in cell_kinds), what it holds, and its
number format. Comments, images, names, links and properties are not read. Nothing heavy but openpyxl is imported.
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Any

from reconcile.exports.readers.cell_kinds import ERROR_MARK
from reconcile.exports.readers.xlsx_child import answered, cell_text, special_cells, zero_formats
from reconcile.exports.readers.zip_parts import Fault, open_parts

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from python_calamine import CalamineWorkbook

NO_VALUE = "no value"  # what a formula holds that was never worked out


def main(argv: list[str]) -> int:
    """Print the sheets; faults of the file are data too."""
    return answered(lambda: {"sheets": read_whole(argv[0])})


def read_whole(path: str) -> list[dict[str, Any]]:
    """Every sheet: `name`, `hidden`, and `cells` as [row, column, text, what it holds, number format]."""
    from openpyxl import load_workbook
    from python_calamine import CalamineWorkbook

    with open_parts(path) as parts:
        styles, where = zero_formats(parts), parts.sheets()
        try:
            values = CalamineWorkbook.from_path(path)
            book = load_workbook(path)
        except BaseException as error:  # calamine's panics are no Exceptions
            raise Fault(
                f"cannot be opened as a workbook ({type(error).__name__}). Open it in Excel and save it again"
            ) from None
        sheets = []
        for sheet in book.worksheets:
            special = special_cells(parts, where.get(sheet.title, ""), styles)
            shown = _shown(values, sheet.title)
            cells = [
                _cell(cell, shown, special)
                for row in sheet.iter_rows()
                for cell in row
                if cell.value is not None
            ]
            sheets.append(
                {
                    "name": sheet.title,
                    "hidden": sheet.sheet_state,
                    "cells": [one for one in cells if one],
                }
            )
    return sheets


def _shown(book: CalamineWorkbook, name: str) -> dict[tuple[int, int], object]:
    """What calamine shows in each cell of a sheet, by row and column from 0."""
    sheet = book.get_sheet_by_name(name)
    grid = (
        list(sheet.iter_rows()) if sheet.start else []
    )  # calamine before 0.8 panics over an empty sheet
    last_row, last_column = sheet.end or (len(grid) - 1, len(grid[0]) - 1 if grid else 0)
    top, left = last_row + 1 - len(grid), last_column + 1 - (len(grid[0]) if grid else 0)
    return {
        (top + row, left + column): cell
        for row, cells in enumerate(grid)
        for column, cell in enumerate(cells)
    }


def _cell(
    cell: Cell, shown: dict[tuple[int, int], object], special: dict[tuple[int, int], str]
) -> list[object] | None:
    place = cell.row - 1, cell.column - 1
    text = special.get(place, cell_text(shown.get(place, "")))
    if not text:
        return None
    value = (
        _plain_value(cell, shown.get(place, ""))
        if text != ERROR_MARK + "a formula without a saved value"
        else NO_VALUE
    )
    return [cell.row, cell.column, text, value, cell.number_format]


def _plain_value(cell: Cell, shown: object) -> str | float:
    """What the cell holds as JSON has it: of a formula what it shows, of a day its number."""
    from openpyxl.utils.datetime import to_excel

    value = shown if cell.data_type == "f" else cell.value
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        number: float = to_excel(value)
        return number
    return value if isinstance(value, str | int | float | bool) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
