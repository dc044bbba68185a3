"""Small practices in which nothing is wrong, so that a test says only what matters to it.

invoice()          INV-1 of Acme, Reference CLI-1, five days old, approved
job()              J1 of Acme, Client Order No. CLI-1, in progress, created a hundred days ago
xpm_invoice()      XPM has INV-1 on J1, for the same amount
practice()         these three as the tables that the reader gives
verdict(...)       what is decided about INV-1, as one dict
verdicts([...])    the same for many practices at once
fixes(...)         the fix-list
fix_lists([...])   the same for many practices at once
result_of(...)     all that a report needs
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from reconcile.exports.control_totals import InputTotals
from reconcile.exports.tables import Exports
from reconcile.exports.xpm import STATE_TYPES
from reconcile.fixes.fix_list import Fix, plan
from reconcile.pipeline import Result, decide_practice
from reconcile.settings.model import Settings
from reconcile.verdicts.verdicts import Findings, find

TODAY = date(2026, 11, 23)
ACME, ZENITH = "Acme Pty Ltd", "Zenith Dental"
NEVER: tuple[dict, ...] = ()  # XPM's invoices were exported, and the invoice is not among them

_DTYPES = {
    "invoice_date": "datetime64[s]",
    "created_on": "datetime64[s]",
    "due_on": "datetime64[s]",
    "total_cents": "int64",
    "tax_cents": "Int64",
    "ex_tax_cents": "Int64",
    "row": "int64",
}


def ago(days: int | None) -> date | None:
    """The date so many days before TODAY; None for a date that is not known."""
    return None if days is None else TODAY - timedelta(days=days)


def invoice(
    reference: str = "CLI-1",
    *,
    no: str = "INV-1",
    contact: str = ACME,
    age: int | None = 5,
    cents: int = 110000,
    status: str = "Awaiting Payment",
    kind: str = "invoice",
) -> dict[str, Any]:
    """One row of Exports.invoices; a tenth of the amount before tax is tax."""
    return {
        "invoice_no": no,
        "kind": kind,
        "reference": reference,
        "contact": contact,
        "invoice_date": ago(age),
        "total_cents": cents,
        "tax_cents": cents // 11,
        "currency": "AUD",
        "status": status,
        "notes": "",
    }


def credit_note(
    reference: str = "CLI-1", *, no: str = "CN-1", cents: int = -110000, **more: Any
) -> dict[str, Any]:
    """A sales credit note, in the same table."""
    return invoice(reference, no=no, cents=cents, kind="credit-note", **more)


def job(
    job_no: str = "J1",
    order: str = "CLI-1",
    *,
    client: str = ACME,
    created: int | None = 100,
    state: str = "In Progress",
    name: str = "Annual accounts",
    category: str = "Compliance",
    owner: str = "J. Manager",
    due: int | None = None,
) -> dict[str, Any]:
    """One row of Exports.jobs; `created` in days ago and `due` in days ahead, None for unknown."""
    return {
        "job_no": job_no,
        "job_name": name,
        "client": client,
        "client_order_no": order,
        "state": state,
        "created_on": ago(created),
        "due_on": None if due is None else ago(-due),
        "owner": owner,
        "category": category,
    }


def xpm_invoice(
    job_nos: str = "J1",
    *,
    no: str = "INV-1",
    client: str = ACME,
    cents: int | None = 110000,
    ex_tax: int | None = None,
    age: int | None = 5,
) -> dict[str, Any]:
    """One row of Exports.xpm_invoices; job_nos "" is on the client."""
    return {
        "invoice_no": no,
        "job_nos": job_nos,
        "client": client,
        "invoice_date": ago(age),
        "total_cents": cents,
        "ex_tax_cents": ex_tax,
    }


def client(name: str = ACME, billing_details: str = "", status: str = "Active") -> dict[str, Any]:
    """One row of Exports.clients."""
    return {"client": name, "billing_details": billing_details, "status": status}


FINE = {
    "invoices": (invoice(),),
    "jobs": (job(),),
    "xpm_invoices": (xpm_invoice(),),
    "clients": None,
}


def practice(
    invoices: Iterable[dict] = FINE["invoices"],
    jobs: Iterable[dict] = FINE["jobs"],
    xpm_invoices: Iterable[dict] | None = FINE["xpm_invoices"],
    clients: Iterable[dict] | None = None,
    settings: Settings | None = None,
    exported_on: date | None = None,
) -> Exports:
    """The tables as read_exports gives them. None: the export was not given.

    Args:
        exported_on: the day that the XPM invoices export states.
    """
    invoices = list(invoices)
    states = (settings or Settings()).states
    typed_jobs = []
    for one in jobs:
        state = one["state"].casefold()
        typed_jobs.append(
            {**one, "state_type": states.get(state, STATE_TYPES.get(state, "standard"))}
        )
    return Exports(
        invoices=_table("xero.csv", invoices, list(invoice())),
        jobs=_table("jobs.csv", typed_jobs, [*job(), "state_type"]),
        xpm_invoices=None
        if xpm_invoices is None
        else _table("xpm.csv", xpm_invoices, list(xpm_invoice()), "Int64"),
        clients=None if clients is None else _table("clients.csv", clients, list(client())),
        xero_numbers=frozenset(one["invoice_no"] for one in invoices),
        inputs=(
            _input("xero_invoices", "xero.csv", len(invoices)),
            _input("xpm_jobs", "jobs.csv", len(typed_jobs)),
        ),
        stated_days={"xpm_invoices": exported_on} if exported_on else {},
    )


def _input(role: str, path: str, records: int) -> InputTotals:
    return InputTotals(role, path, None, "0" * 64, rows=records, records=records)


def _table(
    file: str, rows: Iterable[dict], columns: list[str], cents: str = "int64"
) -> pd.DataFrame:
    rows = [{**one, "file": file, "row": at} for at, one in enumerate(rows, start=2)]
    dtypes = {**_DTYPES, "total_cents": cents}
    return pd.DataFrame(
        {
            name: pd.Series([one[name] for one in rows], dtype=dtypes.get(name, "str"))
            for name in [*columns, "file", "row"]
        }
    )


def decide(*, settings: Settings | None = None, as_of: date = TODAY, **tables: Any) -> Findings:
    """Decide a practice; tables as for practice()."""
    settings = settings or Settings()
    return find(practice(settings=settings, **tables), settings, as_of)


def result_of(*, settings: Settings | None = None, as_of: date = TODAY, **tables: Any) -> Result:
    """All that a report needs of a practice; tables as for practice()."""
    settings = settings or Settings()
    return decide_practice(practice(settings=settings, **tables), settings, as_of)


def verdict(*, no: str = "INV-1", **given: Any) -> dict[str, Any]:
    """The ledger's row of one invoice, as a dict; `one` is short for a practice with this one invoice."""
    ledger = decide(**_spelled_out(given)).ledger
    (row,) = ledger[ledger["invoice_no"] == no].to_dict("records")
    return row


