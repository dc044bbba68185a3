"""What a fix is made of: actions, options, proofs, and the drafts they are made from.

Source: contract.md "fixes", "do"; rules.md section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from reconcile.errors import Unaccounted
from reconcile.rules.overnight import NO_JOB
from reconcile.rules.vocabulary import Do, ProofStatus, System, place_words
from reconcile.settings.model import Settings
from reconcile.text_columns import Words, as_list
from reconcile.verdicts.verdicts import Findings
from reconcile.wording import on_one_line, some_of


class InvoiceRow(NamedTuple):
    """What a repair needs to know of one invoice: columns of the ledger, with its index value as `at`.

    Attributes:
        invoice_date, tax_cents, xpm_cents, xpm_ex_cents: None where they are not known. age_days: NaN likewise.
        on_own_job: XPM has it on a job of its contact.
    """

    at: int
    invoice_no: str
    reference: str
    contact: str
    status: str
    invoice_date: date | None
    total_cents: int
    tax_cents: int | None
    cause: str
    meaning: int
    picked: int
    picked_own: bool
    pick_rule: str
    in_xpm: bool
    now_place: str
    now_job_no: str
    now_job: int
    now_client: str
    now_class: str
    now_count: int
    now_telling: str
    archived: bool
    diverts_to: str
    xpm_cents: int | None
    xpm_ex_cents: int | None
    tonight_place: str
    rule: str
    age_days: float
    on_own_job: bool


LEDGER_COLUMNS = [name for name in InvoiceRow._fields if name not in ("at", "on_own_job")]


def invoice_rows(ledger: pd.DataFrame, clients: Sequence[str]) -> list[InvoiceRow]:
    """Rows of the ledger as repairs read them, in its order.

    Args:
        ledger: with LEDGER_COLUMNS. clients: of the jobs, by position.
    """
    columns = {name: as_list(ledger[name]) for name in LEDGER_COLUMNS}
    columns["invoice_date"] = ledger["invoice_date"].to_numpy().astype("datetime64[D]").tolist()
    for name in ("tax_cents", "xpm_cents", "xpm_ex_cents"):
        columns[name] = [None if cents is pd.NA else cents for cents in columns[name]]
    on_own = [
        job != NO_JOB and clients[job] == contact
        for job, contact in zip(columns["now_job"], columns["contact"], strict=True)
    ]
    return list(map(InvoiceRow, ledger.index.tolist(), *columns.values(), on_own))


_Record = TypeVar("_Record")


def altered(one: _Record, **fields: Any) -> _Record:
    """A record with some fields changed, as dataclasses.replace makes it and many times as quick: it copies what there is and
    asks nothing of each field. For the records of this module, which are made of fields alone."""
    copy = object.__new__(type(one))
    if not fields.keys() <= vars(one).keys():
        raise TypeError(f"no such field: {fields.keys() - vars(one).keys()}")
    vars(copy).update(vars(one), **fields)
    return copy


WAIT = "Wait for the overnight import."
RENAMES = ("rename-contact", "merge-contact")


@dataclass(frozen=True)
class Action:
    """One thing to do, for people (`text`) and programs (the rest; None where it does not apply).

    Source: contract.md "do".
    """

    system: System
    do: Do
    text: str
    invoice_no: str | None = None
    job_no: str | None = None
    from_value: str | None = None
    value: str | None = None
    client: str | None = None
    setting: str | None = None
    question: str | None = None


@dataclass(frozen=True)
class Landing:
    """Where the replay puts one invoice: a place of contract.md, and the job ("" for none)."""

    invoice_no: str
    place: str
    job_no: str = ""
    rule: str = ""

    @property
    def words(self) -> str:
        """Where it is then: `on J000417`, `on the client`, `no longer in XPM`."""
        return place_words("on", self.place, self.job_no)

    @property
    def as_target(self) -> str:
        """The same after a word like `on`: `J000417`, `the client`, `a new ad hoc job`."""
        return place_words("to", self.place, self.job_no)

    @property
    def spot(self) -> tuple[str, str]:
        """Place and job alone, to compare."""
        return self.place, self.job_no


@dataclass(frozen=True)
class MovedInvoice:
    """An invoice that is not the fix's own and lands elsewhere because of it."""

    invoice_no: str
    before: Landing
    after: Landing
    worse: bool


