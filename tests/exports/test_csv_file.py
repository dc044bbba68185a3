"""One CSV file to cells: encodings, delimiters, line ends, quotes, ragged rows; and the files that cannot be read."""

from __future__ import annotations

import codecs
import hashlib
import zipfile

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made.files import (
    column,
    csv_text,
    job,
    jobs_csv,
    read_csv,
    receivable_summary,
    report_row,
    rewrite_parts,
    save,
    table,
    write_workbook,
    xero_csv,
    xero_line,
)

from reconcile.errors import ReconcileError
from reconcile.exports.columns import XERO_INVOICES, XPM_JOBS
from reconcile.exports.readers import csv_file as sheets
from reconcile.exports.readers.grid import Grid, Unread
from reconcile.exports.readers.read_file import read_sheets

NAMES = [
    xero_line(ContactName="Café Marmalade"),
    xero_line(ContactName="Łódź Trading"),
    xero_line(ContactName="O’Brien – Sons"),
]
WESTERN = [xero_line(ContactName="Café Marmalade"), xero_line(ContactName="O’Brien – Sons")]


def refusal(folder, content: bytes | str, name: str = "file.xlsx") -> str:
    with pytest.raises(ReconcileError) as caught:
        read_sheets(save(folder / name, content))
    assert caught.value.exit_code == 2 and len(caught.value.messages) == 1
    return str(caught.value)


def ragged_rows(grid) -> list[int]:
    return [problem.row for problem in grid.problems]


# Encodings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: text.encode("utf-8"), id="utf-8"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="utf-8-with-bom"),
        pytest.param(
            lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"), id="utf-16-little-endian"
        ),
        pytest.param(
            lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"), id="utf-16-big-endian"
        ),
    ],
)
@pytest.mark.parametrize("delimiter", [",", "\t"], ids=["comma", "tab"])
def test_a_unicode_file_is_read_without_a_word(tmp_path, encode, delimiter):
    grid = read_csv(tmp_path, encode(xero_csv(*NAMES, delimiter=delimiter)))
    assert column(grid, "contact") == [line["ContactName"] for line in NAMES]
    assert grid.headers["contact"] == "ContactName" and grid.warnings == ()


def test_another_encoding_is_read_as_windows_1252_with_a_warning(tmp_path):
    grid = read_csv(tmp_path, xero_csv(*WESTERN).encode("cp1252"))
    assert column(grid, "contact") == ["Café Marmalade", "O’Brien – Sons"]
    assert len(grid.warnings) == 1 and "Windows-1252" in grid.warnings[0]


def test_a_file_of_ascii_needs_no_warning(tmp_path):
    assert read_csv(tmp_path, xero_csv().encode("ascii")).warnings == ()


def test_a_byte_that_stands_for_no_letter_is_named(tmp_path):
    content = xero_csv(xero_line(ContactName="Caf\x81")).encode("latin-1")
    assert f"Byte {content.index(0x81) + 1}" in refusal(tmp_path, content, "file.csv")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_ragged_row_in_a_windows_1252_file_is_set_aside_like_any_other(tmp_path):
    grid = read_csv(tmp_path, (xero_csv(*WESTERN) + "é,y\r\n").encode("cp1252"))
    assert ragged_rows(grid) == [4] and len(grid.warnings) == 1


# Delimiters, line ends, quotes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("quote_all", [False, True], ids=["quoted-where-needed", "all-quoted"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_the_same_cells_come_back_from_every_form_of_csv(tmp_path, delimiter, line_end, quote_all):
    lines = [
        xero_line(Reference="a,b;c\td"),
        xero_line(Reference='say "x"'),
        xero_line(Reference="two\nlines"),
        xero_line(Reference=""),
    ]
    grid = read_csv(
        tmp_path, xero_csv(*lines, delimiter=delimiter, line_end=line_end, quote_all=quote_all)
    )
    assert column(grid, "reference") == [line["Reference"] for line in lines]
    assert grid.rows.tolist() == [2, 3, 4, 5] and grid.separator == delimiter


def test_the_header_decides_the_delimiter_and_not_the_texts_below(tmp_path):
    grid = read_csv(tmp_path, xero_csv(xero_line(Description="a;b;c;d\te\tf")))
    assert isinstance(grid, Grid) and grid.separator == ","


