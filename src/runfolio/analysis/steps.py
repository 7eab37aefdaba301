"""What moved between builds: steps in the mean of a metric, found by max-t segmentation, and the latest build.

The critical value includes the search over all places to cut, so that one history without a change gets a step in about one
of a hundred cases, with heavy tails and outliers too. Neighbouring builds that depend on each other raise that share;
then what is found is called possible.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runfolio.analysis.bh import bh
from runfolio.analysis.clipping import clip_isolated
from runfolio.analysis.estimate import mean_of, variance_of
from runfolio.analysis.max_t import DRAWS, best_cut, max_t_p
from runfolio.analysis.student import t_quantile
from runfolio.analysis.welch import welch
from runfolio.model import FloatArray

#: Fewer builds than this get no verdict.
FEWEST_BUILDS = 8
#: A part with fewer builds than this is not cut again.
FEWEST_TO_CUT_AGAIN = 7
#: A cut counts when noise reaches its t this seldom.
LEVEL = 0.01
#: Of the histories that are flagged together, so many may be false.
FALSE_SHARE = 0.05
#: Series of noise for each history that is looked at, so that correcting for all of them stays possible.
DRAWS_A_HISTORY = 40
#: Neighbouring builds count as dependent above this correlation, and from so many builds on.
CORRELATED, FEWEST_TO_CORRELATE = 0.3, 20
#: A range for the latest build needs so many before it.
FEWEST_FOR_RANGE = 3


@dataclass(frozen=True, slots=True)
class History:
    """A metric over builds, in the order of the builds. NaN: the build has no value."""

    values: tuple[float, ...]
    threshold: float | None = None
    """Smallest step that matters, in the unit of the values."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of level. Indices are those of the history's values."""

    at: int
    """First measured build of the new level."""
    last_before: int
    """Last measured build of the old level: the change lies after it, and at `at` at the latest."""
    old: float
    new: float
    """Means of the two levels, every build counted as measured."""
    low: float | None
    high: float | None
    """95 % Welch interval of new − old, after selecting the step, so that it is too narrow; None without spread."""
    builds_before: int
    builds_after: int
    """Measured builds of the two levels."""

    @property
    def difference(self) -> float:
        """New minus old."""
        return self.new - self.old


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest build against the ones of its level before it."""

    at: int
    value: float
    mean: float
    low: float
    high: float
    """95 % prediction interval; both ends the mean where the builds before are all the same."""
    builds: int
    """Builds the interval comes from."""

    @property
    def is_outside(self) -> bool:
        """True where the latest build is not what the others let expect. It is one build: nothing is confirmed."""
        return not self.low <= self.value <= self.high


@dataclass(frozen=True, slots=True)
class Steps:
    """What may be said about one history."""

    builds: int
    """Builds with a value."""
    missing: int
    """Builds without one."""
    refusal: str = ""
    """Why there is no verdict, such as `history too short: 6 builds, 8 needed`; empty where there is one."""
    steps: tuple[Step, ...] = ()
    """In the order of the builds."""
    is_possible_only: bool = False
    """True where neighbouring builds are correlated, so that a step may be chance."""
    correlation: float | None = None
    """Lag-1 autocorrelation of what the levels leave over; None without spread or below 20 builds."""
    clipped: tuple[int, ...] = ()
    """Indices of builds that were pulled in while steps were looked for."""
    latest: Latest | None = None
    p: float | None = None
    """Of the first cut; None where there is no verdict."""
    p_adjusted: float | None = None
    """The same after correcting for all histories that were looked at together (Benjamini and Hochberg)."""
    level: float = math.nan
    """Mean of the builds since the last step."""


def find_steps(values: Sequence[float], threshold: float | None = None) -> Steps:
    """What may be said about one metric over builds, alone; see `find_steps_of_all`."""
    return find_steps_of_all([History(tuple(values), threshold)])[0]


def find_steps_of_all(histories: Sequence[History]) -> tuple[Steps, ...]:
    """Steps of each history, in the order given; looked at together, so that many histories do not mean many false steps.

    Formula: isolated outliers are pulled in; the series is cut where t is largest if p ≤ .01, and both parts again while they have
    7 builds or more. Over several histories the first cut must also pass Benjamini and Hochberg at 5 %. Steps below the
    threshold are taken back, the smallest first.
    Shapes: n values each.
    Missing values: NaN and infinities are left out and counted.
    Refused: any verdict below 8 builds; a step from one build; the word regression for the latest build.
    Source: max-t binary segmentation; Hawkins 1977, Olshen et al. 2004.
    """
    kept = [[at for at, value in enumerate(item.values) if math.isfinite(value)] for item in histories]
    clipped = [
        clip_isolated(_scaled([item.values[at] for at in there]))
        for item, there in zip(histories, kept, strict=True)
    ]
    judged = [place for place, there in enumerate(kept) if len(there) >= FEWEST_BUILDS]
    draws = max(DRAWS, DRAWS_A_HISTORY * len(judged))
    first = {place: _first_p(clipped[place][0], draws) for place in judged}
    adjusted = dict(zip(judged, bh([first[place] for place in judged]), strict=True))
    found = []
    for place, (history, there) in enumerate(zip(histories, kept, strict=True)):
        if place not in first:
            found.append(_refused(history, there))
            continue
        is_flagged = first[place] <= LEVEL and adjusted[place] <= FALSE_SHARE
        found.append(_judged(history, there, clipped[place], first[place], adjusted[place], is_flagged))
    return tuple(found)


def _scaled(values: Sequence[float]) -> list[float]:
    """The values as shares of the largest: where the steps are does not change, and no square overflows."""
    largest = max(map(abs, values), default=0.0)
    return [value / largest for value in values] if largest else list(values)


def _first_p(values: FloatArray, draws: int) -> float:
    return max_t_p(best_cut(values.tolist())[1], len(values), draws)


def _refused(history: History, there: list[int]) -> Steps:
    n = len(there)
    builds = "1 build" if n == 1 else f"{n} builds"
    level = mean_of([history.values[at] for at in there]) if there else math.nan
    return Steps(
        n,
        len(history.values) - n,
        f"history too short: {builds}, {FEWEST_BUILDS} needed",
        level=level,
    )


def _judged(
    history: History,
    there: list[int],
    clipped: tuple[FloatArray, tuple[int, ...]],
    p: float,
    p_adjusted: float,
    is_flagged: bool,
) -> Steps:
    values = [history.values[at] for at in there]
    pulled, moved = clipped
    cuts = _cuts(pulled, 0) if is_flagged else []
    cuts = _large_enough(values, cuts, history.threshold)
    correlation = _correlation(pulled, cuts)
    return Steps(
        builds=len(values),
        missing=len(history.values) - len(values),
        steps=tuple(_step(values, there, *around) for around in _neighbours(cuts, len(values))),
        is_possible_only=bool(cuts) and correlation is not None and correlation > CORRELATED,
        correlation=correlation,
        clipped=tuple(there[at] for at in moved),
        latest=_latest(values, there, cuts[-1] if cuts else 0),
        p=p,
        p_adjusted=p_adjusted,
        level=mean_of(values[cuts[-1] if cuts else 0 :]),
    )


def _cuts(values: FloatArray, offset: int) -> list[int]:
    """Where new levels begin, upwards; every part is judged against noise of its own length."""
    if len(values) < FEWEST_TO_CUT_AGAIN:
        return []
    cut, t = best_cut(values.tolist())
    if max_t_p(t, len(values)) > LEVEL:
        return []
    return [*_cuts(values[:cut], offset), offset + cut, *_cuts(values[cut:], offset + cut)]


def _neighbours(cuts: Sequence[int], n: int) -> list[tuple[int, int, int]]:
    """Of each cut: where its old level begins, where its new one does, where that ends."""
    bounds = [0, *cuts, n]
    return list(zip(bounds, bounds[1:], bounds[2:], strict=False))


def _large_enough(values: Sequence[float], cuts: list[int], threshold: float | None) -> list[int]:
    """The cuts whose step reaches the threshold; without the smallest one its two levels are one, and all is asked again."""
    while threshold and cuts:
        sizes = [
            abs(mean_of(values[cut:end]) - mean_of(values[start:cut]))
            for start, cut, end in _neighbours(cuts, len(values))
        ]
        smallest = min(range(len(cuts)), key=sizes.__getitem__)
        if sizes[smallest] >= threshold:
            break
        cuts = cuts[:smallest] + cuts[smallest + 1 :]
    return cuts


def _step(values: Sequence[float], there: Sequence[int], start: int, cut: int, end: int) -> Step:
    before, after = values[start:cut], values[cut:end]
    interval = welch(after, before).interval(0.95)
    return Step(
        at=there[cut],
        last_before=there[cut - 1],
        old=mean_of(before),
        new=mean_of(after),
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        builds_before=len(before),
        builds_after=len(after),
    )


def _correlation(values: FloatArray, cuts: Sequence[int]) -> float | None:
    """Lag-1 autocorrelation of the residuals about the levels: Σ r(i)·r(i+1) / Σ r(i)²."""
    if len(values) < FEWEST_TO_CORRELATE:
        return None
    residuals = np.concatenate([part - part.mean() for part in np.split(values, list(cuts))])
    total = float(np.sum(residuals**2))
    # What is left of two constant levels is rounding.
    if not total > 1e-24 * len(values):
        return None
    return float(np.sum(residuals[:-1] * residuals[1:])) / total


def _latest(values: Sequence[float], there: Sequence[int], start: int) -> Latest | None:
    """The latest build beside those of its level before it: m ± t(.975, k−1)·s·√(1+1/k)."""
    before = values[start:-1]
    k = len(before)
    if k < FEWEST_FOR_RANGE:
        return None
    # The mean of equal numbers may differ from them in its last digit.
    if min(before) == max(before):
        return Latest(there[-1], values[-1], before[0], before[0], before[0], k)
    mean, spread = mean_of(before), math.sqrt(variance_of(before))
    half = t_quantile(0.975, k - 1) * spread * math.sqrt(1 + 1 / k)
    return Latest(there[-1], values[-1], mean, mean - half, mean + half, k)
