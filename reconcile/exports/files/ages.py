"""How new an export is, by what stands in it: the day that it states, and its newest date. File times are not asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from reconcile.exports.cell_parsers import read_dates
from reconcile.exports.columns import XERO_INVOICES, XPM_INVOICES, XPM_JOBS
from reconcile.exports.date_order import Key
from reconcile.exports.files.title_dates import read_stated
from reconcile.exports.readers.grid import Grid

MAIN_DATES = {XERO_INVOICES: "invoice_date", XPM_JOBS: "created_on", XPM_INVOICES: "invoice_date"}


@dataclass(frozen=True)
class Age:
    """How new a file is; None where nothing in it says.

    Attributes:
        stated_on: the day whose state it shows, by its title rows.
        newest_on: the newest date of its invoices, or on which its newest job was created.
        period_to: the end of the period in its title rows.
    """

    stated_on: date | None = None
    newest_on: date | None = None
    period_to: date | None = None

    @property
    def rank(self) -> tuple[date, ...]:
        """What to compare two files by: first the day that it states, else its newest date; () where nothing says."""
        first = self.stated_on or self.newest_on or self.period_to
        return (first, self.newest_on or date.min, self.period_to or date.min) if first else ()

    @property
    def words(self) -> str:
        """All that is known of it, for people."""
        facts = (
            ("as at", self.stated_on),
            ("newest date", self.newest_on),
            ("period to", self.period_to),
        )
        return ", ".join(f"{name} {day}" for name, day in facts if day) or "no date in it"


def tell_age(grids: Iterable[Grid], orders: Mapping[Key, str]) -> Age:
    """Say how new a file is by the latest that its sheets show.

    Args:
        orders: as settle_date_orders gives them.
    """
    stated, newest, periods = [], [], []
    for grid in grids:
        order = orders[grid.path, grid.sheet]
        says = read_stated(grid.titles, order)
        stated.append(says.day)
        periods.append(says.period_to)
        newest.append(_newest_date(grid, order))
    return Age(_latest(stated), _latest(newest), _latest(periods))


def stated_days(grids: Iterable[Grid], orders: Mapping[Key, str]) -> dict[str, date]:
    """The day that the files of a role state, the latest of several; not of a role of which one file states none."""
    found: dict[str, list[date | None]] = {}
    for grid in grids:
        found.setdefault(grid.role, []).append(tell_age([grid], orders).stated_on)
    known = {role: [day for day in days if day] for role, days in found.items()}
    return {role: max(days) for role, days in known.items() if len(days) == len(found[role])}


def _newest_date(grid: Grid, order: str) -> date | None:
    name = MAIN_DATES.get(grid.role)
    if name not in grid.columns:
        return None
    texts, codes = grid.columns[name]
    days = read_dates(texts, order).values[np.unique(codes)]
    known = days[~np.isnat(days)]
    newest: date | None = known.max().item() if len(known) else None
    return newest


def _latest(days: Iterable[date | None]) -> date | None:
    return max(filter(None, days), default=None)
