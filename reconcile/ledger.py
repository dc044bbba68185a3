"""The ledger's rows and facts: every invoice of the input once, where XPM has it, and what its Reference picks.

    Xero's documents + XPM's that no Xero file has --_with_copies--> XPM's copy of each --cases--> what depends on texts

What depends on texts alone is worked out once per case: a distinct (contact, Reference, job numbers and client in XPM).
Source: contract.md "How outcome and cause are decided"; rules.md section 4.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from reconcile.belonging import JobBook, is_stray
from reconcile.overnight import (
    AD_HOC,
    APPROVED,
    NO_JOB,
    about_contacts,
    ad_hoc_jobs,
    distinct_rows,
    find_positions,
    replay,
    take_texts,
)
from reconcile.settings import Settings

INVOICE, CREDIT_NOTE, ONLY_IN_XPM = "invoice", "credit-note", "only-in-xpm"
EVIDENCE = ("edited", "moved", "carried", "gone", "missed_night")  # what only a history knows; False where there is none
CLASSES = ("", "other", "adhoc", "own", "named", "named")  # where XPM has it; of several jobs the later tells


def write_ledger(
    exports: Any,
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
        One row per Xero document and per invoice that only XPM has. To the columns of Exports.invoices it adds:
        changed_on and EVIDENCE (as History.with_evidence tells them); in_xpm, unread (XPM's row of it could not be used), now_place, now_job_no (all of them), now_client;
        now_class (named, own, adhoc, other or ""), now_telling and now_job (number and position of the job that tells,
        NO_JOB where the export does not hold it), now_count; picked, named, tied, rivals, picked_own, picked_on; archived,
        diverts_to; others_job (T9 on a named job); age_days, days_left, locked; xpm_cents, xpm_ex_cents, amount_differs (T17),
        other_invoice (T18); after_export (dated or changed on the day of XPM's export, or later); and the columns of
        overnight.replay.
    """
    ledger = ledger_rows(exports)
    ledger = ledger.assign(**{name: False for name in EVIDENCE if name not in ledger})
    ledger = _with_copies(ledger, exports.xpm_invoices, exports.xpm_numbers_set_aside)
    cases, case = distinct_rows(ledger[["contact", "reference", "now_job_no", "now_client"]])
    cases = _judge_cases(cases, jobs, book, facts, picks, known_clients, settings)
    ledger = ledger.drop(columns="now_job_no").join(cases.take(case).set_axis(ledger.index))
    ledger["now_place"] = _now_places(ledger, exports.xpm_invoices is not None)
    ledger["age_days"] = (np.datetime64(as_of, "s") - ledger["changed_on"]).dt.days
    ledger["days_left"] = _days_left(ledger, settings)
    ledger["after_export"] = _after_export(ledger, exports.stated_days.get("xpm_invoices"), as_of)
    lock = settings.lock_date
    ledger["locked"] = ledger["invoice_date"] <= np.datetime64(lock, "s") if lock else False
    ledger = _with_amounts(ledger, settings)
    return ledger.join(replay(ledger, jobs, facts, picks, settings, as_of, exports.xpm_invoices is not None))


def ledger_rows(exports: Any) -> pd.DataFrame:
    """Xero's documents, and XPM's invoices that no Xero file has though its dates cover them (T25)."""
    invoices, xpm = exports.invoices, exports.xpm_invoices
    if xpm is None or xpm.empty or invoices["invoice_date"].isna().all():
        return invoices.copy()
    dates = invoices["invoice_date"]
    inside = (xpm["invoice_date"] >= dates.min()) & (xpm["invoice_date"] <= dates.max())
    only = xpm[inside & (find_positions(xpm["invoice_no"], invoices["invoice_no"]) < 0)]
    # A number of a Xero row that was set aside is not missing from Xero.
    only = only[np.array([number not in exports.xero_numbers for number in only["invoice_no"]], dtype=bool)]
    cents = only["total_cents"].fillna(only["ex_tax_cents"])
    notes = np.where(only["total_cents"].notna(), "", "amount without tax: XPM's export shows no other")
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
            **dict.fromkeys(EVIDENCE, False),
        }
    )
    rows = rows.astype({name: "str" for name in ("kind", "notes", "file", *nothing)})
    return pd.concat([invoices, rows[invoices.columns]], ignore_index=True)


