"""Entries for the system's scheduler: read back by real parsers, with the paths that are hard in each."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from reconcile.cli.main import main
from reconcile.errors import ReconcileError
from reconcile.setup.schedule import (
    Night,
    advice,
    cron_line,
    plan_night,
    systemd_units,
    windows_task,
)

DAY = date(2026, 11, 23)
ODD = "Smith & Søn <50%> $HOME 'a'"  # signs that mean something in XML, systemd, cron or the shell
needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not on this machine"
)
not_on_windows = pytest.mark.skipif(os.name == "nt", reason="cron and systemd are not on Windows")


def night(
    folder: str = "/srv/practice", program: str = "/usr/bin/python3", at: str = "19:00"
) -> Night:
    """A night whose settings are in a folder; with ordinary paths by default."""
    separator = "\\" if "\\" in folder else "/"
    return plan_night(program, f"{folder}{separator}reconcile.toml", folder, at)


# What and when --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "read"), [("19:00", "19:00"), ("6:05", "06:05"), ("00:00", "00:00"), ("23:59", "23:59")]
)
def test_a_time_of_day_is_read(at, read):
    assert night(at=at).at == read


@pytest.mark.parametrize(
    "at", ["24:00", "19:60", "7", "7pm", "19:0", "19:000", "-1:00", "19:00:00", "", "１９:00\n"]
)
def test_what_is_no_time_of_day_is_told(at):
    with pytest.raises(ReconcileError, match="--at: not a time of day"):
        night(at=at)


@pytest.mark.parametrize(
    "folder", ["/srv/a\nb", "/srv/a\tb", "/srv/a\0b", "/srv/a\udcffb"], ids=ascii
)
def test_a_path_that_no_entry_can_hold_is_told(folder):
    with pytest.raises(ReconcileError, match="no scheduler takes this path"):
        night(folder)


def test_a_python_that_does_not_know_where_it_is_is_told():
    with pytest.raises(ReconcileError, match="no scheduler takes this path"):
        night(program="")


# Windows --------------------------------------------------------------------------------------------------------------

SPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def task(text: str) -> dict[str, str]:
    """The texts of a task, by the path of their elements."""
    found: dict[str, str] = {}

    def walk(element, path: str) -> None:
        here = f"{path}/{element.tag.removeprefix(SPACE)}"
        if not len(element):
            found[here] = element.text
        for one in element:
            walk(one, here)

    root = ElementTree.fromstring(text)
    assert root.tag == f"{SPACE}Task" and root.attrib == {"version": "1.4"}
    walk(root, "")
    return found


def test_the_windows_task_says_what_to_run_when_and_how():
    found = task(windows_task(night(r"C:\Practice", r"C:\Python\python.exe", "6:05"), DAY))
    wanted = {
        "/Task/Triggers/CalendarTrigger/StartBoundary": "2026-11-23T06:05:00",
        "/Task/Triggers/CalendarTrigger/ScheduleByDay/DaysInterval": "1",
        "/Task/Settings/MultipleInstancesPolicy": "IgnoreNew",
        "/Task/Settings/StartWhenAvailable": "true",
        "/Task/Settings/DisallowStartIfOnBatteries": "false",
        "/Task/Settings/ExecutionTimeLimit": "PT2H",
        "/Task/Actions/Exec/Command": r"C:\Python\python.exe",
        "/Task/Actions/Exec/Arguments": r"-P -m reconcile run --config C:\Practice\reconcile.toml -q",
        "/Task/Actions/Exec/WorkingDirectory": r"C:\Practice",
    }
    assert {path: found[path] for path in wanted} == wanted


@pytest.mark.parametrize(
    "folder", [rf"\\server\share\{ODD}", r"C:\Kim & Co\Übersicht", r"C:\a b", r"S:\京都"]
)
def test_the_windows_task_holds_any_path_whichever_way_a_shell_saves_it(folder):
    """Windows PowerShell's > saves UTF-16 with a mark, cmd's and PowerShell 7's the bytes as they come."""
    text = windows_task(night(folder, rf"{folder}\python.exe"), DAY)
    assert text.isascii() and "encoding" not in text.splitlines()[0]
    assert task(text.encode("utf-16")) == task(text.encode("ascii")) == task(text.encode("cp1252"))
    found = task(text)
    assert found["/Task/Actions/Exec/Command"] == rf"{folder}\python.exe"
    assert found["/Task/Actions/Exec/WorkingDirectory"] == folder
    config = rf"{folder}\reconcile.toml"
    quoted = f'"{config}"' if " " in config else config
    assert found["/Task/Actions/Exec/Arguments"] == f"-P -m reconcile run --config {quoted} -q"


