"""Spearman's rank correlation: which way one number goes with another (Spearman 1904)."""

from __future__ import annotations

import numpy as np

from runfolio.model import FloatArray


def average_ranks(values: FloatArray) -> FloatArray:
    """Ranks from 1, shape (n,); equal values share the mean of their places."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[inverse], dtype=np.float64)


def spearman(a: FloatArray, b: FloatArray) -> float:
    """How steadily two numbers rise or fall together. It is blind to effects that do both.

    Formula: ρ, the correlation of average ranks.
    Shapes: two arrays (n,) → a number from −1 to 1.
    Missing values: pairs in which either is not finite are left out.
    Refused: NaN for fewer than two pairs and where one does not vary.
    Source: Spearman 1904.
    """
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < 2:
        return float("nan")
    x, y = average_ranks(a[known]), average_ranks(b[known])
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return float((x * y).sum()) / scale if scale > 0 else float("nan")
