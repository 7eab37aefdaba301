"""The leaderboard of a suite: numbers, places, refusals, and what the page says of them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from built import elements, make_run, pages_of, plan, study_of

from runfolio.analysis.estimate import estimate
from runfolio.analysis.metrics import MetricOptions
from runfolio.analysis.suite import Normalisation
from runfolio.errors import ConfigError
from runfolio.model import Goal, Run
from runfolio.pages.headline import experiment_headline
from runfolio.pages.leaderboard import Leaderboard, leaderboard
from runfolio.pages.options import ExperimentOptions, SiteOptions, SuiteOptions, TaskOptions
from runfolio.pages.study import Study, studies

TASKS = {"easy": 0.9, "middling": 0.6, "hard": 0.3}


def suite_runs(
    gains: Mapping[str, float],
    tasks: Mapping[str, float] = TASKS,
    seeds: int = 5,
    noise: float = 0.01,
    **changes: Any,
) -> list[Run]:
    """Runs whose accuracy is that of the task, plus what the method gains, plus noise."""
    rng = random.Random(7)
    return [
        make_run(
            f"{task}-{method}-{seed}",
            {"acc": level + gain + rng.gauss(0, noise)},
            parameters={"task": task, "method": method, "seed": seed},
            **changes,
        )
        for task, level in tasks.items()
        for method, gain in gains.items()
        for seed in range(seeds)
    ]


def board_of(study: Study) -> Leaderboard:
    assert study.standings is not None
    return leaderboard(study, study.standings)


def test_cells_are_the_estimates_of_the_runs_on_the_task() -> None:
    runs = suite_runs({"a": 0, "b": 0.05})
    board = board_of(study_of(runs))
    assert board.tasks == tuple(TASKS) and [row.label for row in board.rows] == ["b", "a"]
    for row in board.rows:
        for task, cell in zip(TASKS, row.cells, strict=True):
            values = [
                run.metrics["acc"].last for run in runs if run.run_id.startswith(f"{task}-{row.label}-")
            ]
            expected = estimate(values)
            assert cell.raw == pytest.approx(expected.value, rel=1e-11)
            assert cell.raw_half == pytest.approx(expected.half_width, rel=1e-11)
            assert float(cell.half_width) == pytest.approx(expected.half_width, abs=0.0006)


def test_the_mean_counts_every_task_once_however_many_runs_it_has() -> None:
    runs = suite_runs({"a": 0, "b": 0.05}, noise=0.001)
    more = suite_runs({"a": 0, "b": 0.05}, {"easy": 0.9}, seeds=30, noise=0.001)
    runs = [run for run in runs if not run.run_id.startswith("easy")] + more
    board = board_of(study_of(runs))
    first = board.rows[0].overall[0]
    assert first.raw == pytest.approx(0.65, abs=0.002) and first.best == "best"
    assert [row.place for row in board.rows] == ["1", "2"]


@pytest.mark.parametrize("name", ["task", "dataset", "env", "data.dataset_name", "benchmark", "Env-ID"])
def test_a_parameter_named_like_a_task_that_crosses_the_methods_is_found(name: str) -> None:
    runs = [
        make_run(
            f"{task}{method}{seed}", {"acc": seed / 10}, parameters={name: task, "m": method, "seed": seed}
        )
        for task in "xy"
        for method in "ab"
        for seed in range(3)
    ]
    assert study_of(runs).tasks is not None
    # One cell empty: the parameter does not cross the methods.
    assert study_of([run for run in runs if not run.run_id.startswith("xa")]).tasks is None
    assert study_of(runs, suite=SuiteOptions(task="")).tasks is None


@pytest.mark.parametrize("parameters", [{"task": 3}, {"tasks": "x"}, {"learning_task_rate": "x"}])
def test_nothing_is_taken_for_a_task_that_is_not_plainly_one(parameters: dict[str, Any]) -> None:
    (name, value), *_ = parameters.items()
    runs = [
        make_run(
            f"{at}{method}{seed}",
            {"acc": seed / 10},
            parameters={name: value * at, "m": method, "seed": seed},
        )
        for at in (1, 2)
        for method in "ab"
        for seed in range(3)
    ]
    assert study_of(runs).tasks is None


def test_two_parameters_named_like_tasks_settle_nothing_but_one_can_be_chosen() -> None:
    runs = [
        make_run(
            f"{task}{env}{method}{seed}",
            {"acc": seed / 10},
            parameters={"task": task, "env": env, "m": method, "seed": seed},
        )
        for task in "xy"
        for env in "uv"
        for method in "ab"
        for seed in range(3)
    ]
    assert study_of(runs).tasks is None
    found = study_of(runs, suite=SuiteOptions(task="env")).tasks
    assert found is not None and [task.name for task in found.tasks] == ["u", "v"]
    assert [method.label for method in found.methods] == ["x, a", "x, b", "y, a", "y, b"]


def test_methods_that_do_not_differ_are_tied_and_nobody_is_called_best() -> None:
    runs = suite_runs(dict.fromkeys(("a", "b", "c"), 0.0))
    study = study_of(runs)
    board = board_of(study)
    assert {row.place for row in board.rows} == {"1–3"}
    assert {row.overall[0].best for row in board.rows} == {"tied best"}
    title = experiment_headline(study).title
    assert "not clearly ahead" in title and "best" not in title.replace("tied best", "")
    page = pages_of(plan(runs))[study.path]
    assert " is best " not in page and "is-best" not in re.sub(
        r'<section class="section runs".*', "", page, flags=re.S
    )


def test_equal_shown_means_share_the_order() -> None:
    runs = [
        make_run(
            f"{task}{method}{seed}",
            {"acc": value + seed / 100},
            parameters={"task": task, "m": method, "seed": seed},
        )
        for task in "xy"
        for method, value in {"a": 0.5, "b": 0.5, "c": 0.3}.items()
        for seed in range(3)
    ]
    board = board_of(study_of(runs))
    assert [row.order for row in board.rows] == ["=1", "=1", "3"]
    assert [row.place for row in board.rows] == ["1–2", "1–2", "3"]


def test_a_method_that_lost_runs_has_no_place_and_stands_last() -> None:
    runs = suite_runs({"a": 0, "b": 0.05})
    lost = [
        make_run(run.run_id, {}, status="failed", parameters={n: v.value for n, v in run.parameters.items()})
        if run.run_id == "hard-b-2"
        else run
        for run in runs
    ]
    study = study_of(lost)
    board = board_of(study)
    last = board.rows[-1]
    assert (last.label, last.place, last.order, last.overall[0].best) == ("b", "–", "", "")
    assert last.cells[2].lost == "4/5"
    assert "b: 1 of 15 runs gave no usable value" in " ".join(board.notes)
    assert "is best" not in experiment_headline(study).title


def told(**metrics: str) -> SuiteOptions:
    return SuiteOptions(tasks=tuple(TaskOptions(name, metric=metric) for name, metric in metrics.items()))


def scored(values: Mapping[str, Sequence[tuple[float, float]]]) -> list[Run]:
    """Runs that log two metrics: a share and a time."""
    return [
        make_run(f"{model}{seed}", {"acc": acc, "step_ms": ms}, parameters={"model": model, "seed": seed})
        for model, pairs in values.items()
        for seed, (acc, ms) in enumerate(pairs)
    ]


RUNS_OF_TWO = scored(
    {"a": [(0.7, 5.0), (0.71, 5.1), (0.72, 5.2)], "b": [(0.8, 9.0), (0.81, 9.1), (0.82, 9.2)]}
)


def test_metrics_of_different_units_are_never_averaged() -> None:
    study = study_of(RUNS_OF_TWO, suite=told(quality="acc", speed="step_ms"))
    board = board_of(study)
    assert board.overall == () and "different units" in board.refusal and not board.has_places
    assert {row.overall for row in board.rows} == {()}
    page = pages_of(plan(RUNS_OF_TWO, suite=told(quality="acc", speed="step_ms")))[study.path]
    assert "No mean over tasks: tasks have different units" in page
    assert "Mean of tasks" not in page and "There is no mean over tasks" in experiment_headline(study).lead


def test_metrics_of_different_directions_are_never_averaged() -> None:
    metrics = {"step_ms": MetricOptions(unit="", goal=Goal.MINIMIZE), "acc": MetricOptions(unit="")}
    board = board_of(study_of(RUNS_OF_TWO, suite=told(quality="acc", speed="step_ms"), metrics=metrics))
    assert board.overall == () and "lower is better on some tasks" in board.refusal


def test_known_bounds_make_scores_of_different_units_comparable() -> None:
    tasks = (
        TaskOptions("quality", metric="acc", zero=0.5, one=1.0),
        TaskOptions("speed", metric="step_ms", zero=10.0, one=0.0),
    )
    suite = SuiteOptions(normalise=Normalisation.BOUNDS, tasks=tasks)
    board = board_of(study_of(RUNS_OF_TWO, suite=suite))
    assert board.overall == ("Mean of tasks: score",)
    # (0.71 − 0.5)/0.5 and (10 − 5.1)/10; (0.81 − 0.5)/0.5 and (10 − 9.1)/10.
    means = {row.label: row.overall[0].raw for row in board.rows}
    assert means == {"a": pytest.approx((0.42 + 0.49) / 2), "b": pytest.approx((0.62 + 0.09) / 2)}


def test_scores_as_multiples_of_the_baseline() -> None:
    suite = SuiteOptions(normalise=Normalisation.BASELINE)
    board = board_of(study_of(suite_runs({"a": 0, "b": 0.05}), suite=suite, baseline='method == "a"'))
    assert board.overall == ("Mean of tasks: times the baseline",)
    by_label = {row.label: row.overall[0].raw for row in board.rows}
    assert by_label["a"] == pytest.approx(1.0)
    assert by_label["b"] == pytest.approx(1 + (0.05 / 0.9 + 0.05 / 0.6 + 0.05 / 0.3) / 3, abs=0.03)


def test_the_interquartile_mean_is_shown_when_asked_for_and_its_interval_from_twenty_runs_on() -> None:
    gains = {"a": 0.0, "b": 0.05}
    assert len(board_of(study_of(suite_runs(gains))).overall) == 1
    asked = SuiteOptions(iqm=True)
    few = board_of(study_of(suite_runs(gains, seeds=5), suite=asked))
    assert few.overall[1] == "Interquartile mean"
    assert few.rows[0].overall[1].half_width == "" and "needs 20" in few.rows[0].overall[1].title
    enough = board_of(study_of(suite_runs(gains, seeds=7), suite=asked))
    assert enough.rows[0].overall[1].half_width and "bootstrap" in enough.rows[0].overall[1].title


def test_of_the_attempts_of_a_replicate_the_one_that_is_best_on_validation_counts() -> None:
    runs = [
        make_run(
            f"{task}-{trial}-{attempt}",
            {"val_acc": valid, "test_acc": test},
            parameters={
                "task": task,
                "algorithm": "erm",
                "trial_seed": trial,
                "hparams_seed": attempt,
                "lr": attempt,
            },
        )
        for task in "xy"
        for trial in range(2)
        for attempt, (valid, test) in enumerate([(0.6, 0.9), (0.8, 0.7 + trial / 10)])
    ]
    tasks = tuple(
        TaskOptions(name, where=f'task == "{name}"', metric="test_acc", select="val_acc") for name in "xy"
    )
    suite = SuiteOptions(task="task", method="algorithm", replicate="trial_seed", tasks=tasks)
    board = board_of(study_of(runs, suite=suite))
    (row,) = board.rows
    assert row.label == "erm" and [cell.raw for cell in row.cells] == [0.75, 0.75]
    assert row.cells[0].spread == "0.7000 and 0.8000"
    assert "Of the runs of each trial_seed, the one that is best by val_acc counts." in board.notes


def test_cells_of_several_settings_say_that_their_spread_is_not_that_of_seeds() -> None:
    runs = [
        make_run(f"{t}{m}{lr}", {"acc": lr}, parameters={"task": t, "method": m, "lr": lr})
        for t in "xy"
        for m in "ab"
        for lr in (0.1, 0.2, 0.3)
    ]
    notes = board_of(study_of(runs, suite=SuiteOptions(task="task", method="method"))).notes
    assert any("differ in lr" in note for note in notes)


def test_a_run_is_compared_with_the_baseline_on_its_own_task() -> None:
    runs = suite_runs({"a": 0, "b": 0.05}, noise=0.001)
    study = study_of(runs, baseline='method == "a"')
    own = study.baseline_of("hard-b-0")
    assert own is not None and set(own.run_ids) == {f"hard-a-{seed}" for seed in range(5)}
    page = pages_of(plan(runs, baseline='method == "a"'))["runs/hard-b-0.html"]
    assert re.search(r"<h1>hard-b-0: acc 0\.3\d+, 0\.0[45]\d* above the baseline", page)


def test_what_a_suite_names_must_be_there() -> None:
    runs = suite_runs({"a": 0, "b": 0.05})
    own = {"study": ExperimentOptions(suite=SuiteOptions(task="taks"))}
    with pytest.raises(ConfigError, match=r"no run has the parameter `taks`; nearest: `task`"):
        studies(runs, SiteOptions(experiments=own))
    own = {"study": ExperimentOptions(suite=told(x="ac"))}
    with pytest.raises(ConfigError, match=r"task `x`: metric `ac` is not logged; nearest: `acc`"):
        studies(runs, SiteOptions(experiments=own))
    # Said for the whole site, it may be meant for another experiment.
    (study,), problems = studies(runs, SiteOptions(suite=SuiteOptions(task="taks")))
    assert [problem.slug for problem in problems] == ["suite-unused"] and study.tasks is None


def test_the_page_is_made_again_when_the_suite_is_told_otherwise() -> None:
    runs = suite_runs({"a": 0, "b": 0.05})
    path = study_of(runs).path
    inputs = [
        next(page.inputs for page in plan(runs, suite=suite).pages if page.path == path)
        for suite in (None, SuiteOptions(iqm=True))
    ]
    assert inputs[0] != inputs[1]


def test_the_page_has_a_leaderboard_each_task_s_table_and_no_table_of_unlike_configurations() -> None:
    runs = suite_runs({"a": 0, "b": 0.05})
    page = pages_of(plan(runs))[study_of(runs).path]
    tables = [found["class"] for tag, found in elements(page) if tag == "table"]
    assert tables[0] == "table leaderboard" and tables.count("table configurations") == 3
    assert "data-configurations" not in page and page.count('id="configurations"') == 1
    assert "q=params.method%20%3D%3D%20%22b%22%20and%20params.task%20%3D%3D%20%22hard%22" in page


def test_a_site_without_a_suite_has_no_leaderboard() -> None:
    runs = [
        make_run(f"{m}{s}", {"acc": s / 10}, parameters={"model": m, "seed": s})
        for m in "ab"
        for s in range(3)
    ]
    assert "leaderboard" not in pages_of(plan(runs))[study_of(runs).path].lower()


def test_the_overview_shows_the_methods_and_drops_the_columns_of_many_tasks() -> None:
    few = pages_of(plan(suite_runs({"a": 0, "b": 0.05})))["index.html"]
    assert 'class="table leaderboard"' in few and 'title="middling"' in few and "Task by task" in few
    many = pages_of(plan(suite_runs({"a": 0, "b": 0.05}, {f"t{at}": 0.5 for at in range(9)}, seeds=3)))[
        "index.html"
    ]
    assert "Mean of tasks" in many and 'title="t3"' not in many


def test_a_card_of_many_experiments_has_no_leaderboard() -> None:
    runs = [run for name in "abcd" for run in suite_runs({"a": 0, "b": 0.05}, experiment=name)]
    renamed = [replace(run, run_id=f"{run.experiment}-{run.run_id}") for run in runs]
    assert 'class="table leaderboard"' not in pages_of(plan(renamed))["index.html"]
