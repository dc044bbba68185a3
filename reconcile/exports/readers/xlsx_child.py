"""The child process that opens one workbook: `python -m reconcile.exports.readers.xlsx_child FILE [ROLE]` prints JSON.

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

from reconcile.exports.readers.cell_kinds import (
    BOOLEAN_MARK,
    DATE_MARK,
    DURATION_MARK,
    ERROR_MARK,
    NUMBER_MARK,
    plain_text,
)
from reconcile.exports.readers.zip_parts import STRINGS, STYLES, Fault, Parts, open_parts
from reconcile.exports.recognise import SAMPLE_ROWS, Layout, NotUnderstood, Refused, recognise

MEMORY_BYTES = 1 << 30


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
        answer = {
            "fault": "the file is damaged: a part of it is missing or broken. Export it again"
        }
    except MemoryError:
        answer = {"fault": "too large to open within 1 GiB of memory. Export a shorter period"}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))
    return 0


def limit_memory() -> None:
    """Hold this process to 1 GiB, where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def read_workbook(path: str, role: str = "") -> list[dict[str, Any]]:
    """Every visible sheet of the workbook, as described by read_sheet."""
    with open_parts(path) as parts:
        styles = zero_formats(parts)
        where = parts.sheets()
        parts.check(STRINGS, "sst")
        book = _open_book(path)
        sheets = [
            _described(about, book, parts, where, styles, role) for about in _worksheets(book)
        ]
    if not sheets:
        raise Fault("there are no sheets in it. Open it in Excel and look, or export it again")
    return sheets


def _open_book(path: str) -> Any:
    from python_calamine import CalamineWorkbook

    try:
        if path.casefold().endswith((".xlsx", ".xlsm")):
            return CalamineWorkbook.from_path(path)
        with open(
            path, "rb"
        ) as stream:  # by its content: a name such as .xls would have it read as something else
            return CalamineWorkbook.from_filelike(stream)
    except BaseException as error:  # calamine's panics are no Exceptions
        raise Fault(
            f"cannot be opened as a workbook ({_first_words(error)}). Open it in Excel and save it again"
        ) from None


def _worksheets(book: Any) -> list[Any]:
    from python_calamine import SheetTypeEnum

    return [about for about in book.sheets_metadata if about.typ == SheetTypeEnum.WorkSheet]


def _described(
    about: Any,
    book: Any,
    parts: Parts,
    where: dict[str, str],
    styles: dict[int, _ZeroFormat],
    role: str,
) -> dict[str, Any]:
    """One sheet as described by read_sheet, with its name; of a hidden one that it is hidden."""
    from python_calamine import SheetVisibleEnum

    if about.visible != SheetVisibleEnum.Visible:
        return {"sheet": about.name, "hidden": True}
    try:
        extra = special_cells(parts, where.get(about.name, ""), styles)
        return {"sheet": about.name, **read_sheet(book.get_sheet_by_name(about.name), extra, role)}
    except Fault as fault:
        raise Fault(f"sheet {about.name!r}: {fault}") from None
    except (MemoryError, zipfile.BadZipFile):
        raise
    except BaseException as error:
        raise Fault(
            f"sheet {about.name!r} cannot be read ({_first_words(error)}). Open it in Excel and save it again"
        ) from None


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
    found = recognise([[plain_text(cell) for cell in row] for row in sample], role)
    if isinstance(found, NotUnderstood):
        return {"headers": found.headers, "nearest": found.nearest, "missing": found.missing}
    if isinstance(found, Refused):
        return {"refused": found.reason, "role": found.role}
    return _needed_columns(grid, found, top)


def _needed_columns(grid: list[list[Any]], layout: Layout, top: int) -> dict[str, Any]:
    positions = dict(layout.columns)
    if layout.grouped_by:
        positions["first cell"] = 0
    body = grid[layout.header_at + 1 :]
    filled = [at for at, row in enumerate(body) if _is_filled(row)]
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


def _is_filled(row: list[Any]) -> bool:
    """Whether a row holds more than spaces; one that does not is a blank row, as it is in a CSV."""
    first = next(filter(None, row), "")
    if (
        isinstance(first, str) and not first.strip()
    ):  # seldom: nothing at all, or a text of spaces, before what counts
        return any(cell.strip() if isinstance(cell, str) else True for cell in row)
    return True


