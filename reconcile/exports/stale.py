"""Old exports give yesterday's answers: they are refused where the practice asks for it.

Source: contract.md "Stale input".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from reconcile.errors import ReconcileError
from reconcile.exports.columns import ROLE_WORDS, XERO_INVOICES
from reconcile.exports.tables import Exports
from reconcile.settings.model import Settings


def refuse_stale(exports: Exports, settings: Settings, as_of: date) -> None:
    """Refuse exports that are older than max_age_days, where that is set.

    How old one is shows by the day that it states; Xero's by its newest invoice up to today too. XPM's newest invoice tells nothing: an
    import that is off looks the same, and must be found, not refused (root_causes.py says both).

    Raises:
        ReconcileError: exports that are too old; all of them.
    """
    most = settings.max_age_days
    if most is None:
        return
    faults = []
    for role in ROLE_WORDS:
        days = [
            (day, words) for day, words in _days(exports, role, as_of) if (as_of - day).days > most
        ]
        if days:
            day, words = min(days)
            files = ", ".join(sorted({one.path for one in exports.inputs if one.role == role}))
            faults.append(
                f"{files}: the export is stale. {words} {day}, {(as_of - day).days} days before {as_of}, "
                f"and max_age_days is {most}. Export again, raise max_age_days in reconcile.toml, "
                "or let it pass once with --allow-stale."
            )
    if faults:
        raise ReconcileError(*faults)


def _days(exports: Exports, role: str, as_of: date) -> Iterator[tuple[date, str]]:
    """What shows how old the files of a role are: the day, and what it is in words."""
    stated = exports.stated_days.get(role)
    if stated:
        yield stated, "The day that it states is"
    if role == XERO_INVOICES and (newest := _newest(exports.invoices, as_of)):
        yield newest, "Its newest invoice is of"


def _newest(table: pd.DataFrame, as_of: date) -> date | None:
    """The newest date that is not after the day of the run: a fee raised early says nothing of the export's own day."""
    days = table["invoice_date"]
    newest = days[days <= pd.Timestamp(as_of)].max()
    return None if pd.isna(newest) else newest.date()
