"""The tables of the workbook: real ones with filters, links, printing, and what may be typed where.

Source: contract.md "fixlist.xlsx".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from types import MappingProxyType
from typing import Any

import pandas as pd
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reconcile.reports.xlsx_book import DATE, MOST_LINKS, Book, looks_like_formula, put

_LINE_HEIGHT = 15  # points; a row of one line has it by itself
_FILTER_BUTTON = 2  # letters of a header that it covers
_MOST_LINES = 27  # a row is at most 409 points high
_LETTERS = 1.05  # of running text, on the width of one digit
_DIGIT = 7  # pixels: the width of a digit in the workbook's font
_A4 = 9

HEADER = MappingProxyType({"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3A5F"})
TYPED = MappingProxyType({"locked": False, "bg_color": "#FFF8E1"})  # where people type
_LINK = MappingProxyType({"font_color": "#0563C1", "underline": 1})
_ABOVE = MappingProxyType({"top": 1, "top_color": "#7F8FA6"})


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its header, width, how its cells look, whether people type in it, whether only the program
    reads it, and whether it is printed; what is not stands last. `colour` is that of the cells that hold something."""

    header: str
    width: int
    wrap: bool = False
    number_format: str = ""
    typed: bool = False
    centred: bool = False
    hidden: bool = False
    printed: bool = True
    colour: str = ""


Target = str | tuple[str, int]  # where a link leads: an address, or a row of another sheet


def write_table(
    book: Book,
    sheet: Worksheet,
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Any]],
    heads: Container[int] = (),
    links: Mapping[tuple[int, int], Target] = MappingProxyType({}),
    typed_in: Container[int] | None = None,
) -> None:
    """A real table with filters, frozen header, widths, printable on one page's width; locked where nobody types.

    Args:
        rows: of texts, numbers, days; None or "" for a blank cell.
        heads: positions of rows that begin a group; a line stands above them.
        links: (position of the row, position of the column) -> where the cell leads; the first MOST_LINKS of them.
        typed_in: positions of the rows in whose typed columns people type; all where it is None.
    """
    _make_table(book, sheet, name, columns, len(rows))
    typed = frozenset(at for at, column in enumerate(columns) if column.typed)
    looks = _Looks(book, columns)
    links_left = MOST_LINKS
    for at, row in enumerate(rows):
        head = at in heads
        open_here = typed if typed_in is None or at in typed_in else ()
        for column, value in enumerate(row):
            open_cell = column in open_here
            if value is None or value == "":
                if head or open_cell:
                    put(sheet, at + 1, column, None, looks.of(column, head, open_cell))
                continue
            target = links.get((at, column)) if links and links_left else None
            link = _link(target) if target else ""
            links_left -= bool(link)
            look = looks.of_filled(column, head, open_cell, value, bool(link))
            put(sheet, at + 1, column, value, look, link)
        lines = _line_count(columns, row)
        if lines > 1:
            sheet.set_row(at + 1, _LINE_HEIGHT * lines)


def _make_table(
    book: Book, sheet: Worksheet, name: str, columns: Sequence[Column], count: int
) -> None:
    """The headers, and a table of them and the rows below, with all that belongs to one."""
    bottom, last = max(count, 1), len(columns) - 1
    header = book.look(**HEADER, valign="vcenter", text_wrap=True)
    for at, column in enumerate(columns):
        set_width(sheet, at, column.width, column.hidden)
    lines = (
        len(wrap(column.header, max(column.width - _FILTER_BUTTON, 1)))
        for column in columns
        if not column.hidden
    )
    sheet.set_row(0, _LINE_HEIGHT * max(lines))
    told = [{"header": column.header, "header_format": header} for column in columns]
    options = {"name": name, "style": "Table Style Light 1", "banded_rows": False, "columns": told}
    if refused := sheet.add_table(0, 0, bottom, last, options):
        raise ValueError(f"table {name}: not made ({refused})")
    sheet.freeze_panes(1, 0)
    make_printable(sheet)
    sheet.repeat_rows(0)
    printed = sum(column.printed for column in columns)
    if printed <= last:
        sheet.print_area(0, 0, bottom, printed - 1)
    lock(sheet)


