"""Commands, options, exit codes and progress; the only place that asks what day it is.

Source: contract.md "Command line" and "Exit codes".
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from reconcile import __version__
from reconcile.console import say, screen_of, steady
from reconcile.errors import ReconcileError, TryLater
from reconcile.traces import frames_of, traceback_lines

DEFAULT_CONFIG = "reconcile.toml"
SAMPLE_DAY = "2026-11-23"  # the day the sample data is made for


@dataclass
class _Manner:
    """How a failure is told: verbose with names; as_log as lines of the log; logged where the run's log has it already."""

    verbose: bool = False
    as_log: bool = False
    logged: bool = False


class _Commands(click.Group):
    """Turns a ReconcileError into its words on stderr and its exit code; a bug is for `start`."""

    def invoke(self, ctx: click.Context) -> Any:
        manner = ctx.ensure_object(_Manner)
        try:
            return super().invoke(ctx)
        except ReconcileError as error:
            if manner.as_log and not manner.logged:
                _log_error(manner, "failed", exit_code=error.exit_code, faults=len(error.messages), error=error)
            for message in () if manner.as_log else error.messages:
                click.echo(steady(f"error: {message}"), err=True)
            raise SystemExit(error.exit_code) from None
        except KeyboardInterrupt:
            click.echo("error: stopped at the keyboard. Nothing is half written: run again.", err=True)
            raise SystemExit(TryLater.exit_code) from None


def _log_error(manner: _Manner, name: str, **fields: Any) -> None:
    """Write one event to stderr as a line of the log."""
    from reconcile.logs import close_log, event, open_log

    log = open_log(None, as_json=True, verbose=manner.verbose, stream=sys.stderr)
    event(log, name, "error", **fields)
    close_log(log)


def _option(*names: str, **rest: Any) -> Callable:
    """An option that RECONCILE_NAME in the environment sets too."""
    name = max(names, key=len).lstrip("-").replace("-", "_").upper()
    return click.option(*names, envvar=f"RECONCILE_{name}", show_envvar=False, **rest)


def _flag(name: str, *names: str, **rest: Any) -> Callable:
    """A flag that RECONCILE_NAME in the environment sets too, with 1, true or yes."""
    return click.option(*names, is_flag=True, envvar=f"RECONCILE_{name}", show_envvar=False, **rest)


def _files_options(command: Callable) -> Callable:
    for option in reversed(
        [
            click.argument("paths", nargs=-1, metavar="[PATH...]"),
            click.option("--invoices", multiple=True, metavar="FILE", help="A file of Xero invoices, said outright."),
            click.option("--jobs", multiple=True, metavar="FILE", help="A file of XPM jobs, said outright."),
            click.option(
                "--xpm-invoices", multiple=True, metavar="FILE", help="A file of XPM invoices, said outright."
            ),
            click.option("--xpm-clients", multiple=True, metavar="FILE", help="A file of XPM clients, said outright."),
            _option("--config", metavar="FILE", help="Settings (default: reconcile.toml here, if there)."),
            _option(
                "--date-order",
                type=click.Choice(["dmy", "mdy", "auto"]),
                help="Order of day and month where no file proves it (default: auto).",
            ),
        ]
    ):
        command = option(command)
    return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reconcile")
@_flag("VERBOSE", "-v", "--verbose", help="Show of a bug also what it says, which may hold names.")
@click.pass_context
def main(ctx: click.Context, verbose: bool) -> None:
    """Say for every Xero invoice on which XPM job it is, where it belongs, and how to bring it home.

    Reads the exports of both systems (CSV or XLSX); never changes Xero or XPM.
    """
    ctx.obj.verbose = verbose


