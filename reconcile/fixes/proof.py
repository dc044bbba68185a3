"""The proof: the import replayed on a copy of what some actions can reach, with the actions done.

    ways (sequences of actions) --_reach--> the invoices and jobs each can touch --_Copies--> actions, night, actions, night

Each way has a copy of its own, and all copies are replayed in one call of the same `overnight.replay` that says where
tonight's import puts every invoice: in a copy's References, job numbers and order numbers the copy's own number stands in
front, so that no copy sees another. What no action can reach lands as it would have landed, and is not replayed.
Source: contract.md "proof.status", "Nothing that was right moves"; rules.md section 2 and R1-R8.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from reconcile.fixes.actions import (
    RENAMES,
    Action,
    Draft,
    Landing,
    MovedInvoice,
    Option,
    Proof,
    altered,
)
from reconcile.rules.causes import VOIDED_IN_XERO
from reconcile.rules.overnight import APPROVED, NO_JOB, pick_jobs, replay
from reconcile.settings.model import Settings
from reconcile.text_columns import Words, as_list, take_texts
from reconcile.verdicts.ledger import INVOICE
from reconcile.verdicts.verdicts import Findings
from reconcile.wording import and_more

NIGHTS = 2  # a fix is home after tonight or after tomorrow
_BETWEEN = "\x1f"  # stands between a copy's number and a text; no export holds it


@dataclass(frozen=True)
class Seen:
    """What the replay of one way shows: for each invoice that it can reach (ledger position) its landing after each night."""

    after: dict[int, tuple[Landing, ...]]

    def end(self, row: int) -> Landing:
        """Where an invoice is after the last night."""
        return self.after[row][-1]


class _Texts:
    """A column of texts of which few rows are asked for, by position: one, or several at once."""

    def __init__(self, column: pd.Series):
        self._texts = pa.array(column.array, pa.large_string())

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, np.ndarray):
            return self._texts.take(pa.array(at)).to_numpy(zero_copy_only=False)
        return self._texts[at].as_py()


@dataclass(frozen=True)
class Rehearsal:
    """The practice's tables, looked up by what an action can reach."""

    findings: Findings
    settings: Settings
    as_of: date
    seen_together: dict[frozenset[tuple[tuple[str | None, ...], ...]], tuple[Seen, Seen]] = field(
        default_factory=dict
    )  # what `together` has replayed

    @cached_property
    def ledger(self) -> dict[str, Any]:
        """The ledger's columns that the import reads, and where each invoice is now."""
        table = self.findings.ledger
        columns = "invoice_no kind reference contact status outcome now_place now_job_no belongs_place belongs_job_no"
        arrays: dict[str, Any] = {name: _Texts(table[name]) for name in columns.split()}
        arrays["invoice_date"] = table["invoice_date"].to_numpy()
        arrays["changed_on"], arrays["edited"] = (
            table["changed_on"].to_numpy(),
            table["edited"].to_numpy(dtype=bool),
        )
        arrays["in_xpm"] = table["in_xpm"].to_numpy(dtype=bool) & self.findings.xpm_given
        return arrays

    @cached_property
    def jobs(self) -> dict[str, _Texts]:
        """The jobs' columns of texts that the import reads."""
        table = self.findings.jobs
        return {
            name: _Texts(table[name])
            for name in ("client", "client_order_no", "state_type", "job_no")
        }

    @cached_property
    def coming(self) -> np.ndarray:
        """Positions of the invoices that a night may take: approved, and not in XPM."""
        table = self.findings.ledger
        approved = Words(table["status"]).are(*APPROVED)
        return np.flatnonzero(Words(table["kind"]).are(INVOICE) & approved & ~self.ledger["in_xpm"])

    @cached_property
    def coming_by_reference(self) -> dict[str, np.ndarray]:
        return _grouped(self.ledger["reference"], self.coming)

    @cached_property
    def coming_by_contact(self) -> dict[str, np.ndarray]:
        return _grouped(self.ledger["contact"], self.coming)

    @cached_property
    def by_number(self) -> dict[str, int]:
        """The position of each invoice by its number; a credit note may share it, so invoices alone."""
        at = np.flatnonzero(Words(self.findings.ledger["kind"]).are(INVOICE))
        return dict(zip(self.ledger["invoice_no"][at], at.tolist(), strict=True))

    @cached_property
    def jobs_by_number(self) -> dict[str, int]:
        return {number: at for at, number in enumerate(self.findings.book.job_nos)}

    @cached_property
    def state_types(self) -> dict[str, str]:
        """The type of each state that a job of the export has; any other is Standard (rules.md section 5)."""
        jobs = self.findings.jobs
        return dict(zip(as_list(jobs["state"]), as_list(jobs["state_type"]), strict=True))

    def replay_beside(
        self, ways: Sequence[Sequence[Action]], rows: Sequence[Iterable[int]]
    ) -> tuple[list[Seen], Seen]:
        """As `replay`, and beside it what happens to all the invoices that are reached when nobody does anything."""
        reach = [self._reach(way, more) for way, more in zip(ways, rows, strict=True)]
        everything = {row for reached, _ in reach for row in reached}
        *seen, base = self._replay([*ways, ()], [*reach, self._reach((), everything)], NIGHTS)
        return seen, base

    def replay(
        self, ways: Sequence[Sequence[Action]], rows: Sequence[Iterable[int]], nights: int = NIGHTS
    ) -> list[Seen]:
        """Do each way's actions on a copy of its own, with a night at every wait, and nights after them.

        Args:
            ways: sequences of actions. rows: for each way the invoices to follow besides those it can reach.

        Returns:
            One Seen per way, in order.
        """
        return self._replay(
            ways, [self._reach(way, more) for way, more in zip(ways, rows, strict=True)], nights
        )

    def _replay(
        self,
        ways: Sequence[Sequence[Action]],
        reach: list[tuple[list[int], list[int]]],
        nights: int,
    ) -> list[Seen]:
        copies = _Copies(self, reach)
        phases = [_phases(way, nights) for way in ways]
        for night in range(nights):
            day = self.as_of + timedelta(days=night)
            # What one night passes by the next passes by too, unless something was done: it only grows older (E1-E5).
            stirred = [copy for copy, parts in enumerate(phases) if not night or parts[night]]
            for copy in stirred:
                for action in phases[copy][night]:
                    copies.do(copy, action, day)
            copies.sleep(day, stirred)
        return copies.seen()

    def reached(self, way: Sequence[Action]) -> set[int]:
        """The invoices whose landing some actions can change."""
        return set(self._reach(way, ())[0])

    def _reach(self, way: Sequence[Action], more: Iterable[int]) -> tuple[list[int], list[int]]:
        """The invoices whose landing a way can change, and the jobs that they can land on."""
        book = self.findings.book
        rows, jobs = set(more), set[int]()
        texts, references = set[str | None](), set[str | None]()
        for action in way:
            if action.job_no:
                job = self.jobs_by_number[action.job_no]
                jobs.add(job)
                texts.add(book.orders[job])
                texts.add(action.value if action.do == "set-client-order-no" else action.job_no)
            elif action.do in RENAMES:
                rows.update(self.coming_by_contact.get(action.from_value or "", ()))
            elif action.invoice_no:
                rows.add(self.by_number[action.invoice_no])
                references.add(action.value)
        for text in texts:
            if text:
                rows.update(self.coming_by_reference.get(text, ()))
        carried = self.ledger["reference"]
        references.update(carried[row] for row in rows)
        for text in references:
            if text:
                jobs.update(book.carrying.get(text, ()))
        return sorted(rows), sorted(jobs)


