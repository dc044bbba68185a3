"""All files of one run, or none: temporary names first, then renamed, and put back when that fails.

    each X.reconcile-new, whole --> .reconcile-swap: from here on it is the new files
    --> X to X.reconcile-old, X.reconcile-new to X, each --> no .reconcile-swap --> no X.reconcile-old

Killed at any moment, the next start goes on from what `.reconcile-swap` says, or cleans up where it is not there. That file may
have been damaged or written by somebody else: only names of files that a run writes are followed, all else is set aside.
Source: contract.md "Files written to --out"; exit code 75.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reconcile.errors import ReconcileError, TryLater
from reconcile.storage.own_files import is_own_file, is_result_name
from reconcile.storage.private import create_private, make_private_folder

_NEW, _OLD, _SWAP = ".reconcile-new", ".reconcile-old", ".reconcile-swap"


def write_files(
    folder: Path, files: Mapping[str, bytes], keep: Callable[[], None] = lambda: None
) -> list[Path]:
    """Write every file into a folder, which is made where it is missing; both for their owner alone.

    Args:
        files: name -> content; one in which people type comes first.
        keep: what has to succeed once the files are in place; where it fails they are put back.

    Raises:
        ReconcileError: the folder cannot be one.
        TryLater: a file cannot be written now; what was there before is there again.
    """
    try:
        _refuse_what_is_in_the_way(folder, files)
        make_private_folder(folder)
        put_right(folder, files)
        was_there = {name: (folder / name).exists() for name in files}
        for name, content in files.items():
            _write(folder / (name + _NEW), content)
        _note(folder, was_there, back=False)
    except OSError as error:
        _remove(folder / (name + _NEW) for name in (*files, _SWAP))
        raise _not_writable(folder, error) from None
    _swap(folder, was_there)
    try:
        keep()
    except BaseException:
        _put_back(folder, was_there)
        raise
    _remove(folder / (name + _OLD) for name in files)
    return [folder / name for name in files]


def put_right(folder: Path, written: Collection[str] = ()) -> list[str]:
    """Clean up after a run that was killed: renaming that it began is ended, and what it left goes away.

    Args:
        written: names that are written now, beside those of results.

    Returns:
        What was found and could not be followed, in words for people.

    Raises:
        TryLater: a file cannot be renamed now.
    """
    begun = False
    try:
        if not folder.is_dir():
            return []
        begun = (folder / _SWAP).is_file()
        if begun:
            noted = _read_note(folder / _SWAP, written)
            if noted is None:
                begun = False
                return [_set_aside(folder)]
            else:
                _go_on(folder, noted.was_there, noted.back)
                (folder / _SWAP).unlink()
        for old in folder.glob("*" + _OLD):
            target = old.with_name(old.name.removesuffix(_OLD))
            if not target.exists():
                os.replace(old, target)
        _remove((*folder.glob("*" + _OLD), *folder.glob("*" + _NEW)))
    except OSError as error:
        raise (_stopped if begun else _not_writable)(folder, error) from None
    return []


@dataclass(frozen=True)
class _SwapNote:
    """What a swap noted of itself: each file and whether there was one before; back where the old ones are put back."""

    was_there: dict[str, bool]
    back: bool


def _read_note(path: Path, written: Collection[str]) -> _SwapNote | None:
    """What `.reconcile-swap` says; None where it is damaged or names a file that no run writes here."""
    try:
        found = json.loads(path.read_bytes())
        note = _SwapNote(dict(found["was_there"]), found["back"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    kinds = {type(value) for value in (*note.was_there.values(), note.back)}
    known = all(is_result_name(name) or name in written for name in note.was_there)
    return note if known and kinds == {bool} else None


def _set_aside(folder: Path) -> str:
    """Put a swap note that cannot be followed out of the way, so that it is reported once, and what it may have spoken of.

    Nobody knows which of the files before and after are whole, and people may have typed in one: none is removed.
    """
    kept = []
    for path in sorted([*folder.glob("*" + _OLD), *folder.glob("*" + _NEW), folder / _SWAP]):
        names = (f"{path.name}-not-followed{f'-{n}' if n > 1 else ''}" for n in range(1, 10_000))
        target = path.with_name(next(name for name in names if not path.with_name(name).exists()))
        os.replace(path, target)
        kept.append(target.name)
    return (
        f"{folder / _SWAP}: is damaged, or names files that this program does not write. It was not followed, and is kept "
        f"with what lay beside it: {', '.join(kept)}. Check the results in this folder, then remove these files."
    )


def is_there(path: Path) -> bool:
    """Whether a file is there, also one that a killed run put aside: the next run begins by putting that right."""
    return path.is_file() or path.with_name(path.name + _OLD).is_file()


def _refuse_what_is_in_the_way(folder: Path, names: Iterable[str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise ReconcileError(
            f"{folder}: is a file, and a folder is needed for the results. Name another with --out."
        )
    for name in names:
        if (folder / name).is_dir():
            raise ReconcileError(
                f"{folder / name}: is a folder, and a file goes there. Remove it, or name another --out."
            )


def _write(path: Path, content: bytes) -> None:
    with create_private(path) as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _note(folder: Path, was_there: Mapping[str, bool], back: bool) -> None:
    """Note, whole or not at all, which way to go: to the new files, or back to those that were there."""
    _write(
        folder / (_SWAP + _NEW), json.dumps({"back": back, "was_there": was_there}).encode("ascii")
    )
    os.replace(folder / (_SWAP + _NEW), folder / _SWAP)


def _swap(folder: Path, was_there: Mapping[str, bool]) -> None:
    """Put the new files in place of the old; on a failure put the old ones back."""
    name = ""
    try:
        for name in was_there:
            if (folder / name).exists():
                os.replace(folder / name, folder / (name + _OLD))
            os.replace(folder / (name + _NEW), folder / name)
        (folder / _SWAP).unlink()
    except OSError as error:
        _put_back(folder, was_there)
        words = error.strerror or error
        raise TryLater(
            f"{folder / name}: cannot be replaced ({words}). Nothing was changed. Close it in Excel, then run again."
        ) from None


def _put_back(folder: Path, was_there: Mapping[str, bool]) -> None:
    """Put the old files back, also where a full disk takes no note of it: a kill meanwhile is then not told which way."""
    try:
        try:
            _note(folder, was_there, back=True)
        except OSError:
            (folder / _SWAP).unlink(missing_ok=True)
            _go_on(folder, was_there, back=True)
    except OSError as error:
        raise _stopped(folder, error) from None
    put_right(folder, was_there)


def _not_writable(folder: Path, error: OSError) -> TryLater:
    words = error.strerror or error
    return TryLater(
        f"{folder}: cannot be written to ({words}). Nothing was changed. Free the space or the folder, then run again."
    )


def _stopped(folder: Path, error: OSError) -> TryLater:
    words = error.strerror or error
    return TryLater(
        f"{folder}: a run was stopped while it replaced the files here, and that cannot be ended now ({words}). "
        "Close them in Excel, or free the folder, then run again."
    )


def _go_on(folder: Path, was_there: Mapping[str, bool], back: bool) -> None:
    """Do what is left to do of a swap, or of putting back.

    A swap that had not touched the first file is not begun: people may have typed in it since.
    """
    first = next(iter(was_there), "")
    if not back and (folder / (first + _NEW)).exists() and not (folder / (first + _OLD)).exists():
        return
    for name in was_there:
        new, old, here = folder / (name + _NEW), folder / (name + _OLD), folder / name
        if back and old.exists():
            os.replace(old, here)
        elif back and not was_there[name]:
            if not (is_result_name(name) and here.is_file() and not is_own_file(here)):
                here.unlink(missing_ok=True)
        elif not back and new.exists():
            os.replace(new, here)


def _remove(paths: Iterable[Path]) -> None:
    """Remove what nobody needs any more; what cannot be removed now, the next run removes."""
    for path in paths:
        with suppress(OSError):
            path.unlink()
