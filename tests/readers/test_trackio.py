"""Trackio's databases of several ages, and the Parquet files it exports."""

from __future__ import annotations

import io
import json
import math
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runfolio.catalog import read_catalog
from runfolio.model import DataReference, Run
from runfolio.readers import Reader
from runfolio.readers.trackio import TrackioReader
from runfolio.readers.trackio_parquet import TrackioParquetReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

#: Before version 0.24 a run was known by its name alone.
OLD = """
CREATE TABLE metrics (id INTEGER PRIMARY KEY, timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT);
CREATE TABLE configs (id INTEGER PRIMARY KEY, run_name TEXT, config TEXT, created_at TEXT);
CREATE TABLE system_metrics (id INTEGER PRIMARY KEY, timestamp TEXT, run_name TEXT, metrics TEXT);
"""
NEW = """
CREATE TABLE metrics (id INTEGER PRIMARY KEY, run_id TEXT, timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT);
CREATE TABLE configs (id INTEGER PRIMARY KEY, run_id TEXT, run_name TEXT, config TEXT, created_at TEXT);
CREATE TABLE system_metrics (id INTEGER PRIMARY KEY, run_id TEXT, timestamp TEXT, run_name TEXT, metrics TEXT);
CREATE TABLE alerts (id INTEGER PRIMARY KEY, run_id TEXT, timestamp TEXT, run_name TEXT, title TEXT, text TEXT, level TEXT);
CREATE TABLE artifacts (id INTEGER PRIMARY KEY, name TEXT, type TEXT);
CREATE TABLE artifact_versions (id INTEGER PRIMARY KEY, artifact_id INTEGER, version INTEGER, manifest_digest TEXT, manifest TEXT);
CREATE TABLE run_artifact_links (id INTEGER PRIMARY KEY, run_id TEXT, artifact_version_id INTEGER, direction TEXT);
"""
CONFIG = {
    "lr": 0.1,
    "opt": {"name": "adam"},
    "_Username": "me",
    "_Group": "g",
    "_Created": "2026-01-02T03:04:05+00:00",
}


def at(second: int) -> str:
    return f"2026-01-02T03:04:{5 + second:02}+00:00"


def database(tables: dict[str, list[tuple[object, ...]]], schema: str = NEW) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(f"PRAGMA page_size = 512; {schema}")
    for table, rows in tables.items():
        for row in rows:
            connection.execute(
                f"INSERT INTO {table} VALUES ({', '.join('?' * (len(row) + 1))})", (None, *row)
            )
    connection.commit()
    body = connection.serialize()
    connection.close()
    return body


def logged(run: str, *rows: object) -> list[tuple[object, ...]]:
    return [(run, at(k), f"name {run}", 10 * k, json.dumps(row).encode()) for k, row in enumerate(rows)]


def small() -> bytes:
    rows = [*logged("b", {"loss": 3}), *logged("a", {"loss": 1, "val": {"acc": 0.5}}, {"loss": "NaN"})]
    return database({"metrics": rows, "configs": [("a", "name a", json.dumps(CONFIG), at(0))]})