def _grouped(values: _Texts, positions: np.ndarray) -> dict[str, np.ndarray]:
    """Positions by their value."""
    codes, texts = pd.factorize(values[positions])
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes))
    return dict(zip(texts, np.split(positions[order], ends[:-1]), strict=False))


def _phases(way: Sequence[Action], nights: int) -> list[list[Action]]:
    """A way's actions before each of so many nights, and behind them what is left; every wait is a night."""
    phases: list[list[Action]] = [[]]
    for action in way:
        if action.do == "wait-overnight":
            phases.append([])
        else:
            phases[-1].append(action)
    return phases + [[] for _ in range(nights)]


class _Copies:
    """Copies of small parts of the practice, one after the other in flat arrays; `do` and `sleep` change them."""

    def __init__(self, rehearsal: Rehearsal, reach: list[tuple[list[int], list[int]]]):
        self.rehearsal = rehearsal
        findings, ledger = rehearsal.findings, rehearsal.ledger
        self.rows = _flat(rows for rows, _ in reach)
        self.jobs = _flat(jobs for _, jobs in reach)
        self.row_copy = np.repeat(np.arange(len(reach)), [len(rows) for rows, _ in reach])
        self.job_copy = np.repeat(np.arange(len(reach)), [len(jobs) for _, jobs in reach])
        self.starts = np.searchsorted(self.row_copy, np.arange(len(reach) + 1))
        copied = "kind reference contact status invoice_date changed_on edited in_xpm".split()
        self.invoice = {name: ledger[name][self.rows] for name in copied}
        self.number = ledger["invoice_no"][self.rows].tolist()
        self.place, self.job_no = ledger["now_place"][self.rows], ledger["now_job_no"][self.rows]
        self.rule = np.full(len(self.rows), "", dtype=object)
        at = self.jobs
        self.job = {
            name: rehearsal.jobs[name][at]
            for name in ("client", "client_order_no", "state_type", "job_no")
        }
        self.created = findings.jobs["created_on"].to_numpy()[at]
        self.row_at = {
            key: one
            for one, key in enumerate(zip(self.row_copy.tolist(), self.rows.tolist(), strict=True))
        }
        self.job_at = {
            key: one
            for one, key in enumerate(zip(self.job_copy.tolist(), at.tolist(), strict=True))
        }
        self.nights: list[list[Landing]] = []

    def do(self, copy: int, action: Action, day: date) -> None:
        """Do one action in one copy; what changes nothing that the import reads is passed over."""
        if action.do == "set-client-order-no":
            self.job["client_order_no"][self._job(copy, action)] = action.value
        elif action.do == "set-job-state":
            state = self.rehearsal.state_types.get(action.value or "", "standard")
            self.job["state_type"][self._job(copy, action)] = state
        elif action.do in RENAMES:
            part = slice(self.starts[copy], self.starts[copy + 1])
            contacts = self.invoice["contact"][part]
            contacts[contacts == action.from_value] = action.value
        elif action.invoice_no:
            self._do_invoice(
                self.row_at[copy, self.rehearsal.by_number[action.invoice_no]], action, day
            )

    def _do_invoice(self, at: int, action: Action, day: date) -> None:
        if action.do == "delete-xpm-invoice":
            self.invoice["in_xpm"][at] = False
            self.place[at], self.job_no[at] = "absent", ""
            return
        self.invoice["changed_on"][at] = np.datetime64(day, "s")
        if action.do == "set-reference":
            self.invoice["reference"][at] = action.value
        elif action.do == "approve-invoice":
            self.invoice["status"][at] = APPROVED[0]

    def _job(self, copy: int, action: Action) -> int:
        return self.job_at[copy, self.rehearsal.jobs_by_number[action.job_no or ""]]

    def sleep(self, day: date, stirred: Sequence[int]) -> None:
        """Let one night's import run in the copies where something may come, and note where each invoice is then."""
        if self.nights and not stirred:  # as it was after the night before
            self.nights.append(self.nights[-1])
            return
        awake = np.flatnonzero(~self.invoice["in_xpm"] & np.isin(self.row_copy, stirred))
        if len(awake):
            self._import(awake, day)
        now = zip(self.number, self.place, self.job_no, self.rule, strict=True)
        self.nights.append([Landing(*one) for one in now])

    def _import(self, awake: np.ndarray, day: date) -> None:
        rehearsal = self.rehearsal
        invoices = pd.DataFrame({name: column[awake] for name, column in self.invoice.items()})
        invoices["reference"] = _keyed(self.row_copy[awake], self.invoice["reference"][awake])
        jobs = pd.DataFrame(
            {
                "job_no": _keyed(self.job_copy, self.job["job_no"]),
                "client_order_no": _keyed(self.job_copy, self.job["client_order_no"]),
                "client": take_texts(self.job["client"], np.arange(len(self.jobs))),
                "state_type": take_texts(self.job["state_type"], np.arange(len(self.jobs))),
                "created_on": self.created,
                "ad_hoc": False,
            }
        )
        if not len(jobs):  # a job that carries nothing, so that the columns have their types
            jobs = pd.DataFrame(
                {**{name: pd.Series([""], dtype="str") for name in jobs}, "ad_hoc": [True]}
            )
            jobs["created_on"] = pd.Series([pd.NaT], dtype="datetime64[s]")
        picks = pick_jobs(pd.Index(invoices["reference"].unique()), jobs)
        given = rehearsal.findings.xpm_given
        landed = replay(
            invoices, jobs, rehearsal.findings.facts, picks, rehearsal.settings, day, given
        )
        place, rule = (landed[name].to_numpy(dtype=object) for name in ("tonight_place", "rule"))
        numbers = np.array(
            [text.rpartition(_BETWEEN)[2] for text in landed["tonight_job_no"]], dtype=object
        )
        self.rule[awake] = rule
        passed = place == "skipped"
        self.place[awake] = np.where(passed, self.place[awake], place)
        self.job_no[awake] = np.where(passed, self.job_no[awake], numbers)
        self.invoice["in_xpm"][awake] = ~passed & (
            rule != "E3"
        )  # a date that is not known: it may come any night

    def seen(self) -> list[Seen]:
        """What each copy shows."""
        after = list(zip(*self.nights, strict=True))
        rows = self.rows.tolist()
        ends = zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True)
        return [
            Seen(dict(zip(rows[start:end], after[start:end], strict=True))) for start, end in ends
        ]


