"""What people read and click for each repair: its title, its question, each way with its steps, to the letter.

Source: rules.md section 3 (R1 to R11), A4, A5; contract.md "fixes".
"""

import pytest
from made.builders import ACME, NEVER, ZENITH, client, fixes, invoice, job, xpm_invoice

CLOSED = job(state="Completed")
CLIENTS = [client(ACME), client(ZENITH)]
WASHED_UP = " J1 is Completed: if it is washed up, ask before you delete (A5)."


def touch(number, reference):
    return (
        f"Xero: open {number} > Invoice Options > Edit > copy and remove the Reference > Update; "
        f"Invoice Options > Edit > paste {reference} back > Update."
    )


def refer(number, reference, now):
    return f"Xero: open {number} > Invoice Options > Edit > set Reference to {reference} (now {now}) > Update (R2)."


def approve(number):
    return f"Xero: Business > Invoices > Awaiting Approval > open {number} > Approve (R7)."


def delete(number):
    return f"XPM: Business > Invoices > open {number} > Options > Delete, not Cancel: Cancel can void the invoice in Xero (A4)."


def wait(words):
    return f"Wait for the overnight import. {words}"


def order(text, now):
    return (
        f"XPM: {ACME} > job J1 > Edit Job > paste {text} into Client Order Number (now {now}) > Save (R1). If the grouping was not "
        "meant to change, set it back in Ignition instead: Services > the service > change (R9)."
    )


OPEN_J1 = (
    "XPM: open job J1 > change its state from Completed to In Progress, of type Standard (R5)."
)
CLOSE_J1 = "XPM: open job J1 > set its state back to Completed (R5)."

