"""Is, belongs, tonight: the outcome and cause of every invoice, and what the jobs show.

    exports --ledger rows--> where each is now --replay--> tonight --meanings--> belongs --_decide--> outcome, cause

Every step works on whole columns; only distinct (contact, Reference) pairs and findings are looked at one by one.
Source: contract.md "How outcome and cause are decided"; rules.md section 4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from reconcile.belonging import Choice, JobBook, Meaning, meanings, open_job_book
from reconcile.causes import CAUSES, FINDINGS, OUTCOMES
from reconcile.ledger import CREDIT_NOTE, INVOICE, ONLY_IN_XPM, write_ledger, xero_and_xpm_cents
from reconcile.overnight import NO_JOB, ad_hoc_jobs, client_facts, find_positions, pick_jobs, take_texts
from reconcile.settings import WAIT_DAYS, Settings
from reconcile.words import UNSEEN, money, on_one_line, some_of

VOID = ("Voided", "Deleted")
BY_MEANING = ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10")
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
    facts = client_facts(exports.clients, pd.Index(sorted(known)))
    picks = pick_jobs(pd.Index(exports.invoices["reference"].unique()).union([""]), jobs)
    ledger = write_ledger(exports, jobs, book, facts, picks, known, settings, as_of)
    ledger, found = _with_meanings(ledger, book, picks, known, settings)
    ledger = _decide(ledger, found, settings, xpm is not None)
    found = _without_stranding(ledger, found, book)
    ledger = _with_belongs(ledger, found, book)
    ledger = _with_notes(ledger, jobs, settings, xpm is not None, exports.stated_days.get("xpm_invoices"))
    holds = {} if xpm is None else xpm["client"].value_counts().to_dict()
    return Findings(ledger, _job_findings(ledger, jobs, picks), found, book, picks, facts, xpm is not None, holds)


def known_clients(exports) -> frozenset[str]:
    """Every client name: of the clients export, else of the jobs and XPM invoices exports (contract.md T10)."""
    if exports.clients is not None:
        return frozenset(exports.clients["client"])
    names = set(exports.jobs["client"].unique())
    if exports.xpm_invoices is not None:
        names.update(exports.xpm_invoices["client"].unique())
    return frozenset(names - {""})


def _is_one_of(column: pd.Series, *words: str) -> pd.Series:
    """Whether each value is one of a few words; for few, several comparisons are quicker than isin."""
    found = column == words[0]
    for word in words[1:]:
        found |= column == word
    return found


def _with_meanings(
    ledger: pd.DataFrame, book: JobBook, picks: pd.DataFrame, known: frozenset[str], settings: Settings
) -> tuple[pd.DataFrame, list[Meaning]]:
    """Add meaning: the position of what an invoice's (contact, Reference) means, -1 where its own client's job is picked
    or it sits where no meaning is asked for."""
    left_alone = VOID if settings.drafts == "fix" else (*VOID, "Draft")
    needs = (
        (ledger["kind"] == INVOICE)
        & ~ledger["picked_own"]
        & ~_is_one_of(ledger["now_class"], "named", "own")
        & ~_is_one_of(ledger["status"], *left_alone)
    )
    pairs = ledger.loc[needs, ["contact", "reference"]]
    keys = pairs.groupby(["contact", "reference"], sort=True).ngroup()
    distinct = pairs.assign(key=keys).drop_duplicates("key").sort_values("key")
    found = meanings(distinct, book, picks, known)
    return ledger.assign(meaning=keys.reindex(ledger.index).fillna(-1).astype("int64")), found


# The decision ------------------------------------------------------------------------------------------------------


def _decide(ledger: pd.DataFrame, found: list[Meaning], settings: Settings, xpm_given: bool) -> pd.DataFrame:
    """Add outcome and cause; the first condition that holds decides, in the order of contract.md."""
    rows = [*_asked_first(ledger, settings), *_by_place(ledger, settings, xpm_given)]
    first = np.select([np.asarray(mask, dtype=bool) for mask, _, _ in rows], range(len(rows)), default=-1)
    assert (first >= 0).all(), ledger[first < 0].head()
    meaning = ledger["meaning"].to_numpy()
    outcomes, causes = list(OUTCOMES), ["", *(cause.id for cause in CAUSES)]
    # Behind the outcomes and causes of the rows above stand those of the meanings, where the list decides.
    outcome_of = np.array([outcomes.index(outcome) if outcome != BY_LIST else -1 for _, outcome, _ in rows])[first]
    cause_of = np.array([causes.index(cause) if cause != BY_LIST else -1 for _, _, cause in rows])[first]
    verdicts = np.array([outcomes.index("fix" if one.choices else "review") for one in found] + [-1])
    meant = np.array([causes.index(one.cause) for one in found] + [-1])
    outcome = np.where(outcome_of < 0, verdicts[meaning], outcome_of)
    cause = np.where(cause_of < 0, meant[meaning], cause_of)
    assert (outcome >= 0).all() and (cause >= 0).all(), "an invoice that the list should decide has no meaning"
    locked = (outcome == outcomes.index("fix")) & ledger["locked"].to_numpy(dtype=bool)
    outcome = np.where(locked, outcomes.index("review"), outcome)
    return ledger.assign(outcome=take_texts(outcomes, outcome), cause=take_texts(causes, cause), lock_holds=locked)


def _asked_first(ledger: pd.DataFrame, settings: Settings) -> list[tuple[pd.Series, str, str]]:
    """T21, T22, T20, T25, T18: wherever the copy is."""
    void = _is_one_of(ledger["status"], *VOID)
    draft_is = "fix" if settings.drafts == "fix" else "none"
    return [
        (ledger["kind"] == CREDIT_NOTE, "none", "T21"),
        (ledger["kind"] == ONLY_IN_XPM, "review", "T25"),
        (void & ledger["in_xpm"] & ~ledger["unread"], "fix", "T22"),
        (void & ~ledger["in_xpm"], "none", ""),
        (ledger["status"] == "Awaiting Approval", "fix", "T20"),
        (ledger["status"] == "Draft", draft_is, "T20"),
        (ledger["unread"], "review", ""),
        (ledger["other_invoice"], "review", "T18"),
    ]


def _by_place(ledger: pd.DataFrame, settings: Settings, xpm_given: bool) -> list[tuple[pd.Series, str, str]]:
    """Where the copy is decides what is asked next."""
    at_class = ledger["now_class"]
    own_picked = ledger["picked_own"]
    picked = ledger["picked"] != NO_JOB
    named, own, other, ad_hoc = (at_class == name for name in ("named", "own", "other", "adhoc"))
    on_client = ledger["now_place"] == "client"
    absent = ledger["now_place"] == "absent"
    made_before = ledger["picked_on"] <= ledger["invoice_date"]
    cannot_date = ledger["picked_on"].isna() | ledger["invoice_date"].isna()
    rows = [
        (named & ledger["amount_differs"], "fix", "T17"),
        (named & ledger["others_job"], "review", "T9"),
        (named, "ok", ""),
        (own & ledger["carried"], "ok", ""),
        (own & picked & ledger["moved"], "fix", "T26"),
        (own & picked & made_before, "fix", "T26"),
        (own & picked & cannot_date, "review", "T26"),
        (own, "ok", ""),
        (other & picked, "fix", "T26"),
        (other, "review", BY_LIST),
        (~own_picked, BY_LIST, BY_LIST),
        (ledger["archived"], "review", "T13"),
        (ledger["diverts_to"] != "", "review", "T12"),
        (ad_hoc, "fix", "T14"),
        (on_client, "fix", "T27"),
        (ledger["locked"], "review", "T19"),
    ]
    if not xpm_given:
        return [*rows, (pd.Series(True, index=ledger.index), "ok", "")]
    age = ledger["age_days"]
    young = 0 if settings.profile == "xero" else WAIT_DAYS
    return [
        *rows,
        (absent & ledger["after_export"], "wait", "T24"),
        (absent & ledger["missed_night"] & (age <= settings.window_days), "fix", "T28"),
        (absent & (age <= min(young, settings.window_days)), "wait", "T24"),
        (absent & (age <= settings.window_days), "fix", "T28"),
        (absent & (age > settings.window_days), "fix", "T16"),
        (absent, "review", ""),
    ]


def _without_stranding(ledger: pd.DataFrame, found: list[Meaning], book: JobBook) -> list[Meaning]:
    """Turn a T7 or T8 into a choice where the job's old text is still awaited by invoices that are right.

    Source: contract.md "T7 and T8 are a choice also when the old text still arrives".
    """
    due = _is_one_of(ledger["outcome"], "ok", "wait") & ~ledger["in_xpm"] & (ledger["picked"] != NO_JOB)
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
        why = f"{target.why}; change it tomorrow, when {some_of(awaited)} has come"
        choices.append(replace(target, repair="set-later", why=why))
        choices.append(Choice(NO_JOB, f"a new job keeps {some_of(awaited)} where they are", "new-job", target.value))
    evidence = (*meaning.evidence, f"the old text still arrives on {some_of(awaited)}")
    return replace(meaning, choices=tuple(choices), evidence=evidence)


def _keeping(choice: Choice, awaited: tuple[str, ...]) -> Choice:
    why = f"{choice.why}; change it now, and give {some_of(awaited)} the job's number as Reference first"
    return replace(choice, repair="set-and-keep", why=why, awaited=awaited)


# Where it belongs --------------------------------------------------------------------------------------------------


def _with_belongs(ledger: pd.DataFrame, found: list[Meaning], book: JobBook) -> pd.DataFrame:
    """Add belongs_place, belongs_job_no (first of the named ones for a copy on several jobs) and certainty.

    Source: contract.md "certainty" and "Values".
    """
    outcome, cause = ledger["outcome"], ledger["cause"]
    meaning, now_job = ledger["meaning"].to_numpy(), ledger["now_job"].to_numpy()
    targets = np.array([one.target.job if one.target else NO_JOB for one in found] + [NO_JOB])
    sure = np.array([one.target is not None and one.certainty == "certain" for one in found] + [False])
    by_list = _is_one_of(cause, *BY_MEANING).to_numpy() & (meaning >= 0)
    would_fix = (outcome == "fix").to_numpy() | ledger["lock_holds"].to_numpy()
    nowhere = ((outcome == "none") | _is_one_of(cause, "T22", "T25")).to_numpy()
    stays = (((outcome == "ok") | (cause == "T17")) & _is_one_of(ledger["now_class"], "named", "own")).to_numpy()
    not_told = ((cause == "T18") | ((cause == "T9") & (ledger["now_class"] == "named"))).to_numpy()
    picked_own = np.where(ledger["picked_own"], ledger["picked"], NO_JOB)
    meant = np.where(would_fix, targets[meaning], NO_JOB)
    job = np.select([nowhere, stays, by_list, not_told], [NO_JOB, now_job, meant, NO_JOB], default=picked_own)
    number = pd.Series(
        take_texts([*book.job_nos, ""], np.where(job == NO_JOB, len(book.job_nos), job)), index=ledger.index
    )
    # A copy may be on a job that the jobs export does not hold: it belongs there by its number.
    outside = stays & (now_job == NO_JOB)
    number = number.where(~outside, ledger["now_telling"]) if outside.any() else number
    told = (number != "").to_numpy()
    certain = np.where(by_list, sure[meaning], True)
    likely = np.array([one.certainty == "likely" for one in found] + [False])
    certainty = np.select([~told, certain, by_list & likely[meaning]], [0, 1, 2], default=0)
    return ledger.assign(
        belongs_place=take_texts(("", "job", "unknown"), np.select([nowhere, told], [0, 1], default=2)),
        belongs_job_no=number,
        certainty=take_texts(("none", "certain", "likely"), certainty),
    )


# Notes -------------------------------------------------------------------------------------------------------------


def _with_notes(
    ledger: pd.DataFrame, jobs: pd.DataFrame, settings: Settings, xpm_given: bool, exported_on: date | None
) -> pd.DataFrame:
    """Add to notes what else holds, cause by cause, in the order of the list; notes are separated by line breaks."""
    notes = ledger["notes"].to_numpy(dtype=object)
    for mask, words in _note_rows(ledger, jobs, settings, xpm_given, exported_on):
        at = np.flatnonzero(np.asarray(mask, dtype=bool))
        if len(at):
            text = words if isinstance(words, str) else _on_one_line(words(ledger.iloc[at])).to_numpy(dtype=object)
            notes[at] = np.where(notes[at] == "", text, notes[at] + "\n" + text)
    causes = ["", *FINDINGS]
    finding = take_texts(["", *FINDINGS.values()], find_positions(ledger["cause"], pd.Index(causes)))
    return ledger.assign(notes=notes, finding=finding)


def _on_one_line(notes: pd.Series) -> pd.Series:
    """Notes in which no name of a client's breaks the line: that would begin another note."""
    odd = notes.str.contains(UNSEEN, regex=True)
    return notes.mask(odd, notes[odd].map(on_one_line)) if odd.any() else notes


