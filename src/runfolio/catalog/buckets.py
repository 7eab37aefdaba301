"""Thinning of series: M4 (first, last, minimum and maximum of each bucket) beside the mean of each bucket.

M4 after Jugel, Jerzak, Hackenbroich, Markl: "M4: A Visualization-Oriented Time Series Data Aggregation" (VLDB 2014): drawn
with at least as many buckets as pixels, the thinned line is the line. Buckets divide the range of steps evenly; empty
ones are left out. Where a bucket holds non-finite values, the first and the last of them are kept too: gaps survive.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runfolio.model import BucketedSeries, FloatArray

BUCKETS = 250
#: Up to here every point is kept: as many may stay of a longer series.
EXACT_UP_TO = 4 * BUCKETS

IndexArray = NDArray[np.intp]
Mask = NDArray[np.bool_]


def thin(
    names: tuple[str, ...], step: FloatArray, time: FloatArray, values: FloatArray
) -> list[BucketedSeries]:
    """One series a metric, in the order of `names`.

    Args:
        names: k metrics.
        step: (n,), strictly increasing, finite.
        time: (n,), NaN where not logged.
        values: (k, n).
    """
    if len(step) <= EXACT_UP_TO:
        return exact(names, step, time, values)
    starts = bucket_starts(step)
    counts = np.diff(np.append(starts, len(step)))
    finite = np.isfinite(values)
    kept = kept_points(values, finite, starts, counts)
    axes = np.array([step, time])
    bucket_step, bucket_time = _bucket_means(axes, np.isfinite(axes), starts)
    means = _bucket_means(values, finite, starts)
    result = []
    for name, row, mask, mean in zip(names, values, kept, means, strict=True):
        at = np.flatnonzero(mask)
        result.append(
            BucketedSeries(
                name,
                step[at],
                time[at],
                row[at],
                bucket_step,
                bucket_time,
                mean,
                counts.astype(float),
                exact=False,
            )
        )
    return result


def exact(
    names: tuple[str, ...], step: FloatArray, time: FloatArray, values: FloatArray
) -> list[BucketedSeries]:
    """Every point is a bucket of its own; arguments as in `thin`."""
    finite = np.isfinite(values)
    means = values if finite.all() else np.where(finite, values, np.nan)
    ones = np.ones(len(step))
    return [
        BucketedSeries(name, step, time, row, step, time, mean, ones, exact=True)
        for name, row, mean in zip(names, values, means, strict=True)
    ]


def points_of(step: FloatArray, values: FloatArray, most: int) -> Mask:
    """Which of the points stay where about `most` are wanted, by the rule of `thin`; shapes as there, the mask (k, n)."""
    starts = bucket_starts(step, max(most // 4, 1))
    return kept_points(values, np.isfinite(values), starts, np.diff(starts, append=len(step)))


def bucket_starts(step: FloatArray, buckets: int = BUCKETS) -> IndexArray:
    """Index of the first row of each bucket that has one; at most `buckets`."""
    # Halved first: the range of two huge steps of opposite sign would overflow.
    share = (step / 2 - step[0] / 2) / (step[-1] / 2 - step[0] / 2)
    bucket = np.minimum((share * buckets).astype(np.intp), buckets - 1)
    return np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1]))


def kept_points(values: FloatArray, finite: Mask, starts: IndexArray, counts: IndexArray) -> Mask:
    """Which points stay, shape (k, n): of each bucket the first, the last, the first minimum and the first maximum
    of the finite values, and the first and last non-finite value."""
    kept = np.zeros(values.shape, dtype=bool)
    kept[:, starts] = True
    kept[:, starts + counts - 1] = True
    all_finite = bool(finite.all())
    low = np.minimum.reduceat(values if all_finite else np.where(finite, values, np.inf), starts, axis=1)
    high = np.maximum.reduceat(values if all_finite else np.where(finite, values, -np.inf), starts, axis=1)
    for extremes in (low, high):
        _mark_first(kept, values == np.repeat(extremes, counts, axis=1), starts, counts)
    if not all_finite:
        _mark_first(kept, ~finite, starts, counts)
        _mark_last(kept, ~finite, starts, counts)
    return kept


def _mark_first(kept: Mask, hit: Mask, starts: IndexArray, counts: IndexArray) -> None:
    """Mark the first hit of each bucket: one that no earlier hit of the same bucket precedes."""
    hits = np.cumsum(hit, axis=1, dtype=np.int32)
    before = hits[:, starts] - hit[:, starts]
    kept |= hit & (hits == np.repeat(before, counts, axis=1) + 1)


def _mark_last(kept: Mask, hit: Mask, starts: IndexArray, counts: IndexArray) -> None:
    hits = np.cumsum(hit, axis=1, dtype=np.int32)
    total = hits[:, starts + counts - 1]
    kept |= hit & (hits == np.repeat(total, counts, axis=1))


def _bucket_means(values: FloatArray, finite: Mask, starts: IndexArray) -> FloatArray:
    """Mean of the finite values of each bucket, shape (k, m); NaN without any."""
    numbers = np.add.reduceat(finite, starts, axis=1, dtype=float)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        sums = np.add.reduceat(np.where(finite, values, 0.0), starts, axis=1)
        means: FloatArray = sums / numbers
    if np.isinf(sums).any():  # values near the largest float: divide before adding
        widths = np.repeat(np.maximum(numbers, 1), np.diff(np.append(starts, values.shape[1])), axis=1)
        means = np.where(
            numbers > 0, np.add.reduceat(np.where(finite, values / widths, 0.0), starts, axis=1), np.nan
        )
    return means
