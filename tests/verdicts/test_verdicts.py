"""The outcome, cause and job of every invoice: per cause what fires, what must not, and the edges.

Each row of VERDICTS reads: what it shows, then outcome, cause, the job where it belongs and how surely, then what the
practice is made of where it differs from builders' practice, in which nothing is wrong.
Source: contract.md "How outcome and cause are decided"; rules.md section 4.
"""

from dataclasses import replace

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
    decide,
    decision,
    invoice,
    job,
    practice,
    verdict,
    verdicts,
    xpm_invoice,
)

from reconcile.exports.files.sources import find_sources
from reconcile.exports.tables import read_exports
from reconcile.exports.xpm import JobAside
from reconcile.rules.causes import FINDINGS
from reconcile.settings.model import Settings
from reconcile.verdicts.verdicts import find, known_clients

ON_J1, ON_J2, ON_CLIENT = [xpm_invoice("J1")], [xpm_invoice("J2")], [xpm_invoice("")]
ON_BOTH = [xpm_invoice("J1, J2")]
CLI2 = job("J2", "CLI-2")
BLANK = job(order="")
THEIRS = job("J9", "CLI-9", client=ZENITH)
ON_THEIRS = [xpm_invoice("J9")]
XERO_PROFILE, DRAFTS = Settings(profile="xero"), Settings(drafts="fix")
ADHOC = Settings(adhoc="all")
LOCKED = Settings(xero_lock_date=ago(5))
STRAY = "ACME PTY LTD"
REDIRECTED = [client(ACME, billing_details=ZENITH), client(ZENITH)]
ARCHIVED = [client(ACME, status="Archived")]


def new(reference="CLI-1", **more):
    """An invoice that XPM does not have."""
    return dict(one=invoice(reference, **more), xpm_invoices=NEVER)


