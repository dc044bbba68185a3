"""One workbook to grids of text cells, opened by a child process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from reconcile.errors import ReconcileError
from reconcile.exports.readers import xlsx_child
from reconcile.exports.readers.grid import Grid, Unread
from reconcile.exports.readers.sandbox import ask_child
from reconcile.exports.recognise import OWN_OUTPUT, NotUnderstood


def read_workbook_file(path: Path, label: str, role: str) -> list[Grid | Unread]:
    """Read every sheet of one workbook.

    Args:
        label: what to call it in messages. role: what the user says that it is; empty to find out by its headers.

    Raises:
        ReconcileError: it cannot be opened, or the layout of a sheet cannot be read rightly.
    """
    answer = ask_child(xlsx_child.__name__, path, label, *([role] if role else []))
    if any(about.get("role") == OWN_OUTPUT for about in answer["sheets"]):
        return [
            Unread(label, about["sheet"], "a result of this program", own_output=True)
            for about in answer["sheets"]
        ]
    sheets: list[Grid | Unread] = []
    for about in answer["sheets"]:
        name = about["sheet"]
        if about.get("hidden"):
            sheets.append(
                Unread(label, name, "a hidden sheet, left out. Unhide it if it should be read")
            )
        elif about.get("empty"):
            sheets.append(Unread(label, name, "the sheet is empty", empty=True))
        elif "headers" in about and "role" not in about:
            found = NotUnderstood(
                tuple(about["headers"]), about["nearest"], tuple(about["missing"])
            )
            sheets.append(Unread(label, name, found.sentence()))
        elif "refused" in about:
            raise ReconcileError(f"{label}: sheet {name!r}: {about['refused']}")
        else:
            sheets.append(_grid_of_sheet(label, about))
    return sheets


def _grid_of_sheet(label: str, about: dict[str, Any]) -> Grid:
    columns = {
        name: (pa.array(column["texts"], pa.string()), np.array(column["codes"], dtype=np.int64))
        for name, column in about["columns"].items()
    }
    rows = np.array(about["rows"], dtype=np.int64)
    return Grid(
        label,
        about["sheet"],
        about["role"],
        about["headers"],
        rows,
        columns,
        len(rows),
        grouped_by=about["grouped_by"],
        gross_is_per_line=about["gross_is_per_line"],
        first_names=tuple(about["first_names"]),
        titles=tuple(about["titles"]),
    )
