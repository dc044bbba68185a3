"""What `reconcile redact` prints of its proof."""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.support.verify_redaction import Proof
from reconcile.terminal.layout import Line


def redaction_lines(proof: Proof, replaced: int, states: Sequence[str]) -> list[Line]:
    """What was done and what the proof gave, for people.

    Args:
        replaced: how many texts have a made-up one. states: the names of job states, which are as they were.
    """
    lines = [
        Line(
            "made up    ",
            f"{replaced:,} texts: names, references, numbers; what a run does not read is emptied",
        ),
        Line(
            "as it was  ",
            "amounts, days, statuses, types, and the names of job states: look through these before you send",
        ),
    ]
    lines += [Line("states     ", ", ".join(map(repr, states)))] if states else []
    if proof.refused:
        return [*lines, Line("no proof   ", f"{proof.refused}.", "open")]
    if proof.differing:
        several = [Line("differs    ", words, "fix") for words in proof.differing]
        return [
            *lines,
            *several,
            Line(
                "proof      ",
                "not every verdict is the same: tell support so when you send it",
                "open",
            ),
        ]
    words = f"the run gives the same verdict on each of {proof.invoices:,} invoices and {proof.jobs:,} jobs"
    return [*lines, Line("proof      ", words, "proved")]
