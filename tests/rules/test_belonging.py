"""What a Reference means, read as a person reads it: the cause, the jobs that may be meant, and how to bring it about.

Source: contract.md "How outcome and cause are decided", T1-T10.
"""

import pandas as pd
import pytest
from made.builders import ACME, ZENITH, job, practice

from reconcile.rules.belonging import meanings, newest, open_job_book
from reconcile.rules.overnight import pick_jobs

STRAY = "ACME PTY LTD"
THEIRS = job("J9", "CLI-9", client=ZENITH)


def meaning(reference, jobs, contact=ACME, known=(ACME, ZENITH)):
    table = practice(jobs=jobs).jobs
    pairs = pd.DataFrame({"contact": [contact], "reference": [reference]}, dtype="str")
    (found,) = meanings(
        pairs, open_job_book(table), pick_jobs(pd.Index([reference]), table), frozenset(known)
    )
    return found


def in_words(found, jobs):
    numbers = [one["job_no"] for one in jobs]
    choices = [
        " ".join(filter(None, (numbers[one.job], one.repair, one.value))) for one in found.choices
    ]
    return " | ".join([f"{found.cause} {found.certainty if found.target else 'none'}", *choices])


# what it shows, Reference, jobs, the cause, how surely, and each job with its repair and the text to set
MEANINGS = [
    ("T1 the one text", "", [job()], "T1 likely | J1 set-reference CLI-1"),
    ("T1 the newest of one text", "", [job(), job("J2", created=9)], "T1 likely | J2 set-reference CLI-1"),
    ("T1 both of a tie, by their numbers", "", [job(), job("J2")], "T1 none | J1 set-reference J1 | J2 set-reference J2"),
    ("T1 a newer job of another client has the text: by number", "", [job(), job("J9", created=1, client=ZENITH)], "T1 likely | J1 set-reference J1"),
    ("T1 a job of that number has the text: by number", "", [job(), job("CLI-1", "", client=ZENITH)], "T1 likely | J1 set-reference J1"),
    ("T1 a closed job with the text does not matter", "", [job(), job("J2", state="Completed", created=1)], "T1 likely | J1 set-reference CLI-1"),
    ("T1 one choice a text", "", [job(), job("J2", "PROP-2")], "T1 none | J1 set-reference CLI-1 | J2 set-reference PROP-2"),
    ("T1 nothing to offer", "", [job(order="")], "T1 none"),
    ("T2 the client's text", "CLI-5", [job()], "T2 likely | J1 set-reference CLI-1"),
    ("T2 its texts, then its blank jobs", "CLI-5", [job("J2", ""), job()], "T2 none | J1 set-reference CLI-1 | J2 set-client-order-no CLI-5"),
    ("T2 nothing to offer", "CLI-5", [THEIRS], "T2 none"),
    ("T3 by order number", "cli-1", [job()], "T3 likely | J1 set-reference CLI-1"),
    ("T3 by job number", "j1", [job()], "T3 likely | J1 set-reference J1"),
    ("T3 the odd text is the job's", "CLI-1", [job(order="cli 1"), job("J2", " CLI-01", client=ZENITH)], "T3 none"),
    ("T3 the job's text cannot tell: by number", "cli-1", [job(), job("J9", created=1, client=ZENITH)], "T3 likely | J1 set-reference J1"),
    ("T3 two texts of the client", "CLI-1 CLI-2", [job(), job("J2", "CLI-2")], "T3 none"),
    ("T3 another client's", "cli-9", [THEIRS], "T3 none"),
    ("T4 certain", "CLI-1", [job(state="Completed")], "T4 certain | J1 set-job-state"),
    ("T4 own before another client's", "CLI-1", [job("J9", client=ZENITH, state="On Hold"), job(state="Completed")], "T4 none | J1 set-job-state | J9 set-job-state"),
    ("T4 only another client's", "CLI-9", [job("J9", "CLI-9", client=ZENITH, state="On Hold")], "T4 none | J9 set-job-state"),
    ("T5 each may keep it", "CLI-1", [job(), job("J2")], "T5 none | J1 clear-others CLI-1 | J2 clear-others CLI-1"),
    ("T5 own before another client's", "CLI-1", [job("J0", client=ZENITH), job()], "T5 none | J1 clear-others CLI-1 | J0 clear-others CLI-1"),
    ("T6 the blank job", "CLI-5", [job(order="")], "T6 likely | J1 set-client-order-no CLI-5"),
    ("T6 each blank job", "CLI-5", [job(order=""), job("J2", "")], "T6 none | J1 set-client-order-no CLI-5 | J2 set-client-order-no CLI-5"),
    ("T7 the job of the other family", "PROP-5", [job()], "T7 likely | J1 set-client-order-no PROP-5"),
    ("T7 and a blank job made later", "PROP-5", [job(), job("J2", "", created=9)], "T7 none | J1 set-client-order-no PROP-5 | J2 set-client-order-no PROP-5"),
    ("T7 a blank job is later than the latest carrier", "PROP-5", [job(), job("J2", "CLI-2", created=9), job("J3", "", created=50)], "T7 none | J1 set-client-order-no PROP-5 | J2 set-client-order-no PROP-5"),
    ("T7 whose day is not known: every blank job may be later", "PROP-5", [job(created=None), job("J2", "")], "T7 none | J1 set-client-order-no PROP-5 | J2 set-client-order-no PROP-5"),
    ("T8 the other PROP", "PROP-5", [job(order="PROP-1")], "T8 likely | J1 set-client-order-no PROP-5"),
    ("T9 its own text of the family", "CLI-9", [job(), THEIRS], "T9 none | J1 set-reference CLI-1"),
    ("T9 two of the family", "CLI-9", [job(), job("J2", "CLI-2"), THEIRS], "T9 none"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "jobs", "expected"),
    [one[1:] for one in MEANINGS],
    ids=[one[0] for one in MEANINGS],
)
def test_meaning(reference, jobs, expected):
    assert in_words(meaning(reference, jobs), jobs) == expected


