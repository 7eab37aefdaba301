"""Steps over builds, against published series, a slow independent implementation, and noise without any step."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runfolio.analysis.clipping import clip_isolated
from runfolio.analysis.max_t import best_cut, max_t_p
from runfolio.analysis.steps import History, find_steps, find_steps_of_all

PUBLISHED = json.loads((Path(__file__).parent / "histories" / "published.json").read_text())

#: Largest t that noise of so many builds passes in one of a hundred series.
CRITICAL = {8: 4.66, 10: 4.42, 12: 4.27, 15: 4.08, 20: 3.92, 30: 3.80, 40: 3.74, 60: 3.68, 100: 3.68}


def slow_cut(values: Sequence[float]) -> tuple[int, float]:
    """The best cut by asking scipy for Student's t of each."""
    found = [
        (abs(stats.ttest_ind(values[:k], values[k:], equal_var=True).statistic), k)
        for k in range(3, len(values) - 2)
    ]
    best = max(found, key=lambda item: item[0])
    return best[1], float(best[0])


def slow_clip(values: Sequence[float]) -> list[float]:
    """Clipping, one value after the other."""
    n = len(values)
    middle = [statistics.median(values[max(0, min(i - 2, n - 5)) :][:5]) for i in range(n)]
    left = [value - mid for value, mid in zip(values, middle, strict=True)]
    steps = [b - a for a, b in pairwise(values)]

    def deviation(some: Sequence[float]) -> float:
        mid = statistics.median(some)
        return 1.4826 * statistics.median(abs(x - mid) for x in some)

    reach = 4 * max(deviation(left), deviation(steps) / math.sqrt(2))
    out = [1 if x > reach else -1 if x < -reach else 0 for x in left]
    if out[0] == out[1]:
        out[0] = out[1] = 0
    if out[-1] == out[-2]:
        out[-1] = out[-2] = 0
    return [
        value if not side else mid + side * reach
        for value, mid, side in zip(values, middle, out, strict=True)
    ]


@pytest.mark.parametrize(("n", "critical"), CRITICAL.items())
def test_noise_reaches_the_critical_t_in_one_of_a_hundred_series(n: int, critical: float) -> None:
    """The smallest n has the widest spread: the table came from fewer series than are drawn here."""
    low, high = (max_t_p(critical * factor, n, draws=50_000) for factor in (1.02, 0.98))
    assert low < 0.0115 and high > 0.0085
    assert max_t_p(math.inf, n) == pytest.approx(1 / 10_000)


def test_the_nile_fell_after_1898() -> None:
    nile = PUBLISHED["nile"]
    found = find_steps(nile["values"])
    (step,) = found.steps
    assert (nile["first"] + step.last_before, nile["first"] + step.at) == (1898, 1899)
    assert (step.old, step.new) == pytest.approx((1097.75, 849.97222222))
    welch = stats.ttest_ind(nile["values"][28:], nile["values"][:28], equal_var=False).confidence_interval()
    assert (step.low, step.high) == pytest.approx((welch.low, welch.high), rel=1e-10)
    assert not found.is_possible_only and found.correlation == pytest.approx(0.1599, abs=5e-4)


def test_one_bad_build_does_not_move_the_first_step() -> None:
    """Build 10 alone reached 15,672; the level changed at 15, as other tools and the series' own drawing say."""
    values = PUBLISHED["tigerbeetle"]["values"]
    found = find_steps(values)
    assert 10 in found.clipped
    assert [step.at for step in found.steps][:4] == [15, 61, 71, 95]
    assert found.steps[0].old == pytest.approx(statistics.mean(values[:15]))