@main.command()
@_files_options
@_option("--out", metavar="DIR", help="Where the results go (default: ./fixlist-YYYY-MM-DD).")
@_option("--as-of", metavar="YYYY-MM-DD", help="The day to judge by (default: today).")
@_option("--format", "formats", metavar="LIST", help="Of xlsx, csv, json, html, with commas between (default: all).")
@_option("--adhoc", type=click.Choice(["off", "all", "with-reference"]), help="XPM's ad hoc jobs setting.")
@_option("--profile", type=click.Choice(["ignition", "xero"]), help="Whose words on the window to go by (E3).")
@click.option("--allow-stale", is_flag=True, help="Read old exports too, whatever max_age_days says.")
@_option("--state", metavar="FILE", help="The history of runs (default: [history] path in the settings, else none).")
@click.option("--notes", metavar="FILE", help="The workbook with what people typed (default: fixlist.xlsx in --out).")
@_flag("EXIT_ZERO", "--exit-zero", help="Exit with 0 where there is something to fix.")
@_flag("JSON", "--json", "as_json", help="Print the run's summary as JSON on stdout.")
@_flag("LOG_JSON", "--log-json", help="On stderr the log, one JSON object per line, in place of the talk.")
@_flag("QUIET", "-q", "--quiet", help="Say nothing but errors.")
@_flag("VERBOSE", "-v", "--verbose", help="Say also every problem and assumption; names in the log too.")
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
    manner: _Manner = ctx.obj
    manner.verbose, manner.as_log = manner.verbose or verbose, log_json
    day = _day(as_of)
    chosen = _formats(formats)
    from reconcile.settings import read_settings

    settings = read_settings(_config(config), date_order=date_order, adhoc=adhoc, profile=profile)
    from reconcile.logs import close_log, event, open_log
    from reconcile.nightly import Order, fulfil
    from reconcile.summary import closing_summary, details, summary_document

    folder = Path(out or settings.output_folder or f"fixlist-{day.isoformat()}")
    order = Order(
        lambda: _sources(settings, allow_stale, paths, invoices, jobs, xpm_invoices, xpm_clients),
        settings,
        day,
        folder,
        chosen,
        _notes(notes, folder, named=bool(out or settings.output_folder)),
        Path(state) if state else settings.history_path,
        datetime.now().astimezone().isoformat(timespec="seconds"),
        os.environ,
    )
    log = open_log(settings.log_file, as_json=log_json, verbose=verbose, stream=sys.stderr if log_json else None)
    manner.logged = True
    try:
        done = fulfil(order, log, _progress(quiet or log_json))
        for warning in done.warnings:
            event(log, "warning", "warning", reason=warning)
    finally:
        close_log(log)
    for warning in () if log_json else done.warnings:
        click.echo(steady(f"warning: {warning}"), err=True)
    code = done.result.exit_code
    code = 0 if exit_zero and code == 10 else code
    if as_json:
        _echo_json(summary_document(done.result, done.files, code))
    if not quiet and not log_json:
        say(closing_summary(done.result, folder, done.files, screen_of(sys.stderr).width), err=True)
        if verbose:
            say(details(done.result), err=True)
    sys.exit(code)


@main.command()
@_files_options
@_flag("JSON", "--json", "as_json", help="Print what was found as JSON.")
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
    from reconcile.exports.doctor import examine
    from reconcile.settings import read_settings
    from reconcile.summary import examination_lines

    settings = read_settings(_config(config), date_order=date_order)
    sources, settings = _sources(settings, False, paths, invoices, jobs, xpm_invoices, xpm_clients)
    examined = examine(sources, settings)
    if as_json:
        _echo_json([_examination_entry(one) for one in examined])
    else:
        for one in examined:
            say(examination_lines(one))
    sys.exit(0 if all(one.is_well for one in examined) else 20)


def _examination_entry(one: Any) -> dict[str, Any]:
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
        **dict(one.account),
        "assumptions": list(one.assumptions),
        "problems": [dict(problem.__dict__) for problem in one.problems],
    }


def _judging_options(command: Callable) -> Callable:
    """The options that change what is decided."""
    for option in reversed(
        [
            _option("--as-of", metavar="YYYY-MM-DD", help="The day to judge by (default: today)."),
            _option("--adhoc", type=click.Choice(["off", "all", "with-reference"]), help="XPM's ad hoc jobs setting."),
            _option(
                "--profile", type=click.Choice(["ignition", "xero"]), help="Whose words on the window to go by (E3)."
            ),
            click.option("--allow-stale", is_flag=True, help="Read old exports too, whatever max_age_days says."),
            _option("--state", metavar="FILE", help="The history of runs, to know what it knows; only read."),
            _flag("QUIET", "-q", "--quiet", help="Show no progress."),
            _flag("VERBOSE", "-v", "--verbose", help="Show of a bug also what it says, which may hold names."),
        ]
    ):
        command = option(command)
    return command


