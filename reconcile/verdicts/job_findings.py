"""What is found about each job: its role, its finding, the invoices on it, and the next job to take its invoices."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reconcile.rules.causes import JOB_NOT_STANDARD
from reconcile.rules.overnight import NO_JOB, ad_hoc_jobs
from reconcile.text_columns import Words, find_positions, take_texts
from reconcile.verdicts.ledger import INVOICE


def _job_findings(ledger: pd.DataFrame, jobs: pd.DataFrame, picks: pd.DataFrame) -> pd.DataFrame:
    """One row per job: role, finding, the invoices XPM has on it, and next_job_no.

    Source: contract.md "job role"; issue's job findings: job-not-standard, non-billing-job, reference-shared,
    order-number-unused.
    """
    order, number, ad_hoc = jobs["client_order_no"], jobs["job_no"], ad_hoc_jobs(jobs).to_numpy()
    blank = order.to_numpy(dtype=object) == ""
    standard = Words(jobs["state_type"]).are("standard")
    role = take_texts(
        ("not-standard", "non-billing", "billing"), np.select([~standard, blank], [0, 1], default=2)
    )
    kind, outcome, cause = (Words(ledger[name]) for name in ("kind", "outcome", "cause"))
    invoice = kind.are(INVOICE)
    acting = invoice & outcome.are("fix", "review")
    live = ledger.loc[acting & cause.are(JOB_NOT_STANDARD.id), "reference"]
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


def _next_jobs(
    jobs: pd.DataFrame, picks: pd.DataFrame, carried: pd.api.extensions.ExtensionArray
) -> np.ndarray:
    """For each job whose Client Order No. is in use the job that gets the next invoice with it; "" where none does, or
    it cannot be told (M1-M3). Another than itself: a newer job has taken over."""
    order = jobs["client_order_no"]
    in_use = (
        (order.to_numpy(dtype=object) != "")
        & _among(order, carried)
        & ~ad_hoc_jobs(jobs).to_numpy()
    )
    picked = picks["picked"].to_numpy()[np.where(in_use, find_positions(order, picks.index), 0)]
    return np.where(in_use & (picked != NO_JOB), jobs["job_no"].to_numpy(dtype=object)[picked], "")


def _among(column: pd.Series, texts: pd.Series | pd.api.extensions.ExtensionArray) -> np.ndarray:
    """Which values are among some texts."""
    among: np.ndarray = find_positions(column, pd.Index(texts).unique()) != NO_JOB
    return among
