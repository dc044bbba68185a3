"""What if: the same practice with something changed, and what would move.

    --set texts --read_changes--> Changes --changed--> exports, settings --find--> findings --compare--> Moves
    --fix FX-0007 --> the fix's actions, replayed --> Moves

Nothing is written.
Source: contract.md "whatif"; rules.md section 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reconcile.errors import ReconcileError
from reconcile.exports.tables import Exports
from reconcile.exports.xero import STATUSES
from reconcile.exports.xpm import state_type_of
from reconcile.fixes.proof import Rehearsal
from reconcile.rules.vocabulary import place_words
from reconcile.settings.keys import KEYS
from reconcile.settings.model import Settings
from reconcile.verdicts.verdicts import Findings, find

if TYPE_CHECKING:
    from reconcile.pipeline import Result

JOB_FIELDS = ("client_order_no", "state", "client")
INVOICE_FIELDS = ("reference", "contact", "status")
_FORMS = (
    "adhoc=off, job:J000392.state=In Progress, job:J000392.client_order_no=PROP-0031, "
    "invoice:INV-0042.reference=CLI-1681"
)


@dataclass(frozen=True)
class Change:
    """One thing that is changed: a setting (number ""), or a field of a job or an invoice."""

    kind: str
    number: str
    field: str
    value: str


@dataclass(frozen=True)
class Move:
    """One invoice that would end elsewhere.

    Attributes:
        when: tonight, if re-synced, or after the fix.
    """

    when: str
    invoice_no: str
    before: str
    after: str
    cents: int


def read_changes(texts: Iterable[str]) -> list[Change]:
    """Read what --set says.

    Raises:
        ReconcileError: a text that is none of the forms; all of them at once.
    """
    changes: list[Change] = []
    faults: list[str] = []
    for text in texts:
        try:
            changes.append(_read_change(text))
        except ReconcileError as error:
            faults += error.messages
    if faults:
        raise ReconcileError(*faults)
    return changes


def _read_change(text: str) -> Change:
    left, equals, value = text.partition("=")
    if not equals:
        raise ReconcileError(f"--set: no '=' in it. Found {text!r}. Write it like {_FORMS}.")
    kind, colon, rest = left.partition(":")
    if not colon:
        return Change(
            "setting",
            "",
            left.strip().removeprefix("import.").removeprefix("rules."),
            value.strip(),
        )
    number, dot, field = rest.rpartition(".")
    fields = {"job": JOB_FIELDS, "invoice": INVOICE_FIELDS}.get(kind)
    if fields is None or not dot or field not in fields:
        known = ", ".join(
            f"{name}:NO.{one}"
            for name, some in (("job", JOB_FIELDS), ("invoice", INVOICE_FIELDS))
            for one in some
        )
        raise ReconcileError(
            f"--set: not something to change. Found {left!r}. Choose of {known}, or a setting like adhoc."
        )
    return Change(kind, number, field, value)


def changed(
    exports: Exports, settings: Settings, changes: Sequence[Change], as_of: date
) -> tuple[Exports, Settings]:
    """The practice with the changes made; an invoice that is edited has been edited on as_of (E3).

    Raises:
        ReconcileError: a number that is not there, or a value that a setting cannot have.
    """
    invoices, jobs = exports.invoices.copy(), exports.jobs.copy()
    if "changed_on" not in invoices:
        invoices = invoices.assign(changed_on=invoices["invoice_date"], edited=False)
    for change in changes:
        if change.kind == "setting":
            settings = _set(settings, change)
        elif change.kind == "job":
            at = _rows_of(jobs, "job_no", change)
            if change.field == "client" and not change.value.strip():
                raise ReconcileError("--set: a job needs a client. Found nothing. Name one.")
            jobs.loc[at, change.field] = change.value
            if change.field == "state":
                jobs.loc[at, "state_type"] = state_type_of(change.value, settings)
        else:
            at = _rows_of(invoices, "invoice_no", change)
            value = _status(change) if change.field == "status" else change.value
            invoices.loc[at, change.field] = value
            invoices.loc[at, "changed_on"] = np.datetime64(as_of, "s")
            invoices.loc[at, "edited"] = True
    return replace(exports, invoices=invoices, jobs=jobs), settings


def _status(change: Change) -> str:
    """A status as the reader would take it from a file."""
    status = STATUSES.get(change.value.strip().casefold())
    if not status:
        near = difflib.get_close_matches(
            change.value.strip().title(), sorted(set(STATUSES.values())), 1, 0.5
        )
        words = (
            f"Did you mean {near[0]!r}?"
            if near
            else f"Choose of {', '.join(sorted(set(STATUSES.values())))}."
        )
        raise ReconcileError(
            f"--set: not a status that Xero writes. Found {change.value!r}. {words}"
        )
    return status


def _rows_of(table: pd.DataFrame, column: str, change: Change) -> np.ndarray:
    at = (table[column] == change.number).to_numpy()
    if not at.any():
        near = difflib.get_close_matches(change.number, table[column].unique().tolist(), 3, 0.5)
        words = (
            f"The nearest: {', '.join(near)}." if near else "Nothing in these exports is near it."
        )
        raise ReconcileError(
            f"--set: no {change.kind} has this number. Found {change.number!r}. {words}"
        )
    return at


def _set(settings: Settings, change: Change) -> Settings:
    keys = {**KEYS["import"], **KEYS["rules"]}
    if change.field not in keys:
        near = difflib.get_close_matches(change.field, keys, 1, 0.5)
        words = f"Did you mean {near[0]!r}?" if near else f"Choose of {', '.join(keys)}."
        raise ReconcileError(f"--set: no such setting. Found {change.field!r}. {words}")
    key = keys[change.field]
    value: int | str | date | None = int(change.value) if change.value.isdecimal() else change.value
    if change.field.endswith("lock_date"):
        try:
            value = date.fromisoformat(change.value) if change.value else None
        except ValueError:
            raise ReconcileError(
                f"--set: {change.field} is not a day. Found {change.value!r}. Write YYYY-MM-DD."
            ) from None
    elif fault := key.fault(value):
        raise ReconcileError(f"--set: {change.field} {fault} Found {change.value!r}.")
    fields: dict[str, Any] = {key.name: value}
    return replace(settings, **fields)


def try_changes(result: Result, texts: Sequence[str]) -> list[Move]:
    """What would move, tonight and if re-synced, with everything in --set done."""
    exports, settings = changed(result.exports, result.settings, read_changes(texts), result.as_of)
    return compare(result.findings, find(exports, settings, result.as_of))


def compare(before: Findings, after: Findings) -> list[Move]:
    """The invoices whose landing differs, tonight or if re-synced; one that tonight's import takes is told once."""
    one, two = before.ledger, after.ledger.reindex(before.ledger.index)
    moves = []
    told = np.zeros(len(one), dtype=bool)
    for when, place, number, rule in (
        ("tonight", "tonight_place", "tonight_job_no", "rule"),
        ("if re-synced", "if_resynced_place", "if_resynced_job_no", "if_resynced_rule"),
    ):
        differs = ((one[place] != two[place]) | (one[number] != two[number])).to_numpy() & ~told
        told |= differs
        for at in np.flatnonzero(differs):
            was, will = one.iloc[at], two.iloc[at]
            from_, to = (_landed(row[place], row[number], row[rule]) for row in (was, will))
            moves.append(Move(when, was["invoice_no"], from_, to, int(was["total_cents"])))
    return moves


