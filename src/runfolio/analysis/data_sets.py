"""Methods over data sets, one score for each: average ranks, the tests of Friedman and of pairs, the critical difference.

Seeds are no data sets: scores are means over seeds.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from runfolio.analysis.beta import f_tail
from runfolio.analysis.gamma import chi_square_tail
from runfolio.analysis.holm import holm_where_known
from runfolio.analysis.signed_rank import FEWEST_DATA_SETS, average_ranks, signed_rank_p

FEWEST_METHODS = 3
_Q = {
    0.05: "1.960 2.344 2.569 2.728 2.850 2.948 3.031 3.102 3.164 3.219 3.268 3.313 3.354 3.391 3.426 3.458 3.489 3.517 3.544",
    0.10: "1.645 2.052 2.291 2.460 2.589 2.693 2.780 2.855 2.920 2.978 3.030 3.077 3.120 3.159 3.196 3.230 3.261 3.291 3.319",
}
"""Quantiles of the studentised range over √2, for 2 to 20 methods."""

Table = Sequence[Sequence[float]]
"""Scores by data set, then by method: N rows of k."""


@dataclass(frozen=True, slots=True)
class Friedman:
    """The test of all methods being equal over data sets."""

    chi_square: float
    chi_square_p: float
    f: float
    """Iman and Davenport's form, which is less timid; infinite where all data sets agree on every rank."""
    f_p: float


@dataclass(frozen=True, slots=True)
class PairOfMethods:
    """Two methods over all data sets."""

    first: int
    second: int
    p: float | None
    p_adjusted: float | None
    """Holm over all pairs."""


def mean_ranks(table: Table, *, lower_is_better: bool = False) -> list[float]:
    """The mean over data sets of each method's rank; 1 is the best.

    Formula: on each data set, methods ranked from the best, equal scores sharing the mean of their ranks; then the mean.
    Shapes: N data sets by k methods → k numbers from 1 to k.
    Missing values: a data set on which any method has no finite score is left out; the caller says how many.
    Refused: NaN where no data set is left.
    Source: Friedman 1937; Demšar 2006.
    """
    rows = complete_rows(table)
    if not rows:
        return [math.nan] * (len(table[0]) if table else 0)
    sign = 1 if lower_is_better else -1
    ranked = [average_ranks([sign * v for v in row]) for row in rows]
    return [math.fsum(column) / len(rows) for column in zip(*ranked, strict=True)]


def complete_rows(table: Table) -> list[Sequence[float]]:
    """The data sets on which every method has a finite score."""
    return [row for row in table if all(math.isfinite(v) for v in row)]


def friedman(table: Table) -> Friedman | None:
    """Whether methods differ at all over data sets; says nothing about a pair.

    Formula: χ² = [12N/(k(k + 1))·Σ(R_j − (k + 1)/2)²] / (1 − Σ(t³ − t)/(N·k(k² − 1))), R mean ranks, t sizes of ties, on k − 1
    degrees of freedom; F = (N − 1)χ²/(N(k − 1) − χ²) on k − 1 and (k − 1)(N − 1).
    Shapes: N data sets by k methods → both statistics with p.
    Missing values: a data set on which any method has no finite score is left out.
    Refused: None below five data sets or three methods, and where all scores of each data set are equal.
    Source: Friedman 1937; Iman and Davenport 1980; Demšar 2006.
    """
    rows = complete_rows(table)
    n, k = len(rows), len(rows[0]) if rows else 0
    if n < FEWEST_DATA_SETS or k < FEWEST_METHODS:
        return None
    ties = sum(t**3 - t for row in rows for t in (row.count(v) for v in set(row)))
    correction = 1 - ties / (n * k * (k * k - 1))
    if not correction > 0:
        return None
    spread = math.fsum((r - (k + 1) / 2) ** 2 for r in mean_ranks(rows))
    chi = 12 * n / (k * (k + 1)) * spread / correction
    rest = n * (k - 1) - chi
    f = (n - 1) * chi / rest if rest > 1e-12 * n * k else math.inf
    return Friedman(chi, chi_square_tail(chi, k - 1), f, f_tail(f, k - 1, (k - 1) * (n - 1)))


def pairs_of_methods(table: Table) -> list[PairOfMethods]:
    """Every pair of methods by Wilcoxon's signed-rank test over data sets, corrected for the number of pairs.

    Formula: the exact signed-rank p of the differences, then Holm over all k(k − 1)/2 pairs.
    Shapes: N data sets by k methods → one result a pair.
    Missing values: for each pair, data sets on which one of the two has no finite score are left out.
    Refused: no p below five data sets.
    Source: Wilcoxon 1945; Holm 1979; Benavoli, Corani and Mangili 2016.
    """
    k = len(table[0]) if table else 0
    pairs = list(combinations(range(k), 2))
    found = [signed_rank_p([row[i] - row[j] for row in table]) for i, j in pairs]
    return [
        PairOfMethods(i, j, p, adjusted)
        for (i, j), p, adjusted in zip(pairs, found, holm_where_known(found), strict=True)
    ]


def critical_difference(methods: int, data_sets: int, level: float = 0.05) -> float | None:
    """How far apart mean ranks must be for two methods to differ, all pairs taken together. On request only: whether two
    methods differ then depends on which others are in the list.

    Formula: q·√(k(k + 1)/(6N)), q the quantile of the studentised range over √2.
    Shapes: k methods, N data sets, level 0.05 or 0.10 → a difference of ranks.
    Missing values: count only complete data sets.
    Refused: None below five data sets or three methods, and above 20 methods.
    Source: Nemenyi 1963; Demšar 2006.
    """
    if data_sets < FEWEST_DATA_SETS or not FEWEST_METHODS <= methods <= 20:
        return None
    q = float(_Q[level].split()[methods - 2])
    return q * math.sqrt(methods * (methods + 1) / (6 * data_sets))


def cliques(methods: int, apart: Collection[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Groups of methods, in the order of their mean ranks, none of whose pairs (i < j) is told apart; no group within another.

    Two methods that are not told apart share no group where another between them is told apart from one of the two: a bar of
    a diagram joins neighbours only.
    """
    found: list[tuple[int, ...]] = []
    reached = -1
    for start in range(methods):
        end = start
        while end + 1 < methods and not any((i, end + 1) in apart for i in range(start, end + 1)):
            end += 1
        if end > start and end > reached:
            found.append(tuple(range(start, end + 1)))
            reached = end
    return found
