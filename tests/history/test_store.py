"""What a history knows: when things changed, what a job carried, that a night has passed, and its own safety.

Source: rules.md E3, M3, T16, T24, T26, T28; contract.md "History, where there is some"; history.py.
"""

import sqlite3
from dataclasses import replace
from datetime import date, timedelta

import pytest
from made.builders import ACME, NEVER, TODAY, invoice, job, practice, xpm_invoice

from reconcile.errors import ReconcileError
from reconcile.history import store as history_module
from reconcile.history.store import SCHEMA, History
from reconcile.pipeline import decide_practice
from reconcile.settings.model import Settings

ON_CLIENT = [xpm_invoice("")]
ABSENT = [xpm_invoice("J9", no="INV-9")]  # XPM was exported, and the invoice is not in it


def day(back):
    return TODAY - timedelta(days=back)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.db"


def night(path, back, *, settings=None, commit=True, hashes="", **tables):
    """One run, so many days ago; hashes tells the files of one night from another's (default: a new export each day)."""
    exports = practice(settings=settings, **tables)
    inputs = [replace(one, sha256=hashes or f"{one.role} {back}") for one in exports.inputs]
    inputs.append(
        replace(inputs[0], role="xpm_invoices", sha256=hashes or f"xpm {back}", rows=0, records=0)
    )
    exports = exports.__class__(**{**exports.__dict__, "inputs": tuple(inputs)})
    with History.open(path) as history:
        history.take_in(exports, day(back), started="then")
        known = history.with_evidence(exports)
        result = decide_practice(known, settings or Settings(), day(back), history=history)
        if commit:
            history.commit()
    return result


def row(result, no="INV-1"):
    ledger = result.findings.ledger
    return ledger[ledger["invoice_no"] == no].iloc[0]


def verdict(result, no="INV-1"):
    one = row(result, no)
    return f"{one['outcome']} {one['cause']}".strip()


# The window (E3) ---------------------------------------------------------------------------------------------------------


def old(**more):
    """An invoice dated long ago, as of TODAY."""
    return invoice("CLI-1", age=60, **more)


def test_without_an_earlier_run_the_date_is_all_that_is_known(path):
    assert verdict(night(path, 3, invoices=[old()], xpm_invoices=ABSENT)) == "fix T16"


def test_what_changed_between_two_runs_is_inside_the_window_again(path):
    night(path, 20, invoices=[old(status="Draft")], xpm_invoices=ABSENT)
    night(path, 3, invoices=[old(status="Draft")], xpm_invoices=ABSENT)
    result = night(path, 1, invoices=[old()], xpm_invoices=ABSENT)
    assert (verdict(result), row(result)["changed_on"].date(), row(result)["days_left"]) == (
        "wait T24",
        day(2),
        13,
    )


@pytest.mark.parametrize(
    ("back", "wanted"), [(15, "fix T28"), (16, "fix T16")], ids=["the 14th day", "the 15th day"]
)
def test_the_window_counts_from_the_earliest_day_of_the_change(path, back, wanted):
    night(path, back, invoices=[old(cents=5)], xpm_invoices=ABSENT)
    night(path, back - 1, invoices=[old()], xpm_invoices=ABSENT, hashes="x")
    result = night(path, 0, invoices=[old()], xpm_invoices=ABSENT, hashes="x")
    assert (verdict(result), row(result)["changed_on"].date()) == (wanted, day(back - 1))


def test_what_is_new_in_the_files_was_made_since_the_run_before(path):
    night(path, 3, invoices=[invoice(no="INV-9", age=90)], xpm_invoices=ABSENT)
    result = night(path, 1, invoices=[invoice(no="INV-9", age=90), old()], xpm_invoices=ABSENT)
    assert (row(result)["changed_on"].date(), row(result)["edited"]) == (day(2), False)


def test_what_an_earlier_file_did_not_cover_may_be_as_old_as_its_date(path):
    night(path, 3, invoices=[invoice(no="INV-9", age=5)], xpm_invoices=ABSENT)
    result = night(path, 1, invoices=[invoice(no="INV-9", age=5), old()], xpm_invoices=ABSENT)
    assert row(result)["changed_on"] == row(result)["invoice_date"]


def test_an_edit_opens_the_whole_window_under_xeros_words(path):
    settings = Settings(profile="xero")
    for back in (4, 3):
        night(path, back, invoices=[old(cents=back)], xpm_invoices=ABSENT, settings=settings)
    result = night(
        path, 1, invoices=[old(cents=3)], xpm_invoices=ABSENT, settings=settings, hashes="x"
    )
    assert (row(result)["tonight_place"], row(result)["edited"]) == ("job", True)


# A night that has passed (T28) -----------------------------------------------------------------------------------------------


def young(**more):
    return invoice("CLI-1", age=1, **more)


