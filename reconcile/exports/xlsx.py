"""The child process that opens one workbook: `python -m reconcile.exports.xlsx FILE [ROLE]` prints JSON.

A broken or hostile workbook can end the process that parses it, or fill its memory. So it is opened here, in a process
of its own with limits, and only the cells of the needed columns come back. Nothing heavy is imported.

What calamine does not show is read from the parts of the file itself: error cells (it shows them blank) and numbers
whose format pads them with zeros (`00123`), since an identifier is what the sheet shows.
Source: rules.md section 5; measured.md.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from reconcile.exports.marks import BOOLEAN, DATE, DURATION, ERROR, NUMBER
from reconcile.exports.recognise import SAMPLE_ROWS, Layout, NotUnderstood, Refused, recognise

MEMORY_BYTES = 1 << 30
UNPACKED_BYTES = 2 << 30
_CHUNK = 1 << 22


def main(argv: list[str]) -> int:
    """Read the workbook and print what it holds; faults of the file are data too (`{"fault": ...}`)."""
    return answered(lambda: {"sheets": read_workbook(argv[0], argv[1] if len(argv) > 1 else "")})


def answered(read: Callable[[], dict[str, Any]]) -> int:
    """Read within this process's limits and print the answer as JSON; a fault of the file is one too. Returns the exit code."""
    limit_memory()
    try:
        answer = read()
    except Fault as fault:
        answer = {"fault": str(fault)}
    except zipfile.BadZipFile:
        answer = {"fault": "the file is damaged: a part of it is missing or broken. Export it again"}
    except MemoryError:
        answer = {"fault": "too large to open within 1 GiB of memory. Export a shorter period"}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))
    return 0


class Fault(Exception):
    """What is wrong with a workbook, in words for its owner."""


