"""Nothing that this program did not write is replaced, removed or followed.

Source: contract.md "No file is replaced that this program did not write"; "only copies that it made itself".
"""

import json
import os
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from history.test_accepted import JOBS, XERO, XPM
from made.files import let_rest

from reconcile.cli.main import main
from reconcile.nightly.run_lock import alone_in
from reconcile.storage.all_or_none import put_right
from reconcile.storage.own_files import is_own_file, is_result_name

ROW = "Acme Pty Ltd,INV-1,CLI-5,2/11/2026,16/11/2026,100.00,AUD,Sales invoice,Awaiting Payment\n"
RESULTS = ("fixlist.xlsx", "fixlist.csv", "fixlist.json", "report.html", "invoices.csv", "jobs.csv")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a practice's exports in `exports`; the working folder."""
    monkeypatch.chdir(tmp_path)
    exports = tmp_path / "exports"
    exports.mkdir()
    for name, text in (("invoices.csv", XERO + ROW), ("jobs.csv", JOBS), ("xpm.csv", XPM)):
        (exports / name).write_text(text, encoding="utf-8")
    (exports / "xpm.csv").write_text(
        XPM + "INV-9,J1,2026-11-02,Acme Pty Ltd,1.00\n", encoding="utf-8"
    )
    let_rest(exports)
    return tmp_path


def invoke(*words):
    return CliRunner().invoke(main, [*words], catch_exceptions=False)


def run(*words, exports="exports", day=20):
    return invoke("run", exports, "--as-of", f"2026-11-{day}", *words)


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# Exports under the names of results ----------------------------------------------------------------------------------


@pytest.mark.parametrize("formats", ["xlsx,csv,json,html", "json"])
def test_exports_in_the_folder_of_results_are_not_replaced(folder, formats):
    before = content(folder)
    done = run("--out", "exports", "--format", formats)
    assert done.exit_code == 2 and content(folder) == before
    for name in ("invoices.csv", "jobs.csv"):
        assert f"exports/{name}: is not a file of this program" in done.stderr.replace("\\", "/")


def test_nor_where_the_settings_name_their_folder(folder):
    (folder / "exports" / "reconcile.toml").write_text(
        '[output]\nfolder = "."\n[history]\npath = "history.db"\n', encoding="utf-8"
    )
    before = content(folder)
    done = run("--config", "exports/reconcile.toml")
    assert done.exit_code == 2 and "is not a file of this program" in done.stderr
    after = content(folder)
    assert {name: after[name] for name in before} == before
    assert not any("fixlist" in name or ".reconcile-" in name for name in after)
    assert "2026-11-20" not in invoke("history", "--state", "exports/history.db").output


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fixlist.csv", "name,total\nmine,1\n"),
        ("fixlist.json", '{"mine": 1}'),
        ("report.html", "<html><title>Report of my own</title></html>"),
        ("invoices.csv", "invoice_no,total\nINV-1,1.00\n"),
        ("jobs.csv", "my jobs\n"),
    ],
)
def test_any_file_of_somebody_else_under_such_a_name_stops_the_run(folder, name, text):
    out = folder / "out"
    out.mkdir()
    (out / name).write_text(text, encoding="utf-8")
    done = run("--out", "out")
    assert done.exit_code == 2 and name in done.stderr
    assert content(out) == {name: text.encode()}


def test_a_workbook_of_somebody_else_stops_the_run(folder):
    out = folder / "out"
    out.mkdir()
    book = openpyxl.Workbook()
    book.active["A1"] = "my own list"
    book.save(out / "fixlist.xlsx")
    before = content(out)
    done = run("--out", "out")
    assert done.exit_code == 2 and "fixlist.xlsx" in done.stderr and content(out) == before


def test_own_results_are_replaced_again_and_again(folder):
    for _ in range(2):
        assert run("--out", "out").exit_code == 10
    assert all(is_own_file(folder / "out" / name) for name in RESULTS)
    text = (folder / "out" / "invoices.csv").read_text(encoding="utf-8-sig")
    semicolons = text.replace(",", ";")  # as a spreadsheet of some regions saves it
    (folder / "out" / "invoices.csv").write_text(semicolons, encoding="utf-8-sig")
    assert run("--out", "out").exit_code == 10


def test_an_overview_of_somebody_else_stops_the_batch(folder):
    out = folder / "all"
    out.mkdir()
    (out / "overview.html").write_text("<html>mine</html>", encoding="utf-8")
    root = folder / "root" / "one"
    root.mkdir(parents=True)
    for path in (folder / "exports").iterdir():
        (root / f"x-{path.name}").write_bytes(path.read_bytes())
    let_rest(root)
    done = invoke("batch", "root", "--out", "all", "--as-of", "2026-11-20", "--workers", "1")
    assert done.exit_code == 2 and "overview.html: is not a file of this program" in done.stderr
    assert (out / "overview.html").read_text(encoding="utf-8") == "<html>mine</html>"


