"""What is said of a run when it ends, and of a file by the export doctor.

    result --closing_summary--> Lines: at most twelve rows of 80 columns --console--> stderr
    result --summary_document--> the same for programs (`--json`)
    examination --examination_lines--> Lines

Source: contract.md "Command line", "reconcile check".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from reconcile.exports.check import Examination
from reconcile.exports.columns import ROLE_WORDS
from reconcile.exports.control_totals import RowTotals, add_up
from reconcile.exports.problems import Problem
from reconcile.pipeline import Result
from reconcile.rules.causes import FINDINGS, ORDER
from reconcile.terminal.layout import WIDTH, Line, Part, Screen, columns, rows_of, shortened
from reconcile.text_columns import Words, sums_by
from reconcile.wording import money

ROWS = 12  # the closing summary's most, at 80 columns and above
LABEL = 10  # columns of the labels on the left
_MOST_CAUSE_ROWS = 3
_SINCE = {
    "new": "new",
    "persisting": "still open",
    "fixed": "fixed",
    "worse": "worse",
    "not_seen": "not seen",
}
_MOST_ROOTS = 2


def closing_summary(
    result: Result, folder: Path, files: Sequence[Path], width: int = WIDTH
) -> list[Line]:
    """Say in at most twelve rows what presses, what to fix, that no row is lost, which causes, and where the files are.

    The causes and root causes get the rows that the rest leaves; what does not fit is said as a number.

    Args:
        width: columns of the screen; on less than 80 the same lines take more rows.
    """
    width = max(width, WIDTH)
    top = [
        _headline(result, width),
        *_tonight(result),
        _to_fix(result),
        *_since(result, width),
        _rows(result, width),
        _outcomes(result),
    ]
    problems = _problems(result, files)
    room = ROWS - _height([*top, *problems], width)
    where = _files(folder, files)
    if _height([where], width) > max(room - 1, 1):
        where = _labelled("files", Part(str(folder), whole=True))
    room -= _height([where], width)
    roots = _roots(result, width)[: max(room - 1, 0)]
    causes = _causes(result, min(room - len(roots), _MOST_CAUSE_ROWS), width)
    return [*top, *causes, *roots, *problems, where]


def _height(lines: Iterable[Line], width: int) -> int:
    return sum(len(rows_of(line, Screen(width))) for line in lines)


def _labelled(label: str, *words: str | Part, style: str = "") -> Line:
    return Line(f"{label:<{LABEL}}", words, style)


def counted(count: int, one: str, many: str) -> str:
    """`1 fix`, `1,200 fixes`."""
    return f"{count:,} {one if count == 1 else many}"


def _headline(result: Result, width: int) -> Line:
    totals = result.totals
    rest = f" as of {result.as_of}: {counted(totals.invoices, 'invoice', 'invoices')}, {money(totals.cents)}"
    practice = shortened(result.settings.practice or "Practice", width - columns(rest))
    return Line("", Part(practice + rest, "heading"))


def _tonight(result: Result) -> list[Line]:
    """What must be done before tonight's import, if anything."""
    count = result.forecast.before_tonight
    if not count:
        return []
    fixes = counted(sum(1 for fix in result.fixes if fix.valid_until), "fix", "fixes")
    words = f"{counted(count, 'invoice', 'invoices')} would or might land wrong: do {fixes} first"
    return [_labelled("tonight", words, style="open")]


def _to_fix(result: Result) -> Line:
    """How much there is to do, and what doing every proved fix brings."""
    if not result.fixes:
        return _labelled("to fix", Part("nothing", "ok"))
    ahead = result.forecast
    work = [
        counted(ahead.invoices, "invoice", "invoices"),
        counted(len(result.fixes), "fix", "fixes"),
        counted(sum(fix.minutes for fix in result.fixes), "minute", "minutes"),
    ]
    brings = [
        (ahead.after_tonight, "home after tonight", ""),
        (
            ahead.after_tomorrow,
            "after tomorrow" if ahead.after_tonight else "home after tomorrow",
            "",
        ),
        (ahead.needs_decision, "to decide", "open"),
        (ahead.cannot_prove, "not proved", "open"),
    ]
    told = [Part(f"{count:,} {words}", style) for count, words, style in brings if count]
    parts = [part for one in told for part in (Part(", "), one)][1:]
    return _labelled("to fix", f"{', '.join(work)}: ", *parts)


