"""Reading one large workbook: reconcile's own reader against openpyxl in read-only mode.

    python xlsx_rows.py [--rows 100000] [--times 3]

Writes a workbook of Xero invoice lines with 34 columns, text, numbers and real dates, and reads it in turn with both,
each time in a new process. Prints the medians, their share and whether the target is met. Exits with 1 when a reader
failed or did not see all rows.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET_SHARE, TARGET_ROWS = 1 / 5, 100_000
FIELDS = (
    "ContactName", "EmailAddress", "POAddressLine1", "POAddressLine2", "POCity", "PORegion", "POPostalCode",
    "POCountry", "InvoiceNumber", "Reference", "InvoiceDate", "DueDate", "PlannedDate", "Total", "TaxTotal",
    "InvoiceAmountPaid", "InvoiceAmountDue", "InventoryItemCode", "Description", "Quantity", "UnitAmount", "Discount",
    "LineAmount", "AccountCode", "TaxType", "TaxAmount", "TrackingName1", "TrackingOption1", "TrackingName2",
    "TrackingOption2", "Currency", "Type", "Sent", "Status",
)  # fmt: skip

# Both readers run as programs of their own and print how many rows they saw below the header.
OPENPYXL_PROGRAM = """
import sys
from openpyxl import load_workbook
book = load_workbook(sys.argv[1], read_only=True, data_only=True)
print(sum(1 for row in book.worksheets[0].iter_rows(values_only=True)) - 1)
"""
RECONCILE_PROGRAM = """
import sys
from reconcile.exports.readers.read_file import read_sheets
print(sum(grid.row_count for grid in read_sheets(sys.argv[1])))
"""


def write_workbook(path: Path, rows: int) -> None:
    """Write a workbook with one header row and `rows` rows below it, one invoice for every two rows."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Invoices")
        sheet.write_row(0, 0, FIELDS)
        for row in range(1, rows + 1):
            for column, value in enumerate(line_values(row)):
                if isinstance(value, datetime):
                    sheet.write_datetime(row, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif value is not None:
                    sheet.write_number(row, column, value)


def line_values(row: int) -> list:
    """The cells of one invoice line, in the order of FIELDS; None is an empty cell."""
    number = (row + 1) // 2
    dated = datetime(2025, 10, 1) + timedelta(days=number % 400)
    client = f"Client {number % 4_000:04d} Pty Ltd"
    return [
        client, f"accounts@client{number % 4_000}.example", f"{number % 300 + 1} Station Street", None, "Bendigo",
        "VIC", "3550", "Australia", f"INV-{number:06d}", f"PROP-{100_001 + number % 5_000}", dated,
        dated + timedelta(days=14), None, 220.0, 20.0, 0.0, 220.0, None, f"Bookkeeping, part {row % 2 + 1}", 1, 100.0,
        None, 100.0, "200", "GST on Income", 10.0, "Office", "Bendigo", None, None, "AUD", "Sales invoice", "Sent",
        "Awaiting Payment",
    ]  # fmt: skip


def environment() -> dict[str, str]:
    """This process's environment, with the package beside these tests importable."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def read_once(name: str, program: str, path: Path) -> tuple[float, int]:
    """Read the workbook with one reader in a new process; its wall time in seconds and the rows it saw."""
    command = [sys.executable, "-c", program, str(path)]
    started = time.perf_counter()
    ended = subprocess.run(
        command, cwd=path.parent, env=environment(), capture_output=True, text=True
    )
    seconds = time.perf_counter() - started
    if ended.returncode:
        raise SystemExit(
            f"{name} failed with exit code {ended.returncode}: {ended.stderr.strip()[-500:]}"
        )
    return seconds, int(ended.stdout)


def compare(rows: int, times: int, folder: Path) -> bool:
    """Write the workbook, read it in turn with both readers, print the result; True when both saw every row."""
    path = folder / "lines.xlsx"
    write_workbook(path, rows)
    programs = {"reconcile": RECONCILE_PROGRAM, "openpyxl": OPENPYXL_PROGRAM}
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    seen: dict[str, int] = {}
    for _ in range(times):
        for name, program in programs.items():
            taken, seen[name] = read_once(name, program, path)
            seconds[name].append(taken)
    ours, theirs = (statistics.median(seconds[name]) for name in programs)
    print("| rows x columns | reconcile s | openpyxl read-only s | share | rows seen |")
    print("| --- | --- | --- | --- | --- |")
    counts = " / ".join(f"{seen[name]:,}" for name in programs)
    print(
        f"| {rows:,} x {len(FIELDS)} | {ours:.2f} | {theirs:.2f} | {ours / theirs:.3f} | {counts} |"
    )
    verdict = (
        "not measured"
        if rows < TARGET_ROWS
        else "met"
        if ours <= TARGET_SHARE * theirs
        else "MISSED"
    )
    print(
        f"\n- {verdict}: 100 k rows read in at most one fifth of openpyxl read-only's time ({ours / theirs:.3f})"
    )
    complete = all(count == rows for count in seen.values())
    if not complete:
        print("- WRONG: a reader did not see every row")
    return complete


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Read a large workbook with reconcile's reader and with openpyxl."
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument(
        "--times", type=int, default=3, help="runs of each, of which the median counts"
    )
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reconcile-bench-") as folder:
        raise SystemExit(0 if compare(wanted.rows, wanted.times, Path(folder)) else 1)


if __name__ == "__main__":
    main()
