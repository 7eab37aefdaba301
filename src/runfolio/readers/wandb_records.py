"""The frames of a `.wandb` file: blocks of 32 KiB with chunks of checksum, length and kind, as in LevelDB's log; a record is one
chunk or several.

A chunk whose checksum does not fit is skipped; where the next one cannot be told either, so is the rest of the block. What is
cut off at the end is normal: the writer is at it, or was killed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

HEADER: Final = b":W&B\xe1\xbe"
_START = 7
"""Bytes of the file's header: `HEADER` and a version."""
_BLOCK = 32_768
_CHUNK = struct.Struct("<IHB")
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4

Span = tuple[bytes, int, int]
"""A record: bytes, and where in them it begins and ends."""


@dataclass(slots=True)
class Frames:
    """Reads the records of a file; `damage` holds places of chunks that were skipped, once the records were asked for."""

    body: bytes
    damage: list[int] = field(default_factory=list)

    def records(self) -> Iterator[Span]:
        """The records, in the order of the file."""
        body, parts = self.body, list[bytes]()
        for start, end, kind in self._chunks():
            if kind == _FULL:
                parts.clear()
                yield body, start, end
            elif kind == _FIRST:
                parts = [body[start:end]]
            elif parts:
                parts.append(body[start:end])
                if kind == _LAST:
                    whole = b"".join(parts)
                    parts.clear()
                    yield whole, 0, len(whole)

    def _chunks(self) -> Iterator[tuple[int, int, int]]:
        """Start, end and kind of what the sound chunks hold; a damaged one gives an empty first part, which drops what it was of."""
        body, at, size, header = self.body, _START, len(self.body), _CHUNK.unpack_from
        checksum = zlib.crc32
        while at + _CHUNK.size <= size:
            left = _BLOCK - at % _BLOCK
            if left < _CHUNK.size:
                at += left
                continue
            expected, length, kind = header(body, at)
            start = at + _CHUNK.size
            end = start + length
            if not 1 <= kind <= 4 or length > left - _CHUNK.size:
                if kind == 0 == expected == length and not body[at : at + left].strip(b"\0"):
                    at += left  # room that was set aside
                    continue
                at = self._skipped(at, 0)
            elif end > size:
                return
            elif checksum(body[at + 6 : end]) != expected:
                at = self._skipped(at, length)
            else:
                yield start, end, kind
                at = end
                continue
            yield 0, 0, _FIRST

    def _skipped(self, at: int, length: int) -> int:
        """Notes the damage; gives the next chunk's place where that is sound, else the next block's."""
        self.damage.append(at)
        following = at + _CHUNK.size + length
        block = at + _BLOCK - at % _BLOCK
        if length and following + _CHUNK.size <= min(block, len(self.body)):
            expected, size, kind = _CHUNK.unpack_from(self.body, following)
            end = following + _CHUNK.size + size
            if (
                1 <= kind <= 4
                and end <= min(block, len(self.body))
                and zlib.crc32(self.body[following + 6 : end]) == expected
            ):
                return following
        return block
