"""The ledger's rows and facts: every invoice of the input once, where XPM has it, and what its Reference picks.

    Xero's documents + XPM's that no Xero file has --_with_copies--> XPM's copy of each --cases--> what depends on texts

What depends on texts alone is worked out once per case: a distinct (contact, Reference, job numbers and client in XPM).
Source: contract.md "How outcome and cause are decided"; rules.md section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.exports.tables import Exports
from reconcile.exports.xpm import JobAside
from reconcile.rules.belonging import JobBook, is_stray
from reconcile.rules.overnight import (
    AD_HOC,
    APPROVED,
    NO_JOB,
    about_contacts,
    ad_hoc_jobs,
    days_between,
    replay,
)
from reconcile.rules.vocabulary import Kind
from reconcile.settings.model import Settings
from reconcile.text_columns import Words, distinct_rows, find_positions, take_texts
from reconcile.verdicts.ledger_columns import FROM_HISTORY

INVOICE: Kind = "invoice"
CREDIT_NOTE: Kind = "credit-note"
ONLY_IN_XPM: Kind = "only-in-xpm"
CLASSES = (
    "",
    "other",
    "adhoc",
    "own",
    "named",
    "named",
)  # where XPM has it; of several jobs the later tells


def write_ledger(
    exports: Exports,
    jobs: pd.DataFrame,
    book: JobBook,
    facts: pd.DataFrame,
    picks: pd.DataFrame,
    known_clients: frozenset[str],
    settings: Settings,
    as_of: date,
) -> pd.DataFrame:
    """Every invoice with all that the causes ask.

    Returns:
        One row per Xero document and per invoice that only XPM has, with the columns of ledger_columns up to `import`.
    """
    given = exports.xpm_invoices is not None
    ledger, copy = ledger_rows(exports)
    known: dict[str, Any] = {
        name: np.zeros(len(ledger), dtype=bool) for name in FROM_HISTORY if name not in ledger
    }
    if (
        "changed_on" not in ledger
    ):  # the last change that is known: the invoice's date, where nothing else is
        known["changed_on"] = ledger["invoice_date"]
    ledger = ledger.assign(
        **known, **_copies(ledger, copy, exports.xpm_invoices, exports.xpm_numbers_set_aside)
    )
    cases, case = distinct_rows(ledger[["contact", "reference", "now_job_no", "now_client"]])
    pairs, pair = distinct_rows(cases[["contact", "reference"]])
    judged = _judge_cases(cases, jobs, book, facts, picks, known_clients, settings)
    ledger = ledger.assign(**{name: judged[name].array.take(case) for name in judged})
    dated, lock = ledger["invoice_date"].to_numpy(), settings.lock_date
    ledger = ledger.assign(
        unread_job=_may_be_on_unread(ledger, exports.jobs_set_aside),
        now_place=_now_places(ledger, given),
        age_days=days_between(ledger["changed_on"], as_of),
        days_left=_days_left(ledger, settings, as_of),
        after_export=_after_export(ledger, exports.stated_days.get("xpm_invoices"), as_of),
        locked=dated <= np.datetime64(lock, "s") if lock else np.zeros(len(ledger), dtype=bool),
        **_compared_amounts(ledger, settings),
        **replay(ledger, jobs, facts, picks, settings, as_of, given, (pairs, pair[case])),
    )
    return _without_landings(ledger, exports.jobs_set_aside)


def ledger_rows(exports: Exports) -> tuple[pd.DataFrame, np.ndarray]:
    """Xero's documents, and XPM's invoices that no Xero file has though its dates cover them (T25); and for each the position
    of XPM's invoice of its number, NO_JOB where XPM has none."""
    invoices, xpm = exports.invoices, exports.xpm_invoices
    if xpm is None or xpm.empty:
        return invoices.copy(), np.full(len(invoices), NO_JOB)
    copy = find_positions(invoices["invoice_no"], xpm["invoice_no"])
    dates, days = invoices["invoice_date"], xpm["invoice_date"].to_numpy()
    alone = (days >= dates.min().to_numpy()) & (
        days <= dates.max().to_numpy()
    )  # of no day where no document has one
    alone[copy[copy != NO_JOB]] = False
    # A number of a Xero row that was set aside is not missing from Xero.
    at = [
        at
        for at in np.flatnonzero(alone).tolist()
        if xpm["invoice_no"].iat[at] not in exports.xero_numbers
    ]
    if not at:
        return invoices.copy(), copy
    only = xpm.take(at)
    cents = only["total_cents"].fillna(only["ex_tax_cents"])
    notes = np.where(
        only["total_cents"].notna(), "", "amount without tax: XPM's export shows no other"
    )
    notes = np.where(cents.isna(), "XPM's export shows no amount", notes)
    nothing = dict.fromkeys(("reference", "currency", "status"), "")
    rows = pd.DataFrame(
        {
            "invoice_no": only["invoice_no"],
            "kind": ONLY_IN_XPM,
            "contact": only["client"],
            "invoice_date": only["invoice_date"],
            "changed_on": only["invoice_date"],
            "total_cents": cents.fillna(0).astype("int64"),
            "tax_cents": pd.array([pd.NA] * len(only), dtype="Int64"),
            "file": only["file"],
            "row": only["row"],
            "notes": notes,
            **nothing,
            **dict.fromkeys(FROM_HISTORY, False),
        }
    )
    rows = rows.astype({name: "str" for name in ("kind", "notes", "file", *nothing)})
    return pd.concat([invoices, rows[invoices.columns]], ignore_index=True), np.append(copy, at)


