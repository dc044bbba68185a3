"""Writes small export files that look like those of Xero and XPM; by default nothing is wrong with them.

A test says only what matters to it: `xero_line(Reference="")` is one line of a Xero export whose Reference is blank.
Rows are dicts by header, so that a test may leave a column out, move it or rename it.
Source: rules.md section 5.
"""

from __future__ import annotations

import csv
import io
import os
import warnings
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from reconcile.exports.files.sources import find_sources
from reconcile.exports.readers.grid import Grid, Unread
from reconcile.exports.readers.read_file import read_sheets
from reconcile.exports.tables import Exports, read_exports
from reconcile.settings.model import Settings

# Headers -----------------------------------------------------------------------------------------------------------

XERO_44 = (
    "ContactName EmailAddress POAddressLine1 POAddressLine2 POAddressLine3 POAddressLine4 POCity PORegion POPostalCode "
    "POCountry SAAddressLine1 SAAddressLine2 SAAddressLine3 SAAddressLine4 SACity SARegion SAPostalCode SACountry "
    "InvoiceNumber Reference InvoiceDate DueDate PlannedDate Total TaxTotal InvoiceAmountPaid InvoiceAmountDue "
    "InventoryItemCode Description Quantity UnitAmount Discount LineAmount AccountCode TaxType TaxAmount TrackingName1 "
    "TrackingOption1 TrackingName2 TrackingOption2 Currency Type Sent Status"
).split()
XERO_36 = [header for header in XERO_44 if not header.startswith("SA")]
IMPORT_TEMPLATE = (
    "*ContactName EmailAddress POAddressLine1 POAddressLine2 POAddressLine3 POAddressLine4 POCity PORegion POPostalCode "
    "POCountry *InvoiceNumber Reference *InvoiceDate *DueDate Total InventoryItemCode *Description *Quantity *UnitAmount "
    "Discount *AccountCode *TaxType TaxAmount TrackingName1 TrackingOption1 TrackingName2 TrackingOption2 Currency "
    "BrandingTheme"
).split()
SUMMARY = [
    "Invoice Number",
    "Invoice Date",
    "Due Date",
    "Reference",
    "Gross (AUD)",
    "Tax",
    "Balance",
    "Status",
    "Source",
]
DETAIL = [
    "Invoice Date",
    "Source",
    "Contact",
    "Reference",
    "Description",
    "Quantity",
    "Tax",
    "Gross",
    "Status",
]

# What other programs write at the top of their invoice exports, as found in public files of theirs.
OTHER_SYSTEMS = {
    "FreshBooks": "Client Name,Invoice #,Date Issued,Date Due,Invoice Status,Date Paid,Item Name,Item Description,Rate,"
    "Quantity,Discount Percentage,Line Subtotal,Tax 1 Type,Tax 1 Amount,Tax 2 Type,Tax 2 Amount,Line Total,Currency",
    "Zoho Books": "Invoice Date,Invoice ID,Invoice Number,Invoice Status,Customer Name,Customer ID,Due Date,PurchaseOrder,"
    "Currency Code,Exchange Rate,Item Name,Item Desc,Quantity,Item Price,Item Total,SubTotal,Total,Balance,Notes",
    "MYOB AccountRight": "Co./Last Name,First Name,Addr 1 - Line 1,           - Line 2,Inclusive,Invoice #,Date,Customer PO,"
    "Delivery Status,Item Number,Quantity,Description,Price,Discount,Total,Job,Comment,Tax Code,Tax Amount,Sale Status",
    "QuickBooks invoices": "*InvoiceNo,*Customer,*InvoiceDate,*DueDate,Terms,Location,Memo,Item(Product/Service),"
    "ItemDescription,ItemQuantity,ItemRate,*ItemAmount,Service Date",
    "QuickBooks report": "Date,Transaction Type,Num,Name,Memo/Description,Account,Split,Amount,Balance",
    "Invoice Ninja": "Amount,Balance,Client Name,Custom Value 1,Date,Discount,Due Date,Invoice Number,Paid to Date,PO Number,"
    "Public Notes,Status,Terms",
}


# Rows --------------------------------------------------------------------------------------------------------------


