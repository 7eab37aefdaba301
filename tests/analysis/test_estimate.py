from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from analysis_runs import run
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runfolio.analysis.estimate import estimate, estimate_group, mean_of, variance_of
from runfolio.analysis.metrics import MetricOptions, metric_spec
from runfolio.analysis.skew import outlier_remark
from runfolio.model import Group

ACC = metric_spec("acc", MetricOptions())


def numacc(base: float) -> list[float]:
    return [base + 0.2] + [base + 0.1, base + 0.3] * 500


@pytest.mark.parametrize(
    ("values", "mean", "spread", "digits"),
    [
        ([10000001.0, 10000003.0, 10000002.0], 10000002, 1, 1e-14),
        (numacc(1.0), 1.2, 0.1, 1e-13),
        (numacc(1000000.0), 1000000.2, 0.1, 1e-8),
        (numacc(10000000.0), 10000000.2, 0.1, 1e-7),
    ],
    ids=["NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4"],
)
def test_nist_univariate_sets(values: list[float], mean: float, spread: float, digits: float) -> None:
    assert mean_of(values) == pytest.approx(mean, rel=1e-14)
    assert math.sqrt(variance_of(values)) == pytest.approx(spread, rel=digits)


def test_interval_is_students_at_three_runs_and_more() -> None:
    values = [0.91, 0.93, 0.92, 0.95, 0.90]
    found = estimate(values, list("abcde"))
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert (found.value, found.low, found.high) == pytest.approx((np.mean(values), low, high))
    assert found.method == "mean of 5 runs, 95% t interval"
    assert found.run_ids == tuple("abcde")


def test_no_interval_below_three_runs_nor_of_zero_width() -> None:
    assert estimate([1.0, 2.0]).half_width is None
    assert estimate([1.0, 2.0]).method == "mean of 2 runs, too few for an interval"
    assert estimate([1.0]).method == "1 run"
    assert estimate([0.5, 0.5, 0.5, 0.5]).half_width is None
    assert estimate([0.5, 0.5, 0.5, 0.5]).method == "mean of 4 runs, all equal"
    assert math.isnan(estimate([]).value)


def test_non_finite_values_join_the_failed_runs() -> None:
    found = estimate([1.0, math.nan, 3.0, math.inf, 5.0], list("abcde"), ["f"])
    assert (found.value, found.n, found.failed) == (3.0, 3, ("f", "b", "d"))
    assert found.method == "mean of the 3 runs of 6 that finished, 95% t interval"


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=20), st.randoms())
def test_estimates_do_not_depend_on_order(values: list[float], random: Random) -> None:
    mixed = values[:]
    random.shuffle(mixed)
    a, b = estimate(values), estimate(mixed)
    assert a.value == pytest.approx(b.value, rel=1e-12, abs=1e-9)
    assert (a.half_width is None) == (b.half_width is None)
    assert (a.half_width or 0) == pytest.approx(b.half_width or 0, rel=1e-6, abs=1e-9)


@given(st.lists(st.floats(allow_nan=True), max_size=6))
def test_any_values_give_an_estimate(values: list[float]) -> None:
    found = estimate(values)
    assert found.n == sum(map(math.isfinite, values))
    assert found.half_width is None or found.half_width > 0


def test_a_group_counts_what_finished_and_names_the_rest() -> None:
    runs = {
        "a": run("a", {}, {"acc": 0.9}),
        "b": run("b", {}, {"acc": math.nan}),
        "c": run("c", {}, {}),
        "d": run("d", {}, {"acc": 0.1}, status="failed"),
        "e": run("e", {}, {"acc": 0.5}, status="running"),
    }
    found = estimate_group(Group("g", "g", (), tuple(runs)), runs, ACC)
    assert (found.values, found.run_ids, found.failed) == ((0.9,), ("a",), ("b", "c", "d", "e"))
    assert found.method == "1 run of 5"


def test_far_runs_are_remarked() -> None:
    near = [1.0, 1.01, 0.99, 1.02, 0.98, 1.0, 1.01, 0.99, 1.03]
    assert outlier_remark([*near, 0.2]) == (
        "1 of 10 runs is far below the others; the mean does not describe a typical run"
    )
    assert outlier_remark([*near, 3.0, 4.0]).startswith("2 of 11 runs are far above")
    assert outlier_remark(near) == ""
    assert outlier_remark([1.0, 1.0, 9.0]) == ""
    assert outlier_remark([1.0] * 9 + [9.0]) == ""
