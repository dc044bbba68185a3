"""Many practices in one workbook and on one page: by money at risk, causes across practices, failures with their reasons.

    records of worker.run_practice --sums_of--> Sums --> overview_workbook, overview_page

The same records give the same bytes, in whatever order they came and however long each took. Names, places and reasons
are texts of strangers: nothing in them becomes a formula, a link or markup.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, NamedTuple
from urllib.parse import quote

from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from reconcile.causes import FINDINGS, ORDER, OUTCOME_WORDS, OUTCOMES, WORDS
from reconcile.reports.blocks import add_chart, write_block, write_lines
from reconcile.reports.page import filled, stacked
from reconcile.reports.sheets import MONEY, TITLE, Column, Rows, amount, lock, make_printable, write_table
from reconcile.reports.workbook import same_bytes
from reconcile.words import passed_over_words

CLEAN, TO_ACT_ON, SET_ASIDE, FAILED = "clean", "to act on", "set aside", "failed"
_STATES = {0: CLEAN, 10: TO_ACT_ON, 20: SET_ASIDE}  # by exit code; any other is a failure
STATE_WORDS = {
    CLEAN: "ran, and there is nothing to do",
    TO_ACT_ON: "ran, and its fix-list has something to do",
    SET_ASIDE: "ran, but left out part of its input; it may have something to do too",
    FAILED: "did not run, or not to the end; the reasons are under Failures",
}
_EXIT_WORDS = {
    2: "could not run: its files or settings need somebody (2)",
    75: "try again later (75)",
    1: "a fault of this program (1)",
}
AT_RISK = ("fix", "review")  # outcomes: someone must act
AT_RISK_WORDS = "At risk: the money on invoices that somebody has to mend or look at."
NO_CAUSE = "no cause"  # of invoices that a person looks at, and of which the exports tell too little to name one
_OF_THE_MOMENT = ("seconds", "skipped")  # keys of a record that say how it came about, and nothing of the practice
_SINCE = ("new", "fixed", "worse")
_SHORT_MONEY = '[>=1000000]#,##0.0,,"m";[>=1000]#,##0,"k";0'  # along a chart's axis
_LONGEST_LINK = 2_000  # letters; Excel refuses a file with a link of more than 2,079


# Sums ----------------------------------------------------------------------------------------------------------------


class Group(NamedTuple):
    """Practices, invoices and their amount under a name; `finding` and `words` say what it is."""

    name: str
    practices: int
    invoices: int
    cents: int
    finding: str = ""
    words: str = ""


@dataclass(frozen=True)
class Sums:
    """Many practices in numbers.

    Attributes:
        records: by money at risk, the largest first, ties by name; last those that failed. ran, failed: the same, apart.
        states, outcomes: in the order of their tables. causes: of what is at risk, the largest amount first.
        counts: fixes, minutes, before_tonight, needs_decision, problems, set_aside. since: new, fixed, worse.
    """

    records: list[Mapping[str, Any]]
    ran: list[Mapping[str, Any]]
    failed: list[Mapping[str, Any]]
    states: list[Group]
    outcomes: list[Group]
    causes: list[Group]
    at_risk: Group
    every: Group
    counts: dict[str, int]
    since: dict[str, int]


def sums_of(records: Iterable[Mapping[str, Any]]) -> Sums:
    """Add up the records of many practices."""
    ordered = sorted(records, key=_rank)
    ran = [record for record in ordered if state_of(record) != FAILED]
    failed = [record for record in ordered if state_of(record) == FAILED]
    by_state: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for record in ordered:
        by_state[state_of(record)].append(record)
    outcomes = [
        _group(name, [record["outcomes"][name] for record in ran], words=OUTCOME_WORDS[name]) for name in OUTCOMES
    ]
    counts = "fixes minutes before_tonight needs_decision problems set_aside".split()
    return Sums(
        records=ordered,
        ran=ran,
        failed=failed,
        states=[_state(name, by_state[name]) for name in STATE_WORDS],
        outcomes=outcomes,
        causes=_causes(ran),
        at_risk=_group("at risk", [_at_risk(record) for record in ran]),
        every=_group("in all", ran),
        counts={name: sum(record[name] for record in ran) for name in counts},
        since={name: sum(record["since"].get(name, 0) for record in ran) for name in _SINCE},
    )


def state_of(record: Mapping[str, Any]) -> str:
    """What became of a practice, in a word of STATE_WORDS."""
    return _STATES.get(record["exit_code"], FAILED)


def _rank(record: Mapping[str, Any]) -> tuple[Any, ...]:
    """Where a record stands; what differs in nothing else is put in the order of its whole text."""
    failed = state_of(record) == FAILED
    text = json.dumps({key: value for key, value in record.items() if key not in _OF_THE_MOMENT}, sort_keys=True)
    name = record["practice"]
    return failed, 0 if failed else -record["at_risk_cents"], name.casefold(), name, record["place"], text


def _at_risk(record: Mapping[str, Any]) -> dict[str, int]:
    return {"invoices": record["at_risk_invoices"], "cents": record["at_risk_cents"]}


def _group(name: str, figures: Sequence[Mapping[str, Any]], finding: str = "", words: str = "") -> Group:
    """The sum of one figure of each practice; a practice counts where it has an invoice of it."""
    invoices, cents = (sum(one[key] for one in figures) for key in ("invoices", "cents"))
    return Group(name, sum(one["invoices"] > 0 for one in figures), invoices, cents, finding, words)


def _state(name: str, records: Sequence[Mapping[str, Any]]) -> Group:
    """How many practices are in a state, and what is at risk in them."""
    at_risk = _group(name, [_at_risk(record) for record in records if name != FAILED], words=STATE_WORDS[name])
    return at_risk._replace(practices=len(records))


def _causes(ran: Sequence[Mapping[str, Any]]) -> list[Group]:
    """What is at risk by cause; a cause of two outcomes in one practice is in one practice."""
    figures: dict[str, list[Mapping[str, int]]] = defaultdict(list)
    for record in ran:
        of_practice: dict[str, dict[str, int]] = defaultdict(lambda: {"invoices": 0, "cents": 0})
        for one in record["causes"]:
            if one["outcome"] in AT_RISK:
                of_practice[one["cause"] or ""]["invoices"] += one["invoices"]
                of_practice[one["cause"] or ""]["cents"] += one["cents"]
        for cause, figure in of_practice.items():
            figures[cause].append(figure)
    groups = [_group(cause or NO_CAUSE, some, FINDINGS.get(cause, ""), _cause_words(cause)) for cause, some in figures.items()]
    return sorted(groups, key=lambda one: (-one.cents, ORDER.get(one.name, len(ORDER)), one.name))


def _cause_words(cause: str) -> str:
    return WORDS.get(cause, "") if cause else "the exports tell too little: a person looks"


def _results(record: Mapping[str, Any]) -> str:
    """The path of a practice's folder of results, as people write it; "" where there is none."""
    folder, place = record.get("folder", ""), record["place"]
    if not folder or re.match(r"[/\\]|[A-Za-z]:", folder):
        return folder
    if folder == ".":
        return place
    if re.match(r"[A-Za-z]:\\|\\\\", place):
        return place.rstrip("\\") + "\\" + folder.replace("/", "\\")
    return place.rstrip("/") + "/" + folder


