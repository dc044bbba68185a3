"""The log: its lines, what stays out of it, what cannot be smuggled into it, and that it never stops a run."""

from __future__ import annotations

import io
import json
import logging
import os
import re
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from reconcile.nightly import log as logs
from reconcile.nightly.log import close_log, event, open_log

NAME = "Wattle & Sons Pty Ltd"
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d (DEBUG|INFO|WARNING|ERROR) \S")


@contextmanager
def a_log(file: Path | None = None, **how):
    logger = open_log(file, **how)
    try:
        yield logger
    finally:
        close_log(logger)


def written(
    name: str, level: str = "info", verbose: bool = False, as_json: bool = False, **fields: object
) -> str:
    """What one event writes to the stream."""
    stream = io.StringIO()
    with a_log(as_json=as_json, verbose=verbose, stream=stream) as logger:
        event(logger, name, level, **fields)
    return stream.getvalue()


def words(**fields: object) -> str:
    """The fields of a plain line."""
    return written("e", **fields).partition(" INFO e ")[2].removesuffix("\n")


# Lines --------------------------------------------------------------------------------------------------------------


def test_a_plain_line_has_time_level_event_and_fields():
    line = written("fix-new", fix="FX-0007", cause="T6", invoices=3)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d INFO fix-new fix=FX-0007 cause=T6 invoices=3\n", line
    )


def test_a_json_line_has_the_same_as_an_object():
    line = json.loads(
        written("fix-new", "warning", as_json=True, fix="FX-0007", invoices=3, level_of=None)
    )
    assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
    assert line == {
        "level": "warning",
        "event": "fix-new",
        "fields": {"fix": "FX-0007", "invoices": 3, "level_of": None},
    }


VALUES = {
    "word": ("T6", "k=T6"),
    "number": (-12, "k=-12"),
    "number-of-a-table": (np.int64(331), "k=331"),
    "true": (True, "k=true"),
    "none": (None, "k=none"),
    "empty": ("", 'k=""'),
    "spaces": ("two words", 'k="two words"'),
    "equals": ("a=b", 'k="a=b"'),
    "quotes": ('say "no"', r'k="say \"no\""'),
    "backslash": ("a\\n", r'k="a\\n"'),
    "day": (date(2026, 11, 23), "k=2026-11-23"),
    "exact": (Decimal("1.10"), "k=1.10"),
    "no-number": (float("nan"), "k=nan"),
    "ids": (("FX-0001", "FX-0002"), "k=FX-0001,FX-0002"),
    "texts": (["a,b", "c"], 'k="a,b",c'),
    "set": ({"T6", "T1"}, "k=T1,T6"),
    "letters": ("Zoë-日本", "k=Zoë-日本"),
}


@pytest.mark.parametrize(("value", "expected"), VALUES.values(), ids=list(VALUES))
def test_values_in_a_plain_line(value, expected):
    assert words(k=value) == expected


@pytest.mark.parametrize("level", ["warning", "error"])
def test_levels(level):
    assert f" {level.upper()} e" in written("e", level)


def test_a_level_that_does_not_exist_is_an_error_line_and_no_error():
    assert " ERROR e" in written("e", "wrning")


def test_details_are_written_only_when_verbose():
    assert written("e", "debug") == ""
    assert " DEBUG e" in written("e", "debug", verbose=True)


def test_file_and_stream_get_the_same_lines(tmp_path):
    stream = io.StringIO()
    file = tmp_path / "new folder" / "run.log"
    with a_log(file, stream=stream) as logger:
        event(logger, "run", invoices=331)
        event(logger, "end", exit_code=10)
    assert file.read_text(encoding="utf-8") == stream.getvalue()
    assert len(stream.getvalue().splitlines()) == 2


def test_a_log_goes_on_where_the_last_one_ended(tmp_path):
    for number in (1, 2):
        with a_log(tmp_path / "run.log") as logger:
            event(logger, "run", number=number)
    assert len((tmp_path / "run.log").read_text(encoding="utf-8").splitlines()) == 2


def test_no_other_logger_hears_it_and_it_hears_no_other(caplog):
    stream = io.StringIO()
    with caplog.at_level(logging.DEBUG), a_log(stream=stream) as logger:
        event(logger, "run")
        logging.getLogger("reconcile").error("from elsewhere")
    assert [record.getMessage() for record in caplog.records] == ["from elsewhere"]
    assert "elsewhere" not in stream.getvalue()


# Privacy ------------------------------------------------------------------------------------------------------------

PRIVATE = [
    "client",
    "client_name",
    "xero_contact",
    "contact",
    "reference",
    "client_order_no",
    "job_name",
    "owner",
    "email",
    "Client",
    "path",
    "file",
    "title",
    "note",
    "value",
    "message",
]


