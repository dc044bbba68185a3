"""The proof: what is proved and what is not, what stands in the way, what else moves, and which fix gives way.

Source: contract.md "proof.status", "Nothing that was right moves"; rules.md section 2 and 3.
"""

from dataclasses import replace

import pytest
from made.builders import (
    ACME,
    NEVER,
    TODAY,
    ZENITH,
    ago,
    client,
    credit_note,
    decide,
    fix_lists,
    fixes,
    invoice,
    job,
    number_off,
    xpm_invoice,
)

from reconcile.fixes.actions import Action, Desk, Draft, Landing, Option, invoice_rows
from reconcile.fixes.conflicts import do_together
from reconcile.fixes.fix_list import Forecast, forecast
from reconcile.fixes.proof import Rehearsal, prove
from reconcile.settings.model import Minutes, Settings

ON_CLIENT = [xpm_invoice("")]
BLANK = job(order="")
WAIT = Action("xpm", "wait-overnight", "")


def lands(proof):
    return [number_off(f"{one.invoice_no} {one.place} {one.job_no}".strip()) for one in proof.lands]


# what it shows, the practice, the status, where the invoices land, a word of the reason
PROOFS = [
    ("T1", dict(invoices=[invoice("")], xpm_invoices=NEVER), "proved", ["INV-1 job J1"], ""),
    ("T3 in XPM", dict(invoices=[invoice("cli-1")], xpm_invoices=ON_CLIENT), "proved", ["INV-1 job J1"], ""),
    ("T4 opened, and closed after the night", dict(jobs=[job(state="Completed")], xpm_invoices=NEVER), "proved", ["INV-1 job J1"], ""),
    ("T6", dict(jobs=[BLANK], xpm_invoices=ON_CLIENT), "proved", ["INV-1 job J1"], ""),
    ("T10", dict(invoices=[invoice(contact="ACME PTY LTD")], xpm_invoices=NEVER), "proved", ["INV-1 job J1"], ""),
    ("T10 each to the job that its own Reference names", dict(invoices=[invoice(contact="ACME PTY LTD"), invoice("CLI-2", no="INV-2", contact="ACME PTY LTD")], jobs=[job(), job("J2", "CLI-2")], xpm_invoices=NEVER), "proved", ["INV-1 job J1", "INV-2 job J2"], ""),
    ("T16", dict(invoices=[invoice(age=15)], xpm_invoices=NEVER), "proved", ["INV-1 job J1"], ""),
    ("T17", dict(xpm_invoices=[xpm_invoice(cents=100)]), "proved", ["INV-1 job J1"], ""),
    ("T20", dict(invoices=[invoice(status="Awaiting Approval")], xpm_invoices=NEVER), "proved", ["INV-1 job J1"], ""),
    ("T20 its Reference is mended first", dict(invoices=[invoice("cli-1", status="Awaiting Approval")], xpm_invoices=NEVER), "proved", ["INV-1 job J1"], ""),
    ("T22 is gone, and stays gone", dict(invoices=[invoice(status="Voided")]), "proved", ["INV-1 absent"], ""),
    ("T26", dict(jobs=[job(), job("J2", "CLI-2")], xpm_invoices=[xpm_invoice("J2")]), "proved", ["INV-1 job J1"], ""),
    ("T27", dict(xpm_invoices=ON_CLIENT), "proved", ["INV-1 job J1"], ""),
    ("T28", dict(xpm_invoices=NEVER), "proved", ["INV-1 job J1"], ""),
    ("C5 archived", dict(invoices=[invoice("")], xpm_invoices=ON_CLIENT, clients=[client(status="Archived")]), "cannot-prove", ["INV-1 unknown"], "(C5)"),
    ("C3 diverted", dict(invoices=[invoice("")], xpm_invoices=ON_CLIENT, clients=[client(billing_details=ZENITH), client(ZENITH)]), "cannot-prove", ["INV-1 unknown"], "(C3)"),
    ("XPM not given", dict(invoices=[invoice("")], xpm_invoices=None), "proved", ["INV-1 job J1"], ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def planned():
    return fix_lists([given for _, given, *_ in PROOFS])


@pytest.mark.parametrize("at", range(len(PROOFS)), ids=[one[0] for one in PROOFS])
def test_status_and_landings(planned, at):
    _, _, status, landed, word = PROOFS[at]
    (fix,) = planned[at]
    proof = fix.proof
    assert (proof.status, lands(proof)) == (status, landed)
    assert word in proof.reason and (proof.reason == "") == (status == "proved")
    assert proof.nights == (1 if status == "proved" else None)


def test_an_approval_that_would_send_it_to_the_client_is_a_question_first():
    """T20, L4: once approved it comes tonight, so what it belongs on is settled before."""
    (fix,) = fixes(
        invoices=[invoice("", status="Awaiting Approval")], jobs=[job(order="")], xpm_invoices=NEVER
    )
    assert [[action.do for action in option.actions] for option in fix.choices] == [
        ["set-reference", "approve-invoice", "wait-overnight"],
        ["ask", "approve-invoice"],
    ]
    assert [option.proof.status for option in fix.choices] == ["proved", "cannot-prove"]
    assert "by hand" in fix.choices[1].proof.reason


@pytest.mark.parametrize(
    ("copies", "actions"),
    [
        pytest.param(
            ON_CLIENT,
            ["approve-invoice", "delete-xpm-invoice", "wait-overnight"],
            id="on the client: brought again",
        ),
        pytest.param(
            [xpm_invoice()], ["approve-invoice", "wait-overnight"], id="on its job: it stays"
        ),
    ],
)
def test_an_unapproved_invoice_that_xpm_has(copies, actions):
    (fix,) = fixes(invoices=[invoice(status="Awaiting Approval")], xpm_invoices=copies)
    assert [action.do for action in fix.actions] == actions
    assert (fix.proof.status, lands(fix.proof)) == ("proved", ["INV-1 job J1"])
    assert fix.least_minutes <= fix.minutes and "XPM has it all the same" in fix.title


def test_a_resync_to_where_nobody_knows_is_a_decision():
    """T17 and C4: it is where it belongs; deleting it may lose that."""
    (fix,) = fixes(invoices=[invoice(contact="Nobody")], xpm_invoices=[xpm_invoice(cents=100000)])
    assert [[action.do for action in option.actions] for option in fix.choices] == [
        ["ask"],
        ["touch-invoice", "delete-xpm-invoice", "wait-overnight"],
    ]
    assert "(C4)" in fix.choices[1].proof.reason and fix.choices[1].proof.status == "cannot-prove"


def test_one_text_for_two_clients_jobs_is_one_choice():
    """T6 twice: one job can carry PROP-5 (M3), the other client's invoice comes by its job's number (M1)."""
    invoices = [invoice("PROP-5"), invoice("PROP-5", no="INV-2", contact=ZENITH)]
    (fix,) = fixes(
        invoices=invoices, jobs=[job(order=""), job("J2", "", client=ZENITH)], xpm_invoices=NEVER
    )
    assert [option.proof.status for option in fix.choices] == ["proved", "proved"]
    assert (fix.due, fix.minutes) == (TODAY, 2)


def test_what_presses_in_a_merged_fix_presses_still():
    """T1 comes tonight; the T20 that it clashes with does not."""
    invoices = [invoice("", no="INV-2"), invoice("CLI-9", status="Awaiting Approval")]
    (fix,) = fixes(invoices=invoices, jobs=[job(order="PROP-1")], xpm_invoices=NEVER)
    assert (fix.due, fix.valid_until) == (TODAY, TODAY)
    rehearsal = Rehearsal(
        decide(invoices=invoices, jobs=[job(order="PROP-1")], xpm_invoices=NEVER), Settings(), TODAY
    )
    assert forecast([fix], rehearsal).before_tonight == 1


def test_the_wait_says_what_the_replay_shows():
    (fix,) = fixes(
        invoices=[invoice(), invoice(no="INV-2", contact=ZENITH)],
        jobs=[job(), job("J2", client=ZENITH)],
        xpm_invoices=NEVER,
    )
    for option in fix.choices:
        assert option.actions[-1].text.endswith(
            "Tomorrow INV-1 should be on J1. Tomorrow INV-2 should be on J2."
        )


def test_the_wait_says_where_nobody_knows_what_comes():
    (fix,) = fixes(invoices=[invoice("")], xpm_invoices=NEVER, clients=[client(status="Archived")])
    assert fix.actions[-1].text.endswith(
        "Tomorrow look where INV-1 landed: nobody documents it (C5)."
    )


def test_one_closed_job_is_opened_once_for_all_its_invoices():
    """T17: several were changed; one fix opens the job and sets it back."""
    invoices = [invoice(no=f"INV-{at}") for at in range(3)]
    copies = [xpm_invoice(no=f"INV-{at}", cents=100) for at in range(3)]
    (fix,) = fixes(invoices=invoices, jobs=[job(state="Completed")], xpm_invoices=copies)
    assert [action.do for action in fix.actions].count("set-job-state") == 2
    assert fix.proof.status == "proved" and len(fix.proof.lands) == 3


def test_the_order_of_the_jobs_file_does_not_change_the_choices():
    one, two = job("J2"), job("J1")
    forward, backward = (
        fixes(jobs=rows, xpm_invoices=NEVER)[0] for rows in ([one, two], [two, one])
    )
    assert (
        [option.job_no for option in forward.choices]
        == [option.job_no for option in backward.choices]
        == ["J1", "J2"]
    )


def test_a_choice_that_undoes_another_fix_is_not_proved():
    """T8's "change it now" takes away PROP-1, by which T16's invoice comes."""
    invoices = [
        invoice("PROP-5"),
        invoice("PROP-1", no="INV-2", age=1),
        invoice("PROP-1", no="INV-3", age=40),
    ]
    found = fixes(invoices=invoices, jobs=[job(order="PROP-1")], xpm_invoices=NEVER)
    now, later, _ = next(fix for fix in found if fix.cause == "T8").choices
    assert (now.proof.status, later.proof.status) == ("cannot-prove", "proved")
    assert "INV-3" in now.proof.reason


def test_two_decisions_that_offer_one_job_say_so():
    """Two References, two blank jobs: each may take either, and not both the same."""
    invoices = [invoice("PROP-5"), invoice("PROP-6", no="INV-2")]
    found = fixes(invoices=invoices, jobs=[job(order=""), job("J2", "")], xpm_invoices=NEVER)
    for fix, other in zip(found, ("INV-2", "INV-1"), strict=True):
        assert all(f"is a choice for {other} too" in option.why for option in fix.choices)


def test_each_choice_is_replayed():
    (fix,) = fixes(jobs=[job(), job("J2")], xpm_invoices=NEVER)
    assert fix.proof.status == "needs-decision"
    assert [(option.job_no, lands(option.proof), option.minutes) for option in fix.choices] == [
        ("J1", ["INV-1 job J1"], 1),
        ("J2", ["INV-1 job J2"], 1),
    ]


def test_what_else_moves_is_listed():
    """Opening J1 for INV-1 (by number) takes in INV-2 as well, whose Reference names it, and whose contact is no client."""
    invoices = [invoice(), invoice("J1", no="INV-2", contact="Nobody")]
    found = fixes(invoices=invoices, jobs=[job(state="Completed")], xpm_invoices=NEVER)
    first = next(fix for fix in found if fix.invoices == ("INV-1",))
    (move,) = first.proof.moves_others
    assert (move.invoice_no, move.before.place, move.after.place, move.worse) == (
        "INV-2",
        "client",
        "unknown",
        False,
    )
    assert first.proof.status == "proved"


# What is right stays --------------------------------------------------------------------------------------------------

COMING = invoice("CLI-1", no="INV-2", age=1)  # T24: it lands on the open J2 tonight
TAKES = [
    job(state="Completed", created=5),
    job("J2", created=50),
]  # J1 is newer: open, it takes CLI-1 from J2 (M3)


@pytest.mark.parametrize(
    "coming", [COMING, invoice("CLI-1", no="INV-2", age=5)], ids=["T24", "T28"]
)
def test_a_fix_that_would_take_what_is_coming_begins_tomorrow(coming):
    """INV-1 names J1 by number and is out of the window, so nothing presses; INV-2 comes home tonight first."""
    found = fixes(invoices=[invoice("J1", age=30), coming], jobs=TAKES, xpm_invoices=NEVER)
    fix = next(fix for fix in found if fix.cause == "T4")
    assert [action.do for action in fix.actions] == [
        "wait-overnight",
        "set-job-state",
        "touch-invoice",
        "wait-overnight",
        "set-job-state",
    ]
    assert (fix.proof.status, fix.proof.nights, fix.proof.moves_others) == ("proved", 2, ())
    assert "INV-2 to J2" in fix.actions[0].text


def test_without_xpms_invoices_an_old_one_may_be_coming_too():
    """XPM not given: INV-2 is taken as just edited, so the job that opens would take it."""
    (fix,) = fixes(
        invoices=[invoice("J1", age=30), invoice("CLI-1", no="INV-2", age=30)],
        jobs=TAKES,
        xpm_invoices=None,
    )
    assert (
        fix.choices[0].actions[0].do == "wait-overnight"
        and "INV-2" in fix.choices[0].actions[0].text
    )


def test_where_waiting_costs_a_delete_a_person_decides():
    (fix,) = fixes(invoices=[invoice("J1"), COMING], jobs=TAKES, xpm_invoices=NEVER)
    assert [option.proof.status for option in fix.choices] == ["proved", "proved"]
    later, now = ([action.do for action in option.actions] for option in fix.choices)
    assert later == [
        "wait-overnight",
        "set-job-state",
        "touch-invoice",
        "delete-xpm-invoice",
        "wait-overnight",
        "set-job-state",
    ]
    assert now == ["set-reference", "set-job-state", "wait-overnight", "set-job-state"]
    assert fix.choices[1].actions[0].value == "J2"


@pytest.mark.parametrize("new", ["PROP-5", "PROP-6"])
def test_a_renewal_that_would_strand_invoices_is_a_decision_of_three(new):
    """T8: keep them by the job's number, wait a night, or a new job; each replayed."""
    invoices = [invoice(new), invoice("PROP-1", no="INV-2", age=1)]
    (fix,) = fixes(invoices=invoices, jobs=[job(order="PROP-1")], xpm_invoices=NEVER)
    now, later, new_job = fix.choices
    assert "the old text still arrives on INV-2" in fix.evidence and "change it now" in now.why
    assert [action.do for action in now.actions] == [
        "set-reference",
        "set-client-order-no",
        "wait-overnight",
    ]
    assert (now.actions[0].invoice_no, now.actions[0].value) == ("INV-2", "J1")
    assert (now.proof.status, later.proof.status, later.proof.nights) == ("proved", "proved", 2)
    assert (new_job.job_no, new_job.proof.status) == (None, "cannot-prove")
    assert (
        new_job.actions[0].question
        == f"Make a new job for {ACME} with Client Order No. {new} in XPM"
    )


def test_a_choice_of_several_jobs_keeps_what_still_comes_too():
    invoices = [invoice("PROP-5"), invoice("CLI-1", no="INV-2", age=1)]
    (fix,) = fixes(invoices=invoices, jobs=[job(), job("J2", "", created=9)], xpm_invoices=NEVER)
    by_job = {option.job_no: option for option in fix.choices}
    assert by_job["J1"].actions[0].do == "set-reference" and "change it now" not in by_job["J2"].why
    assert all(option.proof.status == "proved" for option in fix.choices)


# All together ---------------------------------------------------------------------------------------------------------


def test_fixes_that_need_different_texts_are_one_choice_for_a_renamed_contact_too():
    """T7 changes J1 from CLI-1 to PROP-5; T10's invoice comes by CLI-1."""
    invoices = [invoice("PROP-5"), invoice(no="INV-2", contact="ACME PTY LTD")]
    (fix,) = fixes(invoices=invoices, xpm_invoices=NEVER)
    assert fix.proof.status == "needs-decision" and set(fix.invoices) == {"INV-1", "INV-2"}
    assert [option.proof.status for option in fix.choices] == ["proved", "proved"]


def test_the_forecast_counts_each_invoice_once():
    invoices = [
        invoice("", no="INV-1"),  # T1, home after tonight
        invoice("CLI-2", no="INV-2", contact=ZENITH),  # T5, a decision
        invoice("J9", no="INV-3", age=30),  # T4, home after tomorrow
        invoice("CLI-9", no="INV-4", age=1),  # T24, on J8 tonight: INV-3 must wait for it
        invoice("", no="INV-5", contact="Archived Ltd"),  # T1, nobody knows (C5)
    ]
    jobs = [
        job(order="CLI-7"),
        job("J2", "CLI-2", client=ZENITH),
        job("J3", "CLI-2", client=ZENITH),
        job("J9", "CLI-9", state="Completed", created=5),
        job("J8", "CLI-9", created=50, state="In Progress"),
        job("J4", "CLI-4", client="Archived Ltd"),
    ]
    clients = [client(), client(ZENITH), client("Archived Ltd", status="Archived")]
    given = dict(
        invoices=invoices,
        jobs=jobs,
        clients=clients,
        xpm_invoices=[xpm_invoice("", no="OLD-9", age=90)],
    )
    found = fixes(**given)
    ahead = forecast(found, Rehearsal(decide(**given), Settings(), TODAY))
    assert {fix.invoices[0]: fix.proof.status for fix in found if fix.invoices[0] != "INV-1"} == {
        "INV-2": "needs-decision", "INV-3": "proved", "INV-5": "cannot-prove",
    }  # fmt: skip
    assert ahead.invoices == 4 and ahead.after_tomorrow == 1 and ahead.cannot_prove == 1
    assert ahead.after_tonight + ahead.needs_decision == 2
    assert ahead.words.startswith("4 to fix: ") and "1 after tomorrow" in ahead.words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        pytest.param(
            (44, 0, 41, 2, 1, 0),
            "44 to fix: 41 after tonight, 2 after tomorrow, 1 needs a decision",
            id="each",
        ),
        pytest.param(
            (5, 0, 0, 0, 2, 3),
            "5 to fix: 2 need a decision, 3 cannot be proved",
            id="none of them soon",
        ),
        pytest.param((0, 0, 0, 0, 0, 0), "nothing to fix", id="none"),
    ],
)
def test_the_forecast_in_words(counts, words):
    assert Forecast(*counts).words == words


