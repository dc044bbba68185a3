"""TOML as text: on which line each key stands, and how a text or path is written so that it is read back the same.

Python reads TOML and neither says where a key stood nor writes it.
Source: toml.io, TOML 1.0.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

TomlValue = str | int | date | Sequence[str]  # what a setting can be

_SHORT = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """Say on which line each section, (section,), and each key, (section, key), begins, however it is written.

    Args:
        text: a document that reads as TOML.
    """
    lines: dict[tuple[str, ...], int] = {}
    header: tuple[str, ...] = ()
    pending, begun = "", 1
    for number, line in enumerate(text.split("\n"), start=1):
        begun = begun if pending else number
        pending += line + "\n"
        try:
            found = tomllib.loads(pending)
        except tomllib.TOMLDecodeError:
            continue  # a text or list goes on: as the document is sound, a statement ends where it first reads alone
        is_header = pending.lstrip().startswith("[")
        for path in _paths_in(found):
            header, name = (path, path) if is_header else (header, header + path)
            lines.setdefault(name[:1], begun)
            lines.setdefault(name[:2], begun)
        pending = ""
    return lines


def _paths_in(found: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """The names of one statement, down to two levels."""
    for name, value in found.items():
        if isinstance(value, dict) and value:
            yield from ((name, inner) for inner in value)
        else:
            yield (name,)


def write_value(value: TomlValue) -> str:
    """Write a text, number, day or list of them as TOML."""
    if isinstance(value, str):
        return write_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) else f"[{', '.join(map(write_text, value))}]"


def write_text(text: str) -> str:
    """Write a text as TOML; one with backslashes in single quotes, as people type Windows paths, where that can be.

    >>> print(write_text('He said "no"'), write_text(r"C:\\Exports"), write_text("a\\u200bb"))
    "He said \\"no\\"" 'C:\\Exports' "a\\u200bb"
    """
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return '"' + "".join(_written(letter) for letter in text) + '"'


def _written(letter: str) -> str:
    """One letter; those that nobody sees by their number."""
    if letter in _SHORT:
        return _SHORT[letter]
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
