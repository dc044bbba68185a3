"""The zoo's workbooks: cut, broken, hostile and odd archives and parts; their cells are those of the healthy practice.

Source: ECMA-376 parts 1 to 4; PKWARE APPNOTE; David Fifield, "A better zip bomb" (2019), for the overlapping one.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hostile.zoo import LISTED, REFUSED, RIGHT, Animal, grid_of, parts_of
from hostile.zoo_parts import (
    ERROR_NA,
    MAIN,
    RELATIONS,
    SHEET,
    STORED,
    STRINGS,
    STYLES,
    WORKBOOK,
    Cell,
    Member,
    book_of,
    letters,
    member,
    relations_xml,
    repeated,
    row_xml,
    sheet_xml,
    workbook_xml,
    zip_of,
)

Parts = dict[str, bytes]


def book(what: str, change: Callable[[Parts], Any] = lambda parts: None) -> Callable[[], bytes]:
    """A file of the practice as a workbook whose parts are changed."""

    def make() -> bytes:
        parts = parts_of(what)
        return book_of(change(parts) or parts)

    return make


def swap(part: str, old: str | bytes, new: str | bytes, count: int = 1) -> Callable[[Parts], None]:
    """A change of bytes in a part; what is to be changed has to be there."""

    def change(parts: Parts) -> None:
        one, other = (text if isinstance(text, bytes) else text.encode() for text in (old, new))
        assert one in parts[part], one
        parts[part] = parts[part].replace(one, other, count)

    return change


def without(*names: str) -> Callable[[Parts], Parts]:
    """A change that leaves parts out."""
    return lambda parts: {name: content for name, content in parts.items() if name not in names}


def renamed(change: Callable[[str], str], only: str = "") -> Callable[[Parts], Parts]:
    """A change of the names of parts."""
    return lambda parts: {
        change(name) if only in name else name: content for name, content in parts.items()
    }


def all_of(*changes: Callable[[Parts], Any]) -> Callable[[Parts], Parts]:
    """Several changes, one after the other."""

    def change(parts: Parts) -> Parts:
        for one in changes:
            parts = one(parts) or parts
        return parts

    return change


def members_of(what: str) -> list[Member]:
    """A file of the practice as the members of its archive."""
    return [member(part) for part in parts_of(what).items()]


def archive(
    what: str, change: Callable[[Member], Member], only: str = "", **outside: bytes
) -> Callable[[], bytes]:
    """A file of the practice as an archive, some of whose members tell lies."""
    return lambda: zip_of(
        *(change(one) if only in one.name else one for one in members_of(what)), **outside
    )


# Cut and broken ------------------------------------------------------------------------------------------------------


def cut(twentieths: int) -> Callable[[], bytes]:
    """The first so many twentieths of a workbook; of twenty all but the last byte."""

    def make() -> bytes:
        content = book("jobs")()
        return content[: min(len(content) * twentieths // 20, len(content) - 1)]

    return make


CUT = tuple(
    Animal(f"cut-at-{at * 5}-percent", "jobs.xlsx", cut(at), REFUSED, "its end is missing")
    for at in range(1, 20)
)
CUT += (Animal("cut-by-its-last-byte", "jobs.xlsx", cut(20), REFUSED, "damaged"),)


def bad_crc(one: Member) -> Member:
    """A checksum that is not that of the content."""
    return replace(one, crc=one.crc ^ 1)


def scrambled(one: Member) -> Member:
    """Other bytes than those that were packed."""
    at = len(one.packed) // 2
    return replace(one, packed=one.packed[:at] + b"\xff\x00\xff\x00" + one.packed[at + 4 :])


def locked(one: Member) -> Member:
    """Packed with a password: twelve bytes of salt before it, and a flag."""
    return replace(one, packed=b"saltsaltsalt" + one.packed, flags=one.flags | 1)


def stored(one: Member) -> Member:
    """Not packed at all."""
    content = parts_of("jobs")[one.name]
    return replace(one, packed=content, method=STORED)


def twice(parts: list[Member]) -> bytes:
    """The sheet there two times under one name, the second time with another order number."""
    (sheet,) = (one for one in parts if one.name == SHEET)
    other = member((SHEET, sheet_xml([row_xml(1, grid_of("clients")[0], {})])))
    return zip_of(*(one for one in parts if one is not sheet), sheet, other)


BROKEN = (
    Animal(
        "bad-crc-of-the-sheet", "jobs.xlsx", archive("jobs", bad_crc, SHEET), REFUSED, "damaged"
    ),
    Animal(
        "bad-crc-of-the-strings", "jobs.xlsx", archive("jobs", bad_crc, STRINGS), REFUSED, "damaged"
    ),
    Animal(
        "bad-crc-of-the-styles", "jobs.xlsx", archive("jobs", bad_crc, STYLES), REFUSED, "damaged"
    ),
    Animal(
        "bad-crc-of-the-workbook",
        "jobs.xlsx",
        archive("jobs", bad_crc, WORKBOOK),
        REFUSED,
        "damaged",
    ),
    Animal("scrambled-sheet", "jobs.xlsx", archive("jobs", scrambled, SHEET), REFUSED, "damaged"),
    Animal("packed-with-a-password", "jobs.xlsx", archive("jobs", locked), REFUSED, "password"),
    Animal(
        "packed-by-a-method-of-2031",
        "jobs.xlsx",
        archive("jobs", lambda one: replace(one, method=99), SHEET),
        REFUSED,
        "packed in a way that is not read",
    ),
    Animal("not-packed-at-all", "jobs.xlsx", archive("jobs", stored), RIGHT),
    Animal(
        "letters-before-the-archive",
        "jobs.xlsx",
        archive("jobs", lambda one: one, before=b"MZ" * 500),
        REFUSED,
        "not an Excel workbook",
    ),
    Animal(
        "letters-behind-the-archive",
        "jobs.xlsx",
        archive("jobs", lambda one: one, after=b"\r\n" * 50),
        RIGHT,
    ),
    Animal("one-part-twice", "jobs.xlsx", lambda: twice(members_of("jobs")), REFUSED, "twice"),
    Animal(
        "another-name-in-front-of-the-part",
        "jobs.xlsx",
        archive("jobs", lambda one: replace(one, local_name="xl/worksheets/other1.xml"), SHEET),
        REFUSED,
        "damaged",
    ),
    Animal(
        "absolute-and-dotted-names",
        "jobs.xlsx",
        lambda: zip_of(
            *members_of("jobs"),
            *(member((name, b"x")) for name in ("/etc/passwd", "../../evil.sh", "C:\\evil.bat")),
        ),
        RIGHT,
    ),
    Animal(
        "a-sheet-outside-of-the-folder",
        "jobs.xlsx",
        book(
            "jobs",
            all_of(
                swap(RELATIONS, "worksheets/sheet1.xml", "../../sheet1.xml"),
                renamed(lambda _: "../sheet1.xml", SHEET),
            ),
        ),
        REFUSED,
        "sheet 'Jobs' cannot be read: its part is named by a detour, '../../sheet1.xml'",
    ),
    Animal(
        "sheet-lost",
        "jobs.xlsx",
        book("jobs", without(SHEET)),
        REFUSED,
        "its part is not in the file",
    ),
    Animal(
        "relations-lost",
        "jobs.xlsx",
        book("jobs", without(RELATIONS)),
        REFUSED,
        "cannot be opened as a workbook",
    ),
    Animal("styles-lost", "jobs.xlsx", book("jobs", without(STYLES)), REFUSED, "a serial number"),
    Animal("types-lost", "jobs.xlsx", book("jobs", without("[Content_Types].xml")), RIGHT),
    Animal(
        "empty-sheet-part",
        "jobs.xlsx",
        book("jobs", lambda parts: parts | {SHEET: b""}),
        REFUSED,
        "empty or broken",
    ),
    Animal(
        "empty-workbook-part",
        "jobs.xlsx",
        book("jobs", lambda parts: parts | {WORKBOOK: b""}),
        REFUSED,
        "empty or broken",
    ),
    Animal(
        "sheet-that-ends-in-a-row",
        "jobs.xlsx",
        book("jobs", lambda parts: parts | {SHEET: parts[SHEET][:1200]}),
        REFUSED,
        "cannot be read",
    ),
    Animal(
        "sheet-that-ends-behind-a-row",
        "jobs.xlsx",
        book("jobs", swap(SHEET, "</sheetData></worksheet>", "")),
        REFUSED,
        "cannot be read",
    ),
    Animal(
        "sheet-of-another-kind",
        "jobs.xlsx",
        book("jobs", lambda parts: parts | {SHEET: b"<html><body>Sign in</body></html>"}),
        REFUSED,
        "holds no <worksheet>",
    ),
)


# Names and letters of parts ------------------------------------------------------------------------------------------


def utf_16(*names: str) -> Callable[[Parts], None]:
    """Some parts in UTF-16, as their first line says."""

    def change(parts: Parts) -> None:
        for name in names:
            parts[name] = parts[name].decode().replace("UTF-8", "UTF-16").encode("utf-16")

    return change


def as_strict(parts: Parts) -> Parts:
    """Strict Open XML: other names for the same."""
    main, document = (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    )
    old = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return {
        name: content.replace(MAIN.encode(), main).replace(old, document)
        for name, content in parts.items()
    }


def prefixed(parts: Parts) -> None:
    """The sheet with a prefix before each of its names."""
    parts[SHEET] = re.sub(rb"<(/?)([a-z])", rb"<\1x:\2", parts[SHEET]).replace(
        b"xmlns=", b"xmlns:x="
    )


def macro(parts: Parts) -> None:
    """A macro beside the sheets."""
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0" + b"Sub Auto_Open()" * 50


def with_error(change: Callable[[Parts], Any]) -> Callable[[], bytes]:
    """A workbook changed in a way that may hide an error cell: the last job's order number is #N/A."""

    def make() -> bytes:
        parts = parts_of("jobs", {5: {"[Job] Client Order No.": ERROR_NA}})
        return book_of(change(parts) or parts)

    return make


