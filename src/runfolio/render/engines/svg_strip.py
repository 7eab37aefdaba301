"""Dot strips for the cells of a table: dots for runs, a bar for the interval, a tick for the mean."""

from __future__ import annotations

import numpy as np

from runfolio.analysis.rounding import number_text
from runfolio.charts.chart import Axis, Dots, Strip
from runfolio.charts.ticks import label_decimals
from runfolio.render.engines.svg_place import coordinate
from runfolio.render.engines.svg_text import escaped

_INSET = 6.0
"""Room for a dot at both ends, px."""


def draw_strip_row(strip: Strip, index: int, width: int = 220, height: int = 24) -> str:
    """One row of the strip, hidden from assistive technology: its numbers stand beside it."""
    row = strip.rows[index]
    middle = height / 2
    parts = []
    if strip.baseline is not None:
        x = coordinate(_at(strip.axis, strip.baseline, width))
        parts.append(f'<path class="strip-baseline" d="M{x} 0V{height}"/>')
    if row.low is not None and row.high is not None:
        ends = [coordinate(_at(strip.axis, end, width)) for end in (row.low, row.high)]
        parts.append(
            f'<path class="strip-interval c-{row.role}" d="M{ends[0]} {coordinate(middle)}H{ends[1]}"/>'
        )
    parts += [_dot(value, row, strip.axis, width, middle) for value in row.values]
    if row.mean is not None:
        x = coordinate(_at(strip.axis, row.mean, width))
        parts.append(f'<path class="strip-mean" d="M{x} {coordinate(middle - 6)}v12"/>')
    return f'<svg class="strip" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">{"".join(parts)}</svg>'


def draw_strip_axis(strip: Strip, width: int = 220, height: int = 24) -> str:
    """The ends of the shared axis as text at its ends, the unit once, to stand over the rows."""
    axis = strip.axis
    decimals = min(label_decimals(axis.low, axis.high), 4)
    low, high = number_text(axis.low, decimals), number_text(axis.high, decimals)
    unit = f"{'' if axis.unit == '%' else ' '}{escaped(axis.unit)}" if axis.unit else ""
    y = f'y="{coordinate(height / 2)}" dy=".35em"'
    return (
        f'<svg class="strip" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="from {low} to {high}{unit}"><g class="tick"><text x="{coordinate(_INSET)}" {y}>{low}</text>'
        f'<text x="{coordinate(width - _INSET)}" {y} text-anchor="end">{high}{unit}</text></g></svg>'
    )


def _at(axis: Axis, value: float, width: int) -> float:
    """Pixels from the left; what lies outside the axis stands at its end."""
    share = (value - axis.low) / (axis.high - axis.low)
    return _INSET + float(np.clip(share, 0.0, 1.0)) * (width - 2 * _INSET)


def _dot(value: float, row: Dots, axis: Axis, width: int, middle: float) -> str:
    """A dot; a triangle that points out where the value lies outside the axis."""
    x, y = coordinate(_at(axis, value, width)), coordinate(middle)
    if axis.low <= value <= axis.high:
        return f'<circle class="strip-dot c-{row.role}" cx="{x}" cy="{y}" r="2.5"/>'
    out = "-5" if value < axis.low else " 5"
    return f'<path class="strip-dot c-{row.role}" d="M{x} {y}m0-3.5v7l{out.strip()}-3.5z"/>'
