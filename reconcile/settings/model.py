"""What the practice knows and no export shows: defaults < reconcile.toml < RECONCILE_* < flags -> one frozen Settings.

Relative paths in the file count from its own folder.
Source: contract.md "Settings file"; rules.md section 4, "Exports never show".
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reconcile.errors import ReconcileError
from reconcile.settings.keys import KEYS, NEWS, PATH, SECRETS, STATE_TYPES, WORDS, Key, nearest
from reconcile.settings.toml_text import lines_of

STALE_DAYS = 3  # how old exports may be in a run that nobody watches
WAIT_DAYS = 2  # after so many days the import has had its night (contract.md "Not in XPM": T24)


@dataclass(frozen=True)
class Minutes:
    """What a click costs, for the least effort."""

    edit_job: int = 1
    set_reference: int = 1
    touch: int = 2
    delete: int = 1


@dataclass(frozen=True)
class InputPath:
    """One path or pattern of [inputs].

    Attributes:
        role: what its files are: the key it stands under.
        pattern: as written.
        folder: what it counts from when it is relative.
        place: where it stands, for messages.
    """

    role: str
    pattern: str
    folder: Path
    place: str


@dataclass(frozen=True)
class Settings:
    """Everything that decides besides the exports and the day; the defaults are contract.md's."""

    practice: str = ""
    inputs: tuple[InputPath, ...] = ()
    pick: str = "all"
    date_order: str = "auto"
    max_age_days: int | None = None
    adhoc: str = "off"
    profile: str = "ignition"
    window_days: int = 14
    xero_lock_date: dt.date | None = None
    xpm_lock_date: dt.date | None = None
    states: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    drafts: str = "none"
    cents_tolerance: int = 5
    minutes: Minutes = Minutes()
    owner_column: str = "job-manager"
    output_folder: Path | None = None
    keep_runs: int = 30
    history_path: Path | None = None
    notify_on: tuple[str, ...] = NEWS
    urls_file: Path | None = None
    heartbeat_file: Path | None = None
    log_file: Path | None = None

    @property
    def lock_date(self) -> dt.date | None:
        """The later of the two lock dates: an invoice on or before it is passed by (E5)."""
        return max(filter(None, (self.xero_lock_date, self.xpm_lock_date)), default=None)

    def of_own_inputs(self) -> Settings:
        """The settings of a run over its own [inputs], which nobody watches: it refuses old exports unasked."""
        return self if self.max_age_days is not None else replace(self, max_age_days=STALE_DAYS)


_URL_KEYS = {
    "url": "urls_file",
    "urls": "urls_file",
    "heartbeat": "heartbeat_file",
    "heartbeat_url": "heartbeat_file",
}


def read_settings(
    path: Path | None,
    *,
    adhoc: str | None = None,
    profile: str | None = None,
    date_order: str | None = None,
    output_folder: Path | None = None,
) -> Settings:
    """Read the settings file, then lay over it what flags and environment say.

    Args:
        path: reconcile.toml; None for the defaults alone.
        adhoc, profile, date_order, output_folder: of the command line; None where not given.

    Raises:
        ReconcileError: every fault of the file at once, each with its line and the nearest right name.
    """
    settings = Settings() if path is None else _from_file(path)
    return replace(
        settings,
        adhoc=settings.adhoc if adhoc is None else adhoc,
        profile=settings.profile if profile is None else profile,
        date_order=settings.date_order if date_order is None else date_order,
        output_folder=settings.output_folder if output_folder is None else output_folder,
    )


def find_origins(path: Path | None, given: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Say for each setting that is not at its default where its value comes from.

    Args:
        path: the settings file, which read_settings has read.
        given: field of Settings -> the flag or variable that says it.

    Returns:
        (section, key), and ("states", name) for each state -> `reconcile.toml line 7`, `RECONCILE_ADHOC`, `--adhoc`.
    """
    origins: dict[tuple[str, str], str] = {}
    if path is not None:
        lines = lines_of(_read(path)[0])
        origins = {
            name: f"{path.name} line {line}" for name, line in lines.items() if len(name) == 2
        }
    for section, keys in KEYS.items():
        for name, key in keys.items():
            if key.name in given:
                origins[section, name] = given[key.name]
    return origins


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    """The file's text, and the document that it is."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise ReconcileError(
            f"{path}: cannot be read ({error}). Check the path, and save it as UTF-8."
        ) from None
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        hint = r"Texts need quotes, dates none; a path with \ needs single ones: 'C:\Exports'."
        raise ReconcileError(f"{path}: not valid TOML. {error}. {hint}") from None


