"""One table of a configuration, read key by key; what is wrong is gathered, not raised."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from runfolio.analysis.where import parse_where
from runfolio.errors import ConfigError, WhereError, nearest
from runfolio.toml.lines import KeyLines, KeyPath, place_in_list


class Faults:
    """Everything wrong with one file, gathered before anything is said."""

    def __init__(self, path: Path, lines: KeyLines, prefix: KeyPath = ()) -> None:
        self._path = path.as_posix()
        self._lines = lines
        self._prefix = prefix
        self._found: list[tuple[int | None, str]] = []

    @property
    def found(self) -> tuple[tuple[int | None, str], ...]:
        """Line and message of each fault so far; the line is None where the key stands nowhere in the text."""
        return tuple(self._found)

    def place_of(self, key: KeyPath) -> tuple[str, int | None]:
        """File and line of a key, else of the table around it; None for the line where that stands nowhere in the text."""
        return self._path, self._lines.of(self._prefix + key)

    def add(self, key: KeyPath, message: str) -> None:
        """Note a fault at a key."""
        self._found.append((self._lines.of(self._prefix + key), message))

    def raise_all(self) -> None:
        """Nothing, or one ConfigError with everything noted."""
        faults = sorted(self._found, key=lambda fault: (fault[0] or 0, fault[1]))
        if len(faults) == 1:
            raise ConfigError(faults[0][1], path=self._path, line=faults[0][0])
        if faults:
            places = [f"{self._path}:{line}" if line else self._path for line, _ in faults]
            lines = [f"  {place}: {text}" for place, (_, text) in zip(places, faults, strict=True)]
            raise ConfigError("\n".join([f"{len(faults)} faults in the configuration", *lines]))


class Section:
    """One table: every key is asked for by name and kind; what nobody asked for is unknown."""

    def __init__(self, faults: Faults, table: Any, path: KeyPath = ()) -> None:
        self._faults = faults
        self._path = path
        self._known: list[str] = []
        self.name = path[-1] if path else ""
        self._table: dict[str, Any] = table if isinstance(table, dict) else {}
        if not isinstance(table, dict):
            self._faults.add(path, f"`{self._written()}` must be a table, written [{self._written()}]")

    @property
    def place(self) -> tuple[str, int | None]:
        """File and line where the table begins; None for the line where that is not known."""
        return self._faults.place_of(self._path)

    def has(self, key: str) -> bool:
        """True where the key is there, whatever its value."""
        return key in self._table

    def raw(self, key: str) -> Any:
        """The value as TOML gives it, or None."""
        return self._take(key)

    def text(self, key: str) -> str | None:
        """A text, or None."""
        value = self._take(key)
        if value is None or isinstance(value, str):
            return value
        self._wrong(key, "must be a text in quotes")
        return None

    def texts(
        self, key: str, *, accept_one: bool = False, sizes: tuple[int, int] | None = None
    ) -> tuple[str, ...]:
        """A list of texts; a single text too where that is accepted. `sizes`: fewest and most different ones."""
        value = self._take(key)
        if value is None:
            return ()
        if accept_one and isinstance(value, str):
            value = [value]
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            if sizes is not None and not sizes[0] <= len(set(value)) == len(value) <= sizes[1]:
                self._wrong(key, f"must be a list of {sizes[0]} to {sizes[1]} different texts")
            return tuple(value)
        self._wrong(key, 'must be a list of texts, such as ["a", "b"]')
        return ()

    def words(self, key: str, allowed: Iterable[str]) -> tuple[str, ...]:
        """A list of words out of the allowed ones."""
        values = self.texts(key)
        for value in values:
            if value not in allowed:
                self._wrong(
                    key, f"has `{value}`, which is not one of {_listed(allowed)}{nearest(value, allowed)}"
                )
        return values

    def word(self, key: str, allowed: type[StrEnum]) -> Any:
        """One member of the enumeration, or None."""
        value = self.text(key)
        words = [member.value for member in allowed]
        if value is None or value in words:
            return None if value is None else allowed(value)
        self._wrong(key, f"is `{value}`, which is not one of {_listed(words)}{nearest(value, words)}")
        return None

    def flag(self, key: str) -> bool:
        """True where the key says so; False where it is not there."""
        value = self._take(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self._wrong(key, "must be true or false")
        return False

    def day(self, key: str) -> date | None:
        """A date, or None."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.date()
        if not isinstance(value, date):
            self._wrong(key, "must be a date without quotes, such as 2026-11-21")
            return None
        return value

    def number(self, key: str, *, at_least: float | None = None, whole: bool = False) -> float | None:
        """A finite number, or None."""
        value = self._take(key)
        if value is None:
            return None
        kinds = int if whole else (int, float)
        kind = "a whole number" if whole else "a number"
        if isinstance(value, bool) or not isinstance(value, kinds) or not abs(value) < float("inf"):
            self._wrong(key, f"must be {kind}")
            return None
        if at_least is not None and value < at_least:
            self._wrong(key, f"must be at least {at_least:g}")
        return float(value)

    def numbers(self, key: str) -> dict[str, float]:
        """A table of numbers above 0 under free names; empty where there is none."""
        value = self._take(key)
        if value is None:
            return {}
        good = isinstance(value, dict) and all(
            isinstance(number, (int, float)) and not isinstance(number, bool) and 0 < number < float("inf")
            for number in value.values()
        )
        if not good:
            self._wrong(key, "must be a table of numbers above 0, such as { a = 0.9, b = 0.1 }")
            return {}
        return {name: float(number) for name, number in value.items()}

    def flag_or_none(self, key: str) -> bool | None:
        """true or false, or None."""
        value = self._take(key)
        if value is None or isinstance(value, bool):
            return value
        self._wrong(key, "must be true or false")
        return None

    def where(self, key: str) -> str | None:
        """A filter expression that can be parsed, or None."""
        value = self.text(key)
        if value is None:
            return None
        try:
            parse_where(value)
        except WhereError as error:
            self._wrong(key, f"is not a filter expression: {error.message}")
        return value

    def address(self, key: str) -> str:
        """A web address that ends with `/`, or an empty text."""
        value = self.text(key)
        if not value:
            return ""
        if not re.fullmatch(r"https?://[^\s/]+\S*", value):
            self._wrong(key, "must be a web address that starts with https://")
        return value if value.endswith("/") else value + "/"

    def table(self, key: str) -> Section:
        """A table of known keys; empty where there is none."""
        value = self._take(key)
        return Section(self._faults, {} if value is None else value, (*self._path, key))

    def tables(self, key: str) -> list[Section]:
        """The tables below a key whose names are free, such as [metrics.NAME]."""
        outer = self.table(key)
        return [Section(self._faults, value, (*outer._path, name)) for name, value in outer._table.items()]

    def entries(self, key: str) -> list[Section]:
        """The tables of a list of tables, such as [[source]]; none where there is none."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong(key, f"must be a list of tables, each written [[{'.'.join((*self._path, key))}]]")
            return []
        return [
            Section(self._faults, item, (*self._path, key, place_in_list(number)))
            for number, item in enumerate(value, start=1)
        ]

    def fault(self, key: str, message: str) -> None:
        """Note that the key's value is wrong; the message goes on after its name."""
        self._wrong(key, message)

    def needs(self, key: str, what: str) -> None:
        """Nothing; a key that is not there is a fault that says what it is for."""
        if key not in self._table:
            self._wrong(key, f"must be given: {what}")

    def needed(self, key: str) -> str:
        """A text that must be there; empty, and a fault, where it is not."""
        value = self.text(key)
        if not value:
            self._wrong(key, "must be given")
        return value or ""

    def no_others(self) -> None:
        """Nothing; a key that was not asked for is a fault."""
        for key in self._table:
            if key not in self._known:
                place = f" in [{self._written()}]" if self._path else ""
                text = f"unknown key `{key}`{place}{nearest(key, self._known)}"
                self._faults.add((*self._path, key), text)

    def _take(self, key: str) -> Any:
        self._known.append(key)
        return self._table.get(key)

    def _wrong(self, key: str, message: str) -> None:
        self._faults.add((*self._path, key), f"`{self._written(key)}` {message}")

    def _written(self, *key: str) -> str:
        """The key path as a person writes it: without places in lists."""
        return ".".join(part for part in (*self._path, *key) if not part.startswith("#"))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
