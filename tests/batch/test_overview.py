"""Many practices in one workbook and on one page: orders, sums, failures, texts of strangers, the same bytes.

Source: reconcile/batch/overview.py's own promises; the records are of the form that worker.run_practice says.
"""

import io
import random
import re
import zipfile
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hostile.payloads import PAYLOADS, as_in_the_file, in_workbook, on_page, unescaped
from made.pages import page_faults
from made.records import failed, record
from made.sheets import is_one_page_wide
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from reconcile.batch.overview import AT_RISK
from reconcile.batch.overview_html import overview_page
from reconcile.batch.overview_xlsx import overview_workbook

AS_OF = date(2026, 11, 23)
NAME = "Northern Group"
BESIDE = Path("/practices/overview-2026-11-23")
TABLES = ("Practices", "Causes", "Failures")
EVERYTHING = (
    record("Clean"),
    record("Small", causes=[("fix", "T26", 1, 5_000)]),
    record(
        "Large",
        causes=[("fix", "T26", 2, 90_000), ("review", "T25", 3, 10_050)],
        before_tonight=2,
        needs_decision=1,
    ),
    record(
        "Aside",
        causes=[("review", None, 1, 700), ("none", "T21", 4, -44_000), ("wait", "T24", 2, 800)],
        set_aside=2,
    ),
    record(
        "Both",
        causes=[("fix", "T26", 1, 100), ("review", "T26", 1, 200)],
        since={"new": 4, "fixed": 5, "worse": 6},
    ),
    failed(
        "a.csv: no header. Export it again.", "b.csv: empty. Export it again.", practice="Broken"
    ),
    failed("fixlist.xlsx: open. Close it.", practice="Locked", exit_code=75),
)


def book_of(records, beside=BESIDE):
    return load_workbook(io.BytesIO(overview_workbook(records, AS_OF, NAME, beside)))


def page_of(records):
    """The page as a browser reads it: line ends are one."""
    return re.sub("\r\n?", "\n", overview_page(records, AS_OF, NAME, "1").decode())


