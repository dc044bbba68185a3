"""The settings file as people see it: a first one from what the exports show, and what holds now and why.

    exports --survey_exports--> Survey --compose--> the text of reconcile.toml
    Settings, origins --list_settings--> one Setting per key --told--> lines

Source: contract.md "Settings file".
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconcile.errors import ReconcileError
from reconcile.exports.cell_parsers import read_words
from reconcile.exports.columns import ROLE_WORDS, XPM_JOBS
from reconcile.exports.control_totals import Account
from reconcile.exports.date_order import find_proofs, settle_date_orders
from reconcile.exports.files.sources import Source, find_sources
from reconcile.exports.readers.grid import Grid
from reconcile.exports.readers.read_file import read_sheets
from reconcile.exports.tables import REQUIRED
from reconcile.exports.xpm import STATE_TYPES, state_type_of
from reconcile.settings.keys import KEYS, SECTIONS
from reconcile.settings.model import Settings
from reconcile.settings.toml_text import TomlValue, write_text, write_value

_REMARK_AT = 40  # the column at which remarks begin
_VALUE_MOST = 48  # a longer value moves what is behind it


@dataclass(frozen=True)
class Survey:
    """What the exports show of a practice's settings.

    Attributes:
        inputs: role -> its files and patterns, as they go into the settings file.
        date_order: dmy or mdy; "" where nothing proves it. proof: the cell that does, and its file.
        states: (name, type, whether the name is one that XPM comes with).
        unused: files that cannot be used, and what is missing for a run.
    """

    inputs: Mapping[str, Sequence[str]]
    date_order: str = ""
    proof: str = ""
    states: tuple[tuple[str, str, bool], ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def assumed_states(self) -> list[str]:
        """The states whose type nothing shows."""
        return [name for name, _, known in self.states if not known]


def survey_exports(paths: Sequence[str], folder: Path) -> Survey:
    """Read the exports and find out what a settings file can say of them.

    Args:
        paths: as typed: files, folders and globs.
        folder: where the settings file goes.

    Raises:
        ReconcileError: no file among them can be used.
    """
    unused: list[str] = []
    grids: dict[Path, list[Grid]] = {}
    for source in find_sources(paths):
        if found := _grids_of(source, unused):
            grids[source.path] = found
    every = [grid for some in grids.values() for grid in some]
    if not every:
        raise ReconcileError(
            *unused,
            "no export of Xero or XPM among the files given. Name the exports, or their folder.",
        )
    for role in REQUIRED:
        if not any(grid.role == role for grid in every):
            unused.append(
                f"no {ROLE_WORDS[role]} among the files given. Export them, and name them as {role} in [inputs]."
            )
    inputs = _inputs(
        paths, {path: {grid.role for grid in some} for path, some in grids.items()}, folder
    )
    proofs = find_proofs(every)
    try:
        settle_date_orders(every, "auto", Account())
    except ReconcileError as error:
        unused.extend(error.messages)
        proofs = {}
    order, (file, cell) = next(iter(proofs.items())) if len(proofs) == 1 else ("", ("", ""))
    proof = f"{write_text(cell)} in {write_text(file)}" if order else ""
    return Survey(inputs, order, proof, tuple(_states(every)), tuple(unused))


def _grids_of(source: Source, unused: list[str]) -> list[Grid]:
    """The sheets of a file that are exports; what cannot be used is said, but for results of our own."""
    try:
        str(source.path).encode("utf-8")
        sheets = read_sheets(source.path, source.label)
    except UnicodeEncodeError:
        unused.append(f"{source.label!r}: the name cannot be written in UTF-8. Rename the file.")
        return []
    except ReconcileError as error:
        unused.extend(error.messages)
        return []
    found = [sheet for sheet in sheets if isinstance(sheet, Grid)]
    if not found:
        others = (sheet for sheet in sheets if not isinstance(sheet, Grid) and not sheet.own_output)
        unused.extend(f"{sheet.path}: {sheet.reason}." for sheet in others)
    return found


def _inputs(
    paths: Sequence[str], roles: Mapping[Path, set[str]], folder: Path
) -> dict[str, list[str]]:
    """Role -> its files; a pattern that was typed and finds files of one role alone stands for them."""
    entries: dict[str, list[str]] = {role: [] for role in ROLE_WORDS}
    covered: set[Path] = set()
    for typed in paths:
        if glob.has_magic(typed) and not Path(typed).exists():
            files = {source.path for source in find_sources([typed])}
            kinds = {tuple(roles.get(path, ())) for path in files}
            if len(kinds) == 1 and len(kind := kinds.pop()) == 1:
                entries[kind[0]].append(_as_written(os.path.abspath(typed), folder))
                covered |= files
    for path, some in roles.items():
        if path not in covered:
            for role in some:
                entries[role].append(_as_written(str(path), folder))
    return {role: list(dict.fromkeys(some)) for role, some in entries.items() if some}


def _as_written(path: str, folder: Path) -> str:
    """A path as it goes into the file: from the file's folder where that can be (on Windows not from another drive)."""
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:
        return path


