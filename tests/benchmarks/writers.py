"""What each output costs: a practice of a hundred thousand invoice lines with two thousand fixes, all files written.

    python tests/benchmarks/writers.py [--lines 100000] [--faulty 0.055] [--times 5]

Whole processes of `reconcile run`, in turn: into an empty folder, and into one that holds the last workbook with a note
typed into every tenth row. Each process notes how long each stage took, so that the shares are those of the same runs.
Prints one Markdown table of medians, fastest and slowest run, and the versions. Exits with 1 when a run failed.
"""

import argparse
import importlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
AS_OF = "2026-11-20"
FILES = ("invoices.csv", "jobs.csv", "xpm_invoices.csv")
SOMETHING_TO_DO = 10  # reconcile's exit code when it ran over everything and found faults
EMPTY, TYPED = "into an empty folder", "over a workbook with notes typed in it"
LIBRARIES = ("pandas", "pyarrow", "xlsxwriter")

# What is timed, in the order of the table: its name, the module that calls it by name, and the function.
STAGES = (
    ("reading the exports", "reconcile.pipeline", "read_exports"),
    ("deciding", "reconcile.pipeline", "find"),
    ("planning and proving", "reconcile.pipeline", "Rehearsal"),
    ("planning and proving", "reconcile.pipeline", "plan"),
    ("planning and proving", "reconcile.pipeline", "forecast"),
    ("root causes", "reconcile.pipeline", "find_roots"),
    ("notes of the last workbook", "reconcile.nightly.run", "read_notes"),
    ("fixlist.xlsx", "reconcile.reports.workbook", "workbook"),
    ("fixlist.csv", "reconcile.reports.write_reports", "actions_csv"),
    ("fixlist.json", "reconcile.reports.write_reports", "fixlist_json"),
    ("invoices.csv", "reconcile.reports.write_reports", "ledger_csv"),
    ("jobs.csv", "reconcile.reports.write_reports", "jobs_csv"),
    ("report.html", "reconcile.reports.html_page", "page"),
    ("onto the disk", "reconcile.reports.write_reports", "write_files"),
)
REST = "the rest: Python, imports, summary"


# The process that is measured ---------------------------------------------------------------------------------------


def run_timed(seconds_path: Path, arguments: list[str]) -> None:
    """Run reconcile with these arguments, and write down how long each stage took.

    A stage is timed where it is called by its name in a module; one that is not there (yet) takes no time.
    """
    seconds: dict[str, float] = defaultdict(float)

    def timed(stage: str, function):
        def timing(*given, **named):
            started = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                seconds[stage] += time.perf_counter() - started

        return timing

    import reconcile.cli.main

    for stage, module_name, name in STAGES:
        try:
            module = importlib.import_module(module_name)
        except ModuleNotFoundError:
            continue
        setattr(module, name, timed(stage, getattr(module, name)))
    sys.argv[1:] = arguments
    try:
        reconcile.cli.main.start()
    finally:
        seconds_path.write_text(json.dumps(seconds), encoding="utf-8")


# The process that measures ------------------------------------------------------------------------------------------


