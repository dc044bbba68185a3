"""The watch: what no finding shows, because there is no invoice to find it on.

    billings of each (contact, Reference) --a steady pace that stopped--> missing
    billing jobs                          --no invoice names or sits on it--> unreached
    jobs about to be completed            --invoices that belong on them and are not there--> wash-ups

For information: nothing of it changes an outcome, the totals or the exit code.
Source: rules.md G1, G7, M4.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd

from reconcile.rules.causes import VOIDED_IN_XERO
from reconcile.rules.overnight import APPROVED, NO_JOB, about_contacts, ad_hoc_jobs, days_between
from reconcile.text_columns import Words, distinct_rows, find_positions, records
from reconcile.verdicts.ledger import INVOICE, ONLY_IN_XPM, one_row_per_job
from reconcile.verdicts.verdicts import Findings
from reconcile.wording import day_words, money, on_one_line, some_of

BILLED = (*APPROVED, "Awaiting Approval")
SAME_BILLING_DAYS = 5  # an invoice so soon after the one before it belongs to the same billing
RECENT_GAPS = 4  # a pace is told by the last gaps, so that what was long ago does not count
LEAST_FITTING = 3  # of them: four billings at a steady pace; with five or more one gap may be out, a month once skipped
MOST_MISSED = 2  # periods; what stopped longer ago has ended: proposals are renewed, and each leaves a Reference behind
UNREACHED_DAYS = 45  # a monthly fee that starts at the end of the next month has come by then
NEAR_DAYS = 14  # a due date so near, before or after, means that the job is about to be completed

# A state that holds one of these, word by word, says the same.
NEARLY_DONE = (
    "final",
    "finalise",
    "finalising",
    "finalize",
    "finalizing",
    "ready to complete",
    "to be completed",
    "ready to close",
    "to be closed",
    "ready to invoice",
    "to be invoiced",
    "ready to bill",
    "to be billed",
    "ready to lodge",
    "to be lodged",
    "ready for review",
    "awaiting signature",
    "awaiting signatures",
    "out for signature",
    "to be signed",
    "wash up",
)


@dataclass(frozen=True)
class Pace:
    """How many days lie between two billings, and how many more are waited for the next."""

    name: str
    shortest: int
    longest: int
    grace: int


# A calendar month has 28 to 31 days, a quarter 90 to 92; weekends and holidays move a billing by a few.
PACES = (Pace("monthly", 26, 35, 5), Pace("quarterly", 84, 98, 10))


@dataclass(frozen=True)
class Missing:
    """A Reference that was billed at a steady pace and has not been this period.

    Attributes:
        every: monthly or quarterly. billings: how often it was billed at that pace.
        last_on: the day of the last billing. invoices: its invoices. cents: their amount.
        expected_on: when the next one should have come. missed: how many have not.
        job_no: the job that the Reference picks, None where it picks none.
        instead: what the contact's invoices carry that it did not before; "" among them for a blank Reference.
    """

    contact: str
    reference: str
    every: str
    billings: int
    last_on: date
    invoices: tuple[str, ...]
    cents: int
    expected_on: date
    missed: int
    job_no: str | None
    instead: tuple[str, ...]

    @property
    def words(self) -> str:
        """What was billed and what did not come, for people."""
        billed = f"billed {self.every} {self.billings} times, last on {day_words(self.last_on)}"
        day = day_words(self.expected_on)
        late = f"the next was expected on {day} and has not come"
        if self.missed > 1:
            late = f"{self.missed} were expected from {day} on and have not come"
        return on_one_line(
            f"{billed} ({some_of(self.invoices)}, {money(self.cents)}); {late}{self.instead_words}"
        )

    @property
    def instead_words(self) -> str:
        """What came instead, as the end of a sentence; nothing where nothing did."""
        texts = [text or "a blank Reference" for text in self.instead]
        return on_one_line(f"; since then billed under {some_of(texts)}") if texts else ""


@dataclass(frozen=True)
class Unreached:
    """A billing job that no invoice of these exports names or sits on."""

    job_no: str
    job_name: str
    client: str
    client_order_no: str
    state: str
    created_on: date
    owner: str

    @property
    def words(self) -> str:
        """That nothing reached it, for people."""
        words = f"created on {day_words(self.created_on)}; no invoice carries {self.client_order_no} or is on the job"
        return on_one_line(words)


@dataclass(frozen=True)
class WashUp:
    """A job about to be completed, and the invoices that belong on it and are not there.

    Attributes:
        signs: what says so: due, state or both.
    """

    job_no: str
    job_name: str
    client: str
    state: str
    due_on: date | None
    signs: tuple[Literal["due", "state"], ...]
    invoices: tuple[str, ...]
    cents: int
    owner: str

    @property
    def words(self) -> str:
        """Why it is about to be completed, and what it misses."""
        told = {
            "due": f"due {day_words(self.due_on)}" if self.due_on else "",
            "state": f"state {self.state}",
        }
        signs = ", ".join(told[sign] for sign in self.signs)
        return on_one_line(f"{signs}; misses {some_of(self.invoices)} ({money(self.cents)})")


@dataclass(frozen=True)
class Watch:
    """All that the watch has seen."""

    missing: tuple[Missing, ...] = ()
    unreached: tuple[Unreached, ...] = ()
    washups: tuple[WashUp, ...] = ()


def keep_watch(findings: Findings, xpm_invoices: pd.DataFrame | None, as_of: date) -> Watch:
    """Look for missing invoices, jobs that nothing reached, and jobs about to be completed too early."""
    return Watch(
        find_missing(findings, as_of),
        find_unreached(findings, xpm_invoices, as_of),
        find_washups(findings, as_of),
    )


# Missing invoices --------------------------------------------------------------------------------------------------


def find_missing(findings: Findings, as_of: date) -> tuple[Missing, ...]:
    """The References that were billed monthly or quarterly at least four times, and not this period.

    Only what the exports cover is said: a billing is not missed as long as no document is dated after its day.

    Returns:
        Those of contacts that are not billed otherwise instead first; then the one expected first.
    """
    ledger = findings.ledger
    billed, covered = _dated_invoices(ledger, as_of)
    named = billed[~Words(ledger["reference"]).are("")[billed["at"]]]
    cases, case = distinct_rows(ledger[["contact", "reference"]].take(named["at"]))
    often = np.bincount(case) > LEAST_FITTING  # so many gaps lie between one invoice more
    if not often.any():
        return ()
    named = _with_billings(named.assign(case=case)[often[case]])
    cents = ledger["total_cents"].to_numpy()[named["at"]]
    billings = (
        named.assign(cents=cents)
        .groupby("billing")
        .agg(case=("case", "first"), day=("day", "first"), cents=("cents", "sum"))
    )
    stopped = pd.concat(
        [_stopped(billings, pace, as_of.toordinal(), covered) for pace in PACES], ignore_index=True
    )
    if stopped.empty:
        return ()
    stopped = _not_ended(stopped.join(cases, on="case"), findings)
    first_days = _first_days(billed, ledger, stopped)
    last_ones = named[named["billing"].isin(stopped["billing"])]
    last: dict[int, list[str]] = defaultdict(list)
    for billing, number in zip(
        last_ones["billing"], ledger["invoice_no"].take(last_ones["at"]), strict=True
    ):
        last[billing].append(number)
    found = [
        _missing(row, tuple(sorted(last[row.billing])), first_days[row.contact], findings)
        for row in records(stopped)
    ]
    return tuple(
        sorted(
            found, key=lambda one: (one.instead != (), one.expected_on, one.contact, one.reference)
        )
    )


def _dated_invoices(ledger: pd.DataFrame, as_of: date) -> tuple[pd.DataFrame, int]:
    """The invoices that count as billed: `at`, where each is in the ledger, and its `day` as date.toordinal counts it; and
    the day of the newest document of Xero that is not dated ahead (0 where there is none)."""
    days = ledger["invoice_date"].to_numpy()
    kind = Words(ledger["kind"])
    documents = days[~kind.are(ONLY_IN_XPM) & (days <= np.datetime64(as_of, "s"))]
    told = np.flatnonzero(
        kind.are(INVOICE) & Words(ledger["status"]).are(*BILLED) & ~np.isnat(days)
    )
    covered = _ordinals(documents.max(keepdims=True))[0] if len(documents) else 0
    return pd.DataFrame({"at": told, "day": _ordinals(days[told])}), int(covered)


def _ordinals(days: np.ndarray) -> np.ndarray:
    """Days as date.toordinal counts them."""
    return days.astype("datetime64[D]").astype("int64") + date(1970, 1, 1).toordinal()


def _with_billings(invoices: pd.DataFrame) -> pd.DataFrame:
    """Sorted by case and day, with the number of the billing that each invoice belongs to."""
    rows = invoices.take(np.lexsort((invoices["day"], invoices["case"])))
    case, day = rows["case"].to_numpy(), rows["day"].to_numpy()
    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = (case[1:] != case[:-1]) | (day[1:] - day[:-1] > SAME_BILLING_DAYS)
    return rows.assign(billing=np.cumsum(begins) - 1)


def _stopped(billings: pd.DataFrame, pace: Pace, now: int, covered: int) -> pd.DataFrame:
    """The cases billed at a pace whose next billing has not come.

    Args:
        billings: by number: case, day, cents; sorted by case and day.
        now: the day to judge by. covered: the day of the newest document.

    Returns:
        One row per case: case, every, billings, billing (number of the last), day, cents, usual (days), missed.
    """
    rows = billings[~_is_one_off(billings, pace)].reset_index()
    case, day = rows["case"].to_numpy(), rows["day"].to_numpy()
    gap = _gaps(case, day)
    is_last = np.append(case[1:] != case[:-1], True)
    to_come = np.flatnonzero(is_last)[np.cumsum(is_last) - is_last] - np.arange(
        len(rows)
    )  # of the same case
    fitting = _fits(gap, pace) & (to_come < RECENT_GAPS)
    often = np.bincount(case, weights=fitting) >= LEAST_FITTING
    last = rows[is_last & often[case]].set_index("case", drop=False)
    fitting &= often[case]
    usual = pd.Series(gap[fitting]).groupby(case[fitting]).median()
    last = last.assign(
        every=pace.name,
        usual=np.ceil(usual).astype("int64"),
        billings=np.bincount(case)[last["case"]],
    )
    # How many expected days lie before now, with the grace, and how many before the newest document.
    waited, seen = (
        (until - last["day"] - 1) // last["usual"] for until in (now - pace.grace, covered)
    )
    missed = np.minimum(waited, seen)
    return last.assign(missed=missed)[(missed > 0) & (missed <= MOST_MISSED)]


def _gaps(case: np.ndarray, day: np.ndarray) -> np.ndarray:
    """For each billing the days since the one before it of the same case; 0 for the first."""
    gap = np.zeros(len(day), dtype="int64")
    gap[1:] = np.where(case[1:] == case[:-1], day[1:] - day[:-1], 0)
    return gap


def _fits(gap: np.ndarray, pace: Pace) -> np.ndarray:
    fits: np.ndarray = (gap >= pace.shortest) & (gap <= pace.longest)
    return fits


def _is_one_off(billings: pd.DataFrame, pace: Pace) -> np.ndarray:
    """Which billings stand between two at the pace: under client grouping every invoice of the client carries its
    Reference, the yearly return among the monthly fees too (G1)."""
    before = _gaps(billings["case"].to_numpy(), billings["day"].to_numpy())
    after = np.append(before[1:], 0)
    between = _fits(before + after, pace) & (before > 0) & (after > 0)
    between &= ~_fits(before, pace) & ~_fits(after, pace)
    return between


def _not_ended(stopped: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Without those whose Reference names jobs of which none is Standard, and those of archived clients."""
    picks = findings.picks.loc[stopped["reference"]]
    closed = (picks["named"] > 0) & (picks["picked"] == NO_JOB) & ~picks["tied"]
    archived, _ = about_contacts(stopped["contact"], findings.facts)
    return stopped[~(closed.to_numpy(dtype=bool) | archived)]


