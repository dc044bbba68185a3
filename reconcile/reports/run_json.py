"""A run's summary for programs: what `--json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconcile.pipeline import Result


def summary_document(result: Result, files: Sequence[Path], code: int) -> dict[str, Any]:
    """The run's summary for JSON: totals, invoices and cents by outcome and cause, counts, files."""
    causes = result.findings.ledger.groupby(["outcome", "cause"])["total_cents"].agg(
        ["size", "sum"]
    )
    return {
        "as_of": result.as_of.isoformat(),
        "practice": result.settings.practice,
        "exit_code": code,
        "totals": asdict(result.totals),
        "by_cause": [
            {
                "outcome": outcome,
                "cause": cause or None,
                "invoices": int(row["size"]),
                "cents": int(row["sum"]),
            }
            for (outcome, cause), row in causes.iterrows()
        ],
        "fixes": len(result.fixes),
        "accepted": len(result.accepted),
        "since_last_run": {group: len(entries) for group, entries in result.since.groups.items()},
        "problems": len(result.problems),
        "set_aside": sum(1 for problem in result.problems if problem.set_aside),
        "files": [str(path) for path in files],
    }
