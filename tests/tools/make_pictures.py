"""Makes README's pictures of the sample data's results anew: `python tests/tools/make_pictures.py`. Needs Chromium, LibreOffice, pdftoppm.

Each picture carries a stamp of what it was made from, so that a test can tell a stale one on a machine without these programs.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent)]
PICTURES = HERE.parent / "sample_data"
_KEYWORD = b"made from"
PROGRAMS = ("soffice", "pdftoppm", "pdftotext")


def digest_of_page(folder: Path) -> str:
    """What the picture of the page depends on."""
    return hashlib.sha256((folder / "report.html").read_bytes()).hexdigest()


def digest_of_sheet(folder: Path) -> str:
    """What the picture of the sheet depends on: texts, widths and heights, and not how the file is packed."""
    from openpyxl import load_workbook

    sheet = load_workbook(folder / "fixlist.xlsx")["Fix list"]
    cells = [[(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows()]
    widths = sorted(
        (letter, one.width, one.hidden) for letter, one in sheet.column_dimensions.items()
    )
    heights = [sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1)]
    return hashlib.sha256(repr((cells, widths, heights, sheet.print_area)).encode()).hexdigest()


def picture_of_page(folder: Path) -> bytes:
    """The head of report.html as a browser shows it."""
    from programs.browser import open_browser

    with open_browser() as browser:
        sheet = browser.new_page(viewport={"width": 1000, "height": 760}, color_scheme="light")
        sheet.goto((folder / "report.html").as_uri())
        return sheet.screenshot()


def picture_of_sheet(folder: Path) -> bytes:
    """The first page of the Fix list as LibreOffice prints it."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
        convert = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(work),
            str(folder / "fixlist.xlsx"),
        ]
        subprocess.run(convert, check=True, capture_output=True, timeout=180)
        page = _first_page_of_fix_list(work / "fixlist.pdf")
        crop = ["-x", "20", "-y", "40", "-W", "1130", "-H", "470"]
        draw = [
            "pdftoppm",
            "-r",
            "100",
            *crop,
            "-f",
            page,
            "-l",
            page,
            "-png",
            "-singlefile",
            str(work / "fixlist.pdf"),
            str(work / "sheet"),
        ]
        subprocess.run(draw, check=True, capture_output=True, timeout=60)
        return (work / "sheet.png").read_bytes()


def _first_page_of_fix_list(pdf: Path) -> str:
    """Its number: the footers name the sheet."""
    for page in range(1, 10):
        told = subprocess.run(
            ["pdftotext", "-f", str(page), "-l", str(page), str(pdf), "-"],
            check=True,
            capture_output=True,
            timeout=60,
        )
        if b"Fix list, page" in told.stdout:
            return str(page)
    raise AssertionError("no page of the Fix list")


MAKERS = {
    "report-page.png": (digest_of_page, picture_of_page),
    "fixlist-sheet.png": (digest_of_sheet, picture_of_sheet),
}


def stamped(picture: bytes, digest: str) -> bytes:
    """The picture with a text in it that says what it was made from."""
    text = _KEYWORD + b"\0" + digest.encode()
    chunk = (
        struct.pack(">I", len(text))
        + b"tEXt"
        + text
        + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    )
    return picture[:33] + chunk + picture[33:]  # after the signature and the header


def stamp_of(picture: bytes) -> str:
    """What a picture says it was made from."""
    at = picture.index(_KEYWORD + b"\0") + len(_KEYWORD) + 1
    return picture[at : at + 64].decode()


def main() -> None:
    from tools.make_golden import run_sample

    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    assert not missing, f"not installed: {missing}"
    with tempfile.TemporaryDirectory() as name:
        run_sample(Path(name))
        for picture, (digest, make) in MAKERS.items():
            (PICTURES / picture).write_bytes(stamped(make(Path(name)), digest(Path(name))))


if __name__ == "__main__":
    main()
