"""Verdicts and fixes as CSV, byte for byte the same for the same input.

Source: contract.md "Files written to --out".
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from reconcile.verdicts.ledger_columns import FREE

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
_FREE = FREE | frozenset(
    "job_no next_job_no job_name client client_order_no state owner what_to_do value why".split()
)


def _column(rows: pd.DataFrame, name: str) -> pa.Array:
    if name == "total":
        return _decimal(rows["total_cents"])
    if name == "invoice_date":
        return pa.array(rows[name].to_numpy().astype("datetime64[D]"))
    if name in ("row", "invoices", "priority", "step", "minutes"):
        return pa.array(rows[name], pa.int64())
    column = rows[name]
    text = pa.array(
        column if column.dtype != object else column.to_numpy(), pa.string(), from_pandas=True
    )
    if name == "notes":
        text = pc.replace_substring(text, "\n", "; ")
    return _harmless(text) if name in _FREE else text


def _decimal(cents: pd.Series) -> pa.Array:
    """Cents as plain decimals with two places, exactly: a decimal's 128 bits are the cents and their sign."""
    words = np.empty((len(cents), 2), dtype="<i8")
    words[:, 0] = cents.to_numpy()
    words[:, 1] = words[:, 0] >> 63
    return pa.Array.from_buffers(
        pa.decimal128(20, 2), len(cents), [None, pa.py_buffer(words.tobytes())]
    )


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
