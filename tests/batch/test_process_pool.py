"""Tasks in processes of this computer: each once, and one that ends its process harms no other."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made import tasks

from reconcile.batch.process_pool import Lost, run_here


def test_each_task_comes_out_once():
    assert sorted(run_here(tasks.double, range(9), 2)) == [
        (number, number * 2) for number in range(9)
    ]


def test_no_tasks():
    assert list(run_here(tasks.double, [], 2)) == []


def test_what_a_task_raises_is_raised():
    with pytest.raises(ValueError, match="three"):
        list(run_here(tasks.refuse, range(6), 2))


@pytest.mark.skipif(os.name == "nt", reason="kills a process in a way that Windows does not have")
def test_a_process_that_is_killed_costs_only_its_own_task(tmp_path):
    wanted = [(number, "") for number in range(12)]
    wanted[4], wanted[7] = (4, "always"), (7, str(tmp_path / "once"))
    came = {task[0]: result for task, result in run_here(tasks.end_the_process, wanted, 2)}
    assert isinstance(came.pop(4), Lost)
    assert came == {number: number for number in range(12) if number != 4}


RUN = """
import sys
from made import tasks
from reconcile.batch.process_pool import run_here
if __name__ == "__main__":
    for _ in run_here(tasks.note_and_wait, [(number, sys.argv[1]) for number in range(1000)], 2):
        pass
"""


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="asks for processes as Windows does not answer")
def test_the_workers_end_with_the_process_that_gave_them_their_tasks(tmp_path):
    (tmp_path / "run.py").write_text(RUN, encoding="utf-8")
    notes = tmp_path / "notes"
    notes.mkdir()
    here = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(here.parent)])}
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "run.py"), str(notes)], env=environment
    ) as process:
        wait_until(lambda: len({path.stem.split("-")[1] for path in notes.glob("*.begun")}) == 2)
        workers = {int(path.stem.split("-")[1]) for path in notes.glob("*.begun")}
        process.kill()
    wait_until(lambda: not any(map(runs, workers)))


def wait_until(true, seconds=30):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it does not come to that"
        time.sleep(0.05)


def runs(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_run_that_is_left_half_way_leaves_no_trace_in_the_environment(monkeypatch):
    """Whoever takes the results may stop asking: what is started afterwards must find its own folder as before."""
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    running = run_here(tasks.double, range(8), 2)
    next(running)
    assert "PYTHONSAFEPATH" not in os.environ
    running.close()
