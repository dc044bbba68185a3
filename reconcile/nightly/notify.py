"""Tell people when something changed, and a monitor that the nightly run is alive.

A message goes out only on change: by mail and to chat services, through apprise (`pip install reconcile[notify]`). A
heartbeat is pinged at the start and at the end of every run. Neither can stop a run: what goes wrong comes back as
warnings. Addresses are secrets, so a warning names the host or the service, never the address.

apprise runs in a process of its own (`python -m reconcile.nightly.notify`): it writes addresses to its log, and some services
wait without end. There its words go nowhere, and it is stopped when its time is over.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reconcile.errors import ReconcileError
from reconcile.nightly.heartbeat import _too_late
from reconcile.storage.child_process import run_module

SEND_SECONDS = 30.0


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


# Messages -----------------------------------------------------------------------------------------------------------


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
        return [
            "notifications: not sent: apprise is not installed. Install it: pip install reconcile[notify]"
        ]
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
    return (
        f" ({scheme.lower()})"
        if separator and re.fullmatch(r"[A-Za-z][A-Za-z0-9]{1,15}", scheme)
        else ""
    )


def _ask_child(asked: Mapping[str, Any], seconds: float) -> tuple[dict[int, str], str]:
    """Let the child send: the outcome by place in the list, and what to say of those that have none."""
    otherwise = "not sent: the program that sends ended early"
    try:
        # The addresses go by its input: others can read arguments.
        asking = json.dumps(asked).encode("ascii")
        answer = run_module(__name__, seconds=seconds, given=asking).stdout
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

    def deliver(at: int, service: apprise.Apprise) -> None:
        try:
            sent = service.notify(
                body=asked["body"], title=asked["title"], body_format=apprise.NotifyFormat.TEXT
            )
            outcome = _SENT if sent else answers.outcomes.get(str(at), _NOT_ACCEPTED)
        except Exception as error:
            outcome = f"not sent: failed ({type(error).__name__})"
        say(at, outcome)

    def say(at: int, outcome: str) -> None:
        with saying:
            sys.stdout.write(f"{json.dumps([at, outcome])}\n")
            sys.stdout.flush()

    # Not async and no limit of its own: each in its own thread, where apprise's few workers could all hang.
    asset = apprise.AppriseAsset(
        app_id="reconcile", app_desc="reconcile", async_mode=False, service_timeout=0
    )
    for at, url in enumerate(asked["urls"]):
        service = apprise.Apprise(asset=asset)
        try:
            understood = service.add(url)
        except (
            Exception
        ):  # one address that breaks its service's own code keeps nothing from the others
            understood = False
        if understood:
            threading.Thread(target=deliver, args=(at, service), name=str(at)).start()
        else:
            say(at, _NOT_UNDERSTOOD)


if __name__ == "__main__":
    main()
