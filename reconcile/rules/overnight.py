"""The replay: where XPM's overnight import puts each invoice tonight, exactly as XPM does it.

    invoice --E1-E5 skipped?--> --M1-M4 which job?--> --C1-C5 whose?--> --L1-L3 where it lands-->

Nothing is forgiven here: Reference and contact compare to the letter.
Source: rules.md section 2.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.rules.references import fold_name
from reconcile.settings.model import Settings
from reconcile.text_columns import NOWHERE, Words, distinct_rows, find_positions, take_texts

APPROVED = (
    "Awaiting Payment",
    "Paid",
    "",
)  # "" where no status is known: taken as approved, and said so
AD_HOC = r"(?i)ad[\s-]?hoc"
NO_JOB = NOWHERE


def ad_hoc_jobs(jobs: pd.DataFrame) -> pd.Series:
    """Which jobs say of themselves that they are ad hoc, by number, name or category (L3, T14)."""
    if "ad_hoc" in jobs:  # told once already
        return jobs["ad_hoc"]
    says = np.zeros(len(jobs), dtype=bool)
    for name in ("job_no", "job_name", "category"):
        says |= pc.match_substring_regex(pa.array(jobs[name], pa.large_string()), AD_HOC).to_numpy(
            zero_copy_only=False
        )
    return pd.Series(says, index=jobs.index)


def pick_jobs(references: pd.Index, jobs: pd.DataFrame) -> pd.DataFrame:
    """For each distinct Reference, the job that the import picks among those it names.

    Args:
        references: distinct texts; blank names nothing.
        jobs: one row per job: job_no (never blank), client_order_no, state_type, created_on, and what ad_hoc_jobs reads.

    Returns:
        One row per reference (its index): rule, the one that decides (M1, M2, M3, or "" where no Standard job is named);
        picked (position of the job in jobs, NO_JOB for none); rivals (how many jobs M3 chooses among, 0 where M1 or M2
        decides); tied (M3 cannot tell); named (jobs of any state it names).

    Source: rules.md M1-M5.
    """
    usable = ~ad_hoc_jobs(jobs).to_numpy()
    standard = np.flatnonzero(usable & Words(jobs["state_type"]).are("standard"))
    by_number = find_positions(references, jobs["job_no"].take(standard))
    carried, *newest = _newest(
        jobs["client_order_no"].take(standard), jobs["created_on"].to_numpy()[standard]
    )
    by_order = find_positions(references, carried)
    position, carriers, tied = (_at(one, by_order) for one in newest)
    m1 = by_number != NO_JOB
    m2 = (by_order != NO_JOB) & ~m1
    m3 = m2 & (carriers > 1)
    at = np.select([m1, m2 & (tied == 0)], [by_number, position], default=NO_JOB)
    return pd.DataFrame(
        {
            "named": _named_counts(references, jobs.loc[usable, ["job_no", "client_order_no"]]),
            "picked": np.where(at == NO_JOB, NO_JOB, standard[at] if len(standard) else NO_JOB),
            "tied": m2 & tied,
            "rivals": np.where(m3, carriers, 0),
            "rule": take_texts(("", "M1", "M2", "M3"), np.select([m1, m3, m2], [1, 3, 2])),
        },
        index=references,
    )


def _at(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The values at some positions, 0 for none: NO_JOB, -1, is the last."""
    with_none: np.ndarray = np.append(values, np.zeros(1, values.dtype))
    return with_none.take(at)


def _named_counts(references: pd.Index, jobs: pd.DataFrame) -> np.ndarray:
    """How many jobs, whatever their state, each Reference names by number or order number."""
    numbers, orders = (jobs[name].to_numpy(dtype=object) for name in ("job_no", "client_order_no"))
    texts = np.append(orders, numbers[numbers != orders])
    codes, among = pd.factorize(texts)
    counts = _at(np.bincount(codes), find_positions(references, pd.Index(among, dtype="str")))
    return np.where(references.to_numpy() == "", 0, counts)


