"""All records of a `.wandb` file: the run, its settings, history, summary, system statistics, output and end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from runfolio.model import Alert, DataReference
from runfolio.readers.flatten import flatten
from runfolio.readers.number import clean, number
from runfolio.readers.protobuf import BYTES, VARINT, fields, signed, text, varint
from runfolio.readers.reader import RowBlock
from runfolio.readers.wandb_history import History, number_items, put_item, put_value
from runfolio.readers.wandb_records import Span

_LEVELS = {"INFO": "info", "WARN": "warning", "ERROR": "error"}
_MOST_OUTPUT = 400
"""Lines of standard error that are kept to look for the end of a failed run."""

#: A record of a history or summary: its number, if it has one, then the field and its size.
_HEAD = re.compile(rb"(?:\x08[\x80-\xff]*[\x00-\x7f])?([\x12\x1a])([\x80-\xff]*[\x00-\x7f])")

Texts = dict[int, list[str]]


@dataclass(slots=True)
class WandbLog:
    """What the records say; an empty text or None where they say nothing."""

    run: Texts = field(default_factory=dict)
    """Texts of the run's record by the numbers of its fields."""
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    noted: dict[bytes, bytes] = field(default_factory=dict)
    """Keys and numbers of the summary as they stand in the file: most are replaced by the next record."""
    environment: Texts = field(default_factory=dict)
    hardware: dict[str, Any] = field(default_factory=dict)
    git: Texts = field(default_factory=dict)
    started_at: float | None = None
    """Unix time."""
    history: History = field(default_factory=History)
    statistics: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    """Unix time and numbers."""
    errors: list[str] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    data: dict[str, DataReference] = field(default_factory=dict)
    exit_code: int | None = None
    """None while no end was written."""
    runtime_s: int = 0
    count: int = 0
    broken: int = 0
    """Records that are no messages."""

    def add(self, records: Iterable[Span]) -> None:
        """Take the records; of kinds that are unknown or tell of no result nothing is kept."""
        takers = {number << 3 | BYTES: taker for number, taker in _TAKERS.items()}
        for body, start, end in records:
            self.count += 1
            try:
                head = _HEAD.match(body, start, end)
                if (
                    head is not None
                ):  # nearly all records are rows and summaries: they need no look at the rest
                    size, at = varint(body, head.start(2))
                    if at + size <= end:
                        takers[head[1][0]](self, body, at, at + size)
                        continue
                for key, a, b in fields(body, start, end):
                    if key in takers:
                        takers[key](self, body, a, b)
            except ValueError:
                self.broken += 1
        self.settle()

    def settle(self) -> None:
        """Put the numbers of the summary that were only noted into it."""
        for keys, number_text in self.noted.items():
            put_value(self.summary, [text(keys, a, b) for _, a, b in fields(keys, 0, len(keys))], number_text)
        self.noted.clear()

    def first(self, number_of_field: int) -> str:
        """A text of the run's record."""
        return self.run.get(number_of_field, [""])[-1]


def _run(log: WandbLog, body: bytes, start: int, end: int) -> None:
    log.run = _texts(body, start, end)
    for key, a, b in fields(body, start, end):
        if key == 4 << 3 | BYTES:
            _config(log, body, a, b)
        elif key == 5 << 3 | BYTES:
            _summary(log, body, a, b)
        elif key == 17 << 3 | BYTES:
            log.started_at = _moment(body, a, b)
        elif key == 21 << 3 | BYTES:
            log.git = _texts(body, a, b)
        elif key == 14 << 3 | VARINT:
            log.history.next_step = signed(a)


def _config(log: WandbLog, body: bytes, start: int, end: int) -> None:
    _update(log.config, body, start, end)


def _history(log: WandbLog, body: bytes, start: int, end: int) -> None:
    log.history.add(body, start, end)


def _summary(log: WandbLog, body: bytes, start: int, end: int) -> None:
    found = number_items(body, start, end)
    if found is not None and found[1] == end:
        log.noted.update(found[0])
        return
    log.settle()
    _update(log.summary, body, start, end)


def _update(into: dict[str, Any], body: bytes, start: int, end: int) -> None:
    for key, a, b in fields(body, start, end):
        if key == 1 << 3 | BYTES:
            put_item(into, body, a, b)
        elif key == 2 << 3 | BYTES:
            names = [text(body, x, y) for inner, x, y in fields(body, a, b) if inner in (10, 18)]
            below: Any = into
            for name in names[:-1]:
                below = below.get(name) if isinstance(below, dict) else None
            if names and isinstance(below, dict):
                below.pop(names[-1], None)


