"""Files of JSON lines that grow while they are watched: what was read before is not parsed again.

A memory by content, on only inside `remembering`: the same bytes give the same rows with it and without.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from runfolio.readers.json_lines import Layout, Lines, read_lines

#: Logs begin differently: by so many of their first bytes one that has grown is known again.
_HEAD_BYTES = 512
_MOST_FILES = 64
#: Below this, parsing takes no longer than looking.
_WORTH_BYTES = 20_000


@dataclass(frozen=True, slots=True)
class _Known:
    size: int
    sha256: bytes
    line_count: int
    lines: Lines


_memory: dict[bytes, _Known] | None = None


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, `read_growing` keeps what it has read."""
    global _memory
    before, _memory = _memory, {} if _memory is None else _memory
    try:
        yield
    finally:
        _memory = before


def read_growing(body: bytes) -> Lines:
    """As `read_lines`; of a body that begins with one read before, only the rest is parsed."""
    if _memory is None or len(body) < _WORTH_BYTES:
        return read_lines(body)
    head = body[:_HEAD_BYTES]
    known = _memory.pop(head, None)
    if known is None or hashlib.sha256(body[: known.size]).digest() != known.sha256:
        lines, end, count = read_lines(body), len(body), body.count(b"\n")
    else:
        rest = body[known.size :]
        lines = _joined(known, read_lines(rest))
        end, count = len(body), known.line_count + rest.count(b"\n")
    if body.endswith(b"\n"):  # a torn line may be whole next time
        _memory[head] = _Known(end, hashlib.sha256(body).digest(), count, lines)
    elif known is not None:
        _memory[head] = known
    while len(_memory) > _MOST_FILES:
        del _memory[next(iter(_memory))]
    return lines


def _joined(known: _Known, rest: Lines) -> Lines:
    before = known.lines
    layouts = list(before.layouts)
    for found in rest.layouts:
        moved = Layout(found.names, found.index + before.rows, found.values)
        last = layouts[-1] if layouts else None
        if last is not None and last.names == moved.names:
            layouts[-1] = Layout(
                last.names,
                np.concatenate([last.index, moved.index]),
                np.concatenate([last.values, moved.values], axis=1),
            )
        else:
            layouts.append(moved)
    other = dict(before.other)
    for name, (line, value) in rest.other.items():
        other.setdefault(name, (line + known.line_count, value))
    broken = before.broken + [line + known.line_count for line in rest.broken]
    return Lines(layouts, broken, before.rows + rest.rows, other, rest.is_torn)
