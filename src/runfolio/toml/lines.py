"""Where keys stand in a TOML text: tomllib does not tell, so headers and `key =` lines are looked up again."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from typing import Any

KeyPath = tuple[str, ...]
"""A key with the tables around it, such as `("metrics", "val/accuracy", "goal")`; in a list of tables the place of the
table stands after its name: `("source", "#2", "path")`."""


def place_in_list(number: int) -> str:
    """The part of a key path that tells a table from the others of its list; numbers start from 1."""
    return f"#{number}"


class KeyLines:
    """The line of every key of one TOML text."""

    _KEY = re.compile(
        r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
    )

    def __init__(self, text: str) -> None:
        self._lines: dict[KeyPath, int] = {}
        header: KeyPath = ()
        listed: Counter[KeyPath] = Counter()
        for number, line in enumerate(text.splitlines(), start=1):
            if line.lstrip().startswith("["):
                header = self._path(line) or header
                if line.lstrip().startswith("[["):
                    listed[header] += 1
                    header = (*header, place_in_list(listed[header]))
                self._note(header, number)
            elif found := self._KEY.match(line):
                self._note(header + self._path(f"{found[1]} = 0"), number)

    def of(self, key: KeyPath) -> int | None:
        """The 1-based line of the key, else of the table around it; None when neither is found."""
        while key:
            if key in self._lines:
                return self._lines[key]
            key = key[:-1]
        return None

    def _note(self, key: KeyPath, number: int) -> None:
        for length in range(1, len(key) + 1):
            self._lines.setdefault(key[:length], number)

    @staticmethod
    def _path(line: str) -> KeyPath:
        try:
            value: Any = tomllib.loads(line)
        except tomllib.TOMLDecodeError:
            return ()
        path = []
        while isinstance(value, (dict, list)) and value:
            if isinstance(value, list):
                value = value[0]
                continue
            name, value = next(iter(value.items()))
            path.append(name)
        return tuple(path)
