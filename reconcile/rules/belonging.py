"""The job each Reference means, read as a person reads it: for the invoices whose Reference does not pick a job of
their own client.

The unit is one (contact, Reference): all invoices that share it mean the same job.
Source: contract.md "How outcome and cause are decided", T1-T10; rules.md section 4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.rules.overnight import NO_JOB, ad_hoc_jobs, pick_jobs
from reconcile.rules.references import (
    are_one_word,
    family,
    fold,
    fold_all,
    fold_name,
    folded_words,
    nearest,
    runs_of_words,
)
from reconcile.text_columns import Places, Words, as_list, as_texts


@dataclass(frozen=True)
class Choice:
    """One job that may be meant, and how it would be brought about.

    Attributes:
        job: position of the job; NO_JOB where the choice names no job.
        repair: set-reference, set-client-order-no, set-and-keep, set-later, set-job-state, clear-others, make-names-equal,
            re-sync or new-job.
        value: the text to set.
        awaited: numbers of the invoices that still come by the text that it replaces.
    """

    job: int
    why: str
    repair: str
    value: str = ""
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True)
class Meaning:
    """What one (contact, Reference) means: the cause, and one target, several choices, or nothing that can be listed."""

    cause: str
    choices: tuple[Choice, ...] = ()
    certainty: str = "likely"
    evidence: tuple[str, ...] = ()
    decide: bool = False  # a person chooses even where only one job is listed

    @property
    def target(self) -> Choice | None:
        """The one job meant, where there is exactly one."""
        return self.choices[0] if len(self.choices) == 1 and not self.decide else None


@dataclass(frozen=True)
class JobBook:
    """The jobs, looked up by what a Reference may say. Positions count rows of the jobs table.

    Attributes:
        own: client -> its Standard jobs. job_owners: client -> its jobs, whatever their state.
        carrying: text -> jobs of any state named by it. standard_by_text: text -> Standard jobs.
            All of them by job number, whatever the order of the rows; ad hoc jobs, which are never meant, are in none.
        jobs: the table itself.
    """

    job_nos: list[str]
    clients: list[str]
    orders: list[str]
    states: list[str]
    owners: list[str]
    created: np.ndarray
    standard: list[bool]
    own: Mapping[str, list[int]]
    job_owners: Mapping[str, list[int]]
    carrying: Mapping[str, list[int]]
    standard_by_text: Mapping[str, list[int]]
    jobs: pd.DataFrame

    def picked_by(self, text: str) -> int:
        """The job a text would pick tonight, whether or not an invoice carries it; NO_JOB for none (M1-M3)."""
        return self._picked_by.get(text, NO_JOB)

    @cached_property
    def _picked_by(self) -> dict[str, int]:
        texts = pd.Index(list(self.standard_by_text), dtype="str")
        return dict(zip(texts, pick_jobs(texts, self.jobs)["picked"].tolist(), strict=True))

    def texts_of(self, client: str) -> dict[str, list[int]]:
        """Each order-number text of a client's Standard jobs, and those that carry it."""
        found: dict[str, list[int]] = defaultdict(list)
        for at in self.own.get(client, ()):
            if self.orders[at]:
                found[self.orders[at]].append(at)
        return found

    def blank_of(self, client: str) -> list[int]:
        """A client's Standard jobs without an order number."""
        return [at for at in self.own.get(client, ()) if not self.orders[at]]

    @cached_property
    def standard_texts(self) -> pa.Array:
        """The different texts of Standard jobs."""
        return pa.array(list(self.standard_by_text), pa.string())

    @cached_property
    def by_fold(self) -> Mapping[str, list[int]]:
        """Folded text -> where in standard_texts are those that fold to it."""
        return Places(fold_all(self.standard_texts))

    @cached_property
    def by_words(self) -> dict[tuple[str, ...], list[int]]:
        """Folded words -> where in standard_texts are those of these words; of several words only."""
        found: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at in np.flatnonzero(pc.invert(are_one_word(self.standard_texts))).tolist():
            words = folded_words(self.standard_texts[at].as_py())
            if len(words) > 1:
                found[words].append(at)
        return found

    @cached_property
    def most_words(self) -> int:
        """How many words the longest text of a Standard job has."""
        return max(map(len, self.by_words), default=1)


