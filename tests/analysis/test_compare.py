from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from analysis_runs import run
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.analysis.baseline import matching_groups
from runfolio.analysis.compare import (
    CompareOptions,
    Comparison,
    choose_baseline,
    compare_groups,
    compare_with,
)
from runfolio.analysis.difference import difference
from runfolio.analysis.estimate import estimate
from runfolio.analysis.group import GroupOptions, find_groups
from runfolio.analysis.judging import Candidate, judge_all
from runfolio.analysis.metrics import MetricOptions, metric_spec
from runfolio.analysis.rank import rank_intervals
from runfolio.analysis.verdict import judge
from runfolio.analysis.where import parse_where
from runfolio.model import Delta, Goal, Group, GroupResult, MetricSpec, Run, Verdict

ACC = metric_spec("acc", MetricOptions())
LOSS = metric_spec("loss", MetricOptions())
NEITHER = metric_spec("norm", MetricOptions())
PERCENT = metric_spec("acc", MetricOptions(unit="%", scale=100.0))
WIDE = [-0.63, -0.32, 0.0, 0.32, 0.63]
"""Five values with mean 0 and standard deviation 0.5."""


def around(mean: float, spread: float = 1.0, n: int = 5) -> list[float]:
    return [mean + spread * v for v in WIDE[:n]]


def verdict(a: Sequence[float], b: Sequence[float], spec: MetricSpec = ACC, **options: object) -> Delta:
    found = difference(estimate(a), estimate(b), spec)
    return judge(found, spec, options.pop("p", found.p), **options)  # type: ignore[arg-type]


def experiment(
    values: dict[str, Sequence[float]], **fields: object
) -> tuple[dict[str, Run], tuple[Group, ...]]:
    runs = [
        run(f"{model}-{i}", {"model": model, "seed": i}, {"acc": v, "loss": v, "norm": v})
        for model, seeds in values.items()
        for i, v in enumerate(seeds)
    ]
    return {r.run_id: r for r in runs}, find_groups(runs, GroupOptions()).groups


def compared(values: dict[str, Sequence[float]], spec: MetricSpec = ACC, **options: object) -> Comparison:
    runs, groups = experiment(values)
    return compare_groups(groups, runs, spec, groups[0], "first", CompareOptions(**options))  # type: ignore[arg-type]


def row(comparison: Comparison, label: str) -> GroupResult:
    return next(r for r in comparison.results if r.group.label == label)


def test_better_and_worse_with_size_interval_and_counts() -> None:
    found = verdict(around(91.2), around(90.0))
    assert found.verdict is Verdict.BETTER
    assert found.reason == "better by 1.2, 95% interval 0.5 to 1.9, n=5 and 5"
    mirrored = verdict(around(90.0), around(91.2))
    assert mirrored.reason == "worse by 1.2, 95% interval 0.5 to 1.9, n=5 and 5"
    assert (found.absolute, found.low) == pytest.approx((-mirrored.absolute, -(mirrored.high or 0)))


def test_lower_is_better_for_a_loss_and_unknown_directions_are_higher_or_lower() -> None:
    assert verdict(around(1.0, 0.1), around(2.0, 0.1), LOSS).verdict is Verdict.BETTER
    assert verdict(around(1.0, 0.1), around(2.0, 0.1), NEITHER).verdict is Verdict.LOWER
    assert verdict(around(2.0, 0.1), around(1.0, 0.1), NEITHER).reason.startswith("higher by 1.00")


def test_differences_in_percent_are_points_and_shown_in_shown_units() -> None:
    found = verdict(around(0.912, 0.01), around(0.900, 0.01), PERCENT)
    assert found.reason == "better by 1.2 points, 95% interval 0.5 to 1.9, n=5 and 5"
    assert found.absolute == pytest.approx(0.012)


def test_no_clear_difference_says_what_is_still_possible() -> None:
    found = verdict(around(90.35), around(90.0), PERCENT)
    assert found.verdict is Verdict.NO_CLEAR_DIFFERENCE
    assert found.reason == "the difference is between −40 and +110 points, n=5 and 5"


def test_an_interval_that_includes_zero_is_seen_to() -> None:
    b = around(90.0)
    half = (difference(estimate(b), estimate(b), ACC).high or 0) * 0.98
    found = verdict([v + half for v in b], b)
    assert found.low is not None
    assert -0.05 < found.low < 0
    assert "between −0.01 and +1.44" in found.reason


