"""reconcile redact: same form, same verdicts, no word of the practice, and nothing written where that cannot be."""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hostile.planted import plant
from made.files import (
    client,
    csv_text,
    job,
    jobs_csv,
    let_rest,
    receivable_detail,
    receivable_summary,
    report_row,
    save,
    table,
    write_workbook,
    xero_csv,
    xero_line,
    xpm_csv,
    xpm_invoice,
)
from openpyxl import load_workbook
from tools.make_golden import AS_OF, SAMPLE

from reconcile.cli.main import main
from reconcile.exports.files.sources import find_sources
from reconcile.exports.tables import read_exports
from reconcile.settings.model import Settings

pytestmark = pytest.mark.long
NAMES = "Acme|Zenith|Monthly|Compliance|Harbour|Kim"
CSV = {
    "xero.csv": xero_csv(),
    "jobs.csv": jobs_csv(),
    "xpm.csv": xpm_csv(xpm_invoice()),
    "clients.csv": xpm_csv(client()),
}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exports").mkdir()
    return tmp_path


def write(folder: Path, files: dict[str, Any]) -> None:
    """Write files of text, bytes, or sheets, beside an ordinary practice's unless they are called the same."""
    for name, content in {**CSV, **files}.items():
        if isinstance(content, dict):
            write_workbook(folder / "exports" / name, content)
        elif content is not None:
            save(folder / "exports" / name, content)
    let_rest(folder)


def redact(*more: str, paths: tuple[str, ...] = ("exports",)):
    return CliRunner().invoke(
        main, ["redact", *paths, "--out", "out", "--as-of", AS_OF, *more], catch_exceptions=False
    )


def out(folder: Path, pattern: str) -> Path:
    (found,) = (folder / "out").glob(pattern)
    return found


def text_of(path: Path) -> str:
    """All that a file says, a workbook's parts one after the other."""
    if path.suffix != ".xlsx":
        return path.read_bytes().decode("utf-8", "replace") + path.read_bytes().decode(
            "utf-16", "replace"
        )
    with zipfile.ZipFile(path) as parts:
        return "\n".join(
            re.sub("<family[^>]*>", "", parts.read(name).decode("utf-8"))
            for name in parts.namelist()
        )


def all_text(folder: Path) -> str:
    return "\n".join(f"{path.name}\n{text_of(path)}" for path in sorted((folder / "out").iterdir()))


def rows(path: Path, delimiter: str = ",", encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(
        csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline=""), delimiter=delimiter)
    )


# The sample data and a planted practice ---------------------------------------------------------------------------------------


def test_the_sample_data_is_redacted_and_proved(folder):
    done = redact("--config", str(SAMPLE / "reconcile.toml"), paths=(str(SAMPLE),))
    assert done.exit_code == 0, done.stderr
    assert "the same verdict on each of 331 invoices and 93 jobs" in " ".join(done.stderr.split())
    words = {
        word
        for row in rows(SAMPLE / "xpm-clients.csv")[1:]
        for word in re.findall(r"[^\W\d_]{5,}", row[0])
    }
    text = all_text(folder)
    assert (
        len(words) > 60
        and [word for word in sorted(words) if re.search(rf"(?i)\b{word}\b", text)] == []
    )
    run = CliRunner().invoke(
        main, ["run", "out", "--config", "out/reconcile.toml", "--as-of", AS_OF, "--out", "o"]
    )
    assert run.exit_code == 10
    assert "Harbour" not in text and "INV-2351" not in text


def test_the_same_files_give_the_same_bytes(folder):
    write(folder, {"jobs.xlsx": {"Jobs": table([job(job_no="J000777")])}})
    redact()
    first = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    (folder / "out").rename(folder / "first")
    redact()
    assert {path.name: path.read_bytes() for path in (folder / "out").iterdir()} == first


def test_no_planted_word_is_left(folder):
    """Of 660 texts, in cells that are read and in those that are not, in names of files and sheets and in the settings."""
    planted = plant(folder / "practice")
    done = redact("--config", "practice/reconcile.toml", paths=())
    assert done.exit_code == 0, done.stderr
    states = {row[4] for row in rows(next(folder.glob("practice/exports*/*jobs.csv")))}
    assert [word for word in planted.seen_in(all_text(folder)) if word not in states] == []
    assert len(list((folder / "out").iterdir())) == 5
    assert all(
        state in done.stderr for state in states - {"[State] State"}
    )  # said, since they stay
    assert [word for word in planted.seen_in(done.output) if word not in states] == []


