"""Two nights of a small practice, the second of which is killed, and what has to hold then (test_faults.py, faults_run.py).

nights = Nights.prepare(folder, server, formats)
nights.faults_when_killed(state)            --> what is torn, lost or broken in the folder of a killed run
nights.faults_after_next_start(state, server) --> what a next start did not put right
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hostile.fault_hook import Server
from made.files import let_rest
from openpyxl import load_workbook

NOTE = "rang the client, she deletes it"
FIRST_DAY, SECOND_DAY = "2026-11-23", "2026-11-24"
ALL_FORMATS = "xlsx,csv,json,html"

INVOICES = """ContactName,InvoiceNumber,Reference,InvoiceDate,Total,TaxTotal,Type,Status
Acme Pty Ltd,INV-1,CLI-1,20/11/2026,110.00,10.00,Sales invoice,Awaiting Payment
Acme Pty Ltd,INV-2,,20/11/2026,220.00,20.00,Sales invoice,Awaiting Payment
Zenith Dental,INV-3,cli-3,16/11/2026,330.00,30.00,Sales invoice,Awaiting Payment
Zenith Dental,INV-4,CLI-3,16/11/2026,440.00,40.00,Sales invoice,Voided
Zenith Dental,INV-5,CLI-3,18/11/2026,550.00,50.00,Sales invoice,Awaiting Payment
Zenith Dental,INV-6,CLI-3,18/11/2026,660.00,60.00,Sales invoice,Awaiting Payment
Zenith Dental,INV-7,CLI-3,18/11/2026,770.00,70.00,Sales invoice,Awaiting Payment
Zenith Dental,INV-8,CLI-3,19/11/2026,880.00,80.00,Sales invoice,Voided
"""
JOBS = """[Job] Job No.,[Client] Client,[Job] Client Order No.,[State] State,[Job] Date Created
J1,Acme Pty Ltd,CLI-1,In Progress,13-Dec-2024
J3,Zenith Dental,CLI-3,In Progress,13-Dec-2024
J4,Zenith Dental,CLI-4,In Progress,13-Dec-2024
"""
XPM = """[Invoice] Invoice No.,[Invoice] Job Number(s),[Invoice] Client,[Invoice] Amount (incl tax)
INV-1,J1,Acme Pty Ltd,110.00
INV-2,,Acme Pty Ltd,220.00
INV-3,,Zenith Dental,330.00
INV-4,J3,Zenith Dental,440.00
INV-5,J4,Zenith Dental,550.00
INV-6,J3,Zenith Dental,660.00
INV-8,J3,Zenith Dental,880.00
INV-7,J3,Zenith Dental,700.00
"""
FILES = {"invoices.csv": INVOICES, "jobs.csv": JOBS, "xpm.csv": XPM}


def write_exports(folder: Path, files: dict[str, str] = FILES) -> None:
    """The exports of the first night: blank, near miss, voided, on the wrong job, edited; INV-1 and INV-6 are right."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    let_rest(folder)


def next_exports(folder: Path) -> None:
    """The exports of the second night: INV-8's copy is deleted as told, INV-9 and the job J9 are new."""
    write_exports(
        folder,
        {
            "invoices.csv": INVOICES
            + "Acme Pty Ltd,INV-9,CLI-9,23/11/2026,990.00,90.00,Sales invoice,Awaiting Payment\n",
            "jobs.csv": JOBS + "J9,Acme Pty Ltd,,In Progress,23-Nov-2026\n",
            "xpm.csv": XPM.replace("INV-8,J3,Zenith Dental,880.00\n", ""),
        },
    )


def type_note(path: Path) -> None:
    """Type a note into the first row of the Fix list, as a person does."""
    book = load_workbook(path)
    sheet = book["Fix list"]
    column = next(cell.column for cell in sheet[1] if cell.value == "note")
    sheet.cell(2, column, NOTE)
    book.save(path)


def note_in(path: Path) -> bool:
    """Whether the note is in a workbook's Fix list or among what was closed."""
    book = load_workbook(path)
    sheets = [book[name] for name in ("Fix list", "Closed") if name in book.sheetnames]
    return any(NOTE in row for sheet in sheets for row in sheet.iter_rows(values_only=True))


