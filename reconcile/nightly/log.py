"""The log of a run: one line per event, with ids and counts, to a file and to standard error.

    2026-11-23T19:00:01 INFO run as_of=2026-11-23 invoices=331

or, for programs, one JSON object per line. Names and references of clients stay out of it unless asked for (`-v`): a
log is kept longer than the files it speaks of, and sent to more people. Writing a log never stops a run.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
import re
import sys
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from numbers import Integral
from pathlib import Path
from typing import Any, TextIO

from reconcile.errors import ReconcileError
from reconcile.storage.own_files import is_result_name
from reconcile.storage.private import make_private_folder, private_opener

LOG_BYTES = 1_000_000
LOG_FILES = 5

# Words of field names whose values are a client's or a person's, or quote an export. `client_name` has two of them;
# `clients`, a count, has none.
PRIVATE_WORDS = frozenset(
    "address assigned attested billing choice client contact content email evidence file folder from mail manager "
    "message name note notes order owner path phone problem reason reference text title traceback user value "
    "why".split()
)

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_LOG_LINE = re.compile(
    rb'^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* (DEBUG|INFO|WARNING|ERROR) |{"time": "\d{4}-\d\d-\d\dT)',
    re.M,
)
_LOOKED_AT_BYTES = (
    4096  # of a log's beginning and of its end: other programs may have written into it too
)
_BARE = re.compile(r"[^\s\"'=\\,]+")
# Controls, marks without width or that turn the direction of writing, halves of pairs, unassigned, line ends.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def open_log(
    file: Path | None, *, as_json: bool = False, verbose: bool = False, stream: TextIO | None = None
) -> logging.Logger:
    """Open the log of one run; write to it with `event`, and end it with `close_log`.

    Args:
        file: the log file, five older ones of a megabyte each are kept beside it; None for none.
        as_json: one JSON object per line instead of plain lines.
        verbose: names and references of clients too.
        stream: where the lines go besides, standard error for one; None for the file only.

    Raises:
        ReconcileError: the file is there and is no log, such as an export; nothing is written to it.
    """
    if file is not None and not _may_hold_a_log(file):
        raise ReconcileError(
            f"{file}: is not a log of this program, and the log would be written into it. Nothing was written. "
            "Name another file under [log] in reconcile.toml."
        )
    # Not logging.getLogger: no handler of another library hears this one.
    logger = logging.Logger("reconcile", logging.DEBUG if verbose else logging.INFO)
    formatter = _JsonLines(verbose) if as_json else _PlainLines(verbose)
    complaints = _Complaints(stream)
    handlers: list[logging.Handler] = []
    if stream is not None:
        handlers.append(_StreamLog(stream, complaints))
    if file is not None:
        try:
            make_private_folder(file.parent)
            handlers.append(_FileLog(file, complaints))
        except OSError as error:
            complaints.say(error)
    for handler in handlers or [logging.NullHandler()]:
        handler.setFormatter(formatter)
        logger.addHandler(handler)
    return logger


def _may_hold_a_log(file: Path) -> bool:
    """Whether a log may be written to a file: it is not there, or empty, or has lines of a log; and is no file of results."""
    if is_result_name(file.name):
        return False
    if not file.is_file():
        return True
    try:
        with file.open("rb") as stream:
            start = stream.read(_LOOKED_AT_BYTES)
            stream.seek(max(0, file.stat().st_size - _LOOKED_AT_BYTES))
            end = stream.read()
    except OSError:
        return True  # it cannot be written either, which is reported when that is tried
    return not start.strip() or any(_LOG_LINE.search(part) for part in (start, end))


def event(logger: logging.Logger, name: str, /, level: str = "info", **fields: object) -> None:
    """Write one event: its name, and fields such as `fix="FX-0007", invoices=3`.

    Args:
        level: debug (written when verbose), info, warning or error.
        fields: numbers, texts, dates, lists of them; a field whose name is private is left out unless verbose.
    """
    logger.log(_LEVELS.get(level, logging.ERROR), "%s", name, extra={"fields": fields})


def close_log(logger: logging.Logger) -> None:
    """Close the log's file. Writing to it afterwards does nothing."""
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        with suppress(Exception):  # what is still unwritten of a full disk
            handler.close()
    logger.addHandler(logging.NullHandler())


# Lines --------------------------------------------------------------------------------------------------------------


