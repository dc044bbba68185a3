"""Findings to fixes: grouped so that one edit mends all it can, proved by replaying the import, in the order to do them.

    ledger rows to fix --group--> drafts (repairs) --clashes--> --prove (proof)--> sorted fixes

Source: rules.md section 3; contract.md "fixes", "proof.status".
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from reconcile.fixes.actions import (
    LEDGER_COLUMNS,
    WAIT,
    Action,
    Desk,
    Draft,
    Fix,
    InvoiceRow,
    Landing,
    Option,
    Proof,
    altered,
    invoice_rows,
    proof_of,
)
from reconcile.fixes.conflicts import (
    check_choices,
    do_together,
    keep_what_is_right,
    resolve_clashes,
    tell_shared_choices,
)
from reconcile.fixes.proof import NIGHTS, Rehearsal, prove, together
from reconcile.fixes.repairs import REPAIRS, Load, draft, listed, own_target, undocumented
from reconcile.rules.causes import BEFORE_TONIGHT, BY_ID, ORDER, SHOULD_HAVE_SYNCED, WORDS, Together
from reconcile.rules.overnight import NO_JOB
from reconcile.settings.model import Settings
from reconcile.text_columns import Words, as_list, find_positions, records
from reconcile.verdicts.verdicts import Findings
from reconcile.wording import on_one_line

Group = tuple[str, Together, Any]  # cause, what is repaired together, and which of them
USUAL_DAYS = 7  # how long a fix may wait where nothing presses
FEW = 12  # invoices: up to so many the least effort is told


@dataclass(frozen=True)
class Forecast:
    """What doing every proved fix today brings, replayed together: numbers of invoices to fix.

    Attributes:
        invoices: all of them. before_tonight: not in XPM yet, and tonight's import would
            take them to the wrong place, or to one that cannot be told.
        after_tonight, after_tomorrow: home by then. needs_decision: in fixes that a person decides. cannot_prove: the rest.
    """

    invoices: int
    before_tonight: int
    after_tonight: int
    after_tomorrow: int
    needs_decision: int
    cannot_prove: int

    @property
    def words(self) -> str:
        """`44 to fix: 41 after tonight, 2 after tomorrow, 1 needs a decision`."""
        deciding = "needs a decision" if self.needs_decision == 1 else "need a decision"
        counts = {
            "after tonight": self.after_tonight,
            "after tomorrow": self.after_tomorrow,
            deciding: self.needs_decision,
            "cannot be proved": self.cannot_prove,
        }
        parts = ", ".join(f"{count} {words}" for words, count in counts.items() if count)
        return f"{self.invoices} to fix: {parts}" if parts else "nothing to fix"


def plan(
    findings: Findings, settings: Settings, as_of: date, rehearsal: Rehearsal | None = None
) -> list[Fix]:
    """Write the fixes of every invoice whose outcome is fix.

    Args:
        rehearsal: to replay in; one of its own where none is given.

    Returns:
        The fix-list in its order: cause, due date, amount (the larger first), number.

    Source: rules.md section 3; contract.md "fixes".
    """
    ledger = findings.ledger
    desk = _desk(findings, settings, as_of)
    groups: dict[Group, list[InvoiceRow]] = defaultdict(list)
    to_fix = ledger.loc[Words(ledger["outcome"]).are("fix"), LEDGER_COLUMNS].sort_values(
        ["invoice_date", "invoice_no"], kind="stable"
    )
    for row in invoice_rows(to_fix, findings.book.clients):
        groups[_group_of(row, findings)].append(row)
    drafts = [
        altered(draft(rows, desk), subject=_subject(group, rows[0], desk))
        for group, rows in groups.items()
    ]
    drafts = resolve_clashes(drafts, desk)
    rehearsal = rehearsal or Rehearsal(findings, settings, as_of)
    drafts = keep_what_is_right(prove(drafts, rehearsal), desk, rehearsal)
    drafts = tell_shared_choices(
        check_choices(do_together(drafts, desk, rehearsal), desk, rehearsal)
    )
    fixes = sorted((_finish(draft, desk) for draft in drafts), key=_rank)
    return [
        altered(_in_lines(fix), id=f"FX-{at:04d}", priority=at)
        for at, fix in enumerate(fixes, start=1)
    ]


def _rank(fix: Fix) -> tuple[object, ...]:
    return ORDER[fix.cause], fix.due, -abs(fix.cents), fix.invoices[0], fix.jobs


def _desk(findings: Findings, settings: Settings, as_of: date) -> Desk:
    jobs, ledger = findings.jobs, findings.ledger
    states = jobs["state"].array[Words(jobs["state_type"]).are("standard")]
    counts = Counter(state for state in as_list(states) if state)
    usual = min(counts, key=lambda state: (-counts[state], state), default="In Progress")
    positions = {number: at for at, number in enumerate(findings.book.job_nos)}
    kind = Words(ledger["kind"])
    carried = frozenset(as_list(ledger["reference"].array[kind.are("invoice")].unique())) - {""}
    contacts = frozenset(as_list(ledger["contact"].array[~kind.are("only-in-xpm")].unique()))
    return Desk(
        findings, settings, as_of, usual, contacts, carried, _last_with(findings), positions
    )


def _last_with(findings: Findings) -> dict[str, str]:
    """For each order number that a repair may overwrite, the last invoice with it: `INV-1 of 2026-11-02`."""
    orders = {
        findings.book.orders[choice.job]
        for one in findings.meanings
        for choice in one.choices
        if choice.job != NO_JOB
    }
    ledger = findings.ledger
    carrying = (
        find_positions(ledger["reference"], pd.Index(sorted(orders - {""}), dtype="str")) != NO_JOB
    )
    rows = ledger.loc[carrying, ["reference", "invoice_no", "invoice_date"]]
    last = rows.sort_values(["invoice_date", "invoice_no"], na_position="first").drop_duplicates(
        "reference", keep="last"
    )
    return {
        reference: f"{number} of {'a day not known' if day != day else day.date()}"
        for _, reference, number, day in records(last)
    }


def _group_of(row: InvoiceRow, findings: Findings) -> Group:
    """What is repaired together: one edit that many invoices share is one fix."""
    together, book = BY_ID[row.cause].together, findings.book
    if together == "reference":
        return row.cause, together, row.reference
    if together == "closed-job" and row.now_job != NO_JOB and not book.standard[row.now_job]:
        return row.cause, together, row.now_job
    if together in ("invoice", "closed-job") or row.meaning < 0:
        return row.cause, "invoice", row.at
    target = findings.meanings[row.meaning].target
    if target and together == "contact-and-job":
        return row.cause, together, (row.contact, target.job)
    if target and together == "contact-and-client":
        return row.cause, together, (row.contact, book.clients[target.job])
    return row.cause, "contact-and-reference", row.meaning


def _subject(group: Group, row: InvoiceRow, desk: Desk) -> str:
    """What a group is about: its Reference, its contact and Reference, its contact and job or client, or its invoice."""
    _, together, about = group
    if together == "reference":
        return row.reference
    if together == "closed-job":
        return desk.number(row.now_job)
    if together == "contact-and-reference":
        return f"{row.contact}|{row.reference}"
    if together == "contact-and-job":
        return f"{row.contact}|{desk.number(about[1])}"
    return f"{row.contact}|{about[1] if together == 'contact-and-client' else row.invoice_no}"


def _identity(draft: Draft) -> str:
    """A short name of cause and subject."""
    return hashlib.sha256(f"{draft.cause}|{draft.subject}".encode()).hexdigest()[:10]


# Finishing ----------------------------------------------------------------------------------------------------------


def _finish(draft: Draft, desk: Desk) -> Fix:
    rows = draft.rows
    deciding = bool(draft.options)
    actions = draft.actions
    if deciding:
        ways = "; ".join(f"{at}) {option.why}" for at, option in enumerate(draft.options, start=1))
        actions = (
            Action("person", "ask", f"Decide: {draft.question} {ways}.", question=draft.question),
        )
    actions = _with_landings(actions, proof_of(draft), rows)
    everything = (
        [action for option in draft.options for action in option.actions]
        if deciding
        else list(actions)
    )
    return Fix(
        id="",
        priority=0,
        cause=draft.cause,
        title=_capital(draft.title),
        why=_sentence(WORDS[draft.cause]),
        evidence=draft.evidence,
        client=desk.findings.book.clients[draft.job] if draft.job != NO_JOB else rows[0].contact,
        owner=_owner(draft, desk),
        invoices=tuple(row.invoice_no for row in rows),
        jobs=_jobs_of(draft, desk),
        cents=sum(int(row.total_cents) for row in rows),
        minutes=min(desk.cost(way) for way in draft.ways),
        first_seen=desk.as_of,
        due=_due(draft.cause, rows, desk),
        valid_until=desk.as_of if _before_tonight(draft.cause, rows, desk) else None,
        choices=tuple(_finished(option, rows, desk) for option in draft.options)
        if deciding
        else None,
        actions=actions,
        proof=altered(proof_of(draft), assumes=_assumed(rows, everything, desk)),
        alternatives=draft.alternatives,
        least_minutes=_least_minutes(draft, desk),
        identity=_identity(draft),
        rows=tuple(row.at for row in rows),
    )


def _finished(option: Option, rows: list[InvoiceRow], desk: Desk) -> Option:
    actions = _with_landings(option.actions, proof_of(option), rows)
    return altered(option, minutes=desk.cost(option.actions), actions=actions)


def _in_lines(fix: Fix) -> Fix:
    """The fix with each of its sentences on one line, whatever the texts it quotes; values to paste stay to the letter."""

    if "".join(_sentences(fix)).isprintable():
        return fix

    def plain(actions: Sequence[Action]) -> tuple[Action, ...]:
        told = ((one, one.question and on_one_line(one.question)) for one in actions)
        return tuple(
            altered(one, text=on_one_line(one.text), question=question) for one, question in told
        )

    def proved(proof: Proof | None) -> Proof | None:
        return proof and altered(proof, reason=on_one_line(proof.reason))

    options = [
        altered(one, why=on_one_line(one.why), actions=plain(one.actions), proof=proved(one.proof))
        for one in fix.choices or ()
    ]
    return altered(
        fix,
        title=on_one_line(fix.title),
        evidence=tuple(map(on_one_line, fix.evidence)),
        actions=plain(fix.actions),
        choices=None if fix.choices is None else tuple(options),
        proof=proved(fix.proof),
        alternatives=tuple(altered(one, text=on_one_line(one.text)) for one in fix.alternatives),
    )


def _sentences(fix: Fix) -> Iterable[str]:
    """Every sentence of a fix that is said to people."""
    yield fix.title
    yield from fix.evidence
    yield from (one.text for one in fix.alternatives)
    ways: list[Fix | Option] = [fix, *(fix.choices or ())]
    for one in ways:
        yield from (text for action in one.actions for text in (action.text, action.question or ""))
        yield one.proof.reason if one.proof else ""
    yield from (one.why for one in fix.choices or ())


def _with_landings(
    actions: tuple[Action, ...], proof: Proof, rows: list[InvoiceRow]
) -> tuple[Action, ...]:
    """The last wait says what to look for tomorrow: where the replay puts each invoice, or what nobody documents; nothing
    where something is done by hand, which no replay knows."""
    waits = [at for at, action in enumerate(actions) if action.do == "wait-overnight"]
    if not waits or any(action.do == "ask" for action in actions):
        return actions
    by_place: dict[str, list[Landing]] = defaultdict(list)
    for landing in proof.lands:
        by_place[f"?{landing.rule}" if landing.place == "unknown" else landing.as_target].append(
            landing
        )
    words = [WAIT]
    for place, some in by_place.items():
        if place.startswith("?"):
            words.append(
                f"Tomorrow look where {listed(some)} landed: nobody documents it ({place[1:]})."
            )
        else:
            words.append(f"Tomorrow {listed(some)} should be on {place}.")
    if any(row.cause == SHOULD_HAVE_SYNCED.id for row in rows):
        words.append(
            "If it is not: a ticket to Xero Support with number, date, client, job and what was checked (R11)."
        )
    at = waits[-1]
    return (*actions[:at], altered(actions[at], text=" ".join(words)), *actions[at + 1 :])


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _sentence(words: str) -> str:
    return _capital(words) + ("" if words.endswith(".") else ".")


def _owner(draft: Draft, desk: Desk) -> str:
    """Whose job it is: the manager of the target, or of the first choice that has one."""
    book = desk.findings.book
    jobs = (
        [draft.job]
        if draft.job != NO_JOB
        else [desk.positions[option.job_no] for option in draft.options if option.job_no]
    )
    return next((book.owners[job] for job in jobs if book.owners[job]), "")


def _jobs_of(draft: Draft, desk: Desk) -> tuple[str, ...]:
    numbers = [desk.number(draft.job)] if draft.job != NO_JOB else []
    numbers += [
        desk.number(own_target(row, draft.job)) for row in draft.rows if draft.job != NO_JOB
    ]
    numbers += [option.job_no for option in draft.options if option.job_no]
    numbers += [number for row in draft.rows for number in row.now_job_no.split(", ") if number]
    return tuple(dict.fromkeys(numbers))


def _least_minutes(draft: Draft, desk: Desk) -> int | None:
    """What no repair of these invoices can cost less than; None for a choice, or for many invoices.

    Every copy must be deleted and its invoice edited (R3); so must one that is out of the window (R4); of the others each
    what its cause's repair says.
    """
    if draft.options or len(draft.rows) > FEW:
        return None
    minutes = desk.settings.minutes
    edit = min(minutes.touch, minutes.set_reference)
    copies = [row for row in draft.rows if row.in_xpm or not desk.findings.xpm_given]
    closed = [row for row in draft.rows if row not in copies and row.rule == "E3"]
    if BY_ID[draft.cause].keeps_reference:
        edit = minutes.touch
    base = len(copies) * (minutes.delete + edit) + len(closed) * edit
    rest = len(draft.rows) - len(copies) - len(closed)
    return REPAIRS[draft.cause].least(Load(len(draft.rows), base, rest, minutes))


def _before_tonight(cause: str, rows: list[InvoiceRow], desk: Desk) -> bool:
    """Whether tonight's import would take one of the invoices to where a delete is needed afterwards."""
    taken = [row for row in rows if row.tonight_place != "skipped"]
    return desk.findings.xpm_given and any({cause, row.cause} & BEFORE_TONIGHT for row in taken)


