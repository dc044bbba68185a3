"""Every animal of the zoo, through the whole program: refused by name, listed, or read right; and no harm done.

README's command runs animals together where each can be told by itself, RECONCILE_TESTS=full each alone.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter

import pytest

if os.name == "nt":
    pytest.skip(
        "forks a process for each run, which Windows does not have", allow_module_level=True
    )

from hostile.unharmed import Results, kept_in, words_of
from hostile.zoo import REFUSED, apart, cages, make, surprises, write_practice
from hostile.zoo_animals import ANIMALS
from made.depth import FULL

# Run with the lowest versions of the libraries too: what ended otherwise with an older calamine, what else rests on how
# calamine reads a workbook, and what rests on how pyarrow reads a CSV.
BY_LIBRARIES = frozenset(
    "packed-by-a-method-of-2031 a-sheet-outside-of-the-folder sheet-named-by-a-way-around sheet-named-by-a-dot "
    "missing-shared-strings a-string-that-is-not-there unique-count-of-billions parts-with-backslashes "
    "rows-in-another-order nul-by-its-escape escape-by-its-escape kind-by-an-escape "
    "half-of-a-pair-by-its-escape strict-open-xml texts-in-two-fonts days-from-1904 days-of-iso "
    "cells-without-their-places "
    "lone-quote-opens-a-cell mixed-line-ends encoding-windows-1252 ten-thousand-columns a-sum-beyond-64-bits".split()
)
CAGES = [(animal,) for animal in ANIMALS] if FULL else cages(ANIMALS)
CASES = [
    pytest.param(
        one,
        id=" ".join((one[0].name, f"and {len(one) - 1} more" if one[1:] else "")).strip(),
        marks=() if BY_LIBRARIES & {animal.name for animal in one} else pytest.mark.long,
    )
    for one in CAGES
]


@pytest.fixture(scope="module")
def evening(server, tmp_path_factory):
    """The folder of a practice that has run once, and what it gives again.

    What is read is read without the history, which takes a fifth of a run: zoo_run.py runs it with.
    """
    folder = tmp_path_factory.mktemp("evening")
    write_practice(folder / "in")
    assert server.run(folder, *words_of("in")).code == 10
    again = shutil.copytree(folder, tmp_path_factory.mktemp("again") / "it")
    assert server.run(again, *words_of("in", history=False)).code == 10
    shutil.rmtree(folder / "in")
    return folder, Results.read(again)


@pytest.mark.deep
@pytest.mark.parametrize("cage", CASES)
def test_an_animal_ends_as_expected_and_does_no_harm(cage, server, evening, tmp_path):
    folder, healthy = evening
    here = shutil.copytree(folder, tmp_path / "it")
    cage, one = apart(cage), cage[0]
    make(cage, here / "in")
    before = kept_in(here)
    words = words_of(*one.paths, formats=one.formats, history=one.expected == REFUSED)
    ended = server.run(here, *words, bound=one.bound)
    assert surprises(cage, ended, here, before, healthy) == [], {
        animal.file: animal.name for animal in cage
    }


def test_no_two_animals_have_one_name_and_there_are_enough_of_them():
    names = Counter(animal.name for animal in ANIMALS)
    assert len(ANIMALS) >= 120 and max(names.values()) == 1


def test_what_is_run_with_the_lowest_versions_is_in_the_zoo():
    assert BY_LIBRARIES <= {animal.name for animal in ANIMALS}