def seen(name: str, change: Callable[[Parts], Any], file: str = "jobs.xlsx") -> Animal:
    """An animal that is read, and must not hide the error cell in it."""
    return Animal(name, file, with_error(change), LISTED, "an error of Excel's", lost=("J000006",))


def upper_part(name: str) -> str:
    """The name of a part with its file in capitals."""
    folder, slash, file = name.rpartition("/")
    return folder + slash + file.upper()


NAMES = (
    seen("all-parts-in-capitals", renamed(str.upper)),
    seen("sheet-part-in-capitals", renamed(upper_part, SHEET)),
    seen("parts-with-backslashes", renamed(lambda name: name.replace("/", "\\"))),
    seen("sheet-part-with-backslashes", renamed(lambda name: name.replace("/", "\\"), SHEET)),
    seen(
        "sheet-named-from-the-root",
        swap(RELATIONS, "worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"),
    ),
    Animal(
        "sheet-named-by-a-way-around",
        "jobs.xlsx",
        book("jobs", swap(RELATIONS, "worksheets/sheet1.xml", "../xl/worksheets/sheet1.xml")),
        REFUSED,
        "sheet 'Jobs' cannot be read: its part is named by a detour, '../xl/worksheets/sheet1.xml'",
    ),
    Animal(
        "sheet-named-by-a-dot",
        "jobs.xlsx",
        book("jobs", swap(RELATIONS, "worksheets/sheet1.xml", "./worksheets/sheet1.xml")),
        REFUSED,
        "sheet 'Jobs' cannot be read: its part is named by a detour, './worksheets/sheet1.xml'",
    ),
    seen(
        "sheet-name-with-marks-of-xml",
        swap(WORKBOOK, 'name="Jobs"', 'name="Jobs &amp; &lt;more&gt; &#233;"'),
    ),
    seen("strict-open-xml", as_strict),
    seen("prefixed-names", prefixed),
    seen("macro", macro, "jobs.xlsm"),
    seen("macro-named-xlsx", macro),
    Animal(
        "workbook-part-elsewhere",
        "jobs.xlsx",
        book("jobs", renamed(lambda _: "workbook.xml", WORKBOOK)),
        REFUSED,
        "no xl/workbook.xml",
    ),
    Animal("utf-16-sheet", "jobs.xlsx", book("jobs", utf_16(SHEET)), REFUSED, "UTF-16"),
    Animal("utf-16-strings", "jobs.xlsx", book("jobs", utf_16(STRINGS)), REFUSED, "UTF-16"),
    Animal(
        "utf-16-workbook", "jobs.xlsx", book("jobs", utf_16(WORKBOOK, RELATIONS)), REFUSED, "UTF-16"
    ),
    Animal("utf-16-styles", "jobs.xlsx", book("jobs", utf_16(STYLES)), REFUSED, "UTF-16"),
    Animal(
        "utf-8-mark-in-each-part",
        "jobs.xlsx",
        book(
            "jobs",
            lambda parts: {name: b"\xef\xbb\xbf" + content for name, content in parts.items()},
        ),
        RIGHT,
    ),
    Animal(
        "spaces-in-the-xml",
        "jobs.xlsx",
        book("jobs", lambda parts: parts | {SHEET: parts[SHEET].replace(b"><", b">\r\n  <")}),
        RIGHT,
    ),
    Animal(
        "letters-of-latin-1-in-the-strings",
        "jobs.xlsx",
        book(
            "jobs",
            lambda parts: (
                parts
                | {
                    STRINGS: parts[STRINGS]
                    .decode()
                    .replace("UTF-8", "ISO-8859-1")
                    .encode("latin-1")
                }
            ),
        ),
        REFUSED,
        "only UTF-8 is read",
    ),
    Animal(
        "links-to-other-files",
        "jobs.xlsx",
        book(
            "jobs",
            lambda parts: (
                parts
                | {
                    "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
                    "xl/connections.xml": b"<connections/>",
                }
            ),
        ),
        RIGHT,
    ),
)