def _note_rows(
    ledger: pd.DataFrame, jobs: pd.DataFrame, settings: Settings, xpm_given: bool, exported_on: date | None
) -> list[tuple]:
    """Which invoices get which note: one flag per invoice, and the words, or what makes them from the flagged rows."""
    cause, outcome = ledger["cause"], ledger["outcome"]
    ok, review_or_fix = outcome == "ok", _is_one_of(outcome, "fix", "review", "wait")
    invoice = ledger["kind"] == INVOICE
    judged = invoice & (ok | review_or_fix) & ~_is_one_of(cause, "T20", "T22")
    named, own, other, ad_hoc = (ledger["now_class"] == name for name in ("named", "own", "other", "adhoc"))
    known = (ledger["now_job"] != NO_JOB).to_numpy()
    job_client = jobs["client"].take(np.where(known, ledger["now_job"], 0)).to_numpy(dtype=object)
    picked = ledger["picked"] != NO_JOB
    elsewhere = picked & (ledger["picked"] != ledger["now_job"])
    moved_on = own & ok

    def on_picked(before: str, after: str):
        return lambda rows: before + jobs["job_no"].take(rows["picked"]).set_axis(rows.index) + after

    def on_client(rows: pd.DataFrame) -> pd.Series:
        return "the contact's name differs from the job's client's: " + jobs["client"].take(rows["now_job"]).set_axis(
            rows.index
        )

    return [
        (cause == "T21", "T21: enter it in XPM by hand"),
        (ledger["unread"], "XPM's row of this number could not be used: see the problems"),
        ((cause == "T20") & (outcome == "none"), "T20: a draft, by choice"),
        (
            (outcome == "none") & (cause == ""),
            "voided or deleted in Xero" + (", and XPM has no copy" if xpm_given else ""),
        ),
        (ledger["lock_holds"], "T19: on or before a lock date, so nothing is deleted (E5)"),
        (
            judged & ledger["locked"] & ~ledger["lock_holds"] & (cause != "T19") & ~ok,
            "T19: dated on or before a lock date",
        ),
        (judged & ledger["archived"] & (cause != "T13"), "T13: the client is archived in XPM"),
        (
            judged & (ledger["diverts_to"] != "") & (cause != "T12"),
            lambda rows: "T12: billing details name " + rows["diverts_to"],
        ),
        (ad_hoc & (ledger["kind"] != ONLY_IN_XPM), _ad_hoc_note(settings)),
        (judged & ledger["amount_differs"] & (cause != "T17"), _amount_words),
        (moved_on & ledger["carried"], "an earlier run saw its job carry its Reference"),
        (moved_on & ~known, "the jobs export does not hold the job it is on"),
        (own & ledger["moved"] & (cause == "T26"), "an earlier run saw XPM have it under another Reference"),
        (
            ledger["after_export"] & (cause == "T24"),
            f"XPM's invoices were exported on {exported_on}, before its night: a newer export shows whether it came",
        ),
        (ledger["missed_night"] & (cause == "T28"), "an earlier run saw it ready for the import, and a night has passed"),
        (moved_on & elsewhere, on_picked("its Reference names ", " now; what is imported stays (A2)")),
        (moved_on & ~elsewhere, "its Reference names no open job now; the order number was changed since (A2)"),
        (named & ok & elsewhere, on_picked("tonight its Reference would pick ", "; what is imported stays (A2)")),
        (named & known & (job_client != ledger["contact"].to_numpy(dtype=object)) & (cause != "T9"), on_client),
        (judged & (ledger["now_count"] > 1), lambda rows: "XPM has it on several jobs: " + rows["now_job_no"]),
        (
            judged & (ledger["rivals"] > 1) & ~ledger["tied"] & picked & ~named,
            "T5: several Standard jobs carry its Reference; the newest takes it (M3)",
        ),
        (
            _is_one_of(cause, "T16", "T28") & (ledger["changed_on"] == ledger["invoice_date"]) & ~ledger["missed_night"],
            "window unknown: no history of its last change, so judged by its date (E3)",
        ),
        (judged & ledger["invoice_date"].isna(), "its date is not known, so neither is the window (E3)"),
        ((cause == "T26") & other & ~ledger["picked_own"], "C4: the job it names is another client's too"),
    ]


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
    blank = jobs["client_order_no"] == ""
    standard = jobs["state_type"] == "standard"
    role = np.where(~standard, "not-standard", np.where(blank, "non-billing", "billing"))
    judged = ledger[
        ["kind", "outcome", "cause", "reference", "contact", "named", "now_job", "now_place", "total_cents"]
    ]
    open_invoices = judged[(judged["kind"] == INVOICE) & _is_one_of(judged["outcome"], "fix", "review", "wait")]
    live = set(open_invoices.loc[open_invoices["cause"] == "T4", "reference"])
    lost = set(
        open_invoices.loc[
            (open_invoices["named"] == 0) & _is_one_of(open_invoices["outcome"], "fix", "review"), "contact"
        ]
    )
    carried = ledger.loc[ledger["kind"] == INVOICE, "reference"].unique()
    texts = jobs.loc[standard & ~blank & ~ad_hoc_jobs(jobs), "client_order_no"]
    shared = set(texts[texts.duplicated(keep=False)])
    order, number = jobs["client_order_no"], jobs["job_no"]
    finding = np.select(
        [
            ~standard & (_among(order, live) & ~blank | _among(number, live)),
            standard & blank & _among(jobs["client"], lost) & ~ad_hoc_jobs(jobs),
            standard & _among(order, shared),
            standard & ~blank & ~_among(order, carried) & ~_among(number, carried),
        ],
        ["job-not-standard", "non-billing-job", "reference-shared", "order-number-unused"],
        default="",
    )
    on = judged.loc[(judged["now_job"] != NO_JOB) & (judged["now_place"] != "unknown"), ["now_job", "total_cents"]]
    totals = (
        on.groupby("now_job")["total_cents"]
        .agg(["size", "sum"])
        .reindex(np.arange(len(jobs)))
        .fillna(0)
        .astype("int64")
    )
    return jobs.assign(
        role=role,
        finding=finding,
        invoices=totals["size"].to_numpy(),
        total_cents=totals["sum"].to_numpy(),
        next_job_no=_next_jobs(jobs, picks, carried),
    )


def _next_jobs(jobs: pd.DataFrame, picks: pd.DataFrame, carried: np.ndarray) -> np.ndarray:
    """For each job whose Client Order No. is in use the job that gets the next invoice with it; "" where none does, or
    it cannot be told (M1-M3). Another than itself: a newer job has taken over."""
    order = jobs["client_order_no"]
    in_use = (order != "").to_numpy() & _among(order, carried) & ~ad_hoc_jobs(jobs).to_numpy()
    picked = picks["picked"].to_numpy()[np.where(in_use, find_positions(order, picks.index), 0)]
    return np.where(in_use & (picked != NO_JOB), jobs["job_no"].to_numpy(dtype=object)[picked], "")


def _among(column: pd.Series, texts) -> np.ndarray:
    """Which values are among some texts."""
    return find_positions(column, pd.Series(list(texts), dtype="str")) != NO_JOB