# CSV stays as it is -------------------------------------------------------------------------------------------------------------

LINES = [
    xero_line(InvoiceNumber=f"INV-000{n}", Description='Fees, "net"\nline two') for n in range(1, 4)
]
FORMS = {
    "plain": {},
    "semicolons": {"delimiter": ";"},
    "tabs": {"delimiter": "\t"},
    "line feeds": {"line_end": "\n"},
    "returns": {"line_end": "\r"},
    "all in quotes": {"quote_all": True},
}
ENCODINGS = {
    "utf-8": (b"", "utf-8"),
    "bom": (b"\xef\xbb\xbf", "utf-8"),
    "utf-16-le": (b"\xff\xfe", "utf-16-le"),
    "utf-16-be": (b"\xfe\xff", "utf-16-be"),
    "windows": (b"", "cp1252"),
}


def form_of(content: bytes, encoding: str) -> str:
    """The file with every letter and digit as a sign of its kind, so that only the form is left."""
    return re.sub(r"\d", "0", re.sub(r"[^\W\d_]", "a", content.decode(encoding)))


EACH = {
    **{name: (*ENCODINGS["utf-8"], form) for name, form in FORMS.items()},
    **{name: (*one, {}) for name, one in ENCODINGS.items()},
}


@pytest.mark.parametrize(("mark", "encoding", "form"), EACH.values(), ids=EACH.keys())
def test_a_csv_keeps_its_form(folder, mark, encoding, form):
    jobs = [
        job(client="Café Zoë", name="Über-Prüfung"),
        job(job_no="J000002", client="Acme, Pty", name='"Acme"'),
    ]
    content = mark + jobs_csv(*jobs, **form).encode(encoding)
    write(folder, {"jobs.csv": content, "xero.csv": xero_csv(xero_line(ContactName="Café Zoë"))})
    assert redact().exit_code == 0
    new = out(folder, "jobs.csv").read_bytes()
    assert form_of(new, encoding) == form_of(content, encoding)
    assert not re.search("Café|Zoë|Prüfung|Acme", new.decode(encoding))


def test_what_is_not_read_is_emptied_and_amounts_and_days_stay(folder):
    write(
        folder,
        {
            "xero.csv": xero_csv(
                *LINES,
                xero_line(InvoiceNumber="INV-0009", EmailAddress="kim@acme.example", Sent="Kim"),
            )
        },
    )
    assert redact().exit_code == 0
    header, *body = rows(out(folder, "xero.csv"))
    for row in body:
        line = dict(zip(header, row, strict=True))
        assert {name for name, cell in line.items() if cell} == {
            *"ContactName InvoiceNumber Reference InvoiceDate DueDate Total TaxTotal LineAmount TaxAmount Currency Type Status".split()
        }
        assert (line["InvoiceDate"], line["Total"], line["Status"], line["Type"]) == (
            "13/10/2026",
            "110.00",
            "Awaiting Payment",
            "Sales invoice",
        )
        assert re.fullmatch(r"INV-000[1-9]", line["InvoiceNumber"]) and re.fullmatch(
            r"CLI-\d{4}", line["Reference"]
        )


def test_titles_and_unknown_headers_are_made_up_and_days_in_them_stay(folder):
    titles = (
        "Receivable Invoice Summary\r\nHarbour & Hill Accountants\r\nAs at 23 November 2026\r\n\r\n"
    )
    lines = [{**job(), "Harbour code": "7"}]
    write(folder, {"jobs.csv": titles + jobs_csv(*lines)})
    assert redact().exit_code == 0
    found = rows(out(folder, "jobs.csv"))
    assert (
        found[0] == ["Receivable Invoice Summary"]
        and found[2] == ["As at 23 November 2026"]
        and found[3] == []
    )
    assert re.fullmatch(r"[A-Z][a-z]{6} & [A-Z][a-z]{3} [A-Z][a-z]{10}", found[1][0])
    assert found[4][:9] == list(job()) and re.fullmatch(r"[A-Z][a-z]{6} [a-z]{4}", found[4][9])
    assert found[5][9] == "x"  # the last cell of a row tells broken layouts