# Workbook ------------------------------------------------------------------------------------------------------------

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
    records: Sequence[Mapping[str, Any]], as_of: dt.date, name: str, beside: Path | None = None, passed_over: Sequence[str] = ()
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
    book = Workbook()
    summary = book.active
    summary.title = "Summary"
    rows = {
        "Practices": _practices(book.create_sheet("Practices"), sums, beside),
        "Causes": _cause_rows(book.create_sheet("Causes"), sums),
        "Failures": _failures(book.create_sheet("Failures"), sums),
    }
    _summary(summary, sums, as_of, name, passed_over)
    book.properties.creator = "reconcile"
    book.properties.created = book.properties.modified = dt.datetime.combine(as_of, dt.time())
    return same_bytes(book, rows)


def _practices(sheet: Worksheet, sums: Sums, beside: Path | None) -> Rows:
    """One row per practice."""
    rows = [[record["practice"], state_of(record), *_figures(record), _results(record)] for record in sums.records]
    leads = {at: _address(row[-1], beside) for at, row in enumerate(rows)}
    for state, colour in _COLOURS.items():
        rule = CellIsRule(operator="equal", formula=[f'"{state}"'], fill=PatternFill("solid", bgColor=colour))
        sheet.conditional_formatting.add(f"B2:B{max(len(rows) + 1, 2)}", rule)
    last = len(_PRACTICE_COLUMNS) - 1
    return write_table(sheet, "Practices", _PRACTICE_COLUMNS, rows, links={(at, last): to for at, to in leads.items() if to})