# Strings -------------------------------------------------------------------------------------------------------------


def first_string(index: str) -> Callable[[Parts], None]:
    """The job number of the first job as another shared string."""

    def change(parts: Parts) -> None:
        parts[SHEET], count = re.subn(
            rb'(<c r="A2" t="s"><v>)\d+', rb"\g<1>" + index.encode(), parts[SHEET]
        )
        assert count == 1

    return change


def inline(parts: Parts) -> Parts:
    """Every text inside its cell, and no shared ones."""
    texts = [
        re.sub(rb"<[^>]+>", b"", one)
        for one in re.findall(rb"<si>.*?</si>", parts[STRINGS], re.DOTALL)
    ]

    def cell(found: re.Match[bytes]) -> bytes:
        return found[1] + b' t="inlineStr"><is><t>' + texts[int(found[2])] + b"</t></is>"

    parts[SHEET] = re.sub(rb'(<c r="[A-Z]+\d+") t="s"><v>(\d+)</v>', cell, parts[SHEET])
    return without(STRINGS)(parts)


def rich(parts: Parts) -> None:
    """A name in two fonts, with its reading in Japanese beside it."""
    swap(
        STRINGS,
        '<t xml:space="preserve">Zenith Dental</t>',
        '<r><rPr><b/></rPr><t>Zenith</t></r><r><t xml:space="preserve"> Dental</t></r>'
        '<rPh sb="0" eb="2"><t>ZENISU</t></rPh>',
    )(parts)


