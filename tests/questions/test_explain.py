"""explain: marks on what differs, every rule that was tried, numbers that are not there.

The whole of three explanations is in tests/golden. Source: contract.md "explain"; rules.md section 2.
"""

import json

import pytest
from click.testing import CliRunner
from made.builders import ACME, NEVER, ZENITH, client, invoice, job, result_of, xpm_invoice
from tools.make_golden import SAMPLE

from reconcile.cli.main import main
from reconcile.errors import ReconcileError
from reconcile.questions.explain import explain, marked
from reconcile.rules.causes import CAUSES
from reconcile.rules.vocabulary import RULES
from reconcile.settings.model import Settings
from reconcile.terminal.explain import explanation_lines
from reconcile.terminal.layout import Screen, rows_of

pytestmark = pytest.mark.long

ON_CLIENT = [xpm_invoice("")]


def entry(number="INV-1", **given):
    (one,) = explain(result_of(**given), number)
    return one


def steps(one):
    return {step["rule"]: f"{step['saw']} -> {step['decided']}" for step in one["rules"]}


@pytest.mark.parametrize(
    ("reference", "candidate", "expected"),
    [
        pytest.param("PROP–0031", "PROP-0031", "PROP[–→-]0031", id="dash"),
        pytest.param(" CLI-1681", "CLI-1681", "[␣]CLI-1681", id="space in front"),
        pytest.param("CLI-1681\u00a0", "CLI-1681", "CLI-1681[⍽]", id="no-break space"),
        pytest.param("CLI\u200b-1", "CLI-1", "CLI[U+200B]-1", id="zero width"),
        pytest.param("CLI-168O", "CLI-1680", "CLI-168[O→0]", id="O for 0"),
        pytest.param("cli-1", "CLI-1", "[cli→CLI]-1", id="capitals"),
        pytest.param("CLI-1", "CLI-01", "CLI-[→0]1", id="missing"),
        pytest.param("CLI 1 2", "CLI 1 2", "CLI 1 2", id="the same"),
    ],
)
def test_what_differs_is_marked(reference, candidate, expected):
    assert marked(reference, candidate) == expected


# what it shows, the practice, the rule, what it saw and decided
RULES_TRIED = [
    ("E1", dict(invoices=[invoice(kind="credit-note")]), "E1", "credit note -> skipped"),
    ("E2 Draft", dict(invoices=[invoice(status="Draft")]), "E2", "status Draft -> skipped"),
    ("E3 inside", {}, "E3", "window unknown, no history of its last change; by its date: 5 days ago, window 14 days (ignition) -> inside the window"),
    ("E3 outside", dict(invoices=[invoice(age=15)]), "E3", "window unknown, no history of its last change; by its date: 15 days ago, window 14 days (ignition) -> outside the window: skipped"),
    ("E3 not known", dict(invoices=[invoice(age=None)]), "E3", "its date is not known, window 14 days (ignition) -> cannot tell"),
    ("E4 there", {}, "E4", "XPM has it: skipped -> "),
    ("E4 not given", dict(xpm_invoices=None), "E4", "no XPM invoices were given -> taken as not in XPM"),
    ("E6", {}, "E6", "no export shows whether the automatic import is on -> taken for granted"),
    ("C1", {}, "C1", f"contact '{ACME}' -> a client has this name to the letter"),
    ("C2", dict(invoices=[invoice(contact="Acme ")]), "C1", "contact 'Acme␣' -> no client has this name: C2, a new client is made"),
    ("C3", dict(clients=[client(billing_details=ZENITH), client(ZENITH)]), "C3", f"billing details name {ZENITH} -> cannot tell where it goes"),
    ("C4", dict(invoices=[invoice("CLI-9")], jobs=[job(), job("J9", "CLI-9", client=ZENITH)]), "C4", f"the job its Reference picks is {ZENITH}'s -> cannot tell"),
    ("C5", dict(clients=[client(status="Archived")]), "C5", "the client is archived -> may not receive it"),
    ("M1", dict(invoices=[invoice("J1")]), "M1", f"J1 of {ACME} as number -> picks J1"),
    ("M1 blank", dict(invoices=[invoice("")]), "M1", "the Reference is blank -> blank never matches blank: no job"),
    ("M2", {}, "M2", f"J1 of {ACME} as Client Order No. -> picks J1"),
    ("M2 none", dict(invoices=[invoice("x")]), "M2", "no job has it as Client Order No. -> no open job"),
    ("M3", dict(jobs=[job(), job("J2", created=9)]), "M3", "created: J1 2026-08-15, J2 2026-11-14 -> the newest takes it: J2"),
    ("M3 tied", dict(jobs=[job(), job("J2")], xpm_invoices=NEVER), "M3", "created: J1 2026-08-15, J2 2026-08-15 -> cannot tell which is the newest"),
    ("M4", dict(jobs=[job(state="On Hold")]), "M4", "J1 is On Hold -> they receive nothing"),
    ("L1", {}, "L1", "where it lands when the import takes it -> J1"),
    ("L2", dict(invoices=[invoice("")]), "L2", "where it lands when the import takes it -> the client, as a miscellaneous invoice"),
    ("L3", dict(invoices=[invoice("x")], settings=Settings(adhoc="all")), "L3", "where it lands when the import takes it -> a new ad hoc job"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "rule", "expected"),
    [one[1:] for one in RULES_TRIED],
    ids=[one[0] for one in RULES_TRIED],
)
def test_each_rule_says_what_it_saw_and_decided(given, rule, expected):
    assert steps(entry(**given))[rule] == expected