def test_the_line_that_tells_excel_the_delimiter_is_passed_over(tmp_path):
    grid = read_csv(tmp_path, "sep=;\r\n" + xero_csv(delimiter=";"))
    assert grid.rows.tolist() == [3] and grid.separator == ";"


@pytest.mark.parametrize(
    "end", ["", "\r\n", "\r\n\r\n\r\n", "\r\n\x1a"], ids=["none", "one", "several", "ctrl-z"]
)
def test_the_end_of_the_file_makes_no_row(tmp_path, end):
    grid = read_csv(tmp_path, xero_csv().rstrip() + end)
    assert (grid.rows.tolist(), grid.row_count) == ([2], 1)


@pytest.mark.parametrize(
    "text", ['5" pipe', 'The "big" one', "it's"], ids=["inch", "words", "apostrophe"]
)
def test_a_quote_inside_an_unquoted_text_is_a_letter_like_others(tmp_path, text):
    content = xero_csv(xero_line(Reference="HERE"), xero_line()).replace("HERE", text)
    assert column(read_csv(tmp_path, content), "reference") == [text, "CLI-1001"]


@pytest.mark.parametrize(
    ("before", "row"),
    [
        pytest.param([], 2, id="first-row"),
        pytest.param([xero_line(), xero_line()], 4, id="later-row"),
        pytest.param([xero_line(Description="a\r\nb\r\nc")], 3, id="after-a-text-of-several-lines"),
    ],
)
@pytest.mark.parametrize("after", [0, 2], ids=["last-row", "rows-follow"])
def test_an_unclosed_quote_is_refused_with_the_row_where_it_opened(tmp_path, before, row, after):
    content = xero_csv(
        *before, xero_line(Description="HERE"), *[xero_line(Description="x, y")] * after
    ).replace("HERE", '"here')
    assert f"row {row}: a quoted text opens here" in refusal(tmp_path, content, "file.csv")


def test_a_text_after_a_closing_quote_is_refused_with_its_row(tmp_path):
    content = xero_csv(xero_line(), xero_line(Description="HERE")).replace(
        "HERE", '"The "big" one"'
    )
    assert "row 3" in refusal(tmp_path, content, "file.csv")


def test_a_title_with_quotes_of_its_own_does_not_stop_the_reading(tmp_path):
    assert read_csv(tmp_path, '"Open" invoices\r\n' + xero_csv()).rows.tolist() == [3]


# Rows --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    ["", "Title\r\n", '"Title,\r\nin two lines"\r\n', "\r\n\r\nTitle\r\n\r\n"],
    ids=["none", "one", "two-lines", "blank"],
)
def test_row_numbers_are_the_spreadsheets_own_below_titles(tmp_path, title):
    grid = read_csv(tmp_path, title + xero_csv(xero_line(), xero_line()))
    above = {"": 0, "\r\n\r\nTitle\r\n\r\n": 4}.get(title, 1)
    assert grid.rows.tolist() == [above + 2, above + 3]


def test_ragged_rows_are_set_aside_with_their_own_row_numbers(tmp_path):
    row = xero_csv().splitlines(keepends=True)[1]
    first = xero_csv(xero_line(Description="one\r\n\r\nthree"))
    grid = read_csv(tmp_path, first + "short,row\r\n" + row + "\r\n" + row + "x," * 50 + "\r\nlast")
    assert (grid.rows.tolist(), ragged_rows(grid)) == ([2, 4, 6], [3, 7, 8])
    assert grid.row_count == 6 and all(problem.set_aside for problem in grid.problems)
    assert (grid.problems[0].problem, grid.problems[0].value) == (
        "the row has 2 cells, its header 44",
        "short,row",
    )


@pytest.mark.parametrize(
    "blank", ["\r\n", "," * 43 + "\r\n"], ids=["empty-line", "delimiters-alone"]
)
def test_blank_lines_are_no_rows_and_yet_count_in_row_numbers(tmp_path, blank):
    header, one, two = xero_csv(xero_line(), xero_line()).splitlines(keepends=True)
    grid = read_csv(tmp_path, header + blank + one + blank + blank + two)
    assert (grid.rows.tolist(), grid.row_count, grid.problems) == ([3, 6], 2, ())


