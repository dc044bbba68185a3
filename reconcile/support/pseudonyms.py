"""Made-up texts of the same form: every comparison that the program makes of two texts gives the same answer for theirs.

    texts --runs of letters, runs of digits--> tokens --_agree--> pieces --_draw--> a made-up piece for each --MadeUp.of--> texts

A piece is replaced wherever it stands, in capitals or not, with zeros before it or not, and all between the pieces (spaces,
dashes, brackets, characters without width) stays. Texts that the program forgives as one (`Blue Gum`, `BlueGum`) are cut at
the same letters. Pieces are drawn at random, so none can be worked out from its word; the same texts give the same.
Source: references.py, which says what is compared; rules.md M5, M6, G1, G2, L3.
"""

from __future__ import annotations

import itertools
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from reconcile.rules.overnight import AD_HOC
from reconcile.rules.references import family, fold, fold_name, folded_words, is_canonical

LETTERS, DIGITS, FIXED = "letters", "digits", "fixed"
# What every practice writes: a word of these tells nothing, and the program or its reader knows some of them.
KEPT = frozenset(
    "cli prop inv cn j job pty ltd limited inc llc co and the of total totals grand ad hoc adhoc".split()
)
_TRIES = 40
SCIENTIFIC = re.compile(r"\d([.,]\d+)?[Ee]\+?\d+")  # a number whose last digits Excel has lost
_PARTS = re.compile(r"\s*[,;]\s*")  # between the numbers of an invoice that is on several jobs
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
# A letter with its accents as signs of their own, a Korean syllable as its letters, or any one sign.
_CLUSTER = re.compile(
    r"(?s)[^\W_][\u0300-\u036f\u3099\u309a]+|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[\uff66-\uff9d][\uff9e\uff9f]|."
)
_CONSONANTS, _VOWELS = "bcdfghjklmnpqrstvwxz", "aeiouy"

# Letters by form; a letter is replaced by one of its own row. The first three rows are in Windows-1252 wholly.
_ROWS = (
    "àáâãäåçèéêëìíîïñòóôõöùúûüý",
    "æøðþœ",
    "šž",
    "āăąćĉċčďēĕėęěĝğġģĥĩīĭįĵķĺļľńņňōŏőŕŗřśŝşţťũūŭůűųŵŷźż",
    "łđħŧŋ",
    "ảạắằẳẵặấầẩẫậẻẽẹếềểễệỉịỏọốồổỗộơớờởỡợủụưứừửữựỳỷỹỵ",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "άέήίόύώ",
    "абвгдежзиклмнопрстуфхцчшщъыьэюя",
    "йёїў",
    "אבגדהוזחטיכלמנסעפצקרשת",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわを",
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲ",
    "がぎぐげござじずぜぞだぢづでどばびぶべぼ",
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボ",
)
_ROW_OF = {letter: row for row in _ROWS for letter in row}
_HANGUL = "".join(map(chr, range(0xAC00, 0xD7A4, 7)))
_IDEOGRAPHS = "".join(map(chr, range(0x4E00, 0x9F00, 3)))


class CannotMakeUp(Exception):
    """No made-up texts were found that compare as the texts do."""


# Taking texts apart ---------------------------------------------------------------------------------------------------


class _Unit(NamedTuple):
    """A letter or digit that is replaced, or anything else, which is not.

    Attributes:
        raw: as it stands in the text. folded: without capitals and kinds of writing.
        kind: LETTERS, DIGITS or FIXED. wide, apart: written as a full-width sign, or as letter and accent.
    """

    raw: str
    folded: str
    kind: str = FIXED
    upper: bool = False
    wide: bool = False
    apart: bool = False


class _Token(NamedTuple):
    """A run of letters or of digits: its key, and how many zeros stand before it."""

    kind: str
    key: str
    zeros: int
    units: tuple[_Unit, ...]


def _row_of(letter: str) -> str:
    """The letters of the same form; empty for one that is left as it is."""
    if "a" <= letter <= "z":
        return "abcdefghijklmnopqrstuvwxyz"
    if letter in _ROW_OF:
        return _ROW_OF[letter]
    if "\uac00" <= letter <= "\ud7a3":
        return _HANGUL
    if unicodedata.normalize("NFD", letter) != letter:
        return ""
    return _ROWS[4] if letter.upper() != letter else _IDEOGRAPHS