@given(st.integers(0, 2**32), st.integers(6, 40), st.floats(0, 5))
def test_the_best_cut_is_scipys(seed: int, n: int, size: float) -> None:
    random = np.random.default_rng(seed)
    values = random.standard_normal(n)
    values[n // 2 :] += size
    cut, t = best_cut(values.tolist())
    assert (cut, t) == pytest.approx(slow_cut(values), rel=1e-9)


@given(st.lists(st.one_of(st.floats(-10, 10), st.sampled_from([0.0, 1.0, 50.0])), min_size=5, max_size=40))
def test_clipping_is_the_slow_ones(values: list[float]) -> None:
    found, moved = clip_isolated(values)
    assert found == pytest.approx(slow_clip(values), abs=1e-12)
    assert set(moved) >= {i for i, value in enumerate(values) if found[i] != value}


def slow_steps(values: Sequence[float]) -> list[int]:
    """The whole segmentation by recursion over slow parts; noise from another generator."""

    def p_of(t: float, n: int) -> float:
        random = np.random.default_rng(999)
        noise = random.standard_normal((4000, n))
        k = np.arange(3, n - 2)
        best = np.zeros(4000)
        for cut in k:
            a, b = noise[:, :cut], noise[:, cut:]
            pooled = np.sqrt((a.var(axis=1) * cut + b.var(axis=1) * (n - cut)) / (n - 2))
            ratio = np.abs(a.mean(axis=1) - b.mean(axis=1)) / (pooled * np.sqrt(1 / cut + 1 / (n - cut)))
            best = np.maximum(best, ratio)
        return (1 + int((best >= t).sum())) / 4001

    def cuts(part: Sequence[float], offset: int) -> list[int]:
        if len(part) < 7:
            return []
        cut, t = slow_cut(part)
        if p_of(t, len(part)) > 0.01:
            return []
        return [*cuts(part[:cut], offset), offset + cut, *cuts(part[cut:], offset + cut)]

    return cuts(slow_clip(values), 0)


@pytest.mark.parametrize("seed", range(12))
def test_the_segmentation_is_the_slow_ones(seed: int) -> None:
    random = np.random.default_rng(seed)
    levels = np.repeat(random.choice([0.0, 6.0, -5.0, 12.0], 4), random.integers(4, 12, 4))
    values = (levels + random.standard_normal(len(levels))).tolist()
    assert [step.at for step in find_steps(values).steps] == slow_steps(values)


def heavy(random: np.random.Generator, n: int) -> np.ndarray:
    return random.standard_t(3, n)


def with_outliers(random: np.random.Generator, n: int) -> np.ndarray:
    return random.standard_normal(n) + 6 * random.choice([-1, 0, 1], n, p=[0.04, 0.92, 0.04])


def normal(random: np.random.Generator, n: int) -> np.ndarray:
    return random.standard_normal(n)


@pytest.mark.parametrize("n", [8, 12, 20, 40])
@pytest.mark.parametrize("noise", [normal, heavy, with_outliers])
def test_without_a_step_few_histories_get_one(
    n: int, noise: Callable[[np.random.Generator, int], np.ndarray]
) -> None:
    """One in a hundred is meant. Measured: .005 to .016 with normal noise, .019 with heavy tails, .024 among forty with outliers."""
    random = np.random.default_rng(n)
    alarms = sum(bool(find_steps(noise(random, n).tolist()).steps) for _ in range(2000))
    assert alarms / 2000 <= 0.03, alarms


@pytest.mark.parametrize(
    ("n", "after", "power"), [(8, 4, 0.77), (10, 3, 0.88), (12, 3, 0.90), (20, 3, 0.97), (20, 10, 1.0)]
)
def test_a_step_of_four_deviations_is_found(n: int, after: int, power: float) -> None:
    random = np.random.default_rng(n + after)
    found = 0
    for _ in range(600):
        values = random.standard_normal(n)
        values[n - after :] += 4
        found += any(abs(step.at - (n - after)) <= 1 for step in find_steps(values.tolist()).steps)
    assert found / 600 == pytest.approx(power, abs=0.06)


def test_of_many_histories_without_a_step_hardly_any_report_has_one() -> None:
    random = np.random.default_rng(7)
    reports = [
        find_steps_of_all([History(tuple(random.standard_normal(20))) for _ in range(50)]) for _ in range(40)
    ]
    alone = sum((item.p or 1) <= 0.01 for report in reports for item in report)
    assert alone >= 8, "without a correction about twenty would be called steps"
    assert sum(any(item.steps for item in report) for report in reports) <= 5


def test_correcting_leaves_a_large_step_among_a_thousand_histories() -> None:
    random = np.random.default_rng(8)
    quiet = [History(tuple(random.standard_normal(20))) for _ in range(999)]
    loud = History(tuple(np.concatenate([random.standard_normal(10), 8 + random.standard_normal(10)])))
    found = find_steps_of_all([*quiet, loud])
    assert [step.at for step in found[-1].steps] == [10]


def test_seven_builds_are_too_few_for_any_verdict() -> None:
    found = find_steps([1.0, 1.1, 0.9, 9.0, 9.1, 8.9, 9.0])
    assert found.refusal == "history too short: 7 builds, 8 needed"
    assert not found.steps and found.latest is None and found.p is None
    assert find_steps([]).refusal == "history too short: 0 builds, 8 needed"
    assert find_steps([math.nan, 1.0]).refusal == "history too short: 1 build, 8 needed"


def test_missing_builds_are_counted_and_the_blame_range_spans_them() -> None:
    values = [1.0, 1.1, 0.9, 1.05, 0.95, math.nan, math.inf, 9.0, 9.1, 8.9, 9.05]
    found = find_steps(values)
    assert (found.builds, found.missing) == (9, 2)
    (step,) = found.steps
    assert (step.last_before, step.at, step.builds_before, step.builds_after) == (4, 7, 5, 4)


def test_steps_below_the_threshold_are_taken_back_smallest_first() -> None:
    random = np.random.default_rng(1)
    values = np.repeat([0.0, 0.2, 2.0], 10) + 0.02 * random.standard_normal(30)
    assert [step.at for step in find_steps(values.tolist()).steps] == [10, 20]
    (step,) = find_steps(values.tolist(), threshold=0.5).steps
    assert step.at == 20 and step.builds_before == 20
    assert step.difference == pytest.approx(1.9, abs=0.05)
    assert not find_steps(values.tolist(), threshold=5).steps


def test_correlated_neighbours_make_a_step_a_possible_one() -> None:
    random = np.random.default_rng(3)
    drift = np.zeros(60)
    for i in range(1, 60):
        drift[i] = 0.9 * drift[i - 1] + random.standard_normal()
    found = find_steps(drift.tolist())
    assert found.steps and found.is_possible_only and found.correlation > 0.3
    independent = np.repeat([0.0, 9.0], 15) + random.standard_normal(30)
    assert not find_steps(independent.tolist()).is_possible_only


def test_below_twenty_builds_no_correlation_is_claimed() -> None:
    assert find_steps(np.repeat([0.0, 9.0], 9).tolist()).correlation is None


@pytest.mark.parametrize(("k", "deviations"), [(3, 4.97), (5, 3.04), (10, 2.37)])
def test_the_range_of_the_latest_build_is_the_prediction_interval(k: int, deviations: float) -> None:
    """Among at least eight builds: the level before the last k + 1 ones is far away."""
    random = np.random.default_rng(k)
    level = random.standard_normal(k)
    values = [*(100 + random.standard_normal(8)), *level, float(level.mean())]
    found = find_steps(values)
    assert [step.at for step in found.steps] == [8]
    latest = found.latest
    assert latest is not None and latest.builds == k
    assert (latest.high - latest.mean) / level.std(ddof=1) == pytest.approx(deviations, abs=0.006)
    assert not latest.is_outside


def test_one_build_far_away_is_outside_but_no_step() -> None:
    random = np.random.default_rng(5)
    found = find_steps([*random.standard_normal(12), 9.0])
    assert not found.steps and found.latest is not None and found.latest.is_outside
    assert found.latest.builds == 12


def test_equal_builds_have_no_spread_to_judge_by() -> None:
    same = find_steps([0.1] * 12)
    assert not same.steps and same.latest is not None and not same.latest.is_outside
    assert same.p == 1 and same.correlation is None
    moved = find_steps([0.1] * 11 + [0.2])
    assert not moved.steps and moved.latest is not None and moved.latest.is_outside
    level = find_steps([0.1] * 6 + [0.3] * 6)
    (step,) = level.steps
    assert step.at == 6 and step.low is None and step.high is None


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30))
def test_any_numbers_are_taken(values: list[float]) -> None:
    found = find_steps(values)
    assert found.builds + found.missing == len(values)
    assert all(math.isfinite(values[step.at]) for step in found.steps)


@given(
    st.integers(0, 2**32),
    st.floats(0.001, 1000),
    st.sampled_from([-1.0, 1.0]),
    st.floats(-1000, 1000),
)
def test_units_and_sign_do_not_move_a_step(seed: int, scale: float, sign: float, shift: float) -> None:
    random = np.random.default_rng(seed)
    values = np.concatenate([random.standard_normal(9), 7 + random.standard_normal(9)])
    plain = [step.at for step in find_steps(values.tolist()).steps]
    other = [step.at for step in find_steps((sign * scale * (values + shift)).tolist()).steps]
    assert plain == other
