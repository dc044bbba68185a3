"""The fixes: per cause the actions in the order to do them, what is grouped, what needs a decision, what comes first.

Source: rules.md section 3; contract.md "fixes", "do", "Values".
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import pytest
from made.builders import (
    ACME,
    NEVER,
    TODAY,
    ZENITH,
    ago,
    client,
    fixes,
    invoice,
    job,
    practice,
    xpm_invoice,
)

from reconcile.fixes.actions import Action, altered
from reconcile.fixes.fix_list import plan
from reconcile.rules.causes import ORDER
from reconcile.settings.model import Minutes, Settings
from reconcile.verdicts.verdicts import find

STRAY = "ACME PTY LTD"
ON_CLIENT = [xpm_invoice("")]
THEIRS = job("J9", "CLI-9", client=ZENITH)
CLOSED = job(state="Completed")
PAID = invoice(status="Paid")
AGAIN = ["touch INV-1", "delete INV-1", "wait"]


def one_fix(**given):
    (fix,) = fixes(**given)
    return fix


def in_words(actions):
    """Each action as `verb of what, value`, short enough for a table."""
    words = []
    for action in actions:
        verb = action.do.removesuffix("-invoice").removesuffix("-xpm").removesuffix("-overnight")
        what = action.invoice_no or action.job_no or action.client or action.from_value
        value = None if verb in ("touch", "delete") else action.value
        words.append(
            " ".join(word if word else "blank" for word in (verb, what, value) if word is not None)
        )
    return words


# what it shows, what the practice is made of, the cause, the actions in order
ACTIONS = [
    ("T1 not in XPM", dict(invoices=[invoice("")], xpm_invoices=NEVER), "T1", ["set-reference INV-1 CLI-1", "wait"]),
    ("T1 on the client", dict(invoices=[invoice("")], xpm_invoices=ON_CLIENT), "T1", ["set-reference INV-1 CLI-1", "delete INV-1", "wait"]),
    ("T1 out of the window: the new Reference is the edit", dict(invoices=[invoice("", age=30)], xpm_invoices=NEVER), "T1", ["set-reference INV-1 CLI-1", "wait"]),
    ("T2", dict(invoices=[invoice("CLI-5")], xpm_invoices=ON_CLIENT), "T2", ["set-reference INV-1 CLI-1", "delete INV-1", "wait"]),
    ("T3 the invoice's text is the odd one", dict(invoices=[invoice("cli-1")], xpm_invoices=ON_CLIENT), "T3", ["set-reference INV-1 CLI-1", "delete INV-1", "wait"]),
    ("T3 the job's text has a space behind", dict(jobs=[job(order="CLI-1 ")], xpm_invoices=ON_CLIENT), "T3", ["set-client-order-no J1 CLI-1", *AGAIN]),
    ("T3 the job's text has a space behind, not in XPM", dict(jobs=[job(order="CLI-1 ")], xpm_invoices=NEVER), "T3", ["set-client-order-no J1 CLI-1", "wait"]),
    ("T4 not in XPM", dict(jobs=[CLOSED, job("J2", "x")], xpm_invoices=NEVER), "T4", ["set-job-state J1 In Progress", "wait", "set-job-state J1 Completed"]),
    ("T4 on the client", dict(jobs=[CLOSED], xpm_invoices=ON_CLIENT), "T4", ["set-job-state J1 In Progress", *AGAIN, "set-job-state J1 Completed"]),
    ("T4 out of the window", dict(jobs=[CLOSED], invoices=[invoice(age=30)], xpm_invoices=NEVER), "T4", ["set-job-state J1 In Progress", "touch INV-1", "wait", "set-job-state J1 Completed"]),
    ("T6 not in XPM", dict(jobs=[job(order="")], xpm_invoices=NEVER), "T6", ["set-client-order-no J1 CLI-1", "wait"]),
    ("T6 out of the window", dict(jobs=[job(order="")], invoices=[invoice(age=15)], xpm_invoices=NEVER), "T6", ["set-client-order-no J1 CLI-1", "touch INV-1", "wait"]),
    ("T6 on the client", dict(jobs=[job(order="")], xpm_invoices=ON_CLIENT), "T6", ["set-client-order-no J1 CLI-1", *AGAIN]),
    ("T7", dict(invoices=[invoice("PROP-5")], xpm_invoices=ON_CLIENT), "T7", ["set-client-order-no J1 PROP-5", *AGAIN]),
    ("T8", dict(invoices=[invoice("PROP-5")], jobs=[job(order="PROP-1")], xpm_invoices=ON_CLIENT), "T8", ["set-client-order-no J1 PROP-5", *AGAIN]),
    ("T9", dict(invoices=[invoice("CLI-9")], jobs=[job(), THEIRS], xpm_invoices=ON_CLIENT), "T9", ["set-reference INV-1 CLI-1", "delete INV-1", "wait"]),
    ("T10 not in XPM", dict(invoices=[invoice(contact=STRAY)], xpm_invoices=NEVER), "T10", [f"rename-contact {STRAY} {ACME}", "wait"]),
    ("T10 on the client the import made", dict(invoices=[invoice(contact=STRAY)], xpm_invoices=[xpm_invoice("", client=STRAY)]), "T10", [f"rename-contact {STRAY} {ACME}", "touch INV-1", "delete INV-1", f"delete-client {STRAY}", "wait"]),
    ("T14", dict(xpm_invoices=[xpm_invoice("ADHOC-7")]), "T14", AGAIN),
    ("T16", dict(invoices=[invoice(age=15)], xpm_invoices=NEVER), "T16", ["touch INV-1", "wait"]),
    ("T17", dict(xpm_invoices=[xpm_invoice(cents=100)]), "T17", AGAIN),
    ("T17 its job is closed", dict(jobs=[CLOSED], xpm_invoices=[xpm_invoice(cents=100)]), "T17", ["set-job-state J1 In Progress", *AGAIN, "set-job-state J1 Completed"]),
    ("T17 a newer job would take it", dict(jobs=[job(), job("J2", created=1)], xpm_invoices=[xpm_invoice(cents=100)]), "T17", ["set-reference INV-1 J1", "delete INV-1", "wait"]),
    ("T20", dict(invoices=[invoice(status="Awaiting Approval")], xpm_invoices=NEVER), "T20", ["approve INV-1", "wait"]),
    ("T20 a draft", dict(invoices=[invoice(status="Draft")], xpm_invoices=NEVER, settings=Settings(drafts="fix")), "T20", ["approve INV-1", "wait"]),
    ("T20 a draft whose Reference is nearly right", dict(invoices=[invoice("cli-1", status="Draft")], xpm_invoices=NEVER, settings=Settings(drafts="fix")), "T20", ["set-reference INV-1 CLI-1", "approve INV-1", "wait"]),
    ("T22", dict(invoices=[invoice(status="Voided")]), "T22", ["delete INV-1"]),
    ("T26", dict(jobs=[job(), job("J2", "CLI-2")], xpm_invoices=[xpm_invoice("J2")]), "T26", AGAIN),
    ("T27", dict(xpm_invoices=ON_CLIENT), "T27", AGAIN),
    ("T27 out of the window: the touch is the edit", dict(invoices=[invoice(age=300)], xpm_invoices=ON_CLIENT), "T27", AGAIN),
    ("T28", dict(xpm_invoices=NEVER), "T28", ["touch INV-1", "wait"]),
    ("T6, XPM not given: it may have it", dict(jobs=[job(order="")], xpm_invoices=None), "T6", ["set-client-order-no J1 CLI-1", *AGAIN]),
]  # fmt: skip


@pytest.fixture(scope="module")
def planned():
    return {name: one_fix(**given) for name, given, _, _ in ACTIONS}


@pytest.mark.parametrize("at", range(len(ACTIONS)), ids=[one[0] for one in ACTIONS])
def test_actions(planned, at):
    name, _, cause, expected = ACTIONS[at]
    fix = planned[name]
    assert (fix.cause, in_words(fix.actions)) == (cause, expected)
    assert fix.choices is None and fix.proof.status != "needs-decision"


@pytest.mark.parametrize("name", [one[0] for one in ACTIONS])
def test_actions_name_where_to_click(planned, name):
    """And every delete says "Delete, not Cancel" (A4)."""
    for action in planned[name].actions:
        assert action.text.startswith(
            "Xero: " if action.system == "xero" else ("XPM: ", "Wait for the overnight import.")
        )
        assert action.text.endswith(".") and ".." not in action.text
        assert action.do != "delete-xpm-invoice" or "Delete, not Cancel" in action.text


# Decisions --------------------------------------------------------------------------------------------------------

# what it shows, what the practice is made of, the cause, each choice's job and actions
CHOICES = [
    ("T1 several texts", dict(invoices=[invoice("")], jobs=[job(), job("J2", "CLI-2")], xpm_invoices=NEVER), "T1", {"J1": ["set-reference INV-1 CLI-1", "wait"], "J2": ["set-reference INV-1 CLI-2", "wait"]}),
    ("T2 its text, or its blank job", dict(invoices=[invoice("CLI-5")], jobs=[job(), job("J2", "")], xpm_invoices=ON_CLIENT), "T2", {"J1": ["set-reference INV-1 CLI-1", "delete INV-1", "wait"], "J2": ["set-client-order-no J2 CLI-5", *AGAIN]}),
    ("T4 two closed jobs", dict(jobs=[CLOSED, job("J2", state="On Hold")], xpm_invoices=NEVER), "T4", {"J1": ["set-job-state J1 In Progress", "wait", "set-job-state J1 Completed"], "J2": ["set-job-state J2 In Progress", "wait", "set-job-state J2 On Hold"]}),
    ("T5 each may keep it", dict(jobs=[job(), job("J2")], xpm_invoices=ON_CLIENT), "T5", {"J1": ["set-client-order-no J2 blank", *AGAIN], "J2": ["set-client-order-no J1 blank", *AGAIN]}),
    ("T6 two blank jobs", dict(jobs=[job(order=""), job("J2", "")], xpm_invoices=NEVER), "T6", {"J1": ["set-client-order-no J1 CLI-1", "wait"], "J2": ["set-client-order-no J2 CLI-1", "wait"]}),
    ("T7 a blank job made later", dict(invoices=[invoice("PROP-5")], jobs=[job(), job("J2", "", created=9)], xpm_invoices=NEVER), "T7", {"J1": ["set-client-order-no J1 PROP-5", "wait"], "J2": ["set-client-order-no J2 PROP-5", "wait"]}),
    ("T8 the old text still arrives", dict(invoices=[invoice("PROP-5"), invoice("PROP-1", no="INV-2", age=1)], jobs=[job(order="PROP-1")], xpm_invoices=NEVER), "T8", {"J1": ["wait", "set-client-order-no J1 PROP-5", *AGAIN], None: ["ask", "wait"]}),
    ("T26 the job it names is another client's", dict(invoices=[invoice("CLI-9")], jobs=[job(), THEIRS]), "T26", {"J9": AGAIN, "J1": ["set-reference INV-1 J1"]}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "cause", "expected"), [one[1:] for one in CHOICES], ids=[one[0] for one in CHOICES]
)
def test_choices(given, cause, expected):
    fix = one_fix(**given)
    assert (fix.cause, fix.proof.status) == (cause, "needs-decision")
    assert [action.do for action in fix.actions] == ["ask"]
    assert fix.actions[0].question and all(
        option.why in fix.actions[0].text for option in fix.choices
    )
    assert {option.job_no: in_words(option.actions) for option in fix.choices} == expected


@pytest.mark.parametrize("swapped", [False, True])
def test_invoices_of_two_clients_are_never_one_fix_though_nothing_is_approved_yet(swapped):
    """The first is right but for its approval; the other has a Reference to find, and is the first of those."""
    invoices = [
        invoice(status="Awaiting Approval"),
        invoice("", no="INV-2", contact=ZENITH, status="Awaiting Approval"),
    ]
    found = fixes(
        invoices=invoices[::-1] if swapped else invoices,
        jobs=[job(), THEIRS],
        xpm_invoices=NEVER,
    )
    assert sorted((fix.cause, fix.client, fix.invoices) for fix in found) == [
        ("T20", ACME, ("INV-1",)),
        ("T20", ZENITH, ("INV-2",)),
    ]


# One field, two texts ---------------------------------------------------------------------------------------------


def test_two_texts_for_one_blank_job_are_one_choice():
    fix = one_fix(
        invoices=[invoice("CLI-5"), invoice("CLI-6", no="INV-2")],
        jobs=[job(order="")],
        xpm_invoices=NEVER,
    )
    assert (fix.cause, fix.proof.status) == ("T6", "needs-decision")
    assert (fix.invoices, fix.jobs) == (("INV-1", "INV-2"), ("J1",))
    assert [in_words(option.actions) for option in fix.choices] == [
        ["set-client-order-no J1 CLI-5", "set-reference INV-2 CLI-5", "wait"],
        ["set-client-order-no J1 CLI-6", "set-reference INV-1 CLI-6", "wait"],
    ]


def test_two_names_for_one_contact_are_one_choice():
    jobs = [job(), job("J2", "CLI-2", client="Acme-Pty-Ltd")]
    fix = one_fix(
        invoices=[invoice(contact=STRAY), invoice("CLI-2", no="INV-2", contact=STRAY)],
        jobs=jobs,
        xpm_invoices=NEVER,
    )
    assert [in_words(option.actions)[0] for option in fix.choices] == [
        f"rename-contact {STRAY} {ACME}",
        f"rename-contact {STRAY} Acme-Pty-Ltd",
    ]


def test_no_two_fixes_set_one_order_number_to_different_texts():
    invoices = [
        invoice("CLI-5"),
        invoice("CLI-6", no="INV-2"),
        invoice("PROP-7", no="INV-3", contact=ZENITH),
    ]
    jobs = [job(order=""), job("J9", "CLI-9", client=ZENITH)]
    found = fixes(invoices=invoices, jobs=jobs, xpm_invoices=NEVER)
    assert [(fix.cause, fix.choices is not None) for fix in found] == [("T7", False), ("T6", True)]


# Grouping ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "reference", "given"),
    [
        pytest.param("T3", "cli-1", {}, id="T3 one Reference"),
        pytest.param("T4", "CLI-1", dict(jobs=[CLOSED]), id="T4 one job"),
        pytest.param("T5", "CLI-1", dict(jobs=[job(), job("J2")]), id="T5 one Reference"),
        pytest.param("T6", "CLI-5", dict(jobs=[job(order="")]), id="T6 one Reference"),
        pytest.param("T7", "PROP-5", {}, id="T7 one Reference"),
    ],
)
def test_one_edit_that_mends_many_invoices_is_one_fix(cause, reference, given):
    invoices = [invoice(reference, no=f"INV-{at}", age=at, cents=100 * at) for at in (3, 4, 5)]
    fix = one_fix(invoices=invoices, xpm_invoices=NEVER, **given)
    assert (fix.cause, fix.invoices, fix.cents) == (cause, ("INV-5", "INV-4", "INV-3"), 1200)


def test_all_edits_come_before_the_first_delete():
    copies = [xpm_invoice("", no="INV-1"), xpm_invoice("", no="INV-2")]
    fix = one_fix(
        invoices=[invoice(), invoice(no="INV-2")], jobs=[job(order="")], xpm_invoices=copies
    )
    edits = ["touch INV-1", "touch INV-2"]
    assert in_words(fix.actions) == [
        "set-client-order-no J1 CLI-1",
        *edits,
        "delete INV-1",
        "delete INV-2",
        "wait",
    ]


def test_what_needs_a_click_each_is_a_fix_each():
    copies = [xpm_invoice("", no="INV-1"), xpm_invoice("", no="INV-2")]
    found = fixes(invoices=[invoice(), invoice(no="INV-2")], xpm_invoices=copies)
    assert [fix.invoices for fix in found] == [("INV-1",), ("INV-2",)]


def test_only_what_xpm_has_is_deleted():
    """T10: of one contact's three invoices XPM has one."""
    invoices = [
        invoice(contact=STRAY),
        invoice("J1", no="INV-2", contact=STRAY),
        invoice(no="INV-3", contact=STRAY),
    ]
    fix = one_fix(invoices=invoices, xpm_invoices=[xpm_invoice("", no="INV-2", client=STRAY)])
    assert [word for word in in_words(fix.actions) if word.startswith(("touch", "delete"))] == [
        "touch INV-2",
        "delete INV-2",
        f"delete-client {STRAY}",
    ]


