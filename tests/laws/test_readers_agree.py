"""Two readers agree: one table as CSV and as a workbook by either of two programs is read to the same, cell by cell.

    make_tables(seed) --> the four tables of a practice --write--> a CSV, a sheet by openpyxl, a sheet by XlsxWriter
                                                        --read_opened--> three times the same Exports

XlsxWriter stands for the writers that openpyxl is not: shared and inline texts, formulas with saved values, rich texts.
Many practices share a workbook, since each workbook is opened by a process of its own.
RECONCILE_THOROUGH=1 reads 1,000 tables instead of 200.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import xlsxwriter
from hostile.payloads import escaped
from laws.test_reading_laws import AMOUNTS, DATES, DECIMAL_COMMA, ENCODINGS, SPELLINGS
from made.files import client, csv_text, job, rewrite_parts, xpm_invoice
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from reconcile.errors import ReconcileError
from reconcile.exports.files.opening import Opened
from reconcile.exports.files.sources import Source
from reconcile.exports.readers.grid import Grid, Unread
from reconcile.exports.readers.read_file import read_sheets
from reconcile.exports.tables import read_exports, read_opened
from reconcile.settings.model import Settings

ROLES = ("invoices", "jobs", "xpm-invoices", "clients")
TABLES = 1000 if os.environ.get("RECONCILE_THOROUGH") else 200
IN_A_BATCH = 25  # practices
BATCHES = TABLES // len(ROLES) // IN_A_BATCH
SETTINGS = Settings(date_order="dmy")

# Cells --------------------------------------------------------------------------------------------------------------


class Cell(NamedTuple):
    """One cell: its text in the CSV, and what a workbook holds instead where that is no text.

    Attributes:
        value: a number or a day; None for the text itself. form: its number format.
        way: how a writer that can do it writes the text: "rich" in two pieces, "formula" as the saved value of one.
    """

    text: str
    value: int | float | dt.date | None = None
    form: str = ""
    way: str = ""

    @property
    def found(self) -> str:
        """What a problem quotes of the workbook's cell."""
        if isinstance(self.value, dt.date):
            return self.value.isoformat()[:10]
        return self.text if self.value is None or "0" in self.form else format(self.value, ".15g")

    @property
    def in_pieces(self) -> bool:
        """Whether the writers write the text rightly in two pieces: neither escapes `_x0041_` there."""
        return len(self.text) > 1 and not self._escapes

    @property
    def saved(self) -> bool:
        """Whether XlsxWriter writes the cell rightly as the saved value of a formula: it does not escape `_x0041_`."""
        return self.value is not None or bool(self.text and not self._escapes)

    @property
    def _escapes(self) -> bool:
        return "_x" in self.text or "\r" in self.text


Table = list[list[Cell]]

NASTY = (
    *(
        "00123",
        "123456789012345678",
        "12345678901234567890123",
        "-5",
        "+61 2 5550 0138",
        "1.59E+17",
        "1E5",
        "=1+1",
    ),
    *(
        "a,b;c\td",
        'He said "no"',
        '"',
        "'quoted",
        "line\nbreak",
        "\nfirst",
        "last\n",
        "tab\t",
        "cr\r\nlf",
        ";",
        "@x",
    ),
    *(
        "\u00a0INV-1",
        "CLI-1\u00a0",
        "inv–9",
        "PROP—7",
        "J00\u200b12",
        "\ufeffA",
        "Ａｃｍｅ",
        "＃１２",
        "Łódź",
    ),
    *(
        "京都",
        "👩‍👩‍👧‍👦",
        "שלום",
        "\u202eabc",
        "_x0041_",
        "a_x000D_b",
        "&lt;b&gt;",
        "]]>",
        "\ufffd",
        "\u2028",
    ),
    *(
        " ",
        "  ",
        "\u00a0",
        "\u200b",
        "\t",
        "\n",
        "#N/A",
        "#REF!",
        "#DIV/0!",
        "N/A",
        "NULL",
        "nan",
        "None",
        "TRUE",
    ),
    *(
        "Total",
        "Total Acme",
        "INV-1",
        " INV-1",
        "INV-1 ",
        "inv-1",
        "J1, J2",
        "13/10/2026",
        "46308",
        "(5.00)",
    ),
)
LETTERS = " ,;\t\"'\n-–\u00a0éŁ京😀aB1._"
RICH, FORMULA = "rich", "formula"


def any_text(rng: random.Random) -> str:
    if rng.random() < 0.6:
        return rng.choice(NASTY)
    return "".join(rng.choice(LETTERS) for _ in range(rng.randrange(1, 10)))