@pytest.mark.parametrize(
    ("place", "job_no", "words"),
    [
        ("job", "J1", "J1"),
        ("client", "", "the client"),
        ("adhoc", "", "a new ad hoc job"),
        ("adhoc", "J77", "J77"),
        ("unknown", "", "a place that nobody documents"),
        ("absent", "", "nothing: it is not in XPM"),
    ],
)
def test_a_place_in_words(place, job_no, words):
    assert Landing("INV-1", place, job_no, "").as_target == words


def test_nothing_to_fix_is_said_so():
    assert forecast([], Rehearsal(decide(), Settings(), TODAY)).words == "nothing to fix"


# Least effort ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "order", "count", "first", "minutes", "other"),
    [
        pytest.param(
            "prop-0031",
            "PROP-0031",
            10,
            "set-reference",
            10,
            1,
            id="a text as Ignition writes it is not overwritten",
        ),
        pytest.param(
            "PROP-0031",
            "Prop - 31",
            10,
            "set-client-order-no",
            1,
            10,
            id="one job edit before ten invoice edits",
        ),
        pytest.param(
            "Deed 7",
            "deed 07",
            10,
            "set-client-order-no",
            1,
            10,
            id="neither is Ignition's: the fewest minutes",
        ),
        pytest.param(
            "Deed 7", "deed 07", 1, "set-reference", 1, 1, id="the same minutes: the invoice"
        ),
    ],
)
def test_t3_by_the_fewest_minutes(reference, order, count, first, minutes, other):
    invoices = [invoice(reference, no=f"INV-{at}") for at in range(count)]
    (fix,) = fixes(invoices=invoices, jobs=[job(order=order)], xpm_invoices=NEVER)
    assert (fix.cause, fix.actions[0].do, fix.minutes) == ("T3", first, minutes)
    assert [one.minutes for one in fix.alternatives] == [other]
    assert fix.least_minutes == 1