def _states(grids: Iterable[Grid]) -> list[tuple[str, str, bool]]:
    names: dict[str, str] = {}
    for grid in grids:
        if grid.role == XPM_JOBS and "state" in grid.columns:
            words = read_words(grid.columns["state"][0])
            for name in sorted(words.values[words.faults == ""]):
                if name:
                    names.setdefault(name.casefold(), name)
    return [
        (name, state_type_of(name, Settings()), fold in STATE_TYPES)
        for fold, name in sorted(names.items())
    ]


def compose(survey: Survey, next_command: str) -> str:
    """Write the text of a settings file: what was found as settings, everything else behind a # with its default."""
    lines = [
        "# Settings of reconcile. What stands behind a # is the default or an example: take the # away to change it.",
        r"# Paths count from the folder of this file. A path with \ goes in single quotes: '\\server\share\exports'",
    ]
    for section, words in SECTIONS.items():
        lines += ["", _beside(f"[{section}]", words)]
        if section == "states":
            lines += _state_lines(survey)
        for name, key in KEYS.get(section, {}).items():
            lines += _found_lines(survey, section, name) or [
                _beside(f"# {name} = {key.shown}", key.meaning)
            ]
    return "\n".join([*lines, "", f"# Now type: {next_command}", ""])


def _found_lines(survey: Survey, section: str, name: str) -> list[str]:
    """The lines of a key that the exports tell something about; none for the others."""
    if section == "practice":
        return [_beside('name = ""', f"to fill in: {KEYS[section][name].meaning}")]
    if section == "inputs" and name in survey.inputs:
        entries = survey.inputs[name]
        if len(entries) == 1:
            return [_beside(f"{name} = {write_text(entries[0])}", KEYS[section][name].meaning)]
        return [
            _beside(f"{name} = [", KEYS[section][name].meaning),
            *(f"    {write_text(one)}," for one in entries),
            "]",
        ]
    if name == "date_order" and survey.date_order:
        return [
            _beside(
                f'date_order = "{survey.date_order}"',
                f"{KEYS[section][name].meaning}; proved by {survey.proof}",
            )
        ]
    return []


def _state_lines(survey: Survey) -> list[str]:
    if not survey.states:
        return [
            _beside('# "With client" = "on-hold"', "for each state that XPM does not come with")
        ]
    return [
        _beside(
            f'{write_text(name)} = "{kind}"', "by its name" if known else "ASSUMED: check in XPM"
        )
        for name, kind, known in survey.states
    ]


def _beside(text: str, remark: str) -> str:
    return f"{text:<{_REMARK_AT - 2}}  # {remark}" if remark else text


_TOLD = ("reading", "import", "rules", "minutes", "owners")  # sections that decide, and name nobody


def compose_nameless(settings: Settings) -> str:
    """Write the text of a settings file with all that decides, and no name, path or address."""
    lines = [
        "# What decides, of the practice's settings; its name, paths and addresses are left out."
    ]
    usual = Settings()
    for section in _TOLD:
        changed = [
            f"{name} = {write_value(value)}"
            for name in KEYS[section]
            if name != "max_age_days"
            and (value := _value(settings, section, name)) is not None
            and value != _value(usual, section, name)
        ]
        lines += ["", f"[{section}]", *changed] if changed else []
    if settings.states:
        lines += [
            "",
            "[states]",
            *(f"{write_text(name)} = {write_text(kind)}" for name, kind in settings.states.items()),
        ]
    return "\n".join([*lines, ""])


def _value(settings: Settings, section: str, name: str) -> TomlValue | None:
    """What a setting is, as the settings file would say it; None for not set."""
    if section == "inputs" and name != "pick":
        paths = [
            os.path.abspath(one.folder / one.pattern) for one in settings.inputs if one.role == name
        ]
        return paths[0] if len(paths) == 1 else paths or None
    value: TomlValue | Path | None = getattr(
        settings.minutes if section == "minutes" else settings, KEYS[section][name].name
    )
    return os.path.abspath(value) if isinstance(value, Path) else value
