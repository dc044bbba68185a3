"""Many practices in one workbook and on one page: by money at risk, causes across practices, failures with their reasons.

    records of worker.run_practice --sums_of--> Sums --> overview_workbook, overview_page

The same records give the same bytes, in whatever order they came and however long each took. Names, places and reasons
are texts of strangers: nothing in them becomes a formula, a link or markup.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reconcile.batch.record import PracticeRecord
from reconcile.rules.causes import FINDINGS, ORDER, WORDS
from reconcile.rules.vocabulary import OUTCOME_WORDS, OUTCOMES
from reconcile.verdicts.totals import CauseTotals, OutcomeTotals

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
_OF_THE_MOMENT = (
    "seconds",
    "skipped",
)  # keys of a record that say how it came about, and nothing of the practice
_SINCE = ("new", "fixed", "worse")


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

    records: list[PracticeRecord]
    ran: list[PracticeRecord]
    failed: list[PracticeRecord]
    states: list[Group]
    outcomes: list[Group]
    causes: list[Group]
    at_risk: Group
    every: Group
    counts: dict[str, int]
    since: dict[str, int]


def sums_of(records: Iterable[PracticeRecord]) -> Sums:
    """Add up the records of many practices."""
    ordered = sorted(records, key=_rank)
    ran = [record for record in ordered if state_of(record) != FAILED]
    failed = [record for record in ordered if state_of(record) == FAILED]
    by_state: dict[str, list[PracticeRecord]] = defaultdict(list)
    for record in ordered:
        by_state[state_of(record)].append(record)
    outcomes = [
        _group(name, [record.outcomes[name] for record in ran], words=OUTCOME_WORDS[name])
        for name in OUTCOMES
    ]
    counts = ("fixes", "minutes", "before_tonight", "needs_decision", "problems", "set_aside")
    return Sums(
        records=ordered,
        ran=ran,
        failed=failed,
        states=[_state(name, by_state[name]) for name in STATE_WORDS],
        outcomes=outcomes,
        causes=_causes(ran),
        at_risk=_group("at risk", [_at_risk(record) for record in ran]),
        every=_group("in all", ran),
        counts={name: sum(getattr(record, name) for record in ran) for name in counts},
        since={name: sum(record.since.get(name, 0) for record in ran) for name in _SINCE},
    )


def state_of(record: PracticeRecord) -> str:
    """What became of a practice, in a word of STATE_WORDS."""
    return _STATES.get(record.exit_code, FAILED)


def _rank(record: PracticeRecord) -> tuple[bool, int, str, str, str, str]:
    """Where a record stands; what differs in nothing else is put in the order of its whole text."""
    failed = state_of(record) == FAILED
    text = json.dumps(
        {key: value for key, value in record.to_json().items() if key not in _OF_THE_MOMENT},
        sort_keys=True,
    )
    name = record.practice
    return (
        failed,
        0 if failed else -record.at_risk_cents,
        name.casefold(),
        name,
        record.place,
        text,
    )


def _at_risk(record: PracticeRecord) -> OutcomeTotals:
    return OutcomeTotals(record.at_risk_invoices, record.at_risk_cents)


def _group(
    name: str, figures: Sequence[PracticeRecord | OutcomeTotals], finding: str = "", words: str = ""
) -> Group:
    """The sum of one figure of each practice; a practice counts where it has an invoice of it."""
    invoices, cents = sum(one.invoices for one in figures), sum(one.cents for one in figures)
    return Group(name, sum(one.invoices > 0 for one in figures), invoices, cents, finding, words)


def _state(name: str, records: Sequence[PracticeRecord]) -> Group:
    """How many practices are in a state, and what is at risk in them."""
    at_risk = _group(
        name, [_at_risk(record) for record in records if name != FAILED], words=STATE_WORDS[name]
    )
    return at_risk._replace(practices=len(records))


def _causes(ran: Sequence[PracticeRecord]) -> list[Group]:
    """What is at risk by cause; a cause of two outcomes in one practice is in one practice."""
    figures: dict[str, list[OutcomeTotals]] = defaultdict(list)
    for record in ran:
        of_practice: dict[str, list[CauseTotals]] = defaultdict(list)
        for one in record.causes:
            if one.outcome in AT_RISK:
                of_practice[one.cause or ""].append(one)
        for cause, some in of_practice.items():
            invoices, cents = sum(one.invoices for one in some), sum(one.cents for one in some)
            figures[cause].append(OutcomeTotals(invoices, cents))
    groups = [
        _group(cause or NO_CAUSE, each, FINDINGS.get(cause, ""), _cause_words(cause))
        for cause, each in figures.items()
    ]
    return sorted(groups, key=lambda one: (-one.cents, ORDER.get(one.name, len(ORDER)), one.name))


def _cause_words(cause: str) -> str:
    return WORDS.get(cause, "") if cause else "the exports tell too little: a person looks"


def _results(record: PracticeRecord) -> str:
    """The path of a practice's folder of results, as people write it; "" where there is none."""
    folder, place = record.folder, record.place
    if not folder or re.match(r"[/\\]|[A-Za-z]:", folder):
        return folder
    if folder == ".":
        return place
    if re.match(r"[A-Za-z]:\\|\\\\", place):
        return place.rstrip("\\") + "\\" + folder.replace("/", "\\")
    return place.rstrip("/") + "/" + folder


def exit_words(code: int) -> str:
    """What an exit code of a failed practice means."""
    return _EXIT_WORDS.get(code, f"ended in a way that is not known ({code})")


def reasons_of(record: PracticeRecord) -> list[str]:
    """Why a practice failed, each reason in full."""
    return list(record.error) or ["No reason was given. Run it alone to see more: reconcile run."]
