"""The claim that a metric over builds does not fall: by steps alone, and by what became of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from runfolio.analysis.claim import Outcome
from runfolio.analysis.claim_trend import rule_trend
from runfolio.analysis.steps import FEWEST_BUILDS, find_steps

HOLDS, NOT, UNDECIDED = Outcome.HOLDS, Outcome.DOES_NOT_HOLD, Outcome.UNDECIDED


def noisy(*levels: float, each: int = 8, spread: float = 0.01, seed: int = 2) -> list[float]:
    random = np.random.default_rng(seed)
    return [float(x) for x in np.repeat(levels, each) + spread * random.standard_normal(each * len(levels))]


@pytest.mark.parametrize(
    ("levels", "margin", "outcome", "at"),
    [
        ((1.0,), 0.0, HOLDS, None),
        ((1.0, 0.5), 0.0, NOT, 8),
        ((0.5, 1.0), 0.0, HOLDS, None),
        # Made good in part: the fall is what speaks against it, not the later rise.
        ((1.0, 0.5, 0.7), 0.0, NOT, 8),
        # Two falls: the one that the level never came back from since.
        ((1.0, 0.8, 0.5), 0.0, NOT, 16),
        ((1.0, 0.5), 0.6, HOLDS, None),
        ((1.0, 0.5), 0.4, NOT, 8),
        ((1.0, 0.5), 0.5, UNDECIDED, 8),
    ],
)
def test_a_fall_that_was_not_made_good_speaks_against_it(
    levels: tuple[float, ...], margin: float, outcome: Outcome, at: int | None
) -> None:
    values = noisy(*levels)
    found = rule_trend(find_steps(values), values, 1, margin)
    assert (found.outcome, found.step and found.step.at) == (outcome, at)
    mirrored = [-value for value in values]
    turned = rule_trend(find_steps(mirrored), mirrored, -1, margin)
    assert (turned.outcome, turned.step and turned.step.at) == (outcome, at)


def test_a_fall_that_was_made_good_counts_no_more() -> None:
    random = np.random.default_rng(7)
    levels = np.repeat([1.0, 0.5, 1.0], [4, 8, 24])
    values = list(map(float, levels + 0.01 * random.standard_normal(36)))
    assert [step.at for step in find_steps(values).steps] == [4, 12]
    assert rule_trend(find_steps(values), values, 1, 0.0).outcome is HOLDS
    assert rule_trend(find_steps(values), values, -1, 0.0).step == find_steps(values).steps[1]


def test_what_came_before_a_build_is_accepted() -> None:
    values = noisy(1.0, 0.7, 0.5)
    found = find_steps(values)
    assert [step.at for step in found.steps] == [8, 16]
    outcomes = [rule_trend(found, values, 1, 0.0, start).outcome for start in (0, 7, 8, 15, 16, 20)]
    assert outcomes == [NOT, NOT, NOT, NOT, HOLDS, HOLDS]


@pytest.mark.parametrize("builds", range(2, FEWEST_BUILDS))
def test_too_few_builds_are_told_with_how_many_are_needed(builds: int) -> None:
    values = [1.0, *[0.0] * (builds - 1)]
    found = rule_trend(find_steps(values), values, 1, 0.0)
    assert (found.outcome, found.more_builds) == (UNDECIDED, FEWEST_BUILDS - builds)


def test_correlated_builds_decide_nothing() -> None:
    values = list(map(float, np.cumsum(np.random.default_rng(3).standard_normal(60))))
    assert find_steps(values).is_possible_only
    outcomes = [rule_trend(find_steps(values), values, sign, 0.0) for sign in (1, -1)]
    assert NOT not in [found.outcome for found in outcomes]
    undecided = [found for found in outcomes if found.outcome is UNDECIDED]
    assert undecided and all(found.step is not None for found in undecided)


def test_one_build_decides_nothing_and_is_told_on_the_unwanted_side_alone() -> None:
    low, high = [*noisy(1.0, each=12), 0.5], [*noisy(1.0, each=12), 1.5]
    fallen = rule_trend(find_steps(low), low, 1, 0.0)
    risen = rule_trend(find_steps(high), high, 1, 0.0)
    assert (fallen.outcome, fallen.is_latest_odd) == (HOLDS, True)
    assert (risen.outcome, risen.is_latest_odd) == (HOLDS, False)


def test_the_margin_is_held_against_the_welch_interval_of_scipy() -> None:
    values = noisy(1.0, 0.5, spread=0.05)
    interval = stats.ttest_ind(values[:8], values[8:], equal_var=False).confidence_interval(0.95)
    for margin, outcome in (
        (interval.low - 1e-9, NOT),
        (interval.low + 1e-9, UNDECIDED),
        (interval.high - 1e-9, UNDECIDED),
        (interval.high + 1e-9, HOLDS),
    ):
        assert rule_trend(find_steps(values), values, 1, margin).outcome is outcome


def test_without_a_change_few_claims_fail() -> None:
    """The 1% of the steps is shared by both directions: of 600 quiet histories about 3 may fall."""
    random = np.random.default_rng(5)
    failed = sum(
        rule_trend(find_steps(values), values, 1, 0.0).outcome is NOT
        for values in (list(map(float, random.standard_normal(14))) for _ in range(600))
    )
    assert failed <= 9


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(-4, 4), min_size=8, max_size=16), st.sampled_from([0.0, 0.5]))
def test_falling_and_rising_never_both_speak_against_it(values: list[int], margin: float) -> None:
    floats = list(map(float, values))
    found = find_steps(floats)
    outcomes = [rule_trend(found, floats, sign, margin).outcome for sign in (1, -1)]
    if len(found.steps) <= 1:
        assert outcomes.count(NOT) <= 1
    if not found.steps:
        assert outcomes == [HOLDS, HOLDS]
