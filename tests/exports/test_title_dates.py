"""The day that an export states in its title rows, and what follows from it: for its reader, and for the doctor's."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from click.testing import CliRunner
from made.files import (
    csv_text,
    job,
    jobs_csv,
    let_rest,
    read,
    receivable_summary,
    report_row,
    save,
    xero_csv,
    xpm_csv,
    xpm_invoice,
)

from reconcile.cli.main import main
from reconcile.exports.files.title_dates import read_stated
from reconcile.exports.readers.grid import Grid
from reconcile.exports.readers.read_file import read_sheets

DAY, END = date(2026, 11, 23), date(2026, 11, 30)

# what it shows, the title rows, the order of day and month, the day stated, the end of the period
TITLES = [
    ("Xero's balance day", ["As at 23 November 2026"], "", DAY, None),
    ("American words", ["As of November 23, 2026"], "", DAY, None),
    ("small letters and spaces", ["  as  at  23 nov 2026 "], "", DAY, None),
    ("dashes", ["As at: 23-Nov-2026"], "", DAY, None),
    ("ISO", ["As at 2026-11-23"], "", DAY, None),
    ("a day and an hour", ["Exported on 2026-11-23 16:05"], "", DAY, None),
    ("exported", ["Date exported: 23 Nov 2026"], "", DAY, None),
    ("generated at the end of a title", ["XPM invoices, generated 23 Nov 2026"], "", DAY, None),
    ("printed", ["Printed on 23 Nov 2026 4:15 PM"], "", DAY, None),
    ("a day alone", ["Invoices", "23 November 2026"], "", DAY, None),
    ("digits, told by themselves", ["As at 23/11/2026"], "", DAY, None),
    ("digits, month first by themselves", ["As at 11/23/2026"], "dmy", DAY, None),
    ("digits, told by the file", ["As at 5/11/2026"], "dmy", date(2026, 11, 5), None),
    ("digits, told by an American file", ["As at 5/11/2026"], "mdy", date(2026, 5, 11), None),
    ("digits that nothing tells", ["As at 5/11/2026"], "", None, None),
    ("digits that need no telling", ["As at 11/11/2026"], "", date(2026, 11, 11), None),
    ("Xero's period", ["For the period 1 October 2026 to 30 November 2026"], "", None, END),
    ("a period without words", ["1 Oct 2026 - 30 Nov 2026"], "", None, END),
    ("a period with a long dash", ["1 October 2026\u201330 November 2026"], "", None, END),
    ("a period of digits", ["1/10/2026 to 30/11/2026"], "dmy", None, END),
    ("a month", ["For the month ended 30 November 2026"], "", None, END),
    ("exported in a period is a period", ["Exported 1 Nov 2026 to 30 Nov 2026"], "", None, END),
    (
        "a period and a day",
        ["For the period 1 Nov 2026 to 30 Nov 2026", "Printed 23 Nov 2026"],
        "",
        DAY,
        END,
    ),
    ("the first of two days", ["As at 23 November 2026", "As at 30 November 2026"], "", DAY, None),
    ("a title without a day", ["Receivable Invoice Summary", "Smith & Sons 1926"], "", None, None),
    ("a day inside a title says nothing", ["Budget of 23 November 2026, revised"], "", None, None),
    ("no such day", ["As at 31 November 2026"], "", None, None),
    ("no such month", ["As at 23 Nonember 2026"], "", None, None),
    ("no titles", [], "", None, None),
]


@pytest.mark.parametrize(
    ("titles", "order", "day", "period_to"),
    [row[1:] for row in TITLES],
    ids=[row[0] for row in TITLES],
)
def test_what_title_rows_state(titles, order, day, period_to):
    assert read_stated(titles, order) == (day, period_to)


def titled(content: str, *titles: str) -> str:
    """A CSV with title rows above it."""
    return csv_text([[title] for title in titles]) + content


def test_titles_are_read_from_a_csv(tmp_path):
    path = save(tmp_path / "jobs.csv", titled(jobs_csv(), "Jobs", "", "As at 23 November 2026", ""))
    (grid,) = read_sheets(path)
    assert isinstance(grid, Grid) and grid.titles == ("Jobs", "As at 23 November 2026")


@pytest.mark.parametrize(
    "cell",
    ["As at 23 November 2026", ["As at", date(2026, 11, 23)], ["As at", datetime(2026, 11, 23, 9)]],
)
def test_titles_are_read_from_a_report_of_xero(tmp_path, cell):
    rows = receivable_summary({"Acme Pty Ltd": [report_row()]})
    rows[2] = cell if isinstance(cell, list) else [cell]
    exports = read(tmp_path, {"report.xlsx": {"Report": rows}, "jobs.csv": jobs_csv()})
    assert exports.stated_days == {"xero_invoices": DAY}


# what it shows, the titles of two files of XPM invoices, the day that the role states
ROLE_DAYS = [
    (
        "both state it: the later",
        "As at 20 November 2026",
        "As at 21 November 2026",
        date(2026, 11, 21),
    ),
    ("one does not", "As at 20 November 2026", "XPM invoices", None),
    ("neither does", "XPM invoices", "Invoices", None),
    ("a period is no day", "As at 20 November 2026", "1 Nov 2026 to 30 Nov 2026", None),
]


@pytest.mark.parametrize(
    ("one", "two", "day"), [row[1:] for row in ROLE_DAYS], ids=[row[0] for row in ROLE_DAYS]
)
def test_the_day_of_a_role_is_that_of_all_its_files(tmp_path, one, two, day):
    files = {
        "xero.csv": xero_csv(),
        "jobs.csv": jobs_csv(),
        "a.csv": titled(xpm_csv(xpm_invoice()), one),
        "b.csv": titled(xpm_csv(xpm_invoice(invoice_no="INV-0002")), two),
    }
    assert read(tmp_path, files).stated_days == ({"xpm_invoices": day} if day else {})


# check ----------------------------------------------------------------------------------------------------------------


def test_check_says_how_new_each_file_is(tmp_path):
    save(
        tmp_path / "jobs.csv",
        titled(jobs_csv(job(), job(job_no="J2", date_created="21-Nov-2026")), "As at 23 Nov 2026"),
    )
    save(tmp_path / "xpm.csv", titled(xpm_csv(xpm_invoice()), "1 Oct 2026 to 30 Nov 2026"))
    save(
        tmp_path / "clients.csv",
        xpm_csv({"[Client] Client": "Acme Pty Ltd", "[Client] Billing Details": ""}),
    )
    let_rest(tmp_path)
    told = CliRunner().invoke(main, ["check", str(tmp_path)], catch_exceptions=False)
    ages = [" ".join(line.split()) for line in told.stdout.splitlines() if "how new" in line]
    assert ages == [
        "how new as at 2026-11-23, newest date 2026-11-21",
        "how new newest date 2026-10-13, period to 2026-11-30",
    ]
    found = json.loads(
        CliRunner().invoke(main, ["check", str(tmp_path), "--json"], catch_exceptions=False).stdout
    )
    days = {one["path"]: (one["stated_on"], one["newest_on"], one["period_to"]) for one in found}
    assert days == {
        "jobs.csv": ("2026-11-23", "2026-11-21", None),
        "xpm.csv": (None, "2026-10-13", "2026-11-30"),
        "clients.csv": (None, None, None),
    }
