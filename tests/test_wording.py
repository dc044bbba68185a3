"""How much of a list is shown, and how many more there are."""

import pytest

from reconcile.wording import and_more, some_of


@pytest.mark.parametrize(
    ("count", "shown", "form", "words"),
    [
        (0, 5, "", ""),
        (5, 5, "", ""),
        (6, 5, "", " and 1 more"),
        (1239, 5, "", " and 1234 more"),
        (1239, 5, ",", " and 1,234 more"),
    ],
)
def test_what_is_not_shown_is_counted(count, shown, form, words):
    assert and_more(count, shown, form) == words


def test_the_first_of_some_texts_are_shown():
    assert some_of([]) == ""
    assert some_of("abcde") == "a, b, c, d, e"
    assert some_of("abcdef") == "a, b, c, d, e and 1 more"
    assert some_of("abc", 2, "; ") == "a; b and 1 more"