def _environment(log: WandbLog, body: bytes, start: int, end: int) -> None:
    log.environment.update(_texts(body, start, end))
    for key, a, b in fields(body, start, end):
        if key == 9 << 3 | BYTES and not log.git:
            log.git = _texts(body, a, b)
        elif key == 16 << 3 | VARINT:
            log.hardware["cores"] = a
        elif key == 21 << 3 | BYTES:
            log.hardware["memory"] = next(
                (x for inner, x, _ in fields(body, a, b) if inner == 1 << 3 | VARINT), None
            )
        elif key == 22 << 3 | BYTES:
            log.hardware["cpu"] = _texts(body, a, b).get(3, [""])[0]
        elif key == 24 << 3 | BYTES:
            log.hardware.setdefault("gpus", []).extend(_texts(body, a, b).get(1, []))


def _statistics(log: WandbLog, body: bytes, start: int, end: int) -> None:
    row: dict[str, Any] = {}
    moment = None
    for key, a, b in fields(body, start, end):
        if key == 2 << 3 | BYTES:
            moment = _moment(body, a, b)
        elif key == 3 << 3 | BYTES:
            put_item(row, body, a, b, (1,))
    numbers = {name: number(value) for name, value in flatten(row, "/")}
    found = {name: value for name, value in numbers.items() if value is not None}
    if found and moment is not None:
        log.statistics.append((moment, found))


def _output(log: WandbLog, body: bytes, start: int, end: int) -> None:
    is_error, line = True, ""
    for key, a, b in fields(body, start, end):
        if key == 1 << 3 | VARINT:
            is_error = a == 0
        elif key == 3 << 3 | BYTES:
            line = text(body, a, b)
    if is_error and line:
        log.errors.append(line)
        if len(log.errors) > 2 * _MOST_OUTPUT:
            del log.errors[:_MOST_OUTPUT]


def _alert(log: WandbLog, body: bytes, start: int, end: int) -> None:
    found = _texts(body, start, end)
    title, content, level = (clean(found.get(index, [""])[0]) for index in (1, 2, 3))
    log.alerts.append(Alert(title or content or "(no title)", content, _LEVELS.get(level.upper(), "info")))


def _used(log: WandbLog, body: bytes, start: int, end: int) -> None:
    if name := clean(_texts(body, start, end).get(3, [""])[0]):
        log.data[name] = DataReference(name)


def _exit(log: WandbLog, body: bytes, start: int, end: int) -> None:
    log.exit_code = 0
    for key, value, _ in fields(body, start, end):
        if key == 1 << 3 | VARINT:
            log.exit_code = signed(value)
        elif key == 2 << 3 | VARINT:
            log.runtime_s = signed(value)


#: By the number of the field that holds a record of that kind.
_TAKERS: Final[dict[int, Callable[[WandbLog, bytes, int, int], None]]] = {
    2: _history,
    3: _summary,
    4: _output,
    5: _config,
    7: _statistics,
    10: _alert,
    13: _output,
    17: _run,
    18: _exit,
    25: _used,
    26: _environment,
}


def _texts(body: bytes, start: int, end: int) -> Texts:
    """All fields of a message that could be texts, by their numbers."""
    found: Texts = {}
    for key, a, b in fields(body, start, end):
        if key & 7 == BYTES:
            found.setdefault(key >> 3, []).append(text(body, a, b))
    return found


def _moment(body: bytes, start: int, end: int) -> float:
    """A `google.protobuf.Timestamp` as Unix time."""
    seconds = 0.0
    for key, value, _ in fields(body, start, end):
        seconds += (
            signed(value) if key == 1 << 3 | VARINT else signed(value) / 1e9 if key == 2 << 3 | VARINT else 0
        )
    return seconds


def system_rows(log: WandbLog) -> list[RowBlock]:
    """System statistics as series `system/…`; their steps count the samples."""
    by_names: dict[tuple[str, ...], list[int]] = {}
    for index, (_, row) in enumerate(log.statistics):
        by_names.setdefault(tuple(row), []).append(index)
    blocks = []
    for names, indexes in by_names.items():
        rows = [log.statistics[index] for index in indexes]
        values = np.array([[row[name] for _, row in rows] for name in names], float)
        start = log.started_at if log.started_at is not None else log.statistics[0][0]
        time = np.array([moment - start for moment, _ in rows], float)
        blocks.append(
            RowBlock(tuple(f"system/{name}" for name in names), np.array(indexes, float), time, values)
        )
    return blocks
