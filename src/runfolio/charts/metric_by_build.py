"""A metric over builds: one point a build, the levels between the steps, and what was pulled in while steps were looked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runfolio.analysis.steps import Steps
from runfolio.charts.chart import Axis, Chart, Line
from runfolio.charts.frame import departure_note, departures, padded, robust_range
from runfolio.model import Column, ColumnKind, FloatArray, MetricSpec, Table


def metric_by_build(
    spec: MetricSpec,
    values: Sequence[float],
    found: Steps,
    labels: Sequence[str],
    *,
    chart_id: str,
    title: str,
    subtitle: str,
    notes: Sequence[str] = (),
) -> Chart:
    """The chart of one history. `values`, `labels`: one a build, NaN without a value; x counts builds from 1."""
    x = np.arange(1, len(values) + 1, dtype=np.float64)
    y = np.array(values, dtype=np.float64) * spec.scale
    y = np.where(np.isfinite(y), y, np.nan)
    there = np.isfinite(y)
    lines = _lines(spec, x, y, found, labels)
    ends = _expected(found, spec.scale)
    lowest, highest = robust_range([y[there]], [float(y[there][-1]), *ends] if there.any() else [])
    axis = Axis(spec.label, *padded(lowest, highest), spec.unit, factor=spec.scale)
    left = tuple(gone for gone in departures(lines[0], axis.low, axis.high))
    marked = "A cross marks a build that is far from its neighbours; steps are looked for without it."
    words = [*notes, *([marked] if found.clipped else []), departure_note(left, lines[:1], "build")]
    rows = tuple(
        (label, float(value) if np.isfinite(value) else None) for label, value in zip(labels, y, strict=True)
    )
    columns = (
        Column("build", "build", ColumnKind.TEXT),
        Column("value", spec.label, ColumnKind.NUMBER, spec.unit),
    )
    return Chart(
        chart_id=chart_id,
        title=title,
        subtitle=subtitle,
        x=Axis("build", 1.0, max(float(len(values)), 2.0)),
        y=axis,
        lines=tuple(lines),
        departures=left,
        notes=tuple(word for word in words if word),
        description=" ".join([f"Line chart of {title} over {len(values)} builds.", subtitle, *notes]),
        table=Table(columns, rows),
        has_pointer=False,
        has_controls=False,
    )


def _lines(spec: MetricSpec, x: FloatArray, y: FloatArray, found: Steps, labels: Sequence[str]) -> list[Line]:
    """What was measured, the levels between steps, the range expected for the latest build, and a cross for each clipped one."""
    there = np.isfinite(y)
    # A build without a value leaves no gap: its neighbours are joined.
    lines = [Line("measured", "focus", x[there], y[there], end_label="")]
    if found.steps:
        lines.append(Line("level", "baseline", *_stairs(_levels(found, len(x)) * spec.scale)))
    ends = _expected(found, spec.scale)
    if ends and found.latest is not None:
        # A band alone, between the build before and the latest one.
        now = np.array([found.latest.at, found.latest.at + 1.0])
        low, high = (np.full(2, end) for end in ends)
        lines.append(Line("expected", "baseline", now, np.full(2, np.nan), low, high))
    lines += [
        Line(f"build {labels[at]}", "muted", x[at : at + 1], y[at : at + 1], is_cut=True)
        for at in found.clipped
    ]
    return lines


def _levels(found: Steps, n: int) -> FloatArray:
    """The level of each build, shape (n,)."""
    levels = np.full(n, found.level)
    start = 0
    for step in found.steps:
        levels[start : step.at] = step.old
        start = step.at
    return levels


def _expected(found: Steps, scale: float) -> list[float]:
    """Both ends of the range that the latest build was expected in; empty where none may be given."""
    if found.latest is None or not found.latest.low < found.latest.high:
        return []
    return sorted((found.latest.low * scale, found.latest.high * scale))


def _stairs(levels: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A line that is level from half a build before the first to half a build after the last build of each level."""
    x = np.arange(1, len(levels) + 1, dtype=np.float64)
    return np.repeat(x, 2) + np.tile([-0.5, 0.5], len(x)), np.repeat(levels, 2)
