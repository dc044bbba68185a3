"""What the child process hands over of a workbook: each cell's text with its kind, the spreadsheet's rows, each sheet.

Opened in this process, except where a test says otherwise (tests/exports/test_csv_file.py).
"""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from made.files import (
    job,
    receivable_summary,
    report_row,
    rewrite_parts,
    table,
    write_workbook,
    xero_line,
)

from reconcile.exports.readers.cell_kinds import (
    BOOLEAN_MARK,
    DATE_MARK,
    DURATION_MARK,
    ERROR_MARK,
    NUMBER_MARK,
)
from reconcile.exports.readers.xlsx_child import Fault, main, read_workbook
from reconcile.support.xlsx_cells_child import read_whole

HEADER = ["[Job] Job No.", "[Client] Client", "[Job] Client Order No.", "[Job] Date Created"]
DAY = dt.date(2026, 10, 13)
NO_VALUE = ERROR_MARK + "a formula without a saved value"


def read_rows(folder, rows, *, prepare=None, change=None):
    """Write rows below HEADER on one sheet and read it: the cells of each column, and the row numbers."""
    path = write_workbook(folder / "jobs.xlsx", {"Jobs": [HEADER, *rows]}, prepare=prepare)
    if change:
        rewrite_parts(path, change)
    sheet = read_workbook(str(path))[0]
    columns = {
        name: [one["texts"][code] for code in one["codes"]]
        for name, one in sheet["columns"].items()
    }
    return columns, sheet["rows"]


def job_no(folder, value, *, number_format=None, change=None):
    """The text of one job number, written as this value in this format."""

    def prepare(book):
        if number_format:
            book["Jobs"]["A2"].number_format = number_format

    return read_rows(folder, [[value, "Acme", "CLI-1", DAY]], prepare=prepare, change=change)[0][
        "job_no"
    ][0]


def created(folder, value, *, number_format=None, prepare=None, change=None):
    """The text of one creation date, written as this value in this format."""

    def format_it(book):
        if number_format:
            book["Jobs"]["D2"].number_format = number_format
        if prepare:
            prepare(book)

    return read_rows(folder, [["J1", "Acme", "CLI-1", value]], prepare=format_it, change=change)[0][
        "created_on"
    ][0]


def in_sheet(pattern: bytes, new: bytes):
    """A change of the sheet's own XML."""
    return lambda name, part: re.sub(pattern, new, part) if "worksheets/" in name else part


STRICT = (
    (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    ),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
)


def as_strict(name: str, part: bytes) -> bytes:
    for transitional, strict in STRICT:
        part = part.replace(transitional, strict)
    return part


# Identifiers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("J000123", "J000123"),
        ("00123", "00123"),
        (" J1 ", " J1 "),
        (17940, NUMBER_MARK + "17940"),
        (123.0, NUMBER_MARK + "123"),
        (0, NUMBER_MARK + "0"),
        (123456789012345, NUMBER_MARK + "123456789012345"),
        (12.5, NUMBER_MARK + "12.5"),
        (True, BOOLEAN_MARK + "TRUE"),
        (DAY, DATE_MARK + "2026-10-13"),
    ],
)
def test_a_cell_keeps_its_kind_and_a_whole_number_has_no_decimals(tmp_path, value, text):
    assert job_no(tmp_path, value) == text


def test_1_and_1_0_and_true_are_told_apart(tmp_path):
    columns, _ = read_rows(
        tmp_path, [[1, "A", "x", None], [True, "B", "y", None], ["1", "C", "z", None]]
    )
    assert columns["job_no"] == [NUMBER_MARK + "1", BOOLEAN_MARK + "TRUE", "1"]


