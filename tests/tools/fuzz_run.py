"""Runs over the mutants of a range of seeds: `python tests/tools/fuzz_run.py FIRST LAST [--save FOLDER] [--processes 2]`.

With `--every 3` only every third is run over as a whole; of the others the export doctor reads the damaged file. Prints
how the runs ended, the slowest and the largest of them, and every seed whose run did harm; its files are saved.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hostile.fuzz import Mutant, Outcome, check_mutant, mutant, run_mutant, write_mutant
from hostile.unharmed import CLEAN, REFUSED, SET_ASIDE, TO_DO, Server

MEANINGS = {
    CLEAN: "well",
    TO_DO: "something to do",
    SET_ASIDE: "something set aside",
    REFUSED: "refused",
}
WHOLE, DOCTOR = "run", "check"


def main(words: list[str]) -> int:
    """Run, print, and return 1 where something did harm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--save", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--every", type=int, default=1)
    asked = parser.parse_args(words)
    began = time.monotonic()
    codes: dict[str, Counter[int]] = {WHOLE: Counter(), DOCTOR: Counter()}
    failed, slowest, largest = [], (0.0, -1), (0, -1)
    for number, (seed, way, made, outcome) in enumerate(_run_all(asked), start=1):
        codes[way][outcome.ended.code] += 1
        slowest = max(slowest, (outcome.ended.seconds, seed))
        largest = max(largest, (outcome.ended.memory, seed))
        if outcome.harm:
            failed.append(seed)
            _tell(seed, made, outcome)
            write_mutant(made, asked.save / str(seed))
        if number % 500 == 0:
            print(f"... {number} seeds, {time.monotonic() - began:.0f} s", flush=True)
    print(f"seeds {asked.first} to {asked.last} in {time.monotonic() - began:.0f} s")
    for way, counts in codes.items():
        for code, count in sorted(counts.items()):
            print(f"  {way}: exit code {code} ({MEANINGS.get(code, 'never on purpose')}): {count}")
    print(f"  slowest: {slowest[0]:.1f} s (seed {slowest[1]})")
    print(f"  largest: {largest[0] >> 20} MiB (seed {largest[1]})")
    print(f"  harm: {len(failed)} {sorted(failed) or ''}".rstrip(), flush=True)
    return int(bool(failed))


def _run_all(asked: argparse.Namespace) -> Iterator[tuple[int, str, Mutant, Outcome]]:
    """Each seed, what was run, its mutant and how that ended."""
    here = threading.local()

    def run(seed: int) -> tuple[int, str, Mutant, Outcome]:
        if not hasattr(here, "server"):
            here.server = Server()
        made = mutant(seed)
        whole = seed % asked.every == 0
        return (
            seed,
            WHOLE if whole else DOCTOR,
            made,
            (run_mutant if whole else check_mutant)(made, here.server),
        )

    with ThreadPoolExecutor(asked.processes) as workers:
        for first in range(
            asked.first, asked.last + 1, 100
        ):  # not all at once: mutants are kept until they are told of
            yield from workers.map(run, range(first, min(first + 100, asked.last + 1)))


def _tell(seed: int, made: Mutant, outcome: Outcome) -> None:
    print(f"seed {seed}: {made.damaged}: {'; '.join(made.steps)}")
    for one in outcome.harm:
        print(f"    {one}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
