"""`reconcile demo`, `init`, `settings`, `schedule` and `history`: what a practice needs before and between its runs."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import click

from reconcile.cli.inputs import echo_json, find_config
from reconcile.cli.options import DEFAULT_CONFIG, flag, option
from reconcile.errors import ReconcileError
from reconcile.history.store import History
from reconcile.history.trend import read_trend
from reconcile.settings.keys import SECRETS
from reconcile.settings.model import find_origins, read_settings
from reconcile.setup.first_settings import compose, survey_exports
from reconcile.setup.schedule import advice, plan_night, write_entry
from reconcile.setup.settings_listing import list_settings, settings_lines
from reconcile.storage.all_or_none import write_files
from reconcile.terminal.layout import say, steady
from reconcile.terminal.trend import trend_lines

SAMPLE_DAY = "2026-11-23"  # the day the sample data is made for


@click.command()
@click.argument("folder", default="reconcile-demo", metavar="[DIR]")
def demo(folder: str) -> None:
    """Write a made-up practice's exports, so that a first run needs no data.

    DIR is made where it is missing (default: reconcile-demo); no file that is there is replaced.

    Exit codes: 0 written, 2 a file of such a name is there.
    """
    target = Path(folder)
    content = {path.name: path.read_bytes() for path in _sample_files()}
    others = [
        name
        for name in content
        if (target / name).exists()
        and not ((target / name).is_file() and (target / name).read_bytes() == content[name])
    ]
    if others:
        raise ReconcileError(
            f"{target}: holds {', '.join(others)}, which the demo would replace. Nothing was written. "
            "Name an empty folder: reconcile demo FOLDER."
        )
    files = write_files(target, content)
    for path in files:
        click.echo(path)
    click.echo(
        f"Now: reconcile run {folder} --config {target / DEFAULT_CONFIG} --as-of {SAMPLE_DAY}",
        err=True,
    )


def _sample_files() -> list[Path]:
    """The sample data: inside the installed package, or beside it where the package runs from its source."""
    here = Path(__file__).resolve().parents[1]
    for folder in (here / "sample_data", here.parent / "sample_data"):
        found = sorted(
            path for path in folder.glob("*") if path.suffix in (".csv", ".xlsx", ".toml")
        )
        if found:
            return found
    raise ReconcileError("the sample data is not installed. Install reconcile again with pip.")


@click.command("history")
@option("--config", metavar="FILE", help="Settings (default: reconcile.toml here, if there).")
@option("--state", metavar="FILE", help="The history (default: [history] path in the settings).")
@flag("JSON", "--json", "as_json", help="Print it as JSON.")
def show_history(config: str | None, state: str | None, as_json: bool) -> None:
    """Past runs, the trend in money and count, what is open and since when, how long fixes take; reads only.

    Exit codes: 0 told, 2 no history, or one that cannot be read.
    """
    path = Path(state) if state else read_settings(find_config(config)).history_path
    if path is None:
        raise ReconcileError(
            "history: none is kept. Say where with --state FILE, or under [history] path in reconcile.toml."
        )
    if not path.is_file():
        raise ReconcileError(
            f"{path}: no such history. It is made by the first reconcile run with this path."
        )
    with History.open(path) as history:
        document = read_trend(history)
    if as_json:
        echo_json(document)
    else:
        say(trend_lines(document))


@click.command("settings")
@option("--config", metavar="FILE", help="Settings (default: reconcile.toml here, if there).")
@option("--date-order", type=click.Choice(["dmy", "mdy", "auto"]), help="As for run.")
@option("--adhoc", type=click.Choice(["off", "all", "with-reference"]), help="As for run.")
@option("--profile", type=click.Choice(["ignition", "xero"]), help="As for run.")
@option("--out", metavar="DIR", help="As for run.")
@flag("JSON", "--json", "as_json", help="Print them as JSON.")
@click.pass_context
def show_settings(
    ctx: click.Context, config: str | None, out: str | None, as_json: bool, **given: str | None
) -> None:
    """Every setting: its value, and where it comes from.

    Exit codes: 0 told, 2 the settings file is at fault.
    """
    path = find_config(config)
    settings = read_settings(path, **given, output_folder=None if out is None else Path(out))
    found = list_settings(settings, find_origins(path, _said_by(ctx)))
    if as_json:
        values = [
            one.value.isoformat() if isinstance(one.value, date) else one.value for one in found
        ]
        entries = [
            {"section": one.section, "key": one.key, "value": value, "from": one.origin}
            for one, value in zip(found, values, strict=True)
        ]
        echo_json({"config": None if path is None else os.path.abspath(path), "settings": entries})
        return
    here = (
        f"settings file: {os.path.abspath(path)}"
        if path
        else f"no settings file: {DEFAULT_CONFIG} is not here"
    )
    click.echo(here)
    for line in settings_lines(found):
        click.echo(line)


def _said_by(ctx: click.Context) -> dict[str, str]:
    """Field of Settings -> the flag or variable that says it."""
    said = {field: variable for field, variable in SECRETS.items() if os.environ.get(variable)}
    fields = {
        "date_order": "date_order",
        "adhoc": "adhoc",
        "profile": "profile",
        "out": "output_folder",
    }
    for name, field in fields.items():
        source = ctx.get_parameter_source(name)
        if source is click.core.ParameterSource.COMMANDLINE:
            said[field] = f"--{name.replace('_', '-')}"
        elif source is click.core.ParameterSource.ENVIRONMENT:
            said[field] = f"RECONCILE_{name.upper()}"
    return said


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@option(
    "--config",
    metavar="FILE",
    default=DEFAULT_CONFIG,
    help="The file to write (default: reconcile.toml here).",
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def init(paths: tuple[str, ...], config: str, force: bool) -> None:
    """Write a first settings file from what the exports show, with every other setting explained in it.

    Exit codes: 0 written, 20 written, but some file cannot be used as it is, 2 not written.
    """
    path = Path(config)
    if path.exists() and not force:
        raise ReconcileError(
            f"{path}: is there already. Name another with --config, or replace it with --force."
        )
    survey = survey_exports(paths, path.parent)
    write_files(path.parent, {path.name: compose(survey, _run_command(path.name)).encode("utf-8")})
    click.echo(path)
    for words in survey.unused:
        click.echo(steady(f"to mend: {words}"), err=True)
    if survey.assumed_states:
        names = ", ".join(repr(name) for name in survey.assumed_states)
        click.echo(
            f"to check under [states]: {names} taken as Standard, which nothing shows", err=True
        )
    click.echo("to fill in: the name under [practice]", err=True)
    click.echo(f"Now: {_run_command(str(path))}", err=True)
    sys.exit(20 if survey.unused else 0)


def _run_command(config: str) -> str:
    """The main job's command with this settings file."""
    if config == DEFAULT_CONFIG:
        return "reconcile run"
    quoted = f'"{config}"' if " " in config else config
    return f"reconcile run --config {quoted}"