@dataclass(frozen=True)
class Proof:
    """What a replay with the actions done has shown.

    Attributes:
        status: proved, needs-decision or cannot-prove. reason: why it is not proved, and what would settle it.
        nights: after how many nights every invoice is home; None where it is not proved.
        lands: where each invoice of the fix ends. moves_others: what else lands elsewhere. assumes: rules taken for granted.
    """

    status: ProofStatus
    reason: str = ""
    nights: int | None = None
    lands: tuple[Landing, ...] = ()
    moves_others: tuple[MovedInvoice, ...] = ()
    assumes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What the replay has shown, in a sentence or two."""
        lands = some_of([f"{one.invoice_no} {one.words}" for one in self.lands])
        moves = (
            f" Moves too: {', '.join(move.invoice_no for move in self.moves_others[:5])}."
            if self.moves_others
            else ""
        )
        if self.status == "proved":
            when = "tonight" if self.nights == 1 else "tomorrow"
            return on_one_line(f"Proved by replaying the import: after {when} {lands}.{moves}")
        return on_one_line(f"Not proved: {self.reason.rstrip('.')}.{moves}")


def proof_of(one: Draft | Option) -> Proof:
    """The proof of what has been replayed.

    Raises:
        Unaccounted: it has not been replayed.
    """
    if one.proof is None:
        raise Unaccounted("a fix was to be written before it was replayed")
    return one.proof


@dataclass(frozen=True)
class Option:
    """One choice of a fix that needs a decision, and what a replay of it shows."""

    job_no: str | None
    why: str
    actions: tuple[Action, ...]
    minutes: int = 0
    proof: Proof | None = None


@dataclass(frozen=True)
class Alternative:
    """Another repair of the same invoices, not taken, with its cost in minutes."""

    text: str
    minutes: int


@dataclass(frozen=True)
class Fix:
    """One entry of the fix-list. `rows` are the ledger's index values of its invoices, in the order of `invoices`.

    Attributes:
        least_minutes: no repair of these invoices costs less; None where that is not worked out (many invoices, a choice).
        identity: the same from run to run as long as the cause and what it is about are: what people type is kept by it.
        facts: what it rests on, as accepted.py writes it down. back: what of it has changed since somebody said that it is not
            a problem; "" where nobody did.
    """

    id: str
    priority: int
    cause: str
    title: str
    why: str
    evidence: tuple[str, ...]
    client: str
    owner: str
    invoices: tuple[str, ...]
    jobs: tuple[str, ...]
    cents: int
    minutes: int
    first_seen: date
    due: date
    valid_until: date | None
    choices: tuple[Option, ...] | None
    actions: tuple[Action, ...]
    proof: Proof
    alternatives: tuple[Alternative, ...] = ()
    least_minutes: int | None = None
    identity: str = ""
    facts: str = ""
    back: str = ""
    rows: tuple[int, ...] = ()


@dataclass
class Steps:
    """The actions of one repair by stage; `ordered` puts them in the order that is safe to interrupt."""

    prepare: list[Action] = field(default_factory=list)
    xero: list[Action] = field(default_factory=list)
    delete: list[Action] = field(default_factory=list)
    clean: list[Action] = field(default_factory=list)
    back: list[Action] = field(default_factory=list)
    wait: str = WAIT

    def ordered(self) -> tuple[Action, ...]:
        wait = [Action("xpm", "wait-overnight", self.wait)] if self.wait else []
        return (*self.prepare, *self.xero, *self.delete, *self.clean, *wait, *self.back)


@dataclass(frozen=True)
class Draft:
    """A fix while it is being made: its invoices, and either one set of steps or choices.

    Attributes:
        subject: what it is about, in texts that stay the same from run to run.
    """

    cause: str
    rows: list[InvoiceRow]
    title: str
    evidence: tuple[str, ...]
    job: int = NO_JOB
    actions: tuple[Action, ...] = ()
    options: tuple[Option, ...] = ()
    question: str = ""
    alternatives: tuple[Alternative, ...] = ()
    proof: Proof | None = None
    subject: str = ""

    @property
    def ways(self) -> list[tuple[Action, ...]]:
        """The sequences of actions that it may lead to."""
        return [option.actions for option in self.options] or [self.actions]


@dataclass(frozen=True)
class Desk:
    """What every repair is planned with.

    Attributes:
        usual_state: the commonest Standard state. carried_texts: every Reference of an invoice. last_with: for the order
            numbers that may be overwritten, the last invoice that carries each. positions: of jobs, by number.
    """

    findings: Findings
    settings: Settings
    as_of: date
    usual_state: str
    xero_contacts: frozenset[str]
    carried_texts: frozenset[str]
    last_with: dict[str, str]
    positions: dict[str, int]

    def number(self, job: int) -> str:
        return self.findings.book.job_nos[job]

    def rows_of(self, invoice_nos: tuple[str, ...]) -> list[InvoiceRow]:
        """The ledger's rows of some invoices, as repairs read them, in its order."""
        at = sorted(self._row_at[number] for number in set(invoice_nos) & self._row_at.keys())
        found = self.findings.ledger[LEDGER_COLUMNS].take(at)
        return invoice_rows(found, self.findings.book.clients)

    @cached_property
    def _row_at(self) -> dict[str, int]:
        """The position of each invoice in the ledger by its number."""
        ledger = self.findings.ledger
        at = np.flatnonzero(Words(ledger["kind"]).are("invoice"))
        return dict(zip(as_list(ledger["invoice_no"].array.take(at)), at.tolist(), strict=True))

    def cost(self, actions: tuple[Action, ...]) -> int:
        """The minutes that some actions take (settings "minutes")."""
        minutes = self.settings.minutes
        costs = {
            "set-reference": minutes.set_reference,
            "approve-invoice": minutes.set_reference,
            "touch-invoice": minutes.touch,
            "delete-xpm-invoice": minutes.delete,
            "wait-overnight": 0,
        }
        return sum(costs.get(action.do, minutes.edit_job) for action in actions)