def cell_text(cell: Any) -> str:
    """A cell as text, with its kind as first character unless it is text itself."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return BOOLEAN_MARK + ("TRUE" if cell else "FALSE")
    if isinstance(cell, int | float):
        return NUMBER_MARK + format(cell, ".15g")
    if isinstance(cell, dt.datetime):
        return DATE_MARK + cell.date().isoformat()
    if isinstance(cell, dt.date):
        return DATE_MARK + cell.isoformat()
    return DURATION_MARK + str(cell)


# What calamine does not show ---------------------------------------------------------------------------------------

_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^>/]*)>\s*(?:<(?:\w+:)?(f)\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>))?\s*(?:<(?:\w+:)?v(?:/>|>([^<]*)</))?"
)
_PLACE = re.compile(rb"""\br=["']([A-Z]+)(\d+)["']""")
_STYLE = re.compile(rb"""\bs=["'](\d+)["']""")
_TYPE = re.compile(rb"""\bt=["'](\w+)["']""")
_ERROR_CELL = re.compile(rb"""\bt=["']e["']""")
_PREFIX = re.compile(rb"<((?:[\w.-]+:)?)worksheet\b")
_WRONG_STRING = re.compile(
    rb't="s"><v>(?=[0-9]*[^0-9<]|[0-9]{10})([^<]*)'
)  # calamine takes the first text for it
_NO_TEXT = "There is no such text. Open it in Excel and save it again, or export it again"
_TAIL = 64  # what is kept of XML without cells: the begin of one may be its end
_WHOLE = re.compile(rb"\d{1,15}(\.0+)?")
_LITERAL = r'((?:"[^"]*"|\\.|-)*)'
_ZEROS = re.compile(rf"(?:\[\$[^\]]*\])?{_LITERAL}(0+){_LITERAL}")


class _ZeroFormat(NamedTuple):
    """A number format of zeros between fixed texts: how a whole number is shown."""

    before: str
    digits: int
    after: str


def _put_special(
    grid: list[list[Any]], special: dict[tuple[int, int], str], top: int, left: int
) -> None:
    for (row, column), text in special.items():
        at, position = row - top, column - left
        if 0 <= at < len(grid) and 0 <= position < len(grid[at]):
            grid[at][position] = text


def special_cells(
    parts: Parts, part: str, padded: dict[int, _ZeroFormat]
) -> dict[tuple[int, int], str]:
    """Error cells, and whole numbers padded with zeros by their format: (row, column) from 0 -> text with its kind."""
    if not parts.holds(part):
        raise Fault(
            "its part is not in the file. Open it in Excel and save it again, or export it again"
        )
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
            special[key] = ERROR_MARK + (value or b"").decode("utf-8", "replace")
        elif formula and not value and kind != b"str":
            special[key] = ERROR_MARK + "a formula without a saved value"
        elif value and kind == b"n":
            style = _STYLE.search(attributes)
            form = padded.get(int(style[1])) if style else None
            if form and _WHOLE.fullmatch(value):
                digits = value.decode("ascii").split(".")[0]
                special[key] = form.before + digits.zfill(form.digits) + form.after
    return special


def _cells(parts: Parts, part: str, every: bool) -> Iterator[re.Match[bytes]]:
    """The cells of a sheet's XML: all, or only those of a chunk that holds an error or a formula."""
    rest = b""
    prefix = None
    for chunk in parts.chunks(part, "worksheet"):
        if prefix is None:
            found = _PREFIX.search(chunk)
            prefix = found[1] if found else b""
        text = rest + chunk
        if wrong := _WRONG_STRING.search(text):
            raise Fault(
                f"a cell refers to the text number {wrong[1].decode('utf-8', 'replace')[:20]!r}. {_NO_TEXT}"
            )
        cut = _last_cell(text, prefix)
        if every or b"<%bf" % prefix in text or _ERROR_CELL.search(text):
            yield from _CELL.finditer(text, 0, cut)
        rest = text[cut:]
    yield from _CELL.finditer(rest)


def _last_cell(text: bytes, prefix: bytes) -> int:
    """Where the last cell of some XML begins, which may go on in the next chunk; behind a row's end there is none."""
    cut = max(text.rfind(b"<%bc " % prefix), text.rfind(b"<%bc\n" % prefix))
    closed = text.rfind(b"</%brow>" % prefix)
    return max(cut, closed, len(text) - _TAIL if cut < 0 or closed > cut else 0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def zero_formats(parts: Parts) -> dict[int, _ZeroFormat]:
    """Cell styles whose number format is zeros between fixed texts, other than the plain `0`."""
    root = parts.xml(STYLES, "styleSheet")
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


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
