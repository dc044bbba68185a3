"""Files that are still being downloaded, copied or written: by the names beside them, and by a second look.

Names show most of it: browsers and copying programs write `xero.csv.part` and rename it at the end, and Excel keeps
`~$jobs.xlsx` beside a workbook that is open. What is written in place shows by its size and by the time of its last
change.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from reconcile.errors import ReconcileError

ENDINGS = (".part", ".crdownload", ".download", ".tmp")
WATCH_SECONDS = (
    2.0  # a file that was changed within this time before the run is watched, for as long at most
)
PAUSE_SECONDS = 0.5


def name_when_done(path: Path) -> Path | None:
    """What an unfinished download or copy will be called when it is done; None for any other file."""
    return path.with_suffix("") if path.suffix.casefold() in ENDINGS else None


def say_unfinished(paths: list[Path]) -> str:
    """What is wrong when downloads are unfinished, and what to do."""
    names = sorted({path.name for path in paths})
    them = "them" if len(names) > 1 else "it"
    return (
        f"not all there yet. Found {', '.join(names)}: still being downloaded or copied. "
        f"Run again when that is done, or delete {them} if the download was broken off."
    )


def open_in_excel(path: Path) -> bool:
    """Whether Excel's mark of an open workbook is beside a file."""
    return path.with_name(f"~${path.name}").exists()


def look_at(path: Path) -> tuple[int, int] | None:
    """A file's size and the time of its last change in nanoseconds; None where it cannot be looked at."""
    try:
        seen = os.stat(path)
    except OSError:
        return None
    return seen.st_size, seen.st_mtime_ns


def wait_until_still(files: Mapping[str, Path], now: float) -> None:
    """Wait for files that are being written, up to two seconds; what was last changed earlier is not waited for.

    Args:
        files: what to call each file -> its path.
        now: the time, in seconds since 1970.

    Raises:
        ReconcileError: files that still change after that; all of them.
    """
    since = (now - WATCH_SECONDS) * 1e9
    looks = {
        label: look for label, path in files.items() if (look := look_at(path)) and look[1] > since
    }
    for _ in range(int(WATCH_SECONDS / PAUSE_SECONDS)):
        if not looks:
            return
        time.sleep(PAUSE_SECONDS)
        again = {label: look_at(files[label]) for label in looks}
        looks = {label: look for label, look in again.items() if look and look != looks[label]}
    if looks:
        raise ReconcileError(
            *(
                f"{label}: still being written or copied. It was watched for {WATCH_SECONDS:.0f} seconds and kept "
                f"changing: {size:,} bytes by then. Run again when it is all there."
                for label, (size, _) in sorted(looks.items())
            )
        )