def test_a_client_known_from_xpms_invoices_is_known():
    one = entry(invoices=[invoice(contact=ZENITH)], xpm_invoices=[xpm_invoice("", client=ZENITH)])
    assert steps(one)["C1"].endswith("a client has this name to the letter")


@pytest.mark.parametrize(
    ("jobs", "words"),
    [
        pytest.param([job()], "the next invoice with it comes here (M2)", id="M2"),
        pytest.param(
            [job(state="Completed")], "invoices carry it, and no open job takes them (M4)", id="M4"
        ),
        pytest.param([job(), job("CLI-1", "x")], "goes to CLI-1 (M1)", id="M1"),
        pytest.param([job(), job("J2")], "cannot be told (M3)", id="M3 tied"),
        pytest.param([job(order="CLI-7")], "no invoice carries it", id="not in use"),
    ],
)
def test_who_gets_a_jobs_next_invoice(jobs, words):
    assert words in steps(entry("J1", jobs=jobs))["M2"]


def test_an_ad_hoc_job_is_no_candidate():
    one = entry(invoices=[invoice("J7")], jobs=[job("J7", "", name="Ad hoc work")])
    assert steps(one)["M1"] == "J7 is an ad hoc job -> an ad hoc job is never a candidate"


def test_what_only_xpm_has_is_not_asked_by_the_import():
    copies = [xpm_invoice(), xpm_invoice(no="INV-9")]
    (one,) = explain(
        result_of(invoices=[invoice(), invoice(no="INV-8", age=30)], xpm_invoices=copies), "INV-9"
    )
    assert (one["rules"], one["cause"]) == ([], "T25")


def test_near_texts_are_marked_with_their_jobs():
    (near,) = entry(invoices=[invoice("CLI–1")], xpm_invoices=ON_CLIENT)["near"]
    assert near == {"text": "CLI-1", "marked": "CLI[–→-]1", "jobs": "J1"}


def test_without_a_near_miss_the_nearest_are_shown():
    assert [one["marked"] for one in entry(invoices=[invoice("CLI-l")])["near"]] == ["CLI-[l→1]"]


def test_what_names_a_job_is_not_near_it():
    assert entry()["near"] == []


def test_the_facts_name_file_and_row():
    facts = entry()["facts"]
    assert [fact["from"] for fact in facts] == ["Xero, xero.csv row 2", "XPM, xpm.csv row 2"]