@pytest.mark.parametrize(
    ("contact", "jobs", "known", "expected"),
    [
        pytest.param(STRAY, [job()], (ACME,), "T10 certain | J1 make-names-equal Acme Pty Ltd", id="T10 no client of that name"),
        pytest.param(STRAY, [job()], (ACME, STRAY), "T10 certain | J1 make-names-equal Acme Pty Ltd", id="T10 the import's stray"),
        pytest.param("Nobody", [job()], (ACME,), "T10 none", id="T10 nobody knows the name"),
        pytest.param(STRAY, [job(), job("J2", "x", client=STRAY)], (ACME, STRAY), "T9 none", id="T9 a client with a job of its own"),
        pytest.param(STRAY, [job(), job("J2", "x", client=STRAY, state="Completed")], (ACME, STRAY), "T9 none", id="T9 though its job is closed"),
        pytest.param(ZENITH, [job()], (ACME, ZENITH), "T9 none", id="T9 a client of another name"),
    ],
)  # fmt: skip
def test_whose_reference_it_is(contact, jobs, known, expected):
    assert in_words(meaning("CLI-1", jobs, contact, known), jobs) == expected


@pytest.mark.parametrize("reference", ["", "CLI-5", "cli-1", "PROP-5", "Retainer"])
def test_an_ad_hoc_job_is_never_meant(reference):
    jobs = [job(name="Ad hoc work"), job("J2", "", category="Adhoc"), job("AD-HOC 3", "PROP-1")]
    assert meaning(reference, jobs).choices == ()


def test_evidence_names_what_it_is_nearly():
    assert meaning("cli-1", [job()]).evidence == ("'cli-1' is nearly 'CLI-1' of J1",)
    assert meaning("cli-1", [job()]).choices[0].why == "'cli-1' is nearly 'CLI-1' of J1"
    assert len(meaning("CLI-1 CLI-2", [job(), job("J2", "CLI-2")]).evidence) == 2
    assert meaning("cli-1", [job(), job("J2")]).evidence == ("'cli-1' is nearly 'CLI-1' of J1, J2",)
    assert len(meaning("CLI-1", [job()], "Nobody", (ACME,)).evidence) == 2
    assert (
        "nearest of this client's: CLI-1, CLI-11"
        in meaning("CLI-2", [job(), job("J2", "CLI-11")]).evidence
    )


def test_a_longer_text_holds_an_order_number_of_any_length():
    order = "Fees for the year ended 30 June 2026"
    assert meaning(f"{order} (final)", [job(order=order)]).cause == "T3"


@pytest.mark.parametrize(
    ("created", "found"),
    [
        pytest.param([], [], id="none"),
        pytest.param([None], [0], id="one of unknown day"),
        pytest.param([9, 1, 5], [1], id="M3 the newest"),
        pytest.param([9, 1, 1], [0, 1, 2], id="M3 the newest two share a day: all"),
        pytest.param([9, None], [0, 1], id="M3 one day unknown: all"),
    ],
)
def test_newest(created, found):
    book = open_job_book(
        practice(jobs=[job(f"J{at}", created=days) for at, days in enumerate(created)]).jobs
    )
    assert newest(book, range(len(created))) == found
