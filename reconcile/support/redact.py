"""The same exports with made-up names, references and numbers, so that a practice can send a case to support.

    files --read_files--> sheets of cells --plan_sheet--> what becomes of each cell --make_up--> made-up texts --rewrite--> files

What a run compares is replaced by texts that compare the same (pseudonyms.py). What it does not read is emptied. Amounts, days,
statuses, states and types stay, since the verdicts rest on them.
Source: exports/columns.py, which says what a run reads; rules.md section 5.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reconcile.errors import ReconcileError
from reconcile.exports.cell_parsers import EXCEL_ERRORS, MONTHS, is_blank
from reconcile.exports.columns import (
    COLUMNS,
    DATE,
    EVIDENCE,
    EXACT,
    HINT,
    LINE_HEADERS,
    MONEY,
    NUMBER,
    column_of,
    header_forms,
    plain_header,
)
from reconcile.exports.files.sources import Source
from reconcile.exports.readers import xlsx_child
from reconcile.exports.readers.cell_kinds import (
    BOOLEAN_MARK,
    CELL_KINDS,
    DATE_MARK,
    DURATION_MARK,
    ERROR_MARK,
    NUMBER_MARK,
    plain_text,
)
from reconcile.exports.readers.read_file import refuse_by_content
from reconcile.exports.readers.sandbox import ask_child
from reconcile.exports.recognise import (
    HEADER_ROWS,
    OWN_OUTPUT,
    SAMPLE_ROWS,
    Layout,
    NotUnderstood,
    Refused,
    recognise,
)
from reconcile.exports.xero import STATUSES
from reconcile.reports.xlsx_book import Book, put
from reconcile.storage.file_hash import sha256_of
from reconcile.support import xlsx_cells_child
from reconcile.support.csv_cells import CsvFile, read_csv_whole
from reconcile.support.pseudonyms import KEPT, SCIENTIFIC, CannotMakeUp, MadeUp, make_up
from reconcile.support.xlsx_cells_child import NO_VALUE

STAYS, MADE_UP, EMPTIED, MARKED = "stays", "made up", "emptied", "marked"
MARK = "x"  # stands where something stood that nobody needs, and that the form of the row needs
WORLDS = 8  # how many made-up worlds are looked at for one in which no word of the practice is left

# Headers that tell nothing of a practice: those a run reads, and the others that Xero and XPM write.
_OTHER_HEADERS = (
    "EmailAddress|POAddressLine1|POAddressLine2|POAddressLine3|POAddressLine4|POCity|PORegion|POPostalCode|POCountry|"
    "SAAddressLine1|SAAddressLine2|SAAddressLine3|SAAddressLine4|SACity|SARegion|SAPostalCode|SACountry|InvoiceAmountPaid|"
    "InvoiceAmountDue|InventoryItemCode|Description|Quantity|UnitAmount|Discount|AccountCode|TaxType|TrackingName1|"
    "TrackingOption1|TrackingName2|TrackingOption2|Sent|BrandingTheme|Net|Balance|Invoice Sent|Item Code|Unit Price|"
    "[Job] Budget|[Job] Has Invoice?|[Job] Billable|[Job] Description|[Invoice] Status|[Invoice] Type|[Invoice] Paid|"
    "[Invoice] Description|[Client] Email|[Client] Phone|[Client] Address"
).split("|")
_TABLES = ("job", "client", "invoice", "state")
_TITLE_WORDS = frozenset(
    "as at on of for the period from to until through ended ending exported generated printed produced and by date month year "
    "receivable payable sales invoice invoices summary detail aged report reports xero xpm practice manager job jobs client "
    "clients export all listing list total page".split()
) | frozenset(MONTHS)
_NAME_WORDS = _TITLE_WORDS | frozenset(
    "sheet data state states csv xlsx table book new old copy final part".split()
)
_CLIENT_STATUSES = ("active", "archived", "inactive", "inactive (archived)", "prospect")
_TYPE_WORDS = frozenset(
    "sales receivable payable invoice credit note bill bills overpayment prepayment accrec accpay accreccredit accpaycredit "
    "accrecoverpayment accpayoverpayment accrecprepayment accpayprepayment".split()
)
_DAY = re.compile(
    r"\d{1,4}[-/. ](\d{1,2}|([A-Za-z]{3,9}))\.?[-/., ]+(\d{4}|\d{1,2})([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
    r"( ?[AaPp][Mm]|Z|[+-]\d{2}:?\d{2})?)?|\d{5}(\.\d+)?"
)
_DAY_IN_TITLE = re.compile(
    r"\b(\d{4}-\d{2}-\d{2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[- ][A-Za-z]{3,9}[-, ]+\d{4}|[A-Za-z]{3,9} \d{1,2},? \d{4})\b"
)
_MONEY = re.compile(r"[-($\s]*[\d.,]{0,20}\)?\s*")
_PIECES = re.compile(r"[^\W\d_]+|\d+|[\W_]+")
_DAY_IN_NAME = re.compile(r"(?<!\d)((19|20)\d\d([-_.]?\d\d){0,2})(?!\d)")


@dataclass(frozen=True)
class SheetCells:
    """One CSV file, or one sheet of a workbook: its cells as a run sees them, each row as long as it is.

    Attributes:
        found: what a run takes it for; None where it does not look at it (empty, hidden).
        held: of a workbook, row and column -> what the cell holds, and its number format.
    """

    name: str
    rows: list[list[str]]
    found: Layout | NotUnderstood | Refused | None
    hidden: str = "visible"
    held: Mapping[tuple[int, int], tuple[str | float, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class File:
    """One file and all its cells; `csv` is its form where it is none of workbooks."""

    source: Source
    sheets: tuple[SheetCells, ...]
    csv: CsvFile | None = None


@dataclass(frozen=True)
class Redacted:
    """The made-up files.

    Attributes:
        files: name -> content. names: label of a file -> its new name. made: the made-up texts.
        states: the names of job states, which stayed. replaced: how many different texts were replaced.
    """

    files: dict[str, bytes]
    names: dict[str, str]
    made: MadeUp
    states: tuple[str, ...]
    replaced: int


# Reading ----------------------------------------------------------------------------------------------------------------


def read_files(sources: Iterable[Source]) -> list[File]:
    """Read every cell of every file; this program's own results are left out, as a run leaves them out.

    Raises:
        ReconcileError: the cells of a file cannot be told; all such files.
    """
    files: list[File] = []
    faults: list[str] = []
    for source in sources:
        try:
            file = _read_file(source)
        except ReconcileError as error:
            faults += error.messages
            continue
        except OSError as error:
            faults.append(
                f"{source.label}: cannot be opened. {error.strerror}. Close it in other programs, or check the path."
            )
            continue
        if not any(
            isinstance(sheet.found, Layout) and sheet.found.role == OWN_OUTPUT
            for sheet in file.sheets
        ):
            files.append(file)
    if faults:
        raise ReconcileError(*faults)
    if not files:
        raise ReconcileError(
            "no export among the files given: there is nothing to redact. Name the exports, or their folder."
        )
    return files


def _read_file(source: Source) -> File:
    with source.path.open("rb") as stream:
        start = stream.read(4096)
    refuse_by_content(source.path, source.label, start)
    if start[:2] != b"PK":
        csv = read_csv_whole(source)
        return File(source, (SheetCells("", csv.rows, csv.found),), csv)
    ask_child(xlsx_child.__name__, source.path, source.label)  # what a run refuses is refused here
    answer = ask_child(xlsx_cells_child.__name__, source.path, source.label)
    return File(source, tuple(_sheet(one, source.role) for one in answer["sheets"]))


def _sheet(about: dict[str, Any], role: str) -> SheetCells:
    held = {(row, column): (value, form) for row, column, _, value, form in about["cells"]}
    width, height = (max((place[at] for place in held), default=0) for at in (1, 0))
    rows = [[""] * width for _ in range(height)]
    for row, column, text, _, _ in about["cells"]:
        rows[row - 1][column - 1] = text
    if not rows or about["hidden"] != "visible":
        return SheetCells(about["name"], rows, None, about["hidden"], held)
    top = next(at for at, row in enumerate(rows) if any(row))
    found = recognise(
        [[plain_text(cell) for cell in row] for row in rows[top : top + SAMPLE_ROWS]], role
    )
    if isinstance(found, Layout):
        found = replace(found, header_at=found.header_at + top)
    return SheetCells(about["name"], rows, found, about["hidden"], held)


# What becomes of each cell ------------------------------------------------------------------------------------------------


def plan_sheet(sheet: SheetCells) -> list[list[str]]:
    """Say for each cell of a sheet whether it stays, is made up, emptied, or only marked as filled."""
    found = sheet.found
    if found is None:
        return [[EMPTIED] * len(row) for row in sheet.rows]
    if not isinstance(found, Layout):
        return [[_unknown(cell, at) for cell in row] for at, row in enumerate(sheet.rows)]
    plans = [
        [STAYS if is_blank(cell) else MADE_UP for cell in row]
        for row in sheet.rows[: found.header_at + 1]
    ]
    names = {place: name for name, place in found.columns.items()}
    for row in sheet.rows[found.header_at + 1 :]:
        plans.append(_plan_row(row, names, found))
    return plans


def _unknown(cell: str, row: int) -> str:
    """A cell of a sheet that a run does not understand: what looks like headers and titles helps to see why."""
    if is_blank(plain_text(cell)):
        return STAYS
    return MADE_UP if row < HEADER_ROWS else MARKED


def _plan_row(row: Sequence[str], names: Mapping[int, str], found: Layout) -> list[str]:
    filled = sum(1 for at in names if at < len(row) and not is_blank(plain_text(row[at])))
    plan = []
    for at, cell in enumerate(row):
        blank = is_blank(plain_text(cell))
        if (
            at in names
        ):  # in a row of another width anything may stand where the state stands in the others
            doubtful = names[at] == "state" and len(row) != found.width
            plan.append(
                STAYS
                if blank or (_stays(cell, names[at], found.role) and not doubtful)
                else MADE_UP
            )
        elif at == 0 and found.grouped_by:  # group and total rows stand here
            plan.append(STAYS if blank else MADE_UP)
        else:  # a row that is filled nowhere else is a blank line, and the ends of rows tell broken layouts
            marks = not blank and (filled < 2 or at in (0, found.width - 1))
            plan.append(MARKED if marks else EMPTIED)
    return plan


def _stays(cell: str, name: str, role: str) -> bool:
    """Whether a cell of a column that is read tells nothing of a client: days, amounts, Xero's and XPM's own words."""
    reads_as, kind = column_of(role, name).reads_as, cell[:1]
    text = plain_text(cell).strip()
    word = text.casefold()
    if (
        kind in (ERROR_MARK, BOOLEAN_MARK, DURATION_MARK, DATE_MARK)
        or text.upper() in EXCEL_ERRORS
        or name == "state"
    ):
        return True
    if reads_as in (DATE, EVIDENCE, HINT):
        day = _DAY.fullmatch(text)
        return kind == NUMBER_MARK or (
            day is not None and (day[2] is None or day[2].casefold() in MONTHS)
        )
    if reads_as == MONEY:
        return kind == NUMBER_MARK or _MONEY.fullmatch(text) is not None
    if reads_as in (NUMBER, EXACT):
        return SCIENTIFIC.fullmatch(text) is not None and (kind == NUMBER_MARK or "+" in text)
    return (
        (name == "status" and (word in STATUSES or word in _CLIENT_STATUSES))
        or (name == "kind" and set(word.split()) <= _TYPE_WORDS)
        or (name == "currency" and re.fullmatch("[A-Za-z]{3}", text) is not None)
    )


_KNOWN_HEADERS = {form for column in COLUMNS for form in header_forms(column)} | {
    form
    for text in (*_OTHER_HEADERS, *LINE_HEADERS)
    for form in (plain_header(text), ("", plain_header(text)[1]))
}


def _parts(
    text: str, row: int, found: Layout | NotUnderstood | Refused | None
) -> list[tuple[str, bool]]:
    """A text above the data as pieces, each with whether it is made up: titles by words, headers but for those known."""
    text_only = plain_text(text)
    bare = re.sub(r"(?i)\s*\(totalled\)", "", text_only)
    if plain_header(bare) in _KNOWN_HEADERS:
        return [(text_only, False)]
    if isinstance(found, Layout) and row == found.header_at:
        table = re.match(r"\s*\[([^\]]*)\]\s*", text_only)
        if table and table[1].strip().casefold() in _TABLES:
            return [(table[0], False), (text_only[table.end() :], True)]
        return [(text_only, True)]
    return _title_parts(text_only, _DAY_IN_TITLE, _TITLE_WORDS)


def _title_parts(text: str, days: re.Pattern[str], known: frozenset[str]) -> list[tuple[str, bool]]:
    """Words of a title or name: days and words that everybody writes stay."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for day in (*days.finditer(text), None):
        for piece in _PIECES.findall(text[at : day.start() if day else len(text)]):
            word = piece.casefold()
            stays = (
                word in known
                or "detail" in word
                or not piece[0].isalnum()
                or (piece.isdigit() and len(piece) < 3)
            )
            parts.append((piece, not stays))
        if day:
            parts.append((day[0], False))
            at = day.end()
    return parts


