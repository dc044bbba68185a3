"""Made-up texts: every comparison of two gives the answer that the two texts give; nothing of a text is left in its own."""

from __future__ import annotations

import itertools
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made.depth import law

from reconcile.rules.overnight import AD_HOC
from reconcile.rules.references import (
    family,
    fold,
    fold_name,
    folded_words,
    is_canonical,
    runs_of_words,
)
from reconcile.support.pseudonyms import CannotMakeUp, make_up


def holds(text: str, candidate: str) -> bool:
    """Whether a longer text holds a candidate whole, as belonging.near_texts looks for it."""
    words = folded_words(candidate)
    runs = runs_of_words(text, max(len(words), 1))
    return (words in runs) if len(words) > 1 else (fold(candidate),) in runs


def on_jobs(text: str) -> list[str]:
    """The job numbers of one cell."""
    return re.split(r"\s*[,;]\s*", text)


TWO = {
    "equal": lambda one, two: one == two,
    "folded": lambda one, two: fold(one) == fold(two),
    "as names": lambda one, two: fold_name(one) == fold_name(two),
    "held": lambda one, two: holds(one, two) if two.strip() else None,
    "one of its jobs": lambda one, two: two in on_jobs(one),
    "family": lambda one, two: family(one) == family(two),
}
ONE = {
    "canonical": is_canonical,
    "of Ignition": lambda text: family(text) if family(text) in ("CLI", "PROP") else "",
    "ad hoc": lambda text: bool(re.search(AD_HOC, text)),
    "blank": lambda text: not text.strip(),
    "length": lambda text: len(unicodedata.normalize("NFC", text)),
}


def differences(texts: list[str]) -> list[str]:
    """What is asked of the texts and answered otherwise for their made-up ones."""
    made = make_up(texts, b"seed")
    wrong = [
        f"{name} {text!r} {made.of(text)!r}"
        for name, asked in ONE.items()
        for text in texts
        if asked(text) != asked(made.of(text))
    ]
    for name, asked in TWO.items():
        for one, two in itertools.product(texts, repeat=2):
            if asked(one, two) != asked(made.of(one), made.of(two)):
                wrong.append(f"{name} {one!r} {two!r} {made.of(one)!r} {made.of(two)!r}")
    return wrong


TEXTS = {
    "capitals": ["CLI-0042", "cli-0042", "Cli-0042"],
    "spaces": ["CLI-0042", " CLI-0042", "CLI - 0042", "CLI-00 42", "C L I-42", "CLI-0042 "],
    "dashes": ["CLI-0042", "CLI–0042", "CLI\u20110042", "CLI\u22120042", "CLI0042"],
    "zeros": ["CLI-0042", "CLI-42", "CLI-00042", "J000417", "J417", "J0417", "0", "00", "7", "007"],
    "no width": ["CLI-0042", "CLI-\u200b0042", "\ufeffCLI-0042", "CL\u00adI-0042"],
    "hard space": ["CLI-0042", "CLI-0042\u00a0", "CLI\u202f-\u00a00042"],
    "two at once": [
        "CLI-0042",
        "PROP-0031",
        "CLI-0042, PROP-0031",
        "CLI-0042/PROP-0031",
        "CLI-0042 and PROP-0031",
    ],
    "in a sentence": [
        "Stage 2",
        "stage2 fees",
        "Fees for Stage 2, final",
        "Stage 20",
        "Engagement/26",
        "our engagement/26.",
    ],
    "families": [
        "CLI-1",
        "PROP-1",
        "CLI",
        "PROP",
        "Client 5",
        "Clinic",
        "PROPERTY 7",
        "cli1",
        "c li-1",
        "Retainer",
    ],
    "ad hoc": [
        "Ad hoc job 12",
        "ADHOC-7",
        "Ad-Hoc",
        "Bad hoc",
        "Bad Company",
        "adhocracy",
        "hoc",
        "Ad",
        "Loadhock Pty Ltd",
    ],
    "names": [
        "Acme Pty Ltd",
        "ACME PTY LTD",
        "Acme  Pty Ltd",
        "Acme Pty. Ltd.",
        "Acme P/L",
        "Ac me Pty Ltd",
        "acme",
        "Acme Ltd",
    ],
    "joined": ["Blue Gum", "BlueGum", "Blue-Gum", "Bluegum Café", "Blue Gum Café", "Gum", "Blue"],
    "accents": [
        "Café",
        "Cafe\u0301",
        "CAFÉ",
        "Cafe",
        "Jørgensen",
        "JØRGENSEN",
        "Nguyễn",
        "Nguye\u0302\u0303n",
        "Straße",
        "STRASSE",
        "strasse",
    ],
    "wide": ["ＡＣＭＥ", "Acme", "１２３", "123", "ﬁnance", "finance", "Ⅷ", "viii", "№ 5", "no5"],
    "scripts": [
        "日本商事",
        "日本",
        "Иванов",
        "ИВАНОВ",
        "Ёлкин",
        "한국",
        "\u1112\u1161\u11ab국",
        "Σίσυφος",
        "ΣΊΣΥΦΟΣ",
        "עברית",
        "ガス",
        "ｶﾞｽ",
    ],
    "numbers of jobs": [
        "J000417",
        "J000418",
        "J000417, J000418",
        "J000417;J000418",
        "J000417 ,J000419",
        "17940",
        "17941",
    ],
    "report rows": ["Total", "Acme Pty Ltd", "Total Acme Pty Ltd", "Total Tools", "TOTAL"],
    "split numbers": ["12 034", "12034", "120 34", "12-034", "12", "034", "34", "1 2 0 3 4"],
    "nothing": ["", " ", "\u200b", "-", "--", "..", "&"],
    "letters": [*"abcdefghijklmnopqrstuvwxyz", "A", "J", "ab", "ba"],
    "few numbers": [str(number) for number in range(100)],
}


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS.keys())
def test_comparisons_stay(texts):
    assert differences(texts) == []


