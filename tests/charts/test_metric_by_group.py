from __future__ import annotations

import pytest

from runfolio.charts.metric_by_group import MOST_DOTS, dot_strip
from runfolio.model import Delta, Estimate, Group, GroupResult, MetricSpec, Verdict

SPEC = MetricSpec("acc", "Accuracy", "%", scale=100.0)
WORSE = Delta(-0.1, None, None, None, None, Verdict.WORSE, "")


def result(
    name: str, values: list[float], half: float | None = None, delta: Delta | None = WORSE
) -> GroupResult:
    mean = sum(values) / len(values) if values else float("nan")
    low, high = (None, None) if half is None else (mean - half, mean + half)
    return GroupResult(
        Group(name, name, (), ()), Estimate(mean, low, high, len(values), "", tuple(values)), delta
    )


def test_rows_are_in_shown_units_and_inside_the_axis() -> None:
    strip = dot_strip(
        [result("a", [0.9, 0.92, 0.94], 0.03), result("b", [0.8, 0.81, 0.82], 0.02, None)], SPEC
    )
    assert strip.rows[0].values == pytest.approx((90, 92, 94))
    assert (strip.rows[0].mean, strip.rows[0].low, strip.rows[0].high) == pytest.approx((92, 89, 95))
    assert strip.baseline == pytest.approx(81)
    assert strip.axis.low < 79
    assert strip.axis.high > 95
    assert strip.rows[0].role == "focus"


def test_a_broken_group_does_not_ruin_the_axis() -> None:
    good = [result(f"g{i}", [0.9 + i / 100, 0.91 + i / 100, 0.92 + i / 100]) for i in range(5)]
    strip = dot_strip([*good, result("broken", [1e9, 1e9, 0.1])], SPEC)
    assert 80 < strip.axis.low < 90
    assert 96 < strip.axis.high < 110


def test_the_baseline_is_always_inside_even_far_away() -> None:
    good = [result(f"g{i}", [0.9 + i / 1000]) for i in range(9)]
    strip = dot_strip([*good, result("base", [0.1], delta=None)], SPEC)
    assert strip.axis.low < 10


def test_groups_without_values_and_lonely_groups_have_an_axis_too() -> None:
    strip = dot_strip([result("none", [])], SPEC)
    assert strip.rows[0].mean is None
    assert (strip.axis.low, strip.axis.high) == (0, 1)
    alone = dot_strip([result("one", [0.5], delta=None)], SPEC)
    assert alone.axis.low < 50 < alone.axis.high
    assert alone.baseline is None
    assert dot_strip([], SPEC).rows == ()


def test_roles_by_group() -> None:
    strip = dot_strip([result("a", [0.5]), result("b", [0.6])], SPEC, {"b": "category-2"})
    assert [row.role for row in strip.rows] == ["focus", "category-2"]


def test_a_row_of_very_many_runs_draws_some_of_them_and_both_ends() -> None:
    values = [float(place * 7 % 1000) for place in range(1000)]
    (row,) = dot_strip([result("a", values)], SPEC).rows
    assert len(row.values) == MOST_DOTS
    assert (row.values[0], row.values[-1]) == (0.0, 99_900.0) and list(row.values) == sorted(row.values)
    assert {b - a for a, b in zip(row.values, row.values[1:], strict=False)} == {500.0, 600.0}
    few = values[:MOST_DOTS]
    assert dot_strip([result("a", few)], SPEC).rows[0].values == tuple(value * 100 for value in few)
