"""Findings and fixes to files: CSV and JSON (tables), the workbook (workbook), the page (page), all of them or none (write)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FORMATS = ("xlsx", "csv", "json", "html")


def write_reports(
    result: Any, folder: Path, formats: tuple[str, ...] = FORMATS, notes_from: Path | None = None
) -> tuple[list[Path], list[str]]:
    """Write the chosen reports, and the two ledgers with every format.

    What people typed into the last workbook is carried into the new one; where there is any, the old file stays beside it
    under its day.

    Args:
        result: pipeline.Result.
        notes_from: the workbook to read it from; None for the one in the folder.

    Returns:
        The files written, and what of the last workbook could not be read.
    """
    import numpy as np

    from reconcile.reports import tables
    from reconcile.reports.write import write_files

    ledger = result.findings.ledger
    ids = np.full(len(ledger), "", dtype=object)
    for fix in result.fixes:
        ids[list(fix.rows)] = fix.id
    ledger = ledger.assign(fix=ids)
    files: dict[str, bytes] = {}
    faults: list[str] = []
    if "xlsx" in formats:
        from reconcile.reports.notes import name_kept, read_notes
        from reconcile.reports.workbook import workbook

        notes = read_notes(notes_from or folder / "fixlist.xlsx")
        faults = notes.faults
        files["fixlist.xlsx"] = workbook(result, ledger, notes)
        if notes.kept is not None and notes_from is None:
            files[name_kept(folder, notes)] = notes.kept
    if "csv" in formats:
        files["fixlist.csv"] = tables.actions_csv(result.fixes)
    if "json" in formats:
        files["fixlist.json"] = tables.fixlist_json(result, ledger)
    if "html" in formats:
        from reconcile import __version__
        from reconcile.reports.page import page

        files["report.html"] = page(result, ledger, __version__)
    files["invoices.csv"] = tables.ledger_csv(ledger)
    files["jobs.csv"] = tables.jobs_csv(result.findings.jobs)
    return write_files(folder, files), faults
