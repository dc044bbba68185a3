"""What the practice knows and no export shows: defaults < reconcile.toml < RECONCILE_* < flags -> one frozen Settings.

Source: contract.md "Settings file"; rules.md section 4, "Exports never show".
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reconcile.errors import ReconcileError

MOST = 3650  # of days, cents or minutes: beyond that it is a slip of the pen
STATE_TYPES = ("standard", "completed", "on-hold", "cancelled")


@dataclass(frozen=True)
class Minutes:
    """What a click costs, for the least effort."""

    edit_job: int = 1
    set_reference: int = 1
    touch: int = 2
    delete: int = 1


@dataclass(frozen=True)
class Settings:
    """Everything that decides besides the exports and the day; the defaults are contract.md's."""

    practice: str = ""
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

    @property
    def lock_date(self) -> dt.date | None:
        """The later of the two lock dates: an invoice on or before it is passed by (E5)."""
        return max(filter(None, (self.xero_lock_date, self.xpm_lock_date)), default=None)


class Key:
    """One key of the settings file: where it goes in Settings and what it may be."""

    def __init__(self, name: str, *words: str, whole: bool = False, day: bool = False) -> None:
        self.name, self.words, self.whole, self.day = name, words, whole, day

    def fault(self, value: Any) -> str:
        """What is wrong with a value, in words; empty for nothing."""
        if self.words and value not in self.words:
            return f"must be one of {', '.join(self.words)}{_nearest(str(value), self.words)}"
        if self.whole and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST):
            return f"must be a whole number from 0 to {MOST}."
        if self.day and (not isinstance(value, dt.date) or isinstance(value, dt.datetime)):
            return "must be a date without quotes, like 2026-06-30."
        if not (self.words or self.whole or self.day) and not isinstance(value, str):
            return "must be a text in quotes."
        return ""


KEYS: dict[str, dict[str, Key]] = {
    "practice": {"name": Key("practice")},
    "reading": {"date_order": Key("date_order", "dmy", "mdy", "auto"), "max_age_days": Key("max_age_days", whole=True)},
    "import": {
        "adhoc": Key("adhoc", "off", "all", "with-reference"),
        "profile": Key("profile", "ignition", "xero"),
        "window_days": Key("window_days", whole=True),
        "xero_lock_date": Key("xero_lock_date", day=True),
        "xpm_lock_date": Key("xpm_lock_date", day=True),
    },
    "rules": {"drafts": Key("drafts", "none", "fix"), "cents_tolerance": Key("cents_tolerance", whole=True)},
    "minutes": {name: Key(name, whole=True) for name in ("edit_job", "set_reference", "touch", "delete")},
}


def read_settings(path: Path | None, **given: str | None) -> Settings:
    """Read the settings file, then lay over it what flags and environment say.

    Args:
        path: reconcile.toml; None for the defaults alone.
        given: adhoc, profile and date_order of the command line; None where not given.

    Raises:
        ReconcileError: every fault of the file at once, each with its line and the nearest right name.
    """
    settings = Settings() if path is None else _from_file(path)
    return replace(settings, **{name: value for name, value in given.items() if value is not None})


def _from_file(path: Path) -> Settings:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise ReconcileError(f"{path}: cannot be read ({error}). Check the path, and save it as UTF-8.") from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReconcileError(f"{path}: not valid TOML. {error}. Texts need quotes, dates none.") from None
    faults: list[str] = []
    values: dict[str, Any] = {}
    minutes: dict[str, int] = {}
    for section, entries in document.items():
        place = f"{path}: line {_line_of(text, section)}"
        if section not in KEYS and section != "states":
            faults.append(f"{place}: unknown section [{section}]{_nearest(section, (*KEYS, 'states'))}")
        elif not isinstance(entries, dict):
            faults.append(f"{place}: {section} must be a section. Write [{section}] on a line of its own.")
        elif section == "states":
            values["states"] = MappingProxyType(_states(path, text, entries, faults))
        else:
            target = minutes if section == "minutes" else values
            target.update(_section(path, text, section, entries, faults))
    if faults:
        raise ReconcileError(*faults)
    return Settings(**values, minutes=Minutes(**minutes))


def _section(path: Path, text: str, section: str, entries: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    values = {}
    for name, value in entries.items():
        place = f"{path}: line {_line_of(text, section, name)}"
        key = KEYS[section].get(name)
        if key is None:
            faults.append(f"{place}: unknown key {name!r} in [{section}]{_nearest(name, KEYS[section])}")
        elif fault := key.fault(value):
            faults.append(f"{place}: {name} {fault} Found {value!r}.")
        else:
            values[key.name] = value
    return values


def _states(path: Path, text: str, entries: dict[str, Any], faults: list[str]) -> dict[str, str]:
    states = {}
    for name, value in entries.items():
        if value not in STATE_TYPES:
            place = f"{path}: line {_line_of(text, 'states', name)}"
            words = f"must be one of {', '.join(STATE_TYPES)}{_nearest(str(value), STATE_TYPES)}"
            faults.append(f"{place}: the type of state {name!r} {words} Found {value!r}.")
        key = name.strip().casefold()
        if states.get(key, value) != value:
            place = f"{path}: line {_line_of(text, 'states', name)}"
            first = next(other for other in entries if other.strip().casefold() == key)
            faults.append(f"{place}: states {first!r} and {name!r} are one state with two types. Remove one of them.")
        states[key] = value
    return states


def _line_of(text: str, section: str, key: str = "") -> int:
    """The line of a section or key, for messages; the section's when the key is written in an unusual way."""
    found = 1
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if match := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
            inside = match[1] == section
            if inside:
                found = number
                if not key:
                    return number
        elif inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
        elif not inside and not key and re.match(rf"\s*{re.escape(section)}\s*[.=]", line):
            return number
    return found


def _nearest(name: str, names: Any) -> str:
    near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else "."
