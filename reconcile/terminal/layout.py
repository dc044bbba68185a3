"""Talk for people, laid out for the stream that shows it: width, line breaks, colours, and signs that it may not have.

    Lines --signs it can show--> --rows no wider than it is--> --colours, on a terminal--> the stream

What is told is made elsewhere, as Lines without codes. A terminal gives its width and colours; a pipe gets 80 columns
and none. Colour never says what the words do not say.
Source: contract.md "Command line"; https://no-color.org.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TextIO

import click

from reconcile.wording import on_one_line

WIDTH = 80  # where nothing says how wide it is
NARROWEST, WIDEST = (
    60,
    120,
)  # of a terminal: longer lines are hard to read, and in shorter ones nothing fits
_LEAST_ROOM = 24  # columns: a label that leaves less for the words stands on a row of its own
_GAP = re.compile(r"(?<=[^ ]) (?! |\.\.\.|$)")  # three dots stay beside what they follow
# A short text in quotes or brackets is mostly one thing with spaces in it: 'CLI-1409 - BAS', (2 min, due 2026-11-30).
_IN_ONE_PIECE = re.compile(r"(?<![^ (])'.{1,40}?'(?=[ ,.;:)]|$)|\([^()]{1,40}\)")

STYLES: dict[str, dict[str, Any]] = {
    "heading": {"bold": True},
    "ok": {"fg": "green"},
    "fix": {"fg": "red"},
    "wait": {"fg": "yellow"},
    "review": {"fg": "magenta"},
    "none": {"dim": True},
    "proved": {"fg": "green"},
    "open": {"fg": "yellow"},  # somebody has to see to it: not proved, to decide, before tonight
}

# What is printed for each sign of our own that the stream's code page does not have.
STAND_INS = {"→": "->", "␣": "<space>", "⍽": "<hard-space>", "⇥": "<tab>", "↵": "<new-line>"}


class Part(NamedTuple):
    """Some words of a line.

    Attributes:
        style: a name of STYLES. whole: they stay on one row, spaces and all: a path, or one entry of a list.
    """

    words: str
    style: str = ""
    whole: bool = False


class Line(NamedTuple):
    """One line of talk: a label, and the words beside it; the rows after the first begin where the words begin.

    Attributes:
        style: of the label.
    """

    label: str = ""
    words: str | Part | Sequence[str | Part] = ""
    style: str = ""


@dataclass(frozen=True)
class Screen:
    """What a stream can show."""

    width: int = WIDTH
    colours: bool = False
    encoding: str = "utf-8"


def heading(text: str) -> Line:
    """A line that stands over others."""
    return Line("", Part(text, "heading"))


def screen_of(stream: TextIO | None) -> Screen:
    """Ask a stream how wide it is, whether it shows colours, and which letters it has; None is no stream."""
    if stream is None:
        return Screen()
    encoding = getattr(stream, "encoding", None) or Screen.encoding
    if not stream.isatty():
        return Screen(encoding=encoding)
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except OSError:  # a terminal that does not say
        columns = 0
    return Screen(min(max(columns or WIDTH, NARROWEST), WIDEST), _shows_colours(), encoding)


def _shows_colours() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(lines: Iterable[Line], *, err: bool = False) -> None:
    """Print lines on stdout or stderr, as it can show them."""
    screen = screen_of(sys.stderr if err else sys.stdout)
    for line in lines:
        for row in rows_of(line, screen):
            click.echo(row, err=err)


def rows_of(line: Line, screen: Screen) -> list[str]:
    """Lay one line out in rows no wider than the screen.

    A row breaks at a single space only, so that no word, number or path is broken and several spaces in a row are kept.
    What is wider than the screen and cannot be broken stands alone on its row.
    """
    label = Part(_shown(line.label, screen.encoding), line.style)
    parts = [
        part._replace(words=_shown(part.words, screen.encoding)) for part in _parts(line.words)
    ]
    margin = columns(label.words)
    if not any(part.words for part in parts):
        return [_painted([label._replace(words=label.words.rstrip(" "))], screen)]
    first: list[list[Part]] = []
    if screen.width - margin < _LEAST_ROOM:
        first = [[label._replace(words=label.words.rstrip(" "))]]
        margin = len(label.words) - len(label.words.lstrip(" ")) + 4
        label = Part(" " * margin)
    rows = _broken(parts, screen.width - margin)
    indented = [[label, *rows[0]], *([Part(" " * margin), *row] for row in rows[1:])]
    return [_painted(row, screen) for row in first + indented]


def _parts(words: str | Part | Sequence[str | Part]) -> list[Part]:
    some = [words] if isinstance(words, str | Part) else words
    return [Part(one) if isinstance(one, str) else one for one in some]


def _broken(parts: Sequence[Part], room: int) -> list[list[Part]]:
    """Break words into rows of at most so many columns, each as full as can be."""
    text = "".join(part.words for part in parts)
    rows, start, last = [], 0, 0
    for at in _ends(parts, text, room):
        if last > start and columns(text[start:at]) > room:
            rows.append(_between(parts, start, last))
            start = last + 1
        last = at
    return [*rows, _between(parts, start, len(text))]


def _ends(parts: Sequence[Part], text: str, room: int) -> list[int]:
    """Where a row may end: at a space between two words, outside of what stays whole, and at the end.

    Quotes and brackets are held together only where a row can hold them.
    """
    whole, at = set(), 0
    for part in parts:
        whole |= set(range(at, at + len(part.words))) if part.whole else set()
        at += len(part.words)
    gaps = [found.start() for found in _GAP.finditer(text) if found.start() not in whole]
    held = {place for found in _IN_ONE_PIECE.finditer(text) for place in range(*found.span())}
    ends, start = [], 0
    for end in [*(gap for gap in gaps if gap not in held), len(text)]:
        if columns(text[start:end]) > room:
            ends += [gap for gap in gaps if start < gap < end]
        ends.append(end)
        start = end + 1
    return ends


def _between(parts: Sequence[Part], start: int, end: int) -> list[Part]:
    """The parts of the words from one position to another."""
    found, at = [], 0
    for part in parts:
        piece = part.words[max(start - at, 0) : max(end - at, 0)]
        if piece:
            found.append(part._replace(words=piece))
        at += len(part.words)
    return found


def _painted(row: Iterable[Part], screen: Screen) -> str:
    return "".join(
        click.style(part.words, **STYLES[part.style])
        if screen.colours and part.style
        else part.words
        for part in row
    )


def columns(text: str) -> int:
    """How many columns a text takes on a screen: an accent of its own none, a Chinese letter two."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(letter) for letter in text)


def _columns_of(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def shortened(text: str, room: int) -> str:
    """A text of at most so many columns: cut after a word, with three dots where something is left out."""
    text = steady(text)
    if columns(text) <= room:
        return text
    end = len(text)
    while end > 0 and columns(text[:end]) > room - 4:
        end = text.rfind(" ", 0, end)
    if end > 0:
        return f"{text[:end].rstrip(' ')} ..."
    kept = text  # its first word alone is too long: only then is a word cut
    while columns(kept) > room - 3:
        kept = kept[:-1]
    return f"{kept}..."


def _shown(text: str, encoding: str) -> str:
    """A text with a stand-in for each sign of ours that the encoding does not have."""
    for sign, stand_in in STAND_INS.items():
        if sign in text and not _has(encoding, sign):
            text = text.replace(sign, stand_in)
    return steady(text)


def _has(encoding: str, sign: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def steady(text: str) -> str:
    """A text that cannot steer the terminal, break a row or turn it: such a letter stands as its Unicode number."""
    return on_one_line(text, {})
