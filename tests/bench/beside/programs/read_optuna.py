"""Every trial of every study in a database, by Optuna: `read_optuna.py DATABASE`."""

from __future__ import annotations

import sys
import time

import optuna
from timed import say

began = time.perf_counter()
storage = f"sqlite:///{sys.argv[1]}"
trials = [
    trial
    for name in optuna.get_all_study_names(storage)
    for trial in optuna.load_study(study_name=name, storage=storage).trials
]
points = sum(len(trial.intermediate_values) + len(trial.values or ()) for trial in trials)
say(len(trials), points, began)