def _from_file(path: Path) -> Settings:
    text, document = _read(path)
    file = _File(path, lines_of(text))
    values: dict[str, Any] = {}
    minutes: dict[str, int] = {}
    for section, entries in document.items():
        if not isinstance(entries, dict):
            file.say((section,), _outside_words(section))
        elif section == "states":
            values["states"] = MappingProxyType(_states(file, entries))
        elif section not in KEYS:
            file.say(
                (section,), f"unknown section [{section}]{nearest(section, (*KEYS, 'states'))}"
            )
        elif section == "inputs":
            values |= _inputs(file, entries)
        else:
            target = minutes if section == "minutes" else values
            target.update(_section(file, section, entries))
    if file.faults:
        raise ReconcileError(*file.faults)
    return Settings(**values, minutes=Minutes(**minutes))


@dataclass
class _File:
    """The file while it is read: its faults, each with its place."""

    path: Path
    lines: dict[tuple[str, ...], int]
    faults: list[str] = field(default_factory=list)

    def place(self, key: tuple[str, ...]) -> str:
        return f"{self.path}: line {self.lines.get(key, self.lines.get(key[:1], 1))}"

    def say(self, key: tuple[str, ...], words: str) -> None:
        self.faults.append(f"{self.place(key)}: {words}")


def _section(file: _File, section: str, entries: dict[str, Any]) -> dict[str, Any]:
    """The sound values of a section, by field of Settings."""
    values = {}
    for name, value in entries.items():
        key = KEYS[section].get(name)
        if key is None:
            file.say((section, name), _unknown_words(section, name))
        elif fault := key.fault(value):
            file.say((section, name), f"{name} {fault}{_found(value)}")
        else:
            values[key.name] = _as_meant(key, value, file.path.parent)
    return values


def _as_meant(key: Key, value: object, folder: Path) -> object:
    """A sound value as Settings holds it."""
    if key.kind == PATH and isinstance(value, str):
        return folder / value
    if key.kind == WORDS and isinstance(value, list):
        return tuple(dict.fromkeys(value))
    return value


def _inputs(file: _File, entries: dict[str, Any]) -> dict[str, Any]:
    """[inputs]: the paths and patterns of all roles in one tuple, and `pick`."""
    values = _section(file, "inputs", entries)
    paths = []
    for role, found in values.items():
        if role != "pick":
            for pattern in [found] if isinstance(found, str) else found:
                paths.append(
                    InputPath(role, pattern, file.path.parent, file.place(("inputs", role)))
                )
    kept = {name: value for name, value in values.items() if name == "pick"}
    return kept | {"inputs": tuple(paths)}


def _states(file: _File, entries: dict[str, Any]) -> dict[str, str]:
    states: dict[str, str] = {}
    for name, value in entries.items():
        if value not in STATE_TYPES:
            words = f"must be one of {', '.join(STATE_TYPES)}{nearest(str(value), STATE_TYPES)}"
            file.say(("states", name), f"the type of state {name!r} {words}{_found(value)}")
        key = name.strip().casefold()
        if states.get(key, value) != value:
            first = next(other for other in entries if other.strip().casefold() == key)
            words = (
                f"states {first!r} and {name!r} are one state with two types. Remove one of them."
            )
            file.say(("states", name), words)
        states[key] = value
    return states


def _unknown_words(section: str, name: str) -> str:
    if section == "notify" and (name in _URL_KEYS or "://" in name):
        instead = _URL_KEYS.get(name, "urls_file")
        return (
            f"{name if name in _URL_KEYS else 'a URL'} cannot stand in [notify]: this file is shared and mailed about. "
            f"Put the URL in a file of its own and name that with {instead}, or set {SECRETS[instead]}."
        )
    homes = [other for other in KEYS if name in KEYS[other]]
    if homes:
        return f"unknown key {name!r} in [{section}]; it belongs under [{homes[0]}]."
    return f"unknown key {name!r} in [{section}]{nearest(name, KEYS[section])}"


def _outside_words(name: str) -> str:
    """What is wrong with a key that stands before all sections."""
    if name in KEYS or name == "states":
        return f"{name} must be a section. Write [{name}] on a line of its own."
    homes = [section for section in KEYS if name in KEYS[section]]
    if homes:
        return (
            f"{name} stands outside its section. Write [{homes[0]}] on a line of its own above it."
        )
    return f"unknown key {name!r} outside all sections{nearest(name, (*KEYS, 'states'))}"


def _found(value: object) -> str:
    """What was found, for a message; never a URL, which may be a secret."""
    return "" if "://" in str(value) else f" Found {value!r}."
