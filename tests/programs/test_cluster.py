"""On a real Dask scheduler with two worker processes on loopback, one of which is killed in the middle."""

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hostile.faults import FILES, write_exports
from made import tasks

pytest.importorskip(
    "distributed", reason="Dask is not installed (extra `cluster`): no cluster is tried"
)

from reconcile.batch.dask_cluster import cluster_of, run_on
from reconcile.batch.practices import Found
from reconcile.batch.process_pool import Lost
from reconcile.batch.run import BatchRequest, Practice, run_batch
from reconcile.errors import ReconcileError, TryLater

pytestmark = pytest.mark.long
HERE = Path(__file__).resolve().parents[1]


def start(*words):
    """A process of Dask's command line, with what it says of itself."""
    paths = os.pathsep.join([str(HERE.parent), str(HERE)])
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", *words],
        env={**os.environ, "PYTHONPATH": paths},
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def cluster(workers=2):
    """The address of a scheduler, and its worker processes."""
    with start(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
    ) as scheduler:
        started = []
        try:
            address = next(
                found[0]
                for line in scheduler.stderr
                if (found := re.search(r"tcp://127\.0\.0\.1:\d+", line))
            )
            command = (
                "distributed.cli.dask_worker",
                address,
                "--nthreads",
                "1",
                "--no-nanny",
                "--no-dashboard",
                "--host",
                "127.0.0.1",
            )
            started = [start(*command) for _ in range(workers)]
            yield address, started
        finally:
            for process in (*started, scheduler):
                process.kill()
            for process in started:
                process.wait()
                process.stderr.close()


def wait_for_workers(client, count):
    client.wait_for_workers(count, timeout=60)


def test_every_task_comes_out_once_though_a_worker_is_killed(tmp_path):
    with cluster() as (address, workers), cluster_of(address, 0) as client:
        wait_for_workers(client, 2)
        came = []
        for task, result in run_on(
            client, tasks.note_and_wait, [(number, str(tmp_path)) for number in range(16)]
        ):
            came.append((task[0], result))
            if len(came) == 4:
                workers[0].send_signal(signal.SIGKILL)
    assert sorted(came) == [(number, number) for number in range(16)]
    processes = {path.stem.split("-")[1] for path in tmp_path.glob("*.done")}
    assert len(processes) == 2, "both workers had work"
    assert {int(path.stem.split("-")[0]) for path in tmp_path.glob("*.done")} == set(range(16))


def test_practices_come_out_once_and_right_though_a_worker_is_killed(tmp_path):
    practices = tuple(Practice("", str(tmp_path / "root" / f"p{number}")) for number in range(10))
    (tmp_path / "root").mkdir()
    for number, practice in enumerate(practices):
        files = {
            name: text.replace("Acme", f"Acme {number}").replace("110.00", f"{number + 1}10.00")
            for name, text in FILES.items()
        }
        write_exports(Path(practice.place), files)

    def batch_request(folder, scheduler):
        return BatchRequest(
            Found(practices),
            "Harbour",
            date(2026, 11, 23),
            tmp_path / folder,
            ("json",),
            False,
            True,
            2,
            scheduler,
            "now",
            4e9,
            {},
        )

    def told(records):
        return {record.place: replace(record, seconds=0.0) for record in records}

    here = told(run_batch(batch_request("here", "")))
    with cluster() as (address, workers):
        records = []
        for record in run_batch(batch_request("cluster", address)):
            records.append(record)
            if len(records) == 3:
                workers[0].send_signal(signal.SIGKILL)
    assert len(records) == len(practices)
    assert told(records) == here
    assert all(not record.error for record in records)


def test_a_task_that_kills_every_worker_is_given_up_and_the_rest_goes_on():
    with cluster_of("local", 2) as client:
        came = dict(
            run_on(
                client,
                tasks.end_the_process,
                [(number, "always" if number == 2 else "") for number in range(6)],
            )
        )
    lost = came.pop((2, "always"))
    assert isinstance(lost, Lost)
    assert sorted(came.values()) == [0, 1, 3, 4, 5]


def test_two_clusters_of_one_computer_do_not_meet():
    with socket.socket() as taken:
        with suppress(OSError):  # another program has it: as well
            taken.bind(("127.0.0.1", 8787))
            taken.listen()
        with cluster_of("local", 1) as first, cluster_of("local", 1) as second:
            assert first.submit(abs, -1).result() == second.submit(abs, -1).result() == 1


def test_a_scheduler_that_is_not_there_is_said(monkeypatch):
    monkeypatch.setattr("reconcile.batch.dask_cluster.CONNECT_SECONDS", 1)
    with pytest.raises(TryLater, match="cannot be reached"), cluster_of("tcp://127.0.0.1:9", 1):
        pass


@pytest.mark.parametrize("scheduler", ["LOCAL", "somewhere"])
def test_what_is_no_address_of_a_scheduler_is_refused(scheduler):
    with (
        pytest.raises(ReconcileError, match="no address of a scheduler") as caught,
        cluster_of(scheduler, 1),
    ):
        pass
    assert caught.value.exit_code == 2


def test_a_scheduler_without_workers_is_said(monkeypatch):
    with cluster(workers=0) as (address, _):
        monkeypatch.setattr("reconcile.batch.dask_cluster.CONNECT_SECONDS", 2)
        with pytest.raises(TryLater, match="has no worker"), cluster_of(address, 0):
            pass


def test_a_scheduler_that_goes_is_said(tmp_path):
    with cluster() as (address, _), cluster_of(address, 0) as client:
        wait_for_workers(client, 2)
        running = run_on(
            client, tasks.note_and_wait, [(number, str(tmp_path)) for number in range(40)]
        )
        next(running)
        client.shutdown()
        with pytest.raises(TryLater, match="Run again"):
            list(running)
