"""Runs as trials of one study, each with the steps of its first metric: `write_optuna.py RUNS DATABASE`."""

from __future__ import annotations

import math
import sys

import optuna
from optuna.distributions import CategoricalDistribution
from optuna.trial import create_trial
from rows import read

optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(study_name="generated", storage=f"sqlite:///{sys.argv[2]}")
runs = list(read(sys.argv[1]))
choices: dict[str, dict[object, None]] = {}
for run in runs:
    for name, value in run.about["parameters"].items():
        choices.setdefault(name, {})[value] = None
for run in runs:
    metric = run.metrics[0]
    # Optuna takes no complete trial whose value is NaN: one that diverged has the last one before.
    values = [row[metric] for row in run.rows if not math.isnan(row[metric])]
    study.add_trial(
        create_trial(
            params=run.about["parameters"],
            distributions={name: CategoricalDistribution(tuple(found)) for name, found in choices.items()},
            intermediate_values={int(row["step"]): row[metric] for row in run.rows},
            value=values[-1],
        )
    )