class _Looks:
    """How the cells of one table look; each kind of cell is made once."""

    def __init__(self, book: Book, columns: Sequence[Column]):
        self._book, self._columns = book, columns
        self._known: dict[tuple[Any, ...], Format] = {}

    def of(self, column: int, head: bool, typed: bool) -> Format:
        """Of a blank cell: one in which nobody types has only the line of a head above it."""
        kind = (column, head, typed)
        if kind not in self._known:
            about = self._columns[column]
            shown = (
                {**_aligned(about), "num_format": about.number_format or "General"} if typed else {}
            )
            self._known[kind] = self._made(shown, head, typed)
        return self._known[kind]

    def of_filled(self, column: int, head: bool, typed: bool, value: Any, linked: bool) -> Format:
        """Of a cell that holds something."""
        quoted, day = looks_like_formula(value), isinstance(value, dt.date)
        kind = (column, head, typed, quoted, linked, day)
        if kind not in self._known:
            about = self._columns[column]
            shown = _aligned(about)
            if about.number_format or day:
                shown["num_format"] = about.number_format or DATE
            if quoted:
                shown["quote_prefix"] = True
            if about.colour:
                shown["bg_color"] = f"#{about.colour}"
            if linked:
                shown |= _LINK
            self._known[kind] = self._made(shown, head, typed)
        return self._known[kind]

    def _made(self, shown: dict[str, Any], head: bool, typed: bool) -> Format:
        return self._book.look(**shown, **(_ABOVE if head else {}), **(TYPED if typed else {}))


def _aligned(column: Column) -> dict[str, Any]:
    aligned: dict[str, Any] = {"valign": "top"}
    if column.wrap:
        aligned["text_wrap"] = True
    elif column.centred:
        aligned["align"] = "center"
    return aligned


def _link(target: Target) -> str:
    """Where a link leads, as XlsxWriter takes it."""
    return target if isinstance(target, str) else f"internal:'{target[0]}'!A{target[1]}"


def set_width(sheet: Worksheet, column: int, width: int, hidden: bool = False) -> None:
    """The width of a column in digits, its margins among them."""
    sheet.set_column_pixels(column, column, width * _DIGIT, None, {"hidden": hidden})


def lock(sheet: Worksheet) -> None:
    """Locked without a password where nobody types; filters, sorting and widths stay free."""
    free = "autofilter sort format_columns format_rows select_locked_cells select_unlocked_cells objects scenarios"
    sheet.protect("", dict.fromkeys(free.split(), True))


def choose_from(sheet: Worksheet, column: int, count: int, words: Sequence[str]) -> None:
    """A drop-down of some words in a column of a table with so many rows; other words can be typed too."""
    choices = {
        "validate": "list",
        "source": list(words),
        "error_title": "Not one of the words",
        "error_message": f"Choose one of: {', '.join(words)}.",
        "show_error": False,
        "show_input": False,
    }
    sheet.data_validation(1, column, max(count, 1), column, choices)


def colour_words(
    book: Book, sheet: Worksheet, column: int, count: int, colours: Mapping[str, str]
) -> None:
    """A colour behind each of some words in a column of a table with so many rows.

    Args:
        colours: word -> six hexadecimal digits.
    """
    for word, colour in colours.items():
        rule = {
            "type": "cell",
            "criteria": "==",
            "value": f'"{word}"',
            "format": book.look(bg_color=f"#{colour}"),
        }
        sheet.conditional_format(1, column, max(count, 1), column, rule)


def _line_count(columns: Sequence[Column], row: Sequence[Any]) -> int:
    """How many lines the fullest wrapped cell of a row takes; few programs find out by themselves."""
    most = 1
    for column, value in zip(columns, row, strict=True):
        if column.wrap and isinstance(value, str):
            width = max(int(column.width * _LETTERS), 1)
            if len(value) > width or "\n" in value:
                most = max(most, sum(-(-max(len(line), 1) // width) for line in value.split("\n")))
    return min(most, _MOST_LINES)


def make_printable(sheet: Worksheet) -> None:
    """Landscape, one page wide, pages numbered."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_header("", {"margin": 0.3})
    sheet.set_footer("&C&A, page &P of &N", {"margin": 0.3})


def amount(cents: int) -> float:
    """Cents as the number a spreadsheet shows; at two decimals it is exact up to ten thousand billion."""
    return int(cents) / 100


def day_of(value: Any) -> dt.date | None:
    """A day as a spreadsheet holds it; None for one that is not known."""
    return None if value is None or value != value else pd.Timestamp(value).date()
