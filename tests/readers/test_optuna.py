"""Optuna's storages: SQLite of old and new schemas, and the journal."""

from __future__ import annotations

import json
import math
import sqlite3
from pathlib import Path

import pytest

from runfolio.catalog import read_catalog
from runfolio.model import Goal, Run, RunStatus
from runfolio.readers import Reader
from runfolio.readers.optuna import OptunaReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

CHOICE = json.dumps({"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", None, True]}})
WHOLE = json.dumps({"name": "IntUniformDistribution", "attributes": {"low": 0, "high": 9}})
REAL = json.dumps({"name": "FloatDistribution", "attributes": {"low": 0, "high": 9}})


def database(path: Path, script: str) -> bytes:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path.read_bytes()


#: The schema of 0.9: one objective, its value with the trial, the trial's number among its attributes.
OLD = f"""
CREATE TABLE version_info (version_info_id INTEGER, schema_version INTEGER, library_version VARCHAR);
CREATE TABLE studies (study_id INTEGER PRIMARY KEY, study_name VARCHAR, direction VARCHAR);
CREATE TABLE trials (trial_id INTEGER PRIMARY KEY, study_id INTEGER, state VARCHAR, value FLOAT,
  datetime_start DATETIME, datetime_complete DATETIME);
CREATE TABLE trial_params (param_id INTEGER PRIMARY KEY, trial_id INTEGER, param_name VARCHAR, param_value FLOAT,
  distribution_json VARCHAR);
CREATE TABLE trial_values (trial_value_id INTEGER PRIMARY KEY, trial_id INTEGER, step INTEGER, value FLOAT);
CREATE TABLE trial_system_attributes (id INTEGER PRIMARY KEY, trial_id INTEGER, key VARCHAR, value_json VARCHAR);
INSERT INTO studies VALUES (1, 'old', 'MAXIMIZE');
INSERT INTO trials VALUES (5, 1, 'COMPLETE', 0.5, '2021-09-01 12:00:00.5', '2021-09-01 12:00:02.0');
INSERT INTO trials VALUES (6, 1, 'FAIL', NULL, '2021-09-01 12:00:03', NULL);
INSERT INTO trial_params VALUES (1, 5, 'n', 3.0, '{WHOLE}'), (2, 5, 'o', 1.0, '{CHOICE}'), (3, 5, 'x', 2.0, '{REAL}');
INSERT INTO trial_values VALUES (1, 5, 0, 0.25), (2, 5, 7, NULL);
INSERT INTO trial_system_attributes VALUES (1, 5, '_number', '4'), (2, 6, '_number', '5'),
  (3, 6, 'fail_reason', '"no memory"');
"""

#: The schema since 3.2: values by objective, infinities as types.
NEW = f"""
CREATE TABLE version_info (version_info_id INTEGER, schema_version INTEGER, library_version VARCHAR);
CREATE TABLE studies (study_id INTEGER PRIMARY KEY, study_name VARCHAR);
CREATE TABLE study_directions (id INTEGER PRIMARY KEY, direction VARCHAR, study_id INTEGER, objective INTEGER);
CREATE TABLE study_system_attributes (id INTEGER PRIMARY KEY, study_id INTEGER, key VARCHAR, value_json VARCHAR);
CREATE TABLE trials (trial_id INTEGER PRIMARY KEY, number INTEGER, study_id INTEGER, state VARCHAR,
  datetime_start DATETIME, datetime_complete DATETIME);
CREATE TABLE trial_params (param_id INTEGER PRIMARY KEY, trial_id INTEGER, param_name VARCHAR, param_value FLOAT,
  distribution_json VARCHAR);
CREATE TABLE trial_values (id INTEGER PRIMARY KEY, trial_id INTEGER, objective INTEGER, value FLOAT, value_type VARCHAR);
CREATE TABLE trial_intermediate_values (id INTEGER PRIMARY KEY, trial_id INTEGER, step INTEGER,
  intermediate_value FLOAT, intermediate_value_type VARCHAR);
CREATE TABLE trial_user_attributes (id INTEGER PRIMARY KEY, trial_id INTEGER, key VARCHAR, value_json VARCHAR);
INSERT INTO studies VALUES (3, 'new');
INSERT INTO study_directions VALUES (1, 'MAXIMIZE', 3, 1), (2, 'MINIMIZE', 3, 0);
INSERT INTO study_system_attributes VALUES (1, 3, 'study:metric_names', '["loss", "accuracy"]');
INSERT INTO trials VALUES (1, 0, 3, 'COMPLETE', '2024-01-01 00:00:00', '2024-01-01 00:01:00');
INSERT INTO trials VALUES (2, 1, 3, 'PRUNED', '2024-01-01 00:00:00', '2024-01-01 00:01:00');
INSERT INTO trial_params VALUES (1, 1, 'o', 2.0, '{CHOICE}');
INSERT INTO trial_values VALUES (1, 1, 1, 0.9, 'FINITE'), (2, 1, 0, NULL, 'INF_NEG');
INSERT INTO trial_intermediate_values VALUES (1, 2, 9, NULL, 'NAN'), (2, 2, 3, NULL, 'INF_POS'), (3, 2, 1, 4.0, 'FINITE');
INSERT INTO trial_user_attributes VALUES (1, 1, 'machine', '{{"cores": 8}}');
"""