def limit_memory() -> None:
    """Hold this process to 1 GiB, where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def read_workbook(path: str, role: str = "") -> list[dict[str, Any]]:
    """Every visible sheet of the workbook, as described by read_sheet."""
    if not zipfile.is_zipfile(path):  # the end of the file says so, and is written last
        raise Fault(
            "the file is damaged, or still being copied: its end is missing. "
            "Run again when the copy is done, or export it again"
        )
    with zipfile.ZipFile(path) as parts:
        if sum(part.file_size for part in parts.infolist()) > UNPACKED_BYTES:
            raise Fault("unpacks to more than 2 GiB, which no export does. Export a shorter period")
        if "xl/workbook.xml" not in parts.namelist():
            raise Fault(
                "a zip archive of something else, not an Excel workbook. Unpack it, or export again as Excel or CSV"
            )
        styles = zero_formats(parts)
        where = sheet_parts(parts)
        from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

        try:
            book = CalamineWorkbook.from_path(path)
        except BaseException as error:  # calamine's panics are no Exceptions
            raise Fault(
                f"cannot be opened as a workbook ({_first_words(error)}). Open it in Excel and save it again"
            ) from None
        sheets = []
        for about in book.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            if about.visible != SheetVisibleEnum.Visible:
                sheets.append({"sheet": about.name, "hidden": True})
                continue
            try:
                sheet = book.get_sheet_by_name(about.name)
                extra = special_cells(parts, where.get(about.name, ""), styles)
                sheets.append({"sheet": about.name, **read_sheet(sheet, extra, role)})
            except (Fault, MemoryError):
                raise
            except BaseException as error:
                raise Fault(
                    f"sheet {about.name!r} cannot be read ({_first_words(error)}). Open it in Excel and save it again"
                ) from None
    return sheets


def _first_words(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def read_sheet(sheet: Any, special: dict[tuple[int, int], str], role: str) -> dict[str, Any]:
    """Recognise one sheet and hand over its needed columns.

    Returns:
        `empty`, or `headers`/`nearest`/`missing` of a sheet that is not understood, or `refused`, or the layout with
        `rows` (the spreadsheet's own row numbers) and `columns` (name -> distinct texts and one code per row).
    """
    if sheet.start is None and not special:
        return {"empty": True}
    grid = list(sheet.iter_rows())
    # The rows come with or without the empty ones above the first cell; where they end is told either way.
    last_row, last_column = sheet.end or (len(grid) - 1, len(grid[0]) - 1 if grid else 0)
    top, left = last_row + 1 - len(grid), last_column + 1 - (len(grid[0]) if grid else 0)
    _put_special(grid, special, top, left)
    sample = [[cell_text(cell) for cell in row] for row in grid[:SAMPLE_ROWS]]
    found = recognise([[plain(cell) for cell in row] for row in sample], role)
    if isinstance(found, NotUnderstood):
        return {"headers": found.headers, "nearest": found.nearest, "missing": found.missing}
    if isinstance(found, Refused):
        return {"refused": found.reason, "role": found.role}
    return _needed_columns(grid, found, top)


def plain(text: str) -> str:
    """A cell's text without its kind."""
    return text[1:] if text[:1] in (DATE, NUMBER, ERROR, BOOLEAN, DURATION) else text


def _needed_columns(grid: list[list[Any]], layout: Layout, top: int) -> dict[str, Any]:
    positions = dict(layout.columns)
    if layout.grouped_by:
        positions["first cell"] = 0
    body = grid[layout.header_at + 1 :]
    filled = [at for at, row in enumerate(body) if any(row) or any(cell != "" for cell in row)]
    columns = {}
    for name, position in positions.items():
        column = [body[at][position] for at in filled]
        codes: dict[Any, int] = {}
        if set(map(type, column)) <= {str}:
            numbers = [codes.setdefault(cell, len(codes)) for cell in column]
            columns[name] = {"texts": list(codes), "codes": numbers}
        else:
            # The kind is part of the key: in Python 1, 1.0 and True are equal, and here they are not.
            numbers = [codes.setdefault((type(cell), cell), len(codes)) for cell in column]
            columns[name] = {"texts": [cell_text(cell) for _, cell in codes], "codes": numbers}
    header_row = top + layout.header_at + 1
    return {
        "role": layout.role,
        "header_row": header_row,
        "headers": layout.headers,
        "grouped_by": layout.grouped_by,
        "gross_is_per_line": layout.gross_is_per_line,
        "first_names": [name for name, position in layout.columns.items() if position == 0],
        "titles": layout.titles,
        "rows": [header_row + 1 + at for at in filled],
        "columns": columns,
    }


def cell_text(cell: Any) -> str:
    """A cell as text, with its kind as first character unless it is text itself."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return BOOLEAN + ("TRUE" if cell else "FALSE")
    if isinstance(cell, int | float):
        return NUMBER + format(cell, ".15g")
    if isinstance(cell, dt.datetime):
        return DATE + cell.date().isoformat()
    if isinstance(cell, dt.date):
        return DATE + cell.isoformat()
    return DURATION + str(cell)


# What calamine does not show ---------------------------------------------------------------------------------------

_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^>/]*)>(?:<(?:\w+:)?(f)\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>))?(?:<(?:\w+:)?v(?:/>|>([^<]*)</))?"
)
_PLACE = re.compile(rb"""\br=["']([A-Z]+)(\d+)["']""")
_STYLE = re.compile(rb"""\bs=["'](\d+)["']""")
_TYPE = re.compile(rb"""\bt=["'](\w+)["']""")
_ERROR_CELL = re.compile(rb"""\bt=["']e["']""")
_WHOLE = re.compile(rb"\d{1,15}(\.0+)?")
_LITERAL = r'((?:"[^"]*"|\\.|-)*)'
_ZEROS = re.compile(rf"(?:\[\$[^\]]*\])?{_LITERAL}(0+){_LITERAL}")


class _ZeroFormat(NamedTuple):
    """A number format of zeros between fixed texts: how a whole number is shown."""

    before: str
    digits: int
    after: str


def _put_special(grid: list[list[Any]], special: dict[tuple[int, int], str], top: int, left: int) -> None:
    for (row, column), text in special.items():
        at, position = row - top, column - left
        if 0 <= at < len(grid) and 0 <= position < len(grid[at]):
            grid[at][position] = text


def special_cells(
    parts: zipfile.ZipFile, part: str, padded: dict[int, _ZeroFormat]
) -> dict[tuple[int, int], str]:
    """Error cells, and whole numbers padded with zeros by their format: (row, column) from 0 -> text with its kind."""
    if not part:
        return {}
    special: dict[tuple[int, int], str] = {}
    for match in _cells(parts, part, bool(padded)):
        attributes, formula, value = match.groups()
        place = _PLACE.search(attributes)
        if not place:
            continue
        key = (int(place[2]) - 1, _column_number(place[1]))
        kind = _TYPE.search(attributes)
        kind = kind[1] if kind else b"n"
        if kind == b"e":
            special[key] = ERROR + (value or b"").decode("utf-8", "replace")
        elif formula and not value and kind != b"str":
            special[key] = ERROR + "a formula without a saved value"
        elif value and kind == b"n":
            style = _STYLE.search(attributes)
            form = padded.get(int(style[1])) if style else None
            if form and _WHOLE.fullmatch(value):
                digits = value.decode("ascii").split(".")[0]
                special[key] = form.before + digits.zfill(form.digits) + form.after
    return special


def _cells(parts: zipfile.ZipFile, part: str, every: bool) -> Iterator[re.Match[bytes]]:
    """The cells of a sheet's XML: all, or only those of a chunk that holds an error or a formula."""
    rest = b""
    with parts.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            text = rest + chunk
            cut = max(text.rfind(b"<c "), 0)
            if every or b"<f" in text or _ERROR_CELL.search(text):
                yield from _CELL.finditer(text, 0, cut)
            rest = text[cut:]
    yield from _CELL.finditer(rest)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def zero_formats(parts: zipfile.ZipFile) -> dict[int, _ZeroFormat]:
    """Cell styles whose number format is zeros between fixed texts, other than the plain `0`."""
    root = _xml(parts, "xl/styles.xml")
    if root is None:
        return {}
    codes: dict[str, str] = {}
    formats: dict[int, _ZeroFormat] = {}
    for element in root.iter():
        if element.tag.endswith("}numFmt"):
            codes[element.get("numFmtId", "")] = element.get("formatCode", "")
    for element in root:
        if not element.tag.endswith("}cellXfs"):
            continue
        for style, xf in enumerate(element):
            match = _ZEROS.fullmatch(codes.get(xf.get("numFmtId", ""), "").split(";")[0])
            if match and match[0] != "0":
                before, after = (re.sub(r'"|\\(?=.)', "", text) for text in (match[1], match[3]))
                formats[style] = _ZeroFormat(before, len(match[2]), after)
    return formats


def sheet_parts(parts: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> its part inside the file."""
    book, relations = _xml(parts, "xl/workbook.xml"), _xml(parts, "xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        return {}
    targets = {element.get("Id"): element.get("Target", "") for element in relations}
    names: dict[str, str] = {}
    for element in book.iter():
        if element.tag.endswith("}sheet"):
            relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            target = targets.get(relation, "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if target and part in parts.namelist():
                names[element.get("name", "")] = part
    return names


def _xml(parts: zipfile.ZipFile, name: str) -> Any:
    from defusedxml.ElementTree import ParseError, fromstring

    if name not in parts.namelist():
        return None
    try:
        return fromstring(parts.read(name))
    except ParseError:
        return None


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
