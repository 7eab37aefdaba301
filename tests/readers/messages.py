"""Messages of protocol buffers and the frames that hold them, written the plain way: what tests check the readers with."""

from __future__ import annotations

import struct


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def message(*fields: tuple[int, object]) -> bytes:
    """Fields as (number, value): int → varint, float → fixed64, bytes, str and lists of fields → bytes."""
    out = b""
    for number, value in fields:
        if isinstance(value, (bool, int)):
            out += varint(number << 3) + varint(int(value))
        elif isinstance(value, float):
            out += varint(number << 3 | 1) + struct.pack("<d", value)
        else:
            body = value.encode() if isinstance(value, str) else value
            assert isinstance(body, bytes)
            out += varint(number << 3 | 2) + varint(len(body)) + body
    return out


def float32(number: int, value: float) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<f", value)


def crc32c(body: bytes) -> int:
    register = 0xFFFFFFFF
    for byte in body:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def _masked(body: bytes) -> bytes:
    register = crc32c(body)
    return struct.pack("<I", ((register >> 15 | register << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def frame(record: bytes) -> bytes:
    """A record as an event file holds it."""
    length = struct.pack("<Q", len(record))
    return length + _masked(length) + record + _masked(record)


def event(step: int, time: float, *values: bytes) -> bytes:
    """A record with a summary of these values."""
    return message((1, time), (2, step), (5, message(*((1, value) for value in values))))


def scalar(tag: str, value: float) -> bytes:
    """A value as PyTorch and TensorFlow 1 write it."""
    return message((1, tag)) + float32(2, value)


def plugin(name: str, content: bytes = b"") -> bytes:
    return message((1, message((1, name), (2, content))))


def tensor(tag: str, body: bytes, name: str = "scalars", content: bytes = b"") -> bytes:
    """A value as TensorFlow 2 writes it; `body` is a TensorProto."""
    return message((1, tag), (8, body), (9, plugin(name, content)))


def text(tag: str, *texts: str) -> bytes:
    body = message((1, 7), (2, message((2, message((1, len(texts)))))), *((8, item) for item in texts))
    return tensor(tag, body, "text")


VERSION = frame(message((1, 1000.0), (3, "brain.Event:2")))


def event_file(*events: bytes) -> bytes:
    return VERSION + b"".join(frame(item) for item in events)
