"""Places that a group may hold, from simultaneous pairwise comparisons (Mogstad, Romano, Shaikh, Wilhelm 2023)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from runfolio.analysis.difference import contrast_of
from runfolio.analysis.holm import holm
from runfolio.analysis.welch import Contrast
from runfolio.model import Estimate, MetricSpec

MOST_FOR_ALL_PAIRS = 30
_LEVEL = 0.05


def rank_intervals(
    estimates: Sequence[Estimate],
    spec: MetricSpec,
    test: Callable[[Estimate, Estimate], Contrast | None] = contrast_of,
) -> list[tuple[int, int]]:
    """Places that each configuration may hold, 1-based, in the order given, which must be best first.

    Formula: from 1 + the number clearly better to k − the number clearly worse; clear is p ≤ 0.05 by the `test` that differences
    to the baseline have (Welch's unless configured otherwise), with Holm's correction over all k(k − 1)/2 pairs. Above 30
    configurations only pairs with the first.
    Shapes: k estimates → k pairs of whole numbers.
    Missing values: configurations with missing runs are not given to it and have no place.
    Refused: (0, 0) for all where no direction is known. Best is said only of a place from 1 to 1.
    Source: Mogstad, Romano, Shaikh and Wilhelm 2024.
    """
    k = len(estimates)
    if not spec.goal.sign:
        return [(0, 0)] * k
    pairs = list(combinations(range(k), 2)) if k <= MOST_FOR_ALL_PAIRS else [(0, i) for i in range(1, k)]
    contrasts = [(i, j, test(estimates[i], estimates[j])) for i, j in pairs]
    tested = [(i, j, found, p) for i, j, found in contrasts if found and (p := found.p) is not None]
    clear = [
        (i, j) if found.difference * spec.goal.sign > 0 else (j, i)
        for (i, j, found, _), p in zip(tested, holm([p for *_, p in tested]), strict=True)
        if p <= _LEVEL
    ]
    return places_of(k, clear)


def places_of(count: int, clear: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """First and last place of each of `count`, from the pairs (better, worse) that are clearly apart."""
    better, worse = [0] * count, [0] * count
    for above, below in clear:
        better[below] += 1
        worse[above] += 1
    return [(1 + better[i], count - worse[i]) for i in range(count)]
