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

from reconcile.belonging import Choice, JobBook, Meaning, is_stray, meanings, open_job_book
from reconcile.causes import FINDINGS, ORDER
from reconcile.overnight import (
    AD_HOC,
    NO_JOB,
    about_contacts,
    ad_hoc_jobs,
    client_facts,
    find_positions,
    pick_jobs,
    replay,
)
from reconcile.settings import Settings

INVOICE, CREDIT_NOTE, ONLY_IN_XPM = "invoice", "credit-note", "only-in-xpm"
VOID = ("Voided", "Deleted")
UNAPPROVED = ("Draft", "Awaiting Approval")
WAIT_DAYS = 2  # contract.md "Not in XPM": T24 up to two days after the invoice date
CLASSES = ("", "other", "adhoc", "own", "named", "named")  # where XPM has it, the telling one of several jobs last


@dataclass(frozen=True)
class Findings:
    """What was found.

    Attributes:
        ledger: one row per invoice of the input (credit notes and invoices only in XPM among them), with outcome, cause,
            now, belongs, tonight and if_resynced, and `meaning` (position in meanings, -1 for none).
        jobs: one row per job, with role, finding, invoices (count) and total_cents.
        meanings: what the (contact, Reference) pairs mean.
        book: the jobs looked up. picks: what each Reference picks. facts: what the clients export says.
        assumptions: what had to be taken for granted.
    """

    ledger: pd.DataFrame
    jobs: pd.DataFrame
    meanings: list[Meaning]
    book: JobBook
    picks: pd.DataFrame
    facts: pd.DataFrame
    xpm_given: bool
    assumptions: tuple[str, ...] = ()


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
    ledger = _ledger_rows(exports)
    known = _known_clients(exports)
    facts = client_facts(exports.clients, pd.Index(sorted(known)))
    picks = pick_jobs(pd.Index(ledger["reference"].unique()), jobs)
    ledger = _with_now(ledger, jobs, xpm, exports.xpm_numbers_set_aside, picks, settings)
    ledger = ledger.join(replay(ledger, jobs, facts, picks, settings, as_of, xpm is not None))
    ledger = _with_facts(ledger, jobs, facts, picks, settings, as_of, known, book)
    ledger, found = _with_meanings(ledger, book, picks, known)
    ledger = _decide(ledger, found, settings, xpm is not None)
    found = _without_stranding(ledger, found, book)
    ledger = _with_belongs(ledger, found, book)
    ledger = _with_notes(ledger, jobs, settings, xpm is not None)
    return Findings(ledger, _job_findings(ledger, jobs, picks), found, book, picks, facts, xpm is not None)


def _known_clients(exports) -> frozenset[str]:
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


# The rows ----------------------------------------------------------------------------------------------------------


def _ledger_rows(exports) -> pd.DataFrame:
    """Xero's documents, and XPM's invoices that no Xero file has though its dates cover them (T25)."""
    invoices = exports.invoices
    xpm = exports.xpm_invoices
    if xpm is None or xpm.empty or invoices["invoice_date"].isna().all():
        return invoices.copy()
    dates = invoices["invoice_date"]
    inside = (xpm["invoice_date"] >= dates.min()) & (xpm["invoice_date"] <= dates.max())
    missing = find_positions(xpm["invoice_no"], invoices["invoice_no"]) < 0
    only = xpm[inside & missing]
    # A number of a Xero row that was set aside is not missing from Xero.
    only = only[np.array([number not in exports.xero_numbers for number in only["invoice_no"]], dtype=bool)]
    cents = only["total_cents"].fillna(only["ex_tax_cents"])
    notes = np.where(only["total_cents"].notna(), "", "amount without tax: XPM's export shows no other")
    notes = np.where(cents.isna(), "XPM's export shows no amount", notes)
    rows = pd.DataFrame(
        {
            "invoice_no": only["invoice_no"],
            "kind": ONLY_IN_XPM,
            "reference": "",
            "contact": only["client"],
            "invoice_date": only["invoice_date"],
            "total_cents": cents.fillna(0).astype("int64"),
            "tax_cents": pd.array([pd.NA] * len(only), dtype="Int64"),
            "currency": "",
            "status": "",
            "file": only["file"],
            "row": only["row"],
            "notes": notes,
        }
    ).astype({name: "str" for name in ("kind", "reference", "currency", "status", "notes", "file")})
    return pd.concat([invoices, rows], ignore_index=True)


