"""A ready entry for the system's scheduler (Windows Task Scheduler, systemd, cron), and what commonly goes wrong.

Nothing is installed: the entry is text that a person saves, looks at and registers.
Source: learn.microsoft.com "Task Scheduler Schema"; man systemd.service, systemd.timer, systemd.unit; man 5 crontab.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from reconcile.errors import ReconcileError

# No run takes two hours: one that does hangs, and would stand in the way of tomorrow's.
_TASK = """\
<?xml version="1.0"?>
<Task version="1.4" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>{description}</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>{start}T{at}:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT2H</ExecutionTimeLimit>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{command}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""

_SERVICE = """\
[Unit]
Description={description}

[Service]
Type=oneshot
WorkingDirectory={folder}
ExecStart={command}
SuccessExitStatus=10
TimeoutStartSec=2h
"""

_TIMER = """\
[Unit]
Description={description}

[Timer]
OnCalendar=*-*-* {at}:00
Persistent=true

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True)
class Night:
    """What is to run each night.

    Attributes:
        program: the Python interpreter. config: the settings file. folder: where it runs. All in full.
        at: HH:MM.
    """

    program: str
    config: str
    folder: str
    at: str

    @property
    def arguments(self) -> list[str]:
        """What the interpreter is given; -P, so that no Python file in the folder where it runs is taken for a library."""
        return ["-P", "-m", "reconcile", "run", "--config", self.config]


def plan_night(program: str, config: str, folder: str, at: str) -> Night:
    """Check what is to run each night, and when.

    Raises:
        ReconcileError: a time that is none, or a path that no scheduler's entry can hold.
    """
    clock = re.fullmatch(r"(\d{1,2}):(\d\d)", at)
    if not clock or int(clock[1]) > 23 or int(clock[2]) > 59:
        raise ReconcileError(
            f"--at: not a time of day. Found {at!r}. Write it as HH:MM, like 19:00."
        )
    for path in (program, config, folder):
        if not path or any(letter < " " or "\ud800" <= letter <= "\udfff" for letter in path):
            raise ReconcileError(
                f"{path!r}: no scheduler takes this path. Rename the folder or file without odd signs."
            )
    return Night(program, config, folder, f"{int(clock[1]):02}:{clock[2]}")


def windows_task(night: Night, start: date) -> str:
    """Write the Task Scheduler's XML.

    It is ASCII throughout and names no encoding, so that it is right whether the shell's > saves it as UTF-16 with a
    mark (Windows PowerShell) or byte by byte (cmd, PowerShell 7): schtasks reads both, and neither under a wrong name.
    """
    text = _TASK.format(
        description=escape(f"reconcile: Xero invoices against XPM jobs, by {night.config}"),
        start=start.isoformat(),
        at=night.at,
        command=escape(night.program),
        arguments=escape(subprocess.list2cmdline([*night.arguments, "-q"])),
        folder=escape(night.folder),
    )
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def systemd_units(night: Night) -> dict[str, str]:
    """Write the service and its timer, by the names they are saved under.

    Raises:
        ReconcileError: a path of Python that systemd refuses to run.
    """
    if re.search(r"[\"'\\]", night.program):
        raise ReconcileError(
            f"{night.program}: systemd runs no program with a quote or backslash in its path. Move it."
        )
    description = f"reconcile: Xero invoices against XPM jobs, by {night.config}".replace("%", "%%")
    words = [
        _systemd_word(night.program),
        *(_systemd_word(word).replace("$", "$$") for word in night.arguments),
    ]
    folder = night.folder.replace("%", "%%")
    return {
        "reconcile.service": _SERVICE.format(
            description=description, folder=folder, command=" ".join(words)
        ),
        "reconcile.timer": _TIMER.format(description=description, at=night.at),
    }


def _systemd_word(word: str) -> str:
    """One word of a command; plain ones as they are, others in quotes with systemd's own signs doubled."""
    word = word.replace("%", "%%")
    if re.fullmatch(r"[\w./:@%+=,-]+", word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def cron_line(night: Night) -> str:
    """Write the crontab's line.

    Raises:
        ReconcileError: a path with a backslash, which crons read in different ways.
    """
    for path in (night.program, night.config):
        if "\\" in path:
            raise ReconcileError(
                f"{path}: cron takes no path with a backslash. On Windows use --windows."
            )
    command = (
        f"cd {shlex.quote(night.folder)} && {shlex.join([night.program, *night.arguments, '-q'])}"
    )
    hour, minute = night.at.split(":")
    escaped = command.replace("%", "\\%")  # cron takes a bare % for the end of the line
    return f"{int(minute)} {int(hour)} * * * {escaped}"


def write_entry(kind: str, night: Night, start: date) -> str:
    """Write the entry for a scheduler.

    Args:
        kind: windows, systemd or cron.
        start: the first day, which the Task Scheduler asks for.
    """
    if kind == "windows":
        return windows_task(night, start)
    if kind == "systemd":
        return "\n".join(f"# {name}\n{text}" for name, text in systemd_units(night).items())
    return f"{cron_line(night)}\n"


_SHARE = "A share must be mounted when it runs: by the system (fstab), and not by your desktop."
_ADVICE = {
    "windows": (
        "Save it:      reconcile schedule --windows --config {config} > reconcile-task.xml",
        "Register it:  schtasks /Create /XML reconcile-task.xml /TN reconcile",
        "It then runs while you are signed in. To have it run when nobody is, add /RU your-name /RP * (it asks for",
        "  the password, and that account needs the right to log on as a batch job).",
        "Mapped drives (S:) are not there for a scheduled task: write '\\\\server\\share\\folder' in the settings.",
        "Last Run Result shows 10 as 0xA. A night on which the computer was off is made up for when it is on again.",
    ),
    "systemd": (
        "Save the two parts in ~/.config/systemd/user under the names above them, then type:",
        "  systemctl --user daemon-reload",
        "  systemctl --user enable --now reconcile.timer",
        "To have it run when nobody is signed in: loginctl enable-linger. What it said: journalctl --user -u reconcile",
        "A night on which the computer was off is made up for when it is on again.",
        _SHARE,
    ),
    "cron": (
        "Add the line with crontab -e. With MAILTO=you@example.com above it, cron mails what the run says: errors.",
        "cron does not make up for a night on which the computer was off; a systemd timer does (--systemd).",
        _SHARE,
    ),
}
_ALWAYS = (
    "It runs in the folder of the settings file, and the paths in that file count from there too.",
    "RECONCILE_ variables that are set in your own window are not there: write what they say into the settings.",
    "The account that it runs under must be able to read the exports and to write the results.",
    "Choose a time after the exports are in their folder, and before XPM's own overnight import.",
    "Exit code 10 says that there is something to fix, and is no failure; 20 (input set aside), 2 and 75 need people.",
)


def advice(kind: str, night: Night) -> list[str]:
    """How to use the entry, and what commonly goes wrong."""
    config = f'"{night.config}"' if " " in night.config else night.config
    return [line.replace("{config}", config) for line in (*_ADVICE[kind], *_ALWAYS)]
