"""Findings to fixes: the clicks that bring invoices home, grouped so that one edit mends all it can, in safe order.

    ledger rows to fix --group--> one fix each --_steps_of (per cause)--> actions in order --_resolve_clashes--> sorted

Order inside a fix: prepare jobs and names, edit in Xero, delete XPM's copy, wait for the night, set back. Stopped at any
point, no invoice is worse off than before.
Source: rules.md section 3; contract.md "fixes", "do", "Values".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from reconcile.belonging import Choice, Meaning
from reconcile.causes import ORDER, WORDS
from reconcile.findings import Findings, money
from reconcile.overnight import NO_JOB
from reconcile.references import is_canonical
from reconcile.settings import Settings

BEFORE_TONIGHT = frozenset(f"T{number}" for number in range(1, 11))  # causes that cost a delete once the night has run
USUAL_DAYS = 7  # how long a fix may wait where nothing presses


# What a repair needs to know of an invoice.
_ROW = (
    "invoice_no reference contact status invoice_date total_cents tax_cents cause meaning picked picked_own in_xpm now_place "
    "now_job_no now_job now_client now_class now_count now_telling archived diverts_to xpm_cents xpm_ex_cents tonight_place rule age_days"
).split()


@dataclass(frozen=True)
class Action:
    """One thing to do, for people (`text`) and programs (the rest; None where it does not apply).

    Source: contract.md "do".
    """

    system: str
    do: str
    text: str
    invoice_no: str | None = None
    job_no: str | None = None
    from_value: str | None = None
    value: str | None = None
    client: str | None = None
    setting: str | None = None
    question: str | None = None


@dataclass(frozen=True)
class Option:
    """One choice of a fix that needs a decision."""

    job_no: str | None
    why: str
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Proof:
    """What a replay with the actions done has shown."""

    status: str
    reason: str
    assumes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fix:
    """One entry of the fix-list. `rows` are the ledger's index values of its invoices, in the order of `invoices`."""

    id: str
    priority: int
    cause: str
    title: str
    why: str
    evidence: tuple[str, ...]
    client: str
    owner: str
    invoices: tuple[str, ...]
    jobs: tuple[str, ...]
    cents: int
    minutes: int
    first_seen: date
    due: date
    valid_until: date | None
    choices: tuple[Option, ...] | None
    actions: tuple[Action, ...]
    proof: Proof
    rows: tuple[int, ...] = ()


@dataclass
class _Steps:
    """The actions of one repair by stage; `ordered` puts them in the order that is safe to interrupt."""

    prepare: list[Action] = field(default_factory=list)
    xero: list[Action] = field(default_factory=list)
    delete: list[Action] = field(default_factory=list)
    clean: list[Action] = field(default_factory=list)
    back: list[Action] = field(default_factory=list)
    wait: str = "Wait for the overnight import."

    def ordered(self) -> tuple[Action, ...]:
        wait = [Action("xpm", "wait-overnight", self.wait)] if self.wait else []
        return (*self.prepare, *self.xero, *self.delete, *self.clean, *wait, *self.back)


@dataclass(frozen=True)
class _Draft:
    """A fix while it is being made: its invoices, and either one set of steps or choices."""

    cause: str
    rows: list[Any]
    title: str
    evidence: tuple[str, ...]
    job: int = NO_JOB
    actions: tuple[Action, ...] = ()
    options: tuple[Option, ...] = ()
    question: str = ""


@dataclass(frozen=True)
class _Desk:
    """What every repair is planned with."""

    findings: Findings
    settings: Settings
    as_of: date
    usual_state: str
    xero_contacts: frozenset[str]
    awaited_texts: frozenset[str]
    positions: dict[str, int]

    def number(self, job: int) -> str:
        return self.findings.book.job_nos[job]


