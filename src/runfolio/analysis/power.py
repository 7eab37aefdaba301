"""How many runs it would take to see a difference. For planning only: it says nothing about the runs that exist."""

from __future__ import annotations

import math
from statistics import NormalDist

from runfolio.analysis.estimate import variance_of
from runfolio.model import Estimate


def runs_needed(
    difference: float, spread_a: float, spread_b: float, *, level: float = 0.05, power: float = 0.8
) -> int | None:
    """Runs on each side to find a difference of this size in four of five tries. For planning: it says nothing of runs that exist.

    Formula: n = (z₁ + z₂)²·(s_a² + s_b²)/Δ² + z₁²/4, z₁ and z₂ the normal quantiles of level and power; at least 3.
    Shapes: a difference and two standard deviations → a whole number.
    Missing values: None for a difference that is 0 or not finite.
    Refused: from fewer than three values a side, whose spread says too little.
    Source: Guenther 1981.
    """
    if difference == 0 or not math.isfinite(difference):
        return None
    normal = NormalDist()
    z = normal.inv_cdf(1 - level / 2)
    ratio = ((z + normal.inv_cdf(power)) / difference) ** 2 * (spread_a**2 + spread_b**2)
    return max(3, math.ceil(ratio + z * z / 4)) if math.isfinite(ratio) else None


def runs_needed_between(a: Estimate, b: Estimate) -> int | None:
    """The same for the observed difference and spreads of two groups; None below three values a side."""
    if min(a.n, b.n) < 3:
        return None
    return runs_needed(a.value - b.value, math.sqrt(variance_of(a.values)), math.sqrt(variance_of(b.values)))


def runs_needed_for_mean(
    distance: float, spread: float, *, level: float = 0.05, power: float = 0.8
) -> int | None:
    """Runs of one group for a two-sided t test to tell its mean from a number this far away; None without a distance.

    Normal approximation n = (z + z′)²·s²/Δ², plus z²/2 for estimating the spread (Guenther 1981).
    """
    if distance == 0 or not math.isfinite(distance):
        return None
    normal = NormalDist()
    z = normal.inv_cdf(1 - level / 2)
    ratio = ((z + normal.inv_cdf(power)) / distance) ** 2 * spread**2
    return max(3, math.ceil(ratio + z * z / 2)) if math.isfinite(ratio) else None
