"""Is, belongs, tonight: the outcome and cause of every invoice, and what the jobs show.

    exports --ledger rows--> where each is now --replay--> tonight --meanings--> belongs --_decide--> outcome, cause

Every step works on whole columns; only distinct (contact, Reference) pairs and findings are looked at one by one.
Source: contract.md "How outcome and cause are decided"; rules.md section 4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from reconcile.belonging import Choice, JobBook, Meaning, meanings, open_job_book
from reconcile.causes import CAUSES, FINDINGS, OUTCOMES
from reconcile.coded import Words, counts_of, distinct_rows, find_positions, take_texts
from reconcile.ledger import CREDIT_NOTE, INVOICE, ONLY_IN_XPM, write_ledger, xero_and_xpm_cents
from reconcile.overnight import NO_JOB, ad_hoc_jobs, client_facts, pick_jobs
from reconcile.settings import WAIT_DAYS, Settings
from reconcile.words import UNSEEN, money, on_one_line, some_of

VOID = ("Voided", "Deleted")
BY_MEANING = ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10")
_OUTCOMES, _CAUSES = list(OUTCOMES), ["", *(cause.id for cause in CAUSES)]
BY_LIST = "by the list"  # contract.md "The list" decides: what the (contact, Reference) means


@dataclass(frozen=True)
class Findings:
    """What was found.

    Attributes:
        ledger: one row per invoice of the input (credit notes and invoices only in XPM among them), with outcome, cause,
            now, belongs, tonight and if_resynced, and `meaning` (position in meanings, -1 for none).
        jobs: one row per job, with role, finding, invoices (count) and total_cents.
        meanings: what the (contact, Reference) pairs mean.
        book: the jobs looked up. picks: what each Reference picks. facts: what the clients export says.
        client_holds: how many invoices XPM has of each client, those outside Xero's dates too.
    """

    ledger: pd.DataFrame
    jobs: pd.DataFrame
    meanings: list[Meaning]
    book: JobBook
    picks: pd.DataFrame
    facts: pd.DataFrame
    xpm_given: bool
    client_holds: dict[str, int]


def find(exports, settings: Settings, as_of: date) -> Findings:
    """Decide for every invoice where it is, where it belongs and why not.

    Args:
        exports: exports.tables.Exports: invoices, jobs, xpm_invoices, clients.

    Returns:
        Findings; its ledger has every Xero document and every invoice only in XPM exactly once.

    Source: contract.md "How outcome and cause are decided".
    """
    jobs, xpm = exports.jobs.assign(ad_hoc=ad_hoc_jobs(exports.jobs)), exports.xpm_invoices
    book = open_job_book(jobs)
    known = known_clients(exports)
    facts = client_facts(exports.clients, known)
    references = dict.fromkeys([*Words(exports.invoices["reference"]).words, ""])
    picks = pick_jobs(pd.Index(references, dtype="str"), jobs)
    ledger = write_ledger(exports, jobs, book, facts, picks, known, settings, as_of)
    needed, found = _meanings(ledger, book, picks, known, settings)
    ledger = ledger.assign(meaning=needed)
    decided = _decide(ledger, found, settings, xpm is not None)
    found = _without_stranding(ledger, decided, found, book)
    ledger = ledger.assign(**decided.columns(), **_belongs(ledger, decided, found, book))
    ledger = _with_notes(ledger, jobs, settings, xpm is not None, exports.stated_days.get("xpm_invoices"))
    holds = {} if xpm is None else counts_of(xpm["client"])
    return Findings(ledger, _job_findings(ledger, jobs, picks), found, book, picks, facts, xpm is not None, holds)


def known_clients(exports) -> frozenset[str]:
    """Every client name: of the clients export, else of the jobs and XPM invoices exports (contract.md T10)."""
    if exports.clients is not None:
        return frozenset(exports.clients["client"])
    names = set(Words(exports.jobs["client"]).words)
    if exports.xpm_invoices is not None:
        names.update(Words(exports.xpm_invoices["client"]).words)
    return frozenset(names - {""})


def _meanings(
    ledger: pd.DataFrame, book: JobBook, picks: pd.DataFrame, known: frozenset[str], settings: Settings
) -> tuple[np.ndarray, list[Meaning]]:
    """What the (contact, Reference) pairs mean; and for each invoice the position of its own, -1 where its own client's job
    is picked or it sits where no meaning is asked for."""
    left_alone = VOID if settings.drafts == "fix" else (*VOID, "Draft")
    needs = (
        Words(ledger["kind"]).are(INVOICE)
        & ~ledger["picked_own"].to_numpy()
        & ~Words(ledger["now_class"]).are("named", "own")
        & ~Words(ledger["status"]).are(*left_alone)
    )
    meaning = np.full(len(ledger), -1)
    if not needs.any():
        return meaning, []
    distinct, pair = distinct_rows(ledger.loc[needs, ["contact", "reference"]])
    order = distinct.sort_values(["contact", "reference"]).index.to_numpy()
    meaning[needs] = np.argsort(order)[pair]
    return meaning, meanings(distinct.take(order), book, picks, known)


# The decision ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Decided:
    """Outcome and cause of every invoice, as positions in _OUTCOMES and _CAUSES.

    Attributes:
        lock_holds: what would be a fix, were it not on or before a lock date.
    """

    outcome: np.ndarray
    cause: np.ndarray
    lock_holds: np.ndarray

    def columns(self) -> dict[str, Any]:
        """The same as columns of the ledger."""
        return {
            "outcome": take_texts(_OUTCOMES, self.outcome),
            "cause": take_texts(_CAUSES, self.cause),
            "lock_holds": self.lock_holds,
        }

    def outcome_is(self, *names: str) -> np.ndarray:
        """Which invoices have one of these outcomes."""
        return np.isin(self.outcome, [_OUTCOMES.index(name) for name in names])

    def cause_is(self, *ids: str) -> np.ndarray:
        """Which invoices have one of these causes."""
        return np.isin(self.cause, [_CAUSES.index(one) for one in ids])


def _decide(ledger: pd.DataFrame, found: list[Meaning], settings: Settings, xpm_given: bool) -> _Decided:
    """Outcome and cause; the first condition that holds decides, in the order of contract.md."""
    rows = [*_asked_first(ledger, settings), *_by_place(ledger, settings, xpm_given)]
    first = np.select([mask for mask, _, _ in rows], range(len(rows)), default=-1)
    assert (first >= 0).all(), ledger[first < 0].head()
    meaning = ledger["meaning"].to_numpy()
    # Behind the outcomes and causes of the rows above stand those of the meanings, where the list decides.
    outcome_of = np.array([_OUTCOMES.index(outcome) if outcome != BY_LIST else -1 for _, outcome, _ in rows])[first]
    cause_of = np.array([_CAUSES.index(cause) if cause != BY_LIST else -1 for _, _, cause in rows])[first]
    verdicts = np.array([_OUTCOMES.index("fix" if one.choices else "review") for one in found] + [-1])
    meant = np.array([_CAUSES.index(one.cause) for one in found] + [-1])
    outcome = np.where(outcome_of < 0, verdicts[meaning], outcome_of)
    cause = np.where(cause_of < 0, meant[meaning], cause_of)
    assert (outcome >= 0).all() and (cause >= 0).all(), "an invoice that the list should decide has no meaning"
    locked = (outcome == _OUTCOMES.index("fix")) & ledger["locked"].to_numpy()
    return _Decided(np.where(locked, _OUTCOMES.index("review"), outcome), cause, locked)


def _asked_first(ledger: pd.DataFrame, settings: Settings) -> list[tuple[np.ndarray, str, str]]:
    """T21, T22, T20, T25, T18: wherever the copy is."""
    kind, status = Words(ledger["kind"]), Words(ledger["status"])
    void, in_xpm, unread = status.are(*VOID), ledger["in_xpm"].to_numpy(), ledger["unread"].to_numpy()
    unread_job = ledger["unread_job"].to_numpy()
    if settings.drafts != "fix":
        unread_job = unread_job & ~status.are("Draft")
    draft_is = "fix" if settings.drafts == "fix" else "none"
    return [
        (kind.are(CREDIT_NOTE), "none", "T21"),
        (kind.are(ONLY_IN_XPM), "review", "T25"),
        (void & in_xpm & ~unread, "fix", "T22"),
        (void & ~in_xpm, "none", ""),
        (unread_job, "review", ""),
        (status.are("Awaiting Approval"), "fix", "T20"),
        (status.are("Draft"), draft_is, "T20"),
        (unread, "review", ""),
        (ledger["other_invoice"].to_numpy(), "review", "T18"),
    ]


def _by_place(ledger: pd.DataFrame, settings: Settings, xpm_given: bool) -> list[tuple[np.ndarray, str, str]]:
    """Where the copy is decides what is asked next."""
    at_class, place = Words(ledger["now_class"]), Words(ledger["now_place"])
    flags = {name: ledger[name].to_numpy() for name in ("picked_own", "carried", "moved", "archived", "locked", "missed_night")}
    picked = ledger["picked"].to_numpy() != NO_JOB
    named, own, other, ad_hoc = (at_class.are(name) for name in ("named", "own", "other", "adhoc"))
    absent = place.are("absent")
    picked_on, dated = ledger["picked_on"].to_numpy(), ledger["invoice_date"].to_numpy()
    made_before, cannot_date = picked_on <= dated, np.isnat(picked_on) | np.isnat(dated)
    rows = [
        (named & ledger["amount_differs"].to_numpy(), "fix", "T17"),
        (named & ledger["others_job"].to_numpy(), "review", "T9"),
        (named, "ok", ""),
        (own & flags["carried"], "ok", ""),
        (own & picked & flags["moved"], "fix", "T26"),
        (own & picked & made_before, "fix", "T26"),
        (own & picked & cannot_date, "review", "T26"),
        (own, "ok", ""),
        (other & picked, "fix", "T26"),
        (other, "review", BY_LIST),
        (~flags["picked_own"], BY_LIST, BY_LIST),
        (flags["archived"], "review", "T13"),
        (~Words(ledger["diverts_to"]).are(""), "review", "T12"),
        (ad_hoc, "fix", "T14"),
        (place.are("client"), "fix", "T27"),
        (flags["locked"], "review", "T19"),
    ]
    if not xpm_given:
        return [*rows, (np.ones(len(ledger), dtype=bool), "ok", "")]
    age = ledger["age_days"].to_numpy()
    young = 0 if settings.profile == "xero" else WAIT_DAYS
    return [
        *rows,
        (absent & ledger["after_export"].to_numpy(), "wait", "T24"),
        (absent & flags["missed_night"] & (age <= settings.window_days), "fix", "T28"),
        (absent & (age <= min(young, settings.window_days)), "wait", "T24"),
        (absent & (age <= settings.window_days), "fix", "T28"),
        (absent & (age > settings.window_days), "fix", "T16"),
        (absent, "review", ""),
    ]


def _without_stranding(ledger: pd.DataFrame, decided: _Decided, found: list[Meaning], book: JobBook) -> list[Meaning]:
    """Turn a T7 or T8 into a choice where the job's old text is still awaited by invoices that are right.

    Source: contract.md "T7 and T8 are a choice also when the old text still arrives".
    """
    if not any(one.cause in ("T7", "T8") for one in found):
        return found
    due = decided.outcome_is("ok", "wait") & ~ledger["in_xpm"].to_numpy() & (ledger["picked"].to_numpy() != NO_JOB)
    awaited = ledger.loc[due, ["picked", "reference", "invoice_no"]]
    waiting = awaited.groupby(["picked", "reference"])["invoice_no"].agg(list).to_dict()
    changed = list(found)
    for at, meaning in enumerate(found):
        if meaning.cause in ("T7", "T8"):
            stranded = [waiting.get((one.job, book.orders[one.job])) if one.job != NO_JOB else None for one in meaning.choices]
            if any(stranded):
                changed[at] = _stranding_choice(meaning, [tuple(sorted(one or ())) for one in stranded])
    return changed


def _stranding_choice(meaning: Meaning, stranded: list[tuple[str, ...]]) -> Meaning:
    """Change a job's text now and re-reference what still comes by it; where the job is the only one, also: change it when
    that has come, or make a new job."""
    choices = [_keeping(choice, awaited) if awaited else choice for choice, awaited in zip(meaning.choices, stranded, strict=True)]
    awaited = tuple(number for numbers in stranded for number in numbers)
    if len(choices) == 1:
        target = replace(meaning.choices[0], awaited=awaited)
        have, come = ("has", "comes as it is") if len(awaited) == 1 else ("have", "come as they are")
        why = f"{target.why}; change it tomorrow, when {some_of(awaited)} {have} come"
        choices.append(replace(target, repair="set-later", why=why))
        choices.append(Choice(NO_JOB, f"a new job, and {some_of(awaited)} {come}", "new-job", target.value))
    evidence = (*meaning.evidence, f"the old text still arrives on {some_of(awaited)}")
    return replace(meaning, choices=tuple(choices), evidence=evidence)


def _keeping(choice: Choice, awaited: tuple[str, ...]) -> Choice:
    why = f"{choice.why}; change it now, and give {some_of(awaited)} the job's number as Reference first"
    return replace(choice, repair="set-and-keep", why=why, awaited=awaited)


# Where it belongs --------------------------------------------------------------------------------------------------


def _belongs(ledger: pd.DataFrame, decided: _Decided, found: list[Meaning], book: JobBook) -> dict[str, Any]:
    """belongs_place, belongs_job_no (first of the named ones for a copy on several jobs) and certainty.

    Source: contract.md "certainty" and "Values".
    """
    at_class = Words(ledger["now_class"])
    meaning, now_job = ledger["meaning"].to_numpy(), ledger["now_job"].to_numpy()
    targets = np.array([one.target.job if one.target else NO_JOB for one in found] + [NO_JOB])
    sure = np.array([one.target is not None and one.certainty == "certain" for one in found] + [False])
    by_list = decided.cause_is(*BY_MEANING) & (meaning >= 0)
    would_fix = decided.outcome_is("fix") | decided.lock_holds
    nowhere = decided.outcome_is("none") | decided.cause_is("T22", "T25")
    stays = (decided.outcome_is("ok") | decided.cause_is("T17")) & at_class.are("named", "own")
    not_told = decided.cause_is("T18") | (decided.cause_is("T9") & at_class.are("named"))
    picked_own = np.where(ledger["picked_own"], ledger["picked"], NO_JOB)
    meant = np.where(would_fix, targets[meaning], NO_JOB)
    job = np.select([nowhere, stays, by_list, not_told], [NO_JOB, now_job, meant, NO_JOB], default=picked_own)
    number = pd.Series(take_texts([*book.job_nos, ""], np.where(job == NO_JOB, len(book.job_nos), job)), index=ledger.index)
    # A copy may be on a job that the jobs export does not hold: it belongs there by its number.
    outside = stays & (now_job == NO_JOB)
    number = number.where(~outside, ledger["now_telling"]) if outside.any() else number
    told = (job != NO_JOB) | outside
    certain = np.where(by_list, sure[meaning], True)
    likely = np.array([one.certainty == "likely" for one in found] + [False])
    certainty = np.select([~told, certain, by_list & likely[meaning]], [0, 1, 2], default=0)
    return {
        "belongs_place": take_texts(("", "job", "unknown"), np.select([nowhere, told], [0, 1], default=2)),
        "belongs_job_no": number,
        "certainty": take_texts(("none", "certain", "likely"), certainty),
    }


# Notes -------------------------------------------------------------------------------------------------------------


def _with_notes(
    ledger: pd.DataFrame, jobs: pd.DataFrame, settings: Settings, xpm_given: bool, exported_on: date | None
) -> pd.DataFrame:
    """Add to notes what else holds, cause by cause, in the order of the list; notes are separated by line breaks."""
    notes = ledger["notes"].to_numpy(dtype=object)
    for mask, words in _note_rows(ledger, jobs, settings, xpm_given, exported_on):
        at = np.flatnonzero(mask)
        if len(at):
            text = words if isinstance(words, str) else _on_one_line(words(ledger.iloc[at])).to_numpy(dtype=object)
            notes[at] = np.where(notes[at] == "", text, notes[at] + "\n" + text)
    finding = take_texts(["", *FINDINGS.values()], find_positions(ledger["cause"], pd.Index(["", *FINDINGS])))
    return ledger.assign(notes=notes, finding=finding)


def _on_one_line(notes: pd.Series) -> pd.Series:
    """Notes in which no name of a client's breaks the line: that would begin another note."""
    odd = notes.str.contains(UNSEEN, regex=True)
    return notes.mask(odd, notes[odd].map(on_one_line)) if odd.any() else notes