TEXTS = (
    Animal(
        "missing-shared-strings",
        "jobs.xlsx",
        book("jobs", without(STRINGS)),
        REFUSED,
        "string index not found",
    ),
    Animal(
        "unique-count-of-billions",
        "jobs.xlsx",
        book("jobs", swap(STRINGS, "<sst ", '<sst count="4294967295" uniqueCount="4294967295" ')),
        REFUSED,
        "tells of 10,000,000 texts or more",
    ),
    Animal(
        "unique-count-beyond-64-bits",
        "jobs.xlsx",
        book("jobs", swap(STRINGS, "<sst ", f'<sst uniqueCount="{10**30}" ')),
        REFUSED,
        "tells of 10,000,000 texts or more",
    ),
    Animal(
        "unique-count-of-none",
        "jobs.xlsx",
        book("jobs", swap(STRINGS, "<sst ", '<sst count="0" uniqueCount="0" ')),
        RIGHT,
    ),
    Animal(
        "a-string-that-is-not-there",
        "jobs.xlsx",
        book("jobs", first_string("999999")),
        REFUSED,
        "string index not found",
    ),
    Animal(
        "a-string-before-the-first",
        "jobs.xlsx",
        book("jobs", first_string("-1")),
        REFUSED,
        "the text number '-1'",
    ),
    Animal(
        "a-string-by-no-number",
        "jobs.xlsx",
        book("jobs", first_string("one")),
        REFUSED,
        "the text number 'one'",
    ),
    Animal("texts-in-their-cells", "jobs.xlsx", book("jobs", inline), RIGHT),
    Animal("texts-in-two-fonts", "jobs.xlsx", book("jobs", rich), RIGHT),
    Animal(
        "letters-by-their-numbers",
        "jobs.xlsx",
        book("jobs", swap(STRINGS, "Café", "Caf&#xE9;")),
        RIGHT,
    ),
)