class _Lines(logging.Formatter):
    """What of a record may be written. A record not made by `event` is a text, which is private."""

    def __init__(self, verbose: bool) -> None:
        super().__init__()
        self.verbose = verbose

    def event_of(self, record: logging.LogRecord) -> tuple[str, dict[str, object]]:
        """The event's name and the fields that may be written, as plain values."""
        fields: Mapping[str, object] | None = getattr(record, "fields", None)
        name = record.getMessage()
        if fields is None:
            name, fields = "message", {"text": name}
        if record.exc_info and record.exc_info[1] is not None:
            fields = {
                **fields,
                "error": record.exc_info[1],
                "traceback": self.formatException(record.exc_info),
            }
        return name, self._allowed(fields)

    def _allowed(self, fields: Mapping[Any, object]) -> dict[str, object]:
        named = ((str(name), value) for name, value in fields.items())
        return {
            name: self._plain(value)
            for name, value in named
            if self.verbose or not _is_private(name)
        }

    def _plain(self, value: object) -> object:
        """A value as JSON has it. Of what is no plain value only the kind is said: it may hold anything."""
        if value is None or isinstance(value, str | bool):
            return value
        if isinstance(value, Integral):  # the tables' own whole numbers too
            return int(value)
        if isinstance(value, float | Decimal):
            return str(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Mapping):
            return self._allowed(value)
        if isinstance(value, set | frozenset):
            value = sorted(value, key=str)
        if isinstance(value, list | tuple):
            return [self._plain(one) for one in value]
        if not self.verbose:
            return type(value).__name__
        return str(value) if isinstance(value, os.PathLike) else f"{type(value).__name__}: {value}"


class _PlainLines(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        """`2026-11-23T19:00:01 INFO run as_of=2026-11-23 invoices=331`"""
        name, fields = self.event_of(record)
        words = [self.formatTime(record, "%Y-%m-%dT%H:%M:%S"), record.levelname, _word(name)]
        return " ".join(
            [*words, *(f"{_word(key)}={_words(value)}" for key, value in fields.items())]
        )


class _JsonLines(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        """`{"time": "2026-11-23T19:00:01+11:00", "level": "info", "event": "run", "fields": {"invoices": 331}}`"""
        name, fields = self.event_of(record)
        moment = datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="seconds")
        line = {"time": moment, "level": record.levelname.lower(), "event": name, "fields": fields}
        return json.dumps(line, ensure_ascii=True)  # escapes line ends and turning marks too


def _is_private(name: str) -> bool:
    return not PRIVATE_WORDS.isdisjoint(re.split(r"[^a-z]+", name.casefold()))


def _words(value: object) -> str:
    if isinstance(value, list):
        return ",".join(_words(one) for one in value)
    if isinstance(value, dict):
        return _word(json.dumps(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None else _word(str(value))


def _word(text: str) -> str:
    """The text as one word: in quotes where it is none, and with nothing in it that could look like another line."""
    if _BARE.fullmatch(text) and not any(
        unicodedata.category(letter) in _UNSAFE for letter in text
    ):
        return text
    return '"' + "".join(_letter(letter) for letter in text) + '"'


def _letter(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if unicodedata.category(letter) in _UNSAFE:
        return letter.encode("unicode_escape").decode("ascii")
    return letter


# Where they go ------------------------------------------------------------------------------------------------------


class _Complaints:
    """Says once, on the stream, that the log cannot be written; a run goes on without it."""

    def __init__(self, stream: TextIO | None) -> None:
        self.stream = stream
        self.said = False

    def say(self, error: BaseException | None) -> None:
        if self.said or self.stream is None:
            return
        self.said = True
        why = getattr(error, "strerror", None) or type(error).__name__
        with suppress(Exception):  # the stream may be what is broken
            self.stream.write(
                f"warning: the log cannot be written: {why}. The run goes on without it.\n"
            )
            self.stream.flush()


class _StreamLog(logging.StreamHandler):
    def __init__(self, stream: TextIO, complaints: _Complaints) -> None:
        super().__init__(stream)
        self.complaints = complaints

    def format(self, record: logging.LogRecord) -> str:
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        return super().format(record).encode(encoding, "backslashreplace").decode(encoding)

    def handleError(self, record: logging.LogRecord) -> None:
        self.complaints.say(sys.exception())


class _FileLog(logging.handlers.RotatingFileHandler):
    """A file that becomes FILE.1 when it is full, FILE.1 becoming FILE.2 and so on; the sixth is dropped."""

    def __init__(self, file: Path, complaints: _Complaints) -> None:
        super().__init__(
            file,
            maxBytes=LOG_BYTES,
            backupCount=LOG_FILES,
            encoding="utf-8",
            errors="backslashreplace",
        )
        self.complaints = complaints

    def _open(self) -> TextIOWrapper:
        return open(
            self.baseFilename,
            "a",
            encoding=self.encoding,
            errors=self.errors,
            opener=private_opener,
        )

    def doRollover(self) -> None:
        """Rotate, or go on in the same file: on Windows a file that is open elsewhere cannot be renamed.

        The library's own way moves the older files first and would lose one at every line that fails.
        """
        if self.stream:
            self.stream.close()
            self.stream = None
        aside = Path(f"{self.baseFilename}.turn")
        older = [Path(f"{self.baseFilename}.{at}") for at in range(1, self.backupCount + 1)]
        free = next((at for at, file in enumerate(older) if not file.exists()), len(older) - 1)
        try:
            os.replace(self.baseFilename, aside)
            try:
                for at in range(free, 0, -1):
                    os.replace(older[at - 1], older[at])
                os.replace(aside, older[0])
            except OSError:
                os.replace(aside, self.baseFilename)
                raise
        except OSError:
            self.maxBytes = 0  # no second try in this run
        self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:
        self.complaints.say(sys.exception())
