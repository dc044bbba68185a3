"""One CSV or XLSX file to grids of text cells; files that are neither are refused by their content."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

from reconcile.errors import ReconcileError
from reconcile.exports.readers.csv_file import read_csv
from reconcile.exports.readers.grid import Grid, Unread
from reconcile.exports.readers.workbook import read_workbook_file
from reconcile.storage.file_hash import sha256_of


def read_sheets(path: str | Path, label: str = "", role: str = "") -> list[Grid | Unread]:
    """Read every sheet of one file.

    Args:
        path: the file.
        label: what to call it in messages and reports; its name by default.
        role: what the user says that it is; empty to find out by its headers.

    Raises:
        ReconcileError: the file cannot be read at all, or its layout cannot be read rightly.
    """
    path = Path(path)
    label = label or path.name
    try:
        with path.open("rb") as stream:
            start = stream.read(4096)
    except OSError as error:
        words = error.strerror or "cannot be read"
        raise ReconcileError(
            f"{label}: cannot be opened. {words}. Close it in other programs, or check the path."
        ) from None
    refuse_by_content(path, label, start)
    refused = Event()
    with ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(sha256_of, path, refused)
        try:
            sheets = (
                read_workbook_file(path, label, role)
                if start[:2] == b"PK"
                else [read_csv(path, label, role)]
            )
        except BaseException:
            refused.set()
            raise
        return [replace(sheet, sha256=sha256.result()) for sheet in sheets]


def refuse_by_content(path: Path, label: str, start: bytes) -> None:
    """Name the files that cannot be read whatever their name says."""
    if not start.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise ReconcileError(
            f"{label}: the file is empty. Found {path.stat().st_size} bytes of nothing. Export it again."
        )
    if start[:4] == b"\xd0\xcf\x11\xe0":
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise ReconcileError(
                f"{label}: the workbook is protected by a password. It cannot be opened without it. "
                "Open it in Excel, remove the password (File > Info > Protect Workbook) and save it."
            )
        raise ReconcileError(
            f"{label}: an old Excel workbook (.xls). Only .xlsx and .csv are read. "
            "Open it in Excel and save it as Excel Workbook (.xlsx)."
        )
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        raise ReconcileError(
            f"{label}: an XML spreadsheet of Excel 2003. Only .xlsx and .csv are read. "
            "Open it in Excel and save it as Excel Workbook (.xlsx)."
        )
    if start[:2] == b"\x1f\x8b":
        raise ReconcileError(
            f"{label}: a packed file (gzip), not a spreadsheet. Unpack it and give the file in it."
        )
    if start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        raise ReconcileError(
            f"{label}: a web page, not a spreadsheet. It begins with {start.lstrip()[:20].decode('latin-1')!r}. "
            "Often a sign-in page was saved instead of the export: sign in and export again."
        )
    if start[:4] == b"%PDF":
        raise ReconcileError(f"{label}: a PDF, not a spreadsheet. Export it again as Excel or CSV.")
    if path.suffix.casefold() in (".xlsx", ".xlsm") and start[:2] != b"PK":
        raise ReconcileError(
            f"{label}: not an Excel workbook, though its name says so. It is text or damaged. "
            "Export it again, or rename it to .csv if it is one."
        )
