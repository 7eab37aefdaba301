"""JSON lines as blocks of numbers.

Logs are mostly rows of one layout, therefore rows are gathered by their keys and each layout becomes one matrix; only
rows that hold something else than plain numbers are looked at value by value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any, Literal

import msgspec
import numpy as np

from runfolio.model import FloatArray
from runfolio.readers.flatten import flatten
from runfolio.readers.number import clean, number

_BLOCK_BYTES = 8_000_000
_BROKEN = (ValueError, RecursionError)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Rows with the same names: `index` (n,) counts the rows of the file from 0, `values` has shape (k, n)."""

    names: tuple[str, ...]
    index: FloatArray
    values: FloatArray


@dataclass(slots=True)
class Lines:
    """What a file of JSON lines holds."""

    layouts: list[Layout] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    """Line numbers (1-based) of whole lines that are no JSON object."""
    rows: int = 0
    other: dict[str, tuple[int, object]] = field(default_factory=dict)
    """Name → line and value of the first that was no number."""
    is_torn: bool = False
    """The last line has no end and is no JSON object: a writer is at it, or was killed. It is left out."""


def decode_line(line: bytes) -> object:
    """The value of one line; bare NaN and Infinity are understood. ValueError or RecursionError when broken."""
    try:
        return msgspec.json.decode(line)
    except _BROKEN:
        return lenient_json(line)


def lenient_json(body: bytes | str) -> object:
    """The value of JSON with bare NaN and Infinity; lone surrogates, which no file could hold, become question marks."""
    value: object = json.loads(body)
    shown = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    if b"\\u" in shown or b"\xed" in shown:
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


def read_lines(body: bytes, on_row: Callable[[dict[str, Any]], None] | None = None) -> Lines:
    """All rows of the body; a broken line costs that line only.

    Args:
        body: the bytes of the file.
        on_row: sees each row as it was written (and takes out what is no metric) before its numbers are taken.
    """
    lines = Lines()
    first_line = 1
    blocks = list(_blocks(body))
    for number_of_block, (start, end) in enumerate(blocks, 1):
        block = body[start:end]
        matrix = None if on_row else _one_layout(block)
        if matrix is None:
            _any_layout(block, first_line, lines, on_row)
        else:
            names, values = matrix
            count = values.shape[1]
            lines.layouts.append(
                Layout(names, np.arange(lines.rows, lines.rows + count, dtype=float), values)
            )
            lines.rows += count
        if number_of_block < len(blocks):
            first_line += block.count(b"\n")
    return lines


def lines_of(rows: list[dict[str, Any]]) -> Lines:
    """Rows that stood in a list of one JSON value."""
    lines = Lines()
    _gather(rows, list(range(1, len(rows) + 1)), lines)
    return lines


def _blocks(body: bytes) -> Iterator[tuple[int, int]]:
    """Where parts of whole lines begin and end: a large file never stands in memory as objects."""
    start = 0
    while start < len(body):
        end = start + _BLOCK_BYTES
        cut = len(body) if end >= len(body) else body.find(b"\n", end) + 1 or len(body)
        yield start, cut
        start = cut


#: How the run log writes what JSON has no number for.
_WORDS = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}
_Word = Literal["NaN", "Infinity", "-Infinity"]


@lru_cache(maxsize=256)
def _decoder(names: tuple[str, ...], kind: Any) -> msgspec.json.Decoder[Any]:
    fields = [f"f{index}" for index in range(len(names))]
    row = msgspec.defstruct(
        "Row",
        [(name, kind) for name in fields],
        rename=dict(zip(fields, names, strict=True)),
        forbid_unknown_fields=True,
        gc=False,
    )
    return msgspec.json.Decoder(row)


