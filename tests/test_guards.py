"""What guards a practice's figures holds where Python leaves its assert statements out, and nothing is written then.

Each case takes something away inside the program, as a bug would; the program runs as users run it, under `python -O`.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tools.make_golden import SAMPLE

import reconcile

PACKAGE = Path(reconcile.__file__).resolve().parent


DRIVER = """
import sys

assert False, "assert statements are left out"

import reconcile.cli.main, reconcile.exports.control_totals as control_totals, reconcile.fixes.fix_list as fix_list
import reconcile.pipeline as pipeline, reconcile.verdicts.verdicts as verdicts

write_ledger, meanings, keep, count = (
    verdicts.write_ledger, verdicts._meanings, pipeline.take_out, control_totals.Account.count
)


def without_a_row(*given):
    return write_ledger(*given).iloc[1:].reset_index(drop=True)


def with_a_row_twice(*given):
    ledger = write_ledger(*given)
    return ledger.iloc[[0, *range(len(ledger))]].reset_index(drop=True)


def with_a_cent_more(*given):
    ledger = write_ledger(*given)
    return ledger.assign(total_cents=ledger["total_cents"].where(ledger.index != 0, ledger["total_cents"] + 1))


def without_meanings(*given):
    needed, found = meanings(*given)
    return needed * 0 - 1, found


def with_an_odd_outcome(findings, *given):
    counted = keep(findings, *given)
    counted.findings.ledger["outcome"] = counted.findings.ledger["outcome"].where(counted.findings.ledger.index != 0, "odd")
    return counted


def less_one(account, grid, way, rows):
    count(account, grid, way, rows - (way == "records"))


CHANGES = {
    "nothing": (verdicts, "write_ledger", write_ledger),
    "a row lost": (verdicts, "write_ledger", without_a_row),
    "a row twice": (verdicts, "write_ledger", with_a_row_twice),
    "an amount": (verdicts, "write_ledger", with_a_cent_more),
    "no meaning": (verdicts, "_meanings", without_meanings),
    "an outcome": (pipeline, "take_out", with_an_odd_outcome),
    "a row of a file": (control_totals.Account, "count", less_one),
}
setattr(*CHANGES[sys.argv.pop(1)])
reconcile.cli.main.start()
"""


def run_with(change, tmp_path):
    driver, out = tmp_path / "driver.py", tmp_path / "out"
    driver.write_text(DRIVER, encoding="utf-8")
    command = ["run", str(SAMPLE), "--as-of", "2026-11-23", "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-O", str(driver), change, *command],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done, sorted(path.name for path in out.rglob("*")) if out.exists() else []


@pytest.mark.long
@pytest.mark.parametrize(
    "change",
    ["a row lost", "a row twice", "an amount", "no meaning", "an outcome", "a row of a file"],
)
def test_what_does_not_add_up_is_refused_and_nothing_is_written(change, tmp_path):
    done, written = run_with(change, tmp_path)
    assert done.returncode == 1, done.stderr
    assert "Unaccounted: (what it says is withheld" in done.stderr
    assert written == []


@pytest.mark.long
def test_the_same_run_with_nothing_taken_away_is_written(tmp_path):
    done, written = run_with("nothing", tmp_path)
    assert done.returncode == 10 and "fixlist.json" in written, done.stderr


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_no_check_is_an_assert(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]
