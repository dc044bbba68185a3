"""The overview of many practices as a workbook."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from xlsxwriter.worksheet import Worksheet

from reconcile.batch.overview import (
    _SINCE,
    AT_RISK,
    AT_RISK_WORDS,
    CLEAN,
    FAILED,
    NO_CAUSE,
    SET_ASIDE,
    TO_ACT_ON,
    Group,
    Sums,
    _results,
    exit_words,
    reasons_of,
    state_of,
    sums_of,
)
from reconcile.batch.record import PracticeRecord
from reconcile.reports.xlsx_blocks import TITLE, LeadSheet
from reconcile.reports.xlsx_book import MONEY, Book
from reconcile.reports.xlsx_table import Column, amount, colour_words, write_table
from reconcile.rules.causes import FINDINGS, ORDER
from reconcile.rules.vocabulary import OUTCOMES
from reconcile.verdicts.totals import CauseTotals
from reconcile.wording import passed_over_words

_SHORT_MONEY = '[>=1000000]#,##0.0,,"m";[>=1000]#,##0,"k";0'  # along a chart's axis


_LONGEST_LINK = 2_000  # letters; Excel refuses a file with a link of more than 2,079


_PRACTICE_COLUMNS = (
    Column("practice", 30, wrap=True),
    Column("state", 11),
    Column("at risk", 15, number_format=MONEY),
    Column("invoices to mend or look at", 12, number_format="#,##0"),
    Column("fixes", 8, number_format="#,##0"),
    Column("minutes", 9, number_format="#,##0"),
    Column("before tonight", 9, number_format="#,##0", centred=True),
    Column("needs a decision", 10, number_format="#,##0", centred=True),
    Column("new since last run", 9, number_format="#,##0", centred=True),
    Column("fixed since last run", 9, number_format="#,##0", centred=True),
    Column("worse since last run", 9, number_format="#,##0", centred=True),
    Column("invoices in all", 10, number_format="#,##0"),
    Column("money in all", 16, number_format=MONEY),
    Column("problems", 10, number_format="#,##0", centred=True),
    Column("set aside", 8, number_format="#,##0", centred=True),
    Column("folder of results", 56, wrap=True),
)


_CAUSE_COLUMNS = (
    Column("practice", 60, wrap=True),
    Column("cause", 10),
    Column("finding", 24),
    Column("outcome", 10),
    Column("invoices", 11, number_format="#,##0"),
    Column("amount", 16, number_format=MONEY),
)


_FAILURE_COLUMNS = (
    Column("practice", 30, wrap=True),
    Column("place", 40, wrap=True),
    Column("what happened", 28, wrap=True),
    Column("reason, and what to do", 90, wrap=True),
)


_COLOURS = {CLEAN: "D9EAD3", TO_ACT_ON: "FDE9D9", SET_ASIDE: "FFF2CC", FAILED: "F4C7C3"}


def overview_workbook(
    records: Sequence[PracticeRecord],
    as_of: dt.date,
    name: str,
    beside: Path | None = None,
    passed_over: Sequence[str] = (),
) -> bytes:
    """The workbook's bytes: Summary, Practices, Causes, Failures.

    Args:
        records: of worker.run_practice.
        name: of all these practices together.
        beside: the folder that the workbook will be in: links to results are then relative to it, so that a whole tree of
            practices can be moved; without it they name the whole path.
        passed_over: folders beside the practices' own that are none.
    """
    sums = sums_of(records)
    book = Book(as_of)
    summary = book.add_sheet("Summary")
    _practices(book, sums, beside)
    _cause_rows(book, sums)
    _failures(book, sums)
    _summary(book, summary, sums, as_of, name, passed_over)
    return book.content()


def _practices(book: Book, sums: Sums, beside: Path | None) -> None:
    """One row per practice."""
    rows = [
        [record.practice, state_of(record), *_figures(record), _results(record)]
        for record in sums.records
    ]
    leads = {at: _address(row[-1], beside) for at, row in enumerate(rows)}
    sheet = book.add_sheet("Practices")
    state, last = 1, len(_PRACTICE_COLUMNS) - 1
    colour_words(book, sheet, state, len(rows), _COLOURS)
    links = {(at, last): to for at, to in leads.items() if to}
    write_table(book, sheet, "Practices", _PRACTICE_COLUMNS, rows, links=links)


def _figures(record: PracticeRecord) -> list[Any]:
    """A practice's numbers, in the order of their columns; none of one that failed."""
    if state_of(record) == FAILED:
        return [None] * (len(_PRACTICE_COLUMNS) - 3)
    counts = "at_risk_invoices fixes minutes before_tonight needs_decision".split()
    return [
        amount(record.at_risk_cents),
        *(getattr(record, key) for key in counts),
        *(record.since.get(key, 0) for key in _SINCE),
        record.invoices,
        amount(record.cents),
        record.problems,
        record.set_aside,
    ]


def _address(path: str, beside: Path | None) -> str:
    """Where a link to a folder leads, as XlsxWriter takes it; "" for none: not on this computer, or a name that a link
    would read otherwise. A relative one is written with backslashes, as Excel writes it on every system."""
    if not path or "://" in path or path[:2] in ("//", "\\\\") or not path.isprintable():
        return ""
    target = _relative(path, beside) if beside is not None else ""
    if target:  # one of a single letter stops XlsxWriter, so each begins with a dot
        quoted = re.sub(r"[\x00-\x7f]+", lambda found: quote(found[0]), f"./{target}")
        link = "" if re.search(r"[\\:]", target) else f"external:{quoted}"
    else:  # in small letters XlsxWriter takes it for a path of Windows
        uri = PurePath(path).as_uri() if PurePath(path).is_absolute() else ""
        link = re.sub("^file:", "FILE:", uri)
    return link if len(link) <= _LONGEST_LINK else ""


