"""A real spreadsheet program opens, recalculates, saves and prints what this program writes: nothing in it is an error.

A start of LibreOffice costs seconds, so the files of this module are converted by three: one saves workbooks, one opens
CSV files, one prints. Each converts a file with faults too, which shows that a fault would be seen.
Source: contract.md "fixlist.xlsx", "cells never start a formula".
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hostile.payloads import PAYLOADS, in_workbook
from made.files import (
    job,
    jobs_csv,
    save,
    write_workbook,
    xero_csv,
    xero_line,
    xpm_csv,
    xpm_invoice,
)
from python_calamine import CalamineWorkbook
from tools.make_golden import run_sample

import reconcile

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        shutil.which("soffice") is None,
        reason="LibreOffice is not installed: its reading of our files is not tried",
    ),
]

AS_OF = date(2026, 11, 23)
MANY = 2_000  # fixes
PATIENCE = 300  # seconds; a timeout and no measurement
CSV_FILES = ("fixlist.csv", "invoices.csv", "jobs.csv")
# Not asked of LibreOffice: it breaks a paragraph after 16,384 letters, and saves _x005F_ as it stands.
TEXTS = [
    payload.text
    for payload in PAYLOADS
    if payload.kind != "long" and payload.id != "escape of an escape"
]
# Recalculate every formula of a workbook on opening it, whatever the file says.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


@pytest.fixture(scope="module")
def profile(tmp_path_factory) -> Path:
    """A user's folder of LibreOffice's own, so that no window that is open gets in the way."""
    folder = tmp_path_factory.mktemp("profile")
    (folder / "user").mkdir()
    save(folder / "user" / "registrymodifications.xcu", RECALCULATE)
    return folder


def convert(profile: Path, paths: Iterable[Path], to: str, out: Path, *options: str) -> Path:
    """Convert files, all by one start of LibreOffice; returns the folder of the results, which have the same stems."""
    names = [str(path) for path in paths]
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", *options]
    command += ["--convert-to", to, "--outdir", str(out), *names]
    done = subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    assert done.stdout.count(b"convert ") == len(names), done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> dict[str, Path]:
    """The outputs of three practices: of the sample data, of hostile texts and of many fixes."""
    folder = tmp_path_factory.mktemp("written")
    run_sample(folder / "sample")
    names = [f"Client {at:04d} Pty Ltd" for at in range(MANY)]
    for name, texts in (("texts", TEXTS), ("many", names)):
        exports = folder / f"{name}-exports"
        exports.mkdir()
        write_exports(exports, texts)
        reconcile.run([str(exports)], folder / name, AS_OF)
    return {name: folder / name for name in ("sample", "texts", "many")}


def write_exports(folder: Path, texts: Sequence[str]) -> None:
    """One client per text, whose job has no order number and whose invoice is on the client (T6): one fix each."""
    invoices = [xero_line(ContactName=text, InvoiceNumber=text, Reference=text) for text in texts]
    save(folder / "xero.csv", xero_csv(*invoices))
    rows = [
        job(job_no=f"J{at:06d}", client=text, name="Monthly", client_order_no="")
        for at, text in enumerate(texts)
    ]
    save(folder / "jobs.csv", jobs_csv(*rows))
    copies = [xpm_invoice(invoice_no=text, job_numbers="", client=text) for text in texts]
    save(folder / "xpm-invoices.csv", xpm_csv(*copies))


# Saved ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(written, profile, tmp_path_factory) -> Path:
    """Every workbook, recalculated and saved, under its practice's name; and one with faults."""
    folder = tmp_path_factory.mktemp("saved")
    paths = [
        shutil.copy(path / "fixlist.xlsx", folder / f"{name}.xlsx")
        for name, path in written.items()
    ]
    paths.append(
        write_workbook(
            folder / "faults.xlsx", {"Faults": [["=1+1", "=NOSUCH(1)", "=1/0", "=A2+#REF!"]]}
        )
    )
    return convert(profile, paths, "xlsx", folder / "out")


def cells(path: Path) -> dict[str, list[list[Any]]]:
    """The cells of each sheet, those that hold something, up to the last one."""
    book = CalamineWorkbook.from_path(path)
    sheets = {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }
    return {
        name: [[cell for cell in row if cell != ""] for row in rows]
        for name, rows in sheets.items()
    }


