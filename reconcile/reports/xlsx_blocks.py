"""What lead sheets are made of: titled blocks of rows, one below the other, and charts beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from reconcile.reports.xlsx_table import DATE, HEADER, HEADER_FONT, MONEY, SUBTITLE, put


def write_lines(
    sheet: Worksheet, at: int, rows: Sequence[Sequence[Any]], font: Font | None = None
) -> int:
    """Write rows of cells, from a row of the sheet on; returns the row below them."""
    for row in rows:
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(at, column)
            if put(cell, value):
                cell.quotePrefix = True
            if isinstance(value, float):
                cell.number_format = MONEY
            elif column == 6 and isinstance(value, str):
                cell.alignment = Alignment(horizontal="left", indent=1)
            elif isinstance(value, int):
                cell.number_format = "#,##0"
            elif isinstance(value, dt.date):
                cell.number_format = DATE
                cell.alignment = Alignment(horizontal="left")
            if font:
                cell.font = font
        at += 1
    return at


def write_block(
    sheet: Worksheet, at: int, title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """A titled block of rows; returns the row below it."""
    at = write_lines(sheet, at, [[title]], SUBTITLE)
    if any(headers):
        for column, header in enumerate(headers, start=1):
            cell = sheet.cell(at, column, header or None)
            cell.font, cell.fill = HEADER_FONT, HEADER
            cell.alignment = Alignment(
                horizontal="right" if 2 < column < 6 else "left", indent=column == 6
            )
        at += 1
    return write_lines(sheet, at, rows)


def add_chart(
    sheet: Worksheet,
    title: str,
    names: int,
    first: int,
    count: int,
    place: str,
    axis_format: str = "#,##0",
) -> None:
    """A chart of bars of the fourth column of a block, named by another of its columns."""
    chart = BarChart()
    chart.type, chart.style, chart.legend = "bar", 10, None
    chart.title = title
    chart.add_data(Reference(sheet, min_col=4, min_row=first, max_row=first + count - 1))
    chart.set_categories(Reference(sheet, min_col=names, min_row=first, max_row=first + count - 1))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.numFmt = axis_format
    chart.height, chart.width = max(5.0, 0.55 * count + 2), 16
    sheet.add_chart(chart, place)
