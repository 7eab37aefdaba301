"""The largest t over all places to cut a series in two, and how often noise alone reaches it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from runfolio.analysis.content_seed import content_seed
from runfolio.model import FloatArray

#: A cut leaves at least so many builds on each side.
FEWEST_A_SIDE = 3
#: Series of noise that the largest t is compared with, at least.
DRAWS = 9_999
#: Numbers of noise held at a time.
_BLOCK = 1_000_000
#: A share of all spread below this is rounding: both sides are constant.
_NOTHING = 1e-13


def best_cut(values: Sequence[float]) -> tuple[int, float]:
    """The cut k with the largest t, and that t; the right side begins at index k. Without spread: t 0; two constants: t infinite.

    Formula: T_k = |m_left − m_right| / (s_p·√(1/k + 1/(n−k))), s_p the pooled standard deviation; T = max over k = 3 … n−3.
    Shapes: n values, n ≥ 6.
    Missing values: must not be among them.
    Source: the likelihood-ratio test for one shift in mean, Hawkins 1977.
    """
    if len(values) < 2 * FEWEST_A_SIDE:
        raise ValueError(f"a cut needs {2 * FEWEST_A_SIDE} values")
    # Far from zero, squares of what is left after a first subtraction keep their digits.
    row = np.array(values, dtype=np.float64)[None, :] - values[0]
    squares = _squared(row)[0]
    at = int(np.argmax(squares))
    return at + FEWEST_A_SIDE, math.sqrt(squares[at])


def max_t_p(t: float, n: int, draws: int = DRAWS) -> float:
    """How often independent normal noise of n values reaches this largest t; never 0.

    Formula: p = (1 + #{T* ≥ T}) / (1 + B), T* the largest t of each of B series of noise.
    Shapes: a t and a number of values → a number above 0.
    Missing values: n counts the values that are there.
    Refused: a p of 0; with B series it is at least 1/(B+1).
    Source: Monte Carlo reference for the test of Hawkins 1977; the noise depends on n and B alone.
    """
    noise = _reference(n, draws)
    return (1 + len(noise) - int(np.searchsorted(noise, t, side="left"))) / (1 + len(noise))


@lru_cache(maxsize=4096)
def _reference(n: int, draws: int) -> FloatArray:
    """The largest t of each of so many series of noise, sorted upwards; shape (draws,)."""
    random = np.random.default_rng(content_seed(f"max-t of {n} values"))
    rows = max(_BLOCK // n, 1)
    blocks = [
        np.sqrt(_squared(random.standard_normal((min(rows, draws - first), n))).max(axis=1))
        for first in range(0, draws, rows)
    ]
    return np.sort(np.concatenate(blocks))


def _squared(rows: FloatArray) -> FloatArray:
    """T² of each cut of each row, shape (m, n) → (m, n − 5); infinite where both sides are constant and differ."""
    n = rows.shape[1]
    rows = rows - rows.mean(axis=1, keepdims=True)
    left = np.arange(FEWEST_A_SIDE, n - FEWEST_A_SIDE + 1)
    sums = np.cumsum(rows, axis=1)[:, FEWEST_A_SIDE - 1 : n - FEWEST_A_SIDE]
    total = np.sum(rows**2, axis=1, keepdims=True)
    # The two sides' sums are each other's opposite, so that this is all spread between their means.
    between = sums**2 * (n / (left * (n - left)))
    within = np.where(total - between > _NOTHING * total, total - between, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, between / (within / (n - 2)), 0.0)