def operation(code: int, **fields: object) -> bytes:
    return json.dumps({"op_code": code, "worker_id": "w", **fields}).encode() + b"\n"


def journal() -> bytes:
    return b"".join(
        (
            operation(0, study_name="gone", directions=[1]),
            operation(4, study_id=0, datetime_start="2024-06-07T17:27:27"),
            operation(0, study_name="kept", directions=[2]),
            operation(0, study_name="kept", directions=[2]),
            operation(1, study_id=0),
            operation(4, study_id=1, datetime_start="2024-06-07T17:27:27"),
            operation(5, trial_id=1, param_name="o", param_value_internal=0, distribution=CHOICE),
            operation(7, trial_id=1, step=2, intermediate_value=0.5),
            operation(7, trial_id=1, step=1, intermediate_value=float("inf")),
            operation(8, trial_id=1, user_attr={"a": [1]}),
            operation(6, trial_id=1, state=1, values=[0.75], datetime_complete="2024-06-07T17:27:29.5"),
            operation(6, trial_id=1, state=3, values=None, datetime_complete="2024-06-07T17:29:00"),
            operation(
                4,
                study_id=1,
                datetime_start=None,
                state=4,
                system_attrs={"fixed_params": {"o": "sgd"}},
                user_attrs={},
            ),
        )
    )


