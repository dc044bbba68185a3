"""Damages a small sound practice at random, the same for the same seed, for test_fuzz.py and fuzz_run.py.

    mutant(seed)               --> Mutant(files, damaged="jobs.xlsx", steps=("drop node of xl/styles.xml", ...))
    run_mutant(made, server)   --> Outcome(ended, harm): how a run over the practice ended, and what may not be
    check_mutant(made, server) --> the same of the export doctor over the damaged file alone

One file of the practice is damaged, by one to four steps: a CSV in several dialects, or a workbook of several writers,
with one export or all four in it. The other files stay sound, so that nothing of theirs may go lost either. Where the
header of a damaged CSV is still whole, its rows are counted here too, by Python's own csv.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import xlsxwriter
from hostile.unharmed import (
    CLEAN,
    REFUSED,
    WAYS,
    Ended,
    Known,
    Server,
    harm,
    harm_of_ending,
    words_of,
)
from made.files import (
    client,
    csv_text,
    job,
    receivable_summary,
    report_row,
    table,
    write_workbook,
    xero_line,
    xpm_invoice,
)

# The sound practice -------------------------------------------------------------------------------------------------

XERO, JOBS, XPM, CLIENTS = "invoices", "jobs", "xpm-invoices", "clients"
NAMES = (
    "Acme Pty Ltd",
    "Café Zürich, Pty",
    'The "Quoted" Trust',
    "Novak & Sons",
    "Line\nBreak Ltd",
)
CENTS = (11_000, 123_450, 5, -6_600, 99_999_999)
_ACCENTED = ("Café Zürich, Pty", "Acme Pty Ltd")


def _rows() -> dict[str, list[dict[str, str]]]:
    """The rows of the four exports: five clients with a job each, and an invoice on it; the second has two lines."""
    invoices, jobs, copies = [], [], []
    for at, (name, cents) in enumerate(zip(NAMES, CENTS, strict=True), start=1):
        amount = f"{cents / 100:.2f}"
        kind = "Sales credit note" if cents < 0 else "Sales invoice"
        line = xero_line(
            ContactName=name,
            InvoiceNumber=f"INV-{at:04d}",
            Reference=f"CLI-{at}",
            Total=amount,
            Type=kind,
        )
        invoices += [line] * (2 if at == 2 else 1)
        jobs.append(
            job(job_no=f"J{at:06d}", client=name, client_order_no="" if at == 3 else f"CLI-{at}")
        )
        if cents > 0:
            number = {"invoice_no": f"INV-{at:04d}", "job_numbers": f"J{at:06d}"}
            copies.append(xpm_invoice(**number, client=name, **{"amount (incl tax)": amount}))
    clients = [client(client=name) for name in NAMES]
    return {XERO: invoices, JOBS: jobs, XPM: copies, CLIENTS: clients}


ROWS = _rows()
SOUND = {
    f"{role}.csv": Known(
        len(rows),
        {f"INV-{at:04d}": cents for at, cents in enumerate(CENTS, 1)} if role == XERO else {},
    )
    for role, rows in ROWS.items()
}


class Dialect(NamedTuple):
    """How a CSV is written."""

    delimiter: str = ","
    line_end: str = "\r\n"
    quote_all: bool = False
    encoding: str = "utf-8"
    titles: bool = False


DIALECTS = (
    Dialect(),
    Dialect(line_end="\n", encoding="utf-8-sig", quote_all=True),
    Dialect(";", titles=True),
    Dialect("\t", "\n", encoding="utf-16"),
    Dialect(encoding="cp1252"),
    Dialect(line_end="\r"),
)


class Sound(NamedTuple):
    """One sound file that is going to be damaged.

    Attributes:
        role: the export in it, or "" for all four. dialect: of a CSV; None for a workbook.
    """

    role: str
    content: bytes
    dialect: Dialect | None = None


@cache
def sound_files() -> tuple[Sound, ...]:
    """Every form of the sound files, as often as it is to be damaged in turn."""
    csvs = [
        Sound(role, _as_csv(ROWS[role], dialect), dialect) for role in ROWS for dialect in DIALECTS
    ]
    sheets = {role: _typed(table(rows)) for role, rows in ROWS.items()}
    report = {name: [_report_line(row)] for name, row in zip(NAMES, ROWS[XERO], strict=False)}
    books = [Sound(XERO, _by_openpyxl({"Report": receivable_summary(report)}))]
    for write in (_by_openpyxl, _by_xlsxwriter, _by_xlsxwriter_in_one_pass):
        books += [Sound(role, write({role: sheet})) for role, sheet in sheets.items()]
        books += [Sound("", write(sheets))] * 3
    return (*csvs, *books)


def _as_csv(rows: list[dict[str, str]], dialect: Dialect) -> bytes:
    cells = table(rows)
    titles = [["Export of the practice"], [], ["As at 23 November 2026"]] if dialect.titles else []
    form = {
        "delimiter": dialect.delimiter,
        "line_end": dialect.line_end,
        "quote_all": dialect.quote_all,
    }
    return csv_text([*titles, *cells], **form).encode(dialect.encoding)


def _typed(cells: list[list[str]]) -> list[list[Any]]:
    """Amounts as numbers and dates as dates, as a workbook has them."""
    return [cells[0], *([_value(cell) for cell in row] for row in cells[1:])]


def _value(cell: str) -> str | float | date:
    if re.fullmatch(r"-?\d+\.\d+", cell):
        return float(cell)
    if found := re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", cell):
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    return cell


def _report_line(row: dict[str, str]) -> dict[str, Any]:
    return report_row(
        Invoice_Number=row["InvoiceNumber"], Reference=row["Reference"], Gross=float(row["Total"])
    )


def _by_openpyxl(sheets: dict[str, list[list[Any]]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return _timeless(write_workbook(Path(folder) / "a.xlsx", sheets).read_bytes())


def _by_xlsxwriter(sheets: dict[str, list[list[Any]]], one_pass: bool = False) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(
        stream, {"constant_memory": one_pass, "default_date_format": "dd/mm/yyyy"}
    ) as book:
        padded = book.add_format({"num_format": "000000"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write(at, column, cell)
            sheet.write(len(rows[0]), len(rows[0]), 42, padded)
    return _timeless(stream.getvalue())


def _by_xlsxwriter_in_one_pass(sheets: dict[str, list[list[Any]]]) -> bytes:
    return _by_xlsxwriter(sheets, one_pass=True)


def _timeless(book: bytes) -> bytes:
    """The same workbook without the time of its writing, so that a seed is the same damage on every day."""
    return pack(
        [
            (name, re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2026-11-23T00:00:00Z", part))
            for name, part in parts_of(book)
        ]
    )


Parts = list[tuple[str, bytes]]


def parts_of(book: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def pack(parts: Parts) -> bytes:
    """A zip archive of these members, each with a right checksum; a name may be there twice."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive._didModify = True
            archive.NameToInfo.pop(name, None)  # else writing a name twice warns
            archive.writestr(info, part)
    return stream.getvalue()


