"""fixlist.xlsx: what people work from.

Real tables with filters, frozen headers, real dates and numbers, widths that fit, links between a fix and its rows.
Text is written as text: nothing in it becomes a formula or a link. Only the cells in which people type are free. The same
input gives the same bytes.
Source: contract.md "fixlist.xlsx".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from reconcile.fixes.actions import Action, Fix
from reconcile.history.notes import (
    CLOSED_COLUMNS,
    FACTS,
    INVOICE_TYPED,
    JOB_TYPED,
    KEY,
    NOT_A_PROBLEM,
    OPEN,
    Notes,
    left_over,
    row_identities,
)
from reconcile.reports.figures import cited_rules
from reconcile.reports.order import in_list_order
from reconcile.reports.xlsx_book import DATE, MONEY, Book
from reconcile.reports.xlsx_summary import write_lead
from reconcile.reports.xlsx_table import (
    Column,
    amount,
    choose_from,
    colour_words,
    day_of,
    write_table,
)
from reconcile.rules.vocabulary import place_words
from reconcile.text_columns import records

if TYPE_CHECKING:
    from reconcile.pipeline import Result

ABOUT_TO = "about to be completed"
ALL_INVOICES_UP_TO = 20_000  # contract.md: above that, only those that are not ok
STATUSES = (OPEN, "In progress", "Done", NOT_A_PROBLEM)
_COLOURS = {OPEN: "FDE9D9", "In progress": "FFF2CC", "Done": "D9EAD3", NOT_A_PROBLEM: "E7E6E6"}


def workbook(result: Result, ledger: pd.DataFrame, notes: Notes | None = None) -> bytes:
    """The workbook's bytes.

    Args:
        result: pipeline.Result.
        ledger: its ledger with `fix`.
        notes: what people typed into the last workbook.
    """
    notes = notes or Notes()
    book = Book(result.as_of)
    summary = book.add_sheet("Summary")
    fixes, invoices, jobs = (
        _fix_rows(result, notes),
        _invoice_rows(ledger, notes),
        _job_rows(result, notes),
    )
    _fix_list(book, fixes, invoices, jobs, result.as_of)
    _invoices(book, invoices, fixes)
    _jobs(book, jobs, fixes)
    _problems(book, result)
    _rules(book, result, ledger)
    closed = _closed_rows(result, ledger, notes, {job[0] for job in jobs})
    if closed:
        write_table(book, book.add_sheet("Closed"), "Closed", _CLOSED_COLUMNS, closed)
    write_lead(book, summary, result, ledger)
    return book.content()


# Sheets ------------------------------------------------------------------------------------------------------------

_FIX_COLUMNS = (
    Column("done", 6, typed=True),
    Column("status", 12, typed=True),
    Column("assigned to", 11, typed=True),
    Column("note", 16, wrap=True, typed=True),
    Column("priority", 8, centred=True),
    Column("client", 18, wrap=True),
    Column("owner", 12, wrap=True),
    Column("system", 8),
    Column("what to do", 52, wrap=True),
    Column("value to paste", 14, wrap=True),
    Column("why", 28, wrap=True),
    Column("invoice", 11, wrap=True),
    Column("job", 10, wrap=True),
    Column("amount", 11, number_format=MONEY),
    Column("minutes", 8, centred=True),
    Column("due", 12, number_format=DATE),
    Column("fix id", 10, centred=True),
    Column("step", 6, centred=True, printed=False),
    Column("proof, or the choices", 110, wrap=True, printed=False),
    Column(KEY, 20, hidden=True, printed=False),
    Column(FACTS, 20, hidden=True, printed=False),
)


def _fix_rows(result: Result, notes: Notes) -> list[list[Any]]:
    """One row per action, in the order to do them; last the fixes of which people said that they are not a problem."""
    rows: list[list[Any]] = []
    every = [*((fix, False) for fix in result.fixes), *((fix, True) for fix in result.accepted)]
    for fix, accepted in every:
        for step, (action, key) in enumerate(
            zip(fix.actions, row_identities(fix), strict=True), start=1
        ):
            typed = notes.of("Fix list", key)
            status = typed.get("status", OPEN if step == 1 else None)
            if status == NOT_A_PROBLEM and not accepted:
                status = OPEN  # it is back: its facts have changed
            rows.append(
                [
                    typed.get("done"),
                    status,
                    typed.get("assigned to"),
                    typed.get("note"),
                    *_told(fix, action, step),
                    key,
                ]
            )
            rows[-1].append(fix.facts if step == 1 else "")
    return rows


def _fix_list(
    book: Book,
    fixes: Sequence[Sequence[Any]],
    invoices: Sequence[Sequence[Any]],
    jobs: Sequence[Sequence[Any]],
    as_of: dt.date,
) -> None:
    """The fixes; each action leads to the invoice and the job it is about."""
    fix = _at(_INVOICE_COLUMNS, "fix")
    places = {
        "invoice": (
            "Invoices",
            {row[0]: at for at, row in enumerate(invoices, start=2) if row[fix]},
        )
    }
    places["job"] = ("Jobs", {row[0]: at for at, row in enumerate(jobs, start=2)})
    links: dict[tuple[int, int], tuple[str, int]] = {}
    for header, (name, rows_of) in places.items():
        links |= _leads(fixes, _at(_FIX_COLUMNS, header), name, rows_of)
    heads = frozenset(at - 2 for at in _first_rows(fixes).values())
    sheet = book.add_sheet("Fix list")
    _colour(book, sheet, len(fixes), as_of)
    write_table(book, sheet, "FixList", _FIX_COLUMNS, fixes, heads, links)


def _leads(
    rows: Sequence[Sequence[Any]], column: int, sheet: str, rows_of: Mapping[Any, int]
) -> dict[tuple[int, int], tuple[str, int]]:
    """The links from the cells of a column to the rows of another sheet that are about the same."""
    return {
        (at, column): (sheet, rows_of[row[column]])
        for at, row in enumerate(rows)
        if row[column] in rows_of
    }


def _first_rows(fixes: Sequence[Sequence[Any]]) -> dict[str, int]:
    """The first row of each fix."""
    first: dict[str, int] = {}
    for at, row in enumerate(fixes, start=2):
        first.setdefault(row[_at(_FIX_COLUMNS, "fix id")], at)
    return first


def _told(fix: Fix, action: Action, step: int) -> list[Any]:
    """What the program says on one row, from priority to proof; what holds for the whole fix only on its first."""
    head = step == 1
    return [
        fix.priority,
        fix.client,
        fix.owner,
        {"xero": "Xero", "xpm": "XPM"}.get(action.system, action.system),
        action.text,
        action.value,
        "\n".join(filter(None, (fix.title, fix.back))) if head else "",
        action.invoice_no or (", ".join(fix.invoices[:5]) if head else ""),
        action.job_no or (", ".join(fix.jobs[:5]) if head else ""),
        amount(fix.cents) if head else None,
        fix.minutes if head else None,
        fix.due,
        fix.id,
        step,
        "\n".join([_proof_words(fix), *_choice_lines(fix)]) if head else "",
    ]


def _choice_lines(fix: Fix) -> list[str]:
    """The choices of a fix that needs a decision, each with its steps and what a replay of it shows."""
    lines = []
    for n, choice in enumerate(fix.choices or (), start=1):
        shown = choice.proof.words if choice.proof else ""
        lines.append(f"Choice {n}: {choice.why} ({choice.minutes} min). {shown}")
        lines += [
            f"   {n}.{step} {action.text}" for step, action in enumerate(choice.actions, start=1)
        ]
    return lines


def _colour(book: Book, sheet: Worksheet, count: int, as_of: dt.date) -> None:
    """The drop-downs, a colour beside each word of status, what is due, and what does not count in grey."""
    done, status, due = (_at(_FIX_COLUMNS, header) for header in ("done", "status", "due"))
    choose_from(sheet, done, count, ("x",))
    choose_from(sheet, status, count, STATUSES)
    colour_words(book, sheet, status, count, _COLOURS)
    late = {
        "type": "date",
        "criteria": "<=",
        "value": as_of,
        "format": book.look(bold=True, font_color="#9C0006"),
    }
    sheet.conditional_format(1, due, max(count, 1), due, late)


def _at(columns: tuple[Column, ...], header: str) -> int:
    """The position of a column by its header, from 0."""
    return [column.header for column in columns].index(header)


def _proof_words(fix: Fix) -> str:
    """What the replay shows, what it costs otherwise, and what it takes for granted."""
    proof = fix.proof
    words = {
        "proved": f"proved: home after {'tonight' if proof.nights == 1 else 'tomorrow'}",
        "needs-decision": "needs a decision",
    }.get(proof.status, f"cannot be proved: {proof.reason}")
    parts = [words]
    parts += [f"or {one.text} ({one.minutes} min)" for one in fix.alternatives]
    if fix.least_minutes is not None:
        least = (
            "the least possible"
            if fix.least_minutes == fix.minutes
            else f"never below {fix.least_minutes} min"
        )
        parts.append(f"{fix.minutes} min: {least}")
    if proof.moves_others:
        parts.append(f"moves too: {', '.join(move.invoice_no for move in proof.moves_others[:5])}")
    if proof.assumes:
        parts.append(f"takes for granted {', '.join(proof.assumes)}")
    return "; ".join(parts)


_INVOICE_COLUMNS = (
    Column("invoice", 12),
    Column("reference", 18, wrap=True),
    Column("contact", 28, wrap=True),
    Column("date", 13, number_format=DATE),
    Column("total", 13, number_format=MONEY),
    Column("status", 16),
    Column("outcome", 9),
    Column("cause", 8),
    Column("finding", 22),
    Column("is", 16),
    Column("belongs", 14),
    Column("certainty", 10),
    Column("tonight", 18),
    Column("days left", 9, centred=True),
    Column("fix", 10),
    Column("notes", 50, wrap=True),
    Column("file", 24, wrap=True),
    Column("row", 8, centred=True),
    Column(INVOICE_TYPED[0], 14, typed=True),
    Column(INVOICE_TYPED[1], 28, wrap=True, typed=True),
    Column(KEY, 12, hidden=True, printed=False),
    Column(FACTS, 20, hidden=True, printed=False),
)


def _invoice_rows(ledger: pd.DataFrame, notes: Notes) -> list[list[Any]]:
    """The invoices, those to act on first."""
    every = ("fix", "review", "wait", "none", "ok")
    shown = ledger.take(
        in_list_order(ledger, *(every if len(ledger) <= ALL_INVOICES_UP_TO else every[:-1]))
    )
    return [
        [
            row.invoice_no,
            row.reference,
            row.contact,
            day_of(row.invoice_date),
            amount(row.total_cents),
            row.status,
            row.outcome,
            row.cause,
            row.finding,
            place_words("cell", row.now_place, row.now_job_no),
            place_words("cell", row.belongs_place, row.belongs_job_no),
            row.certainty,
            place_words("cell", row.tonight_place, row.tonight_job_no, rule=row.rule),
            None if pd.isna(row.days_left) else int(row.days_left),
            row.fix,
            row.notes,
            row.file,
            row.row,
            *_reviewed(row, notes),
            row.identity,
            row.facts,
        ]
        for row in records(shown)
    ]


def _invoices(
    book: Book, invoices: Sequence[Sequence[Any]], fixes: Sequence[Sequence[Any]]
) -> None:
    """The invoices; each leads to its fix, and those that a person reviews, without a fix, have two cells to type in."""
    key, typed = _at(_INVOICE_COLUMNS, KEY), _at(_INVOICE_COLUMNS, INVOICE_TYPED[0])
    sheet = book.add_sheet("Invoices")
    choose_from(sheet, typed, len(invoices), ("In progress", NOT_A_PROBLEM))
    links = _leads(invoices, _at(_INVOICE_COLUMNS, "fix"), "Fix list", _first_rows(fixes))
    reviewed = {at for at, row in enumerate(invoices) if row[key]}
    write_table(book, sheet, "Invoices", _INVOICE_COLUMNS, invoices, links=links, typed_in=reviewed)


def _reviewed(row: Any, notes: Notes) -> list[Any]:
    """What was typed on an invoice that a person reviews; "Not a problem" goes once its facts have changed."""
    typed = notes.of("Invoices", row.identity) if row.identity else {}
    status = typed.get(INVOICE_TYPED[0])
    return [
        None if status == NOT_A_PROBLEM and row.outcome != "none" else status,
        typed.get(INVOICE_TYPED[1]),
    ]


_JOB_COLUMNS = (
    Column("job", 12),
    Column("name", 30, wrap=True),
    Column("client", 28, wrap=True),
    Column("client order no.", 18, wrap=True),
    Column("state", 18),
    Column("state type", 12),
    Column("role", 14),
    Column("finding", 22),
    Column("invoices on it", 10, centred=True),
    Column("amount on it", 13, number_format=MONEY),
    Column("next invoice goes to", 40, wrap=True),
    Column(ABOUT_TO, 30, wrap=True, colour=_COLOURS[OPEN]),
    Column("fix", 10),
    Column("reason", 28, wrap=True, typed=True),
    Column("attested by", 16, typed=True),
    Column("until", 13, number_format=DATE, typed=True),
    Column("owner", 18),
    Column("file", 24, wrap=True),
    Column("row", 8, centred=True),
)


def _job_rows(result: Result, notes: Notes) -> list[list[Any]]:
    """Each job with a finding, of a fix, each whose next invoice goes to another (M3), the register of non-billing jobs.

    First those about to be completed that miss invoices: once a job is closed, none comes (M4).
    Why a job is non-billing, who says so and until when is typed here.
    """
    jobs = result.findings.jobs
    first_fix: dict[str, str] = {}
    for fix in (*result.fixes, *result.accepted):
        for number in fix.jobs:
            first_fix.setdefault(number, fix.id)
    passed = (
        (jobs["next_job_no"] != "")
        & (jobs["next_job_no"] != jobs["job_no"])
        & (jobs["invoices"] > 0)
    )
    washups = {one.job_no: one for one in result.watch.washups}
    listed = jobs["job_no"].isin([*first_fix, *washups])
    told = (jobs["finding"] != "") | (jobs["role"] == "non-billing") | passed | listed
    place = (
        jobs["job_no"].map({number: at for at, number in enumerate(washups)}).fillna(len(washups))
    )
    shown = jobs.assign(place=place)[told].sort_values(["place", "job_no"], kind="stable")
    return [
        [
            row.job_no,
            row.job_name,
            row.client,
            row.client_order_no,
            row.state,
            row.state_type,
            row.role,
            row.finding,
            row.invoices,
            amount(row.total_cents),
            _next_words(row),
            washups[row.job_no].words if row.job_no in washups else "",
            first_fix.get(row.job_no, ""),
            *(notes.of("Jobs", row.job_no).get(one) for one in JOB_TYPED),
            row.owner,
            row.file,
            row.row,
        ]
        for row in records(shown)
    ]


def _jobs(book: Book, jobs: Sequence[Sequence[Any]], fixes: Sequence[Sequence[Any]]) -> None:
    """The jobs; each leads to its first fix."""
    links = _leads(jobs, _at(_JOB_COLUMNS, "fix"), "Fix list", _first_rows(fixes))
    write_table(book, book.add_sheet("Jobs"), "Jobs", _JOB_COLUMNS, jobs, links=links)


_CLOSED_COLUMNS = tuple(
    Column(name, 24, wrap=True, number_format=DATE if name in ("closed on", "until") else "")
    for name in CLOSED_COLUMNS
)


def _closed_rows(
    result: Result, ledger: pd.DataFrame, notes: Notes, jobs: set[str]
) -> list[list[Any]]:
    """What was typed on rows that are gone, with the day on which they went."""
    fixes = {key for fix in (*result.fixes, *result.accepted) for key in row_identities(fix)}
    return left_over(
        notes, {"Fix list": fixes, "Invoices": set(ledger["identity"]), "Jobs": jobs}, result.as_of
    )


def _next_words(job: Any) -> str:
    """Which job gets the next invoice with this one's order number (M1-M3)."""
    if job.next_job_no in ("", job.job_no):
        return job.next_job_no
    return f"{job.next_job_no}: it has taken over {job.client_order_no} (M3)"


_PROBLEM_COLUMNS = (
    Column("file", 30, wrap=True),
    Column("sheet", 14),
    Column("row", 8, centred=True),
    Column("column", 18),
    Column("value", 30, wrap=True),
    Column("problem", 70, wrap=True),
    Column("set aside", 10),
)


def _problems(book: Book, result: Result) -> None:
    rows = [
        [
            one.file,
            one.sheet,
            one.row,
            one.column,
            one.value,
            one.problem,
            "yes" if one.set_aside else "no",
        ]
        for one in result.problems
    ]
    write_table(book, book.add_sheet("Problems"), "Problems", _PROBLEM_COLUMNS, rows)


def _rules(book: Book, result: Result, ledger: pd.DataFrame) -> None:
    """The ids this report cites, in words."""
    columns = (Column("id", 8), Column("finding", 24), Column("in words", 100, wrap=True))
    write_table(book, book.add_sheet("Rules"), "Rules", columns, cited_rules(result, ledger))
