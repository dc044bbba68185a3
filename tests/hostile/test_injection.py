"""Hostile and odd texts in every text field of the exports: text in the workbook, the CSV files, the JSON and the page.

    PAYLOADS x kinds of rows --write_practice--> exports of three practices --reconcile.run--> Written

Each payload stands in each field in a row of its own, so that a cell is found by its file and row and not by its text.
What is expected is payloads.py's.
Source: contract.md "Files written to --out"; design.md "Text written to a workbook is text".
"""

from __future__ import annotations

import csv
import json
import os
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import openpyxl
import pytest
from hostile.payloads import (
    LONGEST_CELL,
    PAYLOADS,
    Payload,
    as_in_the_file,
    escaped,
    in_csv,
    in_workbook,
    on_page,
    unescaped,
    utf16_units,
)
from made.files import client, job, save, write_workbook, xero_csv, xero_line, xpm_csv, xpm_invoice
from made.pages import page_faults
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.worksheet.formula import ArrayFormula
from python_calamine import CalamineWorkbook
from tools.make_golden import GOLDEN

import reconcile
from reconcile.errors import ReconcileError
from reconcile.exports.files.sources import find_sources
from reconcile.pipeline import reconcile_practice
from reconcile.reports import write_reports as reports
from reconcile.settings.model import read_settings

pytestmark = pytest.mark.long

AS_OF = date(2026, 11, 23)
NOTE_COLUMN = 4
XERO, JOBS, XPM, CLIENTS = "xero.csv", "jobs.csv", "xpm-invoices.csv", "clients.csv"
Rows = dict[str, list[dict[str, str]]]  # export -> its rows; the payload is in the first
CSV_FILES = ("fixlist.csv", "invoices.csv", "jobs.csv")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

each_reader = pytest.mark.parametrize("reader", ["openpyxl", "calamine"])
each_practice = pytest.mark.parametrize("practice", ["own", "job", "order"])

# Rows ---------------------------------------------------------------------------------------------------------------
# Each kind of rows puts a payload into some fields; `n` keeps the rows of different payloads apart.


def own_rows(text: str, n: str) -> Rows:
    """Client, contact, job without an order number, invoice and XPM's copy: everything is the payload (T6)."""
    return {
        XERO: [xero_line(ContactName=text, InvoiceNumber=text, Reference=text, Currency=text)],
        JOBS: [
            job(
                job_no=f"W{n}",
                name=text,
                client=text,
                client_order_no="",
                state=text,
                job_manager=text,
            )
        ],
        XPM: [xpm_invoice(invoice_no=text, job_numbers="", client=text)],
        CLIENTS: [client(client=text, status=text)],
    }


def status_rows(text: str, n: str) -> Rows:
    """A status is of a closed list; so is a type."""
    return {XERO: [xero_line(InvoiceNumber=f"S{n}", Status=text)]}


def type_rows(text: str, n: str) -> Rows:
    return {XERO: [xero_line(InvoiceNumber=f"T{n}", Type=text)]}


def date_rows(text: str, n: str) -> Rows:
    return {XERO: [xero_line(InvoiceNumber=f"D{n}", InvoiceDate=text)]}


def amount_rows(text: str, n: str) -> Rows:
    return {XPM: [xpm_invoice(invoice_no=f"A{n}", **{"amount (incl tax)": text})]}


def job_rows(text: str, n: str) -> Rows:
    """The number of the client's job is the payload, and so is its partner; it has no order number (T6)."""
    name = f"Client {n}"
    return {
        XERO: [xero_line(ContactName=name, InvoiceNumber=f"J{n}", Reference=f"CLI-{n}")],
        JOBS: [job(job_no=text, client=name, client_order_no="", job_manager="", partner=text)],
        XPM: [xpm_invoice(invoice_no=f"J{n}", job_numbers="", client=name)],
    }


def copy_rows(text: str, n: str) -> Rows:
    """XPM has the invoice on the job whose number is the payload."""
    name = f"Client {n}"
    return {
        XERO: [xero_line(ContactName=name, InvoiceNumber=f"K{n}", Reference="nothing that exists")],
        XPM: [xpm_invoice(invoice_no=f"K{n}", job_numbers=text, client=name)],
    }


def only_rows(text: str, n: str) -> Rows:
    """Only XPM has the invoice (T25)."""
    return {XPM: [xpm_invoice(invoice_no=text, job_numbers="", client=text)]}


