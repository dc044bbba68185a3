"""Ten thousand practices on 1 to 200 workers: Dask's own scheduler, with tasks that sleep instead of working.

    python tests/benchmarks/simulate.py [RECORDS] [--practices 10000] [--workers 1 10 50 100 200] [--seconds 120] [--link 125]

RECORDS is a practices.jsonl of a batch: how long its practices took gives the distribution (lognormal, by the mean and
spread of the logarithms). Without it MEAN and SPREAD count. On top one practice in a hundred is a straggler, twenty times
as long; and workers are lost on the way, one in twenty of them.

The workers are a scheduler's real ones, in threads of this process, since sleeping needs no processor; tasks go through
reconcile.batch.dask_cluster.run_on, as those of a batch do. Sleeping is scaled down so that each size takes about --seconds; what the
scheduler itself takes is not scaled, so its share shows larger than it would be. It is measured apart, with tasks that do
nothing, and told as tasks per second: the limit of one scheduler, however many workers there are. What storage can give is
worked out from what each practice reads and writes, since nothing here is a network.
"""

import argparse
import heapq
import json
import logging
import math
import random
import statistics
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import dask
from distributed import Client, LocalCluster, get_worker

from reconcile.batch.dask_cluster import run_on

MEAN, SPREAD = (
    0.6,
    0.8,
)  # seconds of a practice in the middle, and of its logarithm: a batch of 200 practices of 5,000 lines
STRAGGLERS, STRAGGLER_TIMES = 0.01, 20
LOST_SHARE = 0.05  # of the workers
# Each worker looks at the process that it runs in twice a second and samples its thread a hundred times a second. On a
# cluster each does so on a computer of its own; here two hundred share one processor and leave the scheduler none of it.
OF_ONE_PROCESS = {
    "distributed.admin.system-monitor.interval": "1 day",
    "distributed.worker.profile.enabled": False,
}
MEGABYTES = 2.6  # exports, fixlist.json and the CSV files of a practice of 5,000 lines


def sleep_for(task: tuple[int, float]) -> int:
    """Take a practice's time."""
    get_worker()  # it runs on a worker, or this fails
    time.sleep(task[1])
    return task[0]


def draw_times(count: int, middle: float, spread: float) -> list[float]:
    """How long each practice takes, in seconds; the longest first, as batch begins with those that took longest last night."""
    chance = random.Random(count)
    times = [math.exp(chance.gauss(math.log(middle), spread)) for _ in range(count)]
    slow = chance.sample(range(count), round(STRAGGLERS * count))
    for at in slow:
        times[at] *= STRAGGLER_TIMES
    return sorted(times, reverse=True)


def fitted(records: Path) -> tuple[float, float]:
    """The middle and the spread of how long the practices of a batch took."""
    rows = [json.loads(line) for line in records.read_text(encoding="utf-8").splitlines()]
    logs = [math.log(row["seconds"]) for row in rows if row["seconds"] > 0 and not row["skipped"]]
    return math.exp(statistics.mean(logs)), statistics.pstdev(logs)


def least(times: Sequence[float], workers: int) -> float:
    """When the last is done if each free worker takes the next at once: what a scheduler that takes no time would reach."""
    free = [0.0] * workers
    for one in times:
        heapq.heappush(free, heapq.heappop(free) + one)
    return max(free)


def run_scaled(times: Sequence[float], workers: int, scale: float, lose: int) -> tuple[float, int]:
    """Seconds on the clock for sleeping through all, and how many came out; some workers are lost after a third of it."""
    with (
        dask.config.set(OF_ONE_PROCESS),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=False,
            dashboard_address=None,
            memory_limit=0,
        ) as made,
        Client(made) as client,
    ):
        doomed = list(made.workers.values())[:lose]

        def lose_workers() -> None:
            for worker in doomed:
                made.loop.add_callback(worker.close, reason="lost")

        after = threading.Timer(least(times, workers) * scale / 3, lose_workers)
        if doomed:
            after.start()
        began = time.perf_counter()
        came = [
            task[0]
            for task, _ in run_on(
                client, sleep_for, [(at, one * scale) for at, one in enumerate(times)]
            )
        ]
        taken = time.perf_counter() - began
        after.cancel()
    if sorted(came) != list(range(len(times))):
        raise SystemExit("a practice came out twice, or not at all")
    return taken, len(came)


def scheduler_rate(workers: int, count: int) -> float:
    """Tasks that do nothing, in a second, through one scheduler and this client."""
    taken, _ = run_scaled([0.0] * count, workers, 1.0, 0)
    return count / taken


def main() -> None:
    parser = argparse.ArgumentParser(description="Ten thousand practices on a cluster, simulated.")
    parser.add_argument("records", nargs="?", type=Path)
    parser.add_argument("--practices", type=int, default=10_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 10, 50, 100, 200])
    parser.add_argument(
        "--seconds", type=float, default=120.0, help="for each size, on this computer"
    )
    parser.add_argument(
        "--idle-tasks", type=int, default=2_000, help="to measure what the scheduler alone takes"
    )
    parser.add_argument(
        "--link",
        type=float,
        default=125.0,
        help="megabytes a second of the storage that all share (125: 1 Gbit/s)",
    )
    wanted = parser.parse_args()
    logging.getLogger("distributed").setLevel(
        logging.CRITICAL
    )  # workers are lost on purpose, and it tells each at length
    middle, spread = fitted(wanted.records) if wanted.records else (MEAN, SPREAD)
    times = draw_times(wanted.practices, middle, spread)
    whole = sum(times)
    print(
        f"{wanted.practices:,} practices: {middle:.2f} s in the middle, spread of the logarithm {spread:.2f}, longest {times[0]:.0f} s,"
    )
    print(f"{whole / 3600:.1f} hours of work in all.\n")
    print(
        "| workers | least possible | simulated, scaled back | of the least | workers lost | scheduler alone, tasks a second | its least for all |"
    )
    print("| ---: " * 7 + "|")
    for workers in wanted.workers:
        floor = least(times, workers)
        scale = wanted.seconds / floor
        lost = int(LOST_SHARE * workers)
        taken, _ = run_scaled(times, workers, scale, lost)
        rate = scheduler_rate(workers, wanted.idle_tasks)
        cells = [
            f"{workers}",
            f"{floor / 60:.1f} min",
            f"{taken / scale / 60:.1f} min",
            f"{taken / scale / floor:.2f}",
            f"{lost}",
        ]
        print(
            "| "
            + " | ".join([*cells, f"{rate:.0f}", f"{wanted.practices / rate / 60:.1f} min"])
            + " |",
            flush=True,
        )
    most = max(wanted.workers)
    busy = whole / most
    mean = whole / wanted.practices
    print(
        f"\n{most} workers need {busy / 60:.1f} min at least. What limits more of them, and from where on:\n"
    )
    print(
        f"- the largest practice ({times[0]:.0f} s): {whole / times[0]:.0f} workers (the whole work by it)"
    )
    print(
        f"- the scheduler: {rate * mean:.0f} workers (its tasks a second times the mean practice, {mean:.2f} s)"
    )
    print(
        f"- storage of {wanted.link:.0f} MB/s: {wanted.link * mean / MEGABYTES:.0f} workers ({MEGABYTES} MB in and out for each practice)"
    )


if __name__ == "__main__":
    main()
