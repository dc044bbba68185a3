"""A run's summary for programs: what `--json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconcile.verdicts.totals import CauseTotals

if TYPE_CHECKING:
    from reconcile.pipeline import Result


def cause_totals(result: Result) -> tuple[CauseTotals, ...]:
    """The invoices and cents of each outcome and cause."""
    amounts = result.findings.ledger.groupby(["outcome", "cause"])["total_cents"]
    return tuple(
        CauseTotals(outcome, cause or None, int(row["size"]), int(row["sum"]))
        for (outcome, cause), row in amounts.agg(["size", "sum"]).iterrows()
    )


def summary_document(result: Result, files: Sequence[Path], code: int) -> dict[str, Any]:
    """The run's summary for JSON: totals, invoices and cents by outcome and cause, counts, files."""
    return {
        "as_of": result.as_of.isoformat(),
        "practice": result.settings.practice,
        "exit_code": code,
        "totals": asdict(result.totals),
        "by_cause": [asdict(one) for one in cause_totals(result)],
        "fixes": len(result.fixes),
        "accepted": len(result.accepted),
        "since_last_run": {group: len(entries) for group, entries in result.since.groups.items()},
        "problems": len(result.problems),
        "set_aside": sum(1 for problem in result.problems if problem.set_aside),
        "files": [str(path) for path in files],
    }
