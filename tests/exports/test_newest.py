"""Which of several nights' exports is read: the newest by what stands in it, and said why; a tie is an error."""

from __future__ import annotations

import itertools
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from made.files import (
    client,
    csv_text,
    job,
    jobs_csv,
    let_rest,
    receivable_summary,
    report_row,
    save,
    write_workbook,
    xero_csv,
    xero_line,
    xpm_csv,
    xpm_invoice,
)

from reconcile.cli.main import main
from reconcile.errors import ReconcileError
from reconcile.exports.files.sources import find_inputs
from reconcile.exports.tables import Exports, read_exports
from reconcile.settings.model import InputPath, Settings

AS_OF = "2026-11-23"


def jobs_of(*days: str, title: str = "") -> str:
    """A jobs export with a job created on each day; the first is the ordinary one's."""
    rows = [
        job(),
        *(
            job(job_no=f"J00010{at}", client_order_no="", date_created=day)
            for at, day in enumerate(days)
        ),
    ]
    return (csv_text([[title]]) if title else "") + jobs_csv(*rows)


def xero_of(*days: str) -> str:
    """A Xero export with an invoice of each day."""
    return xero_csv(
        *(
            xero_line(InvoiceNumber=f"INV-00{at}", InvoiceDate=day)
            for at, day in enumerate(days, start=1)
        )
    )


def write(folder: Path, files: dict[str, Any]) -> None:
    for name, content in files.items():
        if isinstance(content, dict):
            write_workbook(folder / name, content)
        else:
            save(folder / name, content)


def read_inputs(folder: Path, pick: str = "newest", **patterns: str | list[str]) -> Exports:
    """Read these [inputs] of a folder; the roles that are not given are one ordinary file each."""
    for role, content in (("xero_invoices", xero_csv()), ("xpm_jobs", jobs_csv())):
        if role not in patterns:
            save(folder / f"only-{role}.csv", content)
            patterns[role] = f"only-{role}.csv"
    entries = [
        InputPath(role, pattern, folder, "reconcile.toml: line 2")
        for role, some in patterns.items()
        for pattern in ([some] if isinstance(some, str) else some)
    ]
    return read_exports(find_inputs(entries, pick), Settings(pick=pick))


def paths(exports: Exports, role: str) -> list[str]:
    return [one.path for one in exports.inputs if one.role == role]


YESTERDAY, TODAY = jobs_of("21-Nov-2026"), jobs_of("21-Nov-2026", "22-Nov-2026")

# what it shows, the files that jobs*.* finds, the one that is read, what is said of the choice
CHOSEN = [
    (
        "the newest date",
        {"jobs-1.csv": YESTERDAY, "jobs-2.csv": TODAY},
        "jobs-2.csv",
        "newest date 2026-11-22",
    ),
    (
        "whatever the names say",
        {"jobs-1.csv": TODAY, "jobs-2.csv": YESTERDAY},
        "jobs-1.csv",
        "newest date 2026-11-22",
    ),
    (
        "the same content twice",
        {"jobs-1.csv": TODAY, "jobs-2.csv": TODAY},
        "jobs-1.csv",
        "jobs-2.csv (the same content)",
    ),
    (
        "the same content twice, and an older one",
        {"jobs-1.csv": YESTERDAY, "jobs-2.csv": TODAY, "jobs-3.csv": TODAY},
        "jobs-2.csv",
        "Left out: jobs-3.csv (the same content), jobs-1.csv (newest date 2026-11-21)",
    ),
    (
        "older ones that tie do not matter",
        {
            "jobs-1.csv": YESTERDAY,
            "jobs-2.csv": jobs_of("20-Nov-2026", "21-Nov-2026"),
            "jobs-3.csv": TODAY,
        },
        "jobs-3.csv",
        "Left out: jobs-1.csv (newest date 2026-11-21), jobs-2.csv (newest date 2026-11-21)",
    ),
    (
        "the day that it states",
        {"jobs-1.csv": jobs_of("21-Nov-2026", title="As at 23 November 2026"), "jobs-2.csv": TODAY},
        "jobs-1.csv",
        "jobs-1.csv was chosen of 2 files: as at 2026-11-23, newest date 2026-11-21",
    ),
    (
        "the newest date where they state one day",
        {
            "jobs-1.csv": jobs_of("21-Nov-2026", title="As at 23 November 2026"),
            "jobs-2.csv": jobs_of("22-Nov-2026", title="As at 23 November 2026"),
        },
        "jobs-2.csv",
        "as at 2026-11-23, newest date 2026-11-22",
    ),
    (
        "the end of the period where their newest dates are one",
        {
            "jobs-1.csv": jobs_of("21-Nov-2026", title="1 Nov 2026 to 23 Nov 2026"),
            "jobs-2.csv": jobs_of("21-Nov-2026", title="1 Nov 2026 to 22 Nov 2026"),
        },
        "jobs-1.csv",
        "newest date 2026-11-21, period to 2026-11-23",
    ),
    (
        "the end of a period is not asked before the newest date",
        {
            "jobs-1.csv": TODAY,
            "jobs-2.csv": jobs_of("21-Nov-2026", title="1 Nov 2026 to 30 Nov 2026"),
        },
        "jobs-1.csv",
        "newest date 2026-11-22",
    ),
    (
        "days in digits, told by the other file",
        {
            "jobs-1.csv": jobs_of("11/10/2026"),
            "jobs-2.csv": jobs_of("09/11/2026"),
            "jobs-3.csv": jobs_of("13/10/2026"),
        },
        "jobs-2.csv",
        "newest date 2026-11-09",
    ),
]


