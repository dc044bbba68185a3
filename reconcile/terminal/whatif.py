"""What `reconcile whatif` prints."""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.questions.whatif import Move
from reconcile.terminal.layout import Line, heading
from reconcile.wording import money


def whatif_lines(moves: Sequence[Move]) -> list[Line]:
    """The moves grouped by when, from and to: count, money and the first numbers."""
    if not moves:
        return [Line("", "nothing would move")]
    groups: dict[tuple[str, str, str], list[Move]] = {}
    for move in moves:
        groups.setdefault((move.when, move.before, move.after), []).append(move)
    invoices = "1 invoice" if len(moves) == 1 else f"{len(moves):,} invoices"
    lines = [heading(f"{invoices} would move ({money(sum(move.cents for move in moves))})")]
    widest = max(len(when) for when, _, _ in groups)
    for (when, before, after), some in sorted(
        groups.items(), key=lambda one: (one[0][0] != "tonight", -len(one[1]), one[0])
    ):
        shown = ", ".join(move.invoice_no for move in some[:5]) + (" ..." if len(some) > 5 else "")
        words = f"{before} -> {after}: {len(some):,} ({money(sum(move.cents for move in some))}) {shown}"
        lines.append(Line(f"  {when:<{widest}}  ", words))
    return lines