def plan(findings: Findings, settings: Settings, as_of: date) -> list[Fix]:
    """Write the fixes of every invoice whose outcome is fix.

    Returns:
        The fix-list in its order: cause, due date, amount (the larger first), number.

    Source: rules.md section 3; contract.md "fixes".
    """
    ledger = findings.ledger
    desk = _desk(findings, settings, as_of)
    groups: dict[tuple, list[Any]] = defaultdict(list)
    wanted = ledger[ledger["outcome"] == "fix"].sort_values(["invoice_date", "invoice_no"], kind="stable")
    clients = findings.book.clients
    at = wanted["now_job"].to_numpy()
    on_own = [job != NO_JOB and clients[job] == contact for job, contact in zip(at, wanted["contact"], strict=True)]
    for row in wanted[_ROW].assign(on_own_job=on_own).itertuples():
        groups[_group_of(row, findings)].append(row)
    drafts = [_draft(rows, desk) for rows in groups.values()]
    drafts = _resolve_clashes(drafts, desk)
    fixes = sorted((_finish(draft, desk) for draft in drafts), key=_rank)
    return [replace(fix, id=f"FX-{at:04d}", priority=at) for at, fix in enumerate(fixes, start=1)]


def _rank(fix: Fix) -> tuple:
    return ORDER[fix.cause], fix.due, -abs(fix.cents), fix.invoices[0], fix.jobs


def _desk(findings: Findings, settings: Settings, as_of: date) -> _Desk:
    jobs, ledger = findings.jobs, findings.ledger
    states = jobs.loc[jobs["state_type"] == "standard", "state"]
    counts = Counter(state for state in states if state)
    usual = min(counts, key=lambda state: (-counts[state], state), default="In Progress")
    right = ledger[ledger["outcome"].isin(["ok", "wait"]) & ~ledger["in_xpm"]]
    positions = {number: at for at, number in enumerate(findings.book.job_nos)}
    contacts = frozenset(ledger.loc[ledger["kind"] != "only-in-xpm", "contact"].unique())
    return _Desk(findings, settings, as_of, usual, contacts, frozenset(right["reference"]), positions)


def _group_of(row: Any, findings: Findings) -> tuple:
    """What is mended together: one edit that many invoices share is one fix."""
    if row.cause == "T5":
        return "T5", row.reference
    if row.cause in ("T2", "T3", "T4", "T6", "T7", "T8", "T9", "T10") and row.meaning >= 0:
        target = findings.meanings[row.meaning].target
        if row.cause in ("T4", "T10") and target:
            client = findings.book.clients[target.job]
            return row.cause, row.contact, target.job if row.cause == "T4" else client
        return row.cause, row.meaning
    return row.cause, row.Index


# One draft per group ------------------------------------------------------------------------------------------------


def _draft(rows: list[Any], desk: _Desk) -> _Draft:
    cause = rows[0].cause
    if cause in _BY_CAUSE:
        return _BY_CAUSE[cause](rows, desk)
    meaning = desk.findings.meanings[rows[0].meaning]
    target = meaning.target
    if target:
        actions = _steps_to(target, rows, desk).ordered()
        return _Draft(cause, rows, _title(rows, meaning, desk), meaning.evidence, target.job, actions)
    options = tuple(_option(choice, rows, desk) for choice in meaning.choices)
    question = f"Which job do {_listed(rows)} belong on?" if cause != "T5" else f"Which job keeps {rows[0].reference}?"
    return _Draft(cause, rows, _title(rows, meaning, desk), meaning.evidence, NO_JOB, (), options, question)


def _option(choice: Choice, rows: list[Any], desk: _Desk) -> Option:
    number = desk.number(choice.job) if choice.job != NO_JOB else None
    return Option(number, choice.why, _steps_to(choice, rows, desk).ordered())


