"""Smoothed copies of a series, for the eye only: no table, extreme or verdict is made from them."""

from __future__ import annotations

import math

import numpy as np

from runfolio.model import FloatArray

HEAVIEST = 0.999
_PIXELS = 1000.0
"""Width to which x is scaled before weights decay along it."""


def smooth(value: FloatArray, weight: float) -> FloatArray:
    """Debiased exponential moving average, shape (n,), as TensorBoard draws it.

    a ← w·a + (1 − w)·y over finite values only, shown as a / (1 − w^k) after k of them. Non-finite values and a
    constant series come back unchanged. `weight` is 0 (no smoothing) to 1, capped at 0.999.
    """
    return smooth_along(np.arange(value.size, dtype=np.float64), value, weight, scale=None)


def smooth_along(
    x: FloatArray, value: FloatArray, weight: float, scale: float | None = _PIXELS
) -> FloatArray:
    """The same with weights that decay along x, shape (n,): equal looks for dense and sparse runs.

    Each earlier value counts √weight to the power of its distance as a share of the range of x, times `scale`.
    With `scale` None each point counts one step, whatever its x.
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
