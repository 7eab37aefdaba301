"""Parallel coordinates as SVG: upright axes with names above and ticks beside them, a path a trial."""

from __future__ import annotations

import html
import json
import math
import re

from runfolio.charts.chart import Axis
from runfolio.charts.parallel_coordinates import Parallel, ParallelAxis, ParallelLine
from runfolio.charts.ticks import nice_ticks, tick_texts
from runfolio.render.engines.svg_text import (
    MOST_IN_DESCRIPTION,
    MOST_IN_TITLE,
    escaped,
    middle,
    text_element,
)

_WIDTH, _HEIGHT = 1200, 360
_TOP, _BOTTOM, _LEFT, _RIGHT = 44, 14, 70, 50
_MOST_TICKS = 12
_CHARACTER = 7.0


def draw_parallel(chart: Parallel) -> str:
    """The picture, 1200 by 360; each line carries its trial's key, each axis its name in the filter language."""
    name = re.sub(r"[^A-Za-z0-9-]", "-", chart.chart_id)[:120]
    gap = (_WIDTH - _LEFT - _RIGHT) / (len(chart.axes) - 1)
    places = [_LEFT + gap * i for i in range(len(chart.axes))]
    return "".join(
        [
            f'<svg class="chart parallel" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
            f'aria-labelledby="{name}-title" aria-describedby="{name}-description">',
            f'<title id="{name}-title">{escaped(middle(chart.title, MOST_IN_TITLE))}</title>',
            f'<desc id="{name}-description">{escaped(middle(chart.description, MOST_IN_DESCRIPTION))}</desc>',
            f'<g class="parallel-lines">{"".join(_line(line, places) for line in chart.lines)}</g>',
            *(_axis(axis, x, gap) for axis, x in zip(chart.axes, places, strict=True)),
            "</svg>",
        ]
    )


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _line(line: ParallelLine, places: list[float]) -> str:
    parts, pen = [], "M"
    for x, height in zip(places, line.heights, strict=True):
        if height is None:
            pen = "M"
            continue
        parts.append(f"{pen}{x:.0f} {_y(height):.0f}")
        pen = "L"
    failed = " is-failed" if line.is_failed else ""
    return f'<path class="c-{line.role}{failed}" data-key="{escaped(line.key)}" d="{"".join(parts)}"/>'


def _axis(item: ParallelAxis, x: float, gap: float) -> str:
    axis = item.axis
    most = max(8, int(gap / _CHARACTER))
    name = f"{axis.label}, {axis.unit}" if axis.unit else axis.label
    title = text_element(
        f'class="axis-label" x="{x:.0f}" y="{_TOP - 22}" text-anchor="middle"', name, middle(name, most)
    )
    ticks = _ticks(axis)
    texts = "".join(
        text_element(
            f'x="{x - 6:.0f}" y="{_y(_share(axis, at)):.0f}" dy=".35em"', text, middle(text, max(6, most - 4))
        )
        for at, text in ticks
    )
    low, high = axis.low / axis.factor, axis.high / axis.factor
    data = (
        f'data-axis="{escaped(item.where)}" data-low="{low!r}" data-high="{high!r}" data-scale="{axis.scale}"'
        f' data-words="{html.escape(json.dumps(item.words))}"'
    )
    return (
        f'<g class="parallel-axis" {data}><path class="axis" d="M{x:.0f} {_TOP}V{_HEIGHT - _BOTTOM}"/>{title}'
        f'<g class="tick" text-anchor="end">{texts}</g>'
        f'<rect class="parallel-grip" x="{x - 14:.0f}" y="{_TOP}" width="28" height="{_HEIGHT - _TOP - _BOTTOM}"/></g>'
    )


def _ticks(axis: Axis) -> list[tuple[float, str]]:
    if axis.ticks:
        return list(axis.ticks[:_MOST_TICKS])
    places = nice_ticks(axis.low, axis.high, axis.scale)
    return list(zip(places, tick_texts(places), strict=True))


def _share(axis: Axis, value: float) -> float:
    if axis.scale == "log":
        return math.log(value / axis.low) / math.log(axis.high / axis.low)
    return (value - axis.low) / (axis.high - axis.low)
