"""From layouts of numbers to the rows of a run: which column is the step, which the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from runfolio.model import FloatArray
from runfolio.readers.json_lines import Layout
from runfolio.readers.reader import RowBlock
from runfolio.runlog import STEP, TIME


def row_blocks(
    layouts: Iterable[Layout],
    *,
    step: str | None = STEP,
    time: str | None = TIME,
    start: int = 0,
    priority: int = 0,
) -> list[RowBlock]:
    """The layouts without their step and time columns; layouts without any metric are left out.

    A row without a step has the number of its row in the file, from `start`; so has one whose step is not finite.
    """
    blocks = []
    for layout in layouts:
        names = tuple(name for name in layout.names if name not in (step, time))
        if not names:
            continue
        steps = _column(layout, step)
        if steps is None:
            steps = layout.index + start
        elif not np.isfinite(steps).all():
            steps = np.where(np.isfinite(steps), steps, layout.index + start)
        times = _column(layout, time)
        if times is None:
            times = np.full(len(layout.index), np.nan)
        kept = [layout.names.index(name) for name in names]
        values = layout.values if len(kept) == len(layout.names) else layout.values[kept]
        blocks.append(RowBlock(names, steps, times, values, priority))
    return blocks


def _column(layout: Layout, name: str | None) -> FloatArray | None:
    return layout.values[layout.names.index(name)] if name is not None and name in layout.names else None


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of numbers: `values` (n,), and where a value is `present` (n,), None for everywhere."""

    values: FloatArray
    present: NDArray[np.bool_] | None = None


def table_blocks(
    columns: Mapping[str, Column], rows: int, *, step: str | None = STEP, time: str | None = TIME
) -> list[RowBlock]:
    """A table as blocks: neighbouring columns that are filled in the same rows share one, so that metrics keep their order.

    Steps as in `row_blocks`.
    """
    steps = _filled(columns, step, rows)
    steps = np.where(np.isfinite(steps), steps, np.arange(rows, dtype=float))
    times = _filled(columns, time, rows)
    metrics = [name for name in columns if name not in (step, time)]
    blocks = []
    for pattern, names in groupby(metrics, key=lambda name: _pattern(columns[name])):
        alike = tuple(names)
        kept = np.flatnonzero(np.frombuffer(pattern, dtype=bool)) if pattern else np.arange(rows)
        values = np.array([columns[name].values[kept] for name in alike], dtype=float)
        if len(kept):
            blocks.append(RowBlock(alike, steps[kept], times[kept], values))
    return blocks


def _pattern(column: Column) -> bytes:
    """Where the column is filled; empty for everywhere."""
    return b"" if column.present is None or column.present.all() else column.present.tobytes()


def _filled(columns: Mapping[str, Column], name: str | None, rows: int) -> FloatArray:
    if name is None or name not in columns:
        return np.full(rows, np.nan)
    column = columns[name]
    return column.values if column.present is None else np.where(column.present, column.values, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One metric as it was logged: `step`, `time` in seconds since the run's start, and `value`, each (n,)."""

    step: FloatArray
    time: FloatArray
    value: FloatArray


def series_blocks(series: Mapping[str, Series]) -> tuple[RowBlock, ...]:
    """The series as blocks: those with the same steps and times share one. Empty ones are left out."""
    alike: dict[tuple[bytes, bytes], list[str]] = {}
    for name, one in series.items():
        if len(one.step):
            alike.setdefault((one.step.tobytes(), one.time.tobytes()), []).append(name)
    return tuple(
        RowBlock(
            tuple(names),
            series[names[0]].step,
            series[names[0]].time,
            np.array([series[name].value for name in names]),
        )
        for names in alike.values()
    )
