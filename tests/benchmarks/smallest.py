"""Starts every benchmark once at its smallest size: not for the figures, but to see that each still runs.

    python tests/benchmarks/smallest.py

Two run at a time. Prints the seconds of each, and all that a failed one printed. Exits with 1 when one failed; a missed
target is no failure. Needs the extras `bench`, `cluster` and `strength`.
"""

import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# The slowest first, so that two at a time end together.
SMALLEST = {
    "many.py": "--practices 2 --lines 1000 --times 1",
    "simulate.py": "--practices 20 --workers 2 --seconds 1 --idle-tasks 100",
    "outputs.py": "--rows 1000 --lines 1000 --times 1",
    "mutants.py": "rules.references --near --sample 2 --workers 1 --seconds 1",
    "writers.py": "--lines 1000 --times 1",
    "run.py": "--lines 1000 --times 1",
    "proving.py": "--lines 1000 --times 1",
    "xlsx_rows.py": "--rows 500 --times 1",
}
# What these start themselves.
STARTED_BY_OTHERS = ("make_practice.py", "plain_pandas.py", "duckdb_floor.py")


def start(name: str) -> tuple[str, float, subprocess.CompletedProcess]:
    """Run one benchmark to its end; its name, its seconds and how it ended."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="reconcile-smallest-") as folder:
        command = [sys.executable, str(HERE / name), *SMALLEST[name].split()]
        command += ["--out", folder] if name == "mutants.py" else []
        ended = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    return name, time.perf_counter() - began, ended


def main() -> int:
    failed = False
    with ThreadPoolExecutor(2) as both:
        for name, seconds, ended in both.map(start, SMALLEST):
            state = "ran" if ended.returncode == 0 else f"FAILED, exit code {ended.returncode}"
            print(f"{name}: {state}, {seconds:.1f} s", flush=True)
            if ended.returncode:
                failed = True
                print(ended.stdout, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
