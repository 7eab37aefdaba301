"""The frames of a TensorBoard event file: length, its checksum, the record, its checksum.

A checksum that does not fit costs the record; a damaged length costs what lies before the next sound frame. What is cut off at
the end is normal: the writer is at it, or was killed.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from runfolio.readers.crc32c import Places, crc32c, masked

_HEADER = 12
_AROUND = 16
"""Bytes of a frame besides its record."""
_MOST_DAMAGE = 100
"""Places of damage after which the rest of a file is given up."""
_SEARCHED = 1_000_000
"""Bytes that are searched for a frame at a time."""


@dataclass(slots=True)
class Records:
    """Where the sound records of a file begin, and their sizes in bytes, both shape (n,)."""

    starts: Places
    sizes: Places
    damage: list[int] = field(default_factory=list)
    """Where frames begin that are damaged."""


def is_event_file(body: bytes) -> bool:
    """True where the bytes begin with a sound frame's header."""
    return len(body) >= _HEADER and bool(_sound_headers(body, np.zeros(1, np.int64))[0])


def find_records(body: bytes) -> Records:
    """The records whose checksums fit, in the order of the file."""
    frames: list[Places] = []
    damage: list[int] = []
    at: int | None = 0
    while at is not None and len(damage) < _MOST_DAMAGE:
        found, end = _walk(body, at)
        sound = _sound_headers(body, found)
        if not sound.all():
            first = int(np.argmin(sound))
            found, end = found[:first], int(found[first])
        frames.append(found)
        at = None
        if len(body) - end >= _HEADER and not is_event_file(body[end : end + _HEADER]):
            damage.append(end)
            at = _next_frame(body, end + 1)
    headers = np.concatenate(frames)
    starts, sizes = headers + _HEADER, _numbers(body, headers, "<u8").astype(np.int64)
    fits = masked(crc32c(body, starts, sizes)) == _numbers(body, starts + sizes, "<u4")
    damage += headers[~fits].tolist()
    return Records(starts[fits], sizes[fits], sorted(damage))


def _walk(body: bytes, at: int) -> tuple[Places, int]:
    """Where whole frames begin if every length is right, and where the last one ends."""
    length = struct.Struct("<Q").unpack_from
    found: list[int] = []
    add, size = found.append, len(body)
    last = size - _AROUND
    while at <= last:
        end = at + _AROUND + length(body, at)[0]
        if end > size:
            break
        add(at)
        at = end
    return np.array(found, np.int64), at


def _numbers(body: bytes, places: Places, kind: str) -> NDArray[np.uint64]:
    if not len(places):
        return np.zeros(0, np.uint64)
    size = int(kind[2])
    windows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(body, np.uint8), size)
    return windows[places].view(kind).reshape(-1).astype(np.uint64)


def _sound_headers(body: bytes, headers: Places) -> NDArray[np.bool_]:
    if not len(headers):
        return np.ones(0, bool)
    sums = masked(crc32c(body, headers, np.full(len(headers), 8)))
    fits: NDArray[np.bool_] = sums == _numbers(body, headers + 8, "<u4")
    return fits


def _next_frame(body: bytes, start: int) -> int | None:
    """The first place from `start` on with a sound header; None when there is none."""
    last = len(body) - _HEADER + 1
    for first in range(start, last, _SEARCHED):
        (found,) = np.nonzero(_sound_headers(body, np.arange(first, min(first + _SEARCHED, last))))
        if len(found):
            return first + int(found[0])
    return None
