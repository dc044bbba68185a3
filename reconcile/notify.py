"""Tell people when something changed, and a monitor that the nightly run is alive.

A message goes out only on change: by mail and to chat services, through apprise (`pip install reconcile[notify]`). A
heartbeat is pinged at the start and at the end of every run. Neither can stop a run: what goes wrong comes back as
warnings. Addresses are secrets, so a warning names the host or the service, never the address.

apprise runs in a process of its own (`python -m reconcile.notify`): it writes addresses to its log, and some services
wait without end. There its words go nowhere, and it is stopped when its time is over.
"""

from __future__ import annotations

import http.client
import importlib.util
import json
import logging
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from reconcile.errors import ReconcileError

Event = Literal["start", "success", "failure"]
KINDS = ("new", "worse", "fixed", "failed")

HEARTBEAT_SECONDS = 5.0
SEND_SECONDS = 30.0
_IDS_SHOWN = 20

# Source: healthchecks.io, "Pinging API": the address itself means success.
_SUFFIXES = {"start": "/start", "success": "", "failure": "/fail"}

_SENT = "sent"
_NOT_UNDERSTOOD = "not sent: apprise does not understand this address"
_NOT_ACCEPTED = "not sent: the service could not be reached or did not accept it"


# Addresses ----------------------------------------------------------------------------------------------------------


def read_urls(environ: Mapping[str, str], file: Path | None, variable: str) -> list[str]:
    """The addresses to notify: those of the environment variable, then those of the file, each once.

    Args:
        environ: the environment. variable: its name there; one address per line.
        file: a text file, one address per line; lines that begin with # are comments. None for no file.

    Raises:
        ReconcileError: the file cannot be read. Its text is never quoted.
    """
    lines = environ.get(variable, "").splitlines()
    if file is not None:
        try:
            lines += file.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise ReconcileError(
                f"{file}: the addresses to notify are not UTF-8 text. Save the file as UTF-8, one address per line."
            ) from None
        except OSError as error:
            raise ReconcileError(
                f"{file}: the addresses to notify cannot be read: {error.strerror}. "
                "Name a text file with one address per line."
            ) from None
    wanted = (line.strip() for line in lines)
    return list(dict.fromkeys(line for line in wanted if line and not line.startswith("#")))


# Heartbeat ----------------------------------------------------------------------------------------------------------


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to the same scheme, or from http to https."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if urlsplit(newurl).scheme not in {req.type, "https"}:
            return None  # the answer itself is then the error
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def heartbeat(url: str, event: Event, *, seconds: float = HEARTBEAT_SECONDS) -> str | None:
    """Ping the monitor that watches whether the nightly run happens.

    Args:
        url: its address, http or https; `/start` and `/fail` are added to the path as healthchecks.io has it.
        event: start, success or failure.
        seconds: for everything together, from the look-up of the name to the answer.

    Returns:
        a warning that names the host and never the address, or None when it went well.
    """
    suffix = _SUFFIXES[event]
    try:
        parts = urlsplit(url.strip())
        host = "".join(letter for letter in parts.hostname or "" if letter.isprintable())
    except ValueError:
        host = ""
    if not host or parts.scheme not in {"http", "https"} or parts.username is not None:
        return f"heartbeat {event}: not pinged: its address has to be http:// or https://, a host, and no user name"
    path = parts.path.rstrip("/") + suffix if suffix else parts.path
    address = urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))

    outcome: list[str] = []
    # A thread, because no time limit of a socket bounds the look-up of a name, or an answer that comes byte by byte.
    worker = threading.Thread(target=lambda: outcome.append(_ping(address, seconds)), daemon=True)
    try:
        worker.start()
    except RuntimeError:
        outcome.append("no thread could be started")
    else:
        worker.join(seconds)
    reason = outcome[0] if outcome else _too_late(seconds)
    return f"heartbeat {event}: {host}: {reason}" if reason else None


def _ping(address: str, seconds: float) -> str:
    """Ask for the address; what went wrong in words, or "" for nothing."""
    opener = urllib.request.OpenerDirector()  # built by hand: no file, ftp or data addresses
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    try:
        request = urllib.request.Request(address, headers={"User-Agent": "reconcile"})
        opener.open(request, timeout=seconds).close()
    except Exception as error:  # whatever it is, the run goes on; its text may hold the address
        return _reason(error, seconds)
    return ""