def test_a_contact_of_a_taken_name_is_merged():
    fix = fixes(invoices=[invoice(contact=STRAY), invoice(no="INV-2", age=1)], xpm_invoices=NEVER)[
        0
    ]
    assert in_words(fix.actions) == [f"merge-contact {STRAY} {ACME}", "wait"]


def test_the_stray_client_stays_while_it_holds_something_else():
    copies = [xpm_invoice("", client=STRAY), xpm_invoice("", no="INV-2", client=STRAY)]
    found = fixes(
        invoices=[invoice(contact=STRAY), invoice("x", no="INV-2", contact=STRAY)],
        xpm_invoices=copies,
    )
    assert [fix.cause for fix in found] == ["T10"]
    assert "delete-client" not in [action.do for action in found[0].actions]


# Safety -----------------------------------------------------------------------------------------------------------

DELETES = [one for one in ACTIONS if any(word.startswith("delete INV") for word in one[3])]


@pytest.mark.parametrize("given", [one[1] for one in DELETES], ids=[one[0] for one in DELETES])
def test_every_delete_of_a_paid_invoice_says_what_is_not_known(given):
    """A5."""
    voided = given.get("invoices", [{}])[0].get("status") == "Voided"
    invoices = [
        dict(one, status=one["status"] if voided else "Paid")
        for one in given.get("invoices", [invoice()])
    ]
    fix = one_fix(**{**given, "invoices": invoices})
    texts = [action.text for action in fix.actions if action.do == "delete-xpm-invoice"]
    assert all(("payment line" in text) is not voided for text in texts)
    assert ("A5" in fix.proof.assumes) is not voided