def test_a_job():
    one = entry(
        "J1", invoices=[invoice(), invoice(no="INV-2", age=1)], jobs=[job(), job("J2", created=9)]
    )
    assert (one["what"], one["role"], one["next_job_no"]) == ("job", "billing", "J2")
    assert one["on_it"] == {"invoices": 1, "cents": 110000, "numbers": ["INV-1"]}
    assert one["naming_it"]["invoices"] == 2
    assert "goes to J2 (M3)" in steps(one)["M2"]


def test_a_number_that_is_an_invoices_and_a_jobs_is_explained_twice():
    found = explain(result_of(invoices=[invoice(no="17940")], jobs=[job("17940")]), "17940")
    assert [one["what"] for one in found] == ["invoice", "job"]


def test_capitals_and_outer_spaces_are_forgiven_in_what_is_typed():
    assert entry(" inv-1 ")["number"] == "INV-1"


@pytest.mark.parametrize(
    ("number", "words"), [("INV-11", "The nearest: INV-1"), ("Zebra", "Nothing in these exports")]
)
def test_a_number_that_is_not_there(number, words):
    with pytest.raises(ReconcileError, match=words):
        explain(result_of(), number)


def test_every_cause_of_the_sample_is_told_with_a_fix_a_decision_or_a_reason():
    from tools.make_sample_data import INTENDED

    result = sample()
    first = {cause: number for number, cause in sorted(INTENDED.items(), reverse=True) if cause}
    assert set(first) == {cause.id for cause in CAUSES}
    for cause, number in first.items():
        one = next(found for found in explain(result, number) if found["cause"] == cause)
        text = "\n".join(
            row for line in explanation_lines([one]) for row in rows_of(line, Screen(1000))
        )
        assert cause in text and one["why"], cause
        assert one["fixes"] or one["notes"] or one["outcome"] in ("review", "wait"), cause
        for fix in one["fixes"]:
            assert "Proved by replaying the import" in text or "Not proved: " in text
            assert all(rule in RULES for rule in fix.proof.assumes)


def sample():
    from datetime import date

    from reconcile.exports.files.sources import find_sources
    from reconcile.pipeline import reconcile_practice
    from reconcile.settings.model import read_settings

    return reconcile_practice(
        find_sources([str(SAMPLE)]), read_settings(SAMPLE / "reconcile.toml"), date(2026, 11, 23)
    )


def ask(*words):
    command = [
        "explain",
        *words,
        str(SAMPLE),
        "--config",
        str(SAMPLE / "reconcile.toml"),
        "--as-of",
        "2026-11-23",
    ]
    return CliRunner().invoke(main, command)


def test_json():
    document = json.loads(ask("INV-2366", "--json").stdout)
    (one,) = document["entries"]
    assert document["schema"] == "reconcile/explain/1"
    assert (one["number"], one["cause"], one["fixes"][0]["status"]) == (
        "INV-2366",
        "T5",
        "needs-decision",
    )
    assert [way["proof"] for way in one["fixes"][0]["ways"]] == ["proved", "proved"]


def test_an_unknown_number_is_exit_2():
    result = ask("INV-9999")
    assert result.exit_code == 2 and "The nearest: INV-" in result.stderr


def ask_in(encoding, *words):
    """What a pipe with this code page receives; the program runs as users run it."""
    import os
    import subprocess
    import sys

    command = [
        sys.executable,
        "-m",
        "reconcile",
        "explain",
        *words,
        str(SAMPLE),
        "--as-of",
        "2026-11-23",
    ]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(SAMPLE.parent)}
    config = ["--config", str(SAMPLE / "reconcile.toml")]
    done = subprocess.run([*command, *config], capture_output=True, env=environment, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode(encoding)


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_a_code_page_without_the_signs_shows_stand_ins(encoding):
    """A pipe on Windows: the visible space is not in its code page."""
    text = ask_in(encoding, "INV-2351")
    assert "CLI-1409[<space>-<space>September<space>BAS]   CLI-1409 of J000624" in text
    assert "?" not in text


def test_a_code_page_without_the_signs_gives_the_same_json():
    document = json.loads(ask_in("cp1252", "INV-2323", "--json"))
    assert document["entries"][0]["near"][0]["marked"] == "CLI[–→-]1407"