# systemd --------------------------------------------------------------------------------------------------------------


def unit(text: str) -> dict[str, str]:
    """The settings of a unit, by `Section.Name`."""
    found, section = {}, ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line:
            name, _, value = line.partition("=")
            found[f"{section}.{name}"] = value
    return found


def test_the_units_say_what_to_run_when_and_how():
    units = {name: unit(text) for name, text in systemd_units(night(at="6:05")).items()}
    assert set(units) == {"reconcile.service", "reconcile.timer"}
    service, timer = units["reconcile.service"], units["reconcile.timer"]
    assert (
        service["Service.ExecStart"]
        == "/usr/bin/python3 -P -m reconcile run --config /srv/practice/reconcile.toml"
    )
    assert (service["Service.Type"], service["Service.SuccessExitStatus"]) == ("oneshot", "10")
    assert service["Service.WorkingDirectory"] == "/srv/practice"
    assert (timer["Timer.OnCalendar"], timer["Timer.Persistent"]) == ("*-*-* 06:05:00", "true")
    assert timer["Install.WantedBy"] == "timers.target"


@pytest.mark.parametrize(
    "folder",
    [f"/srv/{ODD}", '/srv/a "b"', "/srv/back\\slash", "/srv/100%/%h", "/srv/${HOME}", "/srv/;"],
)
def test_the_command_of_the_unit_is_the_same_after_systemds_own_signs_are_undone(folder):
    service = unit(
        systemd_units(plan_night("/usr/bin/python3", f"{folder}/reconcile.toml", folder, "19:00"))[
            "reconcile.service"
        ]
    )
    signs = service["Service.ExecStart"].replace("%%", "").replace("$$", "")
    assert "%" not in signs and "$" not in signs
    words = [
        word.replace("%%", "%").replace("$$", "$")
        for word in shlex.split(service["Service.ExecStart"])
    ]
    assert words == [
        "/usr/bin/python3",
        "-P",
        "-m",
        "reconcile",
        "run",
        "--config",
        f"{folder}/reconcile.toml",
    ]
    assert service["Service.WorkingDirectory"].replace("%%", "%") == folder


@needs_systemd
@pytest.mark.parametrize("name", ["practice", ODD, 'a "b"', "100%/%h", "back\\slash"])
def test_systemd_itself_finds_nothing_wrong(tmp_path, name):
    """systemd-analyze reads the units, and says when the program of a service is not there."""
    folder = tmp_path / name
    program = tmp_path / "100% of $HOME" / "%h" / "python"
    for one in (folder, program.parent):
        one.mkdir(parents=True)
    program.symlink_to(sys.executable)
    for file, text in systemd_units(
        plan_night(str(program), str(folder / "reconcile.toml"), str(folder), "19:00")
    ).items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    command = [
        "systemd-analyze",
        "verify",
        "--man=no",
        str(tmp_path / "reconcile.service"),
        str(tmp_path / "reconcile.timer"),
    ]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if "Failed to initialize manager" in told.stderr:
        pytest.skip("systemd-analyze cannot work on this machine: " + told.stderr.strip())
    ours = [
        line for line in told.stderr.splitlines() if "reconcile" in line or str(tmp_path) in line
    ]  # not the system's own
    assert (told.returncode, ours) == (0, [])


@pytest.mark.parametrize("sign", ["'", '"', "\\"])
def test_a_python_that_systemd_refuses_is_told(sign):
    with pytest.raises(ReconcileError, match="systemd runs no program with a quote or backslash"):
        systemd_units(night(program=f"/opt/a{sign}b/python"))


# cron -----------------------------------------------------------------------------------------------------------------


def command_of(line: str) -> str:
    """What cron hands to the shell: the line behind its five fields, the escaped % made plain."""
    assert "%" not in line.replace(r"\%", ""), "cron ends the command at a bare %"
    return line.split(maxsplit=5)[5].replace(r"\%", "%")


def test_the_crontabs_line_says_what_to_run_and_when():
    line = cron_line(night(at="06:05"))
    assert line.split()[:5] == ["5", "6", "*", "*", "*"]
    words = shlex.split(command_of(line))
    assert (
        words
        == "cd /srv/practice && /usr/bin/python3 -P -m reconcile run --config /srv/practice/reconcile.toml -q".split()
    )


