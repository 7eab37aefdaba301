"""How often a run of one method beats a run of another, over a suite of tasks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from runfolio.analysis.stratified import FEWEST_SCORES, Interval, finite_scores, resampled
from runfolio.model import FloatArray

Scores = Sequence[Sequence[float]]


def probability_of_superiority(a: Sequence[float], b: Sequence[float]) -> float:
    """The chance that a run of a scores higher than a run of b, ties counting half.

    Formula: [#(x > y) + ½·#(x = y)] / (n·m) over all pairs; n·m times this is Mann and Whitney's U.
    Shapes: n and m values → a number from 0 to 1.
    Missing values: non-finite values are left out; NaN where a side has none.
    Source: Mann and Whitney 1947; Vargha and Delaney 2000.
    """
    x, y = (np.array([v for v in side if math.isfinite(v)], dtype=np.float64) for side in (a, b))
    if not x.size or not y.size:
        return math.nan
    return float(_superiority(x[None, :], y[None, :])[0])


def probability_of_improvement(a: Scores, b: Scores) -> float:
    """The mean over tasks of the chance that a run of a scores higher than a run of b.

    Formula: Σ_j P_j / M with P_j the probability of superiority on task j. ½ is no difference; it says nothing of sizes.
    Shapes: M tasks of n_j and m_j scores, higher is better → a number from 0 to 1.
    Missing values: non-finite scores are left out; NaN where a task has none left on a side.
    Source: Agarwal et al. 2021.
    """
    chances = [probability_of_superiority(x, y) for x, y in zip(a, b, strict=True)]
    return math.fsum(chances) / len(chances) if chances else math.nan


def probability_of_improvement_interval(a: Scores, b: Scores, content: str = "") -> Interval | None:
    """95 % interval of the probability of improvement: runs of both methods resampled within each task.

    Formula: 2.5 % and 97.5 % quantiles over 2,000 resamples, stretched about the estimate by √(n/(n − 1)) with n the fewest
    runs of any task, and kept within 0 and 1.
    Shapes: M tasks of n_j and m_j scores → both ends.
    Missing values: non-finite scores are left out.
    Refused: None where a side has runs × tasks < 20, a task has fewer than two scores, or the interval has no width.
    Source: Agarwal et al. 2021.
    """
    left, right = finite_scores(a), finite_scores(b)
    counts = [len(task) for task in (*left, *right)]
    if len(left) != len(right) or not counts or min(counts) < 2:
        return None
    if min(sum(map(len, left)), sum(map(len, right))) < FEWEST_SCORES:
        return None
    names = f"improvement\x1f{content}"
    total = np.zeros(())
    rows_a = resampled(left, lambda rows: rows, f"{names}\x1fa")
    rows_b = resampled(right, lambda rows: rows, f"{names}\x1fb")
    start_a = start_b = 0
    for x, y in zip(left, right, strict=True):
        total = total + _superiority(
            rows_a[:, start_a : start_a + len(x)], rows_b[:, start_b : start_b + len(y)]
        )
        start_a, start_b = start_a + len(x), start_b + len(y)
    middle = probability_of_improvement(left, right)
    stretch = math.sqrt(min(counts) / (min(counts) - 1))
    low, high = middle + (np.quantile(total / len(left), [0.025, 0.975]) - middle) * stretch
    return (max(float(low), 0.0), min(float(high), 1.0)) if high > low else None


def _superiority(x: FloatArray, y: FloatArray) -> FloatArray:
    """Of each row, shapes (m, n) and (m, k) → (m,)."""
    above = np.zeros(x.shape[0])
    for i in range(x.shape[1]):
        gap = x[:, i : i + 1] - y
        above += (gap > 0).sum(axis=1) + 0.5 * (gap == 0).sum(axis=1)
    return np.asarray(above / (x.shape[1] * y.shape[1]))