def test_a_paid_invoice_that_is_not_deleted_assumes_nothing():
    assert (
        one_fix(
            invoices=[invoice("CLI-5", status="Paid")], jobs=[job(order="")], xpm_invoices=NEVER
        ).proof.assumes
        == ()
    )


@pytest.mark.parametrize("reference", ["", "cli-1", "CLI-1", "PROP-5"])
def test_a_locked_period_has_no_fixes(reference):
    """E5: a re-sync would lose the invoice."""
    locked = Settings(xpm_lock_date=ago(5))
    assert fixes(invoices=[invoice(reference)], xpm_invoices=ON_CLIENT, settings=locked) == []


def test_a_locked_invoice_is_left_out_of_the_others_fix():
    invoices = [invoice("CLI-5"), invoice("CLI-5", no="INV-2", age=9)]
    copies = [xpm_invoice(""), xpm_invoice("", no="INV-2", age=9)]
    locked = Settings(xero_lock_date=ago(9))
    fix = one_fix(invoices=invoices, jobs=[job(order="")], xpm_invoices=copies, settings=locked)
    assert fix.invoices == ("INV-1",)
    assert "INV-2" not in " ".join(in_words(fix.actions))


def test_without_xpms_invoices_a_delete_is_conditional():
    """E4 is taken for granted: nobody can see what XPM has."""
    fix = one_fix(invoices=[invoice("cli-1")], xpm_invoices=None)
    (text,) = [action.text for action in fix.actions if action.do == "delete-xpm-invoice"]
    assert "if XPM has it" in text
    assert (fix.proof.assumes, fix.valid_until) == (("E4",), None)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(
            dict(invoices=[invoice("")], jobs=[job(order="")], xpm_invoices=NEVER), id="T1 review"
        ),
        pytest.param(dict(clients=[client(status="Archived")], xpm_invoices=NEVER), id="T13"),
        pytest.param(
            dict(jobs=[job(created=None), job("J2", "x")], xpm_invoices=[xpm_invoice("J2")]),
            id="T26 review",
        ),
        pytest.param(dict(invoices=[invoice(age=1)], xpm_invoices=NEVER), id="T24 wait"),
        pytest.param(dict(invoices=[invoice(status="Draft")], xpm_invoices=NEVER), id="T20 none"),
        pytest.param({}, id="ok"),
    ],
)
def test_what_is_not_to_fix_has_no_fix(given):
    assert fixes(**given) == []


