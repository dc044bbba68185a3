"""The cells of the workbook: text that stays text, real tables, links, printing, and what may be typed where.

Source: contract.md "fixlist.xlsx".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import pandas as pd
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

LONGEST_TEXT = 32_767  # a cell holds no more, counted as Excel counts: an emoji is two
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # with one, no program opens it
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_LINE_HEIGHT = 15
_MOST_LINES = 27  # a row is at most 409 points high
_LETTERS = 1.05  # of running text, on the width of one digit

HEADER = PatternFill("solid", fgColor="1F3A5F")
HEADER_FONT = Font(name="Calibri", bold=True, color="FFFFFF")
TITLE = Font(name="Calibri", bold=True, size=16)
SUBTITLE = Font(name="Calibri", bold=True, size=12)
_TYPED = PatternFill("solid", fgColor="FFF8E1")  # where people type
_LINK = Font(name="Calibri", color="0563C1", underline="single")
_WRAP = Alignment(wrap_text=True, vertical="top")
_TOP = Alignment(vertical="top")
_MIDDLE = Alignment(vertical="top", horizontal="center")
_FREE = Protection(locked=False)
_ABOVE = Border(top=Side(style="thin", color="7F8FA6"))
MONEY = "#,##0.00;[Red]-#,##0.00"
DATE = "dd-mmm-yyyy"


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its header, width, how its cells look, whether people type in it, whether only the program
    reads it, and whether it is printed; what is not stands last."""

    header: str
    width: float
    wrap: bool = False
    number_format: str = ""
    typed: bool = False
    centred: bool = False
    hidden: bool = False
    printed: bool = True


def put(cell: Cell, value: Any) -> bool:
    """Set a cell: text stays text, whatever it begins with. Returns whether it begins like a formula."""
    if isinstance(value, str):
        text = _ESCAPE_LIKE.sub("_x005F_", _NOT_IN_XML.sub("\ufffd", value))
        if len(text) > LONGEST_TEXT // 2 and len(units := text.encode("utf-16-le")) > 2 * LONGEST_TEXT:
            text = units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
        cell.value = text
        cell.data_type = "s"
        return text[:1] in ("=", "+", "-", "@")
    cell.value = value
    return False


def _style(cell: Cell, column: Column, head: bool, quoted: bool, filled: bool) -> None:
    """How the cells of a column look: one that is blank and not typed in has only the line of a head above it."""
    if quoted:
        cell.quotePrefix = True
    if filled or column.typed:
        if column.number_format:
            cell.number_format = column.number_format
        cell.alignment = _WRAP if column.wrap else _MIDDLE if column.centred else _TOP
    if column.typed:
        cell.protection, cell.fill = _FREE, _TYPED
    if head:
        cell.border = _ABOVE


def write_table(
    sheet: Worksheet, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]], heads: frozenset[int] = frozenset()
) -> None:
    """A real table with filters, frozen header, widths, printable on one page's width; locked where nobody types.

    Args:
        heads: positions of rows that begin a group; a line stands above them.
    """
    for at, column in enumerate(columns, start=1):
        header = sheet.cell(1, at, column.header)
        header.fill, header.font, header.alignment = HEADER, HEADER_FONT, Alignment(vertical="center", wrap_text=True)
        dimension = sheet.column_dimensions[get_column_letter(at)]
        dimension.width, dimension.hidden = column.width, column.hidden
    styles: dict[tuple, Any] = {}  # of each kind of cell once: to set a style anew costs more than the cell
    for row_at, row in enumerate(rows, start=2):
        head = row_at - 2 in heads
        for at, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            filled = value is not None and value != ""
            if filled or column.typed or head:
                cell = sheet.cell(row_at, at)
                quoted = put(cell, value if filled else None)
                kind = (at, head, quoted, filled)
                if kind not in styles:
                    _style(cell, column, head, quoted, filled)
                    styles[kind] = cell._style
                cell._style = copy(styles[kind])
        sheet.row_dimensions[row_at].height = _LINE_HEIGHT * _line_count(columns, row)
    bottom = max(1 + len(rows), 2)
    table = Table(displayName=name, ref=f"A1:{get_column_letter(len(columns))}{bottom}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)
    sheet.freeze_panes = "A2"
    make_printable(sheet, "1:1")
    printed = sum(column.printed for column in columns)
    if printed < len(columns):
        sheet.print_area = f"A1:{get_column_letter(printed)}{bottom}"
    lock(sheet)


def lock(sheet: Worksheet) -> None:
    """Locked without a password where nobody types; filters, sorting and widths stay free."""
    protection = sheet.protection
    protection.sheet = True
    for free in ("autoFilter", "sort", "formatColumns", "formatRows", "selectLockedCells", "selectUnlockedCells"):
        setattr(protection, free, False)


def free(cell: Cell) -> None:
    """Let people type in a cell of a locked sheet."""
    cell.protection, cell.fill = _FREE, _TYPED


def choose_from(sheet: Worksheet, letter: str, last: int, words: Sequence[str]) -> None:
    """A drop-down of some words in a column, from the second row on."""
    choices = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
    choices.error, choices.errorTitle = f"Choose one of: {', '.join(words)}.", "Not one of the words"
    choices.add(f"{letter}2:{letter}{max(last, 2)}")
    sheet.add_data_validation(choices)


def _line_count(columns: Sequence[Column], row: Sequence[Any]) -> int:
    """How many lines the fullest wrapped cell of a row takes; few programs find out by themselves."""
    most = 1
    for column, value in zip(columns, row, strict=True):
        if column.wrap and isinstance(value, str):
            most = max(most, sum(-(-max(len(line), 1) // max(int(column.width * _LETTERS), 1)) for line in value.split("\n")))
    return min(most, _MOST_LINES)


def make_printable(sheet: Worksheet, title_rows: str = "") -> None:
    """Landscape, one page wide, header repeated, pages numbered."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.3, footer=0.3)
    sheet.oddFooter.center.text = "&A, page &P of &N"
    if title_rows:
        sheet.print_title_rows = title_rows


def link(cell: Cell, sheet: str, row: int) -> None:
    """Make a cell lead to a row of another sheet."""
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!A{row}", display=str(cell.value))
    cell.font = _LINK


def amount(cents: int) -> float:
    """Cents as the number a spreadsheet shows; at two decimals it is exact up to ten thousand billion."""
    return int(cents) / 100


def day_of(value: Any) -> dt.date | None:
    """A day as a spreadsheet holds it; None for one that is not known."""
    return None if value is None or value != value else pd.Timestamp(value).date()
