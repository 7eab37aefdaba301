"""The incomplete gamma function in pure Python, and what follows from it: the chi-square distribution."""

from __future__ import annotations

import math

_TINY = 1e-300
_MOST_TERMS = 100_000


def chi_square_tail(value: float, df: float) -> float:
    """The chance of a chi-square value at least this large.

    Formula: P(χ² ≥ v) = Q(df/2, v/2), Q the regularised upper incomplete gamma function: by its series below a + 1, by its
    continued fraction above.
    Shapes: numbers → a number from 0 to 1; degrees of freedom above 0.
    Missing values: NaN gives NaN.
    Source: Abramowitz and Stegun 26.4.19, 6.5.29 and 6.5.31.
    """
    if math.isnan(value):
        return math.nan
    return upper_gamma(df / 2, value / 2)


def upper_gamma(a: float, x: float) -> float:
    """Q(a, x) for a > 0."""
    if x <= 0:
        return 1.0
    if math.isinf(x):
        return 0.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    return 1 - front * _series(a, x) if x < a + 1 else front * _fraction(a, x)


def _series(a: float, x: float) -> float:
    term = total = 1 / a
    for n in range(1, _MOST_TERMS):
        term *= x / (a + n)
        total += term
        if term < total * 1e-17:
            break
    return total


def _fraction(a: float, x: float) -> float:
    b = x + 1 - a
    c, d = 1 / _TINY, 1 / b
    value = d
    for n in range(1, _MOST_TERMS):
        part = -n * (n - a)
        b += 2
        d = part * d + b
        d = 1 / (d if abs(d) > _TINY else _TINY)
        c = b + part / c
        c = c if abs(c) > _TINY else _TINY
        value *= d * c
        if abs(d * c - 1) < 4e-16:
            break
    return value
