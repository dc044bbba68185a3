"""The zoo's texts, and what is no file: other things under a spreadsheet's name, cut CSV, encodings, quotes, line ends.

Source: rules.md section 5; Python's `codecs`, RFC 4180 and 3629 for what each byte stands for.
"""

from __future__ import annotations

import codecs
import gzip
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostile.zoo import (
    HEADERS,
    INVOICES,
    LISTED,
    REFUSED,
    RIGHT,
    Animal,
    parts_of,
    rows_of,
    text_of,
)
from hostile.zoo_parts import book_of, member, zip_of
from made.files import csv_text

# Other things under a spreadsheet's name -----------------------------------------------------------------------------

SIGN_IN = (
    "<!DOCTYPE html>\r\n<html><head><title>Sign in</title></head><body><form></form></body></html>"
)
HTML_TABLE = "<table><tr><td>[Job] Job No.</td><td>[Client] Client</td></tr><tr><td>J1</td><td>Acme</td></tr></table>"
XML_2003 = (
    '<?xml version="1.0"?>\r\n<?mso-application progid="Excel.Sheet"?>\r\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1528


def ods() -> bytes:
    """The export saved by LibreOffice as its own kind."""
    kind = ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")
    return zip_of(
        member(kind, packed=kind[1], method=0),
        member(("content.xml", b"<office:document-content/>")),
    )


def docx() -> bytes:
    """A letter."""
    return zip_of(
        member(("[Content_Types].xml", b"<Types/>")),
        member(("word/document.xml", b"<w:document/>")),
    )


def xlsb() -> bytes:
    """The export saved as Excel's binary workbook."""
    parts = parts_of("jobs")
    del parts["xl/workbook.xml"], parts["xl/worksheets/sheet1.xml"]
    return book_of(
        parts | {"xl/workbook.bin": b"\x83\x01\0", "xl/worksheets/sheet1.bin": b"\x81\x01\0"}
    )


def zipped_csv() -> bytes:
    """The export as a mail program packs it."""
    return zip_of(member(("invoices.csv", text_of("invoices").encode())))


UNDER_ANOTHER_NAME = (
    Animal("html-named-xlsx", "jobs.xlsx", lambda: SIGN_IN, REFUSED, "a web page"),
    Animal("html-named-csv", "invoices.csv", lambda: SIGN_IN, REFUSED, "a web page"),
    Animal("html-table-named-xls", "jobs.xls", lambda: HTML_TABLE, REFUSED, "a web page"),
    Animal(
        "xml-of-2003-named-xls",
        "jobs.xls",
        lambda: XML_2003,
        REFUSED,
        "an XML spreadsheet of Excel 2003",
    ),
    Animal(
        "pdf-named-xlsx", "xpm.xlsx", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", REFUSED, "a PDF"
    ),
    Animal("pdf-named-csv", "clients.csv", lambda: b"%PDF-1.4\n1 0 obj\n", REFUSED, "a PDF"),
    Animal(
        "csv-named-xlsx", "jobs.xlsx", lambda: text_of("jobs"), REFUSED, "not an Excel workbook"
    ),
    Animal(
        "utf-16-text-named-xlsx",
        "jobs.xlsx",
        lambda: text_of("jobs").encode("utf-16"),
        REFUSED,
        "not an Excel workbook",
    ),
    Animal("ods-named-xlsx", "jobs.xlsx", ods, REFUSED, "zip archive of something else"),
    Animal("docx-named-xlsx", "jobs.xlsx", docx, REFUSED, "zip archive of something else"),
    Animal("xlsb-named-xlsx", "jobs.xlsx", xlsb, REFUSED, "an Excel binary workbook"),
    Animal("xls-named-xlsx", "jobs.xlsx", lambda: OLD_OFFICE, REFUSED, "an old Excel workbook"),
    Animal("xls-named-csv", "invoices.csv", lambda: OLD_OFFICE, REFUSED, "an old Excel workbook"),
    Animal("xlsx-named-csv", "invoices.csv", lambda: book_of(parts_of("invoices")), RIGHT),
    Animal("xlsx-named-xls", "jobs.xls", lambda: book_of(parts_of("jobs")), RIGHT),
    Animal("csv-named-txt", "invoices.txt", lambda: text_of("invoices", delimiter="\t"), RIGHT),
    Animal(
        "zip-of-a-csv-named-csv",
        "invoices.csv",
        zipped_csv,
        REFUSED,
        "zip archive of something else",
    ),
    Animal(
        "gzip-of-a-csv-named-csv",
        "invoices.csv",
        lambda: gzip.compress(text_of("invoices").encode(), mtime=0),
        REFUSED,
        "a packed file (gzip)",
    ),
    Animal(
        "picture-named-xlsx",
        "clients.xlsx",
        lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        REFUSED,
        "not an Excel workbook",
    ),
    Animal(
        "json-named-csv",
        "jobs.csv",
        lambda: '{"error": {"code": 401, "message": "unauthorised"}}',
        REFUSED,
        "not understood",
    ),
    Animal("pdf-beside-the-exports", "letter.csv", lambda: b"%PDF-1.7\n", REFUSED, "a PDF"),
    Animal(
        "another-list-beside",
        "staff.csv",
        lambda: "Name,Town\r\nKim,Perth\r\n",
        LISTED,
        "not understood",
        aside=0,
    ),
    Animal(
        "encrypted",
        "jobs.xlsx",
        lambda: OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"),
        REFUSED,
        "a password",
    ),
    Animal(
        "excels-mark-of-an-open-workbook", "~$jobs.xlsx", lambda: b"\x05Kim M" + b" " * 159, RIGHT
    ),
    Animal(
        "half-a-download",
        "jobs.csv.crdownload",
        lambda: text_of("jobs")[:300],
        REFUSED,
        "still being downloaded",
    ),
)


# Nothing, and too little ---------------------------------------------------------------------------------------------

NOTHING = (
    Animal("zero-bytes-csv", "invoices.csv", lambda: b"", REFUSED, "empty"),
    Animal("zero-bytes-xlsx", "jobs.xlsx", lambda: b"", REFUSED, "empty"),
    Animal("a-byte-order-mark-alone", "xpm.csv", lambda: codecs.BOM_UTF8, REFUSED, "empty"),
    Animal("a-utf-16-mark-alone", "jobs.csv", lambda: codecs.BOM_UTF16_LE, REFUSED, "empty"),
    Animal("line-ends-alone", "clients.csv", lambda: "\r\n" * 500, REFUSED, "empty"),
    Animal("filled-with-nul", "invoices.csv", lambda: b"\0" * 100_000, REFUSED, "empty"),
    Animal(
        "commas-alone",
        "clients.csv",
        lambda: ",,,\r\n" * 50,
        LISTED,
        "no header row",
        rows=0,
        aside=0,
    ),
    Animal(
        "header-alone-invoices",
        "invoices.csv",
        lambda: csv_text([HEADERS["invoices"]]),
        REFUSED,
        "a header but no rows",
    ),
    Animal(
        "header-alone-jobs",
        "jobs.csv",
        lambda: csv_text([HEADERS["jobs"]]),
        REFUSED,
        "a header but no rows",
    ),
)


# Cut -----------------------------------------------------------------------------------------------------------------


def cut_csv(what: str, after: str, *, more: int = 0) -> bytes:
    """The file up to the end of the last place where a text stands, and some letters."""
    content = text_of(what)
    return content[: content.rindex(after) + len(after) + more].encode()


CUT_TEXTS = (
    Animal(
        "cut-in-the-header",
        "invoices.csv",
        lambda: text_of("invoices")[:60],
        REFUSED,
        "not understood",
    ),
    Animal(
        "cut-in-a-byte-of-the-header",
        "jobs.csv",
        lambda: text_of("jobs")[:25],
        REFUSED,
        "not understood",
    ),
    Animal(
        "cut-in-the-number",
        "invoices.csv",
        lambda: cut_csv("invoices", "CN-00"),
        LISTED,
        "cells",
        lost=("CN-0001",),
    ),
    Animal(
        "cut-in-the-status",
        "invoices.csv",
        lambda: cut_csv("invoices", "Awaiting Paym"),
        LISTED,
        "not a status",
        lost=("CN-0001",),
    ),
    Animal(
        "cut-behind-the-last-row",
        "invoices.csv",
        lambda: cut_csv("invoices", "Awaiting Payment"),
        RIGHT,
    ),
    Animal(
        "cut-in-a-quoted-text",
        "invoices.csv",
        lambda: cut_csv("invoices", '"Bookkeeping'),
        REFUSED,
        "row 3: a quoted text opens here and does not close",
    ),
    Animal(
        "cut-in-the-last-job",
        "jobs.csv",
        lambda: cut_csv("jobs", "Old adv"),
        LISTED,
        "cells",
        lost=("J000006",),
    ),
    Animal(
        "cut-in-an-amount-and-the-rest-lost",
        "xpm.csv",
        lambda: cut_csv("xpm", "INV-0006,,13-Oct-2026"),
        LISTED,
        "cells",
    ),
    Animal(
        "cut-in-a-letter-of-two-bytes",
        "clients.csv",
        lambda: text_of("clients").encode()[: text_of("clients").encode().index("é".encode()) + 1],
        LISTED,
        "cells",
        rows=2,
    ),
)


# One text in eleven encodings ----------------------------------------------------------------------------------------

AS_1252 = "not UTF-8; read as Windows-1252"


def encoded(encoding: str, mark: bytes = b"") -> Any:
    """The invoices in an encoding."""
    return lambda: mark + text_of("invoices").encode(encoding)


def misread(encoding: str) -> dict[str, dict[str, str]]:
    """What the one name with an accent becomes when it is read as Windows-1252."""
    return {"INV-0002": {"contact": "Café Marmalade".encode(encoding).decode("cp1252")}}


ENCODINGS = (
    Animal("encoding-utf-8", "invoices.csv", encoded("utf-8", codecs.BOM_UTF8), RIGHT),
    Animal("encoding-utf-16-le", "invoices.csv", encoded("utf-16-le", codecs.BOM_UTF16_LE), RIGHT),
    Animal("encoding-utf-16-be", "invoices.csv", encoded("utf-16-be", codecs.BOM_UTF16_BE), RIGHT),
    Animal(
        "encoding-utf-16-without-its-mark",
        "invoices.csv",
        encoded("utf-16-le"),
        REFUSED,
        "zero bytes",
    ),
    Animal(
        "encoding-utf-32",
        "invoices.csv",
        encoded("utf-32-le", codecs.BOM_UTF32_LE),
        REFUSED,
        "zero bytes",
    ),
    Animal("encoding-windows-1252", "invoices.csv", encoded("cp1252"), RIGHT, AS_1252),
    Animal("encoding-iso-8859-15", "invoices.csv", encoded("iso-8859-15"), RIGHT, AS_1252),
    Animal(
        "encoding-mac-roman",
        "invoices.csv",
        encoded("mac-roman"),
        RIGHT,
        AS_1252,
        changes=misread("mac-roman"),
    ),
    Animal(
        "encoding-dos-850",
        "invoices.csv",
        encoded("cp850"),
        RIGHT,
        AS_1252,
        changes=misread("cp850"),
    ),
    Animal(
        "encoding-utf-7",
        "invoices.csv",
        encoded("utf-7"),
        RIGHT,
        changes={"INV-0002": {"contact": "Caf+AOk Marmalade"}},
    ),
    Animal("encoding-ebcdic", "invoices.csv", encoded("cp037"), REFUSED, "no header row"),
)


def with_bytes(what: str, old: str, new: bytes) -> Any:
    """A file of the practice with some bytes in place of its first such text."""
    return lambda: text_of(what).encode().replace(old.encode(), new, 1)


def twice_encoded(text: str) -> str:
    """A text saved as UTF-8 that was read as Windows-1252."""
    return text.encode().decode("cp1252")


BYTES = (
    Animal(
        "utf-8-and-windows-1252-in-one-file",
        "jobs.csv",
        with_bytes("jobs", "Kim Manager", b"Ren\xe9 Manager"),
        RIGHT,
        AS_1252,
        changes={
            "J000001": {"owner": "René Manager"},
            "J000002": {"client": twice_encoded("Café Marmalade")},
        },
    ),
    Animal(
        "utf-8-of-too-many-bytes",
        "jobs.csv",
        with_bytes("jobs", "Kim Manager", b"Kim\xc0\xafManager"),
        RIGHT,
        AS_1252,
        changes={
            "J000001": {"owner": "Kim\xc0\xafManager"},
            "J000002": {"client": twice_encoded("Café Marmalade")},
        },
    ),
    Animal(
        "utf-8-of-half-a-pair",
        "jobs.csv",
        with_bytes("jobs", "Kim Manager", b"Kim\xed\xa0\x80"),
        RIGHT,
        AS_1252,
        changes={
            "J000001": {"owner": "Kim\xed\xa0\u20ac"},
            "J000002": {"client": twice_encoded("Café Marmalade")},
        },
    ),
    Animal(
        "a-byte-that-is-no-letter-anywhere",
        "jobs.csv",
        with_bytes("jobs", "Kim Manager", b"Kim \x81\x8d"),
        REFUSED,
        "stands for no letter",
    ),
    Animal(
        "utf-8-read-as-1252-and-saved-again",
        "invoices.csv",
        lambda: twice_encoded(text_of("invoices")),
        RIGHT,
        changes={"INV-0002": {"contact": twice_encoded("Café Marmalade")}},
    ),
    Animal(
        "a-lost-character-in-a-name",
        "invoices.csv",
        with_bytes("invoices", "O'Brien", "O\ufffdBrien".encode()),
        LISTED,
        "a character that was lost",
        lost=("INV-0007",),
    ),
    Animal(
        "nul-in-a-cell",
        "invoices.csv",
        with_bytes("invoices", "CLI-1005", b"CLI-\x001005"),
        REFUSED,
        "zero bytes",
    ),
    Animal(
        "nul-behind-the-last-row",
        "jobs.csv",
        lambda: text_of("jobs").encode() + b"\0" * 512,
        REFUSED,
        "zero bytes",
    ),
    Animal(
        "control-characters-in-a-reference",
        "invoices.csv",
        with_bytes("invoices", "CLI-1005", b"CLI-\x0b1005\x1b[2J"),
        RIGHT,
        "control character",
        changes={"INV-0007": {"reference": "CLI-\x0b1005\x1b[2J"}},
        formats="xlsx,csv,json,html",
    ),
    Animal(
        "a-first-character-that-marks-a-kind",
        "invoices.csv",
        with_bytes("invoices", "CLI-1005", b"\x01CLI-1005"),
        LISTED,
        "a character that was lost",
        lost=("INV-0007",),
    ),
)


# Quotes, delimiters, ends of lines -----------------------------------------------------------------------------------


def lines(what: str, **form: Any) -> list[str]:
    """The lines of a file of the practice that have no line break inside."""
    return text_of(what, **form).split("\r\n")[:-1]


def mixed_delimiters() -> str:
    """One job whose line a person has typed with semicolons."""
    some = lines("jobs")
    return "\r\n".join([*some[:-1], some[-1].replace(",", ";"), ""])


def mixed_ends() -> str:
    """Lines that end in each of the three ways."""
    return "".join(
        line + end for line, end in zip(lines("jobs"), ["\r\n", "\n", "\r"] * 3, strict=False)
    )


def with_line(what: str, at: int, *more: str) -> str:
    """A file of the practice with further lines before one of its lines (the header is 0)."""
    some = lines(what)
    return "\r\n".join([*some[:at], *more, *some[at:], ""])


def with_columns(count: int) -> str:
    """The jobs with this many further columns."""
    header, *rows = csv_rows("jobs")
    return csv_text(
        [
            [*header, *(f"Note {at}" for at in range(count))],
            *([*row, *[""] * count] for row in rows),
        ]
    )


def csv_rows(what: str) -> list[list[str]]:
    """A file of the practice as rows of texts, header first."""
    return [
        HEADERS[what],
        *([row.get(name, "") for name in HEADERS[what]] for row in rows_of(what)),
    ]


def ragged(what: str, at: int, cells: int) -> str:
    """One row with so many cells more, or fewer."""
    rows = csv_rows(what)
    rows[at] = rows[at][:cells] if cells < 0 else [*rows[at], *["x"] * cells]
    return csv_text(rows)


FORMS = (
    Animal(
        "lone-quote-opens-a-cell",
        "jobs.csv",
        with_bytes("jobs", "Payroll", b'"Payroll'),
        REFUSED,
        "row 3: a quoted text opens here",
    ),
    Animal(
        "lone-quote-inside-a-cell",
        "jobs.csv",
        with_bytes("jobs", "Pat Partner", b'Pat "P Partner'),
        RIGHT,
    ),
    Animal(
        "text-behind-a-closed-quote",
        "invoices.csv",
        with_bytes("invoices", "Returns", b'"Returns" too'),
        REFUSED,
        "row 4: a quoted text",
    ),
    Animal("every-cell-quoted", "invoices.csv", lambda: text_of("invoices", quote_all=True), RIGHT),
    Animal(
        "apostrophes-for-quotes",
        "jobs.csv",
        lambda: text_of("jobs").replace('"', "'"),
        LISTED,
        "cells",
        lost=("J000004",),
    ),
    Animal("semicolons", "invoices.csv", lambda: text_of("invoices", delimiter=";"), RIGHT),
    Animal("tabs", "jobs.csv", lambda: text_of("jobs", delimiter="\t"), RIGHT),
    Animal("pipes", "jobs.csv", lambda: text_of("jobs", delimiter="|"), REFUSED, "not understood"),
    Animal(
        "mixed-delimiters",
        "jobs.csv",
        mixed_delimiters,
        LISTED,
        "the row has 1 cells",
        lost=("J000006",),
    ),
    Animal("mixed-line-ends", "jobs.csv", mixed_ends, RIGHT),
    Animal(
        "carriage-returns-alone", "invoices.csv", lambda: text_of("invoices", line_end="\r"), RIGHT
    ),
    Animal("line-feeds-alone", "invoices.csv", lambda: text_of("invoices", line_end="\n"), RIGHT),
    Animal(
        "a-line-that-names-the-delimiter",
        "jobs.csv",
        lambda: "sep=;\r\n" + text_of("jobs", delimiter=";"),
        RIGHT,
        shift=1,
    ),
    Animal(
        "a-comma-at-each-end",
        "jobs.csv",
        lambda: "".join(line + ",\r\n" for line in lines("jobs")),
        RIGHT,
    ),
    Animal(
        "a-comma-at-the-end-of-rows-alone",
        "jobs.csv",
        lambda: lines("jobs")[0] + "\r\n" + "".join(line + ",\r\n" for line in lines("jobs")[1:]),
        REFUSED,
        "cells, its header",
    ),
    Animal(
        "a-cell-too-many",
        "jobs.csv",
        lambda: ragged("jobs", 6, 2),
        LISTED,
        "11 cells, its header 9",
        lost=("J000006",),
    ),
    Animal(
        "a-cell-too-few",
        "invoices.csv",
        lambda: ragged("invoices", 8, -1),
        LISTED,
        "43 cells, its header 44",
        lost=("INV-0007",),
    ),
    Animal(
        "ten-thousand-blank-lines",
        "jobs.csv",
        lambda: with_line("jobs", 1, *[""] * 10_000),
        RIGHT,
        shift=10_000,
    ),
    Animal("ten-thousand-columns", "jobs.csv", lambda: with_columns(10_000), RIGHT),
    Animal("end-of-file-of-dos", "jobs.csv", lambda: text_of("jobs") + "\x1a", RIGHT),
    Animal(
        "a-comment-above",
        "jobs.csv",
        lambda: "# exported by Kim\r\n" + text_of("jobs"),
        RIGHT,
        shift=1,
    ),
    Animal(
        "one-line-of-five-million-letters",
        "clients.csv",
        lambda: "x" * 5_000_000,
        LISTED,
        "no header row",
        rows=0,
        aside=0,
    ),
    Animal(
        "five-million-quotes",
        "jobs.csv",
        lambda: text_of("jobs") + '"' * 5_000_001,
        REFUSED,
        "row 8: a quoted text opens here",
    ),
)


# Headers and rows ----------------------------------------------------------------------------------------------------


def doubled(what: str) -> str:
    """Two exports copied under one another, each with its header; the second holds no row."""
    some = csv_rows(what)
    return csv_text([*some, some[0]])


def with_row(what: str, **changes: str) -> str:
    """A file with one row more, blank but for these, by header with underscores for spaces."""
    return csv_text(
        [
            *csv_rows(what),
            [changes.get(name.rpartition("] ")[2].replace(" ", "_"), "") for name in HEADERS[what]],
        ]
    )


def copied_column(what: str, name: str) -> str:
    """A file that has one of its columns twice."""
    at = HEADERS[what].index(name)
    return csv_text([*row, row[at]] for row in csv_rows(what))


def merged_header(what: str) -> str:
    """The header spread over two rows, as merged cells are when they are saved as CSV."""
    header, *rows = csv_rows(what)
    tables, fields = zip(*(name.strip("[").split("] ") for name in header), strict=True)
    return csv_text([tables, fields, *rows])


def thousand_rich_invoices() -> str:
    """A thousand invoices of the largest amount, whose sum is beyond 64 bits."""
    return text_of_rows(
        [INVOICES[0] | {"InvoiceNumber": f"INV-{at}", "Total": RICH} for at in range(1000, 2000)]
    )


RICH = "99999999999999.99"


def text_of_rows(rows: list[dict[str, str]]) -> str:
    """Invoices as CSV."""
    return csv_text(
        [
            HEADERS["invoices"],
            *([row.get(name, "") for name in HEADERS["invoices"]] for row in rows),
        ]
    )


TWICE = "the header again"
TITLES = ["Jobs", "Harbour & Hill Accountants"] + [f"note {at}" for at in range(22)]

SHAPES = (
    Animal(
        "header-twice-invoices",
        "invoices.csv",
        lambda: doubled("invoices"),
        LISTED,
        TWICE,
        rows=10,
        aside=1,
    ),
    Animal(
        "header-twice-jobs", "jobs.csv", lambda: doubled("jobs"), LISTED, TWICE, rows=7, aside=1
    ),
    Animal(
        "header-twice-xpm-invoices",
        "xpm.csv",
        lambda: doubled("xpm"),
        LISTED,
        TWICE,
        rows=5,
        aside=1,
    ),
    Animal(
        "header-twice-clients",
        "clients.csv",
        lambda: doubled("clients"),
        LISTED,
        TWICE,
        rows=6,
        aside=1,
    ),
    Animal(
        "a-needed-column-twice",
        "invoices.csv",
        lambda: copied_column("invoices", "Reference"),
        REFUSED,
        "is there twice",
    ),
    Animal(
        "another-column-twice",
        "invoices.csv",
        lambda: copied_column("invoices", "TrackingName1"),
        RIGHT,
    ),
    Animal(
        "header-on-row-20", "jobs.csv", lambda: with_line("jobs", 0, *TITLES[:19]), RIGHT, shift=19
    ),
    Animal(
        "header-on-row-25",
        "jobs.csv",
        lambda: with_line("jobs", 0, *TITLES),
        REFUSED,
        "no header row in its first 20 rows",
    ),
    Animal(
        "no-header-jobs",
        "jobs.csv",
        lambda: csv_text(csv_rows("jobs")[1:]),
        REFUSED,
        "not understood",
    ),
    Animal(
        "no-header-clients",
        "clients.csv",
        lambda: csv_text(csv_rows("clients")[1:]),
        LISTED,
        "not understood",
        rows=0,
        aside=0,
    ),
    Animal("header-of-two-rows", "jobs.csv", lambda: merged_header("jobs"), RIGHT, shift=1),
    Animal(
        "headers-in-capitals-and-spaces",
        "jobs.csv",
        lambda: text_of("jobs").replace("[Job] Job No.", " [JOB]  JOB NO "),
        RIGHT,
    ),
    Animal(
        "a-total-row-under-jobs",
        "jobs.csv",
        lambda: with_row("jobs", **{"Job_No.": "Total"}),
        LISTED,
        "a total",
        rows=7,
    ),
    Animal(
        "a-total-row-under-invoices",
        "invoices.csv",
        lambda: with_row("invoices", ContactName="Total", Total="1859.87"),
        LISTED,
        "no invoice number",
        rows=10,
    ),
    Animal(
        "a-total-row-under-xpm-invoices",
        "xpm.csv",
        lambda: with_row("xpm", **{"Invoice_No.": "Total", "Amount_(incl_tax)": "1320.00"}),
        LISTED,
        "a total",
        rows=5,
    ),
    Animal(
        "a-total-row-under-clients",
        "clients.csv",
        lambda: with_row("clients", Client="Total"),
        LISTED,
        "a total",
        rows=6,
    ),
    Animal(
        "an-invoice-twice-with-two-totals",
        "invoices.csv",
        lambda: text_of_rows([*INVOICES, INVOICES[7] | {"Total": "7777.77"}]),
        LISTED,
        "differ in total",
        lost=("INV-0007",),
        rows=10,
        aside=2,
    ),
    Animal(
        "a-job-twice-with-two-order-numbers",
        "jobs.csv",
        lambda: text_of("jobs") + lines("jobs")[-1].replace("Old", "New") + "\r\n",
        LISTED,
        "is there 2 times, and the rows differ",
        lost=("J000006",),
        rows=7,
        aside=2,
    ),
    Animal(
        "a-job-twice-the-same",
        "jobs.csv",
        lambda: text_of("jobs") + lines("jobs")[-1] + "\r\n",
        RIGHT,
        "is there 2 times",
        rows=7,
    ),
    Animal("the-same-invoices-in-two-files", "the-same.csv", lambda: text_of("invoices"), RIGHT),
    Animal(
        "bills-alone",
        "invoices.csv",
        lambda: (
            text_of("invoices")
            .replace("Sales invoice", "Bill")
            .replace("Sales credit note", "Bill")
        ),
        REFUSED,
        "rows are bills",
    ),
    Animal(
        "a-sum-beyond-64-bits",
        "invoices.csv",
        thousand_rich_invoices,
        REFUSED,
        "too large to add up",
    ),
    Animal(
        "both-orders-of-day-and-month",
        "invoices.csv",
        with_bytes("invoices", "05/11/2026", b"11/25/2026"),
        REFUSED,
        "in both orders",
    ),
)


# No files at all -----------------------------------------------------------------------------------------------------


def linked(target: str) -> Any:
    """A symbolic link."""
    return lambda path: path.symlink_to(target)


def chain(path: Path) -> None:
    """Two links that point to one another."""
    path.symlink_to("loop.csv")
    path.with_name("loop.csv").symlink_to(path.name)


def a_socket(path: Path) -> None:
    """A socket, made from its folder: a path of one can have no more than about a hundred letters."""
    here = os.getcwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(here)


def unreadable(path: Path) -> None:
    """An export that its reader has no right to read."""
    path.write_text(text_of("jobs"), encoding="utf-8")
    path.chmod(0)


def huge(path: Path) -> None:
    """Three GiB that take no place on the disk: an export, and then nothing."""
    path.write_text(text_of("jobs"), encoding="utf-8")
    os.truncate(path, 3 << 30)


def named(name: str, file: str, make: Any, words: str, **more: Any) -> Animal:
    """What is no file, named on the command line: in a folder it is no export."""
    return Animal(name, file, make, REFUSED, words, paths=("in", f"in/{file}"), posix=True, **more)


NO_FILE = "no file, but a device, pipe or socket"
NO_FILES = (
    named("fifo", "jobs.csv", os.mkfifo if hasattr(os, "mkfifo") else str, NO_FILE),
    named("folder-named-csv", "jobs.csv", Path.mkdir, "no CSV or XLSX file in this folder"),
    named("link-to-itself", "jobs.csv", linked("jobs.csv"), "leads to itself"),
    named("two-links-in-a-circle", "jobs.csv", chain, "leads to itself"),
    named("link-to-nothing", "jobs.csv", linked("gone.csv"), "leads nowhere"),
    named("link-to-dev-zero", "jobs.csv", linked("/dev/zero"), NO_FILE),
    named("link-to-dev-null", "jobs.csv", linked("/dev/null"), NO_FILE),
    named("link-to-dev-random", "jobs.csv", linked("/dev/urandom"), NO_FILE),
    named("socket", "jobs.csv", a_socket, NO_FILE),
    named(
        "unreadable-file", "jobs.csv", unreadable, "cannot be opened. Permission denied", bound=True
    ),
    named("three-gib-of-nothing-behind-the-rows", "jobs.csv", huge, "zero bytes"),
    Animal(
        "fifo-in-the-folder",
        "pipe.csv",
        os.mkfifo if hasattr(os, "mkfifo") else str,
        REFUSED,
        NO_FILE,
        posix=True,
    ),
    Animal(
        "link-to-nothing-in-the-folder",
        "jobs-2.csv",
        linked("gone.csv"),
        REFUSED,
        "leads nowhere",
        posix=True,
    ),
    Animal("folder-in-the-folder", "old.csv", Path.mkdir, RIGHT, posix=True),
)


def text_animals() -> Iterator[Animal]:
    """All of this module."""
    for group in (
        UNDER_ANOTHER_NAME,
        NOTHING,
        CUT_TEXTS,
        ENCODINGS,
        BYTES,
        FORMS,
        SHAPES,
        NO_FILES,
    ):
        yield from group
