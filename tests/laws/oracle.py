"""A second reading of the rules, slow and plain: one invoice at a time, dicts and loops only.

It answers what the program answers (where an invoice is, where it belongs, where XPM's overnight import will put it,
and why) and shares no code with it, so that a disagreement points at a rule which one of the two reads wrongly.

    decide(practice, settings, as_of) -> one dict per invoice
    Books: one practice, and the questions the rules ask of it

It reads no files, knows no history, and plans no fixes.

Source: rules.md sections 2 and 4; contract.md "How outcome and cause are decided".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from functools import cache

# ---------------------------------------------------------------------------------------------- the tables


@dataclass(frozen=True)
class Invoice:
    """One sales document of the Xero export, its lines already folded into one."""

    invoice_no: str
    contact: str
    reference: str
    invoice_date: date
    total_cents: int
    tax_cents: int = 0
    status: str = "Awaiting Payment"
    kind: str = "invoice"  # invoice | credit-note
    paid_cents: int = 0


@dataclass(frozen=True)
class Job:
    """One job of the XPM jobs export."""

    job_no: str
    client: str
    client_order_no: str = ""
    state: str = "In Progress"
    created_on: date | None = None
    name: str = "Annual accounts"
    category: str = "Compliance"
    manager: str = ""


@dataclass(frozen=True)
class XpmInvoice:
    """One row of the XPM invoices export; `job_nos` is the cell's text, blank when it sits on the client."""

    invoice_no: str
    client: str
    invoice_date: date
    job_nos: str = ""
    incl_tax_cents: int | None = None
    ex_tax_cents: int | None = None


@dataclass(frozen=True)
class Client:
    """One row of the XPM clients export."""

    name: str
    billing_details: str = ""
    status: str = "Active"


@dataclass(frozen=True)
class Practice:
    """All the tables of one practice; None means that the export was not given."""

    invoices: tuple[Invoice, ...]
    jobs: tuple[Job, ...]
    xpm_invoices: tuple[XpmInvoice, ...] | None = None
    clients: tuple[Client, ...] | None = None


@dataclass(frozen=True)
class Settings:
    """The keys of reconcile.toml that the rules need."""

    adhoc: str = "off"  # off | all | with-reference
    profile: str = "ignition"  # ignition | xero
    window_days: int = 14
    xero_lock_date: date | None = None
    xpm_lock_date: date | None = None
    states: dict = field(default_factory=dict)
    drafts: str = "none"  # none | fix
    cents_tolerance: int = 5


APPROVED = ("Awaiting Payment", "Paid")
UNAPPROVED = ("Draft", "Awaiting Approval")
GONE = ("Voided", "Deleted")

# ------------------------------------------------------------------------------------------- how text compares

_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e"))
_EXTRA_DASHES = (
    "\u2212\u02d7\u2043"  # minus sign and look-alikes that Unicode does not file under dashes
)


def _soften(text: str) -> str:
    """NFKC, casefold, no zero-width characters, one kind of dash (the word boundaries still there)."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_ZERO_WIDTH)
    return "".join(
        "-" if unicodedata.category(c) == "Pd" or c in _EXTRA_DASHES else c for c in text
    )


def _drop_leading_zeros(text: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", text)


def fold_reference(text: str) -> str:
    """Fold a reference: contract.md "Fold of a reference"."""
    return _drop_leading_zeros("".join(_soften(text).split()))


def folded_words(text: str) -> list[str]:
    """Cut a text into folded words; a word ends at anything but a letter, digit, dash, slash or dot (T3)."""
    words, word = [], ""
    for c in _soften(text) + " ":
        if c.isalpha() or c.isdigit() or c in "-/.":
            word += c
        elif word:
            words.append(_drop_leading_zeros(word))
            word = ""
    return words


def holds(longer: str, candidate: str) -> bool:
    """True when, folded word by word, the longer text contains the candidate whole (T3)."""
    inside, want = folded_words(longer), folded_words(candidate)
    if not want or len(inside) <= len(want):
        return False
    return any(inside[i : i + len(want)] == want for i in range(len(inside) - len(want) + 1))


def is_near(reference: str, candidate: str) -> bool:
    """True for a near miss: fold-equal, or a longer reference that holds the candidate (T3)."""
    if not fold_reference(candidate):
        return False
    return fold_reference(reference) == fold_reference(candidate) or holds(reference, candidate)


def fold_name(text: str) -> str:
    """Fold a name: NFKC, casefold, letters and digits only."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def is_blank(text: str) -> bool:
    """True for an empty cell, or one that holds nothing but spaces and zero-width characters (T1)."""
    return fold_reference(text) == ""


