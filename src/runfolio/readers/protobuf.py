"""Messages of protocol buffers without their schemas: fields as they stand in the bytes, nothing is copied.

A field is told by its key, as in the bytes: eight times its number plus its wire type, so that `2 << 3 | BYTES` is a text,
list or message in field 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

VARINT: Final = 0
FIXED64: Final = 1
BYTES: Final = 2
FIXED32: Final = 5

_SIZES = {FIXED64: 8, FIXED32: 4}


def varint(body: bytes, at: int) -> tuple[int, int]:
    """The number that begins there, and where it ends. ValueError for more than ten bytes, IndexError past the end."""
    value = shift = 0
    while True:
        byte = body[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than ten bytes")


def fields(body: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Key, start and end of each field of the message in `body[start:end]`; for a varint its value and 0.

    Raises:
        ValueError: the bytes are no message.
    """
    at = start
    try:
        while at < end:
            key, at = (body[at], at + 1) if body[at] < 128 else varint(body, at)
            wire = key & 7
            if wire == VARINT:
                value, at = varint(body, at)
                yield key, value, 0
                continue
            if wire == BYTES:
                size, at = varint(body, at)
            elif wire in _SIZES:
                size = _SIZES[wire]
            else:
                raise ValueError("an unknown kind of field")
            yield key, at, at + size
            at += size
    except IndexError:
        at = end + 1
    if at > end:
        raise ValueError("a field that is longer than its message")


def signed(value: int) -> int:
    """A varint of a signed 64-bit field as the number it stands for."""
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def text(body: bytes, start: int, end: int) -> str:
    """The text in the bytes; what is no UTF-8 is replaced."""
    return str(body[start:end], "utf-8", "replace")
