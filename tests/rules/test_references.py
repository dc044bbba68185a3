"""How two references compare: to the letter, folded, word by word, by family, by name.

Source: contract.md "Fold"; rules.md M5, M6, G1, G2, G6.
"""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.rules.references import (
    are_one_word,
    family,
    fold,
    fold_all,
    fold_name,
    folded_words,
    is_canonical,
    is_one_word,
    nearest,
    runs_of_words,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("CLI-1681", "cli-1681", id="capitals"),
        pytest.param(" CLI - 1681 ", "cli-1681", id="spaces, inner and outer"),
        pytest.param("CLI-1681\u00a0", "cli-1681", id="non-breaking space"),
        pytest.param("CLI\u200b-1681\ufeff", "cli-1681", id="zero-width characters"),
        pytest.param("CLI\u20131681", "cli-1681", id="en dash"),
        pytest.param("CLI\u20141681", "cli-1681", id="em dash"),
        pytest.param("CLI\u20111681", "cli-1681", id="non-breaking hyphen"),
        pytest.param("CLI\u22121681", "cli-1681", id="minus sign"),
        pytest.param("CLI\uff0d1681", "cli-1681", id="full-width dash"),
        pytest.param("\uff23\uff2c\uff29-1681", "cli-1681", id="full-width letters (NFKC)"),
        pytest.param("STRASSE-7", "strasse-7", id="plain s"),
        pytest.param("Stra\u00dfe-7", "strasse-7", id="sharp s (casefold)"),
        pytest.param("CLI-001681", "cli-1681", id="zeros before a run of digits"),
        pytest.param("J000417-02", "j417-2", id="zeros before each run of digits"),
        pytest.param("J000", "j0", id="nothing but zeros keeps one"),
        pytest.param("CLI-1600", "cli-1600", id="zeros inside and behind stay"),
        pytest.param("CLI-10 05", "cli-1005", id="spaces go before zeros are looked at"),
        pytest.param("", "", id="blank"),
        pytest.param(" \u200b", "", id="nothing to see"),
        pytest.param("PO#4.5/6_7", "po#4.5/6_7", id="other punctuation stays"),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


# What references are made of, and what is told apart in them: zeros and digits, spaces of each kind, dashes, capitals.
TEXTS = st.lists(
    st.text(
        st.sampled_from("00091aA-/. \t\x1f\n_\u2013\u200b\u0660\xdf")
        | st.characters(codec="utf-8"),
        max_size=12,
    )
)


@given(TEXTS)
def test_many_texts_fold_as_each_alone(texts):
    assert fold_all(pa.array(texts, pa.large_string())).to_pylist() == [
        fold(text) for text in texts
    ]


@given(TEXTS)
def test_many_texts_are_one_word_as_each_alone(texts):
    assert are_one_word(pa.array(texts, pa.large_string())).to_pylist() == [
        is_one_word(text) for text in texts
    ]


@pytest.mark.parametrize(
    "text", ["CLI-001681", " Prop \u2013 0031\u200b", "Stra\u00dfe 07", "J000", "\uff23LI 1"]
)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CLI-1681", "CLI-16810"),
        ("CLI-1681", "PROP-1681"),
        ("CLI-1681", "CLI1681"),
        ("CLI-1681", "CLI_1681"),
    ],
)
def test_what_folding_does_not_forgive(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "Fee (CLI-0042), June", ("fee", "cli-42", "june"), id="brackets and commas end a word"
        ),
        pytest.param("a/CLI-42", ("a/cli-42",), id="a slash belongs to a word"),
        pytest.param("see CLI-42.", ("see", "cli-42."), id="a dot belongs to a word"),
        pytest.param("fee_CLI-42", ("fee", "cli-42"), id="an underscore ends a word"),
        pytest.param(
            "CLI\u201342:PROP\u200b-7",
            ("cli-42", "prop-7"),
            id="dashes and zero-width inside a word",
        ),
        pytest.param("CLI\u00a042", ("cli", "42"), id="a non-breaking space ends a word"),
        pytest.param("(CLI\u201342)", ("cli-42",), id="a bracket at the end after a dash"),
        pytest.param("...", ("...",), id="dots alone"),
        pytest.param("", (), id="blank"),
    ],
)
def test_words(text, words):
    assert folded_words(text) == words


@pytest.mark.parametrize(
    ("text", "candidate", "holds"),
    [
        pytest.param("Fee CLI-0042 June", "CLI-42", True, id="a whole word"),
        pytest.param("CLI-421 June", "CLI-42", False, id="part of a word"),
        pytest.param("Fee Stage 2 June", "Stage 2", True, id="two words side by side"),
        pytest.param("Stage fee 2", "Stage 2", False, id="two words apart"),
        pytest.param("2 Stage", "Stage 2", False, id="two words turned round"),
        pytest.param("CLI-1, CLI-2", "CLI-2", True, id="the second of two"),
    ],
)
def test_a_longer_text_holds_a_candidate_whole(text, candidate, holds):
    assert (folded_words(candidate) in runs_of_words(text, 6)) is holds


def test_runs_are_no_longer_than_asked_for():
    assert runs_of_words("a b c", 2) == {("a",), ("b",), ("c",), ("a", "b"), ("b", "c")}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("CLI-1681", "CLI"),
        ("prop 0031", "PROP"),
        ("PROP31", "PROP"),
        ("Prop \u2013 31", "PROP"),
        ("PROP", "prop"),
        ("CLIENT-1", "client-1"),
        ("Retainer 2026", "retainer2026"),
        ("", ""),
    ],
)
def test_family(text, named):
    assert family(text) == named


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("CLI-1681", True),
        ("PROP-0031", True),
        ("cli-1681", False),
        ("CLI-1681 ", False),
        ("J1", False),
    ],
)
def test_written_as_ignition_writes_it(text, canonical):
    assert is_canonical(text) is canonical


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("Acme Pty Ltd", "ACME PTY. LTD", True, id="capitals and dots"),
        pytest.param(
            "O'Brien & Co", "O\u2019BRIEN  Co.", True, id="apostrophes, ampersand, spaces"
        ),
        pytest.param("North-West Haulage", "North West Haulage", True, id="dashes"),
        pytest.param("Smith & Co", "Smith and Co", False, id="and is a word"),
        pytest.param("Blue Gum Caf\u00e9", "Blue Gum Cafe", False, id="accents are letters"),
        pytest.param("Kauri (2019) Ltd", "Kauri (2020) Ltd", False, id="digits count"),
        pytest.param("Kauri 019", "Kauri 19", False, id="zeros in a name count"),
    ],
)
def test_fold_of_a_name(one, other, same):
    assert (fold_name(one) == fold_name(other)) is same


def test_nearest_texts_first():
    assert nearest("CLI-1681", ["CLI-1618", "CLI-1680", "Retainer"])[0] in ("CLI-1680", "CLI-1618")
    assert nearest("CLI-1681", ["Retainer", "n/a"]) == []
    assert nearest("CLI-1681", ["PROP-1681"]) == ["PROP-1681"]
    assert len(nearest("CLI-1681", ["CLI-1680", "CLI-1682", "CLI-1683", "CLI-1684"])) == 3
    assert nearest("prop-0031", ["PROP-31", "CLI-31"])[0] == "PROP-31"