def _steps_to(choice: Choice, rows: list[Any], desk: _Desk) -> _Steps:
    """The steps that bring invoices onto the job of one choice."""
    steps = _Steps(wait=_wait_words(rows, choice.job, desk))
    if choice.repair == "near-miss" and _mend_the_job(choice, rows, desk):
        choice = replace(choice, repair="set-client-order-no", value=rows[0].reference)
    if choice.repair == "set-client-order-no":
        steps.prepare.append(_set_order(choice.job, choice.value, desk, changed_grouping=rows[0].cause == "T7"))
    elif choice.repair == "set-job-state":
        _open_job(choice.job, steps, desk)
    elif choice.repair == "clear-others":
        others = [job for job in desk.findings.book.standard_by_text[choice.value] if job != choice.job]
        steps.prepare.extend(_set_order(job, "", desk) for job in others)
    elif choice.repair == "make-names-equal":
        _make_names_equal(choice, rows, steps, desk)
    elif choice.repair == "new-job":
        question = f"Make a new job for {rows[0].contact} with Client Order No. {choice.value} in XPM"
        steps.prepare.append(Action("xpm", "ask", f"{question}.", question=question))
    for row in rows:
        value = choice.value if choice.repair in ("set-reference", "near-miss") else ""
        if choice.repair == "clear-others":
            keeper = _keeper_for(row, choice, desk)
            if keeper == NO_JOB:
                continue
            value = desk.number(keeper) if keeper != choice.job else ""
        if value:
            steps.xero.append(_set_reference(row, value))
        _bring_again(row, steps, desk, edited=bool(value))
    return steps


def _keeper_for(row: Any, choice: Choice, desk: _Desk) -> int:
    """T5: the job that an invoice goes to when one job keeps the text: that one, if it is its client's, else the tied job
    of its own client, by number (C4: nobody knows what XPM does with another client's)."""
    book = desk.findings.book
    if book.clients[choice.job] == row.contact:
        return choice.job
    own = [job for job in book.standard_by_text[choice.value] if book.clients[job] == row.contact]
    return own[0] if len(own) == 1 else NO_JOB


def _mend_the_job(choice: Choice, rows: list[Any], desk: _Desk) -> bool:
    """T3: whether the job's text is the odd one: the invoices write it as Ignition does, and nobody awaits the job's."""
    order = desk.findings.book.orders[choice.job]
    return (
        is_canonical(rows[0].reference)
        and order != ""
        and choice.value == order
        and not is_canonical(order)
        and order not in desk.awaited_texts
    )


# Steps --------------------------------------------------------------------------------------------------------------


def _set_order(job: int, value: str, desk: _Desk, *, changed_grouping: bool = False) -> Action:
    book = desk.findings.book
    number, before = book.job_nos[job], book.orders[job]
    what = f"paste {value} into Client Order Number" if value else "clear Client Order Number"
    was = f" (now {before})" if before else " (now blank)"
    more = (
        " If the grouping was not meant to change, set it back in Ignition instead: Services > the service > change (R9)."
        if changed_grouping
        else ""
    )
    text = f"XPM: {book.clients[job]} > job {number} > Edit Job > {what}{was} > Save (R1).{more}"
    return Action("xpm", "set-client-order-no", text, job_no=number, from_value=before, value=value)


def _open_job(job: int, steps: _Steps, desk: _Desk) -> None:
    """R5, with its way back after the night."""
    number, state = desk.number(job), desk.findings.book.states[job]
    usual = desk.usual_state
    to = f"XPM: open job {number} > change its state from {state} to {usual}, of type Standard (R5)."
    back = f"XPM: open job {number} > set its state back to {state} (R5)."
    steps.prepare.append(Action("xpm", "set-job-state", to, job_no=number, from_value=state, value=usual))
    steps.back.append(Action("xpm", "set-job-state", back, job_no=number, from_value=usual, value=state))


def _set_reference(row: Any, value: str) -> Action:
    was = row.reference or "blank"
    text = f"Xero: open {row.invoice_no} > Invoice Options > Edit > set Reference to {value} (now {was}) > Update (R2)."
    return Action("xero", "set-reference", text, invoice_no=row.invoice_no, from_value=row.reference, value=value)


def _touch(row: Any) -> Action:
    if row.reference:
        text = (
            f"Xero: open {row.invoice_no} > Invoice Options > Edit > copy and remove the Reference > Update; "
            f"Invoice Options > Edit > paste {row.reference} back > Update."
        )
    else:
        text = f"Xero: open {row.invoice_no} > Invoice Options > Edit > set any Reference > Update; Edit > clear it > Update."
    return Action("xero", "touch-invoice", text, invoice_no=row.invoice_no, value=row.reference)


