"""What the options name: the settings, the exports, the notes; and what a command prints while it reads them."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TypedDict

import click

from reconcile.cli.options import DEFAULT_CONFIG, Manner, read_day
from reconcile.errors import ReconcileError
from reconcile.exports.columns import XERO_INVOICES, XPM_CLIENTS, XPM_INVOICES, XPM_JOBS
from reconcile.exports.files.sources import Source, find_inputs, find_sources
from reconcile.history.notes import last_workbook, read_notes
from reconcile.history.store import History
from reconcile.pipeline import Result, reconcile_practice
from reconcile.reports.write_reports import FORMATS
from reconcile.settings.model import Settings, read_settings
from reconcile.storage.all_or_none import is_there


class Given(TypedDict):
    """What the options of files_options and judging_options hold."""

    paths: tuple[str, ...]
    invoices: tuple[str, ...]
    jobs: tuple[str, ...]
    xpm_invoices: tuple[str, ...]
    xpm_clients: tuple[str, ...]
    config: str | None
    date_order: str | None
    as_of: str | None
    adhoc: str | None
    profile: str | None
    allow_stale: bool
    state: str | None
    quiet: bool
    verbose: bool


def decide_given(given: Given) -> Result:
    """Read and decide as `run` does, with what its history knows and its workbook says, and write nothing; the result."""
    settings = read_settings(
        find_config(given["config"]),
        date_order=given["date_order"],
        adhoc=given["adhoc"],
        profile=given["profile"],
    )
    files = (
        given["paths"],
        given["invoices"],
        given["jobs"],
        given["xpm_invoices"],
        given["xpm_clients"],
    )
    sources, settings = find_exports(settings, given["allow_stale"], *files)
    state = Path(given["state"]) if given["state"] else settings.history_path
    said = (
        read_notes(settings.output_folder / "fixlist.xlsx").said if settings.output_folder else {}
    )
    manner: Manner = click.get_current_context().obj
    manner.verbose = manner.verbose or given["verbose"]
    tell = progress_line(given["quiet"])
    with History.open(state) if state and state.is_file() else nullcontext() as history:
        result = reconcile_practice(
            sources, settings, read_day(given["as_of"]), tell, said=said, history=history
        )
    tell("")
    return result


def echo_json(document: object) -> None:
    """Print JSON in letters that the terminal or pipe can take: all of them in UTF-8, else the others by number."""
    every = (sys.stdout.encoding or "").casefold().replace("-", "") == "utf8"
    text = json.dumps(document, ensure_ascii=not every, indent=2)
    # What would steer a terminal or turn its lines stands by its number, as JSON may write every letter.
    click.echo(
        re.sub(
            "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]",
            lambda one: f"\\u{ord(one[0]):04x}",
            text,
        )
    )


def reading_code(result: Result) -> int:
    """20 where some input was set aside, so that the answer rests on the rest alone."""
    return 20 if any(problem.set_aside for problem in result.problems) else 0


def read_formats(text: str | None) -> tuple[str, ...]:
    """The formats that --format names; all where it is not given."""
    if text is None:
        return FORMATS
    wanted = tuple(
        dict.fromkeys(part.strip().casefold() for part in text.split(",") if part.strip())
    )
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown or not wanted:
        found = ", ".join(unknown) or "nothing"
        raise ReconcileError(
            f"--format: not a format. Found {found}. Choose of {', '.join(FORMATS)}, with commas between."
        )
    return wanted


def find_notes(typed: str | None, folder: Path, *, named: bool) -> Path:
    """The workbook with what people typed: the named one, else the one in the folder of results; where that folder is named
    by its day alone, the one of the last day before it."""
    if typed is not None:
        if not is_there(Path(typed)):
            raise ReconcileError(f"--notes: {typed}: no such file. Check the path.")
        return Path(typed)
    return last_workbook(folder, None if named else Path())


def find_config(typed: str | None) -> Path | None:
    """The settings file: the one that --config names, else reconcile.toml here, if there."""
    if typed is not None:
        path = Path(typed)
        if not path.is_file():
            raise ReconcileError(f"--config: {typed}: no such file. Check the path.")
        return path
    return Path(DEFAULT_CONFIG) if Path(DEFAULT_CONFIG).is_file() else None


def find_exports(
    settings: Settings,
    allow_stale: bool,
    paths: tuple[str, ...],
    invoices: tuple[str, ...],
    jobs: tuple[str, ...],
    xpm_invoices: tuple[str, ...],
    xpm_clients: tuple[str, ...],
) -> tuple[list[Source], Settings]:
    """The files to read, those named or else those of [inputs], and the settings to read them by."""
    roles = {path: XERO_INVOICES for path in invoices}
    roles |= {path: XPM_JOBS for path in jobs}
    roles |= {path: XPM_INVOICES for path in xpm_invoices}
    roles |= {path: XPM_CLIENTS for path in xpm_clients}
    if not paths and not roles:
        settings = settings.of_own_inputs()
    if allow_stale:
        settings = replace(settings, max_age_days=None)
    if paths or roles:
        return find_sources(paths, roles, time.time()), settings
    if not settings.inputs:
        raise ReconcileError(
            "no files named. Name the exports, their folder or a pattern: reconcile run FOLDER, "
            "or write them under [inputs] in reconcile.toml: reconcile init FOLDER."
        )
    return find_inputs(settings.inputs, settings.pick, time.time()), settings


def progress_line(quiet: bool) -> Callable[[str], None]:
    """Says each stage on a terminal, on one line that is wiped at the end; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        return lambda stage: None
    return lambda stage: click.echo(
        f"\r{stage + ' ...' if stage else '':<40}" + ("" if stage else "\r"), err=True, nl=False
    )
