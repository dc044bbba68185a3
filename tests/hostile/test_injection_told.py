"""Hostile and odd texts in what is told of a run: the message, the log, the terminal, the sentences of every output.

A payload stands in every text column of an export, as the practice's name, or in a path. Nothing of it may begin a
line, a field, a header or a note, be an element of a mail, or steer the terminal that shows it.
Source: OWASP, "Log Injection"; RFC 5322 section 2.2 (a header is a line); ECMA-48 (what steers a terminal);
Unicode Standard Annex 9 (marks that turn the direction of writing).
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hostile.payloads import PAYLOADS, Payload
from hostile.test_injection import PRACTICES, csv_rows, in_toml, write_practice
from made.files import job, jobs_csv, let_rest, save, xero_csv, xero_line, xpm_csv, xpm_invoice
from made.pages import _Page
from nightly.test_notify import HERE, fine, mail_sink, serving, with_apprise

import reconcile
from reconcile.cli.main import main
from reconcile.nightly.messages import Changes, Moved, OpenFixes, failure_message, message
from reconcile.nightly.notify import send
from reconcile.terminal.layout import Line, Screen, rows_of
from reconcile.wording import on_one_line

pytestmark = pytest.mark.long
AS_OF = date(2026, 11, 23)
SHORT = tuple(payload for payload in PAYLOADS if payload.kind != "long")
NUL = Payload("nul", "control", "A\0B199")
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
STEERS = re.compile(
    f"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029{TURNING}]"
)  # but for the line end itself

each_payload = pytest.mark.parametrize("payload", [*PAYLOADS, NUL], ids=lambda payload: payload.id)

# Runs ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def practices(tmp_path_factory) -> Path:
    """The three practices of test_injection, each payload in each text column, and settings with a payload as name."""
    folder = tmp_path_factory.mktemp("told")
    for name in PRACTICES:
        write_practice(folder / name, name, SHORT)
    let_rest(folder)
    name = in_toml("\r\nBcc: x@evil.example\x1b[31m\u202e<b>")
    save(folder / "reconcile.toml", f'[practice]\nname = {name}\n[log]\nfile = "plain.log"\n')
    return folder


def run(folder: Path, practice: str, *more: str, out: str = "out") -> Any:
    """`reconcile run` of a practice, with the settings beside it."""
    words = [
        "run",
        str(folder / practice),
        "--config",
        str(folder / "reconcile.toml"),
        "--as-of",
        AS_OF.isoformat(),
    ]
    words += ["--out", str(folder / out), "--format", "json", *more]
    done = CliRunner().invoke(main, words, catch_exceptions=False)
    assert done.exit_code in (10, 20), done.output[-500:]
    return done


# Sentences ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def documents(practices) -> dict[str, dict]:
    """fixlist.json of each practice."""
    found = {}
    for name in PRACTICES:
        run(practices, name, out=name + "-out")
        found[name] = json.loads(
            (practices / f"{name}-out" / "fixlist.json").read_text(encoding="utf-8")
        )
    return found


def sentences(document: dict) -> list[str]:
    """Every text of the document that is a sentence of ours and may quote texts of others."""
    found = [one["problem"] for one in document["problems"]] + document["assumptions"]
    found += [one["text"] for one in document["root_causes"]]
    found += [note for one in document["invoices"] for note in one["notes"]]
    for fix in document["fixes"]:
        ways = [fix, *(fix["choices"] or [])]
        found += [fix["title"], *fix["evidence"], *(way["why"] for way in ways)]
        found += [action["text"] for way in ways for action in way["actions"]]
    return found


@pytest.mark.parametrize("practice", PRACTICES)
def test_a_sentence_is_one_line_in_reading_order_whatever_it_quotes(documents, practice):
    told = sentences(documents[practice])
    assert len(told) > 500
    assert [one for one in told if STEERS.search(one) or "\n" in one] == []


def test_the_value_to_paste_stays_to_the_letter_beside_its_sentence(documents):
    texts = {payload.text for payload in SHORT if payload.id == "override"}
    every = [action for fix in documents["order"]["fixes"] for action in fix["actions"]]
    actions = [action for action in every if action.get("value") in texts]
    assert actions and all(
        "U+202E" in action["text"] and "\u202e" not in action["text"] for action in actions
    )


def test_a_line_break_in_a_clients_name_begins_no_other_note(tmp_path):
    save(tmp_path / "xero.csv", xero_csv())
    save(tmp_path / "jobs.csv", jobs_csv(job(client="Acme\nPty Ltd\u202e")))
    save(tmp_path / "xpm.csv", xpm_csv(xpm_invoice()))
    reconcile.run([str(tmp_path)], tmp_path / "out", AS_OF, formats=("json",))
    (row,) = csv_rows(tmp_path / "out" / "invoices.csv")
    assert row["notes"] == "the contact's name differs from the job's client's: Acme↵Pty LtdU+202E"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Line\nBreak", "Line↵Break"),
        ("a\r\nb\rc\td", "a↵b↵c⇥d"),
        ("A\u202egpj.exe", "AU+202Egpj.exe"),
        ("A\x1b[31m\x9b", "AU+001B[31mU+009B"),
        ("\u2028\u2067", "U+2028U+2067"),
        ("é 京 👩‍👩‍👧 שלום \u00a0\u200b", "é 京 👩‍👩‍👧 שלום \u00a0\u200b"),
    ],
)
def test_what_breaks_steers_or_turns_a_line_is_made_visible_and_nothing_else(text, shown):
    assert on_one_line(text) == shown


# The message --------------------------------------------------------------------------------------------------------

CHANGES = Changes(new=Moved(("FX-0001",), 1, 11_000), fixed=Moved(("0123456789",), 1, 5))
NOW = OpenFixes(invoices=1, cents=11_000, fixes=1, minutes=2)
BODY_LINE = re.compile(
    r"(new|worse|fixed|not in these exports any more|now open|before tonight|to decide|input set aside): "
    r"[A-Za-z0-9 ,.()-]+"
)


@each_payload
def test_a_title_is_one_line_and_steers_nothing(payload):
    for told in (
        message(payload.text, AS_OF, CHANGES, NOW),
        failure_message(payload.text, AS_OF, 2),
    ):
        title, body = told
        assert title.isprintable() and f", {AS_OF.isoformat()}: " in title
        assert all(line.isprintable() for line in body.splitlines())


@with_apprise
@pytest.mark.parametrize("form", ["text", "html"])
def test_a_mail_has_no_header_element_or_attachment_of_a_practices_name(form, monkeypatch):
    monkeypatch.setenv("no_proxy", HERE)
    name = (
        " ".join(payload.text for payload in (*SHORT, NUL))
        + "\r\nBcc: thief@evil.example\r\n\r\n<b>body</b>"
    )
    title, body = message(name, AS_OF, CHANGES, NOW)
    with serving(mail_sink) as server:
        to = f"mailto://{HERE}:{server.port}?from=night@example.com&to=desk@example.com&mode=insecure&format={form}"
        assert send([to], title, body) == []
        (heard,) = server.heard
    mail = email.message_from_bytes(heard, policy=email.policy.default)
    usual = {
        "content-type",
        "mime-version",
        "content-transfer-encoding",
        "subject",
        "from",
        "to",
        "date",
        "message-id",
    }
    assert {key.casefold() for key in mail.keys()} <= usual | {"x-application", "reply-to"}
    assert [key.casefold() for key in mail.keys()].count("subject") == 1
    assert " ".join(mail["Subject"].split()) == " ".join(title.split())
    assert "desk@example.com" in mail["To"] and "thief" not in mail["To"]
    assert list(mail.iter_attachments()) == []
    for part in mail.walk():
        if part.get_content_type() == "text/html":
            page = _Page(part.get_content())
            assert page.names <= {"html", "head", "body", "br", "p", "div"}
            assert not page.attributes and not page.programs
            assert "now open: 1 fix for 1 invoice" in " ".join(page.texts).replace("\u00a0", " ")
        elif part.get_content_type() == "text/plain":
            assert part.get_content().splitlines()[: len(body.splitlines())] == body.splitlines()


@with_apprise
def test_the_message_of_a_run_quotes_nothing_of_the_exports(practices, monkeypatch):
    """It holds counts, money and ids; the name of the practice is one line of its title."""
    monkeypatch.setenv("no_proxy", HERE)
    history = str(practices / "told.sqlite")
    run(practices, "order", "--state", history, out="told-out")
    with serving(fine) as server:
        monkeypatch.setenv("RECONCILE_NOTIFY_URLS", server.url(scheme="json"))
        run(practices, "job", "--state", history, out="told-out")
        posted = json.loads(server.heard[0].partition(b"\r\n\r\n")[2])
    assert (
        posted["title"].startswith("Bcc: x@evil.example [31m <b>, 2026-11-23: ")
        and posted["title"].isprintable()
    )
    lines = posted["message"].split("\n")
    assert len(lines) >= 3 and [line for line in lines if not BODY_LINE.fullmatch(line)] == []
    assert posted["attachments"] == []


# The log ------------------------------------------------------------------------------------------------------------

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d (DEBUG|INFO|WARNING|ERROR) ([a-z-]+)")
FIELD = re.compile(r' ([a-z_0-9]+)=("(?:[^"\\]|\\.)*"|[^\s"\'=\\]*)')


def plain_event(line: str) -> tuple[str, list[str]]:
    """The event of a plain line and the names of its fields; a line that is anything else is no line of ours."""
    head = STAMP.match(line)
    assert head, line
    rest, names = line[head.end() :], []
    while rest:
        field = FIELD.match(rest)
        assert field, line
        names.append(field[1])
        rest = rest[field.end() :]
    return head[2], names


@pytest.mark.parametrize("verbose", [False, True], ids=["quiet", "verbose"])
@pytest.mark.parametrize("practice", PRACTICES)
def test_each_event_is_one_line_of_the_log_with_its_own_fields(
    practices, practice, verbose, monkeypatch
):
    monkeypatch.chdir(practices)
    more, log = (["-v"] if verbose else []), practices / "plain.log"
    history = practices / f"{practice}-{verbose}"
    log.unlink(missing_ok=True)
    run(practices, practice, "-q", *more, "--state", f"{history}-1.sqlite")
    plain = log.read_bytes()
    told = run(practices, practice, "--log-json", *more, "--state", f"{history}-2.sqlite")
    events = [json.loads(line) for line in told.stderr.encode().split(b"\n")[:-1]]
    lines = plain.decode("utf-8").split("\n")[:-1]
    assert len(events) > 100
    assert [line for line in lines if STEERS.search(line)] == []
    assert [plain_event(line) for line in lines] == [
        (one["event"], list(one["fields"])) for one in events
    ]
    assert all(one.keys() == {"time", "level", "event", "fields"} for one in events)
    assert told.stderr.isascii()
    private = {"client", "reason", "path"}
    assert bool(private & {name for one in events for name in one["fields"]}) == verbose


# The terminal -------------------------------------------------------------------------------------------------------


@each_payload
def test_a_row_on_the_terminal_steers_nothing(payload):
    for width in (60, 80, 120):
        for row in rows_of(Line("client  ", f"what {payload.text} says"), Screen(width=width)):
            assert not STEERS.search(row) and "\n" not in row


def on_a_terminal(folder: Path, *words: str) -> str:
    """What the program writes to a terminal, colours off."""
    import pty

    control, terminal = pty.openpty()
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    ends = dict.fromkeys(("stdin", "stdout", "stderr"), terminal)
    started = subprocess.Popen(
        [sys.executable, "-m", "reconcile", *words], cwd=folder, env=environment, **ends
    )
    os.close(terminal)
    said = b""
    while True:
        try:
            some = os.read(control, 1 << 16)
        except OSError:  # the other end is closed
            break
        if not some:
            break
        said += some
    os.close(control)
    started.wait()
    return said.decode("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(
            ["run", "job", "order", "own", "-v", "--format", "json", "--as-of", "2026-11-23"],
            id="run",
        ),
        pytest.param(
            ["run", "own", "--json", "--format", "json", "--as-of", "2026-11-23"], id="run-json"
        ),
        pytest.param(["check", "own"], id="check"),
        pytest.param(["check", "own", "--json"], id="check-json"),
        pytest.param(["run", "A\x1b[31m\u202e\x9b.csv"], id="no-such-file"),
        pytest.param(["run", "headers"], id="not-understood"),
    ],
)
def test_nothing_steers_the_terminal(practices, words):
    (practices / "headers").mkdir(exist_ok=True)
    save(practices / "headers" / "x\x1b[2J\u202e.csv", "Colour\x1b[31m,Size\u202e,\x9b31m\n1,2,3\n")
    save(practices / "headers" / "xero.csv", xero_csv(xero_line()))
    let_rest(practices / "headers")
    said = on_a_terminal(practices, *words)
    assert len(said) > 60 and "Traceback" not in said
    shown = re.sub(
        r"\r[a-z ]*( \.\.\.)? *\r?", "", said.replace("\r\n", "\n")
    )  # the stages of the work
    assert not (found := STEERS.search(shown)), repr(
        shown[max(0, found.start() - 60) : found.end() + 20]
    )