def _flat(lists: Iterable[list[int]]) -> np.ndarray:
    return np.fromiter((one for part in lists for one in part), dtype="int64")


def _keyed(copies: np.ndarray, texts: np.ndarray) -> pd.Series:
    """Texts with the number of their copy in front; blank stays blank."""
    heads = np.array(
        [f"{copy}{_BETWEEN}" for copy in range(int(copies.max()) + 1 if len(copies) else 0)],
        dtype=object,
    )
    return pd.Series(
        np.where(texts == "", "", heads[copies] + texts) if len(texts) else texts, dtype="str"
    )


# Judging -------------------------------------------------------------------------------------------------------------


# Why an invoice's landing cannot be told, or is not the one wanted, and what would settle it.
_SETTLED_BY = {
    "C3": "its client's billing details name another client, and nobody documents where its invoices go then (C3). See in "
    "XPM where an earlier invoice of this client went",
    "C4": "the job is of another client than the contact, and nobody documents what the import does then (C4). See in XPM "
    "where an earlier one like it went, or make the names equal",
    "C5": "its client is archived, and an archived client may not receive it (C5). Restore the client first",
    "M3": "several jobs carry the text and which is the newest is not known (M3). Add [Job] Date Created to the jobs export",
    "E1": "the import takes no credit notes (E1). Enter it in XPM by hand",
    "E2": "the import takes approved invoices only (E2). Approve it first",
    "E3": "its date is not known, so it cannot be told whether the window is open (E3). Add InvoiceDate to the Xero export",
    "E5": "it is dated on or before a lock date, and the import skips it (E5). Move the lock date, or leave it",
    "L2": "its Reference names no open job of its client, so it lands on the client (L2). Mend the Reference first",
    "L3": "its Reference names no open job of its client, so ad hoc jobs decide (L3). Mend the Reference first",
}


