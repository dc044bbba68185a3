"""The benchmarks keep names of modules, functions and tests as text: each of them is still there, and CI starts all of them."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest
from benchmarks import smallest, writers

TESTS = Path(__file__).resolve().parent
BENCHMARKS = TESTS / "benchmarks"


def constant(name: str):
    """A constant of mutants.py, which imports libraries that are not installed here."""
    tree = ast.parse((BENCHMARKS / "mutants.py").read_text(encoding="utf-8"))
    (value,) = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    ]
    return ast.literal_eval(value)


@pytest.mark.parametrize("module", constant("MODULES"))
def test_the_modules_that_get_faults_are_there(module):
    importlib.import_module(f"reconcile.{module}")
    assert constant("NEAR")[module]


def test_the_tests_that_are_asked_are_there():
    asked = constant("TESTS")
    near = {stem for stems in constant("NEAR").values() for stem in stems}
    assert near <= set(asked)
    assert not [stem for stem in asked if not (TESTS / f"{stem}.py").is_file()]
    assert set(constant("NEAR")) == set(constant("MODULES"))


@pytest.mark.parametrize(("stage", "module", "function"), writers.STAGES)
def test_the_functions_that_are_timed_are_there(stage, module, function):
    assert callable(getattr(importlib.import_module(module), function))


def test_every_benchmark_is_started_by_ci():
    programs = {path.name for path in BENCHMARKS.glob("*.py")} - {"smallest.py"}
    assert programs == {*smallest.SMALLEST, *smallest.STARTED_BY_OTHERS}
    ci = (TESTS.parent / ".ci" / "run").read_text(encoding="utf-8")
    assert "tests/benchmarks/smallest.py" in ci
