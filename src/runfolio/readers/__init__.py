"""From bytes to runs, one module a format. Built-in readers stand in a tuple; others come by entry point."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from runfolio.model import Problem, Severity
from runfolio.readers.aim import AimReader
from runfolio.readers.asv import AsvReader
from runfolio.readers.clearml import ClearmlArchiveReader, ClearmlReader
from runfolio.readers.comet import CometReader
from runfolio.readers.criterion import CriterionReader
from runfolio.readers.dvclive import DvcLiveReader
from runfolio.readers.flat_csv import FlatCsvReader
from runfolio.readers.flat_json import FlatJsonReader
from runfolio.readers.flat_jsonl import FlatJsonlReader
from runfolio.readers.flat_parquet import FlatParquetReader
from runfolio.readers.github_action_benchmark import GithubActionBenchmarkReader
from runfolio.readers.google_benchmark import GoogleBenchmarkReader
from runfolio.readers.guild import GuildReader
from runfolio.readers.hf_trainer import HfTrainerReader
from runfolio.readers.hyperfine import HyperfineReader
from runfolio.readers.inspect_log import InspectReader
from runfolio.readers.jmh import JmhReader
from runfolio.readers.junit import JunitReader
from runfolio.readers.lighthouse import LighthouseReader
from runfolio.readers.lightning import LightningReader
from runfolio.readers.lm_eval import LmEvalReader
from runfolio.readers.mlflow_files import MlflowFilesReader, MlflowRemainsReader
from runfolio.readers.mlflow_sqlite import MlflowSqliteReader
from runfolio.readers.neptune import NeptuneReader
from runfolio.readers.optuna import OptunaReader
from runfolio.readers.pytest_benchmark import PytestBenchmarkReader
from runfolio.readers.ray_tune import RayTuneReader
from runfolio.readers.reader import Entry, Reader, Reading, RowBlock, RunFiles, Signature, as_problem
from runfolio.readers.runlog import RunlogReader
from runfolio.readers.sacred import SacredReader
from runfolio.readers.spinning_up import SpinningUpReader
from runfolio.readers.stable_baselines import StableBaselinesReader
from runfolio.readers.tensorboard import KerasReader, TensorBoardReader
from runfolio.readers.trackio import TrackioReader
from runfolio.readers.trackio_parquet import TrackioParquetReader
from runfolio.readers.wandb import WandbReader

__all__ = [
    "BUILT_IN",
    "Entry",
    "Reader",
    "Reading",
    "RowBlock",
    "RunFiles",
    "Signature",
    "all_readers",
    "as_problem",
    "plugin_problems",
]

#: In the order in which they are asked; readers of folders come before readers of files.
BUILT_IN: tuple[Reader, ...] = (
    SacredReader(),
    RunlogReader(),
    GuildReader(),
    RayTuneReader(),
    LightningReader(),
    HfTrainerReader(),
    StableBaselinesReader(),
    SpinningUpReader(),
    ClearmlReader(),
    OptunaReader(),
    LmEvalReader(),
    InspectReader(),
    CometReader(),
    ClearmlArchiveReader(),
    KerasReader(),
    TensorBoardReader(),
    WandbReader(),
    AimReader(),
    MlflowFilesReader(),
    MlflowRemainsReader(),
    DvcLiveReader(),
    MlflowSqliteReader(),
    TrackioReader(),
    TrackioParquetReader(),
    NeptuneReader(),
    AsvReader(),
    CriterionReader(),
    GithubActionBenchmarkReader(),
    JunitReader(),
    PytestBenchmarkReader(),
    GoogleBenchmarkReader(),
    HyperfineReader(),
    JmhReader(),
    LighthouseReader(),
    FlatJsonlReader(),
    FlatJsonReader(),
    FlatCsvReader(),
    FlatParquetReader(),
)


def all_readers() -> tuple[Reader, ...]:
    """Readers of other packages (entry points `runfolio.readers`, sorted by name), then the built-in ones.

    Others come first so that they can take files that the general readers would take as well.
    """
    return (*_plugins()[0], *BUILT_IN)


def plugin_problems() -> tuple[Problem, ...]:
    """One for each reader of another package that cannot be loaded."""
    return _plugins()[1]


@cache
def _plugins() -> tuple[tuple[Reader, ...], tuple[Problem, ...]]:
    found: list[Reader] = []
    problems: list[Problem] = []
    for entry in sorted(entry_points(group="runfolio.readers"), key=lambda entry: entry.name):
        try:
            found.append(entry.load()())
        except Exception as error:  # somebody else's code: it must not stop the build
            message = (
                f"the reader `{entry.name}` cannot be loaded: {type(error).__name__}: {str(error)[:200]}"
            )
            hint = f"update or remove the package that brings it ({entry.value.partition('.')[0]})"
            problems.append(Problem("reader-failed", Severity.ERROR, message, hint=hint))
    return tuple(found), tuple(problems)
