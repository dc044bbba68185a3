"""reconcile: checks every Xero invoice against the XPM jobs: which job it is on, which job it should be on, where tonight's
import will put it, and the fewest clicks that put it right.

The rooms, in the order in which a row goes through them:

    settings     what the practice knows and no export shows
    exports      files -> four clean tables: invoices, jobs, XPM invoices, clients; every row accounted for
    rules        what Ignition writes and XPM does: the replay of the overnight import, the job a Reference means, the causes
    verdicts     is, belongs, tonight -> the outcome and cause of every invoice
    fixes        verdicts -> proved fixes, in an order that is safe to interrupt
    reports      verdicts and fixes -> CSV, JSON, the workbook and the page
    storage      files for their owner alone, written all or none, and only over files of this program
    history      what earlier runs saw, what became of their fixes, what people typed into the last workbook
    pipeline     the flow for one practice
    nightly      one run from settings to files: alone, remembered, logged, with its messages
    batch        many practices, in processes here or on a cluster
    questions    why an invoice is where it is, and what a change would move
    support      the same exports with made-up names, for support
    setup        a first settings file, an entry for the system's scheduler
    terminal     what the commands print
    cli          commands, options, exit codes; the only place that knows what day it is

docs/contributing.md has the way of a row, and who may import whom.

It never changes Xero or XPM, never guesses an identifier, and accounts for every row it was given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconcile.pipeline import Result

__version__ = "0.4.4"


def run(
    paths: Sequence[str],
    out: str | Path,
    as_of: date,
    config: str | Path | None = None,
    formats: Sequence[str] = (),
) -> Result:
    """Read the exports, decide, and write the fix-list: what `reconcile run` does.

    Args:
        paths: files, folders and globs; with none those that the settings file names.
        out: the folder for the results.
        as_of: the day to judge by.
        config: a settings file; None for the defaults.
        formats: of xlsx, csv, json, html; all when empty.

    Raises:
        reconcile.errors.ReconcileError: input or settings that need the user; nothing is written.
    """
    from reconcile.exports.files.sources import find_inputs, find_sources
    from reconcile.history.notes import read_notes
    from reconcile.pipeline import reconcile_practice
    from reconcile.reports.write_reports import FORMATS, write_reports
    from reconcile.settings.model import read_settings
    from reconcile.storage.all_or_none import put_right

    settings = read_settings(Path(config) if config is not None else None)
    sources = find_sources(paths) if paths else find_inputs(settings.inputs, settings.pick)
    put_right(Path(out))
    notes = read_notes(Path(out) / "fixlist.xlsx")
    result = reconcile_practice(
        sources, settings if paths else settings.of_own_inputs(), as_of, said=notes.said
    )
    write_reports(result, Path(out), __version__, tuple(formats) or FORMATS, notes)
    return result
