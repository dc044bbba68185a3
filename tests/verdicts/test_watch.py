"""The watch: what it sees, what it lets pass, day by day at the edges; and that nothing else hangs on it.

Source: watch.py; rules.md G1, G2, G7, M3, M4. Ages are days before TODAY, worked out by hand.
"""

import itertools
import json
import random
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made.builders import (
    ACME,
    NEVER,
    TODAY,
    ZENITH,
    ago,
    client,
    credit_note,
    decide,
    invoice,
    job,
    practice,
    result_of,
    xpm_invoice,
)
from openpyxl import load_workbook

from reconcile.history.notes import read_notes
from reconcile.pipeline import decide_practice
from reconcile.reports.html_page import page
from reconcile.reports.write_reports import write_reports
from reconcile.settings.model import Settings
from reconcile.terminal.summary import closing_summary, details
from reconcile.verdicts.watch import Watch, find_missing, find_unreached, find_washups, keep_watch

NEWEST = invoice(
    "CLI-9", no="NEW", contact=ZENITH, age=0
)  # the exports cover every day up to TODAY


# Missing invoices --------------------------------------------------------------------------------------------------


def billed(last, *gaps, reference="CLI-1", **more):
    """Invoices of one Reference: the last so many days ago, the others before it, each gap in days, the latest first."""
    ages = itertools.accumulate((last, *gaps))
    return [invoice(reference, no=f"{reference} {age}", age=age, **more) for age in ages]


def missing(invoices, newest=NEWEST, **given):
    """What is missing, in short."""
    findings = decide(invoices=[*invoices, newest], xpm_invoices=None, **given)
    return [f"{one.reference} {one.every} {one.missed}" for one in find_missing(findings, TODAY)]


MONTHLY, QUARTERLY = ["CLI-1 monthly 1"], ["CLI-1 quarterly 1"]
M, Q = (30, 30, 30), (90, 90, 90)

# the last billing (days ago) and the gaps before it, what is missing
PACES = [
    ("a month and 5 days: still waited for", 35, M, []),
    ("a month and 6 days", 36, M, MONTHLY),
    ("the first day on which the second is missing", 66, M, ["CLI-1 monthly 2"]),
    ("the day before it", 65, M, MONTHLY),
    ("two are missing, on the last day", 95, M, ["CLI-1 monthly 2"]),
    ("three are missing: it has ended", 96, M, []),
    ("a quarter and 10 days: still waited for", 100, Q, []),
    ("a quarter and 11 days", 101, Q, QUARTERLY),
    ("the second quarter's last day of grace", 190, Q, QUARTERLY),
    ("the second quarter too", 191, Q, ["CLI-1 quarterly 2"]),
    ("two quarters, on the last day", 280, Q, ["CLI-1 quarterly 2"]),
    ("three quarters: it has ended", 281, Q, []),
    ("the shortest months: by 26 days", 31, (26, 26, 26), []),
    ("the shortest months: one day on", 32, (26, 26, 26), MONTHLY),
    ("25 days are no month", 33, (25, 25, 25), []),
    ("the longest months: by 35 days", 40, (35, 35, 35), []),
    ("the longest months: one day on", 41, (35, 35, 35), MONTHLY),
    ("36 days are no month", 45, (36, 36, 36), []),
    ("the shortest quarters: by 84 days", 94, (84, 84, 84), []),
    ("the shortest quarters: one day on", 95, (84, 84, 84), QUARTERLY),
    ("83 days are no quarter", 100, (83, 83, 83), []),
    ("the longest quarters: by 98 days", 108, (98, 98, 98), []),
    ("the longest quarters: one day on", 109, (98, 98, 98), QUARTERLY),
    ("99 days are no quarter", 115, (99, 99, 99), []),
    ("calendar months: the middle one is the usual", 36, (31, 28, 31), []),
    ("calendar months: one day on", 37, (31, 28, 31), MONTHLY),
    ("between two middle ones the longer", 36, (31, 30, 30, 31), []),
    ("between two middle ones the longer: one day on", 37, (31, 30, 30, 31), MONTHLY),
    ("three billings are too few", 40, (30, 30), []),
    ("one billing", 40, (), []),
    ("four billings, a month left out among them", 40, (30, 60, 30), []),
    ("five billings, a month left out among them", 40, (30, 60, 30, 30), MONTHLY),
    ("five billings, the first after a month left out", 40, (60, 30, 30, 30), MONTHLY),
    ("two months left out of late", 40, (30, 60, 60, 30, 30, 30), []),
    ("two months left out long ago", 40, (30, 30, 30, 60, 60, 60), MONTHLY),
    ("it came late once: 40 days, then 20", 40, (20, 40, 30, 30, 30), []),
    ("quarterly before, monthly now", 40, (30, 30, 30, 90, 90), MONTHLY),
    ("monthly before, quarterly now", 101, (90, 90, 90, 30, 30, 30), QUARTERLY),
    ("every week", 40, (7,) * 12, []),
    ("every fortnight", 40, (14,) * 8, []),
    ("every six weeks", 50, (42,) * 8, []),
    ("every two months", 70, (61,) * 6, []),
    ("every half a month", 40, (15,) * 8, []),
    ("every half a year", 200, (182,) * 4, []),
    ("a one-off between two fees", 36, (30, 12, 18, 30), MONTHLY),
    ("a one-off every year", 40, (30, 30, 18, 12, 30, 30), MONTHLY),
    ("a one-off between two fees, too few of them", 36, (30, 12, 18), []),
    ("two one-offs in one month", 40, (30, 10, 10, 10, 30), []),
    ("two one-offs, months apart", 40, (12, 18, 30, 20, 10), MONTHLY),
    ("a one-off after the last fee: it may have been the next one", 22, (18, 30, 30, 30), []),
    ("a one-off after the last fee, and a month since", 36, (18, 30, 30, 30), MONTHLY),
    ("a one-off six days after a fee is one gap out", 36, (29, 6, 30, 29, 6), MONTHLY),
    (
        "one-offs six days after two fees, the last among them, are two gaps out",
        36,
        (6, 29, 30, 6, 29),
        [],
    ),
    ("a one-off between two quarters", 101, (90, 40, 50, 90), QUARTERLY),
]


