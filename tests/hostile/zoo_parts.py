"""Zip archives and workbooks by hand, with every lie that can be told: sizes, checksums, names, places, repetition.

    parts = book_parts([["Job No.", "Client"], ["J1", "Acme"]])   # name -> bytes of each part, as Excel writes them
    zip_of(*map(member, parts.items()))                           # the file

openpyxl writes only workbooks that are in order, and zipfile only archives that are. Here is nothing of the program's.
Source: ECMA-376 parts 1 and 2 (SpreadsheetML, OPC); PKWARE APPNOTE 6.3.10 sections 4.3 to 4.5 (zip records).
"""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

STORED, DEFLATED = 0, 8

# Zip archives --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """One file in an archive; what is None is told as it is.

    Attributes:
        packed: its bytes as they stand in the archive. size, crc: what is said of them unpacked. flags: bit 0 is encrypted.
        at: where its directory entry says that it begins; None for where it does. local_name: what it is called there.
    """

    name: str
    packed: bytes
    size: int
    crc: int
    method: int = DEFLATED
    flags: int = 0x800
    at: int | None = None
    local_name: str | None = None


def deflated(content: bytes) -> bytes:
    """Bytes in a deflate stream of their own."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def member(entry: tuple[str, bytes], **lies: Any) -> Member:
    """A name and its bytes as a member."""
    name, content = entry
    told = {"packed": deflated(content), "size": len(content), "crc": zlib.crc32(content)}
    return Member(name, **(told | lies))


def repeated(name: str, head: bytes, block: bytes, count: int, tail: bytes, **lies: Any) -> Member:
    """A member of `head`, `count` times `block`, and `tail`, which is packed once: huge when unpacked, and quick to make.

    After a full flush a deflate stream goes on as if new, so the packed block can be repeated as it is.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    middle = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    last = packer.compress(tail) + packer.flush()
    crc = zlib.crc32(head)
    for _ in range(count if "crc" not in lies else 0):
        crc = zlib.crc32(block, crc)
    told = {"size": len(head) + len(block) * count + len(tail), "crc": zlib.crc32(tail, crc)}
    return Member(name, first + middle * count + last, **(told | lies))


def zip_of(*members: Member, before: bytes = b"", after: bytes = b"") -> bytes:
    """An archive of these members; `before` and `after` stand outside of it."""
    pieces, directory, at = [before], [], len(before)
    for one in members:
        name, local = (
            one.name.encode(),
            (one.local_name if one.local_name is not None else one.name).encode(),
        )
        shared = (
            20,
            one.flags,
            one.method,
            0,
            33,
            one.crc,
            len(one.packed),
            min(one.size, 0xFFFFFFFF),
        )
        begins = at if one.at is None else one.at
        if one.at is None:
            pieces.append(
                struct.pack("<4s5H3L2H", b"PK\3\4", *shared, len(local), 0) + local + one.packed
            )
            at += len(pieces[-1])
        directory.append(
            struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *shared, len(name), 0, 0, 0, 0, 0, begins)
            + name
        )
    entries = b"".join(directory)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(members), len(members), len(entries), at, 0)
    return b"".join((*pieces, entries, end, after))


# Workbooks -----------------------------------------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WORKBOOK, RELATIONS, STYLES, STRINGS = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
)
SHEET = "xl/worksheets/sheet1.xml"
DATE_STYLE = 1  # of STYLES below: a day; 2 is five digits


@dataclass(frozen=True)
class Cell:
    """A cell as XML after its place: attributes and content; `{v}` stands for nothing but itself."""

    attributes: str = ""
    content: str = ""


ERROR_NA = Cell(' t="e"', "<v>#N/A</v>")
NO_VALUE = Cell("", "<f>1+1</f>")


def letters(column: int) -> str:
    """A column's letters, from 0: A, B ... Z, AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def row_xml(
    number: int, cells: Sequence[Any], strings: dict[str, int], attributes: str = ""
) -> str:
    """A row's XML; its texts are taken up among the shared strings."""
    parts = []
    for column, value in enumerate(cells):
        place = f'<c r="{letters(column)}{number}"'
        if isinstance(value, Cell):
            parts.append(f"{place}{value.attributes}>{value.content}</c>")
        elif isinstance(value, dt.date):
            parts.append(
                f'{place} s="{DATE_STYLE}"><v>{(value - dt.date(1899, 12, 30)).days}</v></c>'
            )
        elif isinstance(value, str):
            if value:
                parts.append(f'{place} t="s"><v>{strings.setdefault(value, len(strings))}</v></c>')
        elif value is not None:
            parts.append(f"{place}><v>{value!r}</v></c>")
    return f'<row r="{number}"{attributes}>{"".join(parts)}</row>'


def sheet_xml(rows: Iterable[str], *, before: str = "", after: str = "") -> bytes:
    """A sheet's XML; `before` and `after` stand around its data."""
    body = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'
    return (_XML + body).encode()


def strings_xml(strings: Iterable[str], attributes: str = "") -> bytes:
    """The part of shared strings."""
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    return f'{_XML}<sst xmlns="{MAIN}"{attributes}>{items}</sst>'.encode()


def workbook_xml(names: Sequence[str], *, before: str = "", states: Sequence[str] = ()) -> bytes:
    """The part of the workbook: its sheets by name, the first related as rId1; `before` stands before them."""
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"{state}/>'
        for at, (name, state) in enumerate(
            zip(names, [*states, *[""] * len(names)], strict=False), start=1
        )
    )
    return f'{_XML}<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}">{before}<sheets>{sheets}</sheets></workbook>'.encode()


def relations_xml(targets: Sequence[str]) -> bytes:
    """The relations of the workbook: the part of each sheet, then styles and strings."""
    kinds = [
        *(("worksheet", target) for target in targets),
        ("styles", "styles.xml"),
        ("sharedStrings", "sharedStrings.xml"),
    ]
    items = "".join(
        f'<Relationship Id="rId{at}" Type="{DOCUMENT}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(kinds, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'.encode()


def book_parts(rows: Sequence[Sequence[Any]], name: str = "Sheet1") -> dict[str, bytes]:
    """The parts of a workbook with one sheet of these rows: texts, numbers, dates, Cells, and None for no cell."""
    strings: dict[str, int] = {}
    body = [row_xml(number, cells, strings) for number, cells in enumerate(rows, start=1)]
    overrides = [
        ("workbook", f"{_TYPE}.sheet.main"),
        ("worksheets/sheet1", f"{_TYPE}.worksheet"),
        ("styles", f"{_TYPE}.styles"),
    ]
    overrides.append(("sharedStrings", f"{_TYPE}.sharedStrings"))
    types = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{kind}+xml"/>'
        for part, kind in overrides
    )
    formats = '<numFmts count="1"><numFmt numFmtId="164" formatCode="00000"/></numFmts>'
    xfs = "".join(f'<xf numFmtId="{number}" applyNumberFormat="1"/>' for number in (0, 14, 164))
    return {
        "[Content_Types].xml": (
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>'
        ).encode(),
        "_rels/.rels": (
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        WORKBOOK: workbook_xml([name]),
        RELATIONS: relations_xml(["worksheets/sheet1.xml"]),
        STYLES: f'{_XML}<styleSheet xmlns="{MAIN}">{formats}<cellXfs count="3">{xfs}</cellXfs></styleSheet>'.encode(),
        SHEET: sheet_xml(body),
        STRINGS: strings_xml(strings),
    }


def book_of(parts: dict[str, bytes]) -> bytes:
    """Parts as a file."""
    return zip_of(*map(member, parts.items()))