def test_comparisons_stay_among_all_of_them():
    made = make_up([text for texts in TEXTS.values() for text in texts], b"seed")
    assert made.of("CLI-0042")[:5] == "CLI-0"


ALPHABET = "aAbBhHcCdDoOlLiI jJ0012-–/.,é\u0301ßｂ１\u200b\u00a0&日İı"


@law(50, 150)
@given(st.lists(st.text(st.sampled_from(ALPHABET), max_size=8), min_size=2, max_size=7))
def test_comparisons_stay_for_any_texts(texts):
    try:
        assert differences(texts) == []
    except CannotMakeUp:
        pytest.fail("nothing was found")


FORMS = {
    "CLI-0815": r"CLI-0[1-9]\d\d",
    "J000123": r"J000[1-9]\d\d",
    "Smith & Jones Pty Ltd": r"[A-Z][a-z]{4} & [A-Z][a-z]{4} Pty Ltd",
    "O'Brien": r"[A-Z]'[A-Z][a-z]{4}",
    "INV-2284": r"INV-\d{4}",
    "Retainer 2026": r"[A-Z][a-z]{7} [1-9]\d{3}",
}


@pytest.mark.parametrize(("text", "form"), FORMS.items(), ids=FORMS)
def test_the_form_stays_and_the_text_does_not(text, form):
    new = make_up([text], b"seed").of(text)
    assert re.fullmatch(form, new) and new != text


def test_the_same_texts_give_the_same_and_one_more_text_others():
    texts = ["Smith & Jones", "CLI-0815", "Harbour"]
    assert make_up(texts, b"one").drawn == make_up(reversed(texts), b"one").drawn
    assert make_up(texts, b"one").of("Harbour") != make_up(texts, b"two").of("Harbour")


def test_a_made_up_word_is_none_of_the_texts_nor_of_those_to_avoid():
    texts = [f"{a}{b}{c}" for a in "bcd" for b in "aeiou" for c in "fgh"]
    avoid = frozenset(f"{a}{b}{c}" for a in "klm" for b in "aeiou" for c in "npr")
    made = make_up(texts, b"seed", avoid)
    assert not {made.of(text) for text in texts} & {*texts, *avoid}


def test_where_every_number_is_used_each_has_another():
    avoid = frozenset(map(str, range(10_000, 100_000)))
    numbers = [f"INV-{number}" for number in range(10_000, 10_050)]
    made = make_up(numbers, b"seed", avoid)
    assert len({made.of(number) for number in numbers}) == 50
    assert all(made.of(number) != number for number in numbers)


def test_letters_are_not_replaced_one_by_one():
    """No cipher of letters: one letter stands for several."""
    made = make_up(["banana", "ananas", "bandana"], b"seed")
    stands_for = {
        (old, new)
        for text in ("banana", "ananas", "bandana")
        for old, new in zip(text, made.of(text), strict=True)
    }
    assert len({old for old, _ in stands_for}) < len(stands_for)