def _first_days(
    billed: pd.DataFrame, ledger: pd.DataFrame, stopped: pd.DataFrame
) -> dict[str, dict[str, int]]:
    """Of the contacts of what is found: contact -> each Reference, blank too, and the day it was first billed on."""
    asked = Words(ledger["contact"]).are(*stopped["contact"].unique())
    some = billed[asked[billed["at"]]]
    rows = ledger[["contact", "reference"]].take(some["at"]).assign(day=some["day"].to_numpy())
    first: dict[str, dict[str, int]] = {}
    for (contact, reference), day in rows.groupby(["contact", "reference"])["day"].min().items():
        first.setdefault(contact, {})[reference] = day
    return first


def _missing(
    row: Any, invoices: tuple[str, ...], first_days: dict[str, int], findings: Findings
) -> Missing:
    picked = int(findings.picks.at[row.reference, "picked"])
    return Missing(
        row.contact,
        row.reference,
        row.every,
        int(row.billings),
        date.fromordinal(row.day),
        invoices,
        int(row.cents),
        date.fromordinal(row.day + row.usual),
        int(row.missed),
        None if picked == NO_JOB else findings.jobs["job_no"].iat[picked],
        tuple(sorted(text for text, day in first_days.items() if day > row.day)),
    )


# Jobs that nothing reached -----------------------------------------------------------------------------------------


