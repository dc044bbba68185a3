"""TOML as text: the line of every key in whatever form it is written, and texts that are read back the same."""

from __future__ import annotations

import datetime as dt
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.settings.toml_text import lines_of, write_text, write_value

law = settings(max_examples=200, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("[a]\nb = 1\n", 2, id="plain"),
        pytest.param("\n# b = 0\n[z]\nb = 1\n[a]\n\nb = 1", 7, id="after-others"),
        pytest.param("[a]\n'b' = 1\n", 2, id="single-quotes"),
        pytest.param('[a]\n"\\u0062" = 1\n', 2, id="by-number"),
        pytest.param("  [ 'a' ]\n\tb=1", 2, id="spaces"),
        pytest.param("a.b = 1\n", 1, id="dotted"),
        pytest.param("\na = {c = 0, b = 1}\n", 2, id="inline"),
        pytest.param("[a.b]\nc = 1\n", 1, id="section-within"),
        pytest.param("[a]\nb.c = 1\nb.d = 1", 2, id="dotted-within"),
        pytest.param("[a]\nb = [\n  1,\n  # b = 2\n]\n", 2, id="list-over-lines"),
        pytest.param('[z]\nt = """\n[a]\nb = 1\n"""\n[a]\nb = 1', 7, id="text-that-looks-like-it"),
        pytest.param("[z]\nt = '''a\n'''\n[a]\nb = '''\n'''\n", 5, id="text-over-lines"),
        pytest.param("[a]\r\nb = 1\r\n", 2, id="windows-line-ends"),
        pytest.param(
            "# \u2028\x85\n[a] # [z]\nb = '\u2028'", 3, id="signs-that-end-no-line-in-toml"
        ),
        pytest.param("[[a]]\nb = 1\n", 2, id="list-of-sections"),
    ],
)
def test_a_key_is_found_on_the_line_where_it_begins(text, line):
    tomllib.loads(text)
    assert lines_of(text)["a", "b"] == line


def test_a_section_is_found_on_its_own_line():
    lines = lines_of("[a]\nb = 1\n\n[c]\n")
    assert (lines["a",], lines["c",]) == (1, 4)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("With client", '"With client"', id="plain"),
        pytest.param(
            r"\\server\share\x*.csv",
            r"'\\server\share\x*.csv'",
            id="windows-path-as-people-type-it",
        ),
        pytest.param(
            r"C:\Kim's exports", r'"C:\\Kim' + "'" + r's exports"', id="windows-path-with-a-quote"
        ),
        pytest.param('Say "no"', r'"Say \"no\""', id="quotes"),
        pytest.param("Café 京", '"Café 京"', id="other-letters"),
        pytest.param("a\u200bb\u00a0c", r'"a\u200bb\u00a0c"', id="signs-nobody-sees"),
        pytest.param("a\tb\nc\rd\0", r'"a\tb\nc\rd\u0000"', id="control"),
        pytest.param("\U000e0001", r'"\U000e0001"', id="beyond-four-digits"),
        pytest.param("", '""', id="nothing"),
    ],
)
def test_a_text_is_written_as_toml(text, written):
    assert write_text(text) == written
    assert tomllib.loads(f"x = {written}\n{written} = 1") == {"x": text, text: 1}


@law
@given(st.text())
def test_any_text_is_read_back_the_same_as_value_and_as_key(text):
    assert tomllib.loads(f"a = {write_text(text)}")["a"] == text
    assert tomllib.loads(f"{write_text(text)} = 1") == {text: 1}


@pytest.mark.parametrize("value", [[], ["a", 'b"'], 3, dt.date(2026, 6, 30), "x"], ids=repr)
def test_a_value_is_read_back_the_same(value):
    assert tomllib.loads(f"a = {write_value(value)}")["a"] == value
