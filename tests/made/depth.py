"""How many made-up cases the tests ask: README's command a few, the same ones each time; RECONCILE_TESTS=full all of them.

    seeds(40, 200)  -->  range(40); in full 200 of them, on each day other ones
    few_or(12, 40)  -->  12; in full 40
    @law(12, 40)         over a test that Hypothesis gives so many cases

The head of pytest's report says of which day they are; RECONCILE_TESTS_DAY=2026-11-23 beside the other asks those of that
day again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

FULL = os.environ.get("RECONCILE_TESTS") == "full"
DAY = os.environ.get("RECONCILE_TESTS_DAY") or date.today().isoformat()
START = date.fromisoformat(DAY).toordinal() % 100_000 * 1_000 if FULL else 0
if FULL:
    os.environ["RECONCILE_TESTS_DAY"] = (
        DAY  # for the workers, should midnight pass before they start
    )


def few_or(few: int, full: int) -> int:
    """How many are asked."""
    return full if FULL else few


def seeds(few: int, full: int) -> range:
    """The seeds that are asked."""
    return range(START, START + few_or(few, full))


def law(few: int, full: int, **more: Any) -> Callable[[Callable], Callable]:
    """Makes a test of cases that Hypothesis makes up; more: other settings of it."""
    from hypothesis import seed, settings

    asked = settings(
        max_examples=few_or(few, full), deadline=None, derandomize=True, database=None, **more
    )

    def decorate(test: Callable) -> Callable:
        return pytest.mark.deep(seed(START)(asked(test)) if FULL else asked(test))

    return decorate
