"""Fixes that get in each other's way: one field and two texts are one choice, told and done so that either mends all it can.

Source: contract.md "Proofs hold when all proved fixes are done on one day".
"""

import hashlib

import pytest
from made.builders import ACME, NEVER, ZENITH, fixes, invoice, job, xpm_invoice

STRAY, ALIKE = "ACME PTY LTD", "Acme-Pty-Ltd"
BLANK = job(order="")
BOTH_ON_CLIENT = [xpm_invoice(""), xpm_invoice("", no="INV-2")]


def choice_of(**given):
    """The one fix of a practice: its cause, title and question; and each choice's job, sentence and actions."""
    (fix,) = fixes(**given)
    (asking,) = fix.actions
    choices = [(option.job_no, option.why, _in_words(option.actions)) for option in fix.choices]
    assert all(
        f"{at}) {option.why}" in asking.text for at, option in enumerate(fix.choices, start=1)
    )
    return fix.cause, fix.title, asking.question, choices


def _in_words(actions):
    """Each action as what it does, to what, and the text it sets."""
    words = (
        (one.do, one.invoice_no or one.job_no or one.client or one.from_value, one.value)
        for one in actions
    )
    return [" ".join(part for part in parts if part) for parts in words]


CHOICES = [
    pytest.param(
        dict(invoices=[invoice("CLI-5"), invoice("CLI-6", no="INV-2"), invoice("CLI-6", no="INV-3")], jobs=[BLANK], xpm_invoices=NEVER),
        ("T6", "3 invoices need CLI-6 and CLI-5 on the one job J1: choose", "Which text does J1 carry?"),
        [
            ("J1", "J1 carries CLI-6, and so does the Reference of INV-1", ["set-client-order-no J1 CLI-6", "set-reference INV-1 CLI-6", "wait-overnight"]),
            ("J1", "J1 carries CLI-5, and so does the Reference of INV-2 and INV-3", ["set-client-order-no J1 CLI-5", "set-reference INV-2 CLI-5", "set-reference INV-3 CLI-5", "wait-overnight"]),
        ],
        id="T6 the text of most invoices first",
    ),
    pytest.param(
        dict(invoices=[invoice("PROP-5"), invoice("cli-1", no="INV-2")], xpm_invoices=BOTH_ON_CLIENT),
        ("T7", "2 invoices need CLI-1 and PROP-5 on the one job J1: choose", "Which text does J1 carry?"),
        [
            ("J1", "J1 keeps CLI-1, and so does the Reference of INV-1", ["set-reference INV-1 CLI-1", "set-reference INV-2 CLI-1", "delete-xpm-invoice INV-1", "delete-xpm-invoice INV-2", "wait-overnight"]),
            ("J1", "J1 carries PROP-5, and so does the Reference of INV-2", ["set-client-order-no J1 PROP-5", "touch-invoice INV-1 PROP-5", "set-reference INV-2 PROP-5", "delete-xpm-invoice INV-1", "delete-xpm-invoice INV-2", "wait-overnight"]),
        ],
        id="T7 and T3 the job keeps its text, or changes it",
    ),
    pytest.param(
        dict(invoices=[invoice("PROP-5"), invoice(no="INV-2", contact=STRAY)], xpm_invoices=NEVER),
        ("T10", "2 invoices need CLI-1 and PROP-5 on the one job J1: choose", "Which text does J1 carry?"),
        [
            ("J1", "J1 keeps CLI-1, and so does the Reference of INV-1", [f"merge-contact {STRAY} {ACME}", "set-reference INV-1 CLI-1", "wait-overnight"]),
            ("J1", "J1 carries PROP-5, and so does the Reference of INV-2", ["set-client-order-no J1 PROP-5", f"merge-contact {STRAY} {ACME}", "set-reference INV-2 PROP-5", "wait-overnight"]),
        ],
        id="T7 and T10 a name is mended in either",
    ),
    pytest.param(
        dict(invoices=[invoice(), invoice("PROP-6", no="INV-2")], xpm_invoices=[xpm_invoice(cents=100), xpm_invoice("", no="INV-2")]),
        ("T7", "2 invoices need CLI-1 and PROP-6 on the one job J1: choose", "Which text does J1 carry?"),
        [
            ("J1", "J1 keeps CLI-1, and so does the Reference of INV-2", ["touch-invoice INV-1 CLI-1", "set-reference INV-2 CLI-1", "delete-xpm-invoice INV-1", "delete-xpm-invoice INV-2", "wait-overnight"]),
            ("J1", "J1 carries PROP-6, and so does the Reference of INV-1", ["set-client-order-no J1 PROP-6", "set-reference INV-1 PROP-6", "touch-invoice INV-2 PROP-6", "delete-xpm-invoice INV-1", "delete-xpm-invoice INV-2", "wait-overnight"]),
        ],
        id="T17 and T7 what is brought again comes by the text there is",
    ),
    pytest.param(
        dict(
            invoices=[invoice("PROP-5"), invoice("PROP-5", no="INV-2", contact=ZENITH)],
            jobs=[BLANK, job("J2", "", client=ZENITH)],
            xpm_invoices=[xpm_invoice(""), xpm_invoice("", no="INV-2", client=ZENITH)],
        ),
        ("T6", "PROP-5 is needed on several jobs, and one of them can carry it: choose", "Which job carries PROP-5?"),
        [
            ("J1", "J1 carries PROP-5, and the number of the own job becomes the Reference of INV-2", ["set-client-order-no J1 PROP-5", "touch-invoice INV-1 PROP-5", "set-reference INV-2 J2", "delete-xpm-invoice INV-1", "delete-xpm-invoice INV-2", "wait-overnight"]),
            ("J2", "J2 carries PROP-5, and the number of the own job becomes the Reference of INV-1", ["set-client-order-no J2 PROP-5", "set-reference INV-1 J1", "touch-invoice INV-2 PROP-5", "delete-xpm-invoice INV-1", "delete-xpm-invoice INV-2", "wait-overnight"]),
        ],
        id="T6 one text for two clients' jobs",
    ),
    pytest.param(
        dict(
            invoices=[invoice(contact=STRAY), invoice("CLI-2", no="INV-2", contact=STRAY)],
            jobs=[job(), job("J2", "CLI-2", client=ALIKE)],
            xpm_invoices=[xpm_invoice("", client=STRAY)],
        ),
        ("T10", f"The contact {STRAY} may be one of several clients: choose", "Which client is it?"),
        [
            ("J1", f"{STRAY} is {ACME}; INV-2 stays as it is", [f"rename-contact {STRAY} {ACME}", "touch-invoice INV-1 CLI-1", "delete-xpm-invoice INV-1", f"delete-client {STRAY}", "wait-overnight"]),
            ("J2", f"{STRAY} is {ALIKE}; INV-1 stays as it is", [f"rename-contact {STRAY} {ALIKE}", "wait-overnight"]),
        ],
        id="T10 two names for one contact",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "told", "choices"), CHOICES)
