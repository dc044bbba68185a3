"""Pings a monitor's address when a run begins and ends, so that a run that did not happen is noticed."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import urllib.error
import urllib.request
from typing import IO, Literal
from urllib.parse import urlsplit, urlunsplit

Event = Literal["start", "success", "failure"]


HEARTBEAT_SECONDS = 5.0


# Source: healthchecks.io, "Pinging API": the address itself means success.
_SUFFIXES = {"start": "/start", "success": "", "failure": "/fail"}


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to the same scheme, or from http to https."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
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
        return f"answered {error.code}" + (
            ", a redirect that is not followed" if 300 <= error.code < 400 else ""
        )
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