@lru_cache(maxsize=1 << 12)
def _unit(cluster: str) -> _Unit | None:
    """A letter with its accents, or a digit, as a unit that can be replaced; None for anything else."""
    plain = unicodedata.normalize("NFKC", cluster)
    if len(plain) != 1 or not plain.isalnum():
        return None
    wide, apart = cluster != plain and plain.isascii(), len(cluster) > 1
    if wide and ord(cluster[0]) - ord(plain) != 0xFEE0:
        return None
    if apart and unicodedata.normalize("NFD", plain) != cluster:
        return None
    if plain in "0123456789":
        return _Unit(cluster, plain, DIGITS, wide=wide)
    folded = plain.casefold()
    regular = (
        len(folded) == 1
        and plain in (folded, folded.upper())
        and folded.upper().casefold() == folded
    )
    if not (
        plain.isalpha() and regular and (wide or apart or plain == cluster) and _row_of(folded)
    ):
        return None
    return _Unit(cluster, folded, LETTERS, plain != folded, wide, apart)


def _fixed(raw: str) -> _Unit:
    shown = unicodedata.normalize("NFKC", raw).casefold()
    kept = "".join(
        letter for letter in shown if not letter.isspace() and unicodedata.category(letter) != "Cf"
    )
    return _Unit(raw, kept)


def _units(text: str) -> Iterator[_Unit]:
    if text.isascii():
        for letter in text:
            yield _unit(letter) or _fixed(letter)
        return
    for cluster in _CLUSTER.findall(text):
        yield _unit(cluster) or _fixed(cluster)


@lru_cache(maxsize=1 << 16)
def _tokens(text: str) -> tuple[_Token, ...]:
    """The text as tokens; what is not replaced is a token of its own."""
    found: list[_Token] = []
    run: list[_Unit] = []
    for unit in (*_units(text), _Unit("", "")):
        if run and (unit.kind != run[0].kind or unit.kind == FIXED):
            found.append(_token(run))
            run = []
        run.append(unit)
    return tuple(found)


def _token(run: Sequence[_Unit]) -> _Token:
    key = "".join(unit.folded for unit in run)
    bare = key.lstrip("0") if run[0].kind == DIGITS else key
    return _Token(run[0].kind, bare, len(key) - len(bare), tuple(run))


def _words(text: str) -> list[str]:
    """The words of a text as folded_words parts them, and its parts between commas."""
    words: list[str] = []
    word = ""
    for letter in (*text, " "):
        shown = unicodedata.normalize("NFKC", letter)
        if (
            shown.isalnum()
            or letter in "/."
            or unicodedata.category(letter) in ("Pd", "Cf", "Mn")
            or letter == "\u2212"
        ):
            word += letter
        elif word:
            words.append(word)
            word = ""
    return [*words, *_PARTS.split(text.strip())]


# Where tokens are cut --------------------------------------------------------------------------------------------------


@dataclass
class _Rule:
    """Where a token is cut, and which of its letters stay; the same wherever it stands."""

    cuts: set[int] = field(default_factory=set)
    fixed: set[int] = field(default_factory=set)

    def starts(self, at: int) -> bool:
        """Whether a piece begins at a letter."""
        return at == 0 or at in self.cuts or (at in self.fixed) != (at - 1 in self.fixed)

    def pieces(self, key: str) -> list[tuple[int, int, bool]]:
        """Begin, end and whether it stays, of each piece."""
        begins = [at for at in range(len(key)) if self.starts(at)]
        return [
            (begin, end, begin in self.fixed)
            for begin, end in zip(begins, [*begins, len(key)][1:], strict=True)
        ]


Rules = dict[tuple[str, str], _Rule]
_Place = (
    tuple[_Rule, int] | None
)  # the rule of a token and a letter in it; None for what is never replaced


def _stream(text: str, rules: Rules) -> list[tuple[str, _Place]]:
    """Every folded sign of a text, spaces left out, with its place in a token."""
    signs: list[tuple[str, _Place]] = []
    for token in _tokens(text):
        if token.kind == FIXED:
            signs += [(letter, None) for letter in token.units[0].folded]
            continue
        rule = rules[token.kind, token.key]
        signs += [("0", None)] * token.zeros
        signs += [(letter, (rule, at)) for at, letter in enumerate(token.key)]
    return signs


