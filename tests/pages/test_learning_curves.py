"""Which lines an experiment's charts hold."""

from __future__ import annotations

import math
from typing import Any

from built import Shelf, make_run, replicates, study_of

from runfolio.model import Run
from runfolio.pages.learning_curves import MOST_LINES, choose_curves, curves_of, experiment_figures
from runfolio.pages.series import SeriesStore

RATES = (0.1, 0.01, 0.001)


def grid(
    models: tuple[str, ...] = ("tree", "mlp"), rates: tuple[float, ...] = RATES, seeds: int = 3
) -> list[Run]:
    return [
        make_run(
            f"{model}-{rate}-{seed}",
            {"acc": [0.1, 0.5 + 0.1 * place + rate + seed / 1000], "loss": [2.0, 1.0]},
            parameters={"model": model, "lr": rate, "seed": seed},
        )
        for place, model in enumerate(models)
        for rate in rates
        for seed in range(seeds)
    ]


def labels(choice: Any) -> list[str]:
    return [item.label for item in choice.drawn]


def test_the_best_of_each_family_and_the_baseline() -> None:
    choice = choose_curves(study_of(grid(), baseline='model == "tree" and lr == 0.001'))
    assert labels(choice) == ["mlp", "tree", "baseline"]
    assert [item.group.label for item in choice.drawn] == ["mlp, lr 0.1", "tree, lr 0.1", "tree, lr 1e-3"]
    assert choice.which == "Best configuration of each model, and the baseline"
    assert (choice.family, choice.ramp) == ("model", "lr")
    assert choice.drawn[-1].role == "baseline"


def test_a_baseline_that_is_drawn_already_is_not_drawn_twice() -> None:
    choice = choose_curves(study_of(grid(), baseline='model == "tree" and lr == 0.1'))
    assert labels(choice) == ["mlp", "tree"]


def test_families_show_their_settings_in_order() -> None:
    choice = choose_curves(study_of(grid()))
    assert [name for name, _ in choice.families] == ["mlp", "tree"]
    assert [item.label for item in choice.families[0][1]] == ["1e-3", "1e-2", "0.1"]
    roles = [item.role for item in choice.families[0][1]]
    assert len(set(roles)) == 3 and all(role.startswith("sequence-") for role in roles)


def test_one_varying_number_is_a_ramp_of_colours() -> None:
    choice = choose_curves(study_of(grid(("tree",))))
    assert choice.family is None and choice.families == ()
    assert choice.which == "All configurations"
    assert all(item.role.startswith(("sequence-", "baseline")) for item in choice.drawn)


def test_two_varying_numbers_have_no_ramp() -> None:
    runs = [
        make_run(f"{a}{b}", {"acc": [0.1, 0.5 + a + b / 10]}, parameters={"a": a, "b": b})
        for a in (1, 2)
        for b in (3, 4)
    ]
    choice = choose_curves(study_of(runs))
    assert (choice.family, choice.ramp, choice.families) == (None, None, ())
    assert len(choice.drawn) == 4


def test_more_than_six_configurations_say_so() -> None:
    runs = replicates(
        {f"m{place}": [[0.1, 0.2 + place / 20 + s / 1000] for s in range(3)] for place in range(9)}
    )
    choice = choose_curves(study_of(runs, baseline='model == "m0"'))
    assert choice.family is None
    assert choice.which == "The first 6 of 9 configurations, and the baseline"
    assert labels(choice) == ["m8", "m7", "m6", "m5", "m4", "m3", "baseline"]
    assert len({item.role for item in choice.drawn}) == MOST_LINES + 1


def test_groups_without_values_are_not_drawn() -> None:
    runs = replicates({"a": [[0.1, 0.5]], "b": [None], "c": [[0.1, math.nan]]})
    assert labels(choose_curves(study_of(runs))) == ["a"]


def test_nothing_logged_nothing_drawn() -> None:
    study = study_of([make_run("a"), make_run("b")])
    choice = choose_curves(study)
    assert (choice.drawn, choice.metrics, choice.families) == ((), (), ())
    shelf: Any = Shelf(study.runs)
    assert experiment_figures(study, choice, SeriesStore(shelf), "x.js") == ((), ())


def test_only_metrics_with_curves_are_charts_the_headline_one_first() -> None:
    runs = [make_run("a", {"system/cpu": [1.0, 2.0], "once": 1.0, "loss": [2.0, 1.0], "acc": [0.1, 0.5]})]
    assert [spec.name for spec in choose_curves(study_of(runs, primary="acc")).metrics] == [
        "acc",
        "loss",
        "system/cpu",
    ]


def test_the_script_has_every_line_of_the_charts() -> None:
    study = study_of(grid())
    shelf: Any = Shelf(study.runs)
    store, choice = SeriesStore(shelf), choose_curves(study)
    curves = curves_of(study, choice, store)
    main, small = experiment_figures(study, choice, store, "series/x.js")
    assert len(main) == 2 and len(small) == 2
    for figure in (*main, *small):
        assert set(figure.sources) == {"curves:study"}
        for line in figure.chart.lines:
            if line.key.startswith("curves:study#"):
                group, metric = line.key.removeprefix("curves:study#").split("/", 1)
                assert metric in curves[group]


def test_failed_runs_do_not_enter_a_mean() -> None:
    runs = replicates({"a": [[0.1, 0.5], [0.1, 0.7], [0.1, math.nan]]})
    study = study_of(runs)
    shelf: Any = Shelf(study.runs)
    curve = curves_of(study, choose_curves(study), SeriesStore(shelf))["all-runs"]["acc"]
    assert curve.mean[-1] == 0.6 and curve.n.tolist() == [2, 2]
