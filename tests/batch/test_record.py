"""The record of a practice as a line of practices.jsonl: what is written is read back, and what is torn is none."""

import json

import pytest
from made.records import failed, record

from reconcile.batch.record import PracticeRecord

RAN = record(
    causes=[("fix", "T26", 1, 5_000), ("review", None, 2, 70)], warnings=("One.",), set_aside=1
)
FAILED = failed("jobs.csv: no header.", "xpm.csv: empty.", exit_code=75)
OF_EVERY = "practice place as_of exit_code error digest skipped seconds".split()
FIGURES = (
    "rows invoices cents outcomes causes at_risk_invoices at_risk_cents fixes minutes before_tonight "
    "needs_decision since problems set_aside warnings folder files"
).split()


def written(one):
    return json.loads(json.dumps(one.to_json()))


@pytest.mark.parametrize(
    "one", [RAN, FAILED, record(skipped=True)], ids=["ran", "failed", "skipped"]
)
def test_what_is_written_is_read_back(one):
    assert PracticeRecord.from_json(written(one)) == one


def test_the_form_for_programs():
    assert list(RAN.to_json()) == [*OF_EVERY[:-1], *FIGURES, "seconds"]
    assert list(FAILED.to_json()) == OF_EVERY
    entry = written(RAN)
    assert (entry["as_of"], entry["outcomes"]["fix"]) == (
        "2026-11-23",
        {"invoices": 1, "cents": 5_000},
    )
    assert entry["causes"][2] == {"outcome": "review", "cause": None, "invoices": 2, "cents": 70}
    assert (entry["error"], entry["warnings"]) == ([], ["One."])


@pytest.mark.parametrize("name", [*OF_EVERY, *FIGURES])
def test_a_record_without_one_of_its_values_is_none(name):
    entry = written(RAN)
    del entry[name]
    with pytest.raises(KeyError):
        PracticeRecord.from_json(entry)


@pytest.mark.parametrize("name", FIGURES)
def test_a_failed_one_needs_no_figures(name):
    assert name not in FAILED.to_json()
    assert PracticeRecord.from_json(written(FAILED) | {name: "?"}) == FAILED


@pytest.mark.parametrize(
    "changed",
    [
        {"outcomes": []},
        {"causes": [1]},
        {"causes": [{"outcome": "fix"}]},
        {"as_of": "soon"},
        {"error": 1},
    ],
    ids=str,
)
def test_a_record_of_another_form_is_none(changed):
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        PracticeRecord.from_json(written(RAN) | changed)


def test_what_a_later_version_adds_is_left_out():
    assert PracticeRecord.from_json(written(RAN) | {"weather": "fine"}) == RAN
