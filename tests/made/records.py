"""Records of practices, as `reconcile batch` gets one for each, in which nothing is wrong.

record()                                   Acme Accountants ran, and all of its ten invoices are where they belong
record(causes=[("fix", "T26", 2, 30_00)])  two of them are not
failed("...")                              it did not run, and why
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
) -> dict[str, Any]:
    """One practice with ten invoices of 100.00 that are where they belong, and those of the causes beside them."""
    told = [("ok", None, 10, 100_000), *causes]
    outcomes = {
        name: {
            "invoices": sum(invoices for outcome, _, invoices, _ in told if outcome == name),
            "cents": sum(cents for outcome, _, _, cents in told if outcome == name),
        }
        for name in OUTCOMES
    }
    at_risk = [outcomes["fix"], outcomes["review"]]
    to_fix = outcomes["fix"]["invoices"]
    figures = {
        "exit_code": 20 if set_aside else 10 if any(one["invoices"] for one in at_risk) else 0,
        "rows": 40,
        "invoices": sum(one["invoices"] for one in outcomes.values()),
        "cents": sum(one["cents"] for one in outcomes.values()),
        "outcomes": outcomes,
        "causes": [
            dict(zip(("outcome", "cause", "invoices", "cents"), one, strict=True)) for one in told
        ],
        "at_risk_invoices": sum(one["invoices"] for one in at_risk),
        "at_risk_cents": sum(one["cents"] for one in at_risk),
        "fixes": to_fix,
        "minutes": 3 * to_fix,
        "before_tonight": 0,
        "needs_decision": 0,
        "since": {"new": 0, "persisting": 0, "fixed": 0, "worse": 0, "not_seen": 0},
        "problems": set_aside,
        "set_aside": set_aside,
        "warnings": [],
        "folder": "fixlist-2026-11-23",
        "files": {"fixlist-2026-11-23/fixlist.xlsx": "0f"},
    }
    return {
        **_named(practice, place),
        **figures,
        "error": [],
        "digest": "d1",
        "skipped": skipped,
        "seconds": seconds,
    } | more


def failed(
    *reasons: str, practice: str = "Acme Accountants", place: str | None = None, exit_code: int = 2
) -> dict[str, Any]:
    """One practice that did not run."""
    told = {
        "exit_code": exit_code,
        "error": list(reasons),
        "digest": "",
        "skipped": False,
        "seconds": 0.1,
    }
    return {**_named(practice, place), **told}


def _named(practice: str, place: str | None) -> dict[str, Any]:
    return {
        "practice": practice,
        "place": f"/practices/{practice}" if place is None else place,
        "as_of": "2026-11-23",
    }
