"""Who may import whom, who knows what day it is, and how long a module may grow (design's table, held against the code)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import reconcile

PACKAGE = Path(reconcile.__file__).resolve().parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "sample_data" not in path.parts)

EXPORTS = {"exports"}
DECIDING = ["coded", "references", "overnight", "belonging", "ledger", "findings", "actions", "proof", "repairs", "clashes", "fixes", "roots", "watch"]  # each may import those before it
MAY_IMPORT = {
    "errors": set(),
    "causes": set(),
    "console": {"words"},
    "words": set(),
    "private_files": set(),
    "toml_text": set(),
    "traces": set(),
    "settings_keys": set(),
    "settings": {"errors", "settings_keys", "toml_text"},
    "exports": {"exports", "coded", "errors", "settings", "words"},
    **{
        name: {*DECIDING[:at], "causes", "settings", "words"}
        for at, name in enumerate(DECIDING)
    },
    "notes": {"exports", "errors"},
    "trend": {"console", "history", "words"},
    "nightly": {"errors", "history", "logs", "notes", "notify", "pipeline", "reports", "traces", "turn"},
    "history": {"errors", "private_files"},
    "life": {"history", *DECIDING},
    "accepted": {"causes", "words", *DECIDING},
    "reports": {"reports", "notes", "causes", "coded", "errors", "private_files", "words", "__version__"},
    "explain": {"causes", "console", "errors", "words", *DECIDING},
    "settings_file": {"exports", "errors", "settings", "settings_keys", "toml_text"},
    "schedule": {"errors"},
    "whatif": {"console", "exports", "errors", "settings", "words", *DECIDING},
    "made_up": {"overnight", "references"},
    "redact": {"errors", "exports", "made_up", "reports"},
    "same_verdicts": {"console", "errors", "exports", "findings", "settings"},
    "summary": {"causes", "console", "exports", "words", *DECIDING},
    "pipeline": {"accepted", "history", "life", "exports", "causes", "errors", "settings", *DECIDING},
    "places": {"errors"},
    "crew": set(),
    "cluster": {"crew", "errors"},
    "worker": {"__version__", "errors", "exports", "logs", "nightly", "places", "reports", "settings", "summary", "traces"},
    "batch": {"__version__", "cluster", "crew", "errors", "places", "private_files", "reports", "settings", "turn", "worker"},
    "progress": {"console", "words"},
    "logs": {"private_files"},
    "notify": {"errors"},
    "turn": {"errors", "private_files"},
}
FREE = {"cli", "__main__", "__init__"}


def name_of(path: Path) -> str:
    """The module's first part under the package: `exports/sheets.py` is exports."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """The parts of our package that a module imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "reconcile" else [f"reconcile.{one.name}" for one in node.names]
        elif isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("reconcile.")}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_it_may(path):
    name = name_of(path)
    if name not in FREE:
        assert imports_of(path) <= MAY_IMPORT[name]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_knows_today(path):
    text = path.read_text(encoding="utf-8")
    asks = any(call in text for call in ("date.today(", "datetime.now(", "time.time(", "Timestamp.now(", "utcnow("))
    assert asks == (name_of(path) == "cli")


def test_the_child_that_opens_workbooks_imports_nothing_heavy():
    for name, lazily in (("results", {"openpyxl"}), ("whole_xlsx", {"openpyxl"}), ("xlsx", set()), ("recognise", set()), ("columns", set()), ("marks", set()), ("parts", set())):
        tree = ast.parse((PACKAGE / "exports" / f"{name}.py").read_text(encoding="utf-8"))
        heavy = {"pandas", "pyarrow", "numpy", "openpyxl", "click"}
        imported = {
            (node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert not imported & heavy - lazily


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_public_functions_say_what_they_do_and_with_what(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or path.read_text(encoding="utf-8").startswith('"""'), "a module without a docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name != "main":
            assert ast.get_docstring(node), f"{node.name} has no docstring"
            if path.name != "cli.py":
                assert node.returns is not None, f"{node.name} does not say what it returns"


def test_there_are_no_drawers_for_odds_and_ends():
    assert not {path.stem for path in MODULES} & {"utils", "util", "helpers", "common", "misc", "managers"}