def _note_rows(
    ledger: pd.DataFrame, jobs: pd.DataFrame, settings: Settings, xpm_given: bool, exported_on: date | None
) -> list[tuple]:
    """Which invoices get which note: one flag per invoice, and the words, or what makes them from the flagged rows."""
    cause, outcome, at_class = (Words(ledger[name]) for name in ("cause", "outcome", "now_class"))
    flags = {name: ledger[name].to_numpy() for name in ("unread", "unread_job", "lock_holds", "locked", "archived", "carried", "moved", "missed_night")}
    ok, none = outcome.are("ok"), outcome.are("none")
    judged = Words(ledger["kind"]).are(INVOICE) & ~none & ~cause.are("T20", "T22")
    named, own, other, ad_hoc = (at_class.are(name) for name in ("named", "own", "other", "adhoc"))
    now_job, of_pick = ledger["now_job"].to_numpy(), ledger["picked"].to_numpy()
    known, picked = now_job != NO_JOB, of_pick != NO_JOB
    elsewhere = picked & (of_pick != now_job)
    others_client = named & known & ~cause.are("T9")
    others_client[others_client] = _clients_differ(ledger, jobs, np.flatnonzero(others_client))
    moved_on = own & ok
    as_dated = ledger["changed_on"].to_numpy() == ledger["invoice_date"].to_numpy()

    def on_picked(before: str, after: str):
        return lambda rows: before + jobs["job_no"].take(rows["picked"]).set_axis(rows.index) + after

    def on_client(rows: pd.DataFrame) -> pd.Series:
        return "the contact's name differs from the job's client's: " + jobs["client"].take(rows["now_job"]).set_axis(
            rows.index
        )

    return [
        (cause.are("T21"), "T21: enter it in XPM by hand"),
        (flags["unread"], "XPM's row of this number could not be used: see the problems"),
        (flags["unread_job"] & ~none, "it may belong on a job whose row could not be used: see the problems"),
        (cause.are("T20") & none, "T20: a draft, by choice"),
        (none & cause.are(""), "voided or deleted in Xero" + (", and XPM has no copy" if xpm_given else "")),
        (flags["lock_holds"], "T19: on or before a lock date, so nothing is deleted (E5)"),
        (judged & flags["locked"] & ~flags["lock_holds"] & ~cause.are("T19") & ~ok, "T19: dated on or before a lock date"),
        (judged & flags["archived"] & ~cause.are("T13"), "T13: the client is archived in XPM"),
        (
            judged & ~Words(ledger["diverts_to"]).are("") & ~cause.are("T12"),
            lambda rows: "T12: billing details name " + rows["diverts_to"],
        ),
        (ad_hoc & ~Words(ledger["kind"]).are(ONLY_IN_XPM), _ad_hoc_note(settings)),
        (judged & ledger["amount_differs"].to_numpy() & ~cause.are("T17"), _amount_words),
        (moved_on & flags["carried"], "an earlier run saw its job carry its Reference"),
        (moved_on & ~known, "the jobs export does not hold the job it is on"),
        (own & flags["moved"] & cause.are("T26"), "an earlier run saw XPM have it under another Reference"),
        (
            ledger["after_export"].to_numpy() & cause.are("T24"),
            f"XPM's invoices were exported on {exported_on}, before its night: a newer export shows whether it came",
        ),
        (flags["missed_night"] & cause.are("T28"), "an earlier run saw it ready for the import, and a night has passed"),
        (moved_on & elsewhere, on_picked("its Reference names ", " now; what is imported stays (A2)")),
        (moved_on & ~elsewhere, "its Reference names no open job now; the order number was changed since (A2)"),
        (named & ok & elsewhere, on_picked("tonight its Reference would pick ", "; what is imported stays (A2)")),
        (others_client, on_client),
        (judged & (ledger["now_count"].to_numpy() > 1), lambda rows: "XPM has it on several jobs: " + rows["now_job_no"]),
        (
            judged & (ledger["rivals"].to_numpy() > 1) & ~ledger["tied"].to_numpy() & picked & ~named,
            "T5: several Standard jobs carry its Reference; the newest takes it (M3)",
        ),
        (
            cause.are("T16", "T28") & as_dated & ~flags["missed_night"],
            "window unknown: no history of its last change, so judged by its date (E3)",
        ),
        (judged & np.isnat(ledger["invoice_date"].to_numpy()), "its date is not known, so neither is the window (E3)"),
        (cause.are("T26") & other & ~ledger["picked_own"].to_numpy(), "C4: the job it names is another client's too"),
    ]


