"""MLflow's database: schemas of several ages, what SQL cannot say of a number, and what lies beside it."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from runfolio.catalog import read_catalog
from runfolio.model import DataReference, Run, RunStatus
from runfolio.readers import Reader
from runfolio.readers.mlflow_sqlite import MlflowSqliteReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

START = 1675439113000
A, B, C = "a" * 32, "b" * 32, "c" * 32

#: Tables of version 1.0: no flag for NaN, no data sets, no registered models.
OLD = """
CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name TEXT, lifecycle_stage TEXT);
CREATE TABLE runs (run_uuid TEXT PRIMARY KEY, name TEXT, user_id TEXT, status TEXT, start_time BIGINT, end_time BIGINT,
    lifecycle_stage TEXT, experiment_id INTEGER);
CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT, step BIGINT DEFAULT 0 NOT NULL,
    PRIMARY KEY (key, timestamp, step, run_uuid, value));
CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT, PRIMARY KEY (key, run_uuid));
CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT, PRIMARY KEY (key, run_uuid));
"""
NEW = (
    OLD
    + """
ALTER TABLE metrics ADD COLUMN is_nan BOOLEAN DEFAULT 0 NOT NULL;
CREATE TABLE datasets (dataset_uuid TEXT, experiment_id INTEGER, name TEXT, digest TEXT, dataset_source TEXT);
CREATE TABLE inputs (input_uuid TEXT, source_type TEXT, source_id TEXT, destination_type TEXT, destination_id TEXT);
CREATE TABLE logged_models (model_id TEXT, name TEXT, lifecycle_stage TEXT, source_run_id TEXT);
CREATE TABLE model_versions (name TEXT, version INTEGER, current_stage TEXT, run_id TEXT);
CREATE TABLE registered_model_aliases (alias TEXT, version INTEGER, name TEXT);
"""
)


def database(*statements: tuple[str, Iterable[tuple[object, ...]]], schema: str = NEW) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(f"PRAGMA page_size = 512; {schema}")
    connection.execute("INSERT INTO experiments VALUES (1, 'digits', 'active')")
    for table, rows in statements:
        for row in rows:
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    connection.commit()
    body = connection.serialize()
    connection.close()
    return body


def run_row(
    run_id: str, status: str = "FINISHED", stage: str = "active", experiment: int = 1
) -> tuple[object, ...]:
    return (run_id, f"run {run_id[0]}", "me", status, START, START + 9000, stage, experiment)


def points(run_id: str, key: str, *values: float, flag: int | None = 0) -> list[tuple[object, ...]]:
    end = () if flag is None else (flag,)
    return [(key, value, START + 1000 * k, run_id, 10 * k, *end) for k, value in enumerate(values, 1)]


def small() -> bytes:
    rows = [*points(A, "loss", 0.5, 0.25), *points(A, "val/acc", 0.0, flag=1), *points(B, "loss", 0.75)]
    return database(("runs", [run_row(A), run_row(B)]), ("metrics", rows))


def read(folder: Path, tree: Tree) -> tuple[dict[str, Run], list[tuple[str, str]]]:
    catalog = read_catalog([write_tree(folder, tree)], workers=1)
    return {run.run_id: run for run in catalog.runs}, [(item.slug, item.message) for item in catalog.problems]


class TestMlflowSqlite(ReaderContract):
    reader_class = MlflowSqliteReader

    @pytest.fixture
    def reader(self) -> Reader:
        return MlflowSqliteReader()

    @pytest.fixture
    def valid(self) -> Sample:
        runs = {A: {"loss": (2, 0.25), "val/acc": (1, math.nan)}, B: {"loss": (1, 0.75)}}
        return Sample({"mlflow.db": small()}, runs)

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        body = small()
        text = database(("runs", [run_row(A)]), ("metrics", [("loss", "high", START, A, 1, 0)]))
        schema = body.replace(b"CREATE TABLE tags (", b"CREATE TABLE tag \xdb(")
        assert schema != body
        return {
            "a broken schema": {"mlflow.db": schema},
            "cut short": {"mlflow.db": body[: len(body) // 2]},
            "a text": {"mlflow.db": text},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        connection = sqlite3.connect(":memory:")
        connection.execute("CREATE TABLE runs (run_uuid, experiment_id)")
        other = connection.serialize()
        connection.close()
        return {
            "another database": {"app.db": other},
            "no database": {"thumbs.db": b"\xd0\xcf\x11\xe0 run_uuid"},
        }


def test_runs_parameters_tags_and_status(tmp_path: Path) -> None:
    tags = {
        "mlflow.runName": "child",
        "mlflow.parentRunId": A,
        "mlflow.note.content": "why",
        "team": "vision",
    }
    body = database(
        ("runs", [run_row(A), run_row(B, "KILLED"), run_row(C, "RUNNING", experiment=2)]),
        ("experiments", [(2, "other", "active")]),
        ("metrics", points(A, "loss", 0.5)),
        ("params", [("lr", "0.01", B), ("flag", "True", B), ("a", "x", B)]),
        ("tags", [(key, value, B) for key, value in tags.items()]),
    )
    runs, problems = read(tmp_path, {"x/store.sqlite": body})
    assert problems == []
    assert [runs[item].status for item in (A, B, C)] == [
        RunStatus.FINISHED,
        RunStatus.INTERRUPTED,
        RunStatus.RUNNING,
    ]
    assert [runs[item].experiment for item in (A, B, C)] == ["digits", "digits", "other"]
    assert (runs[A].name, runs[A].duration_s, runs[A].metrics["loss"].last_time) == ("run a", 9, 1)
    child = runs[B]
    assert (child.name, child.parent_id, child.notes, child.tags) == ("child", A, "why", ("team=vision",))
    assert {name: value.value for name, value in child.parameters.items()} == {
        "lr": 0.01,
        "flag": True,
        "a": "x",
    }


def test_what_sql_cannot_say_of_a_number(tmp_path: Path) -> None:
    largest = 1.7976931348623157e308
    rows = [
        *points(A, "up", 1.0, largest),
        *points(A, "down", -largest),
        *points(A, "nan", 0.0, flag=1),
        *[("no step", float(k), START + k, A, 0, 0) for k in range(3)],
    ]
    runs, problems = read(tmp_path, {"mlflow.db": database(("runs", [run_row(A)]), ("metrics", rows))})
    assert problems == []
    found = {name: (item.count, item.last) for name, item in runs[A].metrics.items()}
    assert found["up"] == (2, math.inf)
    assert found["down"] == (1, -math.inf)
    assert math.isnan(found["nan"][1])
    assert found["no step"] == (3, 2)


def test_an_old_schema_and_rows_in_any_order(tmp_path: Path) -> None:
    rows = [row for k in range(3) for run in (C, A, B) for row in points(run, f"m{k}", 1.0 * k, flag=None)]
    body = database(("runs", [run_row(C), run_row(A), run_row(B)]), ("metrics", rows), schema=OLD)
    runs, problems = read(tmp_path, {"mlruns.db": body})
    assert problems == []
    assert {name: list(run.metrics) for name, run in runs.items()} == {
        key: ["m0", "m1", "m2"] for key in (A, B, C)
    }


def test_deleted_runs_are_counted(tmp_path: Path) -> None:
    body = database(
        ("experiments", [(2, "old", "deleted")]),
        ("runs", [run_row(A), run_row(B, stage="deleted"), run_row(C, experiment=2)]),
        ("metrics", points(A, "loss", 1.0) + points(B, "loss", 2.0)),
    )
    runs, problems = read(tmp_path, {"mlflow.db": body})
    assert list(runs) == [A]
    assert problems == [("mlflow-deleted", "2 runs were deleted in MLflow and left out")]


def test_data_sets_models_and_artifacts(tmp_path: Path) -> None:
    body = database(
        ("runs", [run_row(A)]),
        ("datasets", [("d", 1, "tiny", "92a7", '{"uri": "https://example.org/x.csv"}')]),
        ("inputs", [("i", "DATASET", "d", "RUN", A)]),
        (
            "logged_models",
            [("m-1", "net", "active", A), ("m-2", "far", None, A), ("m-3", "gone", "deleted", A)],
        ),
        ("model_versions", [("reg", 2, "Production", A)]),
        ("registered_model_aliases", [("best", 2, "reg")]),
    )
    tree = {
        "mlflow.db": body,
        f"mlruns/1/{A}/artifacts/out/metrics.json": b'{"loss": [1, 2]}',
        "mlruns/1/models/m-1/artifacts/MLmodel": b"flavors: {}\n",
    }
    runs, problems = read(tmp_path, tree)
    assert problems == []
    assert list(runs) == [A]
    assert runs[A].data == (DataReference("tiny (92a7)", "https://example.org/x.csv"),)
    assert [(item.name, item.path or item.uri) for item in runs[A].artifacts] == [
        ("out/metrics.json", f"mlruns/1/{A}/artifacts/out/metrics.json"),
        ("net/MLmodel", "mlruns/1/models/m-1/artifacts/MLmodel"),
        ("far", "models:/m-2"),
    ]
    assert runs[A].tags == ("models:/reg/2", "models:/reg/Production", "models:/reg@best")
    catalog = read_catalog([tmp_path], workers=1)
    assert catalog.read_artifact(catalog.runs[0], f"mlruns/1/{A}/artifacts/out/metrics.json")[:1] == b"{"


@pytest.mark.parametrize(
    ("columns", "row", "tags"),
    [
        # As of MLflow 1: stages, no aliases.
        (
            "name TEXT, version INTEGER, current_stage TEXT, run_id TEXT",
            ("reg", 3, "Staging", A),
            ("models:/reg/3", "models:/reg/Staging"),
        ),
        (
            "name TEXT, version INTEGER, current_stage TEXT, run_id TEXT",
            ("reg", 1, "None", A),
            ("models:/reg/1",),
        ),
        # As it may be once stages are gone.
        ("name TEXT, version INTEGER, run_id TEXT", ("reg", 1, A), ("models:/reg/1",)),
        # Registered from a file: of no run here.
        ("name TEXT, version INTEGER, run_id TEXT", ("reg", 1, None), ()),
        ("name TEXT, version INTEGER, run_id TEXT", ("reg", 1, B), ()),
    ],
)
def test_registered_models_of_other_schemas(
    tmp_path: Path, columns: str, row: tuple[object, ...], tags: tuple[str, ...]
) -> None:
    schema = f"{OLD}CREATE TABLE registered_models (name TEXT);CREATE TABLE model_versions ({columns});"
    body = database(
        ("runs", [run_row(A)]),
        ("registered_models", [("reg",), ("empty",)]),
        ("model_versions", [row]),
        schema=schema,
    )
    runs, problems = read(tmp_path, {"mlflow.db": body})
    assert problems == []
    assert runs[A].tags == tags


def test_runs_of_a_file_store_beside_the_database_are_named(tmp_path: Path) -> None:
    tree = {"mlflow.db": small(), f"mlruns/1/{C}/meta.yaml": b"", f"mlruns/1/{A}/meta.yaml": b""}
    runs, problems = read(tmp_path, tree)
    assert list(runs) == [A, B]
    ((slug, message),) = problems
    assert slug == "mlflow-beside"
    assert "holds 1 runs" in message


def test_rows_that_are_still_in_the_log_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    path.write_bytes(small())
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("INSERT INTO metrics VALUES ('late', 1.0, ?, ?, 1, 0)", (START, A))
    connection.commit()
    try:
        runs = {run.run_id: run for run in read_catalog([tmp_path], workers=1).runs}
    finally:
        connection.close()
    assert runs[A].metrics["late"].last == 1


def test_runs_beside_a_damaged_database_are_not_lost(tmp_path: Path) -> None:
    meta = f"run_id: {C}\nexperiment_id: '1'\nstatus: 3\n".encode()
    tree = {
        "optuna.db": b"SQLite format 3\x00",
        "mlflow.db": small()[: len(small()) // 2],
        f"mlruns/1/{C}/meta.yaml": meta,
    }
    runs, problems = read(tmp_path, tree)
    assert list(runs) == [C]
    assert [slug for slug, _ in problems] == ["broken-database"]
