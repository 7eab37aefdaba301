"""The mean curve of a group, with a pointwise 95% t band where three runs or more are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runfolio.analysis.student import t_quantile
from runfolio.model import BucketedSeries, FloatArray

MOST_POINTS = 400
_FEWEST_FOR_BAND = 3


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Mean of several runs along x; arrays of shape (m,), x rising, in logged units."""

    step: FloatArray
    mean: FloatArray
    """NaN where no run has a value."""
    low: FloatArray
    high: FloatArray
    """Ends of the pointwise 95% interval; NaN where fewer than three runs have a value."""
    n: FloatArray
    """Runs that have a value at this x."""
    run_ids: tuple[str, ...] = ()


def group_curve(
    series: Sequence[BucketedSeries], run_ids: Sequence[str] = (), *, axis: str = "step"
) -> Curve:
    """The mean curve of several runs with a pointwise 95 % band, at the union of their steps, thinned to at most 400.

    Formula: at each step m ± t(.975, n − 1)·s/√n over the runs that reach it; between its own points a run is a straight line.
    Shapes: one series a run → arrays (m,). `axis` is `step` or `time`.
    Missing values: before its first point, after its last and across non-finite values a run does not count; n says how many do.
    Refused: no band where fewer than three runs reach. Of points at one step the last wins.
    Source: as for the mean of a configuration; pointwise, not for the whole curve.
    """
    points = [p for p in (_points(s, axis) for s in series) if p[0].size]
    x = _thinned(np.unique(np.concatenate([p[0] for p in points]))) if points else np.empty(0)
    values = np.array([_interpolated(x, *p) for p in points]).reshape(len(points), x.size)
    there = np.isfinite(values)
    n = there.sum(axis=0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        mean = np.where(there, values, 0.0).sum(axis=0) / n
        squares = np.where(there, (values - mean) ** 2, 0.0).sum(axis=0)
        half = _quantiles(n) * np.sqrt(squares / (n - 1) / n)
    return Curve(x, mean, mean - half, mean + half, n, tuple(run_ids))


def difference_curve(a: Curve, b: Curve) -> Curve:
    """Mean curve of a minus mean curve of b, with a pointwise 95 % band; `n` is the smaller.

    Formula: at each step the difference of means with Welch's interval.
    Shapes: two curves → arrays (m,) at the union of their steps, thinned to at most 400.
    Missing values: only where both have a mean.
    Refused: no band where a side has fewer than three runs, or there is no spread.
    Source: Welch 1947.
    """
    x = _thinned(np.union1d(a.step, b.step))
    mean_a, half_a, n_a = _at(x, a)
    mean_b, half_b, n_b = _at(x, b)
    with np.errstate(invalid="ignore", divide="ignore"):
        v_a, v_b = (half_a / _quantiles(n_a)) ** 2, (half_b / _quantiles(n_b)) ** 2
        df = (v_a + v_b) ** 2 / (v_a**2 / (n_a - 1) + v_b**2 / (n_b - 1))
        # Equal values in both groups leave no spread to judge by, and no band.
        half = np.where(v_a + v_b > 0, _quantiles(df + 1, fewest=1.0) * np.sqrt(v_a + v_b), np.nan)
    mean = mean_a - mean_b
    n = np.where(np.isfinite(mean), np.minimum(n_a, n_b), 0.0)
    return Curve(x, mean, mean - half, mean + half, n, a.run_ids + b.run_ids)


def _points(series: BucketedSeries, axis: str) -> tuple[FloatArray, FloatArray]:
    x = series.bucket_time if axis == "time" else series.bucket_step
    y = series.bucket_mean
    keep = np.isfinite(x)
    x, y = x[keep], y[keep]
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    is_last = np.append(x[1:] != x[:-1], True) if x.size else np.empty(0, dtype=bool)
    return x[is_last], y[is_last]


def _interpolated(x: FloatArray, own_x: FloatArray, own_y: FloatArray) -> FloatArray:
    """The run's value at x (m,); NaN outside its range and between a point and a non-finite neighbour."""
    finite = np.isfinite(own_y)
    if not finite.any():
        return np.full(x.shape, np.nan)
    value = np.interp(x, own_x[finite], own_y[finite], left=np.nan, right=np.nan)
    if not finite.all():
        value[np.interp(x, own_x, np.where(finite, 0.0, 1.0)) > 0] = np.nan
    return value


def _thinned(x: FloatArray) -> FloatArray:
    if x.size <= MOST_POINTS:
        return x
    return x[np.unique(np.linspace(0, x.size - 1, MOST_POINTS).round().astype(np.intp))]


def _quantiles(n: FloatArray, fewest: float = _FEWEST_FOR_BAND) -> FloatArray:
    """t(.975, n − 1) at each n (m,); NaN below `fewest`."""
    found, where = np.unique(n, return_inverse=True)
    quantiles = [t_quantile(0.975, float(k) - 1) if k >= fewest and k > 1 else np.nan for k in found]
    return np.array(quantiles, dtype=np.float64)[where].reshape(n.shape)


def _at(x: FloatArray, curve: Curve) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean, half-width and n at x; between two points the smaller n of both counts."""
    if not curve.step.size:
        nothing = np.full(x.shape, np.nan)
        return nothing, nothing, np.zeros(x.shape)
    mean = _interpolated(x, curve.step, curve.mean)
    half = _interpolated(x, curve.step, (curve.high - curve.low) / 2)
    right = np.searchsorted(curve.step, x).clip(0, curve.step.size - 1)
    left = (np.searchsorted(curve.step, x, side="right") - 1).clip(0)
    n = np.minimum(curve.n[left], curve.n[right])
    return mean, half, np.where(np.isfinite(mean), n, 0.0)
