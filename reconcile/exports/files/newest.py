"""Of the exports that one pattern of [inputs] finds, the newest: by what stands in them, and said with the reason.

    opened files --tell_age--> how new each is --pick_newest--> the files that are used, the sheets that are left out

File times are never asked: copying, syncing and unpacking change them.
Source: contract.md "inputs"; settings/keys.py `pick`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reconcile.errors import ReconcileError
from reconcile.exports.columns import ROLE_WORDS
from reconcile.exports.control_totals import Account
from reconcile.exports.date_order import Key, settle_date_orders
from reconcile.exports.files.ages import Age, tell_age
from reconcile.exports.files.opening import Opened, open_files
from reconcile.exports.files.sources import Source
from reconcile.exports.readers.grid import Grid
from reconcile.settings.model import InputPath
from reconcile.wording import some_of

_MOST_TOLD = 5  # files that were left out and are named


def pick_newest(
    files: Sequence[Opened], date_order: str, account: Account
) -> tuple[list[Opened], list[Grid]]:
    """Leave out what is not the newest, where [inputs] asks for the newest.

    Args:
        files: all that were found; those of no such pattern stay. date_order: as in the settings.
        account: is told what was chosen and why.

    Returns:
        The files to use, and the sheets that are left out.

    Raises:
        ReconcileError: for each pattern of which the newest file cannot be told.
    """
    rivals = _rivals(files)
    orders: dict[Key, str] = {}
    if any(len(some) > 1 for some in rivals.values()):
        orders = settle_date_orders(
            [grid for file in files for grid in file.grids], date_order, Account()
        )
    won: dict[str, set[str]] = {}  # label -> the roles for which it was chosen
    faults: list[str] = []
    for entry, some in rivals.items():
        ages = (
            {file.source.label: tell_age(file.grids, orders) for file in some}
            if len(some) > 1
            else {}
        )
        fault = _fault(entry, some, ages)
        if fault:
            faults.append(fault)
            continue
        chosen = (
            max(some, key=lambda file: ages[file.source.label].rank) if _differ(some) else some[0]
        )
        won.setdefault(chosen.source.label, set()).add(entry.role)
        if len(some) > 1:
            account.assume(_sentence(entry, chosen, some, ages))
    if faults:
        raise ReconcileError(*faults)
    used = [_without_left_out(file, rivals, won.get(file.source.label, set())) for file in files]
    kept = {id(grid) for file in used for grid in file.grids}
    return used, [grid for file in files for grid in file.grids if id(grid) not in kept]


def used_sources(sources: Sequence[Source], date_order: str) -> list[Source]:
    """The files that a run uses: all, but for those that are not the newest where [inputs] asks for the newest.

    Raises:
        ReconcileError: as pick_newest says.
    """
    if not any(source.newest_of for source in sources):
        return list(sources)
    used, _ = pick_newest(open_files(sources), date_order, Account())
    return [replace(file.source, newest_of=()) for file in used if file.sheets]


def _rivals(files: Sequence[Opened]) -> dict[InputPath, list[Opened]]:
    """The files among which the newest is asked for, entry by entry of [inputs]: those with a sheet of its role."""
    entries = dict.fromkeys(entry for file in files for entry in file.source.newest_of)
    rivals = {
        entry: [
            file
            for file in files
            if entry in file.source.newest_of
            and any(grid.role == entry.role for grid in file.grids)
        ]
        for entry in entries
    }
    return {entry: some for entry, some in rivals.items() if some}


def _differ(files: Sequence[Opened]) -> bool:
    """Whether the files differ in any byte."""
    return len({file.sha256 for file in files}) > 1


def _fault(entry: InputPath, files: Sequence[Opened], ages: Mapping[str, Age]) -> str:
    """Why the newest of some files cannot be told; empty where it can."""
    if not _differ(files):
        return ""
    place = (
        f"{entry.place}: {entry.role} in [inputs]: the newest of {len(files)} files cannot be told."
    )
    todo = 'Move the others out of the way, name the file in full, or write pick = "all" to read all of them as one.'
    silent = [file.source.label for file in files if not ages[file.source.label].rank]
    if silent:
        return f"{place} Found no date in {some_of(silent, _MOST_TOLD)}. {todo}"
    newest = max(age.rank for age in ages.values())
    first = [file for file in files if ages[file.source.label].rank == newest]
    if _differ(first):
        names = [file.source.label for file in first]
        found = f"{some_of(names, _MOST_TOLD)} differ, and all say: {ages[names[0]].words}"
        return f"{place} Found that {found}. {todo}"
    return ""


def _sentence(
    entry: InputPath, chosen: Opened, files: Sequence[Opened], ages: Mapping[str, Age]
) -> str:
    """What was chosen and why, and what was left out."""
    same = chosen.sha256
    others = sorted(
        (file for file in files if file is not chosen), key=lambda file: file.source.label
    )
    others.sort(key=lambda file: ages[file.source.label].rank, reverse=True)
    told = [
        f"{file.source.label} ({'the same content' if file.sha256 == same else ages[file.source.label].words})"
        for file in others
    ]
    label = chosen.source.label
    return (
        f"{ROLE_WORDS[entry.role]}: {label} was chosen of {len(files)} files: {ages[label].words}. "
        f"Left out: {some_of(told, _MOST_TOLD)}"
    )


def _without_left_out(
    file: Opened, rivals: Mapping[InputPath, Sequence[Opened]], won: set[str]
) -> Opened:
    """A file without the sheets of the roles for which another was chosen; without any where it was never chosen."""
    lost = {entry.role for entry, some in rivals.items() if file in some} - won
    if lost and not won:
        return replace(file, sheets=())
    return replace(
        file,
        sheets=tuple(
            one for one in file.sheets if not (isinstance(one, Grid) and one.role in lost)
        ),
    )
