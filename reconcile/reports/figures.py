"""The numbers that the lead sheet and the page both show: what presses, by cause and by age, and the rules behind them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from reconcile.rules.causes import CAUSES, FINDINGS, ORDER, WORDS
from reconcile.rules.vocabulary import RULES
from reconcile.text_columns import Words, sums_by

if TYPE_CHECKING:
    from reconcile.pipeline import Result

_AGES = (
    (30, "up to 30 days"),
    (90, "31 to 90 days"),
    (365, "91 to 365 days"),
    (10**6, "over a year"),
)


class Figure(NamedTuple):
    """A count of invoices and their amount, under a name; `finding` and `words` say what a cause is."""

    name: str
    invoices: int
    cents: int
    finding: str = ""
    words: str = ""


def to_act_on(ledger: pd.DataFrame) -> np.ndarray:
    """On which invoices a person has to act."""
    return Words(ledger["outcome"]).are("fix", "review")


def by_cause(ledger: pd.DataFrame) -> list[Figure]:
    """What to act on by cause, in the order of the list of causes."""
    sums = sums_by(ledger["cause"], ledger["total_cents"], to_act_on(ledger))
    figures = [
        Figure(cause, *sums[cause], FINDINGS.get(cause, ""), WORDS.get(cause, "")) for cause in sums
    ]
    return sorted(figures, key=lambda one: ORDER.get(one.name, len(ORDER)))


def by_age(ledger: pd.DataFrame, as_of: date) -> list[Figure]:
    """What to act on by the age of the invoice; undated ones only where there are some."""
    acting = to_act_on(ledger)
    days, cents = (ledger[name].to_numpy()[acting] for name in ("invoice_date", "total_cents"))
    age = (np.datetime64(as_of, "D") - days.astype("datetime64[D]")).astype("int64")
    undated = np.isnat(days)
    figures: list[Figure] = []
    below = -(10**6)
    for limit, name in _AGES:
        inside = (age > below) & (age <= limit) & ~undated
        figures.append(Figure(name, int(inside.sum()), int(cents[inside].sum())))
        below = limit
    if undated.any():
        figures.append(Figure("date not known", int(undated.sum()), int(cents[undated].sum())))
    return figures


def cited_rules(result: Result, ledger: pd.DataFrame) -> list[tuple[str, str, str]]:
    """The ids that a report cites, with the finding's name (of causes) and in words."""
    texts = [action.text for fix in result.fixes for action in fix.actions]
    texts += (
        list(ledger["notes"].unique())
        + list(ledger["rule"].unique())
        + list(ledger["if_resynced_rule"].unique())
    )
    texts += [" ".join(fix.proof.assumes) for fix in result.fixes]
    cited = set(re.findall(r"\b[ECMLAR]\d{1,2}\b", " ".join(texts)))
    causes = set(ledger["cause"].unique())
    rows = [(cause.id, cause.finding, cause.words) for cause in CAUSES if cause.id in causes]
    return rows + [(rule, "", words) for rule, words in RULES.items() if rule in cited]


def fixes_of(result: Result) -> dict[str, list[str]]:
    """For each wash-up of the watch, by job number, the fixes of the invoices that it misses."""
    by_invoice: dict[str, list[str]] = {}
    for fix in result.fixes:
        for number in fix.invoices:
            by_invoice.setdefault(number, []).append(fix.id)
    return {
        one.job_no: sorted({fix for number in one.invoices for fix in by_invoice.get(number, ())})
        for one in result.watch.washups
    }