@pytest.mark.parametrize(
    "blank",
    ["   \r\n", ",,,\r\n", "\u00a0\r\n", '"","\u00a0\n",""\r\n'],
    ids=["spaces", "few-delimiters", "no-break-space", "quoted-spaces"],
)
def test_a_line_with_nothing_on_it_is_a_blank_line(tmp_path, blank):
    grid = read_csv(tmp_path, xero_csv() + blank)
    assert (grid.problems, grid.row_count) == ((), 1)


@pytest.mark.parametrize(
    "text", ['""""\r\n', '"""",""\r\n', "\u200b\r\n"], ids=["quote", "and-blank", "no-width"]
)
def test_a_short_row_with_any_letter_in_it_is_a_row(tmp_path, text):
    grid = read_csv(tmp_path, xero_csv() + text)
    assert (ragged_rows(grid), grid.row_count) == ([3], 2)


def test_a_long_text_is_read_whole(tmp_path):
    grid = read_csv(
        tmp_path, xero_csv(xero_line(Description="x" * 200_000), xero_line(Reference="y" * 40_000))
    )
    assert [len(text) for text in column(grid, "reference")] == [8, 40_000]


def test_the_file_is_named_by_its_hash(tmp_path):
    content = xero_csv().encode()
    assert read_csv(tmp_path, content).sha256 == hashlib.sha256(content).hexdigest()


def test_a_header_without_rows_is_an_empty_grid(tmp_path):
    for end in ("", "\r\n"):
        grid = read_csv(tmp_path, ",".join(xero_line()) + end)
        assert (len(grid.rows), grid.row_count) == (0, 0)


def test_a_report_saved_as_csv_is_read_as_one(tmp_path):
    rows = [
        [str(cell or "") for cell in row]
        for row in receivable_summary({"Acme": [report_row(Invoice_Date="13 Oct 2026")]})
    ]
    padded = [row + [""] * (len(rows[4]) - len(row)) for row in rows]
    grid = read_csv(tmp_path, csv_text(padded))
    assert (grid.role, grid.grouped_by) == (XERO_INVOICES, "contact") and grid.rows.tolist() == [
        6,
        7,
        8,
        9,
    ]


