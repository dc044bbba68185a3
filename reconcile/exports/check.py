"""The export doctor: what each file is, which columns were found, and everything that is wrong with it.

Each file is examined by itself, so that one broken file hides no other.
Source: contract.md `reconcile check`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reconcile.errors import ReconcileError
from reconcile.exports.columns import (
    EVIDENCE,
    XERO_INVOICES,
    XPM_CLIENTS,
    XPM_INVOICES,
    XPM_JOBS,
    columns_of,
)
from reconcile.exports.control_totals import Account, RowTotals
from reconcile.exports.date_order import settle_date_orders
from reconcile.exports.files.ages import Age, tell_age
from reconcile.exports.files.opening import open_source
from reconcile.exports.files.sources import Source
from reconcile.exports.problems import Problem
from reconcile.exports.readers.grid import Grid, Unread
from reconcile.exports.xero import read_invoices
from reconcile.exports.xpm import read_clients, read_jobs, read_xpm_invoices
from reconcile.settings.model import Settings


@dataclass(frozen=True)
class Examination:
    """What was found out about one file or sheet.

    Attributes:
        role: what it is; "" where it is not understood or cannot be read.
        fault: why it cannot be used at all, in a sentence; "" for a usable one.
        found: our column name -> the header as it stands in the file. missing: headers that would tell more.
        account: what became of its rows; None where they were not read.
        age: how new it is, by what stands in it.
    """

    path: str
    sheet: str | None
    role: str = ""
    fault: str = ""
    note: str = ""
    found: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    account: RowTotals | None = None
    problems: tuple[Problem, ...] = ()
    assumptions: tuple[str, ...] = ()
    age: Age = field(default_factory=Age)

    @property
    def is_well(self) -> bool:
        return not self.fault and not any(problem.set_aside for problem in self.problems)


def examine(sources: Iterable[Source], settings: Settings) -> list[Examination]:
    """Examine every sheet of every file; nothing is raised for what is wrong with a file."""
    found: list[Examination | Grid] = []
    for source in sources:
        try:
            sheets = open_source(source).sheets
        except ReconcileError as error:
            words = " ".join(error.messages)
            found.append(
                Examination(source.label, None, fault=words.removeprefix(f"{source.label}: "))
            )
            continue
        found.extend(_unread(sheet) if isinstance(sheet, Unread) else sheet for sheet in sheets)
    grids = [one for one in found if isinstance(one, Grid)]
    return [_examined(one, grids, settings) if isinstance(one, Grid) else one for one in found]


def _unread(sheet: Unread) -> Examination:
    if sheet.own_output or sheet.empty:
        return Examination(sheet.path, sheet.sheet, note=f"{sheet.reason}; passed over")
    return Examination(sheet.path, sheet.sheet, fault=f"{sheet.reason}.")


def _examined(grid: Grid, grids: list[Grid], settings: Settings) -> Examination:
    account = Account()
    account.open(grid)
    account.problems.extend(grid.problems)
    account.count(grid, "set_aside", len(grid.problems))
    for warning in grid.warnings:
        account.problem(grid, None, "", "", warning, False)
    found = tuple(grid.headers.items())
    missing = tuple(
        column.headers[0]
        for column in columns_of(grid.role)
        if column.name not in grid.headers and column.reads_as != EVIDENCE
    )
    try:
        age = _read_alone(grid, grids, settings, account)
    except ReconcileError as error:
        words = " ".join(error.messages).removeprefix(f"{grid.path}: ")
        return Examination(grid.path, grid.sheet, grid.role, words, found=found, missing=missing)
    counts = account.totals_of(grid).row_totals
    problems = tuple(sorted(account.problems, key=Problem.sort_key))
    empty = "" if counts.rows else "it has a header but no rows. Export it again."
    return Examination(
        grid.path,
        grid.sheet,
        grid.role,
        empty,
        "",
        found,
        missing,
        counts,
        problems,
        tuple(account.assumptions),
        age,
    )


def _read_alone(grid: Grid, grids: list[Grid], settings: Settings, account: Account) -> Age:
    """Read one grid as the run would, and say how new it is.

    For the order of its dates its relatives count too, if they are well.
    """
    try:
        orders = settle_date_orders(grids, settings.date_order, Account())
    except ReconcileError:
        orders = settle_date_orders([grid], settings.date_order, account)
    if grid.role == XERO_INVOICES:
        read_invoices([grid], orders, account)
    elif grid.role == XPM_JOBS:
        read_jobs([grid], orders, settings, account)
    elif grid.role == XPM_INVOICES:
        read_xpm_invoices([grid], orders, account)
    elif grid.role == XPM_CLIENTS:
        read_clients([grid], orders, account)
    return tell_age([grid], orders)