def open_job_book(jobs: pd.DataFrame) -> JobBook:
    """Index the jobs once."""
    texts = {name: as_texts(jobs[name]) for name in ("job_no", "client", "client_order_no")}
    standard = Words(jobs["state_type"]).are("standard")
    usable = np.flatnonzero(~ad_hoc_jobs(jobs).to_numpy())
    meant = usable[pc.sort_indices(texts["job_no"].take(usable)).to_numpy()]
    open_now = meant[standard[meant]]
    return JobBook(
        as_list(jobs["job_no"]),
        as_list(jobs["client"]),
        as_list(jobs["client_order_no"]),
        as_list(jobs["state"]),
        as_list(jobs["owner"]),
        jobs["created_on"].to_numpy(),
        standard.tolist(),
        own=Places(texts["client"].take(open_now), open_now),
        job_owners=Places(texts["client"].take(meant), meant),
        carrying=_by_names(texts["job_no"], texts["client_order_no"], meant),
        standard_by_text=_by_names(texts["job_no"], texts["client_order_no"], open_now),
        jobs=jobs,
    )


def _by_names(numbers: pa.Array, orders: pa.Array, jobs: np.ndarray) -> Places:
    """Jobs by their number, and by their order number where they have another; in the order given."""
    number, order = numbers.take(jobs), orders.take(jobs)
    ordered = np.flatnonzero(pc.and_(pc.not_equal(order, ""), pc.not_equal(order, number)))
    rank = np.argsort(np.concatenate([np.arange(len(jobs)), ordered]), kind="stable")
    texts = pa.concat_arrays([number, order.take(ordered)]).take(rank)
    return Places(texts, np.concatenate([jobs, jobs[ordered]])[rank])


@dataclass(frozen=True)
class Pick:
    """How the import comes from one Reference to its job, as pick_jobs decided it; jobs are positions.

    Attributes:
        rule: M1, M2 or M3, the one that decides; "" where the Reference names no Standard job.
        job: the job picked; NO_JOB for none, or where M3 cannot tell.
        by_number, by_order: the jobs of any state that it names so; one that carries its own number is named by number.
        closed: those of them that receive nothing (M4).
        rivals: the jobs M3 chooses among; none where M1 or M2 decides.
    """

    rule: str
    job: int
    by_number: tuple[int, ...]
    by_order: tuple[int, ...]
    closed: tuple[int, ...]
    rivals: tuple[int, ...]


def read_pick(reference: str, picks: pd.DataFrame, book: JobBook) -> Pick:
    """The decision of pick_jobs about one Reference of its index, with the jobs that it is about.

    Source: rules.md M1-M4.
    """
    decided = picks.loc[reference]
    named = book.carrying.get(reference, []) if reference else []
    by_number = tuple(at for at in named if book.job_nos[at] == reference)
    by_order = tuple(at for at in named if at not in by_number)
    rule = str(decided["rule"])
    return Pick(
        rule,
        int(decided["picked"]),
        by_number,
        by_order,
        closed=tuple(at for at in named if not book.standard[at]),
        rivals=tuple(at for at in by_order if book.standard[at]) if rule == "M3" else (),
    )


def named_by_words(reference: str, rule: str, job_no: str) -> str:
    """By what a Reference picks its job: `Reference CLI-1 = Client Order No. of J000417`."""
    what = "number" if rule == "M1" else "Client Order No."
    return f"Reference {reference} = {what} of {job_no}"


def newest(book: JobBook, positions: Iterable[int]) -> list[int]:
    """The most recently created of some jobs; several where that cannot be told (M3)."""
    positions = list(positions)
    if len(positions) < 2:
        return positions
    created = book.created[positions]
    if np.isnat(created).any():
        return positions
    top = created.max()
    at_top = [at for at, day in zip(positions, created, strict=True) if day == top]
    return at_top if len(at_top) == 1 else positions


def meanings(
    pairs: pd.DataFrame, book: JobBook, picks: pd.DataFrame, known_clients: frozenset[str]
) -> list[Meaning]:
    """What each (contact, Reference) means.

    Args:
        pairs: one row per distinct pair whose Reference does not pick a job of the contact's own: contact, reference.
        picks: overnight.pick_jobs, with every reference of pairs in its index.

    Returns:
        One Meaning per row of pairs, in order.
    """
    about = picks.reindex(pairs["reference"])
    rows = zip(
        pairs["contact"],
        pairs["reference"],
        about["named"],
        about["picked"],
        about["tied"],
        strict=True,
    )
    reader = _Reader(book, known_clients)
    return [_meaning(reader, *row) for row in rows]


@dataclass(frozen=True)
class _Reader:
    """What a pair is read against."""

    book: JobBook
    known_clients: frozenset[str]

    def text_for(self, job: int, text: str) -> str:
        """What to set as Reference so that this job is picked: the text if it picks it, else the job's own number (M1)."""
        return text if text and self.book.picked_by(text) == job else self.book.job_nos[job]


