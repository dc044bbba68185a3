"""A file's SHA-256: what two files are compared by, and what a report names a file by."""

from __future__ import annotations

import hashlib
from pathlib import Path
from threading import Event

_PIECE_BYTES = 1 << 18


def sha256_of(path: Path, stop: Event | None = None) -> str:
    """A file's SHA-256 in hexadecimal digits.

    Args:
        stop: once it is set nobody waits for the answer, and what is returned means nothing.

    Raises:
        OSError: the file cannot be read.
    """
    found = hashlib.sha256()
    # One for all pieces: new memory for each costs the system more than the hash.
    piece = memoryview(bytearray(_PIECE_BYTES))
    with path.open("rb", buffering=0) as stream:
        while not (stop and stop.is_set()) and (count := stream.readinto(piece)):
            found.update(piece[:count])
    return found.hexdigest()