# What a fix says --------------------------------------------------------------------------------------------------


def test_the_whole_of_one_fix():
    fix = one_fix(jobs=[job(), job("J2", "CLI-2")], xpm_invoices=[xpm_invoice("J2")])
    assert (fix.id, fix.priority, fix.cause) == ("FX-0001", 1, "T26")
    assert fix.title == "INV-1 is on J2 but belongs on J1"
    assert fix.why == "On a job that its Reference does not name."
    assert fix.evidence == ("Reference CLI-1 = Client Order No. of J1", "XPM has it on J2")
    assert (fix.client, fix.owner, fix.invoices, fix.jobs) == (
        ACME,
        "J. Manager",
        ("INV-1",),
        ("J1", "J2"),
    )
    assert (fix.cents, fix.minutes, fix.first_seen, fix.due) == (
        110000,
        3,
        TODAY,
        date(2026, 11, 30),
    )
    assert (fix.valid_until, fix.choices, fix.proof.assumes) == (None, None, ())
    assert fix.actions[-1].text == "Wait for the overnight import. Tomorrow INV-1 should be on J1."


@pytest.mark.parametrize(
    ("owners", "owner"),
    [(("A", "B"), "A"), (("", "B"), "B"), (("", ""), "")],
    ids=["of the first job to choose", "of the first that has one", "of none"],
)
def test_whose_decision_it_is(owners, owner):
    jobs = [job(f"J{at}", f"CLI-{at}", owner=name) for at, name in enumerate(owners, start=1)]
    assert one_fix(invoices=[invoice("")], jobs=jobs, xpm_invoices=NEVER).owner == owner