@pytest.fixture(scope="module")
def stopped():
    """What is missing of every one of PACES, each a contact of its own in one practice: the number of the case -> in short."""
    bills = [
        billed(last, *gaps, contact=f"Client {at}") for at, (_, last, gaps, _) in enumerate(PACES)
    ]
    rows = [
        row | {"invoice_no": f"{row['contact']} {row['invoice_no']}"}
        for bill in bills
        for row in bill
    ]
    found = find_missing(decide(invoices=[*rows, NEWEST], xpm_invoices=None), TODAY)
    return {one.contact: f"{one.reference} {one.every} {one.missed}" for one in found}


@pytest.mark.parametrize("at", range(len(PACES)), ids=[case[0] for case in PACES])
def test_the_pace_of_a_reference(at, stopped):
    found = PACES[at][3]
    assert [one for contact, one in stopped.items() if contact == f"Client {at}"] == found


FOUR = billed(40, *M)

# the invoices, the newest document, the rest of the practice, what is missing
SEEN = [
    ("the next one came", [*FOUR, invoice(no="N", age=10)], NEWEST, {}, []),
    ("it came yesterday", [*FOUR, invoice(no="N", age=1)], NEWEST, {}, []),
    ("it is dated tomorrow", [*FOUR, invoice(no="N", age=-1)], NEWEST, {}, []),
    (
        "it waits for approval",
        [*FOUR, invoice(no="N", age=10, status="Awaiting Approval")],
        NEWEST,
        {},
        [],
    ),
    ("its status is not known", [*FOUR, invoice(no="N", age=10, status="")], NEWEST, {}, []),
    ("it is a draft", [*FOUR, invoice(no="N", age=10, status="Draft")], NEWEST, {}, MONTHLY),
    ("it was voided", [*FOUR, invoice(no="N", age=10, status="Voided")], NEWEST, {}, MONTHLY),
    ("it was deleted", [*FOUR, invoice(no="N", age=10, status="Deleted")], NEWEST, {}, MONTHLY),
    ("a credit note came", [*FOUR, credit_note(age=10)], NEWEST, {}, MONTHLY),
    ("its date is not known", [*FOUR, invoice(no="N", age=None)], NEWEST, {}, MONTHLY),
    (
        "it came to another contact",
        [*FOUR, invoice(no="N", age=10, contact=ZENITH)],
        NEWEST,
        {},
        MONTHLY,
    ),
    ("they were paid", billed(40, *M, status="Paid"), NEWEST, {}, MONTHLY),
    ("they were all voided", billed(40, *M, status="Voided"), NEWEST, {}, []),
    ("blank References never group", billed(40, *M, reference=""), NEWEST, {}, []),
    ("two contacts never group", [*FOUR[:2], *billed(100, 30, contact=ZENITH)], NEWEST, {}, []),
    (
        "capitals tell References apart",
        [*FOUR[:2], *billed(100, 30, reference="cli-1")],
        NEWEST,
        {},
        [],
    ),
    ("the newest is of the expected day", FOUR, invoice("CLI-9", no="NEW", age=10), {}, []),
    (
        "the newest is of the day after",
        FOUR,
        invoice("CLI-9", no="NEW", age=9, contact=ZENITH),
        {},
        MONTHLY,
    ),
    ("the newest was voided", FOUR, invoice("", no="NEW", age=9, status="Voided"), {}, MONTHLY),
    ("the newest is a credit note", FOUR, credit_note("", no="NEW", age=9), {}, MONTHLY),
    ("the newest is dated ahead", FOUR, invoice("CLI-9", no="NEW", age=-1, contact=ZENITH), {}, []),
    (
        "the second month is not covered",
        billed(70, *M),
        invoice("CLI-9", no="NEW", age=12),
        {},
        MONTHLY,
    ),
    (
        "the second month is covered",
        billed(70, *M),
        invoice("CLI-9", no="NEW", age=9),
        {},
        ["CLI-1 monthly 2"],
    ),
    ("no job carries the Reference", FOUR, NEWEST, {"jobs": [job(order="")]}, MONTHLY),
    ("its job is completed", FOUR, NEWEST, {"jobs": [job(state="Completed")]}, []),
    ("its job is cancelled", FOUR, NEWEST, {"jobs": [job(state="Cancelled")]}, []),
    ("its job is on hold", FOUR, NEWEST, {"jobs": [job(state="On Hold")]}, []),
    (
        "its job by number is completed",
        billed(40, *M, reference="J1"),
        NEWEST,
        {"jobs": [job(state="Completed")]},
        [],
    ),
    (
        "one of its jobs runs on",
        FOUR,
        NEWEST,
        {"jobs": [job(state="Completed"), job("J2")]},
        MONTHLY,
    ),
    (
        "two of its jobs run on, and which is the newest cannot be told",
        FOUR,
        NEWEST,
        {"jobs": [job(), job("J2")]},
        MONTHLY,
    ),
    (
        "its client is archived",
        FOUR,
        NEWEST,
        {"clients": [client(status="Archived"), client(ZENITH)]},
        [],
    ),
    (
        "another client is archived",
        FOUR,
        NEWEST,
        {"clients": [client(), client(ZENITH, status="Archived")]},
        MONTHLY,
    ),
]


