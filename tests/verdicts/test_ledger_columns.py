"""The table of the ledger's columns is the ledger, and what reads the ledger reads columns of the table."""

from typing import get_type_hints

import pytest
from made.builders import NEVER, client, credit_note, decide, invoice, xpm_invoice

from reconcile.fixes.actions import LEDGER_COLUMNS, InvoiceRow, invoice_rows
from reconcile.reports.csv_files import INVOICE_COLUMNS
from reconcile.verdicts.ledger_columns import BY_NAME, COLUMNS

PRACTICES = [
    pytest.param({}, id="nothing wrong"),
    pytest.param(dict(xpm_invoices=None), id="no XPM invoices"),
    pytest.param(dict(xpm_invoices=NEVER, clients=[client()]), id="nothing in XPM"),
    pytest.param(
        dict(
            invoices=[invoice(), credit_note(), invoice(no="INV-0", age=50)],
            xpm_invoices=[xpm_invoice("J1, J2"), xpm_invoice("", no="INV-9", cents=None)],
        ),
        id="of all kinds",
    ),
]


@pytest.mark.parametrize("given", PRACTICES)
def test_the_ledger_has_the_columns_of_the_table_with_their_types(given):
    ledger = decide(**given).ledger
    found = {name: str(dtype) for name, dtype in ledger.dtypes.items()}
    assert found == {column.name: column.dtype for column in COLUMNS}


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_a_column_says_what_it_holds(column):
    assert column.meaning and BY_NAME[column.name] is column


def test_the_csv_writes_columns_of_the_ledger():
    beside = {"total", "fix"}  # worked out for the file
    assert set(INVOICE_COLUMNS) - beside <= set(BY_NAME)


# As Python's own values.
KINDS = {
    "str": str,
    "bool": bool,
    "int64": int,
    "float64": float,
    "Int64": int | None,
}


def test_repairs_read_columns_of_the_table_with_their_types():
    hints = get_type_hints(InvoiceRow)
    for name in LEDGER_COLUMNS:
        if name != "invoice_date":
            assert hints[name] == KINDS[BY_NAME[name].dtype], name


@pytest.mark.parametrize("given", PRACTICES)
def test_a_row_holds_what_its_types_say(given):
    findings = decide(**given)
    hints = get_type_hints(InvoiceRow)
    for row in invoice_rows(findings.ledger, findings.book.clients):
        for name, value in row._asdict().items():
            assert isinstance(value, hints[name]), name