def _with_copies(ledger: pd.DataFrame, xpm: pd.DataFrame | None, set_aside: frozenset[str]) -> pd.DataFrame:
    """Add XPM's copy of each invoice: in_xpm, found, unread, now_job_no, now_client, xpm_cents, xpm_ex_cents."""
    if "changed_on" not in ledger:  # the last change that is known: the invoice's date, where nothing else is
        ledger = ledger.assign(changed_on=ledger["invoice_date"])
    if xpm is None or xpm.empty:
        no_cents = pd.Series(pd.NA, index=ledger.index, dtype="Int64")
        unread = ledger["invoice_no"].isin(set_aside)
        return ledger.assign(
            in_xpm=unread,
            found=False,
            unread=unread,
            now_job_no="",
            now_client="",
            xpm_cents=no_cents,
            xpm_ex_cents=no_cents,
        )
    number = ledger["invoice_no"]
    # A credit note that shares its number with an invoice is not what XPM has.
    shared = ((ledger["kind"] == CREDIT_NOTE) & number.duplicated(keep=False)).to_numpy()
    at = find_positions(number, xpm["invoice_no"])
    found = (at >= 0) & ~shared
    unread = number.isin(set_aside).to_numpy() & ~shared if set_aside else np.zeros(len(ledger), dtype=bool)
    nowhere = np.where(found, at, len(xpm))  # one past the end: nothing
    return ledger.assign(
        in_xpm=found | unread,
        found=found,
        unread=unread,
        now_job_no=take_texts(np.append(xpm["job_nos"].to_numpy(dtype=object), ""), nowhere),
        now_client=take_texts(np.append(xpm["client"].to_numpy(dtype=object), ""), nowhere),
        xpm_cents=_taken(xpm["total_cents"], at, found, ledger.index),
        xpm_ex_cents=_taken(xpm["ex_tax_cents"], at, found, ledger.index),
    )


def _days_left(ledger: pd.DataFrame, settings: Settings) -> pd.Series:
    """How many nights an approved invoice that XPM does not have is still inside the window (E3); NA for the others."""
    left = settings.window_days - ledger["age_days"]
    awaited = ~ledger["in_xpm"].to_numpy(dtype=bool) & (ledger["kind"] == INVOICE) & ledger["status"].isin(APPROVED)
    return left.where(awaited & (left >= 0) & (ledger["age_days"] >= 0)).astype("Int64")


def _after_export(ledger: pd.DataFrame, exported_on: date | None, as_of: date) -> pd.Series:
    """Which invoices XPM's export cannot show yet: their night came after the day on which it was exported.

    Only where the export states its day, and that is before as_of; else a quiet practice and an import that has stopped
    look the same.
    """
    if exported_on is None or exported_on >= as_of:
        return pd.Series(False, index=ledger.index)
    day = np.datetime64(exported_on, "s")
    return (ledger["invoice_date"] >= day) | (ledger["changed_on"] >= day)


def _taken(cents: pd.Series, at: np.ndarray, found: np.ndarray, index: pd.Index) -> pd.Series:
    return cents.take(np.where(found, at, 0)).set_axis(index).where(found)


def _now_places(ledger: pd.DataFrame, xpm_given: bool) -> Any:
    """place of contract.md: where XPM has each invoice."""
    on_job = (ledger["now_count"] > 0).to_numpy()
    ad_hoc = on_job & (ledger["now_class"] == "adhoc").to_numpy()
    unknown = ledger["unread"].to_numpy(dtype=bool) | (not xpm_given)
    masks = [unknown, ~ledger["found"].to_numpy(dtype=bool), ad_hoc, on_job]
    return take_texts(("unknown", "absent", "adhoc", "job", "client"), np.select(masks, range(4), default=4))


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
    judged = _now_jobs(cases, jobs, settings)
    reference = find_positions(cases["reference"], picks.index)
    for name in ("picked", "named", "tied", "rivals"):
        judged[name] = picks[name].to_numpy()[reference]
    found = (judged["picked"] != NO_JOB).to_numpy()
    at = np.where(found, judged["picked"], 0)
    clients = jobs["client"].to_numpy(dtype=object)
    contact = cases["contact"].to_numpy(dtype=object)
    judged["picked_own"] = found & (clients[at] == contact)
    judged["picked_on"] = np.where(found, jobs["created_on"].to_numpy()[at], np.datetime64("NaT"))
    judged["archived"], judged["diverts_to"] = about_contacts(cases["contact"], facts)
    judged["others_job"] = _on_others_job(judged, contact, clients, book, known_clients)
    return judged


