"""One workbook as it is being written: its sheets, how cells look, and cells whose text stays text.

A text never becomes a formula, a link or a number, and loses what no workbook can hold. The same calls give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 32_767  # a cell holds no more, counted as Excel counts: an emoji is two
MOST_LINKS = 65_530  # a sheet holds no more; Excel calls one with more damaged
MONEY = "#,##0.00;[Red]-#,##0.00"
DATE = "dd-mmm-yyyy"
_NOT_IN_XML = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)  # with one, no program opens it
_BEGINS = ("=", "+", "-", "@")  # of what looks like a formula
_ESCAPE_INSIDE_ESCAPE = re.compile("_x[0-9A-Fa-f]{4}(?=_x[0-9A-Fa-f]{4}_)")


class Book:
    """A workbook in memory; how cells look is kept once for each look."""

    def __init__(self, day: dt.date):
        """Begin one.

        Args:
            day: of its making, as its properties show it; the clock's would make other bytes each time.
        """
        self._content = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._content,
            {
                "in_memory": True,  # a killed run would leave temporary files with the texts
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        self._book.set_properties(
            {"author": "reconcile", "created": dt.datetime.combine(day, dt.time())}
        )
        self._looks: dict[tuple[tuple[str, Any], ...], Format] = {}

    def add_sheet(self, name: str) -> Worksheet:
        """Add a sheet behind those that are there."""
        return self._book.add_worksheet(name)

    def add_bar_chart(self) -> Chart:
        """A chart of horizontal bars, for insert_chart of a sheet."""
        return self._book.add_chart({"type": "bar"})

    def look(self, **properties: Any) -> Format:
        """How a cell looks: the properties of XlsxWriter's Format, of which each set is kept once."""
        key = tuple(sorted(properties.items()))
        if key not in self._looks:
            self._looks[key] = self._book.add_format(properties)
        return self._looks[key]

    def content(self) -> bytes:
        """The workbook's bytes, the same on every system; nothing can be written after this."""
        self._book.close()
        with zipfile.ZipFile(self._content, "a") as parts:
            for part in parts.infolist():
                part.create_system = 0  # else Windows and the others differ in this byte
            parts.comment = b""  # has the list of parts written anew
        return self._content.getvalue()


def put(
    sheet: Worksheet, row: int, column: int, value: Any, look: Format | None, link: str = ""
) -> None:
    """Write one cell, at a row and a column counted from 0.

    Args:
        value: a text, number or day; None or "" for a blank cell, which shows only its look.
        link: where the cell leads, as write_url takes it; "" for nowhere.

    Raises:
        ValueError: the sheet does not take the cell; without this it would be missing unseen.
    """
    if value is None or value == "":
        refused = sheet.write_blank(row, column, None, look)
    elif isinstance(value, str):
        text = cell_text(value)
        if link:
            refused = sheet.write_url(row, column, link, look, text)
        else:
            refused = sheet.write_string(row, column, text, look)
    elif isinstance(value, bool):
        refused = sheet.write_boolean(row, column, value, look)
    elif isinstance(value, dt.date):
        refused = sheet.write_datetime(row, column, value, look)
    else:
        refused = sheet.write_number(row, column, value, look)
    if refused:
        raise ValueError(f"row {row + 1}, column {column + 1}: not written ({refused})")


def looks_like_formula(value: Any) -> bool:
    """Whether a text begins as a formula does: a spreadsheet then has to be told that it is none, also after an edit."""
    return isinstance(value, str) and value[:1] in _BEGINS


def cell_text(value: str) -> str:
    """A text as XlsxWriter is to be given it: without what XML cannot hold, line ends as one, no longer than a cell may be."""
    text = value
    if not value.isprintable():
        text = _NOT_IN_XML.sub("\ufffd", value.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > LONGEST_TEXT // 2 and len(units := text.encode("utf-16-le")) > 2 * LONGEST_TEXT:
        text = units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
    if "_x" in text and _ESCAPE_INSIDE_ESCAPE.search(text):
        return _as_xml(text)
    return _as_xml(text) if text.startswith("<r>") and text.endswith("</r>") else text


def _as_xml(text: str) -> str:
    """A text that XlsxWriter would write as another: what is inside <r> and </r> it takes for XML and writes as it is.

    It escapes _x0041_ so that it stays those seven characters, but not the second of two that share an underscore.
    The XML has to fit into a cell too; where it does not, the text is cut to a part that does.

    Source: ECMA-376 part 1, 18.4.4 (r), 22.9.2.19 (ST_Xstring).
    """
    escaped = re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    # An underscore by its number is the same to who reads XML, and is no escape to XlsxWriter.
    as_xml = f'<r><t xml:space="preserve">{escape(escaped).replace("_", "&#95;")}</t></r>'
    if len(as_xml.encode("utf-16-le")) > 2 * LONGEST_TEXT:
        return _as_xml(f"{text[: len(text) // 2]}…")
    return as_xml
