"""The parts inside a workbook's file, each looked at before anything is read from it.

What Excel would call damaged is refused here in words, since the library that reads the cells passes over much of it in
silence: parts that are there twice, that lie over one another, in letters it does not know, with entities, or cut off.
Names are compared as Windows does, without capitals and with either slash, which is how that library finds them.
Only the standard library is used here: the child process that opens workbooks reads through this.
Source: ECMA-376 part 2 (parts and relationships); PKWARE APPNOTE 6.3.10 (zip).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

from defusedxml.ElementTree import ParseError, fromstring

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # only its type: defusedxml does the reading

UNPACKED_BYTES = 2 << 30
BOMB_BYTES = 64 << 20  # a part that unpacks to more than this, and ...
BOMB_RATIO = 200  # ... to so many times its size; exports stay below 50
MOST_SHEETS = 1000
CHUNK = 1 << 22
WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STYLES, STRINGS = "xl/styles.xml", "xl/sharedStrings.xml"

_HEAD_BYTES = 30  # of the record that stands before each part
_ENCODING = re.compile(rb"""<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)""")
_ROOT = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*<(?:[\w.-]+:)?(\w+)", re.DOTALL)
_MANY_TEXTS = re.compile(
    rb"""[^>]*\buniqueCount\s*=\s*["']0*[1-9]\d{7}"""
)  # calamine from 0.7 makes room for all
_PACKED_ODDLY = 0x60  # flags: a patch of another file, or its names locked too


class Fault(Exception):
    """What is wrong with a workbook, in words for its owner."""


