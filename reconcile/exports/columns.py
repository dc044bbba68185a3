"""THE table of columns: for each role, our name, the headers it goes by, how its cells read, whether it must be there.

A new spelling of a header is one more text in this table and one more case in tests/exports/test_recognise.py.
`[Table] Field` is how XPM's Report Builder writes a header; it is also met without the table, so each such text
stands for both. Where a file has several headers of one column, the first in the list is read.

Only the standard library is used here: the child process that opens workbooks reads this table too.
Source: rules.md section 5.
"""

from __future__ import annotations

import re
from typing import NamedTuple

XERO_INVOICES = "xero_invoices"
XPM_JOBS = "xpm_jobs"
XPM_INVOICES = "xpm_invoices"
XPM_CLIENTS = "xpm_clients"

ROLE_WORDS = {
    XERO_INVOICES: "Xero sales invoices",
    XPM_JOBS: "XPM jobs",
    XPM_INVOICES: "XPM invoices",
    XPM_CLIENTS: "XPM clients",
}
SYSTEMS = {XERO_INVOICES: "xero", XPM_JOBS: "xpm", XPM_INVOICES: "xpm", XPM_CLIENTS: "xpm"}

# How a cell reads: `number` and `exact` are identifiers, which stay text; outer spaces count in `exact` (rules.md M5, C1).
NUMBER, EXACT, TEXT, MONEY, DATE = "number", "exact", "text", "money", "date"
EVIDENCE = "evidence"  # a date that is looked at only to tell day and month apart
HINT = (
    "hint"  # a date for information: where its cell is at fault it is not known, and the row stays
)


class SourceColumn(NamedTuple):
    """One column of one role."""

    role: str
    name: str
    reads_as: str
    headers: tuple[str, ...]
    required: bool = False


