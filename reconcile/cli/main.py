"""Commands, options, exit codes and progress; the only place that asks what day it is.

Source: contract.md "Command line" and "Exit codes".
"""

from __future__ import annotations

import atexit
import gc
import importlib
import sys
import threading
import traceback

import click

from reconcile import __version__
from reconcile.cli.options import Manner, flag
from reconcile.errors import ReconcileError, TryLater, frames_of, traceback_lines
from reconcile.nightly.log import close_log, event, open_log
from reconcile.terminal.layout import steady

# Each command with the module that holds it, and its line in the list of commands. A module is imported when its command is
# asked for: what a run needs (pandas above all) takes half a second that `reconcile --help` does not need.
COMMANDS = {
    "batch": ("batch", "batch", "Many practices, each as `run` would run it in its folder, and..."),
    "check": ("run", "check", "The export doctor: what each file is, which columns were..."),
    "demo": ("setup", "demo", "Write a made-up practice's exports, so that a first run needs..."),
    "explain": (
        "questions",
        "explain",
        "One invoice or job: every rule that was tried, what it saw,...",
    ),
    "history": (
        "setup",
        "show_history",
        "Past runs, the trend in money and count, what is open and...",
    ),
    "init": ("setup", "init", "Write a first settings file from what the exports show, with..."),
    "redact": (
        "support",
        "redact",
        "The same exports with made-up names, references and numbers,...",
    ),
    "run": ("run", "run", "The main job: read the exports, write the fix-list."),
    "schedule": (
        "setup",
        "schedule",
        "Print a ready entry for the system's scheduler that runs this...",
    ),
    "settings": ("setup", "show_settings", "Every setting: its value, and where it comes from."),
    "whatif": (
        "questions",
        "whatif",
        "The same practice with something changed, and what would...",
    ),
}


class Commands(click.Group):
    """The commands, each loaded when it is asked for. Turns a ReconcileError into its words on stderr and its exit code; a bug
    is for `start`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, function, _ = COMMANDS[name]
        command: click.Command = getattr(
            importlib.import_module(f"reconcile.cli.{module}"), function
        )
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in sorted(COMMANDS.items())])

    def invoke(self, ctx: click.Context) -> object:
        manner = ctx.ensure_object(Manner)
        try:
            return super().invoke(ctx)
        except ReconcileError as error:
            if manner.as_log and not manner.logged:
                log_error(
                    manner,
                    "failed",
                    exit_code=error.exit_code,
                    faults=len(error.messages),
                    error=error,
                )
            for message in () if manner.as_log else error.messages:
                click.echo(steady(f"error: {message}"), err=True)
            raise SystemExit(error.exit_code) from None
        except KeyboardInterrupt:
            click.echo(
                "error: stopped at the keyboard. Nothing is half written: run again.", err=True
            )
            raise SystemExit(TryLater.exit_code) from None


def log_error(manner: Manner, name: str, **fields: object) -> None:
    """Write one event to stderr as a line of the log."""
    log = open_log(None, as_json=True, verbose=manner.verbose, stream=sys.stderr)
    event(log, name, "error", **fields)
    close_log(log)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reconcile")
@flag("VERBOSE", "-v", "--verbose", help="Show of a bug also what it says, which may hold names.")
@click.pass_context
def main(ctx: click.Context, verbose: bool) -> None:
    """Say for every Xero invoice on which XPM job it is, where it belongs, and how to bring it home.

    Reads the exports of both systems (CSV or XLSX); never changes Xero or XPM.
    """
    ctx.obj.verbose = verbose


def start() -> None:
    """The program itself: one command, then the process ends."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="replace"
            )  # a code page without some letter shows a question mark, and no traceback
    gc.disable()  # tables of millions of rows and no cycles: collecting costs a tenth of the run, and the end frees all
    atexit.register(
        gc.freeze
    )  # else Python looks once more through everything as it ends, which takes a tenth of a small run
    manner = Manner()
    threading.excepthook = lambda hook: _tell_bug(hook.exc_value or RuntimeError(), manner)
    sys.unraisablehook = lambda hook: _tell_bug(hook.exc_value or RuntimeError(), manner)
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


def _tell_bug(error: BaseException, manner: Manner) -> None:
    """Tell of a bug where it is; what it says, which may be a client's name, only where somebody asked for that."""
    whole = "".join(traceback.format_exception(error))
    if manner.as_log:
        log_error(manner, "bug", error=error, frames=frames_of(error), traceback=whole)
        return
    click.echo(
        whole if manner.verbose else "\n".join([*traceback_lines(error), _BUG]), err=True, nl=False
    )
