"""The closed vocabularies are contract.md's, and every place has its words in every manner."""

import re

import pytest

from reconcile.rules.vocabulary import (
    CERTAINTIES,
    DOES,
    JOB_ROLES,
    OUTCOME_WORDS,
    OUTCOMES,
    PLACES,
    PROOF_STATUSES,
    RULES,
    place_words,
)

# contract.md "place", "outcome", "certainty", "do" (with "More actions"), "proof.status", "job role".
CONTRACT = [
    (PLACES, "`job` · `client` · `adhoc` · `skipped` · `absent` · `unknown`"),
    (OUTCOMES, "`ok` · `fix` · `wait` · `review` · `none`"),
    (CERTAINTIES, "`certain` · `likely` · `none`"),
    (
        DOES,
        "`set-client-order-no` · `set-job-state` · `set-reference` · `touch-invoice` · `approve-invoice` · `rename-contact` · "
        "`merge-contact` · `delete-client` · `delete-xpm-invoice` · `wait-overnight` · `change-setting` · `ask`",
    ),
    (PROOF_STATUSES, "`proved` · `needs-decision` · `cannot-prove`"),
    (JOB_ROLES, "`billing` · `non-billing` · `not-standard`"),
]


@pytest.mark.parametrize(("words", "contract"), CONTRACT)
def test_the_words_are_the_contracts(words, contract):
    assert list(words) == re.findall("`(.*?)`", contract)


def test_every_outcome_is_said_in_words():
    assert tuple(OUTCOME_WORDS) == OUTCOMES


@pytest.mark.parametrize(("rule", "words"), RULES.items(), ids=RULES)
def test_a_rule_is_one_sentence(rule, words):
    assert re.fullmatch(r"[A-Z]\d+", rule)
    assert words[0].isupper() and words.endswith(".")


# manner, place, what it is called with a job's number, and without one
CALLED = [
    ("cell", "job", "J1", "job"),
    ("cell", "client", "client", "client"),
    ("cell", "adhoc", "ad hoc J1", "ad hoc"),
    ("cell", "skipped", "skipped", "skipped"),
    ("cell", "absent", "absent", "absent"),
    ("cell", "unknown", "unknown", "unknown"),
    ("on", "job", "on J1", "on an ad hoc job"),
    ("on", "client", "on the client", "on the client"),
    ("on", "adhoc", "on J1", "on an ad hoc job"),
    ("on", "skipped", "passed by", "passed by"),
    ("on", "absent", "no longer in XPM", "no longer in XPM"),
    ("on", "unknown", "not known where", "not known where"),
    ("to", "job", "J1", ""),
    ("to", "client", "the client", "the client"),
    ("to", "adhoc", "J1", "a new ad hoc job"),
    ("to", "absent", "nothing: it is not in XPM", "nothing: it is not in XPM"),
    ("to", "unknown", "a place that nobody documents", "a place that nobody documents"),
    ("answer", "job", "J1", ""),
    ("answer", "client", "the client", "the client"),
    ("answer", "adhoc", "ad hoc job J1", "ad hoc job"),
    ("answer", "skipped", "passed by", "passed by"),
    ("answer", "absent", "not in XPM", "not in XPM"),
    ("answer", "unknown", "cannot be told", "cannot be told"),
    ("answer", "", "cannot be told", "cannot be told"),
    ("explained", "job", "J1", ""),
    ("explained", "client", "the client, as a miscellaneous invoice", "the client, as a miscellaneous invoice"),
    ("explained", "adhoc", "ad hoc job J1", "a new ad hoc job"),
    ("explained", "skipped", "passed by", "passed by"),
    ("explained", "absent", "not in XPM", "not in XPM"),
    ("explained", "unknown", "cannot be told", "cannot be told"),
    ("explained", "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("manner", "place", "with_job", "without"), CALLED)
def test_what_a_place_is_called(manner, place, with_job, without):
    assert (place_words(manner, place, "J1"), place_words(manner, place)) == (with_job, without)


def test_a_name_with_braces_is_a_name():
    assert place_words("to", "job", "J{of}1") == "J{of}1"
    assert place_words("explained", "client", client="{job}").startswith("the client {job},")


def test_the_rule_stands_behind_the_place_where_there_is_one():
    assert place_words("cell", "skipped", rule="E4") == "skipped (E4)"
    assert place_words("explained", "", rule="E4") == ""