VERDICTS = [
    # on a job that its Reference names
    ("ok on the job it names", "ok - J1 certain", {}),
    ("ok named by job number", "ok - J1 certain", dict(one=invoice("J1"))),
    ("ok though a newer job carries the text", "ok - J1 certain", dict(jobs=[job(), job("J2", created=1)])),
    ("ok though the job is completed", "ok - J1 certain", dict(jobs=[job(state="Completed")])),
    ("ok though which is newest cannot be told", "ok - J1 certain", dict(jobs=[job(), job("J2")])),
    ("ok on several jobs, one of them named", "ok - J1 certain", dict(jobs=[CLI2, job()], xpm_invoices=ON_BOTH)),
    ("ok paid long ago", "ok - J1 certain", dict(one=invoice(status="Paid", age=300))),
    ("ok in a locked period", "ok - J1 certain", dict(settings=LOCKED)),
    ("ok with an archived client", "ok - J1 certain", dict(clients=ARCHIVED)),
    ("ok with a redirected client", "ok - J1 certain", dict(clients=REDIRECTED)),
    ("ok with a contact that is no client", "ok - J1 certain", dict(one=invoice(contact="Nobody"))),
    ("ok on a named job that the jobs export does not hold", "ok - J77 certain", dict(one=invoice("J77"), xpm_invoices=[xpm_invoice("J77")])),
    # T1
    ("T1 not in XPM, one text", "fix T1 J1 likely", new("")),
    ("T1 on the client, one text", "fix T1 J1 likely", dict(one=invoice(""), xpm_invoices=ON_CLIENT)),
    ("T1 two jobs of one text: the newest", "fix T1 J2 likely", dict(new(""), jobs=[job(), job("J2", created=9)])),
    ("T1 two jobs of one text, same day: a choice", "fix T1 - none", dict(new(""), jobs=[job(), job("J2")])),
    ("T1 several texts: a choice", "fix T1 - none", dict(new(""), jobs=[job(), CLI2])),
    ("T1 no text", "review T1 - none", dict(new(""), jobs=[BLANK])),
    ("T1 the only text is on a closed job", "review T1 - none", dict(new(""), jobs=[job(state="On Hold")])),
    ("T1 the only text is on an ad hoc job", "review T1 - none", dict(new(""), jobs=[job(category="Ad hoc")])),
    ("T1 the only text is another client's", "review T1 - none", dict(new(""), jobs=[THEIRS])),
    ("T1 a text beside a blank job is the only text", "fix T1 J1 likely", dict(new(""), jobs=[job(), job("J2", "")])),
    ("T1 not: on a job of its own client", "ok - J1 certain", dict(one=invoice(""))),
    ("T1 not: blank never joins blank", "ok - J1 certain", dict(one=invoice(""), jobs=[BLANK])),
    ("T1 on another client's job is for a person", "review T1 - none", dict(one=invoice(""), jobs=[job(), THEIRS], xpm_invoices=ON_THEIRS)),
    ("T1 nobody knows the contact", "review T1 - none", new("", contact="Nobody")),
    # T2
    ("T2 one text of the client", "fix T2 J1 likely", new("CLI-5")),
    ("T2 several texts: a choice", "fix T2 - none", dict(new("CLI-5"), jobs=[job(), CLI2])),
    ("T2 a text of the family, and a blank job: a choice", "fix T2 - none", dict(new("CLI-5"), jobs=[job(), job("J2", "")])),
    ("T2 a contact without jobs", "review T2 - none", new("CLI-5", contact="Nobody")),
    ("T2 a client with only a closed job", "review T2 - none", dict(new("CLI-5"), jobs=[job(state="Completed")])),
    ("T2 any text, a job of another family", "fix T2 J1 likely", new("Retainer")),
    ("T2 a dash too few is not near", "fix T2 J1 likely", new("CLI1")),
    ("T2 not: on a job of its own client", "ok - J1 certain", dict(one=invoice("CLI-5"))),
    # T3
    ("T3 capitals", "fix T3 J1 likely", new("cli-1")),
    ("T3 a space behind, on the client", "fix T3 J1 likely", dict(one=invoice("CLI-1 "), xpm_invoices=ON_CLIENT)),
    ("T3 a non-breaking space", "fix T3 J1 likely", new("CLI-1\u00a0")),
    ("T3 a zero-width space", "fix T3 J1 likely", new("CLI-1\u200b")),
    ("T3 leading zeros", "fix T3 J1 likely", new("CLI-0001")),
    ("T3 dash style", "fix T3 J1 likely", new("CLI\u20131")),
    ("T3 spaces around the dash", "fix T3 J1 likely", new("CLI - 1")),
    ("T3 inside a sentence", "fix T3 J1 likely", new("Fee for March (CLI-1)")),
    ("T3 a job number", "fix T3 J1 likely", dict(new("j1"), jobs=[BLANK])),
    ("T3 a job number without its zeros", "fix T3 J0001 likely", dict(new("J1"), jobs=[job("J0001", "")])),
    ("T3 the job's text is the odd one", "fix T3 J1 likely", dict(new("CLI-1"), jobs=[job(order="cli 1-"), job(order=" CLI-1")][1:])),
    ("T3 two references of one client", "review T3 - none", dict(new("CLI-1, CLI-2"), jobs=[job(), CLI2])),
    ("T3 one job by number and by order number: two texts", "review T3 - none", new("J1 CLI-1")),
    ("T3 its own client's before another's", "fix T3 J1 likely", dict(new("CLI-1 CLI-9"), jobs=[job(), THEIRS])),
    ("T3 only another client's", "review T3 - none", dict(new("cli-9"), jobs=[BLANK, THEIRS])),
    ("T3 one text on two jobs: the newest", "fix T3 J2 likely", dict(new("cli-1"), jobs=[job(), job("J2", created=9)])),
    ("T3 one text on two jobs of one day", "review T3 - none", dict(new("cli-1"), jobs=[job(), job("J2")])),
    ("T3 two spellings of one text", "review T3 - none", dict(new("cli-01"), jobs=[job(), job("J2", "CLI-01")])),
    ("T3 before T7", "fix T3 J1 likely", dict(new("prop-5"), jobs=[job(order="PROP-5"), CLI2])),
    ("T3 not: near a closed job only", "review T2 - none", dict(new("cli-1"), jobs=[job(state="Completed")])),
    ("T3 not: near an ad hoc job only", "review T2 - none", dict(new("cli-1"), jobs=[job(name="Ad hoc")])),
    ("T3 not: part of a word", "fix T2 J1 likely", new("CLI-12")),
    ("T3 not: a dot behind belongs to the word", "fix T2 J1 likely", new("see CLI-1.")),
    ("T3 not: a job is named, near another", "fix T28 J1 certain", dict(new("CLI-1"), jobs=[job(), job("J2", "cli-1")])),
    # T4
    ("T4 completed", "fix T4 J1 certain", dict(new(), jobs=[job(state="Completed")])),
    ("T4 on hold, by its number", "fix T4 J1 certain", dict(new("J1"), jobs=[job(state="On Hold")])),
    ("T4 cancelled, on the client", "fix T4 J1 certain", dict(jobs=[job(state="Cancelled")], xpm_invoices=ON_CLIENT)),
    ("T4 a state that the settings name", "fix T4 J1 certain", dict(new(), jobs=[job(state="With CLIENT")], settings=Settings(states={"with client": "on-hold"}))),
    ("T4 several: a choice", "fix T4 - none", dict(new(), jobs=[job(state="Completed"), job("J2", state="On Hold")])),
    ("T4 another client's: a choice", "fix T4 - none", dict(new("CLI-9"), jobs=[job(), job("J9", "CLI-9", client=ZENITH, state="Completed")])),
    ("T4 not: a Standard job carries it too", "fix T28 J1 certain", dict(new(), jobs=[job(), job("J2", state="Completed")])),
    ("T4 not: the settings say Standard", "fix T28 J1 certain", dict(new(), jobs=[job(state="Archived")], settings=Settings(states={"archived": "standard"}))),
    # T5
    ("T5 one day", "fix T5 - none", dict(new(), jobs=[job(), job("J2")])),
    ("T5 one day unknown, on the client", "fix T5 - none", dict(jobs=[job(), job("J2", created=None)], xpm_invoices=ON_CLIENT)),
    ("T5 two clients' jobs", "fix T5 - none", dict(new(), jobs=[job(), job("J9", client=ZENITH)])),
    ("T5 not: the newest is alone", "fix T27 J3 certain", dict(jobs=[job(), job("J2"), job("J3", created=1)], xpm_invoices=ON_CLIENT)),
    ("T5 not: the twin is closed", "fix T27 J1 certain", dict(jobs=[job(), job("J2", state="Canceled")], xpm_invoices=ON_CLIENT)),
    ("T5 not: one has it as its number", "fix T27 CLI-1 certain", dict(jobs=[job("CLI-1", ""), job(), job("J2")], xpm_invoices=ON_CLIENT)),
    # T6
    ("T6 one blank job", "fix T6 J1 likely", dict(new("CLI-5"), jobs=[BLANK])),
    ("T6 two blank jobs: a choice", "fix T6 - none", dict(new("CLI-5"), jobs=[BLANK, job("J2", "")])),
    ("T6 a job of another family beside it", "fix T6 J1 likely", dict(new("Retainer"), jobs=[BLANK, CLI2])),
    ("T6 any other text is a family of its own", "fix T6 J1 likely", dict(new("Retainer"), jobs=[BLANK, job("J2", "Engagement")])),
    ("T6 on the client", "fix T6 J1 likely", dict(one=invoice("CLI-5"), jobs=[BLANK], xpm_invoices=ON_CLIENT)),
    ("T6 not: a job carries the family", "fix T2 - none", dict(new("CLI-5"), jobs=[BLANK, CLI2])),
    ("T6 not: the blank job is closed", "review T2 - none", dict(new("CLI-5"), jobs=[job(order="", state="Completed")])),
    ("T6 not: an ad hoc job is no blank job", "review T2 - none", dict(new("CLI-5"), jobs=[job(order="", name="Ad hoc work")])),
    ("T6 not: the blank job is another client's", "review T2 - none", dict(new("CLI-5"), jobs=[job(order="", client=ZENITH)])),
    # T7
    ("T7 PROP against CLI", "fix T7 J1 likely", new("PROP-5")),
    ("T7 CLI against PROP", "fix T7 J1 likely", dict(new("CLI-5"), jobs=[job(order="PROP-1")])),
    ("T7 two jobs of the other family: a choice", "fix T7 - none", dict(new("PROP-5"), jobs=[job(), CLI2])),
    ("T7 a blank job made later: a choice", "fix T7 - none", dict(new("PROP-5"), jobs=[job(), job("J2", "", created=99)])),
    ("T7 a blank job made the same day is not later", "fix T7 J1 likely", dict(new("PROP-5"), jobs=[job(), job("J2", "", created=100)])),
    ("T7 a blank job made before", "fix T7 J1 likely", dict(new("PROP-5"), jobs=[job(), job("J2", "", created=101)])),
    ("T7 a blank job of unknown day: a choice", "fix T7 - none", dict(new("PROP-5"), jobs=[job(), job("J2", "", created=None)])),
    ("T7 before T8", "fix T7 J1 likely", dict(new("PROP-5"), jobs=[job(), job("J2", "PROP-1")])),
    ("T7 not: the other family is on a closed job", "review T2 - none", dict(new("PROP-5"), jobs=[job(state="Completed")])),
    ("T7 not: another text has no other family", "fix T2 J1 likely", new("Retainer")),
    ("T7 the old text still arrives: a choice", "fix T7 - none", dict(new("PROP-5"), also=[invoice(no="INV-2", age=1)])),
    ("T7 the old text arrived long ago", "fix T7 J1 likely", dict(one=invoice("PROP-5"), also=[invoice(no="INV-2")], xpm_invoices=[xpm_invoice(no="INV-2")])),
    ("T7 the old text would arrive, XPM not given: a choice", "fix T7 - none", dict(one=invoice("PROP-5"), also=[invoice(no="INV-2")], xpm_invoices=None)),
    ("T7 what still arrives comes by the job's number", "fix T7 J1 likely", dict(new("PROP-5"), also=[invoice("J1", no="INV-2", age=1)])),
    # T8
    ("T8 another PROP", "fix T8 J1 likely", dict(new("PROP-5"), jobs=[job(order="PROP-1")])),
    ("T8 two other PROPs: a choice", "fix T8 - none", dict(new("PROP-5"), jobs=[job(order="PROP-1"), job("J2", "PROP-2")])),
    ("T8 a blank job made later: a choice", "fix T8 - none", dict(new("PROP-5"), jobs=[job(order="PROP-1"), job("J2", "", created=9)])),
    ("T8 the old text still arrives: a choice", "fix T8 - none", dict(new("PROP-5"), jobs=[job(order="PROP-1")], also=[invoice("PROP-1", no="INV-2", age=1)])),
    ("T8 not: the other PROP is on a closed job", "review T2 - none", dict(new("PROP-5"), jobs=[job(order="PROP-1", state="Archived")])),
    ("T8 not: another CLI is T2", "fix T2 J1 likely", new("CLI-5")),
    # T9
    ("T9 one own text of the family", "fix T9 J1 none", dict(new("CLI-9"), jobs=[job(), THEIRS])),
    ("T9 two own texts of the family", "review T9 - none", dict(new("CLI-9"), jobs=[job(), CLI2, THEIRS])),
    ("T9 own text of another family", "review T9 - none", dict(new("CLI-9"), jobs=[job(order="PROP-1"), THEIRS])),
    ("T9 no own job", "review T9 - none", dict(new("CLI-9"), jobs=[THEIRS], clients=[client(ACME), client(ZENITH)])),
    ("T9 on the client", "fix T9 J1 none", dict(one=invoice("CLI-9"), jobs=[job(), THEIRS], xpm_invoices=ON_CLIENT)),
    ("T9 on the job it names, another client's", "review T9 - none", dict(one=invoice("CLI-9"), jobs=[job(), THEIRS], xpm_invoices=ON_THEIRS)),
    ("T9 there, though a newer job of its own carries the text", "review T9 - none", dict(jobs=[job("J9", client=ZENITH, created=200), job()], xpm_invoices=ON_THEIRS)),
    ("T9 a name nearly the same, with a job of its own", "fix T9 J2 none", dict(new(contact=STRAY), jobs=[job(), job("J2", "CLI-2", client=STRAY)])),
    ("T9 not: the contact is no client", "ok - J9 certain", dict(one=invoice("CLI-9", contact="Nobody"), jobs=[THEIRS], xpm_invoices=ON_THEIRS)),
    # T10
    ("T10 a name nearly the same", "fix T10 J1 certain", new(contact="Acme Pty. Ltd")),
    ("T10 the import's stray client, by XPM's invoices", "fix T10 J1 certain", dict(one=invoice(contact=STRAY), xpm_invoices=[xpm_invoice("", client=STRAY)])),
    ("T10 the import's stray client, by the clients export", "fix T10 J1 certain", dict(new(contact=STRAY), clients=[client(), client(STRAY)])),
    ("T10 no name nearly the same", "review T10 - none", new(contact="Nobody")),
    ("T10 the clients export alone says who is a client", "review T10 - none", dict(new("CLI-9"), jobs=[job(), THEIRS], clients=[client(ZENITH)])),
    ("T10 not: the stray's invoice is on the job it names", "ok - J1 certain", dict(one=invoice(contact=STRAY), clients=[client(), client(STRAY)])),
    ("T10 not: nothing is picked", "review T2 - none", new("CLI-5", contact=STRAY)),
    # T12 and T13
    ("T12 not in XPM", "review T12 J1 certain", dict(new(), clients=REDIRECTED)),
    ("T12 on the client, the other's name in capitals", "review T12 J1 certain", dict(xpm_invoices=ON_CLIENT, clients=[client(ACME, ZENITH.upper()), client(ZENITH)])),
    ("T12 before T24", "review T12 J1 certain", dict(new(age=0), clients=REDIRECTED)),
    ("T12 not: billing details are its own name", "fix T27 J1 certain", dict(xpm_invoices=ON_CLIENT, clients=[client(ACME, "ACME PTY. LTD")])),
    ("T12 not: billing details are no client's name", "fix T27 J1 certain", dict(xpm_invoices=ON_CLIENT, clients=[client(ACME, "Accounts payable")])),
    ("T12 not: nothing is picked", "fix T1 J1 likely", dict(new(""), clients=REDIRECTED)),
    ("T13 not in XPM", "review T13 J1 certain", dict(new(), clients=ARCHIVED)),
    ("T13 on the client", "review T13 J1 certain", dict(xpm_invoices=ON_CLIENT, clients=ARCHIVED)),
    ("T13 before T12", "review T13 J1 certain", dict(new(), clients=[client(ACME, ZENITH, "Archived"), client(ZENITH)])),
    ("T13 before T16", "review T13 J1 certain", dict(new(age=90), clients=ARCHIVED)),
    ("T13 not: nothing is picked", "fix T1 J1 likely", dict(new(""), clients=ARCHIVED)),
    # T14
    ("T14 on a job that is not in the export, ad hoc on", "fix T14 J1 certain", dict(xpm_invoices=[xpm_invoice("J77")], settings=ADHOC)),
    ("T14 on a job whose number says so", "fix T14 J1 certain", dict(xpm_invoices=[xpm_invoice("Ad-Hoc 3")])),
    ("T14 on a job whose name says so", "fix T14 J1 certain", dict(jobs=[job(), job("J2", name="AD HOC")], xpm_invoices=ON_J2)),
    ("T14 on a job whose category says so, though it carries the text", "fix T14 J1 certain", dict(jobs=[job(), job("J2", category="Adhoc")], xpm_invoices=ON_J2)),
    ("T14 not: nothing is picked", "fix T2 J1 likely", dict(one=invoice("CLI-5"), xpm_invoices=[xpm_invoice("J77")], settings=ADHOC)),
    ("T14 not: the client is archived", "review T13 J1 certain", dict(xpm_invoices=[xpm_invoice("J77")], settings=ADHOC, clients=ARCHIVED)),
    ("T14 not: on a named job as well", "ok - J1 certain", dict(xpm_invoices=[xpm_invoice("J77, J1")], settings=ADHOC)),
    # T16, T24, T28, T19
    ("T24 today", "wait T24 J1 certain", new(age=0)),
    ("T24 day 2", "wait T24 J1 certain", new(age=2)),
    ("T24 dated tomorrow", "wait T24 J1 certain", new(age=-1)),
    ("T28 day 3", "fix T28 J1 certain", new(age=3)),
    ("T28 day 13", "fix T28 J1 certain", new(age=13)),
    ("T28 day 14", "fix T28 J1 certain", new(age=14)),
    ("T16 day 15", "fix T16 J1 certain", new(age=15)),
    ("T24 profile xero, the day itself", "wait T24 J1 certain", dict(new(age=0), settings=XERO_PROFILE)),
    ("T28 profile xero, the next day", "fix T28 J1 certain", dict(new(age=1), settings=XERO_PROFILE)),
    ("T28 profile xero, day 14", "fix T28 J1 certain", dict(new(age=14), settings=XERO_PROFILE)),
    ("T16 profile xero, day 15", "fix T16 J1 certain", dict(new(age=15), settings=XERO_PROFILE)),
    ("T16 a window of 7 days, day 8", "fix T16 J1 certain", dict(new(age=8), settings=Settings(window_days=7))),
    ("T28 a window of 7 days, day 7", "fix T28 J1 certain", dict(new(age=7), settings=Settings(window_days=7))),
    ("T28 paid, and still not in XPM", "fix T28 J1 certain", new(status="Paid")),
    ("T19 on the lock date", "review T19 J1 certain", dict(new(), settings=LOCKED)),
    ("T19 on XPM's lock date", "review T19 J1 certain", dict(new(), settings=Settings(xpm_lock_date=ago(5)))),
    ("T19 before T16", "review T19 J1 certain", dict(new(age=15), settings=LOCKED)),
    ("T19 before T24", "review T19 J1 certain", dict(new(age=1), settings=Settings(xero_lock_date=ago(1)))),
    ("T19 not: the day after the lock date", "fix T28 J1 certain", dict(new(), settings=Settings(xero_lock_date=ago(6)))),
    ("T19 a fix in a locked period is for a person, its cause stays", "review T27 J1 certain", dict(xpm_invoices=ON_CLIENT, settings=LOCKED)),
    ("T19 a locked near miss keeps its job", "review T3 J1 likely", dict(new("cli-1"), settings=LOCKED)),
    # T17 and T18
    ("T17 six cents", "fix T17 J1 certain", dict(xpm_invoices=[xpm_invoice(cents=110006)])),
    ("T17 six cents less", "fix T17 J1 certain", dict(xpm_invoices=[xpm_invoice(cents=109994)])),
    ("T17 not: five cents", "ok - J1 certain", dict(xpm_invoices=[xpm_invoice(cents=110005)])),
    ("T17 by the settings' tolerance", "ok - J1 certain", dict(xpm_invoices=[xpm_invoice(cents=110100)], settings=Settings(cents_tolerance=100))),
    ("T17 without tax, six cents", "fix T17 J1 certain", dict(xpm_invoices=[xpm_invoice(cents=None, ex_tax=100006)])),
    ("T17 not: without tax, the same", "ok - J1 certain", dict(xpm_invoices=[xpm_invoice(cents=None, ex_tax=100000)])),
    ("T17 not: the amount with tax is the one that counts", "ok - J1 certain", dict(xpm_invoices=[xpm_invoice(ex_tax=5)])),
    ("T17 not: XPM shows no amount", "ok - J1 certain", dict(xpm_invoices=[xpm_invoice(cents=None)])),
    ("T17 stays on its job though a newer one carries the text", "fix T17 J1 certain", dict(jobs=[job(), job("J2", created=1)], xpm_invoices=[xpm_invoice(cents=1)])),
    ("T17 not: on the client is T27 first", "fix T27 J1 certain", dict(xpm_invoices=[xpm_invoice("", cents=1)])),
    ("T17 not: on a job of its own that it does not name", "ok - J1 certain", dict(one=invoice("CLI-5"), xpm_invoices=[xpm_invoice(cents=1)])),
    ("T18 another client, less than half", "review T18 - none", dict(xpm_invoices=[xpm_invoice(client=ZENITH, cents=54999)])),
    ("T18 another client, more than double", "review T18 - none", dict(xpm_invoices=[xpm_invoice(client=ZENITH, cents=220001)])),
    ("T18 before T26", "review T18 - none", dict(jobs=[job(), THEIRS], xpm_invoices=[xpm_invoice("J9", client=ZENITH, cents=1)])),
    ("T18 before T1", "review T18 - none", dict(one=invoice(""), xpm_invoices=[xpm_invoice("", client=ZENITH, cents=1)])),
    ("T18 not: exactly half", "fix T17 J1 certain", dict(xpm_invoices=[xpm_invoice(client=ZENITH, cents=55000)])),
    ("T18 not: the same client", "fix T17 J1 certain", dict(xpm_invoices=[xpm_invoice(cents=1)])),
    ("T18 not: the same amount", "ok - J1 certain", dict(xpm_invoices=[xpm_invoice(client=ZENITH)])),
    # T20, T21, T22
    ("T20 awaiting approval", "fix T20 J1 certain", new(status="Awaiting Approval")),
    ("T20 awaiting approval, nothing is picked", "fix T20 - none", new("", status="Awaiting Approval")),
    ("T20 a draft, by choice", "none T20 - none", new(status="Draft")),
    ("T20 a draft, where the settings want it", "fix T20 J1 certain", dict(new(status="Draft"), settings=DRAFTS)),
    ("T20 before T1", "none T20 - none", new("", status="Draft")),
    ("T20 locked", "review T20 J1 certain", dict(new(status="Awaiting Approval"), settings=LOCKED)),
    ("T21 a credit note", "none T21 - none", dict(new(), no="CN-1", also=[credit_note()])),
    ("T21 a voided credit note", "none T21 - none", dict(new(), no="CN-1", also=[credit_note(status="Voided")])),
    ("T22 voided, and XPM has it", "fix T22 - none", dict(one=invoice(status="Voided"))),
    ("T22 deleted, on the client", "fix T22 - none", dict(one=invoice(status="Deleted"), xpm_invoices=ON_CLIENT)),
    ("T22 before T18", "fix T22 - none", dict(one=invoice(status="Voided"), xpm_invoices=[xpm_invoice(client=ZENITH, cents=1)])),
    ("T22 locked", "review T22 - none", dict(one=invoice(status="Voided"), settings=LOCKED)),
    ("T22 not: voided, and XPM never had it", "none - - none", new(status="Voided")),
    ("T22 not: voided, XPM not given", "none - - none", dict(one=invoice(status="Voided"), xpm_invoices=None)),
    # T26 and T27
    ("T26 picked job older than the invoice", "fix T26 J1 certain", dict(jobs=[job(), CLI2], xpm_invoices=ON_J2)),
    ("T26 picked job created on the invoice's day", "fix T26 J1 certain", dict(jobs=[job(created=5), CLI2], xpm_invoices=ON_J2)),
    ("T26 picked job created after the invoice", "ok - J2 certain", dict(jobs=[job(created=4), CLI2], xpm_invoices=ON_J2)),
    ("T26 picked job of unknown day", "review T26 J1 certain", dict(jobs=[job(created=None), CLI2], xpm_invoices=ON_J2)),
    ("T26 on a closed job of its own", "fix T26 J1 certain", dict(jobs=[job(), job("J2", "CLI-2", state="Completed")], xpm_invoices=ON_J2)),
    ("T26 before T1 to T8", "fix T26 J1 certain", dict(jobs=[job(), BLANK | {"job_no": "J2"}], xpm_invoices=ON_J2)),
    ("T26 on two jobs of its own, neither named", "fix T26 J3 certain", dict(jobs=[job(order="CLI-4"), CLI2, job("J3", "CLI-1")], xpm_invoices=ON_BOTH)),
    ("T26 another client's job", "fix T26 J1 certain", dict(jobs=[job(), THEIRS], xpm_invoices=ON_THEIRS)),
    ("T26 another client's job, the picked one came later", "fix T26 J1 certain", dict(jobs=[job(created=1), THEIRS], xpm_invoices=ON_THEIRS)),
    ("T26 own job, the picked one is another client's", "fix T26 - none", dict(one=invoice("CLI-9"), jobs=[job(), THEIRS])),
    ("T26 not: another client's job, nothing is picked", "review T2 - none", dict(one=invoice("CLI-5"), jobs=[job(), THEIRS], xpm_invoices=ON_THEIRS)),
    ("T26 not: own job, nothing is picked", "ok - J1 certain", dict(one=invoice("CLI-5"))),
    ("T26 not: own job, a near miss of another", "ok - J1 certain", dict(one=invoice("cli-2"), jobs=[job(), CLI2])),
    ("T26 not: own job, cannot tell which it names", "ok - J3 certain", dict(jobs=[job(), job("J2"), job("J3", "CLI-3")], xpm_invoices=[xpm_invoice("J3")])),
    ("T27 on the client, a job matches", "fix T27 J1 certain", dict(xpm_invoices=ON_CLIENT)),
    ("T27 by job number", "fix T27 J1 certain", dict(one=invoice("J1"), xpm_invoices=ON_CLIENT)),
    ("T27 whatever the job's age", "fix T27 J1 certain", dict(jobs=[job(created=1)], xpm_invoices=ON_CLIENT)),
    ("T27 whatever the invoice's age", "fix T27 J1 certain", dict(one=invoice(age=300), xpm_invoices=ON_CLIENT)),
    ("T27 not: the job is closed", "fix T4 J1 certain", dict(jobs=[job(state="Complete")], xpm_invoices=ON_CLIENT)),
    ("T27 not: the job is another client's", "fix T9 J1 none", dict(one=invoice("CLI-9"), jobs=[job(), THEIRS], xpm_invoices=ON_CLIENT)),
    # no XPM invoices given
    ("not given: it would land on its job", "ok - J1 certain", dict(one=invoice(age=90), xpm_invoices=None)),
    ("not given: by the list as ever", "fix T1 J1 likely", dict(one=invoice(""), xpm_invoices=None)),
    ("not given: another client's job", "fix T9 J1 none", dict(one=invoice("CLI-9"), jobs=[job(), THEIRS], xpm_invoices=None)),
    ("not given: archived", "review T13 J1 certain", dict(xpm_invoices=None, clients=ARCHIVED)),
    ("not given: locked", "review T19 J1 certain", dict(xpm_invoices=None, settings=LOCKED)),
]  # fmt: skip


