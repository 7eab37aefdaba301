"""Three studies with Optuna, in SQLite and in a journal: finished, pruned, failed, killed and waiting trials."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import optuna
from optuna.storages import JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend

optuna.logging.set_verbosity(optuna.logging.ERROR)


def storage(folder: Path, name: str) -> object:
    if name == "journal":
        return JournalStorage(JournalFileBackend(str(folder / "journal.log")))
    return RDBStorage(f"sqlite:///{folder / 'studies.db'}")


def objective(trial: optuna.Trial) -> float:
    rate = trial.suggest_float("rate", 1e-4, 1e-1, log=True)
    width = trial.suggest_int("width", 8, 32, step=8)
    trial.suggest_categorical("optimizer", ["sgd", "adam", None])
    trial.suggest_categorical("nested", [True, 3, 0.5])
    trial.set_user_attr("host", {"cores": 8})
    for step in range(5):
        trial.report(math.inf if step == 0 else math.nan if step == 1 else rate * width / step, step)
        if trial.number == 2 and step == 3:
            raise optuna.TrialPruned
        if trial.number == 3 and step == 2:
            raise ValueError("no good")
        if trial.number == 4 and step == 2:
            os._exit(1)
    return rate * width


def tell(folder: Path, name: str) -> None:
    sampler = optuna.samplers.RandomSampler(seed=7)
    study = optuna.create_study(study_name=f"single {name}", storage=storage(folder, name), sampler=sampler)
    study.set_user_attr("team", "blue")
    if name == "journal":
        study.set_metric_names(["loss"])
    study.optimize(objective, n_trials=5, catch=(ValueError,))


def tell_two(folder: Path, name: str) -> None:
    study = optuna.create_study(
        study_name=f"double {name}",
        storage=storage(folder, name),
        directions=["minimize", "maximize"],
        sampler=optuna.samplers.RandomSampler(seed=7),
    )
    study.optimize(lambda trial: (trial.suggest_float("x", 0, 1), trial.suggest_int("y", 0, 3)), n_trials=2)
    study.add_trial(
        optuna.trial.create_trial(
            params={"x": 0.5, "y": 1},
            distributions={
                "x": optuna.distributions.FloatDistribution(0, 1),
                "y": optuna.distributions.IntDistribution(0, 3),
            },
            values=[0.5, math.inf],
        )
    )
    study.enqueue_trial({"x": 0.25, "y": 2})


def main(folder: Path) -> None:
    for name in ("sqlite", "journal"):
        # The fifth trial ends its process.
        code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import story; from pathlib import Path; "
        code += f"story.tell(Path({str(folder)!r}), {name!r})"
        subprocess.run([sys.executable, "-c", code], check=False)
        tell_two(folder, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