WAYS = [
    pytest.param(
        dict(
            invoices=[invoice("PROP-5"), *(invoice(no=f"INV-{at}", age=1) for at in range(2, 7))],
            xpm_invoices=NEVER,
        ),
        ("INV-1 with PROP-5: 3 ways are possible, choose", "Which job does INV-1 belong on?"),
        [
            (
                "J1",
                "J1 carries CLI-1; change it now, and give INV-2, INV-3, INV-4, INV-5, INV-6 the job's number as Reference first",
                [
                    *(refer(f"INV-{at}", "J1", "CLI-1") for at in range(2, 7)),
                    order("PROP-5", "CLI-1"),
                    wait("Tomorrow INV-1 should be on J1."),
                ],
            ),
            (
                "J1",
                "J1 carries CLI-1; change it tomorrow, when INV-2, INV-3, INV-4, INV-5, INV-6 have come",
                [
                    "Wait for tonight's import first: it brings INV-2, INV-3, INV-4 and 2 more to J1. Tomorrow do the rest.",
                    order("PROP-5", "CLI-1"),
                    touch("INV-1", "PROP-5"),
                    delete("INV-1"),
                    wait("Tomorrow INV-1 should be on J1."),
                ],
            ),
            (
                None,
                "a new job, and INV-2, INV-3, INV-4, INV-5, INV-6 come as they are",
                [
                    f"Make a new job for {ACME} with Client Order No. PROP-5 in XPM.",
                    "Wait for the overnight import.",
                ],
            ),
        ],
        id="T7 the old text still arrives",
    ),
    pytest.param(
        dict(
            invoices=[invoice("zzz"), invoice("zzz", no="INV-2")],
            jobs=[job(), job("J2", "CLI-2")],
            xpm_invoices=NEVER,
        ),
        (
            "2 invoices with zzz: 2 ways are possible, choose",
            "Which job do INV-1 and INV-2 belong on?",
        ),
        [
            (
                f"J{at}",
                f"J{at} carries CLI-{at}",
                [
                    refer("INV-1", f"CLI-{at}", "zzz"),
                    refer("INV-2", f"CLI-{at}", "zzz"),
                    wait(f"Tomorrow INV-1 and INV-2 should be on J{at}."),
                ],
            )
            for at in (1, 2)
        ],
        id="T2 several texts",
    ),
    pytest.param(
        dict(invoices=[invoice(contact="Nobody")], xpm_invoices=[xpm_invoice(cents=100000)]),
        ("INV-1 was changed in Xero after XPM had taken it", "Re-sync INV-1, or not?"),
        [
            (
                "J1",
                "leave it where it is and change it in XPM by hand",
                ["Change INV-1 in XPM by hand, and leave it on J1."],
            ),
            (
                "J1",
                "re-sync it: its contact is not the job's client, so nobody knows where it lands (C4)",
                [
                    touch("INV-1", "CLI-1"),
                    delete("INV-1"),
                    wait("Tomorrow look where INV-1 landed: nobody documents it (C4)."),
                ],
            ),
        ],
        id="T17 C4",
    ),
    pytest.param(
        dict(
            invoices=[invoice(contact="Nobody"), invoice(no="INV-2", contact="Nobody")],
            jobs=[CLOSED],
            xpm_invoices=[xpm_invoice(cents=100000), xpm_invoice(no="INV-2", cents=100000)],
        ),
        (
            "INV-1 and INV-2 were changed in Xero after XPM had taken them",
            "Re-sync INV-1 and INV-2, or not?",
        ),
        [
            (
                "J1",
                "leave them where they are and change them in XPM by hand",
                ["Change INV-1 and INV-2 in XPM by hand, and leave them on J1."],
            ),
            (
                "J1",
                "re-sync them: their contact is not the job's client, so nobody knows where they land (C4)",
                [
                    OPEN_J1,
                    touch("INV-1", "CLI-1"),
                    touch("INV-2", "CLI-1"),
                    delete("INV-1") + WASHED_UP,
                    delete("INV-2") + WASHED_UP,
                    wait("Tomorrow look where INV-1 and INV-2 landed: nobody documents it (C4)."),
                    CLOSE_J1,
                ],
            ),
        ],
        id="T17 C4 two invoices on a closed job",
    ),
    pytest.param(
        dict(
            invoices=[invoice(status="Awaiting Approval")],
            jobs=[job(client=ZENITH), job("J2", "")],
            clients=CLIENTS,
            xpm_invoices=NEVER,
        ),
        (
            "INV-1 is not approved, so XPM does not import it",
            "Which job does INV-1 belong on? Approved as it is, it would land on the client",
        ),
        [
            (
                "J2",
                "its own client's J2",
                [
                    refer("INV-1", "J2", "CLI-1"),
                    approve("INV-1"),
                    wait("Tomorrow INV-1 should be on J2."),
                ],
            ),
            (
                None,
                "another job",
                [
                    f"Make a job for {ACME} in XPM, or choose one, and give INV-1 its number as Reference.",
                    approve("INV-1"),
                ],
            ),
        ],
        id="T20 its Reference picks another client's job",
    ),
    pytest.param(
        dict(
            invoices=[invoice("CLI-9")],
            jobs=[job(), job("J9", "CLI-9", client=ZENITH)],
            clients=CLIENTS,
        ),
        (
            "INV-1 is on J1, and its Reference names J9 of another client",
            "Which job does INV-1 belong on?",
        ),
        [
            (
                "J9",
                f"its Reference names J9 of {ZENITH} (C4)",
                [
                    touch("INV-1", "CLI-9"),
                    delete("INV-1"),
                    wait("Tomorrow look where INV-1 landed: nobody documents it (C4)."),
                ],
            ),
            (
                "J1",
                "it may stay on J1: give it that job's number as Reference",
                [refer("INV-1", "J1", "CLI-9")],
            ),
        ],
        id="T26 C4",
    ),
]


