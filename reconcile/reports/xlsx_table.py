"""The cells of the workbook: text that stays text, real tables, links, printing, and what may be typed where.

Source: contract.md "fixlist.xlsx".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

LONGEST_TEXT = 32_767  # a cell holds no more, counted as Excel counts: an emoji is two
_NOT_IN_XML = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)  # with one, no program opens it
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
    reads it, and whether it is printed; what is not stands last. `colour` is that of the cells that hold something."""

    header: str
    width: float
    wrap: bool = False
    number_format: str = ""
    typed: bool = False
    centred: bool = False
    hidden: bool = False
    printed: bool = True
    colour: str = ""


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
    if value.isprintable() and "_x" not in value:
        text = value
    else:
        text = _ESCAPE_LIKE.sub("_x005F_", _NOT_IN_XML.sub("\ufffd", value))
    if len(text) > LONGEST_TEXT // 2 and len(units := text.encode("utf-16-le")) > 2 * LONGEST_TEXT:
        text = units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
    return text


def _write_headers(sheet: Worksheet, columns: Sequence[Column]) -> None:
    for at, column in enumerate(columns, start=1):
        header = sheet.cell(1, at, column.header)
        header.fill, header.font, header.alignment = (
            HEADER,
            HEADER_FONT,
            Alignment(vertical="center", wrap_text=True),
        )
        dimension = sheet.column_dimensions[get_column_letter(at)]
        dimension.width, dimension.hidden = column.width, column.hidden
    lines = (
        len(wrap(column.header, max(int(column.width) - _FILTER_BUTTON, 1)))
        for column in columns
        if not column.hidden
    )
    sheet.row_dimensions[1].height = _LINE_HEIGHT * max(lines)


def _make_table(sheet: Worksheet, name: str, columns: Sequence[Column], count: int) -> None:
    """Make a table of the headers and the rows below them, with all that belongs to one."""
    bottom = max(1 + count, 2)
    table = Table(displayName=name, ref=f"A1:{get_column_letter(len(columns))}{bottom}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    table._initialise_columns()  # else the library makes a cell for each place of the table, to read the headers
    for told, column in zip(table.tableColumns, columns, strict=True):
        told.name = column.header
    sheet.add_table(table)
    sheet.freeze_panes = "A2"
    make_printable(sheet, "1:1")
    printed = sum(column.printed for column in columns)
    if printed < len(columns):
        sheet.print_area = f"A1:{get_column_letter(printed)}{bottom}"
    lock(sheet)


Target = str | tuple[str, int]  # where a link leads: an address, or a row of another sheet


@dataclass(frozen=True)
class Rows:
    """The rows of a table as the file holds them, to be put in when the workbook is saved.

    Attributes:
        xml: the rows below the header. links: of their cells. size: of the sheet.
    """

    xml: str
    links: Sequence[Hyperlink]
    size: str


def write_table(
    sheet: Worksheet,
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Any]],
    heads: Container[int] = (),
    links: Mapping[tuple[int, int], Target] = MappingProxyType({}),
    typed_in: Container[int] | None = None,
) -> Rows:
    """A real table with filters, frozen header, widths, printable on one page's width; locked where nobody types.

    The library keeps an object for every cell, which takes most of a run; these rows never become any.

    Args:
        rows: of texts, numbers, days; None or "" for a blank cell.
        heads: positions of rows that begin a group; a line stands above them.
        links: (position of the row, position of the column) -> where the cell leads.
        typed_in: positions of the rows in whose typed columns people type; all where it is None.

    Returns:
        The rows, for same_bytes to put in.
    """
    _write_headers(sheet, columns)
    letters = [get_column_letter(at) for at in range(1, len(columns) + 1)]
    typed = [at for at, column in enumerate(columns) if column.typed]
    cells = _Cells(sheet, columns)
    found = []
    lines = []
    for at, row in enumerate(rows):
        number, head = f"{at + 2}", at in heads
        open_here = typed if typed_in is None or at in typed_in else ()
        parts = []
        for column, value in enumerate(row):
            if value is None or value == "":
                if head or column in open_here:
                    parts.append(
                        f'<c r="{letters[column]}{number}" s="{cells.style(column, head, column in open_here)}"/>'
                    )
                continue
            target = links.get((at, column)) if links else None
            if target:
                found.append(_hyperlink(f"{letters[column]}{number}", target, value))
            parts.append(
                cells.filled(
                    letters[column] + number,
                    value,
                    column,
                    head,
                    column in open_here,
                    target is not None,
                )
            )
        height = _LINE_HEIGHT * _line_count(columns, row)
        lines.append(f'<row r="{number}" ht="{height}" customHeight="1">{"".join(parts)}</row>')
    _make_table(sheet, name, columns, len(rows))
    return Rows("".join(lines), found, f"A1:{letters[-1]}{max(1 + len(rows), 2)}")