def rows(sheet):
    """A sheet's rows by header; a table of none has one blank row."""
    headers = [cell.value for cell in sheet[1]]
    found = [
        dict(zip(headers, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)
    ]
    return [row for row in found if any(value is not None for value in row.values())]


def lead(book):
    """The rows of the Summary by their first cell."""
    return {row[0]: row for row in book["Summary"].iter_rows(values_only=True) if row[0]}


def practices_on(page):
    """The names in the page's list, in its order."""
    return re.findall(r'<th scope="row" class="name">([^<]*) <span', page)


# Orders and sums -----------------------------------------------------------------------------------------------------


def test_the_largest_amount_at_risk_comes_first_then_the_name_and_last_what_failed():
    records = [
        failed("x.", practice="A failed"),
        record("zeta", causes=[("fix", "T1", 1, 500)]),
        record("Clean"),
        record("Alpha", causes=[("review", "T1", 1, 500)]),
        record("big", causes=[("fix", "T1", 1, 501)]),
        record("Owes", causes=[("fix", "T1", 1, -1)]),
        failed("x.", practice="a crashed", exit_code=1),
    ]
    wanted = ["big", "Alpha", "zeta", "Clean", "Owes", "a crashed", "A failed"]
    assert [row["practice"] for row in rows(book_of(records)["Practices"])] == wanted
    assert practices_on(page_of(records)) == wanted


@pytest.mark.parametrize(
    ("one", "state"),
    [
        pytest.param(record(), "clean", id="0"),
        pytest.param(record(causes=[("fix", "T1", 1, 5)]), "to act on", id="10"),
        pytest.param(record(causes=[("fix", "T1", 1, 5)], set_aside=1), "set aside", id="20"),
        pytest.param(failed("x."), "failed", id="2"),
        pytest.param(failed("x.", exit_code=75), "failed", id="75"),
        pytest.param(failed("x.", exit_code=1), "failed", id="1"),
        pytest.param(failed("x.", exit_code=-9), "failed", id="ended by the system"),
    ],
)
def test_the_state_of_a_practice(one, state):
    (row,) = rows(book_of([one])["Practices"])
    assert row["state"] == state
    assert f">{state}</span></td>" in page_of([one])


def test_the_sums_over_practices_are_the_totals_shown():
    book = book_of(EVERYTHING)
    told, practices, causes = lead(book), rows(book["Practices"]), rows(book["Causes"])

    def total(header):
        return round(sum(row[header] for row in practices if row[header] is not None), 2)

    assert told["practices in all"][2:4] == (len(EVERYTHING), total("at risk"))
    assert told["invoices in all"][2:5] == (total("invoices in all"), total("money in all"), 5)
    assert told["at risk in all"][2:5] == (
        total("invoices to mend or look at"),
        total("at risk"),
        4,
    )
    for words, header in (
        ("fixes: ", "fixes"),
        ("minutes of work", "minutes"),
        ("invoices to mend before tonight", "before tonight"),
        ("invoices that need a decision", "needs a decision"),
        ("fixes that are new", "new since last run"),
        ("fixes that are done", "fixed since last run"),
        ("fixes that are worse", "worse since last run"),
        ("problems in the input", "problems"),
        ("of these, set aside", "set aside"),
    ):
        (row,) = [row for first, row in told.items() if first.startswith(words)]
        assert row[2] == total(header), words
    at_risk = [row for row in causes if row["outcome"] in AT_RISK]
    assert round(sum(row["amount"] for row in at_risk), 2) == total("at risk") == 1060.5
    assert sum(row["invoices"] for row in at_risk) == total("invoices to mend or look at") == 9


def test_every_invoice_is_in_one_outcome():
    told = lead(book_of(EVERYTHING))
    outcomes = [
        row for first, row in told.items() if re.match("(ok|fix|wait|review|none): ", first)
    ]
    assert len(outcomes) == 5
    assert sum(row[2] for row in outcomes) == told["invoices in all"][2]
    assert round(sum(row[3] for row in outcomes), 2) == told["invoices in all"][3]


def test_a_cause_is_counted_once_in_a_practice_and_the_largest_amount_comes_first():
    told = lead(book_of(EVERYTHING))
    causes = [
        (first[:3], row[2:5])
        for first, row in told.items()
        if re.match(r"T\d|the exports tell", first)
    ]
    assert causes == [("T26", (5, 953, 3)), ("T25", (3, 100.5, 1)), ("the", (1, 7, 1))]


def test_the_states_are_counted():
    told = lead(book_of(EVERYTHING))
    counts = {
        first.split(":")[0]: row[2:4]
        for first, row in told.items()
        if re.match("(clean|to act on|set aside|failed): ", first)
    }
    assert counts == {
        "clean": (1, 0),
        "to act on": (3, 1053.5),
        "set aside": (1, 7),
        "failed": (2, None),
    }


def test_the_causes_of_each_practice_those_at_risk_first():
    causes = [
        list(row.values())
        for row in rows(book_of(EVERYTHING)["Causes"])
        if row["practice"] == "Aside"
    ]
    assert causes == [
        ["Aside", "no cause", None, "review", 1, 7],
        ["Aside", "T24", "waiting-for-sync", "wait", 2, 8],
        ["Aside", "T21", "credit-note", "none", 4, -440],
    ]


# Failures, and nothing at all ------------------------------------------------------------------------------------------


def test_a_failed_practice_has_no_figures_and_each_of_its_reasons_in_full():
    book = book_of(EVERYTHING)
    (row,) = [row for row in rows(book["Practices"]) if row["practice"] == "Broken"]
    assert {header: value for header, value in row.items() if value is not None} == {
        "practice": "Broken",
        "state": "failed",
    }
    assert [tuple(row.values()) for row in rows(book["Failures"])] == [
        (
            "Broken",
            "/practices/Broken",
            "could not run: its files or settings need somebody (2)",
            "a.csv: no header. Export it again.",
        ),
        (
            "Broken",
            "/practices/Broken",
            "could not run: its files or settings need somebody (2)",
            "b.csv: empty. Export it again.",
        ),
        ("Locked", "/practices/Locked", "try again later (75)", "fixlist.xlsx: open. Close it."),
    ]
    page = page_of(EVERYTHING)
    assert (
        "<strong>2 practices failed,</strong>" in page
        and "<li>a.csv: no header. Export it again.</li>" in page
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, "a fault of this program (1)"),
        (75, "try again later (75)"),
        (-9, "ended in a way that is not known (-9)"),
    ],
)
def test_a_failure_without_a_reason_says_so(code, words):
    (row,) = rows(book_of([failed(exit_code=code)])["Failures"])
    assert row["what happened"] == words and row["reason, and what to do"].startswith(
        "No reason was given."
    )


