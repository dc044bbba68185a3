"""What is said about the input while it is read: problems, assumptions, and where every row went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from reconcile.errors import Unaccounted
from reconcile.exports.problems import Problem
from reconcile.exports.readers.grid import Grid, Unread

Way = Literal["records", "folded", "set_aside", "left_out"]  # what may become of a row


class RowTotals(NamedTuple):
    """How many rows were read, and how many of them became what."""

    rows: int = 0
    records: int = 0
    folded: int = 0
    set_aside: int = 0
    left_out: int = 0

    @property
    def accounted_for(self) -> int:
        """The rows of which it is known what became of them: all, or the program has a fault."""
        return self.records + self.folded + self.set_aside + self.left_out


@dataclass(frozen=True)
class InputTotals:
    """One file or sheet that was read, and what became of its rows.

    Attributes:
        role: what it is; None where it was not understood, and then it has no rows.
        rows: how many it has below its header; each is one of the records, or folded into one, set aside or left out.
    """

    role: str | None
    path: str
    sheet: str | None
    sha256: str
    rows: int = 0
    records: int = 0
    folded: int = 0
    set_aside: int = 0
    left_out: int = 0

    @property
    def row_totals(self) -> RowTotals:
        """The numbers alone."""
        return RowTotals(self.rows, self.records, self.folded, self.set_aside, self.left_out)


def add_up(inputs: Iterable[InputTotals]) -> RowTotals:
    """The rows of several files together."""
    each = [one.row_totals for one in inputs]
    return RowTotals(*map(sum, zip(*each, strict=True))) if each else RowTotals()


@dataclass
class Account:
    """Grows while files are read; every row of a file becomes exactly one of what Way names."""

    problems: list[Problem] = field(default_factory=list)
    assumptions: dict[str, None] = field(default_factory=dict)
    _sheets: dict[tuple[str, str | None], Grid | Unread] = field(default_factory=dict)
    _counts: Counter[tuple[str, str | None, str]] = field(default_factory=Counter)

    def open(self, grid: Grid | Unread) -> None:
        """Begin the account of a sheet or CSV; one that was not understood has no role and no rows."""
        self._sheets[grid.path, grid.sheet] = grid
        if isinstance(grid, Grid):
            self.count(grid, "rows", grid.row_count)

    def count(self, grid: Grid, way: Way | Literal["rows"], rows: int) -> None:
        """Say what became of so many rows of a grid (`rows` itself may shrink by rows that are layout and no data)."""
        self._counts[grid.path, grid.sheet, way] += int(rows)

    def move(self, grid: Grid, way: Way, rows: int) -> None:
        """Rows that were taken for records turn out to be something else."""
        self.count(grid, "records", -rows)
        self.count(grid, way, rows)

    def totals_of(self, sheet: Grid | Unread) -> InputTotals:
        """What became of the rows of one sheet or CSV so far."""
        counts = (self._counts[sheet.path, sheet.sheet, name] for name in RowTotals._fields)
        role = sheet.role if isinstance(sheet, Grid) else None
        return InputTotals(role, sheet.path, sheet.sheet, sheet.sha256, *counts)

    @property
    def inputs(self) -> tuple[InputTotals, ...]:
        """What became of the rows of each sheet or CSV so far, in the order in which they were opened."""
        return tuple(map(self.totals_of, self._sheets.values()))

    def assume(self, sentence: str) -> None:
        """Say what is taken for granted, once."""
        self.assumptions[sentence] = None

    def problem(
        self, grid: Grid, row: int | None, name: str, value: str, words: str, set_aside: bool
    ) -> None:
        """Say what is wrong with a cell or row; `row` is the spreadsheet's number, `name` our column."""
        header = grid.headers.get(name, "")
        self.problems.append(
            Problem(grid.path, grid.sheet, row, header, value[:200], words, set_aside)
        )

    def check(self) -> None:
        """Hold each file's rows against what became of them.

        Raises:
            Unaccounted: they differ; nothing is written then.
        """
        for one in self.inputs:
            if one.rows != one.row_totals.accounted_for:
                raise Unaccounted(f"rows of {one.path} do not add up: {one.row_totals}")
