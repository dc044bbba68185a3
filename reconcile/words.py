"""How amounts, days and lists of numbers are said to people, the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

_MONTHS = "January February March April May June July August September October November December".split()


def money(cents: int) -> str:
    """Cents as people write them: 1,100.00."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(int(cents)) // 100:,}.{abs(int(cents)) % 100:02d}"


def day_words(day: date) -> str:
    """A day as people write it, so that nobody takes the month for the day: 2 November 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def some_of(numbers: Sequence[str], most: int = 5) -> str:
    """The first of some numbers, and how many more there are."""
    return ", ".join(numbers[:most]) + (f" and {len(numbers) - most} more" if len(numbers) > most else "")
