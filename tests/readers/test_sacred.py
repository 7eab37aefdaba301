"""Sacred's FileStorageObserver: whole folders, half ones, and what a jsonpickle may hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runfolio.catalog import read_catalog
from runfolio.model import RunStatus
from runfolio.readers import Reader
from runfolio.readers.jsonpickle import plain
from runfolio.readers.sacred import SacredReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

START = "2024-02-08T23:02:14.000000"


def record(**fields: object) -> dict[str, object]:
    return {
        "experiment": {
            "name": "digits",
            "base_dir": "/data/me",
            "mainfile": "train.py",
            "dependencies": ["numpy==1.26.3"],
            "repositories": [{"commit": "abc", "dirty": True, "url": "git@example.org:me/x.git"}],
        },
        "command": "main",
        "host": {
            "hostname": "box",
            "ENV": {"TOKEN": "s"},
            "os": ["Linux", "Linux-5"],
            "python_version": "3.12",
        },
        "meta": {"named_configs": ["wide"], "options": {"--comment": "first try"}},
        "status": "COMPLETED",
        "start_time": START,
        "stop_time": "2024-02-08T23:03:14.500000",
        "heartbeat": "2024-02-08T23:03:10.000000",
        "result": None,
    } | fields


def series(count: int = 3, last: object = 0.5) -> dict[str, object]:
    return {
        "train.loss": {
            "steps": [10 * k for k in range(count)],
            "values": [1.0] * (count - 1) + [last],
            "timestamps": [f"2024-02-08T23:02:{15 + k}.500000" for k in range(count)],
        }
    }


def tree(folder: str, metrics: object = None, **fields: object) -> dict[str, bytes]:
    contents = {
        "run.json": record(**fields),
        "config.json": {"seed": 1, "net": {"width": 8}},
        "metrics.json": series() if metrics is None else metrics,
    }
    files = {f"{folder}/{name}": json.dumps(value, indent=1).encode() for name, value in contents.items()}
    return files | {f"{folder}/cout.txt": b"hello\n"}


class TestSacred(ReaderContract):
    reader_class = SacredReader

    @pytest.fixture
    def reader(self) -> Reader:
        return SacredReader()

    @pytest.fixture
    def valid(self) -> Sample:
        whole = tree("runs/1", result=0.25) | {
            "runs/1/info.json": b'{"epochs": [3, 4], "best": {"acc": 0.9}}'
        }
        return Sample(
            whole | tree("runs/7", series(2, float("nan"))),
            {
                "digits-1": {
                    "train.loss": (3, 0.5),
                    "result": (1, 0.25),
                    "epochs": (2, 4),
                    "best/acc": (1, 0.9),
                },
                "digits-7": {"train.loss": (2, float("nan"))},
            },
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        cut = tree("1")
        return {
            "half a run.json": cut | {"1/run.json": cut["1/run.json"][:200]},
            "half a metrics.json": cut | {"1/metrics.json": cut["1/metrics.json"][:100]},
            "no run.json": {path: body for path, body in cut.items() if path != "1/run.json"},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        ours = {"schema": 1, "experiment": "e", "meta": {}, "host": {}, "run_id": "r"}
        return {
            "a run folder of Runfolio": {"1/run.json": json.dumps(ours).encode(), "1/metrics.jsonl": b""},
            "a broken one of Runfolio": {
                "1/run.json": b"{",
                "1/metrics.jsonl": b"",
                "1/config.json": b"{}",
                "1/cout.txt": b"",
            },
            "another program's": {"1/run.json": b'{"experiment": "e", "name": "x"}'},
            "only an output": {"1/cout.txt": b"hello"},
        }


def test_all_fields(tmp_path: Path) -> None:
    extra = {
        "1/model.pt": b"x",
        "_sources/a.csv": b"step,loss\n1,2\n",
        "_resources/b.csv": b"step,loss\n1,2\n",
    }
    (run,) = read_catalog(
        [write_tree(tmp_path, tree("1", artifacts=["model.pt", "cout.txt", "gone.pt"]) | extra)], workers=1
    ).runs
    assert (run.experiment, run.status, run.duration_s) == ("digits", RunStatus.FINISHED, 60.5)
    assert {name: value.value for name, value in run.parameters.items()} == {"seed": 1, "net.width": 8}
    assert run.tags == ("wide",)
    assert run.notes == "first try"
    assert run.started_at is not None and run.started_at.isoformat() == "2024-02-08T23:02:14+00:00"
    assert run.metrics["train.loss"].last_time == 3.5
    assert run.metrics["train.loss"].last_step == 20
    assert [artifact.path for artifact in run.artifacts] == ["model.pt"]
    assert run.git is not None and (run.git.commit, run.git.dirty) == ("abc", True)
    environment = run.environment
    assert (environment.host, environment.working_directory, environment.variables) == (
        "box",
        "/data/me",
        {"TOKEN": "s"},
    )
    assert environment.packages == {"numpy": "1.26.3"}


@pytest.mark.parametrize(
    ("word", "status", "tags"),
    [
        ("RUNNING", RunStatus.RUNNING, ("wide",)),
        ("FAILED", RunStatus.FAILED, ("wide",)),
        ("INTERRUPTED", RunStatus.INTERRUPTED, ("wide",)),
        ("TIMEOUT", RunStatus.INTERRUPTED, ("wide",)),
        ("QUEUED", RunStatus.RUNNING, ("wide", "queued")),
    ],
)
def test_statuses(word: str, status: RunStatus, tags: tuple[str, ...], tmp_path: Path) -> None:
    fields = tree("1", status=word, fail_trace=["Traceback\n", "ValueError: no\n"])
    (run,) = read_catalog([write_tree(tmp_path, fields)], workers=1).runs
    assert (run.status, run.tags) == (status, tags)
    assert run.error == "Traceback\nValueError: no\n"


def test_what_jsonpickle_wrote_is_only_looked_at() -> None:
    scalar = {
        "py/reduce": [
            {"py/type": "numpy.core.multiarray.scalar"},
            {"py/tuple": [{"py/object": "numpy.dtype", "dtype": "float64"}, {"py/b64": "AAAAAAAA4D8="}]},
        ]
    }
    assert plain({"a": scalar, "json://1": {"py/tuple": [1, 2]}}) == {"a": 0.5, "1": [1, 2]}
    assert plain({"py/object": "numpy.int64", "dtype": "int64", "value": 3}) == 3
    assert plain({"py/reduce": [{"py/function": "os.system"}, {"py/tuple": ["true"]}]}) == "(object)"
    assert plain({"py/object": "my.Model", "weights": [1]}) == "(my.Model)"


def test_samples(sample_files: Path) -> None:
    catalog = read_catalog([sample_files / "sacred"], workers=1)
    assert {problem.slug for problem in catalog.problems} == {"half-run"}
    runs = {run.source.path.rpartition("/")[2]: run for run in catalog.runs}
    assert sorted(runs, key=int) == ["1", "2", "3", "4", "73", "75", "78", "79", "87"]
    failed = {name for name, run in runs.items() if run.status is RunStatus.FAILED}
    assert failed == {"3", "73", "75", "87"}
    assert all(runs[name].error for name in failed)
    counts = [
        run.metrics["training.loss"].count for name, run in runs.items() if run.metrics and name != "79"
    ]
    assert sum(counts) == 2100
    assert runs["79"].status is RunStatus.INTERRUPTED
    assert runs["78"].experiment == "model-size-sweep"
    assert runs["78"].metrics.keys() == {"training.loss"}
