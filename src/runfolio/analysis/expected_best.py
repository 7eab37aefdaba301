"""What a search has found after so many trials: the best so far, and the best to be expected of n."""

from __future__ import annotations

import numpy as np

from runfolio.model import FloatArray, Goal


def expected_best(values: FloatArray, goal: Goal) -> FloatArray:
    """Expected best of n trials of a random search for n = 1 … N // 2: the mean of the best over all choices of n of the N trials.

    It holds for trials drawn independently alike, and means nothing for a search that learns from earlier trials.

    Formula: Σ x₍ᵢ₎ · C(i − 1, n − 1) / C(N, n), unbiased; x₍ᵢ₎ from the worst to the best.
    Shapes: (n,) values → (N // 2,).
    Missing values: values that are not finite are no trials.
    Refused: n beyond N // 2: nothing is extrapolated.
    Source: Dodge et al. 2019; Tang et al. 2020.
    """
    ordered = np.sort(values[np.isfinite(values)])
    if goal is Goal.MINIMIZE:
        ordered = ordered[::-1]
    total = ordered.size
    place = np.arange(1, total + 1, dtype=np.float64)
    # C(i − 1, n − 1) / C(N, n) for n = 1 is 1 / N; each further n multiplies by (i − n) · (n + 1) / ((N − n) · n).
    weight = np.full(total, 1 / total) if total else np.empty(0)
    found = np.empty(total // 2)
    for n in range(1, total // 2 + 1):
        found[n - 1] = float(weight @ ordered)
        weight = weight * np.maximum(place - n, 0) / (total - n) * (n + 1) / n
    return found


def best_so_far(values: FloatArray, goal: Goal) -> FloatArray:
    """The best of the first i values in the order of the trials.

    Formula: max (or min) of x₁ … xᵢ.
    Shapes: (n,) → (n,).
    Missing values: values that are not finite change nothing; NaN until one is finite.
    Source: the definition.
    """
    sign = goal.sign or 1
    good = np.where(np.isfinite(values), values * sign, -np.inf)
    best = np.maximum.accumulate(good) * sign if good.size else good
    return np.where(np.isfinite(best), best, np.nan)