# Files that cannot be read -------------------------------------------------------------------------------------------

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param(
            "a.xlsx",
            OLD_OFFICE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99,
            "password",
            id="password",
        ),
        pytest.param("a.xls", OLD_OFFICE, "old Excel workbook", id="xls"),
        pytest.param("a.csv", OLD_OFFICE, "old Excel workbook", id="xls-named-csv"),
        pytest.param("a.xlsx", b"", "empty", id="zero-bytes"),
        pytest.param("a.csv", b"", "empty", id="zero-bytes-csv"),
        pytest.param("a.csv", b"\xef\xbb\xbf \r\n\r\n", "empty", id="blank-lines-alone"),
        pytest.param("a.csv", b"\0" * 5000, "empty", id="zero-filled"),
        pytest.param(
            "a.xlsx", b"\r\n<!DOCTYPE html><html><body>Log in", "web page", id="html-as-xlsx"
        ),
        pytest.param("a.csv", b"\xef\xbb\xbf<html>", "web page", id="html-as-csv"),
        pytest.param("a.xlsx", b"%PDF-1.7\n", "PDF", id="pdf"),
        pytest.param(
            "a.xlsx", b"ContactName,InvoiceNumber\r\n", "not an Excel workbook", id="csv-named-xlsx"
        ),
        pytest.param(
            "a.csv", xero_csv().encode("utf-16-le"), "zero bytes", id="utf-16-without-bom"
        ),
        pytest.param("a.csv", xero_csv().encode("utf-16") + b"\0", "Byte", id="utf-16-cut-short"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_clear_sentence(tmp_path, name, content, words):
    sentence = refusal(tmp_path, content, name)
    assert sentence.startswith(f"{name}: ") and words in sentence and sentence.endswith(".")


def test_a_folder_or_missing_file_is_no_traceback(tmp_path):
    for path in (tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(ReconcileError, match="cannot be opened"):
            read_sheets(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("hello world\r\nfoo\r\n", "no header row", id="prose"),
        pytest.param("1,2,3\r\n4,5,6\r\n", "no header row", id="numbers"),
        pytest.param('{"error": "unauthorised"}', "no header row", id="json"),
        pytest.param(
            "Client,Town\r\nAcme,Perth\r\n", "Headers found: Client, Town", id="another-list"
        ),
    ],
)
def test_a_file_that_is_not_understood_is_named_and_not_half_read(tmp_path, content, words):
    found = read_csv(tmp_path, content)
    assert isinstance(found, Unread) and words in found.reason and not found.own_output


def test_the_programs_own_result_is_told_apart(tmp_path):
    found = read_csv(
        tmp_path,
        "\ufeffinvoice_no,reference,outcome,belongs_job_no,if_resynced_place\r\nINV-1,CLI-1,ok,J1,job\r\n",
    )
    assert isinstance(found, Unread) and found.own_output


# Workbooks, through the process that opens them ------------------------------------------------------------------------


def test_a_workbook_is_known_by_its_content_whatever_its_name(tmp_path):
    path = write_workbook(
        tmp_path / "jobs.csv",
        {"Jobs": table([job()]), "Notes": [["To do"], ["call"]]},
        hidden=["Notes"],
    )
    jobs, notes = read_sheets(path, label="the jobs")
    assert (jobs.role, jobs.sheet, jobs.path, jobs.rows.tolist()) == (
        XPM_JOBS,
        "Jobs",
        "the jobs",
        [2],
    )
    assert "hidden" in notes.reason
    assert column(jobs, "job_no") == column(read_csv(tmp_path, jobs_csv(job())), "job_no")


def damaged(folder, change) -> bytes:
    return rewrite_parts(
        write_workbook(folder / "a.xlsx", {"Jobs": table([job()])}), change
    ).read_bytes()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(
            lambda folder: damaged(folder, lambda name, part: part)[:900], "damaged", id="cut-short"
        ),
        pytest.param(
            lambda folder: damaged(folder, lambda name, part: part)[:-15],
            "damaged",
            id="last-bytes-lost",
        ),
        pytest.param(
            lambda folder: damaged(
                folder, lambda name, part: b"<worksheet><row" if "sheet1" in name else part
            ),
            "cannot be read",
            id="broken-sheet",
        ),
        pytest.param(
            lambda folder: damaged(
                folder, lambda name, part: None if name.startswith("xl/") else part
            ),
            "zip archive",
            id="zip-of-else",
        ),
    ],
)
def test_a_damaged_workbook_gets_one_clear_sentence(tmp_path, spoil, words):
    assert words in refusal(tmp_path, spoil(tmp_path))


def test_a_workbook_that_ends_the_process_that_opens_it_does_not_end_this_one(tmp_path):
    def far_cell(book):
        book["Jobs"]["XFD1048576"] = "x"

    path = write_workbook(tmp_path / "a.xlsx", {"Jobs": table([job()])}, prepare=far_cell)
    assert "damaged or too large" in refusal(tmp_path, path.read_bytes())


def test_a_zip_of_something_else_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("export.csv", "a,b")
    assert "zip archive of something else" in refusal(tmp_path, (tmp_path / "b.zip").read_bytes())


def test_a_layout_that_cannot_be_read_rightly_names_file_and_sheet(tmp_path):
    rows = table([job()])
    rows[0][1] = "[Job] Budget (Totalled)"
    path = write_workbook(tmp_path / "a.xlsx", {"Jobs": rows})
    sentence = refusal(tmp_path, path.read_bytes(), "b.xlsx")
    assert sentence.startswith("b.xlsx: sheet 'Jobs': ") and "(Totalled)" in sentence


def test_a_header_with_stray_bytes_is_no_header_once_the_file_is_read_as_windows_1252(tmp_path):
    content = (
        jobs_csv(job(name="Café"))
        .encode("cp1252")
        .replace(b"[Client] Client", b"[Client] Cl\xff\xfeient")
    )
    found = read_csv(tmp_path, content, "jobs.csv")
    assert isinstance(found, Unread) and "without [Client] Client" in found.reason


@given(st.text(st.sampled_from('",\nab'), max_size=40), st.integers(1, 7))
def test_in_whatever_pieces_a_file_is_looked_through_its_quotes_are_the_same(text, piece):
    source = pa.py_buffer(f"a,b\n{text}".encode())
    whole = sheets._quotes_are_tidy(source, ",")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "_SCAN_BYTES", piece)
        assert sheets._quotes_are_tidy(source, ",") == whole
