"""What people have said is not a problem: out of the counts, for as long as what they looked at is still the same.

    findings, fixes + what was said --take_out--> findings and fixes without it, and what was taken out

The facts are what a person saw when deciding: of each invoice its Reference, contact, amount, status, where XPM has it and
where it belongs; of each job its client, Client Order No. and state. When one of them changes, or an invoice joins, it is
back, and says what changed.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from reconcile.fixes.actions import Fix, altered
from reconcile.rules.causes import FINDINGS
from reconcile.rules.overnight import APPROVED
from reconcile.text_columns import NOWHERE, Words, find_positions, records
from reconcile.verdicts.verdicts import Findings
from reconcile.wording import money, on_one_line

NOT_A_PROBLEM_WORDS = "not a problem, as somebody typed in the workbook"
INVOICE_FACTS = ("Reference", "contact", "total", "status", "in XPM", "belongs")
JOB_FACTS = ("client", "Client Order No.", "state")
_LOOKED_AT = (  # the ledger's columns that facts and identities are made of
    "kind invoice_no contact reference total_cents status now_place now_job_no belongs_place belongs_job_no"
).split()
_LONGEST = 30_000  # letters of facts, since a cell holds 32,767; of more it can only be told whether they changed
_SHOWN = 3  # changes told in words
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":")
)  # json.dumps would make one for each fix


@dataclass(frozen=True)
class Counted:
    """Findings and fixes without what was said to be no problem; `accepted` are the fixes taken out."""

    findings: Findings
    fixes: tuple[Fix, ...]
    accepted: tuple[Fix, ...]


def take_out(findings: Findings, fixes: Sequence[Fix], said: Mapping[str, str]) -> Counted:
    """Take out of the counts what somebody said is not a problem, unless its facts have changed.

    Args:
        fixes: of fixes.plan.
        said: fix or invoice, by identity -> the facts that stood beside it then; "" where they are gone.

    Returns:
        Each fix with its `facts`, and in `back` what changed where it is back. The ledger has two more columns:
        `identity` and `facts` of the invoices that a person reviews without a fix ("" elsewhere); what was taken out has
        outcome none. A job loses its finding where that was only the accepted fixes'.
    """
    ledger = findings.ledger
    mended = {at: None for fix in fixes for at in fix.rows}
    reviewed = [
        at
        for at in np.flatnonzero(Words(ledger["outcome"]).are("review")).tolist()
        if at not in mended
    ]
    shown = ledger[_LOOKED_AT].take([*mended, *reviewed])
    rows = {row.Index: row for row in records(shown)}
    of_jobs = _job_facts(findings.jobs, {number for fix in fixes for number in fix.jobs})
    kept: list[Fix] = []
    accepted: list[Fix] = []
    for fix in fixes:
        jobs = {number: of_jobs[number] for number in fix.jobs if number in of_jobs}
        one = altered(fix, facts=_written(_by_number(rows[at] for at in fix.rows), jobs))
        if fix.identity not in said:
            kept.append(one)
        elif changed := changes(said[fix.identity], one.facts):
            kept.append(altered(one, back=_back(changed)))
        else:
            accepted.append(one)
    taken = [at for fix in accepted for at in fix.rows]
    back: dict[int, str] = {}
    identity, written = (np.full(len(ledger), "", dtype=object) for _ in range(2))
    for at in reviewed:
        row = rows[at]
        identity[at] = hashlib.sha256(
            f"{row.kind}|{row.invoice_no}|{row.contact}".encode()
        ).hexdigest()[:10]
        written[at] = _written(_by_number([row]), {})
        if identity[at] in said:
            changed = changes(said[identity[at]], written[at])
            if changed:
                back[at] = _back(changed)
            else:
                taken.append(at)
    counted = _out_of_counts(ledger.assign(identity=identity, facts=written), taken, back)
    jobs = _without_findings(findings.jobs, accepted, kept)
    return Counted(replace(findings, ledger=counted, jobs=jobs), tuple(kept), tuple(accepted))


def _invoice_facts(row: Any) -> list[str]:
    approved = row.status in APPROVED  # a payment is no news for the allocation
    return [
        row.reference,
        row.contact,
        money(row.total_cents),
        "approved" if approved else row.status,
        f"{row.now_place} {row.now_job_no}".strip(),
        f"{row.belongs_place} {row.belongs_job_no}".strip(),
    ]


def _job_facts(jobs: pd.DataFrame, numbers: set[str]) -> dict[str, list[str]]:
    listed = find_positions(jobs["job_no"], pd.Index(sorted(numbers), dtype="str")) != NOWHERE
    rows = jobs.loc[listed, ["job_no", "client", "client_order_no", "state"]]
    return {number: texts for _, number, *texts in records(rows)}


def _by_number(rows: Iterable[Any]) -> dict[str, list[str]]:
    """The facts of some invoices by number; of two with one number the second is `INV-1 (2)`."""
    found: dict[str, list[str]] = {}
    for row in rows:
        names = itertools.chain(
            [row.invoice_no], (f"{row.invoice_no} ({n})" for n in itertools.count(2))
        )
        found[next(name for name in names if name not in found)] = _invoice_facts(row)
    return found


def _written(invoices: Mapping[str, list[str]], jobs: Mapping[str, list[str]]) -> str:
    """Facts as one text for a cell; only their digest where they are too long for one."""
    text = _ENCODER.encode({"invoices": invoices, "jobs": jobs})
    return (
        text
        if len(text) <= _LONGEST
        else json.dumps({"sha256": hashlib.sha256(text.encode()).hexdigest()})
    )


def changes(then: str, now: str) -> list[str]:
    """What is different between two texts of facts, in words; nothing where an invoice or job has only left.

    Args:
        then: as read back from a workbook; "" where it is gone from there.
    """
    if then == now:
        return []
    try:
        before, after = json.loads(then), json.loads(now)
        kinds = (("invoices", INVOICE_FACTS), ("jobs", JOB_FACTS))
        return [
            words for kind, names in kinds for words in _changes(before[kind], after[kind], names)
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ["what it rests on" + (" has changed" if then else " is no longer in the workbook")]


def _changes(
    before: Mapping[str, list[str]], after: Mapping[str, list[str]], names: Sequence[str]
) -> Iterable[str]:
    for subject, facts in after.items():
        if subject not in before:
            yield f"{subject} is new in it"
        else:
            differing = [at for at in range(len(names)) if before[subject][at] != facts[at]]
            yield from (
                f"{subject}: {names[at]} was {before[subject][at] or 'blank'}, now {facts[at] or 'blank'}"
                for at in differing
            )


def _back(changed: Sequence[str]) -> str:
    more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    return on_one_line(
        f"somebody typed that it is not a problem; since then {'; '.join(changed[:_SHOWN])}{more}"
    )


def _out_of_counts(
    ledger: pd.DataFrame, taken: Sequence[int], back: Mapping[int, str]
) -> pd.DataFrame:
    """Outcome none, and belonging nowhere, for what was taken out; a note on it and on what is back."""
    if not taken and not back:
        return ledger
    ledger = ledger.copy()
    ledger.loc[taken, "outcome"] = "none"
    ledger.loc[taken, "certainty"] = "none"
    ledger.loc[taken, ["belongs_place", "belongs_job_no"]] = ""
    for at, words in {**dict.fromkeys(taken, NOT_A_PROBLEM_WORDS), **back}.items():
        notes = ledger.at[at, "notes"]
        ledger.at[at, "notes"] = f"{words}\n{notes}" if notes else words
    return ledger


def _without_findings(
    jobs: pd.DataFrame, accepted: Sequence[Fix], kept: Sequence[Fix]
) -> pd.DataFrame:
    """A job's finding goes where accepted fixes alone stand for it."""
    open_ones = {(number, FINDINGS[fix.cause]) for fix in kept for number in fix.jobs}
    gone = {(number, FINDINGS[fix.cause]) for fix in accepted for number in fix.jobs} - open_ones
    if not gone:
        return jobs
    clear = [pair in gone for pair in zip(jobs["job_no"], jobs["finding"], strict=True)]
    return jobs.assign(finding=jobs["finding"].mask(clear, ""))
