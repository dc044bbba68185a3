"""Every animal of the zoo, through the whole program: refused by name, listed, or read right; and no harm done."""

from __future__ import annotations

import os
import shutil
from collections import Counter

import pytest

if os.name == "nt":
    pytest.skip("forks a process for each run, which Windows does not have", allow_module_level=True)

from unharmed import Results, Server, kept_in, words_of
from zoo import REFUSED, cages, make, surprises, write_practice
from zoo_animals import ANIMALS

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def server():
    server = Server()
    yield server
    server.close()


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


@pytest.fixture(scope="module")
def told(server, evening, tmp_path_factory):
    """What is told of an animal: the surprises of its run, which it may share with one other."""
    folder, healthy = evening
    cage_of = {animal.name: cage for cage in cages(ANIMALS) for animal in cage}
    known: dict[str, list[str]] = {}

    def tell(animal):
        cage = cage_of[animal.name]
        if cage[0].name not in known:
            here = shutil.copytree(folder, tmp_path_factory.mktemp("zoo") / "it")
            make(cage, here / "in")
            before = kept_in(here)
            words = words_of(*animal.paths, formats=animal.formats, history=animal.expected == REFUSED)
            ended = server.run(here, *words, bound=animal.bound)
            known[cage[0].name] = surprises(cage, ended, here, before, healthy)
        return known[cage[0].name]

    return tell


@pytest.mark.parametrize("animal", ANIMALS, ids=lambda animal: animal.name)
def test_an_animal_ends_as_expected_and_does_no_harm(animal, told):
    assert told(animal) == []


def test_no_two_animals_have_one_name_and_there_are_enough_of_them():
    names = Counter(animal.name for animal in ANIMALS)
    assert len(ANIMALS) >= 120 and max(names.values()) == 1