def _since(result: Result, width: int) -> list[Line]:
    """What became of the fixes since the run before, and how many people said are no problem; on one row."""
    told = []
    if result.since.day is not None:
        counts = {group: len(entries) for group, entries in result.since.groups.items()}
        words = [f"{count:,} {_SINCE[group]}" for group, count in counts.items() if count]
        told.append(f"{result.since.day}: {', '.join(words) or 'nothing is open, and nothing was'}")
    elif result.trend:
        told.append("no earlier run is known: nothing is called new")
    if result.accepted:
        told.append(f"{len(result.accepted):,} said to be no problem")
    return [_labelled("since", shortened("; ".join(told), width - LABEL))] if told else []


def _rows(result: Result, width: int) -> Line:
    words = rows_words(add_up(result.exports.inputs))
    return _labelled(
        "rows", words if len(words) <= width - LABEL else words.replace("lines folded", "folded")
    )


def rows_words(numbers: RowTotals) -> str:
    """What became of the rows that were read: an equation that anyone can add up."""
    return (
        f"{numbers.rows:,} = {numbers.records:,} records + {numbers.folded:,} lines folded + "
        f"{numbers.set_aside:,} set aside + {numbers.left_out:,} left out"
    )


def _outcomes(result: Result) -> Line:
    """Every outcome with its count and money; they add up to the first line."""
    by_outcome = result.totals.by_outcome.items()
    entries = [
        (Part(name, name), f" {one.invoices:,} ({money(one.cents)})") for name, one in by_outcome
    ]
    return _labelled("outcomes", *_listed(entries))


def _causes(result: Result, most: int, width: int) -> list[Line]:
    """What to act on by cause, the most money first, as far as it fits on so many rows."""
    ledger = result.findings.ledger
    acting = Words(ledger["outcome"]).are("fix", "review")
    sums = [
        (cause, *sum_)
        for cause, sum_ in sums_by(ledger["cause"], ledger["total_cents"], acting).items()
    ]
    sums.sort(key=lambda one: (-abs(one[2]), ORDER.get(one[0], len(ORDER))))
    if not sums or most < 1:
        return []
    for shown in range(len(sums), -1, -1):
        line = _labelled("causes", *_cause_parts(sums[:shown], sums[shown:]))
        if _height([line], width) <= most:
            break
    return [line]


def _cause_parts(
    shown: Sequence[tuple[str, int, int]], rest: Sequence[tuple[str, int, int]]
) -> list[Part]:
    names = {
        cause: f"{cause} {FINDINGS.get(cause, 'unreadable row')}".strip() for cause, _, _ in shown
    }
    entries = [f"{names[cause]} {count:,} ({money(cents)})" for cause, count, cents in shown]
    if rest:
        invoices = counted(sum(count for _, count, _ in rest), "invoice", "invoices")
        more = (
            counted(len(rest), "more cause", "more causes")
            if shown
            else counted(len(rest), "cause", "causes")
        )
        entries.append(
            f"{'and ' if shown else ''}{more}: {invoices} ({money(sum(cents for _, _, cents in rest))})"
        )
    return _listed(entries)


def _listed(entries: Iterable[str | Sequence[str | Part]]) -> list[Part]:
    """Entries with commas between; each stays in one piece."""
    parts: list[Part] = []
    for entry in entries:
        pieces = [entry] if isinstance(entry, str) else entry
        parts.append(Part(", "))
        parts += [
            Part(one, whole=True) if isinstance(one, str) else one._replace(whole=True)
            for one in pieces
        ]
    return parts[1:]