def _reason(error: Exception, seconds: float) -> str:
    """What went wrong, in words of our own: an error's text may hold the address."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"answered {error.code}" + (", a redirect that is not followed" if 300 <= error.code < 400 else "")
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    words = {
        TimeoutError: _too_late(seconds),
        socket.gaierror: "no such host",
        ssl.SSLCertVerificationError: "its certificate was not accepted",
        ssl.SSLError: "no secure connection",
        ConnectionRefusedError: "refused the connection",
        ConnectionError: "broke off the connection",
        http.client.InvalidURL: "not an address that can be asked for",
        http.client.HTTPException: "gave an answer that is not HTTP",
        OSError: "cannot be reached",
    }
    found = next((text for kind, text in words.items() if isinstance(cause, kind)), None)
    return found or f"failed ({type(error).__name__})"


def _too_late(seconds: float) -> str:
    return f"no answer within {seconds:g} seconds"


# Messages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    """Fixes that changed in one way since the last run: their ids, their invoices and the money."""

    fixes: tuple[str, ...] = ()
    invoices: int = 0
    cents: int = 0


@dataclass(frozen=True)
class Changes:
    """What changed since the last run."""

    new: Moved = field(default_factory=Moved)
    worse: Moved = field(default_factory=Moved)
    fixed: Moved = field(default_factory=Moved)
    not_seen: Moved = field(default_factory=Moved)


@dataclass(frozen=True)
class OpenFixes:
    """What there is to do now: invoices to fix, their money, and the fixes that mend them.

    Attributes:
        before_tonight: invoices that tonight's import would take to a wrong place.
        needs_decision: invoices in fixes that a person decides. set_aside: problems with the input, set aside.
    """

    invoices: int = 0
    cents: int = 0
    fixes: int = 0
    minutes: int = 0
    before_tonight: int = 0
    needs_decision: int = 0
    set_aside: int = 0


def message(
    practice: str, as_of: date, changes: Changes, now: OpenFixes, kinds: Collection[str] = KINDS
) -> tuple[str, str] | None:
    """Title and text of the message after a run, or None when nothing of the asked kinds changed.

    It holds counts, money and ids of fixes, and no names or references of clients.
    """
    asked = [kind for kind in ("new", "worse", "fixed") if kind in kinds and getattr(changes, kind).fixes]
    if not asked:
        return None
    counts = ", ".join(f"{len(getattr(changes, kind).fixes)} {kind}" for kind in asked)
    lines = [
        _moved_line(words, moved)
        for words, moved in (
            ("new", changes.new),
            ("worse", changes.worse),
            ("fixed", changes.fixed),
            ("not in these exports any more", changes.not_seen),
        )
        if moved.fixes
    ]
    lines.append(
        f"now open: {_count(now.fixes, 'fix', 'fixes')} for {_count(now.invoices, 'invoice')}, {_money(now.cents)}, "
        f"{_count(now.minutes, 'minute')} of clicks"
    )
    if now.before_tonight:
        tonight = _count(now.before_tonight, "invoice")
        lines.append(f"before tonight: {tonight} that the import would take to a wrong place")
    if now.needs_decision:
        lines.append(f"to decide: {_count(now.needs_decision, 'invoice')}")
    if now.set_aside:
        lines.append(f"input set aside: {_count(now.set_aside, 'problem')}")
    return f"{_title_start(practice, as_of)}: {counts}", "\n".join(lines)


def failure_message(
    practice: str, as_of: date, exit_code: int, kinds: Collection[str] = KINDS
) -> tuple[str, str] | None:
    """Title and text of the message after a run that did not come to its end, or None when nobody asked for it.

    The error's own words stay in the log: they may quote what was found in a file.
    """
    if "failed" not in kinds:
        return None
    why = {
        2: "The input or the settings need someone.",
        75: "Another run was at work, or an output could not be written. Run it again later.",
    }.get(exit_code, "The program itself failed.")
    return f"{_title_start(practice, as_of)}: failed", f"{why} Exit code {exit_code}. The log says more."


def _title_start(practice: str, as_of: date) -> str:
    """The practice on one line, whatever was typed as its name, and the day."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in practice).split())
    return f"{plain or 'Practice'}, {as_of.isoformat()}"


def _moved_line(words: str, moved: Moved) -> str:
    more = len(moved.fixes) - _IDS_SHOWN
    ids = ", ".join(moved.fixes[:_IDS_SHOWN]) + (f" and {more} more" if more > 0 else "")
    count = _count(len(moved.fixes), "fix", "fixes")
    return f"{words}: {count} for {_count(moved.invoices, 'invoice')}, {_money(moved.cents)} ({ids})"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