def _with_now(
    ledger: pd.DataFrame,
    jobs: pd.DataFrame,
    xpm: pd.DataFrame | None,
    set_aside: frozenset[str],
    picks: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    """Add where XPM has each invoice.

    Adds: in_xpm, now_place, now_job_no (all of them), now_client, now_class (named, own, adhoc, other or ""), now_telling
    (the number of the job that tells) and now_job (its position, NO_JOB where the export does not hold it), xpm_cents, xpm_ex_cents, changed_on, unread (its XPM row could not be used).
    """
    ledger = ledger.copy()
    ledger["changed_on"] = ledger["invoice_date"]
    if xpm is None:
        nothing = {"in_xpm": False, "now_place": "unknown", "now_job_no": "", "now_client": "", "now_class": "", "now_telling": ""}
        return ledger.assign(**nothing, now_job=NO_JOB, xpm_cents=_no_cents(ledger), xpm_ex_cents=_no_cents(ledger), unread=False, now_count=0)
    number = ledger["invoice_no"]
    # A credit note that shares its number with an invoice is not what XPM has.
    credit = ledger["kind"] == CREDIT_NOTE
    shared = credit & number.duplicated(keep=False)
    at = find_positions(number, xpm["invoice_no"])
    found = pd.Series((at >= 0) & ~shared.to_numpy(), index=ledger.index)
    unread = number.isin(set_aside) & ~shared if set_aside else pd.Series(False, index=ledger.index)
    ledger["unread"] = unread
    ledger["in_xpm"] = found | unread
    needed = ["job_nos", "client", "total_cents", "ex_tax_cents"]
    copy = xpm[needed].take(np.where(found, at, 0)).set_axis(ledger.index)
    ledger["now_client"] = copy["client"].where(found, "")
    ledger["xpm_cents"] = copy["total_cents"].where(found)
    ledger["xpm_ex_cents"] = copy["ex_tax_cents"].where(found)
    job_nos = copy["job_nos"].where(found, "")
    ledger = ledger.join(_now_jobs(ledger, job_nos, jobs, settings))
    on_job = (job_nos != "").to_numpy()
    place = np.where(on_job & (ledger["now_class"] == "adhoc").to_numpy(), "adhoc", np.where(on_job, "job", "client"))
    ledger["now_place"] = np.where(unread, "unknown", np.where(found, place, "absent"))
    return ledger


def _no_cents(ledger: pd.DataFrame) -> pd.Series:
    return pd.Series(pd.NA, index=ledger.index, dtype="Int64")


def _now_jobs(ledger: pd.DataFrame, job_nos: pd.Series, jobs: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Of the job or jobs XPM has an invoice on, the one that tells: named before own before ad hoc before another's."""
    rows = _one_row_per_job(job_nos)
    at = find_positions(rows["number"], jobs["job_no"])
    known = at != NO_JOB
    place = np.where(known, at, 0)
    invoice = ledger[["reference", "contact", "now_client"]].take(rows["row"])
    reference = invoice["reference"].to_numpy(dtype=object)
    order = np.where(known, jobs["client_order_no"].to_numpy(dtype=object)[place], "")
    client = np.where(known, jobs["client"].to_numpy(dtype=object)[place], invoice["now_client"].to_numpy(dtype=object))
    ad_hoc = np.where(known, ad_hoc_jobs(jobs).to_numpy()[place], settings.adhoc != "off")
    ad_hoc[~known] |= rows["number"][~known].str.contains(AD_HOC, regex=True).to_numpy(dtype=bool)
    named = (reference != "") & ((rows["number"].to_numpy(dtype=object) == reference) | (order == reference)) & ~ad_hoc
    own = (client == invoice["contact"].to_numpy(dtype=object)) & (client != "")
    rank = np.select([named & own, named, ad_hoc, own], [5, 4, 2, 3], default=1)
    rows = rows.assign(rank=rank, job=at)
    telling = rows.sort_values("rank", ascending=False, kind="stable").drop_duplicates("row") if rows["row"].duplicated().any() else rows
    row = telling["row"].to_numpy()
    blank = np.full(len(ledger), "", dtype=object)
    classes, numbers, positions, counts = blank, blank.copy(), np.full(len(ledger), NO_JOB), np.zeros(len(ledger), dtype="int64")
    classes[row] = np.array(CLASSES, dtype=object)[telling["rank"]]
    numbers[row] = telling["number"].to_numpy(dtype=object)
    positions[row] = telling["job"]
    np.add.at(counts, rows["row"].to_numpy(), 1)
    several = job_nos.str.replace(r"\s*[,;]\s*", ", ", regex=True).where(counts > 1, job_nos) if (counts > 1).any() else job_nos
    return pd.DataFrame(
        {"now_job_no": several, "now_class": classes, "now_telling": numbers, "now_job": positions, "now_count": counts},
        index=ledger.index,
    )


def _one_row_per_job(job_nos: pd.Series) -> pd.DataFrame:
    """One row per invoice and job XPM has it on: row (position of the invoice), number."""
    places = pd.Series(np.arange(len(job_nos)), index=job_nos.index)
    filled = job_nos != ""
    several = filled & (job_nos.str.contains(",", regex=False) | job_nos.str.contains(";", regex=False))
    one = pd.DataFrame({"row": places[filled & ~several], "number": job_nos[filled & ~several]})
    if not several.any():
        return one.reset_index(drop=True)
    parts = job_nos[several].str.split(r"\s*[,;]\s*", regex=True).explode()
    parts = parts[parts != ""].astype("str")
    more = pd.DataFrame({"row": places[parts.index], "number": parts})
    return pd.concat([one, more], ignore_index=True)


# The facts ---------------------------------------------------------------------------------------------------------


def _with_facts(
    ledger: pd.DataFrame,
    jobs: pd.DataFrame,
    facts: pd.DataFrame,
    picks: pd.DataFrame,
    settings: Settings,
    as_of: date,
    known: frozenset[str],
    book: JobBook,
) -> pd.DataFrame:
    """Add what the causes ask: picked, picked_own, picked_on, named, tied, rivals, age_days, locked, archived, diverts_to,
    amount_differs (T17), other_invoice (T18), others_job (T9 on a named job)."""
    reference = find_positions(ledger["reference"], picks.index)
    ledger = ledger.copy()
    for name in ("picked", "named", "tied", "rivals"):
        ledger[name] = picks[name].to_numpy()[reference]
    found = (ledger["picked"] != NO_JOB).to_numpy()
    at = np.where(found, ledger["picked"], 0)
    clients = jobs["client"].take(at).to_numpy(dtype=object)
    ledger["picked_own"] = found & (clients == ledger["contact"].to_numpy(dtype=object))
    ledger["picked_on"] = np.where(found, jobs["created_on"].to_numpy()[at], np.datetime64("NaT"))
    ledger["age_days"] = (np.datetime64(as_of, "s") - ledger["changed_on"]).dt.days
    lock = settings.lock_date
    ledger["locked"] = ledger["invoice_date"] <= np.datetime64(lock, "s") if lock else False
    ledger["archived"], ledger["diverts_to"] = about_contacts(ledger["contact"], facts)
    ledger["amount_differs"] = _amount_differs(ledger, settings)
    both = ledger["xpm_cents"].notna() | ledger["xpm_ex_cents"].notna()
    client_differs = (ledger["now_client"] != "") & (ledger["now_client"] != ledger["contact"])
    ledger["other_invoice"] = both & client_differs & _amount_is_far(ledger)
    ledger["others_job"] = _on_others_job(ledger, jobs, known, book)
    return ledger


def _xero_and_xpm_cents(ledger: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The two amounts to compare: both with tax, else both without (contract.md T17); NA where neither can be."""
    with_tax = ledger["xpm_cents"].notna()
    without = ledger["total_cents"].astype("Int64") - ledger["tax_cents"]
    xero = ledger["total_cents"].astype("Int64").where(with_tax, without)
    return xero, ledger["xpm_cents"].fillna(ledger["xpm_ex_cents"])


def _amount_differs(ledger: pd.DataFrame, settings: Settings) -> pd.Series:
    xero, xpm = _xero_and_xpm_cents(ledger)
    return ((xero - xpm).abs() > settings.cents_tolerance).fillna(False).astype(bool)


def _amount_is_far(ledger: pd.DataFrame) -> pd.Series:
    """T18: the amounts differ by more than half of the larger."""
    xero, xpm = _xero_and_xpm_cents(ledger)
    larger = xero.abs().where(xero.abs() >= xpm.abs(), xpm.abs())
    return ((xero - xpm).abs() * 2 > larger).fillna(False).astype(bool)


def _on_others_job(ledger: pd.DataFrame, jobs: pd.DataFrame, known: frozenset[str], book: JobBook) -> pd.Series:
    """T9 on a named job: the contact is a client by exact name, not C2's stray, and not the job's client."""
    result = pd.Series(False, index=ledger.index)
    on = ledger.loc[(ledger["now_class"] == "named") & (ledger["now_job"] != NO_JOB), ["contact", "now_job"]]
    client = jobs["client"].to_numpy(dtype=object)[on["now_job"]]
    differs = on[client != on["contact"].to_numpy(dtype=object)]
    for at, contact, job in zip(differs.index, differs["contact"], differs["now_job"], strict=True):
        result[at] = contact in known and not is_stray(book, contact, book.clients[job])
    return result


def _with_meanings(
    ledger: pd.DataFrame, book: JobBook, picks: pd.DataFrame, known: frozenset[str]
) -> tuple[pd.DataFrame, list[Meaning]]:
    """Add meaning: the position of what an invoice's (contact, Reference) means, -1 where its own client's job is picked
    or it sits where no meaning is asked for."""
    needs = (
        (ledger["kind"] == INVOICE)
        & ~ledger["picked_own"]
        & ~_is_one_of(ledger["now_class"], "named", "own")
        & ~_is_one_of(ledger["status"], *VOID, *UNAPPROVED)
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
    masks = [np.asarray(mask, dtype=bool) for mask, _, _ in rows]
    outcome = np.select(masks, [outcome for _, outcome, _ in rows], default="?").astype(object)
    cause = np.select(masks, [cause for _, _, cause in rows], default="?").astype(object)
    by_list = cause == "list"
    meaning = ledger["meaning"].to_numpy()
    causes = np.array([one.cause for one in found] + [""], dtype=object)
    verdicts = np.array(["fix" if one.choices else "review" for one in found] + ["?"], dtype=object)
    cause = np.where(by_list, causes[meaning], cause)
    outcome = np.where(outcome == "list", verdicts[meaning], outcome)
    undecided = (outcome == "?") | (cause == "?")
    assert not undecided.any(), ledger[undecided].head()
    locked = (outcome == "fix") & ledger["locked"].to_numpy(dtype=bool)
    ledger = ledger.assign(outcome=np.where(locked, "review", outcome), cause=cause, lock_holds=locked)
    return ledger


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
        (own & picked & made_before, "fix", "T26"),
        (own & picked & cannot_date, "review", "T26"),
        (own, "ok", ""),
        (other & picked, "fix", "T26"),
        (other, "review", "list"),
        (~own_picked, "list", "list"),
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
        (absent & (age <= min(young, settings.window_days)), "wait", "T24"),
        (absent & (age <= settings.window_days), "fix", "T28"),
        (absent & (age > settings.window_days), "fix", "T16"),
        (absent, "review", ""),
    ]


def _without_stranding(ledger: pd.DataFrame, found: list[Meaning], book: JobBook) -> list[Meaning]:
    """Turn a T7 or T8 into a choice where the job's old text is still awaited by invoices that are right.

    Source: contract.md "T7 and T8 are a choice also when the old text still arrives".
    """
    awaited = ledger[_is_one_of(ledger["outcome"], "ok", "wait") & ~ledger["in_xpm"] & (ledger["picked"] != NO_JOB)]
    waiting = awaited.groupby(["picked", "reference"])["invoice_no"].agg(list).to_dict()
    changed = list(found)
    for at, meaning in enumerate(found):
        target = meaning.target
        if meaning.cause in ("T7", "T8") and target:
            stranded = waiting.get((target.job, book.orders[target.job]))
            if stranded:
                changed[at] = _stranding_choice(meaning, target, sorted(stranded))
    return changed


def _stranding_choice(meaning: Meaning, target: Choice, awaited: list[str]) -> Meaning:
    shown = ", ".join(awaited[:5]) + (f" and {len(awaited) - 5} more" if len(awaited) > 5 else "")
    now = replace(target, why=f"{target.why}; changing it now leaves {shown} without a job")
    new = Choice(NO_JOB, f"a new job keeps {shown} where they are", "new-job", target.value)
    return replace(meaning, choices=(now, new), decide=True, evidence=(*meaning.evidence, f"the old text still arrives on {shown}"))


# Where it belongs --------------------------------------------------------------------------------------------------


def _with_belongs(ledger: pd.DataFrame, found: list[Meaning], book: JobBook) -> pd.DataFrame:
    """Add belongs_place, belongs_job_no (first of the named ones for a copy on several jobs) and certainty.

    Source: contract.md "certainty" and "Values".
    """
    outcome, cause = ledger["outcome"], ledger["cause"]
    meaning = ledger["meaning"].to_numpy()
    targets = np.array([one.target.job if one.target else NO_JOB for one in found] + [NO_JOB], dtype="int64")
    sureness = np.array([one.certainty if one.target else "none" for one in found] + ["none"], dtype=object)
    by_list = np.isin(cause, ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10"]) & (meaning >= 0)
    would_fix = (outcome == "fix") | ledger["lock_holds"]
    stays = ((outcome == "ok") | (cause == "T17")) & (_is_one_of(ledger["now_class"], "named", "own"))
    picked_own = ledger["picked"].where(ledger["picked_own"], NO_JOB).to_numpy()
    job = np.select(
        [
            (outcome == "none") | _is_one_of(cause, "T22", "T25"),
            stays,
            by_list & would_fix & (ledger["now_class"] != "other"),
            by_list,
            (cause == "T18") | ((cause == "T9") & (ledger["now_class"] == "named")),
        ],
        [NO_JOB, ledger["now_job"], targets[meaning], NO_JOB, NO_JOB],
        default=picked_own,
    )
    number = np.where(job != NO_JOB, np.array(book.job_nos, dtype=object)[np.where(job != NO_JOB, job, 0)], "")
    # A copy may be on a job that the jobs export does not hold: it belongs there by its number.
    outside = stays & (ledger["now_job"] == NO_JOB)
    number = np.where(outside, ledger["now_telling"], number)
    nowhere = (outcome == "none") | _is_one_of(cause, "T22", "T25")
    place = np.where(nowhere, "", np.where(number != "", "job", "unknown"))
    certainty = np.where(number == "", "none", np.where(by_list, sureness[meaning], "certain"))
    return ledger.assign(belongs_place=place, belongs_job_no=number, certainty=certainty)


# Notes -------------------------------------------------------------------------------------------------------------


def money(cents: int) -> str:
    """Cents as people write them: 1,100.00."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(int(cents)) // 100:,}.{abs(int(cents)) % 100:02d}"


def _with_notes(ledger: pd.DataFrame, jobs: pd.DataFrame, settings: Settings, xpm_given: bool) -> pd.DataFrame:
    """Add to notes what else holds, cause by cause, in the order of the list; notes are separated by line breaks."""
    notes = ledger["notes"].to_numpy(dtype=object)
    for mask, words in _note_rows(ledger, jobs, settings, xpm_given):
        at = np.flatnonzero(np.asarray(mask, dtype=bool))
        if len(at):
            text = words if isinstance(words, str) else words(ledger.iloc[at]).to_numpy(dtype=object)
            notes[at] = np.where(notes[at] == "", text, notes[at] + "\n" + text)
    finding = ledger["cause"].map(FINDINGS).fillna("")
    return ledger.assign(notes=notes, finding=finding)


def _note_rows(ledger: pd.DataFrame, jobs: pd.DataFrame, settings: Settings, xpm_given: bool) -> list[tuple]:
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
        return "the contact's name differs from the job's client's: " + jobs["client"].take(rows["now_job"]).set_axis(rows.index)

    return [
        (cause == "T21", "T21: enter it in XPM by hand"),
        (ledger["unread"], "XPM's row of this number could not be used: see the problems"),
        ((cause == "T20") & (outcome == "none"), "T20: a draft, by choice"),
        ((outcome == "none") & (cause == ""), "voided or deleted in Xero" + (", and XPM has no copy" if xpm_given else "")),
        (ledger["lock_holds"], "T19: on or before a lock date, so nothing is deleted (E5)"),
        (judged & ledger["locked"] & ~ledger["lock_holds"] & (cause != "T19") & ~ok, "T19: dated on or before a lock date"),
        (judged & ledger["archived"] & (cause != "T13"), "T13: the client is archived in XPM"),
        (
            judged & (ledger["diverts_to"] != "") & (cause != "T12"),
            lambda rows: "T12: billing details name " + rows["diverts_to"],
        ),
        (ad_hoc & (ledger["kind"] != ONLY_IN_XPM), _ad_hoc_note(settings)),
        (judged & ledger["amount_differs"] & (cause != "T17"), _amount_words),
        (moved_on & ~known, "the jobs export does not hold the job it is on"),
        (moved_on & elsewhere, on_picked("its Reference names ", " now; what is imported stays (A2)")),
        (moved_on & ~elsewhere, "its Reference names no open job now; the order number was changed since (A2)"),
        (named & ok & elsewhere, on_picked("tonight its Reference would pick ", "; what is imported stays (A2)")),
        (named & known & (job_client != ledger["contact"].to_numpy(dtype=object)) & (cause != "T9"), on_client),
        (judged & (ledger["now_count"] > 1), lambda rows: "XPM has it on several jobs: " + rows["now_job_no"]),
        (
            judged & (ledger["rivals"] > 1) & ~ledger["tied"] & picked & ~named,
            "T5: several Standard jobs carry its Reference; the newest takes it (M3)",
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
    xero, xpm = _xero_and_xpm_cents(rows)
    words = [f"T17: Xero says {money(one)}, XPM {money(two)}" for one, two in zip(xero, xpm, strict=True)]
    return pd.Series(words, index=rows.index, dtype="str")


# Jobs --------------------------------------------------------------------------------------------------------------


def _job_findings(ledger: pd.DataFrame, jobs: pd.DataFrame, picks: pd.DataFrame) -> pd.DataFrame:
    """One row per job: role, finding, and the invoices XPM has on it.

    Source: contract.md "job role"; issue's job findings: job-not-standard, non-billing-job, reference-shared,
    order-number-unused.
    """
    blank = jobs["client_order_no"] == ""
    standard = jobs["state_type"] == "standard"
    role = np.where(~standard, "not-standard", np.where(blank, "non-billing", "billing"))
    judged = ledger[["kind", "outcome", "cause", "reference", "contact", "named", "now_job", "now_place", "total_cents"]]
    open_invoices = judged[(judged["kind"] == INVOICE) & _is_one_of(judged["outcome"], "fix", "review", "wait")]
    live = set(open_invoices.loc[open_invoices["cause"] == "T4", "reference"])
    lost = set(open_invoices.loc[(open_invoices["named"] == 0) & _is_one_of(open_invoices["outcome"], "fix", "review"), "contact"])
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
    totals = on.groupby("now_job")["total_cents"].agg(["size", "sum"]).reindex(np.arange(len(jobs))).fillna(0).astype("int64")
    return jobs.assign(
        role=role, finding=finding, invoices=totals["size"].to_numpy(), total_cents=totals["sum"].to_numpy()
    )


def _among(column: pd.Series, texts) -> np.ndarray:
    """Which values are among some texts."""
    return find_positions(column, pd.Series(list(texts), dtype="str")) != NO_JOB


def cause_order(causes: pd.Series) -> pd.Series:
    """The place of each cause in the list, no cause last."""
    return causes.map(ORDER).fillna(len(ORDER)).astype("int64")