def test_a_text_that_others_carry_is_not_overwritten_for_a_few_minutes():
    """G4: the next invoices come by it."""
    invoices = [
        *(invoice("Deed 7", no=f"INV-{at}") for at in range(9)),
        invoice("deed 07", no="INV-9", age=60),
    ]
    (fix,) = fixes(
        invoices=invoices,
        jobs=[job(order="deed 07")],
        xpm_invoices=[xpm_invoice(no="INV-9", age=60)],
    )
    assert (fix.actions[0].do, fix.minutes) == ("set-reference", 9)
    assert "strand" in fix.alternatives[0].text


def test_the_settings_say_what_a_click_costs():
    dear = Settings(minutes=Minutes(edit_job=1000))
    invoices = [invoice("Deed 7", no=f"INV-{at}") for at in range(9)]
    (fix,) = fixes(
        invoices=invoices, jobs=[job(order="deed 07")], xpm_invoices=NEVER, settings=dear
    )
    assert (fix.actions[0].do, fix.minutes) == ("set-reference", 9)


LEAST = [
    ("T27 touch and delete", dict(xpm_invoices=ON_CLIENT), 3),
    ("T1 set and delete", dict(invoices=[invoice("")], xpm_invoices=ON_CLIENT), 2),
    ("T6 not below set and delete", dict(jobs=[BLANK], xpm_invoices=ON_CLIENT), 2),
    ("T6 one edit", dict(jobs=[BLANK], xpm_invoices=NEVER), 1),
    ("T4 open and set back", dict(jobs=[job(state="Completed")], xpm_invoices=NEVER), 2),
    ("T16 touch", dict(invoices=[invoice(age=15)], xpm_invoices=NEVER), 2),
    ("T20 approve", dict(invoices=[invoice(status="Awaiting Approval")], xpm_invoices=NEVER), 1),
    (
        "T20 approve, though XPM has it",
        dict(invoices=[invoice(status="Awaiting Approval")], xpm_invoices=ON_CLIENT),
        1,
    ),
    ("T22 delete", dict(invoices=[invoice(status="Voided")]), 1),
    ("T28 touch", dict(xpm_invoices=NEVER), 2),
    ("a choice", dict(jobs=[job(), job("J2")], xpm_invoices=NEVER), None),
]


