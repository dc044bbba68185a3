"""Tasks in processes of this computer: each once, and one that ends its process harms no other."""

import os

import pytest
import tasks

from reconcile.crew import Lost, run_here


def test_each_task_comes_out_once():
    assert sorted(run_here(tasks.double, range(9), 2)) == [(number, number * 2) for number in range(9)]


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
