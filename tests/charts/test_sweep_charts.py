"""The charts of sweeps as numbers: where marks lie, what is counted, what is left out and said to be."""

from __future__ import annotations

import numpy as np
import pytest

from runfolio.analysis.bins import Bins, bins_of
from runfolio.analysis.importance import ParameterShare
from runfolio.charts.chart import Points, Shown
from runfolio.charts.metric_by_parameter import metric_by_parameter
from runfolio.charts.metric_by_trial import metric_by_trial
from runfolio.charts.metric_by_two_parameters import metric_by_two_parameters
from runfolio.charts.objective_by_objective import objective_by_objective
from runfolio.charts.parallel_coordinates import MOST_LINES, parallel_coordinates
from runfolio.charts.parameter_by_parameter import parameter_by_parameter, quarters
from runfolio.charts.share_by_parameter import share_by_parameter
from runfolio.charts.trial_axes import metric_axis, parameter_axis
from runfolio.model import Goal, MetricSpec, parameter
from runfolio.render.engines.svg_parallel import draw_parallel
from runfolio.render.engines.svg_place import place
from runfolio.render.engines.svg_points import draw_points
from runfolio.render.engines.svg_share import draw_share

ACC = MetricSpec("acc", "Accuracy", "%", Goal.MAXIMIZE, scale=100)
LOSS = MetricSpec("loss", "Loss", goal=Goal.MINIMIZE)


def bins(name: str, values: list[object]) -> Bins:
    found = bins_of(name, [None if value is None else parameter(value) for value in values])  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_slice_has_medians_of_bins_crosses_for_failures_and_a_row_for_each_bin() -> None:
    lr = [0.001, 0.001, 0.1, 0.1, 1.0, None]
    y = np.array([0.5, 0.7, 0.8, 0.9, np.nan, 0.4])
    failed = np.array([False, False, False, False, True, False])
    chart = metric_by_parameter(ACC, bins("lr", lr), y, failed, chart_id="s")
    assert chart.x.scale == "log" and chart.x.low < 0.001 < 1 < chart.x.high
    assert chart.table is not None
    assert chart.table.rows == (("1e-3", 2, 60.0, 0), ("0.1", 2, pytest.approx(85.0), 0), ("1", 0, None, 1))
    dots, crosses = chart.points
    assert np.isfinite(dots.x * dots.y).sum() == 4 and crosses.is_cross
    assert np.isfinite(crosses.x * crosses.y).sum() == 1 and np.nanmax(crosses.y) == chart.y.low
    assert chart.notes == ("1 trial failed: crosses at the edge.", "1 trial has no lr.")


def test_one_wild_value_does_not_ruin_the_axis_and_is_marked() -> None:
    y = np.array([*np.linspace(0.2, 0.8, 30), 1e12])
    chart = metric_by_parameter(
        LOSS, bins("x", list(np.linspace(0, 1, 31))), y, np.zeros(31, dtype=bool), chart_id="s"
    )
    assert chart.y.scale == "linear" and chart.y.high < 1
    assert [gone.is_above for gone in chart.departures] == [True]
    assert "1 trial lies outside the frame" in chart.notes[0]


def test_axes_are_logarithmic_beyond_a_factor_of_a_hundred_only() -> None:
    assert parameter_axis(bins("x", [0.01, 1.0])).scale == "linear"
    assert parameter_axis(bins("x", [0.0099, 1.0])).scale == "log"
    assert parameter_axis(bins("x", [0.0, 1.0, 1000.0])).scale == "linear"
    assert metric_axis(LOSS, np.geomspace(1e-3, 1, 20)).scale == "log"
    words = parameter_axis(bins("x", ["b", "a"]))
    assert words.ticks == ((0.0, "a"), (1.0, "b"))


def test_the_heat_map_counts_every_cell() -> None:
    x, y = bins("x", [1, 1, 2, 2, 1]), bins("y", ["a", "a", "b", "b", "a"])
    values = np.array([0.5, 0.7, np.nan, np.nan, np.nan])
    failed = np.array([False, False, True, True, True])
    found = metric_by_two_parameters(ACC, x, y, values, failed)
    cells = {
        (label, column): cell
        for label, row in found.rows
        for column, cell in zip(found.columns, row, strict=True)
    }
    assert (cells["a", "1"].n, cells["a", "1"].mean, cells["a", "1"].failed) == (2, pytest.approx(0.6), 1)
    assert (cells["b", "2"].n, cells["b", "2"].mean, cells["b", "2"].failed) == (0, None, 2)
    assert cells["a", "2"].is_empty and found.empty == 2 and found.cells == 4