def test_one_field_and_two_texts_are_one_choice(given, told, choices):
    cause, title, question, found = choice_of(**given)
    assert (cause, title, question) == told
    assert found == choices


NORTH = "North Café"
THREE = [
    pytest.param(
        dict(
            invoices=[invoice("CLI-5"), invoice("CLI-6", no="INV-2"), invoice("CLI-7", no="INV-3")],
            jobs=[BLANK],
            xpm_invoices=NEVER,
        ),
        "T6|J1",
        [
            f"J1 carries CLI-{at}, and so does the Reference of {others}"
            for at, others in (
                (5, "INV-2 and INV-3"),
                (6, "INV-1 and INV-3"),
                (7, "INV-1 and INV-2"),
            )
        ],
        id="T6 texts for one job",
    ),
    pytest.param(
        dict(
            invoices=[
                invoice("PROP-5"),
                invoice("PROP-5", no="INV-2", contact=ZENITH),
                invoice("PROP-5", no="INV-3", contact=NORTH),
            ],
            jobs=[BLANK, job("J2", "", client=ZENITH), job("J3", "", client=NORTH)],
            xpm_invoices=NEVER,
        ),
        "T6|PROP-5",
        [
            f"J{at} carries PROP-5, and the number of the own job becomes the Reference of {others}"
            for at, others in (
                (1, "INV-2 and INV-3"),
                (2, "INV-1 and INV-3"),
                (3, "INV-1 and INV-2"),
            )
        ],
        id="T6 jobs for one text",
    ),
    pytest.param(
        dict(
            invoices=[
                invoice(contact=STRAY),
                *(invoice("CLI-2", no=f"INV-{at}", contact=STRAY) for at in (2, 3)),
            ],
            jobs=[job(), job("J2", "CLI-2", client=ALIKE)],
            xpm_invoices=NEVER,
        ),
        f"T10|{STRAY}",
        [
            f"{STRAY} is {ACME}; INV-2 and INV-3 stay as they are",
            f"{STRAY} is {ALIKE}; INV-1 stays as it is",
        ],
        id="T10 names for one contact",
    ),
]


