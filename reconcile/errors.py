"""The one error a user can put right: what is wrong, where, and what to do; and what may be said of any error without what it
quotes: its kind, and where in the program it was raised.

A KeyError is a client's name as often as not, and a traceback is mailed, logged and pasted into tickets.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_LIBRARIES = ("site-packages", "dist-packages")
WITHHELD = "(what it says is withheld: it may hold a name)"


class ReconcileError(Exception):
    """The run cannot go on until the user changes something (exit code 2).

    Args:
        messages: one sentence group per fault, each `file: place: what is wrong. What was found. What to do.`;
            all faults of a file at once, so that nobody mends them one run at a time.
    """

    exit_code = 2

    def __init__(self, *messages: str) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


class TryLater(ReconcileError):
    """Another run is at work, or an output cannot be written now, often because it is open in Excel (exit code 75)."""

    exit_code = 75


class Unaccounted(RuntimeError):
    """What was read and what came of it do not agree: a bug of this program, not something a user can put right (exit code 1).

    The checks that guard a practice's figures raise it before anything is written. They are no `assert`, so that they
    hold under `python -O` too.
    """


def place_of(error: BaseException) -> str:
    """Where in this program an error was raised, as `exports/xero.py:120`; empty where that was not in it."""
    places = [
        f"{name.removeprefix('reconcile/')}:{line}"
        for name, line, _, _ in _frames(error)
        if name.startswith("reconcile/")
    ]
    return places[-1] if places else ""


def frames_of(error: BaseException) -> list[str]:
    """The way to where an error was raised, as `reconcile/exports/xero.py:120 _fold`, the last one last."""
    return [f"{name}:{line} {function}" for name, line, function, _ in _frames(error)]


def traceback_lines(error: BaseException) -> list[str]:
    """The traceback of an error, and of those that led to it, with the program's own lines and nothing that they worked on."""
    lines: list[str] = []
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        lines += [*traceback_lines(earlier), "", "and then:", ""]
    lines.append("Traceback (most recent call last):")
    for name, line, function, source in _frames(error):
        lines.append(f'  File "{name}", line {line}, in {function}')
        lines += [f"    {source}"] if source else []
    return [*lines, f"{type(error).__name__}: {WITHHELD}"]


def _frames(error: BaseException) -> Iterator[tuple[str, int, str, str]]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield _shown(frame.filename), frame.lineno or 0, frame.name, frame.line or ""


def _shown(filename: str) -> str:
    """A file of the program or of a library without the folders above it: these may be named for the practice."""
    path = Path(filename)
    if path.is_relative_to(_PACKAGE):
        return path.relative_to(_PACKAGE.parent).as_posix()
    at = next((at for at, part in enumerate(path.parts) if part in _LIBRARIES), len(path.parts) - 2)
    return "/".join(path.parts[at + 1 :])