def test_none_failed():
    records = [record()]
    page = page_of(records)
    assert rows(book_of(records)["Failures"]) == []
    assert "Failures</h2>" not in page and "practices failed" not in page
    assert "Nothing to fix in any practice that ran." in page and "Before tonight:" not in page


def test_all_failed():
    records = [failed("x.")]
    assert lead(book_of(records))["invoices in all"][2:5] == (0, 0, 0)
    assert "No practice ran: there is nothing to say about money." in page_of(records)


def test_no_practice_at_all():
    book = book_of([])
    assert [rows(book[name]) for name in TABLES] == [[], [], []]
    assert lead(book)["practices in all"][2:4] == (0, 0)
    assert "No practice ran" in page_of([]) and "<form" not in page_of([])


@pytest.mark.long
def test_ten_thousand_practices():
    records = [record(f"Practice {at}", causes=[("fix", "T1", 1, at)]) for at in range(10_000)]
    records[7] = failed("x.", practice="Practice 7")
    content = overview_workbook(records, AS_OF, NAME, BESIDE)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        counts = [
            parts.read(f"xl/worksheets/sheet{at}.xml").count(b"<row ") - 1 for at in (2, 3, 4)
        ]
    assert counts == [10_000, 9_999, 1]
    names = practices_on(page_of(records))
    assert len(names) == 10_000 and names[0] == "Practice 9999" and names[-1] == "Practice 7"


# The workbook's form ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("records", [EVERYTHING, ()], ids=["some", "none"])
def test_each_sheet_is_a_table_with_filters_frozen_and_printable(name, records):
    sheet = book_of(records)[name]
    (table,) = sheet.tables.values()
    size = f"A1:{get_column_letter(sheet.max_column)}{max(sheet.max_row, 2)}"
    assert table.autoFilter is not None and sheet.freeze_panes == "A2" and table.ref == size
    assert sheet.page_setup.orientation == "landscape" and sheet.print_title_rows == "$1:$1"
    assert is_one_page_wide(sheet)
    assert (
        sheet.protection.sheet and not sheet.protection.password and not sheet.protection.autoFilter
    )


def test_the_sheets_and_the_chart():
    assert book_of(EVERYTHING).sheetnames == ["Summary", "Practices", "Causes", "Failures"]
    content = overview_workbook(EVERYTHING, AS_OF, NAME)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert sum(name.startswith("xl/charts/chart") for name in parts.namelist()) == 1
        assert b'<dimension ref="A1:P8"' in parts.read("xl/worksheets/sheet2.xml")


def test_amounts_are_numbers_and_money():
    sheet = book_of(EVERYTHING)["Practices"]
    (column,) = [cell.column for cell in sheet[1] if cell.value == "at risk"]
    assert sheet.cell(2, column).value == 1000.5 and sheet.cell(2, column).number_format.startswith(
        "#,##0.00"
    )


