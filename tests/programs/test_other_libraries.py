"""Libraries that people open workbooks with in programs of their own open this program's: exceljs and xlsx-populate, of npm.

They are installed anew into a folder of these tests, by npm, which takes half a minute; neither is a part of the program.
What is asked of each: every sheet is there, and every text, number and blank is the one that calamine finds.
Source: contract.md "fixlist.xlsx"; issue 18.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from made.records import failed, record
from python_calamine import CalamineWorkbook
from tools.make_golden import run_sample

from reconcile.batch.overview_xlsx import overview_workbook

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        shutil.which("node") is None or shutil.which("npm") is None,
        reason="node and npm are not installed: other libraries' reading of our workbooks is not tried",
    ),
]

PATIENCE = 300  # seconds; a timeout and no measurement
LIBRARIES = {"exceljs": "4.4.0", "xlsx-populate": "1.21.0"}
# Each prints {sheet: [[row, column, value], ...]} of the cells that hold something; a day as its number.
PROGRAMS = {
    "exceljs": """
const Excel = require("exceljs");
const serial = (day) => day.getTime() / 86400000 + 25569;
const plain = (value) => value instanceof Date ? serial(value) : value && value.richText
  ? value.richText.map((run) => run.text).join("") : value && value.text !== undefined ? value.text : value;
const book = new Excel.Workbook();
book.xlsx.readFile(process.argv[2]).then(() => {
  const told = {};
  book.eachSheet((sheet) => {
    told[sheet.name] = [];
    sheet.eachRow((row, at) => row.eachCell((cell, column) => told[sheet.name].push([at, column, plain(cell.value)])));
  });
  console.log(JSON.stringify(told));
}).catch((error) => { console.error(error); process.exit(1); });
""",
    "xlsx-populate": """
const Populate = require("xlsx-populate");
Populate.fromFileAsync(process.argv[2]).then((book) => {
  const told = {};
  for (const sheet of book.sheets()) {
    told[sheet.name()] = [];
    const used = sheet.usedRange();
    if (used) used.forEach((cell) => {
      const value = cell.value();
      if (value !== undefined) told[sheet.name()].push([
        cell.rowNumber(), cell.columnNumber(), value instanceof Populate.RichText ? value.text() : value]);
    });
  }
  console.log(JSON.stringify(told));
}).catch((error) => { console.error(error); process.exit(1); });
""",
}


@pytest.fixture(scope="module")
def modules(tmp_path_factory) -> Path:
    """A folder in which the libraries are installed; the tests are skipped where npm cannot fetch them."""
    folder = tmp_path_factory.mktemp("modules")
    wanted = [f"{name}@{version}" for name, version in LIBRARIES.items()]
    command = [shutil.which("npm"), "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        done = subprocess.run(
            [*command, *wanted], cwd=folder, capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not fetch the libraries in {PATIENCE} s")
    if done.returncode:
        pytest.skip(f"npm cannot fetch the libraries: {done.stderr.strip()[-300:]}")
    return folder


@pytest.fixture(scope="module")
def books(tmp_path_factory) -> dict[str, Path]:
    """The two kinds of workbook that this program writes."""
    folder = tmp_path_factory.mktemp("books")
    run_sample(folder / "sample")
    records = [record("A & B", causes=[("fix", "T26", 1, 5_000)]), failed("x.", practice="C")]
    overview = folder / "overview.xlsx"
    overview.write_bytes(overview_workbook(records, date(2026, 11, 23), "All", folder))
    return {"fixlist": folder / "sample" / "fixlist.xlsx", "overview": overview}


def cells_by_calamine(path: Path) -> dict[str, list[list[Any]]]:
    """The cells that hold something, of each sheet; a day as its number."""
    book = CalamineWorkbook.from_path(path)
    return {
        name: [
            [at, column, number_of(cell)]
            for at, row in enumerate(book.get_sheet_by_name(name).to_python(False), start=1)
            for column, cell in enumerate(row, start=1)
            if cell != ""
        ]
        for name in book.sheet_names
    }


def number_of(cell: Any) -> Any:
    """A day as its number; whatever else as it is."""
    return (cell - date(1899, 12, 30)).days if isinstance(cell, date) else cell


def as_shown(library: str, cell: Any) -> Any:
    """A cell as a library shows it: xlsx-populate takes a text of nothing but a number for that number, in every workbook."""
    if library == "xlsx-populate" and isinstance(cell, str) and re.fullmatch(r"[1-9]\d*", cell):
        return int(cell)
    return cell


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", ["fixlist", "overview"])
def test_another_library_finds_the_same_cells(modules, books, library, name):
    program = modules / f"{library}-reads.js"
    program.write_text(PROGRAMS[library], encoding="utf-8")
    command = [shutil.which("node"), str(program), str(books[name])]
    done = subprocess.run(
        command, cwd=modules, capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    wanted = cells_by_calamine(books[name])
    found = json.loads(done.stdout)
    assert list(found) == list(wanted)
    for sheet, cells in wanted.items():
        shown = [[*place, as_shown(library, cell)] for *place, cell in cells]
        assert found[sheet] == shown, sheet
