"""The order of day and month of each file: proved by itself, else by its system's other files, else as stated.

Source: contract.md `--date-order`; rules.md section 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from reconcile.errors import ReconcileError
from reconcile.exports.cell_parsers import date_order_evidence
from reconcile.exports.columns import DATE, EVIDENCE, HINT, SYSTEMS, column_of
from reconcile.exports.control_totals import Account
from reconcile.exports.readers.grid import FIRST_CELL, Grid

Key = tuple[str, str | None]


@dataclass(frozen=True)
class _Evidence:
    """What one grid's date columns say; each a text as found, with the column of the doubtful one."""

    day_first: str
    month_first: str
    doubtful: str
    column: str

    @property
    def proved(self) -> str:
        return "dmy" if self.day_first else "mdy" if self.month_first else ""


def settle_date_orders(
    grids: list[Grid], stated: str, account: Account, beside: Sequence[Grid] = ()
) -> dict[Key, str]:
    """Say for each grid whether its dates are day first or month first.

    Args:
        stated: dmy, mdy or auto, of the command line or the settings.
        beside: other grids that are evidence for these too.

    Returns:
        (path, sheet) -> dmy, mdy, or "" where no date of it needs to know.

    Raises:
        ReconcileError: contradicting proofs in one file, or dates that can be read both ways and nothing to tell.
    """
    every = [*grids, *beside]
    evidence = {(grid.path, grid.sheet): _evidence(grid) for grid in every}
    faults = [
        f"{path}: dates: days and months are in both orders. Found {one.day_first!r} and {one.month_first!r}. "
        "Export the file again without opening it in Excel, or mend the dates."
        for (path, _), one in evidence.items()
        if one.day_first and one.month_first
    ]
    if faults:
        raise ReconcileError(*faults)
    orders: dict[Key, str] = {}
    for grid in grids:
        key = grid.path, grid.sheet
        one = evidence[key]
        relatives = {
            evidence[g.path, g.sheet].proved for g in every if SYSTEMS[g.role] == SYSTEMS[grid.role]
        } - {""}
        by_setting = "" if stated == "auto" else stated
        orders[key] = one.proved or (next(iter(relatives)) if len(relatives) == 1 else by_setting)
        if one.proved and by_setting and one.proved != by_setting:
            account.assume(
                f"{grid.path}: dates read as {one.proved}, which a day above 12 proves, not as {by_setting}"
            )
        if one.doubtful and not orders[key]:
            faults.append(
                f"{grid.path}: column {one.column!r}: day and month cannot be told apart. Found {one.doubtful!r}, and no "
                "day above 12 in this file. Say --date-order dmy (Australia, New Zealand, UK) or --date-order mdy (US), "
                'or date_order = "dmy" under [reading] in reconcile.toml.'
            )
    if faults:
        raise ReconcileError(*faults)
    return orders


def find_proofs(grids: list[Grid]) -> dict[str, tuple[str, str]]:
    """Say which orders a day above 12 proves: dmy or mdy -> the first file and cell that does."""
    proofs: dict[str, tuple[str, str]] = {}
    for grid in grids:
        one = _evidence(grid)
        for order, cell in (("dmy", one.day_first), ("mdy", one.month_first)):
            if cell:
                proofs.setdefault(order, (grid.path, cell))
    return proofs


def _evidence(grid: Grid) -> _Evidence:
    found = [(name, date_order_evidence(texts)) for name, texts in _date_columns(grid)]
    used = [(name, one) for name, one in found if column_of(grid.role, name).reads_as == DATE]
    doubtful = next(
        ((grid.headers[name], one.ambiguous) for name, one in used if one.ambiguous), ("", "")
    )
    return _Evidence(
        next((one.day_first for _, one in found if one.day_first), ""),
        next((one.month_first for _, one in found if one.month_first), ""),
        doubtful[1],
        doubtful[0],
    )


def _date_columns(grid: Grid) -> Iterator[tuple[str, pa.StringArray]]:
    for name, (texts, _) in grid.columns.items():
        if name != FIRST_CELL and column_of(grid.role, name).reads_as in (DATE, EVIDENCE, HINT):
            yield name, texts
