"""Texts as numbers: positions, few words, and sums to the cent."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from reconcile.text_columns import (
    NOWHERE,
    Places,
    Words,
    as_list,
    as_texts,
    counts_of,
    distinct_rows,
    find_positions,
    records,
    stands_twice,
    sums_by,
    take_texts,
)


def texts(*values):
    return pd.Series(values, dtype="str")


POSITIONS = [
    ("each where it stands", ["b", "a"], ["a", "b"], [1, 0]),
    ("none", ["c"], ["a", "b"], [NOWHERE]),
    ("to the letter", ["A", "a ", ""], ["a"], [NOWHERE] * 3),
    ("blank among them", [""], ["a", ""], [1]),
    ("no keys", [], ["a"], []),
    ("among nothing", ["a"], [], [NOWHERE]),
]


@pytest.mark.parametrize(
    ("keys", "among", "at"), [case[1:] for case in POSITIONS], ids=[case[0] for case in POSITIONS]
)
def test_positions(keys, among, at):
    for one in (texts(*among), pd.Index(among, dtype="str"), pd.Index(among, dtype=object)):
        assert find_positions(texts(*keys), one).tolist() == at


def test_positions_of_a_column_in_pieces():
    """As a table read in blocks, or put together of several, is."""
    column = pd.Series(
        pd.array(pa.chunked_array([["a", "b"], ["a", "c"]], pa.large_string()), dtype="str")
    )
    assert find_positions(column, column[1:].drop_duplicates()).tolist() == [1, 0, 1, 2]
    assert Words(column).are("a", "c").tolist() == [True, False, True, True]


def test_places_are_a_dict_of_lists():
    places = Places(as_texts(texts("b", "a", "", "b")))
    assert dict(places) == {"b": [0, 3], "a": [1], "": [2]} and len(places) == 3
    assert places.get("c", ()) == () and "c" not in places and "" in places


def test_places_with_numbers_of_ones_own_keep_the_order_given():
    assert dict(Places(as_texts(texts("b", "a", "b")), np.array([9, 7, 2]))) == {
        "b": [9, 2],
        "a": [7],
    }
    assert dict(Places(as_texts(texts()), np.array([], dtype="int64"))) == {}


@pytest.mark.parametrize(
    ("values", "twice"),
    [
        ((), False),
        (("a",), False),
        (("a", "A", "a "), False),
        (("a", "b", "a"), True),
        (("", ""), True),
    ],
)
def test_whether_some_text_stands_twice(values, twice):
    assert stands_twice(texts(*values)) is twice


def test_how_often_each_text_stands():
    assert counts_of(texts("b", "a", "b")) == {"a": 1, "b": 2}
    assert counts_of(texts()) == {}


def test_texts_by_position():
    taken = pd.Series(take_texts(("x", "", "ü"), np.array([2, 0, 0, 1])))
    assert taken.tolist() == ["ü", "x", "x", ""]
    assert taken.dtype == "str"


def test_rows_as_records_are_what_itertuples_gives():
    """Texts, numbers, flags and days, of a part of a table; and of none of its rows."""
    days = pd.Series(pd.to_datetime(["2026-11-02", None, "2026-11-04"])).astype("datetime64[s]")
    table = pd.DataFrame(
        {"no": texts("A", "", "ü"), "cents": [5, -1, 0], "paid": [True, False, True], "day": days}
    )
    for some in (table.take([2, 0]), table[:0]):
        expected = list(some.itertuples())
        assert [tuple(one) for one in records(some)] == [tuple(one) for one in expected]
        assert [one._fields for one in records(some)] == [one._fields for one in expected]
        assert [[type(value) for value in one] for one in records(some)] == [
            [type(value) for value in one] for one in expected
        ]
    assert records(table)[0].Index == 0
    assert records(table.take([2]))[0].Index == 2


def test_a_column_as_a_list_and_its_array_too():
    column = texts("b", "", "ü")
    assert as_list(column) == as_list(column.array) == ["b", "", "ü"]
    assert as_list(pd.Series([3, 1])) == [3, 1]


def test_distinct_rows_and_where_each_row_is_among_them():
    """More texts in one column than in the other, so that no two pairs may fall together."""
    table = pd.DataFrame({"contact": list("xyzxz"), "reference": list("pppqp")}, dtype="str")
    distinct, at = distinct_rows(table)
    assert distinct.to_dict("list") == {"contact": list("xyzx"), "reference": list("pppq")}
    assert at.tolist() == [0, 1, 2, 3, 2]
    assert len(distinct_rows(table[:0])[0]) == 0


ASKED = [
    ("one", ["ok"], [True, False, True, False]),
    ("several", ["ok", "fix"], [True, True, True, False]),
    ("one that is not there", ["wait"], [False] * 4),
    ("blank", [""], [False, False, False, True]),
    ("none", [], [False] * 4),
]


@pytest.mark.parametrize(
    ("words", "rows"), [case[1:] for case in ASKED], ids=[case[0] for case in ASKED]
)
def test_which_rows_hold_some_words(words, rows):
    assert Words(texts("ok", "fix", "ok", "")).are(*words).tolist() == rows
    assert Words(pd.Series(["ok", "fix", "ok", ""], dtype=object)).are(*words).tolist() == rows


def test_no_row_holds_a_word():
    assert Words(texts()).are("ok", "").tolist() == []


def test_sums_are_exact_and_of_the_asked_rows_alone():
    names, cents = texts("T1", "T2", "T1", "T1"), pd.Series([2**60, 5, 1, -7])
    assert sums_by(names, cents) == {"T1": (3, 2**60 - 6), "T2": (1, 5)}
    assert sums_by(names, cents, np.array([True, False, True, False])) == {"T1": (2, 2**60 + 1)}
    assert sums_by(texts(), pd.Series([], dtype="int64")) == {}
