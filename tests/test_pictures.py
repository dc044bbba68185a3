"""README's pictures are of what the program writes now, small, and can be made again where the programs for it are."""

import shutil
import struct
import zlib
from pathlib import Path

import pytest
from programs.browser import CHROMIUM
from tools.make_golden import run_sample
from tools.make_pictures import (
    MAKERS,
    PICTURES,
    PROGRAMS,
    picture_of_page,
    picture_of_sheet,
    stamp_of,
    stamped,
)

pytestmark = pytest.mark.long
README = (PICTURES.parent / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    run_sample(folder)
    return folder


@pytest.mark.parametrize("name", MAKERS)
def test_the_picture_is_of_what_is_written_now(folder, name):
    digest, _ = MAKERS[name]
    assert stamp_of((PICTURES / name).read_bytes()) == digest(folder), (
        "run: python tests/tools/make_pictures.py"
    )


@pytest.mark.parametrize("name", MAKERS)
def test_the_picture_is_small_and_readme_shows_it(name):
    assert (PICTURES / name).stat().st_size < 150_000
    assert f"](sample_data/{name})" in README


def test_a_stamp_leaves_a_sound_picture():
    def chunk(kind, content):
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    plain = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"IEND", b"")
    picture = stamped(plain, "ab" * 32)
    assert (
        stamp_of(picture) == "ab" * 32
        and picture.startswith(plain[:33])
        and picture.endswith(plain[33:])
    )


def looks_like_a_picture(content: bytes) -> bool:
    """A PNG whose pixels are not all the same: it packs to more than a blank one."""
    return content.startswith(b"\x89PNG") and len(content) > 20_000


@pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium is installed: the page's picture is not made again"
)
def test_the_picture_of_the_page_can_be_made(folder):
    assert looks_like_a_picture(picture_of_page(Path(folder)))


@pytest.mark.skipif(
    any(map(lambda name: shutil.which(name) is None, PROGRAMS)),
    reason="no LibreOffice or pdftoppm: no picture of the sheet",
)
def test_the_picture_of_the_sheet_can_be_made(folder):
    assert looks_like_a_picture(picture_of_sheet(Path(folder)))
