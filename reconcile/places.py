"""A practice's folder on this computer, on a network drive or behind an address such as s3://bucket/practice.

    address --what is there--> a folder here for as long as it is worked on --what changed--> address

Addresses are read and written by fsspec (extra `cluster`); what a practice's folder keeps of earlier runs stays there.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from reconcile.errors import ReconcileError, TryLater

ARCHIVE = "archive"  # of copies of earlier runs: only their names are fetched, to know which are too many


def is_address(place: str) -> bool:
    """Whether a place is an address for fsspec and no path; `C:\\...` is a path."""
    return "://" in place


def join(place: str, name: str) -> str:
    """A name below a place."""
    return f"{place.rstrip('/')}/{name}" if is_address(place) else os.path.join(place, name)


def find_folders(place: str) -> dict[str, list[str]]:
    """The folders in a place, and the names of the files in each; for an address with one look.

    Raises:
        ReconcileError: there is no such place, or it cannot be looked at.
    """
    if not is_address(place):
        try:
            inside = sorted(entry.path for entry in os.scandir(place) if entry.is_dir())
            return {folder: sorted(entry.name for entry in os.scandir(folder) if entry.is_file()) for folder in inside}
        except OSError as error:
            raise ReconcileError(f"{place}: cannot be looked at ({error.strerror or error}). Check the path.") from None
    system, root = _system(place)
    found: dict[str, list[str]] = {}
    for path in _asked(place, system.find, root, maxdepth=2):
        folder, _, name = PurePosixPath(path).relative_to(root).as_posix().rpartition("/")
        if folder and "/" not in folder:
            found.setdefault(join(place, folder), []).append(name)
    return {folder: sorted(names) for folder, names in sorted(found.items())}


@contextmanager
def opened(place: str, as_of: date) -> Iterator[Path]:
    """A place as a folder on this computer; what is changed in it is brought back when all went well.

    Args:
        as_of: the day of the run; of its copies in the archive the files are fetched too.

    Raises:
        ReconcileError: there is no such place. TryLater: it cannot be read or written now.
    """
    if not is_address(place):
        if not os.path.isdir(place):
            raise ReconcileError(f"{place}: no such folder. Check the path.")
        yield Path(place)
        return
    system, root = _system(place)
    with tempfile.TemporaryDirectory(prefix="reconcile-") as above:
        folder = Path(above) / PurePosixPath(root).name
        folder.mkdir()
        before = _asked(place, _fetch, system, root, folder, as_of)
        yield folder
        _asked(place, _bring_back, system, root, folder, before)


def _system(place: str) -> tuple[Any, str]:
    """The file system behind an address, and the path in it."""
    try:
        import fsspec
    except ImportError:
        raise ReconcileError(f"{place}: an address, and no path. Install what reads it: pip install 'reconcile[cluster]'.") from None
    return _asked(place, fsspec.core.url_to_fs, place)


def _asked(place: str, ask: Any, *arguments: Any, **named: Any) -> Any:
    """What an address answers; each of its libraries has faults of its own, and all of them mean that it cannot be used now."""
    try:
        return ask(*arguments, **named)
    except FileNotFoundError:
        raise ReconcileError(f"{place}: there is no such place. Check the address.") from None
    except (OSError, ValueError, ImportError) as error:
        raise TryLater(f"{place}: cannot be reached ({type(error).__name__}: {error}). Check the address and the rights to it, then run again.") from None


def _fetch(system: Any, root: str, folder: Path, as_of: date) -> dict[str, str]:
    """Fetch what is at an address; returns the digest of each file by its path in it, "" for the archive's, which stay there."""
    paths = system.find(root)
    if not paths:
        raise FileNotFoundError(root)
    before: dict[str, str] = {}
    for path in paths:
        inside = PurePosixPath(path).relative_to(root)
        target = folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        before[inside.as_posix()] = ""
        if ARCHIVE not in inside.parts[:-1] or any(part.startswith(as_of.isoformat()) for part in inside.parts):
            system.get_file(path, os.fspath(target))
            os.utime(target, (0, 0))  # nobody is writing it
            before[inside.as_posix()] = _sha256(target)
    return before


def _bring_back(system: Any, root: str, folder: Path, before: dict[str, str]) -> None:
    """Bring back what changed: the results first and the history last, so that a stop in between is as one before the commit."""
    now = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    changed = [name for name, path in now.items() if not before.get(name) or _sha256(path) != before[name]]
    for name in sorted(changed, key=lambda name: (_is_history(now[name]), name)):
        system.put_file(os.fspath(now[name]), f"{root}/{name}")
    kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_dir()}
    for name, sha256 in before.items():
        gone = name not in now if sha256 else PurePosixPath(name).parent.as_posix() not in kept
        if gone:
            system.rm_file(f"{root}/{name}")


def _is_history(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(16) == b"SQLite format 3\0"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
