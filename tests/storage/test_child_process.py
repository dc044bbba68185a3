"""A module in a process of its own: what it is given and prints, when it is stopped, and what it takes for a library."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from made.files import write_workbook

from reconcile.exports.files.sources import find_sources
from reconcile.exports.readers.grid import Grid
from reconcile.exports.readers.read_file import read_sheets
from reconcile.history.notes import read_notes
from reconcile.storage.child_process import run_module
from reconcile.support.redact import read_files

JOBS = [["[Job] Job No.", "[Client] Client", "[Job] Client Order No."], ["J1", "Acme", "CLI-1"]]
LIBRARIES = ("json", "zipfile", "openpyxl", "python_calamine", "reconcile")


@pytest.fixture(autouse=True)
def planted(tmp_path, monkeypatch):
    """A working folder with files called as libraries are, each of which leaves a mark when it is imported."""
    monkeypatch.chdir(tmp_path)
    # An empty entry of PYTHONPATH is the working folder too.
    monkeypatch.setenv("PYTHONPATH", os.pathsep + os.environ.get("PYTHONPATH", ""))
    for name in LIBRARIES:
        Path(f"{name}.py").write_text(
            f"open('imported-{name}', 'w').close()\nraise SystemExit(3)\n", encoding="utf-8"
        )
    write_workbook(tmp_path / "jobs.xlsx", {"Jobs": JOBS})
    yield
    assert list(tmp_path.glob("imported-*")) == []


def test_the_planted_files_are_imported_by_a_process_that_looks_in_the_working_folder():
    """Else the tests below would show nothing."""
    done = subprocess.run([sys.executable, "-c", "import zipfile"], check=False)
    assert done.returncode == 3
    Path("imported-zipfile").unlink()


def test_a_workbook_is_read_with_the_true_libraries(tmp_path):
    (grid,) = read_sheets(Path("jobs.xlsx"))
    assert isinstance(grid, Grid) and grid.row_count == 1


def test_a_workbook_is_redacted_with_the_true_libraries():
    (file,) = read_files(find_sources(["jobs.xlsx"]))
    assert file.sheets[0].rows == JOBS


def test_what_people_typed_is_looked_for_with_the_true_libraries(tmp_path):
    faults = read_notes(tmp_path / "jobs.xlsx").faults
    assert "sheet 'Fix list' is missing" in faults[0] and len(faults) > 1


def test_a_module_gets_what_it_is_given_and_its_error_output_goes_nowhere(capfd):
    done = run_module("base64", ["-e", "-"], seconds=60, given=b"abc")
    assert (done.returncode, done.stdout) == (0, b"YWJj\n")
    assert run_module("base64", ["--wrong"], seconds=60).returncode != 0
    assert capfd.readouterr() == ("", "")


def test_a_module_that_takes_too_long_is_stopped():
    with pytest.raises(subprocess.TimeoutExpired):
        run_module("http.server", ["0", "--bind", "127.0.0.1"], seconds=0.5)