def find_unreached(
    findings: Findings, xpm_invoices: pd.DataFrame | None, as_of: date
) -> tuple[Unreached, ...]:
    """The billing jobs, old enough, that no invoice of these exports names or sits on.

    Args:
        xpm_invoices: all that XPM has, outside the dates of Xero's invoices too; None when not given.

    Returns:
        The oldest first.
    """
    jobs, ledger = findings.jobs, findings.ledger
    old = jobs["created_on"].to_numpy() < np.datetime64(as_of - timedelta(days=UNREACHED_DAYS), "s")
    named = pd.Index(ledger["reference"].array[Words(ledger["kind"]).are(INVOICE)].unique())
    reached = find_positions(jobs["job_no"], named) != NO_JOB
    reached |= find_positions(jobs["client_order_no"], named) != NO_JOB
    if xpm_invoices is not None:
        held = pd.Index(
            one_row_per_job(pd.Series(Words(xpm_invoices["job_nos"]).words, dtype="str"))[
                1
            ].unique()
        )
        reached |= find_positions(jobs["job_no"], held) != NO_JOB
    names = ["job_no", "job_name", "client", "client_order_no", "state", "created_on", "owner"]
    found = jobs.loc[
        Words(jobs["role"]).are("billing") & ~ad_hoc_jobs(jobs).to_numpy() & old & ~reached, names
    ]
    rows = (row._replace(created_on=row.created_on.date()) for row in found.itertuples(index=False))
    return tuple(
        sorted((Unreached(*row) for row in rows), key=lambda one: (one.created_on, one.job_no))
    )


