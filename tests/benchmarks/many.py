"""Many practices: `reconcile batch` in processes here and on a Dask cluster made here, beside one after the other.

    python tests/benchmarks/many.py [--practices 200] [--lines 5000] [--times 5] [--workers 2] [--format json,csv]

Every contender runs over the same practices, new results each time, as whole processes that take turns. "One after the
other" is a loop of `reconcile run`, which is what one would write instead; and batch with one worker, which shows what the
second processor brings and what starting a process for each practice costs. Each record of batch is held against the
practice's control. Exits with 1 when a contender failed or gave a wrong answer. Needs the extra `cluster`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from make_practice import make_practice

HERE = Path(__file__).resolve().parent
AS_OF = "2026-11-20"
LOOP, ONE, POOL, DASK = (
    "reconcile run, one after the other",
    "batch, one worker",
    "batch, processes here",
    "batch, Dask",
)


def program(*words: str) -> list[str]:
    return [sys.executable, "-m", "reconcile", *words]


def commands(name: str, root: Path, out: Path, formats: str, workers: int) -> list[list[str]]:
    """What a contender starts, one process after the other."""
    given = ["--as-of", AS_OF, "--format", formats]
    if name == LOOP:
        return [
            program("run", str(one), "--out", str(out / one.name), *given)
            for one in sorted(root.iterdir())
        ]
    size = [
        "--workers",
        "1" if name == ONE else str(workers),
        *(["--scheduler", "local"] if name == DASK else []),
    ]
    return [
        program("batch", str(root), "--out", str(out), *given, *size, "--force", "-q", "--json")
    ]


def run_once(
    name: str, root: Path, out: Path, formats: str, workers: int
) -> tuple[float, list[str]]:
    """Seconds of a contender, and what is wrong with its answers."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    wrong, said = [], []
    began = time.perf_counter()
    for command in commands(name, root, out, formats, workers):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, encoding="utf-8"
        )
        if done.returncode != 10:
            wrong.append(f"{name}: exit code {done.returncode}: {done.stderr.strip()[-300:]}")
        said.append(done.stdout)
    seconds = time.perf_counter() - began
    if name != LOOP:
        records = [json.loads(line) for line in "".join(said).splitlines()]
        wrong += [words for record in records for words in wrong_record(record)]
        if len(records) != len(list(root.iterdir())):
            wrong.append(f"{name}: {len(records)} records")
    return seconds, wrong


def wrong_record(record: dict) -> list[str]:
    """What a practice's record says otherwise than its control."""
    control = json.loads((Path(record["place"]) / "control.json").read_text(encoding="utf-8"))
    return [
        f"{record['practice']}: {name}: {record[name]} instead of {control[name]}"
        for name in ("invoices", "cents")
        if record[name] != control[name]
    ]


def print_result(seconds: dict[str, list[float]], practices: int, lines: int) -> None:
    """Print the medians, the ratios and the targets."""
    median = {name: statistics.median(some) for name, some in seconds.items()}
    print(
        f"\n{practices} practices of {lines:,} lines:\n\n| contender | s | s each | fastest and slowest |\n| --- | ---: | ---: | --- |"
    )
    for name, middle in median.items():
        some = seconds[name]
        print(
            f"| {name} | {middle:.1f} | {middle / practices:.2f} | {min(some):.1f} to {max(some):.1f} |"
        )
    print()
    for above, below, limit in ((POOL, LOOP, 0.6), (POOL, ONE, 0.6), (DASK, POOL, 1.3)):
        ratio = median[above] / median[below]
        print(
            f"- {'met' if ratio <= limit else 'MISSED'}: {above} / {below}: {ratio:.2f}, at most {limit}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Many practices, in several ways.")
    parser.add_argument("--practices", type=int, default=200)
    parser.add_argument("--lines", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--format", dest="formats", default="json,csv")
    wanted = parser.parse_args()
    seconds: dict[str, list[float]] = {name: [] for name in (LOOP, ONE, POOL, DASK)}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="reconcile-many-") as folder:
        root = Path(folder) / "root"
        for number in range(wanted.practices):
            make_practice(wanted.lines, root / f"practice {number:03}", seed=number)
        for turn in range(wanted.times):
            names = list(seconds)
            for name in names[turn % 4 :] + names[: turn % 4]:
                out = Path(folder) / f"{turn} {name}"
                taken, faults = run_once(name, root, out, wanted.formats, wanted.workers)
                seconds[name].append(taken)
                wrong += faults
                print(f"round {turn + 1}: {name}: {taken:.1f} s", file=sys.stderr, flush=True)
    print_result(seconds, wanted.practices, wanted.lines)
    print("\nAnswers: " + ("all right" if not wrong else "; ".join(wrong[:10])))
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
