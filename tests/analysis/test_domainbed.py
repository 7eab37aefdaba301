"""A sweep of DomainBed: the table its authors print is found again from the raw records, mean and standard error."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from runfolio.analysis.estimate import estimate
from runfolio.catalog import read_catalog, rows_of_runs
from runfolio.model import FloatArray

SWEEP = Path(__file__).parents[3] / "shared/samples/seeds/facebookresearch__DomainBed/domainbed/misc"
ENVIRONMENTS = range(4)

pytestmark = pytest.mark.skipif(not SWEEP.is_dir(), reason="no sample files beside this checkout")


@dataclass(frozen=True)
class Trained:
    """A run: which environments it was not trained on, its two seeds, and its accuracies by step."""

    held_out: tuple[int, ...]
    trial: int
    hparams: int
    accuracy: dict[str, FloatArray]


#: (validation accuracy, test accuracy) of one choice of hyperparameters.
Choice = tuple[float, float]
#: From the runs of one trial and choice of hyperparameters that hold out the environment: what the method would report.
Method = Callable[[list[Trained], int], Choice | None]


@pytest.fixture(scope="module")
def runs() -> list[Trained]:
    catalog = read_catalog([SWEEP / "test_sweep_data"], workers=1)
    assert (len(catalog.runs), sum(run.metrics["loss"].count for run in catalog.runs)) == (40, 200)
    return [
        Trained(
            tuple(json.loads(str(run.parameters["test_envs"].value))),
            int(str(run.parameters["trial_seed"].value)),
            int(str(run.parameters["hparams_seed"].value)),
            {item.metric: item.value for item in rows},
        )
        for run, rows in rows_of_runs(catalog, catalog.runs)
    ]


def alone(group: list[Trained], environment: int) -> Trained:
    (run,) = (run for run in group if run.held_out == (environment,))
    return run


def training_domain(group: list[Trained], environment: int) -> Choice:
    run = alone(group, environment)
    kept = [run.accuracy[f"env{other}_out_acc"] for other in ENVIRONMENTS if other != environment]
    validation = np.mean(kept, axis=0)
    best = int(np.argmax(validation))
    return validation[best], run.accuracy[f"env{environment}_in_acc"][best]


def leave_one_out(group: list[Trained], environment: int) -> Choice:
    run = alone(group, environment)
    pairs = {
        (set(other.held_out) - {environment}).pop(): other for other in group if len(other.held_out) == 2
    }
    validation = np.mean([pairs[other].accuracy[f"env{other}_in_acc"] for other in sorted(pairs)], axis=0)
    best = int(np.argmax(validation))
    return validation[best], run.accuracy[f"env{environment}_in_acc"][best]


def oracle(group: list[Trained], environment: int) -> Choice:
    run = alone(group, environment)
    return run.accuracy[f"env{environment}_out_acc"][-1], run.accuracy[f"env{environment}_in_acc"][-1]


METHODS: dict[str, Method] = {
    "training-domain validation set": training_domain,
    "leave-one-domain-out cross-validation": leave_one_out,
    "test-domain validation set (oracle)": oracle,
}


def best_accuracies(runs: list[Trained], method: Method) -> FloatArray:
    """Test accuracy of the best hyperparameters, shape (environments, trials)."""
    trials = sorted({run.trial for run in runs})
    table = np.empty((len(ENVIRONMENTS), len(trials)))
    for environment in ENVIRONMENTS:
        for column, trial in enumerate(trials):
            chosen = [
                method(
                    [r for r in runs if environment in r.held_out and (r.trial, r.hparams) == (trial, seed)],
                    environment,
                )
                for seed in sorted({run.hparams for run in runs if run.trial == trial})
            ]
            table[environment, column] = max(choice for choice in chosen if choice is not None)[1]
    return table


def shown(values: FloatArray) -> str:
    """As DomainBed prints it: percent, standard error with the deviation over n."""
    found = estimate([float(value) for value in 100 * values])
    return f"{found.value:.1f} +/- {np.std(found.values) / np.sqrt(found.n):.1f}"


def printed() -> Iterator[tuple[str, str, list[str]]]:
    """Title, method and cells of each of the authors' tables."""
    text = (SWEEP / "test_sweep_results.txt").read_text()
    for title, method, row in re.findall(r"-+ (.*), model selection method: (.*)\n.*\nERM +(.*)\n", text):
        yield title, method, re.split(r"  +", row.strip())


@pytest.mark.parametrize("name", METHODS)
def test_the_authors_tables_are_found_again(runs: list[Trained], name: str) -> None:
    tables = {title: cells for title, method, cells in printed() if method == name}
    assert tables.keys() == {"Dataset: VLCS", "Averages"}
    values = best_accuracies(runs, METHODS[name])
    assert values.shape == (4, 2)
    assert tables["Dataset: VLCS"] == [*map(shown, values), f"{100 * values.mean(axis=1).mean():.1f}"]
    average = values.mean(axis=0)
    assert tables["Averages"] == [shown(average), f"{100 * average.mean():.1f}"]