def xero_line(**changes: str) -> dict[str, str]:
    """One line of a Xero sales-invoice export: an approved invoice of 110.00."""
    line = {
        "ContactName": "Acme Pty Ltd",
        "InvoiceNumber": "INV-0001",
        "Reference": "CLI-1001",
        "InvoiceDate": "13/10/2026",
        "DueDate": "27/10/2026",
        "Total": "110.00",
        "TaxTotal": "10.00",
        "InvoiceAmountPaid": "0.00",
        "InvoiceAmountDue": "110.00",
        "Description": "Monthly fee",
        "Quantity": "1.0000",
        "UnitAmount": "100.0000",
        "LineAmount": "100.0000",
        "AccountCode": "200",
        "TaxType": "GST on Income",
        "TaxAmount": "10.0000",
        "Currency": "AUD",
        "Type": "Sales invoice",
        "Sent": "Sent",
        "Status": "Awaiting Payment",
    }
    return line | changes


def job(**changes: str) -> dict[str, str]:
    """One row of an XPM jobs export, by field (`Job No.`): an open job that carries CLI-1001."""
    row = {
        "[Job] Job No.": "J000001",
        "[Job] Name": "Monthly accounting",
        "[Client] Client": "Acme Pty Ltd",
        "[Job] Client Order No.": "CLI-1001",
        "[State] State": "In Progress",
        "[Job] Date Created": "13-Dec-2025",
        "[Job] Job Manager": "Kim Manager",
        "[Client] Partner": "Pat Partner",
        "[Job] Category": "Compliance",
    }
    return _changed(row, changes)


def xpm_invoice(**changes: str) -> dict[str, str]:
    """One row of an XPM invoices export: INV-0001 on J000001."""
    row = {
        "[Invoice] Invoice No.": "INV-0001",
        "[Invoice] Job Number(s)": "J000001",
        "[Invoice] Date": "13-Oct-2026",
        "[Invoice] Client": "Acme Pty Ltd",
        "[Invoice] Amount": "100.00",
        "[Invoice] Amount (incl tax)": "110.00",
        "[Invoice] Status": "Approved",
        "[Invoice] Type": "Progress Invoice",
    }
    return _changed(row, changes)


def client(**changes: str) -> dict[str, str]:
    """One row of an XPM clients export."""
    row = {
        "[Client] Client": "Acme Pty Ltd",
        "[Client] Billing Details": "",
        "[Client] Status": "Active",
    }
    return _changed(row, changes)


def _changed(row: dict[str, str], changes: dict[str, str]) -> dict[str, str]:
    """Lay changes, named by field in small letters (`client_order_no`), over a row."""
    fields = {_plain(header.partition("] ")[2]): header for header in row}
    return row | {fields[_plain(name)]: value for name, value in changes.items()}


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


# CSV ---------------------------------------------------------------------------------------------------------------


def csv_text(
    rows: Iterable[Sequence[str]],
    *,
    delimiter: str = ",",
    line_end: str = "\r\n",
    quote_all: bool = False,
) -> str:
    """Rows of cells as CSV; a text with a line break of any kind is quoted, whatever the line end."""
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    lines = []
    for row in rows:
        stream = io.StringIO(newline="")
        csv.writer(stream, delimiter=delimiter, lineterminator="\r\n", quoting=quoting).writerow(
            row
        )
        lines.append(stream.getvalue()[:-2] + line_end)
    return "".join(lines)


def xero_csv(*lines: dict[str, str], header: Sequence[str] = XERO_44, **form: Any) -> str:
    """A Xero sales-invoice export of these lines; one ordinary line when none is given."""
    body = [[line.get(name.lstrip("*"), "") for name in header] for line in lines or [xero_line()]]
    return csv_text([list(header), *body], **form)


def xpm_csv(*rows: dict[str, str], tables: bool = True, **form: Any) -> str:
    """An XPM Report Builder export, with or without `[Table]` in its headers."""
    header = list(rows[0])
    shown = header if tables else [name.partition("] ")[2] for name in header]
    return csv_text([shown, *([row.get(name, "") for name in header] for row in rows)], **form)


def jobs_csv(*rows: dict[str, str], **form: Any) -> str:
    """A jobs export of these rows; one ordinary job when none is given."""
    return xpm_csv(*(rows or [job()]), **form)


# Workbooks ---------------------------------------------------------------------------------------------------------