@pytest.mark.parametrize(("given", "told", "ways"), WAYS)
def test_a_choice_says_what_is_asked_and_each_way_step_by_step(given, told, ways):
    (fix,) = fixes(**given)
    (asking,) = fix.actions
    assert (fix.title, asking.question) == told
    assert [
        (option.job_no, option.why, [action.text for action in option.actions])
        for option in fix.choices
    ] == ways
    asked = [action for option in fix.choices for action in option.actions if action.do == "ask"]
    assert all((action.system, f"{action.question}.") == ("xpm", action.text) for action in asked)


STEPS = [
    pytest.param(
        dict(
            invoices=[invoice(), invoice(no="INV-2")],
            jobs=[CLOSED],
            xpm_invoices=[xpm_invoice(cents=100), xpm_invoice(no="INV-2", cents=200)],
        ),
        "INV-1 and INV-2 were changed in Xero after XPM had taken them",
        ("Xero 1,100.00, XPM 1.00", "Xero 1,100.00, XPM 2.00", "XPM has INV-1 and INV-2 on J1"),
        [
            OPEN_J1,
            touch("INV-1", "CLI-1"),
            touch("INV-2", "CLI-1"),
            delete("INV-1") + WASHED_UP,
            delete("INV-2") + WASHED_UP,
            wait("Tomorrow INV-1 and INV-2 should be on J1."),
            CLOSE_J1,
        ],
        id="T17 two on one closed job, which is opened once",
    ),
    pytest.param(
        dict(xpm_invoices=[xpm_invoice(cents=None, ex_tax=100)]),
        "INV-1 was changed in Xero after XPM had taken it",
        ("Xero 1,000.00 without tax, XPM 1.00", "XPM has INV-1 on J1"),
        [touch("INV-1", "CLI-1"), delete("INV-1"), wait("Tomorrow INV-1 should be on J1.")],
        id="T17 where XPM tells the amount before tax alone",
    ),
    pytest.param(
        dict(jobs=[job(), job("J2", "x")], xpm_invoices=[xpm_invoice("J1, J2", cents=100)]),
        "INV-1 was changed in Xero after XPM had taken it",
        (
            "Xero 1,100.00, XPM 1.00",
            "XPM has INV-1 on J1, J2",
            "it comes back whole on one job (M7)",
        ),
        [touch("INV-1", "CLI-1"), delete("INV-1"), wait("Tomorrow INV-1 should be on J1.")],
        id="T17 on several jobs",
    ),
    pytest.param(
        dict(
            invoices=[invoice("x", status="Awaiting Approval")],
            jobs=[job(), job("J2", "x", client=ZENITH)],
            clients=CLIENTS,
            xpm_invoices=[xpm_invoice("J2")],
        ),
        "INV-1 is not approved, and XPM has it all the same",
        ("its status in Xero is Awaiting Approval",),
        [approve("INV-1"), wait("Tomorrow INV-1 should be on J2.")],
        id="T20 that XPM has on the job that its Reference names",
    ),
    pytest.param(
        dict(invoices=[invoice("cli-1", status="Awaiting Approval")], xpm_invoices=NEVER),
        "INV-1 is not approved, so XPM does not import it",
        ("its status in Xero is Awaiting Approval", "'cli-1' is nearly 'CLI-1' of J1"),
        [
            refer("INV-1", "CLI-1", "cli-1"),
            approve("INV-1"),
            wait("Tomorrow INV-1 should be on J1."),
        ],
        id="T20 whose Reference is mended first",
    ),
    pytest.param(
        dict(invoices=[invoice(), invoice(no="INV-2")], jobs=[CLOSED], xpm_invoices=NEVER),
        "2 invoices name J1, which is Completed and takes none",
        ("CLI-1 names J1, whose state is Completed",),
        [OPEN_J1, wait("Tomorrow INV-1 and INV-2 should be on J1."), CLOSE_J1],
        id="T4 two invoices",
    ),
    pytest.param(
        dict(invoices=[invoice(status="Voided")]),
        "INV-1 is voided in Xero and still in XPM",
        ("its status in Xero is Voided", "XPM has it on J1"),
        [delete("INV-1")],
        id="T22",
    ),
]