FAULTS = {
    "a day that is none": {
        "jobs.csv": jobs_csv(job(), job(job_no="J000002", date_created="31/31/26"))
    },
    "words for a day": {
        "jobs.csv": jobs_csv(job(), job(job_no="J000002", date_created="when Acme calls"))
    },
    "too many cells": {
        "jobs.csv": jobs_csv(job())
        + "J000002,Tax, Acme,Acme,CLI-7,Acme state,13-Dec-2025,Kim,Pat,x,y\r\n"
    },
    "too few cells": {"jobs.csv": jobs_csv(job()) + "J000002,Acme\r\n"},
    "a blank line": {
        "jobs.csv": jobs_csv(job())
        + "\r\n,,,,,,,,\r\n"
        + "J000003,Tax,Acme Pty Ltd,,Planned,,,,\r\n"
    },
    "a row that only an unread column fills": {
        "xero.csv": xero_csv(xero_line(), dict.fromkeys(xero_line(), "") | {"Description": "Acme"})
    },
    "an unknown status": {
        "xero.csv": xero_csv(xero_line(), xero_line(InvoiceNumber="INV-0002", Status="Kim has it"))
    },
    "bills": {
        "xero.csv": xero_csv(
            xero_line(),
            xero_line(InvoiceNumber="B-1", Type="Bill"),
            xero_line(InvoiceNumber="", Type="Sales overpayment"),
        )
    },
    "no amount": {
        "xero.csv": xero_csv(xero_line(), xero_line(InvoiceNumber="INV-0002", Total="ask Acme"))
    },
    "lines that differ": {"xero.csv": xero_csv(*LINES, xero_line(Reference="CLI-2002"))},
    "a number on two contacts": {"xero.csv": xero_csv(*LINES, xero_line(ContactName="Zenith"))},
    "the same job twice": {
        "jobs.csv": jobs_csv(
            job(), job(), job(job_no="J000002"), job(job_no=" J000002", name="Acme")
        )
    },
    "damage by Excel": {
        "jobs.csv": jobs_csv(
            job(), job(job_no="1.59E+17"), job(job_no="J000003", client_order_no="#N/A")
        )
    },
    "a total row": {
        "jobs.csv": jobs_csv(job(), dict.fromkeys(job(), "") | {"[Job] Job No.": "Total"})
    },
    "odd signs": {
        "xero.csv": xero_csv(
            xero_line(), xero_line(InvoiceNumber="INV-0002", Reference="CLI\u20131001\u00a0")
        )
    },
    "two files that overlap": {
        "again.csv": xero_csv(xero_line(Status="Paid"), xero_line(InvoiceNumber="INV-0002"))
    },
    "two files that differ": {
        "again.csv": xero_csv(xero_line(Total="99.00"), xero_line(InvoiceNumber="INV-0002"))
    },
    "no client": {"jobs.csv": jobs_csv(job(), job(job_no="J000002", client=" "))},
    "another system's file": {
        "other.csv": "Client Name,Invoice #,Date Issued\nAcme,1,2026-01-01\n"
    },
    "bytes that are no text in what is not read": {
        "xero.csv": xero_csv(xero_line(Description="Caf\u00e9")).encode("cp1252")
    },
    "numbers without a letter": {
        "jobs.csv": jobs_csv(*(job(job_no=str(n)) for n in range(17940, 17960)))
    },
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS.keys())
def test_faults_stay_faults(folder, files):
    """The proof compares every verdict and every problem's row; here the kinds of the problems too."""
    write(folder, files)
    done = redact()
    assert done.exit_code == 0, done.stderr
    before, after = (
        problems_of(read_exports(find_sources([name]), Settings())) for name in ("exports", "out")
    )
    assert after == before
    assert not re.search(rf"\b({NAMES})\b", all_text(folder))


def problems_of(exports: Any) -> list[str]:
    """The problems by row and what sort they are, without what they quote."""
    sort = [
        re.sub(r"(?i)\d+ (of type|rows)|'[^']*'|[A-Z]+-?\d+|\S+\.csv|found:.*", "", one.problem)
        for one in exports.problems
    ]
    return sorted(
        f"{one.row} {one.set_aside} {words}"
        for one, words in zip(exports.problems, sort, strict=True)
    )