# Hostile -------------------------------------------------------------------------------------------------------------

XXE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    "<!DOCTYPE x ["
    + '<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    + "]>"
)


def entity(part: str, declared: str, old: str, new: str) -> Callable[[], bytes]:
    """A part that declares entities, and uses one in place of a text."""
    return book("jobs", all_of(swap(part, "?>\n", f"?>\n{declared}"), swap(part, old, new)))


def with_member(what: str, *more: Member) -> Callable[[], bytes]:
    """A workbook in which these members stand in place of those of the same name, or beside them."""
    names = {one.name for one in more}
    return lambda: zip_of(*(one for one in members_of(what) if one.name not in names), *more)


def huge_sheet(name: str, count: int, **lies: Any) -> Callable[[], bytes]:
    """The jobs with a MiB of blanks so many times inside the sheet."""

    def make() -> bytes:
        head, tail = parts_of("jobs")[SHEET].split(b"</sheetData>")
        return with_member(
            "jobs", repeated(name, head, b" " * (1 << 20), count, b"</sheetData>" + tail, **lies)
        )()

    return make


def huge_strings() -> bytes:
    """Half a thousand million shared strings, all blank."""
    strings = parts_of("jobs")[STRINGS].removesuffix(b"</sst>")
    return with_member(
        "jobs", repeated(STRINGS, strings, b"<si><t/></si>" * 100_000, 1000, b"</sst>", crc=0)
    )()


