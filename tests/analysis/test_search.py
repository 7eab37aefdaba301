"""Pareto fronts, the expected best of n trials and the best so far, against plain enumeration."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.analysis.expected_best import best_so_far, expected_best
from runfolio.analysis.pareto import pareto_front
from runfolio.model import Goal

ROWS = st.integers(2, 3).flatmap(
    lambda m: st.tuples(
        st.lists(
            st.tuples(
                *[st.one_of(st.integers(0, 4).map(float), st.just(float("nan")), st.just(float("inf")))] * m
            ),
            max_size=40,
        ),
        st.tuples(*[st.sampled_from((1, -1))] * m),
    )
)


@given(ROWS)
def test_the_front_is_what_comparing_every_pair_leaves(
    given_rows: tuple[list[tuple[float, ...]], tuple[int, ...]],
) -> None:
    rows, signs = given_rows
    values = np.array(rows, dtype=float).reshape(len(rows), len(signs))
    front = pareto_front(values, signs)

    def beats(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
        gaps = [(x - y) * sign for x, y, sign in zip(a, b, signs, strict=True)]
        return all(gap >= 0 for gap in gaps) and any(gap > 0 for gap in gaps)

    finite = [i for i, row in enumerate(rows) if np.isfinite(row).all()]
    expected = [i for i in finite if not any(beats(rows[other], rows[i]) for other in finite)]
    assert np.flatnonzero(front.is_on).tolist() == expected
    assert list(front.excluded) == [i for i in range(len(rows)) if i not in finite]


def test_equal_points_all_stay_and_more_than_three_objectives_are_refused() -> None:
    assert pareto_front(np.array([[1.0, 2.0], [1.0, 2.0], [0.0, 1.0]]), (1, 1)).is_on.tolist() == [
        True,
        True,
        False,
    ]
    for signs in ((1,), (1, 1, 1, 1), (1, 0)):
        with pytest.raises(ValueError, match="two or three objectives"):
            pareto_front(np.ones((2, len(signs))), signs)


@settings(max_examples=50)
@given(
    st.lists(st.floats(-100, 100), min_size=2, max_size=9), st.sampled_from([Goal.MAXIMIZE, Goal.MINIMIZE])
)
def test_the_expected_best_is_the_mean_over_all_choices(values: list[float], goal: Goal) -> None:
    best = max if goal is Goal.MAXIMIZE else min
    found = expected_best(np.array(values), goal)
    assert len(found) == len(values) // 2
    for n, value in enumerate(found, 1):
        expected = np.mean([best(choice) for choice in combinations(values, n)])
        assert value == pytest.approx(expected, abs=1e-9)


def test_the_expected_best_of_many_trials_is_unbiased_and_values_that_are_not_finite_are_no_trials() -> None:
    rng = np.random.default_rng(0)
    draws = [expected_best(rng.uniform(size=64), Goal.MAXIMIZE)[[0, 3, 15]] for _ in range(2000)]
    assert np.mean(draws, axis=0) == pytest.approx([1 / 2, 4 / 5, 16 / 17], abs=0.004)
    assert expected_best(np.array([np.nan, 1.0, np.inf, 3.0]), Goal.MINIMIZE).tolist() == [2.0]
    assert expected_best(np.array([]), Goal.MAXIMIZE).size == 0
    assert np.isfinite(expected_best(rng.normal(size=5000), Goal.MAXIMIZE)).all()


def test_the_best_so_far_never_gets_worse_and_waits_for_the_first_value() -> None:
    values = np.array([np.nan, 2.0, 1.0, np.inf, 3.0])
    assert best_so_far(values, Goal.MAXIMIZE)[1:].tolist() == [2.0, 2.0, 2.0, 3.0]
    assert best_so_far(values, Goal.MINIMIZE)[1:].tolist() == [2.0, 1.0, 1.0, 1.0]
    assert np.isnan(best_so_far(values, Goal.MAXIMIZE)[0])
    assert best_so_far(np.array([]), Goal.MAXIMIZE).size == 0
