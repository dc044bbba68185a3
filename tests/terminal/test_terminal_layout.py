"""The console: rows that fit and lose nothing, colours that only a terminal gets, signs that every code page can show.

Source: contract.md "Command line"; https://no-color.org.
"""

from __future__ import annotations

import ast
import io
import os
import re
import sys
import threading
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tools.make_golden import AS_OF, SAMPLE

import reconcile
from reconcile.cli.main import main
from reconcile.rules.vocabulary import OUTCOMES
from reconcile.terminal.layout import (
    STAND_INS,
    STYLES,
    WIDTH,
    Line,
    Part,
    Screen,
    columns,
    rows_of,
    screen_of,
    shortened,
)

# what it shows, the line, the width, its rows
LAYOUT = [
    ("nothing", Line(), 60, [""]),
    ("a label alone", Line("  is   "), 60, ["  is"]),
    ("it fits to the letter", Line("to fix  ", "x" * 52), 60, ["to fix  " + "x" * 52]),
    ("below the words", Line("  E1  ", "one two three"), 30, ["  E1  one two three"]),
    ("the rows after the first are indented", Line("  E1  ", "aaaaaaaaaaaa bbbbbbbbbbbb cccc"), 32, ["  E1  aaaaaaaaaaaa bbbbbbbbbbbb", "      cccc"]),
    ("a word too wide stands alone and whole", Line("", f"see {'y' * 70} there"), 60, ["see", "y" * 70, "there"]),
    ("a path is whole", Line("", ("in ", Part("C:/My Practice/2026 to 2027/the exports", whole=True), " now")), 40, ["in", "C:/My Practice/2026 to 2027/the exports", "now"]),
    ("several spaces are kept", Line("", "aaaaaaaaaaaaaaaaaa  bbbbbbbbbbbb cccc"), 26, ["aaaaaaaaaaaaaaaaaa  bbbbbbbbbbbb", "cccc"]),
    ("a text in quotes is whole", Line("", "Reference is 'CLI-1409 - BAS', contact 'O'Brien & Co'"), 30, ["Reference is 'CLI-1409 - BAS',", "contact 'O'Brien & Co'"]),
    ("an apostrophe is no quote", Line("", "the client's job's numbers"), 25, ["the client's job's", "numbers"]),
    ("brackets are whole", Line("", "a fix that takes long (12 min, due now)"), 30, ["a fix that takes long", "(12 min, due now)"]),
    ("what no row can hold is broken", Line("", f"in ('{'word ' * 7}end')"), 30, ["in ('word word word word word", "word word end')"]),
    ("dots stay with the last", Line("", "INV-0001, INV-0002, INV-0003 ..."), 28, ["INV-0001, INV-0002,", "INV-0003 ..."]),
    ("a label too wide has its own row", Line("  a label of some length  ", "the words"), 40, ["  a label of some length", "      the words"]),
    ("a wide letter takes two columns", Line("", "日本日本日本日本日本日本 日本"), 28, ["日本日本日本日本日本日本", "日本"]),
    ("an accent of its own takes none", Line("", "é" * 20 + " e"), 25, ["é" * 20 + " e"]),
    ("what could steer a terminal is a number", Line("", "A\x1b[31mB\nC"), 60, ["AU+001B[31mBU+000AC"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "width", "expected"), [one[1:] for one in LAYOUT], ids=[one[0] for one in LAYOUT]
)
def test_a_line_is_laid_out(line, width, expected):
    assert rows_of(line, Screen(width)) == expected


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        pytest.param("one two three", 13, "one two three", id="fits"),
        pytest.param("one two three", 12, "one two ...", id="cut after a word"),
        pytest.param("one two three", 10, "one ...", id="the dots count"),
        pytest.param("onetwothree", 8, "onetw...", id="one word"),
    ],
)
def test_what_does_not_fit_is_cut_with_dots(text, room, expected):
    assert shortened(text, room) == expected


# Laws -----------------------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=14) | st.text(
    "ab'(). ", max_size=50
)
GAP = re.compile(r"(?<=[^ ]) (?! |\.\.\.|$)")  # a single space between two words
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)
PARTS = st.lists(st.builds(Part, TEXTS, st.sampled_from(["", *STYLES])), max_size=4)
LABELS = st.sampled_from(["", "  E1  ", "  re-synced  ", f"  {'x' * 30}  ", "x" * 70])
WIDTHS = st.integers(60, 120)


