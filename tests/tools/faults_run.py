"""Tries every fault that test_faults.py samples, and prints the figures: `python tests/tools/faults_run.py`.

Every step of a run and every call of the system that changes a file (where strace is installed) is a kill of its own; then come
kills of the real command at random moments, and twenty starts of it at once. Takes about half an hour.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))

from hostile.fault_hook import ROOT, Server  # noqa: E402
from hostile.faults import ALL_FORMATS, Nights, files_in, history_in  # noqa: E402

CALLS = "rename renameat2 unlink unlinkat rmdir mkdir fsync fdatasync ftruncate write pwrite64 sendfile copy_file_range".split()


class Count:
    """Kills by the kind of fault and by what they left, and every fault that was found."""

    def __init__(self, nights: Nights, server: Server, above: Path) -> None:
        self.nights, self.server, self.above = nights, server, above
        self.kills = 0
        self.left: Counter[str] = Counter()
        self.faults: list[str] = []

    def judge(self, state: Path, what: str) -> None:
        """Look at the folder of a killed run, start again, look again, and remove it."""
        self.kills += 1
        self.left[self._left(state)] += 1
        found = [
            *self.nights.faults_when_killed(state),
            *self.nights.faults_after_next_start(state, self.server),
        ]
        self.faults += [f"{what}: {one}" for one in found]
        shutil.rmtree(state)

    def _left(self, state: Path) -> str:
        """How far the run had come."""
        names = {path.name for path in state.rglob("*")}
        if ".reconcile-swap" in names:
            return "files being replaced"
        if any(name.endswith(".reconcile-old") for name in names):
            return "files in place, the old ones not removed"
        if any(name.endswith(".reconcile-new") for name in names):
            return "files or copies being written"
        if "h.sqlite-journal" in names:
            return "the history being written"
        return (
            "all of the new run"
            if history_in(state) == self.nights.pasts[1]
            else "all of the old run"
        )

    def told(self, title: str) -> str:
        """The figures in a line, and every fault in one of its own."""
        left = "; ".join(f"{words} {count}" for words, count in sorted(self.left.items()))
        return "\n".join(
            [f"{title}: {self.kills} kills, {len(self.faults)} faults ({left})", *self.faults]
        )


def every_step(count: Count) -> None:
    """A kill at each step of the run."""
    for at, words in enumerate(count.nights.steps, start=1):
        state = count.nights.state(count.above / "state")
        (ended,) = count.server.run(state, *count.nights.words, kill=at)
        assert ended.code == -9, ended
        count.judge(state, f"step {at}, {words}")


def every_size(count: Count) -> None:
    """A kill in the middle of the write at which a file gets that long."""
    for size in range(100, 60_000, 1_500):
        state = count.nights.state(count.above / "state")
        (ended,) = count.server.run(state, *count.nights.words, dies_at=size)
        if ended.code == -signal.SIGXFSZ:
            count.judge(state, f"{size} bytes")
        else:
            shutil.rmtree(state)


def every_call(count: Count) -> None:
    """A kill at each call of the system that changes a file."""
    for call in CALLS:
        state = count.nights.state(count.above / "state")
        trace = count.above / "trace"
        command = [sys.executable, "-m", "reconcile", *count.nights.words]
        _start(state, ["strace", "-f", "-o", str(trace), "-e", f"trace={call}", *command]).wait()
        lines = trace.read_text(encoding="utf-8").splitlines()
        run = lines[-1].split()[
            0
        ]  # the last to end is the run itself, not a process or thread that it started
        calls = sum(line.startswith(f"{run} ") and f" {call}(" in line for line in lines)
        shutil.rmtree(state)
        for at in range(1, calls + 1):
            state = count.nights.state(count.above / "state")
            inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={at}"]
            if _start(state, ["strace", "-f", "-o", os.devnull, *inject, *command]).wait() in (
                -9,
                137,
            ):
                count.judge(state, f"{call} {at}")
            else:
                shutil.rmtree(state)


def random_moments(count: Count, kills: int, chance: random.Random) -> None:
    """Kills of the real command: half at any moment of its run, half at any moment from the first file on."""
    state = count.nights.state(count.above / "state")
    command = [sys.executable, "-m", "reconcile", *count.nights.words]
    began = time.monotonic()
    assert _start(state, command).wait() == count.nights.code
    takes = time.monotonic() - began
    shutil.rmtree(state)
    for at in range(kills):
        state = count.nights.state(count.above / "state")
        process = _start(state, command)
        if at % 2:
            while process.poll() is None and not any(
                ".reconcile-new" in name for name in os.listdir(state / "out")
            ):
                time.sleep(0.0002)
            time.sleep(chance.uniform(0, 0.06))
        else:
            time.sleep(chance.uniform(0, takes * 1.05))
        process.kill()
        process.wait()
        count.judge(state, f"random kill {at}")


def twenty_starts(nights: Nights, above: Path, times: int) -> Iterator[str]:
    """Twenty processes of the command, all imported and let go at once, several times over: exit codes, and what is wrong."""
    ready = "import sys, reconcile.cli.main, reconcile.nightly.run, reconcile.terminal.summary; sys.stdin.read(1); reconcile.cli.main.start()"
    for _ in range(times):
        state = nights.state(above / "state")
        command = [sys.executable, "-c", ready, *nights.words]
        gate, let_go = os.pipe()
        processes = [_start(state, command, stdin=gate) for _ in range(20)]
        time.sleep(20)
        os.write(let_go, b"." * 20)
        codes = Counter(process.wait() for process in processes)
        os.close(gate)
        os.close(let_go)
        same = (
            files_in(state / "out") == files_in(nights.second / "out")
            and history_in(state) == nights.pasts[1]
        )
        words = (
            "outputs and history whole"
            if same and set(codes) == {nights.code, 75}
            else "NOT AS IT SHOULD BE"
        )
        yield f"twenty starts: exit codes {dict(sorted(codes.items()))}, {words}"
        shutil.rmtree(state)


def _start(state: Path, command: list[str], **streams: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(state / "temp")}
    nowhere = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    return subprocess.Popen(command, cwd=state, env=environment, **{**nowhere, **streams})


def main() -> int:
    """Try everything; 1 where a fault was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="at random moments (default: 300)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="WORD", default="", help="what has this word in its name")
    given = parser.parse_args()
    server, chance = Server(), random.Random(given.seed)
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        above = Path(folder)
        few = Nights.prepare(above / "few", server, "csv,json")
        all_files = Nights.prepare(above / "all", server, ALL_FORMATS)
        tries = [
            ("every step, CSV and JSON", few, every_step),
            ("every step, all files", all_files, every_step),
            ("in the middle of a write", all_files, every_size),
            ("every call of the system", all_files, every_call if shutil.which("strace") else None),
            (
                f"random moments, seed {given.seed}",
                all_files,
                lambda count: random_moments(count, given.kills, chance),
            ),
        ]
        for title, nights, action in (one for one in tries if given.only in one[0]):
            if action is None:
                print(f"{title}: not tried, strace is not installed")
                continue
            count = Count(nights, server, above)
            began = time.monotonic()
            action(count)
            found += len(count.faults)
            print(f"{count.told(title)}, {time.monotonic() - began:.0f} s", flush=True)
        for line in twenty_starts(few, above, 5 if given.only in "twenty starts" else 0):
            found += "NOT" in line
            print(line, flush=True)
    server.close()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
