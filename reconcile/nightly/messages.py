"""What a message about a run says: what changed since the last one, what is open, or why it failed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

MESSAGE_KINDS = ("new", "worse", "fixed", "failed")


_IDS_SHOWN = 20


@dataclass(frozen=True)
class Moved:
    """Fixes that changed in one way since the last run: their ids, their invoices and the money."""

    fixes: tuple[str, ...] = ()
    invoices: int = 0
    cents: int = 0


@dataclass(frozen=True)
class Changes:
    """What changed since the last run."""

    new: Moved = field(default_factory=Moved)
    worse: Moved = field(default_factory=Moved)
    fixed: Moved = field(default_factory=Moved)
    not_seen: Moved = field(default_factory=Moved)


@dataclass(frozen=True)
class OpenFixes:
    """What there is to do now: invoices to fix, their money, and the fixes that mend them.

    Attributes:
        before_tonight: invoices that tonight's import would take to a wrong place.
        needs_decision: invoices in fixes that a person decides. set_aside: problems with the input, set aside.
    """

    invoices: int = 0
    cents: int = 0
    fixes: int = 0
    minutes: int = 0
    before_tonight: int = 0
    needs_decision: int = 0
    set_aside: int = 0


def message(
    practice: str,
    as_of: date,
    changes: Changes,
    now: OpenFixes,
    kinds: Collection[str] = MESSAGE_KINDS,
) -> tuple[str, str] | None:
    """Title and text of the message after a run, or None when nothing of the asked kinds changed.

    It holds counts, money and ids of fixes, and no names or references of clients.
    """
    asked = [
        kind for kind in ("new", "worse", "fixed") if kind in kinds and getattr(changes, kind).fixes
    ]
    if not asked:
        return None
    counts = ", ".join(f"{len(getattr(changes, kind).fixes)} {kind}" for kind in asked)
    lines = [
        _moved_line(words, moved)
        for words, moved in (
            ("new", changes.new),
            ("worse", changes.worse),
            ("fixed", changes.fixed),
            ("not in these exports any more", changes.not_seen),
        )
        if moved.fixes
    ]
    lines.append(
        f"now open: {_count(now.fixes, 'fix', 'fixes')} for {_count(now.invoices, 'invoice')}, {_money(now.cents)}, "
        f"{_count(now.minutes, 'minute')} of clicks"
    )
    if now.before_tonight:
        tonight = _count(now.before_tonight, "invoice")
        lines.append(f"before tonight: {tonight} that the import would take to a wrong place")
    if now.needs_decision:
        lines.append(f"to decide: {_count(now.needs_decision, 'invoice')}")
    if now.set_aside:
        lines.append(f"input set aside: {_count(now.set_aside, 'problem')}")
    return f"{_title_start(practice, as_of)}: {counts}", "\n".join(lines)


def failure_message(
    practice: str, as_of: date, exit_code: int, kinds: Collection[str] = MESSAGE_KINDS
) -> tuple[str, str] | None:
    """Title and text of the message after a run that did not come to its end, or None when nobody asked for it.

    The error's own words stay in the log: they may quote what was found in a file.
    """
    if "failed" not in kinds:
        return None
    why = {
        2: "The input or the settings need someone.",
        75: "Another run was at work, or an output could not be written. Run it again later.",
    }.get(exit_code, "The program itself failed.")
    return (
        f"{_title_start(practice, as_of)}: failed",
        f"{why} Exit code {exit_code}. The log says more.",
    )


def _title_start(practice: str, as_of: date) -> str:
    """The practice on one line, whatever was typed as its name, and the day."""
    plain = " ".join(
        "".join(letter if letter.isprintable() else " " for letter in practice).split()
    )
    return f"{plain or 'Practice'}, {as_of.isoformat()}"


def _moved_line(words: str, moved: Moved) -> str:
    more = len(moved.fixes) - _IDS_SHOWN
    ids = ", ".join(moved.fixes[:_IDS_SHOWN]) + (f" and {more} more" if more > 0 else "")
    count = _count(len(moved.fixes), "fix", "fixes")
    return (
        f"{words}: {count} for {_count(moved.invoices, 'invoice')}, {_money(moved.cents)} ({ids})"
    )


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"
