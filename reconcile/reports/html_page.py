"""report.html: one self-contained page to read, forward and print; it asks nothing of any network.

Style and script stand in the page and are named by their hashes in its policy, so nothing else in it can run. Without the
script everything is there to read; the script only searches, pages long lists and copies.
Source: contract.md "Files written to --out"; templates/report.html.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import pandas as pd
from markupsafe import Markup

from reconcile.exports.control_totals import add_up
from reconcile.fixes.actions import Fix
from reconcile.history.notes import Notes, row_identities
from reconcile.reports.figures import Figure, by_age, by_cause, cited_rules, fixes_of
from reconcile.reports.order import in_list_order, told_jobs
from reconcile.rules.causes import FINDINGS, ORDER
from reconcile.rules.vocabulary import OUTCOME_WORDS, OUTCOMES, RULES, place_words
from reconcile.text_columns import records
from reconcile.verdicts.totals import Totals
from reconcile.wording import day_words, money

if TYPE_CHECKING:
    from reconcile.pipeline import Result

_TEMPLATES = Path(__file__).parent / "templates"
_UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_WIDTH = 1000  # of the bar of outcomes, in the drawing's own units


def page(result: Result, ledger: pd.DataFrame, version: str, notes: Notes | None = None) -> bytes:
    """The page's bytes.

    Args:
        ledger: the result's ledger with `fix`.
        notes: what people typed into the last workbook.
    """
    return filled(
        "report.html",
        ("report.css",),
        ("paging.js", "report.js"),
        version=version,
        **_money(result),
        **_fixes(result),
        **_lists(result, ledger, notes or Notes()),
        **_reading(result, ledger),
    )


def filled(template: str, styles: Sequence[str], scripts: Sequence[str], **shown: object) -> bytes:
    """A page's bytes: a template with its styles and scripts in it, a policy that names them, and what it shows."""
    style, script = ("".join(_part(name) for name in names) for names in (styles, scripts))
    text = _template(template).render(
        policy=_policy(style, script), style=Markup(style), script=Markup(script), **shown
    )
    return text.encode("utf-8", "replace")


