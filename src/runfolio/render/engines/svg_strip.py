"""Dot strips for the cells of a table: dots for runs, a bar for the interval, a tick for the mean.

Places along the axis are in percent and sizes in pixels, so that a strip fills a cell of any width and its dots stay round.
"""

from __future__ import annotations

import math

from runfolio.analysis.rounding import four_digits, number_text
from runfolio.charts.chart import Axis, Dots, Strip
from runfolio.render.engines.svg_text import escaped

_INSET = 2.5
"""Room for a dot at both ends, percent of the width."""
_HALF_TICK = 6
_MOST_DECIMALS = 5


def draw_strip_row(strip: Strip, index: int, width: int = 220, height: int = 24) -> str:
    """One row of the strip, hidden from assistive technology: its numbers stand beside it."""
    row, axis = strip.rows[index], strip.axis
    middle = height / 2
    parts = []
    if strip.baseline is not None:
        parts.append(_upright("strip-baseline", _at(axis, strip.baseline), 0, height))
    if row.low is not None and row.high is not None and row.high >= axis.low and row.low <= axis.high:
        ends = f'x1="{_at(axis, row.low)}" x2="{_at(axis, row.high)}" y1="{middle:g}" y2="{middle:g}"'
        parts.append(f'<line class="strip-interval c-{row.role}" {ends}/>')
    parts += [_dot(value, row, axis, middle) for value in row.values]
    if row.mean is not None and axis.low <= row.mean <= axis.high:
        parts.append(_upright("strip-mean", _at(axis, row.mean), middle - _HALF_TICK, middle + _HALF_TICK))
    return f'<svg class="strip" width="{width}" height="{height}" aria-hidden="true">{"".join(parts)}</svg>'


def draw_strip_axis(strip: Strip, width: int = 220, height: int = 24) -> str:
    """The ends of the shared axis as text at its ends, the unit once, to stand over the rows."""
    low, high = strip_range(strip)
    unit = strip.axis.unit
    end = f"{high}{'' if unit in ('', '%') else ' '}{escaped(unit)}"
    y = f'y="{height / 2:g}" dy=".35em"'
    return (
        f'<svg class="strip" width="{width}" height="{height}" role="img" aria-label="from {low} to {end}">'
        f'<g class="tick"><text x="0" {y}>{low}</text><text x="100%" {y} text-anchor="end">{end}</text></g></svg>'
    )


def strip_range(strip: Strip) -> tuple[str, str]:
    """Both ends of the shared axis as text, with the digits its length deserves."""
    axis = strip.axis
    digits = 1 - math.floor(math.log10(axis.high - axis.low))
    if 0 <= digits <= _MOST_DECIMALS:
        return number_text(axis.low, digits), number_text(axis.high, digits)
    return four_digits(round(axis.low, digits)), four_digits(round(axis.high, digits))


def _at(axis: Axis, value: float) -> str:
    """Percent from the left; what lies outside the axis stands at its end."""
    share = min(max((value - axis.low) / (axis.high - axis.low), 0.0), 1.0)
    return f"{round(_INSET + share * (100 - 2 * _INSET), 2):g}%"


def _upright(name: str, x: str, top: float, bottom: float) -> str:
    return f'<line class="{name}" x1="{x}" x2="{x}" y1="{top:g}" y2="{bottom:g}"/>'


def _dot(value: float, row: Dots, axis: Axis, middle: float) -> str:
    """A dot; hollow where the value lies outside the axis."""
    out = "" if axis.low <= value <= axis.high else " is-out"
    return f'<circle class="strip-dot c-{row.role}{out}" cx="{_at(axis, value)}" cy="{middle:g}" r="2.5"/>'
