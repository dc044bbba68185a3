"""One cell's text to a value or to words about what is wrong: dates, money, identifiers; never a guess."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from reconcile.exports.cell_parsers import (
    MISSING_MONEY,
    date_order_evidence,
    is_blank,
    plain_text,
    read_dates,
    read_identifiers,
    read_money,
    read_words,
    to_cents,
)
from reconcile.exports.readers.cell_kinds import (
    BOOLEAN_MARK,
    DATE_MARK,
    DURATION_MARK,
    ERROR_MARK,
    NUMBER_MARK,
)


def texts(*cells: str) -> pa.StringArray:
    return pa.array(cells, pa.string())


def read_date(text: str, order: str = "dmy") -> tuple[dt.date | None, str]:
    parsed = read_dates(texts(text), order)
    value = parsed.values[0]
    return (None if np.isnat(value) else value.astype(object)), parsed.faults[0]


def cents(text: str, *, decimal_comma: bool = False) -> int | None:
    """The amount in cents, or None where the cell is at fault or blank."""
    value = read_money(texts(text), decimal_comma=decimal_comma).values
    return None if value[0] == MISSING_MONEY else int(to_cents(value)[0])


def money_fault(text: str, *, decimal_comma: bool = False) -> str:
    return read_money(texts(text), decimal_comma=decimal_comma).faults[0]


def read_identifier(text: str, *, strip: bool = True) -> tuple[str, str, str]:
    parsed = read_identifiers(texts(text), strip=strip)
    return parsed.values[0], parsed.faults[0], parsed.remarks[0]


# Dates -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-10", dt.date(2026, 9, 10)),
        ("2026-9-1", dt.date(2026, 9, 1)),
        ("2026/09/10", dt.date(2026, 9, 10)),
        ("2026-09-10T00:00:00", dt.date(2026, 9, 10)),
        ("2026-09-10T04:22:33.123Z", dt.date(2026, 9, 10)),
        ("2026-09-10 04:22:33+10:00", dt.date(2026, 9, 10)),
        ("3-Aug-15", dt.date(2015, 8, 3)),
        ("13-Dec-2024", dt.date(2024, 12, 13)),
        ("01-Jul-2024", dt.date(2024, 7, 1)),
        ("01-JUL-2024", dt.date(2024, 7, 1)),
        ("10 Sep 2026", dt.date(2026, 9, 10)),
        ("10 Sept. 2026", dt.date(2026, 9, 10)),
        ("10 September 2026", dt.date(2026, 9, 10)),
        ("10 Sep 2026 9:05 am", dt.date(2026, 9, 10)),
        ("2/05/2026", dt.date(2026, 5, 2)),
        ("02/05/2026", dt.date(2026, 5, 2)),
        ("2/5/26", dt.date(2026, 5, 2)),
        ("29.06.2026", dt.date(2026, 6, 29)),
        ("29-06-2026", dt.date(2026, 6, 29)),
        ("29/06/2026 12:00:00 AM", dt.date(2026, 6, 29)),
        (" 29/06/2026 ", dt.date(2026, 6, 29)),
        ("29/02/2024", dt.date(2024, 2, 29)),
        ("1/1/79", dt.date(2079, 1, 1)),
        ("1/1/80", dt.date(1980, 1, 1)),
        ("1950-01-01", dt.date(1950, 1, 1)),
        ("2199-12-31", dt.date(2199, 12, 31)),
        (DATE_MARK + "2026-09-10", dt.date(2026, 9, 10)),
    ],
)
def test_a_date_is_read_in_every_form_that_xero_and_xpm_write(text, day):
    assert read_date(text) == (day, "")


def test_the_order_decides_numeric_dates_alone():
    assert read_date("2/05/2026", "mdy")[0] == dt.date(2026, 2, 5)
    assert read_date("3-Aug-15", "mdy")[0] == dt.date(2015, 8, 3)
    assert read_date("2026-09-10", "mdy")[0] == dt.date(2026, 9, 10)


@pytest.mark.parametrize(
    ("text", "day", "fault"),
    [
        ("2/05/2026", None, "day and month cannot be told apart"),
        ("12/11/2026", None, "day and month cannot be told apart"),
        ("5/05/2026", dt.date(2026, 5, 5), ""),
        ("31/31/26", None, "not a date"),
        ("3-Aug-15", dt.date(2015, 8, 3), ""),
        ("2026-09-10", dt.date(2026, 9, 10), ""),
    ],
)
def test_without_an_order_a_date_that_can_be_read_both_ways_is_a_fault(text, day, fault):
    assert read_date(text, "") == (day, fault)


@pytest.mark.parametrize("text", ["", "   ", "\u00a0", "\u200b"])
def test_a_blank_date_is_no_fault(text):
    assert read_date(text) == (None, "")


@pytest.mark.parametrize(
    "text",
    [
        "31/31/26",
        "31/02/2026",
        "29/02/2026",
        "00/01/2026",
        "13/13/2026",
        "2026-13-01",
        "20261013",
        "today",
        "Total",
        "#N/A",
        "13-Foo-2026",
        "1/1/1900",
        "31/12/1949",
        "1/1/2200",
        "1/1/0001",
        "13/10-2026",
        ERROR_MARK + "#N/A",
        BOOLEAN_MARK + "TRUE",
        DURATION_MARK + "12:00:00",
    ],
)
def test_what_is_no_date_is_a_fault_and_never_a_guess(text):
    value, fault = read_date(text)
    assert value is None and fault.startswith("not a date")


@pytest.mark.parametrize(
    "text", ["46308", "46308.5", NUMBER_MARK + "46308", NUMBER_MARK + "46308.25", NUMBER_MARK + "5"]
)
def test_a_serial_number_of_excels_is_a_fault_and_no_date(text):
    value, fault = read_date(text)
    assert value is None and "serial number" in fault


@pytest.mark.parametrize(
    ("cells", "day_first", "month_first", "ambiguous"),
    [
        pytest.param(["13/01/2026"], "13/01/2026", "", "", id="day-above-12-first"),
        pytest.param(["01/13/2026"], "", "01/13/2026", "", id="day-above-12-second"),
        pytest.param(["31/12/2026"], "31/12/2026", "", "", id="the-last-day-first"),
        pytest.param(["12/31/2026"], "", "12/31/2026", "", id="the-last-day-second"),
        pytest.param(
            ["32/12/2026", "12/32/2026", "13/14/2026"], "", "", "", id="no-day-proves-nothing"
        ),
        pytest.param(["12/01/2026"], "", "", "12/01/2026", id="12-proves-nothing"),
        pytest.param(["01/12/2026"], "", "", "01/12/2026", id="12-second-proves-nothing"),
        pytest.param(["05/05/2026"], "", "", "", id="same-either-way"),
        pytest.param(["13/01/2026", "01/13/2026"], "13/01/2026", "01/13/2026", "", id="both"),
        pytest.param(
            ["2026-01-13", "13-Jan-2026", "13 Jan 2026", "", "46308"],
            "",
            "",
            "",
            id="other-forms-prove-nothing",
        ),
        pytest.param(["", "13/01/2026"], "13/01/2026", "", "", id="after-a-blank"),
        pytest.param([" 13.01.26 "], "13.01.26", "", "", id="two-digit-year"),
    ],
)
def test_a_day_above_12_proves_the_order(cells, day_first, month_first, ambiguous):
    found = date_order_evidence(texts(*cells))
    assert (found.day_first, found.month_first, found.ambiguous) == (
        day_first,
        month_first,
        ambiguous,
    )


def test_a_number_that_is_no_day_proves_no_order():
    assert date_order_evidence(texts("45/01/2026")).day_first == ""


def test_each_date_of_a_column_is_judged_by_itself():
    parsed = read_dates(texts(NUMBER_MARK + "46308", "", "13/10/2026"), "dmy")
    assert [one != "" for one in parsed.faults] == [True, False, False]
    assert parsed.values[2] == np.datetime64("2026-10-13")


# Money -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234.50", 123450),
        ("$1,234.50", 123450),
        ("1,234,567.89", 123456789),
        ("1,100", 110000),
        ("-$5.00", -500),
        ("$-5.00", -500),
        ("(31.39)", -3139),
        ("($31.39)", -3139),
        ("10900.0000", 1090000),
        (".00", 0),
        (".5", 50),
        ("-.5", -50),
        ("1.", 100),
        ("0", 0),
        ("-0.00", 0),
        (" 12.30 ", 1230),
        ("\u00a012.30", 1230),
        ("99999999999999", 9999999999999900),
        (NUMBER_MARK + "1100.5", 110050),
        (NUMBER_MARK + "0.3", 30),
    ],
)
def test_money_is_read_in_every_form_that_xero_and_xpm_write(text, expected):
    assert (cents(text), money_fault(text)) == (expected, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2345", 123),
        ("0.005", 1),
        ("-0.005", -1),
        ("0.0049", 0),
        ("1.9999", 200),
        ("12.34567", 1235),
        ("0.12500", 13),
        ("2.675", 268),
        ("-2.675", -268),
    ],
)
def test_more_than_two_decimals_are_rounded_to_the_cent_and_said_so(text, expected):
    assert cents(text) == expected
    assert read_money(texts(text), decimal_comma=False).remarks[0] == "rounded to the cent"


@pytest.mark.parametrize("text", ["10900.0000", "1.5", "12.30", "7", ".10"])
def test_an_amount_of_whole_cents_is_not_said_to_be_rounded(text):
    assert read_money(texts(text), decimal_comma=False).remarks[0] == ""


def test_an_amount_of_five_decimals_is_said_to_be_rounded_too():
    assert read_money(texts("1.99999"), decimal_comma=False).remarks[0] == "rounded to the cent"


def test_rounding_is_never_off_by_more_than_half_a_cent():
    assert cents("0.00499999") == 0


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "-",
        "$",
        ".",
        "()",
        "( )",
        "1100,00",
        "1.100,00",
        "12,34.50",
        "1,23",
        "1234,567.00",
        "1 234.50",
        "5.00-",
        "5.00 CR",
        "--5",
        "5.0.0",
        "(5.00",
        "5.00)",
        "-(5.00)",
        "5%",
        "A$5.00",
        "X5.00",
        "€5.00",
        "AUD 5.00",
        "1E+05",
        "#N/A",
        "TRUE",
        "13/10/2026",
        "999999999999999.99",
        ERROR_MARK + "#N/A",
        ERROR_MARK + "a formula without a saved value",
        DATE_MARK + "2026-01-01",
        BOOLEAN_MARK + "TRUE",
    ],
)
def test_what_is_no_amount_is_a_fault_and_never_a_guess(text):
    assert (cents(text), money_fault(text)) == (None, "not an amount of money")


@pytest.mark.parametrize("text", ["", "  ", "\u00a0"])
def test_a_blank_amount_is_missing_and_no_fault(text):
    assert (cents(text), money_fault(text)) == (None, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1100,00", 110000),
        ("1.100,00", 110000),
        ("1.100.000,50", 110000050),
        ("-5,00", -500),
        ("(31,39)", -3139),
        ("$5,00", 500),
        ("1100.00", 110000),
    ],
)
def test_a_decimal_comma_is_read_in_a_file_with_semicolons(text, expected):
    assert cents(text, decimal_comma=True) == expected


def test_a_point_before_three_digits_is_not_taken_for_a_decimal_point_among_decimal_commas():
    parsed = read_money(texts("1.100", "2.500,00"), decimal_comma=True)
    assert parsed.faults[0] or to_cents(parsed.values)[0] == 110000


def test_the_dust_of_floating_point_in_a_workbook_is_nothing():
    assert cents(NUMBER_MARK + "1.45519152283669e-11") == 0


def test_half_a_cent_is_rounded_away_from_zero():
    assert to_cents(np.array([50, -50, 49, -49, 149, 150])).tolist() == [1, -1, 0, 0, 1, 2]


def test_each_text_of_a_column_is_judged_by_itself():
    parsed = read_money(texts("1.00", "", "x", "(2.00)"), decimal_comma=False)
    assert to_cents(parsed.values[[0, 3]]).tolist() == [100, -200]
    assert parsed.faults.tolist() == ["", "", "not an amount of money", ""]


# Identifiers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "INV-0001",
        "J000123",
        "17940",
        "00123",
        "CLI-1681",
        "a reference with words",
        "1E5",
        "J1E5",
        "2E10",
        "TRUE",
        "nan",
        "NULL",
        "-",
        "=1+1",
        "#12",
        "Café Marmalade",
        "北京 Trading",
        "1.5",
        "12345678901234567890",
        "O'Brien & Sons (Holdings)",
    ],
)
def test_an_identifier_stays_text_to_the_letter(text):
    assert read_identifier(text, strip=False) == (text, "", "")


def test_outer_spaces_count_in_references_and_names_and_not_in_numbers():
    assert read_identifier(" CLI-1 ", strip=False)[0] == " CLI-1 "
    assert read_identifier(" J000001 ", strip=True)[0] == "J000001"


@pytest.mark.parametrize("text", ["", "  ", "\u00a0", "\u3000", "\u200b", "\x07"])
def test_a_text_of_nothing_visible_is_blank(text):
    assert read_identifier(text, strip=False)[:2] == ("", "") and is_blank(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (NUMBER_MARK + "123", "123"),
        (NUMBER_MARK + "0", "0"),
        (NUMBER_MARK + "123456789012345", "123456789012345"),
        (NUMBER_MARK + "1.5", "1.5"),
    ],
)
def test_a_number_of_a_workbook_is_the_text_that_the_sheet_shows(text, shown):
    assert read_identifier(text) == (shown, "", "") and plain_text(text) == shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("#N/A", "error of Excel's", id="error-as-text"),
        pytest.param("#ref!", "error of Excel's", id="error-in-small-letters"),
        *(
            pytest.param(one, "error of Excel's", id=one)
            for one in "#VALUE! #NAME? #DIV/0! #NULL! #NUM!".split()
        ),
        pytest.param(ERROR_MARK + "#N/A", "error of Excel's", id="error-cell"),
        pytest.param("1.23457E+11", "scientific notation", id="scientific"),
        pytest.param("1E+05", "scientific notation", id="scientific-short"),
        pytest.param("1,23E+11", "scientific notation", id="scientific-with-comma"),
        pytest.param(
            NUMBER_MARK + "1.23456789012346e+15",
            "scientific notation",
            id="number-beyond-15-digits",
        ),
        pytest.param(DATE_MARK + "2026-01-02", "a date", id="date-made-of-1-2"),
        pytest.param(DURATION_MARK + "1:00:00", "a date", id="duration"),
        pytest.param(BOOLEAN_MARK + "TRUE", "TRUE or FALSE", id="boolean"),
        pytest.param("Caf\ufffd", "lost", id="replacement-character"),
    ],
)
def test_what_excel_has_damaged_beyond_repair_is_a_fault(text, words):
    assert words in read_identifier(text)[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("CLI\u20131001", "en dash instead of a hyphen"),
        ("CLI\u20141001", "em dash instead of a hyphen"),
        ("CLI\u20111001", "non-breaking hyphen instead of a hyphen"),
        ("CLI\u22121001", "minus sign instead of a hyphen"),
        ("CLI\u00a01001", "a non-breaking space"),
        ("CLI\u202f1001", "a narrow non-breaking space"),
        ("CLI-1001\u00a0", "a non-breaking space"),
        ("CLI\u200b1001", "a character without width"),
        ("\ufeffCLI1001", "a character without width"),
        ("CLI\n1001", "a line break or control character"),
        ("A\u2013B\u00a0C", "en dash instead of a hyphen, a non-breaking space"),
    ],
)
def test_a_lookalike_is_named_and_left_as_it_is(text, words):
    assert read_identifier(text, strip=False) == (text, "", words)


def test_words_lose_their_outer_spaces_and_an_error_cell_is_a_fault():
    parsed = read_words(texts(" In Progress ", NUMBER_MARK + "5", ERROR_MARK + "#REF!"))
    assert parsed.values.tolist()[:2] == ["In Progress", "5"]
    assert parsed.faults.tolist()[:2] == ["", ""] and "error of Excel's" in parsed.faults[2]


@pytest.mark.parametrize("text", ["#N/A", " #REF! ", "#div/0!"])
def test_an_error_that_a_csv_holds_as_text_is_a_fault_among_words_too(text):
    assert "error of Excel's" in read_words(texts(text)).faults[0]


def test_a_word_with_a_number_sign_is_a_word():
    assert read_words(texts("#1 Accounting", "N/A")).faults.tolist() == ["", ""]
