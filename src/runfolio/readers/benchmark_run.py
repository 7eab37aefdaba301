"""What readers of benchmark results share: measurements become a run with one metric a benchmark, times in seconds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np

from runfolio.errors import ReadError
from runfolio.model import FloatArray, Goal, MetricHint, Problem, Run
from runfolio.readers.flat import flat_identity
from runfolio.readers.json_lines import decode_line
from runfolio.readers.number import clean, number
from runfolio.readers.reader import Reading, RowBlock, RunFiles

#: Added to the name of a benchmark for the single values behind the one that stands for it.
ROUNDS = "/rounds"

#: Unit → how many of it are a second. A quotient of two whole numbers is the nearest float there is; a product need not be.
_PER_SECOND = {
    name: count
    for count, names in {
        1e9: ("ns", "nsec", "nanosecond", "nanoseconds"),
        1e6: ("us", "usec", "µs", "μs", "microsecond", "microseconds"),
        1e3: ("ms", "msec", "millisecond", "milliseconds"),
        1.0: ("s", "sec", "second", "seconds"),
    }.items()
    for name in names
}
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_LONGER = {"min": _MINUTE, "hr": _HOUR, "day": _DAY}
_ABSOLUTE = re.compile(r"(?<![\w.:/~-])(?:~|[A-Za-z]:)?[/\\](?:[^\s/\\\"'=:,;]+[/\\])+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Measured:
    """A benchmark's result: the value that stands for it, and the single ones where the file has them."""

    name: str
    value: float
    unit: str | None = "s"
    goal: Goal | None = Goal.MINIMIZE
    """None where the tool does not say which way is better."""
    rounds: FloatArray | Sequence[float] = field(default=())


def benchmark_json(files: RunFiles, marks: Sequence[bytes]) -> Any:
    """The value of the claim's file; None where one of the marks is not in it. ReadError where it is cut short."""
    path = files.path.rpartition("/")[2]
    body = files.read(path)
    if not all(mark in body for mark in marks):
        return None
    return decoded(files, path, body)


def decoded(files: RunFiles, path: str, body: bytes) -> Any:
    """The JSON value; ReadError naming the file where it is none."""
    try:
        return decode_line(body)
    except (ValueError, RecursionError) as error:
        raise broken_json(files, path, getattr(error, "lineno", None)) from error


def broken_json(files: RunFiles, path: str, line: int | None = None) -> ReadError:
    """Says that the file holds no JSON."""
    return ReadError(
        "the file is no valid JSON",
        slug="broken-json",
        path=files.place(path, line),
        hint="it may have been cut short while it was written; write it again, or remove it",
    )


def benchmark_reading(run: Run, measured: Iterable[Measured], problems: Sequence[Problem] = ()) -> Reading:
    """The run with a metric a benchmark, its unit and goal, and the single values as `<name>/rounds`.

    Of several benchmarks of one name the second becomes `<name> (2)`.
    """
    values: dict[str, float] = {}
    hints: dict[str, MetricHint] = {}
    rounds: dict[int, dict[str, FloatArray]] = {}
    for item in measured:
        plain = clean(item.name) or "unnamed"
        name, count = plain, 1
        while name in values:
            count += 1
            name = f"{plain} ({count})"
        values[name] = item.value
        hints[name] = _hint(item.unit, item.goal)
        if len(item.rounds) > 1:
            rounds.setdefault(len(item.rounds), {})[name + ROUNDS] = np.asarray(item.rounds, dtype=float)
            hints[name + ROUNDS] = hints[name]
    blocks = [_block(list(values), np.array([list(values.values())], dtype=float).T)] if values else []
    blocks += [_block(list(alike), np.array(list(alike.values()))) for alike in rounds.values()]
    return Reading(replace(run, metric_hints=hints), tuple(blocks), tuple(problems))


@lru_cache(maxsize=256)
def _hint(unit: str | None, goal: Goal | None) -> MetricHint:
    """Most benchmarks of a file have the same."""
    return MetricHint(unit, goal)


def _block(names: list[str], values: FloatArray) -> RowBlock:
    count = values.shape[1]
    return RowBlock(tuple(names), np.arange(count, dtype=float), np.full(count, np.nan), values)


def seconds(value: float, unit: str) -> float | None:
    """The time in seconds, `ns/op` and `us/iter` too; None where the unit is no time."""
    name = _time_unit(unit)
    if name in _PER_SECOND:
        return value / _PER_SECOND[name]
    return value * _LONGER[name] if name in _LONGER else None


@lru_cache(maxsize=256)
def _time_unit(unit: str) -> str:
    """The unit without `/op` and the like."""
    return re.sub(r"/(op|iter|iteration|call)$", "", unit.strip())


def time_or_other(value: float, unit: str) -> tuple[float, str]:
    """A time in seconds, or the value in its own unit."""
    time = seconds(value, unit)
    return (value, unit) if time is None else (time, "s")


def count_of(value: object) -> int | None:
    """A number of things that a machine has, or None."""
    return value if isinstance(value, int) and 0 <= value < 2**31 else None


def moment(text: object) -> datetime | None:
    """A time of day as text, or seconds or milliseconds since 1970, in UTC; a text without a zone is taken as UTC."""
    try:
        if isinstance(text, str):
            found = datetime.fromisoformat(text.strip())
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        if (seconds := number(text)) is not None:
            return datetime.fromtimestamp(seconds / (1000 if seconds > 1e11 else 1), UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def without_paths(text: str) -> str:
    """A command or a name without the folders of absolute paths and without e-mail addresses."""
    return clean(_EMAIL.sub("…", _ABSOLUTE.sub("", text))).strip()


def file_identity(files: RunFiles) -> tuple[str, str]:
    """Run id and experiment from the file and its folder."""
    return flat_identity(files.parts)


def text_of(value: object) -> str | None:
    """The text, or None where it is none or empty."""
    return clean(value) or None if isinstance(value, str) else None


def mapping(value: object) -> Mapping[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}
