"""One CSV or XLSX file to grids of text cells, safely: encodings, delimiters, quotes, ragged rows, broken workbooks.

Row numbers are the spreadsheet's own: a record of a CSV is one row, however many lines its quoted texts take, and a
blank line is a row too.
Source: rules.md section 5; contract.md exit codes; measured.md.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from reconcile.errors import ReconcileError
from reconcile.exports.guarded import ask_child
from reconcile.exports.marks import KINDS
from reconcile.exports.problems import Problem
from reconcile.exports.recognise import HEADER_ROWS, OWN_OUTPUT, SAMPLE_ROWS, Layout, NotUnderstood, Refused, recognise

_HEAD_BYTES = 1 << 20
_SCAN_BYTES = 1 << 20
_HASH_BYTES = 1 << 18
_DELIMITERS = (",", ";", "\t")
FIRST_CELL = "first cell"  # the column of a report that holds its group and total rows


@dataclass(frozen=True)
class Grid:
    """The needed columns of one understood sheet or CSV, cells as text.

    Attributes:
        rows: the spreadsheet's row number of each record, from 1.
        columns: our column name -> (distinct texts, one code per record).
        row_count: records below the header, those set aside as ragged included.
        grouped_by: the column that group rows stand for, "any" where they only part the rows, "" where there are none.
        first_names: the columns that are the sheet's first.
        titles: the rows above the header, each as one text.
    """

    path: str
    sheet: str | None
    role: str
    headers: dict[str, str]
    rows: np.ndarray
    columns: dict[str, tuple[pa.StringArray, np.ndarray]]
    row_count: int
    separator: str = ","
    grouped_by: str = ""
    gross_is_per_line: bool = False
    first_names: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    sha256: str = ""
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unread:
    """A file or sheet that is no grid: empty, not understood, or one of this program's own results."""

    path: str
    sheet: str | None
    reason: str
    own_output: bool = False
    empty: bool = False
    sha256: str = ""


def read_sheets(path: str | Path, label: str = "", role: str = "") -> list[Grid | Unread]:
    """Read every sheet of one file.

    Args:
        path: the file.
        label: what to call it in messages and reports; its name by default.
        role: what the user says that it is; empty to find out by its headers.

    Raises:
        ReconcileError: the file cannot be read at all, or its layout cannot be read rightly.
    """
    path = Path(path)
    label = label or path.name
    try:
        with path.open("rb") as stream:
            start = stream.read(4096)
    except OSError as error:
        words = error.strerror or "cannot be read"
        raise ReconcileError(
            f"{label}: cannot be opened. {words}. Close it in other programs, or check the path."
        ) from None
    refuse_by_content(path, label, start)
    refused = Event()
    with ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(_sha256, path, refused)
        try:
            sheets = _read_workbook(path, label, role) if start[:2] == b"PK" else [_read_csv(path, label, role)]
        except BaseException:
            refused.set()
            raise
        return [replace(sheet, sha256=sha256.result()) for sheet in sheets]


def _sha256(path: Path, refused: Event) -> str:
    """The file's hash; where it is refused meanwhile, nobody waits for it."""
    found = hashlib.sha256()
    piece = memoryview(bytearray(_HASH_BYTES))  # one for all: new memory for each costs the system more than the hash
    with path.open("rb", buffering=0) as stream:
        while not refused.is_set() and (count := stream.readinto(piece)):
            found.update(piece[:count])
    return found.hexdigest()


def refuse_by_content(path: Path, label: str, start: bytes) -> None:
    """Name the files that cannot be read whatever their name says."""
    if not start.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise ReconcileError(
            f"{label}: the file is empty. Found {path.stat().st_size} bytes of nothing. Export it again."
        )
    if start[:4] == b"\xd0\xcf\x11\xe0":
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise ReconcileError(
                f"{label}: the workbook is protected by a password. It cannot be opened without it. "
                "Open it in Excel, remove the password (File > Info > Protect Workbook) and save it."
            )
        raise ReconcileError(
            f"{label}: an old Excel workbook (.xls). Only .xlsx and .csv are read. "
            "Open it in Excel and save it as Excel Workbook (.xlsx)."
        )
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        raise ReconcileError(
            f"{label}: an XML spreadsheet of Excel 2003. Only .xlsx and .csv are read. "
            "Open it in Excel and save it as Excel Workbook (.xlsx)."
        )
    if start[:2] == b"\x1f\x8b":
        raise ReconcileError(f"{label}: a packed file (gzip), not a spreadsheet. Unpack it and give the file in it.")
    if start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        raise ReconcileError(
            f"{label}: a web page, not a spreadsheet. It begins with {start.lstrip()[:20].decode('latin-1')!r}. "
            "Often a sign-in page was saved instead of the export: sign in and export again."
        )
    if start[:4] == b"%PDF":
        raise ReconcileError(f"{label}: a PDF, not a spreadsheet. Export it again as Excel or CSV.")
    if path.suffix.casefold() in (".xlsx", ".xlsm") and start[:2] != b"PK":
        raise ReconcileError(
            f"{label}: not an Excel workbook, though its name says so. It is text or damaged. "
            "Export it again, or rename it to .csv if it is one."
        )


