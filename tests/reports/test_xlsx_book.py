"""A workbook's cells: text stays text, also the texts that XlsxWriter by itself would write as others; nothing goes missing.

Source: contract.md "Text is never a formula"; ECMA-376 part 1, 22.9.2.19 (ST_Xstring); Excel's limits.
"""

import datetime as dt
import io
import re
import zipfile
from importlib.metadata import version
from xml.etree import ElementTree

import pytest
from hostile.payloads import as_in_the_file, in_workbook, unescaped
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reconcile.reports import xlsx_table
from reconcile.reports.xlsx_blocks import LeadSheet
from reconcile.reports.xlsx_book import LONGEST_TEXT, Book, put
from reconcile.reports.xlsx_table import Column, write_table

DAY = dt.date(2026, 11, 23)
# Before 0.8 calamine undid only some of the escapes (_x005F_) of a workbook's texts; then openpyxl alone reads them here.
CALAMINE_KNOWS_ESCAPES = tuple(map(int, version("python-calamine").split(".")[:2])) >= (0, 8)


def book_of(values, links=()):
    """The bytes of a workbook with some values below each other."""
    book = Book(DAY)
    sheet = book.add_sheet("Sheet")
    for row, value in enumerate(values):
        put(sheet, row, 0, value, book.look(bold=True), links[row] if links else "")
    return book.content()


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def texts_in(content):
    """The texts of a workbook's first column, by two readers."""
    sheet = as_in_the_file(io.BytesIO(content)).active
    assert {cell.data_type for (cell,) in sheet.iter_rows()} == {"s"}
    by_openpyxl = [unescaped(cell.value) for (cell,) in sheet.iter_rows()]
    if not CALAMINE_KNOWS_ESCAPES:
        return by_openpyxl, by_openpyxl
    by_calamine = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return by_openpyxl, [row[0] for row in by_calamine.to_python()]


FREAKS = [
    "<r>a</r>",
    "<r><t>a</t></r>",
    "<r></r>",
    "<r>& < > _x0041_</r>",
    "<r>a",
    "a</r>",
    "_x0041_",
    "_x0041_x0042_",
    "_x005F_x0041_",
    "a _x0041_x0042_x0043_ & b",
    "_x0041_x",
    "_x00_x0041_",
    " a ",
    "\ta\n",
    "a\r\nb\rc\nd",
    "\x01\ufffe",
    "=1+1",
    "http://a.example",
    "mailto:a@b.example",
    "internal:Sheet!A1",
    "external:a",
    "'a",
    "1",
    "TRUE",
]


@pytest.mark.parametrize("link", ["", "internal:'Sheet'!A1"])
def test_a_text_stays_as_it_is(link):
    content = book_of(FREAKS, [link] * len(FREAKS))
    wanted = [in_workbook(text) for text in FREAKS]
    assert texts_in(content) == (wanted, wanted)
    assert parts_of(content)["xl/worksheets/sheet1.xml"].count(b"<hyperlink ") == (
        len(FREAKS) if link else 0
    )


PIECES = st.sampled_from(["_", "x0041", "_x005F_", "<r>", "</r>", "<t>", "&", "\n", " ", "é", "😀"])


@settings(deadline=None)
@given(st.lists(PIECES, min_size=1).map("".join))
def test_whatever_it_is_made_of_a_text_stays_as_it_is(text):
    assert texts_in(book_of([text])) == ([text], [text])


