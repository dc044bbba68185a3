"""The sample data through the command line, byte for byte as it was looked at and agreed on (tests/golden)."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tools.make_golden import ASKED, GOLDEN, OUT, ask_sample, run_sample
from tools.make_sample_data import INTENDED


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    (folder / "summary.txt").write_text(run_sample(folder / OUT), encoding="utf-8", newline="\n")
    return folder


@pytest.mark.parametrize("name", ["fixlist.csv", "fixlist.json", "invoices.csv", "jobs.csv"])
def test_the_sample_gives_the_agreed_file(written, name):
    assert (written / OUT / name).read_bytes() == (GOLDEN / name).read_bytes()


def test_the_sample_gives_the_agreed_summary(written):
    assert (written / "summary.txt").read_text(encoding="utf-8") == (
        GOLDEN / "summary.txt"
    ).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ASKED)
def test_the_sample_is_explained_as_agreed(name):
    assert ask_sample(ASKED[name]) == (GOLDEN / name).read_text(encoding="utf-8")


def test_a_second_run_gives_the_same_workbook(written, tmp_path):
    run_sample(tmp_path)
    assert (tmp_path / "fixlist.xlsx").read_bytes() == (written / OUT / "fixlist.xlsx").read_bytes()


def test_every_invoice_of_the_sample_has_the_cause_it_was_made_for(written):
    import csv

    text = (written / OUT / "invoices.csv").read_text(encoding="utf-8-sig")
    causes = {row["invoice_no"]: row["cause"] for row in csv.DictReader(io.StringIO(text))}
    assert {number: causes[number] for number in INTENDED} == INTENDED


def test_the_workbook_holds_one_row_per_action(written):
    import csv

    text = (written / OUT / "fixlist.csv").read_text(encoding="utf-8-sig")
    sheet = load_workbook(written / OUT / "fixlist.xlsx")["Fix list"]
    listed = [row[8] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert listed == [row["what_to_do"] for row in csv.DictReader(io.StringIO(text))]
