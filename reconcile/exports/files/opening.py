"""Opens the files that were found: each once, all faults at once, and none that changes meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pyarrow as pa

from reconcile.errors import ReconcileError
from reconcile.exports.files.incomplete import look_at
from reconcile.exports.files.sources import Source
from reconcile.exports.readers.grid import Grid, Unread
from reconcile.exports.readers.read_file import read_sheets


@dataclass(frozen=True)
class Opened:
    """One file and its sheets."""

    source: Source
    sheets: tuple[Grid | Unread, ...]

    @property
    def sha256(self) -> str:
        """Of the whole file."""
        return self.sheets[0].sha256

    @property
    def grids(self) -> list[Grid]:
        """The sheets that are exports."""
        return [sheet for sheet in self.sheets if isinstance(sheet, Grid)]

    @property
    def others(self) -> list[Unread]:
        """The sheets that are none, but for this program's own results."""
        return [
            sheet for sheet in self.sheets if isinstance(sheet, Unread) and not sheet.own_output
        ]


def open_source(source: Source) -> Opened:
    """Read every sheet of one file.

    Raises:
        ReconcileError: the file cannot be read, or was changed while it was read.
    """
    before = look_at(source.path)
    sheets = read_sheets(source.path, source.label, source.role)
    if look_at(source.path) != before:
        raise ReconcileError(
            f"{source.label}: was changed while it was read. It may be half old and half new. "
            "Run again when nothing writes to it."
        )
    for at, sheet in enumerate(sheets):
        if isinstance(sheet, Grid):  # said of the file, and so with its first sheet alone
            sheets[at] = replace(sheet, warnings=(*sheet.warnings, *source.warnings))
            break
    return Opened(source, tuple(sheets))


def open_files(sources: Iterable[Source]) -> list[Opened]:
    """Open every file, as many at a time as there are processors: what reads them waits for a disk or another process.

    Raises:
        ReconcileError: files that cannot be read, or are not what the user says that they are; all of them.
    """
    opened: list[Opened] = []
    faults: list[str] = []
    with ThreadPoolExecutor(pa.cpu_count()) as beside:
        readings = [(source, beside.submit(open_source, source)) for source in sources]
    for source, reading in readings:
        try:
            opened.append(reading.result())
        except ReconcileError as error:
            faults.extend(error.messages)
            continue
        if source.role and not opened[-1].grids:
            faults.extend(f"{sheet.path}: {sheet.reason}." for sheet in opened[-1].others)
    if faults:
        raise ReconcileError(*faults)
    return opened
