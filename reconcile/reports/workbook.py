"""fixlist.xlsx: what people work from.

Real tables with filters, frozen headers, real dates and numbers, widths that fit, links between a fix and its rows.
Text is written as text: nothing in it becomes a formula or a link. The same input gives the same bytes.
Source: contract.md "fixlist.xlsx".
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from reconcile.causes import CAUSES, FINDINGS, ORDER, RULES, WORDS
from reconcile.reports.tables import in_list_order

ALL_INVOICES_UP_TO = 20_000  # contract.md: above that, only those that are not ok
LONGEST_TEXT = 32_767  # a cell holds no more
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # for the parts of the zip archive, so that the same input gives the same bytes
_LINE_HEIGHT = 15
STATUSES = ("to do", "in progress", "done", "not needed", "question")

_HEADER = PatternFill("solid", fgColor="1F3A5F")
_HEADER_FONT = Font(name="Calibri", bold=True, color="FFFFFF")
_TITLE = Font(name="Calibri", bold=True, size=16)
_SUBTITLE = Font(name="Calibri", bold=True, size=12)
_LINK = Font(name="Calibri", color="0563C1", underline="single")
_WRAP = Alignment(wrap_text=True, vertical="top")
_TOP = Alignment(vertical="top")
_MONEY = "#,##0.00;[Red]-#,##0.00"
_DATE = "yyyy-mm-dd"


@dataclass(frozen=True)
class _Column:
    """One column of a sheet: its header, width, and how its cells look."""

    header: str
    width: float
    wrap: bool = False
    number_format: str = ""


def workbook(result: Any, ledger: pd.DataFrame) -> bytes:
    """The workbook's bytes.

    Args:
        result: pipeline.Result.
        ledger: its ledger with `fix`.
    """
    book = Workbook()
    summary = book.active
    summary.title = "Summary"
    rows_of_fixes = _fix_list(book.create_sheet("Fix list"), result)
    _invoices(book.create_sheet("Invoices"), ledger, rows_of_fixes)
    _jobs(book.create_sheet("Jobs"), result.findings.jobs)
    _problems(book.create_sheet("Problems"), result)
    _rules(book.create_sheet("Rules"), result, ledger)
    _summary(summary, result, ledger)
    day = dt.datetime.combine(result.as_of, dt.time())
    book.properties.creator = "reconcile"
    book.properties.created = book.properties.modified = day
    return _same_bytes(book, day)


def _same_bytes(book: Workbook, day: dt.datetime) -> bytes:
    """Save, then pack again with fixed times: the library writes the clock's."""
    saved = io.BytesIO()
    book.save(saved)
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(saved) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                modified = rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)"
                content = re.sub(modified, rb"\g<1>" + day.strftime("%Y-%m-%dT%H:%M:%SZ").encode() + rb"\2", content)
            part = zipfile.ZipInfo(name, FIXED_TIME)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 0
            target.writestr(part, content)
    return packed.getvalue()


# Cells -------------------------------------------------------------------------------------------------------------


def _put(cell: Cell, value: Any, column: _Column | None = None) -> None:
    """Set a cell: text stays text, whatever it begins with."""
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
        if len(text) > LONGEST_TEXT:
            text = text[: LONGEST_TEXT - 1] + "…"
        cell.value = text
        cell.data_type = "s"
        if text[:1] in ("=", "+", "-", "@"):
            cell.quotePrefix = True
    else:
        cell.value = value
    if column is not None:
        if column.number_format:
            cell.number_format = column.number_format
        cell.alignment = _WRAP if column.wrap else _TOP


