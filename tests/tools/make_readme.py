"""Fills the blocks of README.md that the program itself says: `python tests/tools/make_readme.py`; test_readme holds them to it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE.parent))
README = HERE.parent / "README.md"
GOLDEN = HERE / "golden"


def block(name: str) -> str:
    """What stands in a marked block."""
    text = README.read_text(encoding="utf-8")
    return re.search(rf"<!-- block: {name} -->\n```\w+\n(.*?)```", text, re.DOTALL)[1].strip("\n")


def one_fix() -> str:
    """The fix that mends most invoices, as a reader sees it."""
    fixes = json.loads((GOLDEN / "fixlist.json").read_text(encoding="utf-8"))["fixes"]
    fix = max(fixes, key=lambda one: (len(one["invoices"]), one["id"]))
    lines = [
        f"{fix['id']}  {fix['title']}",
        f"{fix['why']} {fix['minutes']} minutes, due {fix['due']}, {fix['owner']}",
        "",
    ]
    lines += [f"{action['n']:>2}  {action['text']}" for action in fix["actions"]]
    return "\n".join(lines)


def golden(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="utf-8").strip()


def shown() -> dict[str, str]:
    """What stands in each marked block that the program says."""
    whatif = "\n".join(golden(f"whatif-{name}.txt") for name in ("adhoc", "job", "invoice", "fix"))
    return {
        "summary": golden("summary.txt"),
        "fix": one_fix(),
        "explain": golden("explain-invoice.txt"),
        "whatif": whatif,
    }


def causes_table() -> str:
    from reconcile.rules.causes import CAUSES

    rows = sorted(CAUSES, key=lambda cause: int(cause.id[1:]))
    return "\n".join(f"| {cause.id} | `{cause.finding}` | {cause.words} |" for cause in rows)


def main() -> None:
    text = README.read_text(encoding="utf-8")
    for name, content in shown().items():
        pattern = rf"(<!-- block: {name} -->\n```\w+\n).*?(```)"
        text = re.sub(
            pattern,
            lambda match, content=content: match[1] + content + "\n" + match[2],
            text,
            flags=re.DOTALL,
        )
    pattern = r"(<!-- table: causes -->\n\|[^\n]*\n\|[^\n]*\n).*?(\n\n)"
    text = re.sub(
        pattern, lambda match: match[1] + causes_table() + match[2], text, flags=re.DOTALL
    )
    README.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
