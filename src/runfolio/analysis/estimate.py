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
    """Mean of finite values; NaN when there is none.

    Formula: m = Σx/n, summed without rounding error.
    Shapes: n values → a number.
    Missing values: must not be among them; NaN for no value.
    Source: Shewchuk 1997 for the sum.
    """
    if not values:
        return math.nan
    try:
        return math.fsum(values) / len(values)
    except OverflowError:
        # Near the largest float even the sum of shares may overflow on its way; halves cannot.
        return 2 * math.fsum(v / 2 / len(values) for v in values)


def variance_of(values: Sequence[float]) -> float:
    """Sample variance; NaN for n < 2.

    Formula: s² = Σ(x − m)²/(n − 1), in two passes with the rounding error of the mean taken out.
    Shapes: n values → a number.
    Missing values: must not be among them.
    Source: Chan, Golub and LeVeque 1983; tested with the sets of NIST StRD.
    """
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
    """Mean of a configuration's runs with its 95 % t interval.

    Formula: m ± t(.975, n − 1)·s/√n.
    Shapes: n values, one a run → value, both ends, n.
    Missing values: a non-finite value is left out, and its run joins `failed`, which is shown beside the mean.
    Refused: no interval below three values, and none when all values are equal: an interval of zero width would claim certainty.
    Source: Student 1908.
    """
    finite = [float(v) for v in values if math.isfinite(v)]
    names, failures = tuple(run_ids), tuple(failed)
    if names and len(finite) < len(values):
        lost = [i for v, i in zip(values, names, strict=True) if not math.isfinite(v)]
        names = tuple(i for v, i in zip(values, names, strict=True) if math.isfinite(v))
        failures += tuple(i for i in lost if i and i not in failed)
    mean = mean_of(finite)
    half = half_width_of(finite)
    return Estimate(
        value=mean,
        low=None if half is None else mean - half,
        high=None if half is None else mean + half,
        n=len(finite),
        method=_method(finite, len(failures)),
        values=tuple(finite),
        run_ids=names,
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
    good: list[str] = []
    bad: list[str] = []
    for run_id in group.run_ids:
        (good if outcome_of(runs[run_id], spec) is Outcome.OK else bad).append(run_id)
    return estimate([value_of(runs[run_id], spec) for run_id in good], good, bad)


class Estimates:
    """Estimates of groups, each worked out once: several pages and sentences ask for the same ones."""

    def __init__(self, runs: Mapping[str, Run]) -> None:
        self.runs = runs
        self._known: dict[tuple[str, str], Estimate] = {}

    def of(self, group: Group, spec: MetricSpec) -> Estimate:
        """As `estimate_group`. A metric must come with the same spec each time."""
        key = (group.group_id, spec.name)
        if key not in self._known:
            self._known[key] = estimate_group(group, self.runs, spec)
        return self._known[key]


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