# Workbooks ---------------------------------------------------------------------------------------------------------


def _read_workbook(path: Path, label: str, role: str) -> list[Grid | Unread]:
    answer = ask_child("reconcile.exports.xlsx", path, label, *([role] if role else []))
    if any(about.get("role") == OWN_OUTPUT for about in answer["sheets"]):
        return [
            Unread(label, about["sheet"], "a result of this program", own_output=True) for about in answer["sheets"]
        ]
    sheets: list[Grid | Unread] = []
    for about in answer["sheets"]:
        name = about["sheet"]
        if about.get("hidden"):
            sheets.append(Unread(label, name, "a hidden sheet, left out. Unhide it if it should be read"))
        elif about.get("empty"):
            sheets.append(Unread(label, name, "the sheet is empty", empty=True))
        elif "headers" in about and "role" not in about:
            found = NotUnderstood(tuple(about["headers"]), about["nearest"], tuple(about["missing"]))
            sheets.append(Unread(label, name, found.sentence()))
        elif "refused" in about:
            raise ReconcileError(f"{label}: sheet {name!r}: {about['refused']}")
        else:
            sheets.append(_grid_of_sheet(label, about))
    return sheets


def _grid_of_sheet(label: str, about: dict) -> Grid:
    columns = {
        name: (pa.array(column["texts"], pa.string()), np.array(column["codes"], dtype=np.int64))
        for name, column in about["columns"].items()
    }
    rows = np.array(about["rows"], dtype=np.int64)
    return Grid(
        label,
        about["sheet"],
        about["role"],
        about["headers"],
        rows,
        columns,
        len(rows),
        grouped_by=about["grouped_by"],
        gross_is_per_line=about["gross_is_per_line"],
        first_names=tuple(about["first_names"]),
        titles=tuple(about["titles"]),
    )


# CSV ---------------------------------------------------------------------------------------------------------------


def _read_csv(path: Path, label: str, role: str) -> Grid | Unread:
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
    return replace(sheet, warnings=("not UTF-8; read as Windows-1252. Check names with accents, or export it as UTF-8",))


def _read_text(source: pa.Buffer, label: str, role: str) -> Grid | Unread:
    """Read a text that should be UTF-8; the header may be another one when it turns out not to be."""
    found, delimiter, start = find_layout(source, role)
    if isinstance(found, NotUnderstood):
        return Unread(label, None, found.sentence())
    if isinstance(found, Refused):
        raise ReconcileError(f"{label}: {found.reason}")
    if found.role == OWN_OUTPUT:
        return Unread(label, None, "a result of this program", own_output=True)
    for at in range(0, source.size, _SCAN_BYTES):  # piece by piece: a file filled up with them may be of any size
        _refuse_zero_bytes(source[at : at + _SCAN_BYTES], label)
    check_quotes(source[start:], delimiter, label, found.header_at + 1)
    return _records(source[start:], found, delimiter, label)


def _refuse_zero_bytes(source: pa.Buffer, label: str) -> None:
    if not np.frombuffer(source, dtype=np.uint8).all():
        raise ReconcileError(f"{label}: not a text file: it holds zero bytes. Export it again as CSV (UTF-8).")


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
            (isinstance(found, Refused), max((len(row) for row in rows[:HEADER_ROWS]), default=0), found, delimiter)
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
        if not (ends[before] | (opening == 0)).all() or not (ends[after] | (closing == len(letters) - 1)).all():
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
    if blank.any():  # what is blank in the needed columns may still hold something, and is then no blank line
        whole, _ = _parse(body, width, list(range(width)), delimiter)
        blank &= _blank_records(_encoded(whole), len(rows))
        columns = {name: (texts, codes[~blank]) for name, (texts, codes) in columns.items()}
        rows = rows[~blank]
    problems = tuple(
        Problem(
            label, None, first_row + number - 1, "", text[:80], f"the row has {found} cells, its header {width}", True
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
    csv.writer(text, delimiter=delimiter).writerows([*row, *[""] * (width - len(row))] for row in rows)
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
            read_options=pa.csv.ReadOptions(column_names=names, use_threads=not in_order, block_size=1 << 23),
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
    texts = pc.replace_substring_regex(encoded.dictionary, f"^[{''.join(KINDS)}]", "\ufffd")
    return texts, encoded.indices.to_numpy()


def _is_blank_line(text: str, delimiter: str) -> bool:
    """Whether a record has nothing but spaces in its cells."""
    try:
        return not any(cell.strip() for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row)
    except csv.Error:  # longer than that reader takes
        return False


def _blank_records(columns: Iterable[tuple[pa.StringArray, np.ndarray]], count: int) -> np.ndarray:
    """Which records are blank in every one of these columns."""
    blank = np.ones(count, dtype=bool)
    for texts, codes in columns:
        empty = pc.equal(pc.utf8_trim_whitespace(texts), "").to_numpy(zero_copy_only=False)
        blank &= empty[codes] if len(texts) else False
    return blank
