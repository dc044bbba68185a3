"""`reconcile explain` and `reconcile whatif`: questions about one practice; nothing is written."""

from __future__ import annotations

import sys
from typing import Unpack

import click

from reconcile.cli.inputs import Given, decide_given, echo_json, reading_code
from reconcile.cli.options import files_options, flag, judging_options
from reconcile.errors import ReconcileError
from reconcile.questions.explain import as_document
from reconcile.questions.explain import explain as explain_number
from reconcile.questions.whatif import read_changes, try_changes, try_fix
from reconcile.terminal.explain import explanation_lines
from reconcile.terminal.layout import say
from reconcile.terminal.whatif import whatif_lines


@click.command()
@click.argument("number", metavar="NO")
@files_options
@judging_options
@flag("JSON", "--json", "as_json", help="Print it as JSON.")
def explain(number: str, as_json: bool, **given: Unpack[Given]) -> None:
    """One invoice or job: every rule that was tried, what it saw, what it decided, and the fix with its proof.

    Exit codes: 0 explained, 20 explained, but some input was set aside, 2 no such number, or could not run.
    """
    result = decide_given(given)
    entries = explain_number(result, number)
    if as_json:
        echo_json(as_document(entries))
    else:
        say(explanation_lines(entries))
    sys.exit(reading_code(result))


@click.command()
@files_options
@judging_options
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="WHAT=VALUE",
    help="Change it; may be given several times.",
)
@click.option("--fix", "fix_id", metavar="FX-0000", help="Do the actions of this fix instead.")
@flag("JSON", "--json", "as_json", help="Print it as JSON.")
def whatif(
    changes: tuple[str, ...], fix_id: str | None, as_json: bool, **given: Unpack[Given]
) -> None:
    """The same practice with something changed, and what would move; writes nothing.

    WHAT is a setting (adhoc, window_days ...), job:NO.client_order_no, job:NO.state, job:NO.client,
    invoice:NO.reference, invoice:NO.contact or invoice:NO.status.

    Exit codes: 0 told, 20 told, but some input was set aside, 2 could not run.
    """
    if bool(changes) == bool(fix_id):
        raise ReconcileError(
            "whatif: nothing to try. Give --set WHAT=VALUE, once or several times, or --fix FX-0000."
        )
    read_changes(changes)
    result = decide_given(given)
    moves = try_fix(result, fix_id) if fix_id else try_changes(result, changes)
    if as_json:
        document = {
            "as_of": result.as_of.isoformat(),
            "set": list(changes),
            "fix": fix_id,
            "invoices": len(moves),
            "cents": sum(move.cents for move in moves),
            "moves": [dict(move.__dict__) for move in moves],
        }
        echo_json(document)
    else:
        say(whatif_lines(moves))
    sys.exit(reading_code(result))