def _clients_differ(ledger: pd.DataFrame, jobs: pd.DataFrame, at: np.ndarray) -> np.ndarray:
    """Of some invoices on jobs, those whose contact is not the job's client to the letter."""
    clients = jobs["client"].array.take(ledger["now_job"].to_numpy()[at])
    return clients.to_numpy(dtype=object) != ledger["contact"].array.take(at).to_numpy(dtype=object)


def _ad_hoc_note(settings: Settings) -> str:
    if settings.adhoc == "off":
        return "T14: on an ad hoc job. R10: see that ad hoc jobs are off in XPM"
    return (
        "T14: ad hoc jobs are on. R10: XPM: Business > Settings > Connections: Xero: untick ad hoc jobs "
        '(import.adhoc = "off")'
    )


def _amount_words(rows: pd.DataFrame) -> pd.Series:
    xero, xpm = xero_and_xpm_cents(rows)
    words = [f"T17: Xero says {money(one)}, XPM {money(two)}" for one, two in zip(xero, xpm, strict=True)]
    return pd.Series(words, index=rows.index, dtype="str")


# Jobs --------------------------------------------------------------------------------------------------------------


def _job_findings(ledger: pd.DataFrame, jobs: pd.DataFrame, picks: pd.DataFrame) -> pd.DataFrame:
    """One row per job: role, finding, the invoices XPM has on it, and next_job_no.

    Source: contract.md "job role"; issue's job findings: job-not-standard, non-billing-job, reference-shared,
    order-number-unused.
    """
    order, number, ad_hoc = jobs["client_order_no"], jobs["job_no"], ad_hoc_jobs(jobs).to_numpy()
    blank = order.to_numpy(dtype=object) == ""
    standard = Words(jobs["state_type"]).are("standard")
    role = take_texts(("not-standard", "non-billing", "billing"), np.select([~standard, blank], [0, 1], default=2))
    kind, outcome, cause = (Words(ledger[name]) for name in ("kind", "outcome", "cause"))
    invoice = kind.are(INVOICE)
    acting = invoice & outcome.are("fix", "review")
    live = ledger.loc[acting & cause.are("T4"), "reference"]
    lost = ledger.loc[acting & (ledger["named"].to_numpy() == 0), "contact"]
    carried = ledger["reference"].array[invoice].unique()
    texts = order[standard & ~blank & ~ad_hoc]
    finding = np.select(
        [
            ~standard & (_among(order, live) & ~blank | _among(number, live)),
            standard & blank & ~ad_hoc & _among(jobs["client"], lost),
            standard & _among(order, texts[texts.duplicated()]),
            standard & ~blank & ~_among(order, carried) & ~_among(number, carried),
        ],
        range(1, 5),
        default=0,
    )
    names = ("", "job-not-standard", "non-billing-job", "reference-shared", "order-number-unused")
    held = (ledger["now_job"].to_numpy() != NO_JOB) & ~Words(ledger["now_place"]).are("unknown")
    on = ledger["now_job"].to_numpy()[held]
    total = np.zeros(len(jobs), dtype="int64")
    np.add.at(total, on, ledger["total_cents"].to_numpy(dtype="int64")[held])
    return jobs.assign(
        role=role,
        finding=take_texts(names, finding),
        invoices=np.bincount(on, minlength=len(jobs)),
        total_cents=total,
        next_job_no=_next_jobs(jobs, picks, carried),
    )


def _next_jobs(jobs: pd.DataFrame, picks: pd.DataFrame, carried: Any) -> np.ndarray:
    """For each job whose Client Order No. is in use the job that gets the next invoice with it; "" where none does, or
    it cannot be told (M1-M3). Another than itself: a newer job has taken over."""
    order = jobs["client_order_no"]
    in_use = (order.to_numpy(dtype=object) != "") & _among(order, carried) & ~ad_hoc_jobs(jobs).to_numpy()
    picked = picks["picked"].to_numpy()[np.where(in_use, find_positions(order, picks.index), 0)]
    return np.where(in_use & (picked != NO_JOB), jobs["job_no"].to_numpy(dtype=object)[picked], "")


def _among(column: pd.Series, texts: pd.Series | pd.api.extensions.ExtensionArray) -> np.ndarray:
    """Which values are among some texts."""
    return find_positions(column, pd.Index(texts).unique()) != NO_JOB