def _delete(row: Any, desk: _Desk) -> Action:
    condition = "" if desk.findings.xpm_given else "if XPM has it: "
    text = (
        f"XPM: {condition}Business > Invoices > open {row.invoice_no} > Options > Delete, not Cancel: "
        "Cancel can void the invoice in Xero (A4)."
    )
    if row.status == "Paid":
        text += " It is paid: XPM may ask to remove the payment line first; note it before you do (A5)."
    return Action("xpm", "delete-xpm-invoice", text, invoice_no=row.invoice_no)


def _bring_again(row: Any, steps: _Steps, desk: _Desk, *, edited: bool) -> None:
    """Make tonight's import take the invoice: R3 where XPM has it (or may have it), R4 where the window has closed."""
    may_be_there = row.in_xpm or not desk.findings.xpm_given
    out_of_window = row.rule == "E3"  # or may be: the date is not known
    if not edited and (may_be_there or out_of_window):
        steps.xero.append(_touch(row))
    if may_be_there:
        steps.delete.append(_delete(row, desk))


def _make_names_equal(choice: Choice, rows: list[Any], steps: _Steps, desk: _Desk) -> None:
    """R6: the Xero contact takes the XPM client's name; C2's stray goes when it holds nothing else."""
    contact, client = rows[0].contact, choice.value
    if client in desk.xero_contacts:
        text = f"Xero: Contacts > {contact} > Options > Merge, into {client}, which is there already (R6)."
        steps.prepare.append(Action("xero", "merge-contact", text, from_value=contact, value=client))
    else:
        text = f"Xero: Contacts > {contact} > Edit > change the name to {client}, to the letter > Save (R6)."
        steps.prepare.append(Action("xero", "rename-contact", text, from_value=contact, value=client))
    held = desk.findings.client_holds.get(contact, 0)
    leaving = sum(1 for row in rows if row.in_xpm and row.now_client == contact)
    if held and held == leaving:
        text = f"XPM: open the client {contact}, which the import had made and which is empty now > Delete (R6)."
        steps.clean.append(Action("xpm", "delete-client", text, client=contact))


def _wait_words(rows: Sequence[Any], job: int, desk: _Desk) -> str:
    """What to look for tomorrow: each invoice on its job, or where nobody knows what XPM does."""
    by_job: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_job[_own_target(row, job)].append(row)
    unsure = sorted({rule for row in rows for rule in _undocumented(row)})
    words = ["Wait for the overnight import."]
    if unsure:
        words.append(f"Tomorrow look where {_listed(rows)} landed: nobody documents it ({', '.join(unsure)}).")
    elif job != NO_JOB:
        words += [f"Tomorrow {_listed(some)} should be on {desk.number(target)}." for target, some in by_job.items()]
    return " ".join(words)


def _own_target(row: Any, job: int) -> int:
    """The job an invoice goes to: with T10 each goes to the one its own Reference picks."""
    return row.picked if row.cause == "T10" and row.picked != NO_JOB else job


def _undocumented(row: Any) -> list[str]:
    """The rules for which nobody documents where an invoice of this contact lands (C3, C4, C5)."""
    rules = []
    if row.diverts_to:
        rules.append("C3")
    if row.cause == "T17" and row.now_class == "named" and not row.on_own_job:
        rules.append("C4")
    if row.archived:
        rules.append("C5")
    return rules


# Causes with a repair of their own ------------------------------------------------------------------------------------


def _draft_resync(rows: list[Any], desk: _Desk) -> _Draft:
    """T14, T26, T27: everything is ready; only the copy in XPM stands in the way (R3)."""
    row = rows[0]
    number = desk.number(row.picked)
    where = f"is on {row.now_job_no}" if row.now_job_no else f"is on the client {row.now_client}"
    evidence = (_named_by(row, desk), f"XPM has it on {row.now_job_no or 'the client'}")
    title = f"{row.invoice_no} {where} but belongs on {number}"
    if not row.picked_own:
        return _draft_cross_client(row, evidence, desk)
    choice = Choice(row.picked, "", "re-sync")
    return _Draft(row.cause, rows, title, evidence, row.picked, _steps_to(choice, rows, desk).ordered())


