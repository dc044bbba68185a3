"""Every vector of the overnight import, under its rule's id: which job a Reference picks, and where an invoice lands.

Source: rules.md E1-E5, C1-C5, M1-M7, L1-L3; contract.md "Skip rule", "Inside the window".
"""

import pandas as pd
import pytest
from made.builders import (
    ACME,
    NEVER,
    TODAY,
    ZENITH,
    ago,
    client,
    credit_note,
    invoice,
    job,
    practice,
    verdict,
    verdicts,
    xpm_invoice,
)

from reconcile.rules.overnight import (
    NO_JOB,
    SKIP_RULES,
    about_contacts,
    ad_hoc_jobs,
    client_facts,
    pick_jobs,
    replay,
    skip_rule,
)
from reconcile.settings.model import Settings
from reconcile.verdicts.verdicts import find

J1 = job("J1", "CLI-1")
ADHOC_ALL, ADHOC_WITH_REFERENCE = Settings(adhoc="all"), Settings(adhoc="with-reference")
XERO_PROFILE = Settings(profile="xero")

# what it shows, Reference, jobs, the job picked and its rule
PICKS = [
    ("M1 a job number", "J1", [J1], "J1 M1"),
    ("M2 a Client Order No.", "CLI-1", [J1], "J1 M2"),
    (
        "M1 before M2: job number before order number",
        "J1",
        [J1, job("J2", "J1", created=1)],
        "J1 M1",
    ),
    (
        "M1 before M2 whatever the order of the jobs",
        "J1",
        [job("J2", "J1", created=1), J1],
        "J1 M1",
    ),
    ("M1 a job that carries its own number", "J1", [job("J1", "J1")], "J1 M1"),
    (
        "M2 when the job of that number is closed",
        "J1",
        [job("J1", state="Completed"), job("J2", "J1")],
        "J2 M2",
    ),
    ("M3 the newest", "CLI-1", [J1, job("J2", created=99)], "J2 M3"),
    ("M3 the newest of three", "CLI-1", [job("J3", created=99), job("J2", created=7), J1], "J2 M3"),
    (
        "M3 the newest is alone, older ones share a day",
        "CLI-1",
        [J1, job("J2"), job("J3", created=1)],
        "J3 M3",
    ),
    ("M3 the same day: cannot tell", "CLI-1", [J1, job("J2")], "tie M3"),
    (
        "M3 the newest two share a day: cannot tell",
        "CLI-1",
        [J1, job("J2", created=9), job("J3", created=9)],
        "tie M3",
    ),
    ("M3 one day unknown: cannot tell", "CLI-1", [J1, job("J2", created=None)], "tie M3"),
    (
        "M3 all days unknown: cannot tell",
        "CLI-1",
        [job(created=None), job("J2", created=None)],
        "tie M3",
    ),
    ("M3 one job of unknown day is no tie", "CLI-1", [job(created=None)], "J1 M2"),
    ("M3 is not asked where M1 decides", "J1", [J1, job("J2", "J1"), job("J3", "J1")], "J1 M1"),
    ("M3 across clients", "CLI-1", [J1, job("J9", created=1, client=ZENITH)], "J9 M3"),
    ("M4 completed", "CLI-1", [job(state="Completed")], "-"),
    ("M4 complete", "CLI-1", [job(state="complete")], "-"),
    ("M4 on hold", "CLI-1", [job(state="On Hold")], "-"),
    ("M4 cancelled", "CLI-1", [job(state="Cancelled")], "-"),
    ("M4 canceled", "CLI-1", [job(state="Canceled")], "-"),
    ("M4 archived", "CLI-1", [job(state="Archived")], "-"),
    ("M4 the number of a closed job", "J1", [job(state="Completed")], "-"),
    ("M4 any other name is Standard", "CLI-1", [job(state="05. Info complete")], "J1 M2"),
    (
        "M4 a name that only begins with a closed one",
        "CLI-1",
        [job(state="Completed - to bill")],
        "J1 M2",
    ),
    (
        "M4 before M3: the newest is closed",
        "CLI-1",
        [J1, job("J2", created=1, state="On Hold")],
        "J1 M2",
    ),
    (
        "M4 before M3: a tie with a closed job is none",
        "CLI-1",
        [J1, job("J2", state="Cancelled")],
        "J1 M2",
    ),
    (
        "M4 before M3: a closed job of unknown day",
        "CLI-1",
        [J1, job("J2", created=None, state="Completed")],
        "J1 M2",
    ),
    ("M5 the prefix counts", "1", [J1], "-"),
    ("M5 another prefix", "PROP-1", [J1], "-"),
    ("M5 an inner space counts", "CLI -1", [J1], "-"),
    ("M5 a space in front counts", " CLI-1", [J1], "-"),
    ("M5 a space behind counts", "CLI-1 ", [J1], "-"),
    ("M5 a non-breaking space counts", "CLI-1\u00a0", [J1], "-"),
    ("M5 a zero-width space counts", "CLI-1\u200b", [J1], "-"),
    ("M5 the dash counts: en dash", "CLI\u20131", [J1], "-"),
    ("M5 the dash counts: none", "CLI1", [J1], "-"),
    ("M5 leading zeros count", "CLI-01", [J1], "-"),
    ("M5 leading zeros of a job number count", "17940", [job("017940", "")], "-"),
    ("M5 capitals count", "cli-1", [J1], "-"),
    ("M5 a longer number", "CLI-11", [J1], "-"),
    ("M5 the same text with a space on both sides", "CLI-1 ", [job(order="CLI-1 ")], "J1 M2"),
    ("M5 blank never matches blank", "", [job(order="")], "-"),
    ("M6 two references", "CLI-1, CLI-2", [J1, job("J2", "CLI-2")], "-"),
    ("M6 inside a sentence", "Fees for CLI-1", [J1], "-"),
    ("M6 beside a job number", "J1 CLI-1", [J1], "-"),
    ("G6 any text is a legal reference", "Retainer 2026", [job(order="Retainer 2026")], "J1 M2"),
    ("L3 an ad hoc job by its name is never picked", "CLI-1", [job(name="Ad hoc work")], "-"),
    ("L3 an ad hoc job by its category is never picked", "CLI-1", [job(category="Ad-Hoc")], "-"),
    ("L3 an ad hoc job by its number is never picked", "ADHOC-7", [job("ADHOC-7", "")], "-"),
    ("L3 an ad hoc job does not tie", "CLI-1", [J1, job("J2", name="AD HOC")], "J1 M2"),
    ("L3 adding hockey is not ad hoc", "CLI-1", [job(name="Adding hockey")], "J1 M2"),
]


