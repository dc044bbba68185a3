"""`reconcile redact`: the exports with made-up names, for support."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from reconcile.cli.inputs import find_config, find_exports, progress_line
from reconcile.cli.options import DEFAULT_CONFIG, files_options, option, read_day
from reconcile.exports.files.newest import used_sources
from reconcile.exports.files.sources import Source, find_sources
from reconcile.settings.model import Settings, read_settings
from reconcile.setup.first_settings import compose_nameless
from reconcile.storage.all_or_none import write_files
from reconcile.support.redact import Redacted, read_files, redact_files, refuse_to_write_over
from reconcile.support.verify_redaction import Proof, compare_runs
from reconcile.terminal.layout import say
from reconcile.terminal.redact import redaction_lines


@click.command()
@files_options
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    help="Where the made-up files go; nothing there is replaced.",
)
@option("--as-of", metavar="YYYY-MM-DD", help="The day to judge by in the proof (default: today).")
def redact(
    out: str,
    as_of: str | None,
    config: str | None,
    date_order: str | None,
    **given: tuple[str, ...],
) -> None:
    """The same exports with made-up names, references and numbers, to send to support; proves that verdicts stay.

    Columns that a run does not read are emptied. Amounts, days, statuses, job states and types stay.

    Exit codes: 0 written, and every verdict is the same; 20 written, and some are not, or it cannot be told; 2 not written.
    """
    settings, day, folder, tell = (
        read_settings(find_config(config), date_order=date_order),
        read_day(as_of),
        Path(out),
        progress_line(False),
    )
    sources, settings = find_exports(settings, True, **given)
    tell("reading every cell")
    sources = used_sources(sources, settings.date_order)
    files = read_files(sources)
    tell("making up texts")
    redacted = redact_files(files)
    written = {**redacted.files, DEFAULT_CONFIG: compose_nameless(settings).encode("utf-8")}
    refuse_to_write_over(folder, written, sources)
    for path in write_files(folder, written):
        click.echo(path)
    tell("comparing the verdicts")
    proof = _proof_of(redacted, sources, settings, folder, day)
    tell("")
    say(redaction_lines(proof, redacted.replaced, redacted.states), err=True)
    click.echo(
        f"Support types: reconcile run {folder} --config {folder / DEFAULT_CONFIG} --as-of {day}",
        err=True,
    )
    sys.exit(0 if proof.holds else 20)


def _proof_of(
    redacted: Redacted, sources: list[Source], settings: Settings, folder: Path, day: date
) -> Proof:
    """What the run over the originals and the run over the made-up files give."""
    made_up = find_sources([str(folder / name) for name in redacted.files])
    both = settings, read_settings(folder / DEFAULT_CONFIG)
    return compare_runs(sources, made_up, redacted.names, redacted.made.of, both, day)
