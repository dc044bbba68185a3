"""All files to four typed tables, and an account of every row.

    paths --sources--> files --sheets--> grids --dates--> orders --xero, xpm--> Exports

A row is never lost in silence: rows read = records + lines folded + set aside + left out, for every file.
Source: rules.md section 5; contract.md "inputs" and "problems".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from reconcile.errors import ReconcileError
from reconcile.exports.account import Account
from reconcile.exports.columns import ROLE_WORDS, XERO_INVOICES, XPM_CLIENTS, XPM_INVOICES, XPM_JOBS
from reconcile.exports.dates import settle_date_orders
from reconcile.exports.problems import Problem
from reconcile.exports.sheets import Grid, Unread, read_sheets
from reconcile.exports.sources import Source
from reconcile.exports.xero import read_invoices
from reconcile.exports.xpm import read_clients, read_jobs, read_xpm_invoices
from reconcile.settings import Settings

REQUIRED = (XERO_INVOICES, XPM_JOBS)


@dataclass(frozen=True)
class Exports:
    """The four tables, and an account of every row they came from.

    Attributes:
        invoices: one row per Xero document: invoice_no, kind, reference, contact, invoice_date, total_cents, tax_cents
            (Int64), currency, status, file, row, notes.
        jobs: one row per job: job_no, job_name, client, client_order_no, state, state_type, created_on, due_on,
            owner, category, file, row.
        xpm_invoices: one row per XPM invoice: invoice_no, job_nos, client, invoice_date, total_cents, ex_tax_cents
            (both Int64), file, row; None when no such export was given.
        clients: one row per client: client, billing_details, status, file, row; None likewise.
        xero_numbers: every number in a Xero file, of rows set aside too: it is in no sense missing from Xero.
        xpm_numbers_set_aside: XPM invoices whose rows could not be used.
    """

    invoices: pd.DataFrame
    jobs: pd.DataFrame
    xpm_invoices: pd.DataFrame | None
    clients: pd.DataFrame | None
    problems: tuple[Problem, ...] = ()
    inputs: tuple[dict, ...] = ()
    assumptions: tuple[str, ...] = ()
    xero_numbers: frozenset[str] = frozenset()
    xpm_numbers_set_aside: frozenset[str] = frozenset()


def read_exports(sources: Iterable[Source], settings: Settings) -> Exports:
    """Read all files into the four tables.

    Raises:
        ReconcileError: a file that cannot be read, a required role that no file has, or dates whose order is unknown;
            all such faults at once.
    """
    account = Account()
    grids = read_grids(sources, account)
    orders = settle_date_orders(grids, settings.date_order, account)
    of_role = {role: [grid for grid in grids if grid.role == role] for role in ROLE_WORDS}
    invoices, xero_numbers = read_invoices(of_role[XERO_INVOICES], orders, account)
    jobs = read_jobs(of_role[XPM_JOBS], orders, settings, account)
    xpm_invoices, set_aside = read_xpm_invoices(of_role[XPM_INVOICES], orders, account)
    clients = read_clients(of_role[XPM_CLIENTS], orders, account)
    for role, table in ((XERO_INVOICES, invoices), (XPM_JOBS, jobs)):
        if table.empty:
            raise ReconcileError(*_nothing_left(role, of_role[role], account))
    account.check()
    return Exports(
        invoices,
        jobs,
        xpm_invoices,
        clients,
        tuple(sorted(account.problems, key=Problem.sort_key)),
        tuple(account.inputs.values()),
        tuple(account.assumptions),
        xero_numbers,
        set_aside,
    )


def read_grids(sources: Iterable[Source], account: Account) -> list[Grid]:
    """Open every file; a file or sheet that is not understood is a problem as long as the required roles are there.

    Raises:
        ReconcileError: as read_exports says.
    """
    grids: list[Grid] = []
    unread: list[Unread] = []
    faults: list[str] = []
    for source in sources:
        try:
            sheets = read_sheets(source.path, source.label, source.role)
        except ReconcileError as error:
            faults.extend(error.messages)
            continue
        understood = [sheet for sheet in sheets if isinstance(sheet, Grid)]
        others = [sheet for sheet in sheets if isinstance(sheet, Unread) and not sheet.own_output]
        for grid in understood:
            _open(grid, account)
        grids.extend(understood)
        unread.extend(others)
        if source.role and not understood:
            faults.extend(f"{sheet.path}: {sheet.reason}." for sheet in others)
        for sheet in others:
            if not (understood and sheet.empty):
                account.open(sheet)
                account.problems.append(Problem(sheet.path, sheet.sheet, None, "", "", sheet.reason, not understood))
    missing = [role for role in REQUIRED if not any(grid.role == role for grid in grids)]
    if missing and not faults:
        words = " and no ".join(ROLE_WORDS[role] for role in missing)
        faults.extend(f"{sheet.path}: {sheet.reason}." for sheet in unread)
        faults.append(
            f"no {words} among the files given. Both are needed; export them and name them, or name their folder."
        )
    if faults:
        raise ReconcileError(*faults)
    return grids


def _open(grid: Grid, account: Account) -> None:
    account.open(grid)
    account.problems.extend(grid.problems)
    account.count(grid, "set_aside", len(grid.problems))
    for warning in grid.warnings:
        account.problem(grid, None, "", "", warning, False)


def _nothing_left(role: str, grids: list[Grid], account: Account) -> list[str]:
    files = {grid.path for grid in grids}
    words = [
        f"{one.file}: row {one.row}: {one.problem}. Found {one.value!r}."
        for one in account.problems
        if one.set_aside and one.row is not None and one.file in files
    ]
    left_out = sum(one["left_out"] for one in account.inputs.values() if one["path"] in files)
    what = "none of its rows can be used" if words else "it has a header but no rows"
    if left_out:
        what = f"{left_out} rows are bills, overpayments or prepayments and were left out"
    return [*words[:20], f"{', '.join(sorted(files))}: no {ROLE_WORDS[role]}: {what}. Export it again."]