def billing_rows(text: str, n: str) -> Rows:
    """The client's billing details name the payload, which is a client too (T12)."""
    name = f"Diverted {n}"
    return {
        XERO: [xero_line(ContactName=name, InvoiceNumber=f"B{n}", Reference=f"CLI-9{n}")],
        JOBS: [job(job_no=f"B{n}", client=name, client_order_no=f"CLI-9{n}")],
        CLIENTS: [client(client=name, billing_details=text), client(client=text)],
    }


def order_rows(text: str, n: str) -> Rows:
    """The order number is the payload, and XPM has the invoice on the client (T27)."""
    name = f"Client {n}"
    return {
        XERO: [xero_line(ContactName=name, InvoiceNumber=f"O{n}", Reference=text)],
        JOBS: [job(job_no=f"O{n}", client=name, client_order_no=text)],
        XPM: [xpm_invoice(invoice_no=f"O{n}", job_numbers="", client=name)],
    }


def contact_rows(text: str, n: str) -> Rows:
    """The contact is the payload, and the client has a dot more (T10)."""
    return {
        XERO: [xero_line(ContactName=text, InvoiceNumber=f"C{n}", Reference=f"CLI-8{n}")],
        JOBS: [job(job_no=f"C{n}", client=f"{text}.", client_order_no=f"CLI-8{n}")],
    }


PRACTICES: dict[str, tuple[Callable[[str, str], Rows], ...]] = {
    "own": (own_rows, status_rows, type_rows, date_rows, amount_rows),
    "job": (job_rows, copy_rows, only_rows, billing_rows),
    "order": (order_rows, contact_rows),
}


def as_it_is(text: str) -> str:
    """Outer spaces count (M5, C1). A control character that begins a CSV's cell is damage, and is kept visible."""
    return re.sub("^[\x01-\x05]", "\ufffd", text)


def without_outer_spaces(text: str) -> str:
    return as_it_is(text).strip()


def as_job_numbers(text: str) -> str:
    """XPM writes several job numbers into one cell."""
    parts = [part.strip() for part in re.split("[,;]", text) if part.strip()]
    return ", ".join(parts) if len(parts) > 1 else without_outer_spaces(text)


class Field(NamedTuple):
    """One text field of the exports, and the cell that shows it.

    Attributes:
        rows: the kind of rows. export: the file in which it stands.
        sheet, header: of the workbook; "" where no sheet shows it. column: of invoices.csv or jobs.csv.
        read: the text as the program takes it. identifies: whether damage in it sets its row aside.
        shown_at: the export whose row the ledger's row is, where that is another.
    """

    name: str
    rows: Callable[[str, str], Rows]
    export: str
    sheet: str
    header: str
    column: str
    read: Callable[[str], str] = as_it_is
    identifies: bool = True
    shown_at: str = ""

    @property
    def practice(self) -> str:
        return next(name for name, kinds in PRACTICES.items() if self.rows in kinds)

    @property
    def place(self) -> str:
        return self.shown_at or self.export


FIELDS = (
    Field("Xero contact", own_rows, XERO, "Invoices", "contact", "contact"),
    Field("Xero Reference", own_rows, XERO, "Invoices", "reference", "reference"),
    Field(
        "Xero invoice number",
        own_rows,
        XERO,
        "Invoices",
        "invoice",
        "invoice_no",
        without_outer_spaces,
    ),
    Field(
        "Xero currency", own_rows, XERO, "", "", "currency", without_outer_spaces, identifies=False
    ),
    Field("job's client", own_rows, JOBS, "Jobs", "client", "client"),
    Field(
        "job's name",
        own_rows,
        JOBS,
        "Jobs",
        "name",
        "job_name",
        without_outer_spaces,
        identifies=False,
    ),
    Field(
        "job's state",
        own_rows,
        JOBS,
        "Jobs",
        "state",
        "state",
        without_outer_spaces,
        identifies=False,
    ),
    Field(
        "job's manager",
        own_rows,
        JOBS,
        "Jobs",
        "owner",
        "owner",
        without_outer_spaces,
        identifies=False,
    ),
    Field("job's number", job_rows, JOBS, "Jobs", "job", "job_no", without_outer_spaces),
    Field(
        "job's partner",
        job_rows,
        JOBS,
        "Jobs",
        "owner",
        "owner",
        without_outer_spaces,
        identifies=False,
    ),
    Field("job's order number", order_rows, JOBS, "Jobs", "client order no.", "client_order_no"),
    Field(
        "XPM's job number",
        copy_rows,
        XPM,
        "Invoices",
        "is",
        "now_job_no",
        as_job_numbers,
        shown_at=XERO,
    ),
    Field(
        "XPM's invoice number",
        only_rows,
        XPM,
        "Invoices",
        "invoice",
        "invoice_no",
        without_outer_spaces,
    ),
    Field("XPM's client", only_rows, XPM, "Invoices", "contact", "contact"),
)
each_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)