@pytest.mark.parametrize(
    ("invoices", "newest", "given", "found"),
    [case[1:] for case in SEEN],
    ids=[case[0] for case in SEEN],
)
def test_what_counts_as_a_billing_that_came(invoices, newest, given, found):
    assert missing(invoices, newest, **given) == found


def several(apart):
    """Four months of two invoices each, so many days apart; the second of the last 36 days ago less that."""
    return [
        *billed(36, *M, cents=100),
        *[replace_no(one) for one in billed(36 - apart, *M, cents=7)],
    ]


def replace_no(one):
    return {**one, "invoice_no": f"{one['invoice_no']} too"}


@pytest.mark.parametrize(("apart", "found"), [(0, MONTHLY), (1, MONTHLY), (5, MONTHLY), (6, [])])
def test_invoices_within_five_days_are_one_billing(apart, found):
    assert missing(several(apart)) == found


def test_an_invoice_five_days_after_the_one_before_it_goes_on_with_its_billing():
    trail = [
        invoice(no=f"N{age}", age=age) for age in (32, 28)
    ]  # 36, 32 and 28: each within five days of the last
    assert missing([*billed(36, *M), *trail]) == MONTHLY


def test_all_that_is_told_of_a_missing_invoice():
    (one,) = find_missing(decide(invoices=[*several(5), NEWEST], xpm_invoices=None), TODAY)
    assert (one.contact, one.reference, one.every, one.billings) == (ACME, "CLI-1", "monthly", 4)
    assert (one.last_on, one.expected_on, one.missed) == (ago(36), ago(6), 1)
    assert (one.invoices, one.cents, one.job_no, one.instead) == (
        ("CLI-1 31 too", "CLI-1 36"),
        107,
        "J1",
        (),
    )
    assert one.words == (
        "billed monthly 4 times, last on 18 October 2026 (CLI-1 31 too, CLI-1 36, 1.07); "
        "the next was expected on 17 November 2026 and has not come"
    )


def test_two_periods_are_told_as_two():
    (one,) = find_missing(decide(invoices=[*billed(70, *M), NEWEST], xpm_invoices=None), TODAY)
    assert one.words.endswith("; 2 were expected from 14 October 2026 on and have not come")


# what else was billed to the contact (Reference, days ago), what is told as billed instead
INSTEAD = [
    ("nothing", [], ()),
    ("a new proposal since", [("PROP-2", 10)], ("PROP-2",)),
    ("two, in the order of their texts", [("PROP-3", 10), ("PROP-2", 5)], ("PROP-2", "PROP-3")),
    ("a blank Reference since", [("", 10)], ("",)),
    ("on the day of the last billing", [("PROP-2", 40)], ()),
    ("on the day after it", [("PROP-2", 39)], ("PROP-2",)),
    ("what was billed before too", [("PROP-2", 10), ("PROP-2", 200)], ()),
]


@pytest.mark.parametrize(
    ("others", "instead"), [case[1:] for case in INSTEAD], ids=[case[0] for case in INSTEAD]
)
def test_what_was_billed_instead_is_told(others, instead):
    more = [invoice(text, no=f"N{age}", age=age) for text, age in others]
    (one,) = find_missing(decide(invoices=[*FOUR, *more, NEWEST], xpm_invoices=None), TODAY)
    assert one.instead == instead
    assert ("since then billed under" in one.words) == bool(instead)


def test_what_was_billed_otherwise_instead_stands_last():
    invoices = [
        *billed(50, *M),
        invoice("PROP-2", no="N", age=10),
        *billed(40, *M, reference="CLI-7", contact="Third"),
    ]
    assert missing(invoices) == ["CLI-7 monthly 1", "CLI-1 monthly 1"]


def test_the_one_expected_first_stands_first():
    invoices = [
        *billed(40, *M, reference="A"),
        *billed(50, *M, reference="B", contact="B"),
        *billed(40, *M, reference="C", contact="C"),
    ]
    assert missing(invoices) == ["B monthly 1", "A monthly 1", "C monthly 1"]


# Jobs that nothing reached -----------------------------------------------------------------------------------------


def unreached(jobs, invoices=(NEWEST,), xpm_invoices=NEVER):
    """The numbers of the jobs that nothing reached."""
    tables = practice(jobs=jobs, invoices=invoices, xpm_invoices=xpm_invoices)
    findings = decide(jobs=jobs, invoices=invoices, xpm_invoices=xpm_invoices)
    return [one.job_no for one in find_unreached(findings, tables.xpm_invoices, TODAY)]


# the job, the invoices, XPM's invoices, whether nothing reached it
UNREACHED = [
    ("46 days old", job(created=46), [NEWEST], NEVER, True),
    ("45 days old", job(created=45), [NEWEST], NEVER, False),
    ("nobody knows how old", job(created=None), [NEWEST], NEVER, False),
    ("no Client Order No.", job(order=""), [NEWEST], NEVER, False),
    ("completed", job(state="Completed"), [NEWEST], NEVER, False),
    ("on hold", job(state="On Hold"), [NEWEST], NEVER, False),
    ("ad hoc by name", job(name="Ad hoc job"), [NEWEST], NEVER, False),
    ("ad hoc by category", job(category="Ad-hoc"), [NEWEST], NEVER, False),
    ("an invoice carries its Client Order No.", job(), [invoice("CLI-1")], NEVER, False),
    ("an invoice carries its number", job(), [invoice("J1")], NEVER, False),
    (
        "another client's invoice carries it",
        job(),
        [invoice("CLI-1", contact=ZENITH)],
        NEVER,
        False,
    ),
    ("a voided invoice carries it", job(), [invoice("CLI-1", status="Voided")], NEVER, False),
    ("a credit note carries it", job(), [credit_note("CLI-1"), NEWEST], NEVER, True),
    ("an invoice nearly carries it", job(), [invoice("cli-1")], NEVER, True),
    ("XPM has an invoice on it", job(), [invoice("X")], [xpm_invoice("J1")], False),
    (
        "XPM has one on several jobs, of which it is one",
        job(),
        [invoice("X")],
        [xpm_invoice("J9, J1")],
        False,
    ),
    (
        "XPM has one on it, from before Xero's dates",
        job(),
        [NEWEST],
        [xpm_invoice("J1", no="OLD", age=900)],
        False,
    ),
    ("XPM has one on another job", job(), [NEWEST], [xpm_invoice("J11", no="OLD", age=900)], True),
    ("XPM's invoices were not given", job(), [NEWEST], None, True),
    ("XPM's were not given, and an invoice carries it", job(), [invoice("CLI-1")], None, False),
]


