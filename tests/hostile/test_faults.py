"""Faults to survive: killed at every step, a full disk, a file open in Excel, half a file, many starts, a damaged history.

Here every step of a run that writes fixlist.json and the ledgers, and those of the workbook; `python tests/tools/faults_run.py`
tries every step of all files, every call of the system, and three hundred random moments.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hostile.faults import (
    ALL_FORMATS,
    FILES,
    FIRST_DAY,
    INVOICES,
    SECOND_DAY,
    Nights,
    command,
    files_in,
    history_in,
    note_in,
    type_note,
    write_exports,
)
from made.files import let_rest, write_workbook

from reconcile import run
from reconcile.cli.main import main
from reconcile.errors import TryLater
from reconcile.exports.files.sources import find_sources
from reconcile.nightly.run import RunRequest, fulfil
from reconcile.settings.model import Settings

pytestmark = pytest.mark.long
HERE = Path(__file__).resolve().parents[1]
posix = pytest.mark.skipif(
    os.name == "nt", reason="kills and limits a forked process, which Windows does not have"
)


@pytest.fixture(scope="module")
def server():
    from hostile.fault_hook import Server

    server = Server()
    yield server
    server.close()


@pytest.fixture(scope="module")
def nights(server, tmp_path_factory):
    return Nights.prepare(tmp_path_factory.mktemp("nights"), server, "json")


@pytest.fixture(scope="module")
def full_nights(server, tmp_path_factory):
    return Nights.prepare(tmp_path_factory.mktemp("nights"), server, ALL_FORMATS)


@pytest.fixture
def state(nights, tmp_path):
    return nights.state(tmp_path / "state")


# Killed --------------------------------------------------------------------------------------------------------------


def telling_steps(steps: list[str]) -> list[int]:
    """The numbers of the steps after which a next start is tried: from the first file on, and of openings in a row two."""
    first = next(at for at, words in enumerate(steps) if words.startswith("open out/"))
    kinds = [words.rpartition("/")[0] if words.startswith("open") else words for words in steps]
    last = len(steps)
    return [
        at
        for at in range(first + 1, last + 1)
        if at == last or not kinds[at - 2] == kinds[at - 1] == kinds[at]
    ]


def faults_of(nights: Nights, server, state: Path) -> list[str]:
    return [*nights.faults_when_killed(state), *nights.faults_after_next_start(state, server)]


@posix
def test_killed_at_any_step_nothing_is_torn_or_lost_and_the_next_start_puts_it_right(
    nights, server, state, tmp_path
):
    """The folder is copied at each step: that is what a kill there leaves, as the next test shows."""
    (ended,) = server.run(state, *nights.words, copy=str(tmp_path))
    found = {}
    for at, words in enumerate(ended.steps, start=1):
        killed = tmp_path / f"{at:03}"
        found[f"{at} {words}"] = nights.faults_when_killed(killed)
        if at in telling_steps(ended.steps):
            found[f"{at} {words}"] += nights.faults_after_next_start(killed, server)
    assert len(found) > 50
    assert {step: faults for step, faults in found.items() if faults} == {}


@posix
def test_a_kill_leaves_what_is_there_at_its_step(nights, server, tmp_path):
    (tmp_path / "copies").mkdir()
    (ended,) = server.run(
        nights.state(tmp_path / "copied"), *nights.words, copy=str(tmp_path / "copies")
    )
    for words in (
        "os.rename out/jobs.csv out/jobs.csv.reconcile-old",
        f"os.mkdir out/archive/{SECOND_DAY}.reconcile-new",
    ):
        at = ended.steps.index(words) + 1
        state = nights.state(tmp_path / f"killed-{at}")
        (killed,) = server.run(state, *nights.words, kill=at)
        assert (killed.code, killed.steps[-1]) == (-signal.SIGKILL, words)
        here, there = files_in(state), files_in(tmp_path / "copies" / f"{at:03}")
        assert here.keys() == there.keys()
        timed = {"h.sqlite", "h.sqlite-journal", "h.sqlite.lock.who"}  # hold when the run began
        assert {name for name in here if here[name] != there[name]} <= timed
        assert history_in(state) == history_in(tmp_path / "copies" / f"{at:03}")


@posix
def test_killed_while_the_workbook_is_replaced_the_note_is_in_the_next_one(
    full_nights, server, tmp_path
):
    state = full_nights.state(tmp_path / "state")
    (tmp_path / "copies").mkdir()
    (ended,) = server.run(state, *full_nights.words, copy=str(tmp_path / "copies"))
    tried = [
        at
        for at, words in enumerate(ended.steps, start=1)
        if ".xlsx" in words and words.startswith("os.rename")
    ]
    assert len(tried) == 3
    for at in tried:
        killed = tmp_path / "copies" / f"{at:03}"
        assert faults_of(full_nights, server, killed) == [], ended.steps[at - 1]
        assert note_in(killed / "out" / "fixlist.xlsx")


# Of which file a write is cut short: the night, the bytes that a file can have, and whether the history is kept too.
CUT_SHORT = [
    pytest.param("nights", 300, True, id="the history's journal"),
    pytest.param("full_nights", 20_000, False, id="the workbook"),
    pytest.param("nights", 45_000, True, id="the history, when the files are in place"),
]


def words_of(nights: Nights, keeps_history: bool) -> list[str]:
    return [word for word in nights.words if keeps_history or word not in ("--state", "h.sqlite")]


@posix
@pytest.mark.parametrize(("which", "size", "keeps_history"), CUT_SHORT)
def test_killed_in_the_middle_of_a_write(request, server, tmp_path, which, size, keeps_history):
    nights = request.getfixturevalue(which)
    state = nights.state(tmp_path / "state")
    (ended,) = server.run(state, *words_of(nights, keeps_history), dies_at=size)
    assert ended.code == -signal.SIGXFSZ
    assert faults_of(nights, server, state) == []


@posix
def test_killed_in_the_very_first_run(nights, server, tmp_path):
    """There is no older file and no older history: killed half way, the second start is the first."""
    fresh = tmp_path / "fresh"
    (fresh / "temp").mkdir(parents=True)
    write_exports(fresh / "exports")
    words = command(FIRST_DAY, "--format", "json")
    whole = shutil.copytree(fresh, tmp_path / "whole")
    (ended,) = server.run(whole, *words)
    for step in ("os.rename out/fixlist.json.reconcile-new out/fixlist.json", "COMMIT"):
        state = shutil.copytree(fresh, tmp_path / step.split()[0])
        (killed,) = server.run(state, *words, kill=ended.steps.index(step) + 1)
        assert killed.code == -signal.SIGKILL
        (again,) = server.run(state, *words)
        assert again.code == 10
        assert files_in(state / "out") == files_in(whole / "out")
        assert history_in(state) == history_in(whole)


@posix
def test_after_a_kill_a_run_that_cannot_read_its_input_leaves_a_whole_set(nights, server, state):
    """The files of the killed run are all there, or none of them, though nothing new can be written."""
    (ended,) = server.run(
        state, *nights.words, kill=nights.steps.index("os.remove out/.reconcile-swap")
    )
    assert ended.code == -signal.SIGKILL
    (state / "exports" / "jobs.csv").unlink()
    (ended,) = server.run(state, *nights.words)
    assert ended.code == 2
    new, here = (files_in(folder / "out") for folder in (nights.second, state))
    assert {name: content for name, content in here.items() if "archive" not in name} == {
        name: content for name, content in new.items() if "archive" not in name
    }
    assert history_in(state) == history_in(nights.first)


@pytest.mark.parametrize("by", ["the day's folder", "--notes", "the function"])
def test_a_workbook_that_a_killed_run_put_aside_is_read_for_what_was_typed(
    tmp_path, monkeypatch, by
):
    """A kill between its two renamings: no fixlist.xlsx is there until the next start has put it right."""
    monkeypatch.chdir(tmp_path)
    write_exports(tmp_path / "exports")
    words = ["run", "exports", "--as-of", SECOND_DAY, "--format", "xlsx", "-q"]
    assert invoke(*words).exit_code == 10
    own = Path(f"fixlist-{SECOND_DAY}", "fixlist.xlsx")
    shutil.copytree(own.parent, f"fixlist-{FIRST_DAY}")
    type_note(own)
    own.rename(f"{own}.reconcile-old")
    if by == "the function":
        run(["exports"], own.parent, date.fromisoformat(SECOND_DAY), formats=["xlsx"])
    else:
        assert invoke(*words, *(["--notes", str(own)] if by == "--notes" else [])).exit_code == 10
    assert note_in(own)


# Kills write_files at each step, and what puts that right at each of its own steps: at the end all is there, or none.
TWICE = """
import os, shutil, signal, sys
from pathlib import Path
from reconcile.storage.all_or_none import put_right, write_files
left = 0
def hook(event, arguments):
    global left
    if event in ("os.rename", "os.remove") or (event == "open" and arguments[2] & os.O_WRONLY):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
