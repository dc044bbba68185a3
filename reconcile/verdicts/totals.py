"""How many invoices there are, and their amount in cents: in all, and for each outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OutcomeTotals:
    """How many invoices have one outcome, and their amount."""

    invoices: int
    cents: int


@dataclass(frozen=True)
class Totals:
    """How many invoices there are, and their amount; and the same for each outcome, in the order of OUTCOMES."""

    invoices: int
    cents: int
    by_outcome: Mapping[str, OutcomeTotals]