@pytest.mark.parametrize(
    ("one", "invoices", "xpm_invoices", "found"),
    [case[1:] for case in UNREACHED],
    ids=[case[0] for case in UNREACHED],
)
def test_jobs_that_nothing_reached(one, invoices, xpm_invoices, found):
    assert unreached([one], invoices, xpm_invoices) == (["J1"] if found else [])


def test_the_oldest_job_stands_first():
    jobs = [job("J3", "A", created=60), job("J1", "B", created=60), job("J2", "C", created=99)]
    assert unreached(jobs) == ["J2", "J1", "J3"]


def test_all_that_is_told_of_a_job_that_nothing_reached():
    tables = practice(invoices=[NEWEST], xpm_invoices=NEVER)
    (one,) = find_unreached(
        decide(invoices=[NEWEST], xpm_invoices=NEVER), tables.xpm_invoices, TODAY
    )
    assert (one.job_no, one.job_name, one.client, one.client_order_no) == (
        "J1",
        "Annual accounts",
        ACME,
        "CLI-1",
    )
    assert (one.state, one.created_on, one.owner) == ("In Progress", ago(100), "J. Manager")
    assert one.words == "created on 15 August 2026; no invoice carries CLI-1 or is on the job"


# Jobs about to be completed ----------------------------------------------------------------------------------------


def washups(**given):
    """The jobs about to be completed that miss invoices, with these."""
    return [
        f"{one.job_no} {', '.join(one.invoices)}" for one in find_washups(decide(**given), TODAY)
    ]


DUE = job(due=0)
LATE = {
    "xpm_invoices": NEVER,
    "invoices": [invoice(age=20)],
}  # T16: it belongs on J1 and is not in XPM

# the job, whether it is about to be completed
NEAR = [
    ("no due date", job(), False),
    ("due today", job(due=0), True),
    ("due in 14 days", job(due=14), True),
    ("due in 15 days", job(due=15), False),
    ("due 14 days ago", job(due=-14), True),
    ("due 15 days ago", job(due=-15), False),
    ("due, and a state nobody knows", job(due=0, state="05. Info complete"), True),
    ("due in a year, and ready for review", job(due=365, state="Ready for review"), True),
]
STATES = [
    ("Ready for review", True),
    ("06. READY FOR REVIEW", True),
    ("Ready-for-review (partner)", True),
    ("Final", True),
    ("Final review", True),
    ("Finalising", True),
    ("Ready to complete", True),
    ("To be invoiced", True),
    ("Awaiting signature", True),
    ("Wash-up", True),
    ("In Progress", False),
    ("Finalist", False),
    ("Not yet ready", False),
    ("Under review", False),
    ("05. Info complete", False),
    ("", False),
]


@pytest.fixture(scope="module")
def about_to_be_completed():
    """Which of the jobs of NEAR and STATES, in one practice, are about to be completed; each misses an invoice."""
    jobs = [one for _, one, _ in NEAR] + [job(state=state) for state, _ in STATES]
    jobs = [
        one | {"job_no": f"J{at}", "client_order_no": f"CLI-{at}"} for at, one in enumerate(jobs)
    ]
    late = [invoice(f"CLI-{at}", no=f"INV-{at}", age=20) for at in range(len(jobs))]
    return set(washups(jobs=jobs, invoices=late, xpm_invoices=NEVER))


@pytest.mark.parametrize("at", range(len(NEAR)), ids=[case[0] for case in NEAR])
def test_a_job_is_about_to_be_completed_by_its_due_date_or_state(at, about_to_be_completed):
    assert (f"J{at} INV-{at}" in about_to_be_completed) == NEAR[at][2]


@pytest.mark.parametrize("at", range(len(STATES)), ids=[state or "blank" for state, _ in STATES])
def test_states_that_say_that_a_job_is_nearly_done(at, about_to_be_completed):
    number = len(NEAR) + at
    assert (f"J{number} INV-{number}" in about_to_be_completed) == STATES[at][1]


def test_a_state_that_is_not_standard_is_done_already():
    ready = Settings(states={"ready for review": "completed"})
    assert washups(jobs=[job(state="Ready for review", due=0)], settings=ready, **LATE) == []


ELSEWHERE = [xpm_invoice("J2")]
TWO = [DUE, job("J2", "CLI-2")]

