"""Columns of texts as numbers: where each text stands among others, which rows hold some words, what each word adds up to.

Texts are compared once, by pyarrow; what is asked of them afterwards is asked of small numbers. On a million rows a
comparison of texts takes milliseconds each time it is asked, and on a few rows pandas' own preparations take longer than all
the rest.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

NOWHERE = -1


def find_positions(keys: pd.Series | pd.Index, among: pd.Series | pd.Index) -> np.ndarray:
    """The position of each key among distinct texts, NOWHERE for none; several times as quick as an index of texts."""
    found = pc.index_in(as_texts(keys), as_texts(among))
    positions: np.ndarray = pc.fill_null(found, NOWHERE).to_numpy().astype("int64")
    return positions


def stands_twice(column: pd.Series) -> bool:
    """Whether some text stands in a column more than once."""
    return len(as_texts(column).dictionary_encode().dictionary) < len(column)


def take_texts(
    texts: Sequence[str] | np.ndarray, at: np.ndarray
) -> pd.api.extensions.ExtensionArray:
    """Texts by position as pandas' str, without an object for each."""
    return pd.array(pa.array(texts, pa.large_string()).take(pa.array(at)), dtype="str")


def as_list(column: pd.Series | pd.Index | pd.api.extensions.ExtensionArray) -> list[Any]:
    """The values of a column or array as Python's own. Arrow's texts come at once: pandas hands them out one by one, which
    takes most of the time in which few rows of a large table are looked at."""
    texts = isinstance(column.dtype, pd.StringDtype)
    values: list[Any] = column.to_numpy(dtype=object).tolist() if texts else column.tolist()
    return values


def records(table: pd.DataFrame) -> list[Any]:
    """The rows of a table as named tuples, the index as `Index` in front: what itertuples gives, several times as quick."""
    return list(
        map(
            _record_of(tuple(table.columns)),
            table.index.tolist(),
            *(as_list(table[name]) for name in table),
        )
    )


@cache
def _record_of(names: tuple[str, ...]) -> Callable[..., Any]:
    return namedtuple("Row", ("Index", *names))


def distinct_rows(table: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """The distinct rows of a table of texts, and for each of its rows the position among them.

    A practice has many invoices and few pairs of contact and Reference: what depends on texts alone is worked out once
    for each pair.
    """
    key = np.zeros(len(table), dtype=np.int64)
    for name in table:
        codes, texts = pd.factorize(table[name].array)
        key, _ = pd.factorize(key * len(texts) + codes)
    first = np.zeros(int(key.max()) + 1 if len(key) else 0, dtype=np.int64)
    first[key[::-1]] = np.arange(len(key))[::-1]
    return table.take(first).reset_index(drop=True), key


class Places(Mapping[str, list[int]]):
    """Where each different text of a column stands: a dict of lists, made in one go, and a list only for what is asked for."""

    def __init__(self, texts: pa.Array, at: np.ndarray | None = None):
        """Take a column in, with a number for each of its rows; the position where there is none. The lists keep its order."""
        encoded = texts.dictionary_encode()
        codes = encoded.indices.to_numpy()
        order = np.argsort(codes, kind="stable")
        self._at = order if at is None else at[order]
        self._ends = np.cumsum(np.bincount(codes, minlength=len(encoded.dictionary))).tolist()
        self._text = {text: n for n, text in enumerate(encoded.dictionary.to_pylist())}

    def __getitem__(self, text: str) -> list[int]:
        n = self._text[text]
        places: list[int] = self._at[self._ends[n - 1] if n else 0 : self._ends[n]].tolist()
        return places

    def __iter__(self) -> Iterator[str]:
        return iter(self._text)

    def __len__(self) -> int:
        return len(self._text)

    def __contains__(self, text: object) -> bool:
        return text in self._text


class Words:
    """A column of few different words, of which it is asked many times which rows hold some of them.

    Attributes:
        words: the different ones. codes: for each row the position of its word among them.
    """

    def __init__(self, column: pd.Series):
        encoded = as_texts(column).dictionary_encode()
        self.words: list[str] = encoded.dictionary.to_pylist()
        self.codes = encoded.indices.to_numpy()

    def are(self, *wanted: str) -> np.ndarray:
        """Which rows hold one of these words."""
        asked = set(wanted)
        rows: np.ndarray = np.array([word in asked for word in self.words] or [False])[self.codes]
        return rows


def counts_of(column: pd.Series) -> dict[str, int]:
    """How often each text stands in a column."""
    words = Words(column)
    return dict(
        zip(words.words, np.bincount(words.codes, minlength=len(words.words)).tolist(), strict=True)
    )


def sums_by(
    names: pd.Series, cents: pd.Series, rows: np.ndarray | None = None
) -> dict[str, tuple[int, int]]:
    """How many rows each name has and what they add up to, to the cent.

    Args:
        rows: which rows to count; all where it is None.
    """
    column = Words(names)
    codes, amounts = column.codes, cents.to_numpy(dtype="int64")
    if rows is not None:
        codes, amounts = codes[rows], amounts[rows]
    counts = np.bincount(codes, minlength=len(column.words))
    sums = np.zeros(len(column.words), dtype="int64")
    np.add.at(sums, codes, amounts)
    found = zip(column.words, counts.tolist(), sums.tolist(), strict=True)
    return {name: (count, total) for name, count, total in found if count}


def as_texts(column: pd.Series | pd.Index) -> pa.Array:
    """A column of texts as pyarrow's, in one piece; without a copy where it is in one already."""
    values = column.array
    texts = pa.array(
        values if isinstance(values.dtype, pd.StringDtype) else column.to_numpy(), pa.large_string()
    )
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
