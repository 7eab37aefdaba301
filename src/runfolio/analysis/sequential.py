"""The difference of two rates under watch: an interval that holds at every look together, however often one looks."""

from __future__ import annotations

import math

from runfolio.analysis.proportion import Count

FEWEST = 10
"""Successes and failures on each side below which a rate is too far from normal for this interval."""
SPAN = 0.01
"""Size of difference for which the interval is made narrow, unless configured."""


def always_valid(a: Count, b: Count, span: float = SPAN, level: float = 0.95) -> tuple[float, float] | None:
    """Interval of the difference of rates, a minus b, that may be watched: the chance that it ever leaves out the true
    difference, over all looks, is at most 1 − level.

    Formula: d ± √(V·(V + τ²)/τ² · (2·ln(1/α) + ln((V + τ²)/V))), V = p_a(1 − p_a)/n_a + p_b(1 − p_b)/n_b, τ the span: a
    mixture of likelihood ratios over normal differences of size τ, turned round. τ must be fixed before looking.
    Shapes: two counts so far → both ends, within −1 and 1.
    Missing values: counts are whole or absent.
    Refused: None with fewer than ten successes or ten failures on a side.
    Source: Robbins 1970; Johari, Koomen, Pekelis and Walsh 2022; asymptotic as in Waudby-Smith et al. 2024.
    """
    if min(a.successes, b.successes, a.trials - a.successes, b.trials - b.successes) < FEWEST:
        return None
    spread = sum(c.rate * (1 - c.rate) / c.trials for c in (a, b))
    mixture = span * span
    both = spread + mixture
    half = math.sqrt(spread * both / mixture * (2 * math.log(1 / (1 - level)) + math.log(both / spread)))
    gap = a.rate - b.rate
    return max(gap - half, -1.0), min(gap + half, 1.0)