@pytest.fixture(scope="module")
def decided():
    return [decision(row) for row in verdicts([given for _, _, given in VERDICTS])]


@pytest.mark.parametrize("at", range(len(VERDICTS)), ids=[one[0] for one in VERDICTS])
def test_verdict(decided, at):
    assert decided[at] == VERDICTS[at][1]


def test_deciding_together_is_deciding_alone():
    for _, expected, given in VERDICTS[::40]:
        assert decision(verdict(**given)) == expected


# XPM's invoices exported before the day of the run: what it shows, the day that their file states in days ago, outcome and
# cause of INV-1, whether the gap is told, and the practice
GAP = [
    ("no day stated: a finding", None, "fix T28", False, new(age=5)),
    ("dated on the day of the export", 5, "wait T24", True, new(age=5)),
    ("dated after it", 6, "wait T24", True, new(age=5)),
    ("dated before it", 4, "fix T28", False, new(age=5)),
    ("exported today", 0, "fix T28", False, new(age=5)),
    ("exported today, dated today", 0, "wait T24", False, new(age=0)),
    ("exported tomorrow", -1, "wait T24", False, new(age=0)),
    ("young, and after it too", 2, "wait T24", True, new(age=1)),
    ("out of the window since", 20, "wait T24", True, new(age=18)),
    ("out of the window before", 17, "fix T16", False, new(age=18)),
    ("its date is not known", 5, "review -", False, new(age=None)),
    ("the narrower window", 5, "wait T24", True, new(age=5) | dict(settings=XERO_PROFILE)),
    ("in XPM on the client", 9, "fix T27", False, dict(xpm_invoices=ON_CLIENT)),
    ("in XPM where it belongs", 9, "ok -", False, {}),
    ("its Reference names no job", 9, "fix T2", False, new("CLI-8", age=5)),
    (
        "its job is another client's",
        9,
        "fix T9",
        False,
        new("CLI-9", age=5) | dict(jobs=[job(), THEIRS]),
    ),
    ("its client is archived", 9, "review T13", False, new(age=5) | dict(clients=ARCHIVED)),
    ("on or before a lock date", 9, "review T19", False, new(age=5) | dict(settings=LOCKED)),
    ("not approved", 9, "fix T20", False, new(age=5, status="Awaiting Approval")),
    ("voided", 9, "none -", False, new(age=5, status="Voided")),
    ("no XPM invoices given", 9, "ok -", False, dict(xpm_invoices=None)),
]