@pytest.mark.parametrize(("given", "about", "ways"), THREE)
def test_each_way_names_all_that_go_with_it_and_the_choice_is_known_by_what_it_is_about(
    given, about, ways
):
    (fix,) = fixes(**given)
    assert [option.why for option in fix.choices] == ways
    assert fix.identity == hashlib.sha256(about.encode()).hexdigest()[:10]
    assert {action.system for option in fix.choices for action in option.actions} <= {"xero", "xpm"}


def test_of_many_texts_those_of_most_invoices_are_offered():
    """Nine are; the sentence says how many others there are, and all that quote one are evidence."""
    twice = [invoice("CLI-21", no="INV-0"), invoice("CLI-21", no="INV-1")]
    invoices = [*twice, *(invoice(f"CLI-{at}", no=f"INV-{at}") for at in range(10, 21))]
    _, title, _, choices = choice_of(invoices=invoices, jobs=[BLANK], xpm_invoices=NEVER)
    offered = ["CLI-21", *(f"CLI-{at}" for at in range(10, 18))]
    assert (
        title
        == f"13 invoices need {' and '.join(offered)} and 3 other texts on the one job J1: choose"
    )
    assert [why.partition(",")[0] for _, why, _ in choices] == [
        f"J1 carries {text}" for text in offered
    ]


# Opening J1, the newest with PROP-6, would take what still comes to J2 by that text.
OPENED = [job(order="PROP-6", client=ZENITH, state="On Hold", created=1), job("J2", "PROP-6")]
NAMED = invoice("J1", contact=ZENITH)
COMING = [invoice("PROP-6", no="INV-2", age=1), invoice("PROP-6", no="INV-3", age=1)]
OPEN_J1 = ["set-job-state J1 In Progress", "wait-overnight", "set-job-state J1 On Hold"]
TOMORROW = [
    "wait-overnight",
    OPEN_J1[0],
    "touch-invoice INV-1 J1",
    "delete-xpm-invoice INV-1",
    *OPEN_J1[1:],
]


@pytest.mark.parametrize(
    ("coming", "brought", "first"),
    [
        pytest.param(COMING[:1], "INV-2 to J2", "INV-2", id="one invoice"),
        pytest.param(COMING, "INV-2 and 1 more to J2", "INV-2 and INV-3", id="two invoices"),
    ],
)
def test_what_would_move_what_is_right_is_a_choice_where_waiting_costs_more(coming, brought, first):
    """Tomorrow it costs a delete, since tonight's import takes INV-1 to the client."""
    cause, _, question, choices = choice_of(
        invoices=[NAMED, *coming], jobs=OPENED, xpm_invoices=NEVER
    )
    edits = [f"set-reference {one['invoice_no']} J2" for one in coming]
    assert (cause, question) == ("T4", "Now or tomorrow?")
    assert choices == [
        ("J1", f"do it tomorrow, after tonight's import has brought {brought}", TOMORROW),
        (
            "J1",
            f"do it now, and give {first} the job's number as Reference first",
            [*edits, *OPEN_J1],
        ),
    ]


@pytest.mark.parametrize(
    ("coming", "brings"),
    [
        pytest.param(COMING[:1], "INV-2 to J2", id="one invoice"),
        pytest.param(COMING, "INV-2 and 1 more to J2", id="two invoices"),
    ],
)
def test_what_would_move_what_is_right_waits_where_that_costs_nothing(coming, brings):
    """INV-1 is on the client already, and is deleted there in any case."""
    (fix,) = fixes(
        invoices=[NAMED, *coming], jobs=OPENED, xpm_invoices=[xpm_invoice("", client=ZENITH)]
    )
    assert (fix.cause, fix.proof.status, _in_words(fix.actions)) == ("T4", "proved", TOMORROW)
    assert (
        fix.actions[0].text
        == f"Wait for tonight's import first: it brings {brings}. Tomorrow do the rest."
    )


def test_what_does_not_hold_beside_another_fix_begins_tomorrow():
    """INV-1 goes to J1 by its text J2, as long as the job of that number is closed, which the other fix opens tonight."""
    invoices = [invoice("J2", status="Awaiting Approval"), invoice("PROP-5", no="INV-2")]
    jobs = [job(order="J2"), job("J2", "PROP-5", state="Completed")]
    approve, opens = fixes(invoices=invoices, jobs=jobs, xpm_invoices=NEVER)
    assert (approve.cause, approve.proof.status, opens.cause, opens.proof.status) == (
        "T20",
        "proved",
        "T4",
        "proved",
    )
    assert _in_words(approve.actions) == [
        "wait-overnight",
        "approve-invoice INV-1",
        "wait-overnight",
    ]
    assert (
        approve.actions[0].text
        == "Wait for tonight's import first: another fix must be done before. Tomorrow do the rest."
    )
    assert _in_words(opens.actions) == [
        "set-job-state J2 In Progress",
        "wait-overnight",
        "set-job-state J2 Completed",
    ]