def family_of(text: str) -> str:
    """CLI, PROP, or the folded text itself: any other text is a family of its own (T7, T8, T9)."""
    folded = fold_reference(text)
    match = re.match(r"(cli|prop)-?\d", folded)
    return match.group(1).upper() if match else folded


def state_type(state: str, states: dict) -> str:
    """The type of a job state: the settings' word first, then the name, then Standard (M4)."""
    name = state.strip().casefold()
    for known, kind in states.items():
        if known.strip().casefold() == name:
            return kind
    return {
        "completed": "completed",
        "complete": "completed",
        "archived": "completed",
        "on hold": "on-hold",
        "cancelled": "cancelled",
        "canceled": "cancelled",
    }.get(name, "standard")


@cache
def says_adhoc(*texts: str) -> bool:
    """True when a job's number, name or category says ad hoc (T14)."""
    return any(re.search(r"ad[\s-]?hoc", text, re.IGNORECASE) for text in texts)


def job_is_adhoc(job: Job) -> bool:
    """True for an ad hoc job of the jobs export: never named, picked, a candidate, or a blank job."""
    return says_adhoc(job.job_no, job.name, job.category)


# ---------------------------------------------------------------------------------------------- one practice


@dataclass(frozen=True)
class Pick:
    """What M1-M4 choose for a text: a job, or a tie that nobody can decide, or nothing."""

    job: Job | None = None
    rule: str = ""
    tied: tuple[Job, ...] = ()


def newest(candidates: list[Job], rule: str) -> Pick:
    """Choose the most recently created of several jobs; one unknown date or a shared maximum is a tie (M3)."""
    if not candidates:
        return Pick()
    if len(candidates) == 1:
        return Pick(candidates[0], rule)
    if any(job.created_on is None for job in candidates):
        return Pick(None, "M3", tuple(candidates))
    latest = max(job.created_on for job in candidates)
    first = [job for job in candidates if job.created_on == latest]
    return Pick(first[0], "M3") if len(first) == 1 else Pick(None, "M3", tuple(candidates))


@dataclass(frozen=True)
class Now:
    """Where XPM has the invoice. `kind`: unknown, absent, client, named, own, adhoc, other."""

    kind: str
    job_nos: str | None = None
    job: Job | None = None

    @property
    def place(self) -> str:
        return "job" if self.kind in ("named", "own", "other") else self.kind


@dataclass(frozen=True)
class Verdict:
    """Outcome, cause, and where the invoice belongs."""

    outcome: str
    cause: str | None = None
    place: str | None = None
    job: Job | None = None
    certainty: str = "none"


@dataclass(frozen=True)
class Landing:
    """Where an import puts an invoice, and by which rule."""

    place: str | None
    job: Job | None
    rule: str | None


