"""A metric: a named number measured during a run, in summary and as a bucketed series."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class Goal(StrEnum):
    """Which way is better. `none`: nobody said and the name does not tell."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"
    NONE = "none"

    @property
    def sign(self) -> int:
        """+1 where higher is better, -1 where lower is, 0 where unknown."""
        return {"maximize": 1, "minimize": -1, "none": 0}[self.value]


class Reduction(StrEnum):
    """Which number of a series stands for the run."""

    LAST = "last"
    TAIL = "tail"
    """Mean of the last tenth of the logged values."""
    MINIMUM = "minimum"
    MAXIMUM = "maximum"


@dataclass(frozen=True, slots=True)
class MetricHint:
    """What a run says of one of its metrics: below what is configured, above what the name tells."""

    unit: str | None = None
    """None where the run says nothing; `s` makes it a duration."""
    goal: Goal | None = None


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """How a metric is to be read and shown."""

    name: str
    label: str
    unit: str = ""
    """Shown once, in headers. With `%` and scale 100, differences are called points."""
    goal: Goal = Goal.NONE
    scale: float = 1.0
    """Shown value = logged value x scale."""
    threshold: float | None = None
    """Smallest difference that matters, in logged units."""
    reduction: Reduction = Reduction.LAST
    is_time: bool = False
    """Shown as a duration; logged in seconds."""


@dataclass(frozen=True, slots=True)
class MetricSummary:
    """One metric of one run in numbers. Non-finite values are counted and otherwise left out, except in first and last."""

    count: int
    """Logged values, non-finite ones included."""
    first: float
    last: float
    """Last logged value, NaN and infinities included."""
    minimum: float
    maximum: float
    """Extremes over finite values; NaN when there is none."""
    step_of_minimum: float | None
    step_of_maximum: float | None
    """Step of the first occurrence; None without finite values."""
    mean_of_tail: float
    """Mean over the finite values among the last tenth (at least one) of the logged ones."""
    nonfinite_count: int
    last_step: float | None = None
    last_time: float | None = None
    """Seconds since the run started."""
    mean: float = float("nan")
    """Over finite values."""
    median_absolute_deviation: float = float("nan")
    """Median distance of the finite values to their median, for the divergence rule."""


@dataclass(frozen=True, slots=True, eq=False)
class BucketedSeries:
    """One metric of one run, thinned so that no extreme, gap or end is lost (M4: first, last, min, max of each bucket).

    Points (all arrays shape (n,), ordered by step): `step`, `time` in seconds since the run started (NaN where
    not logged), `value` (non-finite where the run logged such: a line breaks there).
    Buckets (shape (m,)): `bucket_step` mean step, `bucket_mean` mean of finite values (NaN without any),
    `bucket_count` logged values. Where `exact`, nothing was thinned and the buckets are the points.
    """

    metric: str
    step: FloatArray
    time: FloatArray
    value: FloatArray
    bucket_step: FloatArray
    bucket_time: FloatArray
    bucket_mean: FloatArray
    bucket_count: FloatArray
    exact: bool
