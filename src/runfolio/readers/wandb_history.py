"""Rows of a W&B history. A row whose values all are numbers, as nearly all rows are, is taken apart by one expression; the others
field by field. Keys come in any order: rows with the same keys make one block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

import numpy as np

from runfolio.readers.flatten import flatten
from runfolio.readers.json_lines import decode_line
from runfolio.readers.number import clean, number
from runfolio.readers.protobuf import BYTES, VARINT, fields, signed, text, varint
from runfolio.readers.reader import RowBlock

#: What W&B itself puts into a row.
STEP, TIMESTAMP, RUNTIME = "_step", "_timestamp", "_runtime"
INTERNAL: Final = frozenset((STEP, TIMESTAMP, RUNTIME, "_wandb"))
#: In an item, its value as JSON; the key's parts come before it.
VALUE: Final = 16 << 3 | BYTES
_TYPE = "_type"

_ITEM = re.compile(
    rb"\x0a[\x05-\x7f]((?:[\x0a\x12][\x01-\x7f][^\x00-\x1f]+)+)\x82\x01[\x01-\x20]([-+.0-9eE]+|NaN|-?Infinity)"
)
_AROUND = 5
"""Bytes of such an item besides its key and number."""
_STEP = re.compile(rb"\x12[\x00-\x0b](?:\x08([\x80-\xff]*[\x00-\x7f]))?")


def number_items(body: bytes, start: int, end: int) -> tuple[dict[bytes, bytes], int] | None:
    """The keys and numbers of a message's items, both as they stand there, and where the items end.

    None where one of the items is no number; then they must be read field by field.
    """
    found = _ITEM.findall(body, start, end)
    numbers = dict(found)
    after = start + sum(map(len, chain.from_iterable(found))) + _AROUND * len(found)
    if not found or len(numbers) < len(found) or (after < end and body[after] != 0x12):
        return None
    return numbers, after


@dataclass(slots=True)
class _Rows:
    """Rows with the same keys."""

    names: tuple[str, ...]
    keys: tuple[bytes, ...] = ()
    steps: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    """Row after row."""

    def block(self, started_at: float | None) -> RowBlock | None:
        """The rows without what W&B itself put there; None where nothing is left."""
        kept = [index for index, name in enumerate(self.names) if name not in INTERNAL]
        if not kept or not self.steps:
            return None
        table = np.array(self.values, float).reshape(-1, len(self.names)).T
        time = np.full(len(self.steps), np.nan)
        if TIMESTAMP in self.names and started_at is not None:
            time = table[self.names.index(TIMESTAMP)] - started_at
        elif RUNTIME in self.names:
            time = table[self.names.index(RUNTIME)]
        names = tuple(self.names[index] for index in kept)
        return RowBlock(names, np.array(self.steps, float), time, np.ascontiguousarray(table[kept]))


@dataclass(frozen=True, slots=True)
class Media:
    """What a row holds besides numbers, as W&B describes it: `values["_type"]` says what it is."""

    name: str
    values: dict[str, Any]
    step: int


@dataclass(slots=True)
class History:
    """All rows, in the order in which they are added."""

    next_step: int = 0
    """Of a row that names none."""
    media: list[Media] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)
    """Names of what is neither number nor media, and what it is."""
    _by_keys: dict[frozenset[bytes], _Rows] = field(default_factory=dict)
    _by_names: dict[tuple[str, ...], _Rows] = field(default_factory=dict)

    def add(self, body: bytes, start: int, end: int) -> None:
        """Take the row in `body[start:end]`. ValueError where it is no message."""
        if not self._add_numbers(body, start, end):
            self._add_any(body, start, end)

    def blocks(self, started_at: float | None) -> list[RowBlock]:
        """The rows as blocks; times are in seconds since that Unix time."""
        rows = [*self._by_keys.values(), *self._by_names.values()]
        return [block for block in (item.block(started_at) for item in rows) if block is not None]

    def _add_numbers(self, body: bytes, start: int, end: int) -> bool:
        """True for a row that was nothing but numbers."""
        found = number_items(body, start, end)
        step = None if found is None else _STEP.fullmatch(body, found[1], end)
        if found is None or (step is None and found[1] < end):
            return False
        texts = found[0]
        rows = self._by_keys.get(frozenset(texts))
        if rows is None:
            rows = _Rows(tuple(name_of(key) for key in texts), tuple(texts))
            if len(set(rows.names)) < len(rows.names):
                return False
            self._by_keys[frozenset(texts)] = rows
        try:
            values = list(map(float, map(texts.__getitem__, rows.keys)))
        except ValueError:
            return False
        if step is not None:
            at = signed(varint(step[1], 0)[0]) if step[1] else 0
        else:
            at = self._step(dict(zip(rows.names, values, strict=True)).get(STEP))
        self.next_step = at + 1
        rows.steps.append(at)
        rows.values += values
        return True

    def _step(self, value: object) -> int:
        """The step that a row itself names, else the next one."""
        if (
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and value == value // 1
            and abs(value) < 2**63
        ):
            return int(value)
        return self.next_step

    def _add_any(self, body: bytes, start: int, end: int) -> None:
        row: dict[str, Any] = {}
        step = None
        for key, a, b in fields(body, start, end):
            if key == 1 << 3 | BYTES:
                put_item(row, body, a, b)
            elif key == 2 << 3 | BYTES:
                step = next((signed(x) for inner, x, _ in fields(body, a, b) if inner == 1 << 3 | VARINT), 0)
        if step is None:
            step = self._step(row.get(STEP))
        self.next_step = step + 1
        found: dict[str, float] = {}
        for name, value in row.items():
            if name in INTERNAL and number(value) is None:
                continue
            if isinstance(value, dict) and isinstance(value.get(_TYPE), str):
                self.media.append(Media(clean(name), value, step))
                continue
            for flat, leaf in flatten({name: value}, "/"):
                if (as_number := number(leaf)) is not None:
                    found[flat] = as_number
                elif leaf is not None:
                    self.others.setdefault(flat, _kind(leaf))
        if found:
            rows = self._by_names.setdefault(tuple(found), _Rows(tuple(found)))
            rows.steps.append(step)
            rows.values += found.values()


def _kind(value: object) -> str:
    return {str: "texts", bool: "truth values", list: "lists"}.get(type(value), "objects")


def name_of(keys: bytes) -> str:
    """The name that the parts of a key make."""
    parts = [text(keys, a, b) for _, a, b in fields(keys, 0, len(keys))]
    return clean("/".join(parts)) or "unnamed"


def put_item(
    into: dict[str, Any], body: bytes, start: int, end: int, parts: tuple[int, ...] = (1, 2)
) -> None:
    """Puts the value of an item of a history, summary, config or statistics under its key, which may have several parts.

    A value that is no JSON is left out.
    """
    keys: list[str] = []
    value = b"null"
    for key, a, b in fields(body, start, end):
        if key == VALUE:
            value = body[a:b]
        elif key & 7 == BYTES and key >> 3 in parts:
            keys.append(text(body, a, b))
    put_value(into, keys, value)


def put_value(into: dict[str, Any], keys: list[str], value: bytes) -> None:
    """Puts a value in JSON under a key of several parts; one that is no JSON is left out."""
    try:
        decoded = decode_line(value)
    except (ValueError, RecursionError):
        return
    if not keys:
        return
    for name in keys[:-1]:
        below = into.get(name)
        if not isinstance(below, dict):
            below = into[name] = {}
        into = below
    into[keys[-1]] = decoded
