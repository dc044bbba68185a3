"""The unattended run through the command line: one settings file, night after night.

Source: contract.md "Exit codes"; the settings' own words; nightly.py. Faults such as a kill are in test_faults.py.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from history.test_accepted import JOBS, XERO, XPM
from made.builders import ACME
from made.files import let_rest

from reconcile.cli.main import main
from reconcile.nightly.run_lock import one_at_a_time

SETTINGS = """
[practice]
name = "Harbour"
[inputs]
xero_invoices = "xero.csv"
xpm_jobs = "jobs.csv"
xpm_invoices = "xpm.csv"
[output]
folder = "results"
keep_runs = 2
[history]
path = "history.db"
[log]
file = "reconcile.log"
"""
EVERY = "xlsx,csv,json,html"
ROW = "{contact},{no},{reference},2/11/2026,16/11/2026,{total},AUD,Sales invoice,Awaiting Payment\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A practice's folder, the working folder of the run."""
    monkeypatch.chdir(tmp_path)
    for name in ("RECONCILE_NOTIFY_URLS", "RECONCILE_HEARTBEAT_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "reconcile.toml").write_text(SETTINGS, encoding="utf-8")
    export(tmp_path)
    return tmp_path


def export(folder: Path, total: str = "100.00", xpm: str = "") -> None:
    rows = ROW.format(contact=ACME, no="INV-1", reference="CLI-5", total=total)
    for name, text in (("xero.csv", XERO + rows), ("jobs.csv", JOBS), ("xpm.csv", XPM + xpm)):
        (folder / name).write_text(text, encoding="utf-8")
    let_rest(folder)


def run(day: int, *more: str, formats: str = "json"):
    """A night in November; exports so old are read too."""
    command = ["run", "--as-of", f"2026-11-{day}", "--allow-stale", "--format", formats, *more]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def document(folder):
    return json.loads((folder / "results" / "fixlist.json").read_text(encoding="utf-8"))


def test_one_settings_file_is_all_it_needs(folder):
    done = run(20, formats=EVERY)
    assert done.exit_code == 10 and "no earlier run is known: nothing is called new" in done.stderr
    assert {path.name for path in folder.iterdir()} >= {"results", "history.db", "reconcile.log"}
    export(folder, xpm=f"INV-1,,2026-11-02,{ACME},100.00\n")
    done = run(21, formats=EVERY)
    assert "since     2026-11-20: 1 worse" in done.stderr
    (entry,) = document(folder)["since_last_run"]["worse"]
    assert (entry["state"], entry["since"], entry["invoices"]) == (
        "landed-wrong",
        "2026-11-20",
        ["INV-1"],
    )
    page = (folder / "results" / "report.html").read_text(encoding="utf-8")
    assert (
        "Since 20 November 2026" in page
        and "INV-1 landed on the client, and not on J1" in page
        and "run by run" in page
    )


def test_the_same_again_is_the_same(folder):
    run(20, formats=EVERY)
    files = {
        path.name: path.read_bytes() for path in (folder / "results").iterdir() if path.is_file()
    }
    assert run(20, formats=EVERY).exit_code == 10
    assert {
        path.name: path.read_bytes() for path in (folder / "results").iterdir() if path.is_file()
    } == files
    assert [path.name for path in (folder / "results" / "archive").iterdir()] == ["2026-11-20"]


def test_so_many_copies_are_kept_as_the_settings_say(folder):
    for day, total in ((20, "1.00"), (20, "2.00"), (21, "2.00"), (22, "2.00")):
        export(folder, total)
        run(day)
    kept = sorted((folder / "results" / "archive").iterdir())
    assert [path.name for path in kept] == ["2026-11-21", "2026-11-22"]
    written = {path.name for path in (folder / "results").iterdir() if path.is_file()}
    assert {path.name for path in kept[1].iterdir()} == written | {".reconcile-copy"}


def test_a_second_different_run_of_a_day_is_kept_too(folder):
    for total in ("1.00", "2.00"):
        export(folder, total)
        run(20)
    assert sorted(path.name for path in (folder / "results" / "archive").iterdir()) == [
        "2026-11-20",
        "2026-11-20-2",
    ]


def test_an_audit_keeps_no_history_and_no_copies(folder):
    (folder / "reconcile.toml").unlink()
    files = ["xero.csv", "jobs.csv", "xpm.csv"]
    CliRunner().invoke(
        main, ["run", *files, "--as-of", "2026-11-20", "--out", "audit"], catch_exceptions=False
    )
    names = {path.name for path in (folder / "audit").iterdir()}
    assert names == {
        "fixlist.xlsx",
        "fixlist.csv",
        "fixlist.json",
        "report.html",
        "invoices.csv",
        "jobs.csv",
    }
    assert {path.name for path in folder.iterdir()} == {*files, "audit"}


def test_two_runs_at_once_are_one(folder):
    with one_at_a_time(folder / "history.db", started="earlier"):
        done = run(20)
    assert (
        done.exit_code == 75
        and "another run is at work" in done.stderr
        and not (folder / "results").exists()
    )


# The log -----------------------------------------------------------------------------------------------------------------------


def test_the_log_has_ids_and_counts_and_no_names(folder):
    run(20)
    run(21)
    text = (folder / "reconcile.log").read_text(encoding="utf-8")
    assert (
        " INFO done exit_code=10 fixes=1 " in text
        and ACME not in text
        and "CLI-5" not in text
        and str(folder) not in text
    )
    export(folder, xpm=f"INV-1,J1,2026-11-02,{ACME},100.00\n")
    run(22, "-v")
    text = (folder / "reconcile.log").read_text(encoding="utf-8")
    assert " INFO fix-fixed " in text and ACME in text


def test_the_log_as_json_takes_the_place_of_the_talk(folder):
    lines = [json.loads(line) for line in run(20, "--log-json").stderr.splitlines()]
    assert lines[0]["event"] == "run" and lines[-1]["event"] == "done"
    assert lines[-1]["fields"]["exit_code"] == 10


def test_a_run_that_fails_is_in_the_log(folder):
    (folder / "jobs.csv").unlink()
    done = run(20)
    assert done.exit_code == 2 and "ERROR failed exit_code=2" in (
        folder / "reconcile.log"
    ).read_text(encoding="utf-8")
    assert not (folder / "history.db").exists() and not (folder / "results").exists()


# Notifying ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def server():
    """A server on this computer that notes what it is asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/secret", asked
        server.shutdown()
        thread.join()


def test_the_heartbeat_tells_start_and_end_whatever_happens(folder, server, monkeypatch):
    address, asked = server
    monkeypatch.setenv("RECONCILE_HEARTBEAT_URL", address)
    run(20)
    (folder / "jobs.csv").unlink()
    run(21)
    assert asked == ["/secret/start", "/secret", "/secret/start", "/secret/fail"]
    assert "secret" not in (folder / "reconcile.log").read_text(encoding="utf-8")


def test_a_dead_notifier_changes_nothing_but_a_warning(folder, monkeypatch):
    monkeypatch.setenv("RECONCILE_HEARTBEAT_URL", "http://127.0.0.1:9/secret")
    monkeypatch.setenv("RECONCILE_NOTIFY_URLS", "json://127.0.0.1:9/secret")
    assert run(20).exit_code == 10
    export(folder, xpm=f"INV-1,,2026-11-02,{ACME},100.00\n")
    done = run(21)
    assert done.exit_code == 10 and "warning: " in done.stderr and "secret" not in done.stderr
    assert (folder / "results" / "fixlist.json").exists()
