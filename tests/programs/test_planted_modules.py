"""No Python file that lies beside a practice's exports is run, whatever library it is named for.

A bookkeeper's own `json.py`, or one that somebody planted, must not run as the account of the nightly task: by the printed
entries of the three schedulers, by batch, or by the processes that open workbooks.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from made.files import let_rest

pytestmark = pytest.mark.long
SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
# Imports nothing: what it imported would be planted too, and it would fail before it leaves its mark.
PLANTED = 'open(__file__ + ".ran", "w").close()\n'


def imported_names():
    """Every top name that a whole run has imported, and those of the standard library that it might."""
    code = (
        "import sys; from reconcile.cli.main import COMMANDS, main\n"
        "[main.get_command(None, name) for name in COMMANDS]\n"
        "import reconcile.reports.workbook, reconcile.reports.html_page, reconcile.nightly.notify\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = {name for name in done.stdout.split() if name.isidentifier()}
    assert {"json", "click", "pandas", "reconcile"} <= names
    return sorted((names | {"openpyxl", "python_calamine", "defusedxml"}) - {"__main__"})


def plant(folder):
    for name in NAMES:
        (folder / f"{name}.py").write_text(PLANTED, encoding="utf-8")


def ran(folder):
    return sorted(path.name for path in folder.rglob("*.ran"))


NAMES = imported_names()


@pytest.fixture
def practice(tmp_path, monkeypatch):
    """The sample's exports, settings that name them, and a planted file for every module, all in one folder."""
    folder = tmp_path / "practice"
    shutil.copytree(SAMPLE, folder)
    for name in ("fixlist-sheet.png", "report-page.png"):
        (folder / name).unlink()
    text = (folder / "reconcile.toml").read_text(encoding="utf-8")
    inputs = (
        '[inputs]\nxero_invoices = "xero-*.csv"\nxpm_jobs = "xpm-jobs.xlsx"\n'
        'xpm_invoices = "xpm-invoices.csv"\nxpm_clients = "xpm-clients.csv"\n'
        '[output]\nfolder = "results"\n'
    )
    (folder / "reconcile.toml").write_text(text + inputs, encoding="utf-8")
    let_rest(folder)
    plant(folder)
    monkeypatch.chdir(folder)
    return folder


def entry(kind):
    """What `reconcile schedule` prints."""
    code = "from reconcile.cli.main import start; start()"
    command = [sys.executable, "-P", "-c", code, "schedule", kind]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def run_entry(words, folder):
    environment = {**os.environ, "RECONCILE_AS_OF": "2026-11-23"}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)


def of_cron(text):
    line = text.strip().splitlines()[-1]
    return ["sh", "-c", line.split(" ", 5)[5]]


def of_systemd(text):
    return shlex.split(re.search(r"^ExecStart=(.*)$", text, re.M)[1])


def of_windows(text):
    found = {
        one.tag.rpartition("}")[2]: one.text for one in ElementTree.fromstring(text.strip()).iter()
    }
    return [found["Command"], *shlex.split(found["Arguments"])]


def test_a_planted_file_would_run_where_nothing_keeps_it_out(practice):
    """So that the tests below can fail."""
    subprocess.run([sys.executable, "-c", "import json"], cwd=practice, capture_output=True)
    assert "json.py.ran" in ran(practice)


@pytest.mark.skipif(os.name == "nt", reason="a shell and its quotes as on other systems")
@pytest.mark.parametrize(
    ("kind", "words_of"),
    [("--cron", of_cron), ("--systemd", of_systemd), ("--windows", of_windows)],
)
def test_the_entry_of_a_scheduler_runs_none(practice, kind, words_of):
    done = run_entry(words_of(entry(kind)), practice)
    assert (practice / "results" / "fixlist.xlsx").is_file(), done.stderr
    assert ran(practice) == []
    if kind == "--cron":  # once more, which reads the workbook of the first back
        again = run_entry(words_of(entry(kind)), practice)
        assert again.returncode == done.returncode and ran(practice) == []


@pytest.mark.parametrize(
    "words",
    [
        ("batch", "..", "--out", "../all", "--workers", "2"),
        ("redact", ".", "--out", "../made-up"),
        ("check", "."),
    ],
    ids=lambda words: words[0],
)
def test_nor_does_another_command(practice, words):
    command = Path(sys.executable).with_name("reconcile")
    program = (
        [str(command)]
        if command.exists()
        else [sys.executable, "-P", "-c", "from reconcile.cli.main import start; start()"]
    )
    done = run_entry([*program, *words], practice)
    assert done.returncode in (0, 10, 20), done.stderr
    assert ran(practice) == []
