"""The difference between two estimates, in numbers; what may be said about it is decided in verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.analysis.estimate import FEWEST_FOR_INTERVAL, mean_of
from runfolio.analysis.welch import Contrast, paired, pooled, welch
from runfolio.model import Estimate, MetricSpec


@dataclass(frozen=True, slots=True)
class Difference:
    """Value of a minus value of b, in logged units. Intervals and p are None below three values a side, or without
    any spread."""

    absolute: float
    low: float | None
    high: float | None
    """95% interval."""
    low90: float | None
    high90: float | None
    """90% interval, for equivalence: only where the metric has a threshold."""
    p: float | None
    n_a: int
    n_b: int
    method: str
    relative: float | None
    """Share of b: only where b's interval excludes 0 and all values have one sign."""
    gaps: tuple[float, ...] = ()
    """The differences of the pairs, where paired."""


def difference(
    a: Estimate,
    b: Estimate,
    spec: MetricSpec,
    *,
    pairs: Sequence[tuple[float, float]] = (),
    equal_spread: bool = False,
) -> Difference:
    """a − b with Welch's interval; paired over `pairs` where given; Student's where `equal_spread`."""
    contrast = contrast_of(a, b, pairs, equal_spread=equal_spread)
    wide = contrast.interval(0.95) if contrast else None
    narrow = contrast.interval(0.90) if contrast and spec.threshold else None
    return Difference(
        absolute=contrast.difference if contrast and pairs else a.value - b.value,
        low=wide[0] if wide else None,
        high=wide[1] if wide else None,
        low90=narrow[0] if narrow else None,
        high90=narrow[1] if narrow else None,
        p=contrast.p if contrast else None,
        n_a=len(pairs) or a.n,
        n_b=len(pairs) or b.n,
        method=contrast.method if contrast else "",
        relative=relative_difference(a, b, spec),
        gaps=tuple(x - y for x, y in pairs),
    )


def relative_difference(a: Estimate, b: Estimate, spec: MetricSpec) -> float | None:
    """The difference as a share of the baseline: (a − b)/|b|.

    Formula: (m_a − m_b)/|m_b|; for times and sizes the ratio of geometric means, minus 1.
    Shapes: two estimates → a number.
    Missing values: estimates hold finite values only.
    Refused: None where the baseline has fewer than three values, its interval holds 0, or values have both signs.
    Source: the rules for differences.
    """
    values = (*a.values, *b.values)
    if not a.n or b.n < FEWEST_FOR_INTERVAL or not (min(values) > 0 or max(values) < 0):
        return None
    if b.low is not None and b.high is not None and b.low <= 0 <= b.high:
        return None
    if (spec.is_time or spec.unit in _SIZES) and min(values) > 0:
        return math.expm1(mean_of([math.log(v) for v in a.values]) - mean_of([math.log(v) for v in b.values]))
    share = (a.value - b.value) / abs(b.value)
    return share if math.isfinite(share) else None


_SIZES = frozenset(("s", "ms", "bytes", "kB", "MB", "GB", "KiB", "MiB", "GiB"))


def contrast_of(
    a: Estimate, b: Estimate, pairs: Sequence[tuple[float, float]] = (), *, equal_spread: bool = False
) -> Contrast | None:
    """The test of a against b: paired over `pairs`, Student's where `equal_spread`, else Welch's; None below three values."""
    if pairs:
        return paired([x for x, _ in pairs], [y for _, y in pairs])
    if min(a.n, b.n) < FEWEST_FOR_INTERVAL:
        return None
    return (pooled if equal_spread else welch)(a.values, b.values)
