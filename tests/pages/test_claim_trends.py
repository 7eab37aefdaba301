"""Claims about a metric over builds, from the runs to the sentence."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from built import START, make_run
from claimed import claim_of, judged

from runfolio.analysis.builds import HistoryOptions
from runfolio.analysis.claim import Outcome
from runfolio.analysis.metrics import MetricOptions
from runfolio.errors import ConfigError
from runfolio.model import GitState, Run

FALLS = 'is = "does not fall"\nmetric = "acc"\n'
BY = {"history": HistoryOptions(by="build")}


def builds(values: Any, metric: str = "acc", model: str = "mlp", seeds: int = 2) -> list[Run]:
    return [
        make_run(
            f"{model}-{metric}-{at}-{seed}",
            {metric: float(value) + 0.001 * seed},
            parameters={"model": model, "build": at, "seed": seed},
            started_at=START + timedelta(hours=at),
        )
        for at, value in enumerate(values, 1)
        for seed in range(seeds)
    ]


def noisy(*levels: float, each: int = 8) -> Any:
    random = np.random.default_rng(1)
    return np.repeat(levels, each) + 0.005 * random.standard_normal(each * len(levels))


def test_a_step_is_named_with_the_builds_between_which_its_cause_lies() -> None:
    found = judged(FALLS, builds(noisy(0.9, 0.7)), **BY)
    assert found.outcome is Outcome.DOES_NOT_HOLD
    assert found.sentence == "acc does not fall over builds"
    assert re.match(
        r"fell by 0\.20\d* at build 9 \(0\.9\d* → 0\.7\d*\), between 8 and 9; 8 builds before, 8 after",
        found.reason,
    )
    assert "after selecting the step" in found.reason
    assert found.step is not None and (found.step.after, found.step.build) == ("8", "9")
    assert (found.experiment, len(found.run_ids)) == ("study", 32)


@pytest.mark.parametrize(
    ("text", "values", "outcome", "says"),
    [
        (FALLS, noisy(0.7, 0.9), "holds", "1 step in 16 builds; no earlier level is clearly higher than the one since build 9"),
        (FALLS, noisy(0.9), "undecided", "at least"),
        (FALLS, noisy(0.9, each=14), "holds", "no step in 14 builds"),
        (FALLS, [*noisy(0.9, each=4), *noisy(0.7), *noisy(0.9, each=24)], "holds", "2 steps in 36 builds"),
        (FALLS, noisy(0.9, 0.7, 0.8), "does not hold", "1 later step did not make it good"),
        ('is = "does not rise"\nmetric = "acc"', noisy(0.9, 0.7), "holds", "no earlier level is clearly lower"),
        ('is = "does not rise"\nmetric = "acc"', noisy(0.7, 0.9), "does not hold", "rose by"),
        ('is = "does not worsen"\nmetric = "acc"', noisy(0.9, 0.7), "does not hold", "fell by"),
        (FALLS + "by = 0.5", noisy(0.9, 0.7), "holds", "1 step in 16 builds"),
        (FALLS + "by = 0.2", noisy(0.9, 0.7), "undecided", "whether the level now is more than 0.2 away is not clear"),
        (FALLS, [*noisy(0.9, each=14), 0.1], "holds",
         "the latest build is outside the range expected from the last 14; one build, unconfirmed"),
        (FALLS, [*noisy(0.9, each=14), 1.7], "holds", "no step in 15 builds"),
    ],
)  # fmt: skip
def test_outcomes_and_reasons(text: str, values: Any, outcome: str, says: str) -> None:
    if says == "at least":
        values, says = values[:6], "history too short: 6 builds, 8 needed"
    found = judged(text, builds(values), **BY)
    assert str(found.outcome) == outcome
    assert says in found.reason
    assert not re.search(r"regress|significan|no difference|\btrend\b", found.sentence + found.reason)
    assert found.more_builds == (2 if outcome == "undecided" and "short" in says else None)


def test_without_a_metric_every_history_is_asked_and_the_step_is_named_with_its_own() -> None:
    runs = [*builds(noisy(0.9, 0.9)), *builds(noisy(1.0, 2.0), metric="loss", model="tree")]
    found = judged('is = "does not worsen"', runs, **BY)
    assert found.outcome is Outcome.DOES_NOT_HOLD
    assert found.sentence == "No metric gets worse over builds"
    assert found.reason.startswith("loss, tree: rose by")
    assert found.step is not None and (found.step.metric, found.step.configuration) == ("loss", "tree")
    quiet = judged('is = "does not worsen"', builds(noisy(0.9, 0.9)), **BY)
    assert quiet.outcome is Outcome.HOLDS


def test_a_filter_picks_configurations_and_never_some_of_their_builds() -> None:
    runs = [*builds(noisy(0.9, 0.7)), *builds(noisy(0.9, 0.9), model="tree")]
    assert judged(FALLS + "group = \"model == 'tree'\"", runs, **BY).outcome is Outcome.HOLDS
    bad = judged(FALLS + "group = \"model == 'mlp'\"", runs, **BY)
    assert (bad.outcome, bad.sentence) == (Outcome.DOES_NOT_HOLD, "acc of mlp does not fall over builds")
    some = judged(FALLS + 'group = "build > 8"', runs, **BY)
    assert some.outcome is Outcome.UNDECIDED and "a claim takes all replicates" in some.reason


def test_a_step_may_be_accepted() -> None:
    runs = builds(noisy(0.9, 0.7))
    assert judged(FALLS + 'since_build = "8"', runs, **BY).outcome is Outcome.DOES_NOT_HOLD
    found = judged(FALLS + 'since_build = "9"', runs, **BY)
    assert (found.outcome, found.sentence) == (Outcome.HOLDS, "acc does not fall since build 9")
    assert found.reason == "no step since build 9 in 16 builds"
    with pytest.raises(ConfigError, match="`study` has no build `91`"):
        judged(FALLS + 'since_build = "91"', runs, **BY)


def test_a_commit_may_be_named_by_its_beginning() -> None:
    runs = [
        make_run(f"r{at}", {"acc": float(value)}, git=GitState(f"{at:x}" * 40), parameters={"lr": 1},
                 started_at=START + timedelta(hours=at))
        for at, value in enumerate(noisy(0.9, 0.7), 0)
    ]  # fmt: skip
    assert judged(FALLS, runs).outcome is Outcome.DOES_NOT_HOLD
    assert judged(FALLS + 'since_build = "888"', runs).outcome is Outcome.HOLDS
    assert judged(FALLS + 'since_build = "777"', runs).outcome is Outcome.DOES_NOT_HOLD


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(ConfigError, match="metric `ac` is not logged; nearest: `acc`"):
        judged('is = "does not fall"\nmetric = "ac"', builds(noisy(0.9)), **BY)
    assert (
        judged('open = true\nis = "does not fall"\nmetric = "ac"', builds(noisy(0.9)), **BY).outcome
        is Outcome.OPEN
    )
    none = judged(FALLS, [make_run("a", {"acc": 1.0}), make_run("b", {"acc": 1.0})])
    assert none.outcome is Outcome.UNDECIDED and "belong to no builds" in none.reason
    nobody = judged('is = "does not worsen"\nmetric = "thing"', builds(noisy(0.9), metric="thing"), **BY)
    assert nobody.outcome is Outcome.UNDECIDED and "nobody said which way is better" in nobody.reason


def test_the_threshold_of_the_metric_is_the_margin() -> None:
    options = {**BY, "metrics": {"acc": MetricOptions(threshold=0.5)}}
    found = judged(FALLS, builds(noisy(0.9, 0.7)), **options)
    assert (found.outcome, found.sentence) == (
        Outcome.HOLDS,
        "acc does not fall over builds by more than 0.5",
    )


def test_where_the_shown_value_is_turned_its_fall_is_meant() -> None:
    options = {**BY, "metrics": {"acc": MetricOptions(scale=-1.0)}}
    assert judged(FALLS, builds(noisy(0.7, 0.9)), **options).outcome is Outcome.DOES_NOT_HOLD
    assert judged(FALLS, builds(noisy(0.9, 0.7)), **options).outcome is Outcome.HOLDS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FALLS + 'than = "build == 1"', "unknown key `than`"),
        (FALLS + "by = -1", "`by` must be at least 0"),
        ('is = "does not fail"', "nearest: `does not fall`"),
    ],
)
def test_faults_name_their_key(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as found:
        claim_of(text)
    assert message in str(found.value)
