"""A practice's folder on this computer, on a network drive or behind an address such as s3://bucket/practice.

    address --what is there--> a folder here for as long as it is worked on --what changed--> address

Addresses are read and written by fsspec (extra `cluster`); what a practice's folder keeps of earlier runs stays there.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from reconcile.errors import ReconcileError, TryLater
from reconcile.storage.file_hash import sha256_of

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")
ARCHIVE = (
    "archive"  # of copies of earlier runs: only their names are fetched, to know which are too many
)


def is_address(place: str) -> bool:
    """Whether a place is an address for fsspec and no path; `C:\\...` is a path."""
    return "://" in place


def join(place: str, name: str) -> str:
    """A name below a place."""
    return f"{place.rstrip('/')}/{name}" if is_address(place) else os.path.join(place, name)


def find_folders(place: str) -> dict[str, list[str] | None]:
    """The folders in a place, and the names in each, of folders with a slash behind; None for one that cannot be looked at.

    For an address with one look, which shows no folders in them.

    Raises:
        ReconcileError: there is no such place, or it cannot be looked at.
    """
    if not is_address(place):
        try:
            return {
                entry.path: _names_in(entry)
                for entry in sorted(os.scandir(place), key=lambda entry: entry.path)
                if _is_folder(entry)
            }
        except OSError as error:
            raise ReconcileError(
                f"{place}: cannot be looked at ({error.strerror or error}). Check the path."
            ) from None
    system, root = _system(place)
    found: dict[str, list[str]] = {}
    for path in _asked(place, system.find, root, maxdepth=2):
        folder, _, name = PurePosixPath(path).relative_to(root).as_posix().rpartition("/")
        if folder not in ("", "..") and "/" not in folder:
            found.setdefault(join(place, folder), []).append(name)
    return {folder: sorted(names) for folder, names in sorted(found.items())}


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself: who runs it will say so
        return True


def _names_in(folder: os.DirEntry[str]) -> list[str] | None:
    try:
        return sorted(entry.name + "/" * entry.is_dir() for entry in os.scandir(folder))
    except OSError:
        return None


@contextmanager
def opened(place: str, as_of: date) -> Iterator[Path]:
    """A place as a folder on this computer; what is changed in it is brought back when all went well.

    Args:
        as_of: the day of the run; of its copies in the archive the files are fetched too.

    Raises:
        ReconcileError: there is no such place. TryLater: it cannot be read or written now.
    """
    if not is_address(place):
        try:
            with os.scandir(place):
                pass
        except (FileNotFoundError, NotADirectoryError):
            raise ReconcileError(f"{place}: no such folder. Check the path.") from None
        except OSError as error:
            raise ReconcileError(
                f"{place}: cannot be looked at ({error.strerror or error}). Check the path and the rights to it."
            ) from None
        yield Path(place)
        return
    system, root = _system(place)
    with tempfile.TemporaryDirectory(prefix="reconcile-") as above:
        folder = Path(above) / PurePosixPath(root).name
        folder.mkdir()
        before = _asked(place, _fetch, system, root, folder, as_of)
        yield folder
        _asked(place, _bring_back, system, root, folder, before)


def _system(place: str) -> tuple[AbstractFileSystem, str]:
    """The file system behind an address, and the path in it."""
    try:
        import fsspec
    except ImportError:
        raise ReconcileError(
            f"{place}: an address, and no path. Install what reads it: pip install 'reconcile[cluster]'."
        ) from None
    try:
        fsspec.get_filesystem_class(place.partition("://")[0])
    except (ValueError, ImportError) as error:
        raise ReconcileError(
            f"{place}: an address that nothing here reads ({error}). Check it, or install what reads it."
        ) from None
    return _asked(place, fsspec.core.url_to_fs, place)


def _asked(
    place: str, ask: Callable[_Asked, _Answer], *arguments: _Asked.args, **named: _Asked.kwargs
) -> _Answer:
    """What an address answers; each of its libraries has faults of its own, and all of them mean that it cannot be used now."""
    try:
        return ask(*arguments, **named)
    except ReconcileError:
        raise
    except FileNotFoundError:
        raise ReconcileError(f"{place}: there is no such place. Check the address.") from None
    except Exception as error:
        raise TryLater(
            f"{place}: cannot be reached ({type(error).__name__}: {error}). Check the address and the rights to it, then run again."
        ) from None


def _fetch(system: AbstractFileSystem, root: str, folder: Path, as_of: date) -> dict[str, str]:
    """Fetch what is at an address.

    Returns:
        The digest of each file by its path in it, "" for the archive's, of which only the names are fetched.
    """
    paths = system.find(root)
    if not paths:
        raise FileNotFoundError(root)
    before: dict[str, str] = {}
    folders = {folder for path in paths for folder in PurePosixPath(path).parents} | {
        PurePosixPath(root)
    }
    for path in paths:
        if (
            PurePosixPath(path) in folders
        ):  # an object that stands for a folder, as a store's own pages make it
            continue
        inside = PurePosixPath(path).relative_to(root)
        target = Path(os.path.normpath(folder / inside))
        if ".." in inside.parts or not target.is_relative_to(folder):
            raise ReconcileError(
                f"{path}: its name leads out of its folder. Nothing was fetched or changed. Remove it, or give it another name."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        before[inside.as_posix()] = ""
        if ARCHIVE not in inside.parts[:-1] or any(
            part.startswith(as_of.isoformat()) for part in inside.parts
        ):
            system.get_file(path, os.fspath(target))
            os.utime(target, (0, 0))  # nobody is writing it
            before[inside.as_posix()] = sha256_of(target)
        else:
            target.touch()  # its name alone is asked for
    return before


def _bring_back(
    system: AbstractFileSystem, root: str, folder: Path, before: dict[str, str]
) -> None:
    """Bring back what changed: the results first and the history last, so that a stop in between is as one before the commit."""
    now = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    changed = [
        name
        for name, path in now.items()
        if name not in before or (before[name] and sha256_of(path) != before[name])
    ]
    for name in sorted(changed, key=lambda name: (_is_history(now[name]), name)):
        system.put_file(os.fspath(now[name]), f"{root}/{name}")
    for name in before:
        if name not in now:
            system.rm_file(f"{root}/{name}")


def _is_history(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(16) == b"SQLite format 3\0"
