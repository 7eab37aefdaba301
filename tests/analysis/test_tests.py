"""The tests of differences, against scipy, statsmodels and published results."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower

from runfolio.analysis.holm import holm, holm_where_known
from runfolio.analysis.permutation import permutation_p, sign_flip_p
from runfolio.analysis.power import runs_needed
from runfolio.analysis.student import t_cdf, t_quantile, t_two_sided
from runfolio.analysis.welch import paired, pooled, welch

SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
CROSSED = [23.5, 12, 21, 22, 19.125, 21.5, 22.125, 20.375, 18.25, 21.625, 23.25, 21, 22.125, 23, 12]
SELFED = [17.375, 20.375, 20, 20, 18.375, 18.625, 18.625, 15.25, 16.5, 18, 16.25, 18, 12.75, 15.5, 18]

samples = st.lists(st.floats(-1e3, 1e3).map(lambda x: round(x, 3)), min_size=3, max_size=12)


@pytest.mark.parametrize("df", [1, 1.5, 2, 3, 4.7, 10, 39, 41, 100, 1000, 1e4])
def test_t_distribution_agrees_with_scipy(df: float) -> None:
    for t in (0.01, 0.3, 1, 2.5, 5, 12, 100, 1e4):
        expected = 2 * stats.t.sf(t, df)
        if expected > 1e-250:
            assert t_two_sided(t, df) == pytest.approx(expected, rel=1e-11)
        assert t_cdf(-t, df) == pytest.approx(stats.t.cdf(-t, df), rel=1e-11, abs=1e-250)
    for p in (1e-6, 0.025, 0.4, 0.5001, 0.9, 0.975, 0.995, 0.99999):
        assert t_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=1e-11)


def test_t_distribution_ends_in_the_normal_one_and_at_its_limits() -> None:
    assert t_quantile(0.975, 1e12) == pytest.approx(1.959963984540054, rel=1e-12)
    assert t_two_sided(math.inf, 4) == 0
    assert math.isnan(t_two_sided(math.nan, 4))
    assert t_two_sided(0, 4) == 1
    assert t_two_sided(1e-8, 1) == pytest.approx(1 - 2e-8 / math.pi, rel=1e-15)
    assert t_quantile(0.5, 3) == 0
    with pytest.raises(ValueError, match="df > 0"):
        t_quantile(0.9, 0)


def test_half_widths_in_standard_deviations_are_the_published_ones() -> None:
    found = [round(t_quantile(0.975, n - 1) / math.sqrt(n), 2) for n in (2, 3, 4, 5, 10, 20)]
    assert found == [8.98, 2.48, 1.59, 1.24, 0.72, 0.47]


def test_welch_on_the_sleep_data() -> None:
    found = welch(SLEEP_1, SLEEP_2)
    assert found.p == pytest.approx(0.07939414, abs=1e-8)
    assert found.df == pytest.approx(17.77647, abs=1e-5)
    assert found.interval(0.95) == pytest.approx((-3.3654832, 0.2054832), abs=1e-7)


def test_paired_on_the_sleep_data_and_on_darwins_maize() -> None:
    assert paired(SLEEP_1, SLEEP_2).p == pytest.approx(0.00283289, abs=1e-8)
    maize = paired(CROSSED, SELFED)
    assert round(maize.p or 0, 4) == 0.0497
    assert round(sign_flip_p([a - b for a, b in zip(CROSSED, SELFED, strict=True)]), 4) == 0.0527


@given(samples, samples)
def test_t_tests_agree_with_scipy(a: list[float], b: list[float]) -> None:
    if np.ptp(a) < 0.01 or np.ptp(b) < 0.01:
        return
    for ours, equal in ((welch(a, b), False), (pooled(a, b), True)):
        theirs = stats.ttest_ind(a, b, equal_var=equal)
        assert ours.p == pytest.approx(theirs.pvalue, rel=1e-6, abs=1e-12)
        ends = theirs.confidence_interval(0.9)
        assert ours.interval(0.9) == pytest.approx((ends.low, ends.high), rel=1e-6, abs=1e-8)


def test_nothing_is_tested_without_spread() -> None:
    found = welch([1.0, 1.0, 1.0], [2.0, 2.0, 2.0])
    assert (found.p, found.interval(0.95), found.difference) == (None, None, -1.0)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_agrees_with_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm_where_known([0.01, None, 0.02]) == pytest.approx([0.02, None, 0.02])


def _welch_statistic(a: np.ndarray, b: np.ndarray, axis: int = -1) -> np.ndarray:
    spread = a.var(axis=axis, ddof=1) / a.shape[axis] + b.var(axis=axis, ddof=1) / b.shape[axis]
    return np.abs(a.mean(axis=axis) - b.mean(axis=axis)) / np.sqrt(spread)


def test_permutation_agrees_with_scipy_where_it_enumerates() -> None:
    rng = np.random.default_rng(5)
    for n_a, n_b in ((5, 5), (5, 8), (6, 7)):
        a, b = rng.normal(size=n_a), rng.normal(0.8, 2.0, size=n_b)
        theirs = stats.permutation_test(
            (a, b), _welch_statistic, n_resamples=np.inf, alternative="greater", vectorized=True
        )
        assert permutation_p(list(a), list(b)) == pytest.approx(theirs.pvalue)


def test_drawn_permutations_depend_on_content_alone() -> None:
    rng = np.random.default_rng(6)
    a, b = list(rng.normal(size=20)), list(rng.normal(1.0, 1.0, size=20))
    first = permutation_p(a, b, "acc")
    assert first == permutation_p(a, b, "acc") != permutation_p(a, b, "loss")
    assert first >= 1e-4
    assert first == pytest.approx(welch(a, b).p or 0, abs=0.02)


def test_permutation_of_separate_constants_reaches_its_smallest_p() -> None:
    assert permutation_p([0.0] * 5, [1.0] * 5) == pytest.approx(2 / 252)
    assert sign_flip_p([1.0] * 5) == pytest.approx(0.0625)
    assert sign_flip_p([1.0] * 30) == pytest.approx(1e-4)


@settings(deadline=None)
@given(st.floats(0.3, 3.0))
def test_planned_runs_agree_with_statsmodels(effect: float) -> None:
    exact = TTestIndPower().solve_power(effect_size=effect, power=0.8, alpha=0.05)
    planned = runs_needed(effect, 1.0, 1.0)
    assert planned is not None
    assert abs(planned - max(3, math.ceil(float(np.atleast_1d(exact)[0])))) <= 1


def test_no_difference_needs_no_plan() -> None:
    assert runs_needed(0.0, 1.0, 1.0) is None
    assert runs_needed(math.nan, 1.0, 1.0) is None
