"""A tracker's own files, written by its own writer, read by its own reader and by Runfolio's."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from beside.corpus import Corpus, program
from beside.environments import Environments
from beside.race import Race, Taken, Way

#: How many times as fast as the tracker's own reader Runfolio's is to be.
GOAL = 5


@dataclass(frozen=True)
class Tracker:
    """How the files of one tracker are made and read.

    Args:
        name: what reads them, for people.
        requirement: what has both writer and reader, `name==version`.
        writer, reader: programs in programs/; each is given the place.
        place: what is written, below the folder of the race.
        points: how many values a run has there, of the corpus.
        folder: what Runfolio reads, below the folder of the race.
        prefix: makes an address of the place's path.
    """

    name: str
    requirement: str
    writer: str
    reader: str
    place: str
    points: Callable[[Corpus], int]
    folder: str = ""
    prefix: str = ""


def _all(corpus: Corpus) -> int:
    return corpus.metrics * corpus.steps


_MLFLOW = partial(Tracker, requirement="mlflow==3.17.2", writer="write_mlflow.py", points=_all)

TRACKERS = {
    "tensorboard": Tracker(
        "TensorBoard 2.21: EventAccumulator",
        "tensorboard==2.21.0",
        "write_events.py",
        "read_events.py",
        "events",
        _all,
    ),
    "mlflow-files": _MLFLOW(
        "MLflow 3.17, file store: search_runs, all histories",
        reader="read_mlflow_all.py",
        place="mlruns",
        prefix="file://",
    ),
    "mlflow-sqlite": _MLFLOW(
        "MLflow 3.17, SQLite: search_runs, all histories",
        reader="read_mlflow_all.py",
        place="mlflow.db",
        prefix="sqlite:///",
    ),
    "wandb": Tracker(
        "wandb 0.23: DataStore and protobuf",
        # Later versions, 0.31 among them, have no reader in Python any more.
        "wandb==0.23.1",
        "write_wandb.py",
        "read_wandb.py",
        "offline",
        _all,
    ),
    "optuna": Tracker(
        "Optuna 5.0, SQLite: load_study(…).trials",
        "optuna==5.0.0",
        "write_optuna.py",
        "read_optuna.py",
        "study.db",
        lambda corpus: corpus.steps + 1,
    ),
    "trackio": Tracker(
        "Trackio 0.43: SQLiteStorage.get_logs",
        "trackio==0.43.0",
        "write_trackio.py",
        "read_trackio.py",
        "trackio",
        _all,
    ),
    "asv": Tracker(
        "asv 0.6: iter_results",
        "asv==0.6.6",
        "write_asv.py",
        "read_asv.py",
        "project",
        _all,
        folder="project/results",
    ),
    "inspect": Tracker(
        "Inspect 0.3: read_eval_log(header_only=True)",
        "inspect-ai==0.3.285",
        "write_inspect.py",
        "read_inspect.py",
        "logs",
        lambda corpus: corpus.metrics + 2,
    ),
}


def races(name: str, corpus: Corpus, environments: Environments, work: Path) -> list[Race]:
    """The race of this tracker; its files are written, and all who read them must find as many values."""
    tracker = TRACKERS[name]
    python = environments.python(tracker.requirement)
    # A newer MLflow asks before it uses a file store; who is measured does not call home.
    os.environ.update(
        MLFLOW_ALLOW_FILE_STORE="true", MLFLOW_DISABLE_TELEMETRY="true", MLFLOW_LOGGING_LEVEL="WARNING"
    )
    home = work / f"own-{name}"
    home.mkdir(parents=True)
    place = f"{tracker.prefix}{home / tracker.place}"
    program(python, tracker.writer, corpus.folder, place)
    points = corpus.runs * tracker.points(corpus)
    return [
        Race(
            tracker.name,
            partial(program, python, tracker.reader, place, points=points),
            (Way("read_catalog", partial(catalog, home / tracker.folder, points), goal=GOAL),),
        )
    ]


def catalog(folder: Path, points: int) -> Taken:
    """What a fresh process takes that reads and digests every run below the folder, by itself and without a cache."""
    return program(sys.executable, "read_catalog.py", folder, points=points)


#: Name on the command line → what makes its races.
READERS = {name: partial(races, name) for name in TRACKERS}