def _meaning(
    reader: _Reader, contact: str, reference: str, named: int, picked: int, tied: bool
) -> Meaning:
    if reference == "":
        return _means_only_text(reader, contact)
    if not named:
        for reading in (_near_miss, _grouping_changed, _renewed, _non_billing):
            found = reading(reader, contact, reference)
            if found:
                return found
        return _unknown(reader, contact, reference)
    if tied:
        return _shared(reader, contact, reference)
    if picked == NO_JOB:
        return _not_standard(reader, contact, reference)
    return _other_clients(reader, contact, reference, picked)


def _jobs_of_texts(reader: _Reader, contact: str) -> list[Choice]:
    """One choice for each order-number text that the contact's client's Standard jobs carry."""
    choices = []
    for text in sorted(reader.book.texts_of(contact)):
        for job in _own_jobs_meant(reader.book, contact, text):
            value = reader.text_for(job, text)
            choices.append(
                Choice(job, f"{reader.book.job_nos[job]} carries {text}", "set-reference", value)
            )
    return choices


def _own_jobs_meant(book: JobBook, contact: str, text: str) -> list[int]:
    """The client's own Standard job that a text means: by number (M1), else the newest that carries it; all of a tie."""
    own = [at for at in book.standard_by_text[text] if book.clients[at] == contact]
    return [at for at in own if book.job_nos[at] == text] or newest(book, own)


def _means_only_text(reader: _Reader, contact: str) -> Meaning:
    """T1: blank; the client's jobs carry one text, or several."""
    return Meaning(
        "T1", tuple(_jobs_of_texts(reader, contact)), evidence=("the Reference is blank in Xero",)
    )


def near_texts(book: JobBook, reference: str) -> list[str]:
    """The texts of Standard jobs that a Reference is equal to when folded, or holds whole (contract.md "Fold")."""
    found = set(book.by_fold.get(fold(reference), ()))
    for run in runs_of_words(reference, book.most_words):
        found.update(book.by_words.get(run, ()) if len(run) > 1 else book.by_fold.get(run[0], ()))
    return sorted(book.standard_texts[at].as_py() for at in found)


def _near_miss(reader: _Reader, contact: str, reference: str) -> Meaning | None:
    """T3: equal when folded, or held by a longer text."""
    book = reader.book
    texts = near_texts(book, reference)
    if not texts:
        return None
    own = [
        text
        for text in texts
        if any(book.clients[at] == contact for at in book.standard_by_text[text])
    ]
    found = own or texts
    evidence = tuple(
        f"{reference!r} is nearly {text!r} of {_names(book, book.standard_by_text[text])}"
        for text in found
    )
    if len(own) != 1:
        return Meaning("T3", evidence=evidence)
    jobs = _own_jobs_meant(book, contact, own[0])
    if len(jobs) > 1:
        return Meaning("T3", evidence=evidence)
    choice = Choice(jobs[0], evidence[0], "set-reference", reader.text_for(jobs[0], own[0]))
    return Meaning("T3", (choice,), evidence=evidence)


def _names(book: JobBook, positions: Iterable[int]) -> str:
    return ", ".join(book.job_nos[at] for at in positions)


def _carrying_family(reader: _Reader, contact: str, wanted: str) -> list[int]:
    texts = reader.book.texts_of(contact)
    found = [at for text, positions in texts.items() if family(text) == wanted for at in positions]
    return sorted(found, key=reader.book.job_nos.__getitem__)


def _grouping_changed(reader: _Reader, contact: str, reference: str) -> Meaning | None:
    """T7: CLI against PROP."""
    other = {"CLI": "PROP", "PROP": "CLI"}.get(family(reference))
    return (
        _outdated("T7", reader, contact, reference, _carrying_family(reader, contact, other))
        if other
        else None
    )


def _renewed(reader: _Reader, contact: str, reference: str) -> Meaning | None:
    """T8: a new PROP on the invoices, another PROP on the job."""
    if family(reference) != "PROP":
        return None
    return _outdated("T8", reader, contact, reference, _carrying_family(reader, contact, "PROP"))


def _outdated(
    cause: str, reader: _Reader, contact: str, reference: str, jobs: list[int]
) -> Meaning | None:
    """The jobs whose order number is out of date, and the client's blank ones that were created after them."""
    if not jobs:
        return None
    book = reader.book
    created = book.created[jobs]
    known = created[~np.isnat(created)]
    latest = known.max() if len(known) else None
    later = [
        at
        for at in book.blank_of(contact)
        if latest is None or np.isnat(book.created[at]) or book.created[at] > latest
    ]
    choices = [
        Choice(
            at, f"{book.job_nos[at]} carries {book.orders[at]}", "set-client-order-no", reference
        )
        for at in jobs
    ] + [
        Choice(
            at,
            f"{book.job_nos[at]} has no Client Order No. and is newer",
            "set-client-order-no",
            reference,
        )
        for at in later
    ]
    evidence = tuple(f"no job carries {reference}; {choice.why}" for choice in choices)
    return Meaning(cause, tuple(choices), evidence=evidence)