@pytest.mark.parametrize(
    ("number_format", "text"),
    [
        ("00000", "00042"),
        ("000000000000", "000000000042"),
        ('"INV-"0000', "INV-0042"),
        ("\\J000000", "J000042"),
        ("00000;-00000", "00042"),
        ("0", NUMBER_MARK + "42"),
        ("General", NUMBER_MARK + "42"),
        ("@", NUMBER_MARK + "42"),
        ("#,##0.00", NUMBER_MARK + "42"),
        ('"INV-"0', "INV-42"),
        ('"J-"00000"-A"', "J-00042-A"),
        ("[$-409]00000", "00042"),
    ],
)
def test_a_number_padded_by_its_format_is_the_text_that_the_sheet_shows(
    tmp_path, number_format, text
):
    assert job_no(tmp_path, 42, number_format=number_format) == text


def test_a_number_longer_than_its_padding_is_whole(tmp_path):
    assert job_no(tmp_path, 1234567, number_format="00000") == "1234567"


def test_a_padded_number_saved_with_a_decimal_point_is_padded_too(tmp_path):
    assert (
        job_no(tmp_path, 42, number_format="00000", change=in_sheet(rb"<v>42</v>", b"<v>42.0</v>"))
        == "00042"
    )


# Errors and formulas -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!"])
def test_an_error_cell_stays_visible(tmp_path, error):
    assert job_no(tmp_path, error) == ERROR_MARK + error


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(as_strict, id="strict-open-xml"),
        pytest.param(in_sheet(rb"<(/?)(\w)", rb"<\1x:\2"), id="prefixed-names"),
        pytest.param(
            in_sheet(rb'<c r="([A-Z]+\d+)" t="e"', rb"<c t='e' r='\1'"),
            id="apostrophes",
        ),
        pytest.param(
            in_sheet(rb'<c r="[A-Z]+\d+"', b"<c"),
            id="cells-without-their-place",
            marks=pytest.mark.xfail(
                strict=True,
                reason="a cell without its own place is passed over, and its error is blank",
            ),
        ),
    ],
)
def test_an_error_cell_stays_visible_however_the_sheet_is_written(tmp_path, change):
    def with_prefix(name, part):
        part = change(name, part)
        return part.replace(b"xmlns=", b"xmlns:x=") if b"<x:" in part else part

    columns, _ = read_rows(
        tmp_path, [["J1", "Acme", "CLI-1", DAY], ["#N/A", "Acme", "CLI-2", DAY]], change=with_prefix
    )
    assert columns["job_no"] == ["J1", ERROR_MARK + "#N/A"]


def test_a_formula_without_a_saved_value_is_no_blank(tmp_path):
    columns, rows = read_rows(
        tmp_path, [['="J"&1', "Acme", "=A1", "=TODAY()"], ["J2", "Acme", None, DAY]]
    )
    assert columns["job_no"] == [NO_VALUE, "J2"] and columns["client_order_no"] == [NO_VALUE, ""]
    assert columns["created_on"][0] == NO_VALUE and rows == [2, 3]


@pytest.mark.parametrize("spaces", [" ", "\n", "\u00a0", "\t "])
def test_a_row_of_spaces_alone_is_a_blank_row_as_in_a_csv(tmp_path, spaces):
    keep = in_sheet(rb"<t>(\s|\xc2\xa0)", rb'<t xml:space="preserve">\1')
    rows = [["J1", "Acme", "CLI-1", DAY], [spaces, None, None, spaces], ["J2", " ", None, None]]
    columns, numbers = read_rows(tmp_path, rows, change=keep)
    assert (
        numbers == [2, 4]
        and columns["job_no"] == ["J1", "J2"]
        and columns["client"] == ["Acme", " "]
    )


@pytest.mark.parametrize(
    ("saved", "text"),
    [
        (b'<c r="A2" t="str"><f>B2</f><v>J7</v></c>', "J7"),
        (b'<c r="A2"><f>B2</f><v>7</v></c>', NUMBER_MARK + "7"),
    ],
)
def test_a_formula_with_a_saved_value_is_that_value(tmp_path, saved, text):
    assert job_no(tmp_path, "=B2", change=in_sheet(rb'<c r="A2"[^>]*>.*?</c>', saved)) == text