# the practice, the jobs about to be completed with what they miss
MISSED = [
    ("its invoice is on it", dict(jobs=[DUE]), []),
    (
        "it waits for tonight (T24)",
        dict(jobs=[DUE], invoices=[invoice(age=1)], xpm_invoices=NEVER),
        ["J1 INV-1"],
    ),
    ("it should have come (T28)", dict(jobs=[DUE], xpm_invoices=NEVER), ["J1 INV-1"]),
    ("it missed the window (T16)", dict(jobs=[DUE], **LATE), ["J1 INV-1"]),
    ("it is on the client (T27)", dict(jobs=[DUE], xpm_invoices=[xpm_invoice("")]), ["J1 INV-1"]),
    ("it is on another job (T26)", dict(jobs=TWO, xpm_invoices=ELSEWHERE), ["J1 INV-1"]),
    (
        "the other job is the one that is due",
        dict(jobs=[job(), job("J2", "CLI-2", due=0)], xpm_invoices=ELSEWHERE),
        [],
    ),
    (
        "it is on it at another amount (T17)",
        dict(jobs=[DUE], xpm_invoices=[xpm_invoice(cents=100000)]),
        [],
    ),
    (
        "it is on it and on another, at another amount",
        dict(jobs=TWO, xpm_invoices=[xpm_invoice("J2; J1", cents=1)]),
        [],
    ),
    (
        "it is not approved (T20)",
        dict(jobs=[DUE], invoices=[invoice(status="Awaiting Approval")], xpm_invoices=NEVER),
        ["J1 INV-1"],
    ),
    (
        "it is a draft, by choice",
        dict(jobs=[DUE], invoices=[invoice(status="Draft")], xpm_invoices=NEVER),
        [],
    ),
    (
        "it is a draft, and drafts are to be fixed",
        dict(
            jobs=[DUE],
            invoices=[invoice(status="Draft")],
            xpm_invoices=NEVER,
            settings=Settings(drafts="fix"),
        ),
        ["J1 INV-1"],
    ),
    (
        "it is a credit note (T21)",
        dict(jobs=[DUE], invoices=[credit_note()], xpm_invoices=NEVER),
        [],
    ),
    (
        "it was voided, and XPM has it on the client (T22)",
        dict(jobs=[DUE], invoices=[invoice(status="Voided")], xpm_invoices=[xpm_invoice("")]),
        [],
    ),
    (
        "it is nearly its text (T3)",
        dict(jobs=[DUE], invoices=[invoice("cli-1")], xpm_invoices=NEVER),
        ["J1 INV-1"],
    ),
    (
        "its Reference is blank, and the client has one text (T1)",
        dict(jobs=[DUE], invoices=[invoice("")], xpm_invoices=NEVER),
        ["J1 INV-1"],
    ),
    (
        "it belongs on the client's blank job (T6)",
        dict(jobs=[job(order="", due=0)], xpm_invoices=NEVER),
        ["J1 INV-1"],
    ),
    (
        "which of two jobs it belongs on is a choice",
        dict(jobs=[job(order="", due=0), job("J2", "", due=0)], xpm_invoices=NEVER),
        [],
    ),
    (
        "both jobs carry its Reference, and none is the newest (T5)",
        dict(jobs=[DUE, job("J2", due=0)], xpm_invoices=NEVER),
        ["J1 INV-1", "J2 INV-1"],
    ),
    (
        "of a tie it is on the other one, at another amount",
        dict(jobs=[job(), job("J2", due=0)], xpm_invoices=[xpm_invoice(cents=1)]),
        [],
    ),
    (
        "of a tie only the one that is due",
        dict(jobs=[DUE, job("J2")], xpm_invoices=NEVER),
        ["J1 INV-1"],
    ),
    (
        "a newer job carries its Reference (M3)",
        dict(jobs=[DUE, job("J2", created=50)], xpm_invoices=NEVER),
        [],
    ),
    (
        "the newer one is due",
        dict(jobs=[job(), job("J2", created=50, due=0)], xpm_invoices=NEVER),
        ["J2 INV-1"],
    ),
    (
        "another client's invoice carries its Reference (T9)",
        dict(
            jobs=[DUE, job("J2", "", client=ZENITH)],
            invoices=[invoice(contact=ZENITH)],
            xpm_invoices=NEVER,
        ),
        ["J1 INV-1"],
    ),
    (
        "another client's invoice, which belongs on that client's job (T9)",
        dict(
            jobs=[DUE, job("J2", "CLI-2", client=ZENITH)],
            invoices=[invoice(contact=ZENITH)],
            xpm_invoices=NEVER,
        ),
        [],
    ),
    (
        "nobody knows the contact (T10)",
        dict(jobs=[DUE], invoices=[invoice(contact="Nobody")], xpm_invoices=NEVER),
        ["J1 INV-1"],
    ),
    (
        "it is dated before the lock (T19)",
        dict(jobs=[DUE], xpm_invoices=NEVER, settings=Settings(xpm_lock_date=TODAY)),
        ["J1 INV-1"],
    ),
    ("the job is ad hoc", dict(jobs=[job(due=0, name="Ad hoc job")], xpm_invoices=NEVER), []),
    (
        "an ad hoc job carries the text of a tie",
        dict(jobs=[job(), job("J2"), job("J3", due=0, name="Ad hoc job")], xpm_invoices=NEVER),
        [],
    ),
    (
        "the job is completed (T4)",
        dict(jobs=[job(due=0, state="Completed")], xpm_invoices=NEVER),
        [],
    ),
    (
        "XPM's invoices were not given, and tonight's would land",
        dict(jobs=[DUE], xpm_invoices=None),
        [],
    ),
    (
        "XPM's invoices were not given, and tonight's would not",
        dict(jobs=[job(order="", due=0)], xpm_invoices=None),
        ["J1 INV-1"],
    ),
    (
        "several, in the order of their numbers",
        dict(jobs=[DUE], invoices=[invoice(no="INV-2"), invoice(no="INV-1")], xpm_invoices=NEVER),
        ["J1 INV-1, INV-2"],
    ),
]


@pytest.mark.parametrize(
    ("given", "found"), [case[1:] for case in MISSED], ids=[case[0] for case in MISSED]
)
def test_what_a_job_about_to_be_completed_misses(given, found):
    assert washups(**given) == found


def test_an_invoice_whose_row_in_xpm_could_not_be_used_may_be_there():
    given = dict(jobs=[DUE], xpm_invoices=NEVER)
    tables = replace(practice(**given), xpm_numbers_set_aside=frozenset({"INV-1"}))
    assert decide_practice(tables, Settings(), TODAY).watch.washups == ()


