"""All files of one run, or none: temporary names first, then renamed, and put back when a rename fails.

Source: contract.md "Files written to --out"; exit code 75.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from reconcile.errors import ReconcileError, TryLater

_NEW, _OLD = ".reconcile-new", ".reconcile-old"


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write every file into a folder, which is made where it is missing.

    Raises:
        ReconcileError: the folder cannot be one.
        TryLater: a file cannot be written now; what was there before is there again.
    """
    if folder.exists() and not folder.is_dir():
        raise ReconcileError(f"{folder}: is a file, and a folder is needed for the results. Name another with --out.")
    blocked = [name for name in files if (folder / name).is_dir()]
    if blocked:
        raise ReconcileError(
            f"{folder / blocked[0]}: is a folder, and a file goes there. Remove it, or name another --out."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _tidy(folder)
        for name, content in files.items():
            _write(folder / (name + _NEW), content)
    except OSError as error:
        _remove(folder / (name + _NEW) for name in files)
        raise TryLater(
            f"{folder}: cannot be written to ({error.strerror or error}). Nothing was changed. Free the space or the folder, then run again."
        ) from None
    _swap(folder, list(files))
    return [folder / name for name in files]


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _swap(folder: Path, names: list[str]) -> None:
    """Put the new files in place of the old; on a failure put the old ones back."""
    kept: list[str] = []
    placed: list[str] = []
    name = ""
    try:
        for name in names:
            if (folder / name).exists():
                os.replace(folder / name, folder / (name + _OLD))
                kept.append(name)
            os.replace(folder / (name + _NEW), folder / name)
            placed.append(name)
    except OSError as error:
        for one in placed:
            if one not in kept:
                _remove([folder / one])
        for one in kept:
            os.replace(folder / (one + _OLD), folder / one)
        _remove(folder / (one + _NEW) for one in names)
        words = error.strerror or error
        raise TryLater(
            f"{folder / name}: cannot be replaced ({words}). Nothing was changed. Close it in Excel, then run again."
        ) from None
    _remove(folder / (one + _OLD) for one in kept)


def _tidy(folder: Path) -> None:
    """Clean up after a run that was killed: an old file without its new one goes back, the rest goes away."""
    for old in folder.glob("*" + _OLD):
        target = old.with_name(old.name[: -len(_OLD)])
        if target.exists():
            _remove([old])
        else:
            os.replace(old, target)
    _remove(folder.glob("*" + _NEW))


def _remove(paths) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