class _Cells:
    """The cells of one table as the file holds them; each look has a number in the workbook, and each text is looked at once.

    Source: ECMA-376 part 1, 18.3.1.4 (c) and 18.3.1.53 (is).
    """

    def __init__(self, sheet: Worksheet, columns: Sequence[Column]):
        self._sheet, self._columns = sheet, columns
        self._numbers: dict[tuple, int] = {}
        self._texts: dict[str, tuple[str, bool]] = {}

    def filled(
        self, place: str, value: Any, column: int, head: bool, typed: bool, linked: bool
    ) -> str:
        """A cell that holds something; a text stays a text, whatever it begins with."""
        if isinstance(value, str):
            if value not in self._texts:
                text = _cell_text(value)
                shown = escape(text.replace("\r\n", "\n").replace("\r", "\n"))
                self._texts[value] = (
                    f't="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>',
                    text[:1] in _BEGINS,
                )
            rest, quoted = self._texts[value]
            return (
                f'<c r="{place}" s="{self.style(column, head, typed, True, quoted, linked)}" {rest}'
            )
        day = isinstance(value, dt.date)
        style = self.style(column, head, typed, True, False, linked, day)
        if isinstance(value, bool):
            return f'<c r="{place}" s="{style}" t="b"><v>{value:d}</v></c>'
        return f'<c r="{place}" s="{style}"><v>{to_excel(value) if day else value}</v></c>'

    def style(
        self,
        column: int,
        head: bool,
        typed: bool,
        filled: bool = False,
        quoted: bool = False,
        linked: bool = False,
        day: bool = False,
    ) -> int:
        """The number under which the workbook keeps how such a cell looks; a blank one in which nobody types has only the
        line of a head above it."""
        kind = (column, head, typed, filled, quoted, linked, day)
        if kind not in self._numbers:
            about, cell = self._columns[column], Cell(self._sheet)
            if filled or typed:
                if about.number_format or day:
                    cell.number_format = about.number_format or DATE
                cell.alignment = _WRAP if about.wrap else _MIDDLE if about.centred else _TOP
            if quoted:
                cell.quotePrefix = True
            if filled and about.colour:
                cell.fill = PatternFill("solid", fgColor=about.colour)
            if typed:
                free(cell)
            if linked:
                cell.font = _LINK
            if head:
                cell.border = _ABOVE
            self._numbers[kind] = cell.style_id
        return self._numbers[kind]


def _hyperlink(place: str, target: Target, value: Any) -> Hyperlink:
    if isinstance(target, str):
        return Hyperlink(ref=place, target=target)
    sheet, row = target
    return Hyperlink(ref=place, location=f"'{sheet}'!A{row}", display=_cell_text(str(value)))


def lock(sheet: Worksheet) -> None:
    """Locked without a password where nobody types; filters, sorting and widths stay free."""
    protection = sheet.protection
    protection.sheet = True
    for free in (
        "autoFilter",
        "sort",
        "formatColumns",
        "formatRows",
        "selectLockedCells",
        "selectUnlockedCells",
    ):
        setattr(protection, free, False)


def free(cell: Cell) -> None:
    """Let people type in a cell of a locked sheet."""
    cell.protection, cell.fill = _FREE, _TYPED


def choose_from(sheet: Worksheet, letter: str, last: int, words: Sequence[str]) -> None:
    """A drop-down of some words in a column, from the second row on."""
    choices = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
    choices.error, choices.errorTitle = (
        f"Choose one of: {', '.join(words)}.",
        "Not one of the words",
    )
    choices.add(f"{letter}2:{letter}{max(last, 2)}")
    sheet.add_data_validation(choices)


def _line_count(columns: Sequence[Column], row: Sequence[Any]) -> int:
    """How many lines the fullest wrapped cell of a row takes; few programs find out by themselves."""
    most = 1
    for column, value in zip(columns, row, strict=True):
        if column.wrap and isinstance(value, str):
            width = max(int(column.width * _LETTERS), 1)
            if len(value) > width or "\n" in value:
                most = max(most, sum(-(-max(len(line), 1) // width) for line in value.split("\n")))
    return min(most, _MOST_LINES)


def make_printable(sheet: Worksheet, title_rows: str = "") -> None:
    """Landscape, one page wide, header repeated, pages numbered."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(
        left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.3, footer=0.3
    )
    sheet.oddFooter.center.text = "&A, page &P of &N"
    if title_rows:
        sheet.print_title_rows = title_rows


def amount(cents: int) -> float:
    """Cents as the number a spreadsheet shows; at two decimals it is exact up to ten thousand billion."""
    return int(cents) / 100


def day_of(value: Any) -> dt.date | None:
    """A day as a spreadsheet holds it; None for one that is not known."""
    return None if value is None or value != value else pd.Timestamp(value).date()
