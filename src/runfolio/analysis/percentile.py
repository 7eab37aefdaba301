"""Quantiles of the runs themselves: where most of them lie. They are no interval of a mean."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

FEWEST_FOR_MIDDLE = 10


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies.

    Formula: sorted, position h = (n − 1)·share, straight line between its neighbours (type 7, as in numpy and R).
    Shapes: n values and a share from 0 to 1 → a number.
    Missing values: non-finite values are left out; NaN without any.
    Source: Hyndman and Fan 1996.
    """
    finite = [v for v in values if math.isfinite(v)]
    return float(np.quantile(finite, share)) if finite else math.nan


def middle_of_runs(values: Sequence[float]) -> tuple[float, float] | None:
    """The middle 80 % of runs: a band to look at, not an interval of anything.

    Formula: the 10 % and the 90 % quantile, type 7.
    Shapes: n values → both ends.
    Missing values: non-finite values are left out and do not count.
    Refused: None below ten runs; draw the runs instead.
    Source: Hyndman and Fan 1996.
    """
    finite = [v for v in values if math.isfinite(v)]
    if len(finite) < FEWEST_FOR_MIDDLE:
        return None
    return percentile(finite, 0.1), percentile(finite, 0.9)
