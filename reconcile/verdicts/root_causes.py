"""Root causes: what many findings have in common, said once, with count and money.

    findings --each root's own test--> at most five lines, the one with the most invoices first

Source: rules.md E6, L3, T10, G8; they only speak where several findings, or a setting, point the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from reconcile.rules import causes
from reconcile.settings.model import Settings
from reconcile.text_columns import NOWHERE, Words, find_positions
from reconcile.verdicts.ledger import INVOICE
from reconcile.verdicts.verdicts import Findings
from reconcile.wording import on_one_line

MOST = 5
SEVERAL = 3  # so many invoices make a root; with fewer the findings speak for themselves


@dataclass(frozen=True)
class RootCause:
    """One root: its kind, a sentence for people, and the invoices behind it."""

    root: str
    text: str
    invoices: int
    cents: int
    rules: tuple[str, ...]


def find_roots(findings: Findings, settings: Settings) -> tuple[RootCause, ...]:
    """Find what many findings share.

    Returns:
        At most five, the most invoices first.
    """
    ledger = findings.ledger
    found = [*_ad_hoc_on(ledger, settings), *_renamed_contacts(ledger, findings.book.clients)]
    found += _import_off(ledger, settings) if findings.xpm_given else ()
    found += _non_billing_template(ledger, findings.jobs)
    return tuple(
        sorted(found, key=lambda root: (-root.invoices, -abs(root.cents), root.text))[:MOST]
    )


def _root(root: str, text: str, rows: pd.DataFrame, *rules: str) -> RootCause:
    return RootCause(root, on_one_line(text), len(rows), int(rows["total_cents"].sum()), rules)


def _ad_hoc_on(ledger: pd.DataFrame, settings: Settings) -> Iterable[RootCause]:
    """L3: the setting is on, or its ad hoc jobs hold invoices."""
    tonight = Words(ledger["tonight_place"]).are("adhoc") & ~Words(ledger["outcome"]).are(
        "ok", "none"
    )
    rows = ledger.loc[Words(ledger["now_place"]).are("adhoc") | tonight, ["total_cents"]]
    if settings.adhoc != "off" and len(rows):
        text = "Ad hoc jobs are on in XPM, so what matches no job makes a new one: Business > Settings > Connections: Xero (R10)"
        yield _root("adhoc-on", text, rows, "L3", causes.ON_ADHOC_JOB.id, "R10")
    elif len(rows) >= SEVERAL:
        text = "Invoices sit on ad hoc jobs though the settings say they are off: see in XPM that they are (R10)"
        yield _root("adhoc-on", text, rows, "L3", causes.ON_ADHOC_JOB.id, "R10")


def _import_off(ledger: pd.DataFrame, settings: Settings) -> Iterable[RootCause]:
    """E6: of the approved invoices of the window XPM has none; the young ones and those after its export apart."""
    age = ledger["age_days"].to_numpy()
    young = Words(ledger["kind"]).are(INVOICE) & Words(ledger["status"]).are(
        "Awaiting Payment", "Paid"
    )
    young &= (
        (age >= 2)
        & (age <= settings.window_days)
        & ~ledger["locked"].to_numpy()
        & ~ledger["after_export"].to_numpy()
    )
    recent = ledger.loc[young, ["in_xpm", "total_cents"]]
    if len(recent) >= SEVERAL and not recent["in_xpm"].any():
        text = (
            f"None of the {len(recent)} approved invoices of the last {settings.window_days} days is in XPM: the automatic "
            "import seems to be off, the connection broken, or XPM's export old (R10)"
        )
        yield _root("import-off", text, recent, "E6", "R10")


def _renamed_contacts(ledger: pd.DataFrame, clients_of: Sequence[str]) -> Iterable[RootCause]:
    """T10: one contact, several invoices, and a client of nearly the same name."""
    rows = ledger.loc[
        Words(ledger["cause"]).are(causes.CONTACT_NOT_A_CLIENT.id),
        ["contact", "picked", "total_cents"],
    ]
    for contact, some in rows.groupby("contact", sort=True):
        if len(some) >= SEVERAL:
            clients = sorted({clients_of[at] for at in some["picked"] if at >= 0})
            text = f"The contact {contact} is no client's name to the letter: XPM has {', '.join(clients)} (R6)"
            yield _root("contact-renamed", text, some, causes.CONTACT_NOT_A_CLIENT.id, "R6")


def _non_billing_template(ledger: pd.DataFrame, jobs: pd.DataFrame) -> Iterable[RootCause]:
    """G8: every job of one name is without a Client Order No., and invoices of several of their clients find no job."""
    unplaced = Words(ledger["cause"]).are(causes.NON_BILLING_JOB.id) & Words(ledger["outcome"]).are(
        "fix", "review"
    )
    rows = ledger.loc[unplaced, ["contact", "total_cents"]]
    if len(rows) < SEVERAL:
        return
    jobs = jobs.loc[
        Words(jobs["state_type"]).are("standard"), ["job_name", "client", "client_order_no"]
    ]
    carries = jobs["client_order_no"].to_numpy(dtype=object) != ""
    among_them = (
        find_positions(jobs["job_name"], pd.Index(jobs["job_name"].array[carries].unique()))
        != NOWHERE
    )
    blank = jobs[~among_them & (jobs["job_name"].to_numpy(dtype=object) != "")]
    pairs = blank[["job_name", "client"]].drop_duplicates()
    theirs_of = pairs.merge(
        rows.reset_index(), left_on="client", right_on="contact", validate="many_to_many"
    )
    counts = blank["job_name"].value_counts()
    for name, theirs in theirs_of.groupby("job_name", sort=True):
        if len(theirs) >= SEVERAL and theirs["contact"].nunique() > 1:
            text = (
                f"All {counts[name]} open jobs named {name} are without a Client Order No.: the proposals they come from deploy "
                "non-billing jobs (G8)"
            )
            yield _root("non-billing-template", text, theirs, "G3", "G8", causes.NON_BILLING_JOB.id)