def _decided(given: dict[str, Any]) -> Any:
    """Read and decide as `run` does, with what its history knows and its workbook says, and write nothing; the result."""
    from contextlib import nullcontext

    from reconcile.history import History
    from reconcile.notes import read_notes
    from reconcile.pipeline import reconcile_practice
    from reconcile.settings import read_settings

    settings = read_settings(
        _config(given["config"]), date_order=given["date_order"], adhoc=given["adhoc"], profile=given["profile"]
    )
    files = (given["paths"], given["invoices"], given["jobs"], given["xpm_invoices"], given["xpm_clients"])
    sources, settings = _sources(settings, given["allow_stale"], *files)
    state = Path(given["state"]) if given["state"] else settings.history_path
    said = read_notes(settings.output_folder / "fixlist.xlsx").said if settings.output_folder else {}
    manner: _Manner = click.get_current_context().obj
    manner.verbose = manner.verbose or given["verbose"]
    tell = _progress(given["quiet"])
    with History.open(state) if state and state.is_file() else nullcontext() as history:
        result = reconcile_practice(sources, settings, _day(given["as_of"]), tell, said=said, history=history)
    tell("")
    return result


@main.command()
@click.argument("root")
@_option("--out", metavar="DIR", help="Where the overview of all goes (default: ./batch-YYYY-MM-DD).")
@_option("--as-of", metavar="YYYY-MM-DD", help="The day to judge by (default: today).")
@_option("--format", "formats", metavar="LIST", help="Of xlsx, csv, json, html, for each practice (default: all).")
@click.option("--allow-stale", is_flag=True, help="Read old exports too, whatever max_age_days says.")
@_option("--workers", type=click.IntRange(1), help="Processes here (default: one for each processor).")
@_option("--scheduler", default="", metavar="ADDRESS", help="Run on a Dask cluster: tcp://..., or local to make one here.")
@click.option("--force", is_flag=True, help="Repeat the practices that are done for this day.")
@_flag("EXIT_ZERO", "--exit-zero", help="Exit with 0 where there is something to fix.")
@_flag("JSON", "--json", "as_json", help="Print one line of JSON for each practice as it finishes.")
@_flag("QUIET", "-q", "--quiet", help="Say nothing but errors.")
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
    from reconcile.batch import Order, exit_code_of, find_practices, run_batch
    from reconcile.progress import Progress, batch_summary

    day = _day(as_of)
    if scheduler and "://" not in root:
        root = os.path.abspath(root)  # a worker's working directory is another one
    order = Order(
        find_practices(root),
        Path(root).resolve().name if "://" not in root else root.rstrip("/").rpartition("/")[2],
        day,
        Path(out or f"batch-{day.isoformat()}"),
        _formats(formats),
        allow_stale,
        force,
        workers or os.cpu_count() or 1,
        scheduler,
        datetime.now().astimezone().isoformat(timespec="seconds"),
        time.time(),
        {name: value for name, value in os.environ.items() if name.startswith("RECONCILE_")},
    )
    records = []
    with Progress(len(order.found.practices), sys.stderr, quiet) as progress:
        for record in run_batch(order):
            progress.take(record)
            if as_json:
                click.echo(json.dumps(record))
            records.append(record)
    if not quiet:
        say(batch_summary(records, order.folder, order.found.passed_over), err=True)
    code = exit_code_of(records)
    sys.exit(0 if exit_zero and code == 10 else code)