def _copies(
    ledger: pd.DataFrame, copy: np.ndarray, xpm: pd.DataFrame | None, set_aside: frozenset[str]
) -> dict[str, Any]:
    """XPM's copy of each invoice: in_xpm, found, unread, now_job_no, now_client, xpm_cents, xpm_ex_cents."""
    number = ledger["invoice_no"]
    # A credit note that shares its number with an invoice is not what XPM has.
    credits = Words(ledger["kind"]).are(CREDIT_NOTE)
    shared = credits & number.duplicated(keep=False).to_numpy() if credits.any() else credits
    unread = (
        number.isin(set_aside).to_numpy() & ~shared
        if set_aside
        else np.zeros(len(ledger), dtype=bool)
    )
    if xpm is None or xpm.empty:
        nothing = pd.array(np.full(len(ledger), pd.NA), dtype="Int64")
        blank = take_texts([""], np.zeros(len(ledger), dtype="int64"))
        found = np.zeros(len(ledger), dtype=bool)
        texts_and_cents = (blank, blank, nothing, nothing)
    else:
        found = (copy != NO_JOB) & ~shared
        at = np.where(found, copy, NO_JOB)
        texts = (
            xpm[name].array.take(at, allow_fill=True, fill_value="")
            for name in ("job_nos", "client")
        )
        cents = (
            xpm[name].array.take(at, allow_fill=True) for name in ("total_cents", "ex_tax_cents")
        )
        texts_and_cents = (*texts, *cents)
    names = ("now_job_no", "now_client", "xpm_cents", "xpm_ex_cents")
    return {
        "in_xpm": found | unread,
        "found": found,
        "unread": unread,
        **dict(zip(names, texts_and_cents, strict=True)),
    }


def _days_left(
    ledger: pd.DataFrame, settings: Settings, as_of: date
) -> pd.api.extensions.ExtensionArray:
    """How many nights an approved invoice that XPM does not have is still inside the window (E3); NA for the others."""
    age = days_between(ledger["changed_on"], as_of)
    awaited = (
        ~ledger["in_xpm"].to_numpy()
        & Words(ledger["kind"]).are(INVOICE)
        & Words(ledger["status"]).are(*APPROVED)
    )
    awaited &= (age >= 0) & (age <= settings.window_days)
    return pd.arrays.IntegerArray(
        settings.window_days - np.where(awaited, age, 0).astype("int64"), ~awaited
    )


def _after_export(ledger: pd.DataFrame, exported_on: date | None, as_of: date) -> np.ndarray:
    """Which invoices XPM's export cannot show yet: their night came after the day on which it was exported.

    Only where the export states its day, and that is before as_of; else a quiet practice and an import that has stopped
    look the same.
    """
    if exported_on is None or exported_on >= as_of:
        return np.zeros(len(ledger), dtype=bool)
    day = np.datetime64(exported_on, "s")
    after: np.ndarray = ledger["invoice_date"].to_numpy() >= day
    after |= ledger["changed_on"].to_numpy() >= day
    return after


