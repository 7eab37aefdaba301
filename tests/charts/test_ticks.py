from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runfolio.charts.ticks import label_decimals, nice_ticks, tick_texts, value_text

reals = st.floats(-1e12, 1e12, allow_nan=False)


@example(0.0, 5e-324)
@given(reals, reals)
def test_ticks_are_few_rising_and_inside(a: float, b: float) -> None:
    low, high = sorted((a, b))
    ticks = nice_ticks(low, high)
    assert 1 <= len(ticks) <= 6
    assert list(ticks) == sorted(set(ticks))
    slack = 1e-6 * (high - low)
    assert all(low - slack <= tick <= high + slack for tick in ticks)


@given(st.floats(1e-30, 1e30), st.floats(1.001, 1e40))
def test_log_ticks_are_few_and_inside(low: float, ratio: float) -> None:
    ticks = nice_ticks(low, low * ratio, "log")
    assert 1 <= len(ticks) <= 6
    assert all(low * (1 - 1e-9) <= tick <= low * ratio * (1 + 1e-9) for tick in ticks)


@pytest.mark.parametrize(
    ("low", "high", "scale", "texts"),
    [
        (0, 499, "linear", "0 100 200 300 400"),
        (0, 6, "linear", "0 2 4 6"),
        (50.3, 95.2, "linear", "60 70 80 90"),
        (-3, 7, "linear", "−2 0 2 4 6"),
        (0.2, 1.4, "linear", "0.5 1.0"),
        (1e-5, 1, "log", "1e-5 1e-4 1e-3 1e-2 1e-1 1"),
        (1, 30, "log", "1 2 5 10 20"),
        (0, 1e7, "linear", "0 2e6 4e6 6e6 8e6 1e7"),
    ],
)
def test_ticks_and_their_texts(low: float, high: float, scale: str, texts: str) -> None:
    assert " ".join(tick_texts(nice_ticks(low, high, scale))) == texts


def test_a_value_has_the_digits_of_its_axis() -> None:
    assert [label_decimals(50, 90), label_decimals(0.2, 1.4), label_decimals(0, 1000)] == [1, 2, 0]
    assert value_text(92.93456, 50, 95) == "92.9"
    assert value_text(1.58493e-5, 1e-6, 1e-3, "log") == "1.58e-5"
    assert value_text(0.000312, 0, 1.4) == "0.000312"
    assert value_text(0.0, 0, 1.4) == "0.00"
