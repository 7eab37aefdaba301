"""Rates, their differences, splits of traffic and looking early, against scipy, statsmodels and by how often they hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from runfolio.analysis.beta import f_tail, regularised_beta
from runfolio.analysis.fisher import fisher_p
from runfolio.analysis.gamma import chi_square_tail, upper_gamma
from runfolio.analysis.proportion import Count, newcombe, wilson
from runfolio.analysis.sample_ratio import sample_ratio_p
from runfolio.analysis.sequential import always_valid


@st.composite
def counts(draw: st.DrawFn, most: int = 5_000) -> Count:
    trials = draw(st.integers(1, most))
    return Count(draw(st.integers(0, trials)), trials)


@given(st.floats(0.01, 500), st.floats(0.0, 1_000))
def test_the_incomplete_gamma_function_agrees_with_scipy(a: float, x: float) -> None:
    assert upper_gamma(a, x) == pytest.approx(special.gammaincc(a, x), rel=1e-9, abs=1e-13)


@given(st.floats(0.05, 300), st.floats(0.05, 300), st.floats(0, 1))
def test_the_incomplete_beta_function_agrees_with_scipy(a: float, b: float, x: float) -> None:
    assert regularised_beta(a, b, x) == pytest.approx(special.betainc(a, b, x), rel=1e-8, abs=1e-13)


def test_the_tails_at_their_limits() -> None:
    assert (chi_square_tail(0, 3), chi_square_tail(math.inf, 3)) == (1, 0)
    assert (f_tail(-1, 2, 3), f_tail(math.inf, 2, 3)) == (1, 0)
    assert math.isnan(chi_square_tail(math.nan, 1)) and math.isnan(f_tail(math.nan, 1, 1))
    assert chi_square_tail(3.841458820694124, 1) == pytest.approx(0.05, rel=1e-12)
    assert f_tail(3.5, 2, 12) == pytest.approx(stats.f.sf(3.5, 2, 12), rel=1e-12)


@given(counts())
def test_wilsons_interval_agrees_with_statsmodels(count: Count) -> None:
    theirs = proportion_confint(count.successes, count.trials, method="wilson")
    assert wilson(count) == pytest.approx(theirs, abs=1e-12)


@given(counts(), counts())
def test_newcombes_interval_agrees_with_statsmodels(a: Count, b: Count) -> None:
    theirs = confint_proportions_2indep(
        a.successes, a.trials, b.successes, b.trials, method="newcomb", compare="diff"
    )
    assert newcombe(a, b) == pytest.approx(theirs, abs=1e-10)


@pytest.mark.parametrize(
    ("a", "b", "ends"),
    [
        # Newcombe 1998, table II, method 10.
        (Count(56, 70), Count(48, 80), (0.0524, 0.3339)),
        (Count(9, 10), Count(3, 10), (0.1705, 0.8090)),
        (Count(5, 56), Count(0, 29), (-0.0381, 0.1926)),
        (Count(10, 10), Count(0, 10), (0.6075, 1.0000)),
    ],
)
def test_newcombes_own_examples(a: Count, b: Count, ends: tuple[float, float]) -> None:
    assert newcombe(a, b) == pytest.approx(ends, abs=5e-5)


def test_without_trials_there_is_no_interval() -> None:
    assert wilson(Count(0, 0)) is None
    assert newcombe(Count(0, 0), Count(1, 2)) is None
    assert math.isnan(Count(0, 0).rate)


@settings(deadline=None)
@given(counts(60), counts(60))
def test_fishers_test_agrees_with_scipy(a: Count, b: Count) -> None:
    table = [[a.successes, a.trials - a.successes], [b.successes, b.trials - b.successes]]
    assert fisher_p(a, b) == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-6)


def test_fishers_tea() -> None:
    assert fisher_p(Count(3, 4), Count(1, 4)) == pytest.approx(34 / 70)
    assert fisher_p(Count(5, 5), Count(0, 5)) == pytest.approx(2 / 252)


def test_a_split_agrees_with_scipy() -> None:
    for trials, shares in (
        ([5_060, 4_940], ()),
        ([821_588, 815_482], ()),
        ([900, 80, 20], (0.9, 0.08, 0.02)),
    ):
        weights = np.array(shares or [1] * len(trials), dtype=float)
        theirs = stats.chisquare(trials, weights / weights.sum() * sum(trials)).pvalue
        assert sample_ratio_p(trials, shares) == pytest.approx(theirs, rel=1e-9)


def test_a_published_mismatch_is_found() -> None:
    # Kohavi, Tang and Xu 2020, chapter 21: 821,588 and 815,482 users of an even split, p = 1.8e-6.
    assert sample_ratio_p([821_588, 815_482]) == pytest.approx(1.8e-6, rel=0.03)


def test_a_split_of_few_is_not_checked() -> None:
    assert sample_ratio_p([100]) is None
    assert sample_ratio_p([3, 4]) is None


def test_the_watched_interval_by_hand() -> None:
    a, b, span = Count(120, 1_000), Count(100, 1_000), 0.02
    spread = 0.12 * 0.88 / 1_000 + 0.1 * 0.9 / 1_000
    # At the end of the interval the mixture's likelihood ratio is 1/α.
    low, high = always_valid(a, b, span) or (0, 0)
    for end in (low, high):
        likelihood = stats.norm.pdf(0.02, end, math.sqrt(spread + span**2)) / stats.norm.pdf(
            0.02, end, math.sqrt(spread)
        )
        assert likelihood == pytest.approx(20, rel=1e-9)
    once = newcombe(a, b) or (0, 0)
    assert low < once[0] < once[1] < high


def test_the_watched_interval_is_refused_for_few_successes() -> None:
    assert always_valid(Count(9, 1_000), Count(100, 1_000)) is None
    assert always_valid(Count(995, 1_000), Count(100, 1_000)) is None


def test_watched_from_the_start_it_errs_in_at_most_one_of_twenty_and_the_single_look_in_many() -> None:
    """1,000 pairs of equal variants, looked at after every 50 visitors a side up to 5,000."""
    rng = np.random.default_rng(0)
    watched = single = 0
    steps = np.arange(50, 5_001, 50)
    for _ in range(1_000):
        a = rng.binomial(50, 0.2, size=100).cumsum()
        b = rng.binomial(50, 0.2, size=100).cumsum()
        pairs = [(Count(int(x), int(n)), Count(int(y), int(n))) for x, y, n in zip(a, b, steps, strict=True)]
        watched += any(
            ends is not None and not ends[0] <= 0 <= ends[1] for ends in (always_valid(*p) for p in pairs)
        )
        single += any(
            ends is not None and not ends[0] <= 0 <= ends[1] for ends in (newcombe(*p) for p in pairs)
        )
    assert watched / 1_000 <= 0.05
    assert single / 1_000 > 0.25


def test_a_true_difference_is_found_while_watching() -> None:
    assert always_valid(Count(600, 5_000), Count(480, 5_000)) is not None
    low, _ = always_valid(Count(650, 5_000), Count(450, 5_000)) or (0, 0)
    assert low > 0
