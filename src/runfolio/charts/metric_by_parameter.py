"""A slice of a sweep: the metric over one parameter, a dot a trial, and the median of each bin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runfolio.analysis.bins import Bins
from runfolio.charts.chart import Axis, Chart, Line, Points
from runfolio.charts.trial_axes import (
    failed_note,
    inside,
    metric_axis,
    outside,
    outside_note,
    parameter_axis,
    parameter_places,
    worse_edge,
)
from runfolio.model import Column, ColumnKind, FloatArray, MetricSpec, Table

_HALF_LEVEL = 0.3
_NARROW = 0.012
"""Half the width of a median over one number, as a share of the axis."""


def metric_by_parameter(
    spec: MetricSpec,
    bins: Bins,
    values: FloatArray,
    failed: NDArray[np.bool_],
    *,
    chart_id: str,
    y_axis: Axis | None = None,
) -> Chart:
    """The slice over one parameter.

    Args:
        bins: the parameter of all n trials.
        values: the metric of each trial in logged units, shape (n,); NaN where there is none.
        failed: which trials failed, shape (n,): drawn as crosses at the worse edge.
        y_axis: of all slices of a page, so that they can be compared; by default the chart's own.

    The table has a row for each bin: usable trials, median, failed trials.
    """
    y = values * spec.scale
    x = parameter_places(bins)
    axis = y_axis or metric_axis(spec, y)
    edge = np.where(failed, worse_edge(axis, spec.goal), np.nan)
    gone = outside(x, np.where(failed, np.nan, y), axis, "trial")
    medians = [_median(y[(bins.place == place) & ~failed]) for place in range(bins.count)]
    lost = int((failed & bins.known).sum())
    used = int((np.isfinite(y) & ~failed & bins.known).sum())
    absent = int((~bins.known).sum())
    x_axis = parameter_axis(bins)
    notes = (
        failed_note(lost),
        outside_note(len(gone)),
        f"{absent} {'trial has' if absent == 1 else 'trials have'} no {bins.name}." if absent else "",
    )
    return Chart(
        chart_id=chart_id,
        title=bins.name,
        subtitle=f"{used} usable {'trial' if used == 1 else 'trials'}; a bar is the median of "
        + ("each value." if bins.is_levels else "each bin."),
        x=x_axis,
        y=axis,
        lines=(_medians(bins, medians, x_axis),),
        points=(
            Points("usable trials", "category-1", x, np.where(failed, np.nan, inside(y, axis))),
            Points("failed trials", "muted", x, edge, is_cross=True),
        ),
        departures=gone,
        notes=tuple(note for note in notes if note),
        description=_describe(spec, bins, medians, used, lost),
        table=_table(spec, bins, y, failed, medians),
        has_pointer=False,
        has_controls=False,
    )


def _median(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def _medians(bins: Bins, medians: list[float], axis: Axis) -> Line:
    """A level stroke over each bin, a gap between two."""
    x, y = [], []
    for (low, high), median in zip(bins.ends, medians, strict=True):
        left, right = _wide(low, high, bins, axis)
        x += [left, right, right]
        y += [median, median, float("nan")]
    return Line("median", "focus", np.array(x), np.array(y))


def _wide(low: float, high: float, bins: Bins, axis: Axis) -> tuple[float, float]:
    if bins.numbers is None:
        return low - _HALF_LEVEL, high + _HALF_LEVEL
    if axis.scale == "log":
        factor = (axis.high / axis.low) ** _NARROW
        return low / factor, high * factor
    half = (axis.high - axis.low) * _NARROW
    return low - half, high + half


def _describe(spec: MetricSpec, bins: Bins, medians: list[float], used: int, lost: int) -> str:
    known = [
        (median, label) for median, label in zip(medians, bins.labels, strict=True) if np.isfinite(median)
    ]
    first = f"{spec.label} over {bins.name}: {used} usable and {lost} failed trials."
    if not known:
        return first
    low, high = min(known), max(known)
    return f"{first} The median is lowest at {low[1]} and highest at {high[1]}, of {len(known)} bins."


def _table(
    spec: MetricSpec, bins: Bins, y: FloatArray, failed: NDArray[np.bool_], medians: list[float]
) -> Table:
    columns = (
        Column(bins.name, bins.name, ColumnKind.TEXT),
        Column("trials", "usable trials", ColumnKind.NUMBER),
        Column("median", f"median {spec.label}", ColumnKind.NUMBER, spec.unit),
        Column("failed", "failed", ColumnKind.NUMBER),
    )
    rows = []
    for place, (label, median) in enumerate(zip(bins.labels, medians, strict=True)):
        own = bins.place == place
        usable = int((own & ~failed & np.isfinite(y)).sum())
        rows.append((label, usable, median if np.isfinite(median) else None, int((own & failed).sum())))
    return Table(columns, tuple(rows))