# Workbooks ------------------------------------------------------------------------------------------------------------------------


def a_book(folder: Path) -> Path:
    """A workbook with all that must stay, and all that must not."""

    def prepare(book: Any) -> None:
        from openpyxl.comments import Comment
        from openpyxl.workbook.defined_name import DefinedName

        sheet = book["Acme jobs"]
        for row in sheet.iter_rows(min_row=2):
            row[5].number_format = "d-mmm-yyyy"
        sheet["A3"].number_format = "000000"
        sheet["B2"].comment = Comment("ask Kim", "Kim")
        sheet["C2"].hyperlink = "https://acme.example/"
        book.properties.creator, book.properties.title = "Kim Manager", "Jobs of Acme"
        book.defined_names["AcmeRange"] = DefinedName("AcmeRange", attr_text="'Acme jobs'!$A$1")

    jobs = [
        job(date_created=date(2025, 12, 13)),
        job(job_no=123, date_created=date(2025, 12, 14)),
        job(job_no="J000003", client_order_no="#N/A"),
    ]
    sheets = {
        "Acme jobs": table(jobs),
        "Kim's notes": [["Acme", "secret"], ["Zenith", 5]],
        "Sheet3": [],
    }
    return write_workbook(
        folder / "exports" / "jobs of Acme.xlsx", sheets, hidden=["Kim's notes"], prepare=prepare
    )


def test_a_workbook_keeps_its_sheets_formats_and_days_and_nothing_else(folder):
    write(folder, {"jobs.csv": None})
    (folder / "exports" / "jobs.csv").unlink(missing_ok=True)
    a_book(folder)
    let_rest(folder)
    done = redact()
    assert done.exit_code == 0, done.stderr
    book = load_workbook(out(folder, "*.xlsx"), data_only=True)
    assert [sheet.sheet_state for sheet in book] == ["visible", "hidden", "visible"]
    assert (
        re.fullmatch(r"[A-Z][a-z]{3} jobs", book.sheetnames[0]) and book.sheetnames[2] == "Sheet3"
    )
    sheet = book.worksheets[0]
    assert (sheet["F2"].value, sheet["F2"].number_format) == (datetime(2025, 12, 13), "d-mmm-yyyy")
    assert (
        isinstance(sheet["A3"].value, int)
        and sheet["A3"].number_format == "000000"
        and 100 <= sheet["A3"].value <= 999
    )
    assert sheet["D4"].value == "#N/A" and sheet["D4"].data_type == "e"
    assert [
        cell.value
        for row in book.worksheets[1].iter_rows()
        for cell in row
        if cell.value is not None
    ] == []
    assert not list(book.defined_names) and all(
        cell.comment is None and cell.hyperlink is None for row in sheet.iter_rows() for cell in row
    )
    assert not re.search(rf"(?i)\b({NAMES}|secret)", all_text(folder))


GROUPS = {
    "Acme Pty Ltd": [report_row(), report_row(Invoice_Number="INV-0002", Reference="cli-1001")],
    "Zenith & Co": [report_row(Invoice_Number="INV-0003")],
}
BY_NUMBER = {
    "INV-0001": [report_row(), report_row(Description="more")],
    "INV-0002": [report_row(Contact="Zenith & Co")],
}


@pytest.mark.parametrize(
    "sheet",
    [receivable_summary(GROUPS), receivable_detail(BY_NUMBER)],
    ids=["grouped by contact", "grouped by number"],
)
@pytest.mark.parametrize("as_csv", [False, True], ids=["xlsx", "csv"])
def test_reports_keep_their_groups_and_totals(folder, sheet, as_csv):
    if as_csv:
        cells = [
            [
                "" if cell is None else f"{cell:%d/%m/%Y}" if isinstance(cell, date) else str(cell)
                for cell in row
            ]
            for row in sheet
        ]
        width = len(cells[4])
        cells = [
            ["0.00" if cell.startswith("=") else cell for cell in row] + [""] * (width - len(row))
            for row in cells
        ]
        write(folder, {"xero.csv": csv_text(cells)})
    else:
        write(folder, {"xero.csv": None, "xero.xlsx": {"Harbour": sheet}})
        (folder / "exports" / "xero.csv").unlink(missing_ok=True)
    done = redact()
    assert done.exit_code == 0, done.stderr
    assert "each of" in done.stderr and not re.search(rf"\b({NAMES})\b", all_text(folder))
    before, after = (
        read_exports(find_sources([name]), Settings()).invoices for name in ("exports", "out")
    )
    assert before["total_cents"].tolist() == after["total_cents"].tolist() and len(before) > 1