# Damage to bytes ----------------------------------------------------------------------------------------------------

ODD_BYTES = (
    *(
        b"\0",
        b"\xff",
        b"\x1a",
        b'"',
        b'""',
        b",",
        b";",
        b"\t",
        b"\r",
        b"\n",
        b"\r\n",
        b"\xef\xbb\xbf",
    ),
    *(b"\xc3", b"=", b" "),
    *(b"<", b">", b"&", b"]]>", b"<!--", b"/>", b"PK\x03\x04", b"PK\x05\x06", b"\x80", b"0" * 400),
    *(b"\xe2\x80\xae", b"\xff\xfe"),
)


def flip_a_bit(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def set_a_byte(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def insert_bytes(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(ODD_BYTES) + data[at:]


def delete_bytes(rng: random.Random, data: bytes) -> bytes:
    start, end = _slice(rng, data)
    return data[:start] + data[end:]


def double_bytes(rng: random.Random, data: bytes) -> bytes:
    start, end = _slice(rng, data)
    return data[:end] + data[start:]


def move_bytes(rng: random.Random, data: bytes) -> bytes:
    start, end = _slice(rng, data)
    rest = data[:start] + data[end:]
    at = rng.randrange(len(rest) + 1)
    return rest[:at] + data[start:end] + rest[at:]


def cut_off(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


def _slice(rng: random.Random, data: bytes) -> tuple[int, int]:
    start = rng.randrange(len(data))
    return start, min(len(data), start + rng.choice((1, 2, 3, 8, 40, 200, len(data))))


BYTES = (
    *(
        flip_a_bit,
        flip_a_bit,
        set_a_byte,
        insert_bytes,
        insert_bytes,
        delete_bytes,
        double_bytes,
        move_bytes,
    ),
    cut_off,
)

# Damage to the cells of a CSV ---------------------------------------------------------------------------------------

ODD_CELLS = (
    *(
        "",
        " ",
        '"',
        '""',
        ",",
        ";",
        "\n",
        "\r",
        "\t",
        "=1+1",
        "#N/A",
        "1.59E+17",
        "0",
        "-0",
        "1e400",
    ),
    *("NaN", "inf", "(1", "1)"),
    *(
        "99999999999999999999",
        "9223372036854775807",
        "-92233720368547758.08",
        "1,1,1",
        "1.1.1",
        ".",
        "-",
    ),
    *("$", "()", "1100,00"),
    *("31/31/26", "0/0/0", "29/02/2025", "13/10/0000", "46308", "2026-10-13T25:61:00", "1/1/99999"),
    *("00/10/2026", "10/13/2026"),
    *(
        "Total",
        "Total Acme Pty Ltd",
        "Sales invoice",
        "Bill",
        "Voided",
        "INV-0001",
        "J000001",
        "CLI-1",
    ),
    *("CLI-1, CLI-2", "J1, , J2"),
    *(
        "x" * 40_000,
        "\u202e",
        "\u200b",
        "\u00a0",
        "\ufffd",
        "\ufeff",
        "\x00",
        "\x01",
        "\x1b[31m",
        "'",
    ),
    *("\\", "é" * 300, "😀"),
    *(
        "InvoiceNumber",
        "[Job] Job No.",
        "Reference",
        "Gross",
        "Contact",
        "Description",
        "belongs_job_no",
        "(Totalled)",
    ),
)
Cells = list[list[str]]


def odd_cell(rng: random.Random, rows: Cells) -> None:
    row = rng.choice(rows)
    row[rng.randrange(len(row))] = rng.choice(ODD_CELLS)


def odd_column(rng: random.Random, rows: Cells) -> None:
    at, text = rng.randrange(len(rows[-1])), rng.choice(ODD_CELLS)
    for row in rows[1:]:
        if at < len(row):
            row[at] = text


def swap_cells(rng: random.Random, rows: Cells) -> None:
    one, two = rng.choice(rows), rng.choice(rows)
    at, to = rng.randrange(len(one)), rng.randrange(len(two))
    one[at], two[to] = two[to], one[at]


def swap_columns(rng: random.Random, rows: Cells) -> None:
    width = len(rows[-1])
    at, to = rng.randrange(width), rng.randrange(width)
    for row in rows[rng.choice((0, 1)) :]:
        if max(at, to) < len(row):
            row[at], row[to] = row[to], row[at]


def drop_a_column(rng: random.Random, rows: Cells) -> None:
    at = rng.randrange(len(rows[-1]))
    for row in rows:
        del row[at : at + 1]


def double_a_column(rng: random.Random, rows: Cells) -> None:
    at = rng.randrange(len(rows[-1]))
    for row in rows:
        row[at:at] = row[at : at + 1]


def double_the_header(rng: random.Random, rows: Cells) -> None:
    header = max(rows[:4], key=len)
    rows.insert(rng.randrange(len(rows) + 1), list(header))


def double_a_row(rng: random.Random, rows: Cells) -> None:
    rows.insert(rng.randrange(len(rows) + 1), list(rng.choice(rows)))


def drop_a_row(rng: random.Random, rows: Cells) -> None:
    del rows[rng.randrange(len(rows))]


def shorten_a_row(rng: random.Random, rows: Cells) -> None:
    row = rng.choice(rows)
    del row[rng.randrange(len(row)) :]


def lengthen_a_row(rng: random.Random, rows: Cells) -> None:
    row = rng.choice(rows)
    row[rng.randrange(len(row) + 1) : 0] = [
        rng.choice(ODD_CELLS) for _ in range(rng.randrange(1, 4))
    ]


def blank_row(rng: random.Random, rows: Cells) -> None:
    text = rng.choice(("", "", " ", "\u00a0", '"'))
    rows.insert(rng.randrange(len(rows) + 1), rng.choice(([], [text], [text] * len(rows[-1]))))


def mix_rows(rng: random.Random, rows: Cells) -> None:
    rng.shuffle(rows)


def many_rows(rng: random.Random, rows: Cells) -> None:
    at = rng.randrange(len(rows))
    rows[at:at] = [list(rows[at]) for _ in range(300)]


CELLS = (
    *(
        odd_cell,
        odd_cell,
        odd_cell,
        odd_column,
        swap_cells,
        swap_columns,
        drop_a_column,
        double_a_column,
    ),
    *(double_the_header,),
    *(double_a_row, drop_a_row, shorten_a_row, lengthen_a_row, blank_row, mix_rows, many_rows),
)


def _change_cells(rng: random.Random, data: bytes, dialect: Dialect, change: Callable) -> bytes:
    """Change a CSV cell by cell; what is no CSV of its dialect any more is left as it is."""
    try:
        text = data.decode(dialect.encoding)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter))
    except (UnicodeError, csv.Error):
        return data
    if not any(rows):
        return data
    shown = [row or [""] for row in rows]
    change(rng, shown)
    form = {
        "delimiter": dialect.delimiter,
        "line_end": dialect.line_end,
        "quote_all": dialect.quote_all,
    }
    try:
        return csv_text(shown, **form).encode(dialect.encoding)
    except UnicodeError:
        return csv_text(shown, **form).encode("utf-8")


def damage_csv(rng: random.Random, data: bytes, dialect: Dialect) -> tuple[bytes, str]:
    """One step of damage to a CSV."""
    if rng.random() < 0.5 or not data:
        change = rng.choice(BYTES)
        return (change(rng, data) if data else data), _words(change)
    change = rng.choice(CELLS)
    return _change_cells(rng, data, dialect, change), _words(change)


def _words(change: Callable) -> str:
    return change.__name__.replace("_", " ")


# Damage to the members of a workbook --------------------------------------------------------------------------------


def rename_member(rng: random.Random, parts: Parts, at: int) -> None:
    name, part = parts[at]
    other = (
        name.upper(),
        name.lower(),
        name.replace("/", "\\"),
        f"/{name}",
        f"../{name}",
        name[:-1],
        f"{name}2",
        "",
        "x" * 300,
    )
    parts[at] = rng.choice(other), part


def drop_member(rng: random.Random, parts: Parts, at: int) -> None:
    del parts[at]


def double_member(rng: random.Random, parts: Parts, at: int) -> None:
    parts.insert(rng.randrange(len(parts) + 1), parts[at])


def empty_member(rng: random.Random, parts: Parts, at: int) -> None:
    parts[at] = parts[at][0], b""


def cut_member(rng: random.Random, parts: Parts, at: int) -> None:
    name, part = parts[at]
    parts[at] = name, part[: rng.randrange(len(part) + 1)]


def corrupt_member(rng: random.Random, parts: Parts, at: int) -> None:
    name, part = parts[at]
    if part:
        parts[at] = name, rng.choice(BYTES)(rng, part)


def swap_members(rng: random.Random, parts: Parts, at: int) -> None:
    to = rng.randrange(len(parts))
    (one, part), (two, other) = parts[at], parts[to]
    parts[at], parts[to] = (one, other), (two, part)


def recode_member(rng: random.Random, parts: Parts, at: int) -> None:
    name, part = parts[at]
    parts[at] = (
        name,
        part.decode("utf-8", "replace").encode(
            rng.choice(("utf-16", "utf-8-sig", "utf-16-le", "utf-32"))
        ),
    )


def prefix_elements(rng: random.Random, parts: Parts, at: int) -> None:
    name, part = parts[at]
    part = re.sub(rb"<(/?)(\w+)(?=[\s/>])", rb"<\1x:\2", part)
    parts[at] = name, part.replace(b"xmlns=", b"xmlns:x=")


MEMBERS = (
    *(
        rename_member,
        drop_member,
        double_member,
        empty_member,
        cut_member,
        *[corrupt_member] * 3,
        swap_members,
    ),
    *(recode_member, prefix_elements),
)

# Damage to the XML of a workbook ------------------------------------------------------------------------------------

_SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
    "http://schemas.openxmlformats.org/package/2006/content-types",
)
ODD_ATTRIBUTES = {
    "r": (
        *(
            "A1",
            "A2",
            "B2",
            "XFD1048576",
            "ZZZZ1",
            "A0",
            "A-1",
            "A99999999999",
            "1",
            "",
            "a2",
            "$A$2",
            "A2:B2",
        ),
        *("rId1", "rId99"),
    ),
    "t": ("s", "n", "str", "inlineStr", "b", "e", "d", "x", ""),
    "s": ("0", "1", "2", "99999", "-1", "x", ""),
    "ref": ("A1", "A1:B2", "B2:A1", "A1:XFD1048576", "A1:", "", "XFD1048576:XFD1048577", "A2:C3"),
    "count": ("0", "1", "4294967295", "-1", "x"),
    "uniqueCount": ("0", "1", "4294967295", "99999999999", "-1", "x"),
    "date1904": ("0", "1", "true", "x"),
    "state": ("hidden", "veryHidden", "visible", "x"),
    "Target": (
        *("worksheets/sheet1.xml", "sheet1.xml", "../x.xml", "/xl/worksheets/sheet1.xml", ""),
        *("file:///etc/passwd", "workbook.xml"),
    ),
    "TargetMode": ("External", "Internal", "x"),
    "numFmtId": ("0", "14", "22", "46", "164", "99999", "x", "-1"),
    "formatCode": (
        "0000",
        "General",
        "dd/mm/yyyy",
        "[h]:mm",
        '"J"000',
        "0" * 400,
        "",
        ";;;",
        "[$-C09]0",
    ),
    "name": ("Sheet1", "", "x" * 300, "jobs", "\u202e"),
    "spans": ("1:1", "1:99999", "x"),
}
ODD_TEXTS = (
    *(
        "",
        " ",
        "0",
        "-1",
        "1e400",
        "-1e400",
        "NaN",
        "99999999999",
        "1.5",
        "46308",
        "2958466",
        "-1.5",
        "60",
    ),
    *("x", "#N/A", "TRUE"),
    *(
        "00012",
        "1E-300",
        "9" * 400,
        "2026-10-13",
        "_x0000_",
        "_xD800_",
        "x" * 40_000,
        "\u202e",
        "Total",
    ),
    *("46308.99999999",),
)


def drop_node(rng: random.Random, nodes: list, parent: Any, at: int) -> None:
    del parent[at]


def double_node(rng: random.Random, nodes: list, parent: Any, at: int) -> None:
    parent.insert(rng.randrange(len(parent) + 1), parent[at])


def move_node(rng: random.Random, nodes: list, parent: Any, at: int) -> None:
    node = parent[at]
    target = rng.choice(nodes)
    if target not in list(node.iter()):
        del parent[at]
        target.insert(rng.randrange(len(target) + 1), node)


def drop_attribute(rng: random.Random, nodes: list, parent: Any, at: int) -> None:
    if parent[at].attrib:
        del parent[at].attrib[rng.choice(list(parent[at].attrib))]


def change_attribute(rng: random.Random, nodes: list, parent: Any, at: int) -> None:
    node = parent[at]
    some = [name for name in node.attrib if name in ODD_ATTRIBUTES] or list(node.attrib) or ["t"]
    name = rng.choice(some)
    node.attrib[name] = rng.choice(ODD_ATTRIBUTES.get(name, ODD_TEXTS))


def add_attribute(rng: random.Random, nodes: list, parent: Any, at: int) -> None:
    name = rng.choice(list(ODD_ATTRIBUTES))
    parent[at].attrib[name] = rng.choice(ODD_ATTRIBUTES[name])


def change_text(rng: random.Random, nodes: list, parent: Any, at: int) -> None:
    holders = [node for node in nodes if node.text] or [parent[at]]
    rng.choice(holders).text = rng.choice(ODD_TEXTS)


def rename_node(rng: random.Random, nodes: list, parent: Any, at: int) -> None:
    parent[at].tag = rng.choice((rng.choice(nodes).tag, "x", parent[at].tag.rpartition("}")[2]))


def nest_node(rng: random.Random, nodes: list, parent: Any, at: int) -> None:
    node = parent[at]
    copy = ElementTree.fromstring(ElementTree.tostring(node))
    node.append(copy)


NODES = (
    *(
        drop_node,
        double_node,
        move_node,
        drop_attribute,
        *[change_attribute] * 4,
        add_attribute,
        change_text,
    ),
    *(change_text, rename_node, nest_node),
)


def _change_nodes(rng: random.Random, part: bytes, change: Callable) -> bytes:
    """Change an XML part node by node; what is no XML any more is left as it is."""
    for space in _SPACES:
        ElementTree.register_namespace("", space)
    try:
        root = ElementTree.fromstring(part)
    except (ElementTree.ParseError, ValueError):
        return part
    nodes = list(root.iter())
    parents = [node for node in nodes if len(node)]
    if not parents:
        return part
    parent = rng.choice(parents)
    change(rng, nodes, parent, rng.randrange(len(parent)))
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def damage_book(rng: random.Random, data: bytes) -> tuple[bytes, str]:
    """One step of damage to a workbook."""
    way = rng.random()
    try:
        parts = parts_of(data)
    except Exception:  # no archive any more, whatever zipfile says of it
        parts = []
    if way < 0.2 or not parts:
        change = rng.choice(BYTES)
        return (change(rng, data) if data else data), _words(change)
    at = rng.randrange(len(parts))
    if way < 0.45:
        change = rng.choice(MEMBERS)
        name = parts[at][0]
        change(rng, parts, at)
        return pack(parts), f"{_words(change)} {name}"
    likely = [
        place
        for place, (name, _) in enumerate(parts)
        if re.search("sheet|Strings|styles|workbook", name)
    ]
    at = rng.choice(likely) if likely else at
    change = rng.choice(NODES)
    name, part = parts[at]
    parts[at] = name, _change_nodes(rng, part, change)
    return pack(parts), f"{_words(change)} of {name}"


# Mutants ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutant:
    """A practice of which one file is damaged.

    Attributes:
        files: by name. damaged: the name of the one. steps: what was done to it.
        rows: how many rows it has now; None where nobody knows.
    """

    files: dict[str, bytes]
    damaged: str
    steps: tuple[str, ...]
    rows: int | None = None


@cache
def _sound_csvs() -> dict[str, bytes]:
    return {role: _as_csv(rows, Dialect()) for role, rows in ROWS.items()}


def mutant(seed: int) -> Mutant:
    """The practice of a seed, with one to four steps of damage in one of its files."""
    rng = random.Random(seed)
    sound = rng.choice(sound_files())
    data, steps = sound.content, []
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        data, words = (
            damage_csv(rng, data, sound.dialect) if sound.dialect else damage_book(rng, data)
        )
        steps.append(words)
    damaged = f"{sound.role or 'all'}.{'csv' if sound.dialect else 'xlsx'}"
    others = {
        f"{role}.csv": text for role, text in _sound_csvs().items() if sound.role not in ("", role)
    }
    rows = _rows_in(data, sound) if sound.dialect else None
    return Mutant({**others, damaged: data}, damaged, tuple(steps), rows)


def _rows_in(data: bytes, sound: Sound) -> int | None:
    """The rows that hold something below the header of a damaged CSV, where its header and its quotes are whole."""
    try:
        text = data.decode(sound.dialect.encoding).rstrip("\r\n\x1a")
        rows = list(
            csv.reader(
                io.StringIO(text, newline=""), delimiter=sound.dialect.delimiter, strict=True
            )
        )
    except (UnicodeError, csv.Error):
        return None
    header = list(ROWS[sound.role][0])
    headers = [at for at, row in enumerate(rows) if row == header]
    if (
        len(headers) != 1
        or headers[0] >= 20
        or any(set(row) & set(header) for row in rows[: headers[0]])
    ):
        return None  # what is left of a second header may be the one that is read by
    return sum(any(cell.strip() for cell in row) for row in rows[headers[0] + 1 :])


@dataclass(frozen=True)
class Outcome:
    """How the run over a mutant ended, and all that may not be."""

    ended: Ended
    harm: list[str]


def run_mutant(made: Mutant, server: Server) -> Outcome:
    """Run over a mutant in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_mutant(made, folder / "in")
        ended = server.run(folder, *words_of("in"))
        known = {label: SOUND[label] for label in made.files if label != made.damaged}
        known[made.damaged] = Known(made.rows)
        return Outcome(ended, harm(ended, folder, {}, known))


def check_mutant(made: Mutant, server: Server) -> Outcome:
    """Let the export doctor read the damaged file alone, in a folder of its own: a third of the time of a whole run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_mutant(made, folder / "in")
        ended = server.run(folder, "check", f"in/{made.damaged}", "--json")
        if ended.code == REFUSED:
            return Outcome(ended, harm(ended, folder, {}))
        return Outcome(ended, harm_of_ending(ended) or _harm_of_examination(ended, made))


def _harm_of_examination(ended: Ended, made: Mutant) -> list[str]:
    """Rows that the doctor lost, or a fault that it did not tell by its exit code."""
    found = json.loads(ended.said)
    lost = [
        f"rows do not add up: {one}"
        for one in found
        if one.get("rows", 0) != sum(one.get(way, 0) for way in WAYS)
    ]
    if made.rows is not None and not found[0]["fault"] and found[0]["rows"] != made.rows:
        lost.append(f"{made.damaged} has {made.rows} rows, and {found[0]['rows']} were counted")
    well = not any(
        one["fault"] or any(problem["set_aside"] for problem in one["problems"]) for one in found
    )
    return lost + (
        []
        if well == (ended.code == CLEAN)
        else [f"exit code {ended.code} of files that are {'' if well else 'not '}well"]
    )


def write_mutant(made: Mutant, folder: Path) -> None:
    """Write its files, with times of long ago: nobody is still writing them."""
    folder.mkdir(parents=True, exist_ok=True)
    for label, content in made.files.items():
        (folder / label).write_bytes(content)
        os.utime(folder / label, (1_700_000_000, 1_700_000_000))