AMOUNTS = {"leading zeros", "negative amount", "thousands"}  # payloads that are amounts
PROBLEM_SHOWS = 200  # letters of a text that was not understood
NOT_IN_XML = {"noncharacter fffe", "noncharacter ffff"}
DAMAGED = {
    "excel error",
    "start of heading first",
}  # no identifiers: what Excel left of a text, and a lost character


# Runs ---------------------------------------------------------------------------------------------------------------


class Written(NamedTuple):
    """What one run has written, read back, and where each payload's rows stand in the exports.

    Attributes:
        row_of: (kind of rows, export, payload's id) -> the row's number in the export.
        sheets: by reader, the cells of each sheet.
        tables: the rows of each CSV file. document: fixlist.json.
    """

    folder: Path
    row_of: dict[tuple[Callable, str, str], int]
    sheets: dict[str, dict[str, list[list[Any]]]]
    tables: dict[str, list[dict[str, str]]]
    document: dict[str, Any]


def write_practice(
    folder: Path, name: str, payloads: tuple[Payload, ...], extension: str = ".csv"
) -> dict:
    """Write a practice's exports; returns row_of."""
    exports: dict[str, list[dict[str, str]]] = defaultdict(list)
    row_of = {}
    for at, payload in enumerate(payloads):
        for kind in PRACTICES[name]:
            for export, rows in kind(payload.text, f"{at:03d}").items():
                row_of[kind, export, payload.id] = len(exports[export]) + 2
                exports[export].extend(rows)
    folder.mkdir()
    for export, rows in exports.items():
        if extension == ".csv":
            save(folder / export, xero_csv(*rows) if export == XERO else xpm_csv(*rows))
        else:
            cells = [list(rows[0]), *(list(row.values()) for row in rows)]
            write_workbook(
                folder / export.replace(".csv", extension), {"Export": cells}, prepare=keep_as_text
            )
    return row_of


def keep_as_text(book: Any) -> None:
    """Every cell as text, escaped as Excel escapes."""
    for cell in (
        cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ):
        cell.value = escaped(cell.value)
        cell.data_type = "s"


def run(
    folder: Path, name: str, payloads: tuple[Payload, ...] = PAYLOADS, extension: str = ".csv"
) -> Written:
    """Write the exports of a practice, run over them and read everything back."""
    row_of = write_practice(folder / name, name, payloads, extension)
    out = folder / f"{name}-out"
    reconcile.run([str(folder / name)], out, AS_OF)
    return read_back(out, row_of)


def read_back(out: Path, row_of: dict[tuple[Callable, str, str], int] | None = None) -> Written:
    path = out / "fixlist.xlsx"
    sheets = {"openpyxl": cells_by_openpyxl(path), "calamine": cells_by_calamine(path)}
    tables = {name: csv_rows(out / name) for name in CSV_FILES}
    document = json.loads((out / "fixlist.json").read_text(encoding="utf-8"))
    return Written(out, row_of or {}, sheets, tables, document)


def cells_by_openpyxl(path: Path) -> dict[str, list[list[Any]]]:
    """The cells of each sheet."""
    book = as_in_the_file(path)
    return {
        sheet.title: [
            [unescaped(one) if isinstance(one, str) else one for one in row]
            for row in sheet.iter_rows(values_only=True)
        ]
        for sheet in book
    }