def parquet(rows: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


def exported(stem: str = "digits") -> dict[str, bytes]:
    base = {"id": 1, "run_id": "a", "run_name": "name a", "log_id": "x", "space_id": None}
    metrics = [
        base | {"timestamp": at(0), "step": 0, "loss": 1.0, "val": {"acc": 0.5}, "n": 1},
        base | {"timestamp": at(1), "step": 10, "loss": math.nan, "val": None, "n": None},
        base
        | {
            "run_id": "b",
            "run_name": "name b",
            "timestamp": at(1),
            "step": 0,
            "loss": 3.0,
            "val": None,
            "n": 2,
        },
    ]
    configs = [{"id": 1, "run_id": "a", "run_name": "name a", "created_at": at(0), **CONFIG}]
    return {
        f"{stem}.parquet": parquet(metrics),
        f"{stem}_configs.parquet": parquet(configs),
        f"{stem}_system.parquet": parquet([base | {"timestamp": at(2), "gpu": 0.5}]),
        f"{stem}_artifact_aliases.parquet": parquet(
            [{"artifact_id": 1, "alias": "latest", "artifact_version_id": 1}]
        ),
    }


def read(folder: Path, tree: Tree) -> tuple[dict[str, Run], list[str]]:
    catalog = read_catalog([write_tree(folder, tree)], workers=1)
    return {run.run_id: run for run in catalog.runs}, [item.message for item in catalog.problems]


class TestTrackio(ReaderContract):
    reader_class = TrackioReader

    @pytest.fixture
    def reader(self) -> Reader:
        return TrackioReader()

    @pytest.fixture
    def valid(self) -> Sample:
        runs = {"a": {"loss": (2, math.nan), "val/acc": (1, 0.5)}, "b": {"loss": (1, 3)}}
        return Sample({"digits.db": small()}, runs)

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        body = small()
        bad = database({"metrics": [("a", at(0), "a", 0, b"{"), ("a", at(1), "a", 1, b'{"loss": 1}')]})
        return {"cut short": {"x.db": body[: len(body) * 2 // 3]}, "no JSON": {"x.db": bad}}

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        other = database({}, "CREATE TABLE metrics (id, step, value);")
        return {
            "another database": {"app.db": other},
            "no database": {"x.db": b"run_name system_metrics configs"},
        }


class TestTrackioParquet(ReaderContract):
    reader_class = TrackioParquetReader

    @pytest.fixture
    def reader(self) -> Reader:
        return TrackioParquetReader()

    @pytest.fixture
    def valid(self) -> Sample:
        runs = {
            "a": {"loss": (2, math.nan), "val/acc": (1, 0.5), "n": (1, 1), "system/gpu": (1, 0.5)},
            "b": {"loss": (1, 3), "n": (1, 2)},
        }
        return Sample(exported(), runs)

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        # A broken file of metrics is nobody's; beside good ones it is surely Trackio's.
        return {"broken settings": {"d.parquet": exported()["digits.parquet"], "d_configs.parquet": b"PAR1"}}

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "a log of its own": {"x.parquet": parquet([{"step": 1, "run_name": "a", "loss": 1.0}])},
            "a table of runs": {
                "x.parquet": parquet([{"id": 1, "run_name": "a", "created_at": at(0), "loss": 1.0}])
            },
            "no Parquet": {"x.parquet": b"hello"},
        }

    def test_damage_is_named(self, reader: Reader, broken: dict[str, Tree], tmp_path: Path) -> None:
        catalog = read_catalog([write_tree(tmp_path, broken["broken settings"])], workers=1)
        assert {(item.slug, item.path) for item in catalog.problems} == {
            ("broken-parquet", "d_configs.parquet")
        }


def test_a_run_says_what_trackio_says(tmp_path: Path) -> None:
    image = {"_type": "trackio.image", "file_path": "digits/a/1/x.png", "caption": "c"}
    rows = logged(
        "a", {"loss": 1.5}, {"pic": image, "many": [image, image], "gone": image | {"file_path": "y.png"}}
    )
    rows += [
        (
            "a",
            at(3),
            "name a",
            20,
            b'{"said":{"_type":"trackio.markdown","_value":"*hi*"},"up":"Infinity","w":"x"}',
        )
    ]
    manifest = json.dumps([{"path": "net.onnx", "digest": "abc", "size": 1}])
    body = database(
        {
            "metrics": rows,
            "system_metrics": [("a", at(k), "name a", b'{"gpu": 0.5}') for k in (1, 4)],
            "configs": [("a", "name a", json.dumps(CONFIG), at(0))],
            "alerts": [("a", at(2), "name a", "Careful", None, "warn")],
            "artifacts": [("net", "model"), ("data", "dataset")],
            "artifact_versions": [(1, 0, "d0", manifest), (2, 3, "d3", "[]")],
            "run_artifact_links": [("a", 1, "output"), ("a", 2, "input")],
        }
    )
    tree = {"digits.db": body, "media/digits/a/1/x.png": b"x", "artifacts/digits/blobs/sha256/ab/abc": b"x"}
    runs, problems = read(tmp_path, tree)
    run = runs["a"]
    assert problems == ["1 media files of the run are not there; they were left out"]
    assert (run.experiment, run.name, run.group, run.environment.user) == ("digits", "name a", "g", "me")
    assert run.started_at is not None
    assert run.started_at.isoformat() == CONFIG["_Created"]
    assert {name: value.value for name, value in run.parameters.items()} == {"lr": 0.1, "opt.name": "adam"}
    found = {
        name: (item.count, item.last, item.last_step, item.last_time) for name, item in run.metrics.items()
    }
    assert found == {"loss": (1, 1.5, 0, 0), "up": (1, math.inf, 20, 3), "system/gpu": (2, 0.5, 1, 4)}
    assert run.notes == "*hi*"
    (alert,) = run.alerts
    assert (alert.title, alert.text, alert.level, alert.time_s) == ("Careful", "", "warning", 2)
    assert [(item.name, item.kind, item.step) for item in run.artifacts] == [
        ("pic", "image", 10),
        ("many", "image", 10),
        ("many", "image", 10),
        ("net:v0/net.onnx", "model", None),
    ]
    assert run.data == (DataReference("data:v3", sha256="d3"),)


def test_before_runs_had_ids(tmp_path: Path) -> None:
    rows = [(at(k), name, k, '{"loss": 1}') for k in range(2) for name in ("z", "a")]
    body = database({"metrics": rows, "configs": [("z", '{"lr": 1}', at(0))]}, OLD)
    runs, problems = read(tmp_path, {"digits.db": body})
    assert problems == []
    assert {name: (run.metrics["loss"].count, len(run.parameters)) for name, run in runs.items()} == {
        "a": (2, 0),
        "z": (2, 1),
    }


def test_an_export_beside_its_database_counts_once(tmp_path: Path) -> None:
    runs, problems = read(tmp_path, exported() | {"digits.db": small()})
    assert problems == []
    assert {run.source.reader for run in runs.values()} == {"trackio"}
    assert len(runs) == 2


def test_an_exported_page_is_called_after_its_folder(tmp_path: Path) -> None:
    parts = exported()
    tree = {
        "my-page/metrics.parquet": parts["digits.parquet"],
        "my-page/aux/configs.parquet": parts["digits_configs.parquet"],
        "my-page/aux/system_metrics.parquet": parts["digits_system.parquet"],
        "my-page/runs.json": b'[{"id": "a", "name": "name a", "last_step": 10, "log_count": 2}]',
    }
    runs, problems = read(tmp_path, tree)
    assert problems == []
    assert {run.experiment for run in runs.values()} == {"my-page"}
    assert runs["a"].parameters["lr"].value == 0.1
    assert "system/gpu" in runs["a"].metrics


def test_files_of_such_names_may_be_logs_of_their_own(tmp_path: Path) -> None:
    log = parquet([{"step": 1, "loss": 1.0}, {"step": 2, "loss": 0.5}])
    runs, problems = read(
        tmp_path, {"x.parquet": log, "x_configs.parquet": log, "x_system.parquet": log, "x.db": b""}
    )
    assert problems == []
    assert {name: run.source.reader for name, run in runs.items()} == dict.fromkeys(
        ("x", "x_configs", "x_system"), "parquet"
    )