@not_on_windows
@pytest.mark.parametrize("name", ["practice", ODD, 'a "b"', "100%/%h", "$(date) `date` ; & |"])
def test_the_shell_runs_the_line_in_its_folder_with_the_words_as_they_are(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir(parents=True)
    program = folder / "python"
    program.write_text(
        '#!/bin/sh\npwd\nfor word in "$@"; do echo "$word"; done\n', encoding="utf-8"
    )
    program.chmod(0o755)
    line = cron_line(plan_night(str(program), str(folder / "reconcile.toml"), str(folder), "19:00"))
    assert "\n" not in line
    told = subprocess.run(
        ["sh", "-c", command_of(line)], capture_output=True, text=True, timeout=60, cwd="/"
    )
    assert told.stderr == ""
    assert told.stdout.splitlines() == [
        str(folder),
        "-P",
        "-m",
        "reconcile",
        "run",
        "--config",
        str(folder / "reconcile.toml"),
        "-q",
    ]


def test_cron_takes_no_backslash():
    with pytest.raises(ReconcileError, match="On Windows use --windows"):
        cron_line(night(r"C:\Practice"))


# The command ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def practice(tmp_path, monkeypatch) -> Path:
    """A folder with settings that name their exports, in which the program runs."""
    (tmp_path / "reconcile.toml").write_text("[inputs]\nxpm_jobs = 'jobs.csv'\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*arguments: str):
    return CliRunner().invoke(main, ["schedule", *arguments], catch_exceptions=False)


def test_the_windows_task_names_this_interpreter_these_settings_and_their_folder_in_full(practice):
    found = task(invoke("--windows").stdout)
    assert found["/Task/Actions/Exec/Command"] == sys.executable
    assert found["/Task/Actions/Exec/WorkingDirectory"] == str(practice)
    assert str(practice / "reconcile.toml") in found["/Task/Actions/Exec/Arguments"]


@not_on_windows
def test_the_units_name_this_interpreter_these_settings_and_their_folder_in_full(practice):
    service, timer = invoke(
        "--systemd", "--at", "6:05", "--config", "./reconcile.toml"
    ).stdout.split("# reconcile.timer\n")
    assert service.startswith("# reconcile.service\n[Unit]\n") and "06:05" in timer
    assert sys.executable in service and str(practice / "reconcile.toml") in service
    assert f"WorkingDirectory={practice}\n" in service


@not_on_windows
def test_the_crontabs_line_stands_alone_on_stdout(practice):
    (line,) = invoke("--cron").stdout.splitlines()
    assert line.startswith("0 19 * * * ") and str(practice / "reconcile.toml") in line


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            "windows",
            [
                "schtasks /Create /XML reconcile-task.xml /TN reconcile",
                "Mapped drives",
                "/RU",
                "0xA",
            ],
        ),
        pytest.param(
            "systemd",
            ["daemon-reload", "enable --now reconcile.timer", "loginctl enable-linger"],
            marks=not_on_windows,
        ),
        pytest.param("cron", ["crontab -e", "MAILTO", "does not make up"], marks=not_on_windows),
    ],
)
def test_how_to_use_it_and_what_goes_wrong_is_told_beside_it(practice, kind, words):
    result = invoke(f"--{kind}")
    assert result.exit_code == 0
    for one in [
        *words,
        "Exit code 10",
        "folder of the settings file",
        "account",
        "before XPM's own overnight import",
    ]:
        assert one in result.stderr and one not in result.stdout
    assert result.stderr.splitlines() == advice(kind, night(str(practice)))


@pytest.mark.parametrize(
    "kinds", [[], ["--windows", "--cron"], ["--windows", "--systemd", "--cron"]]
)
def test_2_unless_one_scheduler_is_named(practice, kinds):
    result = invoke(*kinds)
    assert (
        result.exit_code == 2
        and "Say one of --windows, --systemd, --cron" in result.stderr
        and not result.stdout
    )


def test_2_without_settings_or_without_exports_in_them(practice):
    (practice / "reconcile.toml").write_text("[practice]\nname = 'x'\n", encoding="utf-8")
    assert "no exports under [inputs]" in invoke("--cron").stderr
    (practice / "reconcile.toml").unlink()
    result = invoke("--cron")
    assert result.exit_code == 2 and "reconcile init" in result.stderr