@pytest.fixture(scope="module")
def cheapest():
    return fix_lists([given for _, given, _ in LEAST])


@pytest.mark.parametrize("at", range(len(LEAST)), ids=[one[0] for one in LEAST])
def test_least_minutes(cheapest, at):
    (fix,), (_, _, least) = cheapest[at], LEAST[at]
    assert fix.least_minutes == least
    assert least is None or fix.minutes >= least


# The replay -----------------------------------------------------------------------------------------------------------


def seen_after(actions, number, nights=2, **given):
    rehearsal = Rehearsal(decide(**given), Settings(), TODAY)
    row = rehearsal.by_number[number]
    return [
        (one.place, one.job_no)
        for one in rehearsal.replay([actions], [[row]], nights)[0].after[row]
    ]


def test_without_actions_it_lands_as_tonight():
    assert seen_after([], "INV-1", xpm_invoices=NEVER) == [("job", "J1")] * 2


def test_what_xpm_has_stays_whatever_is_edited():
    """A1, A2, E4."""
    edits = [
        Action("xpm", "set-client-order-no", "", job_no="J1", value="x"),
        Action("xero", "set-reference", "", invoice_no="INV-1", value="y"),
    ]
    assert seen_after(edits, "INV-1") == [("job", "J1")] * 2


