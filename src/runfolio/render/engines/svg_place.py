"""Where numbers land on paper: plot area, scales, and paths of few bytes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from runfolio.charts.chart import Axis, Chart, Shown
from runfolio.charts.memory import remembered
from runfolio.model import FloatArray

Tenths = NDArray[np.int64]

#: A point this close (px) to the straight line between its neighbours is not seen.
_TOLERANCE = 0.12
#: Coordinates (px) end here; what lies outside the plot is clipped anyway.
_FAR = 4000.0


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """The plot area in pixels, and the axes it shows. `place` gives one and the same object for equal ones."""

    left: float
    top: float
    right: float
    bottom: float
    x_axis: Axis
    y_axis: Axis

    def x(self, values: FloatArray | float) -> FloatArray:
        """Pixels from the left for x values of any shape; NaN where a log axis has no place."""
        return _pixels(self.x_axis, values, self.left, self.right)

    def y(self, values: FloatArray | float) -> FloatArray:
        """Pixels from the top for y values of any shape; NaN where a log axis has no place."""
        return _pixels(self.y_axis, values, self.bottom, self.top)


def place(chart: Chart, shown: Shown) -> Place:
    """The plot area of a chart: its size without the margins."""
    top, right, bottom, left = shown.margin
    return _place(
        left, top, max(shown.width - right, left + 1), max(shown.height - bottom, top + 1), chart.x, chart.y
    )


_place = lru_cache(maxsize=256)(Place)


def _pixels(axis: Axis, values: FloatArray | float, start: float, end: float) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    low, high = axis.low, axis.high
    if axis.scale == "log":
        with np.errstate(divide="ignore", invalid="ignore"):
            array = np.where(array > 0, np.log10(array), np.nan)
        low, high = math.log10(low), math.log10(high)
    with np.errstate(over="ignore", invalid="ignore"):
        found = start + (array - low) / (high - low) * (end - start)
        return np.minimum(np.maximum(found, -_FAR), _FAR)


def coordinate(value: float) -> str:
    """Pixels with at most one decimal."""
    return f"{round(value, 1) + 0:g}"


@remembered(512)
def curve_path(x: FloatArray, y: FloatArray, area: Place, columns: int) -> str:
    """Path data of a line given by its values; see `line_path`."""
    return line_path(area.x(x), area.y(y), columns)


def line_path(x: FloatArray, y: FloatArray, columns: int) -> str:
    """Path data in tenths of a pixel through pixel positions of shape (n,); it breaks where either is not finite.

    At most four points stay of each of `columns` equal parts: first, last, lowest and highest (M4), so that no
    extreme is lost; of those, what lies on a straight line goes too.
    """
    parts = [_thinned(x[piece], y[piece], columns) for piece in _pieces(np.isfinite(x) & np.isfinite(y))]
    return "".join(plain_path(px, py) for px, py in parts)


def band_path(x: FloatArray, low: FloatArray, high: FloatArray, columns: int) -> str:
    """Closed areas in tenths of a pixel between two lines of pixel positions, each of shape (n,)."""
    result = ""
    for piece in _pieces(np.isfinite(x) & np.isfinite(low) & np.isfinite(high)):
        if piece.stop - piece.start < 2:
            continue
        there = _even(x[piece], columns)
        upper = _straightened(x[piece][there], high[piece][there])
        lower = _straightened(x[piece][there], low[piece][there])
        outline = np.concatenate([upper[0], lower[0][::-1]]), np.concatenate([upper[1], lower[1][::-1]])
        result += plain_path(*outline) + "z"
    return result


def _pieces(known: NDArray[np.bool_]) -> list[slice]:
    """The stretches of consecutive true values."""
    if known.all():
        return [slice(0, known.size)] if known.size else []
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(np.int8), [0]])))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _thinned(x: FloatArray, y: FloatArray, columns: int) -> tuple[FloatArray, FloatArray]:
    if x.size > 4 * columns and x[-1] > x[0]:
        part = np.minimum((x - x[0]) / (x[-1] - x[0]) * columns, columns - 1).astype(np.int64)
        is_first = _is_new(part)
        starts, number = is_first.nonzero()[0], is_first.cumsum() - 1
        keep = is_first.copy()
        keep[:-1] |= is_first[1:]
        keep[-1] = True
        for extreme in (np.minimum, np.maximum):
            at = (y == extreme.reduceat(y, starts)[number]).nonzero()[0]
            keep[at[_is_new(number[at])]] = True
        x, y = x[keep], y[keep]
    return _straightened(x, y)


def _is_new(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """True at the first value, and at each that differs from the one before."""
    found = np.empty(values.size, dtype=bool)
    found[0] = True
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def _even(x: FloatArray, columns: int) -> NDArray[np.intp]:
    """Indices of at most `columns` points, ends included: a band has no extremes worth a spike."""
    if x.size <= columns:
        return np.arange(x.size)
    return np.unique(np.linspace(0, x.size - 1, columns).round().astype(np.intp))


def _straightened(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Without the points that lie within the tolerance of the line from the last kept point to the next one.

    The allowed slopes of all skipped points are kept as one cone, so that small bends cannot add up.
    """
    if x.size < 3:
        return x, y
    keep = np.ones(x.size, dtype=bool)
    # Plain floats: reading single numbers out of arrays would take most of the time that a page takes.
    xs, ys = x.tolist(), y.tolist()
    done = 0
    for first in _bends_little(x, y).tolist():
        i = first
        if i <= done:
            continue
        from_x, from_y = xs[i - 1], ys[i - 1]
        steepest, flattest = math.inf, -math.inf
        while i < x.size - 1:
            run = xs[i] - from_x
            if run > 0:
                rise = ys[i] - from_y
                high, low = (rise + _TOLERANCE) / run, (rise - _TOLERANCE) / run
                steepest = high if high < steepest else steepest
                flattest = low if low > flattest else flattest
            reach = xs[i + 1] - from_x
            slope = (ys[i + 1] - from_y) / reach if reach > 0 else math.inf
            if run <= 0 or not flattest <= slope <= steepest:
                break
            keep[i] = False
            i += 1
        done = i
    return x[keep], y[keep]


def _bends_little(x: FloatArray, y: FloatArray) -> NDArray[np.intp]:
    """Where a point lies within the tolerance of the line between its neighbours: only there points can be left out."""
    run, rise = x[1:-1] - x[:-2], y[1:-1] - y[:-2]
    reach = x[2:] - x[:-2]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(reach > 0, (y[2:] - y[:-2]) / reach, np.inf)
        fits = ((rise - _TOLERANCE) / run <= slope) & (slope <= (rise + _TOLERANCE) / run)
    return ((run > 0) & fits).nonzero()[0] + 1


def plain_path(x: FloatArray, y: FloatArray) -> str:
    """Path data in tenths of a pixel through all these positions: `M`, and one relative `l` with as few separators as
    the grammar allows."""
    px, py = np.rint(x * 10).astype(np.int64), np.rint(y * 10).astype(np.int64)
    moves = np.empty((px.size - 1, 2), dtype=np.int64)
    np.subtract(px[1:], px[:-1], out=moves[:, 0])
    np.subtract(py[1:], py[:-1], out=moves[:, 1])
    moves = moves[(moves[:, 0] | moves[:, 1]) != 0]
    if not len(moves):
        return f"M{px[0]} {py[0]}h0"
    numbers = str(moves.ravel().tolist())[1:-1].replace(", -", "-").replace(", ", " ")
    return f"M{px[0]} {py[0]}l{numbers}"