@pytest.mark.parametrize(
    ("reference", "jobs", "expected"), [one[1:] for one in PICKS], ids=[one[0] for one in PICKS]
)
def test_the_job_a_reference_picks(reference, jobs, expected):
    table = practice(jobs=jobs).jobs
    pick = pick_jobs(pd.Index([reference]), table).loc[reference]
    found = (
        "tie"
        if pick["tied"]
        else ""
        if pick["picked"] == NO_JOB
        else table["job_no"][pick["picked"]]
    )
    assert (f"{found} {pick['rule']}".strip() or "-") == expected


@pytest.mark.parametrize(
    ("jobs", "count"),
    [
        pytest.param(
            [J1, job("J2", state="Completed")], 2, id="M4 a closed job is named all the same"
        ),
        pytest.param([job("CLI-1", "CLI-1")], 1, id="once by number and order number"),
        pytest.param([job("CLI-1", ""), J1], 2, id="one by number, one by order number"),
        pytest.param([job(name="Ad hoc")], 0, id="L3 an ad hoc job is not named"),
        pytest.param([job("J2", "CLI-2")], 0, id="none"),
    ],
)
def test_how_many_jobs_a_reference_names(jobs, count):
    assert pick_jobs(pd.Index(["CLI-1"]), practice(jobs=jobs).jobs).loc["CLI-1", "named"] == count