def killed(at, action):
    global left
    child = os.fork()
    if not child:
        left = at
        sys.addaudithook(hook)
        action()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
above, kills = Path(sys.argv[1]), 0
old = {"fixlist.csv": b"old a", "jobs.csv": b"old b"}
new = {"fixlist.csv": b"new a", "jobs.csv": b"new b", "report.html": b'<meta name="generator" content="reconcile new">'}
def fail():
    raise KeyError
def replace(folder, keep):
    try:
        write_files(folder, new, keep)
    except KeyError:
        pass
for keep in (lambda: None, fail):
    at, more = 1, True
    while more:
        first = above / "first"
        first.mkdir()
        for name, content in old.items():
            (first / name).write_bytes(content)
        more = killed(at, lambda: replace(first, keep))
        again, still = 1, True
        while still:
            second = Path(shutil.copytree(first, above / "second"))
            still = killed(again, lambda: put_right(second))
            put_right(second)
            found = {path.name: path.read_bytes() for path in second.iterdir()}
            assert found in (old, new), (at, again, found)
            shutil.rmtree(second)
            kills, again = kills + still, again + 1
        shutil.rmtree(first)
        kills, at = kills + more, at + 1
print(kills)
"""


@posix
def test_killed_again_while_it_is_put_right_the_files_are_of_one_run(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, "-c", TWICE, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


# Cannot be written ---------------------------------------------------------------------------------------------------


def stands_as_before(nights: Nights, state: Path, ended) -> bool:
    """Exit 75, in words; the old outputs, the note and the history are there byte for byte, and nothing else is."""
    assert ended.code == 75, ended.said
    assert ended.said.startswith("error: ") and "Traceback" not in ended.said
    assert files_in(state / "out") == files_in(nights.first / "out")
    assert history_in(state) == nights.pasts[0]
    assert {path.name for path in state.iterdir()} == {
        path.name for path in nights.second.iterdir()
    }
    return True


@posix
@pytest.mark.parametrize(("which", "size", "keeps_history"), CUT_SHORT)
def test_75_when_a_file_cannot_grow_and_all_is_as_before(
    request, server, tmp_path, which, size, keeps_history
):
    nights = request.getfixturevalue(which)
    state = nights.state(tmp_path / "state")
    (ended,) = server.run(state, *words_of(nights, keeps_history), full=size)
    assert stands_as_before(nights, state, ended)
    history, out = (
        "h.sqlite: the history cannot be written to",
        "out: cannot be written to (File too large)",
    )
    assert (history if keeps_history else out) in ended.said
    assert ("COMMIT" in ended.steps) == ("in place" in request.node.callspec.id)
    assert nights.faults_after_next_start(state, server) == []


@posix
def test_75_on_a_full_disk_and_all_is_as_before(nights, server, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if (
        not shutil.which("mount")
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("a small disk cannot be mounted here: only root may")
    try:
        state = nights.state(disk / "state")
        for left in (4096, 40960):
            with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as stream:
                while True:
                    stream.write(bytes(4096))
            os.truncate(disk / "filler", (disk / "filler").stat().st_size - left)
            (ended,) = server.run(state, *nights.words)
            assert stands_as_before(nights, state, ended), left
            (disk / "filler").unlink()
        assert nights.faults_after_next_start(state, server) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@posix
@pytest.mark.parametrize("name", ["fixlist.xlsx", "report.html", "jobs.csv"])
def test_75_when_an_output_is_open_in_excel_and_all_is_as_before(
    full_nights, server, tmp_path, name
):
    state = full_nights.state(tmp_path / "state")
    (ended,) = server.run(state, *full_nights.words, refuse=[name])
    assert stands_as_before(full_nights, state, ended)
    assert f"{name}: cannot be replaced" in ended.said and "Close it in Excel" in ended.said


@posix
def test_75_when_nothing_can_be_put_back_either_and_the_next_start_does_it(nights, server, state):
    """jobs.csv is open in Excel, and by then somebody reads the new fixlist.json."""
    (ended,) = server.run(state, *nights.words, refuse=["jobs.csv", "fixlist.json.reconcile-old"])
    assert ended.code == 75
    assert (
        "a run was stopped while it replaced the files here, and that cannot be ended now"
        in ended.said
    )
    assert nights.faults_when_killed(state) == []
    assert nights.faults_after_next_start(state, server) == []


@posix
@pytest.mark.skipif(
    sys.platform == "darwin" and os.geteuid() == 0, reason="root gives up its rights on Linux only"
)
@pytest.mark.parametrize(
    ("place", "mode", "words"),
    [
        pytest.param(
            "out",
            0o555,
            "out: cannot be written to (Permission denied)",
            id="the folder is read-only",
        ),
        pytest.param(
            "out",
            0o000,
            "out: cannot be written to (Permission denied)",
            id="the folder cannot be entered",
        ),
        pytest.param(
            "out/fixlist.xlsx",
            0o000,
            "fixlist.xlsx: cannot be read",
            id="the workbook cannot be read",
        ),
        pytest.param(
            "h.sqlite",
            0o444,
            "h.sqlite: the history cannot be written to",
            id="the history is read-only",
        ),
        pytest.param(
            "h.sqlite",
            0o000,
            "h.sqlite: the history cannot be written to",
            id="the history cannot be read",
        ),
    ],
)
def test_75_without_the_right_to_write_and_all_is_as_before(
    nights, server, state, place, mode, words
):
    usual = (state / place).stat().st_mode
    (state / place).chmod(mode)
    (ended,) = server.run(state, *nights.words, bound=True)
    (state / place).chmod(usual)
    assert words in ended.said
    assert stands_as_before(nights, state, ended)


@posix
@pytest.mark.parametrize("how", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE", "BEGIN"])
def test_75_while_another_program_holds_the_history_and_all_is_as_before(
    nights, server, state, how
):
    """Held for itself, to write in, or only to read: then the last step is what cannot be done."""
    with contextlib.closing(sqlite3.connect(state / "h.sqlite", isolation_level=None)) as other:
        other.execute(how)
        other.execute("SELECT * FROM runs").fetchone()
        (ended,) = server.run(state, *nights.words, busy=20)
        assert "another program holds the history (database is locked)" in ended.said
    assert stands_as_before(nights, state, ended)


def test_75_when_the_workbook_is_saved_while_the_run_is_at_work(tmp_path, monkeypatch):
    """What was typed after it was read is not replaced unread; the next run carries it on."""
    monkeypatch.chdir(tmp_path)
    write_exports(tmp_path / "exports")
    assert invoke(*command(FIRST_DAY, "--format", "xlsx")).exit_code == 10
    own = Path("out") / "fixlist.xlsx"
    day, settings = date.fromisoformat(SECOND_DAY), Settings()
    request = RunRequest(
        lambda: (find_sources(["exports"]), settings),
        settings,
        day,
        Path("out"),
        ("xlsx",),
        own,
        None,
        "",
    )
    log = logging.Logger("test")
    with pytest.raises(TryLater, match=r"fixlist\.xlsx: was saved while this run was at work"):
        fulfil(request, log, lambda stage: type_note(own) if stage == "writing the files" else None)
    assert note_in(own)
    fulfil(request, log)
    assert note_in(own)


# Starts --------------------------------------------------------------------------------------------------------------


@posix
def test_of_twenty_starts_at_once_one_runs(nights, server, state):
    """The one that has the lock is held back until the others have had their answer."""
    ended = server.run(state, *nights.words, count=20, wait_at="sqlite3.connect")
    assert sorted(one.code for one in ended) == [10] + [75] * 19
    assert all(
        "another run is at work. It is process " in one.said for one in ended if one.code == 75
    )
    assert files_in(state / "out") == files_in(nights.second / "out")
    assert history_in(state) == nights.pasts[1]


# Inputs --------------------------------------------------------------------------------------------------------------


def invoke(*words: str):
    let_rest(Path("exports"))
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


@pytest.fixture(scope="module")
def after_one_night(tmp_path_factory):
    """A folder after one night that found five things to fix."""
    folder = tmp_path_factory.mktemp("one-night")
    write_exports(folder / "exports")
    with contextlib.chdir(folder):
        assert invoke(*command(FIRST_DAY, "--format", "json")).exit_code == 10
    return folder


@pytest.fixture
def practice(after_one_night, tmp_path, monkeypatch):
    folder = shutil.copytree(after_one_night, tmp_path / "practice")
    monkeypatch.chdir(folder)
    return folder


def cut(name: str, end: str):
    """Copy only a part of a file: up to and with these words."""
    text = FILES[name]
    return lambda exports: (exports / name).write_text(
        text[: text.index(end) + len(end)], encoding="utf-8"
    )


def without(*names: str):
    """Leave out files."""
    return lambda exports: [(exports / name).unlink() for name in names]


def half_a_workbook(exports: Path) -> None:
    rows = [line.split(",") for line in FILES["xpm.csv"].splitlines()]
    whole = write_workbook(exports / "xpm.xlsx", {"Invoices": rows}).read_bytes()
    (exports / "xpm.xlsx").write_bytes(whole[: len(whole) // 2])
    (exports / "xpm.csv").unlink()


# what it shows, what is done to the exports of the second night, its exit code
SHORT = [
    ("XPM's invoices missing", without("xpm.csv"), 10),
    ("the jobs missing", without("jobs.csv"), 2),
    ("the jobs and XPM's invoices missing", without("jobs.csv", "xpm.csv"), 2),
    ("Xero's invoices and the jobs missing", without("jobs.csv", "invoices.csv"), 2),
    ("yesterday's files again", lambda exports: None, 10),
    ("an empty file of XPM's invoices", lambda exports: (exports / "xpm.csv").write_text(""), 2),
    ("XPM's invoices cut in the headers", cut("xpm.csv", "[Invoice] Job Nu"), 20),
    ("XPM's invoices cut after the headers", cut("xpm.csv", "(incl tax)\n"), 10),
    ("XPM's invoices cut in a row", cut("xpm.csv", "INV-3,,Ze"), 20),
    ("XPM's invoices cut between rows", cut("xpm.csv", "330.00\n"), 10),
    ("XPM's invoices cut before the last amount", cut("xpm.csv", "INV-7,J3,Zenith Dental,"), 10),
    ("the jobs cut in a row", cut("jobs.csv", "J3,Zenith De"), 20),
    ("the jobs cut between rows", cut("jobs.csv", "13-Dec-2024\n"), 10),
    ("the invoices cut in a row", cut("invoices.csv", "INV-3,cli-3"), 20),
    (
        "the invoices cut between rows",
        cut("invoices.csv", "110.00,10.00,Sales invoice,Awaiting Payment\n"),
        0,
    ),
    ("the invoices cut before a status", cut("invoices.csv", "440.00,40.00,Sales invoice,"), 10),
    ("half a workbook", half_a_workbook, 2),
]


@pytest.mark.parametrize(
    ("change", "code"), [one[1:] for one in SHORT], ids=[one[0] for one in SHORT]
)
def test_what_a_part_of_the_input_does_not_show_is_not_called_fixed(practice, change, code):
    change(practice / "exports")
    before, past = files_in(practice / "out"), history_in(practice)
    result = invoke(*command(SECOND_DAY, "--format", "json"))
    assert result.exit_code == code, result.output
    if code == 2:
        assert result.stderr.startswith("error: ")
        assert (files_in(practice / "out"), history_in(practice)) == (before, past)
    else:
        since = json.loads((practice / "out" / "fixlist.json").read_text(encoding="utf-8"))[
            "since_last_run"
        ]
        assert since["fixed"] == []
        assert len(since["persisting"]) + len(since["not_seen"]) + len(since["worse"]) == 6


def test_cut_and_the_same_day_or_the_next_again_it_is_still_not_called_fixed(practice):
    cut("xpm.csv", "330.00\n")(practice / "exports")
    for day in (SECOND_DAY, SECOND_DAY, "2026-11-25"):
        assert invoke(*command(day, "--format", "json")).exit_code == 10
        assert since_last_run(practice)["fixed"] == []


def test_what_was_really_deleted_is_called_fixed(practice):
    """The other side of the same rule, also when the whole file comes after half of it."""
    deleted = FILES["xpm.csv"].replace("INV-4,J3,Zenith Dental,440.00\n", "")
    (practice / "exports" / "xpm.csv").write_text(
        deleted[: deleted.index("INV-5")], encoding="utf-8"
    )
    assert invoke(*command(SECOND_DAY, "--format", "json")).exit_code == 10
    assert since_last_run(practice)["fixed"] == []
    (practice / "exports" / "xpm.csv").write_text(deleted, encoding="utf-8")
    assert invoke(*command("2026-11-25", "--format", "json")).exit_code == 10
    fixed = [one["invoices"] for one in since_last_run(practice)["fixed"]]
    assert ["INV-4"] in fixed and ["INV-8"] not in fixed


def test_an_invoice_voided_and_deleted_on_one_day_does_not_put_the_export_in_doubt(practice):
    """Nobody was told to delete INV-6's copy; that it is voided is reason enough."""
    rows = [row for row in FILES["xpm.csv"].splitlines() if not row.startswith(("INV-4", "INV-6"))]
    (practice / "exports" / "xpm.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    voided = INVOICES.replace(
        "660.00,60.00,Sales invoice,Awaiting Payment", "660.00,60.00,Sales invoice,Voided"
    )
    (practice / "exports" / "invoices.csv").write_text(voided, encoding="utf-8")
    assert invoke(*command(SECOND_DAY, "--format", "json")).exit_code == 10
    assert [one["invoices"] for one in since_last_run(practice)["fixed"]] == [["INV-4"]]