@pytest.mark.parametrize(
    ("place", "folder", "beside", "shown", "target"),
    [
        pytest.param("/p/a b", "out", "/p/all", "/p/a b/out", r"..\a%20b\out", id="beside"),
        pytest.param("/p/a", "out", "/p", "/p/a/out", r"a\out", id="below"),
        pytest.param("/p/a", ".", "/p", "/p/a", "a", id="the practice's own folder"),
        pytest.param("/p/a", "/else/where", "/p", "/else/where", r"..\else\where", id="elsewhere"),
        pytest.param("p/a", "out", "p/all", "p/a/out", r"..\a\out", id="both from here"),
        pytest.param(
            "/p/Łódź", "out", "/p", "/p/Łódź/out", r"Łódź\out", id="letters of any language"
        ),
        pytest.param(
            "/p/50% #1?",
            "out",
            "/p",
            "/p/50% #1?/out",
            r"50%25%20%231%3F\out",
            id="signs of a link",
        ),
        pytest.param("/p/a", "out", None, "/p/a/out", "FILE:///p/a/out", id="whole path"),
        pytest.param("p/a", "out", None, "p/a/out", None, id="from nobody knows where"),
        pytest.param(
            "s3://bucket/a", "out", "/p", "s3://bucket/a/out", None, id="not on this computer"
        ),
        pytest.param(
            "//server/share/a", "out", "/p", "//server/share/a/out", None, id="on a server"
        ),
        pytest.param(
            "\\\\server\\share\\a",
            "x/out",
            "/p",
            "\\\\server\\share\\a\\x\\out",
            None,
            id="on a server of Windows",
        ),
        pytest.param(
            "mailto:a@b.example",
            "out",
            ".",
            "mailto:a@b.example/out",
            None,
            id="looks like an address",
        ),
        pytest.param("/p/a\nb", "out", "/p", "/p/a\nb/out", None, id="line break"),
        pytest.param(
            "/p/" + "a" * 2_000,
            "out",
            "/p",
            "/p/" + "a" * 2_000 + "/out",
            None,
            id="longer than a link may be",
        ),
    ],
)
@pytest.mark.skipif(str(Path("/p")) != "/p", reason="these are paths of other systems than Windows")
def test_the_folder_of_results_and_the_link_to_it(place, folder, beside, shown, target):
    book = book_of([record(place=place, folder=folder)], None if beside is None else Path(beside))
    cell = book["Practices"].cell(2, book["Practices"].max_column)
    assert cell.value == shown
    assert (cell.hyperlink.target if cell.hyperlink else None) == target
    assert f'<span class="under">{shown}</span>' in page_of([record(place=place, folder=folder)])


# Texts of strangers ------------------------------------------------------------------------------------------------------


def with_texts(texts):
    """For each text a practice that ran and one that failed, the text wherever one can be; those that ran keep their order."""
    ran = [
        record(
            text,
            place=text,
            causes=[("fix", "T26", 1, 10_000 - at)],
            before_tonight=1,
            set_aside=1,
            since={"new": 1},
        )
        for at, text in enumerate(texts)
    ]
    return ran + [failed(text, f"{text} again", practice=text, place=text) for text in texts]