@pytest.mark.parametrize(
    ("files", "chosen", "words"), [case[1:] for case in CHOSEN], ids=[case[0] for case in CHOSEN]
)
def test_the_newest_is_read_and_the_reason_said(tmp_path, files, chosen, words):
    write(tmp_path, files)
    exports = read_inputs(tmp_path, xpm_jobs="jobs-*.csv")
    assert paths(exports, "xpm_jobs") == [chosen] and not exports.problems
    (said,) = (one for one in exports.assumptions if "was chosen of" in one)
    assert (
        said.startswith(f"XPM jobs: {chosen} was chosen of {len(files)} files: ") and words in said
    )
    assert set(exports.jobs["file"]) == {chosen}


SILENT = jobs_csv({name: value for name, value in job().items() if name != "[Job] Date Created"})
OTHER = jobs_of("22-Nov-2026")
CLIENTS = xpm_csv(client())

# what it shows, the role, the files, what the error names
TIES = [
    (
        "the same newest date",
        "xpm_jobs",
        {"jobs-1.csv": TODAY, "jobs-2.csv": OTHER},
        ["jobs-1.csv, jobs-2.csv", "2026-11-22"],
    ),
    (
        "a tie of three, two of them the same",
        "xpm_jobs",
        {"jobs-1.csv": TODAY, "jobs-2.csv": OTHER, "jobs-3.csv": OTHER},
        ["jobs-1.csv, jobs-2.csv, jobs-3.csv differ"],
    ),
    (
        "an older one beside a tie",
        "xpm_jobs",
        {"a.csv": YESTERDAY, "b.csv": TODAY, "c.csv": OTHER},
        ["Found that b.csv, c.csv"],
    ),
    (
        "none has a date",
        "xpm_clients",
        {"1.csv": CLIENTS, "2.csv": xpm_csv(client(status="Archived"))},
        ["no date in 1.csv, 2.csv"],
    ),
    (
        "one has no date",
        "xpm_jobs",
        {"jobs-1.csv": SILENT, "jobs-2.csv": TODAY},
        ["no date in jobs-1.csv."],
    ),
    (
        "one has no rows",
        "xpm_jobs",
        {"jobs-1.csv": jobs_csv().splitlines()[0] + "\r\n", "jobs-2.csv": TODAY},
        ["no date in jobs-1.csv."],
    ),
]