def _figures(record: Mapping[str, Any]) -> list[Any]:
    """A practice's numbers, in the order of their columns; none of one that failed."""
    if state_of(record) == FAILED:
        return [None] * (len(_PRACTICE_COLUMNS) - 3)
    counts = "at_risk_invoices fixes minutes before_tonight needs_decision".split()
    return [
        amount(record["at_risk_cents"]),
        *(record[key] for key in counts),
        *(record["since"].get(key, 0) for key in _SINCE),
        record["invoices"],
        amount(record["cents"]),
        record["problems"],
        record["set_aside"],
    ]


def _address(path: str, beside: Path | None) -> str:
    """Where a link to a folder leads; "" for none: not on this computer, or a name that a link would read otherwise."""
    if not path or "://" in path or path[:2] in ("//", "\\\\") or not path.isprintable():
        return ""
    target = _relative(path, beside) if beside is not None else ""
    if target:
        link = "" if re.search(r"[\\:]", target) else re.sub(r"[\x00-\x7f]+", lambda found: quote(found[0]), target)
    else:
        link = PurePath(path).as_uri() if PurePath(path).is_absolute() else ""
    return link if len(link) <= _LONGEST_LINK else ""


def _relative(path: str, beside: Path) -> str:
    """The way from one folder to another; "" where there is none, as between drives."""
    try:
        return PurePath(os.path.relpath(path, beside)).as_posix()
    except ValueError:
        return ""


def _cause_rows(sheet: Worksheet, sums: Sums) -> Rows:
    """One row per practice, outcome and cause, of all invoices that are not ok."""
    rows = [
        [record["practice"], cause or NO_CAUSE, FINDINGS.get(cause, ""), one["outcome"], one["invoices"], amount(one["cents"])]
        for record in sums.ran
        for cause, one in sorted(((one["cause"] or "", one) for one in record["causes"]), key=_cause_rank)
        if one["outcome"] != "ok"
    ]
    return write_table(sheet, "Causes", _CAUSE_COLUMNS, rows)


def _cause_rank(entry: tuple[str, Mapping[str, Any]]) -> tuple[Any, ...]:
    """What is at risk first, the largest amount first."""
    cause, one = entry
    return one["outcome"] not in AT_RISK, -one["cents"], ORDER.get(cause, len(ORDER)), cause, OUTCOMES.index(one["outcome"])


def _failures(sheet: Worksheet, sums: Sums) -> Rows:
    """One row per reason."""
    rows = [
        [record["practice"], record["place"], exit_words(record["exit_code"]), reason]
        for record in sums.failed
        for reason in reasons_of(record)
    ]
    return write_table(sheet, "Failures", _FAILURE_COLUMNS, rows)


def exit_words(code: int) -> str:
    """What an exit code of a failed practice means."""
    return _EXIT_WORDS.get(code, f"ended in a way that is not known ({code})")


def reasons_of(record: Mapping[str, Any]) -> list[str]:
    """Why a practice failed, each reason in full."""
    return list(record["error"]) or ["No reason was given. Run it alone to see more: reconcile run."]


