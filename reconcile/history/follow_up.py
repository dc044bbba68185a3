"""What became of each fix since the run before: verified against what was prescribed, never taken on trust.

    fixes open then, with their facts + the ledger now --compare--> new, persisting, fixed, worse, not seen

A fix is fixed only when the exports show every invoice of it where it was to land. One whose cause changed while it was being
done (the Reference is right, XPM's copy not deleted yet) goes on, under its new name, from the day it was first seen.
Source: contract.md "since_last_run"; the history holds the facts (history.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from reconcile.fixes.actions import Fix, altered
from reconcile.history.store import PastFix
from reconcile.rules.causes import EDITED_AFTER_IMPORT, VOIDED_IN_XERO
from reconcile.rules.vocabulary import place_words
from reconcile.text_columns import records
from reconcile.verdicts.verdicts import Findings
from reconcile.wording import some_of

GROUPS = ("new", "persisting", "fixed", "worse", "not_seen")
_GROUP_OF = {
    "new": "new",
    "came-back": "new",
    "persisting": "persisting",
    "done-not-synced": "persisting",
    "fixed": "fixed",
    "landed-wrong": "worse",
    "not-seen": "not_seen",
}
_SHOWN = 3  # invoices told of in words


@dataclass(frozen=True)
class Entry:
    """One fix in the light of the run before.

    Attributes:
        state: new, came-back, persisting, done-not-synced, fixed, landed-wrong or not-seen.
        id: its id in this run's list; None where it is not in it. words: what was seen of what was prescribed.
    """

    state: str
    identity: str
    id: str | None
    cause: str
    title: str
    client: str
    owner: str
    invoices: tuple[str, ...]
    cents: int
    since: date
    words: str = ""

    @property
    def group(self) -> str:
        """Its list in since_last_run."""
        return _GROUP_OF[self.state]


@dataclass(frozen=True)
class Since:
    """What changed since the run before, which judged by `day`; None where there is none, and nothing is called new."""

    day: date | None = None
    entries: tuple[Entry, ...] = ()

    @property
    def groups(self) -> dict[str, list[Entry]]:
        """The entries by their list in since_last_run."""
        return {
            group: [entry for entry in self.entries if entry.group == group] for group in GROUPS
        }


@dataclass(frozen=True)
class Outcome:
    """What compare found: the fixes with the day they were first seen, and what the history is to keep.

    Attributes:
        kept: identity -> since when, and the facts, of what is open still. ended: identity -> fixed, not-seen or went-on.
    """

    since: Since
    fixes: tuple[Fix, ...]
    kept: dict[str, tuple[date, dict[str, Any]]]
    ended: dict[str, str]


def compare(
    before: Sequence[PastFix],
    ended_before: Mapping[str, date],
    last_day: date | None,
    fixes: Sequence[Fix],
    findings: Findings,
    as_of: date,
) -> Outcome:
    """Say of every fix of the run before, and of every one now, what became of it.

    Args:
        before: the fixes open in the run before. ended_before: those found fixed in an earlier one.
        last_day: the day by which the run before judged; None where there is no such run.
    """
    by_identity = {fix.identity: fix for fix in fixes}
    by_number = {number: fix for fix in fixes for number in fix.invoices}
    rows = _rows_now(findings, {one["no"] for past in before for one in past.facts["invoices"]})
    since: dict[str, date] = {}
    entries: list[Entry] = []
    kept: dict[str, tuple[date, dict[str, Any]]] = {}
    ended: dict[str, str] = {}
    is_whole = _xpm_is_whole(before, findings)
    for past in before:
        looks = [
            _look(one, rows.get(one["no"], []), past.facts["cause"], is_whole)
            for one in past.facts["invoices"]
        ]
        state = _state_of({look for look, _ in looks})
        went_on = by_identity.get(past.identity) or next(
            (by_number[one["no"]] for one in past.facts["invoices"] if one["no"] in by_number), None
        )
        if went_on is not None:
            since[went_on.identity] = min(past.since, since.get(went_on.identity, past.since))
            state = state if state == "landed-wrong" else "persisting"
        entries.append(_entry(state, past, went_on, looks))
        if went_on is None and state not in (
            "fixed",
            "not-seen",
        ):  # nothing to click now, and not home either
            kept[past.identity] = (past.since, past.facts)
        elif past.identity not in by_identity:
            ended[past.identity] = state if went_on is None else "went-on"
    for fix in fixes:
        if fix.identity not in since:
            came_back = ended_before.get(fix.identity)
            words = f"it was fixed by {came_back}, and is back" if came_back else ""
            if last_day is not None:
                entries.append(_new_entry(fix, "came-back" if came_back else "new", as_of, words))
            since[fix.identity] = as_of
    dated = tuple(altered(fix, first_seen=since[fix.identity]) for fix in fixes)
    spots = _spots(dated, findings)
    kept |= {fix.identity: (fix.first_seen, facts_of(fix, spots)) for fix in dated}
    order = {group: at for at, group in enumerate(GROUPS)}
    entries.sort(key=lambda one: (order[one.group], one.since, one.id or "", one.identity))
    return Outcome(
        Since(last_day, tuple(entries) if last_day is not None else ()), dated, kept, ended
    )


def _spots(fixes: Sequence[Fix], findings: Findings) -> dict[int, Any]:
    """Of every invoice of the fixes: invoice_no, contact, now_place, now_job_no, by its place in the ledger."""
    rows = list(dict.fromkeys(at for fix in fixes for at in fix.rows))
    told = findings.ledger.loc[rows, ["invoice_no", "contact", "now_place", "now_job_no"]]
    return {row.Index: row for row in records(told)}


def facts_of(fix: Fix, spots: Mapping[int, Any]) -> dict[str, Any]:
    """What a fix is about and prescribes, for the history: one record per invoice."""
    lands = (
        {landing.invoice_no: [landing.place, landing.job_no] for landing in fix.proof.lands}
        if fix.proof.nights
        else {}
    )
    prescribed = {
        action.invoice_no: action.value for action in fix.actions if action.do == "set-reference"
    }
    deleted = {action.invoice_no for action in fix.actions if action.do == "delete-xpm-invoice"}
    invoices = [
        {
            "no": row.invoice_no,
            "contact": row.contact,
            "was": [row.now_place, row.now_job_no],
            "lands": lands.get(row.invoice_no),
            "reference": prescribed.get(row.invoice_no),
            "delete": row.invoice_no in deleted,
        }
        for row in (spots[at] for at in fix.rows)
    ]
    told = ("cause", "title", "client", "owner", "cents", "minutes")
    return {
        **{name: getattr(fix, name) for name in told},
        "status": fix.proof.status,
        "invoices": invoices,
    }


def _rows_now(findings: Findings, numbers: set[str]) -> dict[str, list[Any]]:
    """The ledger's rows of some invoices, by number."""
    if not numbers:
        return {}
    ledger = findings.ledger
    found: dict[str, list[Any]] = {}
    for row in records(
        ledger[ledger["invoice_no"].isin(list(numbers)) & (ledger["kind"] == "invoice")]
    ):
        found.setdefault(row.invoice_no, []).append(row)
    return found


