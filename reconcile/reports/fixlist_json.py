"""fixlist.json: verdicts and fixes for programs.

Source: contract.md "fixlist.json, schema 1".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from reconcile.fixes.actions import Action, Fix, Landing, Option, Proof, proof_of
from reconcile.history.follow_up import Entry
from reconcile.reports.figures import fixes_of
from reconcile.reports.order import in_list_order, told_jobs
from reconcile.text_columns import records
from reconcile.verdicts.watch import Missing, Unreached, WashUp

if TYPE_CHECKING:
    from reconcile.pipeline import Result


def fixlist_json(result: Result, ledger: pd.DataFrame) -> bytes:
    """fixlist.json: money in integer cents, dates ISO, absent null; one entry of each list per line.

    Args:
        ledger: the result's ledger with `fix`.
    """
    settings = result.settings
    document = {
        "schema": "reconcile/fixlist/1",
        "as_of": result.as_of.isoformat(),
        "practice": settings.practice or None,
        "settings": {
            "adhoc": settings.adhoc,
            "profile": settings.profile,
            "window_days": settings.window_days,
            "date_order": settings.date_order,
            "xero_lock_date": _iso(settings.xero_lock_date),
            "xpm_lock_date": _iso(settings.xpm_lock_date),
        },
        "assumptions": list(result.exports.assumptions),
        "inputs": [dict(one.__dict__) for one in result.exports.inputs],
        "totals": asdict(result.totals),
        "forecast": dict(result.forecast.__dict__),
        "root_causes": [dict(root.__dict__) for root in result.root_causes],
        "invoices": _invoice_entries(ledger),
        "jobs": _job_entries(result.findings.jobs, [one.job_no for one in result.watch.washups]),
        "fixes": [fix_entry(fix) for fix in result.fixes],
        "accepted": [_accepted_entry(fix) for fix in result.accepted],
        "watch": _watch_entry(result),
        "problems": [dict(problem.__dict__) for problem in result.problems],
        "since_last_run": {
            "day": _iso(result.since.day),
            **{
                group: [_entry_of_life(entry) for entry in entries]
                for group, entries in result.since.groups.items()
            },
        },
    }
    return _lines(document)


_ENCODER = json.JSONEncoder(ensure_ascii=False)  # json.dumps would make one for each entry


def _lines(document: dict[str, Any]) -> bytes:
    """One key per line, and one entry of a list per line: quick to write, and two runs can be compared line by line."""
    parts = []
    for key, value in document.items():
        if key == "watch":
            lists = ",\n    ".join(
                f"{json.dumps(name)}: {_list_lines(some, '    ')}" for name, some in value.items()
            )
            text = f"{{\n    {lists}\n  }}"
        else:
            text = _list_lines(value, "  ")
        parts.append(f"  {json.dumps(key)}: {text}")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode("utf-8", "replace")


def _list_lines(value: object, margin: str) -> str:
    """A list with one entry per line; any other value on one line."""
    if not isinstance(value, list) or not value:
        return _ENCODER.encode(value)
    entries = f",\n{margin}  ".join(map(_ENCODER.encode, value))
    return f"[\n{margin}  {entries}\n{margin}]"


def _iso(day: date | None) -> str | None:
    return None if day is None or day != day else day.isoformat()[:10]


_ENTRY = (
    "invoice_no kind reference contact invoice_date total_cents currency status now_place now_job_no now_client "
    "belongs_place belongs_job_no certainty tonight_place tonight_job_no rule if_resynced_place if_resynced_job_no "
    "if_resynced_rule outcome cause finding fix days_left notes"
).split()


def _invoice_entries(ledger: pd.DataFrame) -> list[dict[str, Any]]:
    rows = ledger[_ENTRY].take(in_list_order(ledger, "fix", "review", "wait", "none"))
    return [_invoice_entry(row) for row in records(rows)]


def _invoice_entry(row: Any) -> dict[str, Any]:
    only_in_xpm = row.kind == "only-in-xpm"
    return {
        "invoice_no": row.invoice_no,
        "reference": None if only_in_xpm else row.reference,
        "contact": row.contact,
        "invoice_date": _iso(row.invoice_date.date())
        if row.invoice_date == row.invoice_date
        else None,
        "total_cents": int(row.total_cents),
        "currency": row.currency or None,
        "status": row.status or None,
        "now": {
            "place": row.now_place,
            "job_no": row.now_job_no or None,
            "client": row.now_client or None,
        },
        "belongs": {
            "place": row.belongs_place or None,
            "job_no": row.belongs_job_no or None,
            "certainty": row.certainty,
        },
        "tonight": None
        if only_in_xpm
        else {
            "place": row.tonight_place or None,
            "job_no": row.tonight_job_no or None,
            "rule": row.rule or None,
        },
        "if_resynced": {
            "place": row.if_resynced_place or None,
            "job_no": row.if_resynced_job_no or None,
            "rule": row.if_resynced_rule or None,
        },
        "outcome": row.outcome,
        "cause": row.cause or None,
        "finding": row.finding or None,
        "fix": row.fix or None,
        "days_left": None if pd.isna(row.days_left) else int(row.days_left),
        "notes": row.notes.split("\n") if row.notes else [],
    }


def _job_entries(jobs: pd.DataFrame, first: Sequence[str]) -> list[dict[str, Any]]:
    """One entry per job that told_jobs has; in the order of the workbook, which begins with some."""
    place = {number: at for at, number in enumerate(first)}
    return [
        {
            "job_no": row.job_no,
            "client": row.client,
            "client_order_no": row.client_order_no,
            "state": row.state,
            "state_type": row.state_type,
            "role": row.role,
            "finding": row.finding or None,
            "invoices": int(row.invoices),
            "cents": int(row.total_cents),
            "next_job_no": row.next_job_no or None,
        }
        for row in sorted(
            records(told_jobs(jobs)), key=lambda row: place.get(row.job_no, len(place))
        )
    ]


_ACTION_FIELDS = {
    "set-client-order-no": ("job_no", "from", "value"),
    "set-job-state": ("job_no", "from", "value"),
    "set-reference": ("invoice_no", "from", "value"),
    "touch-invoice": ("invoice_no", "value"),
    "approve-invoice": ("invoice_no",),
    "rename-contact": ("from", "value"),
    "rename-client": ("from", "value"),
    "merge-contact": ("from", "value"),
    "delete-client": ("client",),
    "delete-xpm-invoice": ("invoice_no",),
    "wait-overnight": (),
    "change-setting": ("setting", "value"),
    "ask": ("question",),
}


def action_entry(n: int, action: Action) -> dict[str, Any]:
    """One action with the fields that its kind has."""
    entry: dict[str, Any] = {"n": n, "system": action.system, "do": action.do}
    for name in _ACTION_FIELDS[action.do]:
        entry[name] = getattr(action, "from_value" if name == "from" else name)
    return {**entry, "text": action.text}


def fix_entry(fix: Fix) -> dict[str, Any]:
    """One fix, as contract.md writes it."""
    return {
        "id": fix.id,
        "identity": fix.identity,
        "priority": fix.priority,
        "cause": fix.cause,
        "title": fix.title,
        "why": fix.why,
        "evidence": list(fix.evidence),
        "client": fix.client,
        "owner": fix.owner,
        "invoices": list(fix.invoices),
        "jobs": list(fix.jobs),
        "cents": fix.cents,
        "minutes": fix.minutes,
        "first_seen": _iso(fix.first_seen),
        "due": _iso(fix.due),
        "valid_until": _iso(fix.valid_until),
        "choices": None
        if fix.choices is None
        else [_choice_entry(option) for option in fix.choices],
        "alternatives": [{"text": one.text, "minutes": one.minutes} for one in fix.alternatives],
        "least_minutes": fix.least_minutes,
        "back": fix.back or None,
        "actions": _action_entries(fix.actions),
        "proof": proof_entry(fix.proof),
    }


def _entry_of_life(entry: Entry) -> dict[str, Any]:
    """What became of one fix since the run before."""
    told = {**entry.__dict__, "since": _iso(entry.since), "invoices": list(entry.invoices)}
    return {**told, "words": entry.words or None}


def _accepted_entry(fix: Fix) -> dict[str, Any]:
    """A fix of which people said that it is not a problem."""
    told = ("id", "identity", "cause", "title", "client", "owner", "cents")
    return {
        **{name: getattr(fix, name) for name in told},
        "invoices": list(fix.invoices),
        "jobs": list(fix.jobs),
    }


def _watch_entry(result: Result) -> dict[str, list[dict[str, Any]]]:
    """What the watch has seen: each list's fields as watch.py names them, and the fixes of what a job misses."""
    watch, fixes = result.watch, fixes_of(result)
    return {
        "missing": [_plain_entry(one) for one in watch.missing],
        "unreached": [_plain_entry(one) for one in watch.unreached],
        "washups": [_plain_entry(one) | {"fixes": fixes[one.job_no]} for one in watch.washups],
    }


