"""The overview of many practices as one self-contained page."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from reconcile.batch.overview import (
    _SINCE,
    AT_RISK,
    AT_RISK_WORDS,
    FAILED,
    NO_CAUSE,
    _results,
    exit_words,
    reasons_of,
    state_of,
    sums_of,
)
from reconcile.batch.overview_xlsx import _cause_rank
from reconcile.batch.record import PracticeRecord
from reconcile.reports.html_page import filled, stacked
from reconcile.wording import passed_over_words


def overview_page(
    records: Sequence[PracticeRecord],
    as_of: dt.date,
    name: str,
    version: str,
    passed_over: Sequence[str] = (),
) -> bytes:
    """The page's bytes: one self-contained page to read, forward and print.

    Args:
        records: of worker.run_practice.
        name: of all these practices together. passed_over: folders beside the practices' own that are none.
    """
    sums = sums_of(records)
    return filled(
        "overview.html",
        ("report.css", "overview.css"),
        ("paging.js", "overview.js"),
        version=version,
        name=name,
        as_of=as_of,
        sums=sums,
        stacked=stacked([(one.name, abs(one.cents)) for one in sums.outcomes]),
        practices=[_shown_practice(record) for record in sums.records],
        failures=[
            (record, exit_words(record.exit_code), reasons_of(record)) for record in sums.failed
        ],
        at_risk_words=AT_RISK_WORDS,
        passed_over=f"Folders {passed_over_words(passed_over)}." if passed_over else "",
    )


def _shown_practice(record: PracticeRecord) -> dict[str, Any]:
    """One row of the page's list."""
    state = state_of(record)
    if state == FAILED:
        return {"record": record, "state": state, "results": "", "causes": [], "since": []}
    causes: dict[str, int] = defaultdict(int)
    for cause, one in sorted(((one.cause or "", one) for one in record.causes), key=_cause_rank):
        if one.outcome in AT_RISK:
            causes[cause or NO_CAUSE] += one.invoices
    since = [f"{record.since[key]} {key}" for key in _SINCE if record.since.get(key)]
    told = {"results": _results(record), "causes": list(causes.items()), "since": since}
    return {"record": record, "state": state, **told}