COLUMNS = (
    SourceColumn(
        XERO_INVOICES,
        "invoice_no",
        NUMBER,
        ("InvoiceNumber", "Invoice Number", "Invoice No."),
        True,
    ),
    SourceColumn(XERO_INVOICES, "reference", EXACT, ("Reference",), True),
    SourceColumn(XERO_INVOICES, "contact", EXACT, ("ContactName", "Contact Name", "Contact"), True),
    SourceColumn(XERO_INVOICES, "invoice_date", DATE, ("InvoiceDate", "Invoice Date", "Date")),
    SourceColumn(XERO_INVOICES, "due_date", EVIDENCE, ("DueDate", "Due Date")),
    SourceColumn(XERO_INVOICES, "planned_date", EVIDENCE, ("PlannedDate", "Expected Date")),
    SourceColumn(XERO_INVOICES, "total", MONEY, ("Total", "Gross")),
    SourceColumn(XERO_INVOICES, "tax_total", MONEY, ("TaxTotal", "Tax Total", "Tax")),
    SourceColumn(XERO_INVOICES, "line_amount", MONEY, ("LineAmount", "Line Amount")),
    SourceColumn(XERO_INVOICES, "tax_amount", MONEY, ("TaxAmount", "Tax Amount")),
    SourceColumn(XERO_INVOICES, "currency", TEXT, ("Currency", "CurrencyCode")),
    SourceColumn(XERO_INVOICES, "kind", TEXT, ("Type", "Source")),
    SourceColumn(XERO_INVOICES, "status", TEXT, ("Status",)),
    SourceColumn(XPM_JOBS, "job_no", NUMBER, ("[Job] Job No.", "[Job] Job Number"), True),
    SourceColumn(XPM_JOBS, "job_name", TEXT, ("[Job] Name", "Job Name")),
    SourceColumn(
        XPM_JOBS, "client", EXACT, ("[Client] Client", "[Job] Client", "Client Name"), True
    ),
    SourceColumn(
        XPM_JOBS,
        "client_order_no",
        EXACT,
        ("[Job] Client Order No.", "[Job] Client Order Number", "[Job] Client Number"),
        True,
    ),
    SourceColumn(
        XPM_JOBS,
        "state",
        TEXT,
        ("[State] State", "[Job] State", "[Job] Status", "Job State", "Job Status"),
    ),
    SourceColumn(
        XPM_JOBS, "created_on", DATE, ("[Job] Date Created", "[Job] Created Date", "[Job] Created")
    ),
    SourceColumn(XPM_JOBS, "start_date", EVIDENCE, ("[Job] Start Date",)),
    SourceColumn(XPM_JOBS, "due_on", HINT, ("[Job] Due Date",)),
    SourceColumn(XPM_JOBS, "completed_date", EVIDENCE, ("[Job] Completed Date",)),
    SourceColumn(XPM_JOBS, "manager", TEXT, ("[Job] Job Manager", "[Job] Manager")),
    SourceColumn(XPM_JOBS, "partner", TEXT, ("[Client] Partner", "[Job] Partner")),
    SourceColumn(XPM_JOBS, "category", TEXT, ("[Job] Category", "Job Category")),
    SourceColumn(
        XPM_INVOICES,
        "invoice_no",
        NUMBER,
        ("[Invoice] Invoice No.", "[Invoice] Invoice Number"),
        True,
    ),
    SourceColumn(
        XPM_INVOICES,
        "job_nos",
        NUMBER,
        (
            "[Invoice] Job Number(s)",
            "[Invoice] Job Number",
            "[Invoice] Job No.(s)",
            "[Invoice] Job No.",
            "[Job] Job No.",
        ),
        True,
    ),
    SourceColumn(XPM_INVOICES, "invoice_date", DATE, ("[Invoice] Date", "[Invoice] Invoice Date")),
    SourceColumn(XPM_INVOICES, "due_date", EVIDENCE, ("[Invoice] Due Date",)),
    SourceColumn(
        XPM_INVOICES, "client", EXACT, ("[Invoice] Client", "[Client] Client", "Client Name")
    ),
    SourceColumn(
        XPM_INVOICES,
        "total",
        MONEY,
        (
            "[Invoice] Amount (incl tax)",
            "[Invoice] Amount incl tax",
            "[Invoice] Amount (incl. tax)",
        ),
    ),
    SourceColumn(
        XPM_INVOICES, "ex_tax", MONEY, ("[Invoice] Amount", "[Invoice] Amount (excl tax)")
    ),
    SourceColumn(
        XPM_CLIENTS, "client", EXACT, ("[Client] Client", "[Client] Name", "Client Name"), True
    ),
    SourceColumn(
        XPM_CLIENTS,
        "billing_details",
        EXACT,
        ("[Client] Billing Details", "[Client] Billing Client"),
    ),
    SourceColumn(XPM_CLIENTS, "status", TEXT, ("[Client] Status", "Client Status")),
)

# Headers that show a report with one row per line, whose `Gross` is the line's and not the invoice's.
LINE_HEADERS = (
    "Description",
    "Quantity",
    "Unit Price",
    "Unit Price (Ex)",
    "Unit Price (ex)",
    "Item Code",
    "Item",
)


def columns_of(role: str) -> tuple[SourceColumn, ...]:
    """The rows of COLUMNS of one role."""
    return tuple(column for column in COLUMNS if column.role == role)


def column_of(role: str, name: str) -> SourceColumn:
    """The row of COLUMNS of one role and name."""
    return next(column for column in COLUMNS if column.role == role and column.name == name)


_TABLE = re.compile(r"\s*\[([^\]]*)\]\s*(.*)", re.DOTALL)
_CURRENCY = re.compile(r"\s*\([A-Z]{3}\)\s*$")


def plain_header(header: str) -> tuple[str, str]:
    """Take a header apart into its table and its field, without capitals, spaces and punctuation.

    >>> plain_header("[Job] Client Order No.")
    ('job', 'clientorderno')
    >>> plain_header("*InvoiceNumber"), plain_header("Gross (AUD)")
    (('', 'invoicenumber'), ('', 'gross'))
    """
    match = _TABLE.fullmatch(header)
    table, field = match.groups() if match else ("", header)
    field = _CURRENCY.sub("", field)
    return _letters(table), _letters(field)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def header_forms(column: SourceColumn) -> list[tuple[str, str]]:
    """Every (table, field) that stands for a column, the preferred first."""
    exact = [plain_header(header) for header in column.headers]
    return list(dict.fromkeys(exact + [("", field) for _, field in exact]))
