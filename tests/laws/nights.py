"""XPM, Xero and the nights between them, in plain Python: do actions one by one, sleep, and see where every invoice is.

It shares nothing with the program's own replay: the whole practice is replayed each night, invoice by invoice, by the rules
as `oracle` reads them.

Source: rules.md section 2 and 3; contract.md "do".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from laws.oracle import APPROVED, Books, is_blank
from laws.practices import Made

Spot = tuple[str, str]  # place of contract.md, and the job's number


class Nights:
    """A practice on one day after another."""

    def __init__(self, made: Made):
        self.practice, self.settings, self.today = made.practice, made.settings, made.as_of
        self.given = made.practice.xpm_invoices is not None
        self.changed = {one.invoice_no: one.invoice_date for one in made.practice.invoices}
        self.spots: dict[str, Spot] = {}
        self.renamed: set[tuple[str, str]] = set()
        for copy in made.practice.xpm_invoices or ():
            job_nos = ", ".join(
                number.strip() for number in copy.job_nos.split(",") if number.strip()
            )
            self.spots[copy.invoice_no] = ("job" if job_nos else "client", job_nos)

    def do(self, action) -> str | None:
        """Do one action; what is wrong with it, or None."""
        if action.do == "wait-overnight":
            return self.sleep()
        if action.do == "set-client-order-no":
            return self._set("jobs", "job_no", action.job_no, "client_order_no", action)
        if action.do == "set-job-state":
            return self._set("jobs", "job_no", action.job_no, "state", action)
        if action.do in ("rename-contact", "merge-contact"):
            if (action.from_value, action.value) in self.renamed:
                return None  # another fix has done it already
            self.renamed.add((action.from_value, action.value))
            return self._set("invoices", "contact", action.from_value, "contact", action)
        if action.do in ("ask", "delete-client"):
            return None
        number = action.invoice_no
        if action.do == "delete-xpm-invoice":
            if self.given and number not in self.spots:
                return f"{number} is deleted, and XPM does not have it"
            self.spots.pop(number, None)
            return None
        self.changed[number] = self.today
        if action.do == "touch-invoice":
            now = [one.reference for one in self.practice.invoices if one.invoice_no == number]
            return None if now == [action.value] else f"{action.value!r} is pasted where {now} was"
        if action.do == "approve-invoice":
            return self._set(
                "invoices", "invoice_no", number, "status", replace(action, value=APPROVED[0])
            )
        assert action.do == "set-reference", action
        return self._set("invoices", "invoice_no", number, "reference", action)

    def _set(self, table, key, wanted, name, action) -> str | None:
        rows = getattr(self.practice, table)
        hits = [getattr(row, name) for row in rows if getattr(row, key) == wanted]
        changed = tuple(
            replace(row, **{name: action.value}) if getattr(row, key) == wanted else row
            for row in rows
        )
        self.practice = replace(self.practice, **{table: changed})
        if not hits:
            return f"{action.do}: no such {key} {wanted!r}"
        was = "" if is_blank(hits[0]) else hits[0]
        if action.from_value is not None and not {action.from_value, action.value} & {
            was,
            was.strip(),
        }:
            return f"{action.do} {wanted}: from {action.from_value!r} where {hits[0]!r} is"
        return None

    def sleep(self) -> None:
        """One night's import of what XPM does not have."""
        books = Books(self.practice, self.settings, self.today)
        for invoice in self.practice.invoices:
            if (
                invoice.kind == "invoice"
                and invoice.invoice_no not in self.spots
                and self._is_taken(books, invoice)
            ):
                landing = books.match(invoice)
                self.spots[invoice.invoice_no] = (
                    landing.place,
                    landing.job.job_no if landing.job else "",
                )
        self.today += timedelta(days=1)

    def _is_taken(self, books: Books, invoice) -> bool:
        if books.skip_rule(invoice, just_edited=True):  # E1, E2, E5
            return False
        age = (self.today - self.changed[invoice.invoice_no]).days
        window = 0 if self.settings.profile == "xero" else self.settings.window_days
        return not self.given or age <= window

    def spot(self, number: str) -> Spot:
        return self.spots.get(number, ("absent", ""))


def pass_by(made: Made, nights: int) -> Nights:
    """The practice after some nights in which nobody did anything."""
    world = Nights(made)
    for _ in range(nights):
        world.sleep()
    return world
