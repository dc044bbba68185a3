"""The flow for one practice: exports in, findings and fixes out. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from reconcile.accepted import take_out
from reconcile.causes import OUTCOMES
from reconcile.errors import ReconcileError
from reconcile.exports.problems import Problem
from reconcile.exports.sources import Source
from reconcile.exports.tables import Exports, read_exports
from reconcile.findings import Findings, find
from reconcile.fixes import Fix, Forecast, forecast, plan
from reconcile.proof import Rehearsal
from reconcile.roots import RootCause, find_roots
from reconcile.settings import Settings
from reconcile.watch import Watch, keep_watch


@dataclass(frozen=True)
class Result:
    """Everything a report needs.

    Attributes:
        totals: invoices and cents, in all and by outcome; they add up to the input.
        forecast: what doing every proved fix brings. root_causes: what many findings have in common.
        accepted: the fixes of which people said that they are not a problem; they count nowhere.
        watch: what no finding shows; for information, so it counts nowhere either.
    """

    as_of: date
    settings: Settings
    exports: Exports
    findings: Findings
    fixes: tuple[Fix, ...]
    totals: dict
    forecast: Forecast
    root_causes: tuple[RootCause, ...]
    accepted: tuple[Fix, ...] = ()
    watch: Watch = field(default_factory=Watch)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.exports.problems

    @property
    def exit_code(self) -> int:
        """20 where input was set aside, 10 where there is something to act on, else 0 (contract.md "Exit codes")."""
        if any(problem.set_aside for problem in self.problems):
            return 20
        by_outcome = self.totals["by_outcome"]
        return 10 if by_outcome["fix"]["invoices"] or by_outcome["review"]["invoices"] else 0


def reconcile_practice(
    sources: Iterable[Source],
    settings: Settings,
    as_of: date,
    tell: Callable[[str], None] = lambda stage: None,
    said: Mapping[str, str] | None = None,
) -> Result:
    """Read, decide and plan for one practice.

    Args:
        tell: called with the name of each stage as it begins.
        said: what people said is not a problem, as accepted.take_out takes it.

    Raises:
        ReconcileError: input that cannot be read or is stale.
    """
    tell("reading the exports")
    exports = read_exports(sources, settings)
    _refuse_stale(exports, settings, as_of)
    return decide_practice(exports, settings, as_of, tell, said)


def decide_practice(
    exports: Exports,
    settings: Settings,
    as_of: date,
    tell: Callable[[str], None] = lambda stage: None,
    said: Mapping[str, str] | None = None,
) -> Result:
    """Decide and plan for one practice whose exports are read; arguments as reconcile_practice."""
    tell("replaying tonight's import")
    findings = find(exports, settings, as_of)
    tell("proving the fixes")
    rehearsal = Rehearsal(findings, settings, as_of)
    counted = take_out(findings, plan(findings, settings, as_of, rehearsal), said or {})
    ahead = forecast(counted.fixes, rehearsal)
    roots = find_roots(counted.findings, settings)
    totals = _control_totals(exports, counted.findings)
    watch = keep_watch(counted.findings, exports.xpm_invoices, as_of)
    return Result(as_of, settings, exports, counted.findings, counted.fixes, totals, ahead, roots, counted.accepted, watch)


def _refuse_stale(exports: Exports, settings: Settings, as_of: date) -> None:
    """Old exports give yesterday's answers: refuse them where the practice asks for it (contract.md "Stale input")."""
    newest = exports.invoices["invoice_date"].max()
    if settings.max_age_days is None or newest is None or newest != newest:
        return
    age = (as_of - newest.date()).days
    if age > settings.max_age_days:
        files = ", ".join(sorted(set(exports.invoices["file"])))
        raise ReconcileError(
            f"{files}: the export is stale. Its newest invoice is of {newest.date()}, {age} days before {as_of}, "
            f"and max_age_days is {settings.max_age_days}. Export again, raise max_age_days in reconcile.toml, "
            "or let it pass once with --allow-stale."
        )


def _control_totals(exports: Exports, findings: Findings) -> dict:
    """Count and sum the ledger by outcome, and hold it against the input: a difference is a bug, and nothing is written."""
    ledger = findings.ledger
    groups = ledger.groupby("outcome")["total_cents"].agg(["size", "sum"])
    by_outcome = {
        name: {"invoices": int(groups["size"].get(name, 0)), "cents": int(groups["sum"].get(name, 0))}
        for name in OUTCOMES
    }
    from_xero = ledger[ledger["kind"] != "only-in-xpm"]
    records = sum(one["records"] for one in exports.inputs if one["role"] == "xero_invoices")
    assert len(from_xero) == records == len(exports.invoices), "an invoice was lost or doubled"
    assert int(from_xero["total_cents"].sum()) == int(exports.invoices["total_cents"].sum()), "an amount was changed"
    totals = {"invoices": len(ledger), "cents": int(ledger["total_cents"].sum()), "by_outcome": by_outcome}
    assert sum(one["invoices"] for one in by_outcome.values()) == totals["invoices"], "an outcome is missing"
    assert sum(one["cents"] for one in by_outcome.values()) == totals["cents"], "outcomes do not add up"
    return totals
