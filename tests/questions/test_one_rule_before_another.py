"""Where one rule decides before another: the verdict follows the first, and no word follows the second.

Each row of BEFORE reads: which rule comes before which, where tonight puts INV-1 and by which rule, the rules M1 to M4 and L
that explain shows (of the E and C rules it shows each with what it saw), then what neither explain, the notes nor the fixes
may say, then the practice.
Source: rules.md section 2; contract.md "Skip rule".
"""

import pytest
from made.builders import (
    ACME,
    NEVER,
    ZENITH,
    ago,
    client,
    credit_note,
    invoice,
    job,
    result_of,
    xpm_invoice,
)

from reconcile.questions.explain import explain
from reconcile.settings.model import Settings
from reconcile.terminal.explain import explanation_lines
from reconcile.terminal.layout import Screen, rows_of

J1, J2, J3 = job("J1", "CLI-1"), job("J2", "J1", created=60), job("J3", "J1", created=30)
OF_THE_TIE = ("M3", "newest", "T5", "several")
LOCKED = Settings(xero_lock_date=ago(5))
REDIRECTED = [client(ACME, billing_details=ZENITH), client(ZENITH)]


def new(reference="J1", **more):
    """An invoice that XPM does not have yet."""
    return dict(invoices=[invoice(reference, **more)], xpm_invoices=NEVER)


