"""What people type into the workbook is there in the next one, whatever was done to the file; nothing typed is lost.

Source: contract.md "fixlist.xlsx"; rules of the issue: sorted, filtered, saved elsewhere, rows deleted, columns renamed.
"""

import shutil
import subprocess
from datetime import date

import pytest
from click.testing import CliRunner
from made.builders import NEVER, TODAY, fixes, invoice, job, xpm_invoice
from made.files import let_rest
from openpyxl import load_workbook

from reconcile.cli.main import main
from reconcile.history.notes import read_notes, row_identities

TYPED = {"done": "x", "status": "Done", "assigned to": "Priya", "note": "rang the client, =2+2 <b>"}


XERO = "ContactName,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,Currency,Type,Status\n"
XERO += "".join(
    f"Acme Pty Ltd,INV-{n},CLI-1,2026-11-1{n},2026-11-30,100.00,AUD,Sales invoice,Paid\n"
    for n in (1, 2, 3)
)
JOBS = "[Job] Job No.,[Job] Name,[Client] Client,[Job] Client Order No.,[State] State,[Job] Date Created\n"
JOBS += "J1,Tax,Acme Pty Ltd,CLI-1,In Progress,2026-01-05\nJ2,Internal,Acme Pty Ltd,,In Progress,2026-01-05\n"
XPM = "[Invoice] Invoice No.,[Invoice] Job Number(s),[Invoice] Date,[Invoice] Client,[Invoice] Amount (incl tax)\n"
XPM += "".join(f"INV-{n},,2026-11-1{n},Acme Pty Ltd,100.00\n" for n in (1, 2, 3))


def run(folder):
    """Three invoices on the client that belong on its job: three fixes of three steps; returns what was said."""
    exports = folder / "exports"
    if not exports.exists():
        exports.mkdir()
        for name, text in (("xero.csv", XERO), ("jobs.csv", JOBS), ("xpm.csv", XPM)):
            (exports / name).write_text(text, encoding="utf-8")
        let_rest(exports)
    command = [
        "run",
        str(exports),
        "--out",
        str(folder),
        "--as-of",
        TODAY.isoformat(),
        "--format",
        "xlsx",
    ]
    return CliRunner().invoke(main, command, catch_exceptions=False).stderr


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    run(folder)
    return folder


@pytest.fixture
def folder(first_run, tmp_path):
    return shutil.copytree(first_run, tmp_path / "fixlist")


def columns(sheet):
    return {cell.value: cell.column for cell in sheet[1]}


def type_into(path, change=lambda book: None):
    """Type into the first row of FX-0003 and a job's row; then do something to the book."""
    book = load_workbook(path)
    sheet, at = book["Fix list"], columns(book["Fix list"])
    row = next(
        row
        for row in range(2, sheet.max_row + 1)
        if sheet.cell(row, at["fix id"]).value == "FX-0003"
    )
    for name, value in TYPED.items():
        sheet.cell(row, at[name], value).data_type = "s"
    sheet.cell(row + 1, at["note"], "second step")
    key = sheet.cell(row, at["row identity"]).value
    jobs, at = book["Jobs"], columns(book["Jobs"])
    job_no = jobs.cell(2, at["job"]).value
    jobs.cell(2, at["reason"], "internal")
    jobs.cell(2, at["until"], date(2027, 6, 30))
    change(book)
    book.save(path)
    return key, job_no


def found(path, key):
    """What the new workbook has on the row of that identity."""
    sheet = load_workbook(path)["Fix list"]
    at = columns(sheet)
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, at["row identity"]).value == key:
            return {name: sheet.cell(row, at[name]).value for name in TYPED}, sheet.cell(
                row + 1, at["note"]
            ).value
    return None