def test_the_window_closes_from_one_night_to_the_next():
    """E3: dated 14 days ago it may come tonight, tomorrow not; J1 opens tomorrow only."""
    opened = [WAIT, Action("xpm", "set-client-order-no", "", job_no="J1", value="CLI-1")]
    given = dict(invoices=[invoice(age=14, status="Draft")], jobs=[BLANK], xpm_invoices=NEVER)
    assert seen_after(opened, "INV-1", **given) == [("absent", "")] * 2
    approved = [WAIT, Action("xero", "approve-invoice", "", invoice_no="INV-1"), *opened[1:]]
    assert seen_after(approved, "INV-1", **given) == [("absent", ""), ("job", "J1")]


@pytest.mark.parametrize(("age", "place"), [(13, ("job", "J1")), (14, ("absent", ""))])
def test_what_is_deleted_tomorrow_must_be_inside_the_window_tomorrow(age, place):
    """E3: why what is deleted is edited too (R3)."""
    deleted = [WAIT, Action("xpm", "delete-xpm-invoice", "", invoice_no="INV-1")]
    assert seen_after(deleted, "INV-1", invoices=[invoice(age=age)]) == [("job", "J1"), place]


def test_a_lock_date_keeps_out_what_was_deleted():
    """E5: why nothing locked is ever deleted."""
    rehearsal = Rehearsal(
        decide(settings=(locked := Settings(xero_lock_date=ago(5)))), locked, TODAY
    )
    gone = [Action("xpm", "delete-xpm-invoice", "", invoice_no="INV-1")]
    assert rehearsal.replay([gone], [[0]])[0].end(0).place == "absent"


def test_copies_do_not_see_each_other():
    """Two ways at once: in one J1 carries CLI-1, in the other J2 does."""
    jobs = [BLANK, job("J2", "")]
    rehearsal = Rehearsal(decide(jobs=jobs, xpm_invoices=NEVER), Settings(), TODAY)
    ways = [
        [Action("xpm", "set-client-order-no", "", job_no=number, value="CLI-1")]
        for number in ("J1", "J2")
    ]
    assert [seen.end(0).job_no for seen in rehearsal.replay(ways, [[0], [0]])] == ["J1", "J2"]


def test_copies_do_not_see_each_others_names():
    """Three ways at once: only the second renames the contact."""
    rehearsal = Rehearsal(
        decide(invoices=[invoice(contact="ACME")], xpm_invoices=NEVER), Settings(), TODAY
    )
    ways = [[], [Action("xero", "rename-contact", "", from_value="ACME", value=ACME)], []]
    assert [seen.end(0).place for seen in rehearsal.replay(ways, [[0]] * 3)] == [
        "unknown",
        "job",
        "unknown",
    ]


def test_a_credit_note_of_the_same_number_is_not_touched():
    note = dict(invoice(no="INV-1", cents=-1), kind="credit-note")
    (fix,) = fixes(invoices=[note, invoice("")], xpm_invoices=NEVER)
    assert (fix.proof.status, lands(fix.proof)) == ("proved", ["INV-1 job J1"])


@pytest.mark.parametrize("reference", ["x", ""])
def test_an_invoice_of_an_unknown_contact_lands_on_a_new_client(reference):
    given = dict(invoices=[invoice(reference, contact="New " + ACME)], xpm_invoices=NEVER)
    assert seen_after([], "INV-1", **given) == [("client", "")] * 2


def test_what_belongs_nowhere_that_is_known_is_not_home_where_it_stays():
    """T20 on a job that the jobs export does not hold: it stays there, and nobody says that it belongs there."""
    given = dict(
        invoices=[invoice("x", status="Awaiting Approval")], jobs=[job("J9", "x9", client=ZENITH)]
    )
    (fix,) = fixes(**given, xpm_invoices=[xpm_invoice("J77")])
    assert (fix.proof.status, lands(fix.proof)) == ("cannot-prove", ["INV-1 job J77"])
    assert (
        fix.proof.reason
        == "INV-1: XPM has it on J77, where it stays: these actions do not move it."
    )


# Ways by hand ---------------------------------------------------------------------------------------------------------

