"""Runs many tasks in processes of this computer; one that ends its process harms no other.

tasks --a few more than there are workers at a time--> processes --> (task, what came of it), as they finish
"""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from typing import TypeVar

import pyarrow as pa

WAITING = 2  # tasks handed out for each worker: one at work, and one so that it never waits


_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")


class Lost(Exception):
    """The process that ran a task was ended, twice: it filled the memory, or was killed."""


def run_here(
    work: Callable[[_Task], _Answer], tasks: Sequence[_Task], workers: int
) -> Iterator[tuple[_Task, _Answer | Lost]]:
    """Run tasks in so many processes of this computer.

    Where a process is lost, nobody knows which of the tasks handed out was the cause: each of them runs again, alone, and
    once more where its process is lost then too.

    Args:
        work: of a module, so that a process can import it; takes a task, gives what a process can hand over.

    Returns:
        (task, result) as they finish; the result is Lost where the task's process ended a second time.
    """
    waiting = deque(tasks)
    while waiting:
        suspects = yield from _run_until_lost(work, waiting, workers)
        for task in suspects:
            for _ in range(2):  # it may have stood in line, so that this is its first try
                if not (yield from _run_until_lost(work, deque([task]), 1)):
                    break
            else:
                yield task, Lost()


def _run_until_lost(
    work: Callable[[_Task], _Answer], waiting: deque[_Task], workers: int
) -> Generator[tuple[_Task, _Answer], None, list[_Task]]:
    """Run what waits until all is done or a process is lost; returns the tasks that were at work then."""
    lost: list[_Task] = []
    with _safe_path():
        started = ProcessPoolExecutor(workers, _context(work.__module__), _begin_worker)
    with started as pool:
        at_work: dict[Future[_Answer], _Task] = {}
        try:
            while (waiting or at_work) and not lost:
                while waiting and len(at_work) < workers * WAITING:
                    task = waiting.popleft()
                    try:
                        with _safe_path():  # a pool starts its processes here
                            at_work[pool.submit(work, task)] = task
                    except BrokenProcessPool:
                        waiting.appendleft(task)
                        break
                done, _ = wait(at_work, return_when=FIRST_COMPLETED)
                for future in done:
                    task = at_work.pop(future)
                    if isinstance(future.exception(), BrokenProcessPool):
                        lost.append(task)
                    else:
                        yield task, future.result()
            for future, task in at_work.items():
                if isinstance(future.exception(), BrokenProcessPool):
                    lost.append(task)
                else:
                    yield task, future.result()
        except (KeyboardInterrupt, GeneratorExit):
            pool.shutdown(cancel_futures=True)
            raise
    return lost


@contextmanager
def _safe_path() -> Iterator[None]:
    """Processes that are started meanwhile take no Python file of the working folder for a library, whatever its name."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def _context(module: str) -> BaseContext:
    """Workers forked from a process that has imported the tasks' module, where the system can; else each imports it."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    return context


def _begin_worker() -> None:
    """What a worker does before its first task: a stop at the keyboard lets it end its task."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    make_ready()


def _end_with_parent() -> None:
    """End this worker when the process that hands out the tasks is gone, by whatever way: what it has not told nobody knows."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def make_ready() -> None:
    """Ready this process, which is a worker's alone, for its tasks: one processor is its own."""
    pa.set_cpu_count(1)
    gc.enable()
    gc.freeze()