def test_a_blank_reference_names_no_job():
    """M5: also where a job's order number is blank."""
    pick = pick_jobs(pd.Index([""]), practice(jobs=[job(order="")]).jobs).loc[""]
    assert (pick["picked"], pick["named"], pick["rivals"], pick["rule"]) == (NO_JOB, 0, 0, "")


THEIRS = job("J9", "CLI-9", client=ZENITH)
REDIRECTED = [client(ACME, billing_details=ZENITH), client(ZENITH)]
ARCHIVED = [client(ACME, status="Archived")]

# what it shows, where tonight puts it, where it would land if it came anew, the practice
LANDINGS = [
    ("L1 a job was found", "job J1 M2", "job J1 M2", dict(xpm_invoices=NEVER)),
    ("L1 by its number", "job J1 M1", "job J1 M1", dict(one=invoice("J1"), xpm_invoices=NEVER)),
    (
        "L1 paid is approved",
        "job J1 M2",
        "job J1 M2",
        dict(one=invoice(status="Paid"), xpm_invoices=NEVER),
    ),
    (
        "L1 a status that is not known",
        "job J1 M2",
        "job J1 M2",
        dict(one=invoice(status=""), xpm_invoices=NEVER),
    ),
    (
        "L2 ad hoc off: on the client",
        "client - L2",
        "client - L2",
        dict(one=invoice("x"), xpm_invoices=NEVER),
    ),
    (
        "L2 ad hoc off, blank",
        "client - L2",
        "client - L2",
        dict(one=invoice(""), xpm_invoices=NEVER),
    ),
    (
        "L3 ad hoc for all, with a reference",
        "adhoc - L3",
        "adhoc - L3",
        dict(one=invoice("x"), settings=ADHOC_ALL, xpm_invoices=NEVER),
    ),
    (
        "L3 ad hoc for all, without a reference",
        "adhoc - L3",
        "adhoc - L3",
        dict(one=invoice(""), settings=ADHOC_ALL, xpm_invoices=NEVER),
    ),
    (
        "L3 ad hoc except without a reference, with one",
        "adhoc - L3",
        "adhoc - L3",
        dict(one=invoice("x"), settings=ADHOC_WITH_REFERENCE, xpm_invoices=NEVER),
    ),
    (
        "L3 ad hoc except without a reference, without one",
        "client - L3",
        "client - L3",
        dict(one=invoice(""), settings=ADHOC_WITH_REFERENCE, xpm_invoices=NEVER),
    ),
    (
        "L1 before L3: ad hoc on, a job was found",
        "job J1 M2",
        "job J1 M2",
        dict(settings=ADHOC_ALL, xpm_invoices=NEVER),
    ),
    (
        "M3 cannot tell",
        "unknown - M3",
        "unknown - M3",
        dict(jobs=[J1, job("J2")], xpm_invoices=NEVER),
    ),
    (
        "M3 cannot tell comes before ad hoc",
        "unknown - M3",
        "unknown - M3",
        dict(jobs=[J1, job("J2")], settings=ADHOC_ALL, xpm_invoices=NEVER),
    ),
    (
        "M4 only a closed job",
        "client - L2",
        "client - L2",
        dict(jobs=[job(state="On Hold")], xpm_invoices=NEVER),
    ),
    (
        "E1 a credit note",
        "skipped - E1",
        "skipped - E1",
        dict(one=credit_note(no="INV-1"), xpm_invoices=NEVER),
    ),
    (
        "E1 before E2 and E4: a draft credit note",
        "skipped - E1",
        "skipped - E1",
        dict(one=credit_note(no="INV-1", status="Draft")),
    ),
    (
        "E2 a draft",
        "skipped - E2",
        "skipped - E2",
        dict(one=invoice(status="Draft"), xpm_invoices=NEVER),
    ),
    (
        "E2 awaiting approval",
        "skipped - E2",
        "skipped - E2",
        dict(one=invoice(status="Awaiting Approval"), xpm_invoices=NEVER),
    ),
    (
        "E2 voided",
        "skipped - E2",
        "skipped - E2",
        dict(one=invoice(status="Voided"), xpm_invoices=NEVER),
    ),
    (
        "E2 before E4: deleted, and XPM has it",
        "skipped - E2",
        "skipped - E2",
        dict(one=invoice(status="Deleted")),
    ),
    ("E4 already in XPM", "skipped - E4", "job J1 M2", {}),
    (
        "E4 before E5: in XPM and locked",
        "skipped - E4",
        "skipped - E5",
        dict(settings=Settings(xpm_lock_date=ago(5))),
    ),
    (
        "E5 on Xero's lock date",
        "skipped - E5",
        "skipped - E5",
        dict(settings=Settings(xero_lock_date=ago(5)), xpm_invoices=NEVER),
    ),
    (
        "E5 on XPM's lock date",
        "skipped - E5",
        "skipped - E5",
        dict(settings=Settings(xpm_lock_date=ago(5)), xpm_invoices=NEVER),
    ),
    (
        "E5 the later of two lock dates",
        "skipped - E5",
        "skipped - E5",
        dict(settings=Settings(xero_lock_date=ago(4), xpm_lock_date=ago(90)), xpm_invoices=NEVER),
    ),
    (
        "E5 the day after the lock date",
        "job J1 M2",
        "job J1 M2",
        dict(settings=Settings(xero_lock_date=ago(6)), xpm_invoices=NEVER),
    ),
    (
        "E5 before E3: locked and too old",
        "skipped - E5",
        "skipped - E5",
        dict(one=invoice(age=15), settings=Settings(xero_lock_date=ago(15)), xpm_invoices=NEVER),
    ),
    ("E3 day 13", "job J1 M2", "job J1 M2", dict(one=invoice(age=13), xpm_invoices=NEVER)),
    ("E3 day 14", "job J1 M2", "job J1 M2", dict(one=invoice(age=14), xpm_invoices=NEVER)),
    ("E3 day 15", "skipped - E3", "job J1 M2", dict(one=invoice(age=15), xpm_invoices=NEVER)),
    ("E3 dated tomorrow", "job J1 M2", "job J1 M2", dict(one=invoice(age=-1), xpm_invoices=NEVER)),
    (
        "E3 date unknown",
        "unknown - E3",
        "job J1 M2",
        dict(one=invoice(age=None), xpm_invoices=NEVER),
    ),
    (
        "E3 a window of 7 days, day 7",
        "job J1 M2",
        "job J1 M2",
        dict(one=invoice(age=7), settings=Settings(window_days=7), xpm_invoices=NEVER),
    ),
    (
        "E3 a window of 7 days, day 8",
        "skipped - E3",
        "job J1 M2",
        dict(one=invoice(age=8), settings=Settings(window_days=7), xpm_invoices=NEVER),
    ),
    (
        "E3 profile xero, the day itself",
        "job J1 M2",
        "job J1 M2",
        dict(one=invoice(age=0), settings=XERO_PROFILE, xpm_invoices=NEVER),
    ),
    *(
        (
            f"E3 profile xero, day {age}",
            "skipped - E3",
            "job J1 M2",
            dict(one=invoice(age=age), settings=XERO_PROFILE, xpm_invoices=NEVER),
        )
        for age in (1, 13, 14, 15)
    ),
    (
        "C4 the job is another client's",
        "unknown - C4",
        "unknown - C4",
        dict(one=invoice("CLI-9"), jobs=[J1, THEIRS], xpm_invoices=NEVER),
    ),
    (
        "C1 C4 the contact differs by a dot",
        "unknown - C4",
        "unknown - C4",
        dict(one=invoice(contact="Acme Pty. Ltd"), xpm_invoices=NEVER),
    ),
    (
        "C1 C4 the contact differs in capitals",
        "unknown - C4",
        "unknown - C4",
        dict(one=invoice(contact="ACME PTY LTD"), xpm_invoices=NEVER),
    ),
    (
        "C4 the newer job of two is another client's",
        "unknown - C4",
        "unknown - C4",
        dict(jobs=[J1, job("J9", created=1, client=ZENITH)], xpm_invoices=NEVER),
    ),
    ("C3 redirected", "unknown - C3", "unknown - C3", dict(clients=REDIRECTED, xpm_invoices=NEVER)),
    (
        "C3 only where a job was found",
        "client - L2",
        "client - L2",
        dict(one=invoice("x"), clients=REDIRECTED, xpm_invoices=NEVER),
    ),
    ("C5 archived", "unknown - C5", "unknown - C5", dict(clients=ARCHIVED, xpm_invoices=NEVER)),
    (
        "C5 only where a job was found",
        "client - L2",
        "client - L2",
        dict(one=invoice("x"), clients=ARCHIVED, xpm_invoices=NEVER),
    ),
    (
        "C3 before C5",
        "unknown - C3",
        "unknown - C3",
        dict(clients=[client(ACME, ZENITH, "Archived"), client(ZENITH)], xpm_invoices=NEVER),
    ),
    (
        "E4 before C5: what is in XPM stays there tonight",
        "skipped - E4",
        "unknown - C5",
        dict(clients=ARCHIVED),
    ),
    (
        "no XPM invoices given: as if just edited",
        "job J1 M2",
        "job J1 M2",
        dict(one=invoice(age=90), xpm_invoices=None),
    ),
    (
        "no XPM invoices given: E5 holds",
        "skipped - E5",
        "skipped - E5",
        dict(settings=Settings(xero_lock_date=ago(5)), xpm_invoices=None),
    ),
    (
        "no XPM invoices given: E2 holds",
        "skipped - E2",
        "skipped - E2",
        dict(one=invoice(status="Draft"), xpm_invoices=None),
    ),
    (
        "M1 M2 each by its own text",
        "job J2 M2",
        "job J2 M2",
        dict(one=invoice("CLI-2"), jobs=[J1, job("J2", "CLI-2")], xpm_invoices=NEVER),
    ),
    (
        "M3 decided, on its own rule",
        "job J2 M3",
        "job J2 M3",
        dict(jobs=[J1, job("J2", created=9)], xpm_invoices=NEVER),
    ),
    (
        "E3 profile xero, dated tomorrow",
        "job J1 M2",
        "job J1 M2",
        dict(one=invoice(age=-1), settings=XERO_PROFILE, xpm_invoices=NEVER),
    ),
    (
        "E5 profile xero, locked on the very day",
        "skipped - E5",
        "skipped - E5",
        dict(
            one=invoice(age=0),
            settings=Settings(profile="xero", xpm_lock_date=ago(0)),
            xpm_invoices=NEVER,
        ),
    ),
    (
        "E5 a date that is not known is not before the lock date",
        "unknown - E3",
        "job J1 M2",
        dict(one=invoice(age=None), settings=Settings(xero_lock_date=ago(5)), xpm_invoices=NEVER),
    ),
    (
        "C4 before ad hoc",
        "unknown - C4",
        "unknown - C4",
        dict(one=invoice("CLI-9"), jobs=[J1, THEIRS], settings=ADHOC_ALL, xpm_invoices=NEVER),
    ),
    (
        "C3 before ad hoc",
        "unknown - C3",
        "unknown - C3",
        dict(clients=REDIRECTED, settings=ADHOC_WITH_REFERENCE, xpm_invoices=NEVER),
    ),
    (
        "L3 ad hoc except without a reference, which a closed job has",
        "adhoc - L3",
        "adhoc - L3",
        dict(jobs=[job(state="On Hold")], settings=ADHOC_WITH_REFERENCE, xpm_invoices=NEVER),
    ),
    (
        "M7 on two jobs in XPM, it would come back to one",
        "skipped - E4",
        "job J1 M2",
        dict(xpm_invoices=[xpm_invoice("J2, J1")]),
    ),
]