@main.command()
@click.argument("number", metavar="NO")
@_files_options
@_judging_options
@_flag("JSON", "--json", "as_json", help="Print it as JSON.")
def explain(number: str, as_json: bool, **given: Any) -> None:
    """One invoice or job: every rule that was tried, what it saw, what it decided, and the fix with its proof.

    Exit codes: 0 explained, 20 explained, but some input was set aside, 2 no such number, or could not run.
    """
    from reconcile.explain import as_document, told
    from reconcile.explain import explain as explain_number

    result = _decided(given)
    entries = explain_number(result, number)
    if as_json:
        _echo_json(as_document(entries))
    else:
        say(told(entries))
    sys.exit(_reading_code(result))


@main.command()
@_files_options
@_judging_options
@click.option("--set", "changes", multiple=True, metavar="WHAT=VALUE", help="Change it; may be given several times.")
@click.option("--fix", "fix_id", metavar="FX-0000", help="Do the actions of this fix instead.")
@_flag("JSON", "--json", "as_json", help="Print it as JSON.")
def whatif(changes: tuple[str, ...], fix_id: str | None, as_json: bool, **given: Any) -> None:
    """The same practice with something changed, and what would move; writes nothing.

    WHAT is a setting (adhoc, window_days ...), job:NO.client_order_no, job:NO.state, job:NO.client,
    invoice:NO.reference, invoice:NO.contact or invoice:NO.status.

    Exit codes: 0 told, 20 told, but some input was set aside, 2 could not run.
    """
    from reconcile.whatif import read_changes, told, try_changes, try_fix
    from reconcile.words import money

    if bool(changes) == bool(fix_id):
        raise ReconcileError("whatif: nothing to try. Give --set WHAT=VALUE, once or several times, or --fix FX-0000.")
    read_changes(changes)
    result = _decided(given)
    moves = try_fix(result, fix_id) if fix_id else try_changes(result, changes)
    if as_json:
        document = {"as_of": result.as_of.isoformat(), "set": list(changes), "fix": fix_id}
        moved = [dict(move.__dict__) for move in moves]
        document |= {"invoices": len(moves), "cents": sum(move.cents for move in moves), "moves": moved}
        _echo_json(document)
    else:
        say(told(moves, money))
    sys.exit(_reading_code(result))


def _echo_json(document: Any) -> None:
    """Print JSON in letters that the terminal or pipe can take: all of them in UTF-8, else the others by number."""
    every = (sys.stdout.encoding or "").casefold().replace("-", "") == "utf8"
    text = json.dumps(document, ensure_ascii=not every, indent=2)
    # What would steer a terminal or turn its lines stands by its number, as JSON may write every letter.
    click.echo(re.sub("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]", lambda one: f"\\u{ord(one[0]):04x}", text))


def _reading_code(result: Any) -> int:
    """20 where some input was set aside: what is told rests on the rest."""
    return 20 if any(problem.set_aside for problem in result.problems) else 0


@main.command()
@click.argument("folder", default="reconcile-demo", metavar="[DIR]")
def demo(folder: str) -> None:
    """Write a made-up practice's exports, so that a first run needs no data.

    DIR is made where it is missing (default: reconcile-demo); files of the same names in it are replaced.
    """
    from reconcile.reports.write import write_files

    target = Path(folder)
    files = write_files(target, {path.name: path.read_bytes() for path in _sample_files()})
    for path in files:
        click.echo(path)
    click.echo(f"Now: reconcile run {folder} --config {target / DEFAULT_CONFIG} --as-of {SAMPLE_DAY}", err=True)


def _sample_files() -> list[Path]:
    """The sample data: inside the installed package, or beside it where the package runs from its source."""
    here = Path(__file__).resolve().parent
    for folder in (here / "sample_data", here.parent / "sample_data"):
        found = sorted(path for path in folder.glob("*") if path.suffix in (".csv", ".xlsx", ".toml"))
        if found:
            return found
    raise ReconcileError("the sample data is not installed. Install reconcile again with pip.")


