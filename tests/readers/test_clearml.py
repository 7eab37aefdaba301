"""ClearML's offline sessions, as folders and zipped."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from runfolio.catalog import read_catalog
from runfolio.model import RunStatus
from runfolio.readers import Reader
from runfolio.readers.clearml import ClearmlArchiveReader, ClearmlReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

START = 1_700_000_000_000


def setting(value: str, kind: str = "") -> dict[str, str]:
    return {"value": value, "type": kind, "section": "General"}


def task(**fields: object) -> bytes:
    content = {
        "id": "offline-1",
        "name": "mlp",
        "project_name": "digits",
        "tags": ["base"],
        "comment": "a note",
        "hyperparams": {
            "General": {
                "lr": setting("0.1", "float"),
                "net/width": setting("8", "int"),
                "x": setting("True", "bool"),
            },
            "Args": {"data": setting("/data/me/digits", "str")},
            "model": {"depth": setting("3", "int")},
        },
        "script": {
            "branch": "main",
            "version_num": "abc",
            "diff": "- a",
            "repository": "git@example.org:me/x.git",
            "entry_point": "train.py",
            "requirements": {"pip": "# Python 3.11\n\nnumpy == 1.26.0\nclearml==2.0\n"},
        },
        "offline_folder": "/data/me/offline-1",
    }
    return json.dumps(content | fields).encode()


def scalar(title: str, series: str, value: object, step: int) -> dict[str, object]:
    return {
        "timestamp": START + 1000 * max(step, 0),
        "type": "training_stats_scalar",
        "metric": title,
        "variant": series,
        "value": value,
        "iter": step,
    }


METRICS = (
    json.dumps(
        [scalar("loss", "train", 1.0, 0), scalar("loss", "train", 0.5, 1), {"type": "plot", "plot_str": "{}"}]
    )
    + "\n"
    + json.dumps([scalar("loss", "train", float("nan"), 2), scalar("Summary", "best", 0.25, -(2**31))])
    + "\n"
).encode()
FACTS = {"loss/train": (3, float("nan")), "Summary/best": (1, 0.25)}


def folder(name: str = "offline-1", metrics: bytes = METRICS, **fields: object) -> dict[str, bytes]:
    return {
        f"{name}/task.json": task(**fields),
        f"{name}/metrics.jsonl": metrics,
        f"{name}/log.jsonl": json.dumps([{"timestamp": START - 500, "type": "log", "worker": "box"}]).encode()
        + b"\n",
        f"{name}/data/digits/mlp.offline-1/artifacts/table/table.csv": b"step,x\n1,2\n",
    }


def zipped(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in files.items():
            target.writestr(name.partition("/")[2], body)
    return sink.getvalue()


class TestClearml(ReaderContract):
    reader_class = ClearmlReader

    @pytest.fixture
    def reader(self) -> Reader:
        return ClearmlReader()

    @pytest.fixture
    def valid(self) -> Sample:
        return Sample(folder(), {"offline-1": FACTS})

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "a line": folder(metrics=b"{oh\n" + METRICS),
            "the task": folder() | {"offline-1/task.json": task()[:50]},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "another task": {"a/task.json": b'{"id": "x", "name": "y"}'},
            "beside a log": {"a/task.json": b'{"id": 3}', "a/metrics.jsonl": b'{"step": 1, "loss": 2}\n'},
        }


class TestClearmlArchive(ReaderContract):
    reader_class = ClearmlArchiveReader

    @pytest.fixture
    def reader(self) -> Reader:
        return ClearmlArchiveReader()

    @pytest.fixture
    def valid(self) -> Sample:
        return Sample({"offline-1.zip": zipped(folder())}, {"offline-1": FACTS})

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "a cut archive": {"a.zip": zipped(folder())[:-30]},
            "a line": {"a.zip": zipped(folder(metrics=b"{oh\n" + METRICS))},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {"another archive": {"a.zip": zipped({"a/x": b"1"})}, "no archive": {"a.zip": b"task.json"}}


def test_all_fields(tmp_path: Path) -> None:
    catalog = read_catalog([write_tree(tmp_path, folder())], workers=1)
    (run,) = catalog.runs
    assert catalog.problems == ()
    assert (run.name, run.experiment, run.notes, run.tags) == ("mlp", "digits", "a note", ("base",))
    assert {name: value.value for name, value in run.parameters.items()} == {
        "lr": 0.1,
        "net.width": 8,
        "x": True,
        "data": "digits",
        "model.depth": 3,
    }
    assert run.started_at is not None and run.started_at.timestamp() == START / 1000 - 0.5
    assert (run.metrics["loss/train"].last_step, run.metrics["loss/train"].last_time) == (2, 2.5)
    assert run.metrics["Summary/best"].last_step == 0
    assert run.git is not None and (run.git.commit, run.git.branch, run.git.dirty) == ("abc", "main", True)
    assert run.environment.packages == {"numpy": "1.26.0", "clearml": "2.0"}
    assert [item.name for item in run.artifacts] == ["table/table.csv"]


def test_a_folder_and_its_archive_are_one_run_that_was_closed(tmp_path: Path) -> None:
    open_one, closed = folder("offline-1"), folder("offline-2", id="offline-2")
    files = open_one | closed | {"offline-2.zip": zipped(closed)}
    runs = {run.run_id: run for run in read_catalog([write_tree(tmp_path, files)], workers=1).runs}
    assert {name: run.status for name, run in runs.items()} == {
        "offline-1": RunStatus.RUNNING,
        "offline-2": RunStatus.FINISHED,
    }


def test_settings_of_old_versions_and_statuses(tmp_path: Path) -> None:
    fields = {
        "hyperparams": {},
        "execution": {"parameters": {"Args/lr": "0.1", "x": "y"}},
        "status": "failed",
    }
    (run,) = read_catalog([write_tree(tmp_path, folder(**fields))], workers=1).runs
    assert run.status is RunStatus.FAILED
    assert {name: value.value for name, value in run.parameters.items()} == {"lr": "0.1", "x": "y"}