def _rules_for(items: Iterable[str]) -> Rules:
    """The rules for the tokens of some texts, so that texts which are forgiven as one are cut at the same letters."""
    rules: Rules = {}
    for text in items:
        for token in _tokens(text):
            if token.kind == FIXED:
                continue
            rule = rules.setdefault((token.kind, token.key), _Rule())
            if token.key in KEPT:
                rule.fixed = set(range(len(token.key)))
    streams = [_stream(text, rules) for text in items]
    for text, stream in zip(items, streams, strict=True):
        _keep_what_is_looked_for(text, stream)
    groups: dict[tuple[str, str], list[list[_Place]]] = defaultdict(list)
    for stream in streams:
        solid = "".join(sign for sign, _ in stream)
        zeros = {at for match in _LEADING_ZEROS.finditer(solid) for at in range(*match.span())}
        alnum = [at for at, (sign, _) in enumerate(stream) if sign.isalnum()]
        for name, places in (
            ("name", alnum),
            ("reference", [at for at in alnum if at not in zeros]),
        ):
            groups[name, "".join(stream[at][0] for at in places)].append(
                [stream[at][1] for at in places]
            )
    several = [group for group in groups.values() if len(group) > 1]
    while any([_agree(group) for group in several]):
        pass
    return rules


def _keep_what_is_looked_for(text: str, stream: list[tuple[str, _Place]]) -> None:
    """What the program looks for inside a text stays, however it is written: CLI and PROP at its begin, ad hoc."""
    letters = [(sign, place) for sign, place in stream if sign.isalnum()]
    of_family = family(text)
    if of_family in ("CLI", "PROP") and fold(text) != of_family.casefold():
        _fix(place for _, place in letters[: len(of_family)])
    if re.search(AD_HOC, text):
        solid = "".join(sign for sign, _ in letters)
        for match in re.finditer("adhoc", solid):
            _fix(place for _, place in letters[slice(*match.span())])


def _fix(places: Iterable[_Place]) -> None:
    for place in places:
        if place is not None:
            place[0].fixed.add(place[1])


def _agree(group: list[list[_Place]]) -> bool:
    """Cut the tokens of texts that are forgiven as one at the same letters; whether anything was new."""
    starts, stays = set(), set()
    for places in group:
        for at, place in enumerate(places):
            if place is None or place[0].starts(place[1]):
                starts.add(at)
            if place is None or place[1] in place[0].fixed:
                stays.add(at)
    new = False
    for places in group:
        for at, place in enumerate(places):
            if place is None:
                continue
            rule, letter = place
            if at in stays and letter not in rule.fixed:
                rule.fixed.add(letter)
                new = True
            if at in starts and not rule.starts(letter):
                rule.cuts.add(letter)
                new = True
    return new


# Drawing pieces ----------------------------------------------------------------------------------------------------------


def _pieces(rules: Rules) -> list[tuple[str, str]]:
    """Every piece that is replaced: its kind and its key, digits without the zeros before them."""
    found = set()
    for (kind, key), rule in rules.items():
        for begin, end, stays in rule.pieces(key):
            piece = key[begin:end].lstrip("0") if kind == DIGITS else key[begin:end]
            if piece and not stays:
                found.add((kind, piece))
    return sorted(found)


def _draw(rules: Rules, avoid: frozenset[str], draw: random.Random) -> dict[tuple[str, str], str]:
    """A made-up piece for each, no two the same, of the same length and of letters of the same form.

    The shorter ones first: what tokens that are cut become is known then, and is no made-up piece either.
    """
    made: dict[tuple[str, str], str] = {}
    used = {key for (_, key), rule in rules.items() if len(rule.fixed) == len(key)} | KEPT
    few: dict[
        int, list[str]
    ] = {}  # the short numbers that are left, those of the texts themselves first
    pieces = _pieces(rules)
    cut = [(kind, key) for (kind, key), rule in rules.items() if len(rule.pieces(key)) > 1]
    for length in sorted({len(piece) for _, piece in pieces}):
        used.update(_in_pieces(kind, key, rules, made) for kind, key in cut if len(key) == length)
        some = [(kind, piece) for kind, piece in pieces if len(piece) == length]
        for kind, piece in draw.sample(some, len(some)):
            new = (
                _drawn_number(piece, used, avoid, few, draw)
                if kind == DIGITS
                else _drawn_word(piece, used, avoid, draw)
            )
            used.add(new)
            made[kind, piece] = new
    return made


def _in_pieces(kind: str, key: str, rules: Rules, made: Mapping[tuple[str, str], str]) -> str:
    """What a token becomes."""
    new = ""
    for begin, end, stays in rules[kind, key].pieces(key):
        piece = key[begin:end]
        bare = piece.lstrip("0") if kind == DIGITS else piece
        new += piece if stays or not bare else piece[: len(piece) - len(bare)] + made[kind, bare]
    return new