def _now_jobs(cases: pd.DataFrame, jobs: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Of the job or jobs XPM has an invoice on, the one that tells: named before own before ad hoc before another's."""
    rows = one_row_per_job(cases["now_job_no"])
    at = find_positions(rows["number"], jobs["job_no"])
    known = at != NO_JOB
    place = np.where(known, at, 0)
    number = rows["number"].to_numpy(dtype=object)
    reference, contact, now_client = (
        cases[name].to_numpy(dtype=object)[rows["case"]] for name in ("reference", "contact", "now_client")
    )
    order = np.where(known, jobs["client_order_no"].to_numpy(dtype=object)[place], "")
    client = np.where(known, jobs["client"].to_numpy(dtype=object)[place], now_client)
    ad_hoc = np.where(known, ad_hoc_jobs(jobs).to_numpy()[place], settings.adhoc != "off")
    ad_hoc[~known] |= rows["number"][~known].str.contains(AD_HOC, regex=True).to_numpy(dtype=bool)
    named = (reference != "") & ((number == reference) | (order == reference)) & ~ad_hoc
    own = (client == contact) & (client != "")
    rows = rows.assign(rank=np.select([named & own, named, ad_hoc, own], [5, 4, 2, 3], default=1), job=at)
    telling = rows.sort_values("rank", ascending=False, kind="stable").drop_duplicates("case").set_index("case")
    telling = telling.reindex(cases.index)
    count = rows.groupby("case").size().reindex(cases.index).fillna(0).astype("int64")
    shown = cases["now_job_no"].where(count < 2, cases["now_job_no"].str.replace(r"\s*[,;]\s*", ", ", regex=True))
    return pd.DataFrame(
        {
            "now_job_no": shown.where(count > 0, ""),
            "now_class": take_texts(CLASSES, telling["rank"].fillna(0).astype("int64").to_numpy()),
            "now_telling": telling["number"].fillna("").astype("str"),
            "now_job": telling["job"].fillna(NO_JOB).astype("int64"),
            "now_count": count,
        }
    )


def one_row_per_job(job_nos: pd.Series) -> pd.DataFrame:
    """One row per case and job XPM has it on: case, number."""
    parts = job_nos[job_nos != ""].str.split(r"\s*[,;]\s*", regex=True).explode()
    parts = parts[parts != ""].astype("str")
    return pd.DataFrame({"case": parts.index.to_numpy(), "number": parts.to_numpy()}).astype({"number": "str"})


def _on_others_job(
    judged: pd.DataFrame, contact: np.ndarray, clients: np.ndarray, book: JobBook, known_clients: frozenset[str]
) -> np.ndarray:
    """T9 on a named job: the contact is a client by exact name, not C2's stray, and not the job's client."""
    result = np.zeros(len(judged), dtype=bool)
    job = judged["now_job"].to_numpy()
    on_named = (judged["now_class"] == "named").to_numpy() & (job != NO_JOB)
    for at in np.flatnonzero(on_named & (clients[np.where(on_named, job, 0)] != contact)):
        result[at] = contact[at] in known_clients and not is_stray(book, contact[at], clients[job[at]])
    return result


# Amounts -----------------------------------------------------------------------------------------------------------


def _with_amounts(ledger: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Add amount_differs (T17: by more than the tolerance) and other_invoice (T18: by half, and another client)."""
    xero, xpm = xero_and_xpm_cents(ledger)
    apart = (xero - xpm).abs()
    larger = xero.abs().where(xero.abs() >= xpm.abs(), xpm.abs())
    other_client = (ledger["now_client"] != "") & (ledger["now_client"] != ledger["contact"])
    return ledger.assign(
        amount_differs=(apart > settings.cents_tolerance).fillna(False).to_numpy(dtype=bool),
        other_invoice=(apart * 2 > larger).fillna(False).to_numpy(dtype=bool) & other_client,
    )


def xero_and_xpm_cents(ledger: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The two amounts to compare: both with tax, else both without (contract.md T17); NA where neither can be."""
    with_tax = ledger["xpm_cents"].notna()
    total = ledger["total_cents"].astype("Int64")
    return total.where(with_tax, total - ledger["tax_cents"]), ledger["xpm_cents"].fillna(ledger["xpm_ex_cents"])
