"""Suites of tasks, against scipy, against each other and by how often their intervals cover."""

from __future__ import annotations

import math

import numpy as np
import pytest
from analysis_runs import run
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runfolio.analysis.aggregate import (
    failed_as_worst,
    iqm,
    iqm_interval,
    iqm_of_rows,
    optimality_gap,
    suite_median,
    suite_median_of_rows,
)
from runfolio.analysis.improvement import (
    probability_of_improvement,
    probability_of_improvement_interval,
    probability_of_superiority,
)
from runfolio.analysis.normalise import Bounds, by_baseline, min_max, why_not_averaged
from runfolio.analysis.profile import performance_profile
from runfolio.analysis.stratified import (
    resampled,
    stratified_bootstrap,
    stratified_contrast,
    stratified_mean,
    stratified_t,
)
from runfolio.analysis.suite import Normalisation, Suite, Task, collect_suite
from runfolio.analysis.suite_result import compare_suite
from runfolio.model import Goal, MetricSpec

ACCURACY = MetricSpec("acc", "Accuracy", goal=Goal.MAXIMIZE)
LOSS = MetricSpec("loss", "Loss", goal=Goal.MINIMIZE)

samples = st.lists(st.floats(-1e3, 1e3).map(lambda x: round(x, 3)), min_size=3, max_size=12)


def draws(tasks: int, n: int, seed: int = 0) -> list[list[float]]:
    return np.random.default_rng(seed).normal(size=(tasks, n)).tolist()


@given(samples, samples)
def test_the_stratified_t_interval_over_two_tasks_is_half_of_welchs_for_their_sum(
    a: list[float], b: list[float]
) -> None:
    if np.ptp(a) < 0.01 or np.ptp(b) < 0.01:
        return
    theirs = stats.ttest_ind(a, [-v for v in b], equal_var=False).confidence_interval(0.95)
    assert stratified_t([a, b]) == pytest.approx((theirs.low / 2, theirs.high / 2), rel=1e-7, abs=1e-7)


def test_of_one_task_it_is_the_t_interval() -> None:
    values = [0.91, 0.93, 0.9, 0.95, 0.92]
    theirs = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert stratified_t([values]) == pytest.approx((theirs.low, theirs.high), rel=1e-12)
    assert stratified_mean([values]) == pytest.approx(np.mean(values), rel=1e-15)


def test_every_task_counts_the_same_however_many_runs_it_has() -> None:
    assert stratified_mean([[0.0, 0.0, 0.0, 0.0], [1.0, 1.0]]) == 0.5


def test_the_stratified_t_interval_needs_spread_and_two_degrees_of_freedom() -> None:
    assert stratified_t([]) is None
    assert stratified_t([[1.0, 2.0]]) is None
    assert stratified_t([[1.0, 2.0], [3.0]]) is None
    assert stratified_t([[1.0, 1.0], [3.0, 3.0]]) is None
    assert stratified_t([[1.0, math.nan], [3.0, 4.0]]) is None
    assert stratified_t([[1.0, 2.0], [3.0, 4.5]]) is not None
    assert math.isnan(stratified_mean([[1.0], [math.nan]]))


@given(samples, samples)
def test_the_contrast_of_one_task_is_welchs(a: list[float], b: list[float]) -> None:
    if np.ptp(a) < 0.01 or np.ptp(b) < 0.01:
        return
    found = stratified_contrast([a], [b])
    assert found is not None
    assert found.p == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue, rel=1e-6, abs=1e-12)


def test_the_contrast_of_two_tasks_is_welchs_for_sums_of_independent_means() -> None:
    a, b = [[1.0, 2.0, 4.0], [3.0, 3.5, 5.0]], [[0.5, 1.0, 0.0], [3.0, 2.0, 2.5]]
    found = stratified_contrast(a, b)
    variances = [np.var(x, ddof=1) / 3 for x in (*a, *b)]
    df = sum(variances) ** 2 / sum(v**2 / 2 for v in variances)
    assert found is not None and found.df == pytest.approx(df, rel=1e-12)
    assert found.standard_error == pytest.approx(math.sqrt(sum(variances)) / 2, rel=1e-12)
    assert stratified_contrast(a, b[:1]) is None
    assert stratified_contrast([[1.0, 2.0]], [[1.0, 3.0]]) is None


