"""The notes beside a verdict: later causes that hold too, and what the exports could not show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from reconcile.rules import causes
from reconcile.rules.causes import FINDINGS
from reconcile.rules.overnight import NO_JOB
from reconcile.settings.model import Settings
from reconcile.text_columns import Words, find_positions, take_texts
from reconcile.verdicts.ledger import INVOICE, ONLY_IN_XPM, xero_and_xpm_cents
from reconcile.wording import UNSEEN, money, on_one_line

# Makes the notes of the rows that are flagged, one for each.
NoteMaker = Callable[[pd.DataFrame], pd.Series]


def _with_notes(
    ledger: pd.DataFrame,
    jobs: pd.DataFrame,
    settings: Settings,
    xpm_given: bool,
    exported_on: date | None,
) -> pd.DataFrame:
    """Add to notes what else holds, cause by cause, in the order of the list; notes are separated by line breaks."""
    notes = ledger["notes"].to_numpy(dtype=object)
    for mask, words in _note_rows(ledger, jobs, settings, xpm_given, exported_on):
        at = np.flatnonzero(mask)
        if len(at):
            text = (
                words
                if isinstance(words, str)
                else _on_one_line(words(ledger.iloc[at])).to_numpy(dtype=object)
            )
            notes[at] = np.where(notes[at] == "", text, notes[at] + "\n" + text)
    finding = take_texts(
        ["", *FINDINGS.values()], find_positions(ledger["cause"], pd.Index(["", *FINDINGS]))
    )
    return ledger.assign(notes=notes, finding=finding)


def _on_one_line(notes: pd.Series) -> pd.Series:
    """Notes in which no name of a client's breaks the line: that would begin another note."""
    odd = notes.str.contains(UNSEEN, regex=True)
    return notes.mask(odd, notes[odd].map(on_one_line)) if odd.any() else notes


