"""One run at a time: who may run, who is refused with which words, and what a killed run leaves to the next."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from filelock import FileLock, SoftFileLock, Timeout

import reconcile
from reconcile.errors import ReconcileError, TryLater
from reconcile.nightly.run_lock import alone_in, one_at_a_time

pytestmark = pytest.mark.long

ROOT = Path(reconcile.__file__).resolve().parents[1]
STARTED = "2026-11-23T19:00:01"
HOST = socket.gethostname()

# Waits for a line, tries, says `held` or the refusal, and holds until the next line or the end of its input.
RUN = """
import sys
from pathlib import Path
from reconcile.errors import TryLater
from reconcile.nightly.run_lock import one_at_a_time
sys.stdin.readline()
try:
    with one_at_a_time(Path(sys.argv[1]), started=sys.argv[2]):
        print("held", flush=True)
        sys.stdin.readline()
except TryLater as error:
    print(f"refused {error.exit_code} {error}", flush=True)
"""

# A file system without locks, as the system's own call answers there.
NO_LOCKS = """
import errno, fcntl, os
def flock(file, operation):
    raise OSError(errno.{0}, os.strerror(errno.{0}))
fcntl.flock = flock
"""

# A computer, or a network drive, that cannot swap two files in one step: filelock then leaves the dead their marker.
NO_SWAP = """
import platform
platform.machine = lambda: "none that filelock knows"
"""

posix = pytest.mark.skipif(
    os.name == "nt", reason="replaces fcntl.flock, which Windows does not have"
)


@contextmanager
def a_run(
    history: Path, before: str = "", go: bool = True, started: str = STARTED
) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that takes the history's lock; ended at the end of the block."""
    command = [sys.executable, "-c", before + RUN, str(history), started]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
    ) as process:
        try:
            if go:
                say(process)
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[str]) -> None:
    process.stdin.write("\n")
    process.stdin.flush()


def kill(process: subprocess.Popen[str]) -> None:
    """As the system's killer does it: nothing of the process runs any more."""
    process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
    process.wait(10)


def dead_process() -> int:
    """The number of a process that is gone."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(10)
    return gone.pid


def answer(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline().strip()


def refusal(history: Path) -> str:
    with pytest.raises(TryLater) as caught, one_at_a_time(history, started="later"):
        raise AssertionError("two at a time")
    assert caught.value.exit_code == 75
    return str(caught.value)


@pytest.fixture
def history(tmp_path) -> Path:
    return Path(os.path.realpath(tmp_path)) / "history.sqlite"


# With the system's locks --------------------------------------------------------------------------------------------


def test_the_second_is_told_process_host_and_start(history):
    with a_run(history) as first:
        assert answer(first) == "held"
        with a_run(history) as second:
            assert answer(second) == (
                f"refused 75 {history}: lock: another run is at work. It is process {first.pid} on {HOST}, "
                f"started {STARTED}. Wait until it has ended, then run again."
            )


def test_it_is_free_again_when_the_run_has_ended(history):
    with one_at_a_time(history, started=STARTED):
        assert (
            json.loads(Path(f"{history}.lock.who").read_text(encoding="ascii"))["process"]
            == os.getpid()
        )
    assert not Path(f"{history}.lock.who").exists()
    with one_at_a_time(history, started=STARTED):
        pass


def test_without_a_history_it_is_the_folder_of_results_whatever_its_day(tmp_path, monkeypatch):
    """Its lock lies elsewhere: the folder holds results alone, and need not be there yet."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with alone_in(tmp_path / "fixlist-2026-11-23", started=STARTED):
        for name in ("fixlist-2026-11-23", "fixlist-2026-11-24"):
            with (
                pytest.raises(
                    TryLater,
                    match=rf"{name}: lock: another run is at work. It is process {os.getpid()}",
                ),
                alone_in(tmp_path / name, started="later"),
            ):
                raise AssertionError("two at a time")
        with alone_in(tmp_path / "other" / "fixlist-2026-11-23", started=STARTED):
            pass
    with alone_in(tmp_path / "fixlist-2026-11-23", started=STARTED):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["temporary"]


