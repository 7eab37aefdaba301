"""When a metric over builds does not fall: read from the steps that were found in it, and from no single build."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from runfolio.analysis.claim import Outcome
from runfolio.analysis.estimate import mean_of
from runfolio.analysis.steps import FEWEST_BUILDS, Step, Steps
from runfolio.analysis.welch import welch


@dataclass(frozen=True, slots=True)
class TrendRuling:
    """What the steps of one history say of the claim that it does not fall."""

    outcome: Outcome
    step: Step | None = None
    """The step that speaks against it, or may."""
    more_builds: int | None = None
    """So many more builds are needed before anything may be said; None where that is not what is missing."""
    is_latest_odd: bool = False
    """The latest build lies outside the range expected for it, on the side that is not wanted: unconfirmed, it decides nothing."""


def rule_trend(
    found: Steps, values: Sequence[float], sign: int, margin: float, start: int = 0
) -> TrendRuling:
    """The claim that the level of a metric over builds did not fall, or did not by more than a margin.

    Formula: the level since the last step is held against each earlier one; with Δ = earlier − now, oriented by `sign`, and [L, U]
    its 95% Welch interval, it does not hold where L > margin, and is undecided where L ≤ margin < U and margin > 0. The step
    itself is enough for margin 0: it was found at 1% of all places to cut. A fall that a later level made good counts no more.
    Shapes: the steps of a history and its n values, one a build.
    Missing values: NaN for builds without a value; they are left out.
    Refused: any outcome but undecided below 8 builds, and where neighbouring builds are correlated; a fall from one build.
    Source: max-t segmentation, see `find_steps_of_all`; Hawkins 1977.

    Args:
        found: the steps.
        values: those that they were found in.
        sign: +1 where falling is not wanted, −1 where rising is not.
        margin: so much is not minded, in the unit of the values; at least 0.
        start: index of the build from which on levels count; steps up to it are accepted.
    """
    if found.refusal:
        return TrendRuling(Outcome.UNDECIDED, more_builds=FEWEST_BUILDS - found.builds)
    is_odd = found.latest is not None and found.latest.is_outside and _is_unwanted(found, sign)
    steps = [step for step in found.steps if step.at > start]
    # The level that holds the build is one level, its earlier builds included.
    first = max((step.at for step in found.steps if step.at <= start), default=0)
    bounds = [first, *(step.at for step in steps), len(values)]
    levels = [
        [value for value in values[start:end] if math.isfinite(value)] for start, end in pairwise(bounds)
    ]
    open_step = None
    for place in reversed(range(len(steps))):
        step, is_last = steps[place], place == len(steps) - 1
        drop = sign * (mean_of(levels[place]) - mean_of(levels[-1]))
        low, high = _interval(levels[place], levels[-1], sign)
        if drop > 0 and ((is_last and not margin) or low > margin):
            outcome = Outcome.UNDECIDED if found.is_possible_only else Outcome.DOES_NOT_HOLD
            return TrendRuling(outcome, step, is_latest_odd=is_odd)
        if margin and low <= margin < high:
            open_step = open_step or step
    outcome = Outcome.UNDECIDED if open_step else Outcome.HOLDS
    return TrendRuling(outcome, open_step, is_latest_odd=is_odd)


def _is_unwanted(found: Steps, sign: int) -> bool:
    assert found.latest is not None
    return sign * (found.latest.value - found.latest.mean) < 0


def _interval(before: Sequence[float], now: Sequence[float], sign: int) -> tuple[float, float]:
    """95% Welch interval of the level before minus the level now, oriented; the difference itself without spread."""
    interval = welch(before, now).interval(0.95)
    low, high = interval or (mean_of(before) - mean_of(now),) * 2
    low, high = sorted((sign * low, sign * high))
    return low, high
