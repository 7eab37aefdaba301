"""Sizes of a difference that need no unit. Extra columns at most: no word such as `large` follows from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.analysis.estimate import mean_of, variance_of
from runfolio.analysis.welch import welch


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio with both ends of its interval; the ends are None below three values a side, or without any spread."""

    value: float
    low: float | None
    high: float | None
    p: float | None


def geometric_ratio(a: Sequence[float], b: Sequence[float], level: float = 0.95) -> Ratio | None:
    """How many times as large a is as b, for times, sizes, throughput and perplexity.

    Formula: exp of the difference of mean logarithms, that is the ratio of geometric means; ends are exp of Welch's interval
    on logarithms.
    Shapes: n and m values → ratio, both ends, p.
    Missing values: must not be among them; the caller counts runs without a value.
    Refused: None where a value is 0, negative or not finite; no ends below three values a side.
    Source: Welch 1947, on logarithms.
    """
    if not a or not b or not all(v > 0 and math.isfinite(v) for v in (*a, *b)):
        return None
    logs_a, logs_b = [math.log(v) for v in a], [math.log(v) for v in b]
    value = math.exp(mean_of(logs_a) - mean_of(logs_b))
    if min(len(a), len(b)) < 3:
        return Ratio(value, None, None, None)
    found = welch(logs_a, logs_b)
    ends = found.interval(level)
    low, high = (math.exp(ends[0]), math.exp(ends[1])) if ends else (None, None)
    return Ratio(value, low, high, found.p)


def hedges_g(a: Sequence[float], b: Sequence[float]) -> float | None:
    """The difference of means in standard deviations, corrected for few values.

    Formula: J·(m_a − m_b)/s_pooled, J = Γ(ν/2) / (√(ν/2)·Γ((ν − 1)/2)), ν = n_a + n_b − 2.
    Shapes: n and m values → a number without unit.
    Missing values: must not be among them.
    Refused: None with fewer than two values on a side, or without spread.
    Source: Hedges 1981.
    """
    n, m = len(a), len(b)
    free = n + m - 2
    if min(n, m) < 2:
        return None
    spread = ((n - 1) * variance_of(a) + (m - 1) * variance_of(b)) / free
    if not spread > 0 or not math.isfinite(spread):
        return None
    # Γ(1/2) stands below with ν = 2; below that ν − 1 would be 0, which two values a side exclude.
    factor = math.exp(math.lgamma(free / 2) - math.lgamma((free - 1) / 2)) / math.sqrt(free / 2)
    return factor * (mean_of(a) - mean_of(b)) / math.sqrt(spread)