@pytest.fixture(scope="module")
def landed():
    return verdicts([given for *_, given in LANDINGS])


@pytest.mark.parametrize("at", range(len(LANDINGS)), ids=[one[0] for one in LANDINGS])
def test_where_an_invoice_lands(landed, at):
    row, (_, tonight, if_resynced, _) = landed[at], LANDINGS[at]
    assert f"{row['tonight_place']} {row['tonight_job_no'] or '-'} {row['rule']}" == tonight
    assert (
        f"{row['if_resynced_place']} {row['if_resynced_job_no'] or '-'} {row['if_resynced_rule']}"
        == if_resynced
    )


def test_profile_xero_gives_the_whole_window_to_what_was_edited():
    """E3: created that day, or edited within the window."""
    ages, edited = [0, 1, 1, 14, 15], [False, False, True, True, True]
    exports = practice(invoices=[invoice(no=f"INV-{at}", age=age) for at, age in enumerate(ages)])
    invoices = exports.invoices.assign(
        changed_on=exports.invoices["invoice_date"], edited=edited, in_xpm=False
    )
    for profile, expected in (
        ("xero", ["", "E3", "", "", "E3"]),
        ("ignition", ["", "", "", "", "E3"]),
    ):
        passed = skip_rule(invoices, Settings(profile=profile), TODAY)
        assert [SKIP_RULES[at] for at in passed] == expected
    assert not skip_rule(invoices, XERO_PROFILE, TODAY, lasting_only=True).any()