def _non_billing(reader: _Reader, contact: str, reference: str) -> Meaning | None:
    """T6: the client's jobs are blank, and none carries the Reference's family."""
    blank = reader.book.blank_of(contact)
    if not blank or _carrying_family(reader, contact, family(reference)):
        return None
    choices = _blank_choices(reader, contact, reference)
    return Meaning(
        "T6",
        choices,
        evidence=tuple(f"no job carries {reference}; {choice.why}" for choice in choices),
    )


def _blank_choices(reader: _Reader, contact: str, reference: str) -> tuple[Choice, ...]:
    numbers = reader.book.job_nos
    return tuple(
        Choice(at, f"{numbers[at]} has no Client Order No.", "set-client-order-no", reference)
        for at in reader.book.blank_of(contact)
    )


def _unknown(reader: _Reader, contact: str, reference: str) -> Meaning:
    """T2: none of all that; the client's own texts as with T1, its blank jobs being further choices."""
    own = _jobs_of_texts(reader, contact)
    choices = (*own, *_blank_choices(reader, contact, reference))
    texts = reader.book.texts_of(contact)
    near = nearest(reference, texts)
    evidence = [f"no job has {reference} as number or Client Order No."]
    if near:
        evidence.append(f"nearest of this client's: {', '.join(near)}")
    return Meaning("T2", choices, evidence=tuple(evidence))


def _not_standard(reader: _Reader, contact: str, reference: str) -> Meaning:
    """T4: named jobs, none of them Standard; another client's only as a decision."""
    book = reader.book
    jobs = sorted(
        book.carrying[reference], key=lambda at: (book.clients[at] != contact, book.job_nos[at])
    )
    choices = tuple(
        Choice(
            at,
            f"{reference} names {book.job_nos[at]}, whose state is {book.states[at]}",
            "set-job-state",
        )
        for at in jobs
    )
    foreign = [at for at in jobs if book.clients[at] != contact]
    return Meaning(
        "T4", choices, "certain", tuple(choice.why for choice in choices), decide=bool(foreign)
    )


def _shared(reader: _Reader, contact: str, reference: str) -> Meaning:
    """T5: several Standard jobs carry it and M3 cannot tell."""
    book = reader.book
    jobs = sorted(
        book.standard_by_text[reference],
        key=lambda at: (book.clients[at] != contact, book.job_nos[at]),
    )
    choices = tuple(
        Choice(at, f"{book.job_nos[at]} keeps {reference}", "clear-others", reference)
        for at in jobs
    )
    evidence = (
        f"{_names(book, jobs)} all carry {reference}, created on the same day or on days that are not known",
    )
    return Meaning("T5", choices, "none", evidence, decide=True)


def is_stray(book: JobBook, contact: str, client: str) -> bool:
    """Whether a contact may be C2's stray of a client: it has no job, and differs from the client in form only."""
    return contact not in book.job_owners and fold_name(contact) == fold_name(client)


def _other_clients(reader: _Reader, contact: str, reference: str, picked: int) -> Meaning:
    """T9 or T10: the picked job's client is not the invoice's contact."""
    book = reader.book
    client = book.clients[picked]
    names = f"{reference} names {book.job_nos[picked]} of {client}"
    if contact in reader.known_clients and not is_stray(book, contact, client):
        wanted = family(reference)
        texts = [text for text in book.texts_of(contact) if family(text) == wanted]
        if len(texts) != 1:
            return Meaning("T9", certainty="none", evidence=(names,))
        jobs = _own_jobs_meant(book, contact, texts[0])
        choices = tuple(
            Choice(
                at,
                f"{book.job_nos[at]} of {contact} carries {texts[0]}",
                "set-reference",
                reader.text_for(at, texts[0]),
            )
            for at in jobs
        )
        return Meaning("T9", choices, "none", (names, *(choice.why for choice in choices)))
    evidence = (names, f"the contact is {contact!r}, the client {client!r}")
    if fold_name(contact) != fold_name(client):
        return Meaning("T10", certainty="none", evidence=evidence)
    return Meaning("T10", (Choice(picked, names, "make-names-equal", client),), "certain", evidence)