def _roots(result: Result, width: int) -> list[Line]:
    """What many findings have in common, a row each."""
    lines = []
    for root in result.root_causes[:_MOST_ROOTS]:
        count = f"{counted(root.invoices, 'invoice', 'invoices')} ({money(root.cents)}): "
        lines.append(_labelled("root", count + shortened(root.text, width - LABEL - len(count))))
    return lines


def _problems(result: Result, files: Iterable[Path]) -> list[Line]:
    if not result.problems:
        return []
    aside = sum(1 for problem in result.problems if problem.set_aside)
    where = (
        "see sheet Problems" if any(path.suffix == ".xlsx" for path in files) else "-v lists them"
    )
    words = f"{len(result.problems):,} in the input, {f'{aside:,}' if aside else 'none'} of them set aside: {where}"
    return [_labelled("problems", words, style="open" if aside else "")]


def _files(folder: Path, files: Sequence[Path]) -> Line:
    """The folder and what is in it; of files that differ in their ending the name is said once."""
    names, stem = [], ""
    for path in files:
        names.append(path.suffix if path.stem == stem else path.name)
        stem = path.stem
    return _labelled("files", Part(f"{folder}:", whole=True), " ", *_listed(names))


def details(result: Result) -> list[Line]:
    """Every assumption and problem, and what the watch has seen, for who asks for more words."""
    lines = [_labelled("assumed", words) for words in result.exports.assumptions]
    for problem in result.problems:
        lines.append(_labelled("problem", problem_words(problem), style=_aside_style(problem)))
    watch = result.watch
    lines += [
        _labelled("missing", f"{one.contact}, {one.reference}: {one.words}")
        for one in watch.missing
    ]
    lines += [
        _labelled("unreached", f"{one.job_no} of {one.client}: {one.words}")
        for one in watch.unreached
    ]
    return lines + [
        _labelled("wash-up", f"{one.job_no} of {one.client}: {one.words}") for one in watch.washups
    ]


def _aside_style(problem: Problem) -> str:
    return "open" if problem.set_aside else ""


def problem_words(problem: Problem) -> str:
    """Where a problem is, what is wrong, what was found, and whether the row is left out because of it."""
    sheet = f", sheet {problem.sheet!r}" if problem.sheet else ""
    cell = _cell_words(problem)
    return f"{problem.file}{sheet}{f', {cell}' if cell else ''}: {_wrong_words(problem)}"


def _cell_words(problem: Problem) -> str:
    row = [] if problem.row is None else [f"row {problem.row}"]
    return ", ".join(row + ([f"column {problem.column!r}"] if problem.column else []))


def _wrong_words(problem: Problem) -> str:
    found = f" Found {problem.value!r}." if problem.value else ""
    return f"{problem.problem}.{found}{' Set aside.' if problem.set_aside else ''}"


# The export doctor ----------------------------------------------------------------------------------------------------


def examination_lines(one: Examination) -> list[Line]:
    """What was found out about one file or sheet: what it is taken for, its rows and columns, what is wrong with it."""
    name = Part(one.path + (f", sheet {one.sheet!r}" if one.sheet else ""), "heading", whole=True)
    if one.note:
        return [Line("", name), _beneath("note", f"{one.note}.")]
    if not one.role:
        return [Line("", name), _beneath("fault", one.fault, style="fix")]
    lines = [Line("", (name, f": {ROLE_WORDS[one.role]}"))]
    if one.fault:
        return [*lines, _beneath("fault", one.fault, style="fix")]
    if one.account is not None:
        lines.append(_beneath("rows", rows_words(one.account)))
    lines.append(_beneath("columns", *_listed(header for _, header in one.found)))
    if one.age.rank:
        lines.append(_beneath("how new", one.age.words))
    if one.missing:
        lines.append(_beneath("not there", *_listed(one.missing)))
    lines += [_beneath("assumed", words) for words in one.assumptions]
    for problem in one.problems:
        cell = f"{_cell_words(problem)}: ".removeprefix(": ")
        lines.append(_beneath("problem", cell + _wrong_words(problem), style=_aside_style(problem)))
    return lines


def _beneath(label: str, *words: str | Part, style: str = "") -> Line:
    return Line(f"  {label:<{LABEL}} ", words, style)