def test_an_invoice_that_only_xpm_has_is_not_replayed():
    row = verdict(no="X-1", xpm_invoices=[xpm_invoice(), xpm_invoice("", no="X-1")])
    assert (
        row["tonight_place"],
        row["rule"],
        row["if_resynced_place"],
        row["if_resynced_rule"],
    ) == ("", "", "", "")


SHOUTED = "ACME PTY LTD"  # the same letters as ACME's, and a client too where it is among the names

# what it shows, the other clients' names, the billing details of ACME, and the other client that they name
BILLING = [
    ("C3 another client's name", [ZENITH], ZENITH, ZENITH),
    ("C3 another client's name, written in another way", [ZENITH], "ZENITH  DENTAL.", ZENITH),
    (
        "C3 to the letter before another way of writing it",
        ["ZENITH DENTAL", ZENITH],
        ZENITH,
        ZENITH,
    ),
    (
        "C3 of two ways of writing it the first",
        [ZENITH, "ZENITH DENTAL"],
        "Zenith-Dental",
        "ZENITH DENTAL",
    ),
    ("C3 a client of the same letters", [SHOUTED], SHOUTED, SHOUTED),
    ("blank", [ZENITH], "", ""),
    ("spaces", [ZENITH], "  ", ""),
    ("spaces are not a client whose name has no letters", ["--"], "  ", ""),
    ("its own name", [SHOUTED], ACME, ""),
    ("its own name, written in another way", [ZENITH], "ACME PTY. LTD", ""),
    (
        "its own name, written in another way, and a client of the same letters",
        [SHOUTED],
        "Acme Pty. Ltd",
        "",
    ),
    ("no client's name", [ZENITH], "Accounts payable, level 3", ""),
]


