"""The day that an export states for itself, in the title rows above its header.

Xero's reports say `As at 23 November 2026` or `For the period 1 October 2026 to 23 November 2026`; other reports when
they were exported or printed. The end of a period says which invoices may be in the file, and not on which day it was
exported.
Source: rules.md section 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from reconcile.exports.cell_parsers import date_order_evidence, read_dates

_DAY = r"(\d{4}-\d{2}-\d{2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2}[- ][a-z]{3,9}[-, ]+\d{4}|[a-z]{3,9} \d{1,2},? \d{4})"
_PERIOD = re.compile(
    rf"(?:{_DAY}\s*(?:to|until|through|[-\u2013\u2014])|\b(?:ended|ending|until|to))\s*{_DAY}",
    re.IGNORECASE,
)
_SAID = re.compile(
    rf"\b(?:as (?:at|of|on)|(?:exported|generated|printed|produced)(?: (?:on|at))?) ?:? ?{_DAY}(?!\d)",
    re.IGNORECASE,
)
_ALONE = re.compile(_DAY, re.IGNORECASE)
_MONTH_FIRST = re.compile(r"([a-z]+) (\d{1,2}),? (\d{4})", re.IGNORECASE)


class Stated(NamedTuple):
    """The day whose state a file shows, by its own words, and the end of its period; None where it says nothing."""

    day: date | None = None
    period_to: date | None = None


def read_stated(titles: Iterable[str], order: str) -> Stated:
    """Read the day, and the end of the period, that title rows state.

    Args:
        titles: the rows above the header, each as one text.
        order: dmy or mdy for a day in digits alone; "" where that is not known.
    """
    day = period_to = None
    for title in titles:
        title = " ".join(title.split())
        if period := _PERIOD.search(title):
            period_to = period_to or _date(period[2], order)
        elif said := _SAID.search(title) or _ALONE.fullmatch(title):
            day = day or _date(said[1], order)
    return Stated(day, period_to)


def _date(text: str, order: str) -> date | None:
    """A day in words or digits; None where day and month cannot be told apart, or there is no such day."""
    turned = _MONTH_FIRST.fullmatch(text)
    text = f"{turned[2]} {turned[1]} {turned[3]}" if turned else text
    texts = pa.array([text], pa.string())
    evidence = date_order_evidence(texts)
    own = "dmy" if evidence.day_first else "mdy" if evidence.month_first else order
    if evidence.ambiguous and not own:
        return None
    day: date | None = read_dates(texts, own).values[0].item()
    return day
