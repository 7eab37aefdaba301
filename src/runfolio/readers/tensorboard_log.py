"""All event files of a run, one after the other: series of numbers, texts, settings, and a count of what else there is.

Almost all records of a large file say the same but for time, step and number. So those of one size are laid side by side as
a matrix; where one of them was read field by field, the others that differ only there need not be.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from runfolio.model import FloatArray
from runfolio.readers.crc32c import Places
from runfolio.readers.number import clean
from runfolio.readers.protobuf import text
from runfolio.readers.reader import RowBlock
from runfolio.readers.tensorboard_images import Picture, picture
from runfolio.readers.tensorboard_records import Records
from runfolio.readers.tensorboard_values import HPARAMS, IMAGES, SCALARS, TEXT, Record, Value, read_record

_TIME = 9
"""Bytes of the time at the beginning of a record, its key included; then comes the step."""
_LARGEST = 1024
"""Bytes of a record that may be one of many alike."""
_FEWEST = 8
"""Below so many records of one size they are read one by one."""
_MOST_SHAPES = 64
"""Kinds of records of one size that are told apart before the rest is read one by one."""

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of one series, all arrays of shape (n,): `order` counts the records of all files."""

    order: Places
    step: FloatArray
    wall_time: FloatArray
    value: FloatArray


@dataclass(slots=True)
class EventLog:
    """What the files say, in the order in which they are added."""

    points: dict[str, list[Points]] = field(default_factory=lambda: defaultdict(list))
    restarts: list[tuple[int, int]] = field(default_factory=list)
    """Number of the record and the step with which the run went on."""
    texts: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Tag → last step and text."""
    settings: dict[str, bytes] = field(default_factory=dict)
    """Tag → what the plugin for hyperparameters keeps."""
    images: dict[str, list[Picture]] = field(default_factory=dict)
    """Tag → pictures of the last step."""
    _pictures: dict[str, tuple[int, list[tuple[int, int]]]] = field(default_factory=dict)
    """Of the file that is being read: tag → step, and where pictures begin and end."""
    others: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """What is not shown: kind → tags."""
    started_at: float | None = None
    """Unix time of the first record."""
    plugins: dict[str, str] = field(default_factory=dict)
    count: int = 0
    broken: int = 0
    """Records that are no messages."""

    def add(self, body: bytes, records: Records, path: str = "") -> None:
        """Take what one file says; `path` is its own."""
        for place in range(len(records.starts)):  # the first that has a time: the file's version, as a rule
            record = self._read(body, int(records.starts[place]), int(records.sizes[place]))
            if record is not None and np.isfinite(record.wall_time):
                if self.started_at is None:
                    self.started_at = record.wall_time
                break
        shaped = _Shaped.of(body, records)
        alone = [shaped.order[shaped.tail_size < 0]]
        alone += [
            self._add_alike(body, shaped, shaped.order[shaped.tail_size == size], size)
            for size in np.unique(shaped.tail_size[shaped.tail_size >= 0]).tolist()
        ]
        for order in np.sort(np.concatenate(alone)).tolist():
            record = self._read(body, int(records.starts[order]), int(records.sizes[order]))
            if record is None:
                self.broken += 1
            else:
                self._add_record(body, record, self.count + order)
        self.count += len(records.starts)
        for tag, (step, spans) in self._pictures.items():
            self.images[tag] = [picture(body, start, end, step, path) for start, end in spans]
        self._pictures.clear()

    def rows(self) -> list[RowBlock]:
        """The series, in the order in which they began; time is in seconds since the first record."""
        blocks = []
        first = {tag: min(int(part.order[0]) for part in parts) for tag, parts in self.points.items()}
        for tag in sorted(first, key=first.__getitem__):
            part = self._joined(self.points[tag])
            if len(part.step):
                time = part.wall_time - (self.started_at or 0.0)
                blocks.append(RowBlock((clean(tag) or "unnamed",), part.step, time, part.value[np.newaxis]))
        return blocks

    def _joined(self, parts: list[Points]) -> Points:
        columns = [np.concatenate([getattr(part, name) for part in parts]) for name in Points.__slots__]
        order, step = columns[0], columns[1]
        kept = np.ones(len(order), bool)
        for restart, at in self.restarts:
            kept &= (order >= restart) | (step < at)
        chosen = np.argsort(order, kind="stable")
        return Points(*(column[chosen[kept[chosen]]] for column in columns))

    def _last_image(self, tag: str) -> float:
        """Step of the tag's last pictures so far."""
        if tag in self._pictures:
            return self._pictures[tag][0]
        return self.images[tag][0].step if tag in self.images else -np.inf

    def _forget_images(self, since: int) -> None:
        """The run went on from that step: later pictures do not count."""
        for tag in [tag for tag in (*self.images, *self._pictures) if self._last_image(tag) >= since]:
            self._pictures.pop(tag, None)
            self.images.pop(tag, None)

    @staticmethod
    def _read(body: bytes, start: int, size: int) -> Record | None:
        try:
            return read_record(body, start, start + size)
        except ValueError:
            return None

    def _add_alike(self, body: bytes, shaped: _Shaped, orders: Places, size: int) -> Places:
        """Take the records that differ in time, step and numbers only; gives those that must be read one by one."""
        if len(orders) < _FEWEST or not 0 < size <= _LARGEST:
            return orders
        windows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(body, np.uint8), size)
        tails = windows[shaped.tail[orders]]
        alone = []
        for _ in range(_MOST_SHAPES):
            if len(orders) < _FEWEST:
                break
            places = _places(self._read(body, int(shaped.tail[orders[0]]), size), int(shaped.tail[orders[0]]))
            if places is None:
                alone.append(orders[:1])
                orders, tails = orders[1:], tails[1:]
                continue
            rest = []
            for chosen in _equal_but_for(tails, places):
                start = int(shaped.tail[orders[chosen[0]]])
                record = self._read(body, start, size)
                if record is None or _places(record, start) != places:
                    rest.append(chosen)
                else:
                    self._add_numbers(record.values, start, tails[chosen], shaped, orders[chosen])
            left = np.sort(np.concatenate(rest)) if rest else np.zeros(0, np.int64)
            orders, tails = orders[left], tails[left]
        return np.concatenate([*alone, orders])

    def _add_numbers(
        self, values: list[Value], start: int, tails: Bytes, shaped: _Shaped, orders: Places
    ) -> None:
        for value in values:
            at = value.place - start
            numbers = np.ascontiguousarray(tails[:, at : at + np.dtype(value.kind).itemsize])
            found = numbers.view(value.kind).reshape(-1).astype(float)
            self.points[value.tag].append(
                Points(orders + self.count, shaped.step[orders], shaped.wall_time[orders], found)
            )

    def _add_record(self, body: bytes, record: Record, order: int) -> None:
        if record.is_restart:
            self.restarts.append((order, record.step))
            self._forget_images(record.step)
        for value in record.values:
            plugin = self.plugins.setdefault(value.tag, value.plugin) or value.plugin
            if plugin == HPARAMS:
                self.settings[value.tag] = body[value.content[0] : value.content[1]]
            elif plugin == TEXT:
                if value.texts and record.step >= self.texts.get(value.tag, (record.step,))[0]:
                    found = "\n".join(text(body, start, end) for start, end in value.texts)
                    self.texts[value.tag] = (record.step, found)
            elif value.number is not None and plugin in ("", SCALARS):
                step, time, number = (
                    np.array([item], float) for item in (record.step, record.wall_time, value.number)
                )
                self.points[value.tag].append(Points(np.array([order], np.int64), step, time, number))
            elif plugin == IMAGES and value.images:
                if record.step >= self._last_image(value.tag):
                    self._pictures[value.tag] = (record.step, value.images)
            else:
                self.others[plugin or "tensors"].add(value.tag)