@pytest.mark.parametrize(
    ("others", "details", "diverts_to"),
    [one[1:] for one in BILLING],
    ids=[one[0] for one in BILLING],
)
def test_what_billing_details_say(others, details, diverts_to):
    clients = practice(clients=[client(ACME, details), *map(client, others)]).clients
    assert client_facts(clients, pd.Index([ACME, *others])).loc[ACME, "diverts_to"] == diverts_to


@pytest.mark.parametrize(
    ("status", "archived"),
    [
        ("Archived", True),
        ("ARCHIVED", True),
        ("Inactive (Archived)", True),
        ("Inactive", False),
        ("Active", False),
        ("", False),
        ("Prospect", False),
    ],
)
def test_which_status_is_archived(status, archived):
    clients = practice(clients=[client(ACME, status=status)]).clients
    assert client_facts(clients, pd.Index([ACME])).loc[ACME, "archived"] == archived


@pytest.mark.parametrize("clients", [None, []], ids=["not given", "no client in it"])
def test_without_clients_nothing_is_known_of_them(clients):
    facts = client_facts(practice(clients=clients).clients, pd.Index([ACME]))
    archived, diverts_to = about_contacts(pd.Series([ACME, ZENITH]), facts)
    assert (archived.tolist(), diverts_to.tolist()) == ([False, False], ["", ""])


