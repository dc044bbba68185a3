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

from reconcile.errors import Unaccounted
from reconcile.exports.tables import Exports
from reconcile.rules.belonging import Choice, JobBook, Meaning, meanings, open_job_book
from reconcile.rules.causes import CAUSES
from reconcile.rules.overnight import NO_JOB, ad_hoc_jobs, client_facts, pick_jobs
from reconcile.rules.vocabulary import OUTCOMES
from reconcile.settings.model import WAIT_DAYS, Settings
from reconcile.text_columns import Words, counts_of, distinct_rows, take_texts
from reconcile.verdicts.job_findings import _job_findings
from reconcile.verdicts.ledger import CREDIT_NOTE, INVOICE, ONLY_IN_XPM, write_ledger
from reconcile.verdicts.remarks import _with_notes
from reconcile.wording import some_of

VOID = ("Voided", "Deleted")
BY_MEANING = ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10")
_OUTCOMES: list[str] = list(OUTCOMES)
_CAUSES = ["", *(cause.id for cause in CAUSES)]
BY_LIST = "by the list"  # contract.md "The list" decides: what the (contact, Reference) means


@dataclass(frozen=True)
class Findings:
    """What was found.

    Attributes:
        ledger: one row per invoice of the input (credit notes and invoices only in XPM among them), with
            ledger_columns.COLUMNS.
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


def find(exports: Exports, settings: Settings, as_of: date) -> Findings:
    """Decide for every invoice where it is, where it belongs and why not.

    Args:
        exports: of the practice; what a history knows may be among the columns of its invoices.

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
    ledger = _with_notes(
        ledger, jobs, settings, xpm is not None, exports.stated_days.get("xpm_invoices")
    )
    holds = {} if xpm is None else counts_of(xpm["client"])
    return Findings(
        ledger,
        _job_findings(ledger, jobs, picks),
        found,
        book,
        picks,
        facts,
        xpm is not None,
        holds,
    )


def known_clients(exports: Exports) -> frozenset[str]:
    """Every client name: of the clients export, else of the jobs and XPM invoices exports (contract.md T10)."""
    if exports.clients is not None:
        return frozenset(exports.clients["client"])
    names = set(Words(exports.jobs["client"]).words)
    if exports.xpm_invoices is not None:
        names.update(Words(exports.xpm_invoices["client"]).words)
    return frozenset(names - {""})


