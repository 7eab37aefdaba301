"""Charts as SVG: a picture that needs no script, prints, and can be read aloud.

One picture serves every width. On a wide page the names stand at the ends of the lines; on a narrow one the style
sheet (assets/css/chart.css) lets the picture grow until the plot fills the page and the right margin, with the names in
it, is cut off, and shows the list of names under the plot instead.
"""

from __future__ import annotations

import re

import numpy as np

from runfolio.charts.chart import Chart, Departure, Line, Shown, Sparkline
from runfolio.render.engines.svg_axes import draw_axes, draw_row_names
from runfolio.render.engines.svg_labels import draw_labels, end_labels, label_list
from runfolio.render.engines.svg_place import Place, band_path, coordinate, curve_path, place, plain_path
from runfolio.render.engines.svg_points import draw_points
from runfolio.render.engines.svg_strip import draw_strip_axis, draw_strip_row
from runfolio.render.engines.svg_text import MOST_IN_DESCRIPTION, MOST_IN_TITLE, escaped, middle

__all__ = ["draw_chart", "draw_sparkline", "draw_strip_axis", "draw_strip_row"]

_BAND_POINTS = 64
_FRONT, _BEHIND = 4, 16
"""Pixels a part of a line is wide when it is thinned; no extreme is lost, and Explore has every point that is kept."""
_END_ROOM = 12
"""Of the right margin, px that stay in a narrow picture."""


_GROWTH = (0, 10, 15, 20, 25, 30, 40)
"""Percent; the style sheet has a class for each."""
_WIDE = 480


def draw_chart(chart: Chart, shown: Shown) -> str:
    """The chart as one `<svg data-plot>`, and the list of its end labels for narrow screens."""
    area = place(chart, shown)
    labels = end_labels(chart, area)
    name = _safe_id(chart.chart_id)
    left, top = coordinate(area.left), coordinate(area.top)
    box = f'x="{left}" y="{top}" width="{coordinate(area.right - area.left)}" height="{coordinate(area.bottom - area.top)}"'
    columns = max(1, round(area.right - area.left))
    parts = [
        f'<svg data-plot="" class="{_classes(shown, area)}" viewBox="0 0 {shown.width} {shown.height}" '
        f'role="img" aria-labelledby="{name}-title" aria-describedby="{name}-description">',
        f'<title id="{name}-title">{escaped(middle(chart.title, MOST_IN_TITLE))}</title>',
        f'<desc id="{name}-description">{escaped(middle(chart.description, MOST_IN_DESCRIPTION))}</desc>',
        f'<defs><clipPath id="{name}-frame"><rect {box}/></clipPath></defs><rect class="plot" {box}/>',
        draw_axes(area),
        *(draw_points(some, area) for some in chart.points),
        f'<g clip-path="url(#{name}-frame)"><g transform="scale(.1)">',
        *(_band(line, area) for line in chart.lines),
        *(_line(line, area, columns) for line in sorted(chart.lines, key=_layer)),
        "</g></g>",
        *(_departure(gone, area) for gone in chart.departures),
        *(_cut(line, area) for line in chart.lines if line.is_cut),
        draw_row_names(area),
        draw_labels(labels, area, shown),
        "</svg>",
        label_list(labels),
    ]
    return "".join(parts)


def draw_sparkline(spark: Sparkline, width: int = 96, height: int = 20) -> str:
    """A curve of a word's size with a dot at its end; hidden from assistive technology: its number stands beside it."""
    x, y = spark.x, spark.y
    inset = 3.0
    span = float(x[-1] - x[0]) or 1.0
    px = inset + (x - x[0]) / span * (width - 2 * inset) if x.size > 1 else np.array([width - inset])
    py = (
        height
        - inset
        - (np.clip(y, spark.low, spark.high) - spark.low) / (spark.high - spark.low) * (height - 2 * inset)
    )
    end = f'<circle class="end-dot c-{spark.role}" cx="{px[-1] * 10:.0f}" cy="{py[-1] * 10:.0f}" r="20"/>'
    return (
        f'<svg class="spark" viewBox="0 0 {width * 10} {height * 10}" width="{width}" height="{height}" aria-hidden="true">'
        f'<path class="line c-{spark.role}" d="{plain_path(px, py)}"/>{end}</svg>'
    )


def _classes(shown: Shown, area: Place) -> str:
    """`wide` where the names fit beside the plot on wide screens only; `grows-<percent>`: how much the plot may grow without them."""
    room = (shown.width / min(area.right + _END_ROOM, shown.width) - 1) * 100
    share = max(step for step in _GROWTH if step <= room + 1e-9)
    return f"chart{' wide' if shown.width >= _WIDE else ''} grows-{share}"


def _safe_id(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", text)[:120] or "chart"


def _layer(line: Line) -> int:
    """What is drawn first lies lowest: muted, single runs, the baseline, the rest."""
    return 0 if line.role == "muted" else 1 if line.is_thin else 2 if line.role == "baseline" else 3


def _band(line: Line, area: Place) -> str:
    if line.low is None or line.high is None:
        return ""
    path = band_path(area.x(line.x), area.y(line.low), area.y(line.high), _BAND_POINTS)
    return f'<path class="band c-{line.role}" d="{path}"/>' if path else ""


def _line(line: Line, area: Place, columns: int) -> str:
    is_behind = line.is_thin or line.role == "muted"
    path = curve_path(line.x, line.y, area, columns // (_BEHIND if is_behind else _FRONT) or 1)
    kind = " thin" if line.is_thin else " bar" if line.is_bar else ""
    return f'<path class="line{kind} c-{line.role}" d="{path}"/>' if path else ""


def _departure(gone: Departure, area: Place) -> str:
    """A small triangle at the edge, pointing out."""
    x = coordinate(min(max(float(area.x(gone.x)), area.left), area.right))
    y, tip = (coordinate(area.top), "-5") if gone.is_above else (coordinate(area.bottom), " 5")
    return f'<path class="departure c-{gone.role}" d="M{x} {y}m-3.5 0h7l-3.5{tip}z"/>'


def _cut(line: Line, area: Place) -> str:
    """An x where a failed run ends; at the edge where that is outside."""
    xs, ys = area.x(line.x), area.y(line.y)
    known = np.flatnonzero(np.isfinite(xs) & np.isfinite(ys))
    if not known.size:
        return ""
    x = coordinate(float(xs[known[-1]]))
    y = coordinate(min(max(float(ys[known[-1]]), area.top), area.bottom))
    return f'<path class="cut c-{line.role}" d="M{x} {y}m-4-4l8 8m0-8l-8 8"/>'