@given(st.lists(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=7), min_size=1, max_size=6))
def test_the_interquartile_mean_is_the_trimmed_mean_of_scipy(scores: list[list[float]]) -> None:
    flat = [v for task in scores for v in task]
    assert iqm(scores) == pytest.approx(stats.trim_mean(flat, 0.25), rel=1e-9, abs=1e-9)


def test_median_optimality_gap_and_failed_runs() -> None:
    scores = [[0.2, 0.4], [0.9, 1.3], [0.5, 0.7]]
    assert suite_median(scores) == pytest.approx(0.6)
    assert suite_median_of_rows(np.array([[0.2, 0.4, 0.9, 1.3, 0.5, 0.7]]), [2, 2, 2])[0] == pytest.approx(
        0.6
    )
    assert optimality_gap(scores) == pytest.approx(1 - (0.2 + 0.4 + 0.9 + 1 + 0.5 + 0.7) / 6)
    assert failed_as_worst([[0.5, math.nan], [math.inf]]) == [[0.5, 0.0], [0.0]]
    assert iqm(failed_as_worst([[1.0, 1.0, math.nan, math.nan]])) == 0.5
    assert math.isnan(suite_median([[1.0], []])) and math.isnan(iqm([[]]))


def test_the_bootstrap_is_that_of_scipy_but_for_the_stretch() -> None:
    values = np.random.default_rng(1).gamma(2, size=40)
    theirs = stats.bootstrap(
        (values,),
        lambda x, axis: stats.trim_mean(x, 0.25, axis=axis),
        n_resamples=20_000,
        method="percentile",
        rng=3,
    ).confidence_interval
    drawn = np.quantile(resampled([list(values)], iqm_of_rows), [0.025, 0.975])
    assert drawn == pytest.approx((theirs.low, theirs.high), abs=0.04)
    ours = iqm_interval([list(values)])
    middle = iqm([list(values)])
    assert ours is not None
    assert (ours[1] - middle) / (middle - ours[0]) == pytest.approx(
        (theirs.high - middle) / (middle - theirs.low), rel=0.3
    )
    assert ours[1] - ours[0] == pytest.approx((theirs.high - theirs.low) * math.sqrt(40 / 39), rel=0.05)


def test_resampling_depends_on_content_and_on_nothing_else() -> None:
    scores = draws(5, 5)
    assert iqm_interval(scores, "a") == iqm_interval(scores, "a") != iqm_interval(scores, "b")


def test_the_interval_of_the_interquartile_mean_is_refused_below_twenty_scores() -> None:
    assert iqm_interval(draws(1, 19)) is None
    assert iqm_interval(draws(4, 5)) is not None
    assert iqm_interval([[1.0] * 10, [1.0] * 10]) is None
    assert iqm_interval([[1.0], list(range(30))]) is None


def test_in_pieces_the_draws_are_as_many() -> None:
    many = [list(map(float, range(2_500)))]
    assert resampled(many, iqm_of_rows).shape == (2_000,)


@pytest.mark.parametrize(("n", "tasks", "least"), [(3, 5, 0.92), (3, 26, 0.92), (2, 10, 0.92)])
def test_the_stratified_t_interval_covers(n: int, tasks: int, least: float) -> None:
    rng = np.random.default_rng(n * 100 + tasks)
    spread = 1 + np.arange(tasks) % 4
    inside = 0
    for _ in range(600):
        low, high = stratified_t((rng.normal(size=(tasks, n)) * spread[:, None]).tolist()) or (0, 0)
        inside += low <= 0 <= high
    assert least < inside / 600 < 0.985


def test_the_stretched_bootstrap_covers_where_the_plain_one_does_not() -> None:
    rng = np.random.default_rng(7)
    stretched = plain = 0
    for _ in range(200):
        scores = rng.normal(size=(26, 3)).tolist()
        middle = iqm(scores)
        low, high = iqm_interval(scores) or (0, 0)
        stretched += low <= 0 <= high
        shrunk = [middle + (end - middle) * math.sqrt(2 / 3) for end in (low, high)]
        plain += shrunk[0] <= 0 <= shrunk[1]
    assert stretched / 200 > 0.91 > plain / 200


@given(samples, samples)
def test_the_probability_of_superiority_is_mann_and_whitneys_u_by_pairs(
    a: list[float], b: list[float]
) -> None:
    u = stats.mannwhitneyu(a, b).statistic
    assert probability_of_superiority(a, b) == pytest.approx(u / len(a) / len(b), rel=1e-12)


