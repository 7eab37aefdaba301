"""Word-sized curves for a table's column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runfolio.charts.chart import Sparkline
from runfolio.charts.frame import robust_range, widened
from runfolio.model import FloatArray

MOST_POINTS = 32

Points = tuple[FloatArray, FloatArray]


def sparklines(
    series: Sequence[Points | None], roles: Sequence[str] = (), is_cut: Sequence[bool] = ()
) -> tuple[Sparkline | None, ...]:
    """One curve for each (x, y) of shape (n,) with n at most 32, all in the column's shared range; None stays None.

    Values may be in logged units: only the shape is shown. A series without a finite value becomes None. Runs that
    failed or diverged (`is_cut`) have no say in the range, unless all did.
    """
    kept = [_finite(points) for points in series]
    whole = [
        points
        for points, cut in zip(kept, is_cut or [False] * len(kept), strict=True)
        if points is not None and not cut
    ]
    there = whole or [points for points in kept if points is not None]
    low, high = robust_range([y for _, y in there], [float(y[-1]) for _, y in there])
    return tuple(
        None if points is None else Sparkline(*thinned(*points), low, high, *((roles[i],) if roles else ()))
        for i, points in enumerate(kept)
    )


def own_sparkline(points: Points, role: str) -> Sparkline | None:
    """As one of `sparklines`, in the range of its own extremes."""
    known = _finite(points)
    if known is None:
        return None
    x, y = thinned(*known)
    low, high = widened(float(y.min()), float(y.max()))
    return Sparkline(x, y, low, high, role)


def thinned(x: FloatArray, y: FloatArray, most: int = MOST_POINTS) -> Points:
    """At most `most` points of a finite series: ends, and lowest and highest of equally long parts of x."""
    if x.size <= most:
        return x, y
    edges = np.linspace(x[0], x[-1], (most - 2) // 2 + 1)[:-1]
    starts = np.unique(np.searchsorted(x, edges))
    starts = starts[starts < x.size]
    counts = np.diff(starts, append=x.size)
    chosen = [np.array([0, x.size - 1])]
    for extreme in (np.minimum, np.maximum):
        hits = np.flatnonzero(y == np.repeat(extreme.reduceat(y, starts), counts))
        chosen.append(hits[np.searchsorted(hits, starts)])
    kept = np.unique(np.concatenate(chosen))
    return x[kept], y[kept]


def _finite(points: Points | None) -> Points | None:
    if points is None:
        return None
    x, y = points
    known = np.isfinite(x) & np.isfinite(y)
    if known.all():
        return points if x.size else None
    return (x[known], y[known]) if known.any() else None
