"""One run at a time per history: a lock that goes with its process, and says who holds it.

The lock is the operating system's (filelock), so a run that was killed holds nothing. Beside it lies a small file with
the process, host and start of the run that holds it, for the words to the one that has to wait; it decides nothing.

Some network drives have no locks. There a marker file takes its place (filelock's SoftFileLock), which a killed run
leaves behind; it is taken over when its process ran on this computer and is gone.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from reconcile.errors import ReconcileError, TryLater
from reconcile.storage.private import FILE_MODE, create_private, make_private_folder

# What a file system without locks answers; on Windows, in its own numbers, "invalid function" and "not supported".
_NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP}
_NO_LOCKS_ON_WINDOWS = {1, 50}

_DAY = re.compile(r"-\d{4}-\d\d-\d\d$")
_MARKER_SECONDS = 5.0
_WHO_SECONDS = 0.4


@contextmanager
def alone_in(folder: Path, *, started: str) -> Iterator[None]:
    """Let only one run at a time of this user on this computer write into a folder of results: for runs without a history.

    The lock lies among the system's temporary files, so that the folder holds results alone; one for a practice, whatever the
    day in the folder's name. Where no lock can be had the run goes on without.

    Raises:
        TryLater: another run is at work there.
    """
    locks = (
        Path(tempfile.gettempdir())
        / f"reconcile-{os.getuid() if hasattr(os, 'getuid') else os.environ.get('USERNAME', '')}"
    )
    place = os.path.normcase(os.path.realpath(folder.parent / _DAY.sub("", folder.name)))
    with ExitStack() as stack:
        try:
            make_private_folder(locks)
            if _is_own_folder(locks):
                name = hashlib.sha256(os.fsencode(place)).hexdigest()[:32]
                stack.enter_context(one_at_a_time(locks / name, started=started, named=str(folder)))
        except TryLater:
            raise
        except (ReconcileError, OSError):
            pass
        yield


def _is_own_folder(folder: Path) -> bool:
    """Whether a folder is this user's, and no link to another: anybody may write among the temporary files."""
    about = os.lstat(folder)
    return stat.S_ISDIR(about.st_mode) and (
        not hasattr(os, "getuid") or about.st_uid == os.getuid()
    )


@contextmanager
def one_at_a_time(path: Path, *, started: str, named: str = "") -> Iterator[None]:
    """Let only one run at a time work on this history; another one is told who is at work.

    Args:
        path: the history. Beside it appear PATH.lock, which stays, and PATH.lock.who while a run is at work.
        started: when this run began, for the words to another one. named: what to call it in them; the path by default.

    Raises:
        TryLater: another run is at work; process, host and start are named as far as they are known.
        ReconcileError: the lock cannot be taken here at all.
    """
    history = Path(os.path.realpath(path))  # two spellings of one history are one lock
    lock = Path(f"{history}.lock")
    who = Path(f"{lock}.who")
    held = _take(named or str(history), lock, who)
    try:
        _say_who(who, started)
        yield
    finally:
        with suppress(OSError):
            who.unlink()
        with suppress(OSError):  # the run is done; what is still held goes with the process
            held.release()


def _take(history: str, lock: Path, who: Path) -> BaseFileLock:
    """Take the lock without waiting, or say who has it."""
    marker = Path(
        f"{lock}.marker"
    )  # not the lock's own file: that one stays, and a marker must not
    try:
        make_private_folder(lock.parent)  # else filelock makes it, for everybody
        try:
            native = FileLock(lock, mode=FILE_MODE, fallback_to_soft=False, preserve_lock_file=True)
            native.acquire(blocking=False)
            return native
        except Timeout:
            raise TryLater(_refusal(history, who)) from None
        except OSError as error:
            if (
                error.errno not in _NO_LOCKS
                and getattr(error, "winerror", None) not in _NO_LOCKS_ON_WINDOWS
            ):
                raise
        try:
            return _take_marker(marker)
        except Timeout as busy:
            words = f"{_refusal(history, who)} If it no longer runs, delete {busy.lock_file}."
            raise TryLater(words) from None
    except OSError as error:
        raise ReconcileError(
            f"{history}: lock: cannot be taken: {error.strerror}. "
            "Give this account the right to write in that folder, or keep the history in another place."
        ) from None


def _take_marker(marker: Path) -> SoftFileLock:
    """Take the marker of a file system without locks, also from a run of this computer that is gone.

    filelock itself takes over from the dead where it can swap two files in one step, which network drives refuse. So
    only one run at a time looks at the marker, and nobody else can take it between the look and the removal.

    Raises:
        Timeout: a run is at work, or may be.
    """
    with SoftFileLock(f"{marker}.door", timeout=_MARKER_SECONDS, mode=FILE_MODE) as door:
        lock = SoftFileLock(marker, mode=FILE_MODE)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            if not _is_left_behind(marker, Path(door.lock_file)):
                raise
            marker.unlink(missing_ok=True)
            lock.acquire(blocking=False)
        return lock


def _is_left_behind(marker: Path, mine: Path) -> bool:
    """Whether the marker's process ran on this computer, and is gone; never guessed.

    A marker holds the process id and filelock's name for the host on its first two lines. The door's marker is this
    process's own: it tells that name for this computer.
    """
    try:
        own_host = mine.read_text(encoding="utf-8").splitlines()[1]
        try:
            number, host = marker.read_text(encoding="utf-8").splitlines()[:2]
        except FileNotFoundError:
            return True
        return host == own_host and not _runs(int(number))
    except (OSError, ValueError, IndexError):
        return False


def _runs(process: int) -> bool:
    """Whether the process runs on this computer; yes where that cannot be told."""
    if os.name == "nt" or process <= 0:
        return True  # os.kill would end it there, and filelock takes over from the dead itself
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


# Who ----------------------------------------------------------------------------------------------------------------


def _say_who(who: Path, started: str) -> None:
    """Leave word of this run beside the lock. These are only words: failing at it stops nothing."""
    text = json.dumps({"process": os.getpid(), "host": socket.gethostname(), "started": started})
    new = Path(f"{who}.new")  # only the holder of the lock writes here
    with suppress(OSError):
        who.unlink(missing_ok=True)  # a killed run's
        with create_private(new) as stream:
            stream.write(text.encode("ascii"))
        os.replace(new, who)


def _refusal(history: str, who: Path) -> str:
    return f"{history}: lock: another run is at work. {_holder(who)} Wait until it has ended, then run again."


def _holder(who: Path) -> str:
    """Who holds the lock. It may be about to say so, and a killed run's words may still lie there: wait a little."""
    until = time.monotonic() + _WHO_SECONDS
    while True:
        try:
            said = json.loads(who.read_text(encoding="ascii"))
            process, host, started = int(said["process"]), str(said["host"]), str(said["started"])
            if host != socket.gethostname() or _runs(process):
                return f"It is process {process} on {_plain(host)}, started {_plain(started)}."
        except (OSError, ValueError, TypeError, KeyError, OverflowError):
            pass
        if time.monotonic() >= until:
            return "Which one cannot be told."
        time.sleep(0.05)


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:100]