def _summary(sheet: Worksheet, sums: Sums, as_of: dt.date, name: str, passed_over: Sequence[str]) -> None:
    """The lead sheet: how many practices, what is at risk, and the causes across practices with a chart."""
    sheet.sheet_view.showGridLines = False
    for letter, width in zip("ABCDEFG", (74, 24, 12, 17, 12, 3, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    at = write_lines(sheet, 1, [[name]], TITLE)
    at = write_lines(sheet, at, [["Xero invoices on XPM jobs, practice by practice, as of", as_of], [AT_RISK_WORDS]])
    if passed_over:
        at = write_lines(sheet, at, [[f"Folders {passed_over_words(passed_over)}."]])
    states = [[f"{one.name}: {one.words}", "", one.practices, amount(one.cents)] for one in sums.states]
    states[-1][3] = None  # what is at risk where nothing ran is not known
    states.append(["practices in all", "", len(sums.records), amount(sums.at_risk.cents)])
    at = _with_total(sheet, write_block(sheet, at + 1, "Practices", ("state", "", "practices", "at risk"), states))
    outcomes = [[f"{one.name}: {one.words}", "", one.invoices, amount(one.cents), one.practices] for one in sums.outcomes]
    outcomes.append(["invoices in all", "", sums.every.invoices, amount(sums.every.cents), sums.every.practices])
    headers = ("invoices", "amount", "practices")
    at = _with_total(sheet, write_block(sheet, at + 1, "Invoices by outcome", ("outcome", "", *headers), outcomes))
    at = _work(sheet, at + 1, sums)
    causes = [[_cause_line(one), one.finding or one.name, one.invoices, amount(one.cents), one.practices] for one in sums.causes]
    first = at + 3
    causes.append(["at risk in all", "", sums.at_risk.invoices, amount(sums.at_risk.cents), sums.at_risk.practices])
    at = write_block(sheet, at + 1, "What is at risk, by cause", ("cause", "finding", *headers), causes)
    _with_total(sheet, at)
    if sums.causes:
        add_chart(sheet, "Money at risk, by cause", 2, first, len(sums.causes), "G2", _SHORT_MONEY)
    make_printable(sheet)
    lock(sheet)


def _cause_line(cause: Group) -> str:
    return f"{cause.name}: {cause.words}" if cause.finding else cause.words or cause.name


def _work(sheet: Worksheet, at: int, sums: Sums) -> int:
    """What there is to do in all, and what changed; returns the row below, as `at` is."""
    counts, since = sums.counts, sums.since
    rows = [
        ["fixes: each is a few clicks in Xero or XPM", "", counts["fixes"]],
        ["minutes of work for them", "", counts["minutes"]],
        ["invoices to mend before tonight: tonight's import would take them to a wrong place", "", counts["before_tonight"]],
        ["invoices that need a decision first", "", counts["needs_decision"]],
        ["fixes that are new since each practice's last run", "", since["new"]],
        ["fixes that are done since then", "", since["fixed"]],
        ["fixes that are worse since then: more money or more invoices", "", since["worse"]],
        ["problems in the input, each a row or a file that was not as it should be", "", counts["problems"]],
        ["of these, set aside: left out of the figures", "", counts["set_aside"]],
    ]
    return write_block(sheet, at, "Work in all practices", ("what", "", "count"), rows)


def _with_total(sheet: Worksheet, below: int) -> int:
    """Make the last row of a block a total; returns the row below it."""
    for column in range(1, 6):
        sheet.cell(below - 1, column).font = Font(name="Calibri", bold=True)
    return below


# Page ----------------------------------------------------------------------------------------------------------------


def overview_page(
    records: Sequence[Mapping[str, Any]], as_of: dt.date, name: str, version: str, passed_over: Sequence[str] = ()
) -> bytes:
    """The page's bytes: one self-contained page to read, forward and print.

    Args:
        records: of worker.run_practice.
        name: of all these practices together. passed_over: folders beside the practices' own that are none.
    """
    sums = sums_of(records)
    return filled(
        "overview.html",
        ("report.css", "overview.css"),
        ("paging.js", "overview.js"),
        version=version,
        name=name,
        as_of=as_of,
        sums=sums,
        stacked=stacked([(one.name, abs(one.cents)) for one in sums.outcomes]),
        practices=[_shown_practice(record) for record in sums.records],
        failures=[(record, exit_words(record["exit_code"]), reasons_of(record)) for record in sums.failed],
        at_risk_words=AT_RISK_WORDS,
        passed_over=f"Folders {passed_over_words(passed_over)}." if passed_over else "",
    )


def _shown_practice(record: Mapping[str, Any]) -> dict[str, Any]:
    """One row of the page's list."""
    state = state_of(record)
    if state == FAILED:
        return {"record": record, "state": state, "results": "", "causes": [], "since": []}
    causes: dict[str, int] = defaultdict(int)
    for cause, one in sorted(((one["cause"] or "", one) for one in record["causes"]), key=_cause_rank):
        if one["outcome"] in AT_RISK:
            causes[cause or NO_CAUSE] += one["invoices"]
    since = [f"{record['since'][key]} {key}" for key in _SINCE if record["since"].get(key)]
    told = {"results": _results(record), "causes": list(causes.items()), "since": since}
    return {"record": record, "state": state, **told}
