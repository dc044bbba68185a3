"""What became of each fix since the run before: by what the exports show, never by what was hoped.

Source: contract.md "since_last_run"; life.py.
"""

import json

import pytest
from click.testing import CliRunner
from history.test_store import day, night
from made.builders import NEVER, TODAY, ZENITH, client, invoice, job, xpm_invoice

from reconcile.cli.main import main


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.db"


BLANK = {
    "invoices": [invoice("")],
    "xpm_invoices": [xpm_invoice("")],
}  # T1: on the client, Reference blank
RIGHT = {"invoices": [invoice("CLI-1")], "xpm_invoices": [xpm_invoice("")]}
DELETED = {"invoices": [invoice("CLI-1", age=1)], "xpm_invoices": [xpm_invoice("J9", no="INV-9")]}
HOME = {"invoices": [invoice("CLI-1")], "xpm_invoices": [xpm_invoice("J1")]}


def lives(path, *nights):
    """The states and words of every night after the first."""
    told = []
    for back, tables in zip(range(len(nights) - 1, -1, -1), nights, strict=True):
        result = night(path, back, **tables)
        told.append([(entry.state, entry.words) for entry in result.since.entries])
    return told[1:]


def test_a_first_run_calls_nothing_new(path):
    assert night(path, 1, **BLANK).since.day is None


def test_a_fix_from_its_first_sight_to_its_job(path):
    assert lives(path, BLANK, BLANK, RIGHT, DELETED, HOME, HOME) == [
        [("persisting", "")],
        [("persisting", "INV-1: Reference now right, XPM's copy not deleted yet")],
        [("done-not-synced", "INV-1 is done, and comes with the next night")],
        [("fixed", "INV-1 is on J1")],
        [],
    ]


def test_it_counts_from_the_day_it_was_first_seen_whatever_its_cause_is_now(path):
    night(path, 5, **BLANK)
    result = night(path, 2, **RIGHT)
    assert [(fix.cause, fix.first_seen) for fix in result.fixes] == [("T27", day(5))]
    (entry,) = night(path, 0, **HOME).since.entries
    assert (entry.state, entry.since, entry.id) == ("fixed", day(5), None)


@pytest.mark.parametrize(
    ("now", "state", "words"),
    [
        pytest.param(
            {**HOME, "xpm_invoices": [xpm_invoice("J1")]}, "fixed", "INV-1 is on J1", id="home"
        ),
        pytest.param(
            {**HOME, "xpm_invoices": None},
            "done-not-synced",
            "no XPM invoices were given to see it",
            id="XPM not given",
        ),
        pytest.param(
            {"invoices": [invoice(no="INV-7")], "xpm_invoices": [xpm_invoice("J1", no="INV-7")]},
            "not-seen",
            "in none of the exports",
            id="left the exports",
        ),
        pytest.param(
            {"invoices": [invoice("", status="Voided")], "xpm_invoices": NEVER},
            "not-seen",
            "no longer to be imported (Voided)",
            id="voided",
        ),
        pytest.param(
            {
                "invoices": [invoice("CLI-2")],
                "jobs": [job(), job("J2", "CLI-2", client=ZENITH)],
                "xpm_invoices": [xpm_invoice("J2")],
            },
            "landed-wrong",
            "INV-1 landed on J2, and not on J1",
            id="another job",
        ),
        pytest.param(
            {**BLANK, "jobs": [job(), job("J2", "CLI-2")]}, "persisting", "", id="now a choice"
        ),
    ],
)
def test_what_became_of_it(path, now, state, words):
    night(path, 1, **BLANK)
    (entry,) = night(path, 0, **now).since.entries
    assert entry.state == state and words in entry.words