def test_a_night_that_should_have_taken_it_is_told_at_once(path):
    assert verdict(night(path, 1, invoices=[young()], xpm_invoices=ABSENT)) == "wait T24"
    result = night(path, 0, invoices=[young()], xpm_invoices=ABSENT)
    assert verdict(result) == "fix T28"
    assert (
        "an earlier run saw it ready for the import, and a night has passed" in row(result)["notes"]
    )


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param({"jobs": [job(state="Complete")]}, {}, id="its job was closed then"),
        pytest.param({}, {"hashes": "1"}, id="the same files as then"),
        pytest.param({"invoices": [young(cents=7)]}, {}, id="it was edited since"),
    ],
)
def test_it_still_waits_where_no_night_could_have_taken_it(path, before, now):
    same = {"invoices": [young()], "xpm_invoices": ABSENT}
    night(path, 1, **{**same, "hashes": "1", **before})
    assert verdict(night(path, 0, **{**same, **now})) == "wait T24"


# Where it is (T26) -----------------------------------------------------------------------------------------------------------

TWO_JOBS = [job("J1", "CLI-1", created=400), job("J2", "CLI-2", created=3)]


def test_a_reference_that_changed_after_the_import_belongs_on_the_other_job(path):
    on_j1 = {"jobs": TWO_JOBS, "xpm_invoices": [xpm_invoice("J1")]}
    night(path, 2, invoices=[invoice("CLI-1", age=30)], **on_j1)
    result = night(path, 1, invoices=[invoice("CLI-2", age=30)], **on_j1)
    assert verdict(result) == "fix T26" and "under another Reference" in row(result)["notes"]


def test_without_that_the_order_number_may_have_moved_on(path):
    result = night(
        path,
        1,
        invoices=[invoice("CLI-2", age=30)],
        jobs=TWO_JOBS,
        xpm_invoices=[xpm_invoice("J1")],
    )
    assert verdict(result) == "ok"


def test_a_job_that_carried_its_reference_then_is_the_right_one(path):
    dated = [invoice("CLI-1", age=30)]
    on_j1 = {"invoices": dated, "xpm_invoices": [xpm_invoice("J1")]}
    night(path, 2, jobs=[job("J1", "CLI-1", created=400), job("J2", "", created=300)], **on_j1)
    moved = [job("J1", "", created=400), job("J2", "CLI-1", created=300)]
    result = night(path, 1, jobs=moved, **on_j1)
    assert (
        verdict(result) == "ok"
        and "an earlier run saw its job carry its Reference" in row(result)["notes"]
    )
    assert verdict(decided_alone(jobs=moved, **on_j1)) == "fix T26"


def decided_alone(**tables):
    return decide_practice(practice(**tables), Settings(), day(1))


# Jobs without a creation date (M3) -------------------------------------------------------------------------------------------


def test_a_job_that_appears_later_is_the_newer_one(path):
    old_job = job("J1", "CLI-1", created=400)
    night(path, 2, jobs=[old_job], xpm_invoices=ABSENT)
    result = night(
        path,
        1,
        jobs=[old_job, job("J2", "CLI-1", created=None)],
        invoices=[invoice(age=1)],
        xpm_invoices=ABSENT,
    )
    assert row(result)["tonight_job_no"] == "J2"


def test_a_job_that_was_there_from_the_first_run_on_stays_undated(path):
    jobs = [job("J1", "CLI-1", created=400), job("J2", "CLI-1", created=None)]
    night(path, 2, jobs=jobs, xpm_invoices=ABSENT)
    assert row(night(path, 1, jobs=jobs, xpm_invoices=ABSENT))["tonight_place"] == "unknown"


# The file itself -------------------------------------------------------------------------------------------------------------


def test_the_same_exports_on_the_same_day_are_the_same_run(path):
    night(path, 3, xpm_invoices=ON_CLIENT)
    results = [
        night(path, 1, invoices=[invoice(""), old(no="INV-2")], xpm_invoices=ON_CLIENT)
        for _ in range(3)
    ]
    ledgers = [result.findings.ledger for result in results]
    assert ledgers[0].equals(ledgers[1]) and ledgers[1].equals(ledgers[2])
    assert (
        results[0].since == results[1].since == results[2].since
        and results[2].fixes == results[0].fixes
    )
    with History.open(path) as history:
        assert [run["as_of"] for run in history.runs()] == [str(day(3)), str(day(1))]


def test_what_is_not_committed_leaves_no_trace(path):
    night(path, 2, commit=False)
    assert not path.exists()
    night(path, 2)
    before = path.read_bytes()
    night(path, 1, invoices=[invoice("")], commit=False)
    assert path.read_bytes() == before and [one.name for one in path.parent.iterdir()] == [
        path.name
    ]


def test_a_clock_that_went_back_is_refused(path):
    night(path, 1)
    before = path.read_bytes()
    with pytest.raises(
        ReconcileError, match=f"its last run judged by {day(1)}, and this one would by {day(2)}"
    ):
        night(path, 2)
    assert path.read_bytes() == before


