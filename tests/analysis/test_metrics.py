from __future__ import annotations

import math
from dataclasses import replace

import pytest
from analysis_runs import run, summary

from runfolio.analysis.direction import goal_of
from runfolio.analysis.metrics import MetricOptions, metric_spec, metric_specs, primary_metric
from runfolio.analysis.select import Outcome, outcome_of, value_of
from runfolio.model import Goal, MetricHint, Reduction


@pytest.mark.parametrize(
    "name",
    [
        "val/acc",
        "accuracy",
        "test.accuracy",
        "F1",
        "f1",
        "F1Score",
        "macroF1",
        "R2",
        "r2_score",
        "mean_reward",
        "episode_rewards",
        "rollout/return",
        "val_auc",
        "top5_acc",
        "acc@1",
        "acc_top5",
        "samples_per_sec",
        "tokens/per_second",
        "time/fps",
        "valAccuracy",
        "success_rate",
        "PSNR",
        "recall",
        "test_score_mean",
        "win-rate",
        "loss_accuracy",
    ],
)
def test_higher_is_better(name: str) -> None:
    assert goal_of(name) is Goal.MAXIMIZE


@pytest.mark.parametrize(
    "name",
    [
        "loss",
        "val/loss",
        "train_loss_epoch",
        "trainLoss",
        "lossTotal",
        "error_rate",
        "valErr",
        "RMSE",
        "val_MSE",
        "perplexity",
        "ppl",
        "latency_ms",
        "step_time",
        "fit_time",
        "wall_seconds",
        "sec_per_step",
        "loss_per_token",
        "gpu.memory",
        "value_loss",
        "entropy_loss",
        "reward_loss",
        "score_time",
        "fid50k",
        "kl_loss",
        "losses",
    ],
)
def test_lower_is_better(name: str) -> None:
    assert goal_of(name) is Goal.MINIMIZE


@pytest.mark.parametrize(
    "name",
    [
        "lr",
        "step",
        "epoch",
        "grad_norm",
        "loss_scale",
        "loss_weight",
        "entropy",
        "kl",
        "temperature",
        "rate",
        "hit_rate",
        "error_recovery_rate",
        "classification",
        "accordion",
        "blossom",
        "reward_std",
        "total_timesteps",
        "x",
        "fraction",
        "calls",
        "precise",
        "数",
        "train/approx_kl",
    ],
)
def test_unmatched_and_ambiguous_names_have_no_direction(name: str) -> None:
    assert goal_of(name) is Goal.NONE


def test_configuration_beats_the_name() -> None:
    options = MetricOptions("Accuracy", "%", Goal.MINIMIZE, 100.0, 0.01, Reduction.TAIL, False)
    spec = metric_spec("acc", options)
    assert (spec.label, spec.unit, spec.goal, spec.scale, spec.threshold, spec.reduction) == (
        "Accuracy",
        "%",
        Goal.MINIMIZE,
        100.0,
        0.01,
        Reduction.TAIL,
    )


@pytest.mark.parametrize(
    ("name", "unit", "is_time"),
    [
        ("val/acc", "", False),
        ("train_seconds", "s", True),
        ("epoch_time_s", "s", True),
        ("s", "", False),
        ("latency_ms", "ms", False),
        ("peak_bytes", "bytes", False),
        ("samples_per_sec", "", False),
        ("gpu_mem_GiB", "GiB", False),
    ],
)
def test_units_come_from_the_last_word(name: str, unit: str, is_time: bool) -> None:
    spec = metric_spec(name, MetricOptions())
    assert (spec.label, spec.unit, spec.is_time) == (name, unit, is_time)


def test_specs_keep_the_order_of_first_appearance() -> None:
    runs = [run("a", {}, {"loss": 1.0, "acc": 0.5}), run("b", {}, {"time_s": 1.0, "loss": 2.0})]
    assert list(metric_specs(runs, {})) == ["loss", "acc", "time_s"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["lr", "train/loss", "train/acc", "val/loss", "val/acc", "step_time"], "val/acc"),
        (["train/acc", "val/loss"], "val/loss"),
        (["time_s", "loss"], "loss"),
        (["samples_per_sec", "grad_norm", "loss"], "loss"),
        (["grad_norm", "lr"], "grad_norm"),
        ([], None),
    ],
)
def test_primary_metric_without_configuration(names: list[str], expected: str | None) -> None:
    runs = [run("a", {}, dict.fromkeys(names, 1.0))]
    assert primary_metric(runs, metric_specs(runs, {}), None) == expected


