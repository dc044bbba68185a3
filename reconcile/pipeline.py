"""The flow for one practice: exports in, findings and fixes out. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from reconcile.errors import Unaccounted
from reconcile.exports.files.sources import Source
from reconcile.exports.problems import Problem
from reconcile.exports.stale import refuse_stale
from reconcile.exports.tables import Exports, read_exports
from reconcile.fixes.actions import Fix
from reconcile.fixes.fix_list import Forecast, forecast, plan
from reconcile.fixes.proof import Rehearsal
from reconcile.history.accepted import Counted, take_out
from reconcile.history.follow_up import Outcome, Since, compare
from reconcile.history.store import History
from reconcile.rules.vocabulary import OUTCOMES
from reconcile.settings.model import Settings
from reconcile.text_columns import Words, sums_by
from reconcile.verdicts.root_causes import RootCause, find_roots
from reconcile.verdicts.totals import OutcomeTotals, Totals
from reconcile.verdicts.verdicts import Findings, find
from reconcile.verdicts.watch import Watch, keep_watch


@dataclass(frozen=True)
class Result:
    """Everything a report needs.

    Attributes:
        totals: invoices and cents, in all and by outcome; they add up to the input.
        forecast: what doing every proved fix brings. root_causes: what many findings have in common.
        accepted: the fixes of which people said that they are not a problem; they count nowhere.
        since: what became of each fix since the run before, where a history knows of one. trend: the runs of the history
            in numbers, this one the last (History.runs).
        watch: what no finding shows; for information, so it counts nowhere either.
    """

    as_of: date
    settings: Settings
    exports: Exports
    findings: Findings
    fixes: tuple[Fix, ...]
    totals: Totals
    forecast: Forecast
    root_causes: tuple[RootCause, ...]
    accepted: tuple[Fix, ...] = ()
    since: Since = field(default_factory=Since)
    trend: tuple[dict[str, Any], ...] = ()
    watch: Watch = field(default_factory=Watch)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.exports.problems

    @property
    def exit_code(self) -> int:
        """20 where input was set aside, 10 where there is something to act on, else 0 (contract.md "Exit codes")."""
        if any(problem.set_aside for problem in self.problems):
            return 20
        by_outcome = self.totals.by_outcome
        return 10 if by_outcome["fix"].invoices or by_outcome["review"].invoices else 0


def reconcile_practice(
    sources: Iterable[Source],
    settings: Settings,
    as_of: date,
    tell: Callable[[str], None] = lambda stage: None,
    said: Mapping[str, str] | None = None,
    history: History | None = None,
    started: str = "",
) -> Result:
    """Read, decide and plan for one practice.

    Args:
        tell: called with the name of each stage as it begins.
        said: what people said is not a problem, as accepted.take_out takes it.
        history: what earlier runs saw, if it is kept; what this one saw is put into it, and committed by who writes the files.
        started: when this run began, for the history.

    Raises:
        ReconcileError: input that cannot be read or is stale.
    """
    tell("reading the exports")
    exports = read_exports(sources, settings)
    refuse_stale(exports, settings, as_of)
    if history is not None:
        history.take_in(exports, as_of, started)
        exports = history.with_evidence(exports)
    return decide_practice(exports, settings, as_of, tell, said, history)


def decide_practice(
    exports: Exports,
    settings: Settings,
    as_of: date,
    tell: Callable[[str], None] = lambda stage: None,
    said: Mapping[str, str] | None = None,
    history: History | None = None,
) -> Result:
    """Decide and plan for one practice whose exports are read; arguments as reconcile_practice."""
    tell("replaying tonight's import")
    findings = find(exports, settings, as_of)
    tell("proving the fixes")
    rehearsal = Rehearsal(findings, settings, as_of)
    counted = take_out(findings, plan(findings, settings, as_of, rehearsal), said or {})
    life = _compare(counted, history, as_of)
    ahead = forecast(life.fixes, rehearsal)
    roots = find_roots(counted.findings, settings)
    totals = _control_totals(exports, counted.findings)
    watch = keep_watch(counted.findings, exports.xpm_invoices, as_of)
    result = Result(
        as_of,
        settings,
        exports,
        counted.findings,
        life.fixes,
        totals,
        ahead,
        roots,
        counted.accepted,
        life.since,
        watch=watch,
    )
    if history is not None:
        history.keep(counted.findings.ledger, life.kept, life.ended, _summary(result))
        result = replace(result, trend=tuple(history.runs()))
    return result


def _compare(counted: Counted, history: History | None, as_of: date) -> Outcome:
    """What became of each fix since the run before; without a history all are of today."""
    if history is None:
        return Outcome(Since(), counted.fixes, {}, {})
    last_day = history.past[-1].as_of if history.past else None
    before, ended = history.open_before(), history.ended_before()
    return compare(before, ended, last_day, counted.fixes, counted.findings, as_of)


def _summary(result: Result) -> dict[str, object]:
    """A run in numbers, for the history."""
    return {
        "totals": {name: asdict(one) for name, one in result.totals.by_outcome.items()},
        "fixes": len(result.fixes),
        "minutes": sum(fix.minutes for fix in result.fixes),
        "before_tonight": result.forecast.before_tonight,
        "exit_code": result.exit_code,
    }


def _control_totals(exports: Exports, findings: Findings) -> Totals:
    """Count and sum the ledger by outcome, and hold it against the input.

    Raises:
        Unaccounted: they differ; nothing is written then.
    """
    ledger = findings.ledger
    sums = sums_by(ledger["outcome"], ledger["total_cents"])
    by_outcome: dict[str, OutcomeTotals] = {
        name: OutcomeTotals(*sums.get(name, (0, 0))) for name in OUTCOMES
    }
    from_xero = ~Words(ledger["kind"]).are("only-in-xpm")
    records = sum(one.records for one in exports.inputs if one.role == "xero_invoices")
    if not int(from_xero.sum()) == records == len(exports.invoices):
        raise Unaccounted("an invoice was lost or doubled")
    cents = int(ledger["total_cents"].to_numpy()[from_xero].sum())
    if cents != int(exports.invoices["total_cents"].sum()):
        raise Unaccounted("an amount was changed")
    totals = Totals(len(ledger), int(ledger["total_cents"].sum()), by_outcome)
    if sum(one.invoices for one in by_outcome.values()) != totals.invoices:
        raise Unaccounted("the invoices of the outcomes do not add up to all")
    if sum(one.cents for one in by_outcome.values()) != totals.cents:
        raise Unaccounted("the cents of the outcomes do not add up to all")
    return totals