def _spelled_out(given: dict[str, Any]) -> dict[str, Any]:
    given = dict(given)
    if "one" in given:
        given["invoices"] = [given.pop("one"), *given.pop("also", ())]
    return given


def verdicts(many: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """verdict() of many practices, decided together so that a table of hundreds takes a moment.

    Each practice keeps to itself: its clients' names end in its own number, and so does every number in its texts
    (CLI-1 and CLI-0001 of the 37th become CLI-1037 and CLI-0001037). In the rows that come back this is undone.
    """
    rows: dict[int, dict[str, Any]] = {}
    for members, tables in _together(many):
        ledger = decide(**tables).ledger
        found = {row["invoice_no"]: row for row in ledger.to_dict("records")}
        for at in members:
            row = found[_renamed({"invoice_no": many[at].get("no", "INV-1")}, at)["invoice_no"]]
            rows[at] = {
                name: number_off(value) if name.endswith("job_no") else value
                for name, value in row.items()
            }
    return [rows[at] for at in range(len(many))]


def fix_lists(many: Sequence[dict[str, Any]]) -> list[list[Fix]]:
    """fixes() of many practices, planned together as in verdicts(); each keeps its order.

    The texts of the fixes hold the practices' own numbers: number_off takes them off.
    """
    found: dict[int, list[Fix]] = defaultdict(list)
    for _, tables in _together(many):
        for fix in fixes(**tables):
            found[int(fix.invoices[0][-3:])].append(fix)
    return [found[at] for at in range(len(many))]


def _together(many: Sequence[dict[str, Any]]) -> Iterator[tuple[list[int], dict[str, Any]]]:
    """The practices that can be decided in one: their positions, and their tables as for practice()."""
    alike: dict[Any, list[int]] = defaultdict(list)
    for at, given in enumerate(many):
        settings = given.get("settings") or Settings()
        left_out = given.get("xpm_invoices", ()) is None, given.get("clients") is None
        alike[repr(settings), left_out].append(at)
    for (_, (without_xpm, without_clients)), members in alike.items():
        tables: dict[str, Any] = {name: [] for name in FINE}
        for at in members:
            for name, fine in FINE.items():
                given = _spelled_out(many[at]).get(name, fine)
                tables[name].extend(_renamed(one, at) for one in given or ())
        tables["xpm_invoices"] = None if without_xpm else tables["xpm_invoices"]
        tables["clients"] = None if without_clients else tables["clients"]
        yield members, {**tables, "settings": many[members[0]].get("settings")}


def _renamed(row: dict[str, Any], at: int) -> dict[str, Any]:
    changed = dict(row)
    for name in ("invoice_no", "reference", "job_no", "job_nos", "client_order_no"):
        if name in row:
            changed[name] = re.sub(r"\d+", lambda digits: f"{digits[0]}{at:03d}", row[name])
    for name in ("contact", "client", "billing_details"):
        if row.get(name):
            changed[name] = f"{row[name]} {at:03d}"
    return changed


def number_off(text: str) -> str:
    """A text without the number that verdicts() and fix_lists() put behind every other number in it."""
    return re.sub(r"(\d+)\d{3}", r"\1", text)


def decision(row: dict[str, Any]) -> str:
    """Outcome, cause, the job where it belongs and how surely, as the tables of cases write it."""
    return " ".join(
        row[name] or "-" for name in ("outcome", "cause", "belongs_job_no", "certainty")
    )


def fixes(*, settings: Settings | None = None, as_of: date = TODAY, **tables: Any) -> list[Fix]:
    """The fix-list of a practice."""
    settings = settings or Settings()
    return plan(decide(settings=settings, as_of=as_of, **tables), settings, as_of)
