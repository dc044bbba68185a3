"""Findings and fixes as CSV and JSON, byte for byte the same for the same input.

Source: contract.md "Files written to --out" and "fixlist.json, schema 1".
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from reconcile.causes import ORDER

BOM = b"\xef\xbb\xbf"
INVOICE_COLUMNS = (
    "invoice_no reference contact invoice_date total currency status outcome cause finding now_place now_job_no "
    "belongs_job_no certainty tonight_place tonight_job_no rule if_resynced_place if_resynced_job_no fix file row notes"
).split()
JOB_COLUMNS = (
    "job_no job_name client client_order_no state state_type role finding invoices total owner file row".split()
)
ACTION_COLUMNS = (
    "fix_id priority step system do what_to_do value invoice_no job_no client owner cause why cents_total minutes due "
    "valid_until proof"
).split()


# CSV ---------------------------------------------------------------------------------------------------------------


def ledger_csv(ledger: pd.DataFrame) -> bytes:
    """invoices.csv: every invoice of the input, one row, sorted by number.

    Args:
        ledger: Findings.ledger with `fix` (the fix's id or "").
    """
    rows = ledger.sort_values(["invoice_no", "kind"], kind="stable")
    columns = {name: _column(rows, name) for name in INVOICE_COLUMNS}
    return _csv(columns)


def jobs_csv(jobs: pd.DataFrame) -> bytes:
    """jobs.csv: every job with its role, sorted by number."""
    rows = jobs.sort_values("job_no", kind="stable")
    return _csv({name: _column(rows, name) for name in JOB_COLUMNS})


def _column(rows: pd.DataFrame, name: str) -> pa.Array:
    if name == "total":
        return _decimal(rows["total_cents"])
    if name == "invoice_date":
        return pa.array(rows[name], pa.timestamp("s")).cast(pa.date32())
    if name in ("row", "invoices"):
        return pa.array(rows[name], pa.int64())
    text = pa.array(rows[name].to_numpy(dtype=object), pa.string(), from_pandas=True)
    return pc.replace_substring(text, "\n", "; ") if name == "notes" else text


def _decimal(cents: pd.Series) -> pa.Array:
    """Cents as plain decimals with two places, exactly: a decimal's 128 bits are the cents and their sign."""
    words = np.empty((len(cents), 2), dtype="<i8")
    words[:, 0] = cents.to_numpy()
    words[:, 1] = words[:, 0] >> 63
    return pa.Array.from_buffers(pa.decimal128(20, 2), len(cents), [None, pa.py_buffer(words.tobytes())])


def _csv(columns: dict[str, pa.Array]) -> bytes:
    """UTF-8 with BOM; no cell begins a formula, and numbers stay numbers."""
    table = pa.table({name: _harmless(column) for name, column in columns.items()})
    sink = io.BytesIO()
    sink.write(BOM)
    sink.write((",".join(columns) + "\n").encode())
    options = pa.csv.WriteOptions(include_header=False, quoting_style="needed")
    pa.csv.write_csv(table, sink, options)
    return sink.getvalue()


def _harmless(column: pa.Array) -> pa.Array:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front; negative numbers do not."""
    if not pa.types.is_string(column.type):
        return column
    starts = pc.match_substring_regex(column, r"^[=+\-@\t\r]")
    number = pc.match_substring_regex(column, r"^-?\d+(\.\d+)?$")
    risky = pc.and_not(starts, number)
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def actions_csv(fixes: Iterable[Any]) -> bytes:
    """fixlist.csv: one row per action, in the order to do them."""
    rows = []
    for fix in fixes:
        for step, action in enumerate(fix.actions, start=1):
            rows.append(
                {
                    "fix_id": fix.id,
                    "priority": fix.priority,
                    "step": step,
                    "system": action.system,
                    "do": action.do,
                    "what_to_do": action.text,
                    "value": action.value or "",
                    "invoice_no": action.invoice_no or "",
                    "job_no": action.job_no or "",
                    "client": fix.client,
                    "owner": fix.owner,
                    "cause": fix.cause,
                    "why": fix.title,
                    "cents_total": fix.cents,
                    "minutes": fix.minutes,
                    "due": fix.due.isoformat(),
                    "valid_until": fix.valid_until.isoformat() if fix.valid_until else "",
                    "proof": fix.proof.status,
                }
            )
    numbers = {"priority", "step", "cents_total", "minutes"}
    columns = {
        name: pa.array([row[name] for row in rows], pa.int64() if name in numbers else pa.string())
        for name in ACTION_COLUMNS
    }
    columns["cents_total"] = _decimal(pd.Series([row["cents_total"] for row in rows], dtype="int64"))
    return _csv({("total" if name == "cents_total" else name): column for name, column in columns.items()})


# JSON --------------------------------------------------------------------------------------------------------------


def fixlist_json(result: Any, ledger: pd.DataFrame) -> bytes:
    """fixlist.json: money in integer cents, dates ISO, absent null; one entry of each list per line.

    Args:
        result: pipeline.Result.
        ledger: its ledger with `fix`.
    """
    settings = result.settings
    document = {
        "schema": "reconcile/fixlist/1",
        "as_of": result.as_of.isoformat(),
        "practice": settings.practice,
        "settings": {
            "adhoc": settings.adhoc,
            "profile": settings.profile,
            "window_days": settings.window_days,
            "date_order": settings.date_order,
            "xero_lock_date": _iso(settings.xero_lock_date),
            "xpm_lock_date": _iso(settings.xpm_lock_date),
        },
        "assumptions": list(result.exports.assumptions),
        "inputs": list(result.exports.inputs),
        "totals": result.totals,
        "invoices": _invoice_entries(ledger),
        "jobs": _job_entries(result.findings.jobs),
        "fixes": [fix_entry(fix) for fix in result.fixes],
        "problems": [dict(problem.__dict__) for problem in result.problems],
        "since_last_run": {"new": [], "persisting": [], "fixed": [], "worse": [], "not_seen": []},
    }
    return _lines(document)


def _lines(document: dict[str, Any]) -> bytes:
    """One key per line, and one entry of a list per line: quick to write, and two runs can be compared line by line."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list) and value:
            entries = ",\n    ".join(json.dumps(entry, ensure_ascii=False) for entry in value)
            text = f"[\n    {entries}\n  ]"
        else:
            text = json.dumps(value, ensure_ascii=False)
        parts.append(f"  {json.dumps(key)}: {text}")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode("utf-8", "replace")


def _iso(day: date | None) -> str | None:
    return None if day is None or day != day else day.isoformat()[:10]


def in_list_order(ledger: pd.DataFrame) -> pd.DataFrame:
    """The invoices that are not ok, in the order of the workbook: outcome, cause, number."""
    outcomes = {name: at for at, name in enumerate(("fix", "review", "wait", "none", "ok"))}
    keys = ledger[["invoice_no", "kind"]].assign(
        outcome=ledger["outcome"].map(outcomes), cause=ledger["cause"].map(ORDER).fillna(len(ORDER))
    )
    return ledger.loc[keys.sort_values(["outcome", "cause", "invoice_no", "kind"], kind="stable").index]


def _invoice_entries(ledger: pd.DataFrame) -> list[dict[str, Any]]:
    rows = in_list_order(ledger[ledger["outcome"] != "ok"])
    return [_invoice_entry(row) for row in rows.itertuples()]


def _invoice_entry(row: Any) -> dict[str, Any]:
    only_in_xpm = row.kind == "only-in-xpm"
    return {
        "invoice_no": row.invoice_no,
        "reference": None if only_in_xpm else row.reference,
        "contact": row.contact,
        "invoice_date": _iso(row.invoice_date.date()) if row.invoice_date == row.invoice_date else None,
        "total_cents": int(row.total_cents),
        "currency": row.currency or None,
        "status": row.status or None,
        "now": {"place": row.now_place, "job_no": row.now_job_no or None, "client": row.now_client or None},
        "belongs": {
            "place": row.belongs_place or None,
            "job_no": row.belongs_job_no or None,
            "certainty": row.certainty,
        },
        "tonight": {"place": row.tonight_place or None, "job_no": row.tonight_job_no or None, "rule": row.rule or None},
        "if_resynced": {
            "place": row.if_resynced_place or None,
            "job_no": row.if_resynced_job_no or None,
            "rule": row.if_resynced_rule or None,
        },
        "outcome": row.outcome,
        "cause": row.cause or None,
        "finding": row.finding or None,
        "fix": row.fix or None,
        "notes": row.notes.split("\n") if row.notes else [],
    }


def _job_entries(jobs: pd.DataFrame) -> list[dict[str, Any]]:
    rows = jobs[(jobs["finding"] != "") | (jobs["role"] == "non-billing")].sort_values("job_no", kind="stable")
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
        }
        for row in rows.itertuples()
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


def action_entry(n: int, action: Any) -> dict[str, Any]:
    """One action with the fields that its kind has."""
    entry: dict[str, Any] = {"n": n, "system": action.system, "do": action.do}
    for name in _ACTION_FIELDS[action.do]:
        entry[name] = getattr(action, "from_value" if name == "from" else name)
    return {**entry, "text": action.text}


def fix_entry(fix: Any) -> dict[str, Any]:
    """One fix, as contract.md writes it."""
    return {
        "id": fix.id,
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
        else [
            {
                "job_no": option.job_no,
                "why": option.why,
                "actions": [action_entry(n, action) for n, action in enumerate(option.actions, start=1)],
            }
            for option in fix.choices
        ],
        "actions": [action_entry(n, action) for n, action in enumerate(fix.actions, start=1)],
        "proof": {
            "status": fix.proof.status,
            "nights": None,
            "lands": [],
            "moves_others": [],
            "assumes": list(fix.proof.assumes),
            "reason": fix.proof.reason,
        },
    }