def test_values_are_what_a_program_needs():
    fix = one_fix(invoices=[invoice("PROP-5")], xpm_invoices=ON_CLIENT)
    edit, touch, delete, wait = fix.actions
    assert (edit.system, edit.job_no, edit.from_value, edit.value) == (
        "xpm",
        "J1",
        "CLI-1",
        "PROP-5",
    )
    assert (touch.system, touch.invoice_no, touch.value) == ("xero", "INV-1", "PROP-5")
    assert (delete.system, delete.invoice_no, delete.value) == ("xpm", "INV-1", None)
    assert (wait.system, wait.invoice_no, wait.value) == ("xpm", None, None)
    assert "PROP-5" in edit.text and "CLI-1" in edit.text and "PROP-5" in touch.text


def test_why_ends_in_one_full_stop():
    assert (
        one_fix(jobs=[job(order="")], xpm_invoices=NEVER).why
        == "The client's job has no Client Order No."
    )


def test_blank_is_a_value():
    fix = one_fix(invoices=[invoice("")], xpm_invoices=NEVER)
    assert (fix.actions[0].from_value, fix.actions[0].value) == ("", "CLI-1")


@pytest.mark.parametrize(
    ("states", "usual"),
    [
        pytest.param(["Lodged", "Lodged", "Planned"], "Lodged", id="the commonest"),
        pytest.param(["Planned", "Lodged"], "Lodged", id="equally common: the first by name"),
        pytest.param(["On Hold", "On Hold", "Planned"], "Planned", id="Standard ones only"),
        pytest.param([], "In Progress", id="none in the export"),
    ],
)
def test_the_state_a_job_is_opened_with(states, usual):
    others = [
        job(f"J{at}", f"x{at}", client=ZENITH, state=state)
        for at, state in enumerate(states, start=2)
    ]
    fix = one_fix(jobs=[CLOSED, *others], xpm_invoices=NEVER)
    first, _, last = fix.actions
    assert (first.from_value, first.value, last.from_value, last.value) == (
        "Completed",
        usual,
        usual,
        "Completed",
    )


@pytest.mark.parametrize(
    ("given", "minutes"),
    [
        pytest.param(dict(xpm_invoices=NEVER), 20, id="touch"),
        pytest.param(dict(xpm_invoices=ON_CLIENT), 20 + 300, id="touch, delete"),
        pytest.param(dict(invoices=[invoice("")], xpm_invoices=ON_CLIENT), 4000 + 300, id="set the Reference, delete"),
        pytest.param(dict(jobs=[job(order="")], xpm_invoices=NEVER), 1, id="edit the job"),
        pytest.param(dict(jobs=[CLOSED], xpm_invoices=NEVER), 2, id="open the job and set it back"),
        pytest.param(dict(invoices=[invoice("CLI-5")], jobs=[job(), job("J2", "")], xpm_invoices=NEVER), 1, id="a choice: the cheapest"),
    ],
)  # fmt: skip
def test_minutes(given, minutes):
    settings = Settings(minutes=Minutes(edit_job=1, touch=20, delete=300, set_reference=4000))
    assert one_fix(**given, settings=settings).minutes == minutes