@click.command()
@click.option("--windows", is_flag=True, help="A task for the Windows Task Scheduler, as XML.")
@click.option("--systemd", is_flag=True, help="A systemd service and its timer.")
@click.option("--cron", is_flag=True, help="A line for the crontab.")
@click.option("--at", default="19:00", metavar="HH:MM", help="When, each night (default: 19:00).")
@option("--config", metavar="FILE", help="Settings (default: reconcile.toml here).")
def schedule(at: str, config: str | None, **kinds: bool) -> None:
    """Print a ready entry for the system's scheduler that runs this configuration each night; installs nothing.

    The entry goes to stdout; how to use it and what commonly goes wrong to stderr.
    """
    chosen = [kind for kind, is_chosen in kinds.items() if is_chosen]
    if len(chosen) != 1:
        raise ReconcileError(
            "schedule: for which scheduler? Say one of --windows, --systemd, --cron."
        )
    path = find_config(config)
    if path is None:
        raise ReconcileError(
            f"schedule: {DEFAULT_CONFIG} is not here. Write it with reconcile init, or say --config."
        )
    if not read_settings(path).inputs:
        raise ReconcileError(
            f"{path}: no exports under [inputs]. A run by itself has nothing to read. Name them."
        )
    config_path = os.path.abspath(path)
    night = plan_night(sys.executable or "", config_path, os.path.dirname(config_path), at)
    click.echo(write_entry(chosen[0], night, date.today()), nl=False)
    for line in advice(chosen[0], night):
        click.echo(line, err=True)