def _xpm_is_whole(before: Sequence[PastFix], findings: Findings) -> bool:
    """Whether no copy is missing from XPM's export but those that somebody was to delete: half a file looks like deleting."""
    told = [one["no"] for past in before for one in past.facts["invoices"] if one["delete"]]
    ledger = findings.ledger
    return not (
        ledger["gone"] & (ledger["outcome"] != "none") & ~ledger["invoice_no"].isin(told)
    ).any()


def _look(
    one: Mapping[str, Any], rows: Sequence[Any], cause: str, is_whole: bool
) -> tuple[str, str]:
    """What became of one invoice: home, waits, wrong, same, unseen; and what was seen of what was prescribed, in words.

    Args:
        is_whole: XPM's export is, as far as can be told.
    """
    number = one["no"]
    row = next((row for row in rows if row.contact == one["contact"]), rows[0] if rows else None)
    if row is None:
        return "unseen", f"{number} is in none of the exports"
    now, was, lands = [row.now_place, row.now_job_no], one["was"], one["lands"]
    if row.now_place == "absent" != was[0] and not is_whole:
        return (
            "same",
            f"{number} is not in XPM's export, nor are others that nobody was to delete: is it whole?",
        )
    if row.outcome == "ok" and row.now_place == "job":
        doubt = _doubt(row, cause) if now == was != lands or cause == EDITED_AFTER_IMPORT.id else ""
        words = f"{number} is {_place(now)}"
        return ("unseen", f"{words} as before, and {doubt}") if doubt else ("home", words)
    if lands == ["absent", ""] and row.now_place == "absent":
        return "home", f"{number} is {_place(now)}"
    if row.outcome == "wait":
        return "waits", f"{number} is done, and comes with the next night"
    if row.outcome == "ok":
        return "waits", f"{number} should come, and no XPM invoices were given to see it"
    if row.outcome == "none":
        return (
            "unseen",
            f"{number} is no longer to be imported ({row.status or 'out of the counts'})",
        )
    moved = row.now_place not in ("absent", "unknown") and now not in (was, lands)
    if moved:
        return "wrong", f"{number} landed {_place(now)}" + (
            f", and not {_place(lands)}" if lands else ""
        )
    return "same", ", ".join(_progress(one, row))


