"""A copy of each run's files, by its day, and no more of them than the settings ask for.

Only copies that this program made are ever removed: they hold a mark and nothing but files of results.

Source: contract.md; settings `output.keep_runs`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from reconcile.storage.own_files import is_result_name
from reconcile.storage.private import create_private, make_private_folder

FOLDER = "archive"
_NEW = ".reconcile-new"
_MARK = ".reconcile-copy"


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
            if torn.is_dir() and not torn.is_symlink():
                _remove_copy(torn)
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
            with create_private(torn / _MARK) as mark:
                mark.write(
                    b"A copy of results, made by reconcile. Without this file it is never removed.\n"
                )
            os.replace(torn, archive / name)
        own = [path for path in _runs(archive) if _is_own_copy(path)]
        for old in sorted(own, key=_order)[:-keep]:
            _remove_copy(old)
    except OSError as error:
        return f"{archive}: this run's copy could not be kept ({error.strerror or error}). Free the space or the folder."
    return None


def _runs(archive: Path) -> list[Path]:
    return [
        path
        for path in archive.iterdir()
        if path.is_dir()
        and not path.is_symlink()
        and _order(path)[1]
        and not path.name.endswith(_NEW)
    ]


def _is_own_copy(folder: Path) -> bool:
    """Whether this program made a copy: its mark is there, and nothing but files of results beside it."""
    names = {path.name for path in folder.iterdir()}
    return _MARK in names and all(_is_copied(name) for name in names - {_MARK})


def _is_copied(name: str) -> bool:
    """Whether a copy of results has a file of this name: a workbook with another name in one is somebody's own."""
    return is_result_name(name) and not Path(name).match("fixlist-*.xlsx")


def _remove_copy(folder: Path) -> None:
    """Remove a copy, file by file and the mark last: a kill in between leaves what the next run removes.

    Raises:
        OSError: a file cannot be removed.
    """
    for path in sorted(folder.iterdir(), key=lambda path: path.name == _MARK):
        if path.name == _MARK or _is_copied(path.name):
            path.unlink()
    with suppress(OSError):  # somebody put a file of their own there meanwhile
        folder.rmdir()


def _order(path: Path) -> tuple[str, int]:
    """Day and number of a copy; number 0 for a folder that is none."""
    day, _, number = path.name[:10], path.name[10:11], path.name[11:] or "1"
    try:
        return date.fromisoformat(day).isoformat(), int(number)
    except ValueError:
        return "", 0


def _equal(folder: Path, files: Sequence[Path]) -> bool:
    """Whether a copy holds the same files, byte for byte."""
    if {path.name for path in folder.iterdir()} - {_MARK} != {path.name for path in files}:
        return False
    return all((folder / path.name).read_bytes() == path.read_bytes() for path in files)
