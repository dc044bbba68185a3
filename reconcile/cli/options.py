"""The options that several commands share, and how each is declared.

Source: contract.md "Command line".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import click

from reconcile.errors import ReconcileError

DEFAULT_CONFIG = "reconcile.toml"


@dataclass
class Manner:
    """How a failure is told: verbose with names; as_log as lines of the log; logged where the run's log has it already."""

    verbose: bool = False
    as_log: bool = False
    logged: bool = False


def option(*names: str, **rest: Any) -> Callable:
    """An option that RECONCILE_NAME in the environment sets too."""
    name = max(names, key=len).lstrip("-").replace("-", "_").upper()
    return click.option(*names, envvar=f"RECONCILE_{name}", show_envvar=False, **rest)


def flag(name: str, *names: str, **rest: Any) -> Callable:
    """A flag that RECONCILE_NAME in the environment sets too, with 1, true or yes."""
    return click.option(*names, is_flag=True, envvar=f"RECONCILE_{name}", show_envvar=False, **rest)


def files_options(command: Callable) -> Callable:
    """Give a command the options that name the exports and how to read them."""
    for one in reversed(
        [
            click.argument("paths", nargs=-1, metavar="[PATH...]"),
            click.option(
                "--invoices",
                multiple=True,
                metavar="FILE",
                help="A file of Xero invoices, said outright.",
            ),
            click.option(
                "--jobs", multiple=True, metavar="FILE", help="A file of XPM jobs, said outright."
            ),
            click.option(
                "--xpm-invoices",
                multiple=True,
                metavar="FILE",
                help="A file of XPM invoices, said outright.",
            ),
            click.option(
                "--xpm-clients",
                multiple=True,
                metavar="FILE",
                help="A file of XPM clients, said outright.",
            ),
            option(
                "--config",
                metavar="FILE",
                help="Settings (default: reconcile.toml here, if there).",
            ),
            option(
                "--date-order",
                type=click.Choice(["dmy", "mdy", "auto"]),
                help="Order of day and month where no file proves it (default: auto).",
            ),
        ]
    ):
        command = one(command)
    return command


def judging_options(command: Callable) -> Callable:
    """The options that change what is decided."""
    for one in reversed(
        [
            option("--as-of", metavar="YYYY-MM-DD", help="The day to judge by (default: today)."),
            option(
                "--adhoc",
                type=click.Choice(["off", "all", "with-reference"]),
                help="XPM's ad hoc jobs setting.",
            ),
            option(
                "--profile",
                type=click.Choice(["ignition", "xero"]),
                help="Whose words on the window to go by (E3).",
            ),
            click.option(
                "--allow-stale",
                is_flag=True,
                help="Read old exports too, whatever max_age_days says.",
            ),
            option(
                "--state",
                metavar="FILE",
                help="The history of runs, to know what it knows; only read.",
            ),
            flag("QUIET", "-q", "--quiet", help="Show no progress."),
            flag(
                "VERBOSE",
                "-v",
                "--verbose",
                help="Show of a bug also what it says, which may hold names.",
            ),
        ]
    ):
        command = one(command)
    return command


def read_day(text: str | None) -> date:
    """The day that --as-of names; today where it is not given."""
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ReconcileError(
            f"--as-of: not a day. Found {text!r}. Write it as YYYY-MM-DD, like 2026-11-23."
        ) from None


def refuse_future(day: date, history: Path) -> None:
    """Refuse to keep a run of a later day than today: until that day comes the history would refuse every other run.

    A day that has begun anywhere is not later: a computer that counts in UTC serves practices in Auckland too.

    Raises:
        ReconcileError: the day is later than today.
    """
    today = datetime.now(timezone(timedelta(hours=14))).date()
    if day > today:
        raise ReconcileError(
            f"--as-of: {day} is later than today, {today}. The history {history} would take no run before that day any more. "
            "Nothing was written. Check the day and this computer's clock, or add --allow-future."
        )