def _relative(path: str, beside: Path) -> str:
    """The way from one folder to another; "" where there is none, as between drives."""
    try:
        return PurePath(os.path.relpath(path, beside)).as_posix()
    except ValueError:
        return ""


def _cause_rows(book: Book, sums: Sums) -> None:
    """One row per practice, outcome and cause, of all invoices that are not ok."""
    rows = [
        [
            record.practice,
            cause or NO_CAUSE,
            FINDINGS.get(cause, ""),
            one.outcome,
            one.invoices,
            amount(one.cents),
        ]
        for record in sums.ran
        for cause, one in sorted(((one.cause or "", one) for one in record.causes), key=_cause_rank)
        if one.outcome != "ok"
    ]
    write_table(book, book.add_sheet("Causes"), "Causes", _CAUSE_COLUMNS, rows)


def _cause_rank(entry: tuple[str, CauseTotals]) -> tuple[Any, ...]:
    """What is at risk first, the largest amount first."""
    cause, one = entry
    return (
        one.outcome not in AT_RISK,
        -one.cents,
        ORDER.get(cause, len(ORDER)),
        cause,
        OUTCOMES.index(one.outcome),
    )


def _failures(book: Book, sums: Sums) -> None:
    """One row per reason."""
    rows = [
        [record.practice, record.place, exit_words(record.exit_code), reason]
        for record in sums.failed
        for reason in reasons_of(record)
    ]
    write_table(book, book.add_sheet("Failures"), "Failures", _FAILURE_COLUMNS, rows)


def _summary(
    book: Book,
    sheet: Worksheet,
    sums: Sums,
    as_of: dt.date,
    name: str,
    passed_over: Sequence[str],
) -> None:
    """The lead sheet: how many practices, what is at risk, and the causes across practices with a chart."""
    lead = LeadSheet(book, sheet, (74, 24, 12, 17, 12, 3, 60))
    at = lead.write_lines(1, [[name]], TITLE)
    at = lead.write_lines(
        at,
        [["Xero invoices on XPM jobs, practice by practice, as of", as_of], [AT_RISK_WORDS]],
    )
    if passed_over:
        at = lead.write_lines(at, [[f"Folders {passed_over_words(passed_over)}."]])
    states = [
        [f"{one.name}: {one.words}", "", one.practices, amount(one.cents)] for one in sums.states
    ]
    states[-1][3] = None  # what is at risk where nothing ran is not known
    states.append(["practices in all", "", len(sums.records), amount(sums.at_risk.cents)])
    at = _with_total(
        lead,
        lead.write_block(at + 1, "Practices", ("state", "", "practices", "at risk"), states),
    )
    outcomes = [
        [f"{one.name}: {one.words}", "", one.invoices, amount(one.cents), one.practices]
        for one in sums.outcomes
    ]
    outcomes.append(
        ["invoices in all", "", sums.every.invoices, amount(sums.every.cents), sums.every.practices]
    )
    headers = ("invoices", "amount", "practices")
    at = _with_total(
        lead,
        lead.write_block(at + 1, "Invoices by outcome", ("outcome", "", *headers), outcomes),
    )
    at = _work(lead, at + 1, sums)
    causes = [
        [_cause_line(one), one.finding or one.name, one.invoices, amount(one.cents), one.practices]
        for one in sums.causes
    ]
    first = at + 3
    causes.append(
        [
            "at risk in all",
            "",
            sums.at_risk.invoices,
            amount(sums.at_risk.cents),
            sums.at_risk.practices,
        ]
    )
    at = lead.write_block(
        at + 1, "What is at risk, by cause", ("cause", "finding", *headers), causes
    )
    _with_total(lead, at)
    if sums.causes:
        lead.add_chart("Money at risk, by cause", 2, first, len(sums.causes), (2, 7), _SHORT_MONEY)
    lead.finish()


def _cause_line(cause: Group) -> str:
    return f"{cause.name}: {cause.words}" if cause.finding else cause.words or cause.name


def _work(lead: LeadSheet, at: int, sums: Sums) -> int:
    """What there is to do in all, and what changed; returns the row below, as `at` is."""
    counts, since = sums.counts, sums.since
    rows = [
        ["fixes: each is a few clicks in Xero or XPM", "", counts["fixes"]],
        ["minutes of work for them", "", counts["minutes"]],
        [
            "invoices to mend before tonight: tonight's import would take them to a wrong place",
            "",
            counts["before_tonight"],
        ],
        ["invoices that need a decision first", "", counts["needs_decision"]],
        ["fixes that are new since each practice's last run", "", since["new"]],
        ["fixes that are done since then", "", since["fixed"]],
        ["fixes that are worse since then: more money or more invoices", "", since["worse"]],
        [
            "problems in the input, each a row or a file that was not as it should be",
            "",
            counts["problems"],
        ],
        ["of these, set aside: left out of the figures", "", counts["set_aside"]],
    ]
    return lead.write_block(at, "Work in all practices", ("what", "", "count"), rows)


def _with_total(lead: LeadSheet, below: int) -> int:
    """Make the last row of a block a total; returns the row below it."""
    for column in range(1, 6):
        lead.restyle(below - 1, column, bold=True)
    return below
