"""What was wrong with the input, row by row: data, not exceptions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a file, sheet, row or cell.

    Attributes:
        row: the spreadsheet's own row number; None for the file or sheet as a whole.
        column: the header as it stands in the file; empty where the row or file is meant.
        set_aside: whether something was left out of the results because of it (exit code 20).
    """

    file: str
    sheet: str | None
    row: int | None
    column: str
    value: str
    problem: str
    set_aside: bool

    def sort_key(self) -> tuple[str, str, int, str, str, str]:
        """By file, sheet and row, as a person would go through them."""
        return (self.file, self.sheet or "", self.row or 0, self.column, self.problem, self.value)