def prove(drafts: Sequence[Draft], rehearsal: Rehearsal) -> list[Draft]:
    """Replay each draft alone, and each option of those that need a decision.

    Returns:
        The drafts with their proofs, in order.

    Source: contract.md "proof.status".
    """
    ways = [(draft, way) for draft in drafts for way in draft.ways]
    own = [[row.at for row in draft.rows] for draft, _ in ways]
    seen, base = rehearsal.replay_beside([way for _, way in ways], own)
    views = iter(seen)
    return [
        _with_proof(draft, [next(views) for _ in draft.ways], base, rehearsal) for draft in drafts
    ]


def _with_proof(draft: Draft, views: list[Seen], base: Seen, rehearsal: Rehearsal) -> Draft:
    if not draft.options:
        return altered(
            draft, proof=_judge(draft, wanted(draft, rehearsal), views[0], base, rehearsal)
        )
    options = tuple(
        altered(option, proof=_judge_option(draft, option, view, base, rehearsal))
        for option, view in zip(draft.options, views, strict=True)
    )
    return altered(draft, options=options, proof=Proof("needs-decision", "a person chooses"))


def wanted(draft: Draft, rehearsal: Rehearsal) -> dict[int, tuple[str, str]]:
    """Where each invoice of a draft without options belongs: place and job; where that is not known, what no landing is."""
    ledger = rehearsal.ledger
    home = {}
    for row in draft.rows:
        at = row.at
        if draft.cause == VOIDED_IN_XERO.id:
            home[at] = ("absent", "")
        elif ledger["belongs_place"][at] == "job":
            home[at] = ("job", ledger["belongs_job_no"][at])
        elif draft.job != NO_JOB:
            home[at] = ("job", rehearsal.findings.book.job_nos[draft.job])
        else:
            home[at] = ("", "")
    return home