@pytest.mark.parametrize(
    ("given", "days"),
    [
        pytest.param(dict(xpm_invoices=ON_CLIENT), 7, id="nothing presses"),
        pytest.param(
            dict(invoices=[invoice("")], xpm_invoices=NEVER),
            0,
            id="tonight would take it to the client",
        ),
        pytest.param(
            dict(invoices=[invoice(age=12)], xpm_invoices=NEVER),
            2,
            id="T28 before the window closes",
        ),
        pytest.param(
            dict(invoices=[invoice(age=14)], xpm_invoices=NEVER), 0, id="T28 the window's last day"
        ),
        pytest.param(
            dict(invoices=[invoice(age=15)], xpm_invoices=NEVER), 7, id="T16 the window has closed"
        ),
        pytest.param(
            dict(invoices=[invoice("", age=15)], xpm_invoices=NEVER),
            7,
            id="T1 the window has closed",
        ),
    ],
)
def test_due(given, days):
    assert one_fix(**given).due == ago(-days)


def test_the_window_of_what_changed_later_closes_later():
    """Dated 41 days ago, and a history saw it change 5 days ago (E3, R4)."""
    exports = practice(invoices=[invoice(age=41)], xpm_invoices=NEVER)
    changed = pd.Series([ago(5)], dtype="datetime64[s]")
    invoices = exports.invoices.assign(
        changed_on=changed, edited=True, moved=False, carried=False, gone=False, missed_night=False
    )
    found = find(replace(exports, invoices=invoices), Settings(), TODAY)
    (fix,) = plan(found, Settings(), TODAY)
    assert (fix.cause, fix.due) == ("T28", ago(-7))
    late = find(
        replace(
            exports,
            invoices=invoices.assign(changed_on=pd.Series([ago(10)], dtype="datetime64[s]")),
        ),
        Settings(),
        TODAY,
    )
    assert [fix.due for fix in plan(late, Settings(), TODAY)] == [ago(-4)]


@pytest.mark.parametrize(
    ("given", "until"),
    [
        pytest.param(
            dict(invoices=[invoice("")], xpm_invoices=NEVER), TODAY, id="T1 tonight would take it"
        ),
        pytest.param(
            dict(invoices=[invoice("", age=14)], xpm_invoices=NEVER), TODAY, id="T1 day 14"
        ),
        pytest.param(
            dict(invoices=[invoice("", age=15)], xpm_invoices=NEVER), None, id="T1 day 15"
        ),
        pytest.param(
            dict(invoices=[invoice("")], xpm_invoices=ON_CLIENT), None, id="T1 in XPM already"
        ),
        pytest.param(dict(invoices=[invoice("")], xpm_invoices=None), None, id="T1 XPM not given"),
        pytest.param(dict(jobs=[job(), job("J2")], xpm_invoices=NEVER), TODAY, id="T5 a decision"),
        pytest.param(dict(invoices=[invoice(contact=STRAY)], xpm_invoices=NEVER), TODAY, id="T10"),
        pytest.param(dict(xpm_invoices=NEVER), None, id="T28 tonight may take it home"),
        pytest.param(
            dict(invoices=[invoice(status="Awaiting Approval")], xpm_invoices=NEVER), None, id="T20"
        ),
    ],
)
def test_valid_until(given, until):
    assert one_fix(**given).valid_until == until


def test_valid_until_asks_for_one_of_the_fixs_invoices():
    invoices = [invoice("CLI-5", age=30), invoice("CLI-5", no="INV-2")]
    assert one_fix(invoices=invoices, jobs=[job(order="")], xpm_invoices=NEVER).valid_until == TODAY


# Order ------------------------------------------------------------------------------------------------------------


def test_priority_is_cause_then_due_then_amount_then_number():
    invoices = [
        invoice(no="INV-1", age=4),  # T28, due in seven days
        invoice(no="INV-2", age=13),  # T28, due tomorrow
        invoice(no="INV-3", age=4, cents=500000),  # T28, due in seven days, the larger
        invoice(no="INV-4", age=4),  # T28, as INV-1
        invoice("cli-1", no="INV-5"),  # T3
        invoice("CLI-1", no="INV-6"),  # T27
    ]
    found = fixes(invoices=invoices, xpm_invoices=[xpm_invoice("", no="INV-6")])
    assert [fix.invoices[0] for fix in found] == [
        "INV-5",
        "INV-6",
        "INV-2",
        "INV-3",
        "INV-1",
        "INV-4",
    ]
    assert [fix.id for fix in found] == [f"FX-{at:04d}" for at in range(1, 7)]
    assert [fix.priority for fix in found] == list(range(1, 7))
    assert [ORDER[fix.cause] for fix in found] == sorted(ORDER[fix.cause] for fix in found)