def test_fewer_than_three_runs_are_too_few_and_have_no_interval() -> None:
    found = verdict([1.0, 1.1], around(0.5))
    assert (found.verdict, found.reason) == (Verdict.TOO_FEW_RUNS, "2 and 5 runs; at least 3 each")
    assert (found.low, found.high, found.p, found.p_adjusted) == (None, None, None, None)
    assert found.absolute == pytest.approx(0.55)


def test_identical_runs_are_not_judged() -> None:
    found = verdict([0.9] * 5, [0.8] * 5)
    assert found.verdict is Verdict.NOT_JUDGED
    assert found.reason == "runs are identical; the seed seems to have no effect, or they are copies"


def test_blocked_comes_first() -> None:
    found = verdict([1.0], [2.0], blocked="2 of 5 runs diverged")
    assert (found.verdict, found.reason) == (Verdict.NOT_JUDGED, "2 of 5 runs diverged")


@pytest.mark.parametrize(
    ("gap", "threshold", "word", "qualifier"),
    [
        (3.0, 1.0, Verdict.BETTER, ""),
        (1.2, 1.0, Verdict.BETTER, "maybe by less than 1"),
        (1.2, 5.0, Verdict.BETTER, "by less than 5"),
        (-1.2, 1.0, Verdict.WORSE, "maybe by less than 1"),
        (0.1, 1.0, Verdict.EQUIVALENT, "within ±1"),
        (0.1, 0.5, Verdict.NO_CLEAR_DIFFERENCE, ""),
    ],
)
def test_the_smallest_difference_that_matters(
    gap: float, threshold: float, word: Verdict, qualifier: str
) -> None:
    spec = metric_spec("acc", MetricOptions(threshold=threshold))
    found = verdict(around(90 + gap), around(90), spec)
    assert (found.verdict, found.qualifier) == (word, qualifier)


def test_equivalence_needs_the_ninety_percent_interval_inside() -> None:
    spec = metric_spec("acc", MetricOptions(threshold=1.0))
    base = difference(estimate(around(0.0)), estimate(around(0.0)), spec)
    assert base.high90 is not None
    assert base.high is not None
    spec = metric_spec("acc", MetricOptions(threshold=(base.high90 + base.high) / 2))
    assert verdict(around(0.0), around(0.0), spec).verdict is Verdict.EQUIVALENT
    tight = metric_spec("acc", MetricOptions(threshold=base.high90 * 0.99))
    assert verdict(around(0.0), around(0.0), tight).verdict is Verdict.NO_CLEAR_DIFFERENCE


def test_correction_and_disagreement_are_said() -> None:
    alone = verdict(around(90.8), around(90.0), p=0.3, family=12)
    assert alone.verdict is Verdict.NO_CLEAR_DIFFERENCE
    assert alone.reason.endswith("excludes 0 on its own, not after correcting for 12 comparisons")
    torn = verdict(around(90.8), around(90.0), tests_disagree=True)
    assert (torn.verdict, torn.qualifier) == (Verdict.NO_CLEAR_DIFFERENCE, "tests disagree")


def test_relative_differences_only_over_a_baseline_that_is_not_zero() -> None:
    assert verdict(around(12, 0.1), around(10, 0.1)).relative == pytest.approx(0.2)
    assert verdict(around(0.4), around(0.3)).relative is None
    assert verdict(around(-12, 0.1), around(-10, 0.1)).relative == pytest.approx(-0.2)
    assert verdict(around(12, 0.1), [10.0, 10.1]).relative is None
    times = metric_spec("fit_seconds", MetricOptions())
    assert verdict([1.0, 4.0, 2.0], [0.5, 2.0, 1.0], times).relative is None
    assert verdict([2.0, 2.2, 2.4], [1.0, 1.1, 1.2], times).relative == pytest.approx(1.0)


finite = st.lists(st.floats(-100, 100).map(lambda x: round(x, 2)), min_size=3, max_size=7)


@settings(deadline=None)
@given(finite, finite)
def test_verdicts_mirror_when_sides_or_goals_swap(a: list[float], b: list[float]) -> None:
    mirror = {Verdict.BETTER: Verdict.WORSE, Verdict.WORSE: Verdict.BETTER}
    down = metric_spec("acc", MetricOptions(goal=Goal.MINIMIZE))

    def word(x: list[float], y: list[float], spec: MetricSpec) -> Verdict:
        sides = (Candidate(Group(n, n, (), ()), estimate(v)) for n, v in (("a", x), ("b", y)))
        return judge_all([tuple(sides)], {}, spec)[0].verdict  # type: ignore[list-item]

    forward = word(a, b, ACC)
    assert word(b, a, ACC) is mirror.get(forward, forward)
    assert word(a, b, down) is mirror.get(forward, forward)
    assert word([-v for v in a], [-v for v in b], down) is forward


