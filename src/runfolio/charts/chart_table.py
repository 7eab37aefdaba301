"""A chart's numbers as a table, for readers without a picture and for those who want the digits."""

from __future__ import annotations

import math

import numpy as np

from runfolio.charts.chart import Chart
from runfolio.charts.memory import remembered
from runfolio.charts.ticks import label_decimals
from runfolio.model import Column, ColumnKind, FloatArray, Table
from runfolio.model.table import Cell

MOST_ROWS = 12


def chart_table(chart: Chart, decimals: int | None = None) -> Table:
    """A row for each of at most twelve x, a column for each line that is neither thin nor muted (for all, where all are).

    Values lie on the drawn lines: interpolated linearly between points, None outside a line's own range and in gaps.
    """
    lines = [line for line in chart.lines if not (line.is_thin or line.role == "muted")] or list(chart.lines)
    digits = (
        decimals
        if decimals is not None
        else None
        if chart.y.scale == "log"
        else label_decimals(chart.y.low, chart.y.high)
    )
    # In any order, so that charts of the same lines in another order have the same places.
    at = _places(tuple(sorted((line.x for line in lines), key=id)))
    names = _unique([line.label for line in lines])
    first = Column(chart.x.label, chart.x.label, ColumnKind.NUMBER, chart.x.unit)
    rest = [Column(name, name, ColumnKind.NUMBER, chart.y.unit, digits) for name in names]
    columns = [_values(line.x, line.y, at) for line in lines]
    rows = tuple(zip(at.tolist(), *columns, strict=True))
    return Table((first, *rest), rows, chart.run_ids)


@remembered(256)
def _places(xs: tuple[FloatArray, ...]) -> FloatArray:
    """At most twelve logged x, ends included, evenly spread over all there are."""
    # Most lines of a chart were logged at the same steps.
    apart = [x for place, x in enumerate(xs) if not any(np.array_equal(x, other) for other in xs[:place])]
    logged = np.unique(np.concatenate([x[np.isfinite(x)] for x in apart] or [np.empty(0)]))
    if logged.size <= MOST_ROWS:
        return logged
    wanted = np.linspace(logged[0], logged[-1], MOST_ROWS)
    right = np.searchsorted(logged, wanted).clip(1, logged.size - 1)
    nearest = np.where(wanted - logged[right - 1] < logged[right] - wanted, right - 1, right)
    return np.asarray(logged[np.unique(nearest)], dtype=np.float64)


@remembered(1024)
def _values(x: FloatArray, y: FloatArray, at: FloatArray) -> tuple[Cell, ...]:
    known = np.isfinite(y)
    if not known.any():
        return (None,) * at.size
    values = np.interp(at, x[known], y[known], left=np.nan, right=np.nan)
    if not known.all():
        values[np.interp(at, x, np.where(known, 0.0, 1.0)) > 0] = np.nan
    return tuple(value if math.isfinite(value) else None for value in values.tolist())


def _unique(names: list[str]) -> list[str]:
    """The names; a repeated one gets its place behind it, so that columns can be told apart."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
