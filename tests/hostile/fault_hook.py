"""Runs the program with a fault in it, for test_faults.py and faults_run.py: a server that forks a process for each run.

    server.run(folder, "run", ..., kill=12)  -->  [Ended(code=-9, said="...", steps=[...])]

Python tells an audit hook of every opening, renaming and removing before it happens, and SQLite tells of every statement:
each that can change the disk is a step. What is on the disk then is what a kill at that moment leaves. Forking saves the
second that importing takes; the process that runs, and is killed, is a real one. For systems with fork only.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_PATHS = {
    "open": 1,
    "os.rename": 2,
    "os.remove": 1,
    "os.mkdir": 1,
    "os.rmdir": 1,
}  # event -> how many paths it names
_connect = sqlite3.connect
_STATEMENTS = {"BEGIN", "COMMIT", "CREATE", "INSERT", "UPDATE", "DELETE"}


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code (below zero: the signal that killed it), what it said, and its steps."""

    code: int
    said: str
    steps: list[str]


class Server:
    """Runs the program as asked, in a process of its own each time."""

    def __init__(self) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
            "OPENBLAS_NUM_THREADS": "1",
        }
        command = [sys.executable, "-W", "ignore", __file__]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment,
        )

    def run(self, folder: Path, *words: str, count: int = 1, **fault: Any) -> list[Ended]:
        """Run the command in a folder, `count` times at once, and wait for the end of all.

        Args:
            fault: kill (at which step), copy (a folder, into which the folder is copied at each step), refuse (names of files
                that cannot be renamed, as while they are open in Excel), full (bytes that a file can have), dies_at (bytes of
                a file at which the process is killed), bound (by permissions, root too), busy (milliseconds to wait for a
                history that is held), wait_at (an event at which a run waits for the end of all others), umask, bug (a step,
                in which a KeyError is raised), says (of what), and raises (the same when a file of exports or the history is
                first looked at).
        """
        asked = {"folder": os.path.realpath(folder), "words": words, "count": count, "fault": fault}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return [Ended(**one) for one in json.loads(self._process.stdout.readline())]

    def close(self) -> None:
        """End the server."""
        with self._process:
            self._process.stdin.close()


class Hook:
    """Counts the steps of this process, and does the fault when its step has come."""

    def __init__(self, folder: Path, fault: dict[str, Any], steps: int, gate: int) -> None:
        self.folder, self.fault, self.steps, self.gate = folder, fault, steps, gate
        self.count = 0
        self.at_rest = False

    def __call__(self, event: str, arguments: tuple) -> None:
        if self.at_rest:
            return
        if (
            "raises" in self.fault
            and event in ("open", "sqlite3.connect")
            and self._is_inside(arguments[0])
        ):
            raise KeyError(self.fault["raises"])
        if event == self.fault.get("wait_at"):
            os.read(self.gate, 1)
        if event in _PATHS and (
            event != "open" or (isinstance(arguments[0], str) and arguments[2] & _WRITES)
        ):
            paths = [Path(os.path.abspath(one)) for one in arguments[: _PATHS[event]]]
            inside = [
                str(one.relative_to(self.folder))
                for one in paths
                if one.is_relative_to(self.folder)
            ]
            if inside:
                if event == "os.rename" and paths[0].name in self.fault.get("refuse", ()):
                    raise PermissionError(13, "The process cannot access the file")
                self._step(f"{event} {' '.join(inside)}")

    def _is_inside(self, path: Any) -> bool:
        return (
            isinstance(path, str | Path)
            and Path(os.path.abspath(path)).is_relative_to(self.folder)
            and ".toml" not in str(path)
        )

    def connect(self, *arguments: Any, **named: Any) -> sqlite3.Connection:
        """As sqlite3.connect, and listen to what is executed."""
        connection = _connect(*arguments, **named)
        connection.set_trace_callback(self._hear)
        if "busy" in self.fault:
            connection.execute(f"PRAGMA busy_timeout = {self.fault['busy']}")
        return connection

    def _hear(self, statement: str) -> None:
        word = statement.split()[0]
        if word in _STATEMENTS:
            self._step(word)

    def _step(self, words: str) -> None:
        self.count += 1
        os.write(self.steps, f"{words}\n".encode())
        if self.fault.get("kill") == self.count:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault.get("bug") == self.count:
            raise KeyError(self.fault["says"])
        if "copy" in self.fault:
            self.at_rest = True
            shutil.copytree(self.folder, Path(self.fault["copy"]) / f"{self.count:03}")
            self.at_rest = False