@pytest.mark.parametrize("n", [3, 5, 8])
def test_halves_of_one_population_seldom_get_a_winner(n: int) -> None:
    draws = np.random.default_rng(11).normal(0.9, 0.02, size=(2000, 2, n))
    clear = 0
    for a, b in draws.tolist():
        sides = tuple(Candidate(Group(g, g, (), ()), estimate(v)) for g, v in (("a", a), ("b", b)))
        clear += judge_all([sides], {}, ACC)[0].verdict.is_clear  # type: ignore[list-item]
    assert clear / 2000 <= 0.06


def test_many_candidates_that_are_all_alike_seldom_give_a_winner() -> None:
    draws = np.random.default_rng(12).normal(size=(200, 11, 5)).tolist()
    winners = 0
    for groups in draws:
        base, *others = (Candidate(Group("g", "g", (), ()), estimate(v)) for v in groups)
        winners += any(d.verdict.is_clear for d in judge_all([(c, base) for c in others], {}, ACC))
    assert winners / 200 <= 0.08


def test_rows_are_best_first_and_corrected_together() -> None:
    found = compared({"base": around(1), "good": around(9), "bad": around(-5), "near": around(1.2)})
    assert [r.group.label for r in found.results] == ["good", "near", "base", "bad"]
    assert row(found, "base").delta is None
    good = row(found, "good").delta
    assert good is not None
    assert good.verdict is Verdict.BETTER
    raw = sorted(r.delta.p or 0 for r in found.results if r.delta)
    assert good.p_adjusted == pytest.approx(max((3 - raw.index(good.p or 0)) * (good.p or 0), 3 * raw[0]))
    assert found.caption == (
        "Ordered by mean, best first. Differences to base with 95% intervals; Welch's t test, "
        "Holm's correction over 3 comparisons."
    )
    assert [r.group.label for r in compared({"a": around(1), "b": around(9)}, LOSS).results] == ["a", "b"]


def test_the_leader_is_called_best_only_when_alone_in_first_place() -> None:
    clear = compared({"base": around(1), "good": around(9), "bad": around(-5)})
    assert clear.leader_is_best
    assert clear.lead is not None
    assert clear.lead.verdict is Verdict.BETTER
    assert (clear.tied_best, clear.power_note) == ((), "")
    tied = compared({"base": around(1), "good": around(1.4), "bad": around(-5)})
    assert not tied.leader_is_best
    assert tied.leader is not None
    assert tied.runner_up is not None
    assert (tied.leader.group.label, tied.runner_up.group.label, tied.tied_best) == (
        "good",
        "base",
        ("base",),
    )
    assert [(r.rank_low, r.rank_high) for r in tied.results] == [(1, 2), (1, 2), (3, 3)]
    assert "places 1–2 are not separated" in tied.caption
    assert (
        tied.power_note
        == "To show a difference of this size in four of five tries would take about 26 runs on each side"
    )


def test_single_runs_lead_without_a_verdict() -> None:
    found = compared({"a": [1.0], "b": [2.0]})
    assert found.leader is not None
    assert found.lead is not None
    assert (found.leader.group.label, found.lead.verdict, found.tied_best) == ("b", Verdict.TOO_FEW_RUNS, ())
    assert not found.leader_is_best
    assert "correction" not in found.caption


def test_without_a_direction_nothing_leads() -> None:
    found = compared({"a": around(1), "b": around(9)}, NEITHER)
    assert found.leader is None
    assert [r.group.label for r in found.results] == ["b", "a"]
    assert [(r.rank_low, r.rank_high) for r in found.results] == [(0, 0), (0, 0)]
    assert found.caption.startswith("Ordered by mean, highest first; which way is better is not known.")


