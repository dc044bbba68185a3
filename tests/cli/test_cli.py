"""The command line: exit codes, where results and talk go, options, environment and settings (contract.md)."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from made.files import let_rest
from tools.make_golden import AS_OF, SAMPLE
from tools.make_sample_data import INTENDED

from reconcile.cli.main import COMMANDS, main

CONFIG = str(SAMPLE / "reconcile.toml")


def invoke(*arguments: str, env: dict[str, str] | None = None):
    return CliRunner().invoke(main, list(arguments), env=env, catch_exceptions=False)


def run(
    folder: Path,
    *more: str,
    paths: tuple[str, ...] = (str(SAMPLE),),
    env: dict[str, str] | None = None,
):
    return invoke(
        "run", *paths, "--config", CONFIG, "--as-of", AS_OF, "--out", str(folder), *more, env=env
    )


@pytest.fixture
def practice(tmp_path) -> Path:
    """A small practice with one right invoice, to be spoilt."""
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "invoices.csv").write_text(
        "ContactName,InvoiceNumber,Reference,InvoiceDate,Total,Type,Status\n"
        "Acme Pty Ltd,INV-1,CLI-1,20/11/2026,110.00,Sales invoice,Awaiting Payment\n",
        encoding="utf-8",
    )
    (folder / "jobs.csv").write_text(
        "[Job] Job No.,[Client] Client,[Job] Client Order No.,[State] State,[Job] Date Created\n"
        "J1,Acme Pty Ltd,CLI-1,In Progress,13-Dec-2024\n",
        encoding="utf-8",
    )
    (folder / "xpm.csv").write_text(
        "[Invoice] Invoice No.,[Invoice] Job Number(s),[Invoice] Client,[Invoice] Amount (incl tax)\n"
        "INV-1,J1,Acme Pty Ltd,110.00\n",
        encoding="utf-8",
    )
    let_rest(folder)
    return folder


def small(folder: Path, *more: str, paths: tuple[str, ...] | None = None):
    named = paths or (str(folder),)
    return invoke("run", *named, "--as-of", AS_OF, "--out", str(folder.parent / "out"), *more)


# Exit codes ---------------------------------------------------------------------------------------------------------


def test_0_when_there_is_nothing_to_act_on(practice):
    assert small(practice).exit_code == 0


def test_10_when_there_is_something_to_fix(tmp_path):
    assert run(tmp_path).exit_code == 10


def test_exit_zero_turns_10_into_0(tmp_path):
    assert run(tmp_path, "--exit-zero").exit_code == 0


def test_20_when_a_row_is_set_aside(practice):
    with (practice / "jobs.csv").open("a", encoding="utf-8") as stream:
        stream.write("J2,Acme Pty Ltd,CLI-2,In Progress,31-Feb-2025\n")
    assert small(practice).exit_code == 20


def test_exit_zero_does_not_hide_20(practice):
    with (practice / "jobs.csv").open("a", encoding="utf-8") as stream:
        stream.write("J2,Acme Pty Ltd\n")
    assert small(practice, "--exit-zero").exit_code == 20


def test_20_when_a_file_among_others_is_not_understood(practice):
    (practice / "other.csv").write_text(
        "Client Name,Invoice #,Date Issued\nA,1,2026-01-01\n", encoding="utf-8"
    )
    result = small(practice)
    assert result.exit_code == 20
    problems = json.loads((practice.parent / "out" / "fixlist.json").read_text(encoding="utf-8"))[
        "problems"
    ]
    assert [(one["file"], one["set_aside"]) for one in problems] == [("other.csv", True)]


NO_RUN = {
    "no files": ([], "no files named"),
    "no such file": (["nowhere.csv"], "no such file or folder"),
    "a pattern that matches nothing": (["nowhere*.csv"], "no file matches"),
    "a bad day": ([str(SAMPLE), "--as-of", "23/11/2026"], "Write it as YYYY-MM-DD"),
    "an unknown format": ([str(SAMPLE), "--format", "pdf"], "Choose of xlsx, csv, json"),
    "no settings file": ([str(SAMPLE), "--config", "nowhere.toml"], "no such file"),
    "jobs missing": ([str(SAMPLE / "xpm-clients.csv")], "no Xero sales invoices and no XPM jobs"),
    "a wrong role said outright": (
        ["--jobs", str(SAMPLE / "xpm-clients.csv"), str(SAMPLE)],
        "Nearest to XPM jobs",
    ),
}


@pytest.mark.parametrize(("arguments", "words"), NO_RUN.values(), ids=NO_RUN.keys())
def test_2_when_it_cannot_run_and_nothing_is_written(tmp_path, arguments, words):
    result = invoke("run", *arguments, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (tmp_path / "out").exists()


def test_2_when_the_export_is_stale(practice):
    (practice.parent / "reconcile.toml").write_text(
        "[reading]\nmax_age_days = 2\n", encoding="utf-8"
    )
    result = small(practice, "--config", str(practice.parent / "reconcile.toml"))
    assert result.exit_code == 2
    assert "2026-11-20" in result.stderr


def test_2_when_the_output_is_a_file(practice):
    (practice.parent / "out").write_text("", encoding="utf-8")
    assert small(practice).exit_code == 2


def test_75_when_an_output_is_locked_and_the_old_ones_stay(practice, monkeypatch):
    """Windows refuses to replace a file that is open in Excel; here the system call is made to refuse."""
    assert small(practice).exit_code == 0
    out = practice.parent / "out"
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (practice / "jobs.csv").write_text(
        (practice / "jobs.csv").read_text(encoding="utf-8").replace("CLI-1", "CLI-9"),
        encoding="utf-8",
    )
    replace = os.replace

    def refuse(source, target):
        if Path(source).name.startswith("jobs.csv"):
            raise PermissionError(13, "The process cannot access the file")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    result = small(practice)
    assert result.exit_code == 75
    assert "Close it in Excel" in result.stderr
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_run_cleans_up_after_one_that_was_killed(practice):
    out = practice.parent / "out"
    out.mkdir()
    (out / "invoices.csv.reconcile-new").write_text("half", encoding="utf-8")
    (out / "jobs.csv.reconcile-old").write_text(
        "job_no,state_type,role,finding\n", encoding="utf-8"
    )
    assert small(practice).exit_code == 0
    assert not [path.name for path in out.iterdir() if "reconcile-" in path.name]


# Where things go ------------------------------------------------------------------------------------------------------


def test_talk_goes_to_stderr_and_is_at_most_twelve_lines(tmp_path):
    result = run(tmp_path)
    assert result.stdout == ""
    assert 3 < len(result.stderr.splitlines()) <= 12


def test_quiet_says_nothing(tmp_path):
    result = run(tmp_path, "-q")
    assert result.output == ""


def test_json_on_stdout_adds_up(tmp_path):
    summary = json.loads(run(tmp_path, "--json").stdout)
    assert summary["exit_code"] == 10
    assert sum(one["invoices"] for one in summary["by_cause"]) == summary["totals"]["invoices"]
    assert (
        sum(one["cents"] for one in summary["totals"]["by_outcome"].values())
        == summary["totals"]["cents"]
    )


@pytest.mark.parametrize("formats", ["json", "csv", "xlsx", "csv,json"])
def test_the_ledgers_come_with_every_format(tmp_path, formats):
    run(tmp_path, "--format", formats)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"invoices.csv", "jobs.csv", *(f"fixlist.{one}" for one in formats.split(","))}


def test_flags_of_the_environment(tmp_path):
    flags = {"RECONCILE_EXIT_ZERO": "1", "RECONCILE_QUIET": "1", "RECONCILE_JSON": "1"}
    done = run(tmp_path, "--format", "json", env=flags)
    assert (done.exit_code, done.stderr) == (0, "") and json.loads(done.stdout)["exit_code"] == 0


def test_a_report_that_is_not_written_this_time_is_told_to_be_old(tmp_path):
    assert "warning" not in run(tmp_path, "--format", "json,html").stderr
    assert (
        f"warning: {tmp_path}: report.html: not written now (--format), so it tells of an earlier run."
        in run(tmp_path, "--format", "json").stderr
    )
    said = run(tmp_path, "--format", "csv").stderr
    assert (
        f"warning: {tmp_path}: fixlist.json, report.html: not written now (--format), so they tell of an earlier run."
        in said
    )
    assert "warning" not in run(tmp_path).stderr


def test_a_flag_beats_the_environment_and_that_the_file(tmp_path):
    def adhoc(*more: str, env: dict[str, str] | None = None) -> str:
        run(tmp_path, "--format", "json", *more, env=env)
        return json.loads((tmp_path / "fixlist.json").read_text(encoding="utf-8"))["settings"][
            "adhoc"
        ]

    assert adhoc() == "off"
    assert adhoc(env={"RECONCILE_ADHOC": "all"}) == "all"
    assert adhoc("--adhoc", "with-reference", env={"RECONCILE_ADHOC": "all"}) == "with-reference"


def test_reconcile_toml_of_the_working_directory_is_read(practice, monkeypatch):
    (practice / "reconcile.toml").write_text('[practice]\nname = "From here"\n', encoding="utf-8")
    monkeypatch.chdir(practice)
    assert "From here" in small(practice).stderr


# Settings that name the exports ------------------------------------------------------------------------------------


@pytest.fixture
def nightly(practice, monkeypatch) -> Path:
    """The folder of a small practice whose settings name its exports; the program runs elsewhere."""
    settings = (
        "[inputs]\nxero_invoices = 'exports/inv*.csv'\nxpm_jobs = 'exports/jobs.csv'\n"
        "xpm_invoices = ['exports/xpm.csv']\n"
        "[output]\nfolder = 'fixlist'\n"
    )
    (practice.parent / "reconcile.toml").write_text(settings, encoding="utf-8")
    elsewhere = practice.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return practice.parent


def unattended(folder: Path, *arguments: str, env: dict[str, str] | None = None):
    return invoke(*arguments, "--config", str(folder / "reconcile.toml"), env=env)


def test_a_run_without_files_reads_and_writes_what_the_settings_name(nightly):
    assert unattended(nightly, "run", "--as-of", AS_OF).exit_code == 0
    document = json.loads((nightly / "fixlist" / "fixlist.json").read_text(encoding="utf-8"))
    roles = {(one["path"], one["role"]) for one in document["inputs"]}
    assert roles == {
        ("invoices.csv", "xero_invoices"),
        ("jobs.csv", "xpm_jobs"),
        ("xpm.csv", "xpm_invoices"),
    }
    assert list((nightly / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["explain", "INV-1", "--as-of", AS_OF],
        ["whatif", "--set", "adhoc=all", "--as-of", AS_OF],
    ],
)
def test_the_other_commands_read_what_the_settings_name_too(nightly, words):
    result = unattended(nightly, *words)
    assert result.exit_code == 0 and result.stdout


@pytest.mark.parametrize(
    "named", [["exports/jobs.csv"], ["--jobs", "exports/jobs.csv"]], ids=["path", "role"]
)
def test_files_on_the_command_line_beat_those_of_the_settings_wholly(nightly, monkeypatch, named):
    monkeypatch.chdir(nightly)
    result = unattended(nightly, "run", *named)
    assert result.exit_code == 2 and "no Xero sales invoices" in result.stderr


def test_a_named_file_in_the_wrong_role_is_told(nightly):
    (nightly / "exports" / "jobs.csv").write_bytes((nightly / "exports" / "xpm.csv").read_bytes())
    result = unattended(nightly, "run")
    assert result.exit_code == 2 and "Nearest to XPM jobs" in result.stderr


def test_2_when_a_pattern_of_the_settings_finds_nothing(nightly):
    (nightly / "exports" / "invoices.csv").unlink()
    result = unattended(nightly, "run")
    assert result.exit_code == 2 and not (nightly / "fixlist").exists()
    assert (
        "reconcile.toml: line 2: xero_invoices in [inputs]: " in result.stderr
        and "no file matches" in result.stderr
    )


@pytest.mark.parametrize(
    ("more", "env", "folder"),
    [
        ((), None, "fixlist"),
        ((), {"RECONCILE_OUT": "from-env"}, "elsewhere/from-env"),
        (("--out", "typed"), {"RECONCILE_OUT": "x"}, "elsewhere/typed"),
    ],
    ids=["file", "environment", "flag"],
)
def test_a_flag_and_the_environment_beat_the_folder_of_the_settings(nightly, more, env, folder):
    assert unattended(nightly, "run", "--as-of", AS_OF, *more, env=env).exit_code == 0
    written = [
        path.parent.relative_to(nightly).as_posix() for path in nightly.rglob("fixlist.json")
    ]
    assert written == [folder]


@pytest.mark.parametrize(
    ("words", "day", "more", "code"),
    [
        pytest.param(["run"], "2026-11-23", [], 0, id="three-days-old"),
        pytest.param(["run"], "2026-11-24", [], 2, id="four-days-old"),
        pytest.param(["run"], "2026-11-24", ["--allow-stale"], 0, id="allowed"),
        pytest.param(["run", "../exports"], "2027-03-24", [], 0, id="named-on-the-command-line"),
        pytest.param(["explain", "INV-1"], "2026-11-24", [], 2, id="explain"),
        pytest.param(
            ["explain", "INV-1"], "2026-11-24", ["--allow-stale"], 0, id="explain-allowed"
        ),
    ],
)
def test_a_run_over_its_own_inputs_refuses_exports_older_than_three_days(
    nightly, words, day, more, code
):
    result = unattended(nightly, *words, "--as-of", day, *more)
    assert result.exit_code == code
    assert ("--allow-stale" in result.stderr) == (code == 2)


def test_allow_stale_beats_the_settings_own_number(practice):
    (practice / "reconcile.toml").write_text("[reading]\nmax_age_days = 2\n", encoding="utf-8")
    assert (
        small(practice, "--config", str(practice / "reconcile.toml"), "--allow-stale").exit_code
        == 0
    )


def test_the_package_reads_what_the_settings_name(nightly):
    import datetime as dt

    import reconcile
    from reconcile.errors import ReconcileError

    result = reconcile.run([], nightly / "out", dt.date(2026, 11, 23), nightly / "reconcile.toml")
    assert result.exit_code == 0 and (nightly / "out" / "jobs.csv").is_file()
    with pytest.raises(ReconcileError, match="stale"):
        reconcile.run([], nightly / "out", dt.date(2026, 11, 24), nightly / "reconcile.toml")


# settings -------------------------------------------------------------------------------------------------------------


def test_settings_tells_each_value_and_where_it_comes_from(nightly):
    from reconcile.settings.toml_text import write_text

    env = {
        "RECONCILE_PROFILE": "xero",
        "RECONCILE_OUT": "env",
        "RECONCILE_NOTIFY_URLS": "https://hooks.example/secret",
    }
    result = unattended(nightly, "settings", "--adhoc", "all", env=env)
    assert result.exit_code == 0 and "secret" not in result.stdout
    told = {" ".join(line.split()) for line in result.stdout.splitlines()}
    assert told >= {
        f"settings file: {nightly / 'reconcile.toml'}",
        "[inputs]",
        f"xero_invoices {write_text(str(nightly / 'exports' / 'inv*.csv'))} reconcile.toml line 2",
        f"folder {write_text(str(nightly / 'elsewhere' / 'env'))} RECONCILE_OUT",
        'adhoc "all" --adhoc',
        'profile "xero" RECONCILE_PROFILE',
        "window_days 14 default",
        "max_age_days 3 default where [inputs] is read",
        "xero_lock_date not set default",
        "urls_file set, and not shown RECONCILE_NOTIFY_URLS",
    }


def test_settings_as_json_holds_every_key(nightly):
    from reconcile.settings.keys import KEYS

    with (nightly / "reconcile.toml").open("a", encoding="utf-8") as stream:
        stream.write("[import]\nxero_lock_date = 2026-06-30\n")
    found = json.loads(unattended(nightly, "settings", "--json").stdout)
    assert found["config"] == str(nightly / "reconcile.toml")
    assert all(set(one) == {"section", "key", "value", "from"} for one in found["settings"])
    told = {(one["section"], one["key"]): (one["value"], one["from"]) for one in found["settings"]}
    assert list(told) == [(section, key) for section in KEYS for key in KEYS[section]]
    assert told["output", "folder"] == (str(nightly / "fixlist"), "reconcile.toml line 6")
    assert told["import", "xero_lock_date"] == ("2026-06-30", "reconcile.toml line 8")
    assert told["import", "xpm_lock_date"] == (None, "default")
    assert told["notify", "on"] == (["new", "worse", "fixed", "failed"], "default")


def test_settings_without_a_file_are_the_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = invoke("settings")
    assert result.exit_code == 0 and result.stdout.startswith(
        "no settings file: reconcile.toml is not here"
    )


def test_the_secrets_in_the_files_of_urls_are_not_told(nightly):
    (nightly / "urls.txt").write_text("https://hooks.example/secret", encoding="utf-8")
    with (nightly / "reconcile.toml").open("a", encoding="utf-8") as stream:
        stream.write("[notify]\nurls_file = 'urls.txt'\n")
    for more in ([], ["--json"]):
        result = unattended(nightly, "settings", *more)
        assert result.exit_code == 0
        assert "urls.txt" in result.stdout and "hooks.example" not in result.stdout


# The same practice in other forms -----------------------------------------------------------------------------------


def causes(folder: Path) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO((folder / "invoices.csv").read_text(encoding="utf-8-sig")))
    return {row["invoice_no"]: row["cause"] for row in rows}


def test_files_named_one_by_one_and_in_any_order_give_the_same_bytes(tmp_path):
    files = sorted(
        (str(path) for path in SAMPLE.iterdir() if path.suffix in (".csv", ".xlsx")), reverse=True
    )
    run(tmp_path / "one")
    run(tmp_path / "two", paths=tuple(files))
    for name in ("fixlist.json", "fixlist.csv", "invoices.csv", "jobs.csv", "fixlist.xlsx"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_one_workbook_with_a_sheet_for_each_export_gives_the_same_causes(tmp_path):
    from openpyxl import Workbook, load_workbook

    book = Workbook()
    book.remove(book.active)
    for name in (
        "xero-invoices-2025-09-to-2026-05.csv",
        "xero-invoices-2026-04-to-2026-11.csv",
        "xpm-invoices.csv",
        "xpm-clients.csv",
    ):
        sheet = book.create_sheet(name[:20] + name[-8:-4])
        with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                sheet.append([cell or None for cell in row])
    jobs = book.create_sheet("Jobs")
    for row in load_workbook(SAMPLE / "xpm-jobs.xlsx")["Jobs"].iter_rows(values_only=True):
        jobs.append(row)
    book.save(tmp_path / "all.xlsx")
    assert run(tmp_path / "out", paths=(str(tmp_path / "all.xlsx"),)).exit_code == 10
    found = causes(tmp_path / "out")
    assert {number: found[number] for number in INTENDED} == INTENDED


def test_two_files_are_enough_and_then_the_verdicts_are_about_tonight(practice):
    paths = (str(practice / "invoices.csv"), str(practice / "jobs.csv"))
    assert small(practice, paths=paths).exit_code == 0
    row = next(
        csv.DictReader(
            io.StringIO((practice.parent / "out" / "invoices.csv").read_text(encoding="utf-8-sig"))
        )
    )
    assert (row["outcome"], row["now_place"], row["tonight_place"], row["tonight_job_no"]) == (
        "ok",
        "unknown",
        "job",
        "J1",
    )


def test_results_among_the_exports_are_passed_over(practice):
    small(practice)
    for path in (practice.parent / "out").iterdir():
        shutil.copy(path, practice / f"result-{path.name}")
    assert small(practice).exit_code == 0


# check and demo -----------------------------------------------------------------------------------------------------


def test_check_says_what_each_file_is():
    result = invoke("check", str(SAMPLE), "--config", CONFIG)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    for name, rows in (
        ("xpm-jobs.xlsx, sheet 'Jobs': XPM jobs", 93),
        ("xpm-clients.csv: XPM clients", 65),
    ):
        told = lines[lines.index(name) + 1]
        assert (
            told
            == f"  rows       {rows} = {rows} records + 0 lines folded + 0 set aside + 0 left out"
        )
    assert "en dash instead of a hyphen" in result.stdout
    assert max(map(len, lines)) <= 80


def test_check_as_json_lists_the_columns():
    found = json.loads(invoke("check", str(SAMPLE), "--json").stdout)
    roles = {one["path"]: one["role"] for one in found}
    assert roles["xpm-clients.csv"] == "xpm_clients"
    assert all(
        one["rows"] == one["records"] + one["folded"] + one["set_aside"] + one["left_out"]
        for one in found
    )


def sample_files():
    """All but README's pictures."""
    return {path.name: path.read_bytes() for path in SAMPLE.iterdir() if path.suffix != ".png"}


