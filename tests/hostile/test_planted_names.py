"""No name, reference or number of a practice is in a log or a traceback, whatever goes wrong, unless -v asks for it."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from hostile.planted import AS_OF, Planted, plant, texts_below
from made.files import let_rest

from reconcile.cli.main import main
from reconcile.errors import WITHHELD, frames_of, place_of, traceback_lines
from reconcile.history.notes import KEY
from reconcile.nightly.run_lock import one_at_a_time

pytestmark = pytest.mark.long
posix = pytest.mark.skipif(
    os.name == "nt", reason="runs in a forked process, which Windows does not have"
)


@pytest.fixture
def planted(tmp_path, monkeypatch) -> Planted:
    monkeypatch.chdir(tmp_path)
    return plant(tmp_path)


@pytest.fixture(scope="module")
def server():
    from hostile.fault_hook import Server

    server = Server()
    yield server
    server.close()


def run(*more: str, day: int = AS_OF.day):
    return CliRunner().invoke(
        main,
        ["run", "--as-of", f"2026-11-{day}", "--format", "json", *more],
        catch_exceptions=False,
    )


def log(planted: Planted) -> str:
    return texts_below(sorted(planted.folder.glob("run.log*")))


def spoil(planted: Planted, pattern: str, old: str, new: str) -> None:
    """Write another text into the file of a pattern, where a row of it shows names."""
    (path,) = planted.folder.glob(pattern)
    text = path.read_text(encoding="utf-8")
    assert re.search(old, text)
    path.write_text(re.sub(old, new, text), encoding="utf-8")
    let_rest(planted.folder)


def test_there_are_enough_of_them(planted):
    assert len(set(planted.words)) == len(planted.words) > 500
    exports = [path for path in planted.folder.glob("exports*/*") if path.suffix == ".csv"]
    names = [str(path.relative_to(planted.folder)) for path in planted.folder.glob("exports*/*")]
    seen = planted.seen_in(
        texts_below(exports), texts_below([planted.folder / "reconcile.toml"]), *names
    )
    assert len(seen) > 500


@pytest.mark.parametrize("as_json", [False, True], ids=["plain", "json"])
def test_two_nights(planted, as_json):
    """Something new, fixed, worse and gone on the second; all of it is in the results, and none in the log."""
    more = ["--log-json"] if as_json else ["-q"]
    first = run(*more, day=22)
    spoil(planted, "exports*/xpm-*.csv", r"(?m)^(INV-\d+),,", r"\1,J1,")
    spoil(planted, "exports*/xero *.csv", r"(?m)^(.*?),INV-.*\r?\n\Z", "")
    second = run(*more)
    assert (first.exit_code, second.exit_code) == (10, 10)
    assert planted.seen_in(first.output, second.output, log(planted)) == []
    assert len(planted.seen_in(texts_below([planted.folder / "out" / "fixlist.json"]))) > 100
    assert "fix-" in log(planted) and len(re.findall(r"done.+exit_code\W+10", log(planted))) == 2
    if as_json:
        assert [json.loads(line)["event"] for line in second.stderr.splitlines()][-1] == "done"


def test_with_v_the_log_has_names(planted):
    run("--log-json", "-v")
    assert planted.seen_in(log(planted))


# Input that is refused, and runs that fail -------------------------------------------------------------------------------


def a_bad_date(planted: Planted) -> None:
    spoil(planted, "exports*/*-jobs.csv", r"(?s)\A(.*?)13-Dec-2025", rf"\1{planted.words[0]}")


def no_jobs(planted: Planted) -> None:
    next(planted.folder.glob("exports*/*-jobs.csv")).unlink()


def not_understood(planted: Planted) -> None:
    spoil(planted, "exports*/*-jobs.csv", r"\[Job\] Job No\.", planted.words[0])


def a_quote_that_stays_open(planted: Planted) -> None:
    spoil(planted, "exports*/xero *.csv", r"(?m)^([A-Z])", r'"\1')


def stale(planted: Planted) -> None:
    spoil(planted, "reconcile.toml", r"\[inputs\]", "[reading]\nmax_age_days = 0\n[inputs]")
    spoil(planted, "exports*/xero *.csv", r"\d\d/11/2026", "01/10/2026")


def an_unfinished_download(planted: Planted) -> None:
    path = next(planted.folder.glob("exports*/*-jobs.csv"))
    path.rename(path.with_name(path.name + ".part"))


def settings_at_fault(planted: Planted) -> None:
    spoil(
        planted,
        "reconcile.toml",
        r"\[output\]",
        f'[states]\n"{planted.words[1]}" = "{planted.words[2]}"\n[output]',
    )


def a_damaged_workbook(planted: Planted) -> None:
    next(planted.folder.glob("exports*/*.xlsx")).write_bytes(b"PK" + planted.words[0].encode())


def a_file_in_the_way(planted: Planted) -> None:
    (planted.folder / "out").write_text(planted.words[0], encoding="utf-8")


def another_history(planted: Planted) -> None:
    connection = sqlite3.connect(planted.folder / "history.db")
    connection.execute(f"CREATE TABLE {planted.words[0]} (a)")
    connection.close()


FAILURES = {
    "a date that is none": (a_bad_date, 20),
    "no jobs": (no_jobs, 2),
    "not understood": (not_understood, 2),
    "an open quote": (a_quote_that_stays_open, 2),
    "stale": (stale, 2),
    "an unfinished download": (an_unfinished_download, 2),
    "settings at fault": (settings_at_fault, 2),
    "a damaged workbook": (a_damaged_workbook, 2),
    "a file in the way": (a_file_in_the_way, 2),
    "another program's history": (another_history, 2),
}


@pytest.mark.parametrize(("fail", "code"), FAILURES.values(), ids=FAILURES.keys())
def test_what_fails_is_logged_without_names(planted, fail, code):
    fail(planted)
    plain, as_log = run("-q"), run("--log-json")
    assert (plain.exit_code, as_log.exit_code) == (code, code)
    assert planted.seen_in(as_log.stderr, log(planted)) == []
    lines = [json.loads(line) for line in as_log.stderr.splitlines()]
    failed = [line["fields"] for line in lines if line["event"] == "failed"]
    assert [one["error"] for one in failed] == (["ReconcileError"] if code == 2 else [])
    if code == 2:
        assert plain.stderr.startswith(
            "error: "
        )  # for the person at the screen, with what was found


def test_with_v_the_log_quotes_what_was_refused(planted):
    settings_at_fault(planted)
    done = run("--log-json", "-v")
    assert (
        done.exit_code == 2
        and planted.words[2] in done.stderr
        and json.loads(done.stderr)["event"] == "failed"
    )


def test_a_run_that_has_to_wait(planted):
    with one_at_a_time(planted.folder / "history.db", started=planted.words[0]):
        done = run("--log-json")
    assert done.exit_code == 75 and planted.seen_in(done.stderr, log(planted)) == []
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()] == ["refused"]


def test_a_warning_is_a_line_of_the_log(planted):
    """What people typed stands in a warning, and the log is no place for it."""
    run("-q", "--format", "xlsx")
    from openpyxl import load_workbook

    book = load_workbook(planted.folder / "out" / "fixlist.xlsx")
    sheet = book["Fix list"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, columns["note"], planted.words[0])
    sheet.cell(2, columns[KEY]).value = None
    book.save(planted.folder / "out" / "fixlist.xlsx")
    as_log = run("--log-json")
    assert "warning" in [json.loads(line)["event"] for line in as_log.stderr.splitlines()]
    assert planted.seen_in(as_log.stderr, log(planted)) == []


# Bugs ------------------------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("more", [["-q"], ["--log-json"]], ids=["plain", "json"])
def test_a_bug_says_its_kind_and_place_and_no_name(server, planted, more):
    """A KeyError of a client's name, raised wherever the program opens a file to write."""
    steps = server.run(planted.folder, "run", "--as-of", "2026-11-21", "-q")[0].steps
    opens = [at for at, words in enumerate(steps, start=1) if words.startswith("open")]
    name = planted.words[7]
    for at in (opens[0], opens[len(opens) // 2], opens[-1]):
        words = ["run", "--as-of", "2026-11-22", *more]
        (ended,) = server.run(planted.folder, *words, bug=at, says=name)
        if "KeyError" not in ended.said:
            continue
        assert ended.code == 1 and planted.seen_in(ended.said, log(planted)) == []
        assert "reconcile/" in ended.said and str(planted.folder) not in ended.said
        assert ("reconcile redact" in ended.said and WITHHELD in ended.said) == (more == ["-q"])
        (verbose,) = server.run(planted.folder, *words, "-v", bug=at, says=name)
        assert f"KeyError: '{name}'" in verbose.said.replace('\\"', '"')
        break
    else:
        pytest.fail("no bug was seen")


@posix
@pytest.mark.parametrize(
    "words", [["history"], ["explain", "INV-1"], ["check"]], ids=lambda words: words[0]
)
def test_a_bug_of_another_command(server, planted, words):
    """`reconcile -v COMMAND` shows all of it, for the commands that have no -v of their own."""
    run("-q")
    (ended,) = server.run(planted.folder, *words, raises=planted.words[7])
    (verbose,) = server.run(planted.folder, "-v", *words, raises=planted.words[7])
    assert (ended.code, verbose.code) == (1, 1)
    assert planted.seen_in(ended.said) == [] and "KeyError: (what it says is withheld" in ended.said
    assert planted.words[7] in verbose.said


def nested(name: str) -> BaseException:
    """An error with a name, raised while another was dealt with."""
    try:
        try:
            raise KeyError(name)
        except KeyError as error:
            error.add_note(f"about {name}")
            raise ValueError(f"{name} is wrong") from error
    except ValueError as error:
        return error


def test_the_lines_of_a_traceback_hold_no_value():
    lines = traceback_lines(nested("Acme Pty Ltd"))
    assert [line for line in lines if "Acme" in line] == []
    assert [line for line in lines if WITHHELD in line] == [
        f"KeyError: {WITHHELD}",
        f"ValueError: {WITHHELD}",
    ]
    assert any("raise KeyError(name)" in line for line in lines)


def test_a_path_in_a_traceback_begins_at_the_package():
    try:
        Path("no such folder/no such file").read_bytes()
    except OSError as error:
        names = [line.split(":")[0] for line in frames_of(error)]
        assert place_of(error) == ""
    assert all(not name.startswith("/") and name.count("/") <= 1 for name in names)


def test_the_place_of_an_error_is_the_last_one_in_the_program():
    from reconcile.errors import ReconcileError
    from reconcile.exports.files.sources import find_sources

    with pytest.raises(ReconcileError) as caught:
        find_sources(["nowhere"])
    assert re.fullmatch(r"exports/files/sources\.py:\d+", place_of(caught.value))
