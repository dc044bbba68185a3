"""Old exports are refused where that is asked for: Xero's, XPM's invoices, and any that states its own day."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner
from made.files import (
    client,
    csv_text,
    jobs_csv,
    let_rest,
    read,
    save,
    xero_csv,
    xero_line,
    xpm_csv,
    xpm_invoice,
)

from reconcile.cli.main import main
from reconcile.errors import ReconcileError
from reconcile.exports.stale import refuse_stale
from reconcile.settings.model import Settings

TODAY = date(2026, 11, 23)
MONTH_OLD = "the export is stale. Its newest invoice is of 2026-10-20, 34 days before 2026-11-23, and max_age_days is 3."


def titled(content: str, title: str) -> str:
    return csv_text([[title]]) + content


def xero(*days: str, title: str = "", **more: str) -> str:
    """Xero's invoices, one of each day; the last but one may be another one than an approved invoice."""
    days = days or ("13/10/2026", "20/11/2026", "23/11/2026")
    lines = [xero_line(InvoiceNumber=f"INV-{at}", InvoiceDate=day) for at, day in enumerate(days)]
    lines[-2:-1] = [line | more for line in lines[-2:-1]]
    return titled(xero_csv(*lines), title) if title else xero_csv(*lines)


def xpm(day: str = "23-Nov-2026", title: str = "") -> str:
    content = xpm_csv(xpm_invoice(invoice_no="INV-9"), xpm_invoice(date=day))
    return titled(content, title) if title else content


# what it shows, the files that are not fresh, max_age_days, the start and a part of what is said ("" for nothing)
STALE = [
    ("all fresh", {}, 3, ""),
    ("no limit set", {"xero.csv": xero("20/10/2026"), "xpm.csv": xpm("20-Oct-2026")}, None, ""),
    ("Xero's on the last day", {"xero.csv": xero("20/11/2026")}, 3, ""),
    (
        "Xero's a day older",
        {"xero.csv": xero("19/11/2026")},
        3,
        "xero.csv: the export is stale. Its newest invoice is of 2026-11-19",
    ),
    (
        "an old one beside next month's fee",
        {"xero.csv": xero("20/10/2026", "15/12/2026")},
        3,
        f"xero.csv: {MONTH_OLD}",
    ),
    ("a fresh one beside next month's fee", {"xero.csv": xero("21/11/2026", "15/12/2026")}, 3, ""),
    ("a fee of tomorrow", {"xero.csv": xero("20/10/2026", "24/11/2026")}, 3, "xero.csv: "),
    ("a fee of today", {"xero.csv": xero("20/10/2026", "23/11/2026")}, 3, ""),
    ("next month's fee alone", {"xero.csv": xero("15/12/2026")}, 3, ""),
    ("of today alone", {"xero.csv": xero("22/11/2026")}, 0, "xero.csv: the export is stale."),
    (
        "a month-old newest invoice of XPM, as where the import is off",
        {"xpm.csv": xpm("20-Oct-2026")},
        3,
        "",
    ),
    (
        "XPM's that states a fresh day",
        {"xpm.csv": xpm("20-Oct-2026", "As at 23 November 2026")},
        3,
        "",
    ),
    (
        "XPM's that states an old day",
        {"xpm.csv": xpm("23-Nov-2026", "As at 18 November 2026")},
        3,
        "xpm.csv: the export is stale. The day that it states is 2026-11-18, 5 days before",
    ),
    (
        "Xero's is told by its invoices too",
        {"xero.csv": xero("20/10/2026", title="As at 23 November 2026")},
        3,
        f"xero.csv: {MONTH_OLD}",
    ),
    (
        "Xero's that states an old day",
        {"xero.csv": xero("30/11/2026", title="As at 18 November 2026")},
        3,
        "The day that it states is 2026-11-18",
    ),
    ("jobs that state no day", {"jobs.csv": jobs_csv()}, 3, ""),
    (
        "jobs that state an old day",
        {"jobs.csv": titled(jobs_csv(), "As at 18 November 2026")},
        3,
        "jobs.csv: the export is stale.",
    ),
    (
        "clients that state an old day",
        {"c.csv": titled(xpm_csv(client()), "As at 18 November 2026")},
        3,
        "c.csv: the export is stale.",
    ),
    ("XPM's without dates", {"xpm.csv": xpm_csv({**xpm_invoice(), "[Invoice] Date": ""})}, 3, ""),
    ("dated ahead", {"xero.csv": xero("30/11/2026")}, 3, ""),
]


def files(changed: dict[str, str]) -> dict[str, str]:
    return {"xero.csv": xero(), "jobs.csv": jobs_csv(), "xpm.csv": xpm(), **changed}


@pytest.mark.parametrize(
    ("changed", "most", "words"), [row[1:] for row in STALE], ids=[row[0] for row in STALE]
)
def test_stale(tmp_path, changed, most, words):
    exports = read(tmp_path, files(changed))
    if not words:
        refuse_stale(exports, Settings(max_age_days=most), TODAY)
        return
    with pytest.raises(ReconcileError) as caught:
        refuse_stale(exports, Settings(max_age_days=most), TODAY)
    (message,) = caught.value.messages
    assert words in message and "let it pass once with --allow-stale" in message


def test_all_that_is_stale_is_told_at_once_with_all_files_of_the_role(tmp_path):
    changed = {
        "xero.csv": xero("13/10/2026", "12/11/2026"),
        "xpm.csv": xpm("20-Oct-2026", "As at 18 November 2026"),
        "old.csv": titled(xpm_csv(xpm_invoice(invoice_no="INV-7")), "As at 18 November 2026"),
    }
    with pytest.raises(ReconcileError) as caught:
        refuse_stale(read(tmp_path, files(changed)), Settings(max_age_days=3), TODAY)
    assert [one.partition(": ")[0] for one in caught.value.messages] == [
        "xero.csv",
        "old.csv, xpm.csv",
    ]


@pytest.mark.parametrize(
    ("more", "code"), [([], 2), (["--allow-stale"], 10)], ids=["refused", "allowed"]
)
def test_a_run_over_its_own_inputs_refuses_an_old_export_of_xpms_invoices(tmp_path, more, code):
    for name, content in files({"xpm.csv": xpm("20-Oct-2026", "As at 18 November 2026")}).items():
        save(tmp_path / name, content)
    save(
        tmp_path / "reconcile.toml",
        "[inputs]\nxero_invoices = 'xero.csv'\nxpm_jobs = 'jobs.csv'\nxpm_invoices = 'xpm.csv'\n",
    )
    let_rest(tmp_path)
    command = [
        "run",
        "--config",
        str(tmp_path / "reconcile.toml"),
        "--as-of",
        "2026-11-23",
        "--out",
        str(tmp_path / "out"),
        *more,
    ]
    result = CliRunner().invoke(main, command, catch_exceptions=False)
    assert result.exit_code == code and (tmp_path / "out").exists() == (code != 2)