def _named_by(row: Any, desk: _Desk) -> str:
    number = desk.number(row.picked)
    if row.reference == number:
        return f"Reference {row.reference} = number of {number}"
    return f"Reference {row.reference} = Client Order No. of {number}"


def _draft_cross_client(row: Any, evidence: tuple[str, ...], desk: _Desk) -> _Draft:
    """T26 whose Reference picks another client's job: nobody documents what a re-sync does (C4), so a person decides."""
    book = desk.findings.book
    picked = desk.number(row.picked)
    options = [
        Option(
            picked,
            f"its Reference names {picked} of {book.clients[row.picked]} (C4)",
            _steps_to(Choice(row.picked, "", "re-sync"), [row], desk).ordered(),
        )
    ]
    if row.now_job != NO_JOB:
        here = desk.number(row.now_job)
        options.append(
            Option(here, f"it may stay on {here}: give it that job's number as Reference", (_set_reference(row, here),))
        )
    title = f"{row.invoice_no} is on {row.now_job_no}, and its Reference names {picked} of another client"
    return _Draft(
        "T26", [row], title, evidence, NO_JOB, (), tuple(options), f"Which job does {row.invoice_no} belong on?"
    )


def _draft_edited(rows: list[Any], desk: _Desk) -> _Draft:
    """T17: on the right job with an old amount; the re-sync must come back to the same job."""
    row = rows[0]
    steps = _Steps(wait=_wait_words(rows, row.now_job, desk))
    edited = False
    if row.now_job != NO_JOB:
        book = desk.findings.book
        if not book.standard[row.now_job]:
            _open_job(row.now_job, steps, desk)
        if not _would_return(row, desk):
            edited = True
            steps.xero.append(_set_reference(row, desk.number(row.now_job)))
    _bring_again(row, steps, desk, edited=edited)
    evidence = (*tuple(_amounts(row)), f"XPM has it on {row.now_job_no}")
    title = f"{row.invoice_no} was changed in Xero after XPM had taken it"
    return _Draft("T17", rows, title, evidence, row.now_job, steps.ordered())


def _would_return(row: Any, desk: _Desk) -> bool:
    """Whether the Reference picks the job the invoice is on, once that job is Standard."""
    book = desk.findings.book
    if row.picked == row.now_job or row.reference == book.job_nos[row.now_job]:
        return True
    rivals = [job for job in book.standard_by_text.get(row.reference, []) if job != row.now_job]
    return not rivals and not book.standard[row.now_job]


def _amounts(row: Any) -> Iterable[str]:
    if not pd.isna(row.xpm_cents):
        yield f"Xero {money(row.total_cents)}, XPM {money(row.xpm_cents)}"
    elif not pd.isna(row.xpm_ex_cents):
        yield f"Xero {money(row.total_cents - row.tax_cents)} without tax, XPM {money(row.xpm_ex_cents)}"


def _draft_missing(rows: list[Any], desk: _Desk) -> _Draft:
    """T16 and T28: not in XPM though it should be; an edit opens the window again (R4)."""
    row = rows[0]
    number = desk.number(row.picked)
    steps = _Steps(xero=[_touch(row)])
    wait = f"Wait for the overnight import. Tomorrow {row.invoice_no} should be on {number}."
    if row.cause == "T28":
        wait += " If it is not: a ticket to Xero Support with number, date, client, job and what was checked (R11)."
    steps.wait = wait
    days = int(row.age_days)
    evidence = (_named_by(row, desk), f"dated {row.invoice_date.date()}, {days} days ago, and not in XPM")
    title = f"{row.invoice_no} is not in XPM and belongs on {number}"
    return _Draft(row.cause, rows, title, evidence, row.picked, steps.ordered())


