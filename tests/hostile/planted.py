"""A practice in which every name, reference and number can be told from any other text, to look for them elsewhere.

practice = plant(folder)     its exports and settings; practice.words are its 660 texts that nobody else may see
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from made.files import (
    client,
    job,
    jobs_csv,
    let_rest,
    table,
    write_workbook,
    xero_csv,
    xero_line,
    xpm_csv,
    xpm_invoice,
)

AS_OF = date(2026, 11, 23)
_SYLLABLES = "bo bri cla dra du fen gli gor hum jex jol kew kru lum mox nar nib pla quo rav sko tev tril ulm vex vom wyz yor zim zub".split()


@dataclass
class Planted:
    """The folder of a planted practice, and the texts in its files."""

    folder: Path
    words: list[str] = field(default_factory=list)
    draw: random.Random = field(default_factory=lambda: random.Random("planted"))

    def name(self) -> str:
        """A word that is nowhere else."""
        return self._new(
            lambda: "".join(self.draw.choice(_SYLLABLES) for _ in range(4)).capitalize()
        )

    def number(self) -> str:
        """Seven digits that are nowhere else."""
        return self._new(lambda: str(self.draw.randrange(2_000_000, 9_999_999)))

    def _new(self, make) -> str:
        word = make()
        while word in self.words:
            word = make()
        self.words.append(word)
        return word

    def seen_in(self, *texts: str) -> list[str]:
        """The planted texts that stand in some text, in whatever capitals."""
        whole = "\n".join(texts).casefold()
        return [word for word in self.words if word.casefold() in whole]


def plant(folder: Path) -> Planted:
    """Write a practice of about 60 clients, of whom many have something wrong."""
    planted = Planted(folder)
    exports = folder / f"exports {planted.name()}"
    exports.mkdir(parents=True)
    invoices, jobs, copies, clients = [], [], [], []
    owners, states = (
        [f"{planted.name()} {planted.name()}" for _ in range(5)],
        [planted.name() for _ in range(3)],
    )
    for at in range(60):
        name = f"{planted.name()} {planted.name() if at % 2 else '& Co'} Pty Ltd"
        order = f"{'CLI' if at % 3 else 'PROP'}-{planted.number()}"
        jobs.append(
            job(
                job_no=f"J{planted.number()}",
                name=f"Tax {planted.name()}",
                client=name,
                client_order_no="" if at % 7 == 3 else order,
                state=states[at % 3] if at % 4 == 1 else "In Progress",
                job_manager=owners[at % 5],
                category=planted.name() if at % 10 == 0 else "Compliance",
            )
        )
        clients.append(
            client(client=name, billing_details="" if at % 9 else f"c/o {planted.name()}")
        )
        number, day = f"INV-{planted.number()}", AS_OF - timedelta(days=at % 20)
        reference = {
            1: order.lower(),
            2: f"{order} {planted.name()}",
            4: "",
            5: planted.name(),
        }.get(at % 8, order)
        contact = name.upper() if at % 11 == 5 else name
        line = {
            "ContactName": contact,
            "InvoiceNumber": number,
            "Reference": reference,
            "InvoiceDate": f"{day:%d/%m/%Y}",
            "DueDate": f"{day + timedelta(days=14):%d/%m/%Y}",
            "Description": f"{planted.name()} {planted.name() if at % 2 else ''}",
            "EmailAddress": f"{planted.name().lower()}@example.com",
            "POAddressLine1": f"12 {planted.name()} Street" if at % 2 else "",
        }
        invoices.append(xero_line(**line))
        if at % 3:
            place = jobs[-1]["[Job] Job No."] if at % 5 else ""
            copies.append(
                xpm_invoice(
                    invoice_no=number, job_number_s=place, client=name, date=f"{day:%d-%b-%Y}"
                )
            )
    _write(planted, exports, invoices, jobs, copies, clients)
    let_rest(folder)
    return planted


def _write(
    planted: Planted, exports: Path, invoices: list, jobs: list, copies: list, clients: list
) -> None:
    (exports / f"xero {planted.name()}.csv").write_text(
        xero_csv(*invoices), encoding="utf-8", newline=""
    )
    (exports / f"{planted.name()}-jobs.csv").write_text(
        jobs_csv(*jobs), encoding="utf-8", newline=""
    )
    (exports / "xpm-invoices.csv").write_text(xpm_csv(*copies), encoding="utf-8", newline="")
    write_workbook(
        exports / f"clients-{planted.name()}.xlsx", {f"Of {planted.name()}": table(clients)}
    )
    settings = f'[practice]\nname = "{planted.name()} Accountants"\n[history]\npath = "history.db"\n[log]\nfile = "run.log"\n'
    settings += f'[output]\nfolder = "out"\n[inputs]\n{_inputs(exports)}'
    (planted.folder / "reconcile.toml").write_text(settings, encoding="utf-8")


def _inputs(exports: Path) -> str:
    patterns = {
        "xero_invoices": "xero *.csv",
        "xpm_jobs": "*-jobs.csv",
        "xpm_invoices": "xpm-*.csv",
        "xpm_clients": "*.xlsx",
    }
    return "".join(f'{role} = "{exports.name}/{pattern}"\n' for role, pattern in patterns.items())


def texts_below(paths: Iterable[Path]) -> str:
    """The text of some files, one after the other."""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in paths)