@pytest.mark.parametrize(
    ("exported", "expected", "told", "given"), [row[1:] for row in GAP], ids=[row[0] for row in GAP]
)
def test_what_is_later_than_xpms_export_is_waited_for(exported, expected, told, given):
    row = verdict(**given, exported_on=ago(exported))
    assert f"{row['outcome']} {row['cause'] or '-'}" == expected
    assert (
        f"XPM's invoices were exported on {ago(exported)}, before its night" in row["notes"]
    ) == told


@pytest.mark.parametrize(
    ("changed", "missed", "expected"),
    [
        (4, False, "wait"),
        (4, True, "wait"),
        (5, False, "wait"),
        (6, True, "fix"),
        (6, False, "fix"),
    ],
    ids=["since", "since-and-awaited", "on-the-day", "before-and-awaited", "before"],
)
def test_what_was_changed_since_xpms_export_is_waited_for_too(changed, missed, expected):
    """A history knows that an old invoice was edited; the export is five days old."""
    exports = practice(invoices=[invoice(age=30)], xpm_invoices=NEVER, exported_on=ago(5))
    changed_on = pd.Series([ago(changed)], dtype="datetime64[s]")
    invoices = exports.invoices.assign(
        changed_on=changed_on, edited=True, moved=False, carried=False, missed_night=missed
    )
    (row,) = find(replace(exports, invoices=invoices), Settings(), TODAY).ledger.to_dict("records")
    assert row["outcome"] == expected