def _draft_unapproved(rows: list[Any], desk: _Desk) -> _Draft:
    """T20: approve it (R7)."""
    row = rows[0]
    text = f"Xero: Business > Invoices > {row.status} > open {row.invoice_no} > Approve (R7)."
    steps = _Steps(prepare=[Action("xero", "approve-invoice", text, invoice_no=row.invoice_no)])
    job = row.picked if row.picked_own else NO_JOB
    steps.wait = _wait_words(rows, job, desk)
    title = f"{row.invoice_no} is not approved, so XPM does not import it"
    return _Draft("T20", rows, title, (f"its status in Xero is {row.status}",), job, steps.ordered())


def _draft_void(rows: list[Any], desk: _Desk) -> _Draft:
    """T22: remove XPM's copy of what Xero has voided (R8)."""
    row = rows[0]
    where = row.now_job_no or f"the client {row.now_client}"
    steps = _Steps(delete=[_delete(row, desk)], wait="")
    title = f"{row.invoice_no} is {row.status.lower()} in Xero and still in XPM"
    evidence = (f"its status in Xero is {row.status}", f"XPM has it on {where}")
    return _Draft("T22", rows, title, evidence, row.now_job, steps.ordered())


_BY_CAUSE: dict[str, Callable[[list[Any], _Desk], _Draft]] = {
    "T14": _draft_resync,
    "T26": _draft_resync,
    "T27": _draft_resync,
    "T17": _draft_edited,
    "T16": _draft_missing,
    "T28": _draft_missing,
    "T20": _draft_unapproved,
    "T22": _draft_void,
}


# Words --------------------------------------------------------------------------------------------------------------


def _listed(rows: Sequence[Any], most: int = 3) -> str:
    numbers = [row.invoice_no for row in rows]
    if len(numbers) <= most:
        return " and ".join(filter(None, (", ".join(numbers[:-1]), numbers[-1])))
    return f"{', '.join(numbers[:most])} and {len(numbers) - most} more"


def _title(rows: list[Any], meaning: Meaning, desk: _Desk) -> str:
    row, target = rows[0], meaning.target
    reference = row.reference or "no Reference"
    who = f"{row.invoice_no}" if len(rows) == 1 else f"{len(rows)} invoices"
    verb = "belongs" if len(rows) == 1 else "belong"
    if meaning.cause == "T5":
        return f"{reference} is on several jobs of the same age: {who} cannot be told where to go"
    if not target:
        count = len(meaning.choices)
        return f"{who} with {reference}: {'one job is' if count == 1 else f'{count} ways are'} possible, choose"
    number = desk.number(target.job)
    order = desk.findings.book.orders[target.job] or "nothing"
    if meaning.cause == "T4":
        return f"{who} with {reference}: {number} is {desk.findings.book.states[target.job]} and takes none"
    return {
        "T1": f"{who} has no Reference and {verb} on {number}",
        "T2": f"{who} with {reference}, which names no job: {verb} on {number}",
        "T3": f"{who} with {reference}: nearly the text of {number}",
        "T6": f"{number} has no Client Order No., and {who} with {reference} {verb} on it",
        "T7": f"{who} with {reference}, and {number} still carries {order}",
        "T8": f"{who} of the renewed {reference}, and {number} still carries {order}",
        "T9": f"{who} with {reference}, which is another client's: {verb} on {number}",
        "T10": f"the contact {row.contact} and the client {target.value} are one, written in two ways",
    }[meaning.cause]


# Clashes ------------------------------------------------------------------------------------------------------------


# Causes whose invoices come home by the text that a job carries now: a fix that changes it stands in their way.
_COMES_BY_TEXT = ("T1", "T2", "T3", "T9", "T14", "T16", "T17", "T26", "T27", "T28")
_RENAMES = ("rename-contact", "merge-contact")
_SETS = ("set-client-order-no", *_RENAMES)


