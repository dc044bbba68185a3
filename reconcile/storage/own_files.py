"""Which files are this program's own: only those may be replaced or removed without a word.

A file of results is known by its name and by how it begins; a workbook by its sheets. What cannot be read is not its own.
Source: contract.md "No file is replaced that this program did not write".
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from reconcile.errors import ReconcileError, TryLater

# The headers that tell each CSV of results from an export, whatever columns later versions add.
CSV_HEADERS = {
    "invoices.csv": frozenset({"if_resynced_place", "belongs_job_no"}),
    "jobs.csv": frozenset({"state_type", "role", "finding"}),
    "fixlist.csv": frozenset({"fix_id", "what_to_do"}),
}
_SHEETS = tuple(
    f'name="{name}"'.encode()
    for name in ("Fix list", "Summary", "Invoices", "Jobs", "Problems", "Rules", "Practices")
)
_START_BYTES = 4096
_RESULT = re.compile(
    r"(fixlist(-[\w-]+)?\.xlsx|fixlist\.(csv|json)|report\.html|overview\.(xlsx|html)|invoices\.csv|jobs\.csv|practices\.jsonl)"
)


def is_result_name(name: str) -> bool:
    """Whether a file name is one that a run or a batch gives its results; never a path."""
    return _RESULT.fullmatch(name) is not None


def is_own_file(path: Path) -> bool:
    """Whether this program wrote a file of results, as far as its beginning or its sheets show.

    Raises:
        OSError: the file cannot be read.
    """
    if path.suffix == ".xlsx":
        return _is_own_workbook(path)
    with path.open("rb") as stream:
        start = stream.read(_START_BYTES).decode("utf-8-sig", errors="replace")
    if not start:  # what a crash or a program that copies left: nothing in it can be lost
        return True
    if path.suffix == ".json":
        return re.search(r'"schema"\s*:\s*"reconcile/', start) is not None
    if path.suffix == ".html":
        return '<meta name="generator" content="reconcile ' in start
    lines = start.splitlines()
    first = lines[1] if lines[0].startswith("sep=") and len(lines) > 1 else lines[0]
    header = {cell.strip(' "') for cell in re.split("[,;\t]", first.strip())}
    wanted = CSV_HEADERS.get(path.name)
    return wanted is not None and wanted <= header


def _is_own_workbook(path: Path) -> bool:
    """Whether a workbook has two sheets of the results: one may have been removed. A copy of a damaged fix-list is kept."""
    try:
        with zipfile.ZipFile(path) as parts:
            sheets = parts.read("xl/workbook.xml")
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
        return path.name == "fixlist.xlsx"
    overview = path.name == "overview.xlsx" and b'name="Practices"' not in sheets
    return not overview and sum(name in sheets for name in _SHEETS) >= 2


def refuse_files_of_others(folder: Path, names: Iterable[str]) -> None:
    """Refuse to write results over files that this program did not write.

    Raises:
        ReconcileError: the files that are in the way, all of them.
        TryLater: a file cannot be read now.
    """
    others = [name for name in names if _is_of_others(folder / name)]
    if others:
        raise ReconcileError(
            *(
                f"{folder / name}: is not a file of this program, and a result of this name would replace it. "
                "Nothing was written. Name another folder with --out, or give your file another name."
                for name in others
            )
        )


def _is_of_others(path: Path) -> bool:
    """Whether a file is there and is somebody else's. Renaming needs no right to read, so one that cannot be read stops it too.

    Raises:
        TryLater: the file cannot be read now.
    """
    try:
        return path.is_file() and not is_own_file(path)
    except OSError as error:
        words = error.strerror or error
        raise TryLater(
            f"{path}: cannot be read ({words}), so it is not replaced. Nothing was changed. Close or free it, then run again."
        ) from None