# The server's own process --------------------------------------------------------------------------------------------


def warm_up() -> None:
    """Run once: what the first run of a process imports and makes ready is there then for each that is forked from it."""
    from hostile.faults import write_exports

    from reconcile.cli.main import main

    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        write_exports(Path(folder, "in"))
        with contextlib.suppress(SystemExit):
            main(
                ["run", f"{folder}/in", "--out", f"{folder}/out", "--as-of", "2026-11-23"],
                standalone_mode=False,
            )


def _serve() -> None:
    """Make ready what a run needs, then fork a process for each run that is asked for."""
    warm_up()
    for line in sys.stdin:
        asked = json.loads(line)
        gate_end, gate = os.pipe()
        started = [_fork(asked, gate_end, gate) for _ in range(asked["count"])]
        left = {process: (said, steps) for process, said, steps in started}
        codes = {}
        while left.keys() - codes.keys():
            if len(codes) >= asked["count"] - 1 and gate >= 0:
                os.close(gate)
                gate = -1
            process, status = os.wait()
            codes[process] = os.waitstatus_to_exitcode(status)
        os.close(gate_end)
        told = (
            (codes[process], _all_of(said), _all_of(steps).splitlines())
            for process, said, steps in started
        )
        print(
            json.dumps([dict(zip(("code", "said", "steps"), one, strict=True)) for one in told]),
            flush=True,
        )


def _fork(asked: dict[str, Any], gate_end: int, gate: int) -> tuple[int, int, int]:
    said, said_end = os.pipe()
    steps, steps_end = os.pipe()
    process = os.fork()
    if not process:
        os.close(gate)
        _be_the_program(asked, said_end, steps_end, gate_end)
    os.close(said_end)
    os.close(steps_end)
    return process, said, steps


def _all_of(pipe: int) -> str:
    with os.fdopen(pipe, encoding="utf-8", errors="replace") as stream:
        return stream.read()


def _be_the_program(asked: dict[str, Any], said: int, steps: int, gate: int) -> None:
    """Run the command with its fault, and end this process; what could not be caught is told like a crash."""
    folder, fault = Path(asked["folder"]), asked["fault"]
    code = 1
    try:
        os.chdir(folder)
        sys.stdout = sys.stderr = open(said, "w", encoding="utf-8", buffering=1)
        os.environ["TMPDIR"] = str(folder / "temp")
        os.umask(fault.get("umask", 0o022))
        _limit(fault)
        hook = Hook(folder, fault, steps, gate)
        sys.addaudithook(hook)
        sqlite3.connect = hook.connect
        sys.argv = ["reconcile", *asked["words"]]
        from reconcile.cli.main import start

        start()
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


def _limit(fault: dict[str, Any]) -> None:
    """Set a limit to the size of files, beyond which writing fails or ends the process; and give up what root may do."""
    import resource

    if "full" in fault or "dies_at" in fault:
        most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (fault.get("full", fault.get("dies_at")), most))
    if "dies_at" in fault:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if "bound" in fault and os.geteuid() == 0:
        give_up_rights()


def give_up_rights() -> None:
    """Be bound by the permissions of files, though root: give up CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (capabilities(7))."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()  # twice: effective, permitted, inheritable
    libc.capget(header, sets)
    for at in range(3):
        sets[at] &= ~0b110
    for right in (1, 2):
        libc.prctl(24, right, 0, 0, 0)  # PR_CAPBSET_DROP: for the processes it starts too
    if libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "the rights of root cannot be given up here")


if __name__ == "__main__":
    _serve()