# Making up ----------------------------------------------------------------------------------------------------------------


@dataclass
class _Texts:
    """What is written of the texts of some files: made_up is replaced, kept stays, gone is emptied."""

    made_up: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)


def _collect(files: Sequence[File], plans: Mapping[tuple[int, int], list[list[str]]]) -> _Texts:
    texts = _Texts()
    for at, file in enumerate(files):
        for name, known in _names_of(file):
            _take_parts(texts, _title_parts(name, _DAY_IN_NAME, known))
        for n, sheet in enumerate(file.sheets):
            layout = sheet.found if isinstance(sheet.found, Layout) else None
            state = layout.columns.get("state", -1) if layout else -1
            for number, (row, plan) in enumerate(zip(sheet.rows, plans[at, n], strict=True)):
                _collect_row(texts, sheet, number, row, plan)
                if (
                    layout
                    and 0 <= state < len(row)
                    and number > layout.header_at
                    and plan[state] == STAYS
                ):
                    texts.states.add(plain_text(row[state]).strip())
            for _, form in sheet.held.values():
                texts.made_up.update(_literals(form))
    texts.states.discard("")
    return texts


def _names_of(file: File) -> Iterator[tuple[str, frozenset[str]]]:
    yield file.source.path.stem, _NAME_WORDS
    yield from ((sheet.name, _NAME_WORDS) for sheet in file.sheets if sheet.name)