def _judge(
    draft: Draft, home: dict[int, tuple[str, str]], seen: Seen, base: Seen, rehearsal: Rehearsal
) -> Proof:
    lands = tuple(seen.end(at) for at in home)
    moves = moved(seen, base, set(home), rehearsal)
    lost = [at for at, want in home.items() if seen.end(at).spot != want]
    if lost:
        return Proof("cannot-prove", _why_not(seen.end(lost[0])), None, lands, moves)
    worse = [move for move in moves if move.worse]
    if worse:
        return Proof("cannot-prove", _why_worse(worse), None, lands, moves)
    return Proof("proved", "", _nights(draft.actions, seen, home), lands, moves)


def _judge_option(
    draft: Draft, option: Option, seen: Seen, base: Seen, rehearsal: Rehearsal
) -> Proof:
    """An option holds where each invoice it acts for lands on a job, and nothing that was right moves."""
    own = [row.at for row in draft.rows]
    lands = tuple(seen.end(at) for at in own)
    moves = moved(seen, base, set(own), rehearsal)
    if any(action.do == "ask" for action in option.actions):
        return Proof(
            "cannot-prove", "this is done by hand: run again when it is", None, lands, moves
        )
    away = [landing for landing in lands if landing.place != "job"]
    if away:
        return Proof("cannot-prove", _why_not(away[0]), None, lands, moves)
    worse = [move for move in moves if move.worse]
    if worse:
        return Proof("cannot-prove", _why_worse(worse), None, lands, moves)
    return Proof("proved", "", _nights(option.actions, seen, own), lands, moves)


def _nights(way: Sequence[Action], seen: Seen, rows: Iterable[int]) -> int:
    """After how many nights every invoice has come to where it ends: not before the way's last wait."""
    waits = sum(action.do == "wait-overnight" for action in way)
    rows = list(rows)
    ends = range(max(waits, 1), NIGHTS + 1)
    return next(
        n for n in ends if all(seen.after[at][n - 1].spot == seen.end(at).spot for at in rows)
    )


def moved(seen: Seen, base: Seen, own: set[int], rehearsal: Rehearsal) -> tuple[MovedInvoice, ...]:
    """The invoices besides a fix's own that end elsewhere than they would have ended without it.

    Worse is: ok or wait, or would have been where it belongs (contract.md "Nothing that was right moves").
    """
    ledger = rehearsal.ledger
    moves = []
    for at in seen.after:
        before, after = base.end(at), seen.end(at)
        if at in own or before.spot == after.spot:
            continue
        home = (ledger["belongs_place"][at], ledger["belongs_job_no"][at])
        right = ledger["outcome"][at] in ("ok", "wait") or (
            home[0] == "job" and before.spot == home
        )
        moves.append(MovedInvoice(before.invoice_no, before, after, right))
    return tuple(moves)


def _why_not(landing: Landing) -> str:
    if landing.rule == "E3" and landing.place != "unknown":
        return f"{landing.invoice_no}: the window of its last change has closed (E3), and these actions do not edit it."
    if landing.rule in _SETTLED_BY:
        return f"{landing.invoice_no}: {_SETTLED_BY[landing.rule]}."
    if not landing.rule:
        return f"{landing.invoice_no}: XPM has it on {landing.as_target}, where it stays: these actions do not move it."
    return f"{landing.invoice_no}: the replay ends with it on {landing.as_target} ({landing.rule})."


def _why_worse(worse: list[MovedInvoice]) -> str:
    first = worse[0]
    others = and_more(len(worse), 1)
    return f"{first.invoice_no}{others} would land on {first.after.as_target} instead of {first.before.as_target}."


# All together ---------------------------------------------------------------------------------------------------------


def together(
    ways: Sequence[Sequence[Action]], rows: Iterable[int], rehearsal: Rehearsal
) -> tuple[Seen, Seen]:
    """Do several ways on one day, and let two nights pass.

    Args:
        rows: the invoices to follow besides those that can be reached.

    Returns:
        What is seen then, and what would be seen without them.
    """
    key = frozenset(
        tuple((one.do, one.invoice_no, one.job_no, one.from_value, one.value) for one in way)
        for way in ways
    )
    if key not in rehearsal.seen_together:
        (seen,), base = rehearsal.replay_beside([merged(ways)], [rows])
        rehearsal.seen_together[key] = seen, base
    return rehearsal.seen_together[key]


def merged(ways: Sequence[Sequence[Action]]) -> list[Action]:
    """Several ways as one: what each does on its first day, a night, what each does on its second, a night."""
    parts = [_phases(way, NIGHTS) for way in ways]
    night_falls = Action("xpm", "wait-overnight", "")
    way: list[Action] = []
    for night in range(NIGHTS):
        way += [action for part in parts for action in part[night]]
        way.append(night_falls)
    return way
