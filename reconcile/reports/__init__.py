"""Findings and fixes to files: CSV and JSON (tables), the workbook (workbook), all of them or none (write)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FORMATS = ("xlsx", "csv", "json")


def write_reports(result: Any, folder: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Write the chosen reports, and the two ledgers with every format.

    Args:
        result: pipeline.Result.
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
    if "xlsx" in formats:
        from reconcile.reports.workbook import workbook

        files["fixlist.xlsx"] = workbook(result, ledger)
    if "csv" in formats:
        files["fixlist.csv"] = tables.actions_csv(result.fixes)
    if "json" in formats:
        files["fixlist.json"] = tables.fixlist_json(result, ledger)
    files["invoices.csv"] = tables.ledger_csv(ledger)
    files["jobs.csv"] = tables.jobs_csv(result.findings.jobs)
    return write_files(folder, files)