def test_every_cause_has_a_case():
    assert set(FINDINGS) - {"T25"} <= {expected.split()[1] for _, expected, _ in VERDICTS}


@pytest.mark.parametrize(
    ("job_nos", "settings", "now"),
    [
        pytest.param("", Settings(), ("client", ""), id="on the client"),
        pytest.param("J1", Settings(), ("job", "J1"), id="on a job"),
        pytest.param(
            "J77",
            Settings(),
            ("job", "J77"),
            id="on a job that the export does not hold, ad hoc off",
        ),
        pytest.param(
            "J77", ADHOC, ("adhoc", "J77"), id="on a job that the export does not hold, ad hoc on"
        ),
        pytest.param(
            "J77",
            Settings(adhoc="with-reference"),
            ("adhoc", "J77"),
            id="ad hoc except without a reference",
        ),
        pytest.param("J1,J2", Settings(), ("job", "J1, J2"), id="on two jobs"),
        pytest.param(
            "J77, J2", ADHOC, ("job", "J77, J2"), id="on an ad hoc job and one of its own"
        ),
    ],
)
def test_where_it_is(job_nos, settings, now):
    row = verdict(jobs=[job(), CLI2], xpm_invoices=[xpm_invoice(job_nos)], settings=settings)
    assert (row["now_place"], row["now_job_no"]) == now