def _newest(
    orders: pd.Series, created_on: np.ndarray
) -> tuple[pd.Index, np.ndarray, np.ndarray, np.ndarray]:
    """Per Client Order No. of some Standard jobs the newest one, and whether that can be told (M3).

    Returns:
        The order numbers, and for each: position among the jobs, rivals, tied.
    """
    carrying = np.flatnonzero(orders.to_numpy(dtype=object) != "")
    codes, texts = pd.factorize(orders.array.take(carrying))
    created, known = created_on[carrying], ~np.isnat(created_on[carrying])
    age = np.where(known, -created.astype("int64"), np.iinfo("int64").max)
    sorted_by = np.lexsort((age, codes))
    first = sorted_by[np.searchsorted(codes[sorted_by], np.arange(len(texts)))]
    rivals = np.bincount(codes)
    unknown = np.bincount(codes, weights=~known) > 0
    at_newest = np.bincount(codes, weights=known & (created == created[first][codes]))
    return pd.Index(texts), carrying[first], rivals, (rivals > 1) & (unknown | (at_newest > 1))


def client_facts(clients: pd.DataFrame | None, names: Collection[str]) -> pd.DataFrame:
    """What the clients export says of each client that may change where an invoice goes.

    Args:
        clients: client, billing_details, status; None when not given: nothing is known.
        names: every known client name.

    Returns:
        One row per client (its index): archived (C5), diverts_to (C3: the other client its billing details name, "" for none).
    """
    if clients is None or clients.empty:
        return pd.DataFrame(columns=["archived", "diverts_to"])
    by_fold = {fold_name(name): name for name in sorted(names, reverse=True)}
    exact = set(names)
    diverts = []
    for name, details in zip(clients["client"], clients["billing_details"], strict=True):
        named = (
            details
            if details in exact
            else by_fold.get(fold_name(details), "")
            if details.strip()
            else ""
        )
        itself = named == name or (details not in exact and fold_name(details) == fold_name(name))
        diverts.append("" if itself else named)
    archived = clients["status"].str.casefold().isin(["archived", "inactive (archived)"])
    return pd.DataFrame(
        {"archived": archived.to_numpy(), "diverts_to": diverts}, index=pd.Index(clients["client"])
    )


def replay(
    invoices: pd.DataFrame,
    jobs: pd.DataFrame,
    facts: pd.DataFrame,
    picks: pd.DataFrame,
    settings: Settings,
    as_of: date,
    xpm_given: bool,
    distinct: tuple[pd.DataFrame, np.ndarray] | None = None,
) -> dict[str, pd.api.extensions.ExtensionArray]:
    """Say where XPM's import puts each invoice tonight, and where it would if it came anew.

    Args:
        invoices: one row per invoice: kind, reference, contact, status, invoice_date, changed_on, edited, in_xpm.
        jobs: one row per job.
        facts: client_facts.
        picks: pick_jobs of all the references.
        xpm_given: whether it is known what XPM has; else every invoice is taken as not in XPM and just edited.
        distinct: distinct_rows of contact and reference, where they are known.

    Returns:
        Columns by name, one text for each invoice, "" for one that is only in XPM: tonight_place, tonight_job_no ("" for none), rule;
        if_resynced_place, if_resynced_job_no, if_resynced_rule.

    Source: rules.md E1-E5, C3-C5, M1-M5, L1-L3; contract.md "Skip rule".
    """
    pairs, pair = distinct or distinct_rows(invoices[["contact", "reference"]])
    place, job_no, rule = landing(pairs, jobs, facts, picks, settings)
    lasting = skip_rule(invoices, settings, as_of, lasting_only=True)
    tonight = skip_rule(invoices, settings, as_of) if xpm_given else lasting
    only_in_xpm = Words(invoices["kind"]).are("only-in-xpm")
    # Behind the pairs' own landings stand the rules that pass an invoice by, and last the invoices only in XPM.
    passed = [*SKIP_RULES[1:-1], "E3"]
    places = np.append(place, [*["skipped"] * (len(passed) - 1), "unknown", ""])
    numbers = np.append(job_no, [*[""] * len(passed), ""])
    rules = np.append(rule, [*passed, ""])
    result = {}
    for names, skipped in (
        (("tonight_place", "tonight_job_no", "rule"), tonight),
        (("if_resynced_place", "if_resynced_job_no", "if_resynced_rule"), lasting),
    ):
        at = np.where(skipped > 0, len(pairs) - 1 + skipped, pair)
        at = np.where(only_in_xpm, len(pairs) + len(passed), at)
        for name, texts in zip(names, (places, numbers, rules), strict=True):
            result[name] = take_texts(texts, at)
    return result


