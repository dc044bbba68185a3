"""What lead sheets are made of: titled blocks of rows, one below the other, and charts beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from xlsxwriter.worksheet import Worksheet

from reconcile.reports.xlsx_book import DATE, MONEY, Book, looks_like_formula, put
from reconcile.reports.xlsx_table import HEADER, TYPED, lock, make_printable, set_width

TITLE = MappingProxyType({"bold": True, "font_size": 16})
_SUBTITLE = MappingProxyType({"bold": True, "font_size": 12})
_PIXELS_PER_CM = 96 / 2.54
_KEEP_SIZE = 2  # a chart goes along with the cells below it, and stays as large as it is


class LeadSheet:
    """A sheet of blocks. Its cells are kept until `finish`, so that a cell that is there can still be made to look otherwise.

    Rows and columns are counted from 1, as a spreadsheet shows them.
    """

    def __init__(self, book: Book, sheet: Worksheet, widths: Sequence[int]):
        self._book, self._sheet = book, sheet
        self._cells: dict[tuple[int, int], tuple[Any, dict[str, Any]]] = {}
        sheet.hide_gridlines(2)  # on the screen too
        for column, width in enumerate(widths):
            set_width(sheet, column, width)

    def value(self, row: int, column: int) -> Any:
        """What a cell holds; None for one that nobody wrote."""
        return self._cells.get((row, column), (None, {}))[0]

    def restyle(self, row: int, column: int, **look: Any) -> None:
        """Make a cell look otherwise in some way; whatever else it looks like stays."""
        value, before = self._cells.get((row, column), (None, {}))
        self._cells[row, column] = value, {**before, **look}

    def set_height(self, row: int, points: float) -> None:
        self._sheet.set_row(row - 1, points)

    def write_typed(self, row: int, words: str) -> None:
        """Words, and beside them a cell in which people type."""
        self._cells[row, 1] = words, {}
        self._cells[row, 2] = None, dict(TYPED)

    def write_lines(
        self,
        at: int,
        rows: Sequence[Sequence[Any]],
        look: Mapping[str, Any] = MappingProxyType({}),
    ) -> int:
        """Write rows of cells, from a row of the sheet on; returns the row below them."""
        for row in rows:
            for column, value in enumerate(row, start=1):
                self._cells[at, column] = value, {**_look_of(value, column), **look}
            at += 1
        return at

    def write_block(
        self, at: int, title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> int:
        """A titled block of rows; returns the row below it."""
        at = self.write_lines(at, [[title]], _SUBTITLE)
        if any(headers):
            for column, header in enumerate(headers, start=1):
                side: dict[str, Any] = {"align": "right" if 2 < column < 6 else "left"}
                if column == 6:
                    side["indent"] = 1
                self._cells[at, column] = header, {**HEADER, **side}
            at += 1
        return self.write_lines(at, rows)

    def add_chart(
        self,
        title: str,
        names: int,
        first: int,
        count: int,
        place: tuple[int, int],
        axis_format: str = "#,##0",
    ) -> None:
        """A chart of bars of the fourth column of a block, named by another of its columns.

        Args:
            first: the block's first row; of `count`.
            place: the row and the column of the chart's corner.
        """
        name, last = self._sheet.get_name(), first + count - 2
        chart = self._book.add_bar_chart()
        chart.add_series(
            {
                "categories": [name, first - 1, names - 1, last, names - 1],
                "values": [name, first - 1, 3, last, 3],
            }
        )
        chart.set_style(10)
        chart.set_legend({"none": True})
        chart.set_title({"name": title})
        chart.set_x_axis({"num_format": axis_format})
        chart.set_y_axis({"reverse": True})
        height = max(5.0, 0.55 * count + 2)
        chart.set_size({"width": 16 * _PIXELS_PER_CM, "height": height * _PIXELS_PER_CM})
        corner = place[0] - 1, place[1] - 1
        if self._sheet.insert_chart(*corner, chart, {"object_position": _KEEP_SIZE}):
            raise ValueError(f"chart {title!r}: not put in")

    def finish(self) -> None:
        """Write the cells; the sheet is locked where nobody types, and printable."""
        for (row, column), (value, look) in sorted(self._cells.items(), key=lambda cell: cell[0]):
            put(self._sheet, row - 1, column - 1, value, self._book.look(**look) if look else None)
        make_printable(self._sheet)
        lock(self._sheet)


def _look_of(value: Any, column: int) -> dict[str, Any]:
    """How a cell of a block looks by what it holds."""
    look: dict[str, Any] = {"quote_prefix": True} if looks_like_formula(value) else {}
    if isinstance(value, float):
        return {"num_format": MONEY}
    if column == 6 and isinstance(value, str):
        return {**look, "align": "left", "indent": 1}
    if isinstance(value, int):
        return {"num_format": "#,##0"}
    if isinstance(value, dt.date):
        return {"num_format": DATE, "align": "left"}
    return look
