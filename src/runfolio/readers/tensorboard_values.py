"""One record of a TensorBoard event file: its time, step, and the values of its summary."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from runfolio.readers.protobuf import BYTES, FIXED32, FIXED64, VARINT, fields, signed, text, varint

SCALARS: Final = "scalars"
HPARAMS: Final = "hparams"
TEXT: Final = "text"
IMAGES: Final = "images"

#: Fields of a value that hold other things than numbers, and what these are called.
_IMAGE = 4 << 3 | BYTES
_OTHERS = {5 << 3 | BYTES: "histograms", 6 << 3 | BYTES: "audio"}
#: TensorFlow's data types, as numpy has them; bfloat16 is the upper half of a float32.
_BFLOAT16, _STRING = 14, 7
_DTYPES = {
    1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "u1", 17: "<u2", 19: "<f2", 22: "<u4", 23: "<u8",
}  # fmt: skip
_CONTENT, _FLOATS, _DOUBLES, _STRINGS, _HALVES = 4, 5, 6, 8, 13
#: Fields of a tensor with whole numbers, as varints: int, int64, bool, uint32, uint64.
_WHOLE = frozenset((7, 10, 11, 16, 17))


@dataclass(slots=True)
class Value:
    """One value of a summary."""

    tag: str = ""
    number: float | None = None
    """None where it is no single number."""
    place: int = -1
    """Where the number lies in the bytes, as the numpy type `kind` has it; -1 where it lies otherwise."""
    kind: str = ""
    plugin: str = ""
    """Which part of TensorBoard shows it; empty where the record does not say."""
    content: tuple[int, int] = (0, 0)
    """What the plugin keeps beside it, as start and end."""
    texts: list[tuple[int, int]] = field(default_factory=list)
    image: tuple[int, int] | None = None
    """The file of a picture, as start and end, where the record has a place of its own for it."""

    @property
    def images(self) -> list[tuple[int, int]]:
        """The files of pictures; in a tensor of texts they follow width and height."""
        return self.texts[2:] if self.image is None else [self.image]


@dataclass(slots=True)
class Record:
    """What one record says."""

    wall_time: float = math.nan
    step: int = 0
    values: list[Value] = field(default_factory=list)
    is_restart: bool = False
    """Steps from here on are logged again; what came before and is not earlier does not count."""


def read_record(body: bytes, start: int, end: int) -> Record:
    """The record in `body[start:end]`; graphs, logs and profiles are passed over. ValueError where it is no message."""
    record = Record()
    for key, a, b in fields(body, start, end):
        if key == 1 << 3 | FIXED64:
            record.wall_time = float(np.frombuffer(body, "<f8", 1, a)[0])
        elif key == 2 << 3 | VARINT:
            record.step = signed(a)
        elif key == 5 << 3 | BYTES:
            record.values += [_value(body, x, y) for tag, x, y in fields(body, a, b) if tag == 1 << 3 | BYTES]
        elif key == 7 << 3 | BYTES:
            record.is_restart = any(tag == 1 << 3 | VARINT and x == 1 for tag, x, _ in fields(body, a, b))
    return record


def _value(body: bytes, start: int, end: int) -> Value:
    value = Value()
    for key, a, b in fields(body, start, end):
        if key == 1 << 3 | BYTES:
            value.tag = text(body, a, b)
        elif key == 2 << 3 | FIXED32:
            value.place, value.kind = a, "<f4"
            value.number = number_at(body, a, "<f4")
        elif key == 8 << 3 | BYTES:
            _tensor(body, a, b, value)
        elif key == 9 << 3 | BYTES:
            _metadata(body, a, b, value)
        elif key == _IMAGE:
            value.plugin = IMAGES
            value.image = next(
                ((x, y) for inner, x, y in fields(body, a, b) if inner == 4 << 3 | BYTES), None
            )
        elif key in _OTHERS:
            value.plugin = _OTHERS[key]
    return value


def number_at(body: bytes, place: int, kind: str) -> float:
    """The number of that numpy type which lies there."""
    return float(np.frombuffer(body, kind, 1, place)[0])


def _metadata(body: bytes, start: int, end: int, value: Value) -> None:
    for key, a, b in fields(body, start, end):
        if key == 1 << 3 | BYTES:
            for inner, x, y in fields(body, a, b):
                if inner == 1 << 3 | BYTES:
                    value.plugin = text(body, x, y)
                elif inner == 2 << 3 | BYTES:
                    value.content = (x, y)


def _tensor(body: bytes, start: int, end: int, value: Value) -> None:
    """Takes the number of a tensor that holds only one, or its texts."""
    kind = count = 1
    data: list[tuple[int, int, int]] = []
    for key, a, b in fields(body, start, end):
        if key == 1 << 3 | VARINT:
            kind = a
        elif key == 2 << 3 | BYTES:
            count = _count(body, a, b)
        else:
            data.append((key, a, b))
    if kind == _STRING:
        value.texts = [(a, b) for key, a, b in data if key == _STRINGS << 3 | BYTES]
    elif count == 1 and (kind in _DTYPES or kind == _BFLOAT16):
        _one_number(body, kind, data[-1] if data else None, value)


def _count(body: bytes, start: int, end: int) -> int:
    """Values in a tensor of that shape."""
    sizes = [
        next((size for key, size, _ in fields(body, a, b) if key == 1 << 3 | VARINT), 0)
        for key, a, b in fields(body, start, end)
        if key == 2 << 3 | BYTES
    ]
    return math.prod(sizes)


def _one_number(body: bytes, kind: int, data: tuple[int, int, int] | None, value: Value) -> None:
    value.number = 0.0  # what is not written is zero
    if data is None:
        return
    key, a, b = data
    number, wire = key >> 3, key & 7
    if number == _CONTENT and kind == _BFLOAT16:
        value.number = _half(int.from_bytes(body[a:b], "little"), kind)
    elif number in (_CONTENT, _FLOATS, _DOUBLES) and wire != VARINT:
        dtype = _DTYPES[kind] if number == _CONTENT else "<f4" if number == _FLOATS else "<f8"
        if b - a == np.dtype(dtype).itemsize:
            value.place, value.kind = a, dtype
            value.number = number_at(body, a, dtype)
    elif number in _WHOLE or number == _HALVES:
        whole = a if wire == VARINT else varint(body, a)[0] if b > a else 0
        value.number = _half(whole, kind) if number == _HALVES else float(signed(whole))


def _half(bits: int, kind: int) -> float:
    """Two bytes as the number they stand for."""
    low = np.array([bits & 0xFFFF], "<u2")
    return float((low.astype("<u4") << 16).view("<f4")[0] if kind == _BFLOAT16 else low.view("<f2")[0])
