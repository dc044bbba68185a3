"""fixlist.xlsx as a reader finds it: sheets, types, links, what may be typed and where, nothing that runs.

Source: contract.md "fixlist.xlsx".
"""

import datetime as dt
import zipfile

import pytest
from made.sheets import is_one_page_wide
from openpyxl import load_workbook
from tools.make_golden import run_sample


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workbook")
    run_sample(folder)
    return folder / "fixlist.xlsx"


@pytest.fixture(scope="module")
def book(path):
    return load_workbook(path)


def headers(sheet):
    return [cell.value for cell in sheet[1]]


def rows(sheet):
    return [dict(zip(headers(sheet), row, strict=True)) for row in sheet.iter_rows(min_row=2)]


def test_the_sheets(book):
    assert book.sheetnames == ["Summary", "Fix list", "Invoices", "Jobs", "Problems", "Rules"]


def test_the_fix_list_has_the_contracts_columns_in_order(book):
    wanted = "done,status,assigned to,note,priority,client,owner,system,what to do,value to paste,why,invoice,job,amount,minutes,due,fix id"
    assert headers(book["Fix list"])[:17] == wanted.split(",")


@pytest.mark.parametrize("name", ["Fix list", "Invoices", "Jobs", "Problems", "Rules"])
def test_each_sheet_is_a_table_with_filters_frozen_and_printable(book, name):
    sheet = book[name]
    (table,) = sheet.tables.values()
    assert table.autoFilter is not None and sheet.freeze_panes == "A2"
    assert sheet.page_setup.orientation == "landscape" and sheet.print_title_rows == "$1:$1"
    assert is_one_page_wide(sheet)
    assert "&P of &N" in sheet.oddFooter.center.text


def test_people_can_type_where_they_are_meant_to_and_nowhere_else(book):
    for name, typed in (
        ("Fix list", {"done", "status", "assigned to", "note"}),
        ("Jobs", {"reason", "attested by", "until"}),
        ("Invoices", {"review status", "review note"}),
        ("Problems", set()),
    ):
        sheet = book[name]
        protection = sheet.protection
        assert (
            protection.sheet
            and not protection.password
            and not protection.autoFilter
            and not protection.sort
        )
        assert {
            title
            for row in rows(sheet)
            for title, cell in row.items()
            if not cell.protection.locked
        } == typed


def test_only_invoices_that_a_person_reviews_can_be_typed_on(book):
    for row in rows(book["Invoices"]):
        assert row["review status"].protection.locked == (row["outcome"].value != "review")


def test_a_decision_has_its_choices_with_steps_and_what_a_replay_shows(book):
    (row,) = [row for row in rows(book["Fix list"]) if row["invoice"].value == "INV-2318"]
    assert row["what to do"].value.startswith("Decide: Which job does INV-2318 belong on?")
    lines = row["proof, or the choices"].value.split("\n")
    assert lines[0].startswith("needs a decision")
    assert [line.split(":")[0] for line in lines if line.startswith("Choice")] == [
        "Choice 1",
        "Choice 2",
    ]
    assert (
        "   1.1 Xero: open INV-2318 > Invoice Options > Edit > set Reference to PROP-2101 (now blank) > Update (R2)."
        in lines
    )


def test_every_fix_is_open_with_a_choice_of_words(book):
    sheet = book["Fix list"]
    heads = [row for row in rows(sheet) if row["step"].value == 1]
    assert {row["status"].value for row in heads} == {"Open"}
    words = {one.formula1 for one in sheet.data_validations.dataValidation}
    assert '"Open,In progress,Done,Not a problem"' in words


def test_dates_and_amounts_are_dates_and_numbers(book):
    row = rows(book["Fix list"])[0]
    assert isinstance(row["due"].value, dt.datetime) and row["due"].number_format == "dd-mmm-yyyy"
    assert isinstance(row["amount"].value, float | int) and row["amount"].number_format.startswith(
        "#,##0.00"
    )


def test_identifiers_are_text(book):
    for sheet, titles in (
        ("Invoices", ("invoice", "reference", "is")),
        ("Jobs", ("job", "client order no.")),
    ):
        for row in rows(book[sheet]):
            assert all(row[title].data_type == "s" or row[title].value is None for title in titles)


def test_a_fix_leads_to_its_invoice_and_job_and_back(book):
    sheets = {"Invoices": "invoice", "Jobs": "job"}
    followed = 0
    for row in rows(book["Fix list"]):
        for name, title in sheets.items():
            cell = row[title]
            if cell.hyperlink is None:
                continue
            at = int(cell.hyperlink.location.rpartition("!A")[2])
            target = dict(zip(headers(book[name]), book[name][at], strict=True))
            assert target[title].value == cell.value
            back = target["fix"]
            first = int(back.hyperlink.location.rpartition("!A")[2])
            assert (
                book["Fix list"].cell(first, headers(book["Fix list"]).index("fix id") + 1).value
                == back.value
            )
            followed += 1
    assert followed > 50


def test_the_control_totals_differ_by_nothing(book):
    sheet = book["Summary"]
    (row,) = [row for row in sheet.iter_rows(values_only=True) if row[0] == "difference"]
    assert row[2:4] == (0, 0)
    by_name = {row[0]: row for row in sheet.iter_rows(values_only=True) if row[0]}
    rows_read = by_name["rows in all files, and as records, folded lines, set aside, left out"]
    assert rows_read[2] == rows_read[3] and rows_read[4] == 0
    assert by_name["to fix, in all"][2] == 33


def test_there_are_two_charts(path):
    with zipfile.ZipFile(path) as parts:
        assert sum(name.startswith("xl/charts/chart") for name in parts.namelist()) == 2


def test_nothing_runs_and_nothing_leads_outside(path):
    with zipfile.ZipFile(path) as parts:
        names = parts.namelist()
        content = {name: parts.read(name) for name in names}
    assert not any("vba" in name.casefold() or "externalLink" in name for name in names)
    assert not any(
        b"<f>" in text or b"<f " in text
        for name, text in content.items()
        if name.startswith("xl/worksheets/")
    )
    assert not any(b'TargetMode="External"' in text for text in content.values())


def test_a_job_whose_next_invoice_goes_to_another_says_so(book):
    said = [
        row["next invoice goes to"].value
        for row in rows(book["Jobs"])
        if row["next invoice goes to"].value
    ]
    assert any("has taken over" in words for words in said)
