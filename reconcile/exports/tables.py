"""All files to four typed tables, and an account of every row.

    paths --sources--> files --opening--> grids --picking--> the newest --dates--> orders --xero, xpm--> Exports

A row is never lost in silence: rows read = records + lines folded + set aside + left out, for every file.
Source: rules.md section 5; contract.md "inputs" and "problems".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from reconcile.errors import ReconcileError
from reconcile.exports.columns import ROLE_WORDS, XERO_INVOICES, XPM_CLIENTS, XPM_INVOICES, XPM_JOBS
from reconcile.exports.control_totals import Account, InputTotals
from reconcile.exports.date_order import settle_date_orders
from reconcile.exports.files.ages import stated_days
from reconcile.exports.files.newest import pick_newest
from reconcile.exports.files.opening import Opened, open_files
from reconcile.exports.files.sources import Source
from reconcile.exports.problems import Problem
from reconcile.exports.readers.grid import Grid, Unread
from reconcile.exports.xero import read_invoices
from reconcile.exports.xpm import JobAside, read_clients, read_jobs, read_xpm_invoices
from reconcile.settings.model import Settings
from reconcile.wording import on_one_line

REQUIRED = (XERO_INVOICES, XPM_JOBS)
_MOST_TOLD = 12  # files that are named in a refusal


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
        xpm_numbers_set_aside, jobs_set_aside: XPM invoices and jobs whose rows could not be used.
        stated_days: role -> the day whose state its files show, by their own title rows; no entry for a role of which
            a file states none.
    """

    invoices: pd.DataFrame
    jobs: pd.DataFrame
    xpm_invoices: pd.DataFrame | None
    clients: pd.DataFrame | None
    problems: tuple[Problem, ...] = ()
    inputs: tuple[InputTotals, ...] = ()
    assumptions: tuple[str, ...] = ()
    xero_numbers: frozenset[str] = frozenset()
    xpm_numbers_set_aside: frozenset[str] = frozenset()
    jobs_set_aside: tuple[JobAside, ...] = ()
    stated_days: Mapping[str, date] = field(default_factory=dict)


def read_exports(sources: Iterable[Source], settings: Settings) -> Exports:
    """Read all files into the four tables.

    Raises:
        ReconcileError: a file that cannot be read, a required role that no file has, dates whose order is unknown, or a
            newest file that cannot be told; all such faults at once.
    """
    return read_opened(open_files(sources), settings)


def read_opened(opened: Sequence[Opened], settings: Settings) -> Exports:
    """Read files that are open already into the four tables.

    Raises:
        ReconcileError: as read_exports says.
    """
    account = Account()
    files, left_out = pick_newest(opened, settings.date_order, account)
    grids = take_grids(files, account)
    orders = settle_date_orders(grids, settings.date_order, account, beside=left_out)
    of_role = {role: [grid for grid in grids if grid.role == role] for role in ROLE_WORDS}
    invoices, xero_numbers = read_invoices(of_role[XERO_INVOICES], orders, account)
    jobs, jobs_aside = read_jobs(of_role[XPM_JOBS], orders, settings, account)
    xpm_invoices, set_aside = read_xpm_invoices(of_role[XPM_INVOICES], orders, account)
    clients = read_clients(of_role[XPM_CLIENTS], orders, account)
    for role, table in ((XERO_INVOICES, invoices), (XPM_JOBS, jobs)):
        if table.empty:
            raise ReconcileError(*_nothing_left(role, of_role[role], account))
    _refuse_uncountable(invoices, xpm_invoices)
    account.check()
    return Exports(
        invoices,
        jobs,
        xpm_invoices,
        clients,
        tuple(
            replace(one, problem=on_one_line(one.problem))
            for one in sorted(account.problems, key=Problem.sort_key)
        ),
        account.inputs,
        tuple(account.assumptions),
        xero_numbers,
        set_aside,
        jobs_aside,
        stated_days(grids, orders),
    )


def _refuse_uncountable(invoices: pd.DataFrame, xpm_invoices: pd.DataFrame | None) -> None:
    """Refuse amounts whose sum would run over the end of a 64-bit number; the largest is named.

    Raises:
        ReconcileError: there are such amounts.
    """
    amounts = [invoices[["file", "row", "total_cents"]]]
    if xpm_invoices is not None:
        for name in ("total_cents", "ex_tax_cents"):
            amounts.append(
                xpm_invoices[["file", "row", name]].rename(columns={name: "total_cents"}).dropna()
            )
    sizes = [one["total_cents"].abs().astype("float64") for one in amounts]
    if sum(one.sum() for one in sizes) < 2.0**62:
        return
    size, table = max(zip(sizes, amounts, strict=True), key=lambda one: one[0].max())
    largest = table.loc[size.idxmax()]
    raise ReconcileError(
        f"{largest['file']}: row {largest['row']}: the amounts of all rows are too large to add up. The largest is "
        f"{int(largest['total_cents']) / 100:,.2f}, in this row. Export the file again, or mend it."
    )


def take_grids(files: Iterable[Opened], account: Account) -> list[Grid]:
    """The exports in some files; what is not understood is a problem as long as the required roles are there.

    Raises:
        ReconcileError: as read_exports says.
    """
    grids: list[Grid] = []
    unread: list[Unread] = []
    for file in files:
        for grid in file.grids:
            _open(grid, account)
        grids.extend(file.grids)
        unread.extend(file.others)
        for sheet in file.others:
            if not (file.grids and sheet.empty):
                account.open(sheet)
                problem = Problem(
                    sheet.path, sheet.sheet, None, "", "", sheet.reason, not file.grids
                )
                account.problems.append(problem)
    missing = [role for role in REQUIRED if not any(grid.role == role for grid in grids)]
    if missing:
        words = " and no ".join(ROLE_WORDS[role] for role in missing)
        raise ReconcileError(
            *(f"{sheet.path}: {sheet.reason}." for sheet in unread),
            f"no {words} among the files given. {_taken_as(grids)}"
            "Both are needed; export them and name them, or name their folder.",
        )
    return grids


def _taken_as(grids: list[Grid]) -> str:
    """What the other files are: a file that was taken for something else may be the one that is missing."""
    kinds = list(dict.fromkeys(f"{grid.path}: {ROLE_WORDS[grid.role]}" for grid in grids))
    more = f"; and {len(kinds) - _MOST_TOLD} more" if len(kinds) > _MOST_TOLD else ""
    return f"Found {'; '.join(kinds[:_MOST_TOLD])}{more}. " if kinds else ""


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
    left_out = sum(one.left_out for one in account.inputs if one.path in files)
    what = "none of its rows can be used" if words else "it has a header but no rows"
    if left_out:
        what = f"{left_out} rows are bills, overpayments or prepayments and were left out"
    return [
        *words[:20],
        f"{', '.join(sorted(files))}: no {ROLE_WORDS[role]}: {what}. Export it again.",
    ]