def since_last_run(practice: Path) -> dict:
    return json.loads((practice / "out" / "fixlist.json").read_text(encoding="utf-8"))[
        "since_last_run"
    ]


def test_exports_without_tax_have_a_history_too(practice):
    lines = [line.split(",") for line in INVOICES.splitlines()]
    text = "".join(",".join(cells[:5] + cells[6:]) + "\n" for cells in lines)
    (practice / "exports" / "invoices.csv").write_text(text, encoding="utf-8")
    for day in (SECOND_DAY, "2026-11-25"):
        assert invoke(*command(day, "--format", "json")).exit_code == 10


# History -------------------------------------------------------------------------------------------------------------


def test_a_deleted_history_is_said_and_nothing_is_called_new(practice):
    (practice / "h.sqlite").unlink()
    words = [word for word in command(SECOND_DAY, "--format", "json") if word != "-q"]
    result = invoke(*words)
    assert result.exit_code == 10
    assert "no earlier run is known: nothing is called new" in result.stderr
    assert not any(
        since_last_run(practice)[group]
        for group in ("new", "persisting", "fixed", "worse", "not_seen")
    )


def newer(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")


def newer_and_in_another_mode(path: Path) -> None:
    newer(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def of_another_program(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")


def of_another_program_with_our_number(path: Path) -> None:
    of_another_program(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")


def damaged_inside(path: Path) -> None:
    """All pages but the first are overwritten: it opens, and fails when it is read or written."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def damaged_among_the_fixes(path: Path) -> None:
    """Only the pages with what fixes were about: it is found out half way."""
    content = path.read_bytes()
    pages = [content[at : at + 4096] for at in range(0, len(content), 4096)]
    path.write_bytes(b"".join(b"\xff" * 4096 if b'"cause"' in page else page for page in pages))


# what it shows, what is done to the history, words of the refusal
NOT_RIGHT = [
    ("of a newer version", newer, "schema 999, and this program knows 1. Nothing was changed"),
    (
        "of a newer version, in another mode",
        newer_and_in_another_mode,
        "schema 999, and this program knows 1",
    ),
    ("of another program", of_another_program, "tables of another program"),
    (
        "of another program, numbered as ours",
        of_another_program_with_our_number,
        "(no such table: runs)",
    ),
    (
        "no database",
        lambda path: path.write_bytes(b"no database, and long enough" * 100),
        "(file is not a database)",
    ),
    (
        "cut after its first bytes",
        lambda path: path.write_bytes(path.read_bytes()[:50]),
        "cannot be read as a history",
    ),
    (
        "cut in the middle",
        lambda path: path.write_bytes(path.read_bytes()[:20_000]),
        "is malformed)",
    ),
    (
        "cut by its last page",
        lambda path: path.write_bytes(path.read_bytes()[:-4096]),
        "is malformed)",
    ),
    ("damaged inside", damaged_inside, "malformed"),
    ("damaged among the fixes", damaged_among_the_fixes, "malformed"),
]


@pytest.mark.parametrize(
    ("change", "words"), [one[1:] for one in NOT_RIGHT], ids=[one[0] for one in NOT_RIGHT]
)
def test_2_when_the_history_is_not_right_and_it_stays_as_it_is(practice, change, words):
    change(practice / "h.sqlite")
    past, before = (practice / "h.sqlite").read_bytes(), files_in(practice / "out")
    result = invoke(*command(SECOND_DAY, "--format", "json"))
    assert result.exit_code == 2
    assert result.stderr.startswith("error: h.sqlite: ") and words in result.stderr
    assert (practice / "h.sqlite").read_bytes() == past
    assert files_in(practice / "out") == before
    assert not list(practice.glob("h.sqlite-*"))


def test_2_when_the_clock_went_back_and_the_history_stays_as_it_is(practice):
    past, before = (practice / "h.sqlite").read_bytes(), files_in(practice / "out")
    result = invoke(*command("2026-11-22", "--format", "json"))
    assert result.exit_code == 2
    assert (
        "its last run judged by 2026-11-23, and this one would by 2026-11-22. Set the clock right"
        in result.stderr
    )
    assert (practice / "h.sqlite").read_bytes() == past
    assert files_in(practice / "out") == before


def test_the_same_exports_on_the_same_day_give_the_same_bytes_of_every_file(practice):
    workbook = practice / "out" / "fixlist.xlsx"
    assert invoke(*command(FIRST_DAY, "--format", "xlsx")).exit_code == 10
    type_note(workbook)
    assert invoke(*command(SECOND_DAY, "--format", "xlsx,json")).exit_code == 10
    before, past = files_in(practice / "out"), history_in(practice)
    assert "fixlist-2026-11-23.xlsx" in before
    assert invoke(*command(SECOND_DAY, "--format", "xlsx,json")).exit_code == 10
    assert (files_in(practice / "out"), history_in(practice)) == (before, past)
    assert note_in(workbook)