class Books:
    """One practice with its settings, and the questions the rules ask of it."""

    def __init__(self, practice: Practice, settings: Settings, as_of: date):
        self.practice, self.settings, self.as_of = practice, settings, as_of
        self.jobs = list(practice.jobs)
        self.job_by_no = {job.job_no: job for job in self.jobs}
        self.copies = None
        if practice.xpm_invoices is not None:
            self.copies = {copy.invoice_no: copy for copy in practice.xpm_invoices}
        if practice.clients is not None:
            self.known_clients = {client.name for client in practice.clients}
            self.client_rows = {client.name: client for client in practice.clients}
        else:
            self.known_clients = {job.client for job in self.jobs}
            self.known_clients |= {copy.client for copy in practice.xpm_invoices or ()}
            self.client_rows = {}
        self.known_clients.discard("")

    # -- jobs

    def is_standard(self, job: Job) -> bool:
        return state_type(job.state, self.settings.states) == "standard"

    def named(self, reference: str) -> list[Job]:
        """Jobs whose number or Client Order No. is exactly the Reference, whatever their state."""
        if is_blank(reference):
            return []
        return [
            job
            for job in self.jobs
            if not job_is_adhoc(job) and reference in (job.job_no, job.client_order_no)
        ]

    def pick(self, reference: str) -> Pick:
        """Choose among the named Standard jobs: by number, else by order number, else the newest (M1-M4)."""
        standard = [job for job in self.named(reference) if self.is_standard(job)]
        by_number = [job for job in standard if job.job_no == reference]
        if by_number:
            return newest(by_number, "M1")
        return newest(standard, "M2")

    def own_standard(self, contact: str) -> list[Job]:
        """The Standard jobs of the client of exactly that name, ad hoc jobs left out."""
        return [
            job
            for job in self.jobs
            if job.client == contact and self.is_standard(job) and not job_is_adhoc(job)
        ]

    def own_blank(self, contact: str) -> list[Job]:
        return [job for job in self.own_standard(contact) if is_blank(job.client_order_no)]

    def own_texts(self, contact: str) -> list[str]:
        """The different order-number texts on the client's Standard jobs (T1, T2, T9)."""
        return sorted(
            {
                job.client_order_no
                for job in self.own_standard(contact)
                if not is_blank(job.client_order_no)
            }
        )

    def own_target(self, contact: str, text: str) -> Job | None:
        """The client's own job that a text means; several: M3 names it; undecided: None (T1)."""
        jobs = self.own_standard(contact)
        by_number = [job for job in jobs if job.job_no == text]
        return newest(by_number or [job for job in jobs if job.client_order_no == text], "M2").job

    # -- clients

    def is_stray(self, contact: str, other_client: str) -> bool:
        """C2's stray: a client of exactly the contact's name, without jobs, fold-equal to the other client."""
        return (
            contact in self.known_clients
            and all(job.client != contact for job in self.jobs)
            and fold_name(contact) == fold_name(other_client)
        )

    def is_archived(self, contact: str) -> bool:
        row = self.client_rows.get(contact)
        return row is not None and row.status.strip().casefold() == "archived"

    def diverts(self, contact: str) -> bool:
        """The client's billing details name another client (T12, C3)."""
        row = self.client_rows.get(contact)
        if row is None or is_blank(row.billing_details):
            return False
        billing = row.billing_details.strip()
        if billing == contact:
            return False
        if billing in self.known_clients:
            return True
        folded = fold_name(billing)
        return folded != fold_name(contact) and folded in {
            fold_name(name) for name in self.known_clients
        }

    # -- dates

    def is_locked(self, day: date) -> bool:
        """Dated on or before a lock date (E5, T19)."""
        locks = (self.settings.xero_lock_date, self.settings.xpm_lock_date)
        return any(lock is not None and day <= lock for lock in locks)

    def age(self, invoice: Invoice) -> int:
        return (self.as_of - invoice.invoice_date).days

    def in_window(self, invoice: Invoice) -> bool:
        return self.age(invoice) <= self.settings.window_days

    # -- the XPM copy

    def copy_of(self, invoice: Invoice) -> XpmInvoice | None:
        return None if self.copies is None else self.copies.get(invoice.invoice_no)

    def classify_copy(self, copy: XpmInvoice, reference: str, contact: str) -> Now:
        """Say what kind of place the XPM copy is on; of several jobs the best one counts."""
        numbers = [part.strip() for part in copy.job_nos.split(",") if part.strip()]
        if not numbers:
            return Now("client")
        text = ", ".join(numbers)
        named_numbers = {job.job_no for job in self.named(reference)}
        groups: dict[str, list[Job | None]] = {"named": [], "own": [], "adhoc": [], "other": []}
        for number in numbers:
            job = self.job_by_no.get(number)
            if number in named_numbers:
                groups["named"].append(job)
            elif says_adhoc(number) or (job is not None and job_is_adhoc(job)):
                groups["adhoc"].append(job)
            elif job is None:
                unlisted = "own" if copy.client == contact and contact else "other"
                kind = "adhoc" if self.settings.adhoc != "off" else unlisted
                groups[kind].append(Job(number, copy.client, "", "", None))
            elif job.client == contact:
                groups["own"].append(job)
            else:
                groups["other"].append(job)
        if groups["named"]:
            mine = [job for job in groups["named"] if job.client == contact]
            return Now("named", text, (mine or groups["named"])[0])
        for kind in ("own", "adhoc", "other"):
            if groups[kind]:
                return Now(kind, text, groups[kind][0])
        raise AssertionError("a job number that is in no group")

    def now(self, invoice: Invoice) -> Now:
        if self.copies is None:
            return Now("unknown")
        copy = self.copy_of(invoice)
        return (
            Now("absent")
            if copy is None
            else self.classify_copy(copy, invoice.reference, invoice.contact)
        )

    def amounts(self, invoice: Invoice) -> tuple[int, int] | None:
        """Xero's and XPM's amount, on the same footing: tax-inclusive if XPM has it, else ex tax (T17)."""
        copy = self.copy_of(invoice)
        if copy is None:
            return None
        if copy.incl_tax_cents is not None:
            return invoice.total_cents, copy.incl_tax_cents
        if copy.ex_tax_cents is not None:
            return invoice.total_cents - invoice.tax_cents, copy.ex_tax_cents
        return None

    def amount_differs(self, invoice: Invoice) -> bool:
        pair = self.amounts(invoice)
        return pair is not None and abs(pair[0] - pair[1]) > self.settings.cents_tolerance

    def number_is_reused(self, invoice: Invoice) -> bool:
        """The client differs, and the amount by more than half of the larger (T18)."""
        pair, copy = self.amounts(invoice), self.copy_of(invoice)
        if pair is None or copy is None or copy.client == invoice.contact:
            return False
        return 2 * abs(pair[0] - pair[1]) > max(abs(pair[0]), abs(pair[1]))

    # -- the overnight import

    def match(self, invoice: Invoice) -> Landing:
        """Where an eligible invoice lands (M1-M7, C3-C5, L1-L3)."""
        pick = self.pick(invoice.reference)
        if pick.tied:
            return Landing("unknown", None, "M3")
        if pick.job is None:
            if self.settings.adhoc == "off":
                return Landing("client", None, "L2")
            if self.settings.adhoc == "with-reference" and is_blank(invoice.reference):
                return Landing("client", None, "L3")
            return Landing("adhoc", None, "L3")
        if pick.job.client != invoice.contact:
            return Landing("unknown", None, "C4")
        if self.diverts(invoice.contact):
            return Landing("unknown", None, "C3")
        if self.is_archived(invoice.contact):
            return Landing("unknown", None, "C5")
        return Landing("job", pick.job, pick.rule)

    def skip_rule(self, invoice: Invoice, just_edited: bool) -> str | None:
        """The first of E1, E2, E4, E5, E3 that passes the invoice by; an edit and a delete lift E4 and E3."""
        if invoice.kind == "credit-note":
            return "E1"
        if invoice.status not in APPROVED:
            return "E2"
        if not just_edited and self.copy_of(invoice) is not None:
            return "E4"
        if self.is_locked(invoice.invoice_date):
            return "E5"
        if not just_edited:
            if self.settings.profile == "xero" and self.age(invoice) >= 1:
                return "E3"
            if not self.in_window(invoice):
                return "E3"
        return None

    def land(self, invoice: Invoice, just_edited: bool) -> Landing:
        rule = self.skip_rule(invoice, just_edited)
        return Landing("skipped", None, rule) if rule else self.match(invoice)

    def tonight(self, invoice: Invoice) -> Landing:
        """Tonight's import; with no XPM invoices given every invoice is taken as just edited."""
        return self.land(invoice, just_edited=self.copies is None)

    def if_resynced(self, invoice: Invoice) -> Landing:
        return self.land(invoice, just_edited=True)

    # -- the causes of the list that read the Reference

    def near_texts(self, invoice: Invoice) -> tuple[list[str], list[str]]:
        """The near texts on the client's own Standard jobs, and on the others' (T3)."""
        own: set[str] = set()
        others: set[str] = set()
        for job in self.jobs:
            if job_is_adhoc(job) or not self.is_standard(job):
                continue
            for text in (job.job_no, job.client_order_no):
                if not is_blank(text) and is_near(invoice.reference, text):
                    (own if job.client == invoice.contact else others).add(text)
        return sorted(own), sorted(others - own)

    def other_grouping(self, invoice: Invoice) -> list[Job]:
        """The client's Standard jobs that carry CLI where the invoice carries PROP, or the reverse (T7)."""
        wanted = {"CLI": "PROP", "PROP": "CLI"}.get(family_of(invoice.reference))
        return [
            job
            for job in self.own_standard(invoice.contact)
            if wanted
            and not is_blank(job.client_order_no)
            and family_of(job.client_order_no) == wanted
        ]

    def other_proposals(self, invoice: Invoice) -> list[Job]:
        """The client's Standard jobs that carry another PROP than the invoice's (T8)."""
        if family_of(invoice.reference) != "PROP":
            return []
        return [
            job
            for job in self.own_standard(invoice.contact)
            if family_of(job.client_order_no) == "PROP" and job.client_order_no != invoice.reference
        ]

    def blank_created_after(self, contact: str, carriers: list[Job]) -> list[Job]:
        """The client's blank jobs later than the latest carrier; an unknown date counts as possible (T7, T8)."""
        dates = [job.created_on for job in carriers if job.created_on is not None]
        latest = max(dates) if dates else None
        return [
            job
            for job in self.own_blank(contact)
            if job.created_on is None or latest is None or job.created_on > latest
        ]

    def carries_family(self, invoice: Invoice) -> bool:
        wanted = family_of(invoice.reference)
        return any(family_of(text) == wanted for text in self.own_texts(invoice.contact))

    def waiting_days(self) -> int:
        """Nights that may pass before an absent invoice is a finding: 2, or none in profile xero (T24)."""
        return 0 if self.settings.profile == "xero" else 2

    # -- verdicts

    def verdict(
        self, invoice: Invoice, now: Now, stranding: frozenset[str] = frozenset()
    ) -> Verdict:
        """Decide outcome and cause; a fix in a locked period becomes a review that keeps its cause (T19)."""
        found = self._verdict(invoice, now, stranding)
        if found.outcome == "fix" and self.is_locked(invoice.invoice_date):
            return Verdict("review", found.cause, found.place, found.job, found.certainty)
        return found

    def _verdict(self, invoice: Invoice, now: Now, stranding: frozenset[str]) -> Verdict:
        pick = self.pick(invoice.reference)
        picked = pick.job
        own_pick = picked is not None and picked.client == invoice.contact

        # Asked first, wherever the copy is: T21, T22, T20, (T25,) T18.
        if invoice.kind == "credit-note":
            return Verdict("none", "T21")
        if invoice.status in GONE:
            return Verdict("fix", "T22") if self.copy_of(invoice) is not None else Verdict("none")
        if invoice.status in UNAPPROVED:
            if invoice.status == "Draft" and self.settings.drafts != "fix":
                return Verdict("none", "T20")
            if own_pick:
                return Verdict("fix", "T20", "job", picked, "certain")
            return Verdict("fix", "T20", "unknown")
        if self.number_is_reused(invoice):
            return Verdict("review", "T18", "unknown")

        if now.kind == "named":
            return self._on_named_job(invoice, now)
        if now.kind in ("own", "other"):
            return self._on_unnamed_job(invoice, now, picked, own_pick, stranding)
        if now.kind in ("absent", "unknown") and own_pick:
            return self._not_in_xpm(invoice, now, picked)
        return self._by_the_list(invoice, now, pick, stranding)

    def _on_named_job(self, invoice: Invoice, now: Now) -> Verdict:
        if self.amount_differs(invoice):
            return Verdict("fix", "T17", "job", now.job, "certain")
        contact = invoice.contact
        if (
            contact != now.job.client
            and contact in self.known_clients
            and not self.is_stray(contact, now.job.client)
        ):
            return Verdict("review", "T9", "unknown")
        return Verdict("ok", None, "job", now.job, "certain")

    def _on_unnamed_job(
        self,
        invoice: Invoice,
        now: Now,
        picked: Job | None,
        own_pick: bool,
        stranding: frozenset[str],
    ) -> Verdict:
        belongs = ("job", picked, "certain") if own_pick else ("unknown", None, "none")
        if now.kind == "own":
            if picked is None:
                return Verdict("ok", None, "job", now.job, "certain")
            if picked.created_on is None:
                return Verdict("review", "T26", *belongs)
            if picked.created_on <= invoice.invoice_date:
                return Verdict("fix", "T26", *belongs)
            return Verdict("ok", None, "job", now.job, "certain")
        if picked is not None:
            return Verdict("fix", "T26", *belongs)
        found = self._by_the_list(invoice, now, self.pick(invoice.reference), stranding)
        return Verdict("review", found.cause, "unknown")

    def _not_in_xpm(self, invoice: Invoice, now: Now, picked: Job) -> Verdict:
        for cause, asked in (
            ("T13", self.is_archived(invoice.contact)),
            ("T12", self.diverts(invoice.contact)),
            ("T19", self.is_locked(invoice.invoice_date)),
        ):
            if asked:
                return Verdict("review", cause, "job", picked, "certain")
        if now.kind == "unknown":
            return Verdict("ok", None, "job", picked, "certain")
        if self.age(invoice) <= self.waiting_days():
            return Verdict("wait", "T24", "job", picked, "certain")
        return Verdict("fix", "T28" if self.in_window(invoice) else "T16", "job", picked, "certain")

    def _by_the_list(
        self, invoice: Invoice, now: Now, pick: Pick, stranding: frozenset[str]
    ) -> Verdict:
        reference, contact = invoice.reference, invoice.contact
        if is_blank(reference):
            return self._by_own_text("T1", contact, [])
        named = self.named(reference)
        if not named:
            return self._matches_nothing(invoice, stranding)
        if pick.job is not None and pick.job.client != contact:
            return self._on_other_clients_pick(invoice, pick.job)
        if pick.tied:
            return Verdict("fix", "T5", "unknown")
        if pick.job is None:
            if len(named) == 1 and named[0].client == contact:
                return Verdict("fix", "T4", "job", named[0], "certain")
            return Verdict("fix", "T4", "unknown")
        if self.is_archived(contact):
            return Verdict("review", "T13", "job", pick.job, "certain")
        if self.diverts(contact):
            return Verdict("review", "T12", "job", pick.job, "certain")
        if now.kind == "adhoc":
            return Verdict("fix", "T14", "job", pick.job, "certain")
        if now.kind == "client":
            return Verdict("fix", "T27", "job", pick.job, "certain")
        raise AssertionError(f"{invoice.invoice_no}: no cause of the list holds")

    def _by_own_text(self, cause: str, contact: str, blank: list[Job]) -> Verdict:
        """T1 and T2: the one order-number text of the client's Standard jobs; several: a choice; none: review."""
        texts = self.own_texts(contact)
        if not texts and not blank:
            return Verdict("review", cause, "unknown")
        if len(texts) == 1 and not blank:
            target = self.own_target(contact, texts[0])
            if target is not None:
                return Verdict("fix", cause, "job", target, "likely")
        if not texts and len(blank) == 1:
            return Verdict("fix", cause, "job", blank[0], "likely")
        return Verdict("fix", cause, "unknown")

    def _matches_nothing(self, invoice: Invoice, stranding: frozenset[str]) -> Verdict:
        contact = invoice.contact
        own_near, other_near = self.near_texts(invoice)
        if own_near or other_near:
            target = self.own_target(contact, own_near[0]) if len(own_near) == 1 else None
            if target is not None:
                return Verdict("fix", "T3", "job", target, "likely")
            return Verdict("review", "T3", "unknown")
        for cause, carriers in (
            ("T7", self.other_grouping(invoice)),
            ("T8", self.other_proposals(invoice)),
        ):
            if carriers:
                possible = carriers + self.blank_created_after(contact, carriers)
                if len(possible) == 1 and possible[0].job_no not in stranding:
                    return Verdict("fix", cause, "job", possible[0], "likely")
                return Verdict("fix", cause, "unknown")
        blank = self.own_blank(contact)
        if blank and not self.carries_family(invoice):
            if len(blank) == 1:
                return Verdict("fix", "T6", "job", blank[0], "likely")
            return Verdict("fix", "T6", "unknown")
        return self._by_own_text("T2", contact, blank)

    def _on_other_clients_pick(self, invoice: Invoice, picked: Job) -> Verdict:
        contact = invoice.contact
        if contact in self.known_clients and not self.is_stray(contact, picked.client):
            wanted = family_of(invoice.reference)
            texts = [text for text in self.own_texts(contact) if family_of(text) == wanted]
            if len(texts) != 1:
                return Verdict("review", "T9", "unknown")
            target = self.own_target(contact, texts[0])
            return Verdict("fix", "T9", "job" if target else "unknown", target)
        if fold_name(contact) == fold_name(picked.client):
            return Verdict("fix", "T10", "job", picked, "certain")
        return Verdict("review", "T10", "unknown")


