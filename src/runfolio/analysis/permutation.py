"""Exact checks of a clear verdict by relabelling runs. They share no assumption of normality with the t tests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, combinations

import numpy as np

from runfolio.analysis.content_seed import content_seed
from runfolio.model import FloatArray

MOST_SPLITS = 200_000
DRAWS = 9_999
FEWEST = 5
_TIE = 1 - 1e-9
"""Relabellings that give the same statistic up to rounding count as ties."""


def permutation_p(a: Sequence[float], b: Sequence[float], content: str = "") -> float:
    """Exact check of a clear verdict: how often relabelled runs are as far apart as the real ones.

    Formula: the share of all splits into n_a and n_b values whose |t| (Welch) is at least the one seen; above 200,000 splits
    (1 + #)/(1 + 9,999) over draws seeded from the values and `content`.
    Shapes: n and m values → a number above 0.
    Missing values: must not be among them.
    Refused: not asked below five values a side, where no split can reach 0.05 after all.
    Source: Fisher 1935; Janssen 1997 for the statistic.
    """
    values = np.array([*a, *b], dtype=np.float64)
    values = values - values.mean()
    n_a, n_b = len(a), len(b)
    observed = float(_statistics(values[None, :n_a], values[None, n_a:])[0])
    if math.comb(n_a + n_b, n_a) <= MOST_SPLITS:
        first = values[_splits(n_a + n_b, n_a)]
        found = _statistics_of_first(first, values, n_b)
        return float(np.mean(found >= observed * _TIE))
    draws = np.random.default_rng(content_seed(content, a, b)).permuted(np.tile(values, (DRAWS, 1)), axis=1)
    found = _statistics(draws[:, :n_a], draws[:, n_a:])
    return (1 + int(np.sum(found >= observed * _TIE))) / (1 + DRAWS)


def sign_flip_p(gaps: Sequence[float], content: str = "") -> float:
    """Exact check of a paired verdict: how often differences with random signs are as far from 0 as the real ones.

    Formula: the share of all 2ⁿ signs whose |Σd| is at least the one seen; above 17 pairs (1 + #)/(1 + 9,999) over seeded draws.
    Shapes: n differences → a number above 0.
    Missing values: must not be among them.
    Refused: not asked below six pairs, where it cannot reach 0.05.
    Source: Fisher 1935.
    """
    values = np.array(gaps, dtype=np.float64)
    n = len(gaps)
    observed = abs(float(values.sum()))
    if 2**n <= MOST_SPLITS:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
        return float(np.mean(np.abs(signs @ values) >= observed * _TIE))
    signs = 1 - 2 * np.random.default_rng(content_seed(content, gaps, ())).integers(0, 2, (DRAWS, n))
    return (1 + int(np.sum(np.abs(signs @ values) >= observed * _TIE))) / (1 + DRAWS)


@lru_cache(maxsize=8)
def _splits(n: int, k: int) -> np.typing.NDArray[np.intp]:
    """Every choice of k out of n, shape (n over k, k); of two choices that leave each other, only one."""
    flat = np.fromiter(chain.from_iterable(combinations(range(n), k)), dtype=np.intp)
    splits = flat.reshape(-1, k)
    # In this order the first half holds 0, and swapping equal sides does not change the statistic's size.
    return splits[: len(splits) // 2] if n == 2 * k else splits


def _statistics_of_first(first: FloatArray, values: FloatArray, n_b: int) -> FloatArray:
    """|t| of each split, from the first part's sums alone; `values` have mean 0."""
    n_a = first.shape[1]
    sum_a, squares_a = first.sum(axis=1), (first**2).sum(axis=1)
    sum_b, squares_b = values.sum() - sum_a, (values**2).sum() - squares_a
    spread_a = np.maximum(squares_a - sum_a**2 / n_a, 0.0) / (n_a - 1) / n_a
    spread_b = np.maximum(squares_b - sum_b**2 / n_b, 0.0) / (n_b - 1) / n_b
    return _ratio(sum_a / n_a - sum_b / n_b, spread_a + spread_b)


def _statistics(a: FloatArray, b: FloatArray) -> FloatArray:
    """|t| of each row, shapes (m, n_a) and (m, n_b) → (m,)."""
    spread = a.var(axis=1, ddof=1) / a.shape[1] + b.var(axis=1, ddof=1) / b.shape[1]
    return _ratio(a.mean(axis=1) - b.mean(axis=1), spread)


def _ratio(gap: FloatArray, spread: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, np.abs(gap) / np.sqrt(spread), np.where(gap == 0, 0.0, np.inf))