def test_the_probability_of_improvement_is_the_mean_over_tasks() -> None:
    a, b = draws(5, 6, 1), draws(5, 6, 2)
    expected = np.mean([stats.mannwhitneyu(x, y).statistic / 36 for x, y in zip(a, b, strict=True)])
    assert probability_of_improvement(a, b) == pytest.approx(expected, rel=1e-12)
    low, high = probability_of_improvement_interval(a, b) or (1, 0)
    assert 0 <= low < expected < high <= 1
    assert probability_of_improvement_interval(a, [task[:3] for task in b]) is None
    assert math.isnan(probability_of_improvement([[1.0]], [[math.nan]]))


def test_the_profile_is_the_survival_function_of_scipy() -> None:
    scores = draws(4, 6)
    flat = [v for task in scores for v in task]
    found = performance_profile(scores, [-1.0, 0.0, 0.3, 9.0])
    expected = stats.ecdf(flat).sf.evaluate([-1.0, 0.0, 0.3, 9.0])
    assert found.share == pytest.approx(expected, rel=1e-12)
    assert found.low[1] < found.share[1] < found.high[1]
    assert math.isnan(found.low[3]) and found.share[3] == 0
    few = performance_profile(draws(1, 5), [0.0])
    assert math.isnan(few.low[0]) and not math.isnan(few.share[0])


def test_in_a_profile_a_run_without_a_score_is_above_nothing() -> None:
    found = performance_profile([[0.5, math.nan], [0.5, 0.7]], [-1e9, 0.6])
    assert found.share == (0.75, 0.25)
    assert all(map(math.isnan, performance_profile([[], [1.0]], [0.0]).share))


def test_normalisation_by_bounds_follows_their_order() -> None:
    assert min_max([0.0, 5.0, 12.0], Bounds(0, 10)) == (0.0, 0.5, 1.2)
    assert min_max([10.0, 0.0], Bounds(10, 0)) == (0.0, 1.0)
    assert math.isnan(min_max([math.inf], Bounds(0, 1))[0])
    with pytest.raises(ValueError, match="two different finite numbers"):
        min_max([1.0], Bounds(1, 1))


def test_normalisation_by_baseline_is_refused_where_a_relative_change_would_be() -> None:
    base = [10.0, 10.5, 9.5]
    assert by_baseline([11.0, 9.0], base, Goal.MAXIMIZE) == pytest.approx((1.1, 0.9))
    assert by_baseline([11.0, 9.0], base, Goal.MINIMIZE) == pytest.approx((0.9, 1.1))
    assert by_baseline([-11.0], [-v for v in base], Goal.MAXIMIZE) == pytest.approx((0.9,))
    assert by_baseline([11.0], base, Goal.NONE) is None
    assert by_baseline([11.0], base[:2], Goal.MAXIMIZE) is None
    assert by_baseline([-1.0], base, Goal.MAXIMIZE) is None
    assert by_baseline([1.0], [0.1, 5.0, 9.0], Goal.MAXIMIZE) is None


def test_raw_values_of_different_kinds_are_not_averaged() -> None:
    assert why_not_averaged([ACCURACY, ACCURACY]) == ""
    assert "lower is better on some" in why_not_averaged([ACCURACY, LOSS])
    percent = MetricSpec("acc", "Accuracy", unit="%", goal=Goal.MAXIMIZE, scale=100)
    assert "different units (no unit, %)" in why_not_averaged([ACCURACY, percent])
    assert "not known" in why_not_averaged([MetricSpec("x", "x")])
    assert "different scales" in why_not_averaged(
        [percent, MetricSpec("a", "a", unit="%", goal=Goal.MAXIMIZE)]
    )


def suite(
    values: dict[str, list[list[float]]], spec: MetricSpec = ACCURACY, baseline: str | None = None
) -> Suite:
    """Runs of the methods, tasks named t0, t1, …; a NaN is a failed run."""
    runs = [
        run(
            f"{method}-{task}-{seed}",
            {"method": method, "task": f"t{task}", "seed": seed},
            {} if math.isnan(value) else {spec.name: value},
            status="failed" if math.isnan(value) else "finished",
        )
        for method, tasks in values.items()
        for task, found in enumerate(tasks)
        for seed, value in enumerate(found)
    ]
    count = max(len(tasks) for tasks in values.values())
    return collect_suite(
        runs,
        [Task(f"t{i}", spec, Bounds(0, 2)) for i in range(count)],
        lambda one: one.parameters["task"].text,
        lambda one: one.parameters["method"].text,
        baseline=baseline,
    )