def test_a_text_is_a_text_in_the_workbook():
    texts = [payload.text for payload in PAYLOADS]
    wanted = [in_workbook(text) for text in texts]
    content = overview_workbook(with_texts(texts), AS_OF, NAME, BESIDE)
    book = as_in_the_file(io.BytesIO(content))
    assert [unescaped(row["practice"]) for row in rows(book["Practices"])][: len(texts)] == wanted
    assert [unescaped(row["practice"]) for row in rows(book["Causes"])] == wanted
    reasons = {in_workbook(reason) for text in texts for reason in (text, f"{text} again")}
    for header, expected in (
        ("practice", set(wanted)),
        ("place", set(wanted)),
        ("reason, and what to do", reasons),
    ):
        assert {unescaped(row[header]) for row in rows(book["Failures"])} == expected
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [
            parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/")
        ]
    assert not any(re.search(rb"<f[ >]", text) for text in sheets)
    links = [
        one.attrib["Target"]
        for text in sheets
        for one in ElementTree.fromstring(text)
        if one.get("TargetMode")
    ]
    assert (
        len(links) > 20
        and [
            one
            for one in links
            if not re.fullmatch(r"(\.\.\\)*[^:/\\][^:/]*\\fixlist-2026-11-23", one)
        ]
        == []
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "_x0041_", "\x01a", "<b>"])
def test_the_name_of_all_is_a_text_in_the_workbook(text):
    content = overview_workbook([record()], AS_OF, text)
    cell = as_in_the_file(io.BytesIO(content))["Summary"]["A1"]
    assert unescaped(cell.value) == in_workbook(text) and cell.data_type == "s"


def test_a_text_is_a_text_on_the_page():
    texts = [payload.text for payload in PAYLOADS]
    page = page_of(with_texts(texts))
    wanted = {on_page(shown) for text in texts for shown in (text, f"{text} again")}
    assert page_faults(page, wanted, page_of([*with_texts(["Plain"]), *EVERYTHING])) == []


def test_half_a_character_of_a_folder_is_a_sign():
    records = with_texts(["caf\udce9"])
    assert rows(book_of(records)["Practices"])[0]["practice"] == "caf\ufffd"
    assert "caf?" in page_of(records)


def test_the_title_is_a_text():
    evil = '</title><script>alert(1)</script>"'
    page = overview_page(EVERYTHING, AS_OF, evil, "1").decode()
    assert page_faults(page, {evil}, page_of(EVERYTHING)) == []


# The same bytes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [overview_workbook, lambda *given: overview_page(*given, "1")],
    ids=["workbook", "page"],
)
def test_the_same_records_give_the_same_bytes_in_any_order_and_however_they_came_about(write):
    twins = [
        record("Twin", place="/p/1"),
        record("Twin", place="/p/1", problems=3),
        record("Twin", place="/p/0"),
    ]
    records = [*EVERYTHING, *twins]
    first = write(records, AS_OF, NAME)
    again = [replace(one, seconds=at + 9.5, skipped=True) for at, one in enumerate(records)]
    for seed in range(5):
        random.Random(seed).shuffle(again)
        assert write(again, AS_OF, NAME) == first
    assert write(records[1:], AS_OF, NAME) != first


# The page's form ---------------------------------------------------------------------------------------------------------


def test_the_page_leads_nowhere_and_runs_only_its_own():
    page = page_of(EVERYTHING)
    assert re.search(
        r"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; style-src &#39;sha256-",
        page,
    )
    assert set(re.findall(r'href="([^"]*)"', page)) == {"#practices", "#failures"}
    assert "src=" not in page and "url(" not in page and " style=" not in page


def test_one_heading_of_the_first_rank_and_no_rank_left_out():
    ranks = [int(rank) for rank in re.findall(r"<h([1-6])", page_of(EVERYTHING))]
    assert ranks.count(1) == 1 and ranks[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(ranks))


def test_every_field_has_a_label_and_every_link_its_place():
    page = page_of(EVERYTHING)
    fields = re.findall(r'<(?:input|select) id="([^"]*)"', page)
    assert len(fields) == 3 and set(fields) == set(re.findall(r'<label for="([^"]*)"', page))
    assert {"practices", "failures"} <= set(re.findall(r'id="([^"]*)"', page))


def test_the_lead_of_the_page():
    page = page_of(EVERYTHING)
    assert (
        "1,060.50 at risk in 4 of 5 practices that ran: 9 invoices to mend or look at, of 65 in all (5,628.50)."
        in page
    )
    assert "<strong>Before tonight:</strong> 2 invoices" in page
    assert "Since each practice's last run 4 new, 5 fixed, 6 worse." in page
