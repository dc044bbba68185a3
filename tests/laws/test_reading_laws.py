"""Laws of reading: whatever form a table is written in, it is read back the same, and no row is lost in silence.

Each law writes a table that Hypothesis makes up in a form that it makes up too: delimiter, line end, quoting, encoding,
order and spelling of the columns, titles above, forms of dates and amounts, CSV or XLSX.
"""

from __future__ import annotations

import codecs
import datetime as dt
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st
from made.files import (
    column,
    csv_text,
    job,
    jobs_csv,
    read,
    read_csv,
    save,
    write_workbook,
    xero_csv,
)

from reconcile.errors import ReconcileError
from reconcile.exports import cell_parsers as cells
from reconcile.exports.readers.cell_kinds import ERROR_MARK, plain_text
from reconcile.exports.readers.grid import Grid
from reconcile.exports.readers.read_file import read_sheets
from reconcile.exports.readers.xlsx_child import read_workbook

QUICK = [
    Phase.explicit,
    Phase.generate,
    Phase.shrink,
]  # explaining a failure traces every line, for many minutes
law = settings(max_examples=40, deadline=None, derandomize=True, database=None, phases=QUICK)

# Tables ------------------------------------------------------------------------------------------------------------

# Any visible text, with what is hard in a CSV: delimiters, quotes, line breaks, blanks, dashes, other scripts.
ANY_TEXT = st.text(
    st.one_of(
        st.sampled_from(" ,;\t\"'\n\r-–\u00a0éŁ京"),
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")),
    ),
    max_size=12,
)
# These letters and no others beyond ASCII: in Windows-1252 their bytes can never be taken for UTF-8.
WESTERN_TEXT = st.text("abcXYZ019 ,;\t\"'\néüñ", max_size=12)


def seen_text(text: str) -> str:
    """What comes back of a text: itself, or blank where nothing of it can be seen."""
    return "" if cells.is_blank(text) else text


def is_sound(text: str) -> bool:
    """Whether a text is no error of Excel's and not one that Excel has damaged."""
    return not cells.read_identifiers(pa.array([text]), strip=False).faults[0]


@dataclass(frozen=True)
class Document:
    """One invoice or credit note, and how many lines it has."""

    number: str
    reference: str
    contact: str
    day: dt.date
    cents: int
    status: str
    lines: int

    def seen(self) -> tuple:
        """What must come back of it."""
        return (
            self.number,
            seen_text(self.reference),
            seen_text(self.contact),
            self.day.isoformat(),
            self.cents,
            self.status,
        )


def documents(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[Document]]:
    sound = texts.filter(is_sound)
    one = st.builds(
        Document,
        st.integers(1, 99_999).map("INV-{:04d}".format),
        sound,
        sound.filter(seen_text),  # an invoice without a contact is set aside
        st.dates(dt.date(1990, 1, 1), dt.date(2079, 12, 31)),
        st.integers(0, 10**10),
        st.sampled_from(
            ["Draft", "Awaiting Approval", "Awaiting Payment", "Paid", "Voided", "Deleted"]
        ),
        st.integers(1, 3),
    )
    return st.lists(one, min_size=1, max_size=6, unique_by=lambda document: document.number)


# Forms -------------------------------------------------------------------------------------------------------------

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
DATES: list[Callable[[dt.date], str]] = [
    dt.date.isoformat,
    lambda day: f"{day.day}/{day.month:02d}/{day.year}",
    lambda day: f"{day.day:02d}/{day.month:02d}/{day.year}",
    lambda day: f"{day.day}.{day.month}.{day.year % 100:02d}",
    lambda day: f"{day.day}-{MONTHS[day.month - 1]}-{day.year}",
    lambda day: f"{day.day:02d} {MONTHS[day.month - 1]} {day.year}",
]
AMOUNTS: list[Callable[[int], str]] = [
    lambda cents: f"{cents // 100}.{cents % 100:02d}",
    lambda cents: f"{cents // 100}.{cents % 100:02d}00",
    lambda cents: f"{cents // 100:,}.{cents % 100:02d}",
    lambda cents: f"${cents // 100:,}.{cents % 100:02d}",
]
DECIMAL_COMMA = [
    lambda cents: f"{cents // 100},{cents % 100:02d}",
    lambda cents: f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d}",
]
SPELLINGS: list[Callable[[str], str]] = [
    str,
    str.upper,
    str.casefold,
    lambda header: f"*{header}",
    lambda header: f" {header} ",
]
ENCODINGS = [
    lambda text: text.encode("utf-8"),
    lambda text: text.encode("utf-8-sig"),
    lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
]


