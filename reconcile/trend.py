"""What the history tells: runs, the trend in money and count, what is open and since when, how long a fix takes, per owner.

Source: contract.md "reconcile history".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Any

from reconcile.console import Line, Part, heading
from reconcile.history import History
from reconcile.words import money

_RUNS_SHOWN = 14
_OLDEST_SHOWN = 10


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
    still = [_open_entry(span, today) for span in spans if span["last_run"] == last and span["ended"] is None]
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
    counts = {"to_act_on_invoices": sum(one["invoices"] for one in acting), "to_act_on_cents": sum(one["cents"] for one in acting)}
    return {**{name: run[name] for name in told}, **counts}


def _open_entry(span: dict[str, Any], today: date | None) -> dict[str, Any]:
    facts = span["facts"]
    told = {name: facts[name] for name in ("cause", "title", "client", "owner", "cents")}
    return {"identity": span["identity"], "since": span["since"], "days": _days(span["since"], str(today)), **told}


def _days(since: str, until: str) -> int:
    return (date.fromisoformat(until) - date.fromisoformat(since)).days


def _owner_entry(owner: str, still: Sequence[dict], ended: Sequence[dict]) -> dict[str, Any]:
    mine = [one for one in still if one["owner"] == owner]
    done = [_days(span["since"], span["ended_day"]) for span in ended if span["facts"]["owner"] == owner]
    cents = sum(one["cents"] for one in mine)
    return {"owner": owner, "open": len(mine), "open_cents": cents, "fixed": len(done), "median_days_to_fix": median(done) if done else None}


def told(document: dict[str, Any]) -> list[Line]:
    """The document for people: the last runs, what is open longest, and each owner."""
    runs, still = document["runs"], document["open"]
    if not runs:
        return [Line("", "No run is kept in this history yet.")]
    lines = [heading(f"Runs: {len(runs)}" + (f", the last {_RUNS_SHOWN}" if len(runs) > _RUNS_SHOWN else ""))]
    for run in runs[-_RUNS_SHOWN:]:
        amount = f"{run['to_act_on_invoices']:>7,} to act on {money(run['to_act_on_cents']):>16}"
        lines.append(Line(f"  {run['as_of']}  ", f"{amount} {run['fixes']:>6,} fixes {run['minutes']:>6,} min"))
    lines += [Line("", ""), heading(f"Open: {len(still):,}, the oldest first")]
    for one in still[:_OLDEST_SHOWN]:
        lines.append(Line(f"  {one['days']:>4} days  ", (f"{one['cause']} {one['title']}, {money(one['cents'])}",)))
    if len(still) > _OLDEST_SHOWN:
        lines.append(Line("  ", f"and {len(still) - _OLDEST_SHOWN:,} more"))
    typical = document["median_days_to_fix"]
    words = f"{document['fixed']:,} fixed" + ("" if typical is None else f", in {typical:g} days at the median")
    lines += [Line("", ""), heading("Fixed"), Line("  ", words), Line("", ""), heading("By owner")]
    for one in document["owners"]:
        typical = one["median_days_to_fix"]
        done = f"{one['fixed']:,} fixed" + ("" if typical is None else f" in {typical:g} days at the median")
        lines.append(Line(f"  {one['owner'] or 'no owner'}: ", (Part(f"{one['open']:,} open"), f" ({money(one['open_cents'])}), {done}")))
    return lines