# Sending ------------------------------------------------------------------------------------------------------------


def send(urls: Sequence[str], title: str, body: str, *, seconds: float = SEND_SECONDS) -> list[str]:
    """Send the message to every address at once.

    Args:
        urls: addresses as apprise has them (mailto://, slack://, json:// ...).
        seconds: for all of them together; what is not sent by then is given up.

    Returns:
        one warning per address that was not reached, with its place in the list and its kind, never the address.
    """
    if not urls:
        return []
    if importlib.util.find_spec("apprise") is None:
        return ["notifications: not sent: apprise is not installed. Install it: pip install reconcile[notify]"]
    outcomes, otherwise = _ask_child({"urls": list(urls), "title": title, "body": body}, seconds)
    found = [outcomes.get(at, otherwise) for at in range(len(urls))]
    return [
        f"notification {at} of {len(urls)}{_kind(url)}: {outcome}"
        for at, (url, outcome) in enumerate(zip(urls, found, strict=True), start=1)
        if outcome != _SENT
    ]


def _kind(url: str) -> str:
    """` (slack)`, the scheme of the address; nothing where it has none, since the text is then a secret as a whole."""
    scheme, separator, _ = url.partition("://")
    return f" ({scheme.lower()})" if separator and re.fullmatch(r"[A-Za-z][A-Za-z0-9]{1,15}", scheme) else ""


def _ask_child(asked: Mapping[str, Any], seconds: float) -> tuple[dict[int, str], str]:
    """Let the child send: the outcome by place in the list, and what to say of those that have none."""
    environment = dict(os.environ)
    package_root = str(Path(__file__).resolve().parents[1])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (package_root, environment.get("PYTHONPATH", ""))))
    otherwise = "not sent: the program that sends ended early"
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "reconcile.notify"],  # addresses go by its input: others can read arguments
            input=json.dumps(asked).encode("ascii"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env=environment,
            check=False,
        )
        answer = done.stdout
    except subprocess.TimeoutExpired as late:
        answer = late.stdout or b""
        otherwise = f"not sent: {_too_late(seconds)}"
    except OSError:
        return {}, "not sent: the program that sends could not be started"
    return _read_answers(answer), otherwise


def _read_answers(answer: bytes) -> dict[int, str]:
    """The child's lines `[place, outcome]`; anything else was printed by a service's own code and is passed over."""
    outcomes = {}
    for line in answer.splitlines():
        try:
            at, outcome = json.loads(line)
        except (ValueError, TypeError):
            continue
        if isinstance(at, int) and isinstance(outcome, str):
            outcomes[at] = outcome
    return outcomes


# The child ----------------------------------------------------------------------------------------------------------


class _Answers(logging.Handler):
    """Keeps, by the name of the thread, the number of an answer that apprise names in its log; nothing else of it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.outcomes: dict[str | None, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        number = re.search(r"\berror=(\d{3})\b", record.getMessage())
        if number:
            self.outcomes[record.threadName] = f"not sent: the service answered {number[1]}"


def main() -> None:
    """Send the message on standard input to its addresses, one thread each; print each outcome as it is known."""
    import apprise

    asked = json.load(sys.stdin)
    answers = _Answers()
    logging.getLogger("apprise").addHandler(answers)
    saying = threading.Lock()

    def deliver(at: int, service: Any) -> None:
        try:
            sent = service.notify(body=asked["body"], title=asked["title"], body_format=apprise.NotifyFormat.TEXT)
            outcome = _SENT if sent else answers.outcomes.get(str(at), _NOT_ACCEPTED)
        except Exception as error:
            outcome = f"not sent: failed ({type(error).__name__})"
        say(at, outcome)

    def say(at: int, outcome: str) -> None:
        with saying:
            sys.stdout.write(f"{json.dumps([at, outcome])}\n")
            sys.stdout.flush()

    # Not async and no limit of its own: each in its own thread, where apprise's few workers could all hang.
    asset = apprise.AppriseAsset(app_id="reconcile", app_desc="reconcile", async_mode=False, service_timeout=0)
    for at, url in enumerate(asked["urls"]):
        service = apprise.Apprise(asset=asset)
        try:
            understood = service.add(url)
        except Exception:  # one address that breaks its service's own code keeps nothing from the others
            understood = False
        if understood:
            threading.Thread(target=deliver, args=(at, service), name=str(at)).start()
        else:
            say(at, _NOT_UNDERSTOOD)


if __name__ == "__main__":
    main()
