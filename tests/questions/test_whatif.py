"""What if: each thing that can be changed, what moves and what does not, and what is refused.

Source: contract.md "whatif"; rules.md section 2.
"""

import json

import pytest
from click.testing import CliRunner
from made.builders import ACME, NEVER, TODAY, ZENITH, decide, invoice, job, practice, xpm_invoice
from tools.make_golden import SAMPLE

from reconcile.cli.main import main
from reconcile.errors import ReconcileError
from reconcile.questions.whatif import changed, compare, read_changes
from reconcile.settings.model import Settings
from reconcile.terminal.layout import Screen, rows_of
from reconcile.terminal.whatif import whatif_lines
from reconcile.verdicts.verdicts import find

ON_CLIENT = [xpm_invoice("")]
BLANK = job(order="")


def moves(*texts, settings=None, **given):
    settings = settings or Settings()
    exports, after = changed(
        practice(settings=settings, **given), settings, read_changes(texts), TODAY
    )
    found = compare(decide(settings=settings, **given), find(exports, after, TODAY))
    return [f"{one.when} {one.invoice_no}: {one.before} -> {one.after}" for one in found]


# what it shows, what is set, the practice, what moves
MOVES = [
    ("a setting", ["adhoc=all"], dict(jobs=[BLANK], xpm_invoices=NEVER), ["tonight INV-1: the client (L2) -> ad hoc job (L3)"]),
    ("a setting by its full name", ["import.adhoc=all"], dict(jobs=[BLANK], xpm_invoices=ON_CLIENT), ["if re-synced INV-1: the client (L2) -> ad hoc job (L3)"]),
    ("a number of days", ["window_days=3"], dict(xpm_invoices=NEVER), ["tonight INV-1: J1 -> passed by (E3)"]),
    ("a day", ["xero_lock_date=2026-11-20"], dict(xpm_invoices=NEVER), ["tonight INV-1: J1 -> passed by (E5)"]),
    ("no day", ["xero_lock_date="], dict(xpm_invoices=NEVER), []),
    ("a job's order number", ["job:J1.client_order_no=CLI-1"], dict(jobs=[BLANK], xpm_invoices=NEVER), ["tonight INV-1: the client (L2) -> J1"]),
    ("a job's state", ["job:J1.state=In Progress"], dict(jobs=[job(state="Completed")], xpm_invoices=NEVER), ["tonight INV-1: the client (L2) -> J1"]),
    ("a job's state to one that takes none", ["job:J1.state=On Hold"], dict(xpm_invoices=NEVER), ["tonight INV-1: J1 -> the client (L2)"]),
    ("a job's client", [f"job:J1.client={ZENITH}"], dict(xpm_invoices=NEVER), ["tonight INV-1: J1 -> cannot be told (C4)"]),
    ("an invoice's Reference", ["invoice:INV-1.reference=CLI-1"], dict(invoices=[invoice("x")], xpm_invoices=NEVER), ["tonight INV-1: the client (L2) -> J1"]),
    ("an edit opens the window", ["invoice:INV-1.reference=CLI-1"], dict(invoices=[invoice("x", age=90)], xpm_invoices=NEVER), ["tonight INV-1: passed by (E3) -> J1"]),
    ("an invoice's contact", [f"invoice:INV-1.contact={ACME}"], dict(invoices=[invoice(contact="Acme")], xpm_invoices=NEVER), ["tonight INV-1: cannot be told (C4) -> J1"]),
    ("an invoice's status", ["invoice:INV-1.status=Paid"], dict(invoices=[invoice(status="Draft")], xpm_invoices=NEVER), ["tonight INV-1: passed by (E2) -> J1"]),
    ("a status in the API's words", ["invoice:INV-1.status=AUTHORISED"], dict(invoices=[invoice(status="Draft")], xpm_invoices=NEVER), ["tonight INV-1: passed by (E2) -> J1"]),
    ("several at once", ["job:J1.client_order_no=y", "invoice:INV-1.reference=y"], dict(invoices=[invoice("x")], xpm_invoices=NEVER), ["tonight INV-1: the client (L2) -> J1"]),
    ("a value with spaces and signs", ["job:J1.client_order_no= a=b.c "], dict(invoices=[invoice(" a=b.c ")], xpm_invoices=NEVER), ["tonight INV-1: the client (L2) -> J1"]),
    ("what XPM has does not move tonight (E4)", ["job:J1.client_order_no=x"], {}, ["if re-synced INV-1: J1 -> the client (L2)"]),
    ("nothing", ["adhoc=off"], {}, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "given", "expected"), [one[1:] for one in MOVES], ids=[one[0] for one in MOVES]
)
def test_what_moves(texts, given, expected):
    assert moves(*texts, **given) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("adhoc", "no '='", id="no value"),
        pytest.param("adhok=off", "Did you mean 'adhoc'", id="no such setting"),
        pytest.param(
            "adhoc=maybe", "must be one of off, all, with-reference", id="not a value of it"
        ),
        pytest.param("window_days=many", "must be a whole number", id="not a number"),
        pytest.param("xero_lock_date=30/06/2026", "Write YYYY-MM-DD", id="not a day"),
        pytest.param("job:J1.colour=red", "Choose of job:NO.client_order_no", id="no such field"),
        pytest.param("client:Acme.name=x", "not something to change", id="no such thing"),
        pytest.param("invoice:INV-1.status=Void", "Did you mean 'Voided'", id="no such status"),
        pytest.param("job:J1.client= ", "a job needs a client", id="no client"),
        pytest.param("job:J11.state=Planned", "The nearest: J1", id="no such job"),
        pytest.param(
            "invoice:Z.reference=x", "Nothing in these exports is near it", id="no such invoice"
        ),
    ],
)
def test_what_is_refused(text, words):
    with pytest.raises(ReconcileError, match="--set: ") as caught:
        changed(practice(), Settings(), read_changes([text]), TODAY)
    assert words in str(caught.value)


