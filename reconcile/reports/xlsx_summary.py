"""The lead sheet of the workbook: what presses, what doing the list brings, control totals, what was read and taken for granted.

Source: contract.md "fixlist.xlsx"; design.md "Control totals".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from reconcile.exports.control_totals import add_up
from reconcile.reports.figures import by_age, by_cause
from reconcile.reports.xlsx_blocks import TITLE, LeadSheet
from reconcile.reports.xlsx_book import Book
from reconcile.reports.xlsx_table import amount
from reconcile.settings.model import Settings
from reconcile.text_columns import Words
from reconcile.verdicts.watch import Watch
from reconcile.wording import day_words

if TYPE_CHECKING:
    from reconcile.pipeline import Result

_TOLD = 15  # fixes told of in words; all of them are in report.html
_SHORT_HASH = (
    12  # letters of a file's hash: enough to tell files apart; the whole is in fixlist.json
)
_MOST_LINES = 15  # of each list of the watch
_WIDTHS = (52, 24, 12, 15, 15, 14, 3, 60)
_CHARTS = 8  # the column of the charts


def write_lead(book: Book, sheet: Worksheet, result: Result, ledger: pd.DataFrame) -> None:
    """Write the Summary sheet.

    Args:
        book, sheet: the workbook, and the sheet of it.
        result: pipeline.Result.
        ledger: its ledger.
    """
    lead = LeadSheet(book, sheet, _WIDTHS)
    at = lead.write_lines(1, [[result.settings.practice or "Fix-list"]], TITLE)
    at = lead.write_lines(at, [["Xero invoices on XPM jobs, as of", result.as_of]])
    for words in ("Prepared by", "Reviewed by"):
        lead.write_typed(at, words)
        at += 1
    ahead = result.forecast
    brings = [
        [
            "would land wrong tonight and are not in XPM yet: do these first",
            "",
            ahead.before_tonight,
        ]
    ]
    brings += [
        ["to fix, in all", "", ahead.invoices],
        ["home after tonight", "", ahead.after_tonight],
    ]
    brings += [
        ["home after tomorrow", "", ahead.after_tomorrow],
        ["need a decision", "", ahead.needs_decision],
    ]
    brings += [["cannot be proved", "", ahead.cannot_prove]]
    at = lead.write_block(
        at + 1, "What doing every proved fix brings", ("invoices", "", "count"), brings
    )
    if result.root_causes:
        roots = [
            [root.text, ", ".join(root.rules), root.invoices, amount(root.cents)]
            for root in result.root_causes
        ]
        at = lead.write_block(
            at + 1,
            "Root causes",
            ("what many findings share", "rules", "invoices", "amount"),
            roots,
        )
        for row in range(at - len(roots), at):
            lead.restyle(row, 1, text_wrap=True, valign="top")
            lead.set_height(row, 45)
    at = _control(lead, at + 1, result, ledger)
    at = _charted(lead, at + 1, result, ledger)
    at = _since(lead, at + 1, result)
    at = _watch(lead, at, result.watch)
    _inputs(lead, at + 1, result)
    lead.finish()


def _watch(lead: LeadSheet, at: int, watch: Watch) -> int:
    """The billings that did not come and the jobs that nothing reached, a few lines of each; nothing where there are none.

    Returns the row below, as `at` is.
    """
    missing = [
        [
            f"{one.contact}{one.instead_words}",
            one.reference,
            one.missed,
            amount(one.cents),
            one.last_on,
            one.expected_on,
        ]
        for one in watch.missing
    ]
    unreached = [
        [
            f"{one.client}, {one.job_name}",
            one.client_order_no,
            None,
            None,
            one.created_on,
            one.job_no,
        ]
        for one in watch.unreached
    ]
    headers = (
        "billed monthly or quarterly, and not this period",
        "reference",
        "missed",
        "last amount",
        "last billed",
        "expected",
    )
    at = _few(lead, at, "Missing invoices", headers, missing)
    headers = (
        "billing jobs that no invoice names or sits on",
        "client order no.",
        "",
        "",
        "created",
        "job",
    )
    return _few(lead, at, "Jobs that nothing reached", headers, unreached)


# How the cells of a list of the watch stand, by their column.
_BESIDE: dict[int, dict[str, Any]] = {
    1: {"text_wrap": True},
    2: {"text_wrap": True},
    5: {"align": "right"},
    6: {"align": "left", "indent": 1},
}


def _few(
    lead: LeadSheet, at: int, title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """A block of the first rows, each as high as its first cell needs, and how many more there are."""
    if not rows:
        return at
    more = (
        [[f"and {len(rows) - _MOST_LINES} more: see fixlist.json"]]
        if len(rows) > _MOST_LINES
        else []
    )
    end = lead.write_block(at + 1, title, headers, [*rows[:_MOST_LINES], *more])
    lead.restyle(at + 2, 6, align="left", indent=1)
    for row in range(at + 3, end - len(more)):
        for column in range(1, 7):
            lead.restyle(row, column, valign="top", **_BESIDE.get(column, {}))
        lines = (-(-len(str(lead.value(row, column))) // _WIDTHS[column - 1]) for column in (1, 2))
        lead.set_height(row, 15 * max(lines))
    return end


def _control(lead: LeadSheet, at: int, result: Result, ledger: pd.DataFrame) -> int:
    """Rows and money read beside rows and money told of; the difference is nothing, or no file would have been written."""
    count = add_up(result.exports.inputs)
    rows = [
        [
            "rows in all files, and as records, folded lines, set aside, left out",
            "",
            count.rows,
            count.accounted_for,
            count.rows - count.accounted_for,
        ]
    ]
    at = lead.write_block(
        at, "Control totals: rows", ("", "", "read", "told of", "difference"), rows
    )
    only_in_xpm = Words(ledger["kind"]).are("only-in-xpm")
    read_cents = int(result.exports.invoices["total_cents"].sum()) + int(
        ledger["total_cents"].to_numpy()[only_in_xpm].sum()
    )
    by_outcome = result.totals.by_outcome
    rows = [[name, "", one.invoices, amount(one.cents)] for name, one in by_outcome.items()]
    all_cents = sum(one.cents for one in by_outcome.values())
    rows += [
        [
            "by outcome, in all",
            "",
            sum(one.invoices for one in by_outcome.values()),
            amount(all_cents),
        ]
    ]
    rows += [
        [
            "Xero's documents and what only XPM has, as read",
            "",
            len(result.exports.invoices) + int(only_in_xpm.sum()),
            amount(read_cents),
        ]
    ]
    rows += [
        ["difference", "", len(ledger) - result.totals.invoices, amount(all_cents - read_cents)]
    ]
    at = lead.write_block(
        at + 1,
        "Control totals: invoices by outcome",
        ("outcome", "", "invoices", "amount"),
        rows,
    )
    for column in range(1, 5):
        lead.restyle(at - 1, column, bold=True)
    return at


def _charted(lead: LeadSheet, at: int, result: Result, ledger: pd.DataFrame) -> int:
    causes = [[one.name, one.finding, one.invoices, amount(one.cents)] for one in by_cause(ledger)]
    ages = [[one.name, "", one.invoices, amount(one.cents)] for one in by_age(ledger, result.as_of)]
    headers = ("invoices", "amount")
    first = at + 2
    at = lead.write_block(at, "What to act on, by cause", ("cause", "finding", *headers), causes)
    if causes:
        lead.add_chart("Amount to act on, by cause", 2, first, len(causes), (2, _CHARTS))
    first = at + 3
    at = lead.write_block(
        at + 1, "What to act on, by age", ("age of the invoice", "", *headers), ages
    )
    below = max(4 + len(causes) + 6, 24), _CHARTS
    lead.add_chart("Amount to act on, by age", 1, first, len(ages), below)
    return at


_STILL_OPEN = "persisting"


def _since(lead: LeadSheet, at: int, result: Result) -> int:
    """What became of the fixes since the run before: counts, and in words those that are not open as they were."""
    if result.since.day is None:
        words = (
            "the first run of this history: nothing is called new"
            if result.trend
            else "no history is kept of this run"
        )
        return lead.write_block(at, "Since the last run", ("",), [[words]])
    groups = result.since.groups
    rows = [
        [
            group.replace("_", " "),
            "",
            sum(len(one.invoices) for one in entries),
            amount(sum(one.cents for one in entries)),
            len(entries),
        ]
        for group, entries in groups.items()
    ]
    title = f"Since the last run, as of {day_words(result.since.day)}"
    at = lead.write_block(at, title, ("fixes", "", "invoices", "amount", "fixes"), rows)
    told = [
        one
        for group, entries in groups.items()
        for one in entries
        if one.words or group != _STILL_OPEN
    ]
    lines = [
        [f"{one.state}: {one.title}" + (f" ({one.words})" if one.words else ""), one.id or ""]
        for one in told[:_TOLD]
    ]
    if len(told) > _TOLD:
        lines.append([f"and {len(told) - _TOLD} more: see report.html", ""])
    return lead.write_lines(at, lines)


def _inputs(lead: LeadSheet, at: int, result: Result) -> None:
    rows = [
        [
            one.path + (f", {one.sheet}" if one.sheet else ""),
            (one.role or "not understood").replace("_", " "),
            one.rows,
            one.records,
            one.set_aside + one.left_out,
            one.sha256[:_SHORT_HASH],
        ]
        for one in result.exports.inputs
    ]
    headers = ("file", "role", "rows", "records", "aside, left out", "sha256")
    at = lead.write_block(at, "What was read", headers, rows)
    settings = [[name, str(value)] for name, value in _settings_rows(result.settings)]
    at = lead.write_block(at + 1, "Settings", ("setting", "value"), settings)
    assumed = [[words] for words in result.exports.assumptions] or [["none"]]
    lead.write_block(at + 1, "Taken for granted", ("assumption",), assumed)


def _settings_rows(settings: Settings) -> list[tuple[str, Any]]:
    names = "adhoc profile window_days date_order xero_lock_date xpm_lock_date drafts cents_tolerance max_age_days".split()
    rows = [(name, getattr(settings, name)) for name in names]
    rows += [(f"state {name!r}", kind) for name, kind in sorted(settings.states.items())]
    return [(name, "not set" if value is None else value) for name, value in rows]