def test_where_no_lock_can_be_had_a_run_without_a_history_goes_on(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    with (
        alone_in(tmp_path / "fixlist", started=STARTED),
        alone_in(tmp_path / "fixlist", started=STARTED),
    ):
        pass


def test_it_is_free_again_when_the_run_has_failed(history):
    with pytest.raises(ZeroDivisionError), one_at_a_time(history, started=STARTED):
        raise ZeroDivisionError
    with one_at_a_time(history, started=STARTED):
        pass


def test_a_second_one_in_the_same_process_is_refused_too(history):
    with one_at_a_time(history, started=STARTED):
        assert f"process {os.getpid()} on {HOST}" in refusal(history)


def test_another_history_is_another_lock(history):
    with (
        one_at_a_time(history, started=STARTED),
        one_at_a_time(history.with_name("other.sqlite"), started=STARTED),
    ):
        pass


def test_two_spellings_of_a_history_are_one_lock(history, monkeypatch):
    monkeypatch.chdir(history.parent)
    with one_at_a_time(history, started=STARTED):
        assert "another run is at work" in refusal(Path("..") / history.parent.name / history.name)


def test_a_link_to_a_history_is_the_same_lock(history):
    link = history.with_name("link.sqlite")
    try:
        link.symlink_to(history)
    except OSError:
        pytest.skip("this account may not make links")
    with one_at_a_time(history, started=STARTED):
        assert "another run is at work" in refusal(link)


def test_a_killed_runs_lock_is_taken_over_at_once(history):
    with a_run(history) as first:
        assert answer(first) == "held"
        kill(first)
        assert Path(f"{history}.lock.who").exists(), "killed, so it could not tidy up"
        with one_at_a_time(history, started="now"):
            assert "started now" in refusal(history)


def test_of_twenty_at_once_exactly_one_runs(history):
    with ExitStack() as stack:
        runs = [stack.enter_context(a_run(history, go=False)) for _ in range(20)]
        for process in runs:
            say(process)
        answers = [answer(process) for process in runs]
        assert answers.count("held") == 1
        holder = runs[answers.index("held")].pid
        assert sum(f"It is process {holder} on {HOST}" in text for text in answers) == 19


WHO_FILES = {
    "missing": None,
    "empty": "",
    "cut": '{"process": 12',
    "not-an-object": "[1]",
    "no-number": json.dumps({"process": "x", "host": HOST, "started": STARTED}),
    "endless-number": '{"process": Infinity, "host": "h", "started": "s"}',
    "not-text": b"\xff\xfe",
}


@pytest.mark.parametrize("words", WHO_FILES.values(), ids=list(WHO_FILES))
def test_words_that_cannot_be_read_are_not_guessed(history, words):
    with one_at_a_time(history, started=STARTED):
        who = Path(f"{history}.lock.who")
        who.unlink()
        if words is not None:
            who.write_bytes(words if isinstance(words, bytes) else words.encode())
        assert "Which one cannot be told. Wait" in refusal(history)


@posix
def test_a_killed_runs_words_are_not_taken_for_the_holders(history):
    with one_at_a_time(history, started=STARTED):
        words = json.dumps({"process": dead_process(), "host": HOST, "started": "long ago"})
        Path(f"{history}.lock.who").write_text(words, encoding="ascii")
        assert "long ago" not in refusal(history)


def test_where_no_words_can_be_left_the_old_ones_do_not_stay(history):
    who = Path(f"{history}.lock.who")
    who.write_text(
        json.dumps({"process": 7, "host": "another", "started": "long ago"}), encoding="ascii"
    )
    Path(f"{who}.new").mkdir()
    with one_at_a_time(history, started=STARTED):
        assert "Which one cannot be told. Wait" in refusal(history)


def test_what_a_terminal_would_obey_is_left_out_of_the_words(history):
    with one_at_a_time(history, started=STARTED):
        words = json.dumps({"process": 7, "host": "other\x1b[2Jhost\u202e", "started": "then\r\n"})
        Path(f"{history}.lock.who").write_text(words, encoding="ascii")
        assert "It is process 7 on other[2Jhost, started then. Wait" in refusal(history)


def test_a_place_that_cannot_be_locked_is_said(history):
    Path(f"{history}.lock").mkdir()
    with pytest.raises(ReconcileError) as caught, one_at_a_time(history, started=STARTED):
        raise AssertionError("ran without a lock")
    assert type(caught.value) is ReconcileError
    assert str(caught.value).startswith(f"{history}: lock: cannot be taken: ")


# Without them -------------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("answered", ["ENOSYS", "ENOLCK", "ENOTSUP", "EOPNOTSUPP"])
def test_without_locks_a_marker_does_the_same(history, answered):
    with a_run(history, NO_LOCKS.format(answered)) as first:
        assert answer(first) == "held"
        marker = Path(f"{history}.lock.marker")
        with a_run(history, NO_LOCKS.format(answered)) as second:
            assert answer(second) == (
                f"refused 75 {history}: lock: another run is at work. It is process {first.pid} on {HOST}, started "
                f"{STARTED}. Wait until it has ended, then run again. If it no longer runs, delete {marker}."
            )
        say(first)
        first.wait(10)
        assert not marker.exists()


@posix
@pytest.mark.parametrize("before", ["", NO_SWAP], ids=["files-can-be-swapped", "they-cannot"])
def test_without_locks_a_killed_runs_marker_is_taken_over(history, before):
    before = NO_LOCKS.format("ENOLCK") + before
    with a_run(history, before) as first:
        assert answer(first) == "held"
        kill(first)
        assert Path(f"{history}.lock.marker").exists()
        with a_run(history, before, started="now") as second:
            assert answer(second) == "held"
            with a_run(history, before) as third:
                assert "started now" in answer(third)


@posix
def test_filelock_alone_leaves_the_marker_where_files_cannot_be_swapped(history):
    """The reason for our own taking over; when this fails, it can go."""
    marker = f"{history}.lock.marker"
    with a_run(history, NO_LOCKS.format("ENOLCK")) as first:
        assert answer(first) == "held"
        kill(first)
    tries = f"{NO_SWAP}\nimport filelock\nfilelock.SoftFileLock({marker!r}, timeout=0.2).acquire()"
    done = subprocess.run(
        [sys.executable, "-c", tries], capture_output=True, text=True, check=False
    )
    assert "Timeout" in done.stderr


@posix
def test_without_locks_of_eight_at_a_killed_runs_marker_exactly_one_runs(history):
    before = NO_LOCKS.format("ENOLCK") + NO_SWAP
    with a_run(history, before) as first:
        assert answer(first) == "held"
        kill(first)
    with ExitStack() as stack:
        runs = [stack.enter_context(a_run(history, before, go=False)) for _ in range(8)]
        for process in runs:
            say(process)
        answers = [answer(process) for process in runs]
        assert answers.count("held") == 1
        assert sum(text.startswith("refused 75") for text in answers) == 7


MARKERS = {
    "another-host": lambda: f"{dead_process()}\nanother-computer\n",
    "just-created": lambda: "",
    "no-process": lambda: f"-1\n{HOST}\n",
    "not-a-marker": lambda: "someone's notes",
}


@posix
@pytest.mark.parametrize("before", ["", NO_SWAP], ids=["files-can-be-swapped", "they-cannot"])
@pytest.mark.parametrize("text", MARKERS.values(), ids=list(MARKERS))
def test_without_locks_nobody_is_taken_for_dead_who_may_live(history, text, before):
    marker = Path(f"{history}.lock.marker")
    marker.write_text(text(), encoding="utf-8")
    written = marker.read_bytes()
    with a_run(history, NO_LOCKS.format("ENOTSUP") + before) as run:
        said = answer(run)
    assert said.startswith("refused 75") and said.endswith(
        f"If it no longer runs, delete {marker}."
    )
    assert marker.read_bytes() == written


@posix
def test_without_locks_a_marker_left_from_a_lock_file_does_not_block(history):
    """The empty PATH.lock of a time with locks stays behind; as a marker it would hold for ever."""
    with FileLock(f"{history}.lock"):
        pass
    assert Path(f"{history}.lock").exists()
    with pytest.raises(Timeout):
        SoftFileLock(f"{history}.lock").acquire(timeout=0)
    with a_run(history, NO_LOCKS.format("ENOSYS")) as run:
        assert answer(run) == "held"
