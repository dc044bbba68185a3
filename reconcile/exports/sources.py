"""The files a user names by paths, folders and globs, each once, with the shortest name that tells them apart."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reconcile.errors import ReconcileError

SPREADSHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls")


@dataclass(frozen=True)
class Source:
    """One file to read: its path, what to call it, and the role the user gave it (empty to find out)."""

    path: Path
    label: str
    role: str = ""


def find_sources(paths: Iterable[str], roles: dict[str, str] | None = None) -> list[Source]:
    """Find the files behind paths, folders (not the folders in them) and globs.

    Args:
        paths: as typed.
        roles: path as typed -> role, for the files whose role the user says outright.

    Raises:
        ReconcileError: a path that does not exist, or a glob or folder without a spreadsheet.
    """
    faults: list[str] = []
    chosen: dict[Path, str] = {}
    for typed, role in [*((path, "") for path in paths), *(roles or {}).items()]:
        for path in _files_behind(typed, faults):
            if _is_text(path):
                chosen[path] = role or chosen.get(path, "")
            else:
                name = ascii(os.fspath(path))
                faults.append(f"{name}: the name holds bytes that are no letters. Rename the file or its folder.")
    if faults:
        raise ReconcileError(*faults)
    labels = _labels(list(chosen))
    return sorted((Source(path, labels[path], role) for path, role in chosen.items()), key=lambda one: one.label)


def _files_behind(typed: str, faults: list[str]) -> list[Path]:
    path = Path(typed)
    if path.is_dir():
        found = sorted(one for one in path.iterdir() if one.is_file() and _is_spreadsheet(one))
        if not found:
            faults.append(f"{typed}: no CSV or XLSX file in this folder. Export the files into it, or name them.")
    elif path.is_file():
        found = [path]
    elif glob.has_magic(typed):
        found = sorted(Path(one) for one in glob.glob(typed) if Path(one).is_file() and _is_spreadsheet(Path(one)))
        if not found:
            faults.append(f"{typed}: no file matches. Check the pattern, and the folder it starts from.")
    else:
        found = []
        faults.append(f"{typed}: no such file or folder. Check the path.")
    return [Path(os.path.abspath(one)) for one in found]


def _is_text(path: Path) -> bool:
    """Whether a path can be written in every report: a name in an old code page cannot."""
    try:
        os.fspath(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _is_spreadsheet(path: Path) -> bool:
    """A spreadsheet by its name, and not Excel's lock file nor a hidden file."""
    return path.suffix.casefold() in SPREADSHEETS and not path.name.startswith(("~$", "."))


def _labels(paths: list[Path]) -> dict[Path, str]:
    labels = {}
    for path in paths:
        for length in range(1, len(path.parts) + 1):
            label = "/".join(path.parts[-length:])
            if sum("/".join(other.parts[-length:]) == label for other in paths) == 1:
                break
        labels[path] = label
    return labels
