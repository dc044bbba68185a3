"""reconcile: for each Xero invoice, on which XPM job it is, where it belongs, where XPM will put it tonight, and the
fewest clicks that bring it home.

The flow, module by module:

    exports      files -> four clean tables: invoices, jobs, XPM invoices, clients; nothing lost in silence
    coded        columns of texts as numbers, so that texts are compared once
    overnight    the replay: where XPM's import puts each invoice tonight, to the letter
    references   how two references compare
    belonging    the job a Reference means, read as a person reads it
    causes       the table of causes: why an invoice is not where it belongs
    findings     is, belongs, tonight -> the outcome and cause of every invoice
    actions      what a fix is made of
    proof        the replay of a copy with the actions done
    repairs      per cause the clicks that mend it, in an order that is safe to interrupt
    clashes      fixes that get in each other's way, or in the way of what is right
    fixes        findings -> proved fixes, grouped and sorted; what doing them brings
    roots        what many findings have in common
    watch        billings that did not come, jobs that nothing reached, jobs about to be completed too early
    accepted     what people said is not a problem is out of the counts until its facts change
    notes        what people typed into the last workbook
    history      what earlier runs saw, in one SQLite file
    life         what became of each fix since the run before; trend: what the history tells
    reports      findings and fixes -> CSV, JSON, the workbook and the page, all or none
    pipeline     the flow for one practice
    nightly      one run from settings to files: alone (turn), remembered, logged (logs), told of (notify)
    batch        many practices: each a task (worker) in processes here (crew) or on a cluster (cluster), their files here or
                 behind addresses (places); how far it is (progress)
    settings     what the practice knows and no export shows (settings_keys: its keys; toml_text: where they stand;
                 settings_file: a first file from what the exports show, and where each value comes from)
    schedule     a ready entry for the system's scheduler
    redact       the same exports with made-up names (made_up), and the proof that the verdicts stay (same_verdicts)
    summary      what is said of a run when it ends
    explain      one invoice or job: every rule, what it saw, what it decided
    whatif       the same practice with something changed, and what would move
    private_files files and folders that only their owner may open; traces: what may be said of an error
    console      talk laid out for the terminal or pipe that shows it
    cli          commands, exit codes; the only place that knows what day it is

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
