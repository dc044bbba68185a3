"""Files that are still being downloaded, copied or written are waited for or refused, and never read by halves."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from made.files import job, jobs_csv, let_rest, save, table, write_workbook, xero_csv

from reconcile.cli.main import main
from reconcile.errors import ReconcileError
from reconcile.exports.files.incomplete import PAUSE_SECONDS, WATCH_SECONDS, wait_until_still
from reconcile.exports.files.opening import open_source
from reconcile.exports.files.sources import Source, find_inputs, find_sources
from reconcile.settings.model import InputPath

pytestmark = pytest.mark.long

AS_OF = "2026-10-15"
JOBS, XERO = jobs_csv(), xero_csv()


# By their names -------------------------------------------------------------------------------------------------------

# what it shows, the files there, what is named, the unfinished one that is told ("" for none)
NAMES = [
    ("a download beside", ["xero.csv", "xero.csv.part"], "xero.csv", "xero.csv.part"),
    ("a download instead", ["xero.csv.part"], "xero.csv", "xero.csv.part"),
    ("Chrome's", ["xero.csv", "xero.csv.crdownload"], "xero.csv", "xero.csv.crdownload"),
    ("Safari's", ["xero.csv", "xero.csv.download"], "xero.csv", "xero.csv.download"),
    ("a copy's", ["xero.csv", "xero.csv.tmp"], "xero.csv", "xero.csv.tmp"),
    ("a workbook's", ["xero.xlsx", "xero.xlsx.part"], "xero.xlsx", "xero.xlsx.part"),
    ("one that is named itself", ["xero.csv.part"], "xero.csv.part", "xero.csv.part"),
    ("in a folder", ["a.csv", "xero.csv.part"], "", "xero.csv.part"),
    ("alone in a folder", ["xero.csv.part"], "", "xero.csv.part"),
    ("in capitals in a folder", ["a.csv", "XERO.CSV.PART"], "", "XERO.CSV.PART"),
    ("by a pattern", ["xero-1.csv", "xero-2.csv.part"], "xero-*.csv", "xero-2.csv.part"),
    ("by a pattern alone", ["xero-2.csv.crdownload"], "xero-*.csv", "xero-2.csv.crdownload"),
    (
        "by a pattern without an ending",
        ["xero-1.csv", "xero-2.csv.part"],
        "xero-*",
        "xero-2.csv.part",
    ),
    ("of another file", ["xero.csv", "other.csv.part"], "xero.csv", ""),
    ("of a file that the pattern does not find", ["xero-1.csv", "jobs.csv.part"], "xero-*.csv", ""),
    ("of no export", ["xero.csv", "film.mp4.part", "Unconfirmed 1.crdownload", "A1B2.tmp"], "", ""),
    ("of a hidden file", ["xero.csv", ".xero.csv.part"], "", ""),
    ("of Excel's mark", ["xero.csv", "~$xero.csv.tmp"], "", ""),
    ("a name that only looks like it", ["xero.part.csv"], "xero.part.csv", ""),
]


@pytest.mark.parametrize("by_settings", [False, True], ids=["command-line", "settings"])
@pytest.mark.parametrize(
    ("there", "named", "told"), [row[1:] for row in NAMES], ids=[row[0] for row in NAMES]
)
def test_an_unfinished_download_of_an_export_is_refused(tmp_path, there, named, told, by_settings):
    for name in there:
        (tmp_path / name).mkdir() if name.endswith(".download") else save(tmp_path / name, "x")

    def find() -> list[Source]:
        if by_settings:
            return find_inputs([InputPath("xpm_jobs", named, tmp_path, "reconcile.toml: line 2")])
        return find_sources([str(tmp_path / named)])

    if not told:
        assert find()
        return
    with pytest.raises(ReconcileError) as caught:
        find()
    (message,) = caught.value.messages
    assert message.startswith(
        "reconcile.toml: line 2: xpm_jobs in [inputs]: " if by_settings else str(tmp_path / named)
    )
    assert (
        f"Found {told}: still being downloaded or copied. Run again when that is done, or delete it"
        in message
    )


def test_several_unfinished_ones_are_told_together(tmp_path):
    for name in ("b.csv.part", "a.csv.crdownload", "c.csv"):
        save(tmp_path / name, "x")
    with pytest.raises(
        ReconcileError, match=r"Found a.csv.crdownload, b.csv.part: .* or delete them"
    ):
        find_sources([str(tmp_path)])


def test_what_is_open_in_excel_is_read_and_said(practice):
    write_workbook(practice / "jobs.xlsx", {"Jobs": table([job()]), "Notes": [["a"]]})
    (practice / "jobs.csv").unlink()
    save(practice / "~$jobs.xlsx", b"\x05Kim")
    result = run(practice, "-v")
    assert result.exit_code == 0
    said = " ".join(result.stderr.split())
    assert (
        said.count("jobs.xlsx, sheet 'Jobs': open in Excel: only what was last saved is read") == 1
    )
    (practice / "~$jobs.xlsx").unlink()
    assert "open in Excel" not in run(practice, "-v").stderr


# By a second look -----------------------------------------------------------------------------------------------------


@contextmanager
def writer(path: Path, seconds: float):
    """Appends to a file every tenth of a second for so long, in the background."""
    until = time.monotonic() + seconds
    stop = threading.Event()

    def write() -> None:
        while time.monotonic() < until and not stop.wait(0.1):
            with path.open("ab") as stream:
                stream.write(b"x" * 10)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    """The pauses that are made, each made as ever."""
    made: list[float] = []
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: (made.append(seconds), sleep(seconds)))
    return made


NOW = 1_795_000_000.0

# what it shows, when the file was last changed before now, whether it is looked at again
AGES = [
    ("long ago", 86_400, 0),
    ("just over two seconds ago", 2.1, 0),
    ("a second ago", 1, 1),
    ("now", 0, 1),
    ("by a clock ahead", -60, 1),
]


@pytest.mark.parametrize(("age", "looks"), [row[1:] for row in AGES], ids=[row[0] for row in AGES])
def test_only_what_was_changed_just_now_is_looked_at_again(tmp_path, pauses, age, looks):
    os.utime(save(tmp_path / "a.csv", "x"), (NOW - age,) * 2)
    wait_until_still({"a.csv": tmp_path / "a.csv"}, NOW)
    assert pauses == [PAUSE_SECONDS] * looks


def test_without_a_time_nothing_is_waited_for(tmp_path, pauses):
    save(tmp_path / "a.csv", "x")
    assert find_sources([str(tmp_path)]) and not pauses


def test_a_file_that_stops_growing_is_read(tmp_path):
    path = save(tmp_path / "a.csv", "x")
    with writer(path, 0.7):
        wait_until_still({"a.csv": path}, time.time())
        size = path.stat().st_size
    assert size == path.stat().st_size > 1


def test_a_file_that_keeps_growing_is_refused_after_two_seconds(tmp_path, pauses):
    path, still = save(tmp_path / "a.csv", "x"), save(tmp_path / "b.csv", "x")
    with (
        writer(path, 30),
        pytest.raises(
            ReconcileError, match=r"^a.csv: still being written .*: [\d,]+ bytes by then"
        ) as caught,
    ):
        wait_until_still({"b.csv": still, "a.csv": path}, time.time())
    assert len(caught.value.messages) == 1 and sum(pauses) == WATCH_SECONDS


def test_a_file_that_vanishes_is_left_to_its_reader(tmp_path):
    wait_until_still({"a.csv": tmp_path / "a.csv"}, NOW)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = save(
        tmp_path / "jobs.csv",
        JOBS + "".join(f"J{n:06},Fee,Acme,,Planned,,,,\r\n" for n in range(200_000)),
    )
    with (
        writer(path, 30),
        pytest.raises(ReconcileError, match=r"^jobs.csv: was changed while it was read"),
    ):
        for _ in range(20):  # of so many readings one meets a change, on the quickest machine too
            open_source(Source(path, "jobs.csv"))


def test_half_a_workbook_is_told_as_such(tmp_path):
    path = write_workbook(tmp_path / "jobs.xlsx", {"Jobs": table([job()])})
    save(path, path.read_bytes()[:3000])
    with pytest.raises(
        ReconcileError,
        match=r"^jobs.xlsx: the file is damaged, or still being copied: its end is missing",
    ):
        open_source(Source(path, "jobs.xlsx"))


# Through the command line ---------------------------------------------------------------------------------------------


@pytest.fixture
def practice(tmp_path) -> Path:
    """A practice's exports and the settings that name them; nothing is being written."""
    folder = tmp_path / "exports"
    folder.mkdir()
    save(folder / "xero.csv", XERO)
    save(folder / "jobs.csv", JOBS)
    settings = "[inputs]\nxero_invoices = 'exports/xero*.csv'\nxpm_jobs = 'exports/jobs.*'\n[output]\nfolder = 'fixlist'\n"
    save(tmp_path / "reconcile.toml", settings)
    let_rest(tmp_path)
    return folder