# ---------------------------------------------------------------------------------------------- the whole ledger


def _job_no(job: Job | None) -> str | None:
    return None if job is None else job.job_no


def _row(now: Now, verdict: Verdict, tonight: Landing, if_resynced: Landing) -> dict:
    settled = verdict.outcome == "none" or verdict.cause in ("T22", "T25")
    return {
        "outcome": verdict.outcome,
        "cause": verdict.cause,
        "now_place": now.place,
        "now_job_no": now.job_nos,
        "belongs_place": None if settled else verdict.place,
        "belongs_job_no": None if settled else _job_no(verdict.job),
        "certainty": "none" if settled else verdict.certainty,
        "tonight_place": tonight.place,
        "tonight_job_no": _job_no(tonight.job),
        "rule": tonight.rule,
        "if_resynced_place": if_resynced.place,
        "if_resynced_job_no": _job_no(if_resynced.job),
    }


def jobs_still_fed(books: Books) -> frozenset[str]:
    """Jobs whose present order number still brings invoices that are ok or wait (T7, T8: stranded)."""
    fed = set()
    for invoice in books.practice.invoices:
        verdict = books.verdict(invoice, books.now(invoice))
        landing = books.tonight(invoice)
        if verdict.outcome in ("ok", "wait") and landing.place == "job":
            if landing.job.job_no != invoice.reference:
                fed.add(landing.job.job_no)
    return frozenset(fed)