def command(day: str, *more: str) -> list[str]:
    """The words of a night's run."""
    return ["run", "exports", "--as-of", day, "--out", "out", "--state", "h.sqlite", "-q", *more]


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path in it; no folder, no files."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def history_in(folder: Path) -> str:
    """All that a history holds but when its runs began, or what is wrong with it. Looked at in a copy: looking puts right."""
    with tempfile.TemporaryDirectory() as above:
        for path in folder.glob("h.sqlite*"):
            shutil.copy(path, above)
        connection = sqlite3.connect(Path(above) / "h.sqlite")
        try:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if sound != "ok":
                return f"not sound: {sound}"
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                connection.execute("UPDATE runs SET started = ''")
            return "\n".join(connection.iterdump())
        finally:
            connection.close()


@dataclass(frozen=True)
class Nights:
    """Two nights, the second undisturbed.

    Attributes:
        first: the folder after the first night, with a note typed, and the second night's exports. second: after the second.
        words: of its command. code: its exit code. steps: its steps. pasts: both histories.
    """

    first: Path
    second: Path
    words: list[str]
    code: int
    steps: list[str]
    pasts: tuple[str, str]

    @classmethod
    def prepare(cls, above: Path, server: Server, formats: str) -> Nights:
        """Run both nights; the first always writes the workbook, in which a note is typed."""
        first, second = above / "first", above / "second"
        (first / "temp").mkdir(parents=True)
        write_exports(first / "exports")
        (ended,) = server.run(first, *command(FIRST_DAY))
        assert ended.code == 10, ended.said
        type_note(first / "out" / "fixlist.xlsx")
        next_exports(first / "exports")
        shutil.copytree(first, second)
        words = command(SECOND_DAY, "--format", formats)
        (ended,) = server.run(second, *words)
        assert ended.code == 10, ended.said
        return cls(
            first, second, words, ended.code, ended.steps, (history_in(first), history_in(second))
        )

    def state(self, folder: Path) -> Path:
        """A fresh folder in which the second night is still to come."""
        return Path(shutil.copytree(self.first, folder))

    def faults_when_killed(self, state: Path) -> list[str]:
        """What must not be in the folder of a killed run: a torn file, a note that is nowhere, a history of half a run."""
        old, new = files_in(self.first / "out"), files_in(self.second / "out")
        faults = []
        for name, content in files_in(state / "out").items():
            if ".reconcile-" not in name and content not in (old.get(name), new.get(name)):
                faults.append(f"{name} is torn")
        typed, carried = old["fixlist.xlsx"], new["fixlist.xlsx"]
        if not any(
            path.read_bytes() in (typed, carried) for path in (state / "out").glob("fixlist*.xlsx*")
        ):
            faults.append("the note is nowhere")
        if history_in(state) not in self.pasts:
            faults.append("the history holds half a run, or is damaged")
        return faults

    def faults_after_next_start(self, state: Path, server: Server) -> list[str]:
        """What a next start left other than the undisturbed run: its exit code, every file and folder, the history."""
        (ended,) = server.run(state, *self.words)
        faults = (
            []
            if ended.code == self.code
            else [f"exit code {ended.code}: {ended.said.strip()[-300:]}"]
        )
        here, wanted = (files_in(folder / "out") for folder in (state, self.second))
        faults += [f"{name} is an orphan" for name in here.keys() - wanted.keys()]
        faults += [f"{name} is missing" for name in wanted.keys() - here.keys()]
        faults += [
            f"{name} is another"
            for name in wanted.keys() & here.keys()
            if here[name] != wanted[name]
        ]
        around, expected = (
            {str(path.relative_to(one)) for path in one.rglob("*")} for one in (state, self.second)
        )
        faults += [
            f"{name} is an orphan" for name in around - expected if f"out{os.sep}" not in name
        ]
        faults += [
            f"{name} is an orphan folder" for name in around - expected if (state / name).is_dir()
        ]
        if history_in(state) != self.pasts[1]:
            faults.append("the history is another")
        return faults
