"""Dot strips: every run of a group as a dot, with the interval of the mean; one row a group, one shared axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from runfolio.charts.chart import Axis, Dots, Strip
from runfolio.charts.frame import finite, padded, widened
from runfolio.model import GroupResult, MetricSpec

#: Tukey's outer fences: what lies further out than this many interquartile ranges stands at the edge.
_FENCE = 3.0

#: More dots in one row lie on each other: of more values so many are drawn, from the lowest to the highest.
MOST_DOTS = 200


def dot_strip(
    results: Sequence[GroupResult], spec: MetricSpec, roles: Mapping[str, str] | None = None
) -> Strip:
    """One row for each result, in their order and in shown units; `roles` by group id, `focus` where not given.

    The axis spans the runs' values and the intervals, apart from what lies far outside the rest; the mean of the
    baseline (the result without a difference, where others have one) is always inside.
    """
    rows = tuple(
        _row(result, spec.scale, (roles or {}).get(result.group.group_id, "focus")) for result in results
    )
    has_baseline = any(result.delta is not None for result in results)
    bases = [
        row.mean for row, result in zip(rows, results, strict=True) if has_baseline and result.delta is None
    ]
    baseline = next((mean for mean in bases if mean is not None), None)
    return Strip(Axis(spec.label, *_range(rows, baseline), spec.unit, factor=spec.scale), rows, baseline)


def _row(result: GroupResult, scale: float, role: str) -> Dots:
    estimate = result.estimate
    ends = sorted(end * scale for end in (estimate.low, estimate.high) if end is not None)
    low, high = ends if len(ends) == 2 else (None, None)
    mean = estimate.value * scale if estimate.n and np.isfinite(estimate.value) else None
    return Dots(
        result.group.label, role, _drawn([value * scale for value in estimate.values]), mean, low, high
    )


def _drawn(values: Sequence[float]) -> tuple[float, ...]:
    """The values, or as many of them in even steps of their order, both ends among them."""
    if len(values) <= MOST_DOTS:
        return tuple(values)
    ordered = sorted(values)
    return tuple(ordered[round(place)] for place in np.linspace(0, len(ordered) - 1, MOST_DOTS))


def _range(rows: Sequence[Dots], baseline: float | None) -> tuple[float, float]:
    dots = finite([np.array([value for row in rows for value in row.values], dtype=np.float64)])
    ends = finite(
        [np.array([end for row in rows for end in (row.low, row.high) if end is not None], dtype=np.float64)]
    )
    if not dots.size:
        return 0.0, 1.0
    first, third = np.percentile(dots, (25, 75))
    reach = _FENCE * (third - first)
    inside = np.concatenate([dots, ends])
    inside = inside[(inside >= first - reach) & (inside <= third + reach)]
    shown = np.append(inside, baseline) if baseline is not None else inside
    return padded(*widened(float(shown.min()), float(shown.max())))