@dataclass(frozen=True)
class Form:
    """How a table is written as CSV."""

    delimiter: str
    line_end: str
    quote_all: bool
    titles: int
    spell: Callable[[str], str]
    encode: Callable[[str], bytes]

    def write(self, header: list[str], rows: list[list[str]]) -> bytes:
        titles = [["Sales invoices"], [], ["For the period", "1 July 2026 to 30 June 2027"]][
            : self.titles
        ]
        table = [*titles, [self.spell(name) for name in header], *rows]
        return self.encode(
            csv_text(
                table, delimiter=self.delimiter, line_end=self.line_end, quote_all=self.quote_all
            )
        )


def forms(encodings: list, spellings: list = SPELLINGS) -> st.SearchStrategy[Form]:
    return st.builds(
        Form,
        st.sampled_from([",", ";", "\t"]),
        st.sampled_from(["\r\n", "\n", "\r"]),
        st.booleans(),
        st.integers(0, 3),
        st.sampled_from(spellings),
        st.sampled_from(encodings),
    )


@st.composite
def xero_files(draw, texts=ANY_TEXT, encodings=ENCODINGS) -> tuple[list[Document], bytes, str]:
    """Documents, a Xero export of them in some form, and its delimiter."""
    table, form = draw(documents(texts)), draw(forms(encodings))
    date = draw(st.sampled_from(DATES))
    amount = draw(st.sampled_from(AMOUNTS + (DECIMAL_COMMA if form.delimiter == ";" else [])))
    descriptions = draw(st.lists(texts, min_size=1, max_size=4))
    rows = [
        {
            "ContactName": one.contact,
            "InvoiceNumber": one.number,
            "Reference": one.reference,
            "InvoiceDate": date(one.day),
            "Total": amount(one.cents),
            "Description": descriptions[line % len(descriptions)],
            "Type": "Sales invoice",
            "Status": one.status,
        }
        for one in table
        for line in range(one.lines)
    ]
    header = draw(st.permutations(list(rows[0])))
    return (
        table,
        form.write(header, [[row[name] for name in header] for row in rows]),
        form.delimiter,
    )


def seen(exports) -> list[tuple]:
    names = ["invoice_no", "reference", "contact", "invoice_date", "total_cents", "status"]
    table = exports.invoices.assign(
        invoice_date=exports.invoices["invoice_date"].dt.strftime("%Y-%m-%d")
    )
    return [tuple(row) for row in table[names].itertuples(index=False, name=None)]


def read_files(**files: bytes | str):
    """Read `a=...` as a.csv, and so on, beside one job."""
    with tempfile.TemporaryDirectory() as folder:
        named = {f"{name}.csv": content for name, content in files.items()}
        return read(Path(folder), {**named, "jobs.csv": jobs_csv()}, date_order="dmy")


# Laws --------------------------------------------------------------------------------------------------------------


@law
@given(xero_files())
def test_invoices_are_read_back_from_every_form_of_csv(made):
    table, content, _ = made
    exports = read_files(invoices=content)
    assert seen(exports) == [one.seen() for one in table]
    (account,) = (one for one in exports.inputs if one.role == "xero_invoices")
    assert (account.rows, account.records) == (sum(one.lines for one in table), len(table))
    assert not any(problem.set_aside for problem in exports.problems)


@law
@given(xero_files(WESTERN_TEXT, [lambda text: text.encode("cp1252")]))
def test_invoices_are_read_back_from_windows_1252_with_a_warning_where_it_matters(made):
    table, content, _ = made
    exports = read_files(invoices=content)
    assert seen(exports) == [one.seen() for one in table]
    warned = any("Windows-1252" in problem.problem for problem in exports.problems)
    assert warned or all(text.isascii() for one in table for text in (one.reference, one.contact))
    assert not (warned and content.isascii())


JOB_HEADERS = list(job())