def test_what_tonight_takes_to_the_client_has_landed_wrong(path):
    night(path, 1, invoices=[invoice("CLI-l")], xpm_invoices=NEVER)
    (entry,) = night(
        path, 0, invoices=[invoice("CLI-l")], xpm_invoices=[xpm_invoice("")]
    ).since.entries
    assert (entry.state, entry.group) == (
        "landed-wrong",
        "worse",
    ) and "landed on the client" in entry.words


def test_what_was_fixed_and_is_there_again_came_back(path):
    for back, tables in ((3, BLANK), (2, HOME), (1, HOME)):
        night(path, back, **tables)
    (entry,) = night(path, 0, **BLANK).since.entries
    assert (entry.state, entry.group, entry.since) == ("came-back", "new", TODAY)
    assert entry.words == f"it was fixed by {day(2)}, and is back"


def test_a_voided_invoices_copy_that_is_gone_is_fixed(path):
    voided = [invoice(status="Voided")]
    night(path, 1, invoices=voided, xpm_invoices=[xpm_invoice("J1")])
    (entry,) = night(
        path, 0, invoices=voided, xpm_invoices=[xpm_invoice("J9", no="INV-9")]
    ).since.entries
    assert entry.state == "fixed"


def test_what_is_done_and_waits_is_followed_until_it_is_home(path):
    told = lives(
        path, BLANK, DELETED, DELETED | {"xpm_invoices": [xpm_invoice("J8", no="INV-9")]}, HOME
    )
    assert [state for one in told for state, _ in one][:1] == ["done-not-synced"] and told[-1] == [
        ("fixed", "INV-1 is on J1")
    ]


def test_one_of_two_is_home(path):
    two = [invoice("CLI-5"), invoice("CLI-5", no="INV-2")]
    blank = {
        "jobs": [job(order="")],
        "xpm_invoices": [xpm_invoice(""), xpm_invoice("", no="INV-2")],
    }
    night(path, 1, invoices=two, **blank)
    now = {
        "jobs": [job(order="CLI-5")],
        "xpm_invoices": [xpm_invoice("J1"), xpm_invoice("", no="INV-2")],
    }
    (entry,) = night(path, 0, invoices=two, **now).since.entries
    assert entry.state == "persisting" and entry.words.startswith("INV-1 is on J1")


def test_a_renamed_contacts_invoice_is_the_same_invoice(path):
    near = {
        "invoices": [invoice(contact="Acme Pty. Ltd.")],
        "clients": [client()],
        "xpm_invoices": NEVER,
    }
    night(path, 1, **near)
    (entry,) = night(path, 0, **HOME, clients=[client()]).since.entries
    assert entry.state == "fixed"


# Told ------------------------------------------------------------------------------------------------------------------


def test_the_history_command(path):
    for back, tables in (
        (9, BLANK),
        (5, HOME),
        (3, {**HOME, "invoices": [invoice(), invoice("", no="INV-2")]}),
    ):
        night(path, back, **tables)
    done = CliRunner().invoke(
        main, ["history", "--state", str(path), "--json"], catch_exceptions=False
    )
    told = json.loads(done.stdout)
    assert [run["as_of"] for run in told["runs"]] == [str(day(9)), str(day(5)), str(day(3))]
    assert [run["to_act_on_invoices"] for run in told["runs"]] == [1, 0, 1]
    assert (told["fixed"], told["median_days_to_fix"]) == (1, 4)
    assert [(one["since"], one["days"], one["cause"]) for one in told["open"]] == [
        (str(day(3)), 0, "T1")
    ]
    lines = (
        CliRunner().invoke(main, ["history", "--state", str(path)], catch_exceptions=False).stdout
    )
    assert (
        "Runs: 3" in lines
        and "1 fixed, in 4 days at the median" in lines
        and "Open: 1, the oldest first" in lines
    )


def test_no_history_to_tell_of(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "none is kept" in CliRunner().invoke(main, ["history"]).stderr
    assert "no such history" in CliRunner().invoke(main, ["history", "--state", "x.db"]).stderr
    assert list(tmp_path.iterdir()) == []
