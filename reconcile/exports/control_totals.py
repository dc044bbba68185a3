"""What is said about the input while it is read: problems, assumptions, and where every row went."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconcile.errors import Unaccounted
from reconcile.exports.problems import Problem
from reconcile.exports.readers.grid import Grid, Unread

WAYS = ("records", "folded", "set_aside", "left_out")  # what may become of a row


@dataclass
class Account:
    """Grows while files are read; every row of a file ends in exactly one of WAYS."""

    problems: list[Problem] = field(default_factory=list)
    assumptions: dict[str, None] = field(default_factory=dict)
    inputs: dict[tuple[str, str | None], dict] = field(default_factory=dict)

    def open(self, grid: Grid | Unread) -> None:
        """Begin the account of a sheet or CSV; one that was not understood has no role and no rows."""
        entry = {
            "role": None,
            "path": grid.path,
            "sheet": grid.sheet,
            "sha256": grid.sha256,
            "rows": 0,
        }
        if isinstance(grid, Grid):
            entry |= {"role": grid.role, "rows": grid.row_count}
        self.inputs[grid.path, grid.sheet] = entry | dict.fromkeys(WAYS, 0)

    def count(self, grid: Grid, way: str, rows: int) -> None:
        """Say what became of so many rows of a grid (`rows` itself may shrink by rows that are layout and no data)."""
        self.inputs[grid.path, grid.sheet][way] += int(rows)

    def move(self, grid: Grid, way: str, rows: int) -> None:
        """Rows that were taken for records turn out to be something else."""
        self.count(grid, "records", -rows)
        self.count(grid, way, rows)

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
        for one in self.inputs.values():
            if one["rows"] != sum(one[way] for way in WAYS):
                raise Unaccounted(f"rows of {one['path']} do not add up: {one}")
