"""How long proving takes: thousands of fixes over a hundred thousand invoices, beside replaying the whole practice for each.

    python tests/benchmarks/proving.py [--lines 57500 115000 230000] [--times 5]

Prints one markdown table of medians: what planning takes with every proof (alone, every choice, all together, the forecast),
what one full replay takes, and what a full replay for each fix and choice would take. Not a test: the target is printed as
met or MISSED.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

import make_practice

from reconcile.exports.files.sources import find_sources
from reconcile.exports.tables import read_exports
from reconcile.fixes.fix_list import forecast, plan
from reconcile.fixes.proof import Rehearsal
from reconcile.rules.overnight import pick_jobs, replay
from reconcile.settings.model import Settings
from reconcile.verdicts.verdicts import find

FAULTY = 0.061  # so that a hundred thousand invoices have five thousand fixes
TARGET_FIXES, TARGET_SECONDS = 5_000, 5.0


def measure(lines: int, times: int, folder: Path) -> tuple[int, int, float, float, float]:
    """Invoices, fixes, ways, seconds of planning with all proofs, and seconds of one full replay."""
    make_practice.make_practice(lines, folder, faulty=FAULTY)
    settings, as_of = Settings(), make_practice.AS_OF
    exports = read_exports(find_sources([str(folder / "*.csv")]), settings)
    findings = find(exports, settings, as_of)
    planning, replaying = [], []
    for _ in range(times):
        start = time.perf_counter()
        rehearsal = Rehearsal(findings, settings, as_of)
        fixes = plan(findings, settings, as_of, rehearsal)
        forecast(fixes, rehearsal)
        planning.append(time.perf_counter() - start)
        start = time.perf_counter()
        picks = pick_jobs(findings.picks.index, findings.jobs)
        given = findings.xpm_given
        replay(findings.ledger, findings.jobs, findings.facts, picks, settings, as_of, given)
        replaying.append(time.perf_counter() - start)
    ways = sum(len(fix.choices or (1,)) for fix in fixes)
    return (
        len(findings.ledger),
        len(fixes),
        ways,
        statistics.median(planning),
        statistics.median(replaying),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Proving thousands of fixes.")
    parser.add_argument("--lines", type=int, nargs="+", default=[57_500, 115_000, 230_000])
    parser.add_argument("--times", type=int, default=5)
    wanted = parser.parse_args()
    print(
        "| invoices | fixes | ways | plan and prove s | one full replay s | a full replay for each way s | ratio |"
    )
    print("| ---: " * 7 + "|")
    for lines in wanted.lines:
        with tempfile.TemporaryDirectory(prefix="reconcile-prove-") as folder:
            invoices, fixes, ways, planning, replaying = measure(lines, wanted.times, Path(folder))
        print(
            f"| {invoices:,} | {fixes:,} | {ways:,} | {planning:.2f} | {replaying:.3f} | {ways * replaying:,.0f} "
            f"| {planning / (ways * replaying):.4f} |",
            flush=True,
        )
        if fixes >= TARGET_FIXES and invoices >= 90_000:
            state = "met" if planning < TARGET_SECONDS else "MISSED"
            print(
                f"\n{state}: {TARGET_FIXES:,} fixes over 100,000 invoices in under {TARGET_SECONDS:.0f} s ({planning:.2f})"
            )


if __name__ == "__main__":
    main()