@pytest.mark.parametrize(("given", "title", "evidence", "steps"), STEPS)
def test_a_fix_says_why_and_each_step(given, title, evidence, steps):
    (fix,) = fixes(**given)
    assert (fix.title, fix.evidence, [action.text for action in fix.actions]) == (
        title,
        evidence,
        steps,
    )
    assert fix.proof.status == "proved"


def test_a_text_that_a_job_would_lose_is_told_with_the_way_not_taken():
    (fix,) = fixes(invoices=[invoice("zzz")], xpm_invoices=NEVER)
    (other,) = fix.alternatives
    assert (
        other.text
        == "set the Client Order No. of J1 to zzz instead; that would take away CLI-1, as Ignition writes it"
    )
    assert other.minutes == 1


# What is drafted, in short: `do`, what it is done to, and the text that it sets.
STRAY = "ACME PTY LTD"
MISS_AGAIN = "; the next invoices would miss again"


def in_words(actions):
    words = (
        (one.do, one.invoice_no or one.job_no or one.client or one.from_value, one.value)
        for one in actions
    )
    return [" ".join(part for part in parts if part) for parts in words]


def four(reference):
    return [invoice(reference, no=f"INV-{at}") for at in range(1, 5)]


DRAFTS = [
    pytest.param(
        dict(invoices=[invoice("CLI-5")], jobs=[job(order="")], xpm_invoices=NEVER),
        "J1 has no Client Order No., and INV-1 with CLI-5 belongs on it",
        ("no job carries CLI-5; J1 has no Client Order No.",),
        ["set-client-order-no J1 CLI-5", "wait-overnight"],
        [(f"set the Reference of INV-1 to J1 instead{MISS_AGAIN}", 1)],
        id="T6",
    ),
    pytest.param(
        dict(invoices=[invoice("zzz")], jobs=[job(order="old")], xpm_invoices=NEVER),
        "INV-1 with zzz, which names no job: belongs on J1",
        ("no job has zzz as number or Client Order No.",),
        ["set-reference INV-1 old", "wait-overnight"],
        [("set the Client Order No. of J1 to zzz instead", 1)],
        id="T2 neither text is one of Ignition's",
    ),
    pytest.param(
        dict(invoices=four("zzz"), jobs=[job(order="old")], xpm_invoices=NEVER),
        "4 invoices with zzz, which names no job: belong on J1",
        ("no job has zzz as number or Client Order No.",),
        [*(f"set-reference INV-{at} old" for at in range(1, 5)), "wait-overnight"],
        [("set the Client Order No. of J1 to zzz instead", 1)],
        id="T2 a text that Ignition does not write goes on no job, though that is less work",
    ),
    pytest.param(
        dict(invoices=four("CLI-9"), jobs=[job(order="old")], xpm_invoices=NEVER),
        "4 invoices with CLI-9, which names no job: belong on J1",
        (
            "no job has CLI-9 as number or Client Order No.",
            "old, which it replaces, was last on no invoice of these exports",
        ),
        ["set-client-order-no J1 CLI-9", "wait-overnight"],
        [("set the Reference of INV-1, INV-2, INV-3 and 1 more to old instead", 4)],
        id="T2 Ignition's text goes on the job where that is less work",
    ),
    pytest.param(
        dict(invoices=[invoice("CLI-9")], jobs=[job(order="old")], xpm_invoices=NEVER),
        "INV-1 with CLI-9, which names no job: belongs on J1",
        ("no job has CLI-9 as number or Client Order No.",),
        ["set-reference INV-1 old", "wait-overnight"],
        [("set the Client Order No. of J1 to CLI-9 instead", 1)],
        id="T2 where both are the same work the invoice is edited",
    ),
    pytest.param(
        dict(
            invoices=[invoice("zzz"), invoice("acme 7", no="INV-2", age=1)],
            jobs=[job(order="acme 7")],
            xpm_invoices=NEVER,
        ),
        "INV-1 with zzz, which names no job: belongs on J1",
        ("no job has zzz as number or Client Order No.",),
        ["set-reference INV-1 acme 7", "wait-overnight"],
        [
            (
                "set the Client Order No. of J1 to zzz instead; that would strand the other invoices with acme 7",
                1,
            )
        ],
        id="T2 another invoice comes by the job's text",
    ),
    pytest.param(
        dict(jobs=[job(order="cli-1")], xpm_invoices=NEVER),
        "INV-1 with CLI-1: nearly the text of J1",
        (
            "'CLI-1' is nearly 'cli-1' of J1",
            "cli-1, which it replaces, was last on no invoice of these exports",
        ),
        ["set-client-order-no J1 CLI-1", "wait-overnight"],
        [(f"set the Reference of INV-1 to cli-1 instead{MISS_AGAIN}", 1)],
        id="T3 the job's text is the odd one",
    ),
    pytest.param(
        dict(invoices=[invoice("")], xpm_invoices=NEVER),
        "INV-1 has no Reference and belongs on J1",
        ("the Reference is blank in Xero",),
        ["set-reference INV-1 CLI-1", "wait-overnight"],
        [],
        id="T1",
    ),
    pytest.param(
        dict(invoices=[invoice("")], xpm_invoices=None),
        "INV-1 has no Reference and belongs on J1",
        ("the Reference is blank in Xero",),
        ["set-reference INV-1 CLI-1", "delete-xpm-invoice INV-1", "wait-overnight"],
        [],
        id="T1 where XPM may have it",
    ),
    pytest.param(
        dict(invoices=[invoice("PROP-5")], xpm_invoices=NEVER),
        "INV-1 with PROP-5, and J1 still carries CLI-1",
        (
            "no job carries PROP-5; J1 carries CLI-1",
            "CLI-1, which it replaces, was last on no invoice of these exports",
        ),
        ["set-client-order-no J1 PROP-5", "wait-overnight"],
        [(f"set the Reference of INV-1 to J1 instead{MISS_AGAIN}", 1)],
        id="T7",
    ),
    pytest.param(
        dict(
            invoices=[invoice("PROP-5"), invoice("PROP-4", no="INV-2", age=60)],
            jobs=[job(order="PROP-4")],
            xpm_invoices=[xpm_invoice(no="INV-2", age=60)],
        ),
        "INV-1 of the renewed PROP-5, and J1 still carries PROP-4",
        (
            "no job carries PROP-5; J1 carries PROP-4",
            "PROP-4, which it replaces, was last on INV-2 of 2026-09-24",
        ),
        ["set-client-order-no J1 PROP-5", "wait-overnight"],
        [(f"set the Reference of INV-1 to J1 instead{MISS_AGAIN}", 1)],
        id="T8",
    ),
    pytest.param(
        dict(
            invoices=[invoice("CLI-2")],
            jobs=[job(), job("J2", "CLI-2", client=ZENITH)],
            clients=CLIENTS,
            xpm_invoices=NEVER,
        ),
        "INV-1 with CLI-2, which is another client's: belongs on J1",
        (f"CLI-2 names J2 of {ZENITH}", f"J1 of {ACME} carries CLI-1"),
        ["set-reference INV-1 CLI-1", "wait-overnight"],
        [],
        id="T9",
    ),
    pytest.param(
        dict(invoices=[invoice(contact=STRAY)], xpm_invoices=[xpm_invoice("", client=STRAY)]),
        f"The contact {STRAY} and the client {ACME} are one, written in two ways",
        (f"CLI-1 names J1 of {ACME}", f"the contact is '{STRAY}', the client '{ACME}'"),
        [
            f"rename-contact {STRAY} {ACME}",
            "touch-invoice INV-1 CLI-1",
            "delete-xpm-invoice INV-1",
            f"delete-client {STRAY}",
            "wait-overnight",
        ],
        [],
        id="T10 the client that the import had made is empty then",
    ),
    pytest.param(
        dict(
            invoices=[invoice(contact=STRAY)],
            xpm_invoices=[
                xpm_invoice("", client=STRAY),
                xpm_invoice("", no="INV-8", client=STRAY, age=900),
            ],
        ),
        f"The contact {STRAY} and the client {ACME} are one, written in two ways",
        (f"CLI-1 names J1 of {ACME}", f"the contact is '{STRAY}', the client '{ACME}'"),
        [
            f"rename-contact {STRAY} {ACME}",
            "touch-invoice INV-1 CLI-1",
            "delete-xpm-invoice INV-1",
            "wait-overnight",
        ],
        [],
        id="T10 that client holds another invoice",
    ),
    pytest.param(
        dict(
            invoices=[invoice(contact=STRAY), invoice(no="INV-2")],
            xpm_invoices=[xpm_invoice(no="INV-2")],
        ),
        f"The contact {STRAY} and the client {ACME} are one, written in two ways",
        (f"CLI-1 names J1 of {ACME}", f"the contact is '{STRAY}', the client '{ACME}'"),
        [f"merge-contact {STRAY} {ACME}", "wait-overnight"],
        [],
        id="T10 the right contact is there already",
    ),
    pytest.param(
        dict(xpm_invoices=[xpm_invoice("")]),
        f"INV-1 is on the client {ACME} but belongs on J1",
        ("Reference CLI-1 = Client Order No. of J1", "XPM has it on the client"),
        ["touch-invoice INV-1 CLI-1", "delete-xpm-invoice INV-1", "wait-overnight"],
        [],
        id="T27",
    ),
    pytest.param(
        dict(invoices=[invoice("J1")], xpm_invoices=[xpm_invoice("")]),
        f"INV-1 is on the client {ACME} but belongs on J1",
        ("Reference J1 = number of J1", "XPM has it on the client"),
        ["touch-invoice INV-1 J1", "delete-xpm-invoice INV-1", "wait-overnight"],
        [],
        id="T27 by the job's number",
    ),
    pytest.param(
        dict(
            invoices=[invoice("CLI-2")],
            jobs=[job(), job("J2", "CLI-2", created=300)],
        ),
        "INV-1 is on J1 but belongs on J2",
        ("Reference CLI-2 = Client Order No. of J2", "XPM has it on J1"),
        ["touch-invoice INV-1 CLI-2", "delete-xpm-invoice INV-1", "wait-overnight"],
        [],
        id="T26",
    ),
    pytest.param(
        dict(invoices=[invoice(age=40)], xpm_invoices=NEVER),
        "INV-1 is not in XPM and belongs on J1",
        (
            "Reference CLI-1 = Client Order No. of J1",
            "dated 2026-10-14, 40 days ago, and not in XPM",
        ),
        ["touch-invoice INV-1 CLI-1", "wait-overnight"],
        [],
        id="T16",
    ),
    pytest.param(
        dict(
            invoices=[
                invoice("cli-1", no=number, status="Awaiting Approval")
                for number in ("INV-1", "INV-2")
            ],
            xpm_invoices=NEVER,
        ),
        "INV-1 and INV-2 are not approved, so XPM does not import it",
        ("its status in Xero is Awaiting Approval", "'cli-1' is nearly 'CLI-1' of J1"),
        [
            "set-reference INV-1 CLI-1",
            "approve-invoice INV-1",
            "set-reference INV-2 CLI-1",
            "approve-invoice INV-2",
            "wait-overnight",
        ],
        [],
        id="T20 two",
    ),
    pytest.param(
        dict(invoices=[invoice(status="Awaiting Approval")], xpm_invoices=NEVER),
        "INV-1 is not approved, so XPM does not import it",
        ("its status in Xero is Awaiting Approval",),
        ["approve-invoice INV-1", "wait-overnight"],
        [],
        id="T20",
    ),
    pytest.param(
        dict(
            invoices=[invoice(status="Awaiting Approval")],
            jobs=[job(), job("J2", "x")],
            xpm_invoices=[xpm_invoice("J2")],
        ),
        "INV-1 is not approved, and XPM has it all the same",
        ("its status in Xero is Awaiting Approval",),
        ["approve-invoice INV-1", "delete-xpm-invoice INV-1", "wait-overnight"],
        [],
        id="T20 that XPM has on another job than its Reference picks",
    ),
    pytest.param(
        dict(
            invoices=[invoice("x", status="Awaiting Approval")],
            clients=CLIENTS,
        ),
        "INV-1 is not approved, and XPM has it all the same",
        ("its status in Xero is Awaiting Approval",),
        ["approve-invoice INV-1", "wait-overnight"],
        [],
        id="T20 that XPM has on its own client's job",
    ),
    pytest.param(
        dict(invoices=[invoice(status="Deleted")], xpm_invoices=[xpm_invoice("")]),
        "INV-1 is deleted in Xero and still in XPM",
        ("its status in Xero is Deleted", f"XPM has it on the client {ACME}"),
        ["delete-xpm-invoice INV-1"],
        [],
        id="T22 on the client",
    ),
    pytest.param(
        dict(jobs=[CLOSED, job("J2")], xpm_invoices=[xpm_invoice(cents=100)]),
        "INV-1 was changed in Xero after XPM had taken it",
        ("Xero 1,100.00, XPM 1.00", "XPM has INV-1 on J1"),
        [
            "set-job-state J1 In Progress",
            "set-reference INV-1 J1",
            "delete-xpm-invoice INV-1",
            "wait-overnight",
            "set-job-state J1 Completed",
        ],
        [],
        id="T17 another open job carries the text, so it comes back by the number",
    ),
    pytest.param(
        dict(jobs=[CLOSED], xpm_invoices=[xpm_invoice("")]),
        "INV-1 names J1, which is Completed and takes none",
        ("CLI-1 names J1, whose state is Completed",),
        [
            "set-job-state J1 In Progress",
            "touch-invoice INV-1 CLI-1",
            "delete-xpm-invoice INV-1",
            "wait-overnight",
            "set-job-state J1 Completed",
        ],
        [],
        id="T4 that XPM has on the client",
    ),
]


