"""Findings and fixes as CSV and JSON, byte for byte the same for the same input.

Source: contract.md "Files written to --out" and "fixlist.json, schema 1".
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from reconcile.causes import ORDER
from reconcile.coded import Words, records
from reconcile.reports.figures import fixes_of

BOM = b"\xef\xbb\xbf"
INVOICE_COLUMNS = (
    "invoice_no reference contact invoice_date total currency status outcome cause finding now_place now_job_no "
    "belongs_job_no certainty tonight_place tonight_job_no rule if_resynced_place if_resynced_job_no fix file row notes"
).split()
JOB_COLUMNS = (
    "job_no job_name client client_order_no state state_type role finding invoices total owner file row "
    "next_job_no".split()
)
ACTION_COLUMNS = (
    "fix_id priority step system do what_to_do value invoice_no job_no client owner cause why total minutes due "
    "valid_until proof"
).split()


# CSV ---------------------------------------------------------------------------------------------------------------


def ledger_csv(ledger: pd.DataFrame) -> bytes:
    """invoices.csv: every invoice of the input, one row, sorted by number.

    Args:
        ledger: Findings.ledger with `fix` (the fix's id or "").
    """
    return _csv(ledger, INVOICE_COLUMNS, ("invoice_no", "kind"))


def jobs_csv(jobs: pd.DataFrame) -> bytes:
    """jobs.csv: every job with its role, sorted by number."""
    return _csv(jobs, JOB_COLUMNS, ("job_no",))


# Columns that hold what people and other programs wrote; the others hold this program's own words.
_FREE = frozenset(
    "invoice_no reference contact currency now_job_no belongs_job_no tonight_job_no if_resynced_job_no file notes job_no next_job_no "
    "job_name client client_order_no state owner what_to_do value why".split()
)


def _column(rows: pd.DataFrame, name: str) -> pa.Array:
    if name == "total":
        return _decimal(rows["total_cents"])
    if name == "invoice_date":
        return pa.array(rows[name].to_numpy().astype("datetime64[D]"))
    if name in ("row", "invoices", "priority", "step", "minutes"):
        return pa.array(rows[name], pa.int64())
    column = rows[name]
    text = pa.array(column if column.dtype != object else column.to_numpy(), pa.string(), from_pandas=True)
    if name == "notes":
        text = pc.replace_substring(text, "\n", "; ")
    return _harmless(text) if name in _FREE else text


def _decimal(cents: pd.Series) -> pa.Array:
    """Cents as plain decimals with two places, exactly: a decimal's 128 bits are the cents and their sign."""
    words = np.empty((len(cents), 2), dtype="<i8")
    words[:, 0] = cents.to_numpy()
    words[:, 1] = words[:, 0] >> 63
    return pa.Array.from_buffers(pa.decimal128(20, 2), len(cents), [None, pa.py_buffer(words.tobytes())])


def _csv(rows: pd.DataFrame, names: Sequence[str], order: Sequence[str] = ()) -> bytes:
    """UTF-8 with BOM, sorted by some text columns."""
    table = pa.table({name: _column(rows, name) for name in names})
    if order:
        keys = pa.table({name: pa.array(rows[name], pa.string()) for name in order})
        table = table.take(pc.sort_indices(keys, [(name, "ascending") for name in order]))
    sink = io.BytesIO()
    sink.write(BOM)
    sink.write((",".join(names) + "\n").encode())
    pa.csv.write_csv(table, sink, pa.csv.WriteOptions(include_header=False, quoting_style="needed"))
    return sink.getvalue()


def _harmless(column: pa.Array) -> pa.Array:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front; negative numbers do not.

    So does what stands behind a semicolon, tab or line end within a text: where the system's list separator is a semicolon,
    a spreadsheet splits there, quotes or not, since to it the text is in the middle of a cell.
    Source: OWASP, "CSV Injection", for the first characters and the separators; the wide ones count in East Asian editions.
    """
    start, split = r"^[=+\-@\t\r\n＝＋－＠]", r"([;\t\r\n])([=+\-@＝＋－＠])"
    if not pc.any(pc.match_substring_regex(column, f"{start}|{split}")).as_py():
        return column
    column = pc.replace_substring_regex(column, split, r"\1'\2")
    starts = pc.match_substring_regex(column, start)
    number = pc.match_substring_regex(column, r"^-?\d+(\.\d+)?$")
    risky = pc.and_not(starts, number)
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def actions_csv(fixes: Iterable[Any]) -> bytes:
    """fixlist.csv: one row per action, in the order to do them."""
    rows = [
        (
            fix.id,
            fix.priority,
            step,
            action.system,
            action.do,
            action.text,
            action.value or "",
            action.invoice_no or "",
            action.job_no or "",
            fix.client,
            fix.owner,
            fix.cause,
            fix.title,
            fix.cents,
            fix.minutes,
            fix.due.isoformat(),
            fix.valid_until.isoformat() if fix.valid_until else "",
            fix.proof.status,
        )
        for fix in fixes
        for step, action in enumerate(fix.actions, start=1)
    ]
    names = ["total_cents" if name == "total" else name for name in ACTION_COLUMNS]
    table = pd.DataFrame(rows, columns=names)
    return _csv(table.astype({"total_cents": "int64"}), ACTION_COLUMNS)


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
        "inputs": list(result.exports.inputs),
        "totals": result.totals,
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
            **{group: [_entry_of_life(entry) for entry in entries] for group, entries in result.since.groups.items()},
        },
    }
    return _lines(document)


_ENCODER = json.JSONEncoder(ensure_ascii=False)  # json.dumps would make one for each entry


def _lines(document: dict[str, Any]) -> bytes:
    """One key per line, and one entry of a list per line: quick to write, and two runs can be compared line by line."""
    parts = []
    for key, value in document.items():
        if key == "watch":
            lists = ",\n    ".join(f"{json.dumps(name)}: {_list_lines(some, '    ')}" for name, some in value.items())
            text = f"{{\n    {lists}\n  }}"
        else:
            text = _list_lines(value, "  ")
        parts.append(f"  {json.dumps(key)}: {text}")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode("utf-8", "replace")


def _list_lines(value: Any, margin: str) -> str:
    """A list with one entry per line; any other value on one line."""
    if not isinstance(value, list) or not value:
        return _ENCODER.encode(value)
    entries = f",\n{margin}  ".join(map(_ENCODER.encode, value))
    return f"[\n{margin}  {entries}\n{margin}]"


def _iso(day: date | None) -> str | None:
    return None if day is None or day != day else day.isoformat()[:10]


_LISTED = ("fix", "review", "wait", "none", "ok")  # outcomes in the order of the workbook


def in_list_order(ledger: pd.DataFrame, *outcomes: str) -> np.ndarray:
    """The positions of the invoices of some outcomes, in the order of the workbook: outcome, cause, number."""
    outcome, cause = Words(ledger["outcome"]), Words(ledger["cause"])
    at = np.flatnonzero(outcome.are(*outcomes))
    keys = pa.table(
        {
            "outcome": np.array([_LISTED.index(word) for word in outcome.words], dtype="int64")[outcome.codes[at]],
            "cause": np.array([ORDER.get(word, len(ORDER)) for word in cause.words], dtype="int64")[cause.codes[at]],
            **{name: pa.array(ledger[name].array, pa.large_string()).take(at) for name in ("invoice_no", "kind")},
            "at": at,
        }
    )
    return at[pc.sort_indices(keys, [(name, "ascending") for name in keys.column_names]).to_numpy()]


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
        "tonight": None
        if only_in_xpm
        else {"place": row.tonight_place or None, "job_no": row.tonight_job_no or None, "rule": row.rule or None},
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


def told_jobs(jobs: pd.DataFrame) -> pd.DataFrame:
    """The jobs of which there is something to say, by number: those with a finding, and the non-billing ones."""
    told = ~Words(jobs["finding"]).are("") | Words(jobs["role"]).are("non-billing")
    return jobs[told].sort_values("job_no", kind="stable")


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
        for row in sorted(records(told_jobs(jobs)), key=lambda row: place.get(row.job_no, len(place)))
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
        "choices": None if fix.choices is None else [_choice_entry(option) for option in fix.choices],
        "alternatives": [{"text": one.text, "minutes": one.minutes} for one in fix.alternatives],
        "least_minutes": fix.least_minutes,
        "back": fix.back or None,
        "actions": _action_entries(fix.actions),
        "proof": proof_entry(fix.proof),
    }


def _entry_of_life(entry: Any) -> dict[str, Any]:
    """What became of one fix since the run before."""
    told = {**entry.__dict__, "since": _iso(entry.since), "invoices": list(entry.invoices)}
    return {**told, "words": entry.words or None}


def _accepted_entry(fix: Any) -> dict[str, Any]:
    """A fix of which people said that it is not a problem."""
    told = ("id", "identity", "cause", "title", "client", "owner", "cents")
    return {**{name: getattr(fix, name) for name in told}, "invoices": list(fix.invoices), "jobs": list(fix.jobs)}


def _watch_entry(result: Any) -> dict[str, list[dict[str, Any]]]:
    """What the watch has seen: each list's fields as watch.py names them, and the fixes of what a job misses."""
    watch, fixes = result.watch, fixes_of(result)
    return {
        "missing": [_plain_entry(one) for one in watch.missing],
        "unreached": [_plain_entry(one) for one in watch.unreached],
        "washups": [_plain_entry(one) | {"fixes": fixes[one.job_no]} for one in watch.washups],
    }


def _plain_entry(one: Any) -> dict[str, Any]:
    """A record's fields by their names: dates ISO, several values a list."""
    entry = {name: list(value) if isinstance(value, tuple) else value for name, value in one.__dict__.items()}
    return entry | {name: _iso(value) for name, value in entry.items() if isinstance(value, date)}


def _action_entries(actions: Iterable[Any]) -> list[dict[str, Any]]:
    return [action_entry(n, action) for n, action in enumerate(actions, start=1)]


def _choice_entry(option: Any) -> dict[str, Any]:
    return {
        "job_no": option.job_no,
        "why": option.why,
        "minutes": option.minutes,
        "actions": _action_entries(option.actions),
        "proof": proof_entry(option.proof),
    }


def proof_entry(proof: Any) -> dict[str, Any]:
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


def _landing_entry(landing: Any) -> dict[str, Any]:
    return {"invoice_no": landing.invoice_no, **_spot_entry(landing)}


def _spot_entry(landing: Any) -> dict[str, Any]:
    return {"place": landing.place, "job_no": landing.job_no or None}
