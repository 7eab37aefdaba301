"""t tests of a difference of means: Welch by default, Student's and the paired one where asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.analysis.estimate import mean_of, variance_of
from runfolio.analysis.student import t_quantile, t_two_sided


@dataclass(frozen=True, slots=True)
class Contrast:
    """A difference of means with its standard error and degrees of freedom; NaN where there is no spread."""

    difference: float
    standard_error: float
    df: float
    method: str

    @property
    def is_testable(self) -> bool:
        """False where all values are equal or too few: then there is no p and no interval."""
        return self.standard_error > 0 and math.isfinite(self.standard_error) and self.df > 0

    @property
    def p(self) -> float | None:
        """Two-sided; None when not testable."""
        return t_two_sided(self.difference / self.standard_error, self.df) if self.is_testable else None

    def interval(self, level: float) -> tuple[float, float] | None:
        """Both ends of the t interval, or None when not testable."""
        if not self.is_testable:
            return None
        half = t_quantile((1 + level) / 2, self.df) * self.standard_error
        return self.difference - half, self.difference + half


def welch(a: Sequence[float], b: Sequence[float]) -> Contrast:
    """Difference of two means, a minus b, each side with its own spread: the default test.

    Formula: t = (m_a − m_b)/√(v_a + v_b), v = s²/n, df = (v_a + v_b)²/(v_a²/(n_a − 1) + v_b²/(n_b − 1)).
    Shapes: n and m values → difference, standard error, df; from them p and intervals.
    Missing values: must not be among them; a comparison with a missing run is not judged.
    Refused: no p and no interval without spread; below three values a side the caller asks for none.
    Source: Welch 1947.
    """
    gap = mean_of(a) - mean_of(b)
    v_a, v_b = variance_of(a) / len(a), variance_of(b) / len(b)
    total = v_a + v_b
    if not total > 0 or not math.isfinite(total):
        return Contrast(gap, math.nan, math.nan, "Welch t test")
    # Shares instead of squares of tiny variances, which would underflow.
    share_a, share_b = v_a / total, v_b / total
    df = 1 / (share_a**2 / (len(a) - 1) + share_b**2 / (len(b) - 1))
    return Contrast(gap, math.sqrt(total), df, f"Welch t test, {df:.1f} degrees of freedom")


def pooled(a: Sequence[float], b: Sequence[float]) -> Contrast:
    """Difference of two means with one spread assumed for both sides. An explicit option, never the default.

    Formula: t = (m_a − m_b)/(s_p·√(1/n_a + 1/n_b)), s_p² = ((n_a − 1)s_a² + (n_b − 1)s_b²)/(n_a + n_b − 2).
    Shapes: n and m values → difference, standard error, df.
    Missing values: must not be among them.
    Refused: no p and no interval without spread.
    Source: Student 1908; Fisher 1925.
    """
    df = len(a) + len(b) - 2
    spread = ((len(a) - 1) * variance_of(a) + (len(b) - 1) * variance_of(b)) / df if df > 0 else math.nan
    error = math.sqrt(spread * (1 / len(a) + 1 / len(b))) if spread > 0 else math.nan
    gap = mean_of(a) - mean_of(b)
    return Contrast(gap, error, df, f"Student t test, equal spread assumed, {df} degrees of freedom")


def paired(a: Sequence[float], b: Sequence[float]) -> Contrast:
    """Mean difference within pairs; valid only where the members of a pair share something real.

    Formula: t = mean(d)/(s_d/√n), d_i = a_i − b_i, df = n − 1.
    Shapes: n pairs → difference, standard error, df.
    Missing values: pairs are complete; runs without a partner are left out and counted.
    Refused: with fewer than five pairs, and unless the configuration asks for it: the choice must not depend on the result.
    Source: Student 1908.
    """
    gaps = [x - y for x, y in zip(a, b, strict=True)]
    n = len(gaps)
    return Contrast(mean_of(gaps), math.sqrt(variance_of(gaps) / n), n - 1, f"paired t test, {n} pairs")
