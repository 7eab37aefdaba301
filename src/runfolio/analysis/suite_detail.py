"""What a suite says beyond one number a method: the whole distribution of scores, each pair of methods, ranks over tasks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from runfolio.analysis.data_sets import (
    FEWEST_METHODS,
    Friedman,
    cliques,
    critical_difference,
    friedman,
    mean_ranks,
    pairs_of_methods,
)
from runfolio.analysis.estimate import mean_of
from runfolio.analysis.improvement import probability_of_improvement, probability_of_improvement_interval
from runfolio.analysis.profile import Profile, performance_profile
from runfolio.analysis.signed_rank import FEWEST_DATA_SETS
from runfolio.analysis.stratified import FEWEST_SCORES, Interval
from runfolio.analysis.suite import Normalisation, Scores, Suite, SuiteRow
from runfolio.analysis.suite_result import SuiteComparison

MOST_THRESHOLDS = 100
MOST_BANDS = 6
#: More pairs are not looked through by anybody: then the first method is set beside each other one.
MOST_PAIRS = 15
_LEVEL = 0.05


class RankTest(StrEnum):
    """How methods are told apart by their ranks over tasks."""

    WILCOXON = "wilcoxon"
    """Each pair by the signed-rank test, Holm over all pairs."""
    NEMENYI = "nemenyi"
    """All pairs by one critical difference of mean ranks."""


@dataclass(frozen=True, slots=True)
class MethodProfile:
    """One method's profile; None where a task has none of its runs."""

    row: SuiteRow
    profile: Profile | None


@dataclass(frozen=True, slots=True)
class Profiles:
    """Profiles of all methods on one scale, best mean first."""

    methods: tuple[MethodProfile, ...]
    is_below: bool
    """True where lower is better: shares are of runs below a threshold, thresholds fall."""
    without_value: int
    """Runs without a value, which reach no threshold."""


@dataclass(frozen=True, slots=True)
class PairChance:
    """How often `first` does better than `second`; `first` is the one that does so more often."""

    first: SuiteRow
    second: SuiteRow
    value: float
    interval: Interval | None
    refusal: str
    """Why there is no interval; empty where there is one."""

    @property
    def is_clear(self) -> bool:
        """True where the whole interval lies above ½."""
        return self.interval is not None and self.interval[0] > 0.5


@dataclass(frozen=True, slots=True)
class Chances:
    """Pairs of complete methods, the clearest first."""

    pairs: tuple[PairChance, ...]
    left_out: tuple[SuiteRow, ...]
    """Methods with missing runs."""
    only_with: SuiteRow | None
    """The method that all pairs have, where there are too many for all of them."""


@dataclass(frozen=True, slots=True)
class RankedMethods:
    """Mean ranks over tasks and which methods they tell apart."""

    test: RankTest
    rows: tuple[SuiteRow, ...]
    """Best mean rank first."""
    ranks: tuple[float, ...]
    tasks: int
    overall: Friedman | None
    """None where all methods are equal on every task."""
    difference: float | None
    """Critical difference of mean ranks; None with the test of pairs."""
    groups: tuple[tuple[int, ...], ...]
    """Places in `rows` of methods that are not told apart, each group of neighbours."""
    left_out: tuple[SuiteRow, ...]
    apart: tuple[tuple[int, int], ...]
    """Pairs of places in `rows` that are told apart."""


def suite_profiles(found: SuiteComparison, content: str = "") -> Profiles | None:
    """Performance profiles at every score that any run has, at most 100; bands for the first six methods.

    None where values have no common scale.
    """
    if found.refusal:
        return None
    is_raw = found.normalisation is Normalisation.NONE
    sign = -1 if is_raw and found.suite.tasks[0].spec.goal.sign < 0 else 1
    turned = [[[sign * v for v in task] for task in item.scores] for item in found.results]
    levels = _thresholds([v for own in turned for task in own for v in task])
    methods = []
    for at, (item, own) in enumerate(zip(found.results, turned, strict=True)):
        name = f"{content}\x1f{item.row.key}"
        profile = performance_profile(own, levels, name, has_band=at < MOST_BANDS)
        known = bool(profile.share) and not math.isnan(profile.share[0])
        methods.append(MethodProfile(item.row, _turned(profile, sign) if known else None))
    return Profiles(tuple(methods), sign < 0, sum(item.row.missing for item in found.results))


def _thresholds(values: Sequence[float]) -> list[float]:
    different = sorted({v for v in values if math.isfinite(v)})
    if len(different) <= MOST_THRESHOLDS:
        return different
    step = (len(different) - 1) / (MOST_THRESHOLDS - 1)
    return [different[round(i * step)] for i in range(MOST_THRESHOLDS)]


def _turned(profile: Profile, sign: int) -> Profile:
    thresholds = tuple(sign * v for v in profile.threshold)
    return Profile(thresholds, profile.share, profile.low, profile.high)


