"""The figures of a suite as numbers: steps of profiles, pairs with their words, ranks and the bars that join them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runfolio.analysis.improvement import probability_of_improvement
from runfolio.analysis.normalise import Bounds
from runfolio.analysis.suite import Normalisation, Suite, SuiteRow, Task
from runfolio.analysis.suite_detail import (
    MOST_PAIRS,
    MOST_THRESHOLDS,
    RankTest,
    suite_chances,
    suite_profiles,
    suite_ranks,
)
from runfolio.analysis.suite_result import SuiteComparison, compare_suite
from runfolio.charts.chart import Chart
from runfolio.charts.improvement_by_pair import improvement_by_pair
from runfolio.charts.method_by_rank import method_by_rank
from runfolio.charts.share_by_score import share_by_score
from runfolio.model import Goal, MetricSpec

ACC = MetricSpec("acc", "Accuracy", "%", Goal.MAXIMIZE, scale=100)
LOSS = MetricSpec("loss", "Loss", goal=Goal.MINIMIZE)
PLAIN = MetricSpec("norm", "Norm")
NAN = math.nan

Values = Sequence[Sequence[float]]


def compared(
    methods: dict[str, Values],
    spec: MetricSpec | Sequence[MetricSpec] = ACC,
    rule: Normalisation = Normalisation.NONE,
) -> SuiteComparison:
    """Methods by their values on tasks t0, t1 …"""
    tasks = len(next(iter(methods.values())))
    specs = [spec] * tasks if isinstance(spec, MetricSpec) else spec
    rows = tuple(
        SuiteRow(
            name,
            name,
            tuple(map(tuple, values)),
            tuple(tuple(f"{name}-{t}-{i}" for i in range(len(task))) for t, task in enumerate(values)),
        )
        for name, values in methods.items()
    )
    found = tuple(Task(f"t{i}", item, Bounds(0.0, 1.0)) for i, item in enumerate(specs))
    return compare_suite(Suite(found, rows, rows[0].key), rule)


def noise(seed: int, level: float, tasks: int = 5, n: int = 5, spread: float = 0.02) -> list[list[float]]:
    return (level + spread * np.random.default_rng(seed).normal(size=(tasks, n))).tolist()


def profile_chart(found: SuiteComparison, scale: float = 1.0) -> Chart:
    profiles = suite_profiles(found)
    assert profiles is not None
    chart = share_by_score(profiles, {}, chart_id="p", label="Accuracy", scale=scale, which="runs")
    assert chart is not None
    return chart


def at(chart: Chart, name: str, x: float) -> float:
    """The height of a step line at x, which is none of its corners."""
    (line,) = [line for line in chart.lines if line.label == name]
    return float(line.y[np.flatnonzero(line.x < x)[-1]])


def test_a_profile_is_the_share_of_runs_above_each_value_each_task_counting_once() -> None:
    found = compared({"a": [[0.2, 0.4], [0.6, 0.8, 0.9]], "b": [[0.1, 0.1], [0.5, 0.5, 0.5]]})
    chart = profile_chart(found, 100)
    assert at(chart, "a", 15) == pytest.approx(1)
    assert at(chart, "a", 30) == pytest.approx((1 / 2 + 1) / 2)
    assert at(chart, "a", 70) == pytest.approx((0 + 2 / 3) / 2)
    assert at(chart, "a", 91) == 0 and at(chart, "b", 51) == 0
    assert all((np.diff(line.x) >= 0).all() and (np.diff(line.y) <= 1e-12).all() for line in chart.lines)
    assert chart.x.low < 10 and chart.x.high > 90
    assert "no band" in chart.subtitle and all(line.low is None for line in chart.lines)


def test_where_lower_is_better_the_share_is_of_runs_below() -> None:
    chart = profile_chart(compared({"a": [[1.0, 2.0], [3.0, 4.0]], "b": [[5.0, 5.0], [5.0, 5.0]]}, LOSS))
    assert "below" in chart.title
    assert at(chart, "a", 0.99) == 0 and at(chart, "a", 2.5) == 0.5 and at(chart, "a", 4.5) == 1
    assert at(chart, "b", 4.9) == 0 and chart.lines[0].x[0] < chart.lines[0].x[-1]


def test_runs_without_a_value_reach_nothing_and_are_told() -> None:
    chart = profile_chart(compared({"a": [[0.2, NAN], [0.6, 0.8]], "b": [[0.1, 0.3], [0.5, 0.5]]}))
    assert at(chart, "a", 0.099) == 0.75 and at(chart, "b", 0.099) == 1
    assert "1 run without a usable value counts as below every threshold." in chart.notes


def test_a_method_that_lacks_a_task_has_no_profile() -> None:
    chart = profile_chart(compared({"a": [[0.2, 0.3], [0.6, 0.8]], "b": [[0.1, 0.3], []]}))
    assert [line.label for line in chart.lines] == ["a"]
    assert "Not on every task, so without a line: b." in chart.notes


def test_bands_hold_the_line_and_are_those_of_the_first_six() -> None:
    methods = {f"m{i}": noise(i, 0.9 - i / 50) for i in range(8)}
    chart = profile_chart(compared(methods))
    banded = [line for line in chart.lines if line.low is not None]
    assert len(chart.lines) == 8 and [line.label for line in banded] == [f"m{i}" for i in range(6)]
    for line in banded:
        assert line.low is not None and line.high is not None
        known = np.isfinite(line.low)
        assert known.any() and (line.low[known] <= line.y[known]).all()
        assert (line.y[known] <= line.high[known]).all() and (line.high[known] <= 1).all()


def test_of_very_many_scores_a_hundred_are_thresholds() -> None:
    profiles = suite_profiles(compared({"a": noise(1, 0.5, 4, 60), "b": noise(2, 0.5, 4, 60)}))
    assert profiles is not None
    assert {len(item.profile.threshold) for item in profiles.methods if item.profile} == {MOST_THRESHOLDS}


def test_without_a_common_scale_there_is_no_profile_but_pairs_can_be_compared() -> None:
    found = compared({"a": noise(1, 0.9, 2, 10), "b": noise(2, 0.5, 2, 10)}, [ACC, LOSS])
    assert found.refusal and suite_profiles(found) is None
    chances, _ = suite_chances(found)
    # Higher on one task is better, on the other worse: as often the one as the other.
    assert chances is not None and chances.pairs[0].value == 0.5


tables = st.lists(st.lists(st.integers(0, 4).map(float), min_size=2, max_size=4), min_size=2, max_size=4)


@given(tables, st.integers(0, 10**6), st.sampled_from([ACC, LOSS]))
def test_a_pair_is_named_by_the_one_that_does_better_more_often(
    left: Values, seed: int, spec: MetricSpec
) -> None:
    rng = np.random.default_rng(seed)
    right = [rng.integers(0, 5, len(task)).astype(float).tolist() for task in left]
    chances, _ = suite_chances(compared({"a": left, "b": right}, spec))
    assert chances is not None
    (pair,) = chances.pairs
    sign = spec.goal.sign
    a, b = ([[sign * v for v in task] for task in side] for side in (left, right))
    expected = probability_of_improvement(a, b)
    assert pair.value == pytest.approx(max(expected, 1 - expected)) and pair.value >= 0.5
    # The mean over tasks of scipy's U over n·m.
    u = np.mean([stats.mannwhitneyu(x, y).statistic / len(x) / len(y) for x, y in zip(a, b, strict=True)])
    assert expected == pytest.approx(u)


def test_only_an_interval_above_one_half_is_more_often() -> None:
    found = compared(
        {"a": noise(1, 0.95), "b": noise(2, 0.93, spread=0.03), "c": noise(3, 0.93, spread=0.03)}
    )
    chances, _ = suite_chances(found)
    assert chances is not None
    chart = improvement_by_pair(chances, chart_id="i", which="5 tasks")
    words = {row[0]: row[-1] for row in chart.table.rows} if chart.table else {}
    for pair in chances.pairs:
        name = f"{pair.first.label} over {pair.second.label}"
        assert pair.interval is not None
        clear = pair.interval[0] > 0.5
        assert words[name] == ("more often" if clear else "no clear difference")
    assert set(words.values()) == {"more often", "no clear difference"}
    clear, unclear = chart.points
    assert np.isfinite(clear.x).sum() + np.isfinite(unclear.x).sum() == 3
    assert any(note.startswith("No clear difference: ") for note in chart.notes)
    assert chart.x.low < 0.5 and not chart.has_pointer


@pytest.mark.parametrize(
    ("methods", "why"),
    [
        ({"a": noise(1, 0.9, 5, 3), "b": noise(2, 0.5, 5, 3)}, "15 runs over all tasks, 20 needed"),
        ({"a": noise(1, 0.9, 5, 1), "b": noise(2, 0.5, 5, 1)}, "a single run on a task"),
        ({"a": noise(1, 0.9), "b": noise(2, 0.5)}, "all runs agree on every task"),
    ],
)
def test_why_a_pair_has_no_interval(methods: dict[str, Values], why: str) -> None:
    chances, _ = suite_chances(compared(methods))
    assert chances is not None and chances.pairs[0].interval is None and not chances.pairs[0].is_clear
    chart = improvement_by_pair(chances, chart_id="i", which="5 tasks")
    assert why in chances.pairs[0].refusal and why in " ".join(chart.notes)


def test_a_method_with_missing_runs_is_in_no_pair_and_in_no_rank() -> None:
    methods = {
        "a": noise(1, 0.9),
        "b": noise(2, 0.5),
        "c": [*noise(3, 0.99, 4), [0.99, NAN]],
        "d": noise(4, 0.7),
    }
    found = compared(methods)
    chances, _ = suite_chances(found)
    ranks, _ = suite_ranks(found, RankTest.WILCOXON)
    assert chances is not None and ranks is not None
    assert "c" not in {row.key for pair in chances.pairs for row in (pair.first, pair.second)}
    assert [row.key for row in ranks.rows] == ["a", "d", "b"]
    for chart in (
        improvement_by_pair(chances, chart_id="i", which=""),
        method_by_rank(ranks, {}, chart_id="r"),
    ):
        assert "Left out, because runs are missing: c." in chart.notes


def test_where_the_better_direction_is_not_known_nothing_is_compared() -> None:
    found = compared({"a": noise(1, 0.9), "b": noise(2, 0.5), "c": noise(3, 0.5)}, PLAIN)
    assert suite_chances(found) == (None, "which way is better is not known on t0, t1, t2")
    assert suite_ranks(found, RankTest.NEMENYI)[0] is None


def test_very_many_methods_are_set_beside_the_first() -> None:
    chances, _ = suite_chances(compared({f"m{i}": noise(i, 0.9 - i / 100, 2, 3) for i in range(20)}))
    assert chances is not None and chances.only_with is not None and len(chances.pairs) == MOST_PAIRS
    assert all("m0" in (pair.first.key, pair.second.key) for pair in chances.pairs)


SIX = {name: noise(i, 0.95 - 0.1 * i, 8, 2, 0.001) for i, name in enumerate("abcd")}


@pytest.mark.parametrize("test", RankTest)
def test_ranks_that_all_tasks_agree_on(test: RankTest) -> None:
    ranks, _ = suite_ranks(compared(SIX), test)
    assert ranks is not None and ranks.ranks == (1, 2, 3, 4)
    chart = method_by_rank(ranks, {}, chart_id="r")
    best = chart.lines[0]
    # Hangs from its rank, the best furthest right and highest.
    assert best.label == "a" and best.x.tolist()[:2] == [-1, -1] and best.y[-1] > chart.lines[3].y[-1]
    if test is RankTest.WILCOXON:
        # Of eight tasks the smallest p is 2/2^8; six pairs of it are below 0.05.
        assert ranks.groups == () and "all neighbours are told apart" in chart.subtitle
    else:
        assert ranks.difference == pytest.approx(2.569 * math.sqrt(4 * 5 / 48))
        assert ranks.groups == ((0, 1), (1, 2), (2, 3)) and (0, 2) in ranks.apart
        assert chart.table is not None and chart.table.rows[0] == ("a", 1.0, "b")


def test_nothing_is_told_apart_where_friedmans_test_says_nothing() -> None:
    methods = {name: noise(i, 0.9, 6, 2) for i, name in enumerate("abc")}
    ranks, _ = suite_ranks(compared(methods), RankTest.NEMENYI)
    assert ranks is not None and ranks.overall is not None and ranks.overall.f_p > 0.05
    assert ranks.apart == () and ranks.groups == ((0, 1, 2),)
    assert "no clear difference among the methods" in method_by_rank(ranks, {}, chart_id="r").notes[0]


def test_five_tasks_are_too_few_for_the_test_of_pairs_and_that_is_said() -> None:
    ranks, _ = suite_ranks(compared({name: values[:5] for name, values in SIX.items()}), RankTest.WILCOXON)
    assert ranks is not None and ranks.apart == ()
    assert "can tell no two methods apart" in " ".join(method_by_rank(ranks, {}, chart_id="r").notes)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (compared({name: values[:4] for name, values in SIX.items()}), "4 tasks; ranks over tasks need 5"),
        (compared({"a": SIX["a"], "b": SIX["b"]}), "2 methods are complete; ranks over tasks need 3"),
        (
            compared({f"m{i}": noise(i, 0.9, 5, 1) for i in range(21)}),
            "the critical difference is known for at most 20",
        ),
    ],
)
def test_why_there_are_no_ranks(found: SuiteComparison, why: str) -> None:
    assert suite_ranks(found, RankTest.NEMENYI)[0] is None
    assert why in suite_ranks(found, RankTest.NEMENYI)[1]
