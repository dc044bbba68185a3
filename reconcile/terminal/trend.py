"""What `reconcile history` prints."""

from __future__ import annotations

from typing import Any

from reconcile.terminal.layout import Line, Part, heading
from reconcile.wording import and_more, money

_RUNS_SHOWN = 14


_OLDEST_SHOWN = 10


def trend_lines(document: dict[str, Any]) -> list[Line]:
    """The document for people: the last runs, what is open longest, and each owner."""
    runs, still = document["runs"], document["open"]
    if not runs:
        return [Line("", "No run is kept in this history yet.")]
    lines = [
        heading(
            f"Runs: {len(runs)}" + (f", the last {_RUNS_SHOWN}" if len(runs) > _RUNS_SHOWN else "")
        )
    ]
    for run in runs[-_RUNS_SHOWN:]:
        amount = f"{run['to_act_on_invoices']:>7,} to act on {money(run['to_act_on_cents']):>16}"
        lines.append(
            Line(
                f"  {run['as_of']}  ", f"{amount} {run['fixes']:>6,} fixes {run['minutes']:>6,} min"
            )
        )
    lines += [Line("", ""), heading(f"Open: {len(still):,}, the oldest first")]
    for one in still[:_OLDEST_SHOWN]:
        lines.append(
            Line(
                f"  {one['days']:>4} days  ",
                (f"{one['cause']} {one['title']}, {money(one['cents'])}",),
            )
        )
    if more := and_more(len(still), _OLDEST_SHOWN, ","):
        lines.append(Line("  ", more.strip()))
    typical = document["median_days_to_fix"]
    words = f"{document['fixed']:,} fixed" + (
        "" if typical is None else f", in {typical:g} days at the median"
    )
    lines += [Line("", ""), heading("Fixed"), Line("  ", words), Line("", ""), heading("By owner")]
    for one in document["owners"]:
        typical = one["median_days_to_fix"]
        done = f"{one['fixed']:,} fixed" + (
            "" if typical is None else f" in {typical:g} days at the median"
        )
        lines.append(
            Line(
                f"  {one['owner'] or 'no owner'}: ",
                (Part(f"{one['open']:,} open"), f" ({money(one['open_cents'])}), {done}"),
            )
        )
    return lines