def cells_by_calamine(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(path)
    rows = {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }
    return {
        name: [[None if cell == "" else cell for cell in row] for row in sheet]
        for name, sheet in rows.items()
    }


def csv_rows(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def by_header(rows: list[list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> dict[str, Written]:
    folder = tmp_path_factory.mktemp("payloads")
    return {name: run(folder, name) for name in PRACTICES}


@pytest.fixture(scope="module")
def shown(written) -> dict[tuple[str, str, str, str, int], dict[str, Any]]:
    """The workbook's row of each row of an export: by practice, reader, sheet, file and row number."""
    return {
        (practice, reader, sheet, row["file"], int(row["row"])): row
        for practice, one in written.items()
        for reader, sheets in one.sheets.items()
        for sheet in ("Invoices", "Jobs")
        for row in by_header(sheets[sheet])
    }


@pytest.fixture(scope="module")
def told(written) -> dict[tuple[str, str, int], dict[str, str]]:
    """The row of invoices.csv or jobs.csv of each row of an export: by practice, file and row number."""
    return {
        (practice, row["file"], int(row["row"])): row
        for practice, one in written.items()
        for table in ("invoices.csv", "jobs.csv")
        for row in one.tables[table]
    }


def records(field: Field) -> Iterator[Payload]:
    """The payloads whose row is a record: none of its identifiers is damaged."""
    together = [
        other for other in FIELDS if (other.rows, other.export) == (field.rows, field.export)
    ]
    identifies = any(other.identifies for other in together)
    return (payload for payload in PAYLOADS if not (identifies and payload.id in DAMAGED))


# The workbook -------------------------------------------------------------------------------------------------------


def test_there_are_payloads_of_every_kind_and_each_is_a_text_of_its_own():
    texts = [payload.text.strip() for payload in PAYLOADS]
    assert len(set(texts)) == len(texts) >= 60
    assert all(
        sum(payload.kind == kind for payload in PAYLOADS) >= 4
        for kind in {payload.kind for payload in PAYLOADS}
    )


@each_reader
@pytest.mark.parametrize(
    "field", [field for field in FIELDS if field.sheet], ids=lambda field: field.name
)
def test_a_field_is_text_in_the_workbook(written, shown, field, reader):
    row_of = written[field.practice].row_of
    wrong = {}
    for payload in records(field):
        at = row_of[field.rows, field.place, payload.id]
        cell = shown[field.practice, reader, field.sheet, field.place, at][field.header]
        if cell != in_workbook(field.read(payload.text)):
            wrong[payload.id] = cell
    assert not wrong


@each_reader
def test_a_damaged_identifier_is_shown_among_the_problems(written, reader):
    for field in (field for field in FIELDS if field.identifies):
        texts = {
            written[field.practice].row_of[field.rows, field.export, payload.id]: in_workbook(
                as_it_is(payload.text)[:PROBLEM_SHOWS]
            )
            for payload in PAYLOADS
            if payload.id in DAMAGED
        }
        assert not texts.items() - problems(written[field.practice], reader, field.export), field


@each_reader
@pytest.mark.parametrize(
    "rows", [status_rows, type_rows, date_rows, amount_rows], ids=lambda rows: rows.__name__
)
def test_what_is_not_understood_is_shown_among_the_problems(written, rows, reader):
    one, export = written["own"], XPM if rows is amount_rows else XERO
    texts = {
        one.row_of[rows, export, payload.id]: in_workbook(as_it_is(payload.text)[:PROBLEM_SHOWS])
        for payload in PAYLOADS
        if not (rows is amount_rows and payload.id in AMOUNTS)
    }
    assert not texts.items() - problems(one, reader, export)


def problems(one: Written, reader: str, export: str) -> set[tuple[int, str]]:
    """Row and value of each problem that set a row of an export aside."""
    rows = by_header(one.sheets[reader]["Problems"])
    return {
        (row["row"], row["value"])
        for row in rows
        if row["file"] == export and row["set aside"] == "yes"
    }


@each_reader
@each_practice
def test_the_fix_list_says_what_the_json_says(written, practice, reader):
    one = written[practice]
    rows = by_header(one.sheets[reader]["Fix list"])
    actions = [(fix, action) for fix in one.document["fixes"] for action in fix["actions"]]
    assert len(rows) == len(actions) > 300
    for row, (fix, action) in zip(rows, actions, strict=True):
        head = action["n"] == 1
        wanted = {
            "client": fix["client"],
            "owner": fix["owner"],
            "what to do": action["text"],
            "value to paste": action.get("value"),
            "why": fix["title"] if head else None,
            "fix id": fix["id"],
        }
        assert {name: row[name] for name in wanted} == {
            name: in_workbook(text) if text else None for name, text in wanted.items()
        }


@each_practice
def test_both_readers_find_the_same_cells(written, practice):
    one, other = (written[practice].sheets[reader] for reader in ("openpyxl", "calamine"))
    assert list(one) == list(other)
    for sheet, rows in one.items():
        texts = [[cell for cell in row if isinstance(cell, str)] for row in rows]
        assert texts == [[cell for cell in row if isinstance(cell, str)] for row in other[sheet]], (
            sheet
        )


@each_practice
def test_nothing_in_the_workbook_runs_or_leads_outside(written, practice):
    assert_nothing_runs(written[practice].folder / "fixlist.xlsx")


def assert_nothing_runs(path: Path) -> None:
    """No formula, error, macro, outside link or broken part in a workbook, and no cell with more than it can hold."""
    with zipfile.ZipFile(path) as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    assert not [
        name
        for name in content
        if re.search("vba|macro|externalLink|oleObject|embeddings|ctrlProp|connections", name)
    ]
    for name, part in content.items():
        root = ElementTree.fromstring(part)  # every part is well-formed
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            tags = {element.tag.removeprefix(MAIN) for element in root.iter()}
            assert not tags & {"f", "oleObjects", "controls", "webPublishItems"}
            assert {cell.get("t") for cell in root.iter(f"{MAIN}c")} <= {"s", "n", "b", None}
            assert not list(root.iter(f"{MAIN}t"))  # every text is in sharedStrings.xml
            for link in root.iter(f"{MAIN}hyperlink"):
                assert set(link.keys()) <= {"ref", "location", "display"}
                assert re.fullmatch(r"'(Fix list|Invoices|Jobs)'!A\d+", link.get("location"))
        if name == "xl/sharedStrings.xml":
            texts = [unescaped(text.text or "") for text in root.iter(f"{MAIN}t")]
            assert len(texts) > 100 and max(map(utf16_units, texts)) <= LONGEST_CELL
        if name.endswith(".rels"):
            assert not [one for one in root if one.get("TargetMode") == "External"]


# CSV and JSON -------------------------------------------------------------------------------------------------------


@each_field
def test_a_field_is_a_harmless_cell_of_the_csv_files(written, told, field):
    row_of = written[field.practice].row_of
    wrong = {}
    for payload in records(field):
        cell = told[field.practice, field.place, row_of[field.rows, field.place, payload.id]][
            field.column
        ]
        if cell != in_csv(field.read(payload.text)):
            wrong[payload.id] = cell
    assert not wrong


@each_practice
def test_fixlist_csv_says_what_the_json_says(written, practice):
    one = written[practice]
    actions = [(fix, action) for fix in one.document["fixes"] for action in fix["actions"]]
    rows = one.tables["fixlist.csv"]
    assert len(rows) == len(actions)
    for row, (fix, action) in zip(rows, actions, strict=True):
        wanted = {
            "client": fix["client"],
            "owner": fix["owner"],
            "what_to_do": action["text"],
            "value": action.get("value") or "",
            "invoice_no": action.get("invoice_no") or "",
            "job_no": action.get("job_no") or "",
            "why": fix["title"],
        }
        assert {name: row[name] for name in wanted} == {
            name: in_csv(text) for name, text in wanted.items()
        }


@each_practice
@pytest.mark.parametrize("table", CSV_FILES)
def test_no_cell_of_a_csv_file_runs(written, practice, table):
    for row in written[practice].tables[table]:
        assert Decimal(row["total"]).is_finite()
        assert {
            name: cell for name, cell in row.items() if name != "total" and in_csv(cell) != cell
        } == {}


def test_negative_amounts_stay_numbers_in_every_output(tmp_path):
    save(
        tmp_path / XERO,
        xero_csv(xero_line(Total="-110.00", Type="Sales credit note", Reference="-110.00")),
    )
    save(tmp_path / JOBS, xpm_csv(job()))
    reconcile.run([str(tmp_path)], tmp_path / "out", AS_OF)
    text = (tmp_path / "out" / "invoices.csv").read_text(encoding="utf-8-sig")
    assert '"-110.00","Acme Pty Ltd",2026-10-13,-110.00,"AUD"' in text
    row = by_header(cells_by_openpyxl(tmp_path / "out" / "fixlist.xlsx")["Invoices"])[0]
    assert (row["reference"], row["total"]) == ("-110.00", -110)


def test_the_json_has_each_text_to_the_letter(written):
    whole = {payload.text for payload in PAYLOADS if payload.id not in DAMAGED}
    stripped = {text.strip() for text in whole}
    own, job_no, order = (written[name].document for name in ("own", "job", "order"))
    invoices = {
        (one["invoice_no"], one["reference"], one["contact"], one["currency"], one["now"]["client"])
        for one in own["invoices"]
    }
    assert {(text.strip(), text, text, text.strip(), text) for text in whole} <= invoices
    assert {(fix["client"], fix["owner"], fix["actions"][0]["value"]) for fix in own["fixes"]} >= {
        (text, text.strip(), text) for text in whole
    }
    assert {(fix["jobs"][0], fix["owner"]) for fix in job_no["fixes"] if fix["jobs"]} >= {
        (text, text) for text in stripped
    }
    actions = [action for fix in order["fixes"] for action in fix["actions"]]
    assert {(one["from"], one["value"]) for one in actions if one["do"] == "rename-contact"} >= {
        (text, f"{text}.") for text in whole
    }
    assert {one["value"] for one in actions if one["do"] == "touch-invoice"} >= whole


# What people type ---------------------------------------------------------------------------------------------------


def notes_of(path: Path) -> list[Any]:
    return [row[NOTE_COLUMN - 1] for row in cells_by_openpyxl(path)["Fix list"][1:]]


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Path:
    """A practice of more actions than there are payloads, none of them in it: the folder of its exports and of `out`."""
    folder = tmp_path_factory.mktemp("plain")
    write_practice(
        folder / "order",
        "order",
        tuple(Payload(f"{at}", "plain", f"Plain {at:03d}") for at in range(25)),
    )
    reconcile.run([str(folder / "order")], folder / "out", AS_OF)
    return folder


def test_what_people_type_stays_their_text_from_run_to_run(plain):
    path = plain / "out" / "fixlist.xlsx"
    typed = [
        "=1+1",
        "=SUM(A1:A3*2)",
        "#N/A",
        "see the link",
        *(in_workbook(payload.text) for payload in PAYLOADS),
    ]

    book = openpyxl.load_workbook(path)
    cells = [row[NOTE_COLUMN - 1] for row in book["Fix list"].iter_rows(min_row=2)]
    cells[0].value, cells[1].value, cells[2].value = (
        typed[0],
        ArrayFormula(cells[1].coordinate, typed[1]),
        typed[2],
    )
    cells[3].hyperlink = "https://evil.example/"
    for cell, text in zip(cells[3:], typed[3:], strict=False):
        cell.value, cell.data_type = escaped(text), "s"
    book.save(path)
    for _ in range(2):
        reconcile.run([str(plain / "order")], plain / "out", AS_OF)
        notes = notes_of(path)[: len(typed)]
        assert [note for note, text in zip(notes, typed, strict=True) if note != text] == []
        assert_nothing_runs(path)


# Other ways in ------------------------------------------------------------------------------------------------------


def kept_by_workbooks(folder: Path) -> tuple[Payload, ...]:
    """The payloads that a workbook can hold: openpyxl writes them, and another reader finds the same text."""
    book, taken = openpyxl.Workbook(), []
    for payload in PAYLOADS:
        try:
            book.active.append([payload.text])
        except IllegalCharacterError:
            continue
        taken.append(payload)
    keep_as_text(book)
    book.save(folder / "kept.xlsx")
    texts = (
        CalamineWorkbook.from_path(folder / "kept.xlsx")
        .get_sheet_by_index(0)
        .to_python(skip_empty_area=False)
    )
    legal = [
        one
        for one, (text,) in zip(taken, texts, strict=True)
        if text == one.text and one.id not in NOT_IN_XML
    ]
    return tuple(legal)


def test_texts_of_workbooks_are_text_too(tmp_path):
    payloads = kept_by_workbooks(tmp_path)
    assert len(payloads) > 90
    one = run(tmp_path, "own", payloads, ".xlsx")
    rows = {row["row"]: row for row in by_header(one.sheets["openpyxl"]["Invoices"])}
    table = {int(row["row"]): row for row in one.tables["invoices.csv"]}
    for payload in payloads:
        if payload.id not in DAMAGED:
            at = one.row_of[own_rows, XERO, payload.id]
            text, stripped = payload.text, payload.text.strip()
            cells = (rows[at]["contact"], rows[at]["reference"], rows[at]["invoice"])
            assert cells == (in_workbook(text), in_workbook(text), in_workbook(stripped)), (
                payload.id
            )
            cells = (table[at]["contact"], table[at]["reference"], table[at]["invoice_no"])
            assert cells == (in_csv(text), in_csv(text), in_csv(stripped)), payload.id
    assert_nothing_runs(one.folder / "fixlist.xlsx")


def test_names_of_sheets_are_text(tmp_path):
    names = [
        one.text
        for one in PAYLOADS
        if len(one.text) < 32
        and not re.search(r"[\[\]:*?/\\]|^'|'$|[\0-\x1f\ufffe\uffff]", one.text)
    ]
    assert len(names) > 30
    headless = [["[Job] Job No.", "[Client] Client", "[Job] Client Order No."], ["J1", "", ""]]
    save(tmp_path / XERO, xero_csv())
    save(tmp_path / JOBS, xpm_csv(job()))
    write_workbook(tmp_path / "more.xlsx", {name: headless for name in names})
    reconcile.run([str(tmp_path)], tmp_path / "out", AS_OF)
    one = read_back(tmp_path / "out")
    for sheets in one.sheets.values():
        told = {row["sheet"] for row in by_header(sheets["Problems"])} - {None}
        assert told == {in_workbook(name) for name in names}
        assert {f"more.xlsx, {in_workbook(name)}" for name in names} <= {
            row[0] for row in sheets["Summary"]
        }
    assert {entry["sheet"] for entry in one.document["inputs"]} - {None} == set(names)
    assert_nothing_runs(tmp_path / "out" / "fixlist.xlsx")


def test_names_of_files_are_text(tmp_path):
    exports = tmp_path / "exports"
    exports.mkdir()
    save(exports / XERO, xero_csv())
    names = {}
    for at, payload in enumerate(PAYLOADS):
        name = f"{payload.text}.csv"
        try:
            save(exports / name, xpm_csv(job(job_no=f"J{at:03d}", client_order_no="")))
        except (OSError, ValueError):
            continue
        if name in os.listdir(
            exports
        ):  # not every file system takes every name, and some take another
            names[f"J{at:03d}"] = name
    assert len(names) > 40
    reconcile.run([str(exports)], tmp_path / "out", AS_OF)
    one = read_back(tmp_path / "out")
    for sheets in one.sheets.values():
        assert {row["job"]: row["file"] for row in by_header(sheets["Jobs"])} == {
            no: in_workbook(name) for no, name in names.items()
        }
        assert {in_workbook(name) for name in names.values()} <= {
            row[0] for row in sheets["Summary"]
        }
    assert {row["job_no"]: row["file"] for row in one.tables["jobs.csv"]} == {
        no: in_csv(name) for no, name in names.items()
    }
    assert {entry["path"] for entry in one.document["inputs"]} == {XERO, *names.values()}
    assert_nothing_runs(tmp_path / "out" / "fixlist.xlsx")


def in_toml(text: str) -> str:
    """A text as a basic string of TOML."""
    letters = (one if one.isalnum() and one.isascii() else f"\\U{ord(one):08X}" for one in text)
    return f'"{"".join(letters)}"'


def test_the_practices_name_is_text(tmp_path):
    save(tmp_path / XERO, xero_csv())
    save(tmp_path / JOBS, xpm_csv(job()))
    result = reconcile_practice(find_sources([str(tmp_path)]), read_settings(None), AS_OF)
    kinds = ("formula", "html", "xml", "control", "letters", "long")
    chosen = {payload.kind: payload for payload in PAYLOADS if payload.kind in kinds}
    for payload in (*chosen.values(), Payload("nul", "control", "A\0B")):
        save(tmp_path / "reconcile.toml", f"[practice]\nname = {in_toml(payload.text)}\n")
        named = replace(result, settings=read_settings(tmp_path / "reconcile.toml"))
        reports.write_reports(named, tmp_path / "out", "0", ("xlsx", "json"))
        first = cells_by_calamine(tmp_path / "out" / "fixlist.xlsx")["Summary"][0][0]
        assert first == in_workbook(payload.text), payload.id
        assert (
            json.loads((tmp_path / "out" / "fixlist.json").read_text(encoding="utf-8"))["practice"]
            == payload.text
        )
    assert_nothing_runs(tmp_path / "out" / "fixlist.xlsx")


def test_names_of_states_in_the_settings_are_text(tmp_path):
    names = [payload.text.strip() for payload in PAYLOADS if payload.kind != "long"]
    save(tmp_path / XERO, xero_csv())
    save(tmp_path / JOBS, xpm_csv(job()))
    save(
        tmp_path / "reconcile.toml",
        "[states]\n" + "".join(f'{in_toml(name)} = "standard"\n' for name in names),
    )
    reconcile.run([str(tmp_path)], tmp_path / "out", AS_OF, config=tmp_path / "reconcile.toml")
    for cells in read_back(tmp_path / "out").sheets.values():
        shown = {row[0] for row in cells["Summary"] if row[1] == "standard"}
        assert shown == {in_workbook(f"state {name.casefold()!r}") for name in names}
    assert_nothing_runs(tmp_path / "out" / "fixlist.xlsx")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(
            xero_csv(xero_line(Reference="A\0B")).encode(), "it holds zero bytes", id="zero bytes"
        ),
        pytest.param(
            xero_csv().encode("utf-16")[:-2] + b"\x00\xd8\r\x00",
            "stands for no letter",
            id="half a character",
        ),
    ],
)
def test_a_file_that_is_no_text_is_refused_whole(tmp_path, content, words):
    save(tmp_path / XERO, content)
    save(tmp_path / JOBS, xpm_csv(job()))
    with pytest.raises(ReconcileError, match=words):
        reconcile.run([str(tmp_path)], tmp_path / "out", AS_OF)
    assert not (tmp_path / "out").exists()


# The page -----------------------------------------------------------------------------------------------------------


USUAL = """<!DOCTYPE html><html><head><title>Fixes</title><style>td {{ color: red }}</style></head><body>
<table><tr><td style="width: 4em"><a href="#FX-1">{}</a></td></tr></table><script>sort()</script></body></html>"""
RIGHT = USUAL.format("&lt;b onload=x&gt;")


@pytest.mark.parametrize(
    ("page", "faults"),
    [
        pytest.param(RIGHT, [], id="text as text"),
        pytest.param(
            USUAL.format("<b onload=x>"),
            ["element <b>", "attr", "program", "not shown"],
            id="an element",
        ),
        pytest.param(
            RIGHT.replace("</a>", "</a><a id=x></a>"), ["attribute <a id='x'>"], id="an attribute"
        ),
        pytest.param(
            RIGHT.replace("#FX-1", "javascript:x"), ["leads elsewhere"], id="a program's address"
        ),
        pytest.param(
            RIGHT.replace("#FX-1", "//evil.example"), ["leads elsewhere"], id="an address"
        ),
        pytest.param(
            RIGHT.replace("4em", "4em;background:url(x)"), ["style <td"], id="a style's address"
        ),
        pytest.param(
            RIGHT.replace("sort()", "evil()"), ["script or style 'evil()'"], id="another script"
        ),
        pytest.param(RIGHT.replace("red", "blue"), ["script or style 'td"], id="another style"),
        pytest.param(RIGHT.replace("</a>", "</a><!-- x -->"), ["markup ' x '"], id="a comment"),
        pytest.param(RIGHT.replace("</a>", "</a><?x?>"), ["markup 'x?'"], id="an instruction"),
        pytest.param(
            RIGHT.replace("&lt;", "&amp;lt;"), ["not shown '<b onload=x>'"], id="escaped twice"
        ),
        pytest.param(RIGHT.replace("=x&gt;", ""), ["not shown"], id="cut off"),
        pytest.param(
            RIGHT.replace("onload", "</a><a href='#'>onload"), ["not shown"], id="broken in two"
        ),
        pytest.param(
            USUAL.format("").replace("sort", "'<b onload=x>'"),
            ["script or style", "not shown"],
            id="in a script",
        ),
    ],
)
def test_the_check_of_a_page_finds_what_is_more_than_text(page, faults):
    found = page_faults(page, {"<b onload=x>"}, USUAL.format("Plain"))
    assert len(found) == len(faults)
    assert all(one.startswith(words) for one, words in zip(found, faults, strict=True)), found


def shown_by_page(document: dict[str, Any]) -> set[str]:
    """SHOWN_BY_PAGE: the texts of fixlist.json that the page must show, each whole; how is payloads.on_page's."""
    texts: set[str] = set()
    for fix in document["fixes"]:
        texts |= {
            fix["title"],
            fix["client"],
            fix["owner"],
            *(action["text"] for action in fix["actions"]),
        }
    return {on_page(text) for text in texts}


@pytest.mark.skipif("html" not in reports.FORMATS, reason="report.html is not written yet")
@each_practice
def test_nothing_on_the_page_runs_and_every_text_is_shown(written, tmp_path, practice):
    harmless = tuple(
        Payload(payload.id, "plain", f"Plain {at:03d}") for at, payload in enumerate(PAYLOADS)
    )
    write_practice(tmp_path / practice, practice, harmless)
    reconcile.run([str(tmp_path / practice)], tmp_path / "out", AS_OF, formats=("html",))
    usual = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    usual += (GOLDEN / "report.html").read_text(encoding="utf-8")  # which has every section
    page = (written[practice].folder / "report.html").read_text(encoding="utf-8")
    assert page_faults(page, shown_by_page(written[practice].document), usual) == []
