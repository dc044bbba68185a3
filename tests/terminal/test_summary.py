"""The closing summary: twelve rows of 80 columns whatever was found, numbers that add up, the most money first.

The whole of one summary is in tests/golden. Source: contract.md "Command line".
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made.builders import NEVER, TODAY, decide, fixes, invoice, practice
from tools.make_golden import GOLDEN

from reconcile.exports.check import Examination
from reconcile.exports.control_totals import InputTotals, RowTotals
from reconcile.exports.problems import Problem
from reconcile.fixes.fix_list import Forecast
from reconcile.pipeline import Result
from reconcile.rules.causes import CAUSES
from reconcile.rules.vocabulary import OUTCOMES
from reconcile.settings.model import Settings
from reconcile.terminal.layout import Screen, columns, rows_of
from reconcile.terminal.summary import ROWS, closing_summary, details, examination_lines
from reconcile.verdicts.root_causes import RootCause
from reconcile.verdicts.totals import OutcomeTotals, Totals

ALL_FILES = [
    "fixlist.xlsx",
    "fixlist.csv",
    "fixlist.json",
    "report.html",
    "invoices.csv",
    "jobs.csv",
]
FOLDER = Path("fixlist-2026-11-23")
ROOT = RootCause(
    "adhoc-on",
    "Ad hoc jobs are on in XPM, so what matches no job makes a new one: Business > Settings (R10)",
    12,
    345600,
    (),
)
ASIDE = Problem("jobs.csv", None, 14, "Date Created", "31/31/26", "not a date", True)
LONG_NAME = "The Honourable Company of Certified Practising Accountants and Tax Agents of the Upper Hunter Valley Pty Ltd"

EXPORTS, FINDINGS = practice(), decide()
(FIX,) = fixes(invoices=[invoice("CLI–1")], xpm_invoices=NEVER)  # due before tonight


def result_of(
    outcomes=None,
    causes=(),
    *,
    ahead=None,
    count=0,
    name="Acme Accountants",
    roots=(),
    problems=(),
    rows=None,
):
    """A run that found all this: outcomes are {name: (invoices, cents)}, causes are (id, invoices, cents)."""
    outcomes = dict.fromkeys(OUTCOMES, (0, 0)) | (outcomes or {"ok": (1, 110000)})
    by_outcome = {key: OutcomeTotals(*numbers) for key, numbers in outcomes.items()}
    invoices, cents = (sum(some) for some in zip(*outcomes.values(), strict=True))
    totals = Totals(invoices, cents, by_outcome)
    ledger = [
        ("fix", cause, cents if at == 0 else 0)
        for cause, number, cents in causes
        for at in range(number)
    ]
    ledger = pd.DataFrame(
        ledger or [("ok", "", 110000)], columns=["outcome", "cause", "total_cents"]
    )
    findings = replace(FINDINGS, ledger=ledger)
    inputs = (
        InputTotals(
            "xero_invoices", "xero.csv", None, "", **{"rows": 1, "records": 1, **(rows or {})}
        ),
    )
    exports = replace(EXPORTS, inputs=inputs, problems=tuple(problems))
    ahead = ahead or Forecast(count, 0, count, 0, 0, 0)
    return Result(
        TODAY,
        Settings(practice=name),
        exports,
        findings,
        (FIX,) * count,
        totals,
        ahead,
        tuple(roots),
    )


def summary(result, width=80, folder=FOLDER, files=ALL_FILES):
    lines = closing_summary(result, folder, [folder / name for name in files], width)
    return [row for line in lines for row in rows_of(line, Screen(width))]


def labelled(rows, label):
    """The rows that stand beside a label, as one text."""
    start = next(at for at, row in enumerate(rows) if row[:10].rstrip() == label)
    more = next((at for at in range(start + 1, len(rows)) if rows[at][:1] != " "), len(rows))
    return " ".join(row[10:] for row in rows[start:more])


def has(rows, label):
    return any(row[:10].rstrip() == label for row in rows)


WORST = result_of(
    dict.fromkeys(OUTCOMES, (12_345, 999_999_999_99)),
    [(cause.id, 1_234, 999_999_999_99) for cause in CAUSES],
    ahead=Forecast(12_345, 1_234, 11_000, 120, 1_200, 25),
    count=1_234,
    name=LONG_NAME,
    roots=[ROOT] * 5,
    problems=[ASIDE] * 1_234,
    rows={"rows": 123_456, "records": 98_765, "folded": 24_000, "set_aside": 600, "left_out": 91},
)


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize(
    "folder",
    ["out", "fixlist-2026-11-23", "C:/Users/ann/Documents/Reports of 2026/the fix-list of the day"],
)
def test_the_worst_run_fits_and_leaves_a_row_for_what_changed(width, folder):
    rows = summary(WORST, width, Path(folder))
    assert len(rows) <= ROWS
    assert all(columns(row) <= width for row in rows)
    for label in ("tonight", "to fix", "rows", "outcomes", "causes", "problems", "files"):
        assert has(rows, label)
    assert labelled(rows, "files").startswith(str(Path(folder)))


def test_only_a_path_that_does_not_fit_makes_a_row_longer():
    folder = Path("/srv/practices/" + "a-long-name/" * 8 + "out")
    rows = summary(WORST, folder=folder)
    assert len(rows) <= ROWS
    assert [str(folder) in row for row in rows if len(row) > 80] == [True]


def test_the_sample_fits():
    rows = (GOLDEN / "summary.txt").read_text(encoding="utf-8").splitlines()
    assert len(rows) <= ROWS
    assert max(map(len, rows)) <= 80


def numbers(text):
    return [int(number.replace(",", "")) for number in re.findall(r"\b\d[\d,]*", text)]


def test_the_samples_numbers_add_up():
    rows = (GOLDEN / "summary.txt").read_text(encoding="utf-8").splitlines()
    read, *became = numbers(labelled(rows, "rows"))
    assert read == sum(became)
    invoices, cents = read_pairs(rows[0].split(": ")[1].replace(" invoices, ", " (") + ")")[0]
    pairs = read_pairs(labelled(rows, "outcomes"))
    assert (invoices, cents) == tuple(map(sum, zip(*pairs, strict=True)))
    acting = [pair for name, pair in zip(OUTCOMES, pairs, strict=True) if name in ("fix", "review")]
    by_cause = read_pairs(labelled(rows, "causes").replace(" invoices (", " ("))
    assert tuple(map(sum, zip(*acting, strict=True))) == tuple(
        map(sum, zip(*by_cause, strict=True))
    )


def read_pairs(text):
    """Every `count (amount)` of a text, in cents."""
    found = re.findall(r"([\d,]+) \((-?[\d,]+)\.(\d\d)\)", text)
    return [
        (int(count.replace(",", "")), int(whole.replace(",", "") + cents))
        for count, whole, cents in found
    ]


COUNTS = st.integers(0, 99_999)
CENTS = st.integers(-(10**11), 10**11)


@given(
    st.fixed_dictionaries({name: st.tuples(COUNTS, CENTS) for name in OUTCOMES}),
    st.lists(
        st.tuples(st.sampled_from([cause.id for cause in CAUSES] + [""]), st.integers(1, 3), CENTS),
        unique_by=lambda one: one[0],
    ),
    st.builds(Forecast, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS),
    st.text(max_size=120),
    st.integers(0, 3),
    st.booleans(),
    st.integers(80, 120),
)
def test_any_run_fits(outcomes, causes, ahead, name, roots, problem, width):
    result = result_of(
        outcomes,
        causes,
        ahead=ahead,
        count=1,
        name=name,
        roots=[ROOT] * roots,
        problems=[ASIDE] * problem,
    )
    rows = summary(result, width)
    assert len(rows) <= ROWS
    assert all(columns(row) <= width for row in rows)
    assert has(rows, "causes") == bool(causes)
    assert sum(count for count, _ in read_pairs(labelled(rows, "outcomes"))) == sum(
        count for count, _ in outcomes.values()
    )
    if causes:
        told = read_pairs(
            labelled(rows, "causes").replace(" invoices (", " (").replace(" invoice (", " (")
        )
        assert sum(cents for _, cents in told) == sum(cents for _, _, cents in causes)


def test_the_most_money_stands_first():
    causes = [("T1", 9, 100_00), ("T3", 1, 300_00), ("T2", 2, -200_00)]
    assert labelled(summary(result_of(causes=causes)), "causes") == (
        "T3 reference-near-miss 1 (300.00), T2 reference-unknown 2 (-200.00), T1 reference-blank 9 (100.00)"
    )


def test_causes_that_do_not_fit_are_counted():
    text = labelled(
        summary(result_of(causes=[(cause.id, 1, 100_00) for cause in CAUSES])), "causes"
    )
    shown = text.split(", and ")[0].count(" 1 (100.00)")
    more = len(CAUSES) - shown
    assert 0 < shown < len(CAUSES)
    assert text.endswith(f", and {more} more causes: {more} invoices ({more * 100:,}.00)")


def test_a_clean_run_says_that_nothing_is_to_fix():
    rows = summary(result_of())
    assert rows == [
        "Acme Accountants as of 2026-11-23: 1 invoice, 1,100.00",
        "to fix    nothing",
        "rows      1 = 1 records + 0 lines folded + 0 set aside + 0 left out",
        "outcomes  ok 1 (1,100.00), fix 0 (0.00), wait 0 (0.00), review 0 (0.00),",
        "          none 0 (0.00)",
        "files     fixlist-2026-11-23: fixlist.xlsx, .csv, .json, report.html,",
        "          invoices.csv, jobs.csv",
    ]


# what it shows, the forecast, the row
TO_FIX = [
    ("one", Forecast(1, 0, 1, 0, 0, 0), "1 invoice, 1 fix, 1 minute: 1 home after tonight"),
    (
        "tomorrow",
        Forecast(3, 0, 2, 1, 0, 0),
        "3 invoices, 1 fix, 1 minute: 2 home after tonight, 1 after tomorrow",
    ),
    (
        "tomorrow alone",
        Forecast(1, 0, 0, 1, 0, 0),
        "1 invoice, 1 fix, 1 minute: 1 home after tomorrow",
    ),
    (
        "a person decides",
        Forecast(2, 0, 0, 0, 1, 1),
        "2 invoices, 1 fix, 1 minute: 1 to decide, 1 not proved",
    ),
]


@pytest.mark.parametrize(
    ("ahead", "words"), [one[1:] for one in TO_FIX], ids=[one[0] for one in TO_FIX]
)
def test_what_is_to_fix_and_what_it_brings(ahead, words):
    assert labelled(summary(result_of(ahead=ahead, count=1)), "to fix") == words


def test_what_must_be_done_before_tonight_stands_second():
    urgent = result_of(ahead=Forecast(1, 1, 1, 0, 0, 0), count=1)
    assert summary(urgent)[1] == "tonight   1 invoice would or might land wrong: do 1 fix first"
    assert not has(summary(result_of(count=1)), "tonight")


def test_a_root_cause_is_cut_at_a_word():
    rows = [row for row in summary(result_of(roots=[ROOT] * 3)) if row.startswith("root")]
    assert (
        rows
        == ["root      12 invoices (3,456.00): Ad hoc jobs are on in XPM, so what matches ..."] * 2
    )


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param(
            ALL_FILES, "2 in the input, 1 of them set aside: see sheet Problems", id="a workbook"
        ),
        pytest.param(
            ["fixlist.json"], "2 in the input, 1 of them set aside: -v lists them", id="no workbook"
        ),
    ],
)
def test_problems_are_counted_and_where_to_see_them(files, words):
    result = result_of(problems=[ASIDE, replace(ASIDE, set_aside=False)])
    assert labelled(summary(result, files=files), "problems") == words


def test_more_words_name_every_problem():
    rows = [
        row for line in details(result_of(problems=[ASIDE])) for row in rows_of(line, Screen(100))
    ]
    assert rows == [
        "problem   jobs.csv, row 14, column 'Date Created': not a date. Found '31/31/26'. Set aside."
    ]


# what it shows, what was found out, the rows
EXAMINED = [
    ("a note", Examination("a.csv", None, note="it is empty; passed over"), ["a.csv", "  note       it is empty; passed over."]),
    ("not understood", Examination("a.csv", None, fault="no header."), ["a.csv", "  fault      no header."]),
    ("a fault in a role", Examination("a.xlsx", "Jobs", "xpm_jobs", "no rows."), ["a.xlsx, sheet 'Jobs': XPM jobs", "  fault      no rows."]),
    (
        "all of it",
        Examination(
            "a.csv", None, "xpm_jobs", found=(("job_no", "Job No."),), missing=("State", "Date Created"),
            account=RowTotals(rows=2, records=1, set_aside=1),
            problems=(ASIDE, replace(ASIDE, row=None, column="", value="", set_aside=False)), assumptions=("all is well",),
        ),
        [
            "a.csv: XPM jobs",
            "  rows       2 = 1 records + 0 lines folded + 1 set aside + 0 left out",
            "  columns    Job No.",
            "  not there  State, Date Created",
            "  assumed    all is well",
            "  problem    row 14, column 'Date Created': not a date. Found '31/31/26'. Set",
            "             aside.",
            "  problem    not a date.",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "expected"), [one[1:] for one in EXAMINED], ids=[one[0] for one in EXAMINED]
)
def test_a_file_is_told(one, expected):
    assert [row for line in examination_lines(one) for row in rows_of(line, Screen(80))] == expected
