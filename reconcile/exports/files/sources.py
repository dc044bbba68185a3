"""The files a user names by paths, folders and globs, each once, with the shortest name that tells them apart.

Files that are still being downloaded, copied or written are waited for or refused, and never read by halves.
"""

from __future__ import annotations

import errno
import glob
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from reconcile.errors import ReconcileError
from reconcile.exports.files.incomplete import (
    ENDINGS,
    name_when_done,
    open_in_excel,
    say_unfinished,
    wait_until_still,
)
from reconcile.settings.model import InputPath

SPREADSHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls")


@dataclass(frozen=True)
class Source:
    """One file to read.

    Attributes:
        label: what to call it.
        role: the role the user gave it; empty to find out.
        newest_of: the entries of [inputs] that found it and of whose files only the newest is read.
        warnings: what to say of it whatever is in it.
    """

    path: Path
    label: str
    role: str = ""
    newest_of: tuple[InputPath, ...] = ()
    warnings: tuple[str, ...] = ()


def find_sources(
    paths: Iterable[str], roles: dict[str, str] | None = None, now: float | None = None
) -> list[Source]:
    """Find the files behind paths, folders (not the folders in them) and globs.

    Args:
        paths: as typed.
        roles: path as typed -> role, for the files whose role the user says outright.
        now: the time, to wait for files that are being written; None for no such look.

    Raises:
        ReconcileError: a path that does not exist, a glob or folder without a spreadsheet, or an unfinished file.
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
    return _labelled(chosen, now)


def find_inputs(
    inputs: Iterable[InputPath], pick: str = "all", now: float | None = None
) -> list[Source]:
    """Find the files of the settings' [inputs], each in the role it stands under.

    A file that stands under several roles, such as a workbook with a sheet for each, has its sheets found out by their
    headers.

    Args:
        pick: all, or newest: of the files that one pattern finds only the newest is to be read. Which one that is shows
            when they are open (picking.pick_newest).
        now: as for find_sources.

    Raises:
        ReconcileError: a path or pattern without a file, or with an unfinished one, with its key and its place in the
            settings file.
    """
    faults: list[str] = []
    found: dict[Path, list[InputPath]] = {}
    for one in inputs:
        files, fault = _files_behind(one.pattern, one.folder)
        if fault:
            faults.append(
                f"{one.place}: {one.role} in [inputs]: {os.path.abspath(one.folder / one.pattern)}: {fault}"
            )
        for path in files:
            found.setdefault(path, []).append(one)
    if faults:
        raise ReconcileError(*faults)
    roles = {path: {one.role for one in entries} for path, entries in found.items()}
    newest_of = (
        {path: tuple(entries) for path, entries in found.items()} if pick == "newest" else {}
    )
    return _labelled(
        {path: some.pop() if len(some) == 1 else "" for path, some in roles.items()}, now, newest_of
    )


def _labelled(
    chosen: dict[Path, str],
    now: float | None,
    newest_of: Mapping[Path, tuple[InputPath, ...]] = MappingProxyType({}),
) -> list[Source]:
    """The files with their labels, in the order of these; those that are being written are waited for."""
    odd = [ascii(os.fspath(path)) for path in chosen if not _is_text(path)]
    faults = [
        f"{name}: the name holds bytes that are no letters. Rename the file or its folder."
        for name in odd
    ]
    if faults:
        raise ReconcileError(*faults)
    labels = _labels(list(chosen))
    if now is not None:
        wait_until_still({label: path for path, label in labels.items()}, now)
    sources = [
        Source(
            path,
            labels[path],
            role,
            newest_of.get(path, ()),
            (_OPEN_IN_EXCEL,) if open_in_excel(path) else (),
        )
        for path, role in chosen.items()
    ]
    return sorted(sources, key=lambda one: one.label)


_OPEN_IN_EXCEL = "open in Excel: only what was last saved is read. Save it, close it and run again if it was changed"


def _files_behind(typed: str, folder: Path = Path()) -> tuple[list[Path], str]:
    """The files that a path, folder or pattern names, and what is wrong when there is none, or one is unfinished."""
    path = folder / typed
    if path.is_dir():
        matched = list(path.iterdir())
        fault = "no CSV or XLSX file in this folder. Export the files into it, or name them."
    elif path.is_file() or not glob.has_magic(typed):
        matched = [path, *(path.with_name(path.name + ending) for ending in ENDINGS)]
        fault = _why_no_file(path) or "no such file or folder. Check the path."
    else:
        patterns = [typed, *(typed + ending for ending in ENDINGS)]
        matched = [
            folder / one for pattern in patterns for one in glob.glob(pattern, root_dir=folder)
        ]
        fault = "no file matches. Check the pattern, and the folder it starts from."
    found = sorted(
        {one for one in matched if one.is_file() and (one == path or _is_spreadsheet(one))}
    )
    odd = [one for one in matched if _is_spreadsheet(one) and _why_no_file(one)]
    unfinished = [
        one
        for one in matched
        if (done := name_when_done(one)) and _is_spreadsheet(done) and one.exists()
    ]
    if unfinished:
        fault = say_unfinished(unfinished)
    elif odd and odd != [path]:
        fault = " ".join(f"{one.name}: {_why_no_file(one)}" for one in sorted(odd))
    elif found:
        fault = ""
    return [Path(os.path.abspath(one)) for one in found], fault


def _why_no_file(path: Path) -> str:
    """Why a path that is there is neither a file nor a folder; empty for one that is, and where there is nothing."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        if not path.is_symlink() or error.errno == errno.EACCES:
            return ""
        leads = "to itself" if error.errno == errno.ELOOP else "nowhere"
        return f"a link that leads {leads}. Remove it, or make it again."
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return ""
    return "no file, but a device, pipe or socket. Save what it gives as a file, and give that."


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