def _one_layout(block: bytes) -> tuple[tuple[str, ...], FloatArray] | None:
    """Names and values where every line has the same names, and only numbers or the words for NaN; None otherwise."""
    if len(block) < 2_000:
        return None  # for a few rows the general way is quicker than making a decoder
    try:
        first = decode_line(block[: block.find(b"\n") + 1])
    except _BROKEN:
        return None
    if not isinstance(first, dict) or not first or len(first) > 500 or "" in first:
        return None
    names = tuple(first)
    flat = _plain_numbers(block, names)
    if flat is None:
        return None
    return names, np.ascontiguousarray(flat.reshape(-1, len(names)).T)


def _plain_numbers(block: bytes, names: tuple[str, ...]) -> FloatArray | None:
    """The values of all lines, one line after the other."""
    try:
        rows = _decoder(names, float).decode_lines(block)
        flat = chain.from_iterable(map(msgspec.structs.astuple, rows))
        return np.fromiter(flat, dtype=float, count=len(rows) * len(names))
    except _BROKEN:
        pass
    try:
        rows = _decoder(names, float | _Word).decode_lines(block)
    except _BROKEN:
        return None
    found = list(chain.from_iterable(map(msgspec.structs.astuple, rows)))
    return np.array([_WORDS[value] if value.__class__ is str else value for value in found], dtype=float)


def _any_layout(
    block: bytes, first_line: int, lines: Lines, on_row: Callable[[dict[str, Any]], None] | None
) -> None:
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    texts = block.split(b"\n")
    for offset, text in enumerate(texts):
        if not text.strip():
            continue
        try:
            row = decode_line(text)
        except _BROKEN:
            row = None
        if isinstance(row, dict):
            if on_row:
                on_row(row)
            rows.append(row)
            numbers.append(first_line + offset)
        elif row is None and offset == len(texts) - 1 and text != b"null":
            lines.is_torn = True
        else:
            lines.broken.append(first_line + offset)
    _gather(rows, numbers, lines)


def _gather(rows: list[dict[str, Any]], line_numbers: list[int], lines: Lines) -> None:
    by_names: dict[tuple[str, ...], list[int]] = {}
    for index, row in enumerate(rows):
        by_names.setdefault(tuple(row), []).append(index)
    odd: list[int] = []
    for names, indexes in by_names.items():
        if (values := _matrix([rows[index] for index in indexes], names)) is None:
            odd.extend(indexes)
        else:
            lines.layouts.append(Layout(names, np.array(indexes, dtype=float) + lines.rows, values))
    by_names = {}
    numeric: dict[int, dict[str, float]] = {}
    for index in sorted(odd):
        numeric[index] = _numbers(rows[index], line_numbers[index], lines)
        by_names.setdefault(tuple(numeric[index]), []).append(index)
    for names, indexes in by_names.items():
        values = np.array([[numeric[index][name] for index in indexes] for name in names], dtype=float)
        index_array = np.array(indexes, dtype=float) + lines.rows
        lines.layouts.append(Layout(names, index_array, values.reshape(len(names), len(indexes))))
    lines.layouts.sort(key=lambda layout: layout.index[0] if len(layout.index) else 0.0)
    lines.rows += len(rows)


def _matrix(rows: list[dict[str, Any]], names: tuple[str, ...]) -> FloatArray | None:
    """Values of shape (k, n) where all are plain numbers; None otherwise."""
    values = list(chain.from_iterable(map(dict.values, rows)))
    if not set(map(type, values)) <= {float, int} or any(name == "" or clean(name) != name for name in names):
        return None
    try:
        return np.array(values, dtype=float).reshape(len(rows), len(names)).T
    except OverflowError:
        return None


def _numbers(row: dict[str, Any], line: int, lines: Lines) -> dict[str, float]:
    """The numbers of a row by their flat names; what is none is remembered once a name. None means: not logged."""
    found: dict[str, float] = {}
    for name, value in flatten(row, "/"):
        if (value_as_number := number(value)) is not None:
            found[name] = value_as_number
        elif value is not None:
            lines.other.setdefault(name, (line, value))
    return found
