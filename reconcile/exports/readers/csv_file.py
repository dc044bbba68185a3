"""One CSV file to a grid of text cells, safely: encodings, delimiters, quotes, ragged rows.

Row numbers are the spreadsheet's own: a record of a CSV is one row, however many lines its quoted texts take, and a
blank line is a row too.
Source: rules.md section 5; contract.md exit codes; measured.md.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from reconcile.errors import ReconcileError
from reconcile.exports.problems import Problem
from reconcile.exports.readers.cell_kinds import CELL_KINDS
from reconcile.exports.readers.grid import FIRST_CELL, Grid, Unread
from reconcile.exports.recognise import (
    HEADER_ROWS,
    OWN_OUTPUT,
    SAMPLE_ROWS,
    Layout,
    NotUnderstood,
    Refused,
    recognise,
)

_HEAD_BYTES = 1 << 20
_SCAN_BYTES = 1 << 20
_DELIMITERS = (",", ";", "\t")


# CSV ---------------------------------------------------------------------------------------------------------------


def read_csv(path: Path, label: str, role: str) -> Grid | Unread:
    """Read one CSV file, in UTF-8, UTF-16 or Windows-1252.

    Args:
        label: what to call it in messages. role: what the user says that it is; empty to find out by its headers.

    Raises:
        ReconcileError: it is no text, or its layout cannot be read rightly.
    """
    source = pa.memory_map(os.fspath(path)).read_buffer()
    if bytes(source[:2]) in (b"\xff\xfe", b"\xfe\xff"):
        source = decoded(source, label, "utf-16")
    elif bytes(source[:3]) == b"\xef\xbb\xbf":
        source = source[3:]
    _refuse_zero_bytes(source[:_HEAD_BYTES], label)
    try:
        return _read_text(source, label, role)
    except _NotUtf8:
        sheet = _read_text(decoded(source, label, "cp1252"), label, role)
    if isinstance(sheet, Unread):
        return sheet
    return replace(
        sheet,
        warnings=(
            "not UTF-8; read as Windows-1252. Check names with accents, or export it as UTF-8",
        ),
    )


def _read_text(source: pa.Buffer, label: str, role: str) -> Grid | Unread:
    """Read a text that should be UTF-8; the header may be another one when it turns out not to be."""
    found, delimiter, start = find_layout(source, role)
    if isinstance(found, NotUnderstood):
        return Unread(label, None, found.sentence())
    if isinstance(found, Refused):
        raise ReconcileError(f"{label}: {found.reason}")
    if found.role == OWN_OUTPUT:
        return Unread(label, None, "a result of this program", own_output=True)
    for at in range(
        0, source.size, _SCAN_BYTES
    ):  # piece by piece: a file filled up with them may be of any size
        _refuse_zero_bytes(source[at : at + _SCAN_BYTES], label)
    check_quotes(source[start:], delimiter, label, found.header_at + 1)
    return _records(source[start:], found, delimiter, label)


def _refuse_zero_bytes(source: pa.Buffer, label: str) -> None:
    if not np.frombuffer(source, dtype=np.uint8).all():
        raise ReconcileError(
            f"{label}: not a text file: it holds zero bytes. Export it again as CSV (UTF-8)."
        )


def decoded(source: pa.Buffer, label: str, encoding: str) -> pa.Buffer:
    """The same text in UTF-8.

    Raises:
        ReconcileError: a byte that stands for no letter.
    """
    try:
        return pa.py_buffer(bytes(source).decode(encoding).encode("utf-8"))
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        raise ReconcileError(
            f"{label}: neither UTF-8 nor Windows-1252. Byte {at + 1} stands for no letter. Export it again as CSV (UTF-8)."
        ) from None


def find_layout(source: pa.Buffer, role: str) -> tuple[Layout | NotUnderstood | Refused, str, int]:
    """Try each delimiter on the first rows; the one whose header is understood counts, else the one with most columns."""
    head = bytes(source[:_HEAD_BYTES])
    text = head.decode("utf-8", "replace")
    tries = []
    for delimiter in _DELIMITERS:
        rows = _first_rows(text, delimiter)
        found = recognise(rows, role)
        if isinstance(found, Layout):
            return found, delimiter, _record_end(head, delimiter, found.header_at)
        tries.append(
            (
                isinstance(found, Refused),
                max((len(row) for row in rows[:HEADER_ROWS]), default=0),
                found,
                delimiter,
            )
        )
    _, _, found, delimiter = max(tries, key=lambda one: one[:2])
    return found, delimiter, 0


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) == SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # an endless quoted text: check_quotes names its row
    return rows


def _record_end(head: bytes, delimiter: str, record: int) -> int:
    """Where the given record ends and the next begins, in bytes."""
    quoted = False
    at_start = True
    seen = 0
    at = 0
    while at < len(head):
        letter = head[at : at + 1]
        if letter == b'"' and (quoted or at_start):
            quoted = not quoted
            at_start = False
        elif not quoted and letter in (b"\n", b"\r"):
            at += 1 if head[at : at + 2] == b"\r\n" else 0
            seen += 1
            at_start = True
            if seen > record:
                return at + 1
        else:
            at_start = letter == delimiter.encode()
        at += 1
    return len(head)


def check_quotes(source: pa.Buffer, delimiter: str, label: str, rows_above: int) -> None:
    """Refuse a text whose quotes do not close, naming the row where the trouble begins.

    A quick look at every quote's neighbours clears nearly all files; the rest are read record by record.
    """
    if _quotes_are_tidy(source, delimiter):
        return
    number = 0
    reader = csv.reader(_lines(source), delimiter=delimiter, strict=True)
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 24))
    try:
        for number, _ in enumerate(reader, start=1):  # noqa: B007
            pass
    except csv.Error:
        raise ReconcileError(
            f"{label}: row {rows_above + number + 1}: a quoted text opens here and does not close rightly. "
            "Everything after it would be read as one text. Export the file again, or mend the quotes in this row."
        ) from None


def _lines(source: pa.Buffer) -> Iterator[str]:
    return io.TextIOWrapper(pa.BufferReader(source), encoding="utf-8", errors="replace", newline="")


def _quotes_are_tidy(source: pa.Buffer, delimiter: str) -> bool:
    """Whether each opening quote begins a field and each closing one ends it, with an even number of them."""
    letters = np.frombuffer(source, dtype=np.uint8)
    ends = np.zeros(256, dtype=bool)
    ends[[ord(delimiter), 10, 13, ord('"')]] = True
    inside = 0
    for start in range(0, len(letters), _SCAN_BYTES):
        places = np.flatnonzero(letters[start : start + _SCAN_BYTES] == ord('"')) + start
        opening = places[inside::2] if not inside else places[1::2]
        closing = places[1::2] if not inside else places[0::2]
        before = letters[np.maximum(opening - 1, 0)]
        after = letters[np.minimum(closing + 1, len(letters) - 1)]
        if (
            not (ends[before] | (opening == 0)).all()
            or not (ends[after] | (closing == len(letters) - 1)).all()
        ):
            return False
        inside = (inside + len(places)) % 2
    return inside == 0


def _records(body: pa.Buffer, layout: Layout, delimiter: str, label: str) -> Grid:
    """The needed columns of every record below the header; ragged records are set aside, each with its row number."""
    width = layout.width
    body = body[: body.size - _closing_line_ends(body)]
    positions = dict(layout.columns)
    if layout.grouped_by:
        positions[FIRST_CELL] = 0
    first_row = layout.header_at + 2
    table, ragged = _parse(body, width, sorted(set(positions.values())), delimiter)
    if (
        ragged and layout.grouped_by
    ):  # the group rows of a report may be short, and no row under them may lose its group
        body = _padded(body, width, delimiter)
        table, ragged = _parse(body, width, sorted(set(positions.values())), delimiter)
    count = table.num_rows + len(ragged)
    rows = np.arange(first_row, first_row + count, dtype=np.int64)
    if ragged:
        rows = np.delete(rows, [number - 1 for number, _, _ in ragged])
    encoded = dict(zip(sorted(set(positions.values())), _encoded(table), strict=True))
    columns = {name: encoded[position] for name, position in positions.items()}
    blank = _blank_records(encoded.values(), len(rows))
    if (
        blank.any()
    ):  # what is blank in the needed columns may still hold something, and is then no blank line
        whole, _ = _parse(body, width, list(range(width)), delimiter)
        blank &= _blank_records(_encoded(whole), len(rows))
        columns = {name: (texts, codes[~blank]) for name, (texts, codes) in columns.items()}
        rows = rows[~blank]
    problems = tuple(
        Problem(
            label,
            None,
            first_row + number - 1,
            "",
            text[:80],
            f"the row has {found} cells, its header {width}",
            True,
        )
        for number, found, text in ragged
        if not _is_blank_line(text, delimiter)
    )
    return Grid(
        label,
        None,
        layout.role,
        layout.headers,
        rows,
        columns,
        len(rows) + len(problems),
        separator=delimiter,
        grouped_by=layout.grouped_by,
        gross_is_per_line=layout.gross_is_per_line,
        first_names=tuple(name for name, position in layout.columns.items() if position == 0),
        problems=problems,
        titles=layout.titles,
    )


def _closing_line_ends(body: pa.Buffer) -> int:
    tail = bytes(body[max(0, body.size - 4096) :])
    return len(tail) - len(tail.rstrip(b"\r\n\x1a"))


class _NotUtf8(Exception):
    """The needed cells, or a ragged row, are no UTF-8."""


def _padded(body: pa.Buffer, width: int, delimiter: str) -> pa.Buffer:
    """The same records with blanks added to the short ones."""
    try:
        rows = csv.reader(io.StringIO(bytes(body).decode("utf-8"), newline=""), delimiter=delimiter)
    except UnicodeDecodeError:
        raise _NotUtf8 from None
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(
        [*row, *[""] * (width - len(row))] for row in rows
    )
    return pa.py_buffer(text.getvalue().rstrip("\r\n").encode("utf-8"))


def _parse(
    body: pa.Buffer, width: int, positions: list[int], delimiter: str
) -> tuple[pa.Table, list[tuple[int, int, str]]]:
    """Read with every core; when a record is ragged, read again in order so that its number is known."""
    names = [f"c{position}" for position in range(width)]
    needed = [f"c{position}" for position in positions]
    ragged: list[tuple[int, int, str]] = []

    def set_aside(row: pa.csv.InvalidRow) -> str:
        ragged.append((row.number, row.actual_columns, row.text))
        return "skip"

    def read(in_order: bool) -> pa.Table:
        return pa.csv.read_csv(
            pa.BufferReader(body),
            read_options=pa.csv.ReadOptions(
                column_names=names, use_threads=not in_order, block_size=1 << 23
            ),
            parse_options=pa.csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=set_aside if in_order else None,
            ),
            convert_options=pa.csv.ConvertOptions(
                include_columns=needed,
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                null_values=[],
            ),
        )

    if not body.size:
        return pa.table({name: pa.array([], pa.string()) for name in needed}), ragged
    try:
        return read(in_order=False), ragged
    except pa.ArrowInvalid:
        try:
            bytes(body).decode("utf-8")
        except UnicodeDecodeError:
            raise _NotUtf8 from None
        return read(in_order=True), ragged


def _encoded(table: pa.Table) -> list[tuple[pa.StringArray, np.ndarray]]:
    """Each column as its distinct texts and one code per record, several columns at a time."""
    with ThreadPoolExecutor(pa.cpu_count()) as beside:
        return list(beside.map(_codes, table.columns))


def _codes(column: pa.ChunkedArray) -> tuple[pa.StringArray, np.ndarray]:
    encoded = column.dictionary_encode().combine_chunks()
    # Only a workbook's cells begin with their kind; in a CSV such a character is damage, and is kept visible.
    texts = pc.replace_substring_regex(encoded.dictionary, f"^[{''.join(CELL_KINDS)}]", "\ufffd")
    return texts, encoded.indices.to_numpy()


def _is_blank_line(text: str, delimiter: str) -> bool:
    """Whether a record has nothing but spaces in its cells."""
    try:
        return not any(
            cell.strip()
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            for cell in row
        )
    except csv.Error:  # longer than that reader takes
        return False


def _blank_records(columns: Iterable[tuple[pa.StringArray, np.ndarray]], count: int) -> np.ndarray:
    """Which records are blank in every one of these columns."""
    blank = np.ones(count, dtype=bool)
    for texts, codes in columns:
        empty = pc.equal(pc.utf8_trim_whitespace(texts), "").to_numpy(zero_copy_only=False)
        blank &= empty[codes] if len(texts) else False
    return blank