@pytest.mark.parametrize(("xpm_invoices", "place"), [(NEVER, "absent"), (None, "unknown")])
def test_where_it_is_when_xpm_does_not_show_it(xpm_invoices, place):
    assert verdict(xpm_invoices=xpm_invoices)["now_place"] == place


@pytest.mark.parametrize(
    ("age", "listed"),
    [
        pytest.param(10, False, id="T25 the day before the first Xero date"),
        pytest.param(9, True, id="T25 the first Xero date"),
        pytest.param(7, True, id="T25 inside"),
        pytest.param(5, True, id="T25 the last Xero date"),
        pytest.param(4, False, id="T25 the day after the last Xero date"),
        pytest.param(None, False, id="T25 date unknown"),
    ],
)
def test_only_in_xpm(age, listed):
    invoices = [invoice(), invoice(no="INV-2", age=9)]
    copies = [xpm_invoice(), xpm_invoice("", no="X-1", cents=777, age=age)]
    ledger = decide(invoices=invoices, xpm_invoices=copies).ledger
    rows = ledger[ledger["invoice_no"] == "X-1"]
    assert len(rows) == listed
    for row in rows.itertuples():
        assert (row.outcome, row.cause, row.finding, row.contact) == (
            "review",
            "T25",
            "only-in-xpm",
            ACME,
        )
        assert (row.now_place, row.belongs_place, row.certainty) == ("client", "", "none")
        assert (row.total_cents, row.file) == (777, "xpm.csv")


def test_only_in_xpm_without_tax_says_so():
    row = verdict(
        no="X-1", xpm_invoices=[xpm_invoice(), xpm_invoice(no="X-1", cents=None, ex_tax=700)]
    )
    assert (row["total_cents"], row["now_job_no"]) == (700, "J1")
    assert "without tax" in row["notes"]


# what it shows, words of each note in order, and the practice
NOTES = [
    ("nothing on its job", [], {}),
    ("nothing where it waits", [], new(age=1)),
    ("nothing on the client", [], dict(xpm_invoices=ON_CLIENT)),
    ("T21 enter it by hand", ["T21"], dict(no="CN-1", also=[credit_note()], one=invoice())),
    ("T20 a draft by choice", ["T20"], new(status="Draft")),
    ("T20 a draft to approve", [], dict(new(status="Draft"), settings=DRAFTS)),
    ("voided", ["voided or deleted in Xero, and XPM has no copy"], new(status="Voided")),
    ("T22 has an action", [], dict(one=invoice(status="Voided"))),
    ("T19 keeps a fix from being done", ["nothing is deleted (E5)"], dict(xpm_invoices=ON_CLIENT, settings=LOCKED)),
    ("T19 keeps an approval from being done", ["nothing is deleted (E5)"], dict(new(status="Awaiting Approval"), settings=LOCKED)),
    ("T19 behind a review", ["T19: dated on or before"], dict(new("CLI-5"), jobs=[THEIRS], settings=LOCKED)),
    ("T19 is no note of its own", [], dict(new(), settings=LOCKED)),
    ("T19 does not matter where it is right", [], dict(settings=LOCKED)),
    ("T13 behind T1", ["T13"], dict(new(""), clients=ARCHIVED)),
    ("T13 where it is right", ["T13"], dict(clients=ARCHIVED)),
    ("T13 is no note of its own", [], dict(new(), clients=ARCHIVED)),
    ("T12 behind T1", ["T12: billing details name " + ZENITH], dict(new(""), clients=REDIRECTED)),
    ("T12 is no note of its own", [], dict(new(), clients=REDIRECTED)),
    ("T17 behind T27", ["T17: Xero says 1,100.00, XPM 1.00"], dict(xpm_invoices=[xpm_invoice("", cents=100)])),
    ("T17 is no note of its own", [], dict(xpm_invoices=[xpm_invoice(cents=100000)])),
    ("T14 with R10, ad hoc off", ["R10: see that"], dict(jobs=[job(), job("J77", name="Ad hoc")], xpm_invoices=[xpm_invoice("J77")])),
    ("T14 with R10, ad hoc on", ["R10: XPM:"], dict(xpm_invoices=[xpm_invoice("J77")], settings=ADHOC)),
    ("T14 behind T2", ["T14"], dict(one=invoice("x"), xpm_invoices=[xpm_invoice("J77")], settings=ADHOC)),
    ("T14 not for what only XPM has", [], dict(no="X-1", xpm_invoices=[xpm_invoice(), xpm_invoice("J77", no="X-1")], settings=ADHOC)),
    ("T13 not for what only XPM has", [], dict(no="X-1", xpm_invoices=[xpm_invoice(), xpm_invoice("", no="X-1")], clients=ARCHIVED)),
    ("on a job not in the export", ["does not hold the job", "A2"], dict(one=invoice("CLI-5"), xpm_invoices=[xpm_invoice("J77")])),
    ("A2 the order number moved on", ["its Reference names J1"], dict(jobs=[job(created=1), CLI2], xpm_invoices=ON_J2)),
    ("A2 the order number was changed since", ["changed since (A2)"], dict(one=invoice("CLI-5"))),
    ("A2 a newer job has it too", ["tonight its Reference would pick J2"], dict(jobs=[job(), job("J2", created=1)])),
    ("the contact is not the job's client", [f"client's: {ACME}"], dict(one=invoice(contact="Nobody"))),
    ("T9 says so itself", [], dict(one=invoice(contact=ZENITH), jobs=[job(), THEIRS])),
    ("on several jobs", ["several jobs: J1"], dict(jobs=[job(), CLI2], xpm_invoices=ON_BOTH)),
    ("T5 a tie that M3 decides", ["M3"], dict(new(age=1), jobs=[job(), job("J2", created=1)])),
    ("T5 a tie that M3 decided", [], dict(jobs=[job(), job("J2", created=1)], xpm_invoices=ON_J2)),
    ("T5 a tie is no note of its own", [], dict(new(age=1), jobs=[job(), job("J2")])),
    ("T16 judged by its date", ["window unknown"], new(age=15)),
    ("T28 judged by its date", ["window unknown"], new()),
    ("T1 the window does not matter", [], new("", age=15)),
    ("no date", ["its date is not known"], new(age=None)),
    ("no date, on its job", ["its date is not known"], dict(one=invoice(age=None))),
    ("C4 a third client's job", ["C4"], dict(one=invoice(contact=ZENITH), jobs=[job(), THEIRS, job("J8", "CLI-8", client="Other")], xpm_invoices=[xpm_invoice("J8")])),
    ("T26 its own job is picked", [], dict(jobs=[job(), THEIRS], xpm_invoices=ON_THEIRS)),
]  # fmt: skip


