"""Places that a group may hold, from simultaneous pairwise comparisons (Mogstad, Romano, Shaikh, Wilhelm 2023)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from runfolio.analysis.difference import difference
from runfolio.analysis.holm import holm
from runfolio.model import Estimate, MetricSpec

MOST_FOR_ALL_PAIRS = 30
_LEVEL = 0.05


def rank_intervals(estimates: Sequence[Estimate], spec: MetricSpec) -> list[tuple[int, int]]:
    """First and last place of each group, 1-based, in the order given, which must be best first.

    A group's place lies between 1 + the groups significantly better and k − those significantly worse (Welch, Holm over
    all pairs). Above 30 groups only comparisons with the first are made. (0, 0) for all where no direction is known.
    """
    k = len(estimates)
    if not spec.goal.sign:
        return [(0, 0)] * k
    pairs = list(combinations(range(k), 2)) if k <= MOST_FOR_ALL_PAIRS else [(0, i) for i in range(1, k)]
    tested = [
        (i, j, found)
        for i, j in pairs
        if (found := difference(estimates[i], estimates[j], spec)).p is not None
    ]
    better, worse = [0] * k, [0] * k
    for (i, j, found), p in zip(tested, holm([f.p or 0.0 for _, _, f in tested]), strict=True):
        if p <= _LEVEL:
            above, below = (i, j) if found.absolute * spec.goal.sign > 0 else (j, i)
            better[below] += 1
            worse[above] += 1
    return [(1 + better[i], k - worse[i]) for i in range(k)]