def _collect_row(
    texts: _Texts, sheet: SheetCells, number: int, row: Sequence[str], plan: Sequence[str]
) -> None:
    for cell, what in zip(row, plan, strict=True):
        text = plain_text(cell)
        if what == STAYS:
            texts.kept.add(text)
        elif what != MADE_UP:
            texts.gone.add(text)
        elif _is_above(sheet, number):
            _take_parts(texts, _parts(cell, number, sheet.found))
        else:
            texts.made_up.add(text)


def _take_parts(texts: _Texts, parts: Iterable[tuple[str, bool]]) -> None:
    for piece, is_made_up in parts:
        (texts.made_up if is_made_up else texts.kept).add(piece)


def _is_above(sheet: SheetCells, number: int) -> bool:
    """Whether a row stands above the data: titles and headers, or all that a run does not understand."""
    return not isinstance(sheet.found, Layout) or number <= sheet.found.header_at


def _literals(form: str) -> list[str]:
    """The texts that a number format shows beside the number."""
    return [
        text for text in re.findall(r'"([^"]*)"', form) if any(letter.isalpha() for letter in text)
    ]


def redact_files(files: Sequence[File]) -> Redacted:
    """Make up the texts of some files.

    Returns:
        The made-up files, the same ones for the same files.

    Raises:
        ReconcileError: no made-up texts were found that compare the same, or a word of the practice would be left.
    """
    plans = {
        (at, n): plan_sheet(sheet)
        for at, file in enumerate(files)
        for n, sheet in enumerate(file.sheets)
    }
    texts = _collect(files, plans)
    seed = hashlib.sha256(
        b"".join(bytes.fromhex(sha256_of(file.source.path)) for file in files)
    ).digest()
    known = _words_in(texts.kept) | _TITLE_WORDS | _NAME_WORDS | KEPT
    avoid = known | _words_in(texts.gone) | _words_in(texts.made_up)
    secret = (_words_in(texts.gone) | _words_in(texts.made_up)) - known - {MARK}
    left: set[str] = set()
    for world in range(WORLDS):
        try:
            made = make_up(texts.made_up, seed, frozenset(avoid), 1000 * world)
        except CannotMakeUp:
            continue
        names = _new_names(files, made)
        written = {
            names[file.source.label]: _rewritten(
                file, [plans[at, n] for n in range(len(file.sheets))], made
            )
            for at, file in enumerate(files)
        }
        left = _left_in(written, secret - _stay_within(made))
        if not left:
            return Redacted(written, names, made, tuple(sorted(texts.states)), len(texts.made_up))
    raise ReconcileError(
        f"redact: {len(left) or 'some'} words of the exports would be left, or would compare otherwise. Nothing was written. "
        "Tell support that this happened; the exports themselves are not for sending."
    )