@pytest.mark.parametrize(
    ("role", "files", "words"), [case[1:] for case in TIES], ids=[case[0] for case in TIES]
)
def test_what_cannot_be_told_is_an_error_that_says_what_to_do(tmp_path, role, files, words):
    (tmp_path / "nights").mkdir()
    write(tmp_path / "nights", files)
    with pytest.raises(ReconcileError) as caught:
        read_inputs(tmp_path, **{role: "nights/*.csv"})
    (message,) = caught.value.messages
    assert message.startswith(
        f"reconcile.toml: line 2: {role} in [inputs]: the newest of {len(files)} files cannot be told."
    )
    assert all(one in message for one in words) and "Move the others out of the way" in message


def test_all_faults_of_all_roles_are_told_at_once(tmp_path):
    write(
        tmp_path,
        {
            "jobs-1.csv": TODAY,
            "jobs-2.csv": OTHER,
            "clients-1.csv": CLIENTS,
            "clients-2.csv": CLIENTS + "Z,,\r\n",
        },
    )
    with pytest.raises(ReconcileError) as caught:
        read_inputs(tmp_path, xpm_jobs="jobs-*.csv", xpm_clients="clients-*.csv")
    assert [" in [inputs]" in one for one in caught.value.messages] == [True, True]


def test_clients_of_the_same_content_are_one(tmp_path):
    write(tmp_path, {"clients-1.csv": CLIENTS, "clients-2.csv": CLIENTS})
    assert paths(read_inputs(tmp_path, xpm_clients="clients-*.csv"), "xpm_clients") == [
        "clients-1.csv"
    ]


def test_files_without_any_date_can_be_told_by_the_day_that_they_state(tmp_path):
    for day in (22, 23):
        save(tmp_path / f"clients-{day}.csv", csv_text([[f"As at {day} November 2026"]]) + CLIENTS)
    assert paths(read_inputs(tmp_path, xpm_clients="clients-*.csv"), "xpm_clients") == [
        "clients-23.csv"
    ]


def test_reports_of_xero_are_told_by_their_title(tmp_path):
    for day, title in ((1, "As at 22 November 2026"), (2, "As at 23 November 2026")):
        rows = receivable_summary({"Acme Pty Ltd": [report_row()]})
        rows[2] = [title]
        write_workbook(tmp_path / f"report-{day}.xlsx", {"Report": rows})
    exports = read_inputs(tmp_path, xero_invoices="report-*.xlsx")
    assert paths(exports, "xero_invoices") == ["report-2.xlsx"]
    assert exports.stated_days == {"xero_invoices": date(2026, 11, 23)}


def test_all_reads_every_file_as_before(tmp_path):
    write(
        tmp_path,
        {"xero-1.csv": xero_of("21/11/2026"), "xero-2.csv": xero_of("21/11/2026", "22/11/2026")},
    )
    exports = read_inputs(tmp_path, "all", xero_invoices="xero-*.csv")
    assert (
        paths(exports, "xero_invoices") == ["xero-1.csv", "xero-2.csv"]
        and len(exports.invoices) == 2
    )
    assert not any("chosen" in one for one in exports.assumptions)


def test_each_entry_has_its_newest_and_a_file_named_in_full_is_always_read(tmp_path):
    write(
        tmp_path,
        {
            "xero-2025.csv": xero_csv(xero_line(InvoiceNumber="INV-25", InvoiceDate="13/10/2025")),
            "xero-2026-1.csv": xero_of("21/11/2026"),
            "xero-2026-2.csv": xero_of("21/11/2026", "22/11/2026"),
        },
    )
    exports = read_inputs(tmp_path, xero_invoices=["xero-2025.csv", "xero-2026-*.csv"])
    assert paths(exports, "xero_invoices") == ["xero-2025.csv", "xero-2026-2.csv"]
    named = read_inputs(tmp_path, xero_invoices=["xero-2026-1.csv", "xero-2026-*.csv"])
    assert paths(named, "xero_invoices") == ["xero-2026-1.csv", "xero-2026-2.csv"]


