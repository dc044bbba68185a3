"""The program against the oracle: two readings of the rules agree about every invoice of many made-up practices.

The exports are written as files and read again, so that reading is part of what is compared.
"""

from collections import Counter

import pytest
from laws.oracle import decide, roles
from laws.practices import make_practice
from made.depth import seeds

FIELDS = (
    "outcome cause now_place now_job_no belongs_place belongs_job_no certainty "
    "tonight_place tonight_job_no rule if_resynced_place if_resynced_job_no"
).split()


@pytest.mark.deep
@pytest.mark.parametrize("seed", seeds(40, 40))
def test_both_readings_agree(seed, decided):
    made, result = decided(seed)
    assert not any(problem.set_aside for problem in result.problems)
    expected = decide(made.practice, made.settings, made.as_of)
    ledger = {
        (row["invoice_no"], row["contact"]): row
        for row in result.findings.ledger.to_dict("records")
    }
    assert ledger.keys() == expected.keys()
    differences = [
        f"{number} of {contact}: {name} is {ledger[number, contact][name] or '-'}, the oracle says {row[name] or '-'}"
        f" ({row['outcome']} {row['cause'] or '-'})"
        for (number, contact), row in expected.items()
        for name in FIELDS
        if ledger[number, contact][name] != (row[name] or "")
    ]
    jobs = dict(zip(result.findings.jobs["job_no"], result.findings.jobs["role"], strict=True))
    differences += [
        f"job {job_no}: role is {jobs.get(job_no)}, the oracle says {role}"
        for job_no, role in roles(made.practice, made.settings).items()
        if jobs.get(job_no) != role
    ]
    assert not differences, "\n".join(
        [f"seed {seed}, as of {made.as_of}, {made.settings}", *differences]
    )


def test_the_practices_have_every_cause():
    seen = Counter()
    for seed in range(40):
        made = make_practice(seed)
        for row in decide(made.practice, made.settings, made.as_of).values():
            seen[row["outcome"], row["cause"]] += 1
    causes = {cause for _, cause in seen} - {None}
    assert {
        f"T{at}" for at in (*range(1, 11), *range(12, 15), *range(16, 23), *range(24, 29))
    } - causes == set()
    assert {outcome for outcome, _ in seen} == {"ok", "fix", "wait", "review", "none"}