def test_what_holds_neither_beside_another_fix_nor_tomorrow_is_not_proved():
    """Its name mended, INV-2 comes to J2, unless J1 is opened tonight; and before it is mended nobody knows where it comes to."""
    invoices = [NAMED, invoice("PROP-6", no="INV-2", age=1, contact="Acme Pty  Ltd")]
    names, opens = fixes(invoices=invoices, jobs=OPENED, xpm_invoices=NEVER)
    assert (names.cause, opens.cause, opens.proof.status) == ("T10", "T4", "proved")
    assert (names.proof.status, names.proof.nights) == ("cannot-prove", None)
    assert (
        names.proof.reason
        == "it holds alone, and not on one day with the others: do those first, and run again"
    )
    assert _in_words(names.actions) == [f"rename-contact Acme Pty  Ltd {ACME}", "wait-overnight"]


def test_a_choice_that_undoes_a_proved_fix_is_not_proved():
    """T7 may give J1 another text, and T10 relies on the one it has."""
    invoices = [invoice(), invoice("PROP-6", no="INV-2", contact=ALIKE)]
    names, renewed = fixes(
        invoices=invoices,
        jobs=[job(order="PROP-6"), job("J2", "", created=None)],
        xpm_invoices=NEVER,
    )
    assert (names.cause, names.proof.status, renewed.cause) == ("T10", "proved", "T7")
    undoes, other = renewed.choices
    reason = "done on one day with its own fix, INV-2 would not come home: do that one first, and run again"
    assert (undoes.job_no, undoes.proof.status, undoes.proof.reason, undoes.proof.nights) == (
        "J1",
        "cannot-prove",
        reason,
        None,
    )
    assert (other.job_no, other.proof.status, other.proof.reason) == ("J2", "proved", "")


@pytest.mark.parametrize(
    ("coming", "have_come", "as_they_are"),
    [
        pytest.param(
            [invoice("CLI-2", no="INV-2", age=1)],
            "INV-2 has come",
            "INV-2 comes as it is",
            id="one invoice",
        ),
        pytest.param(
            [invoice("CLI-2", no="INV-2", age=1), invoice("CLI-2", no="INV-3", age=1)],
            "INV-2, INV-3 have come",
            "INV-2, INV-3 come as they are",
            id="two invoices",
        ),
    ],
)
def test_an_old_text_that_still_arrives_leaves_three_ways(coming, have_come, as_they_are):
    _, _, _, choices = choice_of(
        invoices=[invoice("PROP-5"), *coming], jobs=[job(order="CLI-2")], xpm_invoices=NEVER
    )
    assert [(number, why.partition("; ")[2] or why) for number, why, _ in choices] == [
        (
            "J1",
            f"change it now, and give {have_come.rpartition(' ha')[0]} the job's number as Reference first",
        ),
        ("J1", f"change it tomorrow, when {have_come}"),
        (None, f"a new job, and {as_they_are}"),
    ]


def test_two_fixes_that_open_one_job_hold_together():
    """T17 opens the closed job, and so does T4 of the invoice that names it by its number."""
    invoices = [invoice(), invoice("J1", no="INV-2")]
    found = fixes(
        invoices=invoices,
        jobs=[job(state="Completed")],
        xpm_invoices=[xpm_invoice(cents=100), xpm_invoice("", no="INV-2")],
    )
    done = [action for fix in found for action in fix.actions if action.do == "set-job-state"]
    assert {(action.job_no, action.from_value, action.value) for action in done} == {
        ("J1", "Completed", "In Progress"),
        ("J1", "In Progress", "Completed"),
    }
    assert all(fix.proof.status == "proved" for fix in found)


