"""Who knows what day it is, what a child process may import, what has a docstring. Who may import whom is held by import-linter."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import reconcile

PACKAGE = Path(reconcile.__file__).resolve().parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "sample_data" not in path.parts)


def room_of(path: Path) -> str:
    """The module's first part under the package: `exports/xero.py` is exports."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_knows_today(path):
    text = path.read_text(encoding="utf-8")
    asks = any(
        call in text
        for call in ("date.today(", "datetime.now(", "time.time(", "Timestamp.now(", "utcnow(")
    )
    assert not asks or room_of(path) == "cli"


def test_the_child_that_opens_workbooks_imports_nothing_heavy():
    for name, lazily in (
        ("history/notes_child", {"openpyxl"}),
        ("support/xlsx_cells_child", {"openpyxl"}),
        ("exports/readers/xlsx_child", set()),
        ("exports/readers/cell_kinds", set()),
        ("exports/readers/zip_parts", set()),
        ("exports/recognise", set()),
        ("exports/columns", set()),
    ):
        tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
        heavy = {"pandas", "pyarrow", "numpy", "openpyxl", "click"}
        imported = {
            (node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name).split(
                "."
            )[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert not imported & heavy - lazily


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_public_functions_say_what_they_do_and_with_what(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or path.read_text(encoding="utf-8").startswith('"""'), (
        "a module without a docstring"
    )
    for node in tree.body:
        if (
            isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and node.name != "main"
        ):
            assert ast.get_docstring(node), f"{node.name} has no docstring"
            if room_of(path) != "cli":
                assert node.returns is not None, f"{node.name} does not say what it returns"


def test_there_are_no_drawers_for_odds_and_ends():
    assert not {path.stem for path in MODULES} & {
        "utils",
        "util",
        "helpers",
        "common",
        "misc",
        "managers",
    }