def test_what_somebody_said_is_not_a_problem_is_not_missed():
    given = dict(jobs=[job(order="", due=0)], xpm_invoices=NEVER)
    before = result_of(**given)
    said = {fix.identity: fix.facts for fix in before.fixes}
    assert len(before.watch.washups) == 1
    assert decide_practice(practice(**given), Settings(), TODAY, said=said).watch.washups == ()


def test_the_job_due_first_stands_first_and_those_by_their_state_last():
    jobs = [
        job("J1", "A", due=3),
        job("J2", "B", state="Final"),
        job("J3", "C", due=-2),
        job("J4", "D", due=3),
    ]
    invoices = [invoice(one["client_order_no"], no=one["client_order_no"], age=20) for one in jobs]
    assert washups(jobs=jobs, invoices=invoices, xpm_invoices=NEVER) == [
        "J3 C",
        "J1 A",
        "J4 D",
        "J2 B",
    ]


# the job, what is told of it
TOLD = [
    (job(due=7), ("due",), "due 30 November 2026; misses INV-1 (1,100.00)"),
    (
        job(due=7, state="Final"),
        ("due", "state"),
        "due 30 November 2026, state Final; misses INV-1 (1,100.00)",
    ),
    (job(due=70, state="Final"), ("state",), "state Final; misses INV-1 (1,100.00)"),
    (job(state="Final"), ("state",), "state Final; misses INV-1 (1,100.00)"),
]


@pytest.mark.parametrize(
    ("one", "signs", "words"), TOLD, ids=["due", "due and state", "due much later", "state alone"]
)
def test_all_that_is_told_of_a_job_about_to_be_completed(one, signs, words):
    (found,) = find_washups(decide(jobs=[one], **LATE), TODAY)
    assert (found.job_no, found.job_name, found.client, found.state) == (
        "J1",
        "Annual accounts",
        ACME,
        one["state"],
    )
    assert (found.due_on, found.signs, found.invoices, found.cents) == (
        one["due_on"],
        signs,
        ("INV-1",),
        110000,
    )
    assert (found.owner, found.words) == ("J. Manager", words)


# Nothing hangs on it -----------------------------------------------------------------------------------------------

WAITING = dict(
    invoices=[*billed(40, *M, reference="CLI-5"), invoice(age=1)],
    jobs=[job(due=0), job("J2", "CLI-2"), job("J5", "CLI-5", created=400)],
    xpm_invoices=[
        xpm_invoice("J5", no=one["invoice_no"]) for one in billed(40, *M, reference="CLI-5")
    ],
)


def test_a_full_watch_is_no_reason_to_act():
    result = result_of(**WAITING)
    assert [
        len(some) for some in (result.watch.missing, result.watch.unreached, result.watch.washups)
    ] == [1, 1, 1]
    assert result.exit_code == 0 and result.fixes == ()
    outcomes = {name: one.invoices for name, one in result.totals.by_outcome.items()}
    assert outcomes == {"ok": 4, "fix": 0, "wait": 1, "review": 0, "none": 0}


def test_the_default_practice_has_nothing_to_watch():
    assert result_of().watch == Watch()


REFERENCES = ("CLI-1", "CLI-2", "CLI-3", "")
SOME_INVOICES = st.lists(
    st.builds(
        invoice,
        st.sampled_from(REFERENCES),
        contact=st.sampled_from([ACME, ZENITH]),
        age=st.sampled_from(
            [0, 1, 5, 12, 30, 36, 40, 60, 66, 70, 90, 96, 100, 120, 130, 180, 270, 360, None]
        ),
        status=st.sampled_from(
            ["Paid", "Awaiting Payment", "Awaiting Approval", "Draft", "Voided"]
        ),
        cents=st.integers(1, 10**6),
    ),
    min_size=1,
    max_size=24,
).map(lambda rows: [{**one, "invoice_no": f"INV-{at}"} for at, one in enumerate(rows)])
SOME_JOBS = st.lists(
    st.builds(
        job,
        order=st.sampled_from(REFERENCES),
        client=st.sampled_from([ACME, ZENITH]),
        created=st.sampled_from([10, 45, 46, 400, None]),
        state=st.sampled_from(["In Progress", "Final", "Completed", "Ready for review"]),
        due=st.sampled_from([None, -15, -14, 0, 14, 15]),
    ),
    min_size=1,
    max_size=5,
).map(lambda rows: [{**one, "job_no": f"J{at}"} for at, one in enumerate(rows)])
SOME_COPIES = st.none() | st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(["", "J0", "J1", "J2, J0"])), max_size=8
)


@st.composite
def practices(draw):
    """Invoices, jobs, and what XPM has of them; short gaps between many invoices make paces common."""
    invoices, jobs, copies = draw(SOME_INVOICES), draw(SOME_JOBS), draw(SOME_COPIES)
    if draw(st.booleans()):
        last, gap = draw(st.sampled_from([30, 36, 70])), draw(st.integers(25, 36))
        invoices += billed(last, *(gap,) * draw(st.integers(2, 5)), reference="CLI-1")
    held = None
    if copies is not None:
        held = [xpm_invoice(place, no=f"INV-{number}") for number, place in dict(copies).items()]
    return {"invoices": invoices, "jobs": jobs, "xpm_invoices": held}


law = settings(max_examples=20, deadline=None)


def watch_of(tables):
    """The watch over a practice's tables, without its fixes, which take longer to prove than all the rest."""
    return keep_watch(decide(**tables), practice(**tables).xpm_invoices, TODAY)


