"""What `reconcile explain` prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from reconcile.fixes.actions import Action, Fix, Proof, proof_of
from reconcile.questions.explain import _NEAR, Step
from reconcile.rules.vocabulary import RULES
from reconcile.terminal.layout import Line, Part, heading
from reconcile.wording import money


def explanation_lines(entries: Iterable[dict[str, Any]]) -> list[Line]:
    """The entries as lines, to be laid out by console."""
    lines: list[Line] = []
    for entry in entries:
        lines += [
            heading(f"{entry['what'].capitalize()} {entry['number']}"),
            Line(),
            heading("What was read"),
        ]
        lines += _told_facts(entry["facts"])
        if entry["rules"]:
            lines += [
                Line(),
                heading("The import's rules, in order"),
                *(_told_step(step) for step in entry["rules"]),
            ]
        lines += _told_job(entry) if entry["what"] == "job" else _told_invoice(entry)
        for fix in entry["fixes"]:
            lines += [Line(), *_told_fix(fix)]
        lines.append(Line())
    return lines[:-1]


def _told_facts(facts: Sequence[Step]) -> list[Line]:
    """Each fact beside the system it is from, behind its file and row."""
    split = [fact["from"].partition(", ") for fact in facts]
    widest = max((len(system) for system, _, _ in split), default=0)
    return [
        Line(
            f"  {system:<{widest}}  ",
            (Part(f"{place}:", whole=True), " ", fact["saw"]) if place else fact["saw"],
        )
        for (system, _, place), fact in zip(split, facts, strict=True)
    ]


def _told_step(step: Step) -> Line:
    decided = f" -> {step['decided']}" if step["decided"] else ""
    return Line(f"  {step['rule']:3} ", f"{step['saw']}{decided}")


def _told_invoice(entry: dict[str, Any]) -> list[Line]:
    lines = []
    if entry["near"]:
        widest = min(max(len(one["marked"]) for one in entry["near"]), _NEAR)
        lines += [Line(), heading("Close, and not the same (M5)")]
        lines += [
            Line(f"  {one['marked']:<{widest}}   ", f"{one['text']} of {one['jobs']}")
            for one in entry["near"]
        ]
    sure = f" ({entry['certainty']})" if entry["certainty"] != "none" else ""
    cause = f" {entry['cause']} {entry['finding']}" if entry["cause"] else ""
    lines += [Line(), heading("Verdict"), _beside("is", entry["now"] or "not known")]
    lines.append(_beside("belongs", f"{entry['belongs'] or 'nowhere in XPM'}{sure}"))
    lines.append(_beside("tonight", entry["tonight"] or "not in Xero"))
    lines.append(_beside("re-synced", entry["if_resynced"] or "not in Xero"))
    lines.append(_beside("outcome", Part(entry["outcome"], entry["outcome"]), cause))
    lines += [_beside("because", words) for words in entry["why"]]
    return lines + [_beside("note", words) for words in entry["notes"]]


def _beside(label: str, *words: str | Part) -> Line:
    return Line(f"  {label:<9}  ", words)


def _told_job(entry: dict[str, Any]) -> list[Line]:
    def sums(what: dict[str, Any]) -> str:
        shown = ", ".join(what["numbers"][:8]) + (" ..." if len(what["numbers"]) > 8 else "")
        return f"{what['invoices']} ({money(what['cents'])}) {shown}".rstrip()

    finding = f", {entry['finding']}" if entry["finding"] else ""
    return [
        Line(),
        heading("Verdict"),
        _beside("role", f"{entry['role']}{finding}"),
        _beside("on it", sums(entry["on_it"])),
        _beside("naming it", sums(entry["naming_it"])),
        _beside("tonight", sums(entry["tonight"])),
    ]


def _told_fix(fix: Fix) -> list[Line]:
    lines = [
        Line(
            f"{fix.id}  ",
            (Part(fix.title, "heading"), f" ({fix.minutes} min, due {fix.due})"),
            "heading",
        )
    ]
    lines += _told_actions(fix.actions, "  ")
    for n, option in enumerate(fix.choices or (), start=1):
        lines.append(
            _beside(
                f"choice {n}",
                f"{option.why} ({option.minutes} min). ",
                *_told_proof(proof_of(option)),
            )
        )
        lines += _told_actions(option.actions, "     ")
    if fix.choices is None:
        lines.append(_beside("proof", *_told_proof(fix.proof)))
    lines += [_beside("assumes", f"{rule}: {RULES[rule]}") for rule in fix.proof.assumes]
    if fix.least_minutes is not None:
        least = (
            "no repair costs less"
            if fix.least_minutes == fix.minutes
            else f"no repair costs below {fix.least_minutes}"
        )
        lines.append(_beside("cost", f"{fix.minutes} minutes: {least}."))
    return lines + [_beside("or", f"{one.text} ({one.minutes} min).") for one in fix.alternatives]


def _told_actions(actions: Sequence[Action], margin: str) -> list[Line]:
    """The actions with their numbers below each other."""
    widest = len(str(len(actions)))
    return [
        Line(f"{margin}{n:>{widest}}. ", action.text) for n, action in enumerate(actions, start=1)
    ]


def _told_proof(proof: Proof) -> tuple[Part, str]:
    """What the replay has shown; its first word says whether it is a proof."""
    words = proof.words
    start, style = ("Proved", "proved") if proof.status == "proved" else ("Not proved", "open")
    return Part(start, style), words.removeprefix(start)
