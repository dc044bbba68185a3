"""Files and folders for their owner alone: what this program writes holds the names and amounts of clients.

On POSIX a file is made with mode 0600 and a folder with 0700, in the call that makes it, so that nobody can open it in
between; the umask can only take away from that. On Windows both inherit the rights of the folder that they are in.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

_POSIX = (
    os.name == "posix"
)  # Windows makes an access list of a mode, and shared folders would lose theirs
FILE_MODE = 0o600 if _POSIX else 0o666
FOLDER_MODE = 0o700 if _POSIX else 0o777


def private_opener(path: str | os.PathLike[str], flags: int) -> int:
    """Open a file as `open` asks for it; a new one is for its owner alone. For `open(..., opener=private_opener)`."""
    return os.open(path, flags, FILE_MODE)


def create_private(path: Path) -> BinaryIO:
    """Open a new file for writing; one that is there goes away first, and with it the rights that it gave."""
    try:
        return open(path, "xb", opener=private_opener)
    except FileExistsError:
        path.unlink()
        return open(path, "xb", opener=private_opener)


def make_private_folder(folder: Path) -> None:
    """Make a folder and those above it where they are missing; one that is there keeps its rights."""
    if folder.is_dir():
        return
    if not folder.parent.exists():
        make_private_folder(folder.parent)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
