"""Made-up practices, written as files, read and decided once for all the laws that look at them."""

from functools import cache

import pytest
from laws.practices import make_practice, write_exports

from reconcile.exports.files.sources import find_sources
from reconcile.pipeline import reconcile_practice
from reconcile.settings.model import read_settings


def decide_practice(seed, folder):
    """The practice of a seed, and what the program makes of its files, which are written to a folder."""
    made = make_practice(seed)
    write_exports(made, folder, seed)
    settings = read_settings(folder / "reconcile.toml")
    return made, reconcile_practice(find_sources([str(folder)]), settings, made.as_of)


@pytest.fixture(scope="session")
def decided(tmp_path_factory):
    """decided(seed): the practice of a seed, and what the program makes of its files."""

    @cache
    def decide_seed(seed):
        return decide_practice(seed, tmp_path_factory.mktemp("practice"))

    return decide_seed
