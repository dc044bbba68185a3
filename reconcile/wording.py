"""How amounts, days, lists of numbers and texts of strangers are said to people, the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

# What would break a line, steer a terminal, or turn the order in which the rest of a line is read.
UNSEEN = "\r\n|[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
_UNSEEN = re.compile(UNSEEN)
_SIGNS = {"\r\n": "↵", "\n": "↵", "\r": "↵", "\t": "⇥"}

_MONTHS = (
    "January February March April May June July August September October November December".split()
)


def money(cents: int) -> str:
    """Cents as people write them: 1,100.00."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(int(cents)) // 100:,}.{abs(int(cents)) % 100:02d}"


def day_words(day: date) -> str:
    """A day as people write it, so that nobody takes the month for the day: 2 November 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def and_more(count: int, shown: int, form: str = "") -> str:
    """` and 4 more`, where so many of them are shown; empty where that is all of them.

    Args:
        form: how the number is written: `,` parts the thousands.
    """
    return f" and {count - shown:{form}} more" if count > shown else ""


def some_of(texts: Sequence[str], most: int = 5, between: str = ", ") -> str:
    """The first of some texts, and how many more there are."""
    return between.join(texts[:most]) + and_more(len(texts), most)


def passed_over_words(folders: Sequence[str]) -> str:
    """Which folders of a batch stand for no practice, and why: their exports may be missing."""
    return on_one_line(
        f"passed over, with neither a spreadsheet nor reconcile.toml in them: {some_of(folders)}"
    )


def on_one_line(text: str, signs: Mapping[str, str] = _SIGNS) -> str:
    """A sentence that quotes strangers' texts as one line, read in the order in which it is written.

    Line ends and tabs stand as signs; other controls, and marks that turn the direction of writing, by their Unicode
    number.
    """
    if text.isprintable():
        return text
    return _UNSEEN.sub(
        lambda found: signs.get(found[0]) or "".join(f"U+{ord(one):04X}" for one in found[0]), text
    )