# One invoice needs PROP-5 on J1; the other relies on the CLI-1 that J1 carries, or does not.
RENEWED = invoice("PROP-5")
RELYING = [
    pytest.param(
        invoice(no="INV-2"),
        [xpm_invoice("", no="INV-2")],
        ["touch-invoice INV-2 CLI-1", "delete-xpm-invoice INV-2"],
        ["set-reference INV-2 PROP-5", "delete-xpm-invoice INV-2"],
        id="T27",
    ),
    pytest.param(
        invoice(no="INV-2", status="Awaiting Approval"),
        NEVER,
        ["approve-invoice INV-2"],
        ["set-reference INV-2 PROP-5", "approve-invoice INV-2"],
        id="T20",
    ),
    pytest.param(
        invoice("", no="INV-2"),
        NEVER,
        ["set-reference INV-2 CLI-1"],
        ["set-reference INV-2 PROP-5"],
        id="T1",
    ),
]


@pytest.mark.parametrize(("other", "copies", "kept", "changed"), RELYING)
def test_what_comes_by_the_text_that_is_replaced_gets_the_new_one(other, copies, kept, changed):
    cause, title, question, choices = choice_of(invoices=[RENEWED, other], xpm_invoices=copies)
    assert (cause, question) == ("T7", "Which text does J1 carry?")
    assert title == "2 invoices need CLI-1 and PROP-5 on the one job J1: choose"
    assert choices == [
        (
            "J1",
            "J1 keeps CLI-1, and so does the Reference of INV-1",
            ["set-reference INV-1 CLI-1", *kept, "wait-overnight"],
        ),
        (
            "J1",
            "J1 carries PROP-5, and so does the Reference of INV-2",
            ["set-client-order-no J1 PROP-5", *changed, "wait-overnight"],
        ),
    ]


@pytest.mark.parametrize(
    ("other", "copy", "cause"),
    [
        pytest.param(invoice(no="INV-2", status="Voided"), "J1", "T22", id="it only leaves XPM"),
        pytest.param(invoice("J1", no="INV-2"), "", "T27", id="it comes by the job's number"),
    ],
)
def test_what_does_not_come_by_the_text_is_a_fix_of_its_own(other, copy, cause):
    found = fixes(invoices=[RENEWED, other], xpm_invoices=[xpm_invoice(copy, no="INV-2")])
    assert {fix.cause for fix in found} == {"T7", cause}
    assert all(fix.proof.status == "proved" for fix in found)


def test_of_many_jobs_for_one_text_nine_are_offered_and_each_way_brings_all():
    """The client's own job carries the text in one way; in the others its invoice comes by the job's number."""
    numbers = range(10, 21)
    _, title, _, choices = choice_of(
        invoices=[invoice("PROP-5", no=f"INV-{at}", contact=f"Client {at}") for at in numbers],
        jobs=[job(f"J{at}", "", client=f"Client {at}") for at in numbers],
        xpm_invoices=NEVER,
    )
    assert title == "PROP-5 is needed on several jobs, and one of them can carry it: choose"
    assert [number for number, _, _ in choices] == [f"J{at}" for at in range(10, 19)]
    for at, (_, why, actions) in enumerate(choices, start=10):
        others = [one for one in numbers if one != at]
        assert why == (
            f"J{at} carries PROP-5, and the number of the own job becomes the Reference of "
            f"INV-{others[0]}, INV-{others[1]}, INV-{others[2]} and 7 more"
        )
        edits = [f"set-reference INV-{one} J{one}" for one in others]
        assert actions == [f"set-client-order-no J{at} PROP-5", *edits, "wait-overnight"]


def test_choices_that_share_a_job_name_the_first_other_invoice_and_no_more():
    invoices = [invoice(f"CLI-{at}", no=f"INV-{at}") for at in (5, 6, 7)]
    found = fixes(invoices=invoices, jobs=[BLANK, job("J2", "")], xpm_invoices=NEVER)
    shown = {fix.invoices[0]: [option.why for option in fix.choices] for fix in found}
    assert shown == {
        number: [
            f"{own} has no Client Order No.; {own} is a choice for {other} too, take it for one of them"
            for own in ("J1", "J2")
        ]
        for number, other in (("INV-5", "INV-6"), ("INV-6", "INV-5"), ("INV-7", "INV-5"))
    }


def test_choices_that_set_the_same_text_or_other_jobs_are_not_warned_of():
    invoices = [invoice("CLI-5"), invoice("CLI-5", no="INV-2", contact=ZENITH)]
    jobs = [BLANK, job("J2", ""), *(job(number, "", client=ZENITH) for number in ("J3", "J4"))]
    found = fixes(invoices=invoices, jobs=jobs, xpm_invoices=NEVER)
    shown = [(option.job_no, option.why) for fix in found for option in fix.choices]
    assert shown == [(f"J{at}", f"J{at} has no Client Order No.") for at in (1, 2, 3, 4)]
