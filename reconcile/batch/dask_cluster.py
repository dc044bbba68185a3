"""Runs many tasks on computers that Dask distributed holds together: an existing cluster, or one made here.

    tasks --a window of them--> scheduler --> workers --> (task, what came of it), as they finish

A task whose worker is lost is run again by the scheduler; how often is the cluster's own setting, and once on one made here.
Installed by the extra `cluster`, on every worker too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count, islice
from typing import TYPE_CHECKING, TypeVar

from reconcile.batch.process_pool import WAITING, Lost, make_ready
from reconcile.errors import ReconcileError, TryLater

if TYPE_CHECKING:
    from distributed import Client, Future, Worker, WorkerPlugin

_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")
LOCAL = "local"
CONNECT_SECONDS = 30
_OF_ONES_OWN = {
    "distributed.scheduler.allowed-failures": 1,
    "distributed.worker.profile.enabled": False,  # a look at each worker a hundred times a second, which nobody reads
}

# Without a dashboard the scheduler serves its figures all the same, on port 8787, and warns when another one has that.
_ANY_FREE_PORT = {"dashboard_address": "127.0.0.1:0"}


@contextmanager
def cluster_of(scheduler: str, workers: int) -> Iterator[Client]:
    """A client of a scheduler.

    Args:
        scheduler: its address (tcp://...), or "local" to make a cluster on this computer. workers: processes of one made here.

    Raises:
        ReconcileError: Dask is not installed. TryLater: the scheduler cannot be reached.
    """
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise ReconcileError(
            "--scheduler: Dask is not installed. Install it with: pip install 'reconcile[cluster]'."
        ) from None
    if scheduler == LOCAL:
        with (
            dask.config.set(_OF_ONES_OWN),
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                dashboard_address=None,
                scheduler_kwargs=_ANY_FREE_PORT,
            ) as made,
            Client(made) as client,
        ):
            client.register_plugin(_ready_plugin())
            yield client
        return
    if "://" not in scheduler:
        raise ReconcileError(
            f"--scheduler: {scheduler}: no address of a scheduler. Write tcp://HOST:PORT, or {LOCAL} to make one here."
        )
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, TypeError) as error:  # TypeError: tls:// without its settings
        raise TryLater(
            f"--scheduler: {scheduler}: cannot be reached ({error}). Check the address, and that the scheduler runs."
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError:
            words = (
                f"has no worker. Start one, with reconcile installed on it: dask worker {scheduler}"
            )
            raise TryLater(f"--scheduler: {scheduler}: {words}, then run again.") from None
        yield client


def _ready_plugin() -> WorkerPlugin:
    from distributed import WorkerPlugin

    class Ready(WorkerPlugin):
        """Readies each worker of a cluster made here, and each that takes a lost one's place."""

        def setup(self, worker: Worker) -> None:
            make_ready()

    return Ready()


def run_on(
    client: Client, work: Callable[[_Task], _Answer], tasks: Iterable[_Task]
) -> Iterator[tuple[_Task, _Answer | Lost]]:
    """Run tasks on a cluster, never more at once than keep its workers busy.

    The scheduler gives a task up after losing several of its workers, and with it what stood in line there; so each of those
    is tried once more when all others are done, alone.

    Returns:
        (task, result) as they finish; the result is Lost where the scheduler has given up after losing its workers.

    Raises:
        TryLater: the scheduler, or all of its workers, are gone.
    """
    from distributed import as_completed
    from distributed.client import ClosedClientError, FutureCancelledError
    from distributed.scheduler import KilledWorker

    waiting = iter(tasks)
    numbers = count()
    at_work: dict[object, _Task] = {}

    def submit(task: _Task) -> Future:
        future = client.submit(work, task, key=f"practice-{next(numbers)}", pure=False)
        at_work[future.key] = task
        return future

    window = max(1, sum(client.nthreads().values())) * WAITING
    suspects: list[_Task] = []
    try:
        finished = as_completed([submit(task) for task in islice(waiting, window)])
        for future in finished:
            task = at_work.pop(future.key)
            try:
                yield task, future.result()
            except KilledWorker:
                suspects.append(task)
            for following in islice(waiting, 1):
                finished.add(submit(following))
        for task in suspects:
            try:
                yield task, submit(task).result()
            except KilledWorker:
                yield task, Lost()
    except (ClosedClientError, FutureCancelledError, TimeoutError, OSError) as error:
        raise TryLater(
            f"--scheduler: it was lost while it worked ({type(error).__name__}). Run again: what is done is not repeated."
        ) from None