def test_what_is_known_of_a_client_is_of_that_name_alone():
    """C1: to the letter; of a contact that is no client nothing is known."""
    clients = practice(clients=[client(ZENITH, ACME, "Archived"), client(ACME)]).clients
    contacts = pd.Series(["Nobody", ZENITH, "zenith dental", ACME])
    archived, diverts_to = about_contacts(contacts, client_facts(clients, pd.Index([ACME, ZENITH])))
    assert (archived.tolist(), diverts_to.tolist()) == (
        [False, True, False, False],
        ["", ACME, "", ""],
    )


def test_each_reference_has_a_pick_of_its_own():
    """M1-M4 of several at once: one by number, a decided tie, one that cannot be told, closed jobs alone, none."""
    jobs = [
        job("J0", "", state="Completed"),
        job("J1", "CLI-1"),
        job("J2", "CLI-1", created=9),
        job("J3", "CLI-3"),
        job("J4", "CLI-3"),
        job("J5", "CLI-5", state="On Hold"),
        job("J6", "CLI-6", name="Ad hoc work"),
    ]
    references = pd.Index(["J4", "CLI-1", "CLI-3", "CLI-5", "CLI-6", "x", ""])
    picks = pick_jobs(references, practice(jobs=jobs).jobs)
    assert picks.index.equals(references)
    assert picks["picked"].tolist() == [4, 2, NO_JOB, NO_JOB, NO_JOB, NO_JOB, NO_JOB]
    assert picks["rule"].tolist() == ["M1", "M3", "M3", "", "", "", ""]
    assert picks["tied"].tolist() == [False, False, True, False, False, False, False]
    assert picks["rivals"].tolist() == [0, 2, 2, 0, 0, 0, 0]
    assert picks["named"].tolist() == [1, 2, 2, 1, 0, 0, 0]


def test_without_an_open_job_nothing_is_picked():
    picks = pick_jobs(pd.Index(["CLI-1", "J1"]), practice(jobs=[job(state="Completed")]).jobs)
    assert (picks["picked"].tolist(), picks["named"].tolist()) == ([NO_JOB, NO_JOB], [1, 1])


def test_a_part_of_a_table_lands_as_it_does_in_the_whole():
    exports = practice(
        invoices=[invoice(no="INV-1"), invoice("x", no="INV-2")],
        jobs=[J1, job("J2", name="Ad hoc")],
    )
    assert ad_hoc_jobs(exports.jobs[1:]).to_dict() == {1: True}
    invoices = exports.invoices[1:].assign(
        in_xpm=False, edited=False, changed_on=exports.invoices["invoice_date"]
    )
    picks = pick_jobs(pd.Index(["x", ""]), exports.jobs)
    landed = replay(
        invoices, exports.jobs, client_facts(None, pd.Index([])), picks, Settings(), TODAY, True
    )
    assert [landed[name].tolist() for name in ("tonight_place", "if_resynced_place")] == [
        ["client"],
        ["client"],
    ]


def test_deciding_changes_no_table():
    exports = practice(clients=[client()])
    tables = exports.invoices, exports.jobs, exports.xpm_invoices, exports.clients
    before = [table.copy() for table in tables]
    find(exports, Settings(), TODAY)
    for table, copy in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)