# In the order in which they are told; the last stands for a date that is not known, so that the window is not either.
SKIP_RULES = ("", "E1", "E2", "E4", "E5", "E3", "?")


def skip_rule(
    invoices: pd.DataFrame, settings: Settings, as_of: date, *, lasting_only: bool = False
) -> np.ndarray:
    """The position in SKIP_RULES of the rule by which the import passes each invoice by; 0 where it is let in.

    Args:
        lasting_only: leave out what a re-sync mends (E4, E3).
    """
    holding = rules_against(invoices, settings, as_of)
    if lasting_only:
        nowhere = np.zeros(len(invoices), dtype=bool)
        holding |= dict.fromkeys(("E4", "E3", "?"), nowhere)
    return np.select(list(holding.values()), range(1, len(SKIP_RULES)))


def rules_against(invoices: pd.DataFrame, settings: Settings, as_of: date) -> dict[str, np.ndarray]:
    """For each of SKIP_RULES, in their order, the invoices against which it speaks; the first decides."""
    lock = settings.lock_date
    age = days_between(invoices["changed_on"], as_of)
    dated = invoices["invoice_date"].to_numpy()
    return {
        "E1": ~Words(invoices["kind"]).are("invoice"),
        "E2": ~Words(invoices["status"]).are(*APPROVED),
        "E4": invoices["in_xpm"].to_numpy(dtype=bool),
        "E5": dated <= np.datetime64(lock, "s") if lock else np.zeros(len(invoices), dtype=bool),
        "E3": age > windows(invoices, settings),
        "?": np.isnan(age),
    }


def windows(invoices: pd.DataFrame, settings: Settings) -> np.ndarray:
    """How many days after its last known change the import takes each invoice (E3). In the profile `xero` that is the day
    itself, and the whole window for what a history saw being edited."""
    days = np.full(len(invoices), settings.window_days)
    if settings.profile == "xero":
        days[~invoices["edited"].to_numpy(dtype=bool)] = 0
    return days


def days_between(days: pd.Series, as_of: date) -> np.ndarray:
    """How many days before as_of each day is; NaN for one that is not known."""
    apart = np.datetime64(as_of, "D") - days.to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(apart), np.nan, apart.astype("int64"))


def landing(
    pairs: pd.DataFrame,
    jobs: pd.DataFrame,
    facts: pd.DataFrame,
    picks: pd.DataFrame,
    settings: Settings,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where an invoice of each (contact, reference) lands once it is let in.

    Returns:
        For each pair: place, job_no ("" for none), rule.

    Source: rules.md C3-C5, M1-M3, L1-L3.
    """
    reference = find_positions(pairs["reference"], picks.index)
    picked = picks["picked"].to_numpy()[reference]
    found = picked != NO_JOB
    at = np.where(found, picked, 0)
    own = found & (
        jobs["client"].to_numpy(dtype=object)[at] == pairs["contact"].to_numpy(dtype=object)
    )
    archived, diverts_to = about_contacts(pairs["contact"], facts)
    masks = [
        picks["tied"].to_numpy()[reference],
        found & ~own,
        own & (diverts_to != ""),
        own & archived,
        own,
    ]
    places, rules = (
        ["unknown"] * 4 + ["job"],
        ["M3", "C4", "C3", "C5", picks["rule"].to_numpy(dtype=object)[reference]],
    )
    if settings.adhoc == "with-reference":
        masks.append(pairs["reference"].to_numpy(dtype=object) == "")
        places.append("client")
        rules.append("L3")
    other_place, other_rule = ("client", "L2") if settings.adhoc == "off" else ("adhoc", "L3")
    place = np.select(masks, places, default=other_place).astype(object)
    rule = np.select(masks, rules, default=other_rule).astype(object)
    return place, np.where(place == "job", jobs["job_no"].to_numpy(dtype=object)[at], ""), rule


def about_contacts(contacts: pd.Series, facts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """For each contact whether it is archived, and the client that its billing details name ("" for none)."""
    if facts.empty:
        return np.zeros(len(contacts), dtype=bool), np.full(len(contacts), "", dtype=object)
    at = find_positions(contacts, facts.index)
    known = at >= 0
    archived = known & facts["archived"].to_numpy(dtype=bool)[at]
    return archived, np.where(known, facts["diverts_to"].to_numpy(dtype=object)[at], "")
