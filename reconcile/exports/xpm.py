"""XPM's files to tables: jobs, invoices, clients; one row per job number, invoice number, client name.

Source: rules.md section 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from reconcile.exports.columns import DATE, HINT, MONEY, XPM_JOBS, column_of
from reconcile.exports.control_totals import Account
from reconcile.exports.date_order import Key
from reconcile.exports.parsed_grid import cents_column, day_column, parse_grid
from reconcile.exports.readers.grid import Grid
from reconcile.settings.model import Settings
from reconcile.text_columns import NOWHERE, find_positions, stands_twice

JOB_COLUMNS = "job_no job_name client client_order_no state state_type created_on due_on owner category file row".split()
XPM_INVOICE_COLUMNS = (
    "invoice_no job_nos client invoice_date total_cents ex_tax_cents file row".split()
)
CLIENT_COLUMNS = "client billing_details status file row".split()

# State types by name (rules.md section 5); any other name is taken as Standard, and said so.
STATE_TYPES = {
    "planned": "standard",
    "in progress": "standard",
    "completed": "completed",
    "complete": "completed",
    "on hold": "on-hold",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "archived": "completed",
}


class JobAside(NamedTuple):
    """What is known of a job whose row could not be used."""

    job_no: str
    client: str
    client_order_no: str


def read_jobs(
    grids: list[Grid], orders: Mapping[Key, str], settings: Settings, account: Account
) -> tuple[pd.DataFrame, tuple[JobAside, ...]]:
    """The jobs (JOB_COLUMNS), one row per job number, every repeated number being a problem; and those whose rows could not
    be used: they are jobs all the same, so that nothing is told of what may be theirs."""
    gone: list[pd.DataFrame] = []
    table = _rows_of(grids, orders, "job_no", account, gone)
    table = _with_columns(
        table,
        texts=("job_name", "state", "manager", "partner", "category"),
        days=("created_on", "due_on"),
    )
    # For information only: of a number that is there again the earliest counts, and the rows do not differ for it.
    table["due_on"] = table.groupby("job_no")["due_on"].transform("min")
    table = _once(table, "job_no", grids, account, overlap_is_normal=False, gone=gone)
    for grid in grids:
        if "created_on" not in grid.columns:
            account.assume(
                f"{grid.path}: no Date Created column: between several jobs the newest is not known (M3)"
            )
        if settings.owner_column == "partner" and "partner" not in grid.columns:
            account.assume(f"{grid.path}: no Partner column: the job manager stands as owner")
    first, other = (
        ("partner", "manager") if settings.owner_column == "partner" else ("manager", "partner")
    )
    table["owner"] = table[first].where(table[first] != "", table[other])
    table["state_type"] = _state_types(table["state"], settings, account)
    aside = _not_there(gone, "job_no", table)
    texts = (aside[name].fillna("").tolist() for name in JobAside._fields)
    return table[JOB_COLUMNS], tuple(dict.fromkeys(map(JobAside, *texts)))


def state_type_of(state: str, settings: Settings) -> str:
    """The type of a state, by the settings, else by its name; Standard where neither knows it (rules.md section 5)."""
    name = state.strip().casefold()
    return settings.states.get(name, STATE_TYPES.get(name, "standard"))


def _state_types(states: pd.Series, settings: Settings, account: Account) -> pd.Series:
    """The type of each state, by the settings, else by its name; each assumed one said."""
    types = {}
    for state in sorted(states.unique()):
        name = state.casefold()
        types[state] = state_type_of(state, settings)
        if name not in settings.states and name not in STATE_TYPES:
            account.assume(
                f"{f'job state {state!r}' if state else 'jobs without a state'} taken as Standard"
            )
    return states.map(types).astype("str")


def read_xpm_invoices(
    grids: list[Grid], orders: Mapping[Key, str], account: Account
) -> tuple[pd.DataFrame | None, frozenset[str]]:
    """The invoices XPM has (XPM_INVOICE_COLUMNS), one row per number; and the numbers whose rows could not be used."""
    if not grids:
        return None, frozenset()
    gone: list[pd.DataFrame] = []
    table = _rows_of(grids, orders, "invoice_no", account, gone)
    table = _with_columns(
        table, texts=("job_nos", "client"), days=("invoice_date",), cents=("total", "ex_tax")
    )
    table = _once(table, "invoice_no", grids, account, overlap_is_normal=True, gone=gone)
    table = table.rename(columns={"total": "total_cents", "ex_tax": "ex_tax_cents"})
    return table[XPM_INVOICE_COLUMNS], frozenset(
        _not_there(gone, "invoice_no", table)["invoice_no"]
    ) - {""}


def read_clients(
    grids: list[Grid], orders: Mapping[Key, str], account: Account
) -> pd.DataFrame | None:
    """The clients (CLIENT_COLUMNS), one row per name."""
    if not grids:
        return None
    table = _with_columns(
        _rows_of(grids, orders, "client", account), texts=("billing_details", "status")
    )
    return _once(table, "client", grids, account, overlap_is_normal=True)[CLIENT_COLUMNS]


def _rows_of(
    grids: list[Grid],
    orders: Mapping[Key, str],
    required: str,
    account: Account,
    gone: list[pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Files of one role as one table of texts, dates and Int64 cents, with file, row and grid; faulty rows set aside.

    Args:
        required: the column that must not be blank.
        gone: takes up the rows set aside.
    """
    tables = []
    for position, grid in enumerate(grids):
        typed = parse_grid(grid, orders[grid.path, grid.sheet])
        typed.fault(typed.are(required, ""), required, "nothing in this cell")
        total = typed.are(required, "Total", "Totals", "Grand Total")
        if total.any():
            others = [
                name
                for name, parsed in typed.parsed.items()
                if name != required and parsed.values.dtype == object
            ]
            total &= np.logical_and.reduce([typed.are(name, "") for name in others])
            typed.fault(total, required, "a total, and no record")
        if grid.role == XPM_JOBS:  # blank never matches blank
            typed.fault(typed.are("client", ""), "client", "a job without a client")
        typed.tell(account)
        account.count(grid, "set_aside", typed.faulty.sum())
        account.count(grid, "records", (~typed.faulty).sum())
        columns = {}
        for name in typed.parsed:
            kind = column_of(grid.role, name).reads_as
            if kind in (MONEY, DATE, HINT):
                columns[name] = (cents_column if kind == MONEY else day_column)(typed.values(name))
            else:
                columns[name] = typed.texts(name)
        table = pd.DataFrame(columns).assign(file=grid.path, row=grid.rows, grid=position)
        tables.append(table[~typed.faulty])
        if gone is not None and typed.faulty.any():
            gone.append(table[typed.faulty])
    return pd.concat(tables, ignore_index=True)