@law
@given(practices(), st.integers(0, 999))
def test_the_order_of_rows_changes_nothing(given_tables, seed):
    shuffled = {name: None if rows is None else list(rows) for name, rows in given_tables.items()}
    for rows in shuffled.values():
        random.Random(seed).shuffle(rows or [])
    assert watch_of(shuffled) == watch_of(given_tables)


@settings(max_examples=5, deadline=None)
@given(practices())
def test_due_dates_change_no_verdict_and_no_exit_code(given_tables):
    with_dates = result_of(**given_tables)
    without = result_of(
        **{**given_tables, "jobs": [{**one, "due_on": None} for one in given_tables["jobs"]]}
    )
    assert (with_dates.exit_code, with_dates.totals, with_dates.fixes) == (
        without.exit_code,
        without.totals,
        without.fixes,
    )
    pd.testing.assert_frame_equal(with_dates.findings.ledger, without.findings.ledger)
    acting = with_dates.findings.ledger["outcome"].isin(["fix", "review"]).any()
    assert with_dates.exit_code == (10 if acting else 0)


@law
@given(practices())
def test_what_a_slow_reading_finds_missing_is_what_is_missing(given_tables):
    found = {
        (one.contact, one.reference, one.every, one.missed)
        for one in watch_of(given_tables).missing
    }
    assert found == read_slowly(given_tables["invoices"], given_tables["jobs"])


def read_slowly(invoices, jobs):
    """The missing, told again from the words of README, one Reference after the other."""
    newest = max((one["invoice_date"] for one in invoices if one["invoice_date"]), default=None)
    series = {}
    for one in invoices:
        if one["reference"] and one["invoice_date"] and one["status"] not in ("Draft", "Voided"):
            series.setdefault((one["contact"], one["reference"]), []).append(one["invoice_date"])
    found = set()
    for (contact, reference), days in series.items():
        states = [one["state"] for one in jobs if one["client_order_no"] == reference]
        if states and all(state == "Completed" for state in states):
            continue
        for every, shortest, longest, grace in (("monthly", 26, 35, 5), ("quarterly", 84, 98, 10)):
            late = periods_late(sorted(days), shortest, longest, grace, newest)
            if late in (1, 2):
                found.add((contact, reference, every, late))
    return found


