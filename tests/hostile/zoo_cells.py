"""The zoo's cells: errors, formulas, dates, numbers and texts as Excel, people and other programs damage them.

Source: rules.md section 5, "Damage done by Excel"; ECMA-376 part 1, 18.17.4 (dates) and 22.9.2.19 (escapes in texts).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from hostile.zoo import LISTED, REFUSED, RIGHT, Animal, grid_of, parts_of, text_of
from hostile.zoo_books import book, members_of, swap
from hostile.zoo_parts import (
    DATE_STYLE,
    ERROR_NA,
    NO_VALUE,
    SHEET,
    STRINGS,
    WORKBOOK,
    Cell,
    Member,
    book_of,
    book_parts,
    repeated,
    zip_of,
)

ALL = "xlsx,csv,json,html"
ORDER_NO, CREATED, CLIENT = "[Job] Client Order No.", "[Job] Date Created", "[Client] Client"
LAST = {
    "invoices": (7, ("INV-0007",)),
    "jobs": (5, ("J000006",)),
    "xpm": (3, ()),
    "clients": (4, ()),
}  # position, number


def sheet(what: str, changes: dict[str, Any]) -> Callable[[], bytes]:
    """A file of the practice as a workbook, with other cells in the last row of its kind."""
    return lambda: book_of(parts_of(what, {LAST[what][0]: changes}))


def text(what: str, changes: dict[str, str], **form: Any) -> Callable[[], str]:
    """A file of the practice as CSV, with other cells in the last row of its kind."""
    return lambda: text_of(what, {LAST[what][0]: changes}, **form)


def listed(
    name: str,
    what: str,
    column: str,
    cell: Any,
    words: str,
    *,
    kind: str = "xlsx",
    formats: str = "json",
) -> Animal:
    """One cell that cannot be read: its row is set aside, and it is said why."""
    content = sheet(what, {column: cell}) if kind == "xlsx" else text(what, {column: cell})
    return Animal(
        name, f"{what}.{kind}", content, LISTED, words, lost=LAST[what][1], aside=1, formats=formats
    )


def number(value: str, attributes: str = "") -> Cell:
    """A cell with this number as it stands."""
    return Cell(attributes, f"<v>{value}</v>")


def day(value: str) -> Cell:
    """A cell with this number in the format of a day."""
    return number(value, f' s="{DATE_STYLE}"')


# Errors and formulas -------------------------------------------------------------------------------------------------

IN_TEXT, IN_MONEY, IN_DATE = "an error of Excel's", "not an amount of money", "not a date"

ERRORS = tuple(
    listed(
        f"error-in-{what}-{re.sub('[^a-z]+', '-', column.rpartition(']')[2].lower()).strip('-')}",
        what,
        column,
        ERROR_NA,
        words,
    )
    for what, column, words in (
        ("invoices", "InvoiceNumber", IN_TEXT),
        ("invoices", "Reference", IN_TEXT),
        ("invoices", "ContactName", IN_TEXT),
        ("invoices", "InvoiceDate", IN_DATE),
        ("invoices", "Total", IN_MONEY),
        ("invoices", "Type", IN_TEXT),
        ("invoices", "Status", IN_TEXT),
        ("jobs", "[Job] Job No.", IN_TEXT),
        ("jobs", "[Client] Client", IN_TEXT),
        ("jobs", "[Job] Client Order No.", IN_TEXT),
        ("jobs", "[State] State", IN_TEXT),
        ("jobs", "[Job] Date Created", IN_DATE),
        ("xpm", "[Invoice] Invoice No.", IN_TEXT),
        ("xpm", "[Invoice] Job Number(s)", IN_TEXT),
        ("xpm", "[Invoice] Client", IN_TEXT),
        ("xpm", "[Invoice] Amount (incl tax)", IN_MONEY),
        ("clients", "[Client] Client", IN_TEXT),
        ("clients", "[Client] Billing Details", IN_TEXT),
    )
)

FORMULAS = (
    listed("formula-without-value-in-a-total", "invoices", "Total", NO_VALUE, IN_MONEY),
    listed("formula-without-value-in-a-reference", "invoices", "Reference", NO_VALUE, IN_TEXT),
    listed("formula-without-value-in-a-date", "jobs", CREATED, NO_VALUE, IN_DATE),
    listed(
        "formula-with-spaces-around-it", "jobs", ORDER_NO, Cell("", "\n  <f>1+1</f>\n"), IN_TEXT
    ),
    Animal(
        "formula-without-value-elsewhere",
        "invoices.xlsx",
        sheet("invoices", {"Description": NO_VALUE}),
        RIGHT,
    ),
    Animal(
        "formula-with-its-value",
        "invoices.xlsx",
        sheet("invoices", {"Total": Cell("", "<f>70+7.77</f><v>77.77</v>")}),
        RIGHT,
    ),
    Animal(
        "formula-that-calls-a-program",
        "jobs.xlsx",
        sheet("jobs", {"[Job] Name": Cell(' t="str"', "<f>cmd|'/C calc'!A0</f><v>Old advice</v>")}),
        RIGHT,
    ),
    listed("error-as-a-text-in-csv", "jobs", ORDER_NO, "#REF!", IN_TEXT, kind="csv"),
    listed("true-in-a-reference", "invoices", "Reference", number("1", ' t="b"'), "TRUE or FALSE"),
)


# Dates ---------------------------------------------------------------------------------------------------------------


def from_1904() -> bytes:
    """The jobs with days counted from 1904, as on old Macs."""
    parts = parts_of("jobs")
    swap(WORKBOOK, "<sheets>", '<workbookPr date1904="1"/><sheets>')(parts)
    style = f' s="{DATE_STYLE}"><v>'.encode()
    parts[SHEET] = re.sub(
        style + rb"(\d+)", lambda found: style + str(int(found[1]) - 1462).encode(), parts[SHEET]
    )
    return book_of(parts)


SERIAL = "a serial number"

DATES = (
    Animal("days-from-1904", "jobs.xlsx", from_1904, RIGHT),
    Animal("days-as-texts", "jobs.xlsx", sheet("jobs", {CREATED: "13-Dec-2025"}), RIGHT),
    Animal(
        "days-of-iso", "jobs.xlsx", sheet("jobs", {CREATED: number("2025-12-13", ' t="d"')}), RIGHT
    ),
    listed("serial-in-csv", "jobs", CREATED, "46004", SERIAL, kind="csv"),
    listed("serial-in-a-sheet", "jobs", CREATED, 46004, SERIAL),
    listed("negative-day", "jobs", CREATED, day("-5"), IN_DATE),
    listed("day-none", "jobs", CREATED, day("0"), IN_DATE),
    listed("29-february-1900", "jobs", CREATED, day("60"), IN_DATE),
    listed("day-beyond-9999", "jobs", CREATED, day("99999999"), SERIAL),
    listed("day-beyond-all-numbers", "jobs", CREATED, day("1E+300"), SERIAL),
    listed("a-time-alone", "jobs", CREATED, day("0.5"), IN_DATE),
    listed("31-february", "invoices", "InvoiceDate", "31/02/2026", IN_DATE, kind="csv"),
    listed("no-day-of-no-month", "invoices", "InvoiceDate", "00/00/0000", IN_DATE, kind="csv"),
    listed(
        "year-9999", "invoices", "InvoiceDate", "31/12/9999", "not a date of our time", kind="csv"
    ),
    listed("year-before-christ", "jobs", CREATED, "-0044-03-15", IN_DATE, kind="csv"),
)


# Numbers -------------------------------------------------------------------------------------------------------------

SCIENTIFIC = "scientific notation"


def order_no(value: Any, shown: str) -> dict[str, Any]:
    """The order number of the last job, and what the ledger then has."""
    return {
        "content": sheet("jobs", {ORDER_NO: value}),
        "changes": {"J000006": {"client_order_no": shown}},
    }


NUMBERS = (
    Animal("leading-zeros-lost", "jobs.xlsx", expected=RIGHT, **order_no(1001, "1001")),
    Animal(
        "leading-zeros-by-format",
        "jobs.xlsx",
        expected=RIGHT,
        **order_no(number("1001", ' s="2"'), "01001"),
    ),
    Animal("leading-zeros-as-text", "jobs.xlsx", expected=RIGHT, **order_no("01001", "01001")),
    listed("scientific-in-csv", "invoices", "Reference", "1.59E+17", SCIENTIFIC, kind="csv"),
    listed("scientific-in-a-sheet", "invoices", "Reference", 1.59e17, SCIENTIFIC),
    listed("scientific-with-a-comma", "jobs", ORDER_NO, "1,59E+17", SCIENTIFIC, kind="csv"),
    listed("amount-with-comma-for-cents", "invoices", "Total", "1.234,50", IN_MONEY, kind="csv"),
    listed("amount-in-scientific-notation", "invoices", "Total", "1E5", IN_MONEY, kind="csv"),
    listed(
        "amount-of-twenty-digits",
        "invoices",
        "Total",
        "99999999999999999999.99",
        IN_MONEY,
        kind="csv",
    ),
    listed("amount-that-is-no-number", "invoices", "Total", "NaN", IN_MONEY, kind="csv"),
    listed(
        "amount-with-words", "xpm", "[Invoice] Amount (incl tax)", "about 660", IN_MONEY, kind="csv"
    ),
    listed("amount-beyond-all-numbers", "invoices", "Total", number("1E+300"), IN_MONEY),
    listed("amount-as-a-day", "invoices", "Total", day("46000"), IN_MONEY),
    Animal(
        "amounts-with-ornaments",
        "invoices.csv",
        text("invoices", {"Total": "$77.77", "TaxTotal": "$7.07"}),
        RIGHT,
    ),
    Animal("amounts-as-texts", "invoices.xlsx", sheet("invoices", {"Total": "77.77"}), RIGHT),
    Animal(
        "amount-with-the-dust-of-a-sum",
        "invoices.xlsx",
        sheet("invoices", {"Total": 77.77000000000001}),
        RIGHT,
    ),
    listed("amount-cell-without-a-number", "invoices", "Total", number("abc"), IN_MONEY),
)


# Texts ---------------------------------------------------------------------------------------------------------------


def odd(
    name: str,
    reference: str,
    words: str,
    *,
    kind: str = "csv",
    written: str | None = None,
    shown: str | None = None,
) -> Animal:
    """A Reference with odd letters is read to the letter, and they are named."""
    content = (sheet if kind == "xlsx" else text)(
        "invoices", {"Reference": reference if written is None else written}
    )
    changes = {"INV-0007": {"reference": reference if shown is None else shown}}
    return Animal(name, f"invoices.{kind}", content, RIGHT, words, changes=changes, formats=ALL)


LONG = "CLI-1005 " + "x" * 40_000

TEXTS = (
    odd("non-breaking-space", "CLI-1005\u00a0", "a non-breaking space"),
    odd("zero-width-space", "CLI-\u200b1005", "a character without width"),
    odd("dash-for-a-hyphen", "CLI\u20131005", "en dash instead of a hyphen"),
    odd("letter-of-another-alphabet", "\u0421LI-1005", "letters of two alphabets"),
    odd("right-to-left-override", "\u202e5001-ILC", "a character without width"),
    odd("line-break-in-a-reference", "CLI-1005\nand more", "a line break"),
    odd("combined-letters", "Cafe\u0301-1005", ""),
    odd("letters-beyond-16-bits", "CLI-1005 \U0001f600", "", kind="xlsx"),
    odd("forty-thousand-letters-in-csv", LONG, ""),
    odd("forty-thousand-letters-in-a-sheet", LONG, "", kind="xlsx"),
    odd(
        "nul-by-its-escape",
        "CLI-\x001005",
        "control character",
        kind="xlsx",
        written="CLI-_x0000_1005",
    ),
    odd("escape-by-its-escape", "CLI_x0041_1005", "", kind="xlsx", written="CLI_x005F_x0041_1005"),
    listed(
        "kind-by-an-escape",
        "invoices",
        "Reference",
        "_x0001_2026-01-01",
        "a date, which Excel made",
    ),
    odd("half-of-a-pair-by-its-escape", "CLI-_xD83D_1005", "", kind="xlsx"),
    listed("no-contact", "invoices", "ContactName", "\u200b \u00a0", "no contact", kind="csv"),
    listed("no-number", "invoices", "InvoiceNumber", "  ", "no invoice number", kind="csv"),
)


# Rows and headers of sheets ------------------------------------------------------------------------------------------


def merged(what: str, cells: str, gone: dict[int, list[int]]) -> Callable[[], bytes]:
    """A sheet with merged cells: only the first of them keeps its content. gone: row (the header is 0) -> its columns."""

    def make() -> bytes:
        grid = grid_of(what)
        for row, columns in gone.items():
            for column in columns:
                grid[row][column] = None
        parts = book_parts(grid, what.capitalize())
        swap(
            SHEET,
            "</sheetData>",
            f'</sheetData><mergeCells count="1"><mergeCell ref="{cells}"/></mergeCells>',
        )(parts)
        return book_of(parts)

    return make


def moved(down: int, right: int) -> bytes:
    """The jobs further down and to the right, with a title above."""
    grid = [["Jobs"], *[[]] * (down - 1), *([None] * right + row for row in grid_of("jobs"))]
    return book_of(book_parts(grid, "Jobs"))


def empty_rows() -> bytes:
    """A million rows without a cell below the jobs."""
    head, tail = parts_of("jobs")[SHEET].split(b"</sheetData>")
    rows: Member = repeated(SHEET, head, b"<row></row>" * 1000, 1000, b"</sheetData>" + tail)
    return zip_of(*(one for one in members_of("jobs") if one.name != SHEET), rows)


def no_places(parts: dict[str, bytes]) -> None:
    """No cell says where it is, as some programs write them: each is right of the one before."""
    grid = [
        [Cell(' t="str"', "<v></v>") if cell is None else cell for cell in row]
        for row in grid_of("jobs")
    ]
    parts |= {
        name: content
        for name, content in book_parts(grid, "Jobs").items()
        if name in (SHEET, STRINGS)
    }
    parts[SHEET] = re.sub(rb' r="[A-Z]*\d+"', b"", parts[SHEET])


ROWS = (
    Animal(
        "merged-header-of-a-needed-column",
        "jobs.xlsx",
        merged("jobs", "C1:D1", {0: [3]}),
        REFUSED,
        "without [Job] Client Order No.",
    ),
    Animal(
        "merged-header-of-another-column", "jobs.xlsx", merged("jobs", "H1:I1", {0: [8]}), RIGHT
    ),
    Animal(
        "merged-cells-below-one-another",
        "jobs.xlsx",
        merged("jobs", "C6:C7", {6: [2]}),
        LISTED,
        "a job without a client",
        lost=("J000006",),
    ),
    Animal("merged-title", "jobs.xlsx", lambda: moved(3, 0), RIGHT, shift=3),
    Animal("far-from-the-first-cell", "jobs.xlsx", lambda: moved(15, 40), RIGHT, shift=15),
    Animal(
        "sheet-header-on-row-25",
        "jobs.xlsx",
        lambda: moved(24, 0),
        REFUSED,
        "no header row in its first 20 rows",
    ),
    Animal(
        "sheet-header-twice",
        "jobs.xlsx",
        lambda: book_of(book_parts([*grid_of("jobs"), grid_of("jobs")[0]], "Jobs")),
        LISTED,
        "the header again",
        rows=7,
    ),
    Animal(
        "sheet-with-a-column-twice",
        "jobs.xlsx",
        lambda: book_of(book_parts([[*row, row[3]] for row in grid_of("jobs")], "Jobs")),
        REFUSED,
        "is there twice",
    ),
    Animal("a-million-empty-rows", "jobs.xlsx", empty_rows, RIGHT),
    Animal("cells-without-their-places", "jobs.xlsx", book("jobs", no_places), RIGHT),
)


def cell_animals() -> Iterator[Animal]:
    """All of this module."""
    for group in (ERRORS, FORMULAS, DATES, NUMBERS, TEXTS, ROWS):
        yield from group
