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
    """ρ of two arrays of shape (n,): Pearson's correlation of their average ranks.

    It sees only effects that rise or fall throughout.

    Formula: ρ = Σ(rₐ − r̄ₐ)(r_b − r̄_b) / √(Σ(rₐ − r̄ₐ)² · Σ(r_b − r̄_b)²), equal values sharing the mean of their ranks.
    Shapes: two arrays of shape (n,) → one number.
    Missing values: pairs in which either is not finite are left out.
    Refused: fewer than two pairs, and where one does not vary: NaN.
    Source: Spearman 1904.
    """
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < 2:
        return float("nan")
    x, y = average_ranks(a[known]), average_ranks(b[known])
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return float((x * y).sum()) / scale if scale > 0 else float("nan")
