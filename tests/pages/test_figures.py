"""Margins of charts: wide enough for the names at the lines' ends and for the numbers at the axis."""

from __future__ import annotations

import pytest

from runfolio.charts.chart import Axis, Chart
from runfolio.pages.figures import WIDE, Figure, aligned


def left_of(low: float, high: float, scale: str = "linear") -> int:
    chart = Chart("c", "title", "words", Axis("step", 0, 1), Axis("loss", low, high, scale=scale), ())
    (found,) = aligned([Figure(chart)])
    return found.shown.margin[3]


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.5, 0.6), (0, 5000), (1e6, 5e6)])
def test_numbers_of_common_length_leave_the_margin_as_it_is(low: float, high: float) -> None:
    assert left_of(low, high) == WIDE.margin[3]


def test_longer_numbers_get_the_room_they_need() -> None:
    assert WIDE.margin[3] < left_of(0.003, 0.005) < left_of(100_000, 130_000) < left_of(1.435e-7, 1.45e-7)
    assert left_of(-130_000, 0) > left_of(0, 130_000)