class Parts:
    """The parts of one open workbook by their names."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._by_name: dict[str, zipfile.ZipInfo] = {}
        for part in archive.infolist():
            if _plain(part.filename) in self._by_name:
                raise Fault(
                    f"the part {part.filename!r} is there twice, and they may differ. {_SAVE_AGAIN}"
                )
            self._by_name[_plain(part.filename)] = part
        _refuse_oddities(archive.infolist())
        if not self.holds(WORKBOOK):
            raise Fault(self._what_else())

    def holds(self, name: str) -> bool:
        """Whether there is such a part."""
        return _plain(name) in self._by_name

    def chunks(self, name: str, root: str) -> Iterator[bytes]:
        """A part's bytes, a few MiB at a time; at the end its checksum is held against them.

        Args:
            root: the outermost element that it has to have.

        Raises:
            Fault: it is no such XML, or in letters that are not read.
            zipfile.BadZipFile: it is damaged.
        """
        try:
            with self._archive.open(self._by_name[_plain(name)]) as stream:
                chunk = stream.read(CHUNK)
                _refuse_odd_xml(name, chunk, root)
                while chunk:
                    yield chunk
                    chunk = stream.read(CHUNK)
        except (zlib.error, EOFError) as error:
            raise zipfile.BadZipFile(str(error)) from None

    def xml(self, name: str, root: str) -> Element | None:
        """The outermost element of a part; None where there is no such part."""
        if not self.holds(name):
            return None
        try:
            outermost: Element = fromstring(b"".join(self.chunks(name, root)))
            return outermost
        except ParseError as error:
            raise Fault(f"the part {name!r} is broken ({error}). {_SAVE_AGAIN}") from None

    def check(self, name: str, root: str) -> None:
        """Read a part to its end, so that nothing is taken from a damaged one; one that is not there is none."""
        if self.holds(name):
            for _ in self.chunks(name, root):
                pass

    def sheets(self) -> dict[str, str]:
        """Sheet name -> its part.

        Raises:
            Fault: two sheets have one name, one's part is named by a detour, or there are more than any export has.
        """
        book, relations = self.xml(WORKBOOK, "workbook"), self.xml(RELATIONS, "Relationships")
        if book is None or relations is None:
            return {}
        targets = {element.get("Id"): element.get("Target", "") for element in relations}
        found = [element for element in book.iter() if element.tag.endswith("}sheet")]
        if len(found) > MOST_SHEETS:
            raise Fault(
                f"there are {len(found):,} sheets in it, and an export has a few. Export it again"
            )
        names: dict[str, str] = {}
        for element in found:
            name = element.get("name", "")
            if name in names:
                raise Fault(f"two sheets are called {name!r}. Rename one of them")
            relation = next(
                (value for key, value in element.attrib.items() if key.endswith("}id")), ""
            )
            target = targets.get(relation, "")
            if {".", ".."} & set(re.split(r"[/\\]", target)):  # calamine does not find it
                raise Fault(
                    f"sheet {name!r} cannot be read: its part is named by a detour, {target!r}. {_SAVE_AGAIN}"
                )
            names[name] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        return names

    def _what_else(self) -> str:
        if self.holds("xl/workbook.bin"):
            return "an Excel binary workbook (.xlsb). Open it in Excel and save it as Excel Workbook (.xlsx)"
        if any(name.endswith("workbook.xml") for name in self._by_name):
            return (
                f"a workbook whose parts are in unusual places: no {WORKBOOK} in it. {_SAVE_AGAIN}"
            )
        return "a zip archive of something else, not an Excel workbook. Unpack it, or export again as Excel or CSV"


_SAVE_AGAIN = "Open it in Excel and save it again, or export it again"


@contextmanager
def open_parts(path: str) -> Iterator[Parts]:
    """Open a workbook's file.

    Raises:
        Fault: it is cut short, or no workbook, or what no export is.
    """
    if not zipfile.is_zipfile(path):  # the end of the file says so, and is written last
        raise Fault(
            "the file is damaged, or still being copied: its end is missing. "
            "Run again when the copy is done, or export it again"
        )
    with zipfile.ZipFile(path) as archive:
        yield Parts(archive)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _refuse_oddities(parts: list[zipfile.ZipInfo]) -> None:
    """Name what no export is: locked, oddly packed, a bomb, or parts that share their bytes."""
    if any(part.flag_bits & 1 for part in parts):
        raise Fault("the file is protected by a password. Remove the password, or export it again")
    if sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise Fault("unpacks to more than 2 GiB, which no export does. Export a shorter period")
    for part in parts:
        if (
            part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            or part.flag_bits & _PACKED_ODDLY
        ):
            raise Fault(
                f"the part {part.filename!r} is packed in a way that is not read. {_SAVE_AGAIN}"
            )
        if part.file_size > max(BOMB_BYTES, BOMB_RATIO * part.compress_size):
            times = part.file_size // max(1, part.compress_size)
            raise Fault(
                f"the part {part.filename!r} unpacks to {times:,} times its size, which no export does. Export it again"
            )
    in_order = sorted(parts, key=lambda part: part.header_offset)
    for one, other in pairwise(in_order):
        if one.header_offset + _HEAD_BYTES + one.compress_size > other.header_offset:
            raise Fault(
                f"the parts {one.filename!r} and {other.filename!r} lie over one another. {_SAVE_AGAIN}"
            )


def _refuse_odd_xml(name: str, start: bytes, root: str) -> None:
    """Refuse a part that would be misread: not in UTF-8, with entities or a wild count, or of another kind."""
    declared = _ENCODING.search(start[:200])
    encoding = declared[1].decode("ascii", "replace") if declared else "UTF-8"
    if b"\0" in start[:200]:
        encoding = "UTF-16"
    if encoding.casefold() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise Fault(f"the part {name!r} is in {encoding}, and only UTF-8 is read. {_SAVE_AGAIN}")
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise Fault(
            f"the part {name!r} declares entities, which no export does and which can do harm. Export it again"
        )
    found = _ROOT.match(start)
    if not found or found[1].decode() != root:
        raise Fault(f"the part {name!r} is empty or broken: it holds no <{root}>. {_SAVE_AGAIN}")
    if _MANY_TEXTS.match(start, found.end()):
        raise Fault(
            f"the part {name!r} tells of 10,000,000 texts or more, which no export has. Export it again"
        )