def _due(cause: str, rows: list[InvoiceRow], desk: Desk) -> date:
    """Today where tonight would make it worse, before an open window closes, else within a week."""
    days = [desk.as_of + timedelta(days=USUAL_DAYS)]
    if _before_tonight(cause, rows, desk):
        days.append(desk.as_of)
    for row in rows:
        if row.now_place == "absent" and 0 <= row.age_days <= desk.settings.window_days:
            days.append(
                desk.as_of + timedelta(days=desk.settings.window_days - int(row.age_days))
            )  # since its last known change
    return min(days)


def _assumed(rows: list[InvoiceRow], actions: Sequence[Action], desk: Desk) -> tuple[str, ...]:
    """The rules that a fix takes for granted: A5, C3 to C5, E4, E6."""
    deletes = any(action.do == "delete-xpm-invoice" for action in actions)
    assumes = []
    if deletes and any(row.status == "Paid" for row in rows):
        assumes.append("A5")
    if any(action.do == "wait-overnight" for action in actions):
        assumes += sorted({rule for row in rows for rule in undocumented(row)})
    if deletes and not desk.findings.xpm_given:
        assumes.append("E4")
    if any(row.cause == SHOULD_HAVE_SYNCED.id for row in rows):
        assumes.append("E6")
    return tuple(assumes)