def text_cell(rng: random.Random, usual: str, nasty: float = 0.15) -> Cell:
    text = any_text(rng) if rng.random() < nasty else usual
    return Cell(text, way=rng.choice(("", "", RICH, FORMULA)))


def number_cell(rng: random.Random, at: int) -> Cell:
    """An invoice or job number: a text, a number, or a number that its format pads with zeros."""
    kind = rng.randrange(6)
    if kind == 0:
        return Cell(str(10_000 + at), 10_000 + at)
    if kind == 1:
        return Cell(f"{at:05d}", at, "00000")
    if kind == 2:
        return Cell(f"INV-{at:04d}", at, '"INV-"0000')
    return text_cell(rng, f"INV-{at:04d}")


class Forms(NamedTuple):
    """How a CSV writes dates and amounts, the same throughout a file."""

    day: Any
    amount: Any
    minus: Any


def day_cell(rng: random.Random, forms: Forms) -> Cell:
    day = dt.date(2026, 1, 1) + dt.timedelta(days=rng.randrange(330))
    if rng.random() < 0.1:
        return Cell(
            rng.choice(
                (
                    "",
                    "soon",
                    "31/31/26",
                    "1/1/1901",
                    "46308",
                    "2026-13-01",
                    "30 Feb 2026",
                    " ",
                    "#N/A",
                )
            )
        )
    text, form = forms.day(day), rng.choice(("", "d mmm yyyy", "[$-C09]dd-mmm-yy;@", "dd/mm/yyyy"))
    kind = rng.randrange(5)
    if kind == 0:
        return Cell(text)
    if kind == 1:
        moment = dt.datetime.combine(day, dt.time(rng.randrange(24), rng.randrange(60)))
        return Cell(f"{text} {moment:%H:%M}", moment, form and f"{form} hh:mm")
    return Cell(text, day, form)


def amount_cell(rng: random.Random, forms: Forms, most: int = 10**7) -> Cell:
    if rng.random() < 0.08:
        return Cell(rng.choice(("", " ", "-", "n/a", "1.2.3", "$", "()", "1e3", "#N/A", "\u00a0")))
    cents = rng.choice((rng.randrange(most), rng.randrange(100), 0, 10**13 + rng.randrange(100)))
    text, value = forms.amount(cents), cents / 100
    if rng.random() < 0.2 and cents:
        text, value = forms.minus(text), -value
    if rng.random() < 0.25 and forms.amount not in DECIMAL_COMMA:
        return Cell(text)  # an amount as text is read as one in a workbook too
    return Cell(text, value, rng.choice(("", "#,##0.00", "#,##0.00;[Red](#,##0.00)", "General")))


# Tables -------------------------------------------------------------------------------------------------------------


def make_tables(rng: random.Random) -> dict[str, tuple[Table, str]]:
    """A practice: role -> its table, the header and titles included, and the delimiter of its CSV."""
    makers = {"invoices": rng.choice((invoice_rows, invoice_rows, report_rows)), "jobs": job_rows}
    makers |= {"xpm-invoices": copy_rows, "clients": client_rows}
    made = {}
    for role, maker in makers.items():
        delimiter = rng.choice(",,;\t")
        amounts = AMOUNTS + (DECIMAL_COMMA if delimiter == ";" else [])
        minus = rng.choice((lambda text: f"-{text}", lambda text: f"({text})"))
        made[role] = maker(rng, Forms(rng.choice(DATES), rng.choice(amounts), minus)), delimiter
    return made


def with_header(
    rng: random.Random, rows: list[dict[str, Cell]], spellings: list = SPELLINGS[:1]
) -> Table:
    """Rows by header as a table: columns in any order, some unneeded, blank rows between, perhaps titles above."""
    names = list(rows[0])
    rng.shuffle(names)
    spell = rng.choice(spellings)
    table = [[Cell(spell(name)) for name in names]]
    for row in rows:
        if rng.random() < 0.1:
            table.append([Cell(rng.choice(("", "", " ", "\u00a0", "\n"))) for _ in names])
        table.append([row[name] for name in names])
    titles = [
        [Cell("Sales invoices")],
        [],
        [Cell("For the period"), Cell("1 July 2026 to 30 June 2027")],
    ]
    return [*titles[: rng.choice((0, 0, 1, 2, 3))], *table]