@law
@given(
    st.lists(
        st.lists(ANY_TEXT, min_size=len(JOB_HEADERS), max_size=len(JOB_HEADERS)),
        min_size=1,
        max_size=6,
    ),
    forms(
        ENCODINGS,
        [
            str,
            str.upper,
            lambda header: header.partition("] ")[2],
            lambda header: header.replace("No.", "Number"),
        ],
    ),
    st.permutations(range(len(JOB_HEADERS))),
)
def test_every_cell_of_a_jobs_export_comes_back_to_the_letter(rows, form, order):
    for at, row in enumerate(
        rows
    ):  # a row with a single cell filled would be one of the layouts that are refused
        row[0], row[2] = f"J{at}", row[2] + "."
    content = form.write(
        [JOB_HEADERS[at] for at in order], [[row[at] for at in order] for row in rows]
    )
    with tempfile.TemporaryDirectory() as folder:
        grid = read_csv(Path(folder), content)
    names = [
        "job_no",
        "job_name",
        "client",
        "client_order_no",
        "state",
        "created_on",
        "manager",
        "partner",
        "category",
    ]
    assert isinstance(grid, Grid) and [column(grid, name) for name in names] == [
        list(cells) for cells in zip(*rows, strict=True)
    ]
    assert grid.rows.tolist() == [form.titles + 2 + at for at in range(len(rows))]


SHEET_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=12
).filter(
    lambda text: (
        not text.startswith("=") and "_x" not in text and text.upper() not in cells.EXCEL_ERRORS
    )
)


@law
@given(
    documents(SHEET_TEXT),
    st.integers(1, 4),
    st.integers(0, 2),
    st.permutations(range(6)),
    st.booleans(),
)
def test_invoices_are_read_back_from_a_workbook(table, titles, left, order, blank_between):
    header = ["InvoiceNumber", "Reference", "ContactName", "InvoiceDate", "Total", "Status"]
    rows = [
        [one.number, one.reference, one.contact, one.day, one.cents / 100, one.status]
        for one in table
    ]
    body = [line for row in rows for line in ([], row)] if blank_between else rows
    sheet = [["Sales invoices"]] * titles + [
        [None] * left + [row[at] for at in order] if row else [] for row in [header, *body]
    ]
    with tempfile.TemporaryDirectory() as folder:
        (found,) = read_workbook(str(write_workbook(Path(folder) / "a.xlsx", {"Invoices": sheet})))
    columns = {
        name: [one["texts"][code] for code in one["codes"]]
        for name, one in found["columns"].items()
    }
    step = 2 if blank_between else 1
    assert found["rows"] == [titles + 1 + step * (at + 1) for at in range(len(table))]
    assert [plain_text(text) for text in columns["invoice_no"]] == [one.number for one in table]
    for name in ("reference", "contact"):
        assert cells.read_identifiers(pa.array(columns[name]), strip=False).values.tolist() == [
            seen_text(getattr(one, name)) for one in table
        ]
    days = cells.read_dates(pa.array(columns["invoice_date"]), "").values
    assert days.astype(object).tolist() == [one.day for one in table]
    money = cells.read_money(pa.array(columns["total"]), decimal_comma=False)
    assert cells.to_cents(money.values).tolist() == [one.cents for one in table]


@settings(law, max_examples=3)
@given(documents(WESTERN_TEXT))
def test_csv_and_workbook_give_the_same_table(table):
    header = ["ContactName", "InvoiceNumber", "Reference", "InvoiceDate", "Total", "Status"]
    texts = [
        [
            one.contact,
            one.number,
            one.reference,
            one.day.isoformat(),
            f"{one.cents / 100:.2f}",
            one.status,
        ]
        for one in table
    ]
    assume(not any(text.startswith("=") for row in texts for text in row))
    with tempfile.TemporaryDirectory() as folder:
        by_csv, by_sheet = (
            read(Path(folder), {name: content, "jobs.csv": jobs_csv()})
            for name, content in (
                ("a.csv", csv_text([header, *texts])),
                ("b.xlsx", {"Invoices": [header, *texts]}),
            )
        )
    assert seen(by_csv) == seen(by_sheet) == [one.seen() for one in table]


@law
@given(xero_files(), st.data())
def test_the_order_of_the_rows_changes_nothing_but_the_order(made, data):
    table, _, _ = made
    lines = [one for one in table for _ in range(one.lines)]
    shuffled = data.draw(st.permutations(lines))
    exports = read_files(invoices=plain_file(shuffled))
    assert sorted(seen(exports)) == sorted(one.seen() for one in table)


@law
@given(documents(ANY_TEXT), st.integers(0, 6), st.integers(0, 6))
def test_overlapping_files_are_read_as_one(table, until, since):
    since = min(since, until)
    one, two = table[:until] or table[:1], table[since:] or table[-1:]
    exports = read_files(a=plain_file(one), b=plain_file(two))
    assert sorted(seen(exports)) == sorted({document.seen() for document in [*one, *two]})
    accounts = [account for account in exports.inputs if account.role == "xero_invoices"]
    assert sum(account.records for account in accounts) == len(exports.invoices)
    assert exports.problems == () or not any(problem.set_aside for problem in exports.problems)


