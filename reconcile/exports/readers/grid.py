"""What a reader makes of a sheet: a grid of text cells, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv

from reconcile.exports.problems import Problem

FIRST_CELL = "first cell"  # the column of a report that holds its group and total rows


@dataclass(frozen=True)
class Grid:
    """The needed columns of one understood sheet or CSV, cells as text.

    Attributes:
        rows: the spreadsheet's row number of each record, from 1.
        columns: our column name -> (distinct texts, one code per record).
        row_count: records below the header, those set aside as ragged included.
        grouped_by: the column that group rows stand for, "any" where they only part the rows, "" where there are none.
        first_names: the columns that are the sheet's first.
        titles: the rows above the header, each as one text.
    """

    path: str
    sheet: str | None
    role: str
    headers: dict[str, str]
    rows: np.ndarray
    columns: dict[str, tuple[pa.StringArray, np.ndarray]]
    row_count: int
    separator: str = ","
    grouped_by: str = ""
    gross_is_per_line: bool = False
    first_names: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    sha256: str = ""
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unread:
    """A file or sheet that is no grid: empty, not understood, or one of this program's own results."""

    path: str
    sheet: str | None
    reason: str
    own_output: bool = False
    empty: bool = False
    sha256: str = ""
