"""Builds far from their neighbours on both sides are pulled in before steps are looked for, and only then."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runfolio.model import FloatArray

#: Builds whose median a build is held against: itself and two on each side, at an end the last five.
WINDOW = 5
#: How many scaled median absolute deviations a build may be away.
REACH = 4.0
_TO_SD = 1.4826


def clip_isolated(values: Sequence[float]) -> tuple[FloatArray, tuple[int, ...]]:
    """The values with isolated outliers moved to the limit, and the indices that were moved.

    Formula: running median of 5 ± 4·max(1.4826·MAD of the residuals, 1.4826·MAD of the first differences / √2). The two
    values at an end stay as they are when both leave the limits on the same side: a step may begin or end there.
    Shapes: n values → (n,).
    Missing values: must not be among them. Below five values nothing is moved.
    Source: Hampel 1974 for the limits; moving builds for the search alone is a rule of Runfolio.
    """
    found = np.array(values, dtype=np.float64)
    n = len(found)
    if n < WINDOW:
        return found, ()
    first = np.clip(np.arange(n) - WINDOW // 2, 0, n - WINDOW)
    middle = np.median(found[first[:, None] + np.arange(WINDOW)], axis=1)
    residuals = found - middle
    spread = max(_deviation(residuals), _deviation(np.diff(found)) / np.sqrt(2))
    side = np.sign(residuals) * (np.abs(residuals) > REACH * spread)
    for end in (slice(0, 2), slice(n - 2, n)):
        if side[end][0] and side[end][0] == side[end][1]:
            side[end] = 0
    moved = np.flatnonzero(side)
    found[moved] = middle[moved] + side[moved] * REACH * spread
    return found, tuple(int(at) for at in moved)


def _deviation(values: FloatArray) -> float:
    """Median distance to the median, scaled so that it estimates the standard deviation of normal noise."""
    return _TO_SD * float(np.median(np.abs(values - np.median(values))))