@main.command()
@_files_options
@click.option("--out", required=True, metavar="DIR", help="Where the made-up files go; nothing there is replaced.")
@_option("--as-of", metavar="YYYY-MM-DD", help="The day to judge by in the proof (default: today).")
def redact(out: str, as_of: str | None, config: str | None, date_order: str | None, **given: Any) -> None:
    """The same exports with made-up names, references and numbers, to send to support; proves that verdicts stay.

    Columns that a run does not read are emptied. Amounts, days, statuses, job states and types stay.

    Exit codes: 0 written, and every verdict is the same; 20 written, and some are not, or it cannot be told; 2 not written.
    """
    from reconcile.exports.picking import used_sources
    from reconcile.redact import read_files, redact, refuse_to_write_over
    from reconcile.reports.write import write_files
    from reconcile.same_verdicts import told
    from reconcile.settings import read_settings
    from reconcile.settings_file import compose_nameless

    settings, day, folder, tell = read_settings(_config(config), date_order=date_order), _day(as_of), Path(out), _progress(False)
    sources, settings = _sources(settings, True, **{name: tuple(some) for name, some in given.items()})
    tell("reading every cell")
    sources = used_sources(sources, settings.date_order)
    files = read_files(sources)
    tell("making up texts")
    redacted = redact(files)
    written = {**redacted.files, DEFAULT_CONFIG: compose_nameless(settings).encode("utf-8")}
    refuse_to_write_over(folder, written, sources)
    for path in write_files(folder, written):
        click.echo(path)
    tell("comparing the verdicts")
    proof = _proof_of(redacted, sources, settings, folder, day)
    tell("")
    say(told(proof, redacted.replaced, redacted.states), err=True)
    click.echo(f"Support types: reconcile run {folder} --config {folder / DEFAULT_CONFIG} --as-of {day}", err=True)
    sys.exit(0 if proof.holds else 20)


def _proof_of(redacted: Any, sources: list[Any], settings: Any, folder: Path, day: date) -> Any:
    """What the run over the originals and the run over the made-up files give."""
    from reconcile.exports.sources import find_sources
    from reconcile.same_verdicts import compare_runs
    from reconcile.settings import read_settings

    made_up = find_sources([str(folder / name) for name in redacted.files])
    both = settings, read_settings(folder / DEFAULT_CONFIG)
    return compare_runs(sources, made_up, redacted.names, redacted.made.of, both, day)


@main.command("history")
@_option("--config", metavar="FILE", help="Settings (default: reconcile.toml here, if there).")
@_option("--state", metavar="FILE", help="The history (default: [history] path in the settings).")
@_flag("JSON", "--json", "as_json", help="Print it as JSON.")
def show_history(config: str | None, state: str | None, as_json: bool) -> None:
    """Past runs, the trend in money and count, what is open and since when, how long fixes take; reads only.

    Exit codes: 0 told, 2 no history, or one that cannot be read.
    """
    from reconcile.history import History
    from reconcile.settings import read_settings
    from reconcile.trend import read_trend, told

    path = Path(state) if state else read_settings(_config(config)).history_path
    if path is None:
        raise ReconcileError("history: none is kept. Say where with --state FILE, or under [history] path in reconcile.toml.")
    if not path.is_file():
        raise ReconcileError(f"{path}: no such history. It is made by the first reconcile run with this path.")
    with History.open(path) as history:
        document = read_trend(history)
    if as_json:
        _echo_json(document)
    else:
        say(told(document))


@main.command("settings")
@_option("--config", metavar="FILE", help="Settings (default: reconcile.toml here, if there).")
@_option("--date-order", type=click.Choice(["dmy", "mdy", "auto"]), help="As for run.")
@_option("--adhoc", type=click.Choice(["off", "all", "with-reference"]), help="As for run.")
@_option("--profile", type=click.Choice(["ignition", "xero"]), help="As for run.")
@_option("--out", metavar="DIR", help="As for run.")
@_flag("JSON", "--json", "as_json", help="Print them as JSON.")
@click.pass_context
def show_settings(ctx: click.Context, config: str | None, out: str | None, as_json: bool, **given: Any) -> None:
    """Every setting: its value, and where it comes from.

    Exit codes: 0 told, 2 the settings file is at fault.
    """
    from reconcile.settings import find_origins, read_settings
    from reconcile.settings_file import list_settings, told

    path = _config(config)
    given["output_folder"] = None if out is None else Path(out)
    settings = read_settings(path, **given)
    found = list_settings(settings, find_origins(path, _said_by(ctx)))
    if as_json:
        values = [one.value.isoformat() if isinstance(one.value, date) else one.value for one in found]
        entries = [
            {"section": one.section, "key": one.key, "value": value, "from": one.origin}
            for one, value in zip(found, values, strict=True)
        ]
        _echo_json({"config": None if path is None else os.path.abspath(path), "settings": entries})
        return
    here = f"settings file: {os.path.abspath(path)}" if path else f"no settings file: {DEFAULT_CONFIG} is not here"
    click.echo(here)
    for line in told(found):
        click.echo(line)


