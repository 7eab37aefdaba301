"""MLflow: a table of all runs and one metric's history of a hundred, from a store that is there already."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from beside.corpus import Corpus, history, program
from beside.environments import Environments
from beside.race import Race, Way

HISTORIES = 100


def sqlite_races(corpus: Corpus, environments: Environments, work: Path) -> list[Race]:
    return _races(corpus, environments, f"sqlite:///{work / 'mlflow.db'}", "SQLite store")


def file_races(corpus: Corpus, environments: Environments, work: Path) -> list[Race]:
    return _races(corpus, environments, (work / "mlruns").as_uri(), "file store")


def _races(corpus: Corpus, environments: Environments, store: str, kind: str) -> list[Race]:
    python = environments.python("mlflow==3.17.2")
    # A newer MLflow asks before it uses a file store, and tells of its work unless asked not to.
    os.environ.update(
        MLFLOW_ALLOW_FILE_STORE="true", MLFLOW_DISABLE_TELEMETRY="true", MLFLOW_LOGGING_LEVEL="WARNING"
    )
    program(python, "write_mlflow.py", corpus.folder, store)
    metric, many = "train/loss_1", min(HISTORIES, corpus.runs)
    arguments = (python, "read_mlflow.py", store, metric, many)
    ours = partial(history, corpus, metric, many)
    return [
        Race(
            f"MLflow, {kind}: search_runs and {many} histories",
            partial(program, *arguments, points=many * corpus.steps),
            (
                Way("the same, no cache", partial(ours, cached=False), goal=2),
                Way("the same, cached", partial(ours, cached=True), goal=2),
            ),
        )
    ]