def try_fix(result: Result, fix_id: str) -> list[Move]:
    """Where the invoices would be after a fix and its nights, beside where they would be without it.

    Raises:
        ReconcileError: no such fix, or one that a person must decide first.
    """
    fix = next((fix for fix in result.fixes if fix.id == fix_id.strip().upper()), None)
    if fix is None:
        last = result.fixes[-1].id if result.fixes else "none"
        raise ReconcileError(f"--fix: no such fix. Found {fix_id!r}. The last one is {last}.")
    rehearsal = Rehearsal(result.findings, result.settings, result.as_of)
    ways = [option.actions for option in fix.choices] if fix.choices else [fix.actions]
    ledger = result.findings.ledger
    moves = []
    views, base = rehearsal.replay_beside(ways, [fix.rows] * len(ways))
    for n, seen in enumerate(views, start=1):
        when = f"after choice {n} of {fix.id}" if fix.choices else f"after {fix.id}"
        for at in seen.after:
            was, will = base.end(at), seen.end(at)
            if (was.place, was.job_no) != (will.place, will.job_no):
                before, after = (_landed(one.place, one.job_no, one.rule) for one in (was, will))
                cents = int(ledger["total_cents"].iloc[at])
                moves.append(Move(when, was.invoice_no, before, after, cents))
    return moves


def _landed(place: str, job_no: str, rule: str) -> str:
    """The place, and the rule behind it where no job tells it."""
    return place_words("answer", place, job_no, rule="" if place in ("job", "absent", "") else rule)
