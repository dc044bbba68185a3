"""What the history tells: runs, the trend in money and count, what is open and since when, how long a fix takes, per owner.

Source: contract.md "reconcile history".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Any

from reconcile.history.store import History


def read_trend(history: History) -> dict[str, Any]:
    """The history as a document, for programs and for told.

    Returns:
        runs (oldest first: as_of, started, to_act_on_invoices, to_act_on_cents, fixes, minutes, before_tonight, exit_code),
        open (oldest first: identity, since, days, cause, title, client, owner, cents), fixed, median_days_to_fix (None where
        nothing was fixed yet), owners (owner, open, open_cents, fixed, median_days_to_fix).
    """
    runs = [_run_entry(run) for run in history.runs()]
    spans = history.spans()
    last = runs[-1]["run"] if runs else 0
    today = date.fromisoformat(runs[-1]["as_of"]) if runs else None
    still = [
        _open_entry(span, today)
        for span in spans
        if span["last_run"] == last and span["ended"] is None
    ]
    ended = [span for span in spans if span["ended"] == "fixed"]
    days = [_days(span["since"], span["ended_day"]) for span in ended]
    owners = sorted({one["owner"] for one in still} | {span["facts"]["owner"] for span in ended})
    return {
        "schema": "reconcile/history/1",
        "runs": runs,
        "open": still,
        "fixed": len(ended),
        "median_days_to_fix": median(days) if days else None,
        "owners": [_owner_entry(owner, still, ended) for owner in owners],
    }


def _run_entry(run: dict[str, Any]) -> dict[str, Any]:
    totals = run["totals"]
    acting = [totals[name] for name in ("fix", "review")]
    told = ("run", "as_of", "started", "fixes", "minutes", "before_tonight", "exit_code")
    counts = {
        "to_act_on_invoices": sum(one["invoices"] for one in acting),
        "to_act_on_cents": sum(one["cents"] for one in acting),
    }
    return {**{name: run[name] for name in told}, **counts}


def _open_entry(span: dict[str, Any], today: date | None) -> dict[str, Any]:
    facts = span["facts"]
    told = {name: facts[name] for name in ("cause", "title", "client", "owner", "cents")}
    return {
        "identity": span["identity"],
        "since": span["since"],
        "days": _days(span["since"], str(today)),
        **told,
    }


def _days(since: str, until: str) -> int:
    return (date.fromisoformat(until) - date.fromisoformat(since)).days


def _owner_entry(owner: str, still: Sequence[dict], ended: Sequence[dict]) -> dict[str, Any]:
    mine = [one for one in still if one["owner"] == owner]
    done = [
        _days(span["since"], span["ended_day"]) for span in ended if span["facts"]["owner"] == owner
    ]
    cents = sum(one["cents"] for one in mine)
    return {
        "owner": owner,
        "open": len(mine),
        "open_cents": cents,
        "fixed": len(done),
        "median_days_to_fix": median(done) if done else None,
    }