@pytest.mark.parametrize("as_json", [False, True], ids=["plain", "json"])
@pytest.mark.parametrize("field", PRIVATE)
def test_a_name_reaches_the_log_only_when_verbose(field, as_json):
    fields = {field: NAME, "fix": "FX-0007"}
    line = written("fix-new", as_json=as_json, **fields)
    assert "Wattle" not in line and "FX-0007" in line
    assert "Wattle" in written("fix-new", as_json=as_json, verbose=True, **fields)


@pytest.mark.parametrize(
    "field", ["clients", "references", "fix", "as_of", "cause", "invoice_no", "exit_code", "role"]
)
def test_ids_and_counts_are_written(field):
    assert f"{field}=12" in written("e", **{field: 12})


class Finding:
    def __str__(self) -> str:
        return NAME


def raised() -> ValueError:
    try:
        raise ValueError(NAME)
    except ValueError as error:
        return error


HIDDEN = {
    "in-a-mapping": {"fix": "FX-1", "client": NAME},
    "in-a-list-of-mappings": [{"contact": NAME}],
    "an-object": Finding(),
    "objects": [Finding()],
    "an-error": raised(),
    "a-path": Path("clients") / NAME,
}


@pytest.mark.parametrize("as_json", [False, True], ids=["plain", "json"])
@pytest.mark.parametrize("value", HIDDEN.values(), ids=list(HIDDEN))
def test_a_name_inside_a_value_is_kept_out_too(value, as_json):
    assert "Wattle" not in written("e", as_json=as_json, what=value)
    assert "Wattle" in written("e", as_json=as_json, verbose=True, what=value)


def test_an_error_says_its_kind():
    assert words(error=raised()) == "error=ValueError"


@pytest.mark.parametrize("verbose", [False, True])
def test_a_text_written_past_event_counts_as_private(verbose):
    stream = io.StringIO()
    with a_log(stream=stream, verbose=verbose) as logger:
        logger.warning("of %s", NAME)
        try:
            raise ValueError(NAME)
        except ValueError:
            logger.exception("failed for %s", NAME)
    assert len(stream.getvalue().splitlines()) == 2
    assert ("Wattle" in stream.getvalue()) == verbose
    assert ("Traceback" in stream.getvalue()) == verbose
    assert "error=ValueError" in stream.getvalue() or verbose


# Smuggling ----------------------------------------------------------------------------------------------------------

SMUGGLED = {
    "line-feed": "\n",
    "return": "\r",
    "tab": "\t",
    "zero": "\0",
    "escape": "\x1b[31m",
    "delete": "\x7f",
    "next-line": "\x85",
    "line-separator": "\u2028",
    "paragraph-separator": "\u2029",
    "right-to-left-override": "\u202e",
    "right-to-left-mark": "\u200f",
    "isolate": "\u2067",
    "no-width": "\u200b",
    "byte-order-mark": "\ufeff",
    "half-a-pair": "\ud83d",
}


@pytest.mark.parametrize("as_json", [False, True], ids=["plain", "json"])
@pytest.mark.parametrize("letter", SMUGGLED.values(), ids=list(SMUGGLED))
@pytest.mark.parametrize("where", ["value", "key", "event", "list"])
def test_nothing_in_a_value_looks_like_another_line(letter, where, as_json, tmp_path):
    text = f"a{letter}2026-11-23T19:00:01 INFO run invoices=0"
    file = tmp_path / "run.log"
    with a_log(file, as_json=as_json) as logger:
        if where == "event":
            event(logger, text)
        else:
            event(
                logger,
                "e",
                **{"k": [text]}
                if where == "list"
                else {text: 1}
                if where == "key"
                else {"k": text},
            )
    line = file.read_bytes().decode("utf-8")
    assert len(line.splitlines()) == 1 and line.endswith("\n")
    assert letter not in line.rstrip("\r\n")
    assert LINE.match(line) or json.loads(line)["event"]


def test_an_escaped_text_can_be_told_from_one_that_looks_so():
    assert words(k="a\nb") != words(k="a\\nb")


# Writing never stops a run ------------------------------------------------------------------------------------------


def test_the_log_rotates_and_keeps_five_older_files(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "LOG_BYTES", 1000)
    with a_log(tmp_path / "run.log") as logger:
        for number in range(200):
            event(logger, "line", number=number)
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["run.log", *(f"run.log.{at}" for at in range(1, 6))]
    kept = "".join(
        (tmp_path / name).read_text(encoding="utf-8") for name in [*reversed(names[1:]), "run.log"]
    )
    numbers = [int(number) for number in re.findall(r"number=(\d+)", kept)]
    assert numbers == list(range(numbers[0], 200)) and len(numbers) > 100
    assert all(file.stat().st_size <= 1000 for file in tmp_path.iterdir())


