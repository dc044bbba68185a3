"""`reconcile batch`: many practices and one overview."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path

import click

from reconcile.batch.practices import find_practices
from reconcile.batch.run import BatchRequest, exit_code_of, run_batch
from reconcile.cli.inputs import read_formats
from reconcile.cli.options import flag, option, read_day
from reconcile.terminal.batch import Progress, batch_summary
from reconcile.terminal.layout import say


@click.command()
@click.argument("root")
@option(
    "--out", metavar="DIR", help="Where the overview of all goes (default: ./batch-YYYY-MM-DD)."
)
@option("--as-of", metavar="YYYY-MM-DD", help="The day to judge by (default: today).")
@option(
    "--format",
    "formats",
    metavar="LIST",
    help="Of xlsx, csv, json, html, for each practice (default: all).",
)
@click.option(
    "--allow-stale", is_flag=True, help="Read old exports too, whatever max_age_days says."
)
@option(
    "--workers", type=click.IntRange(1), help="Processes here (default: one for each processor)."
)
@option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
    help="Run on a Dask cluster: tcp://..., or local to make one here.",
)
@click.option("--force", is_flag=True, help="Repeat the practices that are done for this day.")
@flag("EXIT_ZERO", "--exit-zero", help="Exit with 0 where there is something to fix.")
@flag("JSON", "--json", "as_json", help="Print one line of JSON for each practice as it finishes.")
@flag("QUIET", "-q", "--quiet", help="Say nothing but errors.")
def batch(
    root: str,
    out: str | None,
    as_of: str | None,
    formats: str | None,
    allow_stale: bool,
    workers: int | None,
    scheduler: str,
    force: bool,
    exit_zero: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Many practices, each as `run` would run it in its folder, and one overview of all.

    ROOT is a folder with a folder for each practice, an address of one (s3://...), or a list (TOML or CSV) of them.

    Exit codes: 0 nothing to act on, 10 something to fix, 20 a practice failed or set input aside (it is named), 2 could
    not run, 75 try again later.
    """
    day = read_day(as_of)
    if scheduler and "://" not in root:
        root = os.path.abspath(root)  # a worker's working directory is another one
    request = BatchRequest(
        find_practices(root),
        Path(root).resolve().name if "://" not in root else root.rstrip("/").rpartition("/")[2],
        day,
        Path(out or f"batch-{day.isoformat()}"),
        read_formats(formats),
        allow_stale,
        force,
        workers or os.cpu_count() or 1,
        scheduler,
        datetime.now().astimezone().isoformat(timespec="seconds"),
        time.time(),
        {name: value for name, value in os.environ.items() if name.startswith("RECONCILE_")},
    )
    records = []
    with Progress(len(request.found.practices), sys.stderr, quiet) as progress:
        for record in run_batch(request):
            progress.take(record)
            if as_json:
                click.echo(json.dumps(record))
            records.append(record)
    if not quiet:
        say(batch_summary(records, request.folder, request.found.passed_over), err=True)
    code = exit_code_of(records)
    sys.exit(0 if exit_zero and code == 10 else code)