def test_a_suite_is_ordered_by_mean_and_separates_only_what_is_apart() -> None:
    rng = np.random.default_rng(0)
    far, near, low = (
        [(level + 0.02 * rng.normal(size=5)).tolist() for _ in range(4)] for level in (0.9, 0.901, 0.5)
    )
    found = compare_suite(suite({"low": low, "far": far, "near": near}))
    assert [r.row.key for r in found.results][-1] == "low"
    assert [(r.place_low, r.place_high) for r in found.results] == [(1, 2), (1, 2), (3, 3)]
    assert "places 1–2 are not separated" in found.caption and "these 4 tasks" in found.caption
    best = found.results[0]
    assert (
        best.mean is not None
        and best.mean.method == "mean over tasks, 20 runs on 4 tasks, 95% stratified t interval"
    )
    assert best.iqm is not None and best.iqm.low is not None and best.iqm.low < best.iqm.value
    assert best.optimality_gap is None
    assert [e.n for e in best.by_task] == [5, 5, 5, 5]
    upside_down = compare_suite(suite({"low": low, "far": far}, LOSS))
    assert upside_down.results[0].row.key == "low"


def test_a_method_with_missing_runs_has_no_place_and_says_so() -> None:
    whole = [[0.5, 0.6, 0.7], [0.4, 0.5, 0.6]]
    found = compare_suite(suite({"broken": [[0.9, 0.95, math.nan], [0.9, 0.8, 0.85]], "whole": whole}))
    assert [r.row.key for r in found.results] == ["whole", "broken"]
    last = found.results[1]
    assert (last.place_low, last.place_high, last.row.missing) == (0, 0, 1)
    assert last.mean is not None and "the 5 of 6 runs that finished" in last.mean.method
    assert last.iqm is not None and last.iqm.low is None
    assert last.iqm.refusal == "5 runs over all tasks; an interval needs 20"


def test_a_method_without_runs_on_a_task_has_no_mean() -> None:
    found = compare_suite(suite({"part": [[0.9, 0.8, 0.7]], "whole": [[0.5, 0.6, 0.7], [0.4, 0.5, 0.6]]}))
    part = next(r for r in found.results if r.row.key == "part")
    assert part.mean is not None and math.isnan(part.mean.value)
    assert part.mean.refusal == "1 of 2 tasks have no run with a value"
    assert part.iqm is not None and math.isnan(part.iqm.value)


def test_a_suite_on_bounds_and_on_a_baseline() -> None:
    values = {"base": [[1.0, 1.1, 0.9], [2.0, 2.1, 1.9]], "other": [[1.1, 1.2, 1.0], [2.2, 2.3, 2.1]]}
    bounded = compare_suite(suite(values), Normalisation.BOUNDS)
    assert bounded.results[0].mean is not None
    assert bounded.results[0].mean.value == pytest.approx(0.825)
    assert bounded.results[0].optimality_gap is not None
    relative = compare_suite(suite(values, baseline="base"), Normalisation.BASELINE)
    assert relative.results[0].mean is not None
    assert relative.results[0].mean.value == pytest.approx(1.1)
    assert (
        compare_suite(suite(values), Normalisation.BASELINE).refusal == "there is no baseline to compare with"
    )
    lost = compare_suite(
        suite({**values, "base": [[1.0, 1.1], [2.0, 2.1]]}, baseline="base"), Normalisation.BASELINE
    )
    assert "base cannot be the measure on t0" in lost.refusal
    assert all(r.mean is None and r.scores == () for r in lost.results)


def test_no_interval_comes_with_the_reason() -> None:
    found = compare_suite(suite({"one": [[0.5], [0.6]], "same": [[0.5, 0.5], [0.6, 0.6]]}))
    reasons = {r.row.key: r.mean.refusal for r in found.results if r.mean is not None}
    assert reasons["one"].startswith("a task has a single run")
    assert reasons["same"] == "runs do not differ"
    assert stratified_bootstrap([], lambda rows: rows.mean(axis=1)) == [None]
