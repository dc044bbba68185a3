"""A real browser for tests and pictures: Chromium, where there is one, that reaches no network."""

import os
import shutil
from contextlib import contextmanager

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
CHROMIUM = next((path for path in map(shutil.which, NAMES) if path), None)
QUIET = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()


@contextmanager
def open_browser():
    """A started browser; pages are opened in contexts of it."""
    from playwright.sync_api import sync_playwright

    as_root = (
        hasattr(os, "geteuid") and os.geteuid() == 0
    )  # Chromium's own sandbox refuses to work for root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=QUIET + (["--no-sandbox"] if as_root else [])
        )
        yield browser
        browser.close()