class TestOptuna(ReaderContract):
    reader_class = OptunaReader

    @pytest.fixture
    def reader(self) -> Reader:
        return OptunaReader()

    @pytest.fixture
    def valid(self, tmp_path_factory: pytest.TempPathFactory) -> Sample:
        root = tmp_path_factory.mktemp("optuna")
        return Sample(
            {
                "old.db": database(root / "old", OLD),
                "new.sqlite3": database(root / "new", NEW),
                "journal.log": journal(),
            },
            {
                "old-4": {"intermediate_values": (2, math.nan), "value": (1, 0.5)},
                "old-5": {},
                "new-0": {"loss": (1, -math.inf), "accuracy": (1, 0.9)},
                "new-1": {"intermediate_values": (3, math.nan)},
                "kept-0": {"intermediate_values": (2, 0.5), "value": (1, 0.75)},
                "kept-1": {},
            },
        )

    @pytest.fixture
    def broken(self, tmp_path: Path) -> dict[str, Tree]:
        body = database(tmp_path / "b.db", NEW)
        lines = journal().splitlines(keepends=True)
        return {
            "a database cut in half": {"b.db": body[: len(body) // 2]},
            "a line in the journal": {"j.log": b"".join([*lines[:5], b"{oh\n", *lines[5:]])},
        }

    @pytest.fixture
    def foreign(self, tmp_path: Path) -> dict[str, Tree]:
        return {
            "another program's database": {"a.db": database(tmp_path / "a", "CREATE TABLE trials (x); ")},
            "no database": {"a.db": b"studies trials trial_params version_info"},
            "printed output": {"train.log": b'step 1 loss 2\n{"op_code": 1}\n', "x.log": b'{"op_code": 1}\n'},
        }


def test_a_database_that_only_speaks_of_studies_is_left_alone(tmp_path: Path) -> None:
    words = "studies trials trial_params version_info"
    database(tmp_path / "notes.db", f"CREATE TABLE notes (body); INSERT INTO notes VALUES ('{words}');")
    catalog = read_catalog([tmp_path], workers=1)
    assert (catalog.runs, catalog.problems) == ((), ())


def runs_of(folder: Path) -> dict[str, Run]:
    return {run.run_id: run for run in read_catalog([folder], workers=1).runs}


def test_old_databases(tmp_path: Path) -> None:
    write_tree(tmp_path, {"old.db": database(tmp_path / "made", OLD)})
    runs = runs_of(tmp_path / "old.db")
    run = runs["old-4"]
    assert {name: value.value for name, value in run.parameters.items()} == {
        "n": 3,
        "o": None,
        "x": 2.0,
        "study.direction": "maximize",
    }
    assert (run.status, run.duration_s, run.experiment) == (RunStatus.FINISHED, 1.5, "old")
    assert (runs["old-5"].status, runs["old-5"].error) == (RunStatus.FAILED, "no memory")


def test_new_databases(tmp_path: Path) -> None:
    database(tmp_path / "new.db", NEW)
    runs = runs_of(tmp_path)
    parameters = {name: value.value for name, value in runs["new-0"].parameters.items()}
    assert parameters == {
        "o": True,
        "user_attrs.machine.cores": 8,
        "study.direction": '["minimize", "maximize"]',
    }
    goals = {name: hint.goal for name, hint in runs["new-0"].metric_hints.items()}
    assert goals == dict(zip(runs["new-0"].metrics, (Goal.MINIMIZE, Goal.MAXIMIZE), strict=False))
    assert len(goals) == 2
    assert (runs["new-1"].status, runs["new-1"].tags) == (RunStatus.FINISHED, ("pruned",))
    steps = runs["new-1"].metrics["intermediate_values"]
    assert (steps.first, steps.nonfinite_count, steps.last_step) == (4.0, 2, 9)


def test_rows_that_still_lie_in_the_write_ahead_log_count(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(NEW)
    try:
        assert runs_of(tmp_path).keys() == {"new-0", "new-1"}
    finally:
        connection.close()


def test_journals(tmp_path: Path) -> None:
    runs = runs_of(write_tree(tmp_path, {"journal.log": journal() + b'{"op_code": 4, "stu'}))
    run = runs["kept-0"]
    assert (run.status, run.duration_s) == (RunStatus.FINISHED, 2.5), "what is over does not change any more"
    assert {name: value.value for name, value in run.parameters.items()} == {
        "o": "sgd",
        "user_attrs.a": "[1]",
        "study.direction": "maximize",
    }
    assert (runs["kept-1"].status, runs["kept-1"].tags) == (RunStatus.RUNNING, ("waiting",))
    assert runs["kept-1"].parameters["o"].value == "sgd"


def test_samples(sample_files: Path) -> None:
    catalog = read_catalog([sample_files / "optuna"], workers=1)
    assert {problem.slug for problem in catalog.problems} == {"duplicate-run-id"}
    by_file: dict[str, list[Run]] = {}
    for run in catalog.runs:
        by_file.setdefault(run.source.path.rpartition("/")[2], []).append(run)
    assert {name: len(runs) for name, runs in by_file.items()} == {
        "0.9.0.a.db": 1,
        "2.6.0.a.db": 3,
        "3.2.0.a.db": 3,
        "4.0.0.dev.log": 10,
    }
    (old,) = by_file["0.9.0.a.db"]
    assert old.metrics["value"].last == 74.05761401453037
    assert old.metrics["intermediate_values"].last == 0.5
    assert [old.parameters[name].value for name in "xyz"] == [4.904856166548656, 5, 5]
    multi = next(run for run in by_file["3.2.0.a.db"] if run.experiment == "multi")
    assert multi.metrics["values_1"].last == 21.62742024678127