def test_a_text_that_looks_like_a_formula_stays_a_text(folder):
    from openpyxl import Workbook

    book = Workbook()
    for at, row in enumerate(table([job(), job(job_no="J000002", name="=Acme")]), start=1):
        for column, value in enumerate(row, start=1):
            book.active.cell(at, column, value).data_type = "s"
    book.save(folder / "exports" / "jobs.xlsx")
    write(folder, {"jobs.csv": None})
    assert redact().exit_code == 0
    cell = load_workbook(out(folder, "*.xlsx")).active["B3"]
    assert cell.data_type == "s" and re.fullmatch("=[A-Z][a-z]{3}", cell.value)


# Settings, names of files ---------------------------------------------------------------------------------------------------------


def test_settings_go_along_without_names_and_paths(folder):
    write(folder, {})
    text = '[practice]\nname = "Harbour"\n[inputs]\nxero_invoices = "exports/xero*.csv"\nxpm_jobs = "exports/jobs.csv"\n'
    text += '[reading]\ndate_order = "dmy"\nmax_age_days = 1\n[import]\nadhoc = "all"\nxero_lock_date = 2026-01-31\n[states]\n"In Progress" = "on-hold"\n'
    text += '[output]\nfolder = "Harbour results"\n[history]\npath = "h.db"\n[notify]\nurls_file = "urls.txt"\n[log]\nfile = "l.log"\n[minutes]\ntouch = 3\n'
    (folder / "reconcile.toml").write_text(text, encoding="utf-8")
    done = redact(paths=())
    assert done.exit_code == 0, done.stderr
    found = (folder / "out" / "reconcile.toml").read_text(encoding="utf-8")
    assert [line for line in found.splitlines()[1:] if line] == [
        "[reading]", 'date_order = "dmy"', "[import]", 'adhoc = "all"', "xero_lock_date = 2026-01-31",
        "[minutes]", "touch = 3", "[states]", '"in progress" = "on-hold"',
    ]  # fmt: skip
    assert {path.name for path in (folder / "out").iterdir()} == {
        "xero.csv",
        "jobs.csv",
        "reconcile.toml",
    }


def test_names_of_files_are_made_up_and_their_order_stays(folder):
    for name in ("a", "b", "c", "d", "e"):
        save(
            folder / "exports" / f"{name} Harbour xero 2026-11.csv",
            xero_csv(xero_line(InvoiceNumber=f"INV-{name}")),
        )
    write(folder, {"xero.csv": None})
    done = redact()
    assert done.exit_code == 0, done.stderr
    names = sorted(path.name for path in (folder / "out").glob("*xero*"))
    assert len(names) == 5 and all(
        re.fullmatch(r"(\d\d-)?[a-z] [A-Z][a-z]{6} xero 2026-11\.csv", name) for name in names
    )


def test_where_the_newest_is_read_only_that_goes_along(folder):
    for month in ("09", "10"):
        save(
            folder / "exports" / f"xero-{month}.csv",
            xero_csv(xero_line(InvoiceDate=f"13/{month}/2026")),
        )
    write(folder, {})
    (folder / "exports" / "xero.csv").unlink()
    text = '[inputs]\nxero_invoices = "exports/xero-*.csv"\nxpm_jobs = "exports/jobs.csv"\npick = "newest"\n'
    (folder / "reconcile.toml").write_text(text, encoding="utf-8")
    done = redact(paths=())
    assert done.exit_code == 0, done.stderr
    assert {path.name for path in (folder / "out").iterdir()} == {
        "xero-10.csv",
        "jobs.csv",
        "reconcile.toml",
    }