def _note_rows(
    ledger: pd.DataFrame,
    jobs: pd.DataFrame,
    settings: Settings,
    xpm_given: bool,
    exported_on: date | None,
) -> list[tuple[np.ndarray, str | NoteMaker]]:
    """Which invoices get which note: one flag per invoice, and the words, or what makes them from the flagged rows."""
    cause, outcome, at_class = (Words(ledger[name]) for name in ("cause", "outcome", "now_class"))
    flags = {
        name: ledger[name].to_numpy()
        for name in (
            "unread",
            "unread_job",
            "lock_holds",
            "locked",
            "archived",
            "carried",
            "moved",
            "missed_night",
        )
    }
    ok, none = outcome.are("ok"), outcome.are("none")
    judged = (
        Words(ledger["kind"]).are(INVOICE)
        & ~none
        & ~cause.are(causes.NOT_APPROVED.id, causes.VOIDED_IN_XERO.id)
    )
    named, own, other, ad_hoc = (at_class.are(name) for name in ("named", "own", "other", "adhoc"))
    now_job, of_pick = ledger["now_job"].to_numpy(), ledger["picked"].to_numpy()
    known, picked = now_job != NO_JOB, of_pick != NO_JOB
    elsewhere = picked & (of_pick != now_job)
    others_client = named & known & ~cause.are(causes.OTHER_CLIENTS_JOB.id)
    others_client[others_client] = _clients_differ(ledger, jobs, np.flatnonzero(others_client))
    moved_on = own & ok
    as_dated = ledger["changed_on"].to_numpy() == ledger["invoice_date"].to_numpy()

    def on_picked(before: str, after: str) -> NoteMaker:
        return lambda rows: (
            before + jobs["job_no"].take(rows["picked"]).set_axis(rows.index) + after
        )

    def on_client(rows: pd.DataFrame) -> pd.Series:
        return "the contact's name differs from the job's client's: " + jobs["client"].take(
            rows["now_job"]
        ).set_axis(rows.index)

    return [
        (cause.are(causes.CREDIT_NOTE.id), f"{causes.CREDIT_NOTE.id}: enter it in XPM by hand"),
        (flags["unread"], "XPM's row of this number could not be used: see the problems"),
        (
            flags["unread_job"] & ~none,
            "it may belong on a job whose row could not be used: see the problems",
        ),
        (cause.are(causes.NOT_APPROVED.id) & none, f"{causes.NOT_APPROVED.id}: a draft, by choice"),
        (
            none & cause.are(""),
            "voided or deleted in Xero" + (", and XPM has no copy" if xpm_given else ""),
        ),
        (
            flags["lock_holds"],
            f"{causes.PERIOD_LOCKED.id}: on or before a lock date, so nothing is deleted (E5)",
        ),
        (
            judged
            & flags["locked"]
            & ~flags["lock_holds"]
            & ~cause.are(causes.PERIOD_LOCKED.id)
            & ~ok,
            _holds(causes.PERIOD_LOCKED),
        ),
        (
            judged & flags["archived"] & ~cause.are(causes.CLIENT_ARCHIVED.id),
            _holds(causes.CLIENT_ARCHIVED),
        ),
        (
            judged
            & ~Words(ledger["diverts_to"]).are("")
            & ~cause.are(causes.BILLING_CLIENT_DIVERTS.id),
            lambda rows: (
                f"{causes.BILLING_CLIENT_DIVERTS.id}: billing details name " + rows["diverts_to"]
            ),
        ),
        (ad_hoc & ~Words(ledger["kind"]).are(ONLY_IN_XPM), _ad_hoc_note(settings)),
        (
            judged
            & ledger["amount_differs"].to_numpy()
            & ~cause.are(causes.EDITED_AFTER_IMPORT.id),
            _amount_words,
        ),
        (moved_on & flags["carried"], "an earlier run saw its job carry its Reference"),
        (moved_on & ~known, "the jobs export does not hold the job it is on"),
        (
            own & flags["moved"] & cause.are(causes.ON_WRONG_JOB.id),
            "an earlier run saw XPM have it under another Reference",
        ),
        (
            ledger["after_export"].to_numpy() & cause.are(causes.WAITING_FOR_SYNC.id),
            f"XPM's invoices were exported on {exported_on}, before its night: a newer export shows whether it came",
        ),
        (
            flags["missed_night"] & cause.are(causes.SHOULD_HAVE_SYNCED.id),
            "an earlier run saw it ready for the import, and a night has passed",
        ),
        (
            moved_on & elsewhere,
            on_picked("its Reference names ", " now; what is imported stays (A2)"),
        ),
        (
            moved_on & ~elsewhere,
            "its Reference names no open job now; the order number was changed since (A2)",
        ),
        (
            named & ok & elsewhere,
            on_picked("tonight its Reference would pick ", "; what is imported stays (A2)"),
        ),
        (others_client, on_client),
        (
            judged & (ledger["now_count"].to_numpy() > 1),
            lambda rows: "XPM has it on several jobs: " + rows["now_job_no"],
        ),
        (
            judged & Words(ledger["pick_rule"]).are("M3") & picked & ~named,
            f"{causes.REFERENCE_SHARED.id}: several Standard jobs carry its Reference; the newest takes it (M3)",
        ),
        (
            cause.are(causes.WINDOW_MISSED.id, causes.SHOULD_HAVE_SYNCED.id)
            & as_dated
            & ~flags["missed_night"],
            "window unknown: no history of its last change, so judged by its date (E3)",
        ),
        (
            judged & np.isnat(ledger["invoice_date"].to_numpy()),
            "its date is not known, so neither is the window (E3)",
        ),
        (
            cause.are(causes.ON_WRONG_JOB.id) & other & ~ledger["picked_own"].to_numpy(),
            "C4: the job it names is another client's too",
        ),
    ]


def _clients_differ(ledger: pd.DataFrame, jobs: pd.DataFrame, at: np.ndarray) -> np.ndarray:
    """Of some invoices on jobs, those whose contact is not the job's client to the letter."""
    clients = jobs["client"].array.take(ledger["now_job"].to_numpy()[at])
    contacts = ledger["contact"].array.take(at).to_numpy(dtype=object)
    differ: np.ndarray = clients.to_numpy(dtype=object) != contacts
    return differ


def _holds(cause: causes.Cause) -> str:
    return f"{cause.id}: {cause.words}"


def _ad_hoc_note(settings: Settings) -> str:
    if settings.adhoc == "off":
        return (
            f"{causes.ON_ADHOC_JOB.id}: on an ad hoc job. R10: see that ad hoc jobs are off in XPM"
        )
    return (
        f"{causes.ON_ADHOC_JOB.id}: ad hoc jobs are on. R10: XPM: Business > Settings > Connections: Xero: untick ad hoc jobs "
        '(import.adhoc = "off")'
    )


def _amount_words(rows: pd.DataFrame) -> pd.Series:
    xero, xpm = xero_and_xpm_cents(rows)
    words = [
        f"{causes.EDITED_AFTER_IMPORT.id}: Xero says {money(one)}, XPM {money(two)}"
        for one, two in zip(xero, xpm, strict=True)
    ]
    return pd.Series(words, index=rows.index, dtype="str")
