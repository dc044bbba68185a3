"""No command opens a socket, but for the messages and the heartbeat that somebody asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile.faults import write_exports
from made.files import let_rest, write_workbook

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]

# Runs before anything else in each Python process that the command starts. Asking for the computer's own name is no
# socket: the lock names the computer that holds it.
GUARD = """
import os, socket, sys
def refuse(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
        with open(os.environ["SOCKETS_SEEN"], "a") as stream:
            stream.write(event + "\\n")
        raise RuntimeError("a socket was asked for")
sys.addaudithook(refuse)
class Gone(socket.socket):
    def __init__(self, *arguments, **named):
        refuse("socket.socket", ())
socket.socket = Gone
with open(os.environ["PROCESSES_SEEN"], "a") as stream:
    stream.write("process\\n")
"""
SETTINGS = '[output]\nfolder = "out"\n[history]\npath = "h.sqlite"\n[log]\nfile = "run.log"\n'
AS_OF = ("--as-of", "2026-11-23")
COMMANDS = {  # words, exit code, and how many processes: each workbook is opened in one of its own
    "run": (["run", "exports", *AS_OF], 10, 3),
    "check": (["check", "exports"], 0, 2),
    "explain": (["explain", "INV-3", "exports", *AS_OF], 0, 3),
    "whatif": (["whatif", "exports", "--set", "adhoc=all", *AS_OF], 0, 3),
    "history": (["history"], 0, 1),
    "settings": (["settings"], 0, 1),
    "init": (["init", "exports", "--config", "new.toml"], 0, 2),
    "redact": (["redact", "exports", "--out", "case", *AS_OF], 0, 5),
    "demo": (["demo", "sample"], 0, 1),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A practice with a workbook among its exports, which a second process opens, and a history of one run."""
    folder = tmp_path_factory.mktemp("offline")
    write_exports(folder / "exports")
    write_workbook(
        folder / "exports" / "clients.xlsx",
        {
            "Sheet1": [
                ["[Client] Client", "[Client] Billing Details"],
                ["Acme Pty Ltd", ""],
                ["Zenith Dental", ""],
            ]
        },
    )
    (folder / "reconcile.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "guard").mkdir()
    (folder / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    let_rest(folder)
    assert typed(folder, ["run", "exports", *AS_OF]).code == 10
    return folder


class typed:
    """A command typed with the guard in place: its exit code, what it said, and the sockets that were asked for."""

    def __init__(self, folder: Path, words: list[str], **environ: str) -> None:
        for name in ("sockets", "processes"):
            (folder / name).write_text("", encoding="utf-8")
        path = os.pathsep.join([str(folder / "guard"), str(ROOT)])
        environment = {
            **os.environ,
            "PYTHONPATH": path,
            "SOCKETS_SEEN": str(folder / "sockets"),
            **environ,
        }
        environment |= {"PROCESSES_SEEN": str(folder / "processes")}
        done = subprocess.run(
            [sys.executable, "-m", "reconcile", *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.code, self.said = done.returncode, done.stdout + done.stderr
        self.sockets = (folder / "sockets").read_text(encoding="utf-8").split()
        self.processes = len((folder / "processes").read_text(encoding="utf-8").split())


@pytest.mark.parametrize("name", COMMANDS)
def test_no_socket_is_opened(folder, name):
    words, code, processes = COMMANDS[name]
    (folder / "new.toml").unlink(missing_ok=True)
    done = typed(folder, words)
    assert (done.code, done.sockets, done.processes) == (code, [], processes), done.said


def test_the_guard_sees_a_heartbeat(folder):
    """The test above can fail: with an address that is asked for, a socket is."""
    done = typed(
        folder, ["run", "exports", *AS_OF], RECONCILE_HEARTBEAT_URL="http://127.0.0.1:9/ping"
    )
    assert done.code == 10 and done.sockets
