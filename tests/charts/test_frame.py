from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from runfolio.charts.chart import Line
from runfolio.charts.frame import (
    departure_note,
    departures,
    is_rate_like,
    log_is_offered,
    padded,
    robust_range,
)

anything = st.floats(allow_nan=True, allow_infinity=True, width=64)


def line(y: list[float], label: str = "a", run_ids: tuple[str, ...] = ("r",)) -> Line:
    return Line(label, "category-1", np.arange(len(y)) * 10.0, np.array(y), run_ids=run_ids)


def test_one_wild_value_among_many_does_not_ruin_the_range() -> None:
    values = np.concatenate([np.linspace(0, 1, 500), [1e9]])
    low, high = robust_range([values])
    assert (low, high) == pytest.approx(tuple(np.percentile(values, (1, 99))))
    assert high < 1.0


def test_the_whole_range_is_shown_where_little_would_be_left_out() -> None:
    assert robust_range([np.linspace(0, 1, 500)]) == (0.0, 1.0)


def test_final_values_are_always_inside() -> None:
    low, high = robust_range([np.linspace(0, 1, 500)], [5.0, float("nan")])
    assert low <= 0.01
    assert high == 5.0


@given(
    st.lists(arrays(np.float64, st.integers(0, 20), elements=anything), max_size=4),
    st.lists(anything, max_size=4),
)
def test_a_range_is_finite_and_has_a_length_whatever_was_logged(
    usual: list[np.ndarray], needed: list[float]
) -> None:
    low, high = padded(*robust_range(usual, needed))
    assert np.isfinite([low, high]).all()
    assert high > low


def test_padding_does_not_cross_zero() -> None:
    assert padded(0.0, 1.0) == (0.0, 1.04)
    assert padded(-1.0, 0.0) == (-1.04, 0.0)
    assert padded(0.01, 1.0)[0] == 0.0
    low, high = padded(1e-3, 1.0, "log")
    assert 0 < low < 1e-3
    assert high > 1


def test_log_is_offered_for_positive_values_that_span_more_than_twenty() -> None:
    assert log_is_offered(np.array([1.0, 20.1]))
    assert not log_is_offered(np.array([1.0, 20.0]))
    assert not log_is_offered(np.array([0.0, 100.0]))
    assert not log_is_offered(np.array([]))


@pytest.mark.parametrize(
    "name", ["lr", "train/lr", "optimizer.weight_decay", "learning-rate", "LearningRate", "wd"]
)
def test_rates_are_told_by_name(name: str) -> None:
    assert is_rate_like(name)


@pytest.mark.parametrize("name", ["world", "val/acc", "lrx", "loss"])
def test_other_names_are_no_rates(name: str) -> None:
    assert not is_rate_like(name)


def test_a_line_that_leaves_is_told_with_its_last_place_inside() -> None:
    (gone,) = departures(line([1, 2, 3, 99, 2]), 0, 10)
    assert (gone.x, gone.is_above, gone.is_start) == (20.0, True, False)


def test_a_line_that_starts_outside_is_told_with_its_first_place_inside() -> None:
    above, below = departures(line([99, float("nan"), 50, 3, -4]), 0, 10)
    assert (above.x, above.is_above, above.is_start) == (30.0, True, True)
    assert (below.x, below.is_above, below.is_start) == (30.0, False, False)


def test_infinity_leaves_and_nan_does_not() -> None:
    assert [gone.x for gone in departures(line([1, float("inf")]), 0, 10)] == [0.0]
    assert departures(line([1, float("nan")]), 0, 10) == ()
    assert departures(line([]), 0, 10) == ()


def test_the_note_counts_and_places() -> None:
    lines = [line([1, 1, 99], "a"), line([1, 99], "b"), line([99, 99, 99, 1], "c", ("r", "s", "t"))]
    found = [gone for item in lines for gone in departures(item, 0, 10)]
    assert departure_note(found, lines, "step") == (
        "2 runs leave the frame at steps 0 and 10. 1 line starts outside the frame, until step 30."
    )
    assert departure_note(found[:1], lines, "step") == "1 run leaves the frame at step 10."
    assert departure_note([], lines, "step") == ""