def _meanings(
    ledger: pd.DataFrame,
    book: JobBook,
    picks: pd.DataFrame,
    known: frozenset[str],
    settings: Settings,
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


def _decide(
    ledger: pd.DataFrame, found: list[Meaning], settings: Settings, xpm_given: bool
) -> _Decided:
    """Outcome and cause; the first condition that holds decides, in the order of contract.md.

    Raises:
        Unaccounted: an invoice that nothing decides.
    """
    rows = [*_asked_first(ledger, settings), *_by_place(ledger, settings, xpm_given)]
    first = np.select([mask for mask, _, _ in rows], range(len(rows)), default=-1)
    if (first < 0).any():
        raise Unaccounted(f"{(first < 0).sum()} invoices have no outcome")
    meaning = ledger["meaning"].to_numpy()
    # Behind the outcomes and causes of the rows above stand those of the meanings, where the list decides.
    outcome_of = np.array(
        [_OUTCOMES.index(outcome) if outcome != BY_LIST else -1 for _, outcome, _ in rows]
    )[first]
    cause_of = np.array([_CAUSES.index(cause) if cause != BY_LIST else -1 for _, _, cause in rows])[
        first
    ]
    verdicts = np.array(
        [_OUTCOMES.index("fix" if one.choices else "review") for one in found] + [-1]
    )
    meant = np.array([_CAUSES.index(one.cause) for one in found] + [-1])
    outcome = np.where(outcome_of < 0, verdicts[meaning], outcome_of)
    cause = np.where(cause_of < 0, meant[meaning], cause_of)
    if (outcome < 0).any() or (cause < 0).any():
        raise Unaccounted("an invoice that the list should decide has no meaning")
    locked = (outcome == _OUTCOMES.index("fix")) & ledger["locked"].to_numpy()
    return _Decided(np.where(locked, _OUTCOMES.index("review"), outcome), cause, locked)


def _asked_first(ledger: pd.DataFrame, settings: Settings) -> list[tuple[np.ndarray, str, str]]:
    """T21, T22, T20, T25, T18: wherever the copy is."""
    kind, status = Words(ledger["kind"]), Words(ledger["status"])
    void, in_xpm, unread = (
        status.are(*VOID),
        ledger["in_xpm"].to_numpy(),
        ledger["unread"].to_numpy(),
    )
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


def _by_place(
    ledger: pd.DataFrame, settings: Settings, xpm_given: bool
) -> list[tuple[np.ndarray, str, str]]:
    """Where the copy is decides what is asked next."""
    at_class, place = Words(ledger["now_class"]), Words(ledger["now_place"])
    flags = {
        name: ledger[name].to_numpy()
        for name in ("picked_own", "carried", "moved", "archived", "locked", "missed_night")
    }
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


def _without_stranding(
    ledger: pd.DataFrame, decided: _Decided, found: list[Meaning], book: JobBook
) -> list[Meaning]:
    """Turn a T7 or T8 into a choice where the job's old text is still awaited by invoices that are right.

    Source: contract.md "T7 and T8 are a choice also when the old text still arrives".
    """
    if not any(one.cause in ("T7", "T8") for one in found):
        return found
    due = (
        decided.outcome_is("ok", "wait")
        & ~ledger["in_xpm"].to_numpy()
        & (ledger["picked"].to_numpy() != NO_JOB)
    )
    awaited = ledger.loc[due, ["picked", "reference", "invoice_no"]]
    waiting = awaited.groupby(["picked", "reference"])["invoice_no"].agg(list).to_dict()
    changed = list(found)
    for at, meaning in enumerate(found):
        if meaning.cause in ("T7", "T8"):
            stranded = [
                waiting.get((one.job, book.orders[one.job])) if one.job != NO_JOB else None
                for one in meaning.choices
            ]
            if any(stranded):
                changed[at] = _stranding_choice(
                    meaning, [tuple(sorted(one or ())) for one in stranded]
                )
    return changed


def _stranding_choice(meaning: Meaning, stranded: list[tuple[str, ...]]) -> Meaning:
    """Change a job's text now and re-reference what still comes by it; where the job is the only one, also: change it when
    that has come, or make a new job."""
    choices = [
        _keeping(choice, awaited) if awaited else choice
        for choice, awaited in zip(meaning.choices, stranded, strict=True)
    ]
    awaited = tuple(number for numbers in stranded for number in numbers)
    if len(choices) == 1:
        target = replace(meaning.choices[0], awaited=awaited)
        have, come = (
            ("has", "comes as it is") if len(awaited) == 1 else ("have", "come as they are")
        )
        why = f"{target.why}; change it tomorrow, when {some_of(awaited)} {have} come"
        choices.append(replace(target, repair="set-later", why=why))
        choices.append(
            Choice(NO_JOB, f"a new job, and {some_of(awaited)} {come}", "new-job", target.value)
        )
    evidence = (*meaning.evidence, f"the old text still arrives on {some_of(awaited)}")
    return replace(meaning, choices=tuple(choices), evidence=evidence)


def _keeping(choice: Choice, awaited: tuple[str, ...]) -> Choice:
    why = f"{choice.why}; change it now, and give {some_of(awaited)} the job's number as Reference first"
    return replace(choice, repair="set-and-keep", why=why, awaited=awaited)


# Where it belongs --------------------------------------------------------------------------------------------------


def _belongs(
    ledger: pd.DataFrame, decided: _Decided, found: list[Meaning], book: JobBook
) -> dict[str, Any]:
    """belongs_place, belongs_job_no (first of the named ones for a copy on several jobs) and certainty.

    Source: contract.md "certainty" and "Values".
    """
    at_class = Words(ledger["now_class"])
    meaning, now_job = ledger["meaning"].to_numpy(), ledger["now_job"].to_numpy()
    targets = np.array([one.target.job if one.target else NO_JOB for one in found] + [NO_JOB])
    sure = np.array(
        [one.target is not None and one.certainty == "certain" for one in found] + [False]
    )
    by_list = decided.cause_is(*BY_MEANING) & (meaning >= 0)
    would_fix = decided.outcome_is("fix") | decided.lock_holds
    nowhere = decided.outcome_is("none") | decided.cause_is("T22", "T25")
    stays = (decided.outcome_is("ok") | decided.cause_is("T17")) & at_class.are("named", "own")
    not_told = decided.cause_is("T18") | (decided.cause_is("T9") & at_class.are("named"))
    picked_own = np.where(ledger["picked_own"], ledger["picked"], NO_JOB)
    meant = np.where(would_fix, targets[meaning], NO_JOB)
    job = np.select(
        [nowhere, stays, by_list, not_told], [NO_JOB, now_job, meant, NO_JOB], default=picked_own
    )
    number = pd.Series(
        take_texts([*book.job_nos, ""], np.where(job == NO_JOB, len(book.job_nos), job)),
        index=ledger.index,
    )
    # A copy may be on a job that the jobs export does not hold: it belongs there by its number.
    outside = stays & (now_job == NO_JOB)
    number = number.where(~outside, ledger["now_telling"]) if outside.any() else number
    told = (job != NO_JOB) | outside
    certain = np.where(by_list, sure[meaning], True)
    likely = np.array([one.certainty == "likely" for one in found] + [False])
    certainty = np.select([~told, certain, by_list & likely[meaning]], [0, 1, 2], default=0)
    return {
        "belongs_place": take_texts(
            ("", "job", "unknown"), np.select([nowhere, told], [0, 1], default=2)
        ),
        "belongs_job_no": number,
        "certainty": take_texts(("none", "certain", "likely"), certainty),
    }


# Notes -------------------------------------------------------------------------------------------------------------


# Jobs --------------------------------------------------------------------------------------------------------------
