"""Every setting with its value and where it comes from: what `reconcile settings` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconcile.settings.keys import KEYS, SECRETS, SECTIONS
from reconcile.settings.model import STALE_DAYS, Settings
from reconcile.settings.toml_text import TomlValue, write_text, write_value
from reconcile.setup.first_settings import _VALUE_MOST, _value


@dataclass(frozen=True)
class Setting:
    """One setting as it holds: its value (None for not set, or for one that is not shown) and where that comes from."""

    section: str
    key: str
    value: TomlValue | None
    origin: str


def list_settings(settings: Settings, origins: Mapping[tuple[str, str], str]) -> list[Setting]:
    """Every setting with its value and where it came from; paths in full.

    Args:
        origins: as settings.find_origins gives them.
    """
    found = []
    for section in SECTIONS:
        for name in KEYS.get(section, {}):
            origin = origins.get((section, name), "default")
            value = None if origin in SECRETS.values() else _value(settings, section, name)
            if name == "max_age_days" and value is None and settings.inputs:
                value, origin = STALE_DAYS, "default where [inputs] is read"
            found.append(Setting(section, name, value, origin))
        if section == "states":
            names = [name for (where, name) in origins if where == "states"]
            types = {name: settings.states[name.strip().casefold()] for name in names}
            found += [Setting(section, name, types[name], origins[section, name]) for name in names]
    return found


def settings_lines(settings: Sequence[Setting]) -> list[str]:
    """The settings as lines, by section: key, value, where it came from; each path of several on a line of its own."""
    rows = [row for one in settings for row in _rows_of(one)]
    key_width = max(len(key) for _, key, _, _ in rows)
    value_width = min(max(len(value) for _, _, value, _ in rows), _VALUE_MOST)
    lines = []
    for section in SECTIONS:
        lines.append(f"[{section}]")
        inside = [row for row in rows if row[0] == section]
        lines += [
            f"  {key:<{key_width}}  {value:<{value_width}}  {origin}".rstrip()
            for _, key, value, origin in inside
        ]
        if not inside:
            lines.append("  none set: the type of a job state goes by its name")
    return lines


def _rows_of(one: Setting) -> list[tuple[str, str, str, str]]:
    """Section, key, value and origin of one setting, as words."""
    key = write_text(one.key) if one.section == "states" else one.key
    if one.value is None:
        return [
            (
                one.section,
                key,
                "set, and not shown" if one.origin in SECRETS.values() else "not set",
                one.origin,
            )
        ]
    if isinstance(one.value, list):
        first, *others = (write_text(path) for path in one.value)
        return [
            (one.section, key, first, one.origin),
            *((one.section, "", path, "") for path in others),
        ]
    return [(one.section, key, write_value(one.value), one.origin)]