@pytest.mark.parametrize("name", ["run.log.turn", "run.log.5"])
def test_where_it_cannot_rotate_it_goes_on_and_loses_no_line(tmp_path, monkeypatch, name):
    """A folder that is not empty stands where a file would go: no rename succeeds, as on Windows for an open file."""
    monkeypatch.setattr(logs, "LOG_BYTES", 1000)
    older = [tmp_path / f"run.log.{at}" for at in range(1, 6)]
    for file in older:
        file.write_text("older\n", encoding="utf-8")
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name / "in the way").mkdir(parents=True)
    stream = io.StringIO()
    for _ in range(5):
        with a_log(tmp_path / "run.log", stream=stream) as logger:
            for number in range(50):
                event(logger, "line", number=number)
    assert (tmp_path / "run.log").read_text(encoding="utf-8").count(" INFO line ") == 250
    assert all(file.read_text(encoding="utf-8") == "older\n" for file in older if file.is_file())
    assert "warning" not in stream.getvalue()


def test_rotating_fills_a_gap_before_it_drops_the_oldest(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "LOG_BYTES", 100)
    for at in (1, 3, 4, 5):
        (tmp_path / f"run.log.{at}").write_text(str(at), encoding="utf-8")
    line = "2026-11-23T19:00:01 INFO run".ljust(100, "x")
    (tmp_path / "run.log").write_text(line, encoding="utf-8")
    with a_log(tmp_path / "run.log") as logger:
        event(logger, "line")
    texts = [(tmp_path / f"run.log.{at}").read_text(encoding="utf-8") for at in range(1, 6)]
    assert texts == [line, "1", "3", "4", "5"]


@pytest.mark.skipif(
    not os.path.exists("/dev/full"), reason="a disk that is always full, as Linux has it"
)
def test_a_full_disk_is_said_once_and_stops_nothing():
    stream = io.StringIO()
    with a_log(Path("/dev/full"), stream=stream) as logger:
        for _ in range(3):
            event(logger, "run", invoices=331)
    lines = stream.getvalue().splitlines()
    assert [line for line in lines if line.startswith("warning")] == [
        "warning: the log cannot be written: No space left on device. The run goes on without it."
    ]
    assert sum(" INFO run " in line for line in lines) == 3


def test_a_file_that_cannot_be_opened_is_said_once_and_stops_nothing(tmp_path):
    stream = io.StringIO()
    with a_log(tmp_path, stream=stream) as logger:
        event(logger, "run")
        event(logger, "end")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 3 and lines[0].startswith("warning: the log cannot be written: ")


@pytest.mark.skipif(os.name == "nt", reason="Windows does not remove the folder of an open file")
def test_a_folder_that_goes_away_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "LOG_BYTES", 300)
    stream = io.StringIO()
    folder = tmp_path / "logs"
    with a_log(folder / "run.log", stream=stream) as logger:
        event(logger, "run")
        (folder / "run.log").unlink()
        folder.rmdir()
        for number in range(20):
            event(logger, "line", number=number)
    assert stream.getvalue().count(" INFO line ") == 20
    assert stream.getvalue().count("warning: the log cannot be written") == 1


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_broken_stream_stops_nothing(tmp_path):
    with a_log(tmp_path / "run.log", stream=Broken()) as logger:
        event(logger, "run")
    assert " INFO run" in (tmp_path / "run.log").read_text(encoding="utf-8")


def test_a_value_that_cannot_be_written_stops_nothing():
    class Silent:
        def __str__(self) -> str:
            raise RuntimeError

    stream = io.StringIO()
    with a_log(stream=stream, verbose=True) as logger:
        event(logger, "run", what=Silent())
        event(logger, "end")
    assert " INFO end" in stream.getvalue()


def test_letters_that_a_terminal_lacks_are_written_as_numbers():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252", newline="")
    with a_log(stream=stream) as logger:
        event(logger, "run", what="Zoë 日")
    assert rb'what="Zo' + "ë".encode("cp1252") + rb' \u65e5"' in raw.getvalue()


def test_after_the_end_nothing_is_written(tmp_path):
    stream = io.StringIO()
    logger = open_log(tmp_path / "run.log", stream=stream)
    close_log(logger)
    event(logger, "run")
    assert stream.getvalue() == "" and (tmp_path / "run.log").read_text(encoding="utf-8") == ""


def test_without_file_and_stream_there_is_no_log(capfd):
    with a_log() as logger:
        event(logger, "run", "error")
    assert capfd.readouterr() == ("", "")
