"""Points as one path of few bytes: each is a line without length whose round cap is the dot."""

from __future__ import annotations

import numpy as np

from runfolio.charts.chart import Points
from runfolio.render.engines.svg_place import Place


def draw_points(points: Points, area: Place) -> str:
    """A path for all of the points, in whole pixels; points in one pixel are drawn once, those outside at the edge."""
    xs, ys = area.x(points.x), area.y(points.y)
    known = np.isfinite(xs) & np.isfinite(ys)
    if not known.any():
        return ""
    at_x = np.clip(xs[known], area.left, area.right)
    at_y = np.clip(ys[known], area.top, area.bottom)
    # Sorted by x, the way from one point to the next is short to write.
    places = np.unique(np.rint(np.stack([at_x, at_y], axis=1)).astype(np.int64), axis=0)
    moves = np.diff(places, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    mark = "l6 6m-6 0l6-6m-3 3" if points.is_cross else "h0"
    start = "m-3-3" if points.is_cross else ""
    body = "".join(f"m{x}{y if y < 0 else f' {y}'}{start}{mark}" for x, y in moves.tolist())
    kind = "crosses" if points.is_cross else "dots"
    return f'<path class="{kind} c-{points.role}" d="{body}"/>'