def test_a_workbook_with_a_sheet_for_each_export_is_chosen_as_a_whole(tmp_path):
    """No job is new since yesterday: the invoices beside them tell the nights apart."""

    def sheets(content: str) -> list[list[str]]:
        return [line.split(",") for line in content.splitlines()]

    for night, days in ((1, ["21/11/2026"]), (2, ["21/11/2026", "22/11/2026"])):
        job_rows = sheets(jobs_csv(job(state="Planned" if night == 1 else "In Progress")))
        clients = sheets(xpm_csv(client()))
        write_workbook(
            tmp_path / f"night-{night}.xlsx",
            {"Xero": sheets(xero_of(*days)), "Jobs": job_rows, "Clients": clients},
        )
    exports = read_inputs(tmp_path, xero_invoices="night-*.xlsx", xpm_jobs="night-*.xlsx")
    assert {one.path for one in exports.inputs} == {"night-2.xlsx"}
    assert sorted(one.role for one in exports.inputs) == [
        "xero_invoices",
        "xpm_clients",
        "xpm_jobs",
    ]


def test_only_what_is_read_is_counted_and_complained_about(tmp_path):
    write(tmp_path, {"jobs-1.csv": YESTERDAY + "J9,too,few\r\n", "jobs-2.csv": TODAY})
    exports = read_inputs(tmp_path, xpm_jobs="jobs-*.csv")
    assert not exports.problems and paths(exports, "xpm_jobs") == ["jobs-2.csv"]


def test_a_file_that_cannot_be_read_may_be_the_newest_and_so_is_an_error(tmp_path):
    write(tmp_path, {"jobs-1.csv": TODAY, "jobs-2.csv": ""})
    with pytest.raises(ReconcileError, match=r"jobs-2.csv: the file is empty"):
        read_inputs(tmp_path, xpm_jobs="jobs-*.csv")


def test_results_of_this_program_are_no_rivals(tmp_path):
    write(
        tmp_path,
        {
            "jobs-1.csv": TODAY,
            "jobs-2.csv": "job_no,state_type,role,finding\r\nJ1,standard,billing,\r\n",
        },
    )
    exports = read_inputs(tmp_path, xpm_jobs="jobs-*.csv")
    assert paths(exports, "xpm_jobs") == ["jobs-1.csv"] and not any(
        "chosen" in one for one in exports.assumptions
    )


def test_many_that_are_left_out_are_told_as_a_number(tmp_path):
    write(tmp_path, {f"jobs-{day}.csv": jobs_of(f"{day}-Nov-2026") for day in range(10, 20)})
    (said,) = (
        one for one in read_inputs(tmp_path, xpm_jobs="jobs-*.csv").assumptions if "chosen" in one
    )
    assert said.startswith(
        "XPM jobs: jobs-19.csv was chosen of 10 files: newest date 2026-11-19. Left out: jobs-18.csv ("
    )
    assert said.endswith("jobs-14.csv (newest date 2026-11-14) and 4 more")


NIGHTS = {"a.csv": TODAY, "b.csv": TODAY, "c.csv": YESTERDAY}


@pytest.mark.parametrize("order", [*itertools.permutations(NIGHTS)], ids=" ".join)
def test_order_on_disk_and_times_of_files_change_nothing(tmp_path, order):
    (tmp_path / "nights").mkdir()
    for at, name in enumerate(order):
        os.utime(save(tmp_path / "nights" / name, NIGHTS[name]), (1_700_000_000 + at * 86_400,) * 2)
    exports = read_inputs(tmp_path, xpm_jobs="nights/*.csv")
    assert paths(exports, "xpm_jobs") == ["a.csv"]
    assert [one for one in exports.assumptions if "chosen" in one] == [
        "XPM jobs: a.csv was chosen of 3 files: newest date 2026-11-22. "
        "Left out: b.csv (the same content), c.csv (newest date 2026-11-21)"
    ]


# Through the command line ---------------------------------------------------------------------------------------------


