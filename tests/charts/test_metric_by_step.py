from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from runfolio.charts.metric_by_step import CurveInput, RunCurve, metric_by_step
from runfolio.model import MetricSpec

ACCURACY = MetricSpec("val/acc", "Validation accuracy", "%", scale=100.0)
STEPS = np.arange(0, 500, 5.0)


def curve(label: str, final: float, role: str = "category-1", n: int = 5, **fields: object) -> CurveInput:
    y = final - 0.2 * np.exp(-STEPS / 80)
    band = {"low": y - 0.01, "high": y + 0.01} if n >= 3 else {}
    ids = tuple(f"{label}-{i}" for i in range(n))
    return replace(
        CurveInput(label, role, STEPS, y, n=n, run_ids=ids, key=f"curves:e#{label}/val/acc", **band), **fields
    )


def test_values_are_shown_units_and_labels_stand_at_the_ends() -> None:
    chart = metric_by_step(
        ACCURACY, [curve("tiny", 0.93), curve("conv", 0.92, "category-2")], chart_id="a", which="Best of each"
    )
    assert chart.title == "Validation accuracy, %"
    assert chart.subtitle == "Best of each. Mean of 5 runs, 95% band."
    assert [line.end_label for line in chart.lines] == ["tiny 93.0", "conv 92.0"]
    assert chart.lines[0].y[-1] == pytest.approx(92.96, abs=0.02)
    assert chart.lines[0].high is not None
    assert np.allclose(chart.lines[0].high - chart.lines[0].y, 1.0)
    assert (chart.x.low, chart.x.high) == (0, 495)
    assert chart.y.low < 73 < 93 < chart.y.high
    assert chart.y.factor == 100
    assert chart.run_ids == tuple(f"{name}-{i}" for name in ("tiny", "conv") for i in range(5))


def test_decimals_of_the_page_win() -> None:
    (line,) = metric_by_step(ACCURACY, [curve("tiny", 0.93)], chart_id="a", decimals=3).lines
    assert line.end_label == f"tiny {line.y[-1]:.3f}"


def test_two_runs_stand_for_themselves() -> None:
    runs = tuple(RunCurve(f"s{i}", STEPS, np.full(STEPS.size, 0.8 + i / 100), f"r{i}") for i in range(2))
    chart = metric_by_step(ACCURACY, [curve("pair", 0.8, n=2, runs=runs)], chart_id="a")
    assert [line.label for line in chart.lines] == ["s0", "s1"]
    assert all(line.is_thin and line.low is None for line in chart.lines)
    assert [line.end_label for line in chart.lines] == ["", "pair 80.00 and 81.00"]
    assert chart.subtitle == "Two runs."


def test_one_run_beside_groups_says_so_and_has_no_band() -> None:
    chart = metric_by_step(ACCURACY, [curve("five", 0.9), curve("one", 0.8, n=1)], chart_id="a")
    assert chart.lines[1].end_label.endswith("(1 seed)")
    assert chart.lines[1].low is None
    assert chart.subtitle == "Mean of 1 to 5 runs, 95% band from 3 runs on."


@pytest.mark.parametrize(("n", "thin"), [(10, 10), (11, 0)])
def test_single_runs_are_drawn_up_to_ten(n: int, thin: int) -> None:
    runs = tuple(RunCurve(f"s{i}", STEPS, np.full(STEPS.size, 0.8), f"r{i}") for i in range(n))
    chart = metric_by_step(ACCURACY, [curve("many", 0.8, n=n, runs=runs)], chart_id="a")
    assert sum(line.is_thin for line in chart.lines) == thin
    assert not chart.lines[-1].is_thin


def test_from_the_seventh_on_lines_are_muted_and_that_is_said() -> None:
    curves = [curve(f"c{i}", 0.9 - i / 100, f"category-{min(i + 1, 6)}") for i in range(9)]
    chart = metric_by_step(ACCURACY, [*curves, curve("base", 0.7, "baseline")], chart_id="a")
    assert [line.role for line in chart.lines[6:]] == ["muted"] * 3 + ["baseline"]
    assert [bool(line.end_label) for line in chart.lines] == [True] * 6 + [False] * 3 + [True]
    assert chart.notes[0] == "The first 6 of 9 are coloured, the other 3 grey."


def test_a_diverged_run_is_cut_and_does_not_set_the_range() -> None:
    wild = np.where(STEPS < 200, 0.5, np.where(STEPS < 300, 1e6, np.nan))
    chart = metric_by_step(
        ACCURACY, [curve("tiny", 0.93), curve("wild", 0.5, n=1, y=wild, is_cut=True)], chart_id="a"
    )
    assert chart.y.high < 100
    assert chart.lines[1].is_cut
    assert chart.lines[1].end_label == "wild"
    assert [(gone.x, gone.is_above, gone.role) for gone in chart.departures if gone.label == "wild"][:1] == [
        (195.0, True, "category-1")
    ]
    assert chart.notes[-1] == "1 run ended early, marked with a cross."
    assert "wild breaks off" in chart.description


def test_learning_rates_are_on_a_log_axis() -> None:
    rate = MetricSpec("lr", "Learning rate")
    falling = CurveInput("a", "focus", STEPS, 1e-3 * np.exp(-STEPS / 100))
    assert metric_by_step(rate, [falling], chart_id="a").y.scale == "log"
    axis = metric_by_step(replace(rate, name="loss"), [falling], chart_id="a").y
    assert (axis.scale, axis.log_is_offered) == ("linear", True)


@pytest.mark.parametrize(
    "y", [[], [0.5], [float("nan")], [float("inf"), float("-inf")], [1e300, -1e300, 0.0]]
)
def test_anything_logged_gives_a_chart(y: list[float]) -> None:
    odd = CurveInput("odd", "category-1", np.arange(len(y), dtype=float), np.array(y), run_ids=("r",))
    chart = metric_by_step(ACCURACY, [odd], chart_id="a")
    assert np.isfinite([chart.x.low, chart.x.high, chart.y.low, chart.y.high]).all()
    assert chart.x.low < chart.x.high
    assert chart.y.low < chart.y.high
    assert chart.description


def test_no_curve_at_all_is_a_chart_that_says_so() -> None:
    chart = metric_by_step(ACCURACY, [], chart_id="a")
    assert chart.subtitle == "No run has logged it."
    assert chart.lines == ()
    assert chart.table is not None
    assert chart.table.rows == ()


def test_the_description_tells_ends_and_extremes() -> None:
    text = metric_by_step(ACCURACY, [curve("tiny", 0.93)], chart_id="a").description
    assert text == (
        "Line chart of Validation accuracy, % by step: 1 line, step 0 to 495. "
        "tiny ends at 93.0; lowest 73.0 at step 0, highest 93.0 at step 495."
    )
