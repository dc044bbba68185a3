"""What is said of a batch while it runs, and when it ends.

[----------] 12 of 200 practices done, 1 failed, about 3 min left
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from reconcile.terminal.layout import Line, Part, shortened
from reconcile.wording import and_more, money, passed_over_words

if TYPE_CHECKING:
    from reconcile.batch.record import PracticeRecord

_ROW = 79
_BAR = 10
_MOST_FAILED = 3  # practices named at the end, each in two lines at most; the overview names all
_LONGEST_REASON = 110


class Progress:
    """One line on a terminal, written anew as practices finish; elsewhere only the failures, each on a line of its own."""

    def __init__(self, practices: int, stream: TextIO, quiet: bool) -> None:
        self.practices, self.stream = practices, stream
        self.shown = not quiet and stream.isatty()
        self.done = self.failed = self.skipped = 0
        self.began = time.monotonic()

    def __enter__(self) -> Progress:
        self._show()
        return self

    def __exit__(self, *_: object) -> None:
        if self.shown:
            self.stream.write("\r" + " " * _ROW + "\r")
            self.stream.flush()

    def take(self, record: PracticeRecord) -> None:
        """One more practice has finished."""
        self.done += 1
        self.failed += bool(record.error)
        self.skipped += record.skipped
        self._show()

    def _show(self) -> None:
        if not self.shown:
            return
        bar = "#" * (self.done * _BAR // self.practices)
        failed = f", {self.failed:,} failed" if self.failed else ""
        words = f"[{bar:-<{_BAR}}] {self.done:,} of {self.practices:,} practices done{failed}{self._left()}"
        self.stream.write(f"\r{words:<{_ROW}}")
        self.stream.flush()

    def _left(self) -> str:
        """How long the rest takes at the pace so far; those that were skipped tell nothing of it."""
        ran, left = self.done - self.skipped, self.practices - self.done
        if not ran or not left:
            return ""
        seconds = (time.monotonic() - self.began) / ran * left
        return (
            f", about {seconds / 60:,.0f} min left"
            if seconds >= 90
            else f", about {max(seconds, 1):.0f} s left"
        )


def batch_summary(
    records: Sequence[PracticeRecord], folder: Path, passed_over: Sequence[str] = ()
) -> list[Line]:
    """What a batch came to: practices, what is at risk, which failed and why, folders passed over, where the overview is."""
    ran = [record for record in records if not record.error]
    failed = [record for record in records if record.error]
    day = f" as of {records[0].as_of}" if records else ""
    skipped = sum(record.skipped for record in records)
    as_before = f", {skipped:,} of them done before and unchanged" if skipped else ""
    lines = [
        Line(
            "",
            Part(
                f"{_counted(len(records))}{day}: {len(ran):,} done{as_before}, {len(failed):,} failed",
                "heading",
            ),
        )
    ]
    at_risk = sum(record.at_risk_invoices for record in ran)
    cents = sum(record.at_risk_cents for record in ran)
    of = sum(record.at_risk_invoices > 0 for record in ran)
    lines.append(
        Line(
            "at risk   ",
            f"{at_risk:,} {'invoice' if at_risk == 1 else 'invoices'} ({money(cents)}) of {_counted(of)}",
        )
    )
    tonight = sum(record.before_tonight for record in ran)
    if tonight:
        lines.append(
            Line(
                "tonight   ",
                f"{tonight:,} {'invoice' if tonight == 1 else 'invoices'} would or might land wrong: those practices first",
                "fix",
            )
        )
    set_aside = sum(record.set_aside > 0 for record in ran)
    if set_aside:
        lines.append(Line("set aside ", f"some input of {_counted(set_aside)}", "open"))
    for record in failed[:_MOST_FAILED]:
        lines.append(
            Line(
                "failed    ",
                (
                    Part(shortened(record.practice, 30)),
                    f": {shortened(record.error[0], _LONGEST_REASON)}",
                ),
                "fix",
            )
        )
    if more := and_more(len(failed), _MOST_FAILED, ","):
        lines.append(Line("          ", f"{more.strip()}: see Failures in overview.xlsx"))
    if passed_over:
        lines.append(Line("folders   ", passed_over_words(passed_over), "open"))
    return [
        *lines,
        Line(
            "files     ",
            Part(f"{folder}: overview.xlsx, overview.html, practices.jsonl", whole=True),
        ),
    ]


def _counted(practices: int) -> str:
    return f"{practices:,} {'practice' if practices == 1 else 'practices'}"
