"""What is proved holds: alone, all together, and stopped at any point, in a replay of the whole practice.

The replay is `nights`, which is not the program's. `python tests/laws/test_proof_laws.py 0 2000` asks more seeds.
Source: contract.md "proof.status", "Proofs hold ...", "Nothing that was right moves"; rules.md section 3, its order.
"""

from __future__ import annotations

import pytest
from laws.nights import Nights, pass_by
from made.depth import seeds

pytestmark = [pytest.mark.long, pytest.mark.deep]
SEEDS = seeds(40, 200)


def ways(fixes):
    """Every sequence of actions that is promised to work: a fix's own, and each proved option's."""
    for fix in fixes:
        if fix.choices is None:
            yield fix, fix.proof, fix.actions
        for option in fix.choices or ():
            yield fix, option.proof, option.actions


def right_now(result):
    """The invoices that are right, by number: nothing may move them."""
    ledger = result.findings.ledger
    return set(
        ledger.loc[
            ledger["outcome"].isin(["ok", "wait"]) & (ledger["kind"] == "invoice"), "invoice_no"
        ]
    )


def spots(landings):
    return {landing.invoice_no: (landing.place, landing.job_no) for landing in landings}


def broken_alone(made, result):
    """Each proved way alone: its invoices land as promised after its nights, and what is right stays right."""
    right, still = right_now(result), {nights: pass_by(made, nights) for nights in (1, 2, 3)}
    for fix, proof, actions in ways(result.fixes):
        if proof.status != "proved":
            continue
        world, slept = Nights(made), 0
        for action in actions:
            wrong = world.do(action)
            if wrong:
                yield fix, wrong
            slept += action.do == "wait-overnight"
        while slept < max(proof.nights, 1):
            world.sleep()
            slept += 1
        for number, spot in spots(proof.lands).items():
            if world.spot(number) != spot:
                yield fix, f"{number} is promised to {spot}, and is on {world.spot(number)}"
        for number in right - set(fix.invoices):
            if world.spot(number) != still[slept].spot(number):
                yield fix, f"{number} was right, and is on {world.spot(number)}"


def broken_together(made, result):
    """All proved fixes on one day: after two nights everything is home, and what is right stays right."""
    world = Nights(made)
    proved = [fix for fix in result.fixes if fix.proof.status == "proved"]
    waiting = [list(fix.actions) for fix in proved]
    home = [0]
    for _ in range(2):
        for actions in waiting:
            while actions and actions[0].do != "wait-overnight":
                wrong = world.do(actions.pop(0))
                if wrong:
                    yield wrong
            del actions[:1]
        world.sleep()
        lands = {number: spot for fix in proved for number, spot in spots(fix.proof.lands).items()}
        home.append(sum(world.spot(number) == spot for number, spot in lands.items()))
    for number, spot in lands.items():
        if world.spot(number) != spot:
            yield f"{number} is promised to {spot}, and is on {world.spot(number)}"
    still = pass_by(made, 2)
    for number in right_now(result) - set(lands):
        if world.spot(number) != still.spot(number):
            yield f"{number} was right, and is on {world.spot(number)}"
    ahead = result.forecast
    if [ahead.after_tonight, ahead.after_tonight + ahead.after_tomorrow] != home[1:]:
        yield f"forecast {ahead}, and {home[1:]} are home"


def broken_when_stopped(made, result):
    """After any number of a fix's actions, and a night, no invoice is worse off.

    Worse: it was where it belongs and is not, or it was in XPM and does not come back.
    """
    right = right_now(result)
    start, still = Nights(made), {nights: pass_by(made, nights) for nights in range(5)}
    for fix, proof, actions in ways(result.fixes):
        if fix.choices is not None and proof.status != "proved":
            continue
        for stop in range(len(actions)):
            world, slept = Nights(made), 1
            for action in actions[:stop]:
                world.do(action)
                slept += action.do == "wait-overnight"
            world.sleep()
            for number, before in start.spots.items():
                gone = world.spot(number)[0] == "absent" and fix.cause != "T22"
                if gone and before != ("absent", ""):
                    yield fix, f"stopped after {stop} actions {number} is not in XPM"
            for number in right:
                if world.spot(number) != still[slept].spot(number):
                    yield fix, f"stopped after {stop} actions {number} is on {world.spot(number)}"
            for number, spot in spots(proof.lands).items():
                if proof.status == "proved" and start.spot(number) == spot != world.spot(number):
                    yield (
                        fix,
                        f"stopped after {stop} actions {number} is on {world.spot(number)}, and was home",
                    )


def in_words(found):
    return [
        f"{one[0].id} {one[0].cause} {one[1]}" if isinstance(one, tuple) else one for one in found
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_proved_fix_is_right_alone(seed, decided):
    assert not in_words(broken_alone(*decided(seed)))


@pytest.mark.parametrize("seed", SEEDS)
def test_all_proved_fixes_are_right_together(seed, decided):
    assert not in_words(broken_together(*decided(seed)))


@pytest.mark.parametrize("seed", SEEDS)
def test_stopped_at_any_point_no_invoice_is_worse_off(seed, decided):
    assert not in_words(broken_when_stopped(*decided(seed)))


def ask_seeds(first, last):
    """Every law over a range of seeds; what is broken, and how many fixes were asked."""
    import collections
    import tempfile
    from pathlib import Path

    from conftest import decide_practice

    counts = collections.Counter()
    for seed in range(first, last):
        with tempfile.TemporaryDirectory() as folder:
            made, result = decide_practice(seed, Path(folder))
        counts["practices"] += 1
        counts.update(f"{fix.proof.status}" for fix in result.fixes)
        counts.update(
            f"proved after {fix.proof.nights}" for fix in result.fixes if fix.proof.nights
        )
        for law in (broken_alone, broken_together, broken_when_stopped):
            for words in in_words(law(made, result)):
                counts["broken"] += 1
                print(f"seed {seed} {law.__name__}: {words}")
    print(dict(counts))


if __name__ == "__main__":
    import sys

    ask_seeds(int(sys.argv[1]), int(sys.argv[2]))