def _not_there(gone: list[pd.DataFrame], key: str, table: pd.DataFrame) -> pd.DataFrame:
    """Of the rows set aside those whose key no good row has."""
    aside = pd.concat(gone) if gone else table[:0]
    return aside[find_positions(aside[key], table[key]) == NOWHERE] if len(aside) else aside


def _with_columns(
    table: pd.DataFrame,
    texts: Iterable[str] = (),
    days: Iterable[str] = (),
    cents: Iterable[str] = (),
) -> pd.DataFrame:
    """Add the columns that no file has, empty; and fill the texts of those that only some have."""
    table = table.copy()
    for name in texts:
        table[name] = (
            table[name].fillna("")
            if name in table
            else pd.Series("", index=table.index, dtype="str")
        )
    for names, dtype, nothing in ((days, "datetime64[s]", pd.NaT), (cents, "Int64", pd.NA)):
        for name in names:
            if name not in table:
                table[name] = pd.Series(nothing, index=table.index, dtype=dtype)
    return table


def _once(
    table: pd.DataFrame,
    key: str,
    grids: list[Grid],
    account: Account,
    *,
    overlap_is_normal: bool,
    gone: list[pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Rows of one key once when they are the same in every column, set aside when they differ.

    Args:
        overlap_is_normal: whether a row that is there again, the same, needs no word.
        gone: takes up the rows that were set aside.
    """
    if not stands_twice(table[key]):
        return table
    repeated = table.duplicated(key, keep=False)
    again = table[repeated]
    content = [name for name in table.columns if name not in ("file", "row", "grid")]
    version = again.groupby(content, dropna=False, sort=False).ngroup()
    differs = version.groupby(again[key]).transform("nunique") > 1
    first = ~again.duplicated(key)
    for value, rows in again.groupby(key, sort=False):
        aside = bool(differs[rows.index[0]])
        if aside or not overlap_is_normal:
            _say_repeated(value, key, rows, aside, grids, account)
    if gone is not None and differs.any():
        gone.append(again[differs])
    for position, rows in again.assign(aside=differs, first=first).groupby("grid"):
        account.move(grids[position], "set_aside", int(rows["aside"].sum()))
        account.move(grids[position], "folded", int((~rows["aside"] & ~rows["first"]).sum()))
    kept = ~repeated
    kept[again.index] = first & ~differs
    return table[kept].reset_index(drop=True)


def _say_repeated(
    value: str, key: str, rows: pd.DataFrame, aside: bool, grids: list[Grid], account: Account
) -> None:
    places = " and ".join(f"{one.file} row {one.row}" for one in rows.itertuples())
    words = f"{value} is there {len(rows)} times, and the rows {'differ' if aside else 'are the same'}: {places}"
    for one in list(rows.itertuples())[0 if aside else 1 :]:
        account.problem(grids[one.grid], int(one.row), key, value, words, aside)