@pytest.mark.parametrize(("given", "title", "evidence", "actions", "alternatives"), DRAFTS)
def test_a_repair_is_the_least_that_works_beside_the_way_not_taken(
    given, title, evidence, actions, alternatives
):
    fix = next(one for one in fixes(**given) if one.invoices[0] == "INV-1")
    assert (fix.title, fix.evidence) == (title, evidence)
    assert in_words(fix.actions) == actions
    assert [(other.text, other.minutes) for other in fix.alternatives] == alternatives
    assert fix.proof.status == "proved"
    assert {action.system for action in fix.actions} <= {"xero", "xpm"}


CHOICES = [
    pytest.param(
        dict(
            invoices=[invoice(), invoice(no="INV-2", contact=ZENITH)],
            jobs=[job(), job("J2", client=ZENITH)],
            clients=CLIENTS,
            xpm_invoices=NEVER,
        ),
        "CLI-1 is on several jobs of the same age: 2 invoices cannot be told where to go",
        "Which job keeps CLI-1?",
        [
            (
                "J1",
                "J1 keeps CLI-1",
                ["set-client-order-no J2", "set-reference INV-2 J2", "wait-overnight"],
            ),
            (
                "J2",
                "J2 keeps CLI-1",
                ["set-client-order-no J1", "set-reference INV-1 J1", "wait-overnight"],
            ),
        ],
        id="T5 each goes to its own client's job",
    ),
    pytest.param(
        dict(
            invoices=[invoice("CLI-99", status="Awaiting Approval")],
            jobs=[
                job("J99", "CLI-99", client=ZENITH),
                *(job(f"J{at}", "") for at in range(10, 22)),
            ],
            clients=CLIENTS,
            xpm_invoices=NEVER,
        ),
        "INV-1 is not approved, so XPM does not import it",
        "Which job does INV-1 belong on? Approved as it is, it would land on the client",
        [
            *(
                (
                    f"J{at}",
                    f"its own client's J{at}",
                    [f"set-reference INV-1 J{at}", "approve-invoice INV-1", "wait-overnight"],
                )
                for at in range(10, 19)
            ),
            (None, "another job", ["ask", "approve-invoice INV-1"]),
        ],
        id="T20 nine jobs of its client are offered",
    ),
    pytest.param(
        dict(invoices=[invoice("PROP-5"), invoice(no="INV-2", age=1)], xpm_invoices=None),
        "INV-1 with PROP-5: 3 ways are possible, choose",
        "Which job does INV-1 belong on?",
        [
            (
                "J1",
                "J1 carries CLI-1; change it now, and give INV-2 the job's number as Reference first",
                [
                    "set-reference INV-2 J1",
                    "set-client-order-no J1 PROP-5",
                    "touch-invoice INV-1 PROP-5",
                    "delete-xpm-invoice INV-1",
                    "wait-overnight",
                ],
            ),
            (
                "J1",
                "J1 carries CLI-1; change it tomorrow, when INV-2 has come",
                [
                    "wait-overnight",
                    "set-client-order-no J1 PROP-5",
                    "touch-invoice INV-1 PROP-5",
                    "delete-xpm-invoice INV-1",
                    "wait-overnight",
                ],
            ),
            (
                None,
                "a new job, and INV-2 comes as it is",
                [
                    "ask",
                    "touch-invoice INV-1 PROP-5",
                    "delete-xpm-invoice INV-1",
                    "wait-overnight",
                ],
            ),
        ],
        id="T7 where XPM may have it: its copy is deleted once",
    ),
    pytest.param(
        dict(
            invoices=[invoice("CLI-9")],
            jobs=[job(), job("J9", "CLI-9", client=ZENITH)],
            clients=CLIENTS,
            xpm_invoices=[xpm_invoice("J77")],
        ),
        "INV-1 is on J77, and its Reference names J9 of another client",
        "Which job does INV-1 belong on?",
        [
            (
                "J9",
                f"its Reference names J9 of {ZENITH} (C4)",
                ["touch-invoice INV-1 CLI-9", "delete-xpm-invoice INV-1", "wait-overnight"],
            )
        ],
        id="T26 on a job that no export shows",
    ),
]