def test_primary_metric_as_configured_else_the_first_configured_else_what_most_runs_log() -> None:
    runs = [run("a", {}, {"loss": 1.0, "val/acc": 0.1}), *(run(f"{i}", {}, {"loss": 1.0}) for i in range(2))]
    specs = metric_specs(runs, {})
    assert primary_metric(runs, specs, None) == "loss"
    assert primary_metric(runs, specs, "val/acc") == "val/acc"
    assert primary_metric(runs, specs, "unknown") == "loss"
    assert (
        primary_metric(runs, specs, None, {"gone": MetricOptions(), "val/acc": MetricOptions()}) == "val/acc"
    )


def test_value_follows_the_reduction() -> None:
    one = run("a", {}, {"loss": summary(3.0, minimum=1.0, maximum=5.0, mean_of_tail=3.5)})
    found = [value_of(one, metric_spec("loss", MetricOptions(reduction=r))) for r in Reduction]
    assert found == [3.0, 3.5, 1.0, 5.0]
    assert math.isnan(value_of(one, metric_spec("acc", MetricOptions())))


LOSS = metric_spec("loss", MetricOptions())
ACC = metric_spec("acc", MetricOptions())


@pytest.mark.parametrize(
    ("status", "metrics", "outcome"),
    [
        ("finished", {"acc": 0.9}, Outcome.OK),
        ("running", {"acc": math.nan}, Outcome.RUNNING),
        ("failed", {"acc": 0.9}, Outcome.FAILED),
        ("failed", {"acc": 0.9, "loss": math.nan}, Outcome.DIVERGED),
        ("failed", {"acc": 0.9, "grad_norm": math.nan}, Outcome.FAILED),
        ("finished", {"acc": 0.9, "loss": math.nan}, Outcome.OK),
        ("failed", {"acc": math.inf}, Outcome.DIVERGED),
        ("interrupted", {"acc": 0.9}, Outcome.INTERRUPTED),
        ("finished", {"loss": 0.9}, Outcome.NOT_LOGGED),
        ("failed", {}, Outcome.FAILED),
    ],
)
def test_outcomes(status: str, metrics: dict[str, float], outcome: Outcome) -> None:
    assert outcome_of(run("a", {}, metrics, status=status), ACC) is outcome


@pytest.mark.parametrize(
    ("fields", "diverged"),
    [
        ({"last": 50.0, "first": 2.0, "minimum": 0.1, "median_absolute_deviation": 0.5}, True),
        ({"last": 5.9, "first": 2.0, "minimum": 0.1, "median_absolute_deviation": 0.5}, False),
        ({"last": 50.0, "first": 60.0, "minimum": 0.1, "median_absolute_deviation": 0.5}, False),
        ({"last": 50.0, "first": 2.0, "minimum": -5.0, "median_absolute_deviation": 0.5}, False),
        ({"last": 50.0, "first": 2.0, "minimum": 0.1, "median_absolute_deviation": math.nan}, True),
    ],
)
def test_a_loss_far_above_where_it_had_been_has_diverged(fields: dict[str, float], diverged: bool) -> None:
    one = run("a", {}, {"loss": summary(**fields), "acc": summary(**fields)})
    assert (outcome_of(one, LOSS) is Outcome.DIVERGED) is diverged
    assert outcome_of(one, ACC) is Outcome.OK


class TestHints:
    def test_a_hint_stands_above_the_name_and_below_the_configuration(self) -> None:
        hinted = replace(
            run("a", metrics={"acc": 1.0}), metric_hints={"acc": MetricHint("ms", Goal.MINIMIZE)}
        )
        spec = metric_specs([hinted], {})["acc"]
        assert (spec.unit, spec.goal, spec.is_time) == ("ms", Goal.MINIMIZE, False)
        spec = metric_specs([hinted], {"acc": MetricOptions(goal=Goal.MAXIMIZE)})["acc"]
        assert (spec.unit, spec.goal) == ("ms", Goal.MAXIMIZE)
        spec = metric_specs([hinted], {"acc": MetricOptions(unit="%")})["acc"]
        assert (spec.unit, spec.goal) == ("%", Goal.MINIMIZE)

    def test_seconds_are_durations(self) -> None:
        hinted = replace(run("a", metrics={"sort": 1.0}), metric_hints={"sort": MetricHint("s")})
        spec = metric_specs([hinted], {})["sort"]
        assert (spec.unit, spec.is_time, spec.goal) == ("s", True, Goal.NONE)

    def test_runs_that_contradict_each_other_say_nothing(self) -> None:
        runs = [
            replace(run(unit, metrics={"loss": 1.0}), metric_hints={"loss": MetricHint(unit, Goal.MINIMIZE)})
            for unit in ("ms", "s")
        ]
        spec = metric_specs([*runs, run("c", metrics={"loss": 1.0})], {})["loss"]
        assert (spec.unit, spec.goal) == ("", Goal.MINIMIZE)