def invoice_rows(rng: random.Random, forms: Forms) -> Table:
    rows = []
    for at in range(rng.randrange(2, 6)):
        document = {
            "ContactName": text_cell(rng, "Acme Pty Ltd"),
            "InvoiceNumber": number_cell(rng, at + 1),
            "Reference": text_cell(rng, f"CLI-{at}", 0.4),
            "InvoiceDate": day_cell(rng, forms),
            "DueDate": day_cell(rng, forms),
            "Total": amount_cell(rng, forms),
            "TaxTotal": amount_cell(rng, forms),
            "Currency": text_cell(rng, "AUD", 0.05),
            "Type": Cell(
                rng.choice(("Sales invoice", "Sales invoice", "Sales credit note", "Bill", ""))
            ),
            "Status": text_cell(
                rng, rng.choice(("Awaiting Payment", "Paid", "Draft", "Voided")), 0.05
            ),
        }
        for _ in range(rng.choice((1, 1, 2, 3))):
            line = {"LineAmount": amount_cell(rng, forms), "TaxAmount": amount_cell(rng, forms)}
            rows.append(document | line | {"Description": text_cell(rng, "Monthly fee", 0.5)})
            if rng.random() < 0.05:
                rows[-1]["Reference"] = text_cell(rng, "another", 0.5)
    for name in rng.sample(
        ("TaxTotal", "Currency", "Type", "Status", "DueDate", "InvoiceDate"), rng.randrange(3)
    ):
        rows = [{key: cell for key, cell in row.items() if key != name} for row in rows]
    rows[0] |= {name: usual for name, usual in FIRST_INVOICE.items() if name in rows[0]}
    return with_header(rng, rows, SPELLINGS)


# The first row of each required table is sound: a table none of whose rows can be used is refused whole.
FIRST_INVOICE = {
    "ContactName": Cell("Acme"),
    "InvoiceNumber": Cell("FIRST"),
    "Reference": Cell("CLI-1"),
    "InvoiceDate": Cell("2026-10-13", dt.date(2026, 10, 13)),
    "Total": Cell("110.00", 110),
    "Currency": Cell("AUD"),
    "Type": Cell("Sales invoice"),
    "Status": Cell("Paid"),
}


def report_rows(rng: random.Random, forms: Forms) -> Table:
    """A Receivable Invoice Summary: group rows, and totals that are numbers, as saved values of formulas."""
    names = [
        "Invoice Number",
        "Invoice Date",
        "Due Date",
        "Reference",
        "Gross (AUD)",
        "Tax",
        "Status",
        "Source",
    ]
    table = [[Cell("Receivable Invoice Summary")], [], [Cell(name) for name in names]]
    for group in range(rng.randrange(1, 4)):
        contact = text_cell(rng, f"Client {group}", 0.2)
        contact = contact if contact.text.strip("\u200b \u00a0\n\t") else Cell("Acme")
        table.append([contact, *[Cell("")] * 7])
        for at in range(rng.randrange(1, 4)):
            number = number_cell(rng, 100 * group + at + 1)
            cells = [
                day_cell(rng, forms),
                day_cell(rng, forms),
                text_cell(rng, "CLI-1", 0.4),
                amount_cell(rng, forms),
            ]
            table.append(
                [number, *cells, Cell("0.00", 0), Cell("Approved"), Cell("Receivable Invoice")]
            )
        table.append(
            [Cell(f"Total {contact.text}"), *[Cell("")] * 3, sum_cell(rng), *[Cell("")] * 3]
        )
    table.insert(4, [*FIRST_REPORT_ROW])
    table.append([Cell("Total"), *[Cell("")] * 3, sum_cell(rng), *[Cell("")] * 3])
    return table


def sum_cell(rng: random.Random) -> Cell:
    cents = rng.randrange(10**6)
    return Cell(AMOUNTS[0](cents), cents / 100, way=FORMULA)


FIRST_REPORT_ROW = (
    *(Cell("FIRST"), Cell("2026-10-13", dt.date(2026, 10, 13)), Cell("2026-10-27"), Cell("CLI-1")),
    *(Cell("110.00", 110), Cell("10.00", 10), Cell("Approved"), Cell("Receivable Invoice")),
)


def job_rows(rng: random.Random, forms: Forms) -> Table:
    rows = []
    for at in range(rng.randrange(2, 8)):
        usual = {name: text_cell(rng, text, 0.12) for name, text in job().items()}
        special = {
            "[Job] Job No.": number_cell(rng, at + 1),
            "[Job] Date Created": day_cell(rng, forms),
        }
        rows.append(usual | special | {"[Job] Due Date": day_cell(rng, forms)})
    rows[0] = {
        name: Cell(text) for name, text in job(job_no="FIRST", date_created="2025-12-13").items()
    }
    rows[0] |= {"[Job] Due Date": Cell("2026-12-13", dt.date(2026, 12, 13))}
    return with_header(rng, rows)


