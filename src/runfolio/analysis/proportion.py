"""Rates: so many successes among so many trials."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Count:
    """Successes among trials, both whole; 0 ≤ successes ≤ trials."""

    successes: int
    trials: int

    @property
    def rate(self) -> float:
        """Successes / trials; NaN without trials."""
        return self.successes / self.trials if self.trials else math.nan


def wilson(count: Count, level: float = 0.95) -> tuple[float, float] | None:
    """Interval of a rate.

    Formula: (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n), p the rate, n the trials, z normal quantile.
    Shapes: a count → both ends, within 0 and 1.
    Missing values: counts are whole or absent.
    Refused: None without trials.
    Source: Wilson 1927.
    """
    n = count.trials
    if n <= 0:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    rate, square = count.rate, z * z / n
    middle = rate + square / 2
    half = z * math.sqrt(rate * (1 - rate) / n + square / (4 * n))
    low = 0.0 if count.successes == 0 else max((middle - half) / (1 + square), 0.0)
    high = 1.0 if count.successes == n else min((middle + half) / (1 + square), 1.0)
    return low, high


def newcombe(a: Count, b: Count, level: float = 0.95) -> tuple[float, float] | None:
    """Interval of the difference of two rates, a minus b. It holds for one look at counts whose number was not chosen by it.

    Formula: d − √((p_a − l_a)² + (u_b − p_b)²) and d + √((u_a − p_a)² + (p_b − l_b)²), l and u the Wilson ends.
    Shapes: two counts → both ends.
    Missing values: counts are whole or absent.
    Refused: None where a side has no trials.
    Source: Newcombe 1998, method 10.
    """
    ends_a, ends_b = wilson(a, level), wilson(b, level)
    if ends_a is None or ends_b is None:
        return None
    gap = a.rate - b.rate
    low = gap - math.hypot(a.rate - ends_a[0], ends_b[1] - b.rate)
    return low, gap + math.hypot(ends_a[1] - a.rate, b.rate - ends_b[0])