# Known faults -----------------------------------------------------------------------------------------------------


def test_a_stray_client_with_an_older_invoice_is_not_deleted():
    """contract.md: delete-client, when it holds nothing else."""
    copies = [xpm_invoice("", client=STRAY), xpm_invoice("", no="OLD-1", client=STRAY, age=90)]
    fix = one_fix(invoices=[invoice(contact=STRAY)], xpm_invoices=copies)
    assert "delete-client" not in [action.do for action in fix.actions]


def test_one_rename_brings_each_invoice_to_its_own_job():
    invoices = [invoice(contact=STRAY), invoice("CLI-2", no="INV-2", contact=STRAY)]
    fix = one_fix(invoices=invoices, jobs=[job(), job("J2", "CLI-2")], xpm_invoices=NEVER)
    assert fix.jobs == ("J1", "J2")
    assert "INV-1 and INV-2 should be on J1" not in fix.actions[-1].text


def test_keeping_a_shared_reference_deletes_no_other_clients_invoices():
    """R3: stopped at any point, no invoice is worse off."""
    invoices = [invoice(), invoice(no="INV-2", contact=ZENITH)]
    copies = [xpm_invoice(""), xpm_invoice("", no="INV-2", client=ZENITH)]
    fix = one_fix(invoices=invoices, jobs=[job(), job("J9", client=ZENITH)], xpm_invoices=copies)
    acme_keeps = in_words(next(option for option in fix.choices if option.job_no == "J1").actions)
    assert acme_keeps.index("set-reference INV-2 J9") < acme_keeps.index("delete INV-2")
    assert "set-reference INV-1" not in " ".join(acme_keeps)


def test_a_split_invoice_is_not_promised_back_to_both_jobs():
    fix = one_fix(
        jobs=[job(), job("J2", "CLI-2")], xpm_invoices=[xpm_invoice("J1, J2", cents=100000)]
    )
    assert "should be on J1, J2" not in fix.actions[-1].text


UNKNOWN_LANDING = [
    pytest.param(dict(jobs=[job(), job("J2", "CLI-2")], xpm_invoices=[xpm_invoice("J2")], clients=[client(status="Archived")]), id="T26 archived client (C5)"),
    pytest.param(dict(xpm_invoices=[xpm_invoice(cents=100000)], clients=[client(status="Archived")]), id="T17 archived client (C5)"),
    pytest.param(dict(xpm_invoices=[xpm_invoice(cents=100000)], clients=[client(billing_details=ZENITH), client(ZENITH)]), id="T17 redirected client (C3)"),
    pytest.param(dict(invoices=[invoice(contact="Nobody")], xpm_invoices=[xpm_invoice(cents=100000)]), id="T17 the contact is no client (C4)"),
    pytest.param(dict(invoices=[invoice("")], xpm_invoices=ON_CLIENT, clients=[client(status="Archived")]), id="T1 archived client (C5)"),
]  # fmt: skip


@pytest.mark.parametrize("given", UNKNOWN_LANDING)
def test_nothing_is_deleted_where_nobody_knows_where_it_lands(given):
    """R3: stopped at any point, no invoice is worse off. Else the fix asks, or says what it takes for granted."""
    fix = one_fix(**given)
    assert fix.choices or {"C3", "C4", "C5"} & set(fix.proof.assumes)


def test_an_invoice_of_unknown_date_is_edited_to_be_sure():
    fix = one_fix(invoices=[invoice("CLI-5", age=None)], jobs=[job(order="")], xpm_invoices=NEVER)
    assert "touch INV-1" in in_words(fix.actions)


CLI1_TO_BE = [
    pytest.param([xpm_invoice(no="INV-2", cents=100)], "CLI-1", id="T17"),
    pytest.param([xpm_invoice("", no="INV-2")], "CLI-1", id="T27"),
    pytest.param([xpm_invoice("J2", no="INV-2")], "CLI-1", id="T26"),
    pytest.param([], "CLI-1", id="T28"),
    pytest.param([xpm_invoice("", no="INV-2")], "", id="T1"),
]


@pytest.mark.parametrize(("copies", "reference"), CLI1_TO_BE)
def test_one_fix_does_not_take_away_the_text_another_needs(copies, reference):
    """contract.md: proofs hold when all fixes are done on one day. T7 changes J1 from CLI-1; INV-2 comes by CLI-1."""
    invoices = [invoice("PROP-5"), invoice(reference, no="INV-2")]
    jobs = [job(), job("J2", "x", state="Completed")]
    found = fixes(invoices=invoices, jobs=jobs, xpm_invoices=copies)
    done = [word for fix in found for word in in_words(fix.actions)]
    assert "set-client-order-no J1 PROP-5" not in done


@pytest.mark.parametrize(("state", "asks"), [("Completed", True), ("In Progress", False)])
def test_a_delete_from_a_closed_job_says_to_ask_first(state, asks):
    """A5: for a washed-up job, ask before deleting."""
    fix = one_fix(invoices=[invoice(status="Voided")], jobs=[job(state=state)])
    assert ("ask before you delete" in fix.actions[0].text) is asks


