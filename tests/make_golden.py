"""Writes the golden files anew: `python tests/make_golden.py`. Look at what changed (`git diff`) before you commit it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
GOLDEN = HERE / "golden"
SAMPLE = HERE.parent / "sample_data"
AS_OF = "2026-11-23"


def run_sample(folder: Path) -> str:
    """The main job on the sample data; returns the closing summary."""
    from reconcile.cli import main

    command = ["run", str(SAMPLE), "--config", str(SAMPLE / "reconcile.toml"), "--as-of", AS_OF, "--out", str(folder)]
    result = CliRunner().invoke(main, command, catch_exceptions=False)
    assert result.exit_code == 10, result.output
    return result.stderr.replace(str(folder), "fixlist")


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        summary = run_sample(Path(folder))
        for path in Path(folder).iterdir():
            if path.suffix != ".xlsx":
                shutil.copy(path, GOLDEN / path.name)
        (GOLDEN / "summary.txt").write_text(summary, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