@pytest.fixture(scope="module")
def noted():
    return [row["notes"].splitlines() for row in verdicts([given for *_, given in NOTES])]


@pytest.mark.parametrize("at", range(len(NOTES)), ids=[one[0] for one in NOTES])
def test_notes(noted, at):
    words = NOTES[at][1]
    assert len(noted[at]) == len(words) and all(
        one in note for one, note in zip(words, noted[at], strict=True)
    )


def test_without_xpms_invoices_nobody_knows_whether_there_is_a_copy():
    assert (
        verdict(one=invoice(status="Voided"), xpm_invoices=None)["notes"]
        == "voided or deleted in Xero"
    )


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        pytest.param("wait T24 J1 certain", new(age=1), id="no row in XPM's invoices"),
        pytest.param("ok - J1 certain", dict(clients=[]), id="no row in the clients"),
    ],
)
def test_an_export_without_rows_is_an_export(expected, given):
    assert decision(verdict(**given)) == expected


def test_a_credit_note_of_an_invoices_number_leaves_the_copy_to_the_invoice():
    ledger = decide(invoices=[invoice(), credit_note(no="INV-1")]).ledger
    assert list(zip(ledger["cause"], ledger["now_place"], strict=True)) == [
        ("", "job"),
        ("T21", "absent"),
    ]


def test_the_builders_tables_are_the_readers(tmp_path):
    """Same columns, same types: what is tested here is what runs."""
    (tmp_path / "xero.csv").write_text(
        "InvoiceNumber,Reference,ContactName,InvoiceDate,Total,TaxTotal,Currency,Type,Status\n"
        "INV-1,CLI-1,Acme Pty Ltd,18/11/2026,1100.00,100.00,AUD,Sales invoice,Awaiting Payment\n"
    )
    (tmp_path / "jobs.csv").write_text(
        "[Job] Job No.,[Job] Name,[Client] Client,[Job] Client Order No.,[State] State,[Job] Date Created,"
        "[Job] Job Manager,[Job] Category\n"
        "J1,Annual accounts,Acme Pty Ltd,CLI-1,In Progress,15-Aug-2026,J. Manager,Compliance\n"
    )
    (tmp_path / "xpm.csv").write_text(
        "[Invoice] Invoice No.,[Invoice] Job Number(s),[Invoice] Client,[Invoice] Date,[Invoice] Amount (incl tax)\n"
        "INV-1,J1,Acme Pty Ltd,18-Nov-2026,1100.00\n"
    )
    (tmp_path / "clients.csv").write_text(
        "[Client] Client,[Client] Billing Details,[Client] Status\nAcme Pty Ltd,,Active\n"
    )
    read, built = (
        read_exports(find_sources([str(tmp_path)]), Settings()),
        practice(clients=[client()]),
    )
    for name in ("invoices", "jobs", "xpm_invoices", "clients"):
        ours, theirs = getattr(built, name), getattr(read, name)
        assert ours[list(theirs)].dtypes.to_dict() == theirs.dtypes.to_dict()
        assert ours[list(theirs)].to_dict("records") == theirs.to_dict("records")


# What the jobs show -----------------------------------------------------------------------------------------------

JOBS = [
    ("billing", "billing -", {}),
    ("non-billing, and nothing is lost", "non-billing -", dict(jobs=[BLANK], xpm_invoices=NEVER, invoices=[invoice("J1")])),
    ("non-billing-job: its client's invoices match nothing", "non-billing non-billing-job", dict(new("CLI-5"), jobs=[BLANK])),
    ("non-billing-job: also where a lock date holds", "non-billing non-billing-job", dict(new("CLI-5"), jobs=[BLANK], settings=LOCKED)),
    ("non-billing-job: not for another client's", "non-billing -", dict(new("CLI-5", contact="Nobody"), jobs=[BLANK])),
    ("non-billing-job: not for what only XPM has", "non-billing -", dict(jobs=[BLANK, job("J2", "CLI-1")], xpm_invoices=[xpm_invoice("J2"), xpm_invoice("", no="X-1")])),
    ("non-billing-job: not for an ad hoc job", "non-billing -", dict(new("CLI-5"), jobs=[job(order="", name="Ad hoc")])),
    ("not Standard", "not-standard -", dict(jobs=[job(state="Completed")])),
    ("not Standard, and blank", "not-standard -", dict(jobs=[job(order="", state="On Hold")])),
    ("job-not-standard: a live reference names it", "not-standard job-not-standard", dict(new(), jobs=[job(state="Completed")])),
    ("job-not-standard: by its number", "not-standard job-not-standard", dict(new("J1"), jobs=[job(state="Completed")])),
    ("reference-shared: a tie", "billing reference-shared", dict(new(), jobs=[job(), job("J2")])),
    ("reference-shared: a tie that M3 decides", "billing reference-shared", dict(jobs=[job(), job("J2", created=1)])),
    ("reference-shared: not with a closed job", "billing -", dict(jobs=[job(), job("J2", state="Completed")])),
    ("order-number-unused", "billing order-number-unused", dict(invoices=[invoice("CLI-5")])),
    ("order-number-unused: not where its number is used", "billing -", dict(invoices=[invoice("J1")])),
]  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "given"), [one[1:] for one in JOBS], ids=[one[0] for one in JOBS]
)
def test_what_a_job_shows(expected, given):
    if "one" in given:
        given = {**given, "invoices": [given["one"]]}
        del given["one"]
    jobs = decide(**given).jobs
    row = jobs[jobs["job_no"] == "J1"].iloc[0]
    assert f"{row['role']} {row['finding'] or '-'}" == expected


