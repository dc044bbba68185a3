"""The table of causes says what contract.md says: names, order, and only rules that exist."""

import ast
import re
from pathlib import Path

import pytest

import reconcile
from reconcile.fixes.repairs import REPAIRS
from reconcile.rules.causes import BEFORE_TONIGHT, CAUSES, FINDINGS, ORDER, WORDS

PACKAGE = Path(reconcile.__file__).resolve().parent

# contract.md "Finding names, one to one with causes".
NAMES = """
    T1 reference-blank · T2 reference-unknown · T3 reference-near-miss · T4 job-not-standard · T5 reference-shared ·
    T6 non-billing-job · T7 grouping-changed · T8 proposal-renewed · T9 other-clients-job · T10 contact-not-a-client ·
    T12 billing-client-diverts · T13 client-archived · T14 on-adhoc-job · T16 window-missed · T17 edited-after-import ·
    T18 number-reused · T19 period-locked · T20 not-approved · T21 credit-note · T22 voided-in-xero ·
    T24 waiting-for-sync · T25 only-in-xpm · T26 on-wrong-job · T27 on-client · T28 should-have-synced
"""
# contract.md "The list".
THE_LIST = (
    "T21 T22 T20 T25 T18 T26 T1 T3 T9 T10 T7 T8 T6 T2 T4 T5 T13 T12 T14 T27 T17 T19 T16 T28 T24"
)


def test_finding_names_are_the_contracts():
    assert dict(re.findall(r"(T\d+) ([a-z-]+)", NAMES)) == FINDINGS


def test_causes_are_asked_in_the_contracts_order():
    assert " ".join(sorted(ORDER, key=ORDER.get)) == THE_LIST


@pytest.mark.parametrize("cause", CAUSES, ids=[cause.id for cause in CAUSES])
def test_a_cause_is_said_in_words(cause):
    assert WORDS[cause.id]


def test_the_causes_of_a_reference_cost_a_delete_once_the_night_has_run():
    """contract.md "Not in XPM": valid_until is as_of where the cause is from T1 to T10."""
    assert BEFORE_TONIGHT == {f"T{number}" for number in range(1, 11)}


def test_every_cause_has_one_row_in_the_table_of_repairs():
    assert list(REPAIRS) == [cause.id for cause in CAUSES]


# Where an id may be written out: the table itself, and the two modules that decide which cause it is.
NAMING = {"rules/causes.py", "rules/belonging.py", "verdicts/verdicts.py"}


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix()
)
def test_elsewhere_a_cause_is_called_by_its_name(path):
    if path.relative_to(PACKAGE).as_posix() in NAMING:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docs
        and re.search(r"\bT\d{1,2}\b", node.value)
    ]
    assert found == []