def many_rows(count: int) -> bytes:
    """The jobs, and below them rows with one number each."""
    head, tail = parts_of("jobs")[SHEET].split(b"</sheetData>")
    block = b"".join(b"<row><c><v>1</v></c></row>" for _ in range(1000))
    return with_member(
        "jobs", repeated(SHEET, head, block, count // 1000, b"</sheetData>" + tail)
    )()


def nested() -> bytes:
    """An archive in an archive in an archive."""
    content = book("jobs")()
    for at in range(5):
        content = zip_of(member((f"{at}.xlsx", content)))
    return content


def overlapping() -> bytes:
    """A thousand parts that all are the bytes of one, which unpacks to 64 MiB."""
    some = members_of("jobs")
    kernel = repeated("xl/media/0.bin", b"", b"\0" * (1 << 20), 64, b"", crc=0)
    at = sum(
        len(struct.pack("<4s5H3L2H", b"", *[0] * 10)) + len(one.name) + len(one.packed)
        for one in some
    )
    return zip_of(
        *some,
        kernel,
        *(replace(kernel, name=f"xl/media/{number}.bin", at=at) for number in range(1, 1000)),
    )


def overlapping_sheet() -> bytes:
    """Two parts in one place: the sheet is also the strings."""
    some = [one for one in members_of("jobs") if one.name != STRINGS]
    at = sum(
        30 + len(one.name) + len(one.packed)
        for one in some[: [one.name for one in some].index(SHEET)]
    )
    sheet = next(one for one in some if one.name == SHEET)
    return zip_of(*some, replace(sheet, name=STRINGS, at=at))


def million_merges() -> bytes:
    """The jobs, and a million merged cells below them."""
    head, tail = parts_of("jobs")[SHEET].split(b"</worksheet>")
    block = b'<mergeCell ref="A1000:B1000"/>' * 1000
    return with_member(
        "jobs",
        repeated(SHEET, head + b"<mergeCells>", block, 1000, b"</mergeCells></worksheet>" + tail),
    )()


def many_sheets(count: int) -> bytes:
    """The jobs, and empty sheets behind them, each with a part of its own."""
    parts = parts_of("jobs")
    empty = {f"xl/worksheets/sheet{at}.xml": sheet_xml([]) for at in range(2, count + 1)}
    names = ["Jobs", *(f"Sheet {at}" for at in range(2, count + 1))]
    parts |= {
        WORKBOOK: workbook_xml(names),
        RELATIONS: relations_xml([f"worksheets/sheet{at}.xml" for at in range(1, count + 1)]),
    }
    return book_of(parts | empty)


def far_corner(parts: Parts) -> None:
    """A cell in the last row and column that a sheet can have."""
    swap(
        SHEET, "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )(parts)


def far_row(parts: Parts) -> None:
    """A cell in the last row."""
    swap(SHEET, "</sheetData>", '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')(
        parts
    )


def far_column(parts: Parts) -> None:
    """A header in the last column."""
    swap(SHEET, "</row>", f'<c r="{letters(16383)}1" t="str"><v>Note</v></c></row>')(parts)


def deep(parts: Parts) -> None:
    """A hundred thousand elements in one another."""
    swap(SHEET, "</sheetData>", "</sheetData>" + "<extLst>" * 100_000 + "</extLst>" * 100_000)(
        parts
    )


HOSTILE = (
    Animal(
        "external-entity-in-the-strings",
        "jobs.xlsx",
        entity(STRINGS, XXE, "Payroll", "&secret;"),
        REFUSED,
        "entities",
    ),
    Animal(
        "external-entity-in-the-sheet",
        "jobs.xlsx",
        entity(SHEET, XXE, "<v>46", "<v>&secret;46"),
        REFUSED,
        "entities",
    ),
    Animal(
        "external-entity-in-the-workbook",
        "jobs.xlsx",
        entity(WORKBOOK, XXE, 'name="Jobs"', 'name="&secret;"'),
        REFUSED,
        "entities",
    ),
    Animal(
        "billion-laughs-in-the-strings",
        "jobs.xlsx",
        entity(STRINGS, LAUGHS, "Payroll", "&l9;"),
        REFUSED,
        "entities",
    ),
    Animal(
        "billion-laughs-in-the-styles",
        "jobs.xlsx",
        entity(STYLES, LAUGHS, "00000", "&l9;"),
        REFUSED,
        "entities",
    ),
    Animal(
        "bomb-by-ratio-that-says-its-size",
        "jobs.xlsx",
        huge_sheet(SHEET, 1000, crc=0),
        REFUSED,
        "times its size",
    ),
    Animal(
        "bomb-by-ratio-that-lies-about-its-size",
        "jobs.xlsx",
        huge_sheet(SHEET, 3000, crc=0, size=5000),
        REFUSED,
        "damaged",
    ),
    Animal("bomb-of-blank-strings", "jobs.xlsx", huge_strings, REFUSED, "times its size"),
    Animal("bomb-of-rows", "jobs.xlsx", lambda: many_rows(20_000_000), REFUSED, "times its size"),
    Animal(
        "bomb-in-an-archive-in-an-archive",
        "jobs.xlsx",
        nested,
        REFUSED,
        "zip archive of something else",
    ),
    Animal("bomb-of-overlapping-parts", "jobs.xlsx", overlapping, REFUSED, "more than 2 GiB"),
    Animal(
        "two-parts-in-one-place", "jobs.xlsx", overlapping_sheet, REFUSED, "lie over one another"
    ),
    Animal("a-million-merges", "jobs.xlsx", million_merges, RIGHT),
    Animal(
        "ten-thousand-sheets",
        "jobs.xlsx",
        lambda: many_sheets(10_000),
        REFUSED,
        "10,000 sheets in it",
    ),
    Animal("three-hundred-sheets", "jobs.xlsx", lambda: many_sheets(300), RIGHT),
    Animal("cells-at-both-corners", "jobs.xlsx", book("jobs", far_corner), REFUSED, "too large"),
    Animal(
        "a-cell-in-the-last-row",
        "jobs.xlsx",
        book("jobs", far_row),
        LISTED,
        "a job without a client",
        rows=7,
    ),
    Animal("a-header-in-the-last-column", "jobs.xlsx", book("jobs", far_column), RIGHT),
    Animal("elements-in-elements", "jobs.xlsx", book("jobs", deep), RIGHT),
    Animal(
        "a-row-beyond-the-last",
        "jobs.xlsx",
        book("jobs", swap(SHEET, '<row r="7"', '<row r="99999999999999999999"')),
        RIGHT,
    ),
    Animal(
        "a-size-that-is-a-lie",
        "jobs.xlsx",
        book("jobs", swap(SHEET, "<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')),
        RIGHT,
    ),
    Animal(
        "a-size-that-is-too-small",
        "jobs.xlsx",
        book("jobs", swap(SHEET, "<sheetData>", '<dimension ref="A1:B2"/><sheetData>')),
        RIGHT,
    ),
    Animal(
        "a-size-that-is-nonsense",
        "jobs.xlsx",
        book("jobs", swap(SHEET, "<sheetData>", '<dimension ref="all of it"/><sheetData>')),
        REFUSED,
        "sheet 'Jobs' cannot be read",
    ),
    Animal(
        "a-cell-at-no-place",
        "jobs.xlsx",
        book("jobs", swap(SHEET, 'r="B3"', 'r="B"')),
        REFUSED,
        "sheet 'Jobs' cannot be read",
    ),
    Animal(
        "rows-in-another-order",
        "jobs.xlsx",
        book(
            "jobs",
            lambda parts: (
                parts
                | {
                    SHEET: re.sub(
                        rb"(<row r=\"6\".*?</row>)(<row r=\"7\".*?</row>)", rb"\2\1", parts[SHEET]
                    )
                }
            ),
        ),
        RIGHT,
    ),
)


# Sheets --------------------------------------------------------------------------------------------------------------


def two_sheets(state: str = "", other: str = "") -> Callable[[], bytes]:
    """The jobs, and a second sheet with the clients; one of them hidden."""

    def make() -> bytes:
        parts = parts_of("jobs")
        notes = sheet_xml(
            [row_xml(1, [Cell(' t="str"', "<v>To do</v>"), Cell(' t="str"', "<v>Who</v>")], {})]
        )
        parts |= {
            WORKBOOK: workbook_xml(["Jobs", "Notes"], states=(state, other)),
            "xl/worksheets/sheet2.xml": notes,
        }
        return book_of(
            parts | {RELATIONS: relations_xml(["worksheets/sheet1.xml", "worksheets/sheet2.xml"])}
        )

    return make


HIDDEN, VERY_HIDDEN = ' state="hidden"', ' state="veryHidden"'

SHEETS = (
    Animal(
        "the-jobs-on-a-hidden-sheet", "jobs.xlsx", two_sheets(HIDDEN), REFUSED, "a hidden sheet"
    ),
    Animal(
        "the-jobs-on-a-very-hidden-sheet",
        "jobs.xlsx",
        two_sheets(VERY_HIDDEN),
        REFUSED,
        "a hidden sheet",
    ),
    Animal("another-sheet-hidden", "jobs.xlsx", two_sheets("", HIDDEN), RIGHT, "a hidden sheet"),
    Animal("another-sheet-of-notes", "jobs.xlsx", two_sheets(), RIGHT, "not understood"),
    Animal(
        "two-sheets-of-one-name",
        "jobs.xlsx",
        book(
            "jobs",
            lambda parts: (
                parts
                | {
                    WORKBOOK: workbook_xml(["Jobs", "Jobs"]),
                    "xl/worksheets/sheet2.xml": sheet_xml([]),
                    RELATIONS: relations_xml(["worksheets/sheet2.xml", "worksheets/sheet1.xml"]),
                }
            ),
        ),
        REFUSED,
        "two sheets are called",
    ),
    Animal(
        "no-sheets",
        "jobs.xlsx",
        book("jobs", lambda parts: parts | {WORKBOOK: workbook_xml([])}),
        REFUSED,
        "no sheets in it",
    ),
    Animal(
        "hidden-rows",
        "jobs.xlsx",
        book("jobs", swap(SHEET, '<row r="3"', '<row hidden="1" r="3"')),
        RIGHT,
    ),
    Animal(
        "hidden-columns",
        "jobs.xlsx",
        book(
            "jobs",
            swap(SHEET, "<sheetData>", '<cols><col min="1" max="4" hidden="1"/></cols><sheetData>'),
        ),
        RIGHT,
    ),
    Animal(
        "rows-that-a-filter-hides",
        "jobs.xlsx",
        book(
            "jobs",
            all_of(
                swap(SHEET, "</sheetData>", '</sheetData><autoFilter ref="A1:I7"/>'),
                swap(SHEET, '<row r="4"', '<row r="4" hidden="1"'),
            ),
        ),
        RIGHT,
    ),
)


def book_animals() -> Iterator[Animal]:
    """All of this module."""
    for group in (CUT, BROKEN, NAMES, TEXTS, HOSTILE, SHEETS):
        yield from group
