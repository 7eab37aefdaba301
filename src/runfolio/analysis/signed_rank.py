"""Wilcoxon's signed-rank test: two methods on several data sets, one score each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from runfolio.analysis.spearman import average_ranks as array_ranks

FEWEST_DATA_SETS = 5


def average_ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1, smallest first; equal values share the mean of their ranks."""
    found: list[float] = array_ranks(np.array(values, dtype=np.float64)).tolist()
    return found


def signed_rank_p(gaps: Sequence[float]) -> float | None:
    """Exact two-sided p of paired differences being as often up as down, big and small alike.

    Formula: ranks of |d| with ties shared; over all 2ⁿ signs of those ranks, the share whose sum of positive ranks is at least
    as far from its middle n(n + 1)/4 as the one seen. Differences of 0 are left out.
    Shapes: n differences, one a data set → a number from 0 to 1. The smallest possible is 2^(1 − n).
    Missing values: non-finite differences are left out.
    Refused: None below five data sets.
    Source: Wilcoxon 1945; advised for methods over data sets by Benavoli, Corani and Mangili 2016.
    """
    known = [g for g in gaps if math.isfinite(g)]
    if len(known) < FEWEST_DATA_SETS:
        return None
    signed = [g for g in known if g]
    if not signed:
        return 1.0
    # Twice a shared rank is whole, so sums can be counted.
    ranks = [round(2 * r) for r in average_ranks([abs(g) for g in signed])]
    total = sum(ranks)
    chance = np.zeros(total + 1)
    chance[0] = 1.0
    for rank in ranks:
        moved = np.zeros_like(chance)
        moved[rank:] = chance[: total + 1 - rank]
        chance = (chance + moved) / 2
    seen = sum(rank for rank, gap in zip(ranks, signed, strict=True) if gap > 0)
    away = np.abs(2 * np.arange(total + 1) - total) >= abs(2 * seen - total)
    return min(float(chance[away].sum()), 1.0)