def plain_file(lines: list[Document]) -> str:
    header = ["ContactName", "InvoiceNumber", "Reference", "InvoiceDate", "Total", "Status"]
    return csv_text(
        [
            header,
            *(
                [
                    one.contact,
                    one.number,
                    one.reference,
                    one.day.isoformat(),
                    f"{one.cents / 100:.2f}",
                    one.status,
                ]
                for one in lines
            ),
        ]
    )


WILD = st.one_of(
    ANY_TEXT,
    st.sampled_from(
        "INV-1|INV-2| INV-1|110.00|(5.00)|1,1|1E+11|#N/A|13/10/2026|10/13/2026|46308|Paid|Voided|Sent|Bill|Sales invoice|Sales credit note|".split(
            "|"
        )
    ),
)
WILD_HEADER = [
    "InvoiceNumber",
    "Reference",
    "ContactName",
    "Total",
    "InvoiceDate",
    "Status",
    "Type",
]


@law
@given(
    st.lists(st.lists(WILD, max_size=8), max_size=12),
    st.lists(st.lists(WILD, min_size=9, max_size=9), max_size=6),
)
def test_whatever_the_cells_each_row_is_accounted_for_or_the_run_is_refused(invoices, jobs):
    good = ["INV-9", "CLI-9", "Acme", "1.00", "2026-01-01", "Paid", "Sales invoice"]
    content = csv_text([WILD_HEADER, good, *invoices])
    with tempfile.TemporaryDirectory() as folder:
        try:
            exports = read(
                Path(folder),
                {
                    "invoices.csv": content,
                    "jobs.csv": csv_text([JOB_HEADERS, list(job().values()), *jobs]),
                },
            )
        except ReconcileError as error:
            assert all(message.endswith(".") for message in error.messages)
            return
    for one in exports.inputs:
        assert one.rows == one.records + one.folded + one.set_aside + one.left_out
    aside = sum(one.set_aside for one in exports.inputs)
    assert bool(aside) == any(problem.set_aside for problem in exports.problems)
    assert "INV-9" in exports.xero_numbers and len(exports.invoices) == exports.inputs[0].records


@law
@given(st.text(max_size=200), st.sampled_from(["a.csv", "a.xlsx", "a.txt"]))
def test_any_text_whatever_is_read_or_refused_in_words(text, name):
    assume(not text.startswith("PK"))
    with tempfile.TemporaryDirectory() as folder:
        try:
            read_sheets(save(Path(folder) / name, text.encode("utf-8", "surrogatepass")))
        except ReconcileError as error:
            assert str(error).startswith(f"{name}: ")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@law
@given(st.binary(max_size=60))
@example(b"\xe9,y")
def test_any_bytes_below_a_header_are_read_or_refused_in_words(tail):
    with tempfile.TemporaryDirectory() as folder:
        try:
            read_sheets(save(Path(folder) / "a.csv", xero_csv().encode() + tail))
        except ReconcileError as error:
            assert str(error).startswith("a.csv: ")


@law
@given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=8), st.sampled_from(AMOUNTS))
def test_every_amount_of_cents_comes_back_exactly(amounts, write):
    texts = [f"({write(-cents)})" if cents < 0 else write(cents) for cents in amounts]
    parsed = cells.read_money(pa.array(texts), decimal_comma=False)
    assert cells.to_cents(parsed.values).tolist() == amounts and not any(parsed.faults)


@law
@given(st.lists(st.text(max_size=10), min_size=1, max_size=8))
def test_no_text_is_both_a_value_and_a_fault(texts):
    column_of_texts = pa.array(
        [text for text in texts if text[:1] != ERROR_MARK and "\ud7ff" >= max(text or " ")] or [""],
        pa.string(),
    )
    for order in ("dmy", "mdy"):
        parsed = cells.read_dates(column_of_texts, order)
        assert all(
            (str(value) == "NaT") or not fault
            for value, fault in zip(parsed.values, parsed.faults, strict=True)
        )
    parsed = cells.read_money(column_of_texts, decimal_comma=False)
    assert all(
        (value == cells.MISSING_MONEY) or not fault
        for value, fault in zip(parsed.values, parsed.faults, strict=True)
    )
    kept = cells.read_identifiers(column_of_texts, strip=False)
    for text, value in zip(column_of_texts.to_pylist(), kept.values, strict=True):
        assert value == plain_text(text) or (
            value == "" and all(unicodedata.category(one)[0] in "CZ" for one in text)
        )