def _may_be_on_unread(ledger: pd.DataFrame, aside: Sequence[JobAside]) -> np.ndarray:
    """Which invoices may belong on a job whose row could not be used: their Reference names it, XPM has them there, or it is
    another job of their client's, none of which they name."""
    nowhere = np.zeros(len(ledger), dtype=bool)
    if not aside:
        return nowhere
    numbers = {job.job_no for job in aside} - {""}
    at_class, on = Words(ledger["now_class"]), Words(ledger["now_job_no"])
    names = _name_unread(ledger, aside)
    there = on.are(*(some for some in on.words if not numbers.isdisjoint(some.split(", "))))
    untold = ~ledger["picked_own"].to_numpy() & ~at_class.are("named", "own")
    theirs = _is_one_of(ledger["contact"], {job.client for job in aside} - {""}) & untold
    may: np.ndarray = names | there | theirs
    may &= Words(ledger["kind"]).are(INVOICE) & ~at_class.are("named")
    return may


def _name_unread(ledger: pd.DataFrame, aside: Sequence[JobAside]) -> np.ndarray:
    """Which rows have a Reference that is the number or order number of a job whose row could not be used."""
    return _is_one_of(
        ledger["reference"],
        {text for job in aside for text in (job.job_no, job.client_order_no)} - {""},
    )


def _without_landings(ledger: pd.DataFrame, aside: Sequence[JobAside]) -> pd.DataFrame:
    """Where the import puts what names a job whose row could not be used is not known: it may be open, or the newest (M3)."""
    names = _name_unread(ledger, aside) if aside else np.zeros(len(ledger), dtype=bool)
    if not names.any():
        return ledger
    told: dict[str, pd.Series] = {}
    for place, *rest in (
        ("tonight_place", "tonight_job_no", "rule"),
        ("if_resynced_place", "if_resynced_job_no", "if_resynced_rule"),
    ):
        lands = names & Words(ledger[place]).are("job", "client", "adhoc")
        told |= {
            place: ledger[place].mask(lands, "unknown"),
            **{name: ledger[name].mask(lands, "") for name in rest},
        }
    return ledger.assign(**told)


def _is_one_of(column: pd.Series, texts: Iterable[str]) -> np.ndarray:
    among: np.ndarray = find_positions(column, pd.Index(sorted(texts), dtype="str")) != NO_JOB
    return among


def _now_places(ledger: pd.DataFrame, xpm_given: bool) -> pd.api.extensions.ExtensionArray:
    """place of contract.md: where XPM has each invoice."""
    on_job = ledger["now_count"].to_numpy() > 0
    ad_hoc = on_job & Words(ledger["now_class"]).are("adhoc")
    unknown = ledger["unread"].to_numpy() | (not xpm_given)
    masks = [unknown, ~ledger["found"].to_numpy(), ad_hoc, on_job]
    return take_texts(
        ("unknown", "absent", "adhoc", "job", "client"), np.select(masks, range(4), default=4)
    )


# Cases -------------------------------------------------------------------------------------------------------------


def _judge_cases(
    cases: pd.DataFrame,
    jobs: pd.DataFrame,
    book: JobBook,
    facts: pd.DataFrame,
    picks: pd.DataFrame,
    known_clients: frozenset[str],
    settings: Settings,
) -> pd.DataFrame:
    """All that depends on contact, Reference, and the job numbers and client of XPM's copy alone."""
    now = _now_jobs(cases, jobs, settings)
    reference = find_positions(cases["reference"], picks.index)
    of_picks = {name: picks[name].to_numpy()[reference] for name in ("picked", "named", "tied")}
    rules = picks["rule"].array.take(reference)
    found = of_picks["picked"] != NO_JOB
    at = np.where(found, of_picks["picked"], 0)
    clients = jobs["client"].to_numpy(dtype=object)
    contact = cases["contact"].to_numpy(dtype=object)
    archived, diverts_to = about_contacts(cases["contact"], facts)
    return pd.DataFrame(
        {
            **now,
            **of_picks,
            "pick_rule": rules,
            "picked_own": found & (clients[at] == contact),
            "picked_on": np.where(found, jobs["created_on"].to_numpy()[at], np.datetime64("NaT")),
            "archived": archived,
            "diverts_to": diverts_to,
            "others_job": _on_others_job(now, contact, clients, book, known_clients),
        }
    )