def test_a_newer_history_is_refused_untouched(path):
    night(path, 1)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(
        ReconcileError, match=f"Found schema {SCHEMA + 1}, and this program knows {SCHEMA}"
    ):
        History.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"no database at all" * 50, b"SQLite format 3\0" + bytes(100)], ids=["text", "torn"]
)
def test_what_is_no_history_is_refused_untouched(path, content):
    path.write_bytes(content)
    with pytest.raises(ReconcileError, match="cannot be read as a history"):
        History.open(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (one)")
    connection.close()
    with pytest.raises(ReconcileError, match="Found tables of another program"):
        History.open(path)


def test_an_older_history_is_upgraded_and_its_copy_kept(path, monkeypatch):
    night(path, 2, invoices=[invoice("")], xpm_invoices=ON_CLIENT)
    before = path.read_bytes()
    monkeypatch.setattr(history_module, "SCHEMA", SCHEMA + 1)
    monkeypatch.setitem(
        history_module.UPGRADES,
        SCHEMA,
        "ALTER TABLE runs ADD COLUMN colour TEXT; UPDATE runs SET colour = 'red'",
    )
    result = night(path, 1, invoices=[invoice("")], xpm_invoices=ON_CLIENT)
    assert [entry.state for entry in result.since.entries] == ["persisting"]
    assert path.with_name(f"history.db.schema-{SCHEMA}").read_bytes() == before
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA + 1,)
    assert connection.execute("SELECT colour FROM runs ORDER BY run").fetchall() == [
        ("red",),
        (None,),
    ]
    connection.close()


def test_an_upgrade_that_fails_leaves_the_history_as_it_was(path, monkeypatch):
    night(path, 2)
    before = path.read_bytes()
    monkeypatch.setattr(history_module, "SCHEMA", SCHEMA + 1)
    monkeypatch.setitem(
        history_module.UPGRADES,
        SCHEMA,
        "ALTER TABLE runs ADD COLUMN colour TEXT; SELECT * FROM no_such_table",
    )
    with pytest.raises(ReconcileError, match="cannot be read as a history"):
        History.open(path)
    assert path.read_bytes() == before


def test_the_history_is_its_owners_alone(path):
    night(path, 1)
    assert path.stat().st_mode & 0o777 in (0o600, 0o666)  # the second: a system without such rights


def test_two_documents_of_one_number_and_contact_keep_their_own_rows(path):
    twice = [invoice("CLI-1"), invoice("CLI-2", contact=ACME)]
    results = [night(path, back, invoices=twice, xpm_invoices=NEVER) for back in (2, 1)]
    assert len(results[1].findings.ledger) == 2 and results[1].since.day == day(2)


def test_dates_are_whole_days(path):
    night(path, 2)
    with History.open(path) as history:
        assert history.past[0].as_of == day(2) and isinstance(history.past[0].as_of, date)


def test_without_a_history_the_window_is_said_to_be_unknown():
    result = decide_practice(practice(invoices=[old()], xpm_invoices=ABSENT), Settings(), TODAY)
    assert (
        "window unknown: no history of its last change, so judged by its date (E3)"
        in row(result)["notes"]
    )


def test_explain_and_whatif_know_what_the_history_knows_and_write_nothing(tmp_path, monkeypatch):
    from click.testing import CliRunner
    from history.test_accepted import JOBS, XERO, XPM
    from made.files import let_rest

    from reconcile.cli.main import main

    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("jobs.csv", JOBS.replace("J1,Acme Pty Ltd,,", "J1,Acme Pty Ltd,CLI-5,")),
        ("xpm.csv", XPM + "INV-9,J1,2026-10-02,Acme Pty Ltd,5.00\n"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = ["xero.csv", "jobs.csv", "xpm.csv", "--date-order", "dmy", "--state", "h.db"]
    for at, (status, out) in enumerate((("Draft", "one"), ("Awaiting Payment", "two")), start=22):
        rows = f"{ACME},INV-1,CLI-5,2/09/2026,16/09/2026,100.00,AUD,Sales invoice,{status}\n"
        (tmp_path / "xero.csv").write_text(XERO + rows, encoding="utf-8")
        let_rest(tmp_path)
        CliRunner().invoke(
            main, ["run", *files, "--as-of", f"2026-11-{at}", "--out", out], catch_exceptions=False
        )
    before = (tmp_path / "h.db").read_bytes()
    told = (
        CliRunner()
        .invoke(main, ["explain", "INV-1", *files, "--as-of", "2026-11-23"], catch_exceptions=False)
        .stdout
    )
    assert "last change by the history: 0 days ago" in told and "wait T24" in told
    moved = ["whatif", *files, "--as-of", "2026-11-23", "--set", "job:J1.client_order_no=X"]
    assert (
        "tonight  J1 -> the client"
        in CliRunner().invoke(main, moved, catch_exceptions=False).stdout
    )
    assert (tmp_path / "h.db").read_bytes() == before