def test_two_files_of_one_name_stay_two(folder):
    for name in ("one", "two"):
        (folder / name).mkdir()
        save(folder / name / "xero.csv", xero_csv(xero_line(InvoiceNumber=f"INV-{name}")))
    write(folder, {"xero.csv": None})
    assert redact(paths=("exports", "one", "two")).exit_code == 0
    assert len(list((folder / "out").glob("*xero.csv"))) == 2


# What cannot be redacted or proved ------------------------------------------------------------------------------------------------


REFUSED = {
    "jobs missing": {"jobs.csv": None},
    "grouped by its first field": {
        "jobs.csv": csv_text([list(job()), ["Acme"] + [""] * 8, ["", *list(job().values())[1:]]])
    },
    "a total column": {
        "jobs.csv": jobs_csv(job()).replace("[Job] Category", "[Job] Budget (Totalled)")
    },
    "days in an unknown order": {
        "xero.csv": xero_csv(xero_line(InvoiceDate="1/2/2026", DueDate="2/3/2026"))
    },
    "not understood": {"jobs.csv": jobs_csv(job()).replace("[Job] Job No.", "Acme number")},
}


@pytest.mark.parametrize("files", REFUSED.values(), ids=REFUSED.keys())
def test_what_a_run_refuses_is_written_without_a_proof(folder, files):
    write(folder, files)
    done = redact()
    assert (
        done.exit_code == 20
        and "a run refuses the exports, and it refuses the made-up ones too"
        in " ".join(done.stderr.split())
    )
    assert not re.search(rf"\b({NAMES})\b", all_text(folder))
    said = [
        CliRunner()
        .invoke(main, ["run", name, "--as-of", AS_OF, "--out", "o"])
        .stderr.count("error: ")
        for name in ("exports", "out")
    ]
    assert said[0] == said[1] > 0


UNTOLD = {
    "an open quote": ({"xero.csv": xero_csv() + '"Acme,1,2\r\n'}, "a quoted text opens here"),
    "a damaged workbook": ({"jobs.xlsx": b"PK\x03\x04 Acme"}, "the file is damaged"),
    "an old workbook": ({"jobs.csv": b"\xd0\xcf\x11\xe0 Acme"}, "an old Excel workbook"),
    "no text": ({"jobs.csv": b"Acme\0Acme\0"}, "not a text file"),
    "an empty file": ({"jobs.csv": b""}, "the file is empty"),
}


@pytest.mark.parametrize(("files", "words"), UNTOLD.values(), ids=UNTOLD.keys())
def test_what_has_no_cells_is_refused_and_nothing_is_written(folder, files, words):
    write(folder, files)
    done = redact()
    assert done.exit_code == 2 and words in done.stderr and not (folder / "out").exists()


def test_nothing_is_replaced(folder):
    write(folder, {})
    (folder / "out").mkdir()
    save(folder / "out" / "xero.csv", "mine")
    done = redact()
    assert done.exit_code == 2 and "is there already" in done.stderr
    assert [path.name for path in (folder / "out").iterdir()] == ["xero.csv"]
    into_itself = CliRunner().invoke(main, ["redact", "exports", "--out", "exports"])
    assert into_itself.exit_code == 2 and "holds the exports themselves" in into_itself.stderr


def test_a_difference_is_told_by_row():
    from types import SimpleNamespace

    import pandas as pd

    from reconcile.support.verify_redaction import IDS, VERDICTS, _rows

    one = pd.DataFrame(
        [{"file": "a.csv", "row": 2, **dict.fromkeys(VERDICTS, "v"), **dict.fromkeys(IDS, "Acme")}]
    )
    two = one.assign(outcome="fix", contact="Other", file="b.csv")
    made = SimpleNamespace(of=lambda text: {"Acme": "Zorb"}[text])
    assert _rows(
        "invoices",
        one,
        two.assign(**dict.fromkeys(set(IDS) - {"contact"}, "Zorb")),
        VERDICTS,
        IDS,
        {"a.csv": "b.csv"},
        made.of,
    ) == ["b.csv row 2: outcome fix for v, contact"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX")
def test_the_files_are_their_owners_alone(folder):
    write(folder, {})
    redact()
    assert {path.stat().st_mode & 0o777 for path in (folder / "out").iterdir()} == {0o600}