def _now_jobs(cases: pd.DataFrame, jobs: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Of the job or jobs XPM has an invoice on, the one that tells: named before own before ad hoc before another's."""
    case, numbers = one_row_per_job(cases["now_job_no"])
    at = find_positions(numbers, jobs["job_no"])
    known = at != NO_JOB
    place = np.where(known, at, 0)
    number = numbers.to_numpy(dtype=object)
    reference, contact, now_client = (
        cases[name].to_numpy(dtype=object)[case] for name in ("reference", "contact", "now_client")
    )
    order = np.where(known, jobs["client_order_no"].to_numpy(dtype=object)[place], "")
    client = np.where(known, jobs["client"].to_numpy(dtype=object)[place], now_client)
    ad_hoc = np.where(known, ad_hoc_jobs(jobs).to_numpy()[place], settings.adhoc != "off")
    if not known.all():
        ad_hoc[~known] |= numbers[~known].str.contains(AD_HOC, regex=True).to_numpy(dtype=bool)
    named = (reference != "") & ((number == reference) | (order == reference)) & ~ad_hoc
    own = (client == contact) & (client != "")
    rank = np.select([named & own, named, ad_hoc, own], [5, 4, 2, 3], default=1)
    count = np.bincount(case, minlength=len(cases))
    # Of each case the row of the highest rank, the first where several have it; a case without a job has rank 0.
    telling = np.lexsort((np.arange(len(case)), -rank, case))[
        np.cumsum(count)[count > 0] - count[count > 0]
    ]
    of_case = np.full(len(cases), len(case))
    of_case[case[telling]] = telling
    shown = cases["now_job_no"].array
    if (count > 1).any():
        shown = (
            cases["now_job_no"]
            .where(count < 2, cases["now_job_no"].str.replace(r"\s*[,;]\s*", ", ", regex=True))
            .array
        )
    return {
        "now_job_no": shown,
        "now_class": take_texts(CLASSES, np.append(rank, 0)[of_case]),
        "now_telling": take_texts(np.append(number, ""), of_case),
        "now_job": np.append(at, NO_JOB)[of_case],
        "now_count": count,
    }


def one_row_per_job(job_nos: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """Each job that XPM has a case on: the position of the case, and the job's number."""
    texts = job_nos.to_numpy(dtype=object)
    case = np.flatnonzero(texts != "")
    several = pc.match_substring_regex(pa.array(job_nos.array, pa.large_string()), "[,;]").to_numpy(
        zero_copy_only=False
    )
    if several.any():
        counted = pd.Series(texts, dtype=object)
        counted[several] = job_nos[several].str.split(r"\s*[,;]\s*", regex=True).to_numpy()
        parts = counted.explode()
        parts = parts[parts != ""]
        return parts.index.to_numpy(), pd.Series(parts.to_numpy(), dtype="str")
    return case, job_nos.take(case).reset_index(drop=True)


def _on_others_job(
    now: dict[str, Any],
    contact: np.ndarray,
    clients: np.ndarray,
    book: JobBook,
    known_clients: frozenset[str],
) -> np.ndarray:
    """T9 on a named job: the contact is a client by exact name, not C2's stray, and not the job's client."""
    result = np.zeros(len(contact), dtype=bool)
    job = now["now_job"]
    on_named = (now["now_class"] == "named") & (job != NO_JOB)
    for at in np.flatnonzero(on_named & (clients[np.where(on_named, job, 0)] != contact)):
        result[at] = contact[at] in known_clients and not is_stray(
            book, contact[at], clients[job[at]]
        )
    return result


# Amounts -----------------------------------------------------------------------------------------------------------


def _compared_amounts(ledger: pd.DataFrame, settings: Settings) -> dict[str, np.ndarray]:
    """amount_differs (T17: by more than the tolerance) and other_invoice (T18: by half, and another client)."""
    both = xero_and_xpm_cents(ledger)
    known = ~np.logical_or.reduce([one.isna().to_numpy() for one in both])
    xero, xpm = (one.array.to_numpy(dtype="int64", na_value=0) for one in both)
    apart, larger = np.abs(xero - xpm), np.maximum(np.abs(xero), np.abs(xpm))
    other = known & (apart * 2 > larger)
    now_client, contact = (
        ledger[name].array.take(np.flatnonzero(other)).to_numpy(dtype=object)
        for name in ("now_client", "contact")
    )
    other[other] = (now_client != "") & (now_client != contact)
    return {"amount_differs": known & (apart > settings.cents_tolerance), "other_invoice": other}


def xero_and_xpm_cents(ledger: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The two amounts to compare: both with tax, else both without (contract.md T17); NA where neither can be."""
    with_tax = ledger["xpm_cents"].notna()
    total = ledger["total_cents"].astype("Int64")
    return total.where(with_tax, total - ledger["tax_cents"]), ledger["xpm_cents"].fillna(
        ledger["xpm_ex_cents"]
    )
