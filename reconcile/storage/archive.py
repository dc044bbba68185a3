"""A copy of each run's files, by its day, and no more of them than the settings ask for.

Source: contract.md; settings `output.keep_runs`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from reconcile.storage.private import create_private, make_private_folder

FOLDER = "archive"
_NEW = ".reconcile-new"


def keep_copies(folder: Path, files: Sequence[Path], as_of: date, keep: int) -> str | None:
    """Copy a run's files to FOLDER/archive/DAY, and remove the oldest copies; a second, different run of a day is DAY-2.

    A workbook that was kept since somebody typed in it is of another day, and stays where it is.

    Returns:
        What could not be done, in words; the run itself is whole in any case.
    """
    archive = folder / FOLDER
    files = [path for path in files if not path.match("fixlist-*.xlsx")]
    try:
        make_private_folder(archive)
        for torn in archive.glob("*" + _NEW):
            shutil.rmtree(torn)
        day = as_of.isoformat()
        runs = sorted(_runs(archive), key=_order)
        same_day = [path for path in runs if _order(path)[0] == day]
        if not (same_day and _equal(same_day[-1], files)):
            name = day if not same_day else f"{day}-{_order(same_day[-1])[1] + 1}"
            torn = archive / (name + _NEW)
            make_private_folder(torn)
            for path in files:
                with path.open("rb") as original, create_private(torn / path.name) as copy:
                    shutil.copyfileobj(original, copy)
            os.replace(torn, archive / name)
        for old in sorted(_runs(archive), key=_order)[:-keep]:
            shutil.rmtree(old)
    except OSError as error:
        return f"{archive}: this run's copy could not be kept ({error.strerror or error}). Free the space or the folder."
    return None


def _runs(archive: Path) -> list[Path]:
    return [
        path
        for path in archive.iterdir()
        if path.is_dir() and _order(path)[1] and not path.name.endswith(_NEW)
    ]


def _order(path: Path) -> tuple[str, int]:
    """Day and number of a copy; number 0 for a folder that is none."""
    day, _, number = path.name[:10], path.name[10:11], path.name[11:] or "1"
    try:
        return date.fromisoformat(day).isoformat(), int(number)
    except ValueError:
        return "", 0


def _equal(folder: Path, files: Sequence[Path]) -> bool:
    """Whether a copy holds the same files, byte for byte."""
    if {path.name for path in folder.iterdir()} != {path.name for path in files}:
        return False
    return all((folder / path.name).read_bytes() == path.read_bytes() for path in files)
