"""What the program writes is its owner's alone on POSIX: files 0600, folders 0700, at every step and whatever the umask."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from hostile.faults import write_exports
from made.files import let_rest

import reconcile.history.store as history_module
from reconcile.cli.main import main
from reconcile.history.store import SCHEMA, History
from reconcile.nightly import log as logs
from reconcile.storage.all_or_none import write_files
from reconcile.storage.archive import keep_copies
from reconcile.storage.private import create_private, make_private_folder

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        os.name == "nt", reason="Windows has no such rights; there they come from the folder"
    ),
]

UMASKS = {"none": 0o000, "usual": 0o022, "owner-only": 0o077}
SETTINGS = '[output]\nfolder = "results/tonight"\n[history]\npath = "past/h.sqlite"\n[log]\nfile = "logs/run.log"\n'


@pytest.fixture(scope="module")
def server():
    from hostile.fault_hook import Server

    server = Server()
    yield server
    server.close()


@pytest.fixture(params=UMASKS.values(), ids=UMASKS.keys())
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.fixture
def practice(tmp_path) -> Path:
    """A folder of exports with settings that keep a history and a log, in folders that are not there yet."""
    folder = tmp_path / "practice"
    folder.mkdir()
    write_exports(folder / "exports")
    (folder / "reconcile.toml").write_text(SETTINGS, encoding="utf-8")
    let_rest(folder)
    return folder


def rights(path: Path) -> int:
    return path.lstat().st_mode & 0o777


def too_wide(folder: Path, own: set[str]) -> list[str]:
    """What below a folder others may open, but for the names that the test itself made."""
    below = [path for path in folder.rglob("*") if path.relative_to(folder).parts[0] not in own]
    return [
        f"{path.relative_to(folder)} {rights(path):o}"
        for path in below
        if rights(path) != (0o700 if path.is_dir() else 0o600)
    ]


OWN = {"exports", "reconcile.toml"}
RUN = ("run", "exports", "--as-of", "2026-11-23", "-q")


@pytest.mark.parametrize("umask", UMASKS.values(), ids=UMASKS.keys())
def test_at_every_step_of_two_runs_nothing_is_open_to_others(server, practice, tmp_path, umask):
    """The folder is copied, with its rights, at each step: what another account could have opened then."""
    seen = set()
    for night, formats in enumerate(("xlsx,csv,json,html", "json")):
        copies = tmp_path / f"copies-{night}"
        copies.mkdir()
        (ended,) = server.run(practice, *RUN, "--format", formats, umask=umask, copy=str(copies))
        assert ended.code == 10, ended.said
        steps = sorted(copies.iterdir())
        assert len(steps) == len(ended.steps) > 40
        assert {
            step.name: found for step in (*steps, practice) if (found := too_wide(step, OWN))
        } == {}
        seen |= {path.name for step in steps for path in step.rglob("*")}
    assert {
        "fixlist.xlsx",
        "report.html",
        "h.sqlite",
        "h.sqlite-journal",
        "h.sqlite.lock",
        "h.sqlite.lock.who",
        "run.log",
    } <= seen
    assert {
        "archive",
        "2026-11-23",
        ".reconcile-swap",
        "jobs.csv.reconcile-new",
        "jobs.csv.reconcile-old",
    } <= seen


def test_a_folder_that_was_there_keeps_its_rights_and_its_files_are_private(practice, monkeypatch):
    monkeypatch.chdir(practice)
    out = practice / "results" / "tonight"
    out.mkdir(parents=True)
    out.chmod(0o755)
    (out / "jobs.csv").write_text("job_no,state_type,role,finding\n", encoding="utf-8")
    (out / "jobs.csv").chmod(0o644)
    assert CliRunner().invoke(main, RUN, catch_exceptions=False).exit_code == 10
    assert rights(out) == 0o755
    assert {
        path.name: rights(path)
        for path in out.iterdir()
        if path.is_file() and rights(path) != 0o600
    } == {}
    assert rights(out / "archive") == 0o700


def test_what_a_killed_run_left_open_to_all_is_not_written_into(tmp_path, umask):
    left = tmp_path / "jobs.csv.reconcile-new"
    left.write_text("half of it", encoding="utf-8")
    left.chmod(0o666)
    with left.open(encoding="utf-8") as reader:
        with create_private(left) as stream:
            stream.write(b"names")
        assert rights(left) == 0o600 and left.read_bytes() == b"names"
        assert reader.read() == "half of it"


def test_every_folder_that_is_made_is_private(tmp_path, umask):
    make_private_folder(tmp_path / "a" / "b" / "c")
    assert [rights(tmp_path / name) for name in ("a", "a/b", "a/b/c")] == [0o700] * 3


def test_a_folder_below_a_file_cannot_be_made(tmp_path):
    (tmp_path / "a").write_text("", encoding="utf-8")
    with pytest.raises(NotADirectoryError):
        make_private_folder(tmp_path / "a" / "b")


def test_files_that_are_written_and_copied_are_private(tmp_path, umask):
    from datetime import date

    files = write_files(tmp_path / "new" / "out", {"fixlist.json": b"{}"})
    files[0].chmod(0o644)  # the copy does not take over the rights of what is copied
    assert keep_copies(tmp_path / "new" / "out", files, date(2026, 11, 23), 30) is None
    files[0].chmod(0o600)
    assert too_wide(tmp_path, set()) == []


def test_older_logs_are_private_too(tmp_path, umask, monkeypatch):
    monkeypatch.setattr(logs, "LOG_BYTES", 300)
    logger = logs.open_log(tmp_path / "logs" / "run.log", stream=io.StringIO())
    for number in range(50):
        logs.event(logger, "line", number=number)
    logs.close_log(logger)
    assert len(list((tmp_path / "logs").iterdir())) == 6
    assert too_wide(tmp_path, set()) == []


def test_the_copy_before_an_upgrade_is_private(tmp_path, umask, monkeypatch):
    path = tmp_path / "past" / "h.db"
    with History.open(path) as history:
        connection = sqlite3.connect(path)
        connection.executescript(
            f"CREATE TABLE runs (run, as_of, first_date, inputs); PRAGMA user_version = {SCHEMA};"
        )
        connection.close()
    monkeypatch.setattr(history_module, "SCHEMA", SCHEMA + 1)
    monkeypatch.setitem(history_module.UPGRADES, SCHEMA, "ALTER TABLE runs ADD COLUMN colour TEXT")
    with History.open(path) as history:
        assert not history.past
    assert path.with_name(f"h.db.schema-{SCHEMA}").is_file()
    assert too_wide(tmp_path, set()) == []


def test_settings_and_sample_data_are_private(practice, umask, monkeypatch):
    monkeypatch.chdir(practice)
    for words in (["init", "exports", "--config", "new/reconcile.toml"], ["demo", "sample"]):
        assert CliRunner().invoke(main, words, catch_exceptions=False).exit_code == 0
    shutil.rmtree(practice / "exports")
    assert too_wide(practice, OWN) == []
    assert (practice / "new" / "reconcile.toml").is_file()
