"""docs/contributing.md: each recipe does what it says on a copy of the package, and each path and room that it names is there."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from made.files import job, jobs_csv, save, xero_csv, xero_line, xpm_csv, xpm_invoice

from reconcile.exports.columns import XERO_INVOICES, column_of, header_forms, plain_header
from reconcile.reports.csv_files import INVOICE_COLUMNS
from reconcile.rules.causes import CAUSES

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
RECIPE = re.compile(r"<!-- recipe: (\w+) -->\n```diff\n(\S+)\n(.*?)```", re.DOTALL)


def carry_out(name: str, folder: Path) -> None:
    """Change the copy of the package as the blocks of one recipe say, each line as it stands there."""
    blocks = [(file, lines) for kind, file, lines in RECIPE.findall(TEXT) if kind == name]
    assert blocks, f"no recipe {name}"
    for file, block in blocks:
        lines = block.splitlines()
        assert {line[:1] for line in lines} <= {" ", "-", "+", ""}
        before, after = (
            "".join(f"{line[1:]}\n" for line in lines if not line.startswith(left_out))
            for left_out in ("+", "-")
        )
        path = folder / file
        source = path.read_text(encoding="utf-8")
        assert source.count(before) == 1, f"{file} has no such lines, or several times: {before}"
        path.write_text(source.replace(before, after), encoding="utf-8")


@pytest.fixture(scope="module")
def rows(tmp_path_factory) -> dict[str, dict[str, str]]:
    """invoices.csv, by number, as a copy of the package writes it in which every recipe is carried out."""
    folder = tmp_path_factory.mktemp("copy")
    ours = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "reconcile", folder / "reconcile", ignore=ours)
    for name in ("alias", "column", "cause"):
        carry_out(name, folder)
    (folder / "in").mkdir()
    ahead = xpm_invoice(invoice_no="INV-9", date="31-Dec-2062")
    lines = [xero_line(), xero_line(InvoiceNumber="INV-9", InvoiceDate="31/12/2062")]
    header = [name if name != "Reference" else "Invoice Reference" for name in lines[0]]
    renamed = [dict(zip(header, line.values(), strict=True)) for line in lines]
    save(folder / "in" / "xero.csv", xero_csv(*renamed, header=header))
    save(folder / "in" / "jobs.csv", jobs_csv(job()))
    save(folder / "in" / "xpm.csv", xpm_csv(xpm_invoice(), ahead))
    command = ["run", "in", "--out", "out", "--as-of", "2026-11-23", "--format", "csv"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "reconcile", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 10, done.stderr
    text = (folder / "out" / "invoices.csv").read_text(encoding="utf-8-sig")
    return {row["invoice_no"]: row for row in csv.DictReader(text.splitlines())}


def test_the_recipes_add_what_is_not_there():
    known = header_forms(column_of(XERO_INVOICES, "reference"))
    assert plain_header("Invoice Reference") not in known
    assert "now_client" not in INVOICE_COLUMNS
    assert "T29" not in {cause.id for cause in CAUSES}


def test_a_new_header_alias_is_recognised(rows):
    assert {row["reference"] for row in rows.values()} == {xero_line()["Reference"]}


def test_a_new_column_is_in_invoices_csv(rows):
    assert rows["INV-9"]["now_client"] == xero_line()["ContactName"]


def test_a_new_cause_is_found_where_it_holds_and_nowhere_else(rows):
    found = {no: (row["outcome"], row["cause"], row["finding"]) for no, row in rows.items()}
    (fine,) = found.keys() - {"INV-9"}
    assert found["INV-9"] == ("review", "T29", "year-mistyped")
    assert found[fine][1] == ""


def test_every_path_that_is_named_is_there():
    named = set(
        re.findall(
            r"(?<![\w./-])((?:reconcile|tests|docs|\.ci)/[\w./-]*\w/?|pyproject\.toml)", TEXT
        )
    )
    assert len(named) > 30
    assert not [path for path in sorted(named) if not (ROOT / path).exists()]


def test_every_room_is_in_the_table_and_every_row_is_a_room():
    rooms = {
        f"{path.parent.relative_to(ROOT).as_posix()}/"
        for path in ROOT.glob("reconcile/*/__init__.py")
    }
    assert set(re.findall(r"^\| `(reconcile/\w+/)` \|", TEXT, re.MULTILINE)) == rooms


def test_every_room_and_module_of_the_picture_is_there():
    picture = re.search(r"```mermaid\n(.*?)```", TEXT, re.DOTALL)[1]
    named = set(re.findall(r"\b(?:exports|rules|fixes)/\w+", picture))
    assert len(named) >= 7
    for path in sorted(named):
        there = ROOT / "reconcile" / path
        assert there.is_dir() or there.with_suffix(".py").is_file(), path


def test_the_stages_that_ci_is_said_to_have_are_there():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    stages = set(re.findall(r"^step ([\w-]+) ", ci, re.MULTILINE))
    assert {
        "lowest",
        "ruff-check",
        "ruff-format",
        "lint-imports",
        "mypy",
        "benchmarks",
        "holes",
    } <= stages
