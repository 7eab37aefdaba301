from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from analysis_runs import series
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runfolio.analysis.curve import Curve, difference_curve, group_curve
from runfolio.analysis.smoothing import smooth, smooth_along
from runfolio.analysis.welch import welch

STEPS = [0, 10, 20, 30, 40]
RNG = np.random.default_rng(3)
RUNS = RNG.normal(size=(3, 5))


def test_band_is_the_t_interval_over_runs_not_steps() -> None:
    curve = group_curve([series(STEPS, y) for y in RUNS], ["a", "b", "c"])
    low, high = stats.t.interval(0.95, 2, RUNS.mean(axis=0), stats.sem(RUNS, axis=0))
    np.testing.assert_allclose(curve.mean, RUNS.mean(axis=0))
    np.testing.assert_allclose(curve.low, low)
    np.testing.assert_allclose(curve.high, high)
    assert curve.run_ids == ("a", "b", "c")
    assert list(curve.n) == [3] * 5


def test_equal_values_of_different_runs_all_count() -> None:
    curve = group_curve([series([0], [0]), series([0], [0]), series([0], [1])])
    assert curve.mean[0] == pytest.approx(1 / 3)


def test_runs_are_interpolated_inside_their_range_only() -> None:
    curve = group_curve([series([0, 10], [0, 1]), series([5, 20], [2, 5])])
    assert list(curve.step) == [0, 5, 10, 20]
    np.testing.assert_allclose(curve.mean, [0, (0.5 + 2) / 2, (1 + 3) / 2, 5])
    assert list(curve.n) == [1, 2, 2, 1]
    assert np.isnan(curve.low).all()


def test_the_band_ends_where_fewer_than_three_runs_are_left() -> None:
    curve = group_curve([series([0, 1, 2], [1, 2, 3]), series([0, 1, 2], [2, 3, 4]), series([0, 1], [0, 0])])
    assert list(np.isfinite(curve.low)) == [True, True, False]
    assert list(curve.n) == [3, 3, 2]


def test_gaps_are_not_bridged() -> None:
    curve = group_curve(
        [series([0, 1, 2, 3], [1, math.nan, 1, 1]), series([0, 0.5, 1, 2, 3], [0, 0, 0, 0, 0])]
    )
    assert list(curve.step) == [0, 0.5, 1, 2, 3]
    assert list(curve.n) == [2, 1, 1, 2, 2]
    diverged = group_curve([series([0, 1, 2], [1, math.inf, math.nan])])
    assert list(diverged.n) == [1, 0, 0]
    assert np.isnan(diverged.mean[1:]).all()


def test_of_points_at_one_step_the_last_wins() -> None:
    curve = group_curve([series([0, 1, 1, 2], [0, 5, 7, 9])])
    assert list(curve.mean) == [0, 7, 9]


def test_long_curves_are_thinned_with_both_ends_kept() -> None:
    curve = group_curve(
        [series(np.arange(5000), np.arange(5000.0)), series(np.arange(5000) + 0.5, np.arange(5000.0))]
    )
    assert curve.step.size == 400
    assert (curve.step[0], curve.step[-1]) == (0, 4999.5)
    assert np.all(np.diff(curve.step) > 0)


def test_nothing_gives_an_empty_curve_and_time_is_an_axis_too() -> None:
    assert group_curve([]).step.size == 0
    assert group_curve([series([], [])]).mean.size == 0
    assert list(group_curve([series([1, 2], [3, 4])], axis="time").step) == [2, 4]


def test_difference_is_welchs_at_each_step() -> None:
    others = RNG.normal(1.0, 2.0, size=(4, 5))
    found = difference_curve(
        group_curve([series(STEPS, y) for y in others]), group_curve([series(STEPS, y) for y in RUNS])
    )
    for i in range(5):
        expected = welch(list(others[:, i]), list(RUNS[:, i]))
        ends = expected.interval(0.95)
        assert ends is not None
        assert (found.mean[i], found.low[i], found.high[i]) == pytest.approx((expected.difference, *ends))
    assert list(found.n) == [3] * 5


def test_difference_exists_only_where_both_curves_do() -> None:
    a, b = group_curve([series([0, 10], [1, 2])]), group_curve([series([5, 15], [1, 1])])
    found = difference_curve(a, b)
    np.testing.assert_allclose(found.mean, [np.nan, 0.5, 1.0, np.nan])
    empty = difference_curve(a, group_curve([]))
    assert isinstance(empty, Curve)
    assert np.isnan(empty.mean).all()
    assert difference_curve(group_curve([]), group_curve([])).step.size == 0


values = st.lists(st.floats(-1e3, 1e3) | st.just(math.nan), min_size=1, max_size=30)


@given(values, st.floats(0.01, 0.99))
def test_smoothing_is_tensorboards(value: list[float], weight: float) -> None:
    y = np.array(value)
    finite = y[np.isfinite(y)]
    found = smooth(y, weight)
    if not finite.size or np.ptp(finite) == 0:
        np.testing.assert_array_equal(found, y)
        return
    expected = pd.Series(y).ewm(alpha=1 - weight, adjust=True, ignore_na=True).mean().to_numpy()
    np.testing.assert_allclose(found[np.isfinite(y)], expected[np.isfinite(y)], rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(y))


def test_smoothing_along_x_does_not_depend_on_how_densely_a_run_logged() -> None:
    dense, sparse = np.linspace(0, 1, 2001), np.linspace(0, 1, 201)
    a = smooth_along(dense, np.sin(6 * dense), 0.9)
    b = smooth_along(sparse, np.sin(6 * sparse), 0.9)
    np.testing.assert_allclose(a[::10][20:], b[20:], atol=0.03)


def test_no_weight_changes_nothing_and_full_weight_is_capped() -> None:
    y = np.array([1.0, 2.0, 4.0])
    np.testing.assert_array_equal(smooth(y, 0.0), y)
    assert np.isfinite(smooth(y, 1.0)).all()
    np.testing.assert_array_equal(smooth_along(np.array([1.0, 1.0, 1.0]), y, 0.5)[:1], [1.0])