# The demo, the log --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["reconcile.toml", "xpm-invoices.csv", "xpm-jobs.xlsx"])
def test_the_demo_replaces_nothing(folder, name):
    (folder / name).write_text("mine", encoding="utf-8")
    before = content(folder)
    done = invoke("demo", ".")
    assert done.exit_code == 2 and name in done.stderr and content(folder) == before


def test_the_demo_runs_twice_over_its_own_files(folder):
    assert invoke("demo", "demo").exit_code == 0 == invoke("demo", "demo").exit_code


@pytest.mark.parametrize(
    "name",
    ["exports/invoices.csv", "exports/xpm.csv", "reconcile.toml", "out/fixlist.csv", "history.db"],
)
def test_the_log_is_written_into_no_other_file(folder, name):
    run("--out", "first", "--state", "history.db", day=19)
    (folder / "reconcile.toml").write_text(f'[log]\nfile = "{name}"\n', encoding="utf-8")
    before = content(folder)
    done = run("--out", "out")
    assert done.exit_code == 2 and "is not a log of this program" in done.stderr
    assert content(folder) == before


@pytest.mark.parametrize("more", [(), ("--log-json",)])
def test_a_log_goes_on(folder, more):
    (folder / "reconcile.toml").write_text('[log]\nfile = "my.log"\n', encoding="utf-8")
    assert run("--out", "out", *more).exit_code == 10 == run("--out", "out", *more).exit_code
    assert (folder / "my.log").read_text(encoding="utf-8").count("exit_code") == 2


LINE = "2026-11-19T19:00:01 INFO done exit_code=10\n"
AS_JSON = '{"time": "2026-11-19T19:00:01+11:00", "level": "info", "event": "done", "fields": {}}\n'


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        AS_JSON,
        "\ufeff" + LINE + LINE,
        "\n" + LINE,
        "# the log of our reconcile task\n" + LINE,
        "warning: of a redirect\n" * 400 + LINE,
        "\n",
    ],
    ids=["plain", "json", "marked", "after a blank line", "a remark", "a redirect", "blank"],
)
def test_a_log_with_other_lines_in_it_goes_on(folder, text):
    (folder / "reconcile.toml").write_text('[log]\nfile = "my.log"\n', encoding="utf-8")
    (folder / "my.log").write_text(text, encoding="utf-8")
    assert run("--out", "out").exit_code == 10
    assert (folder / "my.log").read_text(encoding="utf-8").startswith(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23 19:00:01,123 INFO other\n",
        "2026-11-23T19:00:01,12.5,client\n",
        "2026-11-23\n",
    ],
)
def test_a_log_or_list_of_another_program_is_left_alone(folder, text):
    (folder / "reconcile.toml").write_text('[log]\nfile = "my.log"\n', encoding="utf-8")
    (folder / "my.log").write_text(text, encoding="utf-8")
    assert run("--out", "out").exit_code == 2
    assert (folder / "my.log").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fixlist.json", '{"schema":"reconcile/fixlist/1","as_of":"2026-11-19"}'),
        ("jobs.csv", "sep=;\njob_no;job_name;state;state_type;role;finding\n"),
    ],
)
def test_a_result_that_another_program_saved_is_replaced(folder, name, text):
    (folder / "out").mkdir()
    (folder / "out" / name).write_text(text, encoding="utf-8")
    assert run("--out", "out").exit_code == 10


# Copies -------------------------------------------------------------------------------------------------------------


def test_only_copies_that_the_program_made_are_removed(folder):
    (folder / "reconcile.toml").write_text("[output]\nkeep_runs = 1\n", encoding="utf-8")
    archive = folder / "out" / "archive"
    own = {
        "2020-01-01/letters.docx": "a folder of the user's own",
        "2020-01-02/invoices.csv": "one with the name of a result in it, and without a mark",
        "2020-01-03/.reconcile-copy": "one with a mark and something of the user's beside it",
        "2020-01-03/note.txt": "the user's",
        "2020-01-05/.reconcile-copy": "one with a mark and a workbook of somebody",
        "2020-01-05/fixlist-bob.xlsx": "the user's",
        "2020-01-04.reconcile-new/plan.txt": "looks like a copy that was not finished",
    }
    for name, text in own.items():
        (archive / name).parent.mkdir(parents=True, exist_ok=True)
        (archive / name).write_text(text, encoding="utf-8")
    for day in (19, 20, 21):
        run("--out", "out", "--state", "history.db", day=day)
    left = content(archive)
    assert {name: left[name].decode() for name in own} == own
    made = {name.split("/")[0] for name in left.keys() - own.keys()}
    assert made == {"2026-11-21"}


# .reconcile-swap ----------------------------------------------------------------------------------------------------

