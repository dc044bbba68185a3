"""Heartbeat and messages against real servers on this computer: fine, dead, hanging, trickling, redirecting."""

from __future__ import annotations

import contextlib
import email
import email.policy
import importlib.util
import json
import re
import socket
import socketserver
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from reconcile.errors import ReconcileError
from reconcile.nightly.heartbeat import _Redirects, heartbeat
from reconcile.nightly.messages import Changes, Moved, OpenFixes, failure_message, message
from reconcile.nightly.notify import read_urls, send

AS_OF = date(2026, 11, 23)
SECRET = "5f2b1c9e"
HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", HERE)


# Servers ------------------------------------------------------------------------------------------------------------


class Server(socketserver.ThreadingTCPServer):
    """Speaks with each caller as told, and keeps what it was sent."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, speak: Callable[[socket.socket, Server], None]) -> None:
        self.speak = speak
        self.heard: list[bytes] = []
        self.over = threading.Event()
        super().__init__((HERE, 0), Caller)

    @property
    def port(self) -> int:
        return self.server_address[1]

    def url(self, path: str = f"/ping/{SECRET}", scheme: str = "http") -> str:
        return f"{scheme}://{HERE}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [request.split(b" ")[1].decode() for request in self.heard]


class Caller(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        self.request.settimeout(10)
        with contextlib.suppress(OSError):  # the caller gave up
            self.server.speak(self.request, self.server)


@contextlib.contextmanager
def serving(speak: Callable[[socket.socket, Server], None]) -> Iterator[Server]:
    with Server(speak) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


def request_of(caller: socket.socket) -> bytes:
    """One request of HTTP, with its body."""
    data = b""
    wanted = None
    while wanted is None or len(data) < wanted:
        more = caller.recv(65536)
        if not more:
            raise ConnectionError("the caller hung up")
        data += more
        head, separator, _ = data.partition(b"\r\n\r\n")
        if separator:
            length = re.search(rb"(?i)content-length: (\d+)", head)
            wanted = len(head) + 4 + (int(length[1]) if length else 0)
    return data


def answering(status: str, *headers: str) -> Callable[[socket.socket, Server], None]:
    def speak(caller: socket.socket, server: Server) -> None:
        server.heard.append(request_of(caller))
        lines = [f"HTTP/1.1 {status}", "Content-Length: 2", "Connection: close", *headers, "", "OK"]
        caller.sendall("\r\n".join(lines).encode())

    return speak


def redirecting(place: Callable[[Server], str]) -> Callable[[socket.socket, Server], None]:
    """Sends the first caller on, and is content with the next."""

    def speak(caller: socket.socket, server: Server) -> None:
        first = not server.heard
        answering("302 Found", f"Location: {place(server)}")(caller, server) if first else fine(
            caller, server
        )

    return speak


fine = answering("200 OK")


def hanging(caller: socket.socket, server: Server) -> None:
    server.heard.append(request_of(caller))
    server.over.wait(10)


def trickling_head(caller: socket.socket, server: Server) -> None:
    server.heard.append(request_of(caller))
    caller.sendall(b"HTTP/1.1 200 OK\r\n")
    while not server.over.wait(0.05):
        caller.sendall(b"X-More: and more\r\n"[:1])


def trickling_body(caller: socket.socket, server: Server) -> None:
    server.heard.append(request_of(caller))
    caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not server.over.wait(0.05):
        caller.sendall(b"x")


def trickling_redirect(caller: socket.socket, server: Server) -> None:
    server.heard.append(request_of(caller))
    caller.sendall(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 100000\r\n\r\n")
    while not server.over.wait(0.05):
        caller.sendall(b"x")


def hanging_up(caller: socket.socket, server: Server) -> None:
    server.heard.append(request_of(caller))


def talking_nonsense(caller: socket.socket, server: Server) -> None:
    server.heard.append(request_of(caller))
    caller.sendall(b"220 mail.example.com ESMTP\r\n")


def not_secure(caller: socket.socket, server: Server) -> None:
    caller.recv(65536)
    caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def closed_port() -> int:
    with socket.socket() as one:
        one.bind((HERE, 0))
        return one.getsockname()[1]


# Heartbeat ----------------------------------------------------------------------------------------------------------

PINGS = {
    "start": (f"/{SECRET}", "start", f"/{SECRET}/start"),
    "success": (f"/{SECRET}", "success", f"/{SECRET}"),
    "failure": (f"/{SECRET}", "failure", f"/{SECRET}/fail"),
    "slash": (f"/{SECRET}/", "start", f"/{SECRET}/start"),
    "slash-success": (f"/{SECRET}/", "success", f"/{SECRET}/"),
    "no-path": ("", "failure", "/fail"),
    "query": ("/key/night?create=1", "start", "/key/night/start?create=1"),
    "fragment": ("/key#top", "failure", "/key/fail"),
    "blanks-around": ("/key \n", "success", "/key"),
}


@pytest.mark.parametrize(("path", "event", "asked"), PINGS.values(), ids=list(PINGS))
def test_each_event_has_its_address(path, event, asked):
    with serving(fine) as server:
        assert heartbeat(server.url(path), event) is None
        assert server.paths() == [asked]
        assert server.heard[0].startswith(b"GET ")


ANSWERS = {
    "created": (answering("201 Created"), ""),
    "not-found": (answering("404 Not Found"), "answered 404"),
    "broken": (answering("500 Internal Server Error"), "answered 500"),
    "not-modified": (
        answering("304 Not Modified"),
        "answered 304, a redirect that is not followed",
    ),
    "hangs-up": (hanging_up, "broke off the connection"),
    "speaks-otherwise": (talking_nonsense, "gave an answer that is not HTTP"),
    "never-answers": (hanging, "no answer within 0.3 seconds"),
    "trickles-its-head": (trickling_head, "no answer within 0.3 seconds"),
    "trickles-a-redirect": (trickling_redirect, "no answer within 0.3 seconds"),
    "trickles-its-body": (trickling_body, ""),
}


@pytest.mark.parametrize(("speak", "reason"), ANSWERS.values(), ids=list(ANSWERS))
def test_answers(speak, reason):
    seconds = 0.3 if "0.3" in reason else 5
    with serving(speak) as server:
        began = time.monotonic()
        warning = heartbeat(server.url(), "success", seconds=seconds)
        assert time.monotonic() - began < 2
        assert warning == (f"heartbeat success: {HERE}: {reason}" if reason else None)
    assert len(server.heard) == 1


def test_nobody_there():
    warning = heartbeat(f"http://{HERE}:{closed_port()}/{SECRET}", "start")
    assert warning == f"heartbeat start: {HERE}: refused the connection"


def test_no_secure_connection():
    with serving(not_secure) as server:
        warning = heartbeat(server.url(scheme="https"), "start")
    assert warning == f"heartbeat start: {HERE}: no secure connection"


REDIRECTS = {
    "file": ("file:///etc/passwd", False),
    "ftp": (f"ftp://{HERE}/x", False),
    "data": ("data:,x", False),
    "relative": ("/elsewhere", True),
    "http": ("http://{here}/elsewhere", True),
}


@pytest.mark.parametrize(("place", "followed"), REDIRECTS.values(), ids=list(REDIRECTS))
def test_redirects_are_followed_within_http_only(place, followed):
    with serving(redirecting(lambda server: place.format(here=f"{HERE}:{server.port}"))) as server:
        warning = heartbeat(server.url("/first"), "success")
        assert server.paths() == (["/first", "/elsewhere"] if followed else ["/first"])
    refused = f"heartbeat success: {HERE}: answered 302, a redirect that is not followed"
    assert warning == (None if followed else refused)


def test_a_redirect_never_leaves_the_secure_connection():
    secure = urllib.request.Request(f"https://{HERE}/x")
    assert _Redirects().redirect_request(secure, None, 302, "Found", {}, f"http://{HERE}/x") is None
    assert (
        _Redirects()
        .redirect_request(secure, None, 302, "Found", {}, f"https://{HERE}/y")
        .full_url.endswith("/y")
    )


def test_redirects_in_a_circle_end():
    with serving(answering("302 Found", "Location: /again")) as server:
        warning = heartbeat(server.url(), "success")
        assert (
            warning == f"heartbeat success: {HERE}: answered 302, a redirect that is not followed"
        )
        assert len(server.heard) < 12


NO_ADDRESSES = {
    "file": f"file:///etc/{SECRET}",
    "ftp": f"ftp://{HERE}/{SECRET}",
    "data": f"data:,{SECRET}",
    "no-scheme": f"hc-ping.example/{SECRET}",
    "no-host": f"https:///{SECRET}",
    "empty": "",
    "user": f"https://{SECRET}@{HERE}/x",
    "brackets": f"https://[{SECRET}/x",
}


@pytest.mark.parametrize("url", NO_ADDRESSES.values(), ids=list(NO_ADDRESSES))
def test_other_addresses_are_refused_before_anything_is_asked(url):
    warning = heartbeat(url, "start")
    assert warning.startswith(
        "heartbeat start: not pinged: its address has to be http:// or https://"
    )
    assert SECRET not in warning


@pytest.mark.parametrize("path", ["/a b", "/\u00e9", "/a\x7fb"], ids=["blank", "accent", "control"])
def test_an_address_that_cannot_be_asked_for_is_a_warning(path):
    warning = heartbeat(f"http://{HERE}:{closed_port()}{path}{SECRET}", "start")
    assert warning.startswith(f"heartbeat start: {HERE}: ") and SECRET not in warning


def test_a_port_that_is_none_is_a_warning():
    assert SECRET not in heartbeat(f"http://{HERE}:{SECRET}/x", "start")


# Addresses ----------------------------------------------------------------------------------------------------------


def test_addresses_come_from_the_environment_and_the_file_each_once(tmp_path):
    file = tmp_path / "urls.txt"
    file.write_text(
        "\ufeff# where to\n\n  slack://a/b/c/#room  \njson://x\n #no\n", encoding="utf-8"
    )
    found = read_urls({"TO": "mailto://m\njson://x", "OTHER": "json://no"}, file, "TO")
    assert found == ["mailto://m", "json://x", "slack://a/b/c/#room"]


def test_no_addresses():
    assert read_urls({}, None, "TO") == []
    assert read_urls({"TO": " \n# none\n"}, None, "TO") == []


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(
        ReconcileError, match=r"urls\.txt: the addresses to notify cannot be read: "
    ):
        read_urls({}, tmp_path / "urls.txt", "TO")


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_a_file_that_is_not_utf_8_is_said_and_not_quoted(tmp_path, encoding):
    file = tmp_path / "urls.txt"
    file.write_text(f"json://é/{SECRET}", encoding=encoding)
    with pytest.raises(ReconcileError, match="not UTF-8 text") as caught:
        read_urls({}, file, "TO")
    assert SECRET not in str(caught.value) and caught.value.__suppress_context__


# Messages -----------------------------------------------------------------------------------------------------------

SOME = Moved(("FX-0007", "FX-0012"), 5, 412000)
ONE = Moved(("FX-0003",), 1, 4950)
NOW = OpenFixes(
    invoices=33,
    cents=4279778,
    fixes=29,
    minutes=76,
    before_tonight=8,
    needs_decision=3,
    set_aside=2,
)


def test_a_message_says_counts_money_and_ids():
    title, body = message(
        "Harbour & Hill", AS_OF, Changes(new=SOME, worse=ONE, fixed=ONE, not_seen=ONE), NOW
    )
    assert title == "Harbour & Hill, 2026-11-23: 2 new, 1 worse, 1 fixed"
    assert body.splitlines() == [
        "new: 2 fixes for 5 invoices, 4,120.00 (FX-0007, FX-0012)",
        "worse: 1 fix for 1 invoice, 49.50 (FX-0003)",
        "fixed: 1 fix for 1 invoice, 49.50 (FX-0003)",
        "not in these exports any more: 1 fix for 1 invoice, 49.50 (FX-0003)",
        "now open: 29 fixes for 33 invoices, 42,797.78, 76 minutes of clicks",
        "before tonight: 8 invoices that the import would take to a wrong place",
        "to decide: 3 invoices",
        "input set aside: 2 problems",
    ]


def test_what_is_nothing_is_not_said():
    _, body = message("P", AS_OF, Changes(fixed=ONE), OpenFixes())
    assert body.splitlines() == [
        "fixed: 1 fix for 1 invoice, 49.50 (FX-0003)",
        "now open: 0 fixes for 0 invoices, 0.00, 0 minutes of clicks",
    ]


WHEN = {
    "nothing": (Changes(), ("new", "worse", "fixed", "failed"), False),
    "only-not-seen": (Changes(not_seen=ONE), ("new", "worse", "fixed", "failed"), False),
    "new": (Changes(new=ONE), ("new",), True),
    "new-not-asked": (Changes(new=ONE), ("worse", "fixed"), False),
    "worse": (Changes(worse=ONE), ("worse",), True),
    "fixed": (Changes(fixed=ONE), ("fixed",), True),
    "fixed-not-asked": (Changes(fixed=ONE), ("new", "worse"), False),
    "nobody-asks": (Changes(new=ONE, worse=ONE, fixed=ONE), (), False),
}


@pytest.mark.parametrize(("changes", "kinds", "said"), WHEN.values(), ids=list(WHEN))
def test_a_message_only_on_change_of_the_asked_kinds(changes, kinds, said):
    assert (message("P", AS_OF, changes, NOW, kinds) is not None) == said


def test_many_ids_are_cut_and_counted():
    many = Moved(tuple(f"FX-{at:04d}" for at in range(1, 1001)), 1000, -5)
    _, body = message("P", AS_OF, Changes(new=many), OpenFixes())
    first = body.splitlines()[0]
    assert first.startswith("new: 1000 fixes for 1000 invoices, -0.05 (FX-0001, ")
    assert first.endswith("FX-0020 and 980 more)")


def test_a_practice_name_stays_on_its_line():
    title, _ = message("A\r\nBcc: x@example.com\u202e B", AS_OF, Changes(new=ONE), NOW)
    assert title == "A Bcc: x@example.com B, 2026-11-23: 1 new"
    assert message("", AS_OF, Changes(new=ONE), NOW)[0].startswith("Practice, ")


FAILED = {
    2: "The input or the settings need someone.",
    75: "Another run was at work, or an output could not be written.",
    1: "The program itself failed.",
}


@pytest.mark.parametrize(("code", "why"), FAILED.items())
def test_a_failed_run_says_its_exit_code(code, why):
    title, body = failure_message("P", AS_OF, code)
    assert title == "P, 2026-11-23: failed"
    assert body.startswith(why) and body.endswith(f"Exit code {code}. The log says more.")


def test_a_failed_run_is_said_only_to_those_who_ask():
    assert failure_message("P", AS_OF, 2, ("new", "fixed")) is None


# Sending ------------------------------------------------------------------------------------------------------------

with_apprise = pytest.mark.skipif(
    importlib.util.find_spec("apprise") is None,
    reason="apprise is not installed: pip install reconcile[notify]",
)


def mail_sink(caller: socket.socket, server: Server) -> None:
    """As much of SMTP as a mail needs."""
    with caller.makefile("rwb") as talk:

        def say(line: bytes) -> None:
            talk.write(line + b"\r\n")
            talk.flush()

        say(b"220 here ESMTP")
        while line := talk.readline():
            word = line[:4].upper()
            if word == b"DATA":
                say(b"354 go on")
                server.heard.append(b"".join(iter(talk.readline, b".\r\n")))
            say(b"221 bye" if word == b"QUIT" else b"250 ok")
            if word == b"QUIT":
                return


def mail_that_hangs(caller: socket.socket, server: Server) -> None:
    server.over.wait(10)


@with_apprise
def test_a_webhook_gets_title_and_text():
    with serving(fine) as server:
        assert send([server.url(scheme="json")], "Ä title", "one\ntwo") == []
        posted = json.loads(server.heard[0].partition(b"\r\n\r\n")[2])
        assert (posted["title"], posted["message"]) == ("Ä title", "one\ntwo")
        assert server.paths() == [f"/ping/{SECRET}"]


@with_apprise
def test_a_mail_gets_title_and_text():
    with serving(mail_sink) as server:
        to = f"mailto://{HERE}:{server.port}?from=night@example.com&to=desk@example.com&mode=insecure&format=text"
        title, body = message("Harbour & Hill", AS_OF, Changes(new=SOME), NOW)
        assert send([to], title, body) == []
        mail = email.message_from_bytes(server.heard[0], policy=email.policy.default)
    assert mail["Subject"] == title
    assert "desk@example.com" in mail["To"]
    assert body.splitlines()[0] in mail.get_body(("plain",)).get_content()


@with_apprise
def test_each_dead_notifier_is_one_warning_and_the_living_still_get_theirs(capfd, caplog):
    with (
        serving(fine) as good,
        serving(answering("503 Service Unavailable")) as bad,
        serving(hanging) as silent,
        serving(trickling_body) as slow,
        serving(mail_that_hangs) as mail,
    ):
        began = time.monotonic()
        warnings = send(
            [
                good.url(scheme="json"),
                bad.url(scheme="json"),
                silent.url(scheme="json"),
                slow.url(scheme="json"),
                f"json://user:{SECRET}@{HERE}:{closed_port()}/{SECRET}",
                f"nothing-of-apprise://{SECRET}",
                f"xoxb-{SECRET}",
                f"mailto://user:{SECRET}@{HERE}:{mail.port}?from=a@example.com&to=b@example.com&mode=insecure",
                *[silent.url(scheme="json")] * 8,  # more than apprise has workers for
                good.url("/last", scheme="json"),
            ],
            "title",
            "text",
            seconds=4,
        )
        assert time.monotonic() - began < 7
        assert sorted(good.paths()) == ["/last", f"/ping/{SECRET}"]
    not_accepted = "not sent: the service could not be reached or did not accept it"
    too_late = "not sent: no answer within 4 seconds"
    assert warnings == [
        "notification 2 of 17 (json): not sent: the service answered 503",
        f"notification 3 of 17 (json): {too_late}",
        f"notification 4 of 17 (json): {too_late}",
        f"notification 5 of 17 (json): {not_accepted}",
        "notification 6 of 17: not sent: apprise does not understand this address",
        "notification 7 of 17: not sent: apprise does not understand this address",
        f"notification 8 of 17 (mailto): {too_late}",
        *(f"notification {at} of 17 (json): {too_late}" for at in range(9, 17)),
    ]
    assert capfd.readouterr() == ("", "") and not caplog.records


def test_without_apprise_one_warning_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    warnings = send([f"json://{HERE}/{SECRET}", "json://x"], "title", "text")
    assert warnings == [
        "notifications: not sent: apprise is not installed. Install it: pip install reconcile[notify]"
    ]


def test_nobody_to_notify():
    assert send([], "title", "text") == []


@with_apprise
def test_a_file_of_the_working_folder_is_not_taken_for_a_library(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("json.py").write_text("raise SystemExit", encoding="utf-8")
    with serving(fine) as server:
        assert send([server.url(scheme="json")], "title", "text") == []


@with_apprise
def test_a_sender_that_cannot_start_is_a_warning(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    assert send([f"json://{HERE}/{SECRET}"], "title", "text") == [
        "notification 1 of 1 (json): not sent: the program that sends could not be started"
    ]