def test_a_job_counts_the_invoices_xpm_has_on_it():
    invoices = [invoice(), invoice(no="INV-2", cents=5000), invoice(no="INV-3")]
    jobs = decide(
        invoices=invoices, xpm_invoices=[xpm_invoice(), xpm_invoice(no="INV-2", cents=5000)]
    ).jobs
    assert jobs[["invoices", "total_cents"]].to_numpy().tolist() == [[2, 115000]]


def test_a_job_does_not_count_what_xpms_unread_row_has_on_it():
    """A row of INV-2's that could not be used: where XPM has it is not known, so it is no money of the job's."""
    exports = practice(
        invoices=[invoice(), invoice(no="INV-2")],
        xpm_invoices=[xpm_invoice(), xpm_invoice(no="INV-2")],
    )
    found = find(replace(exports, xpm_numbers_set_aside=frozenset({"INV-2"})), Settings(), TODAY)
    assert found.ledger["now_place"].tolist() == ["job", "unknown"]
    assert found.jobs[["invoices", "total_cents"]].to_numpy().tolist() == [[1, 110000]]


UNREAD = [JobAside("J2", ACME, "CLI-2")]
OF_UNREAD = [
    pytest.param(dict(invoices=[invoice("CLI-2")], xpm_invoices=NEVER), "review -", id="its Client Order No."),
    pytest.param(dict(invoices=[invoice("J2")], xpm_invoices=NEVER), "review -", id="its number"),
    pytest.param(dict(invoices=[invoice("CLI-2", status="Awaiting Approval")], xpm_invoices=NEVER), "review -", id="not approved yet"),
    pytest.param(dict(invoices=[invoice("CLI-2")]), "review -", id="XPM has it on another job of that client"),
    pytest.param(dict(xpm_invoices=[xpm_invoice("J2")]), "review -", id="XPM has it there"),
    pytest.param(dict(xpm_invoices=[xpm_invoice("J1, J2")]), "ok -", id="XPM has it there, and on the job that it names"),
    pytest.param(dict(invoices=[invoice("zzz")], xpm_invoices=NEVER), "review -", id="of that client's, and names none"),
    pytest.param(dict(), "ok -", id="names another job of that client, and is there"),
    pytest.param(dict(xpm_invoices=NEVER), "fix T28", id="names another job of that client"),
    pytest.param(dict(invoices=[invoice("zzz", contact=ZENITH)], jobs=[job(), job("J9", "CLI-9", client=ZENITH)], xpm_invoices=NEVER), "fix T2", id="another client's"),
    pytest.param(dict(invoices=[invoice("CLI-2", status="Draft")], xpm_invoices=NEVER), "none T20", id="a draft"),
    pytest.param(dict(invoices=[invoice("CLI-2", status="Draft")], xpm_invoices=NEVER, settings=Settings(drafts="fix")), "review -", id="a draft that counts"),
    pytest.param(dict(invoices=[invoice("CLI-2", status="Voided")], xpm_invoices=NEVER), "none -", id="void"),
    pytest.param(dict(invoices=[invoice("CLI-2")], xpm_invoices=None), "review -", id="no XPM invoices given"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), OF_UNREAD)
def test_nothing_is_told_of_what_may_belong_on_a_job_whose_row_was_set_aside(given, expected):
    """J2 of Acme, CLI-2: a job all the same, of which neither state nor age is known."""
    given = dict(given)
    settings = given.pop("settings", Settings())
    found = find(replace(practice(**given), jobs_set_aside=tuple(UNREAD)), settings, TODAY)
    (row,) = found.ledger.to_dict("records")
    assert f"{row['outcome']} {row['cause'] or '-'}" == expected
    assert ("a job whose row could not be used" in row["notes"]) == (row["outcome"] == "review")
    if row["reference"] in ("CLI-2", "J2"):
        assert {row["tonight_place"], row["if_resynced_place"]} <= {
            "unknown",
            "skipped",
        } and not row["tonight_job_no"]


# Who is a client ----------------------------------------------------------------------------------------------------

NAMELESS = [job(), job("J2", client=""), job("J9", client=ZENITH, state="Completed")]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        pytest.param(dict(jobs=NAMELESS, xpm_invoices=None), {ACME, ZENITH}, id="T10 those of the jobs, in any state"),
        pytest.param(dict(xpm_invoices=[xpm_invoice(client="ACME"), xpm_invoice(no="X-1", client="")]), {ACME, "ACME"}, id="T10 and of XPM's invoices"),
        pytest.param(dict(jobs=NAMELESS, clients=[client("Bakery")]), {"Bakery"}, id="T10 those of the clients export alone"),
    ],
)  # fmt: skip
def test_the_clients_that_are_known(given, names):
    assert known_clients(practice(**given)) == names


@pytest.mark.parametrize(("age", "expected"), [(1, "fix T28"), (2, "fix T28"), (3, "fix T16")])
def test_what_missed_its_night_is_not_waited_for_to_the_last_day_of_a_short_window(age, expected):
    """T28 where a history saw it ready before a night; T16 when the window has closed."""
    exports = practice(invoices=[invoice(age=age)], xpm_invoices=NEVER)
    seen = dict(
        changed_on=exports.invoices["invoice_date"],
        edited=False,
        moved=False,
        carried=False,
        missed_night=True,
    )
    (row,) = find(
        replace(exports, invoices=exports.invoices.assign(**seen)), Settings(window_days=2), TODAY
    ).ledger.to_dict("records")
    assert f"{row['outcome']} {row['cause']}" == expected


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (ZENITH, ZENITH),
        ("Zenith\nDental", "Zenith↵Dental"),
        ("Zenith\u202eDental", "ZenithU+202EDental"),
    ],
    ids=["plain", "a line break", "a mark that turns the reading"],
)
def test_a_note_that_quotes_a_name_is_one_line(name, shown):
    """Notes are parted by line breaks, so that a name with one would begin another note."""
    row = verdict(one=invoice(""), xpm_invoices=NEVER, clients=[client(ACME, name), client(name)])
    assert row["notes"].split("\n")[0] == f"T12: billing details name {shown}"