def suite_chances(found: SuiteComparison, content: str = "") -> tuple[Chances | None, str]:
    """Probability of improvement of each pair of complete methods, and an empty text; or None, and why not.

    It needs no common scale: runs are compared within a task only.
    """
    unknown = [task.name for task in found.suite.tasks if not task.spec.goal.sign]
    if unknown:
        return None, f"which way is better is not known on {', '.join(unknown[:3])}"
    complete = [item.row for item in found.results if item.row.is_complete]
    if len(complete) < 2:
        return None, "fewer than two methods have a value of every run on every task"
    pairs = list(combinations(complete, 2))
    only = complete[0] if len(pairs) > MOST_PAIRS else None
    if only is not None:
        pairs = [(only, other) for other in complete[1 : MOST_PAIRS + 1]]
    chances = sorted((_chance(found.suite, a, b, content) for a, b in pairs), key=lambda item: -item.value)
    left_out = tuple(item.row for item in found.results if not item.row.is_complete)
    return Chances(tuple(chances), left_out, only), ""


def _chance(suite: Suite, a: SuiteRow, b: SuiteRow, content: str) -> PairChance:
    left, right = _oriented(suite, a), _oriented(suite, b)
    if probability_of_improvement(left, right) < 0.5:
        a, b, left, right = b, a, right, left
    value = probability_of_improvement(left, right)
    interval = probability_of_improvement_interval(left, right, f"{content}\x1f{a.key}\x1f{b.key}")
    return PairChance(a, b, value, interval, "" if interval else _why(left, right))


def _why(left: Scores, right: Scores) -> str:
    if min(map(len, (*left, *right))) < 2:
        return "a single run on a task"
    runs = min(sum(map(len, side)) for side in (left, right))
    if runs < FEWEST_SCORES:
        return f"{runs} runs over all tasks, {FEWEST_SCORES} needed for an interval"
    return "all runs agree on every task"


def _oriented(suite: Suite, row: SuiteRow) -> Scores:
    return tuple(
        tuple(task.spec.goal.sign * v for v in values)
        for task, values in zip(suite.tasks, row.values, strict=True)
    )


def suite_ranks(found: SuiteComparison, test: RankTest) -> tuple[RankedMethods | None, str]:
    """Mean ranks over tasks of the complete methods, their runs on a task averaged first; or None, and why not.

    Formula: see `mean_ranks`, `pairs_of_methods` and `critical_difference`. With the latter no two methods are told apart
    unless Friedman's test (Iman and Davenport's F) has p ≤ 0.05.
    Shapes: k methods on N tasks → k ranks and the groups that are not told apart.
    Missing values: a method with missing runs is left out: the mean of those that survived is no score.
    Refused: below five tasks or three complete methods; above 20 methods with the critical difference.
    Source: Demšar 2006; Benavoli, Corani and Mangili 2016.
    """
    tasks = found.suite.tasks
    unknown = [task.name for task in tasks if not task.spec.goal.sign]
    rows = [item.row for item in found.results if item.row.is_complete]
    if unknown:
        return None, f"which way is better is not known on {', '.join(unknown[:3])}"
    if len(tasks) < FEWEST_DATA_SETS:
        return None, f"{len(tasks)} tasks; ranks over tasks need {FEWEST_DATA_SETS}"
    if len(rows) < FEWEST_METHODS:
        return None, f"{len(rows)} methods are complete; ranks over tasks need {FEWEST_METHODS}"
    table = [[mean_of(_oriented(found.suite, row)[at]) for row in rows] for at in range(len(tasks))]
    ranks = mean_ranks(table)
    order = sorted(range(len(rows)), key=lambda i: ranks[i])
    rows = [rows[i] for i in order]
    table = [[scores[i] for i in order] for scores in table]
    ordered = [ranks[i] for i in order]
    overall = friedman(table)
    difference = None
    if test is RankTest.NEMENYI:
        difference = critical_difference(len(rows), len(tasks))
        if difference is None:
            return None, f"{len(rows)} methods; the critical difference is known for at most 20"
        limit = difference if overall is not None and overall.f_p <= _LEVEL else math.inf
        apart = [(i, j) for i, j in combinations(range(len(rows)), 2) if not ordered[j] - ordered[i] < limit]
    else:
        apart = [
            (pair.first, pair.second)
            for pair in pairs_of_methods(table)
            if pair.p_adjusted is not None and pair.p_adjusted <= _LEVEL
        ]
    return RankedMethods(
        test=test,
        rows=tuple(rows),
        ranks=tuple(ordered),
        tasks=len(tasks),
        overall=overall,
        difference=difference,
        groups=tuple(cliques(len(rows), apart)),
        left_out=tuple(item.row for item in found.results if not item.row.is_complete),
        apart=tuple(apart),
    ), ""