def environment() -> dict[str, str]:
    """This process's environment without settings of reconcile's, with the package beside these tests importable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECONCILE_")}
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def run_once(practice: Path, folder: Path, last: Path | None = None) -> dict[str, float]:
    """Run once in a fresh folder, over a copy of the last workbook where there is one.

    Returns:
        Wall seconds of each stage; of the whole process under "total".
    """
    out, seconds_path = folder / "out", folder / "seconds.json"
    out.mkdir(parents=True)
    if last:
        shutil.copy(last, out / "fixlist.xlsx")
    inputs = [str(practice / name) for name in FILES]
    command = [sys.executable, str(HERE / "writers.py"), "--timed", str(seconds_path)]
    command += ["run", *inputs, "--out", str(out), "--as-of", AS_OF, "-q"]
    started = time.perf_counter()
    ended = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)
    total = time.perf_counter() - started
    if ended.returncode != SOMETHING_TO_DO:
        raise SystemExit(
            f"exit code {ended.returncode} instead of {SOMETHING_TO_DO}: {ended.stderr.strip()[-500:]}"
        )
    return {**json.loads(seconds_path.read_text(encoding="utf-8")), "total": total}


def type_notes(path: Path) -> tuple[int, int]:
    """Type a note into every tenth row of the Fix list; returns the rows and the fixes."""
    from openpyxl import load_workbook

    book = load_workbook(path)
    sheet = book["Fix list"]
    at = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1, 10):
        sheet.cell(row, at["note"], "rang the client")
    fixes = {sheet.cell(row, at["fix id"]).value for row in range(2, sheet.max_row + 1)}
    book.save(path)
    return sheet.max_row - 1, len(fixes)


def measure(
    practice: Path, times: int, folder: Path
) -> tuple[dict[str, list[dict[str, float]]], str]:
    """Run each way `times` times in turn; returns the seconds of each, and what was written in words."""
    run_once(
        practice, folder / "first"
    )  # and once not counted: the files are in the system's memory from here on
    last = folder / "first" / "out" / "fixlist.xlsx"
    sizes = {path.name: path.stat().st_size for path in sorted(last.parent.iterdir())}
    actions, fixes = type_notes(last)
    runs: dict[str, list[dict[str, float]]] = {EMPTY: [], TYPED: []}
    for turn in range(times):
        print(f"round {turn + 1} of {times}", file=sys.stderr, flush=True)
        for name in (EMPTY, TYPED) if turn % 2 == 0 else (TYPED, EMPTY):
            place = folder / f"{turn}-{len(runs[name])}-{name == TYPED}"
            runs[name].append(run_once(practice, place, last if name == TYPED else None))
            shutil.rmtree(place)
    shown = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items())
    return runs, f"{fixes:,} fixes, {actions:,} actions; {shown}"


def print_table(runs: dict[str, list[dict[str, float]]]) -> None:
    """Print the medians of each stage and its share of the whole."""
    print("| stage | " + " | ".join(f"{name}, s | share" for name in runs) + " |")
    print("| --- |" + " ---: | ---: |" * len(runs))
    totals = {name: statistics.median(run["total"] for run in of) for name, of in runs.items()}
    stages = [*dict.fromkeys(stage for stage, _, _ in STAGES), REST]
    for stage in stages:
        cells = []
        for name, of in runs.items():
            each = [rest_of(run) if stage == REST else run.get(stage) for run in of]
            middle = None if None in each else statistics.median(each)
            cells += (
                ["-", "-"] if middle is None else [f"{middle:.2f}", f"{middle / totals[name]:.0%}"]
            )
        print(f"| {stage} | " + " | ".join(cells) + " |")
    print(
        "| **the whole process** | "
        + " | ".join(f"**{total:.2f}** | 100%" for total in totals.values())
        + " |"
    )


def rest_of(run: dict[str, float]) -> float:
    """What no stage took."""
    return 2 * run["total"] - sum(run.values())


def main() -> None:
    parser = argparse.ArgumentParser(description="What each output of a large practice costs.")
    parser.add_argument("--lines", type=int, default=100_000, help="invoice lines")
    parser.add_argument("--faulty", type=float, default=0.055, help="the share of faulty invoices")
    parser.add_argument(
        "--times", type=int, default=5, help="runs of each, of which the median counts"
    )
    wanted = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(HERE)]
    import make_practice

    make_practice.FAULTY_SHARE = wanted.faulty
    with tempfile.TemporaryDirectory(prefix="reconcile-writers-") as name:
        folder = Path(name)
        control = make_practice.make_practice(wanted.lines, folder / "practice")
        runs, written = measure(folder / "practice", wanted.times, folder)
    print(
        f"{control['lines']:,} lines, {control['invoices']:,} invoices, {control['jobs']:,} jobs, {written}\n"
    )
    print_table(runs)
    print("\nFastest and slowest run, s:\n")
    for name, of in runs.items():
        seconds = [run["total"] for run in of]
        print(f"- {name}: {min(seconds):.2f} to {max(seconds):.2f}")
    print(
        f"\nPython {platform.python_version()}, {', '.join(map(words_of_version, LIBRARIES))}; {os.cpu_count()} cores"
    )


def words_of_version(library: str) -> str:
    """A library and its version."""
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return f"no {library}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--timed"]:
        run_timed(Path(sys.argv[2]), sys.argv[3:])
    else:
        main()
