"""What is said of a batch while it runs: one line on a terminal, written anew; nothing where nobody looks."""

import io

import pytest
from made.records import failed, record

from reconcile.terminal.batch import Progress

DONE = record()
FAILED = failed("jobs.csv: no header row.")
SKIPPED = record(skipped=True)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines_of(records, stream, practices: int = 4, *, quiet: bool = False) -> list[str]:
    """Each state of the line, without the time that is left."""
    with Progress(practices, stream, quiet) as progress:
        for record in records:
            progress.take(record)
    return [line.partition(", about ")[0].rstrip() for line in stream.getvalue().split("\r")[1:]]


def test_on_a_terminal_the_line_is_written_anew_and_taken_away_at_the_end():
    assert lines_of([DONE, FAILED, DONE, DONE], Terminal()) == [
        "[----------] 0 of 4 practices done",
        "[##--------] 1 of 4 practices done",
        "[#####-----] 2 of 4 practices done, 1 failed",
        "[#######---] 3 of 4 practices done, 1 failed",
        "[##########] 4 of 4 practices done, 1 failed",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("records", "told"),
    [
        pytest.param([DONE], True, id="one was run"),
        pytest.param([SKIPPED], False, id="one was skipped, which tells nothing"),
        pytest.param([DONE] * 4, False, id="none is left"),
    ],
)
def test_the_time_that_is_left_is_told_where_a_pace_is_known(records, told):
    stream = Terminal()
    with Progress(4, stream, quiet=False) as progress:
        for record in records:
            progress.take(record)
        last = stream.getvalue().rpartition("\r")[2]
    assert ("about 1 s left" in last) is told


def test_a_line_is_never_longer_than_a_terminal():
    stream = Terminal()
    lines_of([FAILED] * 1500, stream, practices=10_000)
    assert {len(line) for line in stream.getvalue().split("\r")[1:-1]} == {79}


@pytest.mark.parametrize(
    ("stream", "quiet"), [(io.StringIO(), False), (Terminal(), True)], ids=["a file", "quiet"]
)
def test_where_nobody_looks_nothing_is_written(stream, quiet):
    assert lines_of([DONE], stream, quiet=quiet) == []