def told_on(rows: list[str], label: str, width: int) -> list[str]:
    """The words of each row, without label and indentation."""
    if width - len(label) < 24:
        assert rows[0] == label.rstrip(" ")
        rows, label = rows[1:], " " * (len(label) - len(label.lstrip(" ")) + 4)
    assert rows[0].startswith(label)
    assert all(row.startswith(" " * len(label)) for row in rows[1:])
    return [row[len(label) :] for row in rows]


@given(TEXTS.filter(bool), LABELS, WIDTHS)
def test_no_text_is_lost_and_none_is_added(text, label, width):
    assert " ".join(told_on(rows_of(Line(label, text), Screen(width)), label, width)) == text


@given(TEXTS, LABELS, WIDTHS)
def test_no_row_is_wider_than_the_screen_unless_it_is_one_word(text, label, width):
    for row in rows_of(Line(label, text), Screen(width)):
        assert columns(row) <= width or not GAP.search(row.removeprefix(label).lstrip(" "))


@given(PARTS, LABELS, WIDTHS)
def test_paint_changes_no_letter(parts, label, width):
    line = Line(label, parts, "heading")
    painted = rows_of(line, Screen(width, colours=True))
    assert [click.unstyle(row) for row in painted] == rows_of(line, Screen(width))


@given(TEXTS, st.integers(8, 120))
def test_what_is_cut_fits_and_is_a_beginning(text, room):
    short = shortened(text, room)
    assert columns(short) <= room
    assert short == text or text.startswith(short.removesuffix("...").rstrip(" "))


# Signs ----------------------------------------------------------------------------------------------------------------


def signs_in(path: Path) -> set[str]:
    """The letters beyond ASCII on the lines of a module's texts, its docstrings apart."""
    source = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(source), source.splitlines()
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and ast.get_docstring(node)
    }
    texts = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    shown = {
        line
        for node in texts
        if id(node) not in docs
        for line in lines[node.lineno - 1 : node.end_lineno]
    }
    return {letter for line in shown for letter in line if not letter.isascii()}


# What is printed comes from these; pseudonyms.py holds the letters that names are made of, and the others write files.
TALKING = sorted(
    set(Path(reconcile.__file__).parent.rglob("*.py"))
    - {
        Path(reconcile.__file__).parent / name
        for name in (
            "support/pseudonyms.py",
            "reports/csv_files.py",
            "reports/xlsx_table.py",
            "reports/xlsx_book.py",
        )
    }
)


@pytest.mark.parametrize("path", TALKING, ids=lambda path: path.name)
def test_every_sign_that_is_printed_has_a_stand_in(path):
    assert signs_in(path) <= set(STAND_INS)


def test_signs_are_found_where_there_are_some():
    assert {"→", "␣"} <= signs_in(Path(reconcile.__file__).parent / "questions/explain.py")


@pytest.mark.parametrize("encoding", ["cp437", "cp850", "cp1252", "ascii"])
@pytest.mark.parametrize("sign", STAND_INS)
def test_a_sign_is_shown_in_letters_of_the_code_page(sign, encoding):
    (row,) = rows_of(Line("", f"[a{sign}b]"), Screen(encoding=encoding))
    assert "?" not in row.encode(encoding, errors="replace").decode(encoding)
    assert row == f"[a{STAND_INS[sign]}b]"
    assert rows_of(Line("", sign), Screen(encoding="utf-8")) == [sign]


def test_a_stand_in_is_measured_as_it_is_printed():
    row, *rest = rows_of(Line("", "a" * 20 + " →→→→"), Screen(27, encoding="cp1252"))
    assert (row, rest) == ("a" * 20, ["->->->->"])


# Streams --------------------------------------------------------------------------------------------------------------


def test_every_outcome_has_a_colour_of_its_own():
    styles = [str(STYLES[name]) for name in OUTCOMES]
    assert len(set(styles)) == len(OUTCOMES)


