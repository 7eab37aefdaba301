"""A mean over replicates with its 95% t interval (statistics: the only interval that covers at n = 3 and 5)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from runfolio.analysis.select import Outcome, outcome_of, value_of
from runfolio.analysis.student import t_quantile
from runfolio.model import Estimate, Group, MetricSpec, Run

LEVEL = 0.95
FEWEST_FOR_INTERVAL = 3


def mean_of(values: Sequence[float]) -> float:
    """Mean of finite values, summed without rounding error; NaN when there is none."""
    if not values:
        return math.nan
    try:
        return math.fsum(values) / len(values)
    except OverflowError:
        # Near the largest float even the sum of shares may overflow on its way; halves cannot.
        return 2 * math.fsum(v / 2 / len(values) for v in values)


def variance_of(values: Sequence[float]) -> float:
    """Sample variance (divisor n − 1), two-pass with the rounding error of the mean taken out; NaN for n < 2."""
    n = len(values)
    if n < 2:
        return math.nan
    mean = mean_of(values)
    deviations = [v - mean for v in values]
    try:
        squares = math.fsum(d * d for d in deviations) - math.fsum(deviations) ** 2 / n
    except OverflowError:
        return math.inf
    return max(squares, 0.0) / (n - 1)


def estimate(values: Sequence[float], run_ids: Sequence[str] = (), failed: Sequence[str] = ()) -> Estimate:
    """Mean and 95% t interval m ± t(.975, n−1)·s/√n of the finite values.

    No interval below three values, and none when all values are equal: an interval of zero width would claim
    certainty. A non-finite value is left out, and its run joins `failed`.
    """
    names = list(run_ids) if run_ids else [""] * len(values)
    kept = [(float(v), i) for v, i in zip(values, names, strict=True) if math.isfinite(v)]
    lost = [i for v, i in zip(values, names, strict=True) if i and not math.isfinite(v)]
    finite = [v for v, _ in kept]
    failures = tuple(failed) + tuple(i for i in lost if i not in failed)
    mean = mean_of(finite)
    half = half_width_of(finite)
    return Estimate(
        value=mean,
        low=None if half is None else mean - half,
        high=None if half is None else mean + half,
        n=len(finite),
        method=_method(finite, len(failures)),
        values=tuple(finite),
        run_ids=tuple(i for _, i in kept) if run_ids else (),
        failed=failures,
    )


def half_width_of(values: Sequence[float], level: float = LEVEL) -> float | None:
    """Half-width of the t interval of the mean; None for n < 3, for equal values and for an infinite spread."""
    n = len(values)
    if n < FEWEST_FOR_INTERVAL or min(values) == max(values):
        return None
    half = t_quantile((1 + level) / 2, n - 1) * math.sqrt(variance_of(values) / n)
    return half if math.isfinite(half) and half > 0 else None


def estimate_group(group: Group, runs: Mapping[str, Run], spec: MetricSpec) -> Estimate:
    """The estimate over the group's runs that are over and have a finite value; all others are in `failed`.

    `failed` also holds runs that still go on: whatever it holds, the group is not complete.
    """
    outcomes = {i: outcome_of(runs[i], spec) for i in group.run_ids}
    good = [i for i in group.run_ids if outcomes[i] is Outcome.OK]
    bad = [i for i in group.run_ids if outcomes[i] is not Outcome.OK]
    return estimate([value_of(runs[i], spec) for i in good], good, bad)


def _method(values: Sequence[float], failures: int) -> str:
    n = len(values)
    if n == 0:
        return "no value"
    if n == 1:
        return f"1 run of {n + failures}" if failures else "1 run"
    who = f"mean of the {n} runs of {n + failures} that finished" if failures else f"mean of {n} runs"
    if min(values) == max(values):
        return f"{who}, all equal"
    return f"{who}, 95% t interval" if n >= FEWEST_FOR_INTERVAL else f"{who}, too few for an interval"
