"""Made-up practices in which every cause and every edge is common, and their export files.

    make_practice(seed)        the same practice for the same seed
    write_exports(made, ...)   its CSV files as Xero and XPM export them, and its reconcile.toml

Damaged files, numbers used twice and disagreeing rows are left out: reading has tests of its own.

Source: rules.md section 5 (the exports), section 4 (the causes); contract.md "Settings file".
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from laws.oracle import Client, Invoice, Job, Practice, Settings, XpmInvoice, fold_name

XERO_COLUMNS = (
    "ContactName EmailAddress POAddressLine1 POAddressLine2 POAddressLine3 POAddressLine4 POCity PORegion "
    "POPostalCode POCountry SAAddressLine1 SAAddressLine2 SAAddressLine3 SAAddressLine4 SACity SARegion "
    "SAPostalCode SACountry InvoiceNumber Reference InvoiceDate DueDate PlannedDate Total TaxTotal "
    "InvoiceAmountPaid InvoiceAmountDue InventoryItemCode Description Quantity UnitAmount Discount LineAmount "
    "AccountCode TaxType TaxAmount TrackingName1 TrackingOption1 TrackingName2 TrackingOption2 Currency Type "
    "Sent Status"
).split()

CLIENT_NAMES = (
    "Acme Pty Ltd",
    "Smith & Co",
    "O'Brien Family Trust",
    "Jørgensen Ltd",
    "Blue Gum Café",
    "North-West Haulage",
    "Kauri Holdings (2019) Ltd",
    "Patel, R & S",
    "Zenith Dental",
    "Harbour View Motels",
    "Lee Super Fund",
    "The Bakery on Queen",
    "Tui Builders",
    "M. A. Novak",
    "Red Rock Mining",
    "Orchard Partners",
)

LAST_DAYS = (
    date(2026, 11, 23),
    date(2026, 3, 2),
    date(2026, 6, 30),
    date(2025, 12, 31),
    date(2028, 3, 1),
)
AGES = (0, 0, 1, 1, 2, 2, 3, 3, 4, 7, 12, 13, 13, 14, 14, 15, 15, 16, 21, 30, 45, -1)


@dataclass(frozen=True)
class Made:
    """A made-up practice with all that a run needs."""

    practice: Practice
    settings: Settings
    as_of: date
    amount_columns: str  # which XPM amount columns the export holds: both | incl | ex


def make_practice(seed: int) -> Made:
    """Make one small practice: 5-40 invoices, 3-15 clients, 3-20 jobs."""
    return _Maker(random.Random(seed)).make()


class _Maker:
    """Draws one practice; every choice comes from the one random source."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        self.as_of = rng.choice(LAST_DAYS)
        self.jobs: list[Job] = []
        self.invoices: list[Invoice] = []
        self.copies: list[XpmInvoice] = []
        self.next_code = rng.choice((1, 40, 990, 1680))
        self.next_job = rng.choice((1, 98, 417, 9998))
        self.job_form = rng.choice(("J{:06d}", "J{:04d}", "{}", "JOB-{:03d}"))
        self.next_invoice = rng.choice((1, 42, 980))

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def day_before(self, days: int) -> date:
        return self.as_of - timedelta(days=days)

    # -- the whole

    def make(self) -> Made:
        rng = self.rng
        self.settings = self.make_settings()
        self.amount_columns = rng.choice(("both", "both", "both", "incl", "ex"))
        self.has_clients_export = self.chance(0.7)
        has_xpm_invoices = self.chance(0.85)
        self.names = rng.sample(CLIENT_NAMES, rng.randint(3, min(15, len(CLIENT_NAMES))))
        self.strays = [near_name(name, rng) for name in self.names if self.chance(0.2)]
        for name in self.names:
            self.add_jobs_of(name)
        self.add_shared_and_adhoc_jobs()
        self.jobs = self.jobs[:20]
        while len(self.jobs) < 3:
            self.add_job(rng.choice(self.names), self.code("CLI"))
        for _ in range(rng.randint(5, 40)):
            self.add_invoice()
        self.add_only_in_xpm()
        rng.shuffle(self.jobs)
        practice = Practice(
            invoices=tuple(self.invoices),
            jobs=tuple(self.jobs),
            xpm_invoices=tuple(self.copies) if has_xpm_invoices and self.copies else None,
            clients=self.make_clients() if self.has_clients_export else None,
        )
        return Made(practice, self.settings, self.as_of, self.amount_columns)

    def make_settings(self) -> Settings:
        rng = self.rng
        lock = self.day_before(rng.choice((1, 8, 13, 14, 20, 30)))
        return Settings(
            adhoc=rng.choice(("off", "off", "all", "with-reference")),
            profile=rng.choice(("ignition", "ignition", "xero")),
            window_days=rng.choice((14, 14, 14, 14, 7, 21)),
            xero_lock_date=lock if self.chance(0.2) else None,
            xpm_lock_date=lock - timedelta(days=rng.choice((0, 1, 10)))
            if self.chance(0.2)
            else None,
            states={
                "With client": "on-hold",
                "05. Info complete": "standard",
                "ALL DONE": "completed",
            }
            if self.chance(0.4)
            else {},
            drafts=rng.choice(("none", "none", "fix")),
            cents_tolerance=rng.choice((5, 5, 5, 0, 100)),
        )

    # -- clients

    def make_clients(self) -> tuple[Client, ...]:
        rng = self.rng
        rows = []
        for name in [*self.names, *self.strays]:
            if self.chance(0.05):
                continue
            billing = ""
            if self.chance(0.2):
                other = rng.choice(self.names)
                billing = rng.choice(
                    (other, near_name(other, rng), name, near_name(name, rng), "Accounts payable")
                )
            status = "Archived" if self.chance(0.12) else rng.choice(("Active", "Active", ""))
            rows.append(Client(name, billing, status))
        seen: dict[str, Client] = {}
        for row in rows:
            seen.setdefault(row.name, row)
        rows = list(seen.values()) or [Client(self.names[0])]
        rng.shuffle(rows)
        return tuple(rows)

    # -- jobs

    def code(self, family: str) -> str:
        self.next_code += self.rng.choice((1, 1, 2, 7))
        return f"{family}-{self.next_code:04d}"

    def created(self) -> date | None:
        rng = self.rng
        if self.chance(0.12):
            return None
        return self.day_before(
            rng.choice((0, 1, 2, 3, 5, 10, 14, 20, 20, 60, 60, 100, 100, 200, 365))
        )

    def state(self) -> str:
        rng = self.rng
        if self.chance(0.22):
            return rng.choice(
                (
                    "Completed",
                    "complete",
                    "On Hold",
                    "Cancelled",
                    "Canceled",
                    "Archived",
                    "With client",
                    "All done",
                )
            )
        return rng.choice(("In Progress", "In Progress", "Planned", "05. Info complete", "Lodged"))

    def add_job(self, client: str, order_no: str, **changes) -> Job:
        self.next_job += self.rng.choice((1, 1, 1, 2, 9))
        values = {
            "job_no": self.job_form.format(self.next_job),
            "client": client,
            "client_order_no": order_no,
            "state": self.state(),
            "created_on": self.created(),
            "name": self.rng.choice(
                ("Annual accounts", "Tax return 2026", "Monthly bookkeeping", "GST, quarterly")
            ),
            "category": self.rng.choice(("Compliance", "Advisory", "")),
            "manager": self.rng.choice(("J. Manager", "A. Ng", "")),
        }
        values.update(changes)
        job = Job(**values)
        self.jobs.append(job)
        return job

    def add_jobs_of(self, client: str) -> None:
        rng = self.rng
        kind = rng.choice(
            "none cli cli prop prop tie blank blanks mixed after words renewed".split()
        )
        if kind == "cli":
            self.add_job(client, self.code("CLI"))
        elif kind == "prop":
            self.add_job(client, self.code("PROP"))
            if self.chance(0.3):
                self.add_job(client, self.code("PROP"))
        elif kind == "tie":
            text, day = self.code(rng.choice(("CLI", "PROP"))), self.created()
            for _ in range(rng.choice((2, 2, 3))):
                self.add_job(client, text, created_on=rng.choice((day, day, self.created())))
        elif kind == "blank":
            self.add_job(client, rng.choice(("", "", " ")))
        elif kind == "blanks":
            for _ in range(2):
                self.add_job(client, "")
        elif kind == "mixed":
            self.add_job(client, self.code("CLI"))
            self.add_job(client, self.code("PROP"))
            if self.chance(0.4):
                self.add_job(client, "")
        elif kind in ("after", "renewed"):
            day = self.day_before(rng.choice((60, 100)))
            self.add_job(
                client,
                self.code(rng.choice(("CLI", "PROP", "PROP"))),
                created_on=day,
                state="In Progress",
            )
            if kind == "after":
                after = rng.choice((day, day + timedelta(days=1), day - timedelta(days=1), None))
                self.add_job(client, "", created_on=after)
        elif kind == "words":
            self.add_job(
                client,
                rng.choice(("Retainer 2026", "Engagement/26", "cli-0815", "Stage 2", "PO 00417")),
            )

    def add_shared_and_adhoc_jobs(self) -> None:
        rng = self.rng
        if self.jobs and self.chance(0.35):
            model = rng.choice(self.jobs)
            self.add_job(rng.choice(self.names), model.client_order_no)
        if self.jobs and self.chance(0.25):
            model = rng.choice(self.jobs)
            self.add_job(rng.choice((model.client, rng.choice(self.names))), model.job_no)
        if self.jobs and self.chance(0.15):
            model = rng.choice(self.jobs)
            if model.client_order_no.strip():
                self.add_job(
                    rng.choice((model.client, *self.names)),
                    near_reference(model.client_order_no, rng),
                )
        if self.chance(0.4):
            client = rng.choice(self.names)
            mark = rng.choice(
                ({"name": "Ad hoc job 12"}, {"category": "Ad-Hoc"}, {"job_no": "ADHOC-7"})
            )
            order_no = rng.choice(
                ("", "", rng.choice(self.jobs).client_order_no if self.jobs else "")
            )
            self.add_job(client, order_no, **mark)

    # -- invoices

    def add_invoice(self) -> None:
        rng = self.rng
        self.next_invoice += rng.choice((1, 1, 1, 3))
        job = rng.choice(self.jobs) if self.jobs else None
        client = job.client if job and self.chance(0.85) else rng.choice(self.names)
        contact = client
        own_strays = [stray for stray in self.strays if fold_name(stray) == fold_name(client)]
        if own_strays and self.chance(0.3):
            contact = rng.choice(own_strays)
        elif self.chance(0.14):
            contact = rng.choice(
                (near_name(client, rng), *self.strays, "Nobody We Know", rng.choice(self.names))
            )
        total = rng.choice((110000, 55000, 33033, 1, 999999, 100010, 220000))
        kind = "credit-note" if self.chance(0.04) else "invoice"
        status = "Awaiting Payment"
        if self.chance(0.28):
            status = rng.choice(
                ("Paid", "Paid", "Paid", "Draft", "Awaiting Approval", "Voided", "Deleted")
            )
        age = rng.choice(AGES)
        for lock in (self.settings.xero_lock_date, self.settings.xpm_lock_date):
            if lock is not None and self.chance(0.15):
                age = (self.as_of - lock).days + rng.choice((-1, 0, 1))
        invoice = Invoice(
            invoice_no=("CN-" if kind == "credit-note" else "INV-") + f"{self.next_invoice:04d}",
            contact=contact,
            reference=self.draw_reference(job, client),
            invoice_date=self.day_before(age),
            total_cents=-total if kind == "credit-note" else total,
            tax_cents=(-1 if kind == "credit-note" else 1)
            * (total // 11 if self.chance(0.8) else 0),
            status=status,
            kind=kind,
            paid_cents=total if status == "Paid" else rng.choice((0, 0, 0, total // 2)),
        )
        self.invoices.append(invoice)
        self.add_copy(invoice, client)

    def draw_reference(self, job: Job | None, client: str) -> str:
        rng = self.rng
        draw = rng.random()
        own = [j for j in self.jobs if j.client == client]
        anyone = rng.choice(self.jobs) if self.jobs else None
        if draw < 0.40 and job:
            return job.client_order_no.strip() or job.job_no
        if draw < 0.50 and job:
            return job.job_no
        if draw < 0.56 and own:
            return rng.choice(own).client_order_no
        if draw < 0.61 and anyone:
            return anyone.client_order_no
        if draw < 0.73 and anyone:
            near_to = rng.choice((job, job, rng.choice(own) if own else anyone, anyone))
            return near_reference(
                rng.choice((near_to.client_order_no, near_to.job_no)) or near_to.job_no, rng
            )
        if draw < 0.82:
            return rng.choice(("", "", "", " "))
        if draw < 0.96:
            used = [
                i.reference for i in self.invoices if i.contact == client and i.reference.strip()
            ]
            if used and self.chance(0.3):
                return rng.choice(used)
            return rng.choice(
                (self.code("CLI"), self.code("PROP"), self.code("PROP"), self.code("PROP"))
            )
        return rng.choice(
            ("Retainer", "as discussed", "June 2026 bookkeeping", "cli 0815", "PROP", "n/a", "X-9")
        )

    # -- what XPM has

    def add_copy(self, invoice: Invoice, client: str) -> None:
        rng = self.rng
        if self.chance(0.35):
            return
        incl, ex = invoice.total_cents, invoice.total_cents - invoice.tax_cents
        holder = invoice.contact if self.chance(0.9) else client
        if self.chance(0.12):
            shift = self.settings.cents_tolerance + rng.choice((0, 1, -1))
            shift = rng.choice((shift, -shift, 2000, incl // 2, -incl // 2))
            incl, ex = incl + shift, ex + shift
        if self.chance(0.07):
            holder = rng.choice(self.names)
            factor = rng.choice((3, 2, 5))
            incl, ex = rng.choice(
                ((incl * factor, ex * factor), (incl // factor, ex // factor), (incl * 2 + 1, ex))
            )
        day = invoice.invoice_date
        self.copies.append(
            self.copy(invoice.invoice_no, holder, day, self.draw_job_nos(invoice, client), incl, ex)
        )

    def copy(
        self, number: str, client: str, day: date, job_nos: str, incl: int, ex: int
    ) -> XpmInvoice:
        columns = self.amount_columns
        if columns == "both" and self.chance(0.05):
            columns = "ex"
        return XpmInvoice(
            number,
            client,
            day,
            job_nos,
            incl if columns != "ex" else None,
            ex if columns != "incl" else None,
        )

    def draw_job_nos(self, invoice: Invoice, client: str) -> str:
        rng = self.rng
        text = invoice.reference
        named = [j.job_no for j in self.jobs if text and text in (j.job_no, j.client_order_no)]
        own = [j.job_no for j in self.jobs if j.client == client]
        everyone = [j.job_no for j in self.jobs]
        missing = rng.choice(("J999991", "AD HOC 3", "Q-77"))
        adhoc = [
            j.job_no
            for j in self.jobs
            if "ad" in (j.name + j.category + j.job_no).casefold() and "hoc" in j.name
        ]
        draw = rng.random()
        if draw < 0.42 and named:
            return rng.choice(named)
        if draw < 0.58:
            return rng.choice(("", "", " "))
        if draw < 0.72 and own:
            return rng.choice(own)
        if draw < 0.82:
            return rng.choice(everyone)
        if draw < 0.90:
            return missing
        if draw < 0.94 and adhoc:
            return rng.choice(adhoc)
        pool = list(dict.fromkeys([*named, *own, rng.choice(everyone), missing]))
        rng.shuffle(pool)
        return rng.choice((", ", ",")).join(pool[:2])

    def add_only_in_xpm(self) -> None:
        rng = self.rng
        days = sorted(i.invoice_date for i in self.invoices)
        for n in range(rng.choice((0, 0, 1, 2, 3))):
            day = rng.choice(
                (
                    days[0],
                    days[-1],
                    days[0] - timedelta(1),
                    days[-1] + timedelta(1),
                    days[len(days) // 2],
                )
            )
            client = rng.choice(self.names)
            where = rng.choice(("", rng.choice(self.jobs).job_no, "J999992"))
            self.copies.append(self.copy(f"XPM-{n + 1:03d}", client, day, where, 77000, 70000))


def near_reference(text: str, rng: random.Random) -> str:
    """Write a reference as people miswrite it: capitals, spaces, dashes, zeros, extra words, two at once."""
    kind = rng.randrange(12)
    if kind == 0:
        return text.lower() if text != text.lower() else text.title()
    if kind == 1:
        return f" {text}"
    if kind == 2:
        return f"{text} "
    if kind == 3:
        return text.replace("-", "\u2013") if "-" in text else text.replace("J", "j")
    if kind == 4:
        return text.replace("-", " - ") if "-" in text else f"{text}\u00a0"
    if kind == 5:
        return (
            text.replace("-0", "-").replace("J0", "J") if "0" in text else text.replace("-", "-0")
        )
    if kind == 6:
        return text.replace("-", "-00") if "-" in text else f"0{text}"
    if kind == 7:
        return f"{text} (March)"
    if kind == 8:
        return f"Engagement {text.lower()}, fee"
    if kind == 9:
        return f"{text}, {text[:-1]}9"
    if kind == 10:
        return f"{text}\u200b"
    return f"{text}."


def near_name(text: str, rng: random.Random) -> str:
    """Write a client's name as another system spells it: equal when folded, most of the time."""
    choices = [
        text.upper(),
        text.replace(" ", "  ", 1),
        text.replace("Pty Ltd", "Pty. Ltd."),
        f"{text}.",
        text.lower(),
    ]
    choices += [
        text.replace("&", "and"),
        text.replace("'", "\u2019"),
        text.replace("-", " "),
        text + " Limited",
    ]
    different = [choice for choice in choices if choice != text]
    return rng.choice(different)


# ---------------------------------------------------------------------------------------------- the files


def money(cents: int, places: int = 2, thousands: bool = False, sign: str = "") -> str:
    """Write cents as an export writes them."""
    whole, rest = divmod(abs(cents), 100)
    text = f"{whole:,}" if thousands else str(whole)
    return ("-" if cents < 0 else "") + f"{sign}{text}.{rest:02d}" + "0" * (places - 2)


def write_exports(made: Made, folder: Path, seed: int = 0) -> None:
    """Write the practice's export files and its reconcile.toml into a folder."""
    rng = random.Random(f"files {seed}")
    folder.mkdir(parents=True, exist_ok=True)
    practice = made.practice
    newest_first = sorted(practice.invoices, key=lambda i: i.invoice_date, reverse=True)
    if len(newest_first) > 8 and rng.random() < 0.15:
        half = len(newest_first) // 2
        write_xero_invoices(newest_first[: half + 2], folder / "xero_invoices_1.csv", rng)
        write_xero_invoices(newest_first[half - 1 :], folder / "xero_invoices_2.csv", rng)
    else:
        write_xero_invoices(newest_first, folder / "xero_invoices.csv", rng)
    write_jobs(practice.jobs, folder / "xpm_jobs.csv", rng)
    if practice.xpm_invoices is not None:
        write_xpm_invoices(
            practice.xpm_invoices, folder / "xpm_invoices.csv", made.amount_columns, rng
        )
    if practice.clients is not None:
        write_clients(practice.clients, folder / "xpm_clients.csv", rng)
    (folder / "reconcile.toml").write_text(settings_as_toml(made.settings), encoding="utf-8")


def _write_csv(path: Path, header: list[str], rows: list[list[str]], rng: random.Random) -> None:
    with path.open("w", encoding=rng.choice(("utf-8", "utf-8-sig")), newline="") as file:
        writer = csv.writer(file, lineterminator=rng.choice(("\r\n", "\n")))
        writer.writerow(header)
        writer.writerows(rows)


def _xero_day(day: date) -> str:
    return f"{day.day}/{day.month:02d}/{day.year}"


def write_xero_invoices(invoices: list[Invoice], path: Path, rng: random.Random) -> None:
    """One row per line, the header fields and the tax-inclusive Total repeated on each."""
    places = rng.choice((2, 4))
    rows = []
    for invoice in invoices:
        # A file that overlaps another must say the same, so an invoice's lines come from its own number.
        own = random.Random(invoice.invoice_no)
        sign = -1 if invoice.kind == "credit-note" else 1
        due = invoice.total_cents - sign * invoice.paid_cents
        head = {
            "ContactName": invoice.contact,
            "POCity": "Auckland",
            "InvoiceNumber": invoice.invoice_no,
            "Reference": invoice.reference,
            "InvoiceDate": _xero_day(invoice.invoice_date),
            "DueDate": "" if sign < 0 else _xero_day(invoice.invoice_date + timedelta(days=20)),
            "Total": money(invoice.total_cents, places),
            "TaxTotal": money(invoice.tax_cents, places),
            "InvoiceAmountPaid": money(sign * invoice.paid_cents, places),
            "InvoiceAmountDue": money(due, places),
            "Currency": "AUD",
            "Type": "Sales invoice" if sign > 0 else "Sales credit note",
            "Sent": "Sent",
            "Status": invoice.status,
        }
        net = invoice.total_cents - invoice.tax_cents
        parts = [net]
        if own.random() < 0.5 and abs(net) > 10:
            parts = [net // 3, net - net // 3]
        for n, part in enumerate(parts):
            tax = invoice.tax_cents if n == 0 else 0
            rows.append(
                head
                | {
                    "Description": own.choice(
                        ("Accounting fees", "Fees, monthly", "Line one\nline two")
                    ),
                    "Quantity": "1.0000",
                    "UnitAmount": money(part, places),
                    "LineAmount": money(part, places),
                    "AccountCode": "200",
                    "TaxType": "GST on Income",
                    "TaxAmount": money(tax, places),
                }
            )
        if own.random() < 0.1:
            rows.append(head | {"Description": "As agreed, thank you"})
    _write_csv(
        path,
        list(XERO_COLUMNS),
        [[row.get(name, "") for name in XERO_COLUMNS] for row in rows],
        rng,
    )


def _xpm_day(day: date | None, form: str) -> str:
    if day is None:
        return ""
    if form == "iso":
        return day.isoformat()
    month = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[day.month - 1]
    return (
        f"{day.day}-{month}-{day.year % 100:02d}"
        if form == "short"
        else f"{day.day:02d}-{month}-{day.year}"
    )


def write_jobs(jobs: tuple[Job, ...], path: Path, rng: random.Random) -> None:
    """The XPM jobs export of the Report Builder."""
    form = rng.choice(("short", "long", "iso"))
    header = [
        "[Job] Job No.",
        "[Job] Name",
        "[Client] Client",
        "[Job] Client Order No.",
        "[State] State",
        "[Job] Date Created",
        "[Job] Category",
        "[Job] Job Manager",
    ]
    rows = [
        [
            j.job_no,
            j.name,
            j.client,
            j.client_order_no,
            j.state,
            _xpm_day(j.created_on, form),
            j.category,
            j.manager,
        ]
        for j in jobs
    ]
    _write_csv(path, header, rows, rng)


def write_xpm_invoices(
    copies: tuple[XpmInvoice, ...], path: Path, columns: str, rng: random.Random
) -> None:
    """The XPM invoices export of the Report Builder."""
    form, sign = rng.choice(("short", "long", "iso")), rng.choice(("", "$"))
    header = [
        "[Invoice] Invoice No.",
        "[Invoice] Job Number(s)",
        "[Invoice] Date",
        "[Invoice] Client",
    ]
    if columns != "incl":
        header.append("[Invoice] Amount")
    if columns != "ex":
        header.append("[Invoice] Amount (incl tax)")
    header += ["[Invoice] Status", "[Invoice] Type"]
    rows = []
    for copy in copies:
        row = [copy.invoice_no, copy.job_nos, _xpm_day(copy.invoice_date, form), copy.client]
        if columns != "incl":
            row.append("" if copy.ex_tax_cents is None else money(copy.ex_tax_cents, 2, True, sign))
        if columns != "ex":
            row.append(
                "" if copy.incl_tax_cents is None else money(copy.incl_tax_cents, 2, True, sign)
            )
        rows.append([*row, "Approved", "Invoice"])
    _write_csv(path, header, rows, rng)


def write_clients(clients: tuple[Client, ...], path: Path, rng: random.Random) -> None:
    """The XPM clients export of the Report Builder."""
    header = ["[Client] Client", "[Client] Billing Details", "[Client] Status"]
    _write_csv(path, header, [[c.name, c.billing_details, c.status] for c in clients], rng)


def settings_as_toml(settings: Settings) -> str:
    """The settings file of contract.md, with every key that the rules need."""
    lines = [
        "[practice]",
        'name = "Made-up Accountants"',
        "",
        "[reading]",
        'date_order = "dmy"',
        "",
        "[import]",
    ]
    lines += [
        f'adhoc = "{settings.adhoc}"',
        f'profile = "{settings.profile}"',
        f"window_days = {settings.window_days}",
    ]
    for key in ("xero_lock_date", "xpm_lock_date"):
        day = getattr(settings, key)
        if day is not None:
            lines.append(f"{key} = {day.isoformat()}")
    if settings.states:
        lines += [
            "",
            "[states]",
            *(f'"{name}" = "{kind}"' for name, kind in settings.states.items()),
        ]
    lines += [
        "",
        "[rules]",
        f'drafts = "{settings.drafts}"',
        f"cents_tolerance = {settings.cents_tolerance}",
        "",
    ]
    return "\n".join(lines)