def test_a_pipe_is_80_columns_wide_and_plain():
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="cp437")
    assert screen_of(pipe) == Screen(WIDTH, False, "cp437")


def test_without_a_stream_there_is_nothing_to_ask():
    assert screen_of(None) == Screen()


def ask_on_terminal(
    monkeypatch, *arguments: str, wide: int, name: str = "stdout", **environment: str
) -> list[str]:
    """The rows that a command prints on a pseudo terminal of so many columns."""
    termios = pytest.importorskip(
        "termios", reason="this system has no pseudo terminals to try it on"
    )
    reader, terminal = os.openpty()
    termios.tcsetwinsize(terminal, (40, wide))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    received: list[bytes] = []
    thread = threading.Thread(target=read_all, args=(reader, received))
    thread.start()
    with open(terminal, "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, name, stream)
        with pytest.raises(SystemExit):
            main(
                [
                    *arguments,
                    str(SAMPLE),
                    "--config",
                    str(SAMPLE / "reconcile.toml"),
                    "--as-of",
                    AS_OF,
                ]
            )
        monkeypatch.undo()
    thread.join(timeout=30)
    os.close(reader)
    text = b"".join(received).decode("utf-8").replace("\r\n", "\n")
    return [
        row.rpartition("\r")[2] for row in text.rstrip("\n").split("\n")
    ]  # what stands there in the end


def read_all(reader: int, received: list[bytes]) -> None:
    """Read a pseudo terminal until its other end is closed, which Linux says with an error and others with nothing."""
    try:
        while piece := os.read(reader, 65536):
            received.append(piece)
    except OSError:
        return


@pytest.mark.parametrize(
    ("wide", "widest"),
    [
        pytest.param(100, range(81, 101), id="100"),
        pytest.param(300, range(101, 121), id="300"),
        pytest.param(30, range(40, 61), id="30"),
    ],
)
def test_explain_is_as_wide_as_the_terminal(monkeypatch, wide, widest):
    rows = ask_on_terminal(monkeypatch, "explain", "INV-2351", wide=wide, NO_COLOR="1")
    assert max(map(len, rows)) in widest


def test_explain_is_painted_on_a_terminal(monkeypatch):
    rows = ask_on_terminal(monkeypatch, "explain", "INV-2351", wide=80)
    assert click.style("Verdict", bold=True) in rows
    assert any(row.startswith("  outcome    " + click.style("fix", fg="red")) for row in rows)
    assert any(click.style("Proved", fg="green") in row for row in rows)
    command = [
        "explain",
        "INV-2351",
        str(SAMPLE),
        "--config",
        str(SAMPLE / "reconcile.toml"),
        "--as-of",
        AS_OF,
    ]
    piped = CliRunner().invoke(main, command, catch_exceptions=False).stdout.splitlines()
    assert [click.unstyle(row) for row in rows] == piped
    assert not any("\x1b" in row for row in piped)


@pytest.mark.parametrize(
    ("environment", "painted"),
    [
        pytest.param({"NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param({"NO_COLOR": ""}, True, id="NO_COLOR is empty"),
        pytest.param({"TERM": "dumb"}, False, id="a dumb terminal"),
    ],
)
def test_colours_can_be_refused(monkeypatch, environment, painted):
    rows = ask_on_terminal(monkeypatch, "explain", "J000662", wide=80, **environment)
    assert any("\x1b" in row for row in rows) == painted
    assert "Verdict" in [click.unstyle(row) for row in rows]


def test_the_closing_summary_is_painted_though_its_results_go_to_files(monkeypatch, tmp_path):
    out = str(tmp_path / "out")
    rows = ask_on_terminal(
        monkeypatch, "run", "--out", out, "--format", "json", wide=80, name="stderr"
    )
    plain = [click.unstyle(row) for row in rows]
    assert rows[0] == click.style(plain[0], bold=True)
    assert click.style("tonight   ", fg="yellow") in rows[1]
    assert len(plain) <= 12
    assert all(len(row) <= 80 or out in row for row in plain)
    outcomes = next(row for row in rows if row.startswith("outcomes"))
    assert click.style("ok", fg="green") in outcomes and click.style("fix", fg="red") in outcomes
