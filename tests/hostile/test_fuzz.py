"""Damaged practices, by seed: each is refused, or read with every row accounted for; no crash, no hang, no loss.

The export doctor reads each damaged file; every tenth practice is run over as a whole. fuzz_run.py runs over all of any
range of seeds. What it found is a named case where the fault was.
"""

from __future__ import annotations

import hashlib
import os

import pytest
from hostile.fuzz import check_mutant, mutant, run_mutant, sound_files
from made.depth import seeds

IN_A_BATCH, WHOLE_RUN_EVERY = 10, 10
SEEDS = seeds(100, 500)

pytestmark = [pytest.mark.long, pytest.mark.deep]
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="the server of these tests forks")


@forks
@pytest.mark.parametrize("first", SEEDS[::IN_A_BATCH])
def test_a_damaged_practice_does_no_harm(server, first):
    harmed = {}
    for seed in range(first, first + IN_A_BATCH):
        made = mutant(seed)
        outcome = (check_mutant if seed % WHOLE_RUN_EVERY else run_mutant)(made, server)
        if outcome.harm:
            harmed[seed, made.damaged, made.steps] = outcome.harm
    assert harmed == {}


def test_a_seed_is_the_same_damage_every_time():
    def digest(seed):
        made = mutant(seed)
        return hashlib.sha256(b"".join(made.files.values())).hexdigest(), made.damaged, made.steps

    before = [digest(seed) for seed in range(20)]
    sound_files.cache_clear()
    assert [digest(seed) for seed in range(20)] == before and len(set(before)) == 20