def _table(
    sheet: Worksheet, name: str, columns: Sequence[_Column], rows: Sequence[Sequence[Any]], top: int = 1
) -> None:
    """A real table with filters, frozen header, widths, printable on one page's width."""
    for at, column in enumerate(columns, start=1):
        header = sheet.cell(top, at, column.header)
        header.fill, header.font, header.alignment = _HEADER, _HEADER_FONT, Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    for row_at, row in enumerate(rows, start=top + 1):
        for at, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            if value is not None and value != "":
                _put(sheet.cell(row_at, at), value, column)
        sheet.row_dimensions[row_at].height = _LINE_HEIGHT * _line_count(columns, row)
    bottom = max(top + len(rows), top + 1)
    table = Table(displayName=name, ref=f"A{top}:{get_column_letter(len(columns))}{bottom}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    sheet.freeze_panes = sheet.cell(top + 1, 1)
    _printable(sheet, f"{top}:{top}")


def _line_count(columns: Sequence[_Column], row: Sequence[Any]) -> int:
    """How many lines the fullest wrapped cell of a row takes; few programs find out by themselves."""
    most = 1
    for column, value in zip(columns, row, strict=True):
        if column.wrap and isinstance(value, str):
            most = max(most, sum(-(-max(len(line), 1) // int(column.width * 0.95)) for line in value.split("\n")))
    return min(most, 12)


def _printable(sheet: Worksheet, title_rows: str = "") -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&A, page &P of &N"
    if title_rows:
        sheet.print_title_rows = title_rows


def _link(cell: Cell, sheet: str, row: int) -> None:
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!A{row}", display=str(cell.value))
    cell.font = _LINK


def _amount(cents: int) -> float:
    """Cents as the number a spreadsheet shows; at two decimals it is exact up to ten thousand billion."""
    return int(cents) / 100


def _day(value: Any) -> dt.date | None:
    return None if value is None or value != value else pd.Timestamp(value).date()


# Sheets ------------------------------------------------------------------------------------------------------------

_FIX_COLUMNS = (
    _Column("done", 7),
    _Column("status", 12),
    _Column("assigned to", 14),
    _Column("note", 24, wrap=True),
    _Column("priority", 9),
    _Column("client", 26, wrap=True),
    _Column("owner", 16, wrap=True),
    _Column("system", 9),
    _Column("what to do", 60, wrap=True),
    _Column("value to paste", 18, wrap=True),
    _Column("why", 44, wrap=True),
    _Column("invoice", 12),
    _Column("job", 12),
    _Column("amount", 13, number_format=_MONEY),
    _Column("minutes", 9),
    _Column("due", 11, number_format=_DATE),
    _Column("fix id", 10),
    _Column("step", 6),
    _Column("proof", 40, wrap=True),
)


def _fix_list(sheet: Worksheet, result: Any) -> dict[str, int]:
    """One row per action, in the order to do them.

    Returns:
        The first row of each fix.
    """
    rows: list[list[Any]] = []
    first: dict[str, int] = {}
    for fix in result.fixes:
        first[fix.id] = len(rows) + 2
        for step, action in enumerate(fix.actions, start=1):
            head = step == 1
            rows.append(
                [
                    None,
                    None,
                    None,
                    None,
                    fix.priority,
                    fix.client,
                    fix.owner,
                    {"xero": "Xero", "xpm": "XPM"}.get(action.system, action.system),
                    action.text,
                    action.value,
                    fix.title if head else "",
                    action.invoice_no or (", ".join(fix.invoices[:5]) if head else ""),
                    action.job_no or (", ".join(fix.jobs[:5]) if head else ""),
                    _amount(fix.cents) if head else None,
                    fix.minutes if head else None,
                    fix.due,
                    fix.id,
                    step,
                    _proof_words(fix) if head else "",
                ]
            )
    _table(sheet, "FixList", _FIX_COLUMNS, rows)
    choices = DataValidation(type="list", formula1=f'"{",".join(STATUSES)}"', allow_blank=True)
    choices.add(f"B2:B{max(len(rows) + 1, 2)}")
    sheet.add_data_validation(choices)
    sheet.freeze_panes = "A2"
    return first


def _proof_words(fix: Any) -> str:
    """What the replay shows, what it costs otherwise, and what it takes for granted."""
    proof = fix.proof
    words = {
        "proved": f"proved: home after {'tonight' if proof.nights == 1 else 'tomorrow'}",
        "needs-decision": "needs a decision",
    }.get(proof.status, f"cannot be proved: {proof.reason}")
    parts = [words]
    parts += [f"or {one.text} ({one.minutes} min)" for one in fix.alternatives]
    if fix.least_minutes is not None:
        least = "the least possible" if fix.least_minutes == fix.minutes else f"never below {fix.least_minutes} min"
        parts.append(f"{fix.minutes} min: {least}")
    if proof.moves_others:
        parts.append(f"moves too: {', '.join(move.invoice_no for move in proof.moves_others[:5])}")
    if proof.assumes:
        parts.append(f"takes for granted {', '.join(proof.assumes)}")
    return "\n".join(parts)


_INVOICE_COLUMNS = (
    _Column("invoice", 12),
    _Column("reference", 18, wrap=True),
    _Column("contact", 28, wrap=True),
    _Column("date", 11, number_format=_DATE),
    _Column("total", 13, number_format=_MONEY),
    _Column("status", 16),
    _Column("outcome", 9),
    _Column("cause", 8),
    _Column("finding", 22),
    _Column("is", 16),
    _Column("belongs", 14),
    _Column("certainty", 10),
    _Column("tonight", 18),
    _Column("fix", 10),
    _Column("notes", 50, wrap=True),
    _Column("file", 24, wrap=True),
    _Column("row", 7),
)


def _place(place: str, job_no: str, rule: str = "") -> str:
    words = job_no if place == "job" and job_no else f"ad hoc {job_no}".strip() if place == "adhoc" else place
    return f"{words} ({rule})" if rule else words


def _invoices(sheet: Worksheet, ledger: pd.DataFrame, rows_of_fixes: dict[str, int]) -> None:
    shown = in_list_order(ledger)
    if len(shown) > ALL_INVOICES_UP_TO:
        shown = shown[shown["outcome"] != "ok"]
    rows = [
        [
            row.invoice_no,
            row.reference,
            row.contact,
            _day(row.invoice_date),
            _amount(row.total_cents),
            row.status,
            row.outcome,
            row.cause,
            row.finding,
            _place(row.now_place, row.now_job_no),
            _place(row.belongs_place, row.belongs_job_no),
            row.certainty,
            _place(row.tonight_place, row.tonight_job_no, row.rule),
            row.fix,
            row.notes,
            row.file,
            row.row,
        ]
        for row in shown.itertuples()
    ]
    _table(sheet, "Invoices", _INVOICE_COLUMNS, rows)
    fix_column = [column.header for column in _INVOICE_COLUMNS].index("fix") + 1
    for at, row in enumerate(rows, start=2):
        if row[fix_column - 1]:
            _link(sheet.cell(at, fix_column), "Fix list", rows_of_fixes[row[fix_column - 1]])


_JOB_COLUMNS = (
    _Column("job", 12),
    _Column("name", 30, wrap=True),
    _Column("client", 28, wrap=True),
    _Column("client order no.", 18, wrap=True),
    _Column("state", 18),
    _Column("state type", 12),
    _Column("role", 14),
    _Column("finding", 22),
    _Column("invoices on it", 10),
    _Column("amount on it", 13, number_format=_MONEY),
    _Column("next invoice goes to", 40, wrap=True),
    _Column("owner", 18),
    _Column("file", 24, wrap=True),
    _Column("row", 7),
)


def _jobs(sheet: Worksheet, jobs: pd.DataFrame) -> None:
    """Each job with a finding, the register of non-billing jobs, and each whose next invoice goes to another (M3)."""
    passed = (jobs["next_job_no"] != "") & (jobs["next_job_no"] != jobs["job_no"]) & (jobs["invoices"] > 0)
    shown = jobs[(jobs["finding"] != "") | (jobs["role"] == "non-billing") | passed].sort_values("job_no", kind="stable")
    rows = [
        [
            row.job_no,
            row.job_name,
            row.client,
            row.client_order_no,
            row.state,
            row.state_type,
            row.role,
            row.finding,
            row.invoices,
            _amount(row.total_cents),
            _next_words(row),
            row.owner,
            row.file,
            row.row,
        ]
        for row in shown.itertuples()
    ]
    _table(sheet, "Jobs", _JOB_COLUMNS, rows)


def _next_words(job: Any) -> str:
    """Which job gets the next invoice with this one's order number (M1-M3)."""
    if job.next_job_no in ("", job.job_no):
        return job.next_job_no
    return f"{job.next_job_no}: it has taken over {job.client_order_no} (M3)"


_PROBLEM_COLUMNS = (
    _Column("file", 30, wrap=True),
    _Column("sheet", 14),
    _Column("row", 8),
    _Column("column", 18),
    _Column("value", 30, wrap=True),
    _Column("problem", 70, wrap=True),
    _Column("set aside", 10),
)


def _problems(sheet: Worksheet, result: Any) -> None:
    rows = [
        [one.file, one.sheet, one.row, one.column, one.value, one.problem, "yes" if one.set_aside else "no"]
        for one in result.problems
    ]
    _table(sheet, "Problems", _PROBLEM_COLUMNS, rows)


def _rules(sheet: Worksheet, result: Any, ledger: pd.DataFrame) -> None:
    """The ids this report cites, in words."""
    texts = [action.text for fix in result.fixes for action in fix.actions]
    texts += list(ledger["notes"].unique()) + list(ledger["rule"].unique()) + list(ledger["if_resynced_rule"].unique())
    texts += [" ".join(fix.proof.assumes) for fix in result.fixes]
    cited = set(re.findall(r"\b[ECMLAR]\d{1,2}\b", " ".join(texts)))
    causes = set(ledger["cause"].unique())
    rows = [[cause.id, cause.finding, WORDS[cause.id]] for cause in CAUSES if cause.id in causes]
    rows += [[rule, "", words] for rule, words in RULES.items() if rule in cited]
    _table(sheet, "Rules", (_Column("id", 8), _Column("finding", 24), _Column("in words", 100, wrap=True)), rows)


# Summary -----------------------------------------------------------------------------------------------------------

_AGES = ((30, "up to 30 days"), (90, "31 to 90 days"), (365, "91 to 365 days"), (10**6, "over a year"))


def _summary(sheet: Worksheet, result: Any, ledger: pd.DataFrame) -> None:
    sheet.sheet_view.showGridLines = False
    for letter, width in zip("ABCDEF", (44, 24, 12, 14, 22, 68), strict=True):
        sheet.column_dimensions[letter].width = width
    at = _lines(sheet, 1, [[result.settings.practice or "Fix-list"]], _TITLE)
    at = _lines(sheet, at, [["as of", result.as_of]])
    ahead = result.forecast
    brings = [["would land wrong tonight, not in XPM yet: do these first", "", ahead.before_tonight]]
    brings += [["to fix, in all", "", ahead.invoices], ["home after tonight", "", ahead.after_tonight]]
    brings += [["home after tomorrow", "", ahead.after_tomorrow], ["need a decision", "", ahead.needs_decision]]
    brings += [["cannot be proved", "", ahead.cannot_prove]]
    at = _block(sheet, at + 1, "What doing every proved fix brings", ("", "", "invoices"), brings)
    if result.root_causes:
        roots = [[root.text, ", ".join(root.rules), root.invoices, _amount(root.cents)] for root in result.root_causes]
        at = _block(sheet, at + 1, "Root causes", ("what many findings share", "rules", "invoices", "amount"), roots)
    at = _block(sheet, at + 1, "Invoices by outcome", ("outcome", "", "invoices", "amount"), _outcome_rows(result))
    causes = _cause_rows(ledger)
    first = at + 1
    at = _block(sheet, first, "What to act on, by cause", ("cause", "finding", "invoices", "amount"), causes)
    if causes:
        _chart(sheet, first + 2, len(causes))
    at = _block(
        sheet,
        at + 1,
        "What to act on, by age",
        ("age of the invoice", "", "invoices", "amount"),
        _age_rows(result, ledger),
    )
    at = _block(sheet, at + 1, "Since the last run", ("", "", "", ""), [["no history is kept of this run"]])
    inputs = [
        [
            one["path"] + (f", {one['sheet']}" if one["sheet"] else ""),
            (one["role"] or "not understood").replace("_", " "),
            one["rows"],
            one["records"],
            one["set_aside"] + one["left_out"],
            one["sha256"],
        ]
        for one in result.exports.inputs
    ]
    at = _block(
        sheet, at + 1, "What was read", ("file", "role", "rows", "records", "set aside or left out", "sha256"), inputs
    )
    settings = [[name, str(value)] for name, value in _settings_rows(result.settings)]
    at = _block(sheet, at + 1, "Settings", ("setting", "value"), settings)
    _block(
        sheet, at + 1, "Assumptions", ("assumption",), [[words] for words in result.exports.assumptions] or [["none"]]
    )
    _printable(sheet)


def _lines(sheet: Worksheet, at: int, rows: Sequence[Sequence[Any]], font: Font | None = None) -> int:
    for row in rows:
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(at, column)
            _put(cell, value)
            if isinstance(value, float):
                cell.number_format = _MONEY
            elif isinstance(value, dt.date):
                cell.number_format = _DATE
                cell.alignment = Alignment(horizontal="left")
            if font:
                cell.font = font
        at += 1
    return at


def _block(sheet: Worksheet, at: int, title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """A titled block of rows; returns the row below it."""
    at = _lines(sheet, at, [[title]], _SUBTITLE)
    for column, header in enumerate(headers, start=1):
        if header:
            cell = sheet.cell(at, column, header)
            cell.font, cell.fill = _HEADER_FONT, _HEADER
    return _lines(sheet, at + 1, rows)


def _outcome_rows(result: Any) -> list[list[Any]]:
    totals = result.totals
    rows = [[name, "", one["invoices"], _amount(one["cents"])] for name, one in totals["by_outcome"].items()]
    return [*rows, ["all", "", totals["invoices"], _amount(totals["cents"])]]


def _to_act_on(ledger: pd.DataFrame) -> pd.DataFrame:
    return ledger[ledger["outcome"].isin(["fix", "review"])]


def _cause_rows(ledger: pd.DataFrame) -> list[list[Any]]:
    groups = _to_act_on(ledger).groupby("cause")["total_cents"].agg(["size", "sum"])
    rows = [[cause, FINDINGS.get(cause, ""), int(row["size"]), _amount(row["sum"])] for cause, row in groups.iterrows()]
    return sorted(rows, key=lambda row: ORDER.get(row[0], len(ORDER)))


def _age_rows(result: Any, ledger: pd.DataFrame) -> list[list[Any]]:
    acting = _to_act_on(ledger)
    age = (pd.Timestamp(result.as_of) - acting["invoice_date"]).dt.days
    rows: list[list[Any]] = []
    below = -(10**6)
    for limit, words in _AGES:
        inside = acting[(age > below) & (age <= limit)]
        rows.append([words, "", len(inside), _amount(inside["total_cents"].sum())])
        below = limit
    undated = acting[age.isna()]
    if len(undated):
        rows.append(["date not known", "", len(undated), _amount(undated["total_cents"].sum())])
    return rows


def _chart(sheet: Worksheet, first: int, count: int) -> None:
    chart = BarChart()
    chart.type, chart.style, chart.legend = "bar", 10, None
    chart.title = "Amount to act on, by cause"
    chart.add_data(Reference(sheet, min_col=4, min_row=first, max_row=first + count - 1))
    chart.set_categories(Reference(sheet, min_col=2, min_row=first, max_row=first + count - 1))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.numFmt = "#,##0"
    chart.height, chart.width = max(6.0, 0.6 * count + 2), 18
    sheet.add_chart(chart, "H2")


def _settings_rows(settings: Any) -> list[tuple[str, Any]]:
    names = (
        "adhoc profile window_days date_order xero_lock_date xpm_lock_date drafts cents_tolerance max_age_days".split()
    )
    rows = [(name, getattr(settings, name)) for name in names]
    rows += [(f"state {name!r}", kind) for name, kind in sorted(settings.states.items())]
    return [(name, "not set" if value is None else value) for name, value in rows]
