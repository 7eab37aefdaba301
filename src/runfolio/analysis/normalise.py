"""Scores of tasks brought to one scale, and the refusal to average what is on several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.analysis.estimate import estimate
from runfolio.model import Goal, MetricSpec


@dataclass(frozen=True, slots=True)
class Bounds:
    """The two values of a task that score 0 and 1, in logged units. `zero` above `one` where lower is better."""

    zero: float
    one: float

    @property
    def is_usable(self) -> bool:
        """False where the two are equal or not finite: then there is no scale."""
        return math.isfinite(self.zero) and math.isfinite(self.one) and self.zero != self.one


def min_max(values: Sequence[float], bounds: Bounds) -> tuple[float, ...]:
    """Scores on the scale that two known values of the task span.

    Formula: (x − zero) / (one − zero), not cut off at 0 or 1; with zero above one, lower values score higher.
    Shapes: n values → n scores.
    Missing values: a non-finite value gives NaN and keeps its place.
    Refused: bounds that are equal or not finite (ValueError).
    Source: Mnih et al. 2015 (human-normalised scores); Agarwal et al. 2021.
    """
    if not bounds.is_usable:
        raise ValueError("the values that score 0 and 1 must be two different finite numbers")
    span = bounds.one - bounds.zero
    return tuple((v - bounds.zero) / span if math.isfinite(v) else math.nan for v in values)


def by_baseline(values: Sequence[float], baseline: Sequence[float], goal: Goal) -> tuple[float, ...] | None:
    """Scores as multiples of what the baseline reaches on the task: 1 is as good, 1.1 a tenth of its value better.

    Formula: 1 + g·(x − b) / |b|, with b the mean of the baseline's values and g = 1 where higher is better, −1 where
    lower is.
    Shapes: n values and m baseline values → n scores.
    Missing values: a non-finite value gives NaN and keeps its place; non-finite baseline values are left out.
    Refused: None where the direction is unknown, the baseline has fewer than three values, its 95 % interval holds 0, or
    the values have both signs.
    Source: the rule for relative changes, by task.
    """
    base = estimate(baseline)
    finite = [v for v in (*values, *base.values) if math.isfinite(v)]
    if not goal.sign or base.n < 3 or not (min(finite) > 0 or max(finite) < 0):
        return None
    if base.low is not None and base.high is not None and base.low <= 0 <= base.high:
        return None
    scale = goal.sign / abs(base.value)
    return tuple(1 + scale * (v - base.value) if math.isfinite(v) else math.nan for v in values)


def why_not_averaged(specs: Sequence[MetricSpec]) -> str:
    """Why raw values of these metrics, one a task, must not be averaged; empty where they may be.

    Formula: all units, scales and directions must be equal, and the direction known.
    Shapes: one MetricSpec a task → a sentence.
    Missing values: does not look at values.
    Source: the rules for suites of tasks.
    """
    units = list(dict.fromkeys(s.unit or "no unit" for s in specs))
    if len(units) > 1:
        return f"tasks have different units ({', '.join(units)}); scores must be normalised before they are averaged"
    goals = {s.goal for s in specs}
    if Goal.NONE in goals:
        return "which way is better is not known for every task"
    if len(goals) > 1:
        return "lower is better on some tasks and higher on others; scores must be normalised before they are averaged"
    if len({s.scale for s in specs}) > 1:
        return "tasks are shown on different scales; scores must be normalised before they are averaged"
    return ""