def _said_by(ctx: click.Context) -> dict[str, str]:
    """Field of Settings -> the flag or variable that says it."""
    from reconcile.settings_keys import SECRETS

    said = {field: variable for field, variable in SECRETS.items() if os.environ.get(variable)}
    fields = {"date_order": "date_order", "adhoc": "adhoc", "profile": "profile", "out": "output_folder"}
    for option, field in fields.items():
        source = ctx.get_parameter_source(option)
        if source is click.core.ParameterSource.COMMANDLINE:
            said[field] = f"--{option.replace('_', '-')}"
        elif source is click.core.ParameterSource.ENVIRONMENT:
            said[field] = f"RECONCILE_{option.upper()}"
    return said


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@_option("--config", metavar="FILE", default=DEFAULT_CONFIG, help="The file to write (default: reconcile.toml here).")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def init(paths: tuple[str, ...], config: str, force: bool) -> None:
    """Write a first settings file from what the exports show, with every other setting explained in it.

    Exit codes: 0 written, 20 written, but some file cannot be used as it is, 2 not written.
    """
    from reconcile.reports.write import write_files
    from reconcile.settings_file import compose, survey_exports

    path = Path(config)
    if path.exists() and not force:
        raise ReconcileError(f"{path}: is there already. Name another with --config, or replace it with --force.")
    survey = survey_exports(paths, path.parent)
    write_files(path.parent, {path.name: compose(survey, _run_command(path.name)).encode("utf-8")})
    click.echo(path)
    for words in survey.unused:
        click.echo(steady(f"to mend: {words}"), err=True)
    if survey.assumed_states:
        names = ", ".join(repr(name) for name in survey.assumed_states)
        click.echo(f"to check under [states]: {names} taken as Standard, which nothing shows", err=True)
    click.echo("to fill in: the name under [practice]", err=True)
    click.echo(f"Now: {_run_command(str(path))}", err=True)
    sys.exit(20 if survey.unused else 0)


def _run_command(config: str) -> str:
    """The main job's command with this settings file."""
    if config == DEFAULT_CONFIG:
        return "reconcile run"
    quoted = f'"{config}"' if " " in config else config
    return f"reconcile run --config {quoted}"


@main.command()
@click.option("--windows", is_flag=True, help="A task for the Windows Task Scheduler, as XML.")
@click.option("--systemd", is_flag=True, help="A systemd service and its timer.")
@click.option("--cron", is_flag=True, help="A line for the crontab.")
@click.option("--at", default="19:00", metavar="HH:MM", help="When, each night (default: 19:00).")
@_option("--config", metavar="FILE", help="Settings (default: reconcile.toml here).")
def schedule(at: str, config: str | None, **kinds: bool) -> None:
    """Print a ready entry for the system's scheduler that runs this configuration each night; installs nothing.

    The entry goes to stdout; how to use it and what commonly goes wrong to stderr.
    """
    from reconcile.schedule import advice, plan_night, write_entry
    from reconcile.settings import read_settings

    chosen = [kind for kind, is_chosen in kinds.items() if is_chosen]
    if len(chosen) != 1:
        raise ReconcileError("schedule: for which scheduler? Say one of --windows, --systemd, --cron.")
    path = _config(config)
    if path is None:
        raise ReconcileError(f"schedule: {DEFAULT_CONFIG} is not here. Write it with reconcile init, or say --config.")
    if not read_settings(path).inputs:
        raise ReconcileError(f"{path}: no exports under [inputs]. A run by itself has nothing to read. Name them.")
    config_path = os.path.abspath(path)
    night = plan_night(sys.executable or "", config_path, os.path.dirname(config_path), at)
    click.echo(write_entry(chosen[0], night, date.today()), nl=False)
    for line in advice(chosen[0], night):
        click.echo(line, err=True)


