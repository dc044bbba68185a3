"""Records of practices, as `reconcile batch` gets one for each, in which nothing is wrong.

record()                                   Acme Accountants ran, and all of its ten invoices are where they belong
record(causes=[("fix", "T26", 2, 30_00)])  two of them are not
failed("...")                              it did not run, and why
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from reconcile.batch.record import PracticeRecord
from reconcile.verdicts.totals import CauseTotals, OutcomeTotals

OUTCOMES = ("ok", "fix", "wait", "review", "none")
Cause = tuple[str, str | None, int, int]  # outcome, cause, invoices, cents


def record(
    practice: str = "Acme Accountants",
    *,
    place: str | None = None,
    causes: Sequence[Cause] = (),
    set_aside: int = 0,
    seconds: float = 1.5,
    skipped: bool = False,
    **more: Any,
) -> PracticeRecord:
    """One practice with ten invoices of 100.00 that are where they belong, and those of the causes beside them."""
    told = [CauseTotals(*one) for one in (("ok", None, 10, 100_000), *causes)]
    outcomes = {
        name: OutcomeTotals(
            sum(one.invoices for one in told if one.outcome == name),
            sum(one.cents for one in told if one.outcome == name),
        )
        for name in OUTCOMES
    }
    at_risk = [outcomes["fix"], outcomes["review"]]
    to_fix = outcomes["fix"].invoices
    figures = {
        "exit_code": 20 if set_aside else 10 if any(one.invoices for one in at_risk) else 0,
        "rows": 40,
        "invoices": sum(one.invoices for one in outcomes.values()),
        "cents": sum(one.cents for one in outcomes.values()),
        "outcomes": outcomes,
        "causes": tuple(told),
        "at_risk_invoices": sum(one.invoices for one in at_risk),
        "at_risk_cents": sum(one.cents for one in at_risk),
        "fixes": to_fix,
        "minutes": 3 * to_fix,
        "since": {"new": 0, "persisting": 0, "fixed": 0, "worse": 0, "not_seen": 0},
        "problems": set_aside,
        "set_aside": set_aside,
        "folder": "fixlist-2026-11-23",
        "files": {"fixlist-2026-11-23/fixlist.xlsx": "0f"},
    }
    of_run = {"digest": "d1", "skipped": skipped, "seconds": seconds}
    return PracticeRecord(**_named(practice, place), **{**figures, **of_run, **more})


def failed(
    *reasons: str, practice: str = "Acme Accountants", place: str | None = None, exit_code: int = 2
) -> PracticeRecord:
    """One practice that did not run."""
    return PracticeRecord(
        **_named(practice, place), exit_code=exit_code, error=reasons, seconds=0.1
    )


def _named(practice: str, place: str | None) -> dict[str, Any]:
    return {
        "practice": practice,
        "place": f"/practices/{practice}" if place is None else place,
        "as_of": date(2026, 11, 23),
    }