def faults(path: Path) -> list[str]:
    """The cells of a workbook that hold an error, and those that hold a formula."""
    with zipfile.ZipFile(path) as parts:
        sheets = [
            parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")
        ]
    found = re.findall(rb'<c r="(\w+)"(?:[^>]* t="e"[^>]*>|[^>]*><f\b)', b"".join(sheets))
    return [place.decode() for place in found]


def test_a_workbook_with_faults_shows_them(saved):
    assert faults(saved / "faults.xlsx") == ["A1", "B1", "C1", "D1"]
    assert (
        cells(saved / "faults.xlsx")["Faults"][0][0] == 2
    )  # recalculated: it was saved without values


@pytest.mark.parametrize("name", ["sample", "texts", "many"])
def test_a_recalculated_workbook_has_no_error_and_the_same_cells(written, saved, name):
    before, after = cells(written[name] / "fixlist.xlsx"), cells(saved / f"{name}.xlsx")
    assert faults(saved / f"{name}.xlsx") == []
    assert list(after) == list(before)
    for sheet, rows in before.items():
        assert after[sheet][: len(rows)] == rows, sheet
        assert not any(after[sheet][len(rows) :]), sheet
        assert not any(
            re.match(r"Err:\d|#[A-Z/0]+[!?]", cell)
            for row in rows
            for cell in row
            if isinstance(cell, str)
        )


def test_it_finds_the_texts_and_the_fixes_that_were_written(saved):
    shown = {
        cell
        for row in cells(saved / "texts.xlsx")["Invoices"]
        for cell in row
        if isinstance(cell, str)
    }
    assert {in_workbook(text) for text in TEXTS if text not in ("#N/A", "\x01120")} <= shown
    numbers = {
        cell
        for row in cells(saved / "many.xlsx")["Fix list"]
        for cell in row
        if str(cell).startswith("FX-")
    }
    assert len(numbers) == MANY


# CSV -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def opened(written, profile, tmp_path_factory) -> Path:
    """The CSV files of hostile texts opened as a spreadsheet opens them, and the same texts as they are."""
    folder = tmp_path_factory.mktemp("opened")
    paths = [written["texts"] / name for name in CSV_FILES]
    paths.append(
        save(
            folder / "raw.csv", "".join('"{}"\n'.format(text.replace('"', '""')) for text in TEXTS)
        )
    )
    return convert(
        profile,
        paths,
        "xlsx",
        folder / "out",
        "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1,true",
    )


def test_the_same_texts_as_they_are_would_run(opened):
    assert len(faults(opened / "raw.xlsx")) >= 3


@pytest.mark.parametrize("name", CSV_FILES)
def test_no_cell_of_a_csv_file_runs(opened, name):
    path = (opened / name).with_suffix(".xlsx")
    assert faults(path) == []
    (rows,) = cells(path).values()
    assert len(rows) > len(TEXTS) - 5


# Printed -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(written, profile, tmp_path_factory) -> list[str]:
    """The texts of the printed pages of the sample's workbook."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: the printed pages are not read")
    out = convert(
        profile, [written["sample"] / "fixlist.xlsx"], "pdf", tmp_path_factory.mktemp("printed")
    )
    command = ["pdftotext", "-layout", str(out / "fixlist.pdf"), "-"]
    text = subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE).stdout.decode(
        "utf-8"
    )
    return text.split("\f")[:-1]


def test_every_sheet_is_printed_on_a_few_numbered_pages(written, pages):
    footers = [
        re.findall(r"^\s*(.+), page (\d+) of (\d+)\s*$", page, re.MULTILINE) for page in pages
    ]
    assert [(number, of) for ((_, number, of),) in footers] == [
        (str(at), str(len(pages))) for at in range(1, len(pages) + 1)
    ]
    sheets = [sheet for ((sheet, _, _),) in footers]
    assert list(dict.fromkeys(sheets)) == list(cells(written["sample"] / "fixlist.xlsx"))
    assert len(pages) < 60


def test_the_printed_pages_hold_every_fix_and_no_error(written, pages):
    text = "\n".join(pages)
    wanted = {
        str(cell) for row in cells(written["sample"] / "fixlist.xlsx")["Fix list"] for cell in row
    }
    assert {one for one in wanted if re.fullmatch(r"FX-\d{4}", one)} <= set(
        re.findall(r"FX-\d{4}", text)
    )
    assert not re.search(r"Err:\d|#(REF|NAME|VALUE|DIV/0|N/A)", text.replace("#N/A instead", ""))