def _day(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ReconcileError(f"--as-of: not a day. Found {text!r}. Write it as YYYY-MM-DD, like 2026-11-23.") from None


def _formats(text: str | None) -> tuple[str, ...]:
    from reconcile.reports import FORMATS

    if text is None:
        return FORMATS
    wanted = tuple(dict.fromkeys(part.strip().casefold() for part in text.split(",") if part.strip()))
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown or not wanted:
        found = ", ".join(unknown) or "nothing"
        raise ReconcileError(
            f"--format: not a format. Found {found}. Choose of {', '.join(FORMATS)}, with commas between."
        )
    return wanted


def _notes(typed: str | None, folder: Path, *, named: bool) -> Path:
    """The workbook with what people typed: the named one, else the one in the folder of results; where that folder is named
    by its day alone, the one of the last day before it."""
    from reconcile.reports.write import is_there, last_workbook

    if typed is not None:
        if not is_there(Path(typed)):
            raise ReconcileError(f"--notes: {typed}: no such file. Check the path.")
        return Path(typed)
    return last_workbook(folder, None if named else Path())


def _config(typed: str | None) -> Path | None:
    if typed is not None:
        path = Path(typed)
        if not path.is_file():
            raise ReconcileError(f"--config: {typed}: no such file. Check the path.")
        return path
    return Path(DEFAULT_CONFIG) if Path(DEFAULT_CONFIG).is_file() else None


def _sources(
    settings: Any,
    allow_stale: bool,
    paths: tuple[str, ...],
    invoices: tuple[str, ...],
    jobs: tuple[str, ...],
    xpm_invoices: tuple[str, ...],
    xpm_clients: tuple[str, ...],
) -> tuple[list[Any], Any]:
    """The files to read, those named or else those of [inputs], and the settings to read them by."""
    from reconcile.exports.columns import XERO_INVOICES, XPM_CLIENTS, XPM_INVOICES, XPM_JOBS
    from reconcile.exports.sources import find_inputs, find_sources

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


def _progress(quiet: bool) -> Callable[[str], None]:
    """Says each stage on a terminal, on one line that is wiped at the end; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        return lambda stage: None
    return lambda stage: click.echo(
        f"\r{stage + ' ...' if stage else '':<40}" + ("" if stage else "\r"), err=True, nl=False
    )


def start() -> None:
    """The program itself: one command, then the process ends."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a code page without some letter shows a question mark, and no traceback
    gc.disable()  # tables of millions of rows and no cycles: collecting costs a tenth of the run, and the end frees all
    atexit.register(gc.freeze)  # else Python looks once more through everything as it ends, which takes a tenth of a small run
    manner = _Manner()
    threading.excepthook = sys.unraisablehook = lambda hook: _tell_bug(hook.exc_value or RuntimeError(), manner)
    try:
        main(obj=manner)
    except Exception as error:
        _tell_bug(error, manner)
        sys.exit(1)


_BUG = """
This is a fault of reconcile itself, and not of your files. The same again with reconcile -v shows all of it, names too.
To send the case to support: reconcile redact PATH... --out DIR writes your exports with made-up names; send those and
the text above.
"""


def _tell_bug(error: BaseException, manner: _Manner) -> None:
    """Tell of a bug where it is; what it says, which may be a client's name, only where somebody asked for that."""
    whole = "".join(traceback.format_exception(error))
    if manner.as_log:
        _log_error(manner, "bug", error=error, frames=frames_of(error), traceback=whole)
        return
    click.echo(whole if manner.verbose else "\n".join([*traceback_lines(error), _BUG]), err=True, nl=False)