def test_an_error_in_a_column_that_is_not_needed_costs_nothing(tmp_path):
    path = write_workbook(
        tmp_path / "jobs.xlsx", {"Jobs": [[*HEADER, "Note"], ["J1", "Acme", "CLI-1", DAY, "#N/A"]]}
    )
    assert ERROR_MARK not in json.dumps(read_workbook(str(path)))


# Dates -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [DAY, dt.datetime(2026, 10, 13), dt.datetime(2026, 10, 13, 23, 59, 59)]
)
def test_a_real_date_is_a_date(tmp_path, value):
    assert created(tmp_path, value) == DATE_MARK + "2026-10-13"


@pytest.mark.parametrize(
    "number_format",
    [
        "dd/mm/yyyy",
        "d mmm yyyy",
        "[$-C09]dd-mmm-yy;@",
        "mm-dd-yy",
        "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
    ],
)
def test_a_number_in_a_date_format_is_a_date(tmp_path, number_format):
    assert created(tmp_path, 46308, number_format=number_format) == DATE_MARK + "2026-10-13"


@pytest.mark.parametrize("number_format", ["General", "0", "#,##0.00;[Red]-#,##0.00"])
def test_a_number_in_no_date_format_stays_a_number(tmp_path, number_format):
    assert created(tmp_path, 46308, number_format=number_format) == NUMBER_MARK + "46308"


def test_dates_counted_from_1904_are_the_same_days(tmp_path):
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    def from_1904(book):
        book.epoch = CALENDAR_MAC_1904

    assert created(tmp_path, DAY, prepare=from_1904) == DATE_MARK + "2026-10-13"


def test_strict_open_xml_and_its_iso_dates_are_read(tmp_path):
    iso = in_sheet(rb'<c r="D2"[^>]*>.*?</c>', b'<c r="D2" t="d"><v>2026-10-13</v></c>')
    assert created(tmp_path, DAY, change=as_strict) == DATE_MARK + "2026-10-13"
    assert (
        created(tmp_path, DAY, change=lambda name, part: iso(name, as_strict(name, part)))
        == DATE_MARK + "2026-10-13"
    )


def test_a_text_that_looks_like_a_date_stays_a_text(tmp_path):
    assert created(tmp_path, "13/10/2026") == "13/10/2026"


def test_a_time_without_a_day_is_no_date(tmp_path):
    assert created(tmp_path, dt.time(9, 30))[0] == DURATION_MARK
    assert created(tmp_path, 1.5, number_format="[h]:mm")[0] == DURATION_MARK


# Rows, columns, sheets ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "left", "jobs", "expected"),
    [
        pytest.param([], 0, ["J1", "#N/A"], [2, 3], id="at-the-top"),
        pytest.param([["Jobs"], [], []], 0, ["J1", "", "#N/A"], [5, 7], id="title-and-blank-rows"),
        pytest.param([["Jobs"], []], 2, ["J1", "#N/A"], [4, 5], id="moved-to-the-right"),
        pytest.param([["Jobs"]], 0, ["J1", "", "", "#N/A", ""], [3, 6], id="blank-rows-at-the-end"),
        pytest.param([[], []], 0, ["J1", "#N/A"], [4, 5], id="nothing-above"),
        pytest.param([[]], 3, ["J1", "", "#N/A"], [3, 5], id="nothing-above-nor-left"),
        pytest.param([], 2, ["J1", "#N/A"], [2, 3], id="nothing-left"),
    ],
)
def test_row_numbers_and_errors_are_where_the_spreadsheet_has_them(
    tmp_path, above, left, jobs, expected
):
    cells = [
        *above,
        *(
            [None] * left + row
            for row in [HEADER, *([one, "Acme", "CLI-1", DAY] if one else [] for one in jobs)]
        ),
    ]
    path = write_workbook(tmp_path / "jobs.xlsx", {"Jobs": cells})
    sheet = read_workbook(str(path))[0]
    assert (sheet["header_row"], sheet["rows"]) == (len(above) + 1, expected)
    assert [
        sheet["columns"]["job_no"]["texts"][code] for code in sheet["columns"]["job_no"]["codes"]
    ] == [
        "J1",
        ERROR_MARK + "#N/A",
    ]


