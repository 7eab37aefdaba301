"""Smoothed copies of a series, for the eye only: no table, extreme or verdict is made from them."""

from __future__ import annotations

import math

import numpy as np

from runfolio.model import FloatArray

HEAVIEST = 0.999
_PIXELS = 1000.0
"""Width to which x is scaled before weights decay along it."""


def smooth(value: FloatArray, weight: float) -> FloatArray:
    """A smoothed copy of a series, for the eye only, as TensorBoard draws it.

    Formula: a ← w·a + (1 − w)·y over finite values, shown as a/(1 − wᵏ) after k of them; w is capped at 0.999.
    Shapes: (n,) → (n,); the weight is from 0 (no smoothing) to 1.
    Missing values: non-finite values come back unchanged and do not count.
    Refused: no table, extreme or verdict is made from it; a constant series comes back unchanged.
    Source: TensorBoard; the same as an exponentially weighted mean with adjusted weights.
    """
    return smooth_along(np.arange(value.size, dtype=np.float64), value, weight, scale=None)


def smooth_along(
    x: FloatArray, value: FloatArray, weight: float, scale: float | None = _PIXELS
) -> FloatArray:
    """The same with weights that fall along x: equal looks for dense and sparse runs.

    Formula: an earlier value at distance δ, as a share of the range of x, counts √w to the power of 1000·δ.
    Shapes: x and values (n,) → (n,). With `scale` None each point counts one step, whatever its x.
    Missing values: non-finite values come back unchanged and do not count.
    Refused: no table, extreme or verdict is made from it.
    Source: Weights & Biases, time-weighted average.
    """
    finite = np.isfinite(value) & np.isfinite(x)
    if weight <= 0 or not finite.any() or np.ptp(value[finite]) == 0:
        return value.copy()
    base = min(weight if scale is None else math.sqrt(weight), HEAVIEST)
    width = float(np.ptp(x[finite]))
    smoothed = value.copy()
    total = share = 0.0
    previous = None
    for i in np.flatnonzero(finite):
        distance = (
            1.0
            if scale is None
            else (float(x[i] - previous) / width * scale if previous is not None and width else 0.0)
        )
        decay = base**distance
        total, share = total * decay + value[i], share * decay + 1
        smoothed[i], previous = total / share, x[i]
    return smoothed
