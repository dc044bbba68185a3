"""A grid's cells parsed: each distinct text of a column once, whole columns at a time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.exports import cell_parsers as cells
from reconcile.exports.columns import DATE, EVIDENCE, EXACT, HINT, MONEY, NUMBER, column_of
from reconcile.exports.control_totals import Account
from reconcile.exports.readers.cell_kinds import plain_text
from reconcile.exports.readers.grid import FIRST_CELL, Grid


@dataclass
class Typed:
    """The parsed cells of a grid, and what is wrong with them.

    Attributes:
        faulty: one flag per row: a needed cell of it is at fault.
        parsed: column -> what each distinct text means.
        said: what is wrong or remarkable: (row position, column, text as found, words, whether that sets the row aside).
    """

    grid: Grid
    faulty: np.ndarray
    parsed: dict[str, cells.Parsed] = field(default_factory=dict)
    said: list[tuple[int, str, str, str, bool]] = field(default_factory=list)

    def values(self, name: str) -> np.ndarray:
        """One value per row: text, int64 ten-thousandths (cells.MISSING_MONEY for blank), datetime64[D]."""
        return self.parsed[name].values[self.grid.columns[name][1]]

    def codes(self, name: str) -> np.ndarray:
        """One code per row, equal where the values are (` A` and `A` are two texts and may be one number)."""
        parsed, codes = self.parsed[name], self.grid.columns[name][1]
        if parsed.as_found:
            return codes
        merged, _ = pd.factorize(parsed.values, use_na_sentinel=False)
        return merged[codes]

    def are(self, name: str, *texts: str) -> np.ndarray:
        """Which rows hold one of some texts, one flag per row."""
        found = pc.is_in(self._distinct(name), value_set=pa.array(texts))
        return found.to_numpy(zero_copy_only=False)[self.grid.columns[name][1]]

    def texts(self, name: str, at: np.ndarray | None = None) -> pd.Series:
        """A column of texts, of all rows or of those at some positions."""
        codes = self.grid.columns[name][1]
        return pd.Series(
            pd.array(
                self._distinct(name).take(pa.array(codes if at is None else codes[at])), dtype="str"
            )
        )

    def _distinct(self, name: str) -> pa.Array:
        """What the distinct texts of a column mean, as texts."""
        parsed = self.parsed[name]
        return (
            self.grid.columns[name][0] if parsed.as_found else pa.array(parsed.values, pa.string())
        )

    def fault(self, rows: np.ndarray, name: str, words: str) -> None:
        """Set rows aside (one flag per row) for a reason in words."""
        rows = rows & ~self.faulty
        self.said.extend(
            (int(at), name, self.found(name, at), words, True) for at in np.flatnonzero(rows)
        )
        self.faulty = self.faulty | rows

    def found(self, name: str, at: int) -> str:
        """A cell as it stands in the file."""
        if name not in self.grid.columns:
            return ""
        texts, codes = self.grid.columns[name]
        return plain_text(texts[int(codes[at])].as_py())

    def tell(self, account: Account) -> None:
        """Hand what was said to the account, as problems."""
        for at, name, found, words, set_aside in self.said:
            account.problem(self.grid, int(self.grid.rows[at]), name, found, words, set_aside)


def parse_grid(
    grid: Grid, order: str, skip: np.ndarray | None = None, quiet: tuple[str, ...] = ()
) -> Typed:
    """Parse every needed column of a grid.

    Args:
        order: dmy or mdy, for numeric dates.
        skip: rows whose cells do not matter, one flag per row.
        quiet: columns whose remarks (not faults) need no word.
    """
    typed = Typed(grid, faulty=np.zeros(len(grid.rows), dtype=bool))
    again = _header_again(grid)
    if again.any():
        typed.fault(
            again,
            next(iter(grid.headers)),
            "the header again, as where exports are copied below one another",
        )
        skip = again if skip is None else skip | again
    for name, (texts, codes) in grid.columns.items():
        if name == FIRST_CELL or column_of(grid.role, name).reads_as == EVIDENCE:
            continue
        parsed = _parse_texts(column_of(grid.role, name).reads_as, texts, order, grid.separator)
        typed.parsed[name] = parsed
        _note_faults(typed, name, parsed, codes, skip, remarks=name not in quiet)
    return typed


def _header_again(grid: Grid) -> np.ndarray:
    """The rows whose cells are all the headers of their columns, one flag per row."""
    rows = np.full(len(grid.rows), len(grid.headers) > 1)
    there = [name for name in grid.headers if name in grid.columns]
    for name in sorted(
        there, key=lambda name: len(grid.columns[name][0])
    ):  # a few texts most often tell already
        if rows.any():
            header, (texts, codes) = grid.headers[name], grid.columns[name]
            same = np.array([text.strip() == header for text in texts.to_pylist()], dtype=bool)
            rows &= same[codes] if len(texts) else False
    return rows


def _parse_texts(reads_as: str, texts: pa.StringArray, order: str, separator: str) -> cells.Parsed:
    if reads_as in (NUMBER, EXACT):
        return cells.read_identifiers(texts, strip=reads_as == NUMBER)
    if reads_as == MONEY:
        return cells.read_money(texts, decimal_comma=separator == ";")
    if reads_as == DATE:
        return cells.read_dates(texts, order)
    if reads_as == HINT:
        return _as_hints(cells.read_dates(texts, order))
    return cells.read_words(texts)


def _as_hints(parsed: cells.Parsed) -> cells.Parsed:
    """What is wrong with a cell that only informs is a remark: its value is not known, and its row stays."""
    faulty = parsed.faults != ""
    remarks = parsed.remarks.copy()
    remarks[faulty] = parsed.faults[faulty] + "; taken as not known"
    return cells.Parsed(parsed.values, np.full_like(parsed.faults, ""), remarks)


def _note_faults(
    typed: Typed,
    name: str,
    parsed: cells.Parsed,
    codes: np.ndarray,
    skip: np.ndarray | None,
    *,
    remarks: bool,
) -> None:
    """Every faulty cell is said; a remark is said once for each distinct text, at its first row."""
    faults = parsed.faults != ""
    bad = faults[codes]
    if skip is not None:
        bad &= ~skip
    for at in np.flatnonzero(bad):
        typed.said.append((int(at), name, typed.found(name, at), parsed.faults[codes[at]], True))
    typed.faulty = typed.faulty | bad
    remarked = (parsed.remarks != "") & ~faults
    if not remarks or not remarked.any():
        return
    where = np.flatnonzero(remarked[codes] if skip is None else remarked[codes] & ~skip)
    for distinct, first, count in zip(
        *np.unique(codes[where], return_index=True, return_counts=True), strict=True
    ):
        at = int(where[first])
        more = f", in {count} rows from this one on" if count > 1 else ""
        typed.said.append((at, name, typed.found(name, at), parsed.remarks[distinct] + more, False))


def day_column(values: np.ndarray) -> pd.Series:
    """Dates as datetime64[s], NaT where unknown."""
    return pd.Series(values.astype("datetime64[s]"))


def cents_column(values: np.ndarray) -> pd.Series:
    """Ten-thousandths to cents, as Int64 with NA where the cell was blank."""
    missing = values == cells.MISSING_MONEY
    return pd.Series(pd.arrays.IntegerArray(cells.to_cents(np.where(missing, 0, values)), missing))


def text_column(values: np.ndarray) -> pd.Series:
    """Texts as pandas' str."""
    return pd.Series(pd.array(pa.array(values, pa.string()), dtype="str"))
