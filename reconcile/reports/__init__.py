"""Findings and fixes to files: CSV and JSON (tables), the workbook (workbook), the page (page), all of them or none (write)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from reconcile.notes import Notes, kept_workbook, refuse_if_saved_since

FORMATS = ("xlsx", "csv", "json", "html")
REPORTS = ("fixlist.xlsx", "fixlist.csv", "fixlist.json", "report.html")  # of FORMATS, in their order


def write_reports(
    result: Any,
    folder: Path,
    formats: tuple[str, ...] = FORMATS,
    notes: Notes | None = None,
    keep: Callable[[], None] = lambda: None,
) -> list[Path]:
    """Write the chosen reports, and the two ledgers with every format; returns the files.

    Args:
        result: pipeline.Result.
        notes: what people typed into the last workbook: carried into the new one; where there is any, the old file stays
            beside it under its day.
        keep: what has to succeed once the files are in place; where it fails the old ones are put back.
    """
    import numpy as np

    from reconcile.reports import tables
    from reconcile.reports.write import write_files

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
        files["fixlist.csv"] = tables.actions_csv(result.fixes)
    if "json" in formats:
        files["fixlist.json"] = tables.fixlist_json(result, ledger)
    if "html" in formats:
        from reconcile import __version__
        from reconcile.reports.page import page

        files["report.html"] = page(result, ledger, __version__, notes)
    files["invoices.csv"] = tables.ledger_csv(ledger)
    files["jobs.csv"] = tables.jobs_csv(result.findings.jobs)
    if "xlsx" in formats:
        refuse_if_saved_since(notes)
    return write_files(folder, files, keep)