_WORD = re.compile(r"[^\W\d_]{3,}")


def _words_in(texts: Iterable[str]) -> set[str]:
    return {word.casefold() for text in texts for word in _WORD.findall(text)}


def _stay_within(made: MadeUp) -> set[str]:
    """Words of which a part has to stay (ad hoc, a letter of no known form): what is left of them is not a fault."""
    return {
        key for (_, key), rule in made.rules.items() if rule.fixed and len(rule.fixed) == len(key)
    }


def _left_in(files: Mapping[str, bytes], secret: set[str]) -> set[str]:
    """The words of the practice that stand in the made-up files or their names."""
    left = _words_in(files) & secret
    for content in files.values():
        left |= (
            _words_in(_shown_texts(content) if content[:2] == b"PK" else [_decoded(content)])
            & secret
        )
    return left


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


_SHOWN = re.compile(
    rb'<t(?: [^>]*)?>([^<]*)</t>|<(?:f|v|is|definedName)(?: [^>]*)?>([^<]*)<|\b(?:name|formatCode)="([^"]*)"'
)


def _shown_texts(content: bytes) -> Iterator[str]:
    """What the parts of a workbook say beyond what every workbook says."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            part = parts.read(name)
            if name.startswith("xl/theme") or name.startswith("docProps") or name.endswith(".rels"):
                continue  # the same in every workbook that is written here
            fonts = name == "xl/styles.xml"
            for found in _SHOWN.findall(part):
                texts = (
                    found[2:]
                    if fonts and b'formatCode="' + found[2] + b'"' in part
                    else ()
                    if fonts
                    else found
                )
                yield from (unescape(text.decode("utf-8")) for text in texts)


# Writing --------------------------------------------------------------------------------------------------------------------


def _renamed(name: str, made: MadeUp) -> str:
    return "".join(
        made.of(piece) if new else piece
        for piece, new in _title_parts(name, _DAY_IN_NAME, _NAME_WORDS)
    )


def _new_names(files: Sequence[File], made: MadeUp) -> dict[str, str]:
    """The new name of each file, by its label; the files stay in the order in which a run reads them."""
    names = [
        f"{_renamed(file.source.path.stem, made)}{file.source.path.suffix.lower()}"
        for file in files
    ]
    if names != sorted(names) or len({name.casefold() for name in names}) < len(names):
        names = [f"{at:02d}-{name}" for at, name in enumerate(names, start=1)]
    return {file.source.label: name for file, name in zip(files, names, strict=True)}


def _rewritten(file: File, plans: Sequence[list[list[str]]], made: MadeUp) -> bytes:
    sheets = [_new_rows(sheet, plan, made) for sheet, plan in zip(file.sheets, plans, strict=True)]
    if file.csv is not None:
        return file.csv.written(sheets[0])
    return _workbook(file, sheets, made)


def _new_rows(sheet: SheetCells, plans: list[list[str]], made: MadeUp) -> list[list[str]]:
    """The rows with made-up texts; a cell that keeps its kind keeps the sign of it."""
    return [
        [_new_cell(sheet, number, cell, what, made) for cell, what in zip(row, plan, strict=True)]
        for number, (row, plan) in enumerate(zip(sheet.rows, plans, strict=True))
    ]


def _new_cell(sheet: SheetCells, number: int, cell: str, what: str, made: MadeUp) -> str:
    if what == STAYS:
        return cell
    if what != MADE_UP:
        return MARK if what == MARKED else ""
    kind = cell[0] if cell[:1] in CELL_KINDS else ""
    if _is_above(sheet, number):
        return kind + "".join(
            made.of(piece) if new else piece for piece, new in _parts(cell, number, sheet.found)
        )
    return kind + made.of(plain_text(cell))


def _workbook(file: File, sheets: Sequence[list[list[str]]], made: MadeUp) -> bytes:
    book = Book(date(1980, 1, 1))
    for sheet, rows in zip(file.sheets, sheets, strict=True):
        new = book.add_sheet(_renamed(sheet.name, made))
        if sheet.hidden != "visible":
            (new.very_hidden if sheet.hidden == "veryHidden" else new.hide)()
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                if text:
                    value, form = sheet.held[number + 1, column + 1]
                    same = text == sheet.rows[number][column]
                    look = book.look(num_format=_renamed_form(form, made))
                    _put(new, number, column, text, value, look, same)
    return book.content()


def _renamed_form(form: str, made: MadeUp) -> str:
    return re.sub(
        r'"([^"]*)"', lambda text: f'"{made.of(text[1])}"' if _literals(text[0]) else text[0], form
    )


def _put(
    sheet: Worksheet,
    row: int,
    column: int,
    text: str,
    value: str | float,
    look: Format,
    same: bool,
) -> None:
    """Write one cell as what it was: a number as a number, a day as a day, an error as an error."""
    kind = text[0] if text[0] in CELL_KINDS else ""
    if value == NO_VALUE:
        sheet.write_formula(row, column, "=0", look, "")  # without a value, as it was
    elif kind == ERROR_MARK:
        # Only a formula gives an error, and a file may call anything one: nothing of it becomes a formula.
        error = text[1:] if text[1:] in EXCEL_ERRORS else "#VALUE!"
        sheet.write_formula(row, column, f"={error}", look, error)
    elif same or kind not in ("", NUMBER_MARK):
        put(sheet, row, column, value, look)
    elif isinstance(value, int | float) and any(
        letter.isdigit() for letter in text
    ):  # also one that its format pads
        digits = re.sub(r"[^\d.]", "", text)
        put(sheet, row, column, float(digits) if "." in digits else int(digits), look)
    else:
        put(sheet, row, column, text, look)


def refuse_to_write_over(folder: Path, names: Iterable[str], sources: Iterable[Source]) -> None:
    """See to it that nothing is replaced.

    Raises:
        ReconcileError: the folder holds one of the exports, or a file of one of these names.
    """
    if any(source.path.parent == folder.absolute() for source in sources):
        raise ReconcileError(
            f"{folder}: holds the exports themselves. Name another folder with --out."
        )
    there = sorted(name for name in names if (folder / name).exists())
    if there:
        raise ReconcileError(
            f"{folder / there[0]}: is there already. Name another folder with --out, or move it away."
        )