def test_an_order_number_that_is_overwritten_says_when_it_was_last_used():
    """T7, T8: its old invoices' future goes with it."""
    old = [invoice(no="INV-7", age=40), invoice(no="INV-8", age=70)]
    copies = [xpm_invoice("", no="INV-1"), xpm_invoice(no="INV-7"), xpm_invoice(no="INV-8")]
    fix = one_fix(invoices=[invoice("PROP-5"), *old], xpm_invoices=copies)
    assert "CLI-1, which it replaces, was last on INV-7 of 2026-10-14" in fix.evidence


def test_a_record_altered_is_as_replaced_and_the_other_stays():
    action = Action("xpm", "ask", "Who?", question="Who?")
    assert altered(action, text="Why?") == replace(action, text="Why?")
    assert action.text == "Who?"
    with pytest.raises(TypeError, match="words"):
        altered(action, words="Why?")


# Sentences ----------------------------------------------------------------------------------------------------------

ODD, SHOWN = "INV\n1", "INV↵1"
DIVERTED = [client(billing_details=ZENITH), client(ZENITH)]
# what quotes the invoice's number: what the practice is made of
QUOTING = {
    "title, evidence, alternatives, proved": dict(
        invoices=[invoice("cli-1", no=ODD)], xpm_invoices=[xpm_invoice("", no=ODD)]
    ),
    "reason of what is not proved": dict(
        invoices=[invoice("cli-1", no=ODD)], xpm_invoices=NEVER, clients=DIVERTED
    ),
    "question, choices": dict(
        invoices=[invoice(no=ODD)], jobs=[job(order=""), job("J2", "")], xpm_invoices=NEVER
    ),
    "choices not proved": dict(
        invoices=[invoice(no=ODD)],
        jobs=[job(order=""), job("J2", "")],
        xpm_invoices=NEVER,
        clients=DIVERTED,
    ),
}
IN_SENTENCES = {
    "title",
    "why",
    "evidence",
    "text",
    "question",
    "reason",
}  # fields that people read; the others are values


def with_sentences(one: Any, change: Callable[[str], str], inside: bool = False) -> Any:
    """A record with every sentence in it changed."""
    if isinstance(one, str):
        return change(one) if inside else one
    if isinstance(one, tuple):
        return tuple(with_sentences(part, change, inside) for part in one)
    if is_dataclass(one):
        parts = ((part.name, getattr(one, part.name)) for part in fields(one))
        return replace(
            one,
            **{name: with_sentences(value, change, name in IN_SENTENCES) for name, value in parts},
        )
    return one


@pytest.mark.parametrize("given", QUOTING.values(), ids=QUOTING)
def test_sentences_are_on_one_line_and_values_stay_to_the_letter(given):
    fix = one_fix(**given)
    plain = one_fix(**{name: given[name] for name in given} | {
        "invoices": [{**given["invoices"][0], "invoice_no": SHOWN}],
        "xpm_invoices": [{**one, "invoice_no": SHOWN} for one in given["xpm_invoices"]],
    })  # fmt: skip
    told: list[str] = []
    with_sentences(fix, lambda text: told.append(text) or text)
    assert all(text.isprintable() for text in told) and sum(SHOWN in text for text in told) >= 3
    assert fix.invoices == (ODD,) and {one.invoice_no for one in fix.actions if one.invoice_no} <= {
        ODD
    }
    same = dict(identity="", invoices=plain.invoices)
    assert _spoken(altered(fix, **same)) == _spoken(altered(plain, **same))


def _spoken(fix: Any) -> list[Any]:
    """All that is said of a fix, in order; how many choices it has, and of what each action and proof is."""
    told: list[str] = []
    with_sentences(fix, lambda text: told.append(text) or text)
    ways = [fix.actions, *(option.actions for option in fix.choices or ())]
    proofs = [fix.proof, *(option.proof for option in fix.choices or ())]
    done = [[(one.system, one.do, one.job_no, one.value) for one in way] for way in ways]
    return [
        told,
        fix.choices is None,
        done,
        [(proof.status, proof.nights, proof.assumes) for proof in proofs],
    ]


def test_the_last_wait_says_where_to_look():
    """Where the replay puts each invoice; and where nobody documents it, which rule is silent."""
    (fix,) = fixes(invoices=[invoice("CLI-5")], xpm_invoices=NEVER)
    assert fix.actions[-1].text == "Wait for the overnight import. Tomorrow INV-1 should be on J1."
    (fix,) = fixes(invoices=[invoice("CLI-5")], xpm_invoices=NEVER, clients=DIVERTED)
    assert (
        fix.actions[-1].text
        == "Wait for the overnight import. Tomorrow look where INV-1 landed: nobody documents it (C3)."
    )
    (fix,) = fixes(xpm_invoices=NEVER)
    assert fix.cause == "T28" and fix.actions[-1].text.endswith("what was checked (R11).")
