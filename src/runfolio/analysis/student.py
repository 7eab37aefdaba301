"""Student's t distribution in pure Python, so that no numerical library is needed for an interval.

Two-sided tail probabilities come from the regularised incomplete beta function,
P(|T| > t) = I_x(df/2, 1/2) with x = df/(df + t²), evaluated by its continued fraction (modified Lentz).
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

from runfolio.analysis.beta import beta_fraction

_NORMAL_FROM = 1e10
"""Degrees of freedom from which the normal distribution is the same to 1e-12."""


def t_two_sided(t: float, df: float) -> float:
    """The chance of a t value at least this far from 0.

    Formula: P(|T| > t) = I_x(df/2, 1/2) with x = df/(df + t²), I the regularised incomplete beta function.
    Shapes: numbers → a number from 0 to 1; degrees of freedom above 0, need not be whole.
    Missing values: NaN gives NaN; an infinite t gives 0.
    Source: Abramowitz and Stegun 26.7.1.
    """
    if math.isnan(t) or math.isnan(df):
        return math.nan
    if math.isinf(t):
        return 0.0
    if df >= _NORMAL_FROM:
        return math.erfc(abs(t) / math.sqrt(2))
    square = t * t
    if math.isinf(square):
        return 0.0
    return _beta_half(df / 2, df / (df + square), square / (df + square))


def t_cdf(t: float, df: float) -> float:
    """P(T <= t)."""
    tail = t_two_sided(t, df) / 2
    return tail if t < 0 else 1 - tail


@lru_cache(maxsize=4096)
def t_quantile(p: float, df: float) -> float:
    """The t below which a share p of the distribution lies.

    Formula: the root of P(T ≤ t) = p, by Newton steps kept inside a shrinking bracket.
    Shapes: 0 < p < 1 and df > 0 → a number.
    Missing values: none are taken (ValueError outside these bounds).
    Source: Abramowitz and Stegun 26.7.5 for the first step.
    """
    if not 0 < p < 1 or not df > 0:
        raise ValueError("t_quantile needs 0 < p < 1 and df > 0")
    if p == 0.5:
        return 0.0
    if df >= _NORMAL_FROM:
        return NormalDist().inv_cdf(p)
    upper = _upper_quantile(2 * min(p, 1 - p), df)
    return upper if p > 0.5 else -upper


def _upper_quantile(target: float, df: float) -> float:
    """The t > 0 with P(|T| > t) = target."""
    # Starts from the expansion around the normal quantile (Abramowitz and Stegun 26.7.5), good from two degrees on.
    z = NormalDist().inv_cdf(1 - target / 2) if target > 1e-15 else 8.0
    t = z + z * (z * z + 1) / (4 * df) + z * (5 * z**4 + 16 * z * z + 3) / (96 * df * df) if df >= 2 else 1.0
    low, high = 0.0, 1.5 * t
    while t_two_sided(high, df) > target:
        low, high = high, high * 2
    t = t if low < t < high else (low + high) / 2
    for _ in range(200):
        excess = t_two_sided(t, df) - target
        low, high = (t, high) if excess > 0 else (low, t)
        step = t + excess / (2 * _density(t, df))
        if abs(step - t) <= 1e-14 * t:
            break
        t = step if low < step < high else (low + high) / 2
    return t


def _density(t: float, df: float) -> float:
    log_scale = _log_gamma_step(df / 2) - math.log(df * math.pi) / 2
    return math.exp(log_scale - (df + 1) / 2 * math.log1p(t * t / df))


def _log_gamma_step(a: float) -> float:
    """ln Γ(a + 1/2) − ln Γ(a); the asymptotic series where subtracting two large logs would lose digits."""
    if a < 20:
        return math.lgamma(a + 0.5) - math.lgamma(a)
    tail = 1 / a
    square = tail * tail
    return math.log(a) / 2 - tail * (1 / 8 - square * (1 / 192 - square * (1 / 640 - square * 17 / 14336)))


def _beta_half(a: float, x: float, y: float) -> float:
    """I_x(a, 1/2) with y = 1 − x given apart, so that a tiny y keeps its digits."""
    if x <= 0:
        return 0.0
    if y <= 0:
        return 1.0
    log_beta = math.log(math.pi) / 2 - _log_gamma_step(a)
    log_y = math.log(y)
    log_x = math.log1p(-y) if y < 0.5 else math.log(x)
    front = math.exp(a * log_x + 0.5 * log_y - log_beta)
    if x < (a + 1) / (a + 2.5):
        return front * beta_fraction(a, 0.5, x) / a
    return 1 - front * beta_fraction(0.5, a, y) / 0.5