def test_each_sheet_is_read_for_itself(tmp_path):
    sheets = {
        "Invoices": table([xero_line()]),
        "Jobs": table([job()]),
        "Old jobs": table([job()]),
        "Notes": [["To do", "Who"], ["call", "Kim"]],
        "Empty": [],
    }
    path = write_workbook(tmp_path / "all.xlsx", sheets, hidden=["Old jobs"])
    found = {one["sheet"]: one for one in read_workbook(str(path))}
    assert (found["Invoices"]["role"], found["Jobs"]["role"]) == ("xero_invoices", "xpm_jobs")
    assert found["Old jobs"]["hidden"] and found["Empty"]["empty"]
    assert list(found["Notes"]["headers"]) == ["To do", "Who"] and "columns" not in found["Notes"]


def test_a_hidden_row_is_a_row_and_a_chart_is_no_sheet(tmp_path):
    def prepare(book):
        book["Jobs"].row_dimensions[2].hidden = True
        book.create_chartsheet("Chart")

    assert read_rows(tmp_path, [["J1", "Acme", "", DAY]], prepare=prepare)[1] == [2]


def test_only_needed_columns_are_handed_over(tmp_path):
    path = write_workbook(
        tmp_path / "jobs.xlsx", {"Jobs": table([job() | {"[Job] Budget": "secret"}])}
    )
    assert "secret" not in json.dumps(read_workbook(str(path)))


def test_a_report_hands_over_its_first_cells_and_the_totals_as_they_are(tmp_path):
    path = write_workbook(
        tmp_path / "report.xlsx", {"Summary": receivable_summary({"Acme": [report_row()]})}
    )
    sheet = read_workbook(str(path))[0]
    first = sheet["columns"]["first cell"]
    assert (sheet["header_row"], sheet["grouped_by"]) == (5, "contact")
    assert [first["texts"][code] for code in first["codes"]] == [
        "Acme",
        "INV-0001",
        "Total Acme",
        "Total",
    ]
    assert NO_VALUE in sheet["columns"]["total"]["texts"]


# Faults ------------------------------------------------------------------------------------------------------------


def test_a_fault_of_the_file_is_said_in_words(tmp_path):
    path = write_workbook(tmp_path / "jobs.xlsx", {"Jobs": table([job()])})
    rewrite_parts(path, lambda name, part: None if name == "xl/workbook.xml" else part)
    with pytest.raises(Fault, match="zip archive of something else"):
        read_workbook(str(path))


def test_the_child_prints_json_whatever_the_file(tmp_path, capfdbinary, monkeypatch):
    monkeypatch.setattr("reconcile.exports.readers.xlsx_child.limit_memory", lambda: None)
    (tmp_path / "cut.xlsx").write_bytes(b"PK\x03\x04 and no more")
    assert main([str(tmp_path / "cut.xlsx")]) == 0
    assert "damaged" in json.loads(capfdbinary.readouterr().out)["fault"]


def test_two_sheets_of_one_name_are_refused_since_one_would_be_read_twice(tmp_path):
    one = [HEADER, ["J1", "Acme", "CLI-1", DAY]]
    path = write_workbook(
        tmp_path / "jobs.xlsx", {"Jobs": one, "More": [HEADER, ["J2", "Acme", "CLI-2", DAY]]}
    )
    rewrite_parts(
        path,
        lambda name, part: (
            part.replace(b'"More"', b'"Jobs"') if name == "xl/workbook.xml" else part
        ),
    )
    with pytest.raises(Fault, match="two sheets are called 'Jobs'"):
        read_workbook(str(path))


def test_a_sheet_without_a_cell_is_read_whole_as_none(tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", {"Jobs": [["J1"]], "Sheet2": []})
    assert [(sheet["name"], len(sheet["cells"])) for sheet in read_whole(str(path))] == [
        ("Jobs", 1),
        ("Sheet2", 0),
    ]
