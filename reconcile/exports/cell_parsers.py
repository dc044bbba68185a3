"""One cell's text to a value, or to words about what is wrong with it; each distinct text of a column once.

A workbook's cells come with their kind as a first character (CELL_KINDS), since a number and a text that looks like one
are different things there; a CSV's cells are plain text. Nothing is ever guessed: what is not understood is a fault.
Source: rules.md section 5.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.exports.readers.cell_kinds import (
    BOOLEAN_MARK,
    CELL_KINDS,
    DATE_MARK,
    DURATION_MARK,
    ERROR_MARK,
    NUMBER_MARK,
    plain_text,
)

UNITS_PER_CENT = 100  # amounts are parsed to ten-thousandths, the finest that Xero writes, before they are rounded
EPOCH = dt.date(1970, 1, 1).toordinal()
NO_DATE = np.datetime64("NaT", "D")

MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may may|jun june|jul july|aug august|sep sept september|"
        "oct october|nov november|dec december".split("|"),
        start=1,
    )
    for name in names.split()
}
EXCEL_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")


@dataclass(frozen=True)
class Parsed:
    """What each distinct text of a column means: `values`, the fault in words (empty for none), and a remark.

    Attributes:
        as_found: each value is its text, so that no two are the same.
    """

    values: np.ndarray
    faults: np.ndarray
    remarks: np.ndarray
    as_found: bool = False


def _no_words(count: int) -> np.ndarray:
    return np.full(count, "", dtype=object)


def is_blank(text: str) -> bool:
    """Whether a text has nothing to read: only spaces of any kind and characters without width."""
    return all(letter.isspace() or unicodedata.category(letter) in ("Cf", "Cc") for letter in text)


# Identifiers ------------------------------------------------------------------------------------------------------


def read_identifiers(texts: pa.StringArray, *, strip: bool) -> Parsed:
    """Identifiers stay text, to the letter; only what Excel has damaged beyond repair is a fault.

    Args:
        texts: distinct cell texts.
        strip: whether outer spaces are laid off (invoice and job numbers) or count (references, names: M5, C1).

    Source: rules.md M5, C1 and section 5, "Damage done by Excel".
    """
    values = texts.to_numpy(zero_copy_only=False)
    faults, remarks = _no_words(len(texts)), _no_words(len(texts))
    ordinary = pc.match_substring_regex(texts, r"^[A-Za-z0-9]([ -~]*[!-~])?$")
    scientific = pc.match_substring_regex(texts, r"^\d([.,]\d+)?[Ee]\+?\d+$")
    unusual = pc.invert(pc.and_not(ordinary, scientific)).to_numpy(zero_copy_only=False)
    for at in np.flatnonzero(unusual):
        raw = values[at]
        text = plain_text(raw)
        faults[at] = _identifier_fault(raw, text)
        remarks[at] = _odd_characters(text)
        text = "" if is_blank(text) else text
        values[at] = text.strip() if strip else text
    return Parsed(values, faults, remarks, as_found=not unusual.any())


_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)


def _identifier_fault(raw: str, text: str) -> str:
    kind, bare = raw[:1], text.strip()
    if kind == ERROR_MARK or bare.upper() in EXCEL_ERRORS:
        return "an error of Excel's instead of a text"
    if kind in (DATE_MARK, DURATION_MARK):
        return "a date, which Excel made of the text"
    if kind == BOOLEAN_MARK:
        return "TRUE or FALSE instead of a text"
    if _SCIENTIFIC.fullmatch(bare) and (kind == NUMBER_MARK or "+" in bare):
        return "a long number in scientific notation, whose last digits Excel has lost"
    if "\ufffd" in text:
        return "a character that was lost when the file was saved"
    return ""


_MIXED = re.compile(
    "[A-Za-z][\u0370-\u052f]|[\u0370-\u052f][A-Za-z]"
)  # Latin beside Greek or Cyrillic, in one word
_LOOKALIKES = {"\u00a0": "a non-breaking space", "\u202f": "a narrow non-breaking space"}


def _odd_characters(text: str) -> str:
    if text.isascii() and text.isprintable():
        return ""
    odd = []
    for letter in dict.fromkeys(text):
        category = unicodedata.category(letter)
        if letter in _LOOKALIKES:
            odd.append(_LOOKALIKES[letter])
        elif category == "Cf":
            odd.append("a character without width")
        elif category == "Cc":
            odd.append("a line break or control character")
        elif (category == "Pd" and letter != "-") or letter == "\u2212":
            odd.append(f"{unicodedata.name(letter).lower()} instead of a hyphen")
    if _MIXED.search(text):
        odd.append("letters of two alphabets that look alike")
    return ", ".join(dict.fromkeys(odd))


# Words ------------------------------------------------------------------------------------------------------------


def read_words(texts: pa.StringArray) -> Parsed:
    """Plain words (states, names of people), without outer spaces."""
    values, faults = [], _no_words(len(texts))
    for at, raw in enumerate(texts.to_pylist()):
        text = plain_text(raw).strip()
        if (
            raw[:1] == ERROR_MARK or text.upper() in EXCEL_ERRORS
        ):  # in a CSV an error is a text like others
            faults[at] = "an error of Excel's instead of a text"
        values.append(text)
    return Parsed(np.array(values, dtype=object), faults, _no_words(len(texts)))


# Money ------------------------------------------------------------------------------------------------------------

_FORMATTED = r"^(-?\$?|\$-?|\()\$?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?\)?$"
_PLAIN = r"^-?(\d{1,14}(\.\d{0,4})?|\.\d{1,4})$"
_MANY_DECIMALS = re.compile(r"-?\d{0,14}\.\d+")
_TINY = re.compile(
    NUMBER_MARK + r"-?\d(\.\d+)?e-\d+"
)  # what is left of a sum in a workbook's binary numbers: nothing


def read_money(texts: pa.StringArray, *, decimal_comma: bool) -> Parsed:
    """Amounts as ten-thousandths of the currency's unit, exact; blank is not a number (`values` is masked by faults).

    Args:
        texts: distinct cell texts: `1,234.50`, `$1,234.50`, `-$5.00`, `(31.39)`, `10900.0000`, `.00`.
        decimal_comma: whether `1100,00` is meant (only where the file's separator is a semicolon).

    Returns:
        values: int64 ten-thousandths, and MISSING_MONEY where the cell is blank or at fault.

    Source: rules.md section 5.
    """
    marked = pc.match_substring_regex(
        texts, f"^[{DATE_MARK}{DURATION_MARK}{BOOLEAN_MARK}{ERROR_MARK}]"
    ).to_numpy(zero_copy_only=False)
    plain = pc.utf8_ltrim(texts, "".join(CELL_KINDS))
    bare = pc.utf8_trim_whitespace(
        pc.if_else(pc.match_substring_regex(texts, f"^{_TINY.pattern}$"), "0", plain)
    )
    if decimal_comma:
        bare = _point_for_comma(bare)
    bare = _without_ornaments(bare)
    simple = pc.match_substring_regex(bare, _PLAIN)
    units = _scaled(pc.if_else(simple, bare, "0"))
    values = np.where(simple.to_numpy(zero_copy_only=False), units, MISSING_MONEY)
    faults, remarks = _no_words(len(texts)), _no_words(len(texts))
    for at in np.flatnonzero(values == MISSING_MONEY):
        text = bare[int(at)].as_py()
        if is_blank(text):
            continue
        if _MANY_DECIMALS.fullmatch(text):
            cents = (Decimal(text) * 100).quantize(Decimal(1), ROUND_HALF_UP)
            values[at] = int(cents) * UNITS_PER_CENT
            remarks[at] = _ROUNDED
        else:
            faults[at] = "not an amount of money"
    faults[marked] = "not an amount of money"
    values[marked] = MISSING_MONEY
    remarks[(values != MISSING_MONEY) & (values % UNITS_PER_CENT != 0)] = _ROUNDED
    return Parsed(values, faults, remarks)


_ROUNDED = "rounded to the cent"
MISSING_MONEY = np.int64(-(2**62))


def to_cents(units: np.ndarray) -> np.ndarray:
    """Ten-thousandths to cents, half a cent away from zero, as a clerk rounds."""
    half = UNITS_PER_CENT // 2
    return np.sign(units) * ((np.abs(units) + half) // UNITS_PER_CENT)


def _point_for_comma(bare: pa.Array) -> pa.Array:
    comma = pc.match_substring_regex(
        bare, r"^[-($]*\$?\d{1,3}(\.\d{3})*,\d+\)?$|^[-($]*\$?\d+,\d+\)?$"
    )
    if pc.any(
        comma
    ).as_py():  # where commas part the cents, a point before three digits parts thousands
        comma = pc.or_(comma, pc.match_substring_regex(bare, r"^[-($]*\$?\d{1,3}(\.\d{3})+\)?$"))
    swapped = pc.replace_substring(pc.replace_substring(bare, ".", ""), ",", ".")
    return pc.if_else(comma, swapped, bare)


def _without_ornaments(bare: pa.Array) -> pa.Array:
    """Dollar signs, commas between thousands and brackets for minus, where they stand as they should."""
    formatted = pc.and_(
        pc.match_substring_regex(bare, _FORMATTED), pc.match_substring_regex(bare, r"\d")
    )
    bracketed = pc.starts_with(bare, "(")
    closed = pc.ends_with(bare, ")")
    whole = pc.and_(formatted, pc.equal(bracketed, closed))
    digits = pc.replace_substring_regex(bare, r"[$,()]", "")
    signed = pc.if_else(bracketed, pc.binary_join_element_wise("-", digits, ""), digits)
    return pc.if_else(whole, signed, bare)


def _scaled(bare: pa.Array) -> np.ndarray:
    """Plain decimals of at most four places as int64 ten-thousandths, through exact decimals."""
    decimals = pc.cast(bare, pa.decimal128(20, 4))
    words = np.frombuffer(decimals.buffers()[1], dtype=np.int64)[: 2 * len(decimals)]
    return words[::2].copy()


# Dates ------------------------------------------------------------------------------------------------------------

_ISO = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?"
)
_WITH_MONTH = re.compile(
    r"(\d{1,2})[-/ .]([A-Za-z]{3,9})\.?[-/ ,]+(\d{4}|\d{2})(?: \d{1,2}:\d{2}(:\d{2})?(?: ?[AaPp][Mm])?)?"
)
_NUMERIC = re.compile(
    r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?: \d{1,2}:\d{2}(:\d{2})?(?: ?[AaPp][Mm])?)?"
)
_SERIAL = re.compile(r"\d{5}(\.\d+)?")


@dataclass(frozen=True)
class OrderEvidence:
    """What a column's texts say about the order of day and month: a text that proves each, and one that needs to know."""

    day_first: str
    month_first: str
    ambiguous: str


def date_order_evidence(texts: pa.StringArray) -> OrderEvidence:
    """Look for days above 12 among the d/m/y and m/d/y texts.

    Source: rules.md section 5; contract.md `--date-order`.
    """
    day_first = month_first = ambiguous = ""
    for text in texts.to_pylist():
        match = _NUMERIC.fullmatch(text.strip())
        if not match:
            continue
        one, two = int(match[1]), int(match[3])
        if 31 >= one > 12 >= two:
            day_first = day_first or text.strip()
        elif 31 >= two > 12 >= one:
            month_first = month_first or text.strip()
        elif one != two and one <= 12 and two <= 12:
            ambiguous = ambiguous or text.strip()
    return OrderEvidence(day_first, month_first, ambiguous)


def read_dates(texts: pa.StringArray, order: str) -> Parsed:
    """Dates of the forms that Xero and XPM write; days since 1970 as datetime64[D], NaT where blank or at fault.

    Args:
        texts: distinct cell texts.
        order: `dmy` or `mdy` for numeric dates; "" where nobody knows it.
    """
    values = np.full(len(texts), NO_DATE, dtype="datetime64[D]")
    faults = _no_words(len(texts))
    for at, raw in enumerate(texts.to_pylist()):
        if raw[:1] in (ERROR_MARK, NUMBER_MARK, BOOLEAN_MARK, DURATION_MARK) and not is_blank(
            plain_text(raw)
        ):
            faults[at] = _SERIAL_FAULT if raw[:1] == NUMBER_MARK else "not a date"
            continue
        text = plain_text(raw).strip()
        if is_blank(text):
            continue
        value = _date(text, order)
        if isinstance(value, str):
            faults[at] = value
        else:
            values[at] = np.datetime64(value.toordinal() - EPOCH, "D")
    return Parsed(values, faults, _no_words(len(texts)))


_SERIAL_FAULT = (
    "a serial number, Excel's inner form of a date; format the column as a date and export again"
)


def _date(text: str, order: str) -> dt.date | str:
    if match := _ISO.fullmatch(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _WITH_MONTH.fullmatch(text):
        year, month, day = _year(match[3]), MONTHS.get(match[2].casefold(), 0), int(match[1])
    elif match := _NUMERIC.fullmatch(text):
        one, two = int(match[1]), int(match[3])
        if not order and one != two and max(one, two) <= 12:
            return "day and month cannot be told apart"
        day, month = (one, two) if order == "dmy" else (two, one)
        year = _year(match[4])
    elif _SERIAL.fullmatch(text):
        return _SERIAL_FAULT
    else:
        return "not a date"
    try:
        value = dt.date(year, month, day)
    except ValueError:
        return "not a date"
    return value if 1950 <= value.year <= 2199 else "not a date of our time"


def _year(text: str) -> int:
    """Four digits as they are; two digits are 1980 to 2079."""
    year = int(text)
    return year if len(text) == 4 else (2000 + year if year < 80 else 1900 + year)