@pytest.mark.parametrize(
    "text",
    [
        "a" * (LONGEST_TEXT + 1),
        "😀" * (LONGEST_TEXT // 2 + 1),
        "\x01" * (LONGEST_TEXT + 1),
        "_x0041_" * (LONGEST_TEXT // 7 + 1),
    ],
    ids=["letters", "emojis", "signs", "escapes"],
)
def test_a_text_that_no_cell_holds_is_cut_and_says_so(text):
    ((one,), (other,)) = texts_in(book_of([text]))
    assert one == other == in_workbook(text) and one.endswith("…")


@pytest.mark.parametrize("text", ["_x0041_x0042_" * 2_520, f"<r>{'&' * 32_000}</r>"])
def test_one_that_has_to_be_written_in_more_letters_is_cut_to_what_fits(text):
    ((one,), (other,)) = texts_in(book_of([text]))
    assert one == other and len(one) > 1_000 and text.startswith(one.removesuffix("…"))
    assert one.endswith("…")


def test_the_longest_that_a_cell_holds_is_not_cut():
    text = "a" * LONGEST_TEXT
    assert texts_in(book_of([text])) == ([text], [text])


def test_numbers_days_and_blanks_are_what_they_are():
    values = [1, 1234.56, True, DAY, dt.date(1900, 3, 1), None, ""]
    sheet = as_in_the_file(io.BytesIO(book_of(values))).active
    found = [cell.value for (cell,) in sheet.iter_rows()]
    assert found[:3] == [1, 1234.56, True] and found[3:5] == [46349, 61] and found[5:] == [None] * 2
    assert all(cell.font.b for (cell,) in sheet.iter_rows())


def test_a_cell_that_the_sheet_does_not_take_stops_the_writing():
    book = Book(DAY)
    with pytest.raises(ValueError, match="row 1048577, column 1: not written"):
        put(book.add_sheet("Sheet"), 1_048_576, 0, "a", None)


# Tables --------------------------------------------------------------------------------------------------------------


TWO_COLUMNS = (Column("one", 10), Column("two", 10))


def table_of(rows, links=None, columns=TWO_COLUMNS):
    book = Book(DAY)
    write_table(book, book.add_sheet("Sheet"), "Table", columns, rows, links=links or {})
    return book.content()


def test_a_sheet_has_no_more_links_than_excel_opens_and_all_its_texts(monkeypatch):
    monkeypatch.setattr(xlsx_table, "MOST_LINKS", 3)
    rows = [["a", "b"]] * 3
    links = {(at, column): ("Sheet", 1) for at in range(3) for column in range(2)}
    sheet = as_in_the_file(io.BytesIO(table_of(rows, links))).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert [cell.value for cell in cells] == ["a", "b"] * 3
    assert [bool(cell.hyperlink) for cell in cells] == [True] * 3 + [False] * 3
    assert [cell.font.u for cell in cells] == ["single"] * 3 + [None] * 3


def test_as_many_links_as_excel_opens_are_written_without_a_warning():
    rows = [["a", "b"]] * 33_000
    links = {(at, column): ("Sheet", 1) for at in range(33_000) for column in range(2)}
    sheet = parts_of(table_of(rows, links))["xl/worksheets/sheet1.xml"]
    assert sheet.count(b"<hyperlink ") == 65_530 and sheet.count(b"<c ") == 66_002


def test_two_columns_of_one_name_stop_the_writing():
    columns = (Column("one", 10), Column("One", 10))
    with (
        pytest.warns(UserWarning, match="Duplicate header"),
        pytest.raises(ValueError, match="table Table: not made"),
    ):
        table_of([["a", "b"]], columns=columns)


def test_a_row_is_as_high_as_its_lines_and_no_higher_than_a_row_may_be():
    columns = (Column("one", 10, wrap=True),)
    rows = [["a"], ["a\nb"], ["a\n" * 100]]
    sheet = as_in_the_file(io.BytesIO(table_of(rows, columns=columns))).active
    assert [sheet.row_dimensions[at].height for at in (2, 3, 4)] == [None, 30, 405]


# The file ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parts():
    """The parts of a workbook with one of everything."""
    book = Book(DAY)
    summary = LeadSheet(book, book.add_sheet("Summary"), (10, 10, 10, 10))
    at = summary.write_block(
        1, "Title", ("a", "", "", "d"), [["x", "", "y", 1.0], [" z ", "", None, 2.0]]
    )
    summary.add_chart("Chart", 1, 3, 2, (1, 6))
    summary.write_typed(at, "Prepared by")
    summary.finish()
    rows = [["=1", "a b"], [" b", None], ["", "c\nd"]]
    write_table(book, book.add_sheet("Table"), "Table", (Column("one", 9), Column("two", 9)), rows)
    return parts_of(book.content())


def test_the_same_calls_give_the_same_bytes_whatever_the_clock_and_the_system():
    first, again = (book_of(["a", 1, DAY]) for _ in range(2))
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {(one.date_time, one.create_system) for one in archive.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 0)
        }
        assert archive.testzip() is None


def test_parts_lead_to_each_other_by_relative_targets(parts):
    targets = [
        one.get("Target")
        for name, part in parts.items()
        if name.endswith(".rels")
        for one in ElementTree.fromstring(part)
    ]
    assert len(targets) > 8 and not [one for one in targets if one.startswith("/")]


def test_no_text_is_empty_and_only_those_that_need_it_keep_their_spaces(parts):
    assert not any(b"inlineStr" in part for part in parts.values())
    texts = re.findall(rb"<t( [^>]*)?>([^<]*)</t>", parts["xl/sharedStrings.xml"])
    assert len(texts) > 10 and not [text for _, text in texts if not text]
    kept = {text for attributes, text in texts if attributes}
    assert kept == {text for _, text in texts if text != text.strip()} == {b" z ", b" b"}


def test_a_chart_has_its_values_with_it(parts):
    chart = parts["xl/charts/chart1.xml"]
    assert re.findall(rb"<c:v>([^<]*)</c:v>", chart) == [b"x", b" z ", b"1", b"2"]
    assert b'<c:orientation val="maxMin"/>' in chart
