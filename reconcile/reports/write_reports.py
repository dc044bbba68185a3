"""Verdicts and fixes to files: CSV, JSON, the workbook and the page, all of them or none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reconcile.history.notes import Notes, kept_workbook, refuse_if_saved_since
from reconcile.reports.csv_files import actions_csv, jobs_csv, ledger_csv
from reconcile.reports.fixlist_json import fixlist_json
from reconcile.storage.all_or_none import write_files
from reconcile.storage.own_files import refuse_files_of_others

if TYPE_CHECKING:
    from reconcile.pipeline import Result

FORMATS = ("xlsx", "csv", "json", "html")
REPORTS = (
    "fixlist.xlsx",
    "fixlist.csv",
    "fixlist.json",
    "report.html",
)  # of FORMATS, in their order


def write_reports(
    result: Result,
    folder: Path,
    version: str,
    formats: tuple[str, ...] = FORMATS,
    notes: Notes | None = None,
    keep: Callable[[], None] = lambda: None,
) -> list[Path]:
    """Write the chosen reports, and the two ledgers with every format; returns the files.

    Args:
        version: of this program, for the foot of the page.
        notes: what people typed into the last workbook: carried into the new one; where there is any, the old file stays
            beside it under its day.
        keep: what has to succeed once the files are in place; where it fails the old ones are put back.

    Raises:
        ReconcileError: a file of somebody else is in the way; nothing is written.
    """
    ledger = result.findings.ledger
    ids = np.full(len(ledger), "", dtype=object)
    for fix in result.fixes:
        ids[list(fix.rows)] = fix.id
    ledger = ledger.assign(fix=ids)
    notes = notes or Notes()
    files: dict[str, bytes] = {}
    if "xlsx" in formats:
        from reconcile.reports.workbook import workbook

        files["fixlist.xlsx"] = workbook(result, ledger, notes)
        files |= kept_workbook(folder, notes, files["fixlist.xlsx"])
    if "csv" in formats:
        files["fixlist.csv"] = actions_csv(result.fixes)
    if "json" in formats:
        files["fixlist.json"] = fixlist_json(result, ledger)
    if "html" in formats:
        from reconcile.reports.html_page import page

        files["report.html"] = page(result, ledger, version, notes)
    files["invoices.csv"] = ledger_csv(ledger)
    files["jobs.csv"] = jobs_csv(result.findings.jobs)
    if "xlsx" in formats:
        refuse_if_saved_since(notes)
    refuse_files_of_others(folder, files)
    return write_files(folder, files, keep)