def copy_rows(rng: random.Random, forms: Forms) -> Table:
    rows = []
    for at in range(rng.randrange(1, 7)):
        row = {name: text_cell(rng, text, 0.12) for name, text in xpm_invoice().items()}
        row |= {
            "[Invoice] Invoice No.": number_cell(rng, at + 1),
            "[Invoice] Date": day_cell(rng, forms),
        }
        row |= {
            name: amount_cell(rng, forms)
            for name in ("[Invoice] Amount", "[Invoice] Amount (incl tax)")
        }
        rows.append(row)
    return with_header(rng, rows)


def client_rows(rng: random.Random, forms: Forms) -> Table:
    names = rng.choices(
        ("Acme Pty Ltd", "Smith & Sons", 'Łódź, "A"', "line\nbreak", " Acme Pty Ltd", "00123"), k=4
    )
    return with_header(
        rng,
        [
            {name: text_cell(rng, text, 0.2) for name, text in client(client=one).items()}
            for one in names
        ],
    )


# Three forms of a table ---------------------------------------------------------------------------------------------


def as_csv(table: Table, delimiter: str, rng: random.Random) -> bytes:
    width = max(map(len, table))
    rows = [[cell.text for cell in row] + [""] * (width - len(row)) if row else [] for row in table]
    form = {"line_end": rng.choice(("\r\n", "\n")), "quote_all": rng.random() < 0.3}
    return rng.choice(ENCODINGS)(csv_text(rows, delimiter=delimiter, **form))


def write_by_openpyxl(path: Path, sheets: dict[str, Table], rng: random.Random) -> None:
    book = Workbook()
    book.remove(book.active)
    if rng.random() < 0.3:
        book.epoch = CALENDAR_MAC_1904
    for name, table in sheets.items():
        sheet = book.create_sheet(name)
        for row, column, cell in cells_of(table):
            place = sheet.cell(row + 1, column + 1)
            if cell.value is not None:
                place.value = cell.value
                place.number_format = cell.form or place.number_format
            elif cell.way == RICH and cell.in_pieces:
                place.value = CellRichText(
                    TextBlock(InlineFont(b=True), cell.text[:1]), cell.text[1:]
                )
            elif cell.text:
                place.value = escaped(cell.text).replace("\r", "_x000D_")
                place.data_type = "s"
    book.save(path)
    # openpyxl forgets to say of a text of spaces alone that they are to be kept.
    rewrite_parts(path, lambda _, part: part.replace(b"<t>", b'<t xml:space="preserve">'))


def write_by_xlsxwriter(path: Path, sheets: dict[str, Table], rng: random.Random) -> None:
    one_pass = (
        rng.random() < 0.5
    )  # writes each text where it stands, row by row, instead of in a table of texts
    options = {"constant_memory": one_pass, "date_1904": rng.random() < 0.3}
    with xlsxwriter.Workbook(path, options) as book:
        forms = {
            form: book.add_format({"num_format": form})
            for form in ("yyyy-mm-dd", *form_texts(sheets))
        }
        bold = book.add_format({"bold": True})
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            for row, column, cell in cells_of(table):
                form = forms.get(cell.form)
                if isinstance(cell.value, dt.date):
                    sheet.write_datetime(row, column, cell.value, form or forms["yyyy-mm-dd"])
                elif cell.way == FORMULA and cell.saved:
                    sheet.write_formula(
                        row, column, "=B1", form, cell.text if cell.value is None else cell.value
                    )
                elif cell.value is not None:
                    sheet.write_number(row, column, cell.value, form)
                elif cell.way == RICH and cell.in_pieces:
                    sheet.write_rich_string(row, column, bold, cell.text[:1], cell.text[1:])
                elif cell.text:
                    sheet.write_string(row, column, cell.text)
                else:
                    sheet.write_blank(row, column, None, bold)


def cells_of(table: Table) -> Iterator[tuple[int, int, Cell]]:
    return (
        (row, column, cell) for row, cells in enumerate(table) for column, cell in enumerate(cells)
    )


def form_texts(sheets: dict[str, Table]) -> set[str]:
    return {cell.form for table in sheets.values() for _, _, cell in cells_of(table)} - {""}