def run(practice: Path, *more: str):
    command = [
        "run",
        "--config",
        str(practice.parent / "reconcile.toml"),
        "--as-of",
        AS_OF,
        "--format",
        "json",
        *more,
    ]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def test_files_that_lie_still_are_not_waited_for(practice, pauses):
    assert run(practice).exit_code == 0 and not pauses


@pytest.mark.parametrize(
    "command", [["run"], ["check"], ["explain", "INV-0001"]], ids=lambda words: words[0]
)
def test_a_download_beside_is_2_and_nothing_is_written(practice, command):
    save(practice / "xero.csv.part", "half")
    result = CliRunner().invoke(
        main,
        [*command, "--config", str(practice.parent / "reconcile.toml")],
        catch_exceptions=False,
    )
    assert result.exit_code == 2 and not (practice.parent / "fixlist").exists()
    assert (
        "reconcile.toml: line 2: xero_invoices in [inputs]: " in result.stderr
        and "xero.csv.part" in result.stderr
    )


def test_a_growing_file_is_2_and_nothing_is_written(practice):
    with writer(practice / "xero.csv", 30):
        time.sleep(0.2)
        result = run(practice)
    assert result.exit_code == 2 and not (practice.parent / "fixlist").exists()
    assert result.stderr.startswith("error: xero.csv: still being written or copied.")


def test_a_file_that_stops_growing_in_time_is_read_whole(practice):
    path = practice / "xero.csv"
    lines = XERO.encode().replace(b"INV-0001", b"INV-%04d").splitlines(keepends=True)

    def write() -> None:
        for number in range(2, 9):
            time.sleep(0.1)
            with path.open("ab") as stream:
                stream.write(lines[1] % number)

    thread = threading.Thread(target=write)
    thread.start()
    time.sleep(0.15)
    result = run(practice, "--json")
    thread.join()
    assert result.exit_code == 0 and '"invoices": 8' in result.stdout