def test_demo_writes_the_sample_data(tmp_path):
    result = invoke("demo", str(tmp_path / "demo"))
    assert result.exit_code == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "demo").iterdir()}
    assert written == sample_files()


def test_the_sample_data_is_what_its_script_makes(tmp_path):
    from tools import make_sample_data

    make_sample_data.main([str(tmp_path)])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == sample_files()


# The list of commands --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_a_summary_is_the_first_sentence_of_the_commands_own_help(name):
    assert COMMANDS[name].summary == main.get_command(None, name).get_short_help_str(1000)


@pytest.mark.parametrize("width", [50, 78, 100, 200])
def test_the_list_of_commands_is_as_click_makes_it_from_the_commands_themselves(width):
    ours, clicks = click.HelpFormatter(width=width), click.HelpFormatter(width=width)
    context = click.Context(main)
    main.format_commands(context, ours)
    click.Group.format_commands(main, context, clicks)
    assert ours.getvalue() == clicks.getvalue()


def test_help_needs_none_of_the_libraries_that_a_run_needs():
    code = (
        "import sys; from reconcile.cli.main import start; sys.argv = ['reconcile', '--help']\n"
        "try: start()\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    asked = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, "PYTHONPATH": str(SAMPLE.parent)},
    )
    assert "whatif" in asked.stdout
    loaded = {name.partition(".")[0] for name in asked.stderr.split()}
    assert "click" in loaded
    assert not loaded & {"pandas", "pyarrow", "numpy", "openpyxl", "python_calamine", "jinja2"}


# A day that has not come ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days_ahead", [1, 400])
def test_a_day_later_than_today_is_not_kept_in_a_history(practice, tmp_path, days_ahead):
    day = date.today() + timedelta(days=days_ahead + 1)  # tomorrow has begun somewhere
    words = ("run", str(practice), "--out", str(tmp_path / "out"), "--as-of", day.isoformat())
    kept = ("--state", str(tmp_path / "history.db"))
    refused = invoke(*words, *kept)
    assert refused.exit_code == 2 and "is later than today" in refused.stderr
    assert not (tmp_path / "out").exists() and not (tmp_path / "history.db").exists()
    assert invoke(*words).exit_code in (0, 10, 20)  # without a history nothing is locked
    assert invoke(*words, *kept, "--allow-future").exit_code in (0, 10, 20)
    assert (tmp_path / "history.db").exists()


def test_today_is_kept(practice, tmp_path):
    words = ("run", str(practice), "--out", str(tmp_path / "out"))
    assert invoke(*words, "--state", str(tmp_path / "history.db")).exit_code in (0, 10, 20)
