"""Metrics of MLflow as series: what its lines mean, and which values were logged twice."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from runfolio.model import FloatArray
from runfolio.readers.rows import Series

_GAPS = np.frombuffer(b"  \n", np.uint8)
_COMMAS = bytes.maketrans(b" \n", b",,")
_numbers = msgspec.json.Decoder(list[float])


@dataclass(slots=True)
class MetricFile:
    """A metric file: `rows` of Unix milliseconds, value and step (NaN where the line has none), shape (n, 3)."""

    rows: FloatArray
    broken: list[int]
    """Numbers (1-based) of lines that are no measurement."""


def read_metric_file(body: bytes) -> MetricFile:
    """Lines `time value`, `time value step`, or with name and digest of a data set behind; an unfinished last one is left out."""
    whole = body[: body.rfind(b"\n") + 1]
    if (plain := _three_numbers(whole)) is not None:
        return MetricFile(plain, [])
    lines = whole.split(b"\n")[:-1]
    rows: list[tuple[float, float, float]] = []
    broken: list[int] = []
    copies: list[int] = []
    for number, line in enumerate(lines, 1):
        fields = line.split()
        try:
            step = float(fields[2]) if len(fields) > 2 else np.nan
            row = (float(fields[0]), float(fields[1]), step)
        except (ValueError, IndexError):
            if fields:
                broken.append(number)
            continue
        if len(fields) > 4 and step == 0:
            copies.append(len(rows))
        rows.append(row)
    if copies:
        _drop_copies(rows, copies)
    return MetricFile(np.array(rows, dtype=float).reshape(-1, 3), broken)


def _three_numbers(lines: bytes) -> FloatArray | None:
    """Lines of three finite numbers as nearly all files have them, shape (n, 3), in half the time; None for any other."""
    characters = np.frombuffer(lines, np.uint8)
    gaps = characters[(characters == ord(" ")) | (characters == ord("\n"))]
    if not len(gaps) or len(gaps) % 3 or (gaps.reshape(-1, 3) != _GAPS).any():
        return None
    try:
        numbers = _numbers.decode(b"[" + lines[:-1].translate(_COMMAS) + b"]")
    except msgspec.DecodeError:
        return None
    return np.array(numbers).reshape(-1, 3)


def _drop_copies(rows: list[tuple[float, float, float]], copies: list[int]) -> None:
    """A client that links a model to its metrics writes those with a data set once more, at step 0."""
    elsewhere = {row[:2] for index, row in enumerate(rows) if row[2] != 0}
    for index in reversed(copies):
        if rows[index][:2] in elsewhere:
            del rows[index]


def metric_series(rows: FloatArray, start_ms: float | None) -> Series:
    """The series of rows (n, 3) of Unix milliseconds, value and step; rows without any telling step are numbered.

    A row that is there twice counts once: linking a model to its metrics writes them again.
    """
    if len(rows) > 1 and not (np.diff(rows[:, 0]) > 0).all():
        rows = rows[np.argsort(rows[:, 0], kind="stable")]
        rows = _without_twins(rows)
    step = rows[:, 2]
    if not np.isfinite(step).all() or (len(step) > 1 and not step.any()):
        step = np.arange(len(step), dtype=float)
    start = np.nan if start_ms is None else start_ms
    with np.errstate(invalid="ignore"):  # a time may be anything that is spelled like a number
        time = (rows[:, 0] - start) / 1000
    return Series(np.ascontiguousarray(step), time, np.ascontiguousarray(rows[:, 1]))


def _without_twins(rows: FloatArray) -> FloatArray:
    """Without rows whose bits were there before, in the same order."""
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.itemsize * 3)))[:, 0]
    _, first = np.unique(whole, return_index=True)
    return rows[np.sort(first)]
