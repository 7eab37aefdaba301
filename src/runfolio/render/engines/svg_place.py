"""Where numbers land on paper: plot area, scales, and paths of few bytes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from runfolio.charts.chart import Axis, Chart, Shown
from runfolio.model import FloatArray

Tenths = NDArray[np.int64]

#: A point this close (px) to the straight line between its neighbours is not seen.
_TOLERANCE = 0.12
#: Coordinates (px) end here; what lies outside the plot is clipped anyway.
_FAR = 4000.0
#: Paths that are remembered: the pages of replicates draw the same lines, one page after the other.
_KEPT_PATHS = 512


@dataclass(frozen=True, slots=True)
class Place:
    """The plot area in pixels, and the axes it shows."""

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
    return Place(
        left, top, max(shown.width - right, left + 1), max(shown.height - bottom, top + 1), chart.x, chart.y
    )


def _pixels(axis: Axis, values: FloatArray | float, start: float, end: float) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    low, high = axis.low, axis.high
    if axis.scale == "log":
        with np.errstate(divide="ignore", invalid="ignore"):
            array = np.where(array > 0, np.log10(array), np.nan)
        low, high = math.log10(low), math.log10(high)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.clip(start + (array - low) / (high - low) * (end - start), -_FAR, _FAR)


def coordinate(value: float) -> str:
    """Pixels with at most one decimal."""
    return f"{round(value, 1) + 0:g}"


def line_path(x: FloatArray, y: FloatArray, columns: int) -> str:
    """Path data in tenths of a pixel through pixel positions of shape (n,); it breaks where either is not finite.

    At most four points stay of each of `columns` equal parts: first, last, lowest and highest (M4), so that no
    extreme is lost; of those, what lies on a straight line goes too.
    """
    return _line_path(x.tobytes(), y.tobytes(), columns)


@lru_cache(maxsize=_KEPT_PATHS)
def _line_path(x_bytes: bytes, y_bytes: bytes, columns: int) -> str:
    x, y = np.frombuffer(x_bytes), np.frombuffer(y_bytes)
    parts = [_thinned(x[piece], y[piece], columns) for piece in _pieces(np.isfinite(x) & np.isfinite(y))]
    return "".join(_path(px, py) for px, py in parts)


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
        result += _path(*outline) + "z"
    return result


def _pieces(known: NDArray[np.bool_]) -> list[slice]:
    """The stretches of consecutive true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(np.int8), [0]])))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _thinned(x: FloatArray, y: FloatArray, columns: int) -> tuple[FloatArray, FloatArray]:
    if x.size > 4 * columns and x[-1] > x[0]:
        part = np.minimum((x - x[0]) / (x[-1] - x[0]) * columns, columns - 1).astype(np.int64)
        starts = np.flatnonzero(np.concatenate([[True], part[1:] != part[:-1]]))
        ends = np.append(starts[1:], x.size)
        keep = np.concatenate(
            [
                starts,
                ends - 1,
                [a + int(y[a:b].argmin()) for a, b in zip(starts, ends, strict=True)],
                [a + int(y[a:b].argmax()) for a, b in zip(starts, ends, strict=True)],
            ]
        )
        keep = np.unique(keep)
        x, y = x[keep], y[keep]
    return _straightened(x, y)


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
    # Plain floats: reading single numbers out of arrays would take most of the time that a page takes.
    xs, ys = x.tolist(), y.tolist()
    keep = [0]
    from_x, from_y = xs[0], ys[0]
    steepest, flattest = math.inf, -math.inf
    for i in range(1, x.size - 1):
        run = xs[i] - from_x
        if run > 0:
            rise = ys[i] - from_y
            high, low = (rise + _TOLERANCE) / run, (rise - _TOLERANCE) / run
            steepest = high if high < steepest else steepest
            flattest = low if low > flattest else flattest
        reach = xs[i + 1] - from_x
        slope = (ys[i + 1] - from_y) / reach if reach > 0 else math.inf
        if run <= 0 or not flattest <= slope <= steepest:
            keep.append(i)
            from_x, from_y = xs[i], ys[i]
            steepest, flattest = math.inf, -math.inf
    keep.append(x.size - 1)
    return x[keep], y[keep]


def _path(x: FloatArray, y: FloatArray) -> str:
    """`M` and one relative `l` with as few separators as the grammar allows."""
    px, py = np.rint(x * 10).astype(np.int64), np.rint(y * 10).astype(np.int64)
    moves = np.stack([np.diff(px), np.diff(py)], axis=1)
    moves = moves[(moves != 0).any(axis=1)]
    if not len(moves):
        return f"M{px[0]} {py[0]}h0"
    numbers = " ".join(map(str, moves.ravel().tolist())).replace(" -", "-")
    return f"M{px[0]} {py[0]}l{numbers}"
