"""The incomplete beta function in pure Python, and what follows from it: the F distribution."""

from __future__ import annotations

import math

_TINY = 1e-300


def f_tail(f: float, df_1: float, df_2: float) -> float:
    """The chance of an F value at least this large.

    Formula: P(F ≥ f) = I_x(df₂/2, df₁/2) with x = df₂/(df₂ + df₁·f).
    Shapes: numbers → a number from 0 to 1; degrees of freedom above 0, need not be whole.
    Missing values: NaN gives NaN.
    Source: Abramowitz and Stegun 26.6.2.
    """
    if math.isnan(f):
        return math.nan
    if f <= 0:
        return 1.0
    if math.isinf(f):
        return 0.0
    return regularised_beta(df_2 / 2, df_1 / 2, df_2 / (df_2 + df_1 * f))


def regularised_beta(a: float, b: float, x: float) -> float:
    """I_x(a, b) for a, b > 0 and 0 ≤ x ≤ 1, by its continued fraction (modified Lentz)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    front = math.exp(log_front)
    if x < (a + 1) / (a + b + 2):
        return front * beta_fraction(a, b, x) / a
    return 1 - front * beta_fraction(b, a, 1 - x) / b


def beta_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function; no denominator may be zero."""
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    value = d = 1 / (d if abs(d) > _TINY else _TINY)
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for part in (even, odd):
            d = 1 + part * d
            d = 1 / (d if abs(d) > _TINY else _TINY)
            c = 1 + part / c
            c = c if abs(c) > _TINY else _TINY
            value *= d * c
        if abs(d * c - 1) < 4e-16:
            break
    return value
