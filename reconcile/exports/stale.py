"""Old exports give yesterday's answers: they are refused where the practice asks for it.

Source: contract.md "Stale input".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from reconcile.errors import ReconcileError
from reconcile.exports.columns import ROLE_WORDS, XERO_INVOICES, XPM_INVOICES
from reconcile.exports.tables import Exports
from reconcile.settings import WAIT_DAYS, Settings


def refuse_stale(exports: Exports, settings: Settings, as_of: date) -> None:
    """Refuse exports that are older than max_age_days, where that is set.

    How old one is shows by the day that it states; Xero's by its newest invoice too. XPM's invoices that state no day
    show it by their newest, where Xero has a later one that should have come: in a quiet week both are old. Jobs and
    clients show their age only where they state it.

    Raises:
        ReconcileError: exports that are too old; all of them.
    """
    most = settings.max_age_days
    if most is None:
        return
    faults = []
    for role in ROLE_WORDS:
        days = [(day, words, hint) for day, words, hint in _days(exports, role, as_of) if (as_of - day).days > most]
        if days:
            day, words, hint = min(days)
            files = ", ".join(sorted({one["path"] for one in exports.inputs if one["role"] == role}))
            faults.append(
                f"{files}: the export is stale. {words} {day}, {(as_of - day).days} days before {as_of}, "
                f"and max_age_days is {most}. Export again, raise max_age_days in reconcile.toml, "
                f"or let it pass once with --allow-stale.{hint}"
            )
    if faults:
        raise ReconcileError(*faults)


def _days(exports: Exports, role: str, as_of: date) -> Iterator[tuple[date, str, str]]:
    """What shows how old the files of a role are: the day, what it is in words, and what else may be the reason."""
    stated = exports.stated_days.get(role)
    if stated:
        yield stated, "The day that it states is", ""
    words = "Its newest invoice is of"
    if role == XERO_INVOICES and (newest := _newest(exports.invoices)):
        yield newest, words, ""
    if role == XPM_INVOICES and not stated and exports.xpm_invoices is not None:
        newest = _newest(exports.xpm_invoices)
        since = _should_have_come(exports.invoices, as_of)
        if newest and since and since > newest:
            hint = (
                f" Xero has an approved invoice of {since}. If the export is new, XPM has taken in nothing since "
                f"{newest}: see that the automatic import is on (XPM: Business > Settings > Connections: Xero)."
            )
            yield newest, words, hint


def _should_have_come(invoices: pd.DataFrame, as_of: date) -> date | None:
    """The date of the newest approved invoice that XPM's import has had its night for."""
    approved = (invoices["kind"] == "invoice") & invoices["status"].isin(["Awaiting Payment", "Paid", ""])
    old = invoices["invoice_date"] < pd.Timestamp(as_of - timedelta(days=WAIT_DAYS))
    return _newest(invoices[approved & old])


def _newest(table: pd.DataFrame) -> date | None:
    newest = table["invoice_date"].max()
    return None if pd.isna(newest) else newest.date()
