"""MLflow's file store: old and new layouts, what is deleted, lost or half written, and the real sample."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.catalog import read_catalog
from runfolio.model import DataReference, Problem, Run, RunStatus
from runfolio.readers import Reader, mlflow_metric
from runfolio.readers.mlflow_files import MlflowFilesReader, MlflowRemainsReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

START = 1675439113000
RUN = "770cc011eb214ea997501cabcfe12f58"


def meta(run_id: str = RUN, **fields: object) -> bytes:
    lines = {
        "artifact_uri": f"file:///mnt/mlruns/1/{run_id}/artifacts",
        "end_time": START + 9000,
        "experiment_id": "'1'",
        "lifecycle_stage": "active",
        "run_id": run_id,
        "run_uuid": run_id,
        "start_time": START,
        "status": 3,
        "tags": "[]",
        "user_id": "me",
    } | fields
    return "".join(f"{name}: {value}\n" for name, value in lines.items()).encode()


def experiment(name: str = "digits", **fields: object) -> bytes:
    lines = {"experiment_id": "'1'", "lifecycle_stage": "active", "name": name} | fields
    return "".join(f"{name}: {value}\n" for name, value in lines.items()).encode()


def line(second: int, *fields: object) -> str:
    return " ".join(map(str, (START + 1000 * second, *fields))) + "\n"


def run_tree(run_id: str = RUN, folder: str = "", **fields: object) -> dict[str, bytes]:
    loss = "".join(line(k, 1 / k, 10 * k) for k in range(1, 4))
    folder = folder or f"mlruns/1/{run_id}"
    return {
        f"{folder}/meta.yaml": meta(run_id, **fields),
        f"{folder}/metrics/loss": loss.encode(),
        f"{folder}/metrics/val/acc": line(3, "nan", 30).encode(),
        f"{folder}/params/lr": b"0.01",
        f"{folder}/params/opt/name": b"adam",
        f"{folder}/tags/mlflow.runName": b"first",
    }


def one(folder: Path, tree: Tree) -> tuple[Run, tuple[Problem, ...]]:
    catalog = read_catalog([write_tree(folder, tree)], workers=1)
    (run,) = catalog.runs
    return run, catalog.problems


class TestMlflowFiles(ReaderContract):
    reader_class = MlflowFilesReader

    @pytest.fixture
    def reader(self) -> Reader:
        return MlflowFilesReader()

    @pytest.fixture
    def valid(self) -> Sample:
        return Sample(run_tree(), {RUN: {"loss": (3, 1 / 3), "val/acc": (1, math.nan)}})

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        tree = run_tree()
        folder = f"mlruns/1/{RUN}"
        return {
            "a line of one field": tree | {f"{folder}/metrics/loss": b"0.5\n" + line(1, 2, 3).encode()},
            "no number": tree | {f"{folder}/metrics/loss": line(1, "high", 3).encode()},
            "empty meta": tree | {f"{folder}/meta.yaml": b""},
            "no YAML": tree | {f"{folder}/meta.yaml": b"a: [\n"},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        version = b"name: m\nversion: 1\nrun_id: abc\nsource: models:/m-1\n"
        model = b"model_id: m-1\nname: mod\nsource_run_id: abc\nexperiment_id: '1'\n"
        return {
            "a conda recipe": {"recipe/meta.yaml": b"{% set name = 'x' %}\npackage:\n  name: {{ name }}\n"},
            "other settings": {"x/meta.yaml": b"title: x\nstatus: 3\n"},
            "empty": {"x/meta.yaml": b""},
            "a registered model": {
                "models/m/meta.yaml": b"name: m\n",
                "models/m/version-1/meta.yaml": version,
            },
            "a logged model": {"1/models/m-1/meta.yaml": model, "1/models/m-1/metrics/loss": b"1 2 3\n"},
            "a data set": {"1/datasets/d/meta.yaml": b"digest: a\nname: d\nsource_type: local\n"},
        }


class TestMlflowRemains(ReaderContract):
    reader_class = MlflowRemainsReader

    @pytest.fixture
    def reader(self) -> Reader:
        return MlflowRemainsReader()

    @pytest.fixture
    def valid(self) -> Sample:
        return Sample(run_tree(), {RUN: {"loss": (3, 1 / 3), "val/acc": (1, math.nan)}})

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        tree = run_tree()
        del tree[f"mlruns/1/{RUN}/meta.yaml"]
        return {"no meta": tree}

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {"a web site": {"x/params/a": b"1", "x/tags/python.html": b"<p>"}}


def test_a_run_says_what_mlflow_says(tmp_path: Path) -> None:
    folder = f"mlruns/1/{RUN}"
    tags = {
        "mlflow.parentRunId": "parent",
        "mlflow.note.content": "A *note*",
        "mlflow.user": "me",
        "mlflow.source.name": "/srv/me/train.py",
        "mlflow.source.git.commit": "a" * 40,
        "mlflow.source.git.branch": "main",
        "mlflow.source.type": "LOCAL",
        "team": "vision",
        "baseline": "true",
        "why": "a longer\ntext",
    }
    tree = run_tree() | {f"{folder}/tags/{name}": text.encode() for name, text in tags.items()}
    image = "pic%step%3%timestamp%1675439113000%6a585e66-e36e-4a2b-8666-5cc85452f40f"
    tree |= {
        "mlruns/1/meta.yaml": experiment(),
        f"{folder}/artifacts/plots/a.txt": b"x",
        f"{folder}/artifacts/images/{image}.png": b"x",
        f"{folder}/artifacts/images/{image}%compressed.webp": b"x",
        f"{folder}/params/flag": b"True",
        f"{folder}/params/none": b"None",
        f"{folder}/params/digest": b"0012",
        f"{folder}/params/list": b"[1, 2]",
    }
    run, problems = one(tmp_path, tree)
    assert problems == ()
    assert (run.run_id, run.experiment, run.name, run.parent_id) == (RUN, "digits", "first", "parent")
    assert (run.status, run.duration_s, run.metrics["loss"].last_time) == (RunStatus.FINISHED, 9, 3)
    assert run.started_at is not None
    assert run.started_at.isoformat() == "2023-02-03T15:45:13+00:00"
    assert run.tags == ("baseline", "team=vision")
    assert run.notes == "A *note*\n\n**why**\n\na longer\ntext"
    assert run.environment.user == "me"
    assert run.git is not None
    assert (run.git.commit, run.git.branch) == ("a" * 40, "main")
    values = {name: value.value for name, value in run.parameters.items()}
    assert values == {
        "lr": 0.01,
        "opt/name": "adam",
        "flag": True,
        "none": None,
        "digest": "0012",
        "list": "[1, 2]",
    }
    found = [(item.name, item.kind, item.step, item.path) for item in run.artifacts]
    assert found == [
        ("pic", "image", 3, f"artifacts/images/{image}.png"),
        ("plots/a.txt", "text", None, "artifacts/plots/a.txt"),
    ]


def test_data_sets_and_models_lie_beside_the_runs(tmp_path: Path) -> None:
    tree = run_tree() | {
        "mlruns/1/meta.yaml": experiment(),
        f"mlruns/1/{RUN}/inputs/abc/meta.yaml": b"source_id: d1\nsource_type: DATASET\ntags: {}\n",
        f"mlruns/1/{RUN}/outputs/m-1/meta.yaml": b"destination_id: m-1\nstep: 0\ntags: {}\n",
        "mlruns/1/datasets/d1/meta.yaml": b'digest: 92a7\nname: tiny\nsource: \'{"uri": "/home/me/x.csv"}\'\n'
        b"source_type: local\n",
        "mlruns/1/models/m-1/meta.yaml": b"model_id: m-1\nname: net\nsource_run_id: abc\n",
        "mlruns/1/models/m-1/tags/mlflow.modelVersions": b'[{"name": "reg", "version": 2}]',
        "mlruns/1/models/m-1/metrics/loss": b"1 2 3\n",
    }
    run, problems = one(tmp_path, tree)
    assert problems == ()
    assert run.data == (DataReference("tiny (92a7)", "x.csv"),)
    (model,) = run.artifacts
    assert (model.name, model.kind, model.uri) == ("net", "model", "models:/m-1")
    assert run.tags == ("models:/reg/2",)


def test_a_data_set_is_never_looked_for_outside_the_source(tmp_path: Path) -> None:
    link = b"source_id: ../../secret\nsource_type: DATASET\n"
    secret = b"name: secret\ndigest: x\n"
    write_tree(tmp_path, {"secret/meta.yaml": secret, "datasets/d1/meta.yaml": secret})
    tree = run_tree(folder=".")
    run, _ = one(tmp_path / "1" / "2", tree | {"inputs/a/meta.yaml": link})
    assert [item.name for item in run.data] == ["../../secret"]
    run, _ = one(tmp_path / "run", tree | {"inputs/a/meta.yaml": b"source_id: d1\n"})
    assert [item.name for item in run.data] == ["d1"]


def test_lines_of_two_and_five_fields(tmp_path: Path) -> None:
    folder = f"mlruns/1/{RUN}/metrics"
    old = "".join(line(k, k / 10) for k in range(3))
    data = line(1, 0.5, 4, "tiny", "92a7") + line(1, 0.5, 0, "tiny", "92a7")
    unsteady = line(1, 1, 0) + line(2, 2, 0) + line(2, 3, 0) + line(1, 1, 0) + line(2, 2, 0) + line(2, 3, 0)
    tree = run_tree() | {
        f"{folder}/old": old.encode(),
        f"{folder}/data": data.encode(),
        f"{folder}/unsteady": unsteady.encode(),
        f"{folder}/infinite": (line(1, "inf", 1) + line(2, "-inf", 2)).encode(),
        f"{folder}/torn": (line(1, 1, 1) + line(2, 2, 22)[:-2]).encode(),
        f"{folder}/empty": b"",
    }
    run, problems = one(tmp_path, tree)
    assert problems == ()
    found = {name: (item.count, item.last, item.last_step) for name, item in run.metrics.items()}
    assert found["old"] == (3, 0.2, 2)
    assert found["data"] == (1, 0.5, 4)
    assert found["unsteady"] == (3, 3, 2)
    assert found["infinite"] == (2, -math.inf, 2)
    assert found["torn"] == (1, 1, 1)
    assert "empty" not in found


def test_deleted_runs_are_named_once_and_the_trash_is_left_alone(tmp_path: Path) -> None:
    tree: dict[str, bytes] = {"mlruns/1/meta.yaml": experiment()} | run_tree("a" * 32)
    tree |= run_tree("b" * 32, lifecycle_stage="deleted") | run_tree("c" * 32, lifecycle_stage="deleted")
    tree |= run_tree("d" * 32, folder=f"mlruns/.trash/2/{'d' * 32}")
    run, problems = one(tmp_path, tree)
    assert run.run_id == "a" * 32
    assert [(item.slug, item.severity, item.path) for item in problems] == [
        ("mlflow-deleted", "note", "mlruns/1")
    ]


def test_a_run_without_its_meta_is_shown_with_what_is_left(tmp_path: Path) -> None:
    tree = run_tree() | {"mlruns/1/meta.yaml": experiment()}
    del tree[f"mlruns/1/{RUN}/meta.yaml"]
    run, (problem,) = one(tmp_path, tree)
    assert (run.run_id, run.name, run.experiment) == (RUN, "first", "digits")
    assert run.status is RunStatus.INTERRUPTED
    assert run.metrics["loss"].last == 1 / 3
    assert (problem.slug, problem.run_id) == ("mlflow-meta", RUN)
    assert "missing" in problem.message


def test_a_broken_meta_of_the_experiment_is_named_once(tmp_path: Path) -> None:
    tree = {"mlruns/1/meta.yaml": b""} | run_tree("a" * 32) | run_tree("b" * 32)
    catalog = read_catalog([write_tree(tmp_path, tree)], workers=1)
    assert [run.experiment for run in catalog.runs] == ["1", "1"]
    assert [(item.slug, item.path) for item in catalog.problems] == [("mlflow-meta", "mlruns/1/meta.yaml")]


def test_an_unusual_meta_is_read_as_yaml(tmp_path: Path) -> None:
    text = b"# by hand\nrun_id: r1\nexperiment_id: '1'\nstatus: 4\nname: \"a \\u00e9\"\n"
    run, problems = one(tmp_path, {"1/r1/meta.yaml": text})
    assert problems == ()
    assert (run.run_id, run.name, run.status, dict(run.metrics)) == ("r1", "a é", RunStatus.FAILED, {})


def test_the_sample(sample_files: Path) -> None:
    catalog = read_catalog([sample_files / "mlflow"], workers=1)
    assert {run.experiment for run in catalog.runs} == {"DQN"}
    assert sorted(run.status for run in catalog.runs) == ["failed", "failed", "finished"]
    (run,) = (run for run in catalog.runs if run.metrics)
    assert (run.name, run.run_id, run.duration_s) == ("qb", RUN, pytest.approx(983.126))
    assert len(run.metrics) == 16
    assert run.metrics["rollout/exploration rate"].last == 0.1
    assert run.metrics["eval/mean_reward"].last_step == 21600
    assert run.parameters["gamma"].value == 0.99
    assert {item.slug for item in catalog.problems} == {"repeated-steps"}


_NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from(["nan", "inf", "-inf", "1_0", "+1", "01", ".5", "1e400", "x", "", "1,2", "[1]", "null"]),
)
_LINES = st.lists(st.lists(_NUMBERS, min_size=1, max_size=5).map(" ".join), max_size=6).map("\n".join)


@given(st.one_of(_LINES, _LINES.map(lambda text: text + "\n")))
def test_lines_read_at_once_are_those_read_one_by_one(text: str) -> None:
    at_once = mlflow_metric.read_metric_file(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mlflow_metric, "_three_numbers", lambda lines: None)
        one_by_one = mlflow_metric.read_metric_file(text.encode())
    np.testing.assert_array_equal(at_once.rows, one_by_one.rows)
    assert at_once.broken == one_by_one.broken


def test_usual_lines_are_read_at_once() -> None:
    assert mlflow_metric._three_numbers(b"1700000000000 0.5 0\n1700000000010 -1e-3 1\n") is not None