BEFORE = [
    # M1 before M2 and M3
    ("M1 before M2", "job J1 M1", "M1 L1", ("M2", "Client Order No. of"), dict(new(), jobs=[J1, J2])),
    ("M1 before M3 decided", "job J1 M1", "M1 L1", OF_THE_TIE, dict(new(), jobs=[J1, J2, J3])),
    ("M1 before M3 that cannot tell", "job J1 M1", "M1 L1", OF_THE_TIE, dict(new(), jobs=[J1, J2, job("J3", "J1", created=60)])),
    ("M1 before M3 of days not known", "job J1 M1", "M1 L1", OF_THE_TIE, dict(new(), jobs=[J1, job("J2", "J1", created=None), J3])),
    ("M1 before M3, another client's jobs", "job J1 M1", "M1 L1", OF_THE_TIE, dict(new(), jobs=[J1, job("J2", "J1", client=ZENITH), job("J3", "J1", client=ZENITH)])),
    ("M1 before M3, no XPM invoices given", "job J1 M1", "M1 L1", OF_THE_TIE, dict(invoices=[invoice("J1")], jobs=[J1, J2, J3], xpm_invoices=None)),
    ("M1 before M3, on the client", "skipped - E4", "M1 L1", OF_THE_TIE, dict(invoices=[invoice("J1")], jobs=[J1, J2, J3], xpm_invoices=[xpm_invoice("")])),
    ("M1 before M3, on the job", "skipped - E4", "M1 L1", OF_THE_TIE, dict(invoices=[invoice("J1")], jobs=[J1, J2, J3])),
    ("M1 before M3, on a job of the text", "skipped - E4", "M1 L1", OF_THE_TIE, dict(invoices=[invoice("J1")], jobs=[J1, J2, J3], xpm_invoices=[xpm_invoice("J2")])),
    ("M1 before M3, the window has closed", "skipped - E3", "M1 L1", OF_THE_TIE, dict(new(age=40), jobs=[J1, J2, J3])),
    # M2 before M3
    ("M2 before M3", "job J1 M2", "M1 M2 L1", OF_THE_TIE, new("CLI-1")),
    ("M2 before M3 of a day not known", "job J1 M2", "M1 M2 L1", OF_THE_TIE, dict(new("CLI-1"), jobs=[job(created=None)])),
    # M4 before M1, M2, M3
    ("M4 before M1", "job J2 M2", "M1 M2 M4 L1", OF_THE_TIE, dict(new(), jobs=[job(state="Completed"), J2])),
    ("M4 before M1, and then M3", "job J3 M3", "M1 M2 M4 M3 L1", ("number of J1",), dict(new(), jobs=[job(state="Completed"), J2, J3])),
    ("M4 before M2", "client - L2", "M1 M2 M4 L2", ("newest",), dict(new("CLI-1"), jobs=[job(state="On Hold")])),
    ("M4 before M3: the newest is closed", "job J1 M2", "M1 M2 M4 L1", OF_THE_TIE, dict(new("CLI-1"), jobs=[job(), job("J2", created=1, state="Cancelled")])),
    ("M4 before M3: what ties is closed", "job J1 M2", "M1 M2 M4 L1", OF_THE_TIE, dict(new("CLI-1"), jobs=[job(), job("J2", state="Cancelled")])),
    ("M4 before M3: a closed one of three", "job J3 M3", "M1 M2 M4 M3 L1", ("J2 2026",), dict(new("CLI-1"), jobs=[job(), job("J2", created=1, state="Completed"), job("J3", created=9)])),
    # E1, E2, E4, E5, E3
    ("E1 before E2", "skipped - E1", "M1 M2", (), dict(invoices=[credit_note(no="INV-1", status="Draft")], xpm_invoices=NEVER)),
    ("E1 before E4", "skipped - E1", "M1 M2", (), dict(invoices=[credit_note(no="INV-1")])),
    ("E1 before E5", "skipped - E1", "M1 M2", (), dict(invoices=[credit_note(no="INV-1")], xpm_invoices=NEVER, settings=LOCKED)),
    ("E1 before E3", "skipped - E1", "M1 M2", ("T16",), dict(invoices=[{**credit_note(no="INV-1"), "invoice_date": ago(40)}], xpm_invoices=NEVER)),
    ("E2 before E4", "skipped - E2", "M1 M2", (), dict(invoices=[invoice(status="Voided")])),
    ("E2 before E5", "skipped - E2", "M1 M2", (), dict(new("CLI-1", status="Draft"), settings=LOCKED)),
    ("E2 before E3", "skipped - E2", "M1 M2", ("T16",), new("CLI-1", status="Draft", age=40)),
    ("E4 before E5", "skipped - E4", "M1 M2", (), dict(settings=LOCKED)),
    ("E4 before E3", "skipped - E4", "M1 M2 L1", ("T16",), dict(invoices=[invoice(age=40)])),
    ("E5 before E3", "skipped - E5", "M1 M2", ("T16",), dict(new("CLI-1", age=40), settings=LOCKED)),
    ("E2 before M1", "skipped - E2", "M1", OF_THE_TIE, dict(new(status="Awaiting Approval"), jobs=[J1, J2, J3])),
    ("E3 before L2", "skipped - E3", "M1 M2 L2", (), new("x", age=40)),
    # C3, C4, C5 before the job that M picks
    ("C3 before M2", "unknown - C3", "M1 M2", OF_THE_TIE, dict(new("CLI-1"), clients=REDIRECTED)),
    ("C3 before M1", "unknown - C3", "M1", OF_THE_TIE, dict(new(), jobs=[J1, J2, J3], clients=REDIRECTED)),
    ("C3 before M3", "unknown - C3", "M1 M2 M3", (), dict(new("CLI-1"), jobs=[job(), job("J2", created=9)], clients=REDIRECTED)),
    ("C3 before C5", "unknown - C3", "M1 M2", ("C5)",), dict(new("CLI-1"), clients=[client(ACME, ZENITH, "Archived"), client(ZENITH)])),
    ("C4 before M1", "unknown - C4", "M1", OF_THE_TIE, dict(new("J9"), jobs=[job(), job("J9", "x", client=ZENITH), job("J2", "J9"), job("J3", "J9")])),
    ("C4 before M2", "unknown - C4", "M1 M2", OF_THE_TIE, dict(new("CLI-9"), jobs=[job(), job("J9", "CLI-9", client=ZENITH)])),
    ("C4 before C3 and C5", "unknown - C4", "M1 M2", OF_THE_TIE, dict(new("CLI-9"), jobs=[job(), job("J9", "CLI-9", client=ZENITH)], clients=[client(ACME, ZENITH, "Archived"), client(ZENITH)])),
    ("C5 before M2", "unknown - C5", "M1 M2", OF_THE_TIE, dict(new("CLI-1"), clients=[client(ACME, status="Archived")])),
    ("C5 before M1", "unknown - C5", "M1", OF_THE_TIE, dict(new(), jobs=[J1, J2, J3], clients=[client(ACME, status="Archived")])),
    # a tie before C3, C4, C5 and L
    ("M3 that cannot tell before C3", "unknown - M3", "M1 M2 M3", ("M2)",), dict(new("CLI-1"), jobs=[job(), job("J2")], clients=REDIRECTED)),
    ("M3 that cannot tell before L3", "unknown - M3", "M1 M2 M3", ("L3)",), dict(new("CLI-1"), jobs=[job(), job("J2")], settings=Settings(adhoc="all"))),
    # L
    ("L1 before L3", "job J1 M1", "M1 L1", ("L3",), dict(new(), settings=Settings(adhoc="all"))),
    ("L3 before L2: blank, ad hoc except without a Reference", "client - L3", "M1 L3", ("L2",), dict(new(""), settings=Settings(adhoc="with-reference"))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tonight", "asked", "unsaid", "given"),
    [one[1:] for one in BEFORE],
    ids=[one[0] for one in BEFORE],
)
def test_the_rule_that_decides_is_the_one_that_is_spoken_of(tonight, asked, unsaid, given):
    result = result_of(**given)
    ledger = result.findings.ledger
    row = ledger[ledger["invoice_no"] == "INV-1"].iloc[0]
    assert f"{row.tonight_place} {row.tonight_job_no or '-'} {row.rule}" == tonight
    (entry,) = explain(result, "INV-1")
    assert " ".join(step["rule"] for step in entry["rules"] if step["rule"][0] in "ML") == asked
    told = "\n".join(
        text
        for line in explanation_lines([{**entry, "rules": _decided_steps(entry)}])
        for text in rows_of(line, Screen(1000))
    )
    for words in unsaid:
        assert words not in told, words


def _decided_steps(entry):
    """The steps but those of E and C, which show what they saw whichever decides."""
    return [step for step in entry["rules"] if step["rule"][0] in "ML"]


def test_a_skip_rule_says_what_it_saw_though_an_earlier_one_decides():
    """Draft, in XPM, before the lock date and out of the window: each is said, and tonight's rule is the first."""
    (entry,) = explain(
        result_of(invoices=[invoice(status="Draft", age=40)], settings=LOCKED), "INV-1"
    )
    decided = {step["rule"]: step["saw"] + step["decided"] for step in entry["rules"]}
    assert [rule for rule in decided if rule[0] == "E"] == ["E1", "E2", "E4", "E5", "E3", "E6"]
    assert {rule for rule in decided if "skipped" in decided[rule]} == {"E2", "E4", "E5", "E3"}
    assert entry["tonight"].endswith("(E2)")


def test_the_job_that_a_number_picks_takes_the_next_one_too():
    """Case: the Client Order No. of J2 and J3 is the number of J1. Source: rules.md M1."""
    result = result_of(**new(), jobs=[J1, J2, J3])
    for number in ("J2", "J3"):
        (entry,) = explain(result, number)
        (words,) = [step["decided"] for step in entry["rules"] if step["rule"] == "M2"]
        assert words == "the next invoice with it goes to J1 (M1)"
        assert entry["next_job_no"] == "J1"