DIVERTED, ARCHIVED = "Diverted Ltd", "Archived Ltd"
LOCKED = Settings(xero_lock_date=ago(60))
MANY = dict(
    invoices=[
        invoice(""),
        invoice("CLI-5", no="INV-2", contact=DIVERTED),
        invoice("CLI-6", no="INV-3", contact=ARCHIVED),
        invoice("CLI-1", no="INV-4", status="Draft"),
        invoice("CLI-1", no="INV-5", age=None),
        invoice("CLI-1", no="INV-6", age=90),
        invoice("CLI-2", no="INV-7"),
        invoice("CLI-1", no="INV-8"),
        invoice("CLI-1", no="INV-9"),
        credit_note("CLI-1"),
        invoice("CLI-21", no="INV-21", age=1),
        invoice("CLI-22", no="INV-22", age=1),
        invoice("CLI-22", no="INV-23"),
        invoice("CLI-24", no="INV-24", age=1),
        invoice("CLI-24", no="INV-25"),
        invoice("CLI-24", no="INV-26", age=1),
        invoice("CLI-24", no="INV-27", contact=ZENITH),
        invoice("J22", no="INV-28", contact=ZENITH),
    ],
    jobs=[
        *(job(f"J{at}", f"CLI-{at}") for at in (1, 2, 21, 22, 24)),
        job("J3", "CLI-3"),
        job("J4", "CLI-3"),
        job("J5", "CLI-5", client=DIVERTED),
        job("J6", "CLI-6", client=ARCHIVED),
        job("J7", "CLI-7", state="On Hold"),
        job("J8", ""),
        job("J9", "CLI-9", client=ZENITH),
    ],
    xpm_invoices=[
        xpm_invoice("J2", no="INV-7"),
        xpm_invoice("", no="INV-8"),
        xpm_invoice("J2", no="INV-9"),
    ],
    clients=[
        client(),
        client(ZENITH),
        client(DIVERTED, ZENITH),
        client(ARCHIVED, status="Archived"),
    ],
)


def refer(no, text):
    return Action("xero", "set-reference", "", invoice_no=no, value=text)


def carry(job_no, text):
    return Action("xpm", "set-client-order-no", "", job_no=job_no, value=text)


def put(job_no, state):
    return Action("xpm", "set-job-state", "", job_no=job_no, value=state)


def delete(no):
    return Action("xpm", "delete-xpm-invoice", "", invoice_no=no)


HOME = refer("INV-1", "CLI-1")
OPENED_TONIGHT = [put("J7", "In Progress"), WAIT, put("J7", "On Hold")]
INSTEAD = "would land on the client instead of"
WHY = {
    "C3": "its client's billing details name another client, and nobody documents where its invoices go then (C3). See in "
    "XPM where an earlier invoice of this client went",
    "C4": "the job is of another client than the contact, and nobody documents what the import does then (C4). See in XPM "
    "where an earlier one like it went, or make the names equal",
    "C5": "its client is archived, and an archived client may not receive it (C5). Restore the client first",
    "M3": "several jobs carry the text and which is the newest is not known (M3). Add [Job] Date Created to the jobs export",
    "E1": "the import takes no credit notes (E1). Enter it in XPM by hand",
    "E2": "the import takes approved invoices only (E2). Approve it first",
    "E3": "its date is not known, so it cannot be told whether the window is open (E3). Add InvoiceDate to the Xero export",
    "E4 J2": "XPM has it on J2, where it stays: these actions do not move it",
    "E4 client": "XPM has it on the client, where it stays: these actions do not move it",
    "E5": "it is dated on or before a lock date, and the import skips it (E5). Move the lock date, or leave it",
    "L2": "its Reference names no open job of its client, so it lands on the client (L2). Mend the Reference first",
    "M1": "the replay ends with it on J2 (M1)",
    "M2": "the replay ends with it on J2 (M2)",
}

# what it shows, the invoice and where it belongs, the actions, and why that does not prove it ("" where it does): a key of
# WHY, or the sentence
WAYS = [
    ("M2 home", "INV-1 J1", [HOME], ""),
    ("M1 home by the job's number", "INV-1 J1", [refer("INV-1", "J1")], ""),
    ("L1 on another job", "INV-1 J1", [refer("INV-1", "CLI-2")], "M2"),
    ("L1 on another job by its number", "INV-1 J1", [refer("INV-1", "J2")], "M1"),
    ("C3", "INV-2 J5", [], "C3"),
    ("C4", "INV-1 J1", [refer("INV-1", "CLI-9")], "C4"),
    ("C5", "INV-3 J6", [], "C5"),
    ("M3", "INV-1 J1", [refer("INV-1", "CLI-3")], "M3"),
    ("M5 blank is no text", "INV-1 J8", [put("J8", "In Progress")], "L2"),
    ("E1", "CN-1 J1", [], "E1"),
    ("E2", "INV-4 J1", [refer("INV-4", "J1")], "E2"),
    ("E2 approved", "INV-4 J1", [Action("xero", "approve-invoice", "", invoice_no="INV-4")], ""),
    ("E3 its date is not known", "INV-5 J1", [], "E3"),
    ("E3 its date is not known, and it was edited", "INV-5 J1", [refer("INV-5", "CLI-1")], ""),
    (
        "E3 its date is not known, and it is edited tomorrow",
        "INV-5 J1",
        [WAIT, refer("INV-5", "CLI-1")],
        "",
    ),
    ("E5", "INV-6 J1", [refer("INV-6", "J1")], "E5"),
    ("E4 on a job it stays", "INV-9 J1", [refer("INV-9", "J1")], "E4 J2"),
    ("E4 on the client it stays", "INV-8 J1", [], "E4 client"),
    ("A3 deleted it comes again", "INV-8 J1", [delete("INV-8")], ""),
    ("L2", "INV-1 J1", [refer("INV-1", "x")], "L2"),
    ("M4 opened", "INV-1 J7", [put("J7", "In Progress"), refer("INV-1", "CLI-7")], ""),
    (
        "M4 a state that no job has is Standard",
        "INV-1 J7",
        [put("J7", "Being checked"), refer("INV-1", "CLI-7")],
        "",
    ),
    (
        "M4 set back before it comes",
        "INV-8 J7",
        [*OPENED_TONIGHT, refer("INV-8", "CLI-7"), delete("INV-8")],
        "L2",
    ),
    (
        "one that was coming would move",
        "INV-1 J1",
        [HOME, carry("J21", "y")],
        f"INV-21 {INSTEAD} J21.",
    ),
    (
        "two that were coming would move",
        "INV-1 J1",
        [HOME, carry("J22", "y")],
        f"INV-22 and 1 more {INSTEAD} J22.",
    ),
    (
        "three that were coming would move",
        "INV-1 J1",
        [HOME, carry("J24", "y")],
        f"INV-24 and 2 more {INSTEAD} J24.",
    ),
    ("one that nobody could place moves", "INV-1 J1", [HOME, carry("J6", "y")], ""),
]