def periods_late(days, shortest, longest, grace, newest):
    """How many billings have not come; 0 where there is no pace."""
    first_days = [day for at, day in enumerate(days) if at == 0 or (day - days[at - 1]).days > 5]
    fits = lambda one, other: shortest <= (other - one).days <= longest  # noqa: E731
    one_off = {
        day
        for before, day, after in zip(first_days, first_days[1:], first_days[2:], strict=False)
        if not fits(before, day) and not fits(day, after) and fits(before, after)
    }
    kept = [day for day in first_days if day not in one_off]
    recent = list(itertools.pairwise(kept))[-4:]
    good = sorted((after - before).days for before, after in recent if fits(before, after))
    if len(good) < 3:
        return 0
    usual = good[len(good) // 2] if len(good) == 3 else -(-(good[1] + good[2]) // 2)
    late = 0
    while (TODAY - kept[-1]).days > (late + 1) * usual + grace and (newest - kept[-1]).days > (
        late + 1
    ) * usual:
        late += 1
    return late


# Where it is shown -------------------------------------------------------------------------------------------------

SHOWN = dict(
    invoices=[
        *billed(40, *M, reference="CLI-5"),
        invoice("CLI-1", no="INV-8", age=20),
        invoice("x", no="INV-9", contact="Nobody", age=0),
    ],
    jobs=[
        job(due=0),
        job("J0", "", client=ZENITH),
        job("J2", "CLI-2"),
        job("J5", "CLI-5", created=400),
    ],
    xpm_invoices=[
        xpm_invoice("J5", no=one["invoice_no"]) for one in billed(40, *M, reference="CLI-5")
    ],
)


def written(folder, **given):
    """The files of a practice."""
    write_reports(result_of(**given), folder, "0")
    return folder


def test_fixlist_json_holds_the_watch(tmp_path):
    document = json.loads((written(tmp_path, **SHOWN) / "fixlist.json").read_text(encoding="utf-8"))
    (fix,) = [one["id"] for one in document["fixes"] if one["invoices"] == ["INV-8"]]
    assert document["watch"] == {
        "missing": [
            {
                "contact": ACME, "reference": "CLI-5", "every": "monthly", "billings": 4, "last_on": "2026-10-14",
                "invoices": ["CLI-5 40"], "cents": 110000, "expected_on": "2026-11-13", "missed": 1, "job_no": "J5",
                "instead": ["CLI-1"],
            }
        ],
        "unreached": [
            {
                "job_no": "J2", "job_name": "Annual accounts", "client": ACME, "client_order_no": "CLI-2",
                "state": "In Progress", "created_on": "2026-08-15", "owner": "J. Manager",
            }
        ],
        "washups": [
            {
                "job_no": "J1", "job_name": "Annual accounts", "client": ACME, "state": "In Progress", "due_on": "2026-11-23",
                "signs": ["due"], "invoices": ["INV-8"], "cents": 110000, "owner": "J. Manager", "fixes": [fix],
            }
        ],
    }  # fmt: skip


def test_fixlist_json_holds_empty_lists_and_nulls_where_there_is_nothing(tmp_path):
    calm = json.loads((written(tmp_path / "calm") / "fixlist.json").read_text(encoding="utf-8"))
    assert calm["watch"] == {"missing": [], "unreached": [], "washups": []}
    given = dict(
        invoices=[*billed(40, *M), invoice("CLI-7", no="L", age=20), NEWEST], xpm_invoices=NEVER
    )
    jobs = [job("J7", "CLI-7", state="Final")]
    watch = json.loads(
        (written(tmp_path / "full", jobs=jobs, **given) / "fixlist.json").read_text(
            encoding="utf-8"
        )
    )["watch"]
    assert watch["missing"][0]["job_no"] is None and watch["washups"][0]["due_on"] is None


def rows_of(sheet):
    headers, *rows = sheet.iter_rows()
    return [dict(zip((cell.value for cell in headers), row, strict=True)) for row in rows]


def test_the_jobs_sheet_begins_with_the_jobs_about_to_be_completed(tmp_path):
    jobs = [
        job("J7", "CLI-7", due=2),
        job("J0", "", client=ZENITH),
        job("J8", "CLI-8", due=1),
        job("J3", "", client="Third"),
    ]
    invoices = [invoice("CLI-7", no="INV-7", age=20), invoice("CLI-8", no="INV-8", age=20)]
    book = load_workbook(
        written(tmp_path, invoices=invoices, jobs=jobs, xpm_invoices=NEVER) / "fixlist.xlsx"
    )
    rows = rows_of(book["Jobs"])
    assert [row["job"].value for row in rows] == ["J8", "J7", "J0", "J3"]
    about = [row["about to be completed"] for row in rows]
    assert [cell.value for cell in about] == [
        "due 24 November 2026; misses INV-8 (1,100.00)",
        "due 25 November 2026; misses INV-7 (1,100.00)",
        None,
        None,
    ]
    assert [cell.fill.fgColor.rgb[-6:] for cell in about] == [
        "FDE9D9",
        "FDE9D9",
        "000000",
        "000000",
    ]
    headers = [cell.value for cell in book["Jobs"][1]]
    assert headers[headers.index("next invoice goes to") + 1] == "about to be completed"


def test_what_is_typed_on_a_job_about_to_be_completed_is_read_back(tmp_path):
    path = written(tmp_path, **SHOWN) / "fixlist.xlsx"
    book = load_workbook(path)
    first = rows_of(book["Jobs"])[0]
    first["reason"].value = "billed in December"
    book.save(path)
    notes = read_notes(path)
    assert notes.faults == [] and notes.of("Jobs", "J1")["reason"] == "billed in December"


def summary_lines(folder):
    """The Summary sheet: the texts of the first column, and the whole rows."""
    rows = [
        list(row)
        for row in load_workbook(folder / "fixlist.xlsx")["Summary"].iter_rows(
            max_col=6, values_only=True
        )
    ]
    return [row[0] for row in rows], rows


def test_the_summary_sheet_has_the_missing_and_the_unreached(tmp_path):
    texts, rows = summary_lines(written(tmp_path, **SHOWN))
    at = texts.index("Missing invoices")
    told = rows[at + 2]
    assert told[:4] == [f"{ACME}; since then billed under CLI-1", "CLI-5", 1, 1100.0]
    assert [day.date() for day in told[4:]] == [ago(40), ago(10)]
    told = rows[texts.index("Jobs that nothing reached") + 2]
    assert (told[0], told[1], told[4].date(), told[5]) == (
        f"{ACME}, Annual accounts",
        "CLI-2",
        ago(100),
        "J2",
    )


@pytest.mark.parametrize(("count", "more"), [(15, None), (16, "and 1 more: see fixlist.json")])
def test_the_summary_sheet_has_at_most_fifteen_lines_of_each(tmp_path, count, more):
    texts, _ = summary_lines(
        written(
            tmp_path,
            jobs=[job(f"J{at:02}", f"CLI-{at}") for at in range(10, 10 + count)],
            invoices=[NEWEST],
        )
    )
    at = texts.index("Jobs that nothing reached") + 2
    assert texts[at : at + 15] == [f"{ACME}, Annual accounts"] * 15
    assert texts[at + 15] == more


def test_the_summary_sheet_says_nothing_where_there_is_nothing(tmp_path):
    texts, _ = summary_lines(written(tmp_path))
    assert not {"Missing invoices", "Jobs that nothing reached"} & set(texts)


def page_of(**given):
    result = result_of(**given)
    return page(result, result.findings.ledger.assign(fix=""), "1").decode()


def test_the_page_has_a_section_with_the_three_lists():
    text = page_of(**SHOWN)
    section = text.split('<section aria-labelledby="h-watch">')[1].split("</section>")[0]
    assert [line for line in section.splitlines() if line.startswith("<h")] == [
        '<h2 id="h-watch">Watch</h2>',
        "<h3>Jobs about to be completed that miss invoices</h3>",
        "<h3>Billed monthly or quarterly, and not this period</h3>",
        "<h3>Billing jobs that nothing reached</h3>",
    ]
    assert section.count('data-size="25"') == 3
    (fix,) = [one.id for one in result_of(**SHOWN).fixes if one.invoices == ("INV-8",)]
    assert f'due 23 November 2026; misses INV-8 (1,100.00): <a href="#{fix}">{fix}</a>' in section
    assert f"<strong>{ACME}</strong>, CLI-5: billed monthly 4 times" in section
    assert "<strong>J2</strong> Annual accounts, Acme Pty Ltd: created on 15 August 2026" in section


def test_the_page_has_no_such_section_where_there_is_nothing():
    assert "h-watch" not in page_of()


def test_the_page_shows_texts_as_texts():
    evil = "<script>alert(1)</script>"
    text = page_of(jobs=[job("J1", evil, client=evil, name=evil)], invoices=[NEWEST])
    assert evil not in text and "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_console_says_it_only_to_who_asks_for_more_words(tmp_path):
    result = result_of(**SHOWN)
    said = ["".join(str(part) for part in line.words) for line in details(result)]
    short = [
        "".join(str(part) for part in line.words) for line in closing_summary(result, tmp_path, [])
    ]
    for one in (*result.watch.missing, *result.watch.unreached, *result.watch.washups):
        assert sum(one.words in words for words in said) == 1
        assert not any(one.words in words for words in short)