def _resolve_clashes(drafts: list[_Draft], desk: _Desk) -> list[_Draft]:
    """Fixes that need different texts in one field become one fix with a choice.

    Source: contract.md "Proofs hold when all proved fixes are done on one day".
    """
    wanting: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for at, draft in enumerate(drafts):
        for field_name, value in _needs(draft, desk):
            wanting[field_name][value].append(at)
    merged: dict[int, tuple[str, list[int]]] = {}
    taken: set[int] = set()
    for (kind, _), values in wanting.items():
        clashing = sorted({at for one in values.values() for at in one} - taken)
        if len(values) > 1 and len(clashing) > 1:
            merged[clashing[0]] = kind, clashing
            taken.update(clashing)
    return [
        _one_choice(merged[at][0], [drafts[one] for one in merged[at][1]], desk) if at in merged else draft
        for at, draft in enumerate(drafts)
        if at in merged or at not in taken
    ]


def _needs(draft: _Draft, desk: _Desk) -> list[tuple[tuple[str, str], str]]:
    """The fields a draft sets or relies on, and the text it needs there: ("order", job number) or ("name", contact)."""
    needs = []
    for action in draft.actions:
        if action.do == "set-client-order-no":
            needs.append((("order", action.job_no or ""), action.value or ""))
        elif action.do in _RENAMES:
            needs.append((("name", action.from_value or ""), action.value or ""))
    if not needs and draft.job != NO_JOB and draft.cause in _COMES_BY_TEXT:
        text = _text_needed(draft, desk)
        if text:
            needs.append((("order", desk.number(draft.job)), text))
    return needs


def _text_needed(draft: _Draft, desk: _Desk) -> str:
    """The order number by which a draft's invoices come to its job; "" where they come by the job's own number."""
    references = {action.value for action in draft.actions if action.do == "set-reference"}
    references = references or {row.reference for row in draft.rows}
    order = desk.findings.book.orders[draft.job]
    return order if order in references and order != desk.number(draft.job) else ""


def _one_choice(kind: str, drafts: list[_Draft], desk: _Desk) -> _Draft:
    """One draft out of several that need different texts in one place: a choice of the texts, each mending all it can."""
    rows = [row for draft in drafts for row in draft.rows]
    setting = [draft for draft in drafts if any(action.do in _SETS for action in draft.actions)]
    first = min(setting, key=lambda draft: ORDER[draft.cause])
    evidence = tuple(dict.fromkeys(words for draft in drafts for words in draft.evidence))
    if kind == "name":
        options = tuple(_name_option(draft, drafts, desk) for draft in drafts)
        title = f"the contact {rows[0].contact} may be one of several clients: choose"
        return _Draft(first.cause, rows, title, evidence, NO_JOB, (), options, "Which client is it?")
    texts = dict.fromkeys(value for draft in drafts for _, value in _needs(draft, desk))
    options = tuple(_order_option(text, drafts, desk) for text in texts)
    job = desk.number(drafts[0].job)
    title = f"{len(rows)} invoices need {' and '.join(texts)} on the one job {job}: choose"
    return _Draft(first.cause, rows, title, evidence, NO_JOB, (), options, f"Which text does {job} carry?")


def _name_option(draft: _Draft, drafts: list[_Draft], desk: _Desk) -> Option:
    setting = next(action for action in draft.actions if action.do in _RENAMES)
    others = [row for other in drafts if other is not draft for row in other.rows]
    why = f"{setting.from_value} is {setting.value}; {_listed(others)} stay as they are"
    return Option(desk.number(draft.job), why, draft.actions)


def _order_option(text: str, drafts: list[_Draft], desk: _Desk) -> Option:
    """The job carries one of the texts; the invoices that came by another get it as their Reference."""
    job = drafts[0].job
    book = desk.findings.book
    rows = [row for draft in drafts for row in draft.rows]
    steps = _Steps(wait=_wait_words(rows, job, desk))
    if book.orders[job] != text:
        steps.prepare.append(_set_order(job, text, desk))
    changed = []
    for row in rows:
        edited = row.reference != text
        if edited:
            changed.append(row)
            steps.xero.append(_set_reference(row, text))
        _bring_again(row, steps, desk, edited=edited)
    more = f", and {_listed(changed)} get it as Reference" if changed else ""
    verb = "keeps" if book.orders[job] == text else "carries"
    return Option(book.job_nos[job], f"{book.job_nos[job]} {verb} {text}{more}", steps.ordered())