def test_groups_with_missing_runs_stand_at_their_worst_value_and_are_not_judged() -> None:
    found = compared(
        {
            "base": around(1),
            "good": around(9),
            "torn": [20, 21, math.nan, math.inf, 0.0],
            "gone": [math.nan] * 3,
        }
    )
    assert [r.group.label for r in found.results] == ["good", "base", "torn", "gone"]
    torn = row(found, "torn")
    assert torn.delta is not None
    assert (torn.delta.verdict, torn.delta.reason) == (Verdict.NOT_JUDGED, "2 of 5 runs diverged")
    assert torn.delta.p is None
    assert (torn.rank_low, torn.rank_high, torn.estimate.n) == (0, 0, 3)
    assert found.leader is not None
    assert found.leader.group.label == "good"
    assert "torn: 2 of 5 runs diverged; shown is the mean of the other 3" in found.remarks
    assert "gone: 3 of 3 runs diverged" in found.remarks


def test_a_baseline_with_missing_runs_judges_nobody() -> None:
    found = compared({"base": [1.0, 1.1, math.nan], "good": around(9), "torn": [1.0, math.nan]})
    good, torn = row(found, "good").delta, row(found, "torn").delta
    assert good is not None
    assert torn is not None
    assert (good.verdict, good.reason) == (Verdict.NOT_JUDGED, "base: 1 of 3 runs diverged")
    assert torn.reason == "1 of 2 runs diverged; base: 1 of 3 runs diverged"


def test_how_runs_ended_is_counted_in_words() -> None:
    runs = [
        run("a", {"m": "x"}, {"acc": 1.0}, status="failed"),
        run("b", {"m": "x"}, {"acc": 1.0}, status="running"),
        run("c", {"m": "x"}, {"acc": 1.0}, status="running"),
        run("d", {"m": "x"}, {"loss": 1.0}),
        run("e", {"m": "x"}, {"acc": math.nan}),
        run("f", {"m": "x"}, {"acc": 1.0}, status="interrupted"),
        *(run(f"g{i}", {"m": "y"}, {"acc": v}) for i, v in enumerate(around(1))),
    ]
    groups = find_groups(runs, GroupOptions()).groups
    found = compare_groups(groups, {r.run_id: r for r in runs}, ACC, groups[1], "", CompareOptions())
    delta = row(found, "x").delta
    assert delta is not None
    assert delta.reason == (
        "1 of 6 runs diverged, 1 failed, 1 was interrupted, 2 are still running, 1 did not log the metric"
    )


def test_pairs_only_when_asked_and_only_from_five() -> None:
    noise = [0.0, 3.0, -2.0, 5.0, 1.0, -4.0]
    a, b = (
        [10 + v for v in noise],
        [9 + v + e for v, e in zip(noise, (0.1, -0.1, 0.2, 0.0, -0.2, 0.05), strict=True)],
    )
    unpaired = row(compared({"b": b, "a": a}), "a").delta
    paired = row(compared({"b": b, "a": a}, paired_by="seed"), "a").delta
    assert unpaired is not None
    assert paired is not None
    assert (unpaired.verdict, paired.verdict) == (Verdict.NO_CLEAR_DIFFERENCE, Verdict.BETTER)
    assert paired.method == "paired t test, 6 pairs"
    both = compared({"b": b, "a": a}, paired_by="seed")
    assert both.leader_is_best, "places come from the test that the verdicts come from"
    assert [(item.rank_low, item.rank_high) for item in both.results] == [(1, 1), (2, 2)]
    assert "paired t test" in both.caption and "Welch" not in both.caption
    assert not compared({"b": b, "a": a}).leader_is_best
    assert '`paired_by = "seed"` compares pairs' in compared({"b": b, "a": a}).remarks[-1]
    few = compared({"b": b[:4], "a": a[:4]}, paired_by="seed")
    assert few.remarks == (
        "a: not paired, fewer than 5 runs have a partner with the same seed; Welch's t test instead",
    )


def test_equal_spread_is_an_option_that_is_named() -> None:
    found = compared({"b": around(1, n=3), "a": around(9, n=3)}, equal_spread=True)
    delta = row(found, "a").delta
    assert delta is not None
    assert delta.method == "Student t test, equal spread assumed, 4 degrees of freedom"
    assert "Student's t test, equal spread assumed" in found.caption


def test_a_clear_t_test_that_permutation_does_not_confirm_is_not_clear() -> None:
    darwin = "23.5 12 21 22 19.125 21.5 22.125 20.375 18.25 21.625 23.25 21 22.125 23 12"
    selfed = "17.375 20.375 20 20 18.375 18.625 18.625 15.25 16.5 18 16.25 18 12.75 15.5 18"
    values = {"selfed": [float(v) for v in selfed.split()], "crossed": [float(v) for v in darwin.split()]}
    delta = row(compared(values, paired_by="seed"), "crossed").delta
    assert delta is not None
    assert delta.p == pytest.approx(0.0497, abs=5e-5)
    assert (delta.verdict, delta.qualifier) == (Verdict.NO_CLEAR_DIFFERENCE, "tests disagree")


