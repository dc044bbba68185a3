"""Runs with all outputs: a small practice beside `import pandas`, and a large workbook beside plain pandas.

    python tests/benchmarks/outputs.py [--times 5] [--rows 100000] [--lines 10000]

The small practice has 10,000 lines and about three hundred fixes. The large one is read from a workbook (Xero's lines; jobs
and XPM's invoices as CSV) by both; plain pandas reads it with openpyxl and writes the flagged invoices with to_excel.
Whole processes that take turns; prints medians and targets. Exits with 1 when a contender failed or answered wrongly.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from run import (
    AS_OF,
    HERE,
    OURS,
    PANDAS,
    PLAIN,
    SOMETHING_TO_DO,
    Contender,
    number,
    over,
    run_once,
    wrong_answers,
)

SMALL, FAULTY = 10_000, 0.075


def make(folder: Path, lines: int, *more: str) -> None:
    """Make a practice, in a process of its own: this one stays small (run.py says why)."""
    subprocess.run(
        [sys.executable, str(HERE / "make_practice.py"), str(lines), str(folder), *more],
        check=True,
        stdout=sys.stderr,
    )


def ours(practice: Path, folder: Path) -> list[str]:
    """The whole program, as people run it: every output."""
    return [
        sys.executable,
        "-m",
        "reconcile",
        "run",
        str(practice),
        "--out",
        str(folder / "out"),
        "--as-of",
        AS_OF,
    ]


def in_turns(contenders: list[Contender], practice: Path, folder: Path, times: int) -> None:
    for turn in range(times):
        start = turn % len(contenders)
        for contender in contenders[start:] + contenders[:start]:
            if not contender.fault:
                run_once(
                    contender,
                    practice,
                    folder / f"{practice.name}-{turn}-{contender.name.replace(' ', '-')}",
                )


def compare(
    contenders: list[Contender], practice: Path, folder: Path, times: int, words: str, limit: float
) -> bool:
    """Run, print, and say whether every answer was right."""
    in_turns(contenders, practice, folder, times)
    control = json.loads((practice / "control.json").read_text(encoding="utf-8"))
    wrong = {
        contender.name: faults
        for contender in contenders
        if (faults := wrong_answers(contender, control))
    }
    ratio = over(contenders[0].median(), contenders[1].median())
    state = "not measured" if ratio is None else "met" if ratio <= limit else "MISSED"
    print(f"- {state}: {words}: at most {limit} x ({number(ratio)})")
    for contender in contenders:
        some = contender.seconds or [0.0]
        print(
            f"  - {contender.name}: {number(contender.median())} s ({min(some):.2f} to {max(some):.2f}), {max(contender.peak_bytes or [0]) >> 20} MiB"
        )
    if not contenders[0].fault:
        fixes = json.loads(
            (contenders[0].last_folder / "out" / "fixlist.json").read_text(encoding="utf-8-sig")
        )["fixes"]
        print(
            f"  - {control['invoices']:,} invoices, {control['faulty']:,} faulty, {len(fixes):,} fixes"
        )
    for name, faults in wrong.items():
        print(f"  - WRONG: {name}: {'; '.join(faults[:5])}")
    sys.stdout.flush()
    return not wrong


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Runs with all outputs, beside what a user would run instead."
    )
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=SMALL, help="of the small practice")
    wanted = parser.parse_args()
    plain = str(HERE / "plain_pandas.py")
    with tempfile.TemporaryDirectory(prefix="reconcile-outputs-") as name:
        folder = Path(name)
        make(folder / "small", wanted.lines, "--faulty", str(FAULTY))
        make(folder / "large", wanted.rows, "--workbook")
        pandas = Contender(PANDAS, lambda practice, out: [sys.executable, "-c", "import pandas"])
        small = [Contender(OURS, ours, right_exit=SOMETHING_TO_DO), pandas]
        script = Contender(
            PLAIN,
            lambda practice, out: [
                sys.executable,
                plain,
                str(practice),
                str(out / "flagged.xlsx"),
                "--xlsx",
            ],
        )
        large = [Contender(OURS, ours, right_exit=SOMETHING_TO_DO), script]
        right = compare(
            small,
            folder / "small",
            folder,
            wanted.times,
            f"{wanted.lines:,} lines, all outputs, beside import pandas",
            4,
        )
        words = f"{wanted.rows:,} rows of a workbook, all outputs, beside plain pandas with openpyxl and to_excel"
        right &= compare(large, folder / "large", folder, wanted.times, words, 0.25)
    raise SystemExit(0 if right else 1)


if __name__ == "__main__":
    main()
