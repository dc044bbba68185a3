"""A whole CSV file, every cell of it and its form, to be written again with other texts in its cells.

    bytes --read_csv_whole--> CsvFile --written--> bytes: the same ones where no cell was changed

Encoding, byte order mark, separator, quotes and line ends stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from reconcile.errors import ReconcileError, Unaccounted
from reconcile.exports.files.sources import Source
from reconcile.exports.readers.csv_file import check_quotes, decoded, find_layout
from reconcile.exports.readers.read_file import refuse_by_content
from reconcile.exports.recognise import Layout, NotUnderstood, Refused

_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}


@dataclass(frozen=True)
class CsvFile:
    """One CSV file.

    Attributes:
        rows: the cells of every record, without quotes. quoted: which of them stand in quotes. ends: what ends each record.
        mark: its byte order mark. found: what the program takes it for.
    """

    rows: list[list[str]]
    quoted: list[list[bool]]
    ends: list[str]
    mark: bytes
    encoding: str
    separator: str
    found: Layout | NotUnderstood | Refused

    def written(self, rows: Sequence[Sequence[str]]) -> bytes:
        """The file with other texts in its cells."""
        lines = []
        for cells, quotes, end in zip(rows, self.quoted, self.ends, strict=True):
            shown = (
                '"' + cell.replace('"', '""') + '"' if quote else cell
                for cell, quote in zip(cells, quotes, strict=True)
            )
            lines.append(self.separator.join(shown) + end)
        return self.mark + "".join(lines).encode(self.encoding, "surrogateescape")


def read_csv_whole(source: Source) -> CsvFile:
    """Read every cell of a CSV file.

    Raises:
        ReconcileError: its cells cannot be told apart; the words are those of a run.
    """
    content = source.path.read_bytes()
    refuse_by_content(source.path, source.label, content[:4096])
    mark = next((mark for mark in _MARKS if content.startswith(mark)), b"")
    encoding = _MARKS.get(mark, "utf-8")
    body = content[len(mark) :]
    if encoding != "utf-8":
        text = bytes(decoded(pa.py_buffer(body), source.label, encoding)).decode("utf-8")
    else:
        text = body.decode("utf-8", "surrogateescape")
    if "\0" in text:
        raise ReconcileError(
            f"{source.label}: not a text file: it holds zero bytes. Export it again as CSV (UTF-8)."
        )
    file = _taken_apart(text, mark, encoding, source)
    if any(_is_broken(cell) for cell in _cells_read(file)):
        text = bytes(decoded(pa.py_buffer(body), source.label, "cp1252")).decode("utf-8")
        file = _taken_apart(text, mark, "cp1252", source)
    return file


def _taken_apart(text: str, mark: bytes, encoding: str, source: Source) -> CsvFile:
    buffer = pa.py_buffer(text.encode("utf-8", "surrogateescape"))
    found, separator, start = find_layout(buffer, source.role)
    check_quotes(
        buffer[start:],
        separator,
        source.label,
        found.header_at + 1 if isinstance(found, Layout) else 0,
    )
    field = re.compile(rf'(?:"((?:[^"]|"")*)"|([^{separator}\r\n]*))({separator}|\r\n|\r|\n|\Z)')
    rows: list[list[str]] = [[]]
    quoted: list[list[bool]] = [[]]
    ends: list[str] = []
    at = 0
    while at < len(text) or rows[-1]:
        match = field.match(text, at)
        if match is None:
            raise Unaccounted(f"a cell of {source.label} cannot be told from the next")
        rows[-1].append(match[2] if match[1] is None else match[1].replace('""', '"'))
        quoted[-1].append(match[1] is not None)
        at = match.end()
        if match[3] != separator:
            ends.append(match[3])
            rows.append([])
            quoted.append([])
    return CsvFile(rows[:-1], quoted[:-1], ends, mark, encoding, separator, found)


def _cells_read(file: CsvFile) -> list[str]:
    """The cells that a run reads, and those of the rows that it sets aside for their number of cells."""
    if not isinstance(file.found, Layout):
        return [cell for row in file.rows for cell in row]
    width, places = file.found.width, set(file.found.columns.values())
    body = file.rows[file.found.header_at + 1 :]
    return [
        cell for row in body for at, cell in enumerate(row) if at in places or len(row) != width
    ]


def _is_broken(cell: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in cell) if not cell.isascii() else False