@pytest.fixture
def nights(tmp_path) -> Path:
    """A practice whose exports of two nights lie in one folder, and its settings."""
    folder = tmp_path / "exports"
    folder.mkdir()
    late = {"invoice_no": "INV-002", "date": "22-Nov-2026", "job_number_s": "J000001"}
    write(
        folder,
        {
            "xero-21.csv": xero_of("21/11/2026"),
            "xero-22.csv": xero_of("21/11/2026", "22/11/2026"),
            "jobs-21.csv": YESTERDAY,
            "jobs-22.csv": TODAY,
            "xpm-21.csv": xpm_csv(xpm_invoice(invoice_no="INV-001", date="21-Nov-2026")),
            "xpm-22.csv": xpm_csv(
                xpm_invoice(invoice_no="INV-001", date="21-Nov-2026"), xpm_invoice(**late)
            ),
        },
    )
    (tmp_path / "reconcile.toml").write_text(
        "[inputs]\nxero_invoices = 'exports/xero-*.csv'\nxpm_jobs = 'exports/jobs-*.csv'\n"
        "xpm_invoices = 'exports/xpm-*.csv'\npick = 'newest'\n[output]\nfolder = 'fixlist'\n",
        encoding="utf-8",
    )
    let_rest(tmp_path)
    return tmp_path


def run(folder: Path, *more: str):
    let_rest(folder)
    command = [
        "run",
        "--config",
        str(folder / "reconcile.toml"),
        "--as-of",
        AS_OF,
        "--format",
        "json",
        *more,
    ]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def document(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "fixlist" / "fixlist.json").read_text(encoding="utf-8"))


def test_two_nights_in_one_folder(nights):
    assert run(nights).exit_code == 0
    found = document(nights)
    assert [one["path"] for one in found["inputs"]] == ["jobs-22.csv", "xero-22.csv", "xpm-22.csv"]
    assert [one for one in found["assumptions"] if "was chosen of" in one] == [
        "XPM jobs: jobs-22.csv was chosen of 2 files: newest date 2026-11-22. "
        "Left out: jobs-21.csv (newest date 2026-11-21)",
        "Xero sales invoices: xero-22.csv was chosen of 2 files: newest date 2026-11-22. "
        "Left out: xero-21.csv (newest date 2026-11-21)",
        "XPM invoices: xpm-22.csv was chosen of 2 files: newest date 2026-11-22. "
        "Left out: xpm-21.csv (newest date 2026-11-21)",
    ]


def test_yesterdays_file_again_changes_nothing_but_the_words(nights):
    assert run(nights).exit_code == 0
    before = document(nights)
    for kind in ("xero", "jobs", "xpm"):
        save(
            nights / "exports" / f"{kind}-23.csv",
            (nights / "exports" / f"{kind}-21.csv").read_bytes(),
        )
    assert run(nights).exit_code == 0
    after = document(nights)
    assert {**before, "assumptions": None} == {**after, "assumptions": None}
    assert (
        "Left out: jobs-21.csv (newest date 2026-11-21), jobs-23.csv (newest date 2026-11-21)"
        in after["assumptions"][0]
    )


def test_the_same_file_under_a_second_name_is_one(nights):
    save(nights / "exports" / "xero-22 (1).csv", (nights / "exports" / "xero-22.csv").read_bytes())
    assert run(nights).exit_code == 0
    assert [one["path"] for one in document(nights)["inputs"]][1] == "xero-22 (1).csv"


def test_a_tie_is_2_and_nothing_is_written(nights):
    save(nights / "exports" / "jobs-23.csv", OTHER)
    result = run(nights)
    assert result.exit_code == 2 and not (nights / "fixlist").exists()
    assert (
        "reconcile.toml: line 3: xpm_jobs in [inputs]: the newest of 3 files cannot be told."
        in result.stderr
    )
    assert "jobs-22.csv, jobs-23.csv differ, and all say: newest date 2026-11-22" in result.stderr


def test_files_named_on_the_command_line_are_all_read(nights):
    result = run(nights, str(nights / "exports"))
    assert result.exit_code == 0
    assert len(document(nights)["inputs"]) == 6


def test_the_other_commands_pick_too(nights):
    command = ["explain", "INV-002", "--config", str(nights / "reconcile.toml"), "--as-of", AS_OF]
    result = CliRunner().invoke(main, command, catch_exceptions=False)
    assert (
        result.exit_code == 0
        and "xero-22.csv row 3" in result.stdout
        and "xero-21" not in result.stdout
    )