def test_quarters_are_by_rank_and_know_which_way_is_better() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, np.nan])
    assert quarters(values, 1).tolist() == [0, 1, 2, 3, -1]
    assert quarters(values, -1).tolist() == [3, 2, 1, 0, -1]
    chart = parameter_by_parameter(
        LOSS, bins("x", [1, 2, 3, 4, 5]), bins("y", [1, 1, 2, 2, 3]), values, np.isnan(values), chart_id="p"
    )
    drawn = [np.isfinite(points.x).sum() for points in chart.points]
    assert drawn == [1, 1, 1, 1, 1] and chart.points[-1].is_cross


def test_the_best_so_far_is_a_step_line() -> None:
    values = np.array([0.5, np.nan, 0.7, 0.6])
    chart = metric_by_trial(ACC, values, np.isnan(values), chart_id="b", best_label="best of 4: 70")
    assert chart.table is not None and chart.table.rows == ((1, 50.0), (3, pytest.approx(70.0)))
    assert (
        chart.lines[0].y.tolist()
        == [50.0, 50.0, 50.0, 50.0, pytest.approx(70.0), pytest.approx(70.0), pytest.approx(70.0)][
            : chart.lines[0].y.size
        ]
    )


def test_the_front_stands_out_and_its_members_are_in_the_table() -> None:
    x, y = np.array([0.1, 0.2, 0.3]), np.array([0.5, 0.9, 0.6])
    on = np.array([True, False, True])
    chart = objective_by_objective(LOSS, ACC, (x, y), on, ("a", "b", "c"), chart_id="f", is_joined=True)
    assert chart.table is not None and [row[0] for row in chart.table.rows] == ["a", "c"]
    assert [int(np.isfinite(points.x).sum()) for points in chart.points] == [1, 2]
    assert chart.lines[0].x.tolist() == [0.1, 0.3]


def test_parallel_coordinates_draw_at_most_three_hundred_lines_and_say_so() -> None:
    rng = np.random.default_rng(0)
    n = 1000
    values = rng.uniform(size=n)
    failed = np.arange(n) % 10 == 0
    values[failed] = np.nan
    columns = [bins(f"p{i}", rng.uniform(size=n).tolist()) for i in range(10)]
    names = [(item.name, ()) for item in columns[:8]]
    keys = [f"g{i}" for i in range(n)]
    found = parallel_coordinates(ACC, columns, [*names, ("m", ())], values, failed, keys, chart_id="p")
    assert found is not None and len(found.lines) == MOST_LINES and len(found.axes) == 9
    assert "300 of 1,000 trials" in found.subtitle and "8 of 10 parameters are drawn." in found.notes
    assert sum(line.is_failed for line in found.lines) == pytest.approx(30, abs=2)
    assert all(line.heights[-1] == 0 for line in found.lines if line.is_failed)
    picture = draw_parallel(found)
    assert picture.count("data-key=") == MOST_LINES and picture.count("data-axis=") == 9
    assert (
        parallel_coordinates(ACC, columns[:1], [("p", ()), ("m", ())], values, failed, keys, chart_id="p")
        is None
    )


def test_hostile_names_never_become_markup() -> None:
    hostile = '"><script>alert(1)</script>'
    columns = [bins(hostile, [hostile, "b"]), bins("x", [1, 2])]
    found = parallel_coordinates(
        ACC,
        columns,
        [(hostile, (hostile, "b")), ("x", ()), ("m", ())],
        np.array([0.1, 0.2]),
        np.zeros(2, dtype=bool),
        [hostile, "k"],
        chart_id=hostile,
    )
    assert found is not None and "<script" not in draw_parallel(found)


def test_points_of_one_pixel_are_drawn_once_and_those_outside_at_the_edge() -> None:
    chart = metric_by_trial(ACC, np.array([0.5, 0.6]), np.zeros(2, dtype=bool), chart_id="b", best_label="")
    area = place(chart, Shown())
    x, y = np.array([1.0, 1.0, 1e9, np.nan]), np.array([55.0, 55.0, 55.0, 55.0])
    path = draw_points(Points("p", "muted", x, y), area)
    assert path.count("h0") == 2 and 'class="dots c-muted"' in path
    assert draw_points(Points("p", "muted", x[3:], y[3:]), area) == ""


def test_bars_start_at_nothing_and_grey_means_no_support() -> None:
    def share(value: float, p: float) -> ParameterShare:
        return ParameterShare(("x",), value, max(0, value - 0.1), value + 0.1, p, p, 0.0, 50, 5)

    first, second = share_by_parameter([share(0.7, 0.001), share(-0.05, 0.9)])
    assert (first.end, first.role) == (pytest.approx(0.875), "category-1")
    assert (second.end, second.role) == (0.0, "muted")
    assert 'x="0"' in draw_share(first) and "c-muted" in draw_share(second)
