"""The one error a user can put right: what is wrong, where, and what to do."""

from __future__ import annotations


class ReconcileError(Exception):
    """The run cannot go on until the user changes something (exit code 2).

    Args:
        messages: one sentence group per fault, each `file: place: what is wrong. What was found. What to do.`;
            all faults of a file at once, so that nobody mends them one run at a time.
    """

    exit_code = 2

    def __init__(self, *messages: str) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


class TryLater(ReconcileError):
    """Another run is at work, or an output cannot be written now, often because it is open in Excel (exit code 75)."""

    exit_code = 75