def _drawn_word(piece: str, used: set[str], avoid: frozenset[str], draw: random.Random) -> str:
    for attempt in range(600):
        vowel = draw.random() < 0.5
        letters = []
        for letter in piece:
            row = _row_of(letter)
            if letter.isascii() and len(piece) > 2 and attempt < 200:
                row = _VOWELS if vowel else _CONSONANTS
            letters.append(draw.choice(row))
            vowel = not vowel
        word = "".join(letters)
        if (
            word not in used
            and (word not in avoid or (len(piece) < 3 and attempt > 100))
            and (word != piece or attempt > 400)
        ):
            return word
    raise CannotMakeUp


def _drawn_number(
    piece: str,
    used: set[str],
    avoid: frozenset[str],
    few: dict[int, list[str]],
    draw: random.Random,
) -> str:
    least = 10 ** (len(piece) - 1)
    if len(piece) > 4:
        for attempt in (
            itertools.count()
        ):  # where a practice has used nearly all numbers, one of its own is taken
            number = str(draw.randrange(least, 10 * least))
            if (
                number not in used
                and (number not in avoid or attempt > 50)
                and (number != piece or attempt > 5000)
            ):
                return number
    if len(piece) not in few:
        every = [str(number) for number in range(least, 10 * least) if str(number) not in used]
        draw.shuffle(every)
        few[len(piece)] = sorted(every, key=lambda number: number not in avoid)
    left = few[len(piece)]
    return left.pop() if left[-1] != piece or len(left) == 1 else left.pop(-2)


# Made-up texts -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MadeUp:
    """The made-up texts of some texts."""

    rules: Rules
    drawn: dict[tuple[str, str], str]

    def of(self, text: str) -> str:
        """The made-up text of one of the texts, or of a part of one between spaces or commas."""
        return "".join(self._written(token) for token in _tokens(text))

    def _written(self, token: _Token) -> str:
        if token.kind == FIXED:
            return token.units[0].raw
        new = _in_pieces(token.kind, token.key, self.rules, self.drawn)
        return "".join(map(_as_written, token.units, "0" * token.zeros + new))


def _as_written(unit: _Unit, letter: str) -> str:
    """A made-up letter or digit in the writing of the one that it replaces."""
    letter = letter.upper() if unit.upper else letter
    if unit.wide:
        return chr(ord(letter) + 0xFEE0)
    return unicodedata.normalize("NFD", letter) if unit.apart else letter


def make_up(
    texts: Iterable[str], seed: bytes, avoid: frozenset[str] = frozenset(), first_try: int = 0
) -> MadeUp:
    """Make up a text for each text, the same for the same texts and seed.

    Args:
        seed: of the random stream: what nobody knows who has not the texts.
        avoid: words that no made-up one may be; those of the texts themselves are avoided too.
        first_try: how many made-up worlds to pass over.

    Raises:
        CannotMakeUp: none was found that compares as the texts do.
    """
    whole = sorted(set(texts))
    items = sorted({item for text in whole for item in (text, *_words(text))})
    rules = _rules_for(items)
    avoid = avoid | {key for _, key in rules} | {piece for _, piece in _pieces(rules)}
    for attempt in range(first_try, first_try + _TRIES):
        draw = random.Random(seed + attempt.to_bytes(4))
        made = MadeUp(rules, _draw(rules, avoid, draw))
        if _compare_the_same(items, made):
            return made
    raise CannotMakeUp


# What the program compares, of one text each; two texts are the same for it where these are equal.
_COMPARED: tuple[Callable[[str], Any], ...] = (str, fold, fold_name, folded_words)
_ASKED: tuple[Callable[[str], Any], ...] = (
    is_canonical,
    lambda text: family(text) if family(text) in ("CLI", "PROP") else "",
    lambda text: re.search(AD_HOC, text) is not None,
    str.isspace,
    lambda text: "+" in text and SCIENTIFIC.fullmatch(text.strip()) is not None,
)


def _compare_the_same(items: Sequence[str], made: MadeUp) -> bool:
    """Whether two made-up texts are the same for the program exactly where the texts are, and are what the texts are."""
    new = [made.of(item) for item in items]
    for seen in _COMPARED:
        pairs = {(seen(item), seen(other)) for item, other in zip(items, new, strict=True)}
        if not len({one for one, _ in pairs}) == len({two for _, two in pairs}) == len(pairs):
            return False
    return all(
        asked(item) == asked(other)
        for item, other in zip(items, new, strict=True)
        for asked in _ASKED
    )