@dataclass(frozen=True, slots=True, eq=False)
class _Shaped:
    """Records by what follows time and step: arrays (n,) of where that begins and its size, -1 where it cannot be told."""

    order: Places
    wall_time: FloatArray
    step: FloatArray
    tail: Places
    tail_size: Places

    @classmethod
    def of(cls, body: bytes, records: Records) -> _Shaped:
        array = np.frombuffer(body, np.uint8)
        starts, sizes = records.starts, records.sizes
        order = np.arange(len(starts))
        if not len(starts):
            return cls(order, np.zeros(0), np.zeros(0), starts, sizes)
        timed = (array[starts] == 0x09) & (sizes > _TIME)
        safe = np.where(timed, starts, 0)
        windows = np.lib.stride_tricks.sliding_window_view(array, 8)
        wall_time = windows[safe + 1].view("<f8").reshape(-1)
        step, width = _varints(array, safe + _TIME + 1)
        stepped = array[safe + _TIME] == 0x10
        tail = safe + _TIME + np.where(stepped, width + 1, 0)
        tail_size = np.where(timed & (tail <= starts + sizes), starts + sizes - tail, -1)
        return cls(order, wall_time, np.where(stepped, step, 0).astype(float), tail, tail_size)


def _varints(array: Bytes, places: Places) -> tuple[Places, Places]:
    """The signed numbers (n,) that begin there, and how many bytes each has."""
    value = np.zeros(len(places), np.uint64)
    width = np.zeros(len(places), np.int64)
    goes_on = np.ones(len(places), bool)
    for index in range(10):
        byte = array[np.minimum(places + index, len(array) - 1)].astype(np.uint64)
        value |= np.where(goes_on, (byte & np.uint64(127)) << np.uint64(7 * index), np.uint64(0))
        width += goes_on
        goes_on &= byte > 127
        if not goes_on.any():
            break
    return value.astype(np.int64), width


def _places(record: Record | None, start: int) -> list[tuple[int, str]] | None:
    """Where the numbers of a summary lie, from its start, if it holds nothing else; None otherwise."""
    if record is None or not record.values or record.is_restart:
        return None
    if any(value.place < 0 or value.plugin not in ("", SCALARS) for value in record.values):
        return None
    return [(value.place - start, value.kind) for value in record.values]


def _equal_but_for(tails: Bytes, places: list[tuple[int, str]]) -> list[Places]:
    """Indexes of the rows that are equal everywhere else, a group each."""
    fixed = np.ones(tails.shape[1], bool)
    for at, kind in places:
        fixed[at : at + np.dtype(kind).itemsize] = False
    keys = np.ascontiguousarray(tails[:, fixed])
    numbers: dict[bytes, int] = {}
    groups = [
        numbers.setdefault(key, len(numbers)) for key in keys.view(f"V{keys.shape[1]}").reshape(-1).tolist()
    ]
    if len(numbers) == 1:
        return [np.arange(len(tails))]
    group = np.array(groups)
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
