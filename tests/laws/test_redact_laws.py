"""Made-up files get the verdicts of the originals, hold no word of them, and are the same each time."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from laws.practices import make_practice, write_exports
from made.depth import seeds
from made.files import write_workbook

from reconcile.exports.files.sources import find_sources
from reconcile.settings.model import read_settings
from reconcile.setup.first_settings import compose_nameless
from reconcile.support.redact import Redacted, read_files, redact_files
from reconcile.support.verify_redaction import Proof, compare_runs

pytestmark = [pytest.mark.long, pytest.mark.deep]
SEEDS = seeds(12, 60)


def redacted_and_proved(folder: Path, out: Path, as_of) -> tuple[Redacted, Proof]:
    """What `reconcile redact` does with a folder of exports and its settings."""
    settings = read_settings(folder / "reconcile.toml")
    sources = find_sources([str(folder)])
    redacted = redact_files(read_files(sources))
    out.mkdir()
    for name, content in redacted.files.items():
        (out / name).write_bytes(content)
    (out / "reconcile.toml").write_text(compose_nameless(settings), encoding="utf-8")
    made_up = find_sources([str(out / name) for name in redacted.files])
    both = settings, read_settings(out / "reconcile.toml")
    return redacted, compare_runs(sources, made_up, redacted.names, redacted.made.of, both, as_of)


def as_workbooks(folder: Path) -> None:
    """Turn the CSV files of a folder into workbooks of texts."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = [[cell or None for cell in row] for row in csv.reader(stream)]
        write_workbook(path.with_suffix(".xlsx"), {path.stem.replace("_", " ")[:31]: rows})
        path.unlink()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_verdict_is_the_same(seed, tmp_path):
    made = make_practice(seed)
    write_exports(made, tmp_path / "exports", seed)
    if seed % 30 == 5:
        as_workbooks(tmp_path / "exports")
    redacted, proof = redacted_and_proved(tmp_path / "exports", tmp_path / "out", made.as_of)
    assert proof.differing == () and proof.holds and proof.invoices >= 5
    names = {
        word.casefold()
        for job in made.practice.jobs
        for word in job.client.split()
        if len(word) > 4 and word.isalpha()
    }
    texts = "\n".join(
        content.decode("utf-8", "replace")
        for name, content in redacted.files.items()
        if name.endswith(".csv")
    )
    assert [name for name in sorted(names) if name in texts.casefold().replace("limited", "")] == []
    if seed in SEEDS[:3]:
        assert (
            redact_files(read_files(find_sources([str(tmp_path / "exports")]))).files
            == redacted.files
        )
