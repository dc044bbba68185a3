"""The proof of redact: the run over the made-up files gives each row the verdict that the original has.

Only what earlier runs saw and what people typed is left out on both sides: no file of it is among the made-up ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from reconcile.errors import ReconcileError
from reconcile.exports.files.sources import Source
from reconcile.exports.tables import Exports, read_exports
from reconcile.settings.model import Settings
from reconcile.verdicts.verdicts import Findings, find
from reconcile.wording import and_more

VERDICTS = (
    "outcome cause finding certainty kind status now_place belongs_place tonight_place rule if_resynced_place "
    "if_resynced_rule invoice_date total_cents tax_cents"
).split()
IDS = "invoice_no reference contact now_job_no belongs_job_no tonight_job_no if_resynced_job_no".split()
OF_JOBS = ("role", "finding", "state_type", "created_on", "due_on")
_SHOWN = 20


@dataclass(frozen=True)
class Proof:
    """What the two runs gave.

    Attributes:
        invoices, jobs: how many verdicts were compared.
        differing: where they are not the same, by row of the made-up files; all of it where there is little.
        refused: why no verdicts could be compared; empty where they were.
    """

    invoices: int = 0
    jobs: int = 0
    differing: tuple[str, ...] = ()
    refused: str = ""

    @property
    def holds(self) -> bool:
        """Whether every verdict is the same."""
        return not self.differing and not self.refused


class _Run(NamedTuple):
    exports: Exports
    findings: Findings


def compare_runs(
    originals: Sequence[Source],
    made_up: Sequence[Source],
    names: Mapping[str, str],
    made: Callable[[str], str],
    settings: tuple[Settings, Settings],
    as_of: date,
) -> Proof:
    """Run over both, and compare the verdicts row by row.

    Args:
        names: label of an original -> that of its made-up file. made: text -> made-up text.
        settings: those of the practice, and those that are written along.
    """
    before, after = (
        _verdicts(sources, one, as_of)
        for sources, one in zip((originals, made_up), settings, strict=True)
    )
    if before is None or after is None:
        return _refused(before is None, after is None)
    differing = [
        *_invoices(before, after, names, made),
        *_jobs(before, after, names, made),
        *_problems(before, after, names),
    ]
    return Proof(len(before.findings.ledger), len(before.findings.jobs), _some(differing))


def _verdicts(sources: Sequence[Source], settings: Settings, as_of: date) -> _Run | None:
    """Read and decide as a run does; None where it refuses the files."""
    try:
        exports = read_exports(sources, settings)
    except ReconcileError:
        return None
    return _Run(exports, find(exports, settings, as_of))


def _refused(before: bool, after: bool) -> Proof:
    if before and after:
        return Proof(
            refused="a run refuses the exports, and it refuses the made-up ones too: there are no verdicts to compare"
        )
    if before:
        return Proof(
            refused="a run refuses the exports, but not the made-up ones: there are no verdicts to compare"
        )
    return Proof(differing=("a run refuses the made-up files, and not the exports",))


def _some(lines: Sequence[str]) -> tuple[str, ...]:
    more = and_more(len(lines), _SHOWN).strip()
    return (*lines[:_SHOWN], more) if more else tuple(lines)


def _invoices(
    before: _Run, after: _Run, names: Mapping[str, str], made: Callable[[str], str]
) -> list[str]:
    one, two = before.findings.ledger, after.findings.ledger
    return _rows("invoices", one, two, VERDICTS, IDS, names, made)


def _jobs(
    before: _Run, after: _Run, names: Mapping[str, str], made: Callable[[str], str]
) -> list[str]:
    one, two = before.findings.jobs, after.findings.jobs
    return _rows("jobs", one, two, OF_JOBS, ("job_no", "client", "client_order_no"), names, made)


def _rows(
    what: str,
    before: pd.DataFrame,
    after: pd.DataFrame,
    same: Sequence[str],
    ids: Sequence[str],
    names: Mapping[str, str],
    made: Callable[[str], str],
) -> list[str]:
    """What differs between two tables whose rows stand in the same order, row by row; ids by their made-up texts."""
    if len(before) != len(after):
        return [f"{len(after)} {what}, and of the originals {len(before)}"]
    columns = ["file", "row", *same, *ids]
    expected = before[columns].astype(object).where(before[columns].notna(), None)
    found = after[columns].astype(object).where(after[columns].notna(), None)
    lines = []
    for one, two in zip(expected.to_dict("records"), found.to_dict("records"), strict=True):
        place = {"file": names[one["file"]], "row": one["row"]}
        wanted: dict[str, Any] = {**one, **place, **{name: made(one[name] or "") for name in ids}}
        wrong = [name for name in columns if (two[name] or "") != (wanted[name] or "")]
        if wrong:
            told = ", ".join(
                f"{name} {two[name]} for {one[name]}" if name in same else name for name in wrong
            )
            lines.append(f"{two['file']} row {two['row']}: {told}")
    return lines


def _problems(before: _Run, after: _Run, names: Mapping[str, str]) -> list[str]:
    one = sorted(
        (names[problem.file], problem.row or 0, problem.set_aside)
        for problem in before.exports.problems
    )
    two = sorted(
        (problem.file, problem.row or 0, problem.set_aside) for problem in after.exports.problems
    )
    return (
        []
        if one == two
        else [
            f"{len(two)} problems of the input, and of the originals {len(one)}, or at other rows"
        ]
    )