def _plain_entry(one: Missing | Unreached | WashUp) -> dict[str, Any]:
    """A record's fields by their names: dates ISO, several values a list."""
    entry = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in one.__dict__.items()
    }
    return entry | {name: _iso(value) for name, value in entry.items() if isinstance(value, date)}


def _action_entries(actions: Iterable[Action]) -> list[dict[str, Any]]:
    return [action_entry(n, action) for n, action in enumerate(actions, start=1)]


def _choice_entry(option: Option) -> dict[str, Any]:
    return {
        "job_no": option.job_no,
        "why": option.why,
        "minutes": option.minutes,
        "actions": _action_entries(option.actions),
        "proof": proof_entry(proof_of(option)),
    }


def proof_entry(proof: Proof) -> dict[str, Any]:
    """What a replay has shown, as contract.md writes it; moves_others with before and after."""
    return {
        "status": proof.status,
        "nights": proof.nights,
        "lands": [_landing_entry(landing) for landing in proof.lands],
        "moves_others": [
            {
                "invoice_no": move.invoice_no,
                "before": _spot_entry(move.before),
                "after": _spot_entry(move.after),
                "worse": move.worse,
            }
            for move in proof.moves_others
        ],
        "assumes": list(proof.assumes),
        "reason": proof.reason or None,
    }


def _landing_entry(landing: Landing) -> dict[str, Any]:
    return {"invoice_no": landing.invoice_no, **_spot_entry(landing)}


def _spot_entry(landing: Landing) -> dict[str, Any]:
    return {"place": landing.place, "job_no": landing.job_no or None}