@cache
def _template(name: str) -> jinja2.Template:
    """A template, made ready once in a process: that takes longer than filling it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        keep_trailing_newline=True,
    )
    environment.filters |= {"money": money, "day": day_words, "abs": abs}
    environment.globals |= {
        "share": _share,
        "states": _states,
        "finding": FINDINGS.get,
        "rule_words": RULES.get,
    }
    return environment.get_template(name)


def _shown(value: object) -> object:
    """A text without the control characters that no page may hold; a sign stands in their place, as in the workbook."""
    return _UNSHOWN.sub("\ufffd", value) if type(value) is str else value


def _part(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded, sent or run but this very style and this very script."""

    def named(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    return f"default-src 'none'; style-src {named(style)}; script-src {named(script)}; base-uri 'none'; form-action 'none'"


def _share(cents: int, most: int) -> str:
    """The length of a bar in hundredths of the longest."""
    return f"{100 * abs(cents) / most:.1f}" if most else "0"


def _states(fix: Fix) -> str:
    """The words by which the page's filter finds a fix."""
    of_proof = {"proved": "proved", "needs-decision": "decision"}.get(fix.proof.status, "unproved")
    return f"{of_proof} tonight" if fix.valid_until else of_proof


# What the template shows ---------------------------------------------------------------------------------------------


def _money(result: Result) -> dict[str, Any]:
    by_outcome = result.totals.by_outcome
    ledger = result.findings.ledger
    return {
        "practice": result.settings.practice or "Fix-list",
        "as_of": result.as_of,
        "headline": _headline(result.totals),
        "outcomes": [
            Figure(name, by_outcome[name].invoices, by_outcome[name].cents, OUTCOME_WORDS[name])
            for name in OUTCOMES
        ],
        "stacked": stacked([(name, abs(by_outcome[name].cents)) for name in OUTCOMES]),
        "causes": by_cause(ledger),
        "ages": by_age(ledger, result.as_of),
        "ahead": result.forecast,
        "roots": result.root_causes,
        "since": result.since,
        **_trend(result.trend),
    }


def _trend(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What there was to act on, run by run, the last of each day; and the line through it."""
    of_day = {run["as_of"]: run["totals"] for run in runs}
    trend = [
        {
            "as_of": day_words(date.fromisoformat(day)),
            "invoices": sum(totals[name]["invoices"] for name in ("fix", "review")),
            "cents": sum(totals[name]["cents"] for name in ("fix", "review")),
        }
        for day, totals in of_day.items()
    ]
    most = max((abs(one["cents"]) for one in trend), default=0) or 1
    step = _WIDTH / max(len(trend) - 1, 1)
    points = [
        f"{at * step:.1f},{150 - 140 * abs(one['cents']) / most:.1f}"
        for at, one in enumerate(trend)
    ]
    return {"trend": trend, "trend_points": " ".join(points)}


def _headline(totals: Totals) -> str:
    """How much is where it belongs, in money and count; a part in a hundred only where nothing is negative."""
    home, every = totals.by_outcome["ok"], totals
    parts = all(one.cents >= 0 for one in totals.by_outcome.values()) and every.cents > 0
    share = (
        f"{100 * home.cents // every.cents} % of the money is where it belongs: "
        if parts
        else "Where it belongs: "
    )
    return f"{share}{money(home.cents)} of {money(every.cents)}, {home.invoices:,} of {every.invoices:,} invoices."


def stacked(parts: Sequence[tuple[str, int]]) -> list[dict[str, str]]:
    """The pieces of one bar, side by side."""
    every = sum(cents for _, cents in parts)
    pieces, left = [], 0.0
    for kind, cents in parts:
        width = _WIDTH * cents / every if every else 0.0
        if width:
            pieces.append({"kind": kind, "left": f"{left:.1f}", "width": f"{width:.1f}"})
        left += width
    return pieces


def _fixes(result: Result) -> dict[str, Any]:
    fixes = result.fixes
    causes = sorted({fix.cause for fix in fixes}, key=lambda cause: ORDER.get(cause, len(ORDER)))
    return {
        "fixes": fixes,
        "tonight": [fix for fix in fixes if fix.valid_until],
        "clients": _names(fix.client for fix in fixes),
        "owners": _names(fix.owner for fix in fixes),
        "causes_of_fixes": [(cause, FINDINGS.get(cause, "")) for cause in causes],
    }


def _names(names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name}, key=lambda name: (name.casefold(), name))


def _lists(result: Result, ledger: pd.DataFrame, notes: Notes) -> dict[str, Any]:
    rows = ledger[_SHOWN].take(in_list_order(ledger, "review", "wait", "none"))
    shown = [_invoice(row) for row in records(rows)]
    return {
        "review": [row for row in shown if row["outcome"] == "review"],
        "accepted": [
            (fix, notes.of("Fix list", next(row_identities(fix)))) for fix in result.accepted
        ],
        "waiting": [row for row in shown if row["outcome"] != "review"],
        "jobs": records(told_jobs(result.findings.jobs)),
        "problems": result.problems,
        "watch": result.watch,
        "fixes_of": fixes_of(result),
    }


_SHOWN = (
    "invoice_no contact reference invoice_date total_cents outcome cause finding now_place now_job_no tonight_place "
    "tonight_job_no rule notes"
).split()


def _invoice(row: Any) -> dict[str, Any]:
    return {
        "invoice_no": row.invoice_no,
        "contact": row.contact,
        "reference": row.reference,
        "day": day_words(row.invoice_date) if row.invoice_date == row.invoice_date else "",
        "total_cents": row.total_cents,
        "outcome": row.outcome,
        "cause": row.cause,
        "finding": row.finding,
        "now": place_words("cell", row.now_place, row.now_job_no),
        "tonight": place_words("cell", row.tonight_place, row.tonight_job_no, rule=row.rule),
        "notes": row.notes.replace("\n", "; "),
    }


def _reading(result: Result, ledger: pd.DataFrame) -> dict[str, Any]:
    inputs = result.exports.inputs
    return {
        "inputs": inputs,
        "read": add_up(inputs).rows,
        "told": add_up(inputs).accounted_for,
        "assumptions": result.exports.assumptions,
        "rules": cited_rules(result, ledger),
    }