# The same of a choice: any job will do, for the choice says which.
CHOICES = [
    ("home", [HOME], ""),
    ("on another job", [refer("INV-1", "CLI-2")], ""),
    ("one that nobody could place moves", [HOME, carry("J6", "y")], ""),
    (
        "by hand",
        [HOME, carry("J6", "y"), Action("xpm", "ask", "")],
        "this is done by hand: run again when it is",
    ),
    ("on the client", [refer("INV-1", "x"), carry("J6", "y")], f"INV-1: {WHY['L2']}."),
    (
        "two that were coming would move",
        [HOME, carry("J22", "y")],
        f"INV-22 and 1 more {INSTEAD} J22.",
    ),
]

# what it shows, the actions, after how many nights INV-8 is home (None: not proved)
NIGHTS = [
    ("tonight", [delete("INV-8"), WAIT], 1),
    ("no wait is a night all the same", [delete("INV-8")], 1),
    ("set back in the morning", [delete("INV-8"), WAIT, put("J7", "On Hold")], 1),
    ("begun tomorrow", [WAIT, delete("INV-8"), WAIT], 2),
    ("begun tomorrow, and no wait follows", [WAIT, delete("INV-8")], 2),
    (
        "home tonight, and not done before a second wait",
        [delete("INV-8"), WAIT, put("J7", "On Hold"), WAIT],
        2,
    ),
    ("only after three nights", [WAIT, WAIT, delete("INV-8"), WAIT], None),
]


@pytest.fixture(scope="module")
def rehearsal():
    return Rehearsal(decide(settings=LOCKED, **MANY), LOCKED, TODAY)


def draft_of(rehearsal, number, home="-", actions=(), **more):
    ledger, numbers = rehearsal.findings.ledger, rehearsal.findings.book.job_nos
    rows = invoice_rows(ledger[ledger["invoice_no"] == number], rehearsal.findings.book.clients)
    return Draft(
        "T1", rows, "", (), numbers.index(home) if home in numbers else -1, tuple(actions), **more
    )


def moves(proof):
    return [
        (one.invoice_no, one.before.place, one.after.place, one.worse) for one in proof.moves_others
    ]


@pytest.fixture(scope="module")
def ways(rehearsal):
    return prove(
        [draft_of(rehearsal, *what.split(), actions) for _, what, actions, _ in WAYS], rehearsal
    )


@pytest.mark.parametrize("at", range(len(WAYS)), ids=[one[0] for one in WAYS])
def test_what_is_proved_and_why_the_rest_is_not(ways, at):
    proof, (_, what, _, why) = ways[at].proof, WAYS[at]
    number = what.split()[0]
    assert proof.reason == (f"{number}: {WHY[why]}." if why in WHY else why)
    assert proof.status == ("cannot-prove" if why else "proved")
    assert proof.nights == (None if why else 2 if "tomorrow" in WAYS[at][0] else 1)
    assert [one.invoice_no for one in proof.lands] == [number]


def test_what_is_proved_of_a_choice(rehearsal):
    options = tuple(Option("J1", name, tuple(actions)) for name, actions, _ in CHOICES)
    (draft,) = prove([draft_of(rehearsal, "INV-1", options=options)], rehearsal)
    assert (draft.proof.status, draft.proof.reason) == ("needs-decision", "a person chooses")
    proofs = [option.proof for option in draft.options]
    assert [one.reason for one in proofs] == [why for *_, why in CHOICES]
    assert [one.status for one in proofs] == [
        "cannot-prove" if why else "proved" for *_, why in CHOICES
    ]
    assert [one.nights for one in proofs] == [None if why else 1 for *_, why in CHOICES]
    landed = ["job J1", "job J2", "job J1", "job J1", "client", "job J1"]
    assert [lands(one) for one in proofs] == [[f"INV-1 {where}"] for where in landed]
    assert [len(one.moves_others) for one in proofs] == [0, 0, 1, 1, 1, 2]


