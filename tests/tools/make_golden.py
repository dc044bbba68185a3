"""Writes the golden files anew: `python tests/tools/make_golden.py`. Look at what changed (`git diff`) before you commit it."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE.parent))
GOLDEN = HERE / "golden"
SAMPLE = HERE.parent / "sample_data"
AS_OF = "2026-11-23"
OUT = "fixlist-sample"  # the folder that README's first command names


def run_sample(folder: Path) -> str:
    """The main job on the sample data, run beside the folder; returns the closing summary."""
    from reconcile.cli.main import main

    command = [
        "run",
        str(SAMPLE),
        "--config",
        str(SAMPLE / "reconcile.toml"),
        "--as-of",
        AS_OF,
        "--out",
        folder.name,
    ]
    with contextlib.chdir(folder.parent):
        result = CliRunner().invoke(main, command, catch_exceptions=False)
    assert result.exit_code == 10, result.output
    return result.stderr


# What README and the golden files show of explain and whatif: the file's name, and the words of the command.
ASKED = {
    "explain-invoice.txt": ["explain", "INV-2351"],
    "explain-choice.txt": ["explain", "INV-2366"],
    "explain-job.txt": ["explain", "J000662"],
    "whatif-adhoc.txt": ["whatif", "--set", "adhoc=all"],
    "whatif-job.txt": [
        "whatif",
        "--set",
        "job:J000648.state=In Progress",
        "--set",
        "job:J000674.client_order_no=PROP-0031",
    ],
    "whatif-invoice.txt": ["whatif", "--set", "invoice:INV-2323.reference=CLI-1407"],
    "whatif-fix.txt": ["whatif", "--fix", "FX-0019"],
}


def ask_sample(words: list[str]) -> str:
    """What explain or whatif says of the sample data."""
    from reconcile.cli.main import main

    command = [*words, str(SAMPLE), "--config", str(SAMPLE / "reconcile.toml"), "--as-of", AS_OF]
    result = CliRunner().invoke(main, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as above:
        folder = Path(above) / OUT
        summary = run_sample(folder)
        for path in folder.iterdir():
            if path.suffix != ".xlsx":
                shutil.copy(path, GOLDEN / path.name)
        (GOLDEN / "summary.txt").write_text(summary, encoding="utf-8", newline="\n")
    for name, words in ASKED.items():
        (GOLDEN / name).write_text(ask_sample(words), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