# Reading ------------------------------------------------------------------------------------------------------------


def seen(sheets: list[Grid | Unread], tables: dict[str, Table]) -> dict[str, Any]:
    """All that is read of a practice, without the names of its files; or the refusal."""
    plain = [replace(one, sheet=None, sha256="") for one in sheets]
    opened = [Opened(Source(Path(one.path), one.path), (one,)) for one in plain]
    try:
        exports = read_opened(opened, SETTINGS)
    except ReconcileError as error:
        return {"refused": error.messages}
    return comparable(exports, tables)


def comparable(exports: Any, tables: dict[str, Table]) -> dict[str, Any]:
    parts = {
        name: getattr(exports, name) for name in ("invoices", "jobs", "xpm_invoices", "clients")
    }
    told = {
        name: table.astype(object).where(table.notna(), None).to_dict("list")
        for name, table in parts.items()
    }
    told["problems"] = sorted(plainly(one, tables[one.file]) for one in exports.problems)
    told["inputs"] = [(one.role, one.path, one.row_totals) for one in exports.inputs]
    for name in (
        "assumptions",
        "xero_numbers",
        "xpm_numbers_set_aside",
        "jobs_set_aside",
        "stated_days",
    ):
        told[name] = getattr(exports, name)
    return told


def plainly(problem: Any, table: Table) -> tuple:
    """A problem as a tuple, its value as the CSV has it where the workbook's cell is no text."""
    header = next(
        (row for row in table if problem.column in [cell.text.strip() for cell in row]), []
    )
    for cell, name in zip(table[problem.row - 1] if problem.row else (), header, strict=False):
        if name.text.strip() == problem.column and problem.value == cell.found:
            problem = replace(problem, value=cell.text)
    return (
        problem.file,
        problem.row or 0,
        problem.column,
        problem.value,
        problem.problem,
        problem.set_aside,
    )


def read_practices(path: Path, numbers: range) -> dict[int, list[Grid | Unread]]:
    """The sheets of each practice in a workbook: `7 jobs` is the jobs of practice 7."""
    found: dict[int, list[Grid | Unread]] = {number: [] for number in numbers}
    for sheet in read_sheets(path):
        number, _, role = sheet.sheet.partition(" ")
        found[int(number)].append(replace(sheet, path=role))
    return found


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_table_is_read_the_same_from_csv_and_from_workbooks_of_two_writers(tmp_path, batch):
    numbers = range(batch * IN_A_BATCH, (batch + 1) * IN_A_BATCH)
    made = {number: make_tables(random.Random(number)) for number in numbers}
    sheets = {
        f"{number} {role}": table for number in numbers for role, (table, _) in made[number].items()
    }
    rng = random.Random(batch)
    write_by_openpyxl(tmp_path / "one.xlsx", sheets, rng)
    write_by_xlsxwriter(tmp_path / "two.xlsx", sheets, rng)
    books = [read_practices(tmp_path / name, numbers) for name in ("one.xlsx", "two.xlsx")]
    refused = 0
    for number in numbers:
        csvs = []
        for role, (table, delimiter) in made[number].items():
            path = tmp_path / f"{number} {role}.csv"
            path.write_bytes(as_csv(table, delimiter, rng))
            csvs += read_sheets(path, role)
        tables = {role: table for role, (table, _) in made[number].items()}
        by_csv = seen(csvs, tables)
        refused += "refused" in by_csv
        for book, writer in zip(books, ("openpyxl", "XlsxWriter"), strict=True):
            assert seen(book[number], tables) == by_csv, f"practice {number}, {writer}"
    assert refused < IN_A_BATCH / 3


@pytest.mark.parametrize("number", range(3))
def test_whole_files_are_read_the_same(tmp_path, number):
    """As above, with a file for each table and each opened by the process that opens workbooks."""
    made, rng = make_tables(random.Random(number)), random.Random(number)
    tables = {role: table for role, (table, _) in made.items()}
    for role, (table, delimiter) in made.items():
        (tmp_path / f"{role}.csv").write_bytes(as_csv(table, delimiter, rng))
        write_by_openpyxl(tmp_path / f"{role}.one", {"Export": table}, rng)
        write_by_xlsxwriter(tmp_path / f"{role}.two", {"Export": table}, rng)
    told = []
    for ending in ("csv", "one", "two"):
        exports = read_exports(
            [Source(tmp_path / f"{role}.{ending}", role) for role in ROLES], SETTINGS
        )
        told.append(comparable(exports, tables))
    assert told[0] == told[1] == told[2]
