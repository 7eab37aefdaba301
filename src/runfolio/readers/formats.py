"""The formats that are read, as data: who may try a file is decided without loading any reader.

A reader's module is loaded when the first file is offered to it. So a build pays for the formats it meets, not for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from runfolio.readers.reader import Signature
from runfolio.runlog import ARTIFACTS_DIR, METRICS_JSONL, RUN_FILE, WORKER_METRICS_GLOB

#: What a signature's `also` needs for rows to be there that a database has not yet moved into its file.
WAL: Final = "-wal"
#: What a signature's `also` needs for the settings of a script under Hydra.
HYDRA_FILES: Final = (".hydra/config.yaml", ".hydra/overrides.yaml")

_DATABASES = ("*.db", "*.sqlite", "*.sqlite3")
#: Names of Runfolio's own files.
_OWN = ("run.json", "events.jsonl", "events-*.jsonl")
_LARGE, _MIDDLE = 1_000_000_000, 100_000_000
#: Any JSON file may be a benchmark's result: the readers look for their marks in its bytes first.
_BENCHMARKS = Signature(names=("*.json",), except_names=_OWN, size_limit=_MIDDLE)
#: JSON files of numbers that are settings, lists of files and the like.
_NOT_LOGS = (
    "config*.json", "params.json", "parameters.json", "hparams.json", "hyperparameters.json", "settings*.json", "args.json",
    "package*.json", "tsconfig*.json", "*config.json", "manifest.json", "*schema.json", "vocab.json",
    "experiment_state-*.json", "basic-variant-state-*.json", "trainer_state.json",
)  # fmt: skip
#: What test runners call their reports. Data sets have thousands of other XML files, which nobody need open.
_REPORTS = ("junit", "JUnit", "test", "Test", "TEST", "result", "Result", "report", "xunit")
_EVENT_FILES = "*tfevents*"
#: What a dvc.yaml may name as metrics, plots and parameters.
_NEAR = (
    "*.json",
    "*.yaml",
    "*.yml",
    "*.toml",
    "*.csv",
    "*.tsv",
    "*.png",
    "*.jpg",
    "*.jpeg",
    "*.gif",
    "*.svg",
)
_MLFLOW_FOLDERS = ("artifacts", "inputs", "metrics", "outputs", "params", "tags")


@dataclass(frozen=True, slots=True)
class Format:
    """One format."""

    reader: str
    """Module and class of its reader, below this package: `sacred:SacredReader`."""
    version: int
    """Raised when the same bytes would be read differently."""
    signature: Signature


#: By the names of the readers, in the order in which they are asked; readers of folders come before readers of files.
FORMATS: Final[Mapping[str, Format]] = {
    "sacred": Format("sacred:SacredReader", 1, Signature(names=("run.json", "cout.txt"), takes_folder=True)),
    "runlog": Format(
        "runlog:RunlogReader",
        2,
        Signature(
            names=(RUN_FILE,),
            takes_folder=True,
            subfolders=(ARTIFACTS_DIR,),
            locked_names=(METRICS_JSONL, WORKER_METRICS_GLOB),
        ),
    ),
    "guild": Format(
        "guild:GuildReader",
        1,
        Signature(
            also=(f"*/{_EVENT_FILES}",),
            takes_folder=True,
            with_folders=(".guild",),
            subfolders=(".guild",),
            enters=(".guild",),
        ),
    ),
    "ray-tune": Format(
        "ray_tune:RayTuneReader",
        1,
        Signature(
            names=("result.json",),
            beside=("params.json",),
            also=("../experiment_state-*.json",),
            takes_folder=True,
        ),
    ),
    "lightning": Format(
        "lightning:LightningReader",
        2,
        Signature(
            names=("hparams.yaml",),
            also=("metrics.csv", "events.out.tfevents.*", *(f"../../{name}" for name in HYDRA_FILES)),
            takes_folder=True,
            shares_folder=True,
        ),
    ),
    "hf-trainer": Format(
        "hf_trainer:HfTrainerReader",
        2,
        Signature(
            names=("trainer_state.json",),
            also=(
                *(f"{part}_results.json" for part in ("all", "train", "eval", "test", "predict")),
                "../trainer_state.json",
                "../checkpoint-*/trainer_state.json",
                "../*-checkpoint/trainer_state.json",
                "../runs/*/*tfevents*",
            ),
            takes_folder=True,
            shares_folder=True,
            subfolders=("runs",),
        ),
    ),
    "stable-baselines3": Format(
        "stable_baselines:StableBaselinesReader",
        1,
        Signature(
            names=("monitor.csv", "*.monitor.csv", "progress.csv", "progress.json", "evaluations.npz"),
            also=("args.yml", "config.yml", "*/args.yml", "*/config.yml", "events.out.tfevents.*"),
            takes_folder=True,
            shares_folder=True,
        ),
    ),
    "spinning-up": Format(
        "spinning_up:SpinningUpReader",
        1,
        Signature(names=("progress.txt",), also=("config.json",), takes_folder=True, shares_folder=True),
    ),
    "clearml": Format(
        "clearml:ClearmlReader",
        1,
        Signature(names=("task.json",), also=("../{stem}.zip",), takes_folder=True, subfolders=("data",)),
    ),
    "optuna": Format(
        "optuna:OptunaReader",
        2,
        Signature(
            names=(*_DATABASES, "*.log", "*.journal"), also=tuple(f"{glob}{WAL}" for glob in _DATABASES)
        ),
    ),
    "lm-eval": Format(
        "lm_eval:LmEvalReader",
        2,
        Signature(names=("results_*.json", "results.json", "*_20??-*T*.json"), size_limit=200_000_000),
    ),
    "inspect": Format(
        "inspect_log:InspectReader",
        1,
        Signature(names=("*.eval", "20??-*T*_*.json"), size_limit=2_000_000_000),
    ),
    "comet": Format("comet:CometReader", 1, Signature(names=("*.zip",), enters=(".cometml-runs",))),
    "clearml-zip": Format(
        "clearml:ClearmlArchiveReader", 1, Signature(names=("*.zip",), also=("{stem}/task.json",))
    ),
    "tensorboard-keras": Format(
        "tensorboard:KerasReader",
        2,
        Signature(
            also=(_EVENT_FILES, f"train/{_EVENT_FILES}", f"validation/{_EVENT_FILES}"),
            with_folders=("train", "validation"),
            takes_folder=True,
            shares_folder=True,
        ),
    ),
    "tensorboard": Format(
        "tensorboard:TensorBoardReader",
        3,
        Signature(
            names=(_EVENT_FILES,),
            # The second holds sessions of PyTorch's `add_hparams`; the third tells that Hugging Face's Trainer wrote the files.
            also=("hparams.yaml", f"[0-9]*.[0-9]*/{_EVENT_FILES}", "../../checkpoint-*/trainer_state.json"),
            takes_folder=True,
            shares_folder=True,
        ),
    ),
    "wandb": Format(
        "wandb:WandbReader", 1, Signature(names=("*.wandb",), subfolders=("files", "logs", "tmp"))
    ),
    "aim": Format(
        "aim:AimReader",
        1,
        Signature(
            names=("run_metadata.sqlite",),
            also=(f"run_metadata.sqlite{WAL}",),
            subfolders=("meta", "seqs", "locks", "check_ins", "progress"),
            enters=(".aim",),
        ),
    ),
    "mlflow-files": Format(
        "mlflow_files:MlflowFilesReader",
        1,
        Signature(
            names=("meta.yaml",), also=("../meta.yaml",), takes_folder=True, subfolders=_MLFLOW_FOLDERS
        ),
    ),
    "mlflow-remains": Format(
        "mlflow_files:MlflowRemainsReader",
        1,
        Signature(
            also=("meta.yaml", "../meta.yaml"),
            takes_folder=True,
            with_folders=("params", "tags"),
            subfolders=_MLFLOW_FOLDERS,
        ),
    ),
    "dvclive": Format(
        "dvclive:DvcLiveReader",
        1,
        Signature(
            also=("metrics.json", "params.yaml", "dvc.yaml", "*.dvc", "../dvc.yaml", "../*.dvc"),
            takes_folder=True,
            shares_folder=True,
            with_folders=("plots",),
            subfolders=("plots",),
        ),
    ),
    "dvc": Format(
        "dvc_pipeline:DvcPipelineReader",
        1,
        Signature(
            names=("dvc.yaml",),
            also=("dvc.lock", *_NEAR, *(f"*/{glob}" for glob in _NEAR)),
            takes_folder=True,
            shares_folder=True,
            takes_what_it_reads=True,
            subfolders=("eval", "evaluation", "plots", "reports", "results"),
        ),
    ),
    "mlflow-sqlite": Format(
        "mlflow_sqlite:MlflowSqliteReader",
        1,
        Signature(
            names=_DATABASES,
            also=tuple(f"{{stem}}{glob[1:]}{WAL}" for glob in _DATABASES),
            subfolders=("mlartifacts", "mlruns"),
        ),
    ),
    "trackio": Format(
        "trackio:TrackioReader",
        1,
        Signature(names=("*.db",), also=(f"{{stem}}.db{WAL}",), subfolders=("artifacts", "media")),
    ),
    "trackio-parquet": Format(
        "trackio_parquet:TrackioParquetReader",
        1,
        Signature(
            names=("*.parquet",),
            also=(
                "{stem}.db",
                "{stem}_configs.parquet",
                "aux/configs.parquet",
                "{stem}_system.parquet",
                "aux/system_metrics.parquet",
            ),
        ),
    ),
    "neptune": Format(
        "neptune:NeptuneReader",
        1,
        Signature(names=("*_part_*.parquet",), also=("*_part_[1-9]*.parquet",)),
    ),
    "asv": Format(
        "asv:AsvReader",
        1,
        Signature(
            names=("[0-9a-f]" * 8 + "-*.json",),
            beside=("machine.json",),
            also=("machine.json", "../benchmarks.json"),
            size_limit=_MIDDLE,
            enters=(".asv",),
        ),
    ),
    "criterion": Format(
        "criterion:CriterionReader",
        2,
        Signature(
            names=("estimates.json", "benchmark.json", "sample.json", "tukey.json", "raw.csv"),
            beside=("estimates.json",),
            also=("estimates.json", "benchmark.json", "sample.json"),
            size_limit=_MIDDLE,
        ),
    ),
    "github-action-benchmark": Format(
        "github_action_benchmark:GithubActionBenchmarkReader",
        1,
        Signature(names=("data.js",), size_limit=_MIDDLE),
    ),
    "junit": Format(
        "junit:JunitReader",
        1,
        Signature(names=tuple(f"*{word}*.xml" for word in _REPORTS), size_limit=_MIDDLE),
    ),
    "pytest-benchmark": Format(
        "pytest_benchmark:PytestBenchmarkReader",
        1,
        Signature(names=("*.json",), except_names=_OWN, size_limit=_MIDDLE, enters=(".benchmarks",)),
    ),
    "google-benchmark": Format("google_benchmark:GoogleBenchmarkReader", 1, _BENCHMARKS),
    "hyperfine": Format("hyperfine:HyperfineReader", 1, _BENCHMARKS),
    "jmh": Format("jmh:JmhReader", 1, _BENCHMARKS),
    "lighthouse": Format("lighthouse:LighthouseReader", 1, _BENCHMARKS),
    "jsonl": Format(
        "flat_jsonl:FlatJsonlReader",
        2,
        Signature(also=HYDRA_FILES, names=("*.jsonl", "*.ndjson"), except_names=_OWN, size_limit=_LARGE),
    ),
    "json": Format(
        "flat_json:FlatJsonReader",
        2,
        Signature(also=HYDRA_FILES, names=("*.json",), except_names=(*_OWN, *_NOT_LOGS), size_limit=_MIDDLE),
    ),
    "csv": Format(
        "flat_csv:FlatCsvReader",
        2,
        Signature(also=HYDRA_FILES, names=("*.csv", "*.tsv"), size_limit=_LARGE),
    ),
    "parquet": Format(
        "flat_parquet:FlatParquetReader",
        2,
        Signature(also=HYDRA_FILES, names=("*.parquet",), size_limit=_LARGE),
    ),
}