def test_every_fault_is_said_at_once():
    with pytest.raises(ReconcileError) as caught:
        read_changes(["adhoc", "job:J1.colour=red"])
    assert len(caught.value.messages) == 2


def test_the_practice_itself_is_not_changed():
    given = practice(xpm_invoices=NEVER)
    before = given.jobs.copy(), given.invoices.copy()
    changed(
        given,
        Settings(),
        read_changes(["job:J1.client_order_no=x", "invoice:INV-1.reference=y"]),
        TODAY,
    )
    assert given.jobs.equals(before[0]) and given.invoices.equals(before[1])


def rows(found):
    return [row for line in whatif_lines(found) for row in rows_of(line, Screen(80))]


def test_it_is_told_in_groups_with_count_and_money():
    invoices = [invoice(no=f"INV-{at}", cents=100_00) for at in range(7)]
    found = compare(
        decide(invoices=invoices, jobs=[BLANK], xpm_invoices=NEVER),
        decide(invoices=invoices, jobs=[job()], xpm_invoices=NEVER),
    )
    assert rows(found) == [
        "7 invoices would move (700.00)",
        "  tonight  the client (L2) -> J1: 7 (700.00) INV-0, INV-1, INV-2, INV-3,",
        "           INV-4 ...",
    ]
    assert rows(found[:1])[0] == "1 invoice would move (100.00)"
    assert rows([]) == ["nothing would move"]


# Through the command line -----------------------------------------------------------------------------------------------


def ask(*words):
    command = [
        "whatif",
        str(SAMPLE),
        "--config",
        str(SAMPLE / "reconcile.toml"),
        "--as-of",
        "2026-11-23",
        *words,
    ]
    return CliRunner().invoke(main, command)


def test_it_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ask("--set", "adhoc=all").exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_json():
    document = json.loads(ask("--fix", "fx-0019", "--json").stdout)
    assert document["fix"] == "fx-0019" and document["invoices"] == len(document["moves"]) == 4
    assert document["cents"] == sum(move["cents"] for move in document["moves"])
    assert {move["after"] for move in document["moves"]} == {"J000697"}


def test_each_choice_of_a_decision_is_tried():
    lines = ask("--fix", "FX-0024").stdout.splitlines()
    labels = [line.split("  ")[1] for line in lines[1:] if not line.startswith("   ")]
    assert labels == ["after choice 1 of FX-0024", "after choice 2 of FX-0024"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param([], "nothing to try", id="neither"),
        pytest.param(["--set", "adhoc=all", "--fix", "FX-0001"], "nothing to try", id="both"),
        pytest.param(["--fix", "FX-9999"], "no such fix", id="no such fix"),
        pytest.param(["--set", "job:J9.colour=x"], "not something to change", id="not a field"),
    ],
)
def test_faults_are_exit_2(words, says):
    result = ask(*words)
    assert (result.exit_code, says in result.stderr) == (2, True)