DAMAGED = {
    "no JSON": "{",
    "nothing": "",
    "another kind of JSON": "[1, 2]",
    "no names": '{"back": true}',
    "a number for yes": '{"back": 1, "was_there": {"report.html": false}}',
    "a path outside": '{"back": true, "was_there": {"../mine.txt": false}}',
    "an absolute path": '{"back": true, "was_there": {"/tmp/mine.txt": false}}',
    "a file of the user's": '{"back": true, "was_there": {"mine.txt": false}}',
    "a result's name in a path": '{"back": false, "was_there": {"../fixlist.csv": true}}',
    "bytes that are no text": "\xff\xfe",
    "brackets without end": "[" * 100_000,
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_swap_note_is_set_aside_and_not_followed(tmp_path, text):
    out = tmp_path / "out"
    out.mkdir()
    for path in (
        tmp_path / "mine.txt",
        tmp_path / "fixlist.csv",
        out / "mine.txt",
        out / "jobs.csv",
    ):
        path.write_text("mine", encoding="utf-8")
    before = content(tmp_path)
    (out / ".reconcile-swap").write_bytes(text.encode("latin-1"))
    (warning,) = put_right(out)
    assert "It was not followed" in warning
    after = content(tmp_path)
    assert after.pop(str(Path("out/.reconcile-swap-not-followed"))) == text.encode("latin-1")
    assert after == before and put_right(out) == []


def test_what_lay_beside_a_damaged_note_is_kept(tmp_path):
    before = {
        "fixlist.xlsx": b"new",
        "fixlist.xlsx.reconcile-old": b"typed in",
        "fixlist-2026-01-01.xlsx.reconcile-new": b"the copy of what was typed",
    }
    for name, text in before.items():
        (tmp_path / name).write_bytes(text)
    (tmp_path / ".reconcile-swap").write_text('{"was', encoding="utf-8")
    put_right(tmp_path)
    assert put_right(tmp_path) == []
    assert set(before.values()) <= set(content(tmp_path).values())


def test_a_note_of_somebody_removes_no_export(tmp_path):
    (tmp_path / "invoices.csv").write_text(XERO + ROW, encoding="utf-8")
    note = {"back": True, "was_there": {"invoices.csv": False}}
    (tmp_path / ".reconcile-swap").write_text(json.dumps(note), encoding="utf-8")
    put_right(tmp_path)
    assert content(tmp_path) == {"invoices.csv": (XERO + ROW).encode()}


def test_an_overview_that_cannot_be_opened_or_is_somebodys_is_not_own(tmp_path):
    path = tmp_path / "overview.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0 protected")
    assert not is_own_file(path)
    book = openpyxl.Workbook()
    book.active.title = "Summary"
    book.create_sheet("Jobs")
    book.save(path)
    assert not is_own_file(path)


def test_an_empty_file_of_results_stops_no_run(folder):
    (folder / "out").mkdir()
    (folder / "out" / "jobs.csv").touch()
    assert run("--out", "out").exit_code == 10


@pytest.mark.skipif(os.name == "nt", reason="links and rights as on other systems")
def test_a_link_in_the_archive_is_not_followed(folder):
    mine = folder / "mine"
    mine.mkdir()
    (mine / "invoices.csv").write_text("mine", encoding="utf-8")
    (folder / "out" / "archive").mkdir(parents=True)
    (folder / "out" / "archive" / "x.reconcile-new").symlink_to(mine)
    assert run("--out", "out", "--state", "history.db").exit_code == 10
    assert content(mine) == {"invoices.csv": b"mine"}


def test_the_run_goes_on_and_says_it_once(folder):
    (folder / "out").mkdir()
    (folder / "out" / ".reconcile-swap").write_text("{", encoding="utf-8")
    done, again = run("--out", "out"), run("--out", "out")
    assert done.exit_code == 10 == again.exit_code
    assert "It was not followed" in done.stderr and "It was not followed" not in again.stderr


def test_a_swap_note_of_a_killed_run_is_followed(tmp_path):
    (tmp_path / "report.html.reconcile-new").write_text("new", encoding="utf-8")
    (tmp_path / "report.html.reconcile-old").write_text("old", encoding="utf-8")
    note = {"back": False, "was_there": {"report.html": True}}
    (tmp_path / ".reconcile-swap").write_text(json.dumps(note), encoding="utf-8")
    assert put_right(tmp_path) == []
    assert content(tmp_path) == {"report.html": b"new"}


@pytest.mark.parametrize(
    "name", ["fixlist.xlsx", "fixlist-2026-11-20-2.xlsx", "fixlist-unread.xlsx", "overview.html"]
)
def test_names_of_results(name):
    assert is_result_name(name)
    assert not is_result_name(f"../{name}") and not is_result_name(f"my {name}")


# Locks --------------------------------------------------------------------------------------------------------------


def test_two_runs_with_different_histories_do_not_mix_in_one_folder(folder):
    with alone_in(folder / "out", started="2026-11-20T19:00:00"):
        done = run("--out", "out", "--state", "history.db")
    assert done.exit_code == 75 and not (folder / "out").exists()