# Finishing ----------------------------------------------------------------------------------------------------------


def _finish(draft: _Draft, desk: _Desk) -> Fix:
    rows = draft.rows
    deciding = bool(draft.options)
    actions = draft.actions
    if deciding:
        listed = "; ".join(f"{at}) {option.why}" for at, option in enumerate(draft.options, start=1))
        actions = (Action("person", "ask", f"Decide: {draft.question} {listed}.", question=draft.question),)
    everything = [action for option in draft.options for action in option.actions] if deciding else list(actions)
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
        minutes=_minutes(draft, desk.settings),
        first_seen=desk.as_of,
        due=_due(draft.cause, rows, desk),
        valid_until=desk.as_of if _before_tonight(draft.cause, rows, desk) else None,
        choices=draft.options if deciding else None,
        actions=actions,
        proof=_proof(rows, everything, deciding, desk),
        rows=tuple(row.Index for row in rows),
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _sentence(words: str) -> str:
    return _capital(words) + ("" if words.endswith(".") else ".")


def _owner(draft: _Draft, desk: _Desk) -> str:
    """Whose job it is: the manager of the target, or of the first choice that has one."""
    book = desk.findings.book
    jobs = (
        [draft.job]
        if draft.job != NO_JOB
        else [desk.positions[option.job_no] for option in draft.options if option.job_no]
    )
    return next((book.owners[job] for job in jobs if book.owners[job]), "")


def _jobs_of(draft: _Draft, desk: _Desk) -> tuple[str, ...]:
    numbers = [desk.number(draft.job)] if draft.job != NO_JOB else []
    numbers += [desk.number(_own_target(row, draft.job)) for row in draft.rows if draft.job != NO_JOB]
    numbers += [option.job_no for option in draft.options if option.job_no]
    numbers += [number for row in draft.rows for number in row.now_job_no.split(", ") if number]
    return tuple(dict.fromkeys(numbers))


def _minutes(draft: _Draft, settings: Settings) -> int:
    """What the clicks cost; for a choice, the cheapest."""
    ways = [option.actions for option in draft.options] or [draft.actions]
    return min(sum(_cost(action, settings) for action in way) for way in ways)


def _cost(action: Action, settings: Settings) -> int:
    minutes = settings.minutes
    costs = {
        "set-reference": minutes.set_reference,
        "approve-invoice": minutes.set_reference,
        "touch-invoice": minutes.touch,
        "delete-xpm-invoice": minutes.delete,
        "wait-overnight": 0,
    }
    return costs.get(action.do, minutes.edit_job)


def _before_tonight(cause: str, rows: list[Any], desk: _Desk) -> bool:
    """Whether tonight's import would take one of the invoices to where a delete is needed afterwards."""
    return desk.findings.xpm_given and cause in BEFORE_TONIGHT and any(row.tonight_place != "skipped" for row in rows)


def _due(cause: str, rows: list[Any], desk: _Desk) -> date:
    """Today where tonight would make it worse, before an open window closes, else within a week."""
    days = [desk.as_of + timedelta(days=USUAL_DAYS)]
    if _before_tonight(cause, rows, desk):
        days.append(desk.as_of)
    for row in rows:
        if row.now_place == "absent" and 0 <= row.age_days <= desk.settings.window_days:
            days.append(row.invoice_date.date() + timedelta(days=desk.settings.window_days))
    return min(days)


def _proof(rows: list[Any], actions: list[Action], deciding: bool, desk: _Desk) -> Proof:
    deletes = any(action.do == "delete-xpm-invoice" for action in actions)
    assumes = []
    if deletes and any(row.status == "Paid" for row in rows):
        assumes.append("A5")
    if deletes and not desk.findings.xpm_given:
        assumes.append("E4")
    if any(action.do == "wait-overnight" for action in actions):
        assumes += sorted({rule for row in rows for rule in _undocumented(row)})
    status, reason = ("needs-decision", "a person chooses") if deciding else ("cannot-prove", "not replayed yet")
    return Proof(status, reason, tuple(assumes))
