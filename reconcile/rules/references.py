"""How two references compare: equal, equal when folded, held by a longer text, of one family, nearest.

XPM compares to the letter (M5). A person forgives capitals, spaces, dash styles and zeros; folding does the same, so
that what was forgiven can be shown. Folding never decides where an invoice lands, only where it belongs.
Source: contract.md "Fold"; rules.md M5, M6, T3.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_ASCII_WORD = re.compile(r"[A-Za-z0-9\-/.]+")
_IGNITION = re.compile(r"(cli|prop)-?\d")


def fold(reference: str) -> str:
    """Forgive what a reader forgives: capitals, spaces, kinds of dash, zeros before digits.

    >>> fold("Prop – 0031") == fold("PROP-31")
    True
    """
    letters = "".join(reference.casefold().split()) if reference.isascii() else _letters(reference)
    return _LEADING_ZEROS.sub("", letters) if "0" in letters else letters


def fold_all(texts: pa.Array) -> pa.Array:
    """Many texts folded at once: as fold does, which is asked one by one for what is not ASCII."""
    bare = pc.replace_substring_regex(pc.ascii_lower(texts), r"[\t-\r\x1c- ]", "")
    folded = pc.replace_substring_regex(bare, "(^|[^0-9])0+([0-9])", r"\1\2")
    other = pc.invert(pc.string_is_ascii(texts))
    if not pc.any(other).as_py():
        return folded
    return pc.replace_with_mask(
        folded, other, pa.array(map(fold, texts.filter(other).to_pylist()), texts.type)
    )


def _letters(text: str) -> str:
    return "".join(
        "-" if _is_dash(letter) else letter
        for letter in unicodedata.normalize("NFKC", text).casefold()
        if not letter.isspace() and unicodedata.category(letter) != "Cf"
    )


def _is_dash(letter: str) -> bool:
    return letter == "\u2212" or unicodedata.category(letter) == "Pd"


def fold_name(name: str) -> str:
    """A contact's or client's name by its letters and digits alone."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum()
    )


def family(reference: str) -> str:
    """CLI or PROP for Ignition's references, any other text is a family of its own; empty for blank (G1, G2, G6)."""
    folded = fold(reference)
    match = _IGNITION.match(folded)
    return match[1].upper() if match else folded


def is_canonical(reference: str) -> bool:
    """Whether a text is written exactly as Ignition writes its references."""
    return re.fullmatch(r"(CLI|PROP)-\d+", reference) is not None


def is_one_word(text: str) -> bool:
    """Whether a text is surely one word: letters, digits, dashes, slashes and dots alone."""
    return _ASCII_WORD.fullmatch(text) is not None


def are_one_word(texts: pa.Array) -> pa.Array:
    """is_one_word of many texts at once."""
    return pc.match_substring_regex(texts, rf"\A{_ASCII_WORD.pattern}\z")


def folded_words(text: str) -> tuple[str, ...]:
    """The words of a text, each folded; a word ends at anything but a letter, digit, dash, slash or dot."""
    if is_one_word(text):
        return (fold(text),)
    if text.isascii():
        return tuple(fold(word) for word in _ASCII_WORD.findall(text))
    words: list[str] = []
    word = ""
    for letter in unicodedata.normalize("NFKC", text):
        if letter.isalnum() or letter in "/." or _is_dash(letter):
            word += letter
        elif unicodedata.category(letter) == "Cf":
            continue
        elif word:
            words.append(fold(word))
            word = ""
    return (*words, fold(word)) if word else tuple(words)


def runs_of_words(text: str, longest: int) -> set[tuple[str, ...]]:
    """Every run of neighbouring words in a text, up to so many, to look up whole candidates in (M6)."""
    words = folded_words(text)
    ends = {start: min(len(words), start + longest) for start in range(len(words))}
    return {words[start:end] for start, last in ends.items() for end in range(start + 1, last + 1)}


def nearest(reference: str, candidates: Iterable[str], count: int = 3) -> list[str]:
    """The candidates most like a reference, the most alike first, for evidence only."""
    folded: dict[str, str] = {}
    for candidate in sorted(set(candidates)):
        folded.setdefault(fold(candidate), candidate)
    return [
        folded[one] for one in difflib.get_close_matches(fold(reference), list(folded), count, 0.5)
    ]