# Jobs about to be completed ----------------------------------------------------------------------------------------


def find_washups(findings: Findings, as_of: date) -> tuple[WashUp, ...]:
    """The jobs about to be completed that invoices belong on which are not there: once closed, they take none (M4).

    Returns:
        The one due first first; those without a due date last.
    """
    jobs = findings.jobs
    state = Words(jobs["state"])
    signs: dict[Literal["due", "state"], np.ndarray] = {
        "due": np.abs(days_between(jobs["due_on"], as_of)) <= NEAR_DAYS,
        "state": state.are(*_nearly_done(state.words)),
    }
    open_now = Words(jobs["state_type"]).are("standard") & ~ad_hoc_jobs(jobs).to_numpy()
    near = open_now & (signs["due"] | signs["state"])
    if not near.any():
        return ()
    missed: dict[int, list[Any]] = defaultdict(list)
    for row in records(_away_from(findings, near)):
        missed[row.job].append(row)
    names = ["job_no", "job_name", "client", "state", "due_on", "owner"]
    found = []
    for at, job in zip(missed, records(jobs[names].take(list(missed))), strict=True):
        due = None if pd.isna(job.due_on) else job.due_on.date()
        told = tuple(name for name, says in signs.items() if says[at])
        numbers, cents = (
            tuple(sorted(row.invoice_no for row in missed[at])),
            sum(row.total_cents for row in missed[at]),
        )
        found.append(
            WashUp(
                job.job_no,
                job.job_name,
                job.client,
                job.state,
                due,
                told,
                numbers,
                cents,
                job.owner,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.due_on or date.max, one.job_no)))


def _nearly_done(states: Sequence[str]) -> list[str]:
    """Those names of states that hold one of the words of NEARLY_DONE."""
    return [
        state
        for state in states
        if any(f" {words} " in f" {_words_of(state)} " for words in NEARLY_DONE)
    ]


def _words_of(state: str) -> str:
    """`05. Ready-for review` as `05 ready for review`."""
    return " ".join(re.findall(r"\w+", state.casefold()))


def _away_from(findings: Findings, near: np.ndarray) -> pd.DataFrame:
    """The open invoices that are not on the job they belong on.

    An invoice that belongs nowhere for certain counts for the job that its Reference picks, or for each of a tie.

    Args:
        near: which jobs to look at.

    Returns:
        One row per job and invoice: job (position), invoice_no, total_cents.
    """
    ledger, jobs = findings.ledger, findings.jobs
    judged = Words(ledger["outcome"]).are("fix", "review", "wait") & ~Words(ledger["cause"]).are(
        VOIDED_IN_XERO.id
    )
    judged &= Words(ledger["kind"]).are(INVOICE) & ~ledger["unread"].to_numpy()
    asked = [
        "invoice_no",
        "reference",
        "total_cents",
        "belongs_job_no",
        "picked",
        "tied",
        "now_job_no",
    ]
    invoices = ledger.loc[judged, asked]
    belongs = find_positions(invoices["belongs_job_no"], jobs["job_no"])
    untold = invoices["belongs_job_no"].to_numpy(dtype=object) == ""
    invoices = invoices.assign(job=np.where(untold, invoices["picked"], belongs))
    every = invoices[invoices["job"] != NO_JOB]
    among_tied = invoices[untold & invoices["tied"].to_numpy()]
    if len(among_tied):
        carrying = pd.DataFrame(
            {"job": np.arange(len(jobs)), "reference": jobs["client_order_no"]}
        )[near]
        tied = among_tied.drop(columns="job").merge(carrying, on="reference")
        every = pd.concat([every, tied], ignore_index=True)
    every = every[near[every["job"].to_numpy()]]
    # XPM may have it on several jobs, of which this is one.
    held = (re.split(r"\s*[,;]\s*", numbers) for numbers in every["now_job_no"])
    away = [
        number not in numbers
        for number, numbers in zip(jobs["job_no"].take(every["job"]), held, strict=True)
    ]
    return every[np.array(away, dtype=bool)]