def test_unequal_numbers_of_runs_are_remarked() -> None:
    found = compared({"a": [1.0, 1.1, 1.3], "b": [*around(2), *around(2.1)]})
    assert "Groups have 3 to 10 runs" in found.remarks[0]


def test_places_of_many_groups_are_against_the_leader_alone() -> None:
    estimates = [estimate(around(40.0 - i)) for i in range(35)]
    found = rank_intervals(estimates, ACC)
    assert found[0][0] == 1
    assert found[0][1] == 35 - sum(low == 2 for low, _ in found)
    assert found[-1] == (2, 35)
    assert rank_intervals(estimates[:3], NEITHER) == [(0, 0)] * 3
    assert rank_intervals([], ACC) == []


def tagged_experiment() -> tuple[dict[str, Run], tuple[Group, ...]]:
    runs = [
        run(
            f"{m}-{i}",
            {"model": m, "seed": i},
            {"acc": 1.0 if m != "torn" else math.nan},
            tags=("Baseline",) if m == "cnn" else (),
        )
        for m, i in product(("torn", "mlp", "cnn"), range(3))
    ]
    return {r.run_id: r for r in runs}, find_groups(runs, GroupOptions()).groups


def test_the_baseline_is_configured_else_tagged_else_the_first_complete_one() -> None:
    runs, groups = tagged_experiment()
    torn, mlp, cnn = groups
    mlps = parse_where("model == 'mlp'")
    assert choose_baseline(groups, runs, mlps, ACC) == (mlp, "configured: model == 'mlp'")
    assert choose_baseline(groups, runs, None, ACC) == (cnn, "tagged `baseline`")
    plain = {i: run(i, {}, {}) if i.startswith("torn") else r for i, r in runs.items()}
    assert choose_baseline((torn, mlp), plain, None, ACC) == (
        mlp,
        "the first configuration whose runs all finished",
    )
    assert choose_baseline((mlp, torn), plain, None, ACC) == (mlp, "the first configuration")
    nobody = parse_where("model == 'resnet'")
    assert choose_baseline(groups, runs, nobody, ACC)[1] == (
        "no run matches the configured baseline (model == 'resnet'); tagged `baseline`"
    )
    assert matching_groups(groups, runs, nobody) == []
    every = parse_where("seed == 1 or model == 'mlp'")
    assert choose_baseline(groups, runs, every, ACC)[0] == mlp
    assert choose_baseline((), {}, None, ACC) == (None, "there is nothing to compare")


def test_a_comparison_without_groups_or_baseline_is_empty_not_an_error() -> None:
    found = compare_groups((), {}, ACC, None, "", CompareOptions())
    assert (found.results, found.leader, found.remarks) == ((), None, ())
    runs, groups = experiment({"a": around(1)})
    assert compare_groups(groups, runs, ACC, None, "", CompareOptions()).results[0].delta is None


def test_extreme_values_do_not_stop_a_comparison() -> None:
    for values in (
        [1e308, -1e308, 1e308],
        [1e-320, 2e-320, 0.0],
        [1e20, 1e20 + 2e5, 1e20],
        [0.0, 0.0, 5e-324],
    ):
        found = compared({"a": values, "b": around(1)})
        assert len(found.results) == 2


@pytest.mark.parametrize(
    "options", [CompareOptions(), CompareOptions(paired_by="seed"), CompareOptions(equal_spread=True)]
)
def test_two_groups_alone_are_compared_as_among_all(options: CompareOptions) -> None:
    draw = np.random.default_rng(3)
    values = {f"m{i}": [float(v) for v in draw.normal(i % 4, 1, 5 + i % 3)] for i in range(9)}
    values["few"] = [1.0, 2.0]
    values["diverged"] = [1.0, math.nan, 2.0, 3.0]
    runs, groups = experiment(values)
    everything = compare_groups(groups, runs, ACC, groups[2], "chosen", options)
    for found in everything.results:
        if found.group.group_id != groups[2].group_id:
            ours, base, delta = compare_with(found.group, groups, runs, ACC, groups[2], options)
            assert delta == found.delta
            assert (ours.value, base.n) == (found.estimate.value, len(values[groups[2].label]))