def in_reverse(book):
    sheet = book["Fix list"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for at, values in enumerate(reversed(rows), start=2):
        for column, value in enumerate(values, start=1):
            sheet.cell(at, column, value)


def without_most_rows(book):
    at = columns(book["Fix list"])["fix id"]
    kept = [
        row
        for row in range(2, book["Fix list"].max_row + 1)
        if book["Fix list"].cell(row, at).value == "FX-0003"
    ]
    book["Fix list"].delete_rows(kept[-1] + 1, 1000)
    book["Fix list"].delete_rows(2, kept[0] - 2)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda book: None, id="as it is"),
        pytest.param(in_reverse, id="sorted otherwise"),
        pytest.param(without_most_rows, id="rows deleted by hand"),
        pytest.param(lambda book: book["Fix list"].insert_cols(1), id="a column added in front"),
        pytest.param(lambda book: book.remove(book["Rules"]), id="a sheet nobody types in removed"),
    ],
)
def test_what_was_typed_is_there_after_the_next_run(folder, change):
    key, job_no = type_into(folder / "fixlist.xlsx", change)
    before = (folder / "fixlist.xlsx").read_bytes()
    run(folder)
    typed, _ = found(folder / "fixlist.xlsx", key)
    assert typed == TYPED
    jobs = load_workbook(folder / "fixlist.xlsx")["Jobs"]
    row = {name: jobs.cell(2, column).value for name, column in columns(jobs).items()}
    assert (row["job"], row["reason"], row["until"].date()) == (
        job_no,
        "internal",
        date(2027, 6, 30),
    )
    assert (folder / "fixlist-2026-11-23.xlsx").read_bytes() == before
    assert "Closed" not in load_workbook(folder / "fixlist.xlsx").sheetnames


def test_every_row_keeps_its_own_note(folder):
    key, _ = type_into(folder / "fixlist.xlsx")
    run(folder)
    assert found(folder / "fixlist.xlsx", key)[1] == "second step"


def test_a_third_run_carries_it_on_and_keeps_each_old_file_that_differs(folder):
    key, _ = type_into(folder / "fixlist.xlsx")
    run(folder)
    run(folder)
    assert found(folder / "fixlist.xlsx", key)[0] == TYPED
    assert not (
        folder / "fixlist-2026-11-23-2.xlsx"
    ).exists()  # the new one is the same as the old one
    type_into(folder / "fixlist.xlsx", lambda book: book["Fix list"].cell(2, 4, "one more"))
    run(folder)
    assert (folder / "fixlist-2026-11-23-2.xlsx").exists()


def test_where_nothing_was_typed_no_old_file_is_kept(folder):
    run(folder)
    assert [path.name for path in folder.glob("*.xlsx")] == ["fixlist.xlsx"]


def test_what_was_typed_on_a_fix_that_is_gone_goes_to_closed_and_stays_there(folder):
    def of_another_fix(book):
        sheet, at = book["Fix list"], columns(book["Fix list"])
        for row in range(2, sheet.max_row + 1):
            if sheet.cell(row, at["fix id"]).value == "FX-0003":
                cell = sheet.cell(row, at["row identity"])
                cell.value = "0" + cell.value[1:] if cell.value[0] != "0" else "1" + cell.value[1:]

    type_into(folder / "fixlist.xlsx", of_another_fix)
    for _ in range(2):
        run(folder)
        sheet = load_workbook(folder / "fixlist.xlsx")["Closed"]
        rows = [
            dict(zip(columns(sheet), row, strict=True))
            for row in sheet.iter_rows(min_row=2, values_only=True)
        ]
        assert [row["note"] for row in rows] == [TYPED["note"], "second step"]
        assert (rows[0]["status"], rows[0]["assigned to"], rows[0]["closed on"].date()) == (
            "Done",
            "Priya",
            TODAY,
        )
        assert "INV-3" in rows[0]["what it was about"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(
            lambda book: setattr(book["Fix list"].cell(1, 4), "value", "comment"),
            "no column 'note'",
            id="a column renamed",
        ),
        pytest.param(
            lambda book: book.remove(book["Fix list"]),
            "sheet 'Fix list' is missing",
            id="a sheet missing",
        ),
    ],
)
def test_what_cannot_be_read_is_said_and_the_old_file_is_kept(folder, change, words):
    type_into(folder / "fixlist.xlsx", change)
    before = (folder / "fixlist.xlsx").read_bytes()
    said = run(folder)
    assert "warning: " in said
    assert words in said and "The old file is kept" in said
    assert (folder / "fixlist-2026-11-23.xlsx").read_bytes() == before


