"""A sweep's page says what its numbers support, refuses the rest, and comes by itself where an experiment is one."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from built import make_run, pages_of, plan, sealed, study_of

from runfolio.analysis.metrics import MetricOptions
from runfolio.analysis.sweep import Sampler
from runfolio.model import Goal, MetricHint, Run, RunStatus, Source
from runfolio.pages.options import ExperimentOptions
from runfolio.pages.search import Search, is_sweep
from runfolio.pages.sweep_words import headline

FORBIDDEN = re.compile(
    r"\bsignificant|\bno effect\b|\bwinner\b|\bbest trial\b|\bno difference\b", re.IGNORECASE
)


def trials(n: int = 64, seed: int = 5, effect: float = 1.0, **changes: Any) -> list[Run]:
    """A random search: `lr` decides, `dropout` does nothing; where the rate is largest, trials fail."""
    rng = np.random.default_rng(seed)
    runs = []
    for i in range(n):
        lr, dropout = float(10 ** rng.uniform(-4, 0)), float(rng.uniform(0, 0.5))
        value = 0.9 - effect * 0.04 * (np.log10(lr) + 2) ** 2 + rng.normal(0, 0.02)
        lost = effect > 0 and lr > 0.4
        settings = {"lr": lr, "dropout": dropout, "optimizer": ["adam", "sgd"][i % 2], "trial": i}
        runs.append(
            make_run(
                f"t{i:03d}",
                {"val/acc": [0.1, value]},
                parameters=settings,
                status=RunStatus.FAILED if lost else RunStatus.FINISHED,
                **changes,
            )
        )
    return runs


def from_optuna(runs: Sequence[Run]) -> list[Run]:
    return [sealed(replace(run, source=Source("optuna", 0, "study.db", part=run.run_id))) for run in runs]


def searched(runs: Sequence[Run], **options: Any) -> Search:
    study = study_of(runs, **options)
    assert study.primary is not None
    return Search(study, study.primary)


def page_of(runs: Sequence[Run], **options: Any) -> str:
    found = pages_of(plan(runs, **options))
    return html.unescape(next(text for path, text in found.items() if path.startswith("sweeps/")))


def test_what_matters_is_said_and_what_has_no_support_is_not() -> None:
    text = page_of(trials())
    assert "<h1>lr matters for val/acc; dropout and optimizer show no clear effect here</h1>" in text
    assert text.count("no support") == 2 and "Best of 64 trials" in text
    assert "no verdict until it is run again with fresh seeds" in text
    assert not FORBIDDEN.search(re.sub(r"<[^>]*>", " ", text))


def test_every_mention_of_the_best_says_of_how_many() -> None:
    words = re.sub(r"<[^>]*>", "\n", page_of(trials()))
    for sentence in re.findall(r"[^\n]*\b[Bb]est\b[^\n]*", words):
        allowed = r"[Bb]est of|best so far|Best so far|best quarter|best val/acc so far|nearer to the best|best trials lie|Runs, best|best of all up to"
        assert re.search(allowed, sentence), sentence


def test_noise_names_no_parameter_through_the_page() -> None:
    named = 0
    for seed in range(30):
        found = headline(searched(trials(24, seed, effect=0.0)))
        named += "matter" in found
        assert "matter" in found or found == "No parameter shows a clear effect on val/acc in 24 trials"
    assert named <= 3


def test_few_trials_give_no_importance() -> None:
    runs = trials(19, effect=0.5)
    text = page_of(runs, experiments={runs[0].experiment: ExperimentOptions(sweep=True)})
    assert re.search(r"No importance is shown: 1\d usable trials; at least 20 are needed\.", text)
    assert "at least 20 usable trials are needed to say what matters" in text
    assert "share-bar" not in text


def test_a_search_in_which_everything_failed_has_a_page_that_says_so() -> None:
    runs = [
        make_run(f"t{i}", {"val/acc": [0.1]}, parameters={"lr": 0.1 * i}, status=RunStatus.FAILED)
        for i in range(30)
    ]
    text = page_of(runs)
    assert "<h1>30 of 30 trials failed; no result yet</h1>" in text


def test_failed_trials_are_counted_where_they_failed() -> None:
    runs = trials(seed=3)
    lost = sum(run.status is RunStatus.FAILED for run in runs)
    text = page_of(runs)
    assert lost > 3 and f"Where runs failed: {lost} of 64 trials" in text
    assert "Failing goes with lr" in text and f"{lost} failed and are left out" in text


def test_replicates_count_as_one_trial() -> None:
    rng = np.random.default_rng(0)
    runs = [
        make_run(f"c{i}-{seed}", {"val/acc": [rng.normal()]}, parameters={"lr": 10 ** (-i / 5), "seed": seed})
        for i in range(25)
        for seed in range(3)
    ]
    text = page_of(runs)
    assert "25 configurations" in text and "each by the mean of its usable runs" in text
    assert "a mean of 3 runs" in text and "Best of 25 configurations" in text


def test_an_adaptive_sampler_is_remarked_and_has_no_expected_best() -> None:
    runs = trials()
    options = ExperimentOptions(sampler=Sampler.ADAPTIVE)
    text = page_of(runs, experiments={runs[0].experiment: options})
    assert "shares describe the region it visited" in text and "Expected best of n" not in text
    random = page_of(runs, experiments={runs[0].experiment: ExperimentOptions(sampler=Sampler.RANDOM)})
    assert "Settings were drawn at random" in random and "Expected best of n trials" in random


def test_when_an_experiment_is_a_sweep() -> None:
    assert is_sweep(study_of(trials()))
    assert not is_sweep(study_of(trials(19)))
    few = [make_run(f"r{i}", {"acc": [i]}, parameters={"model": f"m{i}", "lr": 0.1}) for i in range(30)]
    assert not is_sweep(study_of(few))
    marked = from_optuna(trials(6))
    assert is_sweep(study_of(marked)) and not is_sweep(study_of(trials(6)))
    assert is_sweep(study_of(trials(6, tags=("sweep:abc",))))
    name = trials(1)[0].experiment
    assert not is_sweep(study_of(trials(), experiments={name: ExperimentOptions(sweep=False)}))
    assert is_sweep(study_of(trials(6), experiments={name: ExperimentOptions(sweep=True)}))
    assert not is_sweep(
        study_of(
            [make_run("x", {}, parameters={"lr": 0.1})], experiments={name: ExperimentOptions(sweep=True)}
        )
    )


def test_the_bar_leads_to_sweeps_only_where_there_are_some() -> None:
    one = pages_of(plan(trials()))
    assert ">Sweeps</a>" in one["index.html"] and "sweeps.html" not in one
    none = pages_of(plan(trials(5)))
    assert ">Sweeps</a>" not in none["index.html"] and "As a sweep" not in "".join(none.values())
    both = [
        *trials(),
        *(
            make_run(
                f"u{run.run_id}",
                {"val/acc": [0.5]},
                experiment="other",
                parameters={k: v.value for k, v in run.parameters.items()},
            )
            for run in trials()
        ),
    ]
    two = pages_of(plan(both))
    assert "sweeps.html" in two and two["sweeps.html"].count('class="card"') == 2


def two_objectives(n: int = 40) -> list[Run]:
    rng = np.random.default_rng(1)
    hints = {"values_0": MetricHint(goal=Goal.MAXIMIZE), "values_1": MetricHint(goal=Goal.MINIMIZE)}
    runs = []
    for i in range(n):
        x = float(rng.uniform())
        values = {"values_0": [x + rng.normal(0, 0.05)], "values_1": [x**2 + rng.normal(0, 0.05)]}
        if i == 7:
            values["values_1"] = [float("nan")]
        runs.append(
            make_run(
                f"o{i:02d}",
                values,
                parameters={"x": x, "y": float(rng.uniform())},
                metric_hints=hints,
            )
        )
    return from_optuna(runs)


def test_two_objectives_show_their_front_and_name_what_was_left_out() -> None:
    runs = two_objectives()
    search = searched(runs)
    assert search.front is not None
    on = int(search.front.is_on.sum())
    text = page_of(runs)
    assert f"<h1>{on} of 40 trials are not beaten in values_0 and values_1 at once</h1>" in text
    assert "1 trial without a finite value of every objective left out: o07." in text
    assert "which trials are on it may change with other seeds" in text


def test_objectives_that_cannot_be_weighed_are_a_problem() -> None:
    runs = trials()
    options = ExperimentOptions(objectives=("val/ac", "val/acc"))
    found = plan(runs, experiments={runs[0].experiment: options})
    (problem,) = [item for item in found.problems if item.slug == "objective-unused"]
    assert "metric `val/ac` is not logged" in problem.message and "val/acc" in problem.message
    plain = ExperimentOptions(objectives=("val/acc", "thing"))
    more = [make_run("z", {"val/acc": [1.0], "thing": [1.0]}, parameters={"lr": 0.1})]
    found = plan([*runs, *more], experiments={runs[0].experiment: plain})
    assert any("which way `thing` is better" in item.message for item in found.problems)


def test_one_trial_that_holds_the_variance_turns_shares_to_ranks() -> None:
    runs = trials(effect=0.9)
    wild = make_run(
        "wild", {"val/acc": [-1e9]}, parameters={"lr": 1e-3, "dropout": 0.1, "optimizer": "sgd", "trial": 99}
    )
    text = page_of([*runs, wild])
    assert "wild alone holds 98% of the variance, so shares are of the ranks" in text
    assert "<h1>lr matters" in text


def test_methods_are_compared_at_equal_budgets() -> None:
    runs = [run for i, run in enumerate(trials(60)) if i % 2 or i % 4]
    text = page_of(runs, metrics={"val/acc": MetricOptions(goal=Goal.MAXIMIZE)})
    assert "optimizer at equal budgets" in text and "so they are compared at the smaller budget" in text
    assert re.search(r"best of \d+\)", text)


@pytest.mark.parametrize("n", [1, 2])
def test_the_smallest_sweeps_are_pages_too(n: int) -> None:
    runs = trials(n)
    text = page_of(runs, experiments={runs[0].experiment: ExperimentOptions(sweep=True)})
    assert "<h1>" in text


def test_the_same_runs_give_the_same_page() -> None:
    assert page_of(trials()) == page_of(list(trials()))
