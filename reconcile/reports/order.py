"""The order in which invoices and jobs are listed, the same in every report."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from reconcile.rules.causes import ORDER
from reconcile.text_columns import Words

_LISTED = ("fix", "review", "wait", "none", "ok")  # outcomes in the order of the workbook


def in_list_order(ledger: pd.DataFrame, *outcomes: str) -> np.ndarray:
    """The positions of the invoices of some outcomes, in the order of the workbook: outcome, cause, number."""
    outcome, cause = Words(ledger["outcome"]), Words(ledger["cause"])
    at = np.flatnonzero(outcome.are(*outcomes))
    keys = pa.table(
        {
            "outcome": np.array([_LISTED.index(word) for word in outcome.words], dtype="int64")[
                outcome.codes[at]
            ],
            "cause": np.array([ORDER.get(word, len(ORDER)) for word in cause.words], dtype="int64")[
                cause.codes[at]
            ],
            **{
                name: pa.array(ledger[name].array, pa.large_string()).take(at)
                for name in ("invoice_no", "kind")
            },
            "at": at,
        }
    )
    return at[pc.sort_indices(keys, [(name, "ascending") for name in keys.column_names]).to_numpy()]


def told_jobs(jobs: pd.DataFrame) -> pd.DataFrame:
    """The jobs of which there is something to say, by number: those with a finding, and the non-billing ones."""
    told = ~Words(jobs["finding"]).are("") | Words(jobs["role"]).are("non-billing")
    return jobs[told].sort_values("job_no", kind="stable")