def decide(practice: Practice, settings: Settings, as_of: date) -> dict[tuple[str, str], dict]:
    """Decide every invoice of a practice, and every XPM invoice that Xero does not know (T25).

    Args:
        practice: the tables.
        settings: the settings file's keys.
        as_of: the day whose night is replayed.

    Returns:
        (invoice_no, contact) -> outcome, cause, now_*, belongs_*, certainty, tonight_*, rule, if_resynced_*.
    """
    books = Books(practice, settings, as_of)
    stranding = jobs_still_fed(books)
    ledger: dict[tuple[str, str], dict] = {}
    for invoice in practice.invoices:
        now = books.now(invoice)
        verdict = books.verdict(invoice, now, stranding)
        ledger[invoice.invoice_no, invoice.contact] = _row(
            now, verdict, books.tonight(invoice), books.if_resynced(invoice)
        )
    for copy in only_in_xpm(practice):
        now = books.classify_copy(copy, "", copy.client)
        ledger[copy.invoice_no, copy.client] = _row(
            now, Verdict("review", "T25"), Landing(None, None, None), Landing(None, None, None)
        )
    return ledger


def only_in_xpm(practice: Practice) -> list[XpmInvoice]:
    """XPM invoices whose number no Xero file holds, dated inside the range of the Xero dates (T25)."""
    if practice.xpm_invoices is None or not practice.invoices:
        return []
    numbers = {invoice.invoice_no for invoice in practice.invoices}
    first = min(invoice.invoice_date for invoice in practice.invoices)
    last = max(invoice.invoice_date for invoice in practice.invoices)
    return [
        copy
        for copy in practice.xpm_invoices
        if copy.invoice_no not in numbers and first <= copy.invoice_date <= last
    ]


def roles(practice: Practice, settings: Settings) -> dict[str, str]:
    """Give each job its role: billing, non-billing (blank Client Order No.) or not-standard."""
    answer = {}
    for job in practice.jobs:
        if state_type(job.state, settings.states) != "standard":
            answer[job.job_no] = "not-standard"
        else:
            answer[job.job_no] = "non-billing" if is_blank(job.client_order_no) else "billing"
    return answer
