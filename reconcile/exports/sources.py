"""The files a user names by paths, folders and globs, each once, with the shortest name that tells them apart."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reconcile.errors import ReconcileError
from reconcile.settings import InputPath

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
        files, fault = _files_behind(typed)
        if fault:
            faults.append(f"{typed}: {fault}")
        for path in files:
            chosen[path] = role or chosen.get(path, "")
    if faults:
        raise ReconcileError(*faults)
    return _labelled(chosen)


def find_inputs(inputs: Iterable[InputPath]) -> list[Source]:
    """Find the files of the settings' [inputs], each in the role it stands under.

    A file that stands under several roles, such as a workbook with a sheet for each, has its sheets found out by their
    headers.

    Raises:
        ReconcileError: a path or pattern without a file, with its key and its place in the settings file.
    """
    faults: list[str] = []
    roles: dict[Path, set[str]] = {}
    for one in inputs:
        files, fault = _files_behind(one.pattern, one.folder)
        if fault:
            faults.append(f"{one.place}: {one.role} in [inputs]: {os.path.abspath(one.folder / one.pattern)}: {fault}")
        for path in files:
            roles.setdefault(path, set()).add(one.role)
    if faults:
        raise ReconcileError(*faults)
    return _labelled({path: some.pop() if len(some) == 1 else "" for path, some in roles.items()})


def _labelled(chosen: dict[Path, str]) -> list[Source]:
    odd = [ascii(os.fspath(path)) for path in chosen if not _is_text(path)]
    faults = [f"{name}: the name holds bytes that are no letters. Rename the file or its folder." for name in odd]
    if faults:
        raise ReconcileError(*faults)
    labels = _labels(list(chosen))
    return sorted((Source(path, labels[path], role) for path, role in chosen.items()), key=lambda one: one.label)


def _files_behind(typed: str, folder: Path = Path()) -> tuple[list[Path], str]:
    """The files that a path, folder or pattern names, and what is wrong when there is none."""
    path = folder / typed
    fault = ""
    if path.is_dir():
        found = sorted(one for one in path.iterdir() if one.is_file() and _is_spreadsheet(one))
        if not found:
            fault = "no CSV or XLSX file in this folder. Export the files into it, or name them."
    elif path.is_file():
        found = [path]
    elif glob.has_magic(typed):
        matched = [folder / one for one in glob.glob(typed, root_dir=folder)]
        found = sorted(one for one in matched if one.is_file() and _is_spreadsheet(one))
        if not found:
            fault = "no file matches. Check the pattern, and the folder it starts from."
    else:
        found = []
        fault = "no such file or folder. Check the path."
    return [Path(os.path.abspath(one)) for one in found], fault


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