def table(rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Dicts by header as rows of cells, the header first."""
    return [list(rows[0]), *([row.get(name) for name in rows[0]] for row in rows)]


def report_row(**changes: Any) -> dict[str, Any]:
    """One row of a Xero report, by header with underscores for spaces, its dates real dates."""
    row = {
        "Invoice Number": "INV-0001",
        "Invoice Date": date(2026, 10, 13),
        "Due Date": date(2026, 10, 27),
        "Contact": "Acme Pty Ltd",
        "Reference": "CLI-1001",
        "Description": "Monthly fee",
        "Quantity": 1,
        "Gross": 110.0,
        "Tax": 10.0,
        "Balance": 110.0,
        "Status": "Approved",
        "Source": "Receivable Invoice",
    }
    return row | {name.replace("_", " "): value for name, value in changes.items()}


def receivable_summary(
    groups: dict[str, list[dict[str, Any]]], header: Sequence[str] = SUMMARY
) -> list[list[Any]]:
    """The sheet of a Receivable Invoice Summary: contact -> its invoices; totals are formulas without a saved value."""
    return _report("Receivable Invoice Summary", groups, header)


def receivable_detail(
    groups: dict[str, list[dict[str, Any]]], header: Sequence[str] = DETAIL
) -> list[list[Any]]:
    """The sheet of a Receivable Invoice Detail: invoice number -> its lines, whose Gross is the line's."""
    return _report("Receivable Invoice Detail", groups, header)


def _report(
    title: str, groups: dict[str, list[dict[str, Any]]], header: Sequence[str]
) -> list[list[Any]]:
    rows: list[list[Any]] = [
        [title],
        ["Harbour & Hill Accountants"],
        ["For the period 1 October 2026 to 23 November 2026"],
        [],
        list(header),
    ]
    plain = [name.replace(" (AUD)", "") for name in header]
    gross = chr(ord("A") + plain.index("Gross"))
    for name, lines in groups.items():
        rows.append([name])
        start = len(rows) + 1
        rows += [[line.get(field) for field in plain] for line in lines]
        rows.append(_total_row(f"Total {name}", plain, f"=SUM({gross}{start}:{gross}{len(rows)})"))
    rows.append(_total_row("Total", plain, f"=SUM({gross}6:{gross}{len(rows)})"))
    return rows


def _total_row(words: str, plain: Sequence[str], formula: str) -> list[Any]:
    return [
        words,
        *(formula if field in ("Gross", "Tax", "Balance") else None for field in plain[1:]),
    ]


def write_workbook(
    path: Path,
    sheets: dict[str, list[list[Any]]],
    *,
    hidden: Iterable[str] = (),
    prepare: Callable[[Any], None] | None = None,
) -> Path:
    """Write sheets of cells as XLSX; `prepare` may change the workbook (formats, the 1904 dates) before it is saved."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            sheet.append(row)
    if prepare:
        prepare(book)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book.save(path)
    return path


def rewrite_parts(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Change the parts inside a workbook's file, name and bytes in, bytes out; None leaves the part out."""
    with zipfile.ZipFile(path) as old:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return path


def let_rest(folder: Path) -> None:
    """Set the times of a folder's files back, so that no run waits to see whether they are still being written."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (1_700_000_000, 1_700_000_000))


# Reading -----------------------------------------------------------------------------------------------------------


def save(path: Path, content: str | bytes) -> Path:
    """Write a file as it is: text as UTF-8, its line ends untouched."""
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def read_csv(
    folder: Path, content: str | bytes, name: str = "file.csv", role: str = ""
) -> Grid | Unread:
    """Write one CSV file and open it."""
    return read_sheets(save(folder / name, content), role=role)[0]


def column(grid: Grid | Unread, name: str) -> list[str]:
    """The cells of one column of a grid, as text."""
    assert isinstance(grid, Grid), grid
    texts, codes = grid.columns[name]
    return [texts[int(code)].as_py() for code in codes]


def read(
    folder: Path, files: dict[str, str | bytes | dict[str, list[list[Any]]]], **settings: Any
) -> Exports:
    """Write the files of one practice (text, bytes, or the sheets of a workbook) and read them."""
    for name, content in files.items():
        if isinstance(content, dict):
            write_workbook(folder / name, content)
        else:
            save(folder / name, content)
    return read_exports(find_sources([str(folder / name) for name in files]), Settings(**settings))


def read_xero(folder: Path, *lines: dict[str, str], jobs: str = "", **settings: Any) -> Exports:
    """Read one Xero export of these lines beside one ordinary job."""
    return read(
        folder, {"invoices.csv": xero_csv(*lines), "jobs.csv": jobs or jobs_csv()}, **settings
    )


def read_jobs(folder: Path, *rows: dict[str, str], **settings: Any) -> Exports:
    """Read one jobs export of these rows beside one ordinary invoice."""
    return read(folder, {"invoices.csv": xero_csv(), "jobs.csv": jobs_csv(*rows)}, **settings)


def words(exports: Exports, *, set_aside: bool | None = None) -> list[str]:
    """The problems of a reading as `file row: problem`, all or only those that (did not) cost a row."""
    chosen = [one for one in exports.problems if set_aside is None or one.set_aside == set_aside]
    return [f"{one.file} {one.row}: {one.problem}" for one in chosen]
