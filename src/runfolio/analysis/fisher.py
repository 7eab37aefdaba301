"""Fisher's exact test: whether two failure rates of few runs differ by more than chance."""

from __future__ import annotations

import math

from runfolio.analysis.proportion import Count

_TIE = 1 + 1e-7


def fisher_p(a: Count, b: Count) -> float:
    """Two-sided p of two rates being equal, for counts of any size.

    Formula: sum over all tables with the same margins that are no more likely than the one seen, of their
    hypergeometric probabilities.
    Shapes: two counts → a number from 0 to 1.
    Missing values: counts are whole or absent; 1 where a side has no trials.
    Source: Fisher 1922; two-sided as in Freeman and Halton 1951.
    """
    total, hits = a.trials + b.trials, a.successes + b.successes
    low, high = max(0, hits - b.trials), min(hits, a.trials)

    def log_chance(k: int) -> float:
        return _log_choose(a.trials, k) + _log_choose(b.trials, hits - k) - _log_choose(total, hits)

    limit = math.exp(log_chance(a.successes)) * _TIE
    found = math.fsum(p for k in range(low, high + 1) if (p := math.exp(log_chance(k))) <= limit)
    return min(found, 1.0)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