def test_a_file_that_is_no_workbook_is_kept(folder):
    (folder / "fixlist.xlsx").write_bytes(b"not a workbook")
    assert "cannot be read as a workbook" in run(folder)
    assert (folder / "fixlist-unread.xlsx").read_bytes() == b"not a workbook"


@pytest.mark.skipif(
    shutil.which("soffice") is None,
    reason="LibreOffice is not installed: its own saving is not tried",
)
def test_what_was_typed_survives_saving_by_libreoffice(folder, tmp_path_factory):
    key, _ = type_into(folder / "fixlist.xlsx")
    out = tmp_path_factory.mktemp("saved")
    profile = f"-env:UserInstallation={out.as_uri()}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(out),
        str(folder / "fixlist.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    shutil.copy(out / "fixlist.xlsx", folder / "fixlist.xlsx")
    run(folder)
    assert found(folder / "fixlist.xlsx", key)[0] == TYPED


# Identity ---------------------------------------------------------------------------------------------------------------


def identities(**given):
    return {fix.cause: list(row_identities(fix)) for fix in fixes(**given)}


def test_an_identity_does_not_change_with_number_date_amount_or_other_fixes():
    one = identities(invoices=[invoice("CLI-5")], jobs=[job(order="")], xpm_invoices=NEVER)
    invoices = [invoice("CLI-5", age=9, cents=5), invoice("", no="INV-2", contact="Zenith Dental")]
    jobs = [job(order=""), job("J2", "CLI-2", client="Zenith Dental")]
    two = identities(invoices=invoices, jobs=jobs, xpm_invoices=NEVER)
    assert two["T6"] == one["T6"] and set(two) == {"T6", "T1"}


@pytest.mark.parametrize(
    ("cause", "given"),
    [
        pytest.param(
            "T4", dict(jobs=[job(state="Completed")], xpm_invoices=NEVER), id="a job to open"
        ),
        pytest.param(
            "T10",
            dict(invoices=[invoice(contact="ACME PTY LTD")], jobs=[job()], xpm_invoices=NEVER),
            id="a name",
        ),
        pytest.param(
            "T17",
            dict(jobs=[job(state="Completed")], xpm_invoices=[xpm_invoice(cents=100)]),
            id="a closed job",
        ),
    ],
)
def test_an_identity_does_not_change_with_the_place_of_a_job_in_its_file(cause, given):
    other = job("J0", "CLI-0", client="Zenith Dental")
    assert (
        identities(**given)[cause]
        == identities(**{**given, "jobs": [other, *given["jobs"]]})[cause]
    )


def test_an_identity_changes_with_what_it_is_about():
    every = [
        identities(invoices=[invoice(reference, no=no)], jobs=[job(order="")], xpm_invoices=NEVER)[
            "T6"
        ][0].split("-")[0]
        for reference, no in (("CLI-5", "INV-1"), ("CLI-5", "INV-2"), ("CLI-6", "INV-1"))
    ]
    assert every[0] == every[1] != every[2]


def test_no_two_rows_have_one_identity(folder):
    sheet = load_workbook(folder / "fixlist.xlsx")["Fix list"]
    at = columns(sheet)["row identity"]
    keys = [sheet.cell(row, at).value for row in range(2, sheet.max_row + 1)]
    assert len(set(keys)) == len(keys)


def test_no_workbook_is_no_notes(tmp_path):
    notes = read_notes(tmp_path / "none.xlsx")
    assert (notes.typed, notes.said, notes.closed, notes.kept, notes.faults) == (
        {},
        {},
        [],
        None,
        [],
    )
