"""Checksums CRC-32C of many spans of bytes at once.

The register after some bytes is linear in what it held and in the bytes, over exclusive or. So zeros may be put before a span,
spans of one length go through two-byte tables together, and a long span is the sum of its pieces, each moved by what follows it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0x82F63B78
_ONES = 0xFFFFFFFF
_PIECE = 2048
"""Bytes; a multiple of eight. Longer spans are cut into such pieces."""
_SLAB = 1_000_000
"""Bytes that go through the tables at a time."""

Words = NDArray[np.uint32]
Places = NDArray[np.int64]


def crc32c(body: bytes, starts: Places, sizes: Places) -> Words:
    """The checksum (n,) of each span `body[start:start + size]`; eight bytes must lie before each."""
    found = np.zeros(len(starts), np.uint32)
    array = np.frombuffer(body, np.uint8)
    for size in np.unique(sizes).tolist():
        (chosen,) = np.nonzero(sizes == size)
        if size < 4:
            found[chosen] = [_one_by_one(body[at : at + size]) for at in starts[chosen].tolist()]
        elif size <= _PIECE:
            found[chosen] = _of_one_size(array, starts[chosen], size)
        else:
            found[chosen] = [_long(array, at, size) for at in starts[chosen].tolist()]
    return found


def masked(sums: Words) -> Words:
    """The sums as TensorFlow's records hold them: turned and shifted, so that sums of sums are not zero."""
    turned: Words = ((sums >> np.uint32(15)) | (sums << np.uint32(17))) + np.uint32(0xA282EAD8)
    return turned


def _of_one_size(array: NDArray[np.uint8], starts: Places, size: int) -> Words:
    before = -size % 8
    windows = np.lib.stride_tricks.sliding_window_view(array, size + before)
    count = max(1, _SLAB // (size + before))
    parts = []
    for first in range(0, len(starts), count):
        rows = windows[starts[first : first + count] - before]
        rows[:, :before] = 0
        rows[:, before : before + 4] ^= 0xFF
        parts.append(_register(rows) ^ np.uint32(_ONES))
    return np.concatenate(parts)


def _long(array: NDArray[np.uint8], start: int, size: int) -> int:
    pieces = np.zeros((-(-size // _PIECE), _PIECE), np.uint8)
    flat = pieces.reshape(-1)
    flat[-size:] = array[start : start + size]
    flat[len(flat) - size : len(flat) - size + 4] ^= 0xFF
    register, (low, high) = 0, _moved_by_a_piece()
    count = _SLAB // _PIECE
    for first in range(0, len(pieces), count):
        for piece in _register(pieces[first : first + count]).tolist():
            register = low[register & 0xFFFF] ^ high[register >> 16] ^ piece
    return register ^ _ONES


def _register(rows: NDArray[np.uint8]) -> Words:
    """The register (n,) after each row of bytes (n, 8 k), from zero."""
    last, third, second, first = _tables()
    words = np.ascontiguousarray(rows.view("<u2").T)
    register = np.zeros(len(rows), "<u4")
    for column in range(0, len(words), 4):
        low, high = register.view("<u2").reshape(-1, 2).T
        register = first.take(words[column] ^ low)
        register ^= second.take(words[column + 1] ^ high)
        register ^= third.take(words[column + 2])
        register ^= last.take(words[column + 3])
    return register


@cache
def _tables() -> tuple[Words, ...]:
    """Four tables (65536,): the register after two bytes, and zero, two, four or six zeros behind them."""
    byte = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        byte = np.where(byte & 1, (byte >> 1) ^ np.uint32(_POLYNOMIAL), byte >> 1)
    register = np.arange(65536, dtype=np.uint32)
    for _ in range(2):
        register = byte[register & 0xFF] ^ (register >> 8)
    tables = [register]
    for _ in range(3):
        tables.append(register[tables[-1] & 0xFFFF] ^ (tables[-1] >> 16))
    return tuple(tables)


@cache
def _moved_by_a_piece() -> tuple[list[int], list[int]]:
    """What a register's low and high half become when a piece of zeros follows."""
    pieces = np.zeros((32, _PIECE), np.uint8)
    pieces[:, :4] = (
        (np.uint32(1) << np.arange(32, dtype=np.uint32)).astype("<u4").view(np.uint8).reshape(32, 4)
    )
    bits: Any = _register(pieces)
    halves = np.arange(65536, dtype=np.uint32)
    tables = []
    for shift in (0, 16):
        table = np.zeros(65536, np.uint32)
        for bit in range(16):
            table ^= np.where(halves >> np.uint32(bit) & np.uint32(1), bits[shift + bit], np.uint32(0))
        tables.append(table.tolist())
    return tables[0], tables[1]


def _one_by_one(span: bytes) -> int:
    register = _ONES
    for byte in span:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (_POLYNOMIAL if register & 1 else 0)
    return register ^ _ONES