@pytest.mark.parametrize(("given", "title", "question", "ways"), CHOICES)
def test_a_choice_offers_what_works_and_no_more(given, title, question, ways):
    fix = next(one for one in fixes(**given) if one.invoices[0] == "INV-1")
    (asking,) = fix.actions
    assert (fix.title, asking.question, fix.alternatives) == (title, question, ())
    found = [(one.job_no, one.why, in_words(one.actions)) for one in fix.choices]
    assert found == ways


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param({}, "", id="awaiting payment"),
        pytest.param(
            dict(invoices=[invoice(status="Paid")]),
            " It is paid: XPM may ask to remove the payment line first; note it before you do (A5).",
            id="paid",
        ),
    ],
)
def test_a_delete_of_what_is_paid_says_what_xpm_may_ask(given, words):
    (fix,) = fixes(**given, xpm_invoices=[xpm_invoice("")])
    (text,) = [action.text for action in fix.actions if action.do == "delete-xpm-invoice"]
    assert text == delete("INV-1") + words


def test_what_may_be_in_xpm_is_deleted_if_it_is_there():
    (fix,) = fixes(invoices=[invoice("")], xpm_invoices=None)
    (text,) = [action.text for action in fix.actions if action.do == "delete-xpm-invoice"]
    assert text == delete("INV-1").replace("XPM: ", "XPM: if XPM has it: ")