def forecast(fixes: Sequence[Fix], rehearsal: Rehearsal) -> Forecast:
    """Replay all proved fixes done on one day, and say how many invoices are home after each night.

    Source: contract.md "Proofs hold when all proved fixes are done on one day".
    """
    proved = [fix for fix in fixes if fix.proof.status == "proved"]
    seen, _ = together(
        [fix.actions for fix in proved], [at for fix in proved for at in fix.rows], rehearsal
    )
    home = {
        at: landing for fix in proved for at, landing in zip(fix.rows, fix.proof.lands, strict=True)
    }
    nights = [
        sum(
            (seen.after[at][n].place, seen.after[at][n].job_no) == (end.place, end.job_no)
            for at, end in home.items()
        )
        for n in range(NIGHTS)
    ]
    deciding = sum(len(fix.rows) for fix in fixes if fix.choices is not None)
    every = sum(len(fix.rows) for fix in fixes)
    ledger = rehearsal.findings.ledger
    early = np.array([at for fix in fixes if fix.valid_until for at in fix.rows], dtype="int64")
    cause, place = (as_list(ledger[name].array.take(early)) for name in ("cause", "tonight_place"))
    taken = sum(
        one in BEFORE_TONIGHT and where != "skipped"
        for one, where in zip(cause, place, strict=True)
    )
    return Forecast(
        every, taken, nights[0], nights[1] - nights[0], deciding, every - nights[1] - deciding
    )
