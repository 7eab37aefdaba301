"""Grid, ticks and names of axes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from runfolio.charts.chart import Axis
from runfolio.charts.ticks import nice_ticks, tick_texts
from runfolio.render.engines.svg_place import Place, coordinate
from runfolio.render.engines.svg_text import escaped, middle, text_element

_MOST_IN_NAME = 40
_MOST_IN_TICK = 12
_MOST_IN_ROW = 60


@lru_cache(maxsize=256)
def draw_axes(area: Place) -> str:
    """Hairlines at the ticks of y, ticks of both axes, the name of x with its unit once. Heights are in em, so that
    larger type on a narrow screen keeps its distances.
    """
    left, right, bottom = (coordinate(value) for value in (area.left, area.right, area.bottom))
    ys, y_names = _ticks(area.y_axis)
    heights = [coordinate(y) for y in area.y(np.array(ys)).tolist()]
    grid = "".join(f"M{left} {height}H{right}" for height in heights)
    y_texts = "".join(
        f'<text x="{coordinate(area.left - 8)}" y="{height}" dy=".35em">{text}</text>'
        for height, text in zip(heights, y_names, strict=True)
        if not area.y_axis.names_rows
    )
    xs, x_names = _ticks(area.x_axis)
    x_texts = "".join(
        f'<text x="{coordinate(x)}" y="{bottom}" dy="1.35em">{text}</text>'
        for x, text in zip(area.x(np.array(xs)).tolist(), x_names, strict=True)
    )
    name = _name(area.x_axis)
    place = f'class="axis-label" x="{right}" y="{bottom}" dy="2.6em" text-anchor="end"'
    title = text_element(place, name, middle(name, _MOST_IN_NAME))
    return (
        f'<path class="grid" d="{grid}"/><path class="axis" d="M{left} {bottom}H{right}"/>'
        f'<g class="tick" text-anchor="end">{y_texts}</g><g class="tick" text-anchor="middle">{x_texts}</g>{title}'
    )


def draw_row_names(area: Place) -> str:
    """The names of rows, each over its row and over what is drawn there; nothing where the y axis is none of rows."""
    if not area.y_axis.names_rows:
        return ""
    places, names = _ticks(area.y_axis)
    texts = "".join(
        f'<text x="{coordinate(area.left)}" y="{coordinate(height)}" dy="-.6em">{text}</text>'
        for height, text in zip(area.y(np.array(places)).tolist(), names, strict=True)
    )
    return f'<g class="row-name">{texts}</g>'


def _ticks(axis: Axis) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Places and texts: the axis' own, else round numbers."""
    if not axis.ticks:
        places = nice_ticks(axis.low, axis.high, axis.scale)
        return places, tick_texts(places)
    most = _MOST_IN_ROW if axis.names_rows else _MOST_IN_TICK
    return tuple(at for at, _ in axis.ticks), tuple(escaped(middle(text, most)) for _, text in axis.ticks)


def _name(axis: Axis) -> str:
    return f"{axis.label}, {axis.unit}" if axis.unit else axis.label