def _doubt(row: Any, cause: str) -> str:
    """Why an invoice that did not move is not taken for mended, though nothing is wrong with it now: half a file shows less."""
    if row.now_class != "named":
        return "the jobs export has no job of its Reference any more"
    if cause == VOIDED_IN_XERO.id and not row.status:
        return "the export does not show its status"
    if cause == EDITED_AFTER_IMPORT.id and pd.isna(row.xpm_cents) and pd.isna(row.xpm_ex_cents):
        return "XPM's export does not show its amount"
    return ""


def _progress(one: Mapping[str, Any], row: Any) -> Iterable[str]:
    """Which of the prescribed clicks can be seen done."""
    right = one["reference"] is not None and row.reference == one["reference"]
    if right:
        yield f"{one['no']}: Reference now right"
    if one["delete"] and row.in_xpm and right:
        yield "XPM's copy not deleted yet"
    if one["delete"] and not row.in_xpm:
        yield f"{one['no']}: XPM's copy is deleted"


def _place(spot: Sequence[str]) -> str:
    return place_words("on", *spot)


def _state_of(looks: set[str]) -> str:
    """A fix's state by what became of its invoices."""
    if "wrong" in looks:
        return "landed-wrong"
    if "same" in looks:
        return "persisting"
    if "waits" in looks:
        return "done-not-synced"
    return "fixed" if looks == {"home"} else "not-seen"


def _entry(state: str, past: PastFix, fix: Fix | None, looks: Sequence[tuple[str, str]]) -> Entry:
    telling = [
        words
        for look, words in looks
        if words and not (look == "home" and state not in ("fixed", "persisting"))
    ]
    words = some_of(telling, _SHOWN, "; ")
    if fix is not None:
        return replace(_new_entry(fix, state, past.since, words), identity=past.identity)
    facts = past.facts
    numbers = tuple(one["no"] for one in facts["invoices"])
    return Entry(
        state,
        past.identity,
        None,
        facts["cause"],
        facts["title"],
        facts["client"],
        facts["owner"],
        numbers,
        facts["cents"],
        past.since,
        words,
    )


def _new_entry(fix: Fix, state: str, since: date, words: str) -> Entry:
    return Entry(
        state,
        fix.identity,
        fix.id,
        fix.cause,
        fix.title,
        fix.client,
        fix.owner,
        fix.invoices,
        fix.cents,
        since,
        words,
    )
