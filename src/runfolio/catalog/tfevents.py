"""TensorBoard's event files: records framed with CRC32C, each an `Event` in protocol buffers.

Only the few messages that scalars and hparams need are written; their fields are those of TensorFlow's event.proto,
summary.proto and of plugin_data.proto of TensorBoard's hparams plugin.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from runfolio.model import FloatArray, Scalar

UInt32Array = NDArray[np.uint32]

_VARINT, _DOUBLE, _BYTES, _FLOAT = 0, 1, 2, 5
_MASK_DELTA = 0xA282EAD8


def records(payloads: Sequence[bytes]) -> bytes:
    """The payloads as one file's bytes: length, its checksum, payload, its checksum, little endian."""
    lengths = [struct.pack("<Q", len(payload)) for payload in payloads]
    marks = zip(lengths, _checksums(lengths), payloads, _checksums(payloads), strict=True)
    return b"".join(part for frame in marks for part in frame)


def first_event(wall_time: float) -> bytes:
    """What every file begins with: the version of the format."""
    return _double(1, wall_time) + _text(3, "brain.Event:2")


def scalar_events(tag: str, wall_time: FloatArray, step: Sequence[int], value: FloatArray) -> list[bytes]:
    """An event a value. TensorBoard keeps them with 32 bits."""
    with np.errstate(over="ignore"):
        singles = value.astype("<f4")
    head = _text(1, tag) + _key(2, _FLOAT)
    size = len(head) + 4
    opening = _key(5, _BYTES) + _varint(size + len(_key(1, _BYTES)) + len(_varint(size)))
    opening += _key(1, _BYTES) + _varint(size) + head
    return [
        _double(1, time) + _key(2, _VARINT) + _varint(number) + opening + single.tobytes()
        for time, number, single in zip(wall_time.tolist(), step, singles, strict=True)
    ]


def hparams_start(wall_time: float, settings: Mapping[str, Scalar], group: str, start: float) -> bytes:
    """The event that tells the hparams plugin what the run was set to."""
    given = b"".join(
        _message(1, _text(1, name) + _message(2, _setting(value))) for name, value in settings.items()
    )
    return _hparams(wall_time, "session_start_info", _message(3, given + _text(4, group) + _double(5, start)))


def hparams_end(wall_time: float, status: int, end: float) -> bytes:
    """The event that tells how it ended: 1 success, 2 failure, 3 running."""
    return _hparams(
        wall_time, "session_end_info", _message(4, _key(1, _VARINT) + _varint(status) + _double(2, end))
    )


def _hparams(wall_time: float, what: str, data: bytes) -> bytes:
    plugin = _text(1, "hparams") + _message(2, data)
    value = _text(1, f"_hparams_/{what}") + _message(9, _message(1, plugin))
    return _double(1, wall_time) + _message(5, _message(1, value))


def _setting(value: Scalar) -> bytes:
    """A google.protobuf.Value."""
    if value is None:
        return _key(1, _VARINT) + _varint(0)
    if isinstance(value, bool):
        return _key(4, _VARINT) + _varint(int(value))
    if isinstance(value, (int, float)):
        return _double(2, float(value))
    return _text(3, value)


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; negative numbers as 64-bit two's complement."""
    number &= 2**64 - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _double(field: int, value: float) -> bytes:
    return _key(field, _DOUBLE) + struct.pack("<d", value)


def _message(field: int, body: bytes) -> bytes:
    return _key(field, _BYTES) + _varint(len(body)) + body


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())


def _table() -> UInt32Array:
    """CRC32C of each byte, with the polynomial of Castagnoli, reflected."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ np.uint32(0x82F63B78), table >> 1)
    return table


_TABLE = _table()


def _checksums(bodies: Iterable[bytes]) -> list[bytes]:
    """The masked CRC32C of each; bodies of one length are worked on together, byte after byte."""
    bodies = list(bodies)
    by_length: dict[int, list[int]] = {}
    for index, body in enumerate(bodies):
        by_length.setdefault(len(body), []).append(index)
    found = [b""] * len(bodies)
    for length, indexes in by_length.items():
        matrix = np.frombuffer(b"".join(bodies[i] for i in indexes), dtype=np.uint8).reshape(
            len(indexes), length
        )
        crc = np.full(len(indexes), 0xFFFFFFFF, dtype=np.uint32)
        for column in np.ascontiguousarray(matrix.T):
            crc = _TABLE[(crc ^ column) & 0xFF] ^ crc >> 8
        crc = ~crc
        masked = ((crc >> 15 | crc << 17) + np.uint32(_MASK_DELTA)).astype("<u4")
        for index, mark in zip(indexes, masked, strict=True):
            found[index] = mark.tobytes()
    return found
