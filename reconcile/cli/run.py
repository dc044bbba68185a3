"""`reconcile run` and `reconcile check`: the main job, and the export doctor."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from reconcile.cli.inputs import (
    echo_json,
    find_config,
    find_exports,
    find_notes,
    progress_line,
    read_formats,
)
from reconcile.cli.options import Manner, files_options, flag, option, read_day, refuse_future
from reconcile.exports.check import Examination, examine
from reconcile.nightly.log import close_log, event, open_log
from reconcile.nightly.run import RunRequest, fulfil
from reconcile.reports.run_json import summary_document
from reconcile.settings.model import read_settings
from reconcile.terminal.layout import say, screen_of, steady
from reconcile.terminal.summary import closing_summary, details, examination_lines


@click.command()
@files_options
@option("--out", metavar="DIR", help="Where the results go (default: ./fixlist-YYYY-MM-DD).")
@option("--as-of", metavar="YYYY-MM-DD", help="The day to judge by (default: today).")
@option(
    "--format",
    "formats",
    metavar="LIST",
    help="Of xlsx, csv, json, html, with commas between (default: all).",
)
@option(
    "--adhoc",
    type=click.Choice(["off", "all", "with-reference"]),
    help="XPM's ad hoc jobs setting.",
)
@option(
    "--profile",
    type=click.Choice(["ignition", "xero"]),
    help="Whose words on the window to go by (E3).",
)
@click.option(
    "--allow-stale", is_flag=True, help="Read old exports too, whatever max_age_days says."
)
@click.option(
    "--allow-future",
    is_flag=True,
    help="Keep a run in the history whose --as-of is later than today.",
)
@option(
    "--state",
    metavar="FILE",
    help="The history of runs (default: [history] path in the settings, else none).",
)
@click.option(
    "--notes",
    metavar="FILE",
    help="The workbook with what people typed (default: fixlist.xlsx in --out).",
)
@flag("EXIT_ZERO", "--exit-zero", help="Exit with 0 where there is something to fix.")
@flag("JSON", "--json", "as_json", help="Print the run's summary as JSON on stdout.")
@flag(
    "LOG_JSON",
    "--log-json",
    help="On stderr the log, one JSON object per line, in place of the talk.",
)
@flag("QUIET", "-q", "--quiet", help="Say nothing but errors.")
@flag(
    "VERBOSE",
    "-v",
    "--verbose",
    help="Say also every problem and assumption; names in the log too.",
)
@click.pass_context
def run(
    ctx: click.Context,
    paths: tuple[str, ...],
    invoices: tuple[str, ...],
    jobs: tuple[str, ...],
    xpm_invoices: tuple[str, ...],
    xpm_clients: tuple[str, ...],
    config: str | None,
    date_order: str | None,
    out: str | None,
    as_of: str | None,
    formats: str | None,
    adhoc: str | None,
    profile: str | None,
    allow_stale: bool,
    allow_future: bool,
    state: str | None,
    notes: str | None,
    exit_zero: bool,
    as_json: bool,
    log_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """The main job: read the exports, write the fix-list.

    Without PATH it reads the files that [inputs] in the settings names.

    Exit codes: 0 nothing to act on, 10 something to fix, 20 some input was set aside, 2 could not run,
    75 try again later.
    """
    manner: Manner = ctx.obj
    manner.verbose, manner.as_log = manner.verbose or verbose, log_json
    day = read_day(as_of)
    chosen = read_formats(formats)

    settings = read_settings(
        find_config(config), date_order=date_order, adhoc=adhoc, profile=profile
    )

    history = Path(state) if state else settings.history_path
    if history and not allow_future:
        refuse_future(day, history)

    folder = Path(out or settings.output_folder or f"fixlist-{day.isoformat()}")
    request = RunRequest(
        lambda: find_exports(
            settings, allow_stale, paths, invoices, jobs, xpm_invoices, xpm_clients
        ),
        settings,
        day,
        folder,
        chosen,
        find_notes(notes, folder, named=bool(out or settings.output_folder)),
        history,
        datetime.now().astimezone().isoformat(timespec="seconds"),
        os.environ,
    )
    log = open_log(
        settings.log_file,
        as_json=log_json,
        verbose=verbose,
        stream=sys.stderr if log_json else None,
    )
    manner.logged = True
    try:
        done = fulfil(request, log, progress_line(quiet or log_json))
        for warning in done.warnings:
            event(log, "warning", "warning", reason=warning)
    finally:
        close_log(log)
    for warning in () if log_json else done.warnings:
        click.echo(steady(f"warning: {warning}"), err=True)
    code = done.result.exit_code
    code = 0 if exit_zero and code == 10 else code
    if as_json:
        echo_json(summary_document(done.result, done.files, code))
    if not quiet and not log_json:
        say(closing_summary(done.result, folder, done.files, screen_of(sys.stderr).width), err=True)
        if verbose:
            say(details(done.result), err=True)
    sys.exit(code)


@click.command()
@files_options
@flag("JSON", "--json", "as_json", help="Print what was found as JSON.")
def check(
    paths: tuple[str, ...],
    invoices: tuple[str, ...],
    jobs: tuple[str, ...],
    xpm_invoices: tuple[str, ...],
    xpm_clients: tuple[str, ...],
    config: str | None,
    date_order: str | None,
    as_json: bool,
) -> None:
    """The export doctor: what each file is, which columns were found, what is wrong with it.

    Exit codes: 0 all well, 20 something would be set aside or cannot be read, 2 no such file, or one that is still
    being written.
    """
    settings = read_settings(find_config(config), date_order=date_order)
    sources, settings = find_exports(
        settings, False, paths, invoices, jobs, xpm_invoices, xpm_clients
    )
    examined = examine(sources, settings)
    if as_json:
        echo_json([_examination_entry(one) for one in examined])
    else:
        for one in examined:
            say(examination_lines(one))
    sys.exit(0 if all(one.is_well for one in examined) else 20)


def _examination_entry(one: Examination) -> dict[str, Any]:
    return {
        "path": one.path,
        "sheet": one.sheet,
        "role": one.role or None,
        "fault": one.fault or None,
        "note": one.note or None,
        "columns": dict(one.found),
        "missing": list(one.missing),
        "stated_on": one.age.stated_on and one.age.stated_on.isoformat(),
        "newest_on": one.age.newest_on and one.age.newest_on.isoformat(),
        "period_to": one.age.period_to and one.age.period_to.isoformat(),
        **(one.account._asdict() if one.account else {}),
        "assumptions": list(one.assumptions),
        "problems": [dict(problem.__dict__) for problem in one.problems],
    }