def test_after_how_many_nights_it_is_home(rehearsal):
    drafts = [draft_of(rehearsal, "INV-8", "J1", actions) for _, actions, _ in NIGHTS]
    options = tuple(Option("J1", name, tuple(actions)) for name, actions, _ in NIGHTS)
    *alone, choice = prove([*drafts, draft_of(rehearsal, "INV-8", options=options)], rehearsal)
    told = {name: nights for name, _, nights in NIGHTS}
    assert dict(zip(told, (draft.proof.nights for draft in alone), strict=True)) == told
    # Of a choice it is not asked where the invoice is at last, but that it is on a job.
    assert {option.why: option.proof.nights for option in choice.options} == told


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        pytest.param("J6 y", [("INV-3", "unknown", "client", False)], id="C5 nobody could tell where it would land"),
        pytest.param("J21 y", [("INV-21", "job", "client", True)], id="T24 it would have come home"),
        pytest.param("J22 y", [("INV-22", "job", "client", True), ("INV-23", "job", "client", True)], id="T24, T28"),
        pytest.param("J2 y", [], id="E4 what is in XPM stays"),
        pytest.param(
            "J24 y",
            [*((f"INV-{at}", "job", "client", True) for at in (24, 25, 26)), ("INV-27", "unknown", "client", False)],
            id="C4 another client's: nobody could tell",
        ),
        pytest.param("J7 CLI-24", [], id="M4 a closed job takes nothing"),
        pytest.param(
            "J8 CLI-24",
            [*((f"INV-{at}", "job", "unknown", True) for at in (24, 25, 26))],
            id="M3 of the same age: it cannot be told, and C4's could not before",
        ),
    ],
)  # fmt: skip
def test_who_is_worse_off_by_an_edit_of_a_job(rehearsal, text, moved):
    edit = carry(*text.split())
    ways = [
        draft_of(rehearsal, "INV-1", "J1", [set_first, edit])
        for set_first in (HOME, refer("INV-1", "x"))
    ]
    home, lost = prove(ways, rehearsal)
    assert moves(home.proof) == moves(lost.proof) == moved


@pytest.mark.parametrize(
    ("action", "reached"),
    [
        pytest.param(
            carry("J1", "CLI-22"),
            "5 6 22 23",
            id="by the text that a job gets, and by the one it loses",
        ),
        pytest.param(carry("J8", "CLI-21"), "21", id="a blank job"),
        pytest.param(carry("J21", ""), "21", id="cleared: blank is no text"),
        pytest.param(put("J22", "On Hold"), "22 23 28", id="by a job's text and number"),
        pytest.param(
            Action("xero", "rename-contact", "", from_value=ARCHIVED, value=ACME),
            "3",
            id="of a contact",
        ),
        pytest.param(
            Action("xero", "merge-contact", "", from_value=ZENITH, value=ACME),
            "27 28",
            id="of a contact, merged",
        ),
        pytest.param(refer("INV-7", "CLI-24"), "7", id="by number, though XPM has it"),
        pytest.param(delete("INV-8"), "8", id="deleted"),
        pytest.param(Action("xero", "approve-invoice", "", invoice_no="INV-4"), "4", id="approved"),
        pytest.param(WAIT, "", id="waiting"),
        pytest.param(Action("person", "ask", ""), "", id="asking"),
    ],
)
def test_the_invoices_that_an_action_can_move(rehearsal, action, reached):
    """Approved, and not in XPM; INV-4 is a draft, INV-7 to INV-9 XPM has, and CN-1 never comes."""
    numbers, fresh = (
        rehearsal.findings.ledger["invoice_no"],
        Rehearsal(rehearsal.findings, LOCKED, TODAY),
    )
    assert {numbers[at] for at in fresh.reached([action])} == {
        f"INV-{one}" for one in reached.split()
    }


def desk_of(rehearsal):
    positions = {number: at for at, number in enumerate(rehearsal.findings.book.job_nos)}
    return Desk(
        rehearsal.findings, LOCKED, TODAY, "In Progress", frozenset(), frozenset(), {}, positions
    )


def test_a_fix_that_harms_only_beside_another_begins_tomorrow(rehearsal):
    """J7 gets CLI-24 by one and is opened by the other: it is as old as J24, by which INV-24 comes tonight (M3)."""
    ways = [
        ("INV-8", [put("J7", "In Progress"), delete("INV-8"), WAIT]),
        ("INV-1", [HOME, carry("J7", "CLI-24"), WAIT]),
        ("INV-9", [delete("INV-9"), WAIT]),
    ]
    alone = prove(
        [draft_of(rehearsal, number, "J1", actions) for number, actions in ways], rehearsal
    )
    assert [(draft.proof.status, draft.proof.nights, moves(draft.proof)) for draft in alone] == [
        ("proved", 1, [])
    ] * 3
    opening, setting, other = do_together(alone, desk_of(rehearsal), rehearsal)
    assert (opening, other) == (alone[0], alone[2])
    assert (setting.proof.status, setting.proof.nights) == ("proved", 2)
    assert [action.do for action in setting.actions][:3] == [
        "wait-overnight",
        "set-reference",
        "set-client-order-no",
    ]


def test_ad_hoc_jobs_decide_where_no_job_is_named(rehearsal):
    """L3: the way of WAYS that ends on the client, with ad hoc jobs on for all."""
    settings = replace(LOCKED, adhoc="all")
    ad_hoc = Rehearsal(rehearsal.findings, settings, TODAY)
    (draft,) = prove([draft_of(rehearsal, "INV-1", "J1", [refer("INV-1", "x")])], ad_hoc)
    why = "its Reference names no open job of its client, so ad hoc jobs decide (L3). Mend the Reference first"
    assert (lands(draft.proof), draft.proof.reason) == (["INV-1 adhoc"], f"INV-1: {why}.")


def test_a_closed_window_is_not_told_as_a_day_that_is_not_known():
    """E3 of an invoice whose date is known: T5's choices edit jobs, and nobody edits the invoice."""
    (fix,) = fixes(
        invoices=[invoice(contact="Nobody", age=40)], jobs=[job(), job("J2")], xpm_invoices=NEVER
    )
    reasons = {option.proof.reason for option in fix.choices}
    assert reasons == {
        "INV-1: the window of its last change has closed (E3), and these actions do not edit it."
    }
