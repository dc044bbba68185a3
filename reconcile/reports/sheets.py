"""The cells of the workbook: text that stays text, real tables, links, printing, and what may be typed where.

Source: contract.md "fixlist.xlsx".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import product
from textwrap import wrap
from typing import Any
from xml.sax.saxutils import escape

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
_BEGINS = ("=", "+", "-", "@")  # of what looks like a formula
_LINE_HEIGHT = 15
_FILTER_BUTTON = 2  # letters of a header that it covers
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
        cell.value = _cell_text(value)
        cell.data_type = "s"
        return cell.value[:1] in _BEGINS
    cell.value = value
    return False


def _cell_text(value: str) -> str:
    """A text as a cell holds it: without what XML cannot hold, and no longer than a cell may be."""
    text = _ESCAPE_LIKE.sub("_x005F_", _NOT_IN_XML.sub("\ufffd", value))
    if len(text) > LONGEST_TEXT // 2 and len(units := text.encode("utf-16-le")) > 2 * LONGEST_TEXT:
        text = units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
    return text


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
    _write_headers(sheet, columns)
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
    _make_table(sheet, name, columns, len(rows))


def _write_headers(sheet: Worksheet, columns: Sequence[Column]) -> None:
    for at, column in enumerate(columns, start=1):
        header = sheet.cell(1, at, column.header)
        header.fill, header.font, header.alignment = HEADER, HEADER_FONT, Alignment(vertical="center", wrap_text=True)
        dimension = sheet.column_dimensions[get_column_letter(at)]
        dimension.width, dimension.hidden = column.width, column.hidden


def _make_table(sheet: Worksheet, name: str, columns: Sequence[Column], count: int) -> None:
    """Make a table of the headers and the rows below them, with all that belongs to one."""
    bottom = max(1 + count, 2)
    table = Table(displayName=name, ref=f"A1:{get_column_letter(len(columns))}{bottom}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)
    sheet.freeze_panes = "A2"
    make_printable(sheet, "1:1")
    printed = sum(column.printed for column in columns)
    if printed < len(columns):
        sheet.print_area = f"A1:{get_column_letter(printed)}{bottom}"
    lock(sheet)


@dataclass(frozen=True)
class LongRows:
    """The rows of a long table as the file holds them, to be put in when the workbook is saved.

    Attributes:
        xml: the rows below the header. links: cell -> where it leads, outside the workbook. size: of the sheet.
    """

    xml: str
    links: Mapping[str, str]
    size: str


def write_long_table(
    sheet: Worksheet, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]], links: Mapping[int, str]
) -> LongRows:
    """A table as write_table makes it, for tens of thousands of rows in which nobody types: four times as quick.

    Only texts and numbers; the library keeps an object for every cell, and these rows never become any.

    Args:
        links: position of a row -> where its last cell leads, outside the workbook.

    Returns:
        The rows, for same_bytes to put in.
    """
    _write_headers(sheet, columns)
    lines_of_headers = (len(wrap(column.header, max(int(column.width) - _FILTER_BUTTON, 1))) for column in columns)
    sheet.row_dimensions[1].height = _LINE_HEIGHT * max(lines_of_headers)
    letters = [get_column_letter(at) for at in range(1, len(columns) + 1)]
    kinds = product(range(len(columns)), (False, True), (False, True))
    styles = {(at, quoted, linked): _style_number(sheet, columns[at], quoted, linked) for at, quoted, linked in kinds}
    leads: dict[str, str] = {}
    lines = []
    for row_at, row in enumerate(rows, start=2):
        linked = row_at - 2 in links
        if linked:
            leads[f"{letters[-1]}{row_at}"] = links[row_at - 2]
        cells = [
            _cell_xml(f"{letters[at]}{row_at}", value, at, styles, linked and at == len(columns) - 1)
            for at, value in enumerate(row)
            if value is not None and value != ""
        ]
        height = _LINE_HEIGHT * _line_count(columns, row)
        lines.append(f'<row r="{row_at}" ht="{height}" customHeight="1">{"".join(cells)}</row>')
    _make_table(sheet, name, columns, len(rows))
    return LongRows("".join(lines), leads, f"A1:{letters[-1]}{max(1 + len(rows), 2)}")


def _style_number(sheet: Worksheet, column: Column, quoted: bool, linked: bool) -> int:
    """The number under which the workbook keeps how a cell looks; the cell itself stays out of the sheet."""
    cell = Cell(sheet)
    _style(cell, column, False, quoted, True)
    if linked:
        cell.font = _LINK
    return cell.style_id


def _cell_xml(place: str, value: Any, column: int, styles: Mapping[tuple[int, bool, bool], int], linked: bool) -> str:
    """One cell as the file holds it. Source: ECMA-376 part 1, 18.3.1.4 (c) and 18.3.1.53 (is)."""
    if isinstance(value, str):
        text = _cell_text(value)
        style = styles[column, text[:1] in _BEGINS, linked]
        shown = escape(text.replace("\r\n", "\n").replace("\r", "\n"))
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
    return f'<c r="{place}" s="{styles[column, False, linked]}"><v>{value}</v></c>'


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
