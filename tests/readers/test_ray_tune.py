"""Trial folders of Ray Tune, alone and with the experiment's state above."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from runfolio.catalog import read_catalog
from runfolio.model import RunStatus
from runfolio.readers import Reader
from runfolio.readers.ray_tune import RayTuneReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

TRIAL = "exp/train_a1b2c_00000_0_lr=0.1_2024-01-01_00-00-00"


def report(iteration: int, **fields: object) -> bytes:
    row = {
        "loss": 1 / iteration,
        "info": {"learner": {"kl": 0.5}},
        "training_iteration": iteration,
        "time_total_s": 2.0 * iteration,
        "timestamp": 1_700_000_000 + 2 * iteration,
        "trial_id": "a1b2c_00000",
        "hostname": "box",
        "pid": 7,
        "date": "2024-01-01_00-00-02",
        "done": False,
        "config": {"lr": 0.1, "net": {"width": 8}},
    }
    return json.dumps(row | fields).encode() + b"\n"


def trial(*reports: bytes) -> dict[str, bytes]:
    return {
        f"{TRIAL}/result.json": b"".join(reports),
        f"{TRIAL}/params.json": b'{"lr": 0.1, "net": {"width": 8}}',
        f"{TRIAL}/progress.csv": b"training_iteration,loss\n1,1.0\n",
        f"{TRIAL}/events.out.tfevents.1.box": b"",
    }


def state(status: str, *, new: bool = True) -> dict[str, bytes]:
    text = json.dumps({"trial_id": "a1b2c_00000", "status": status})
    content = {"trial_data": [[text, "{}"]]} if new else {"checkpoints": [text]}
    return {"exp/experiment_state-2024-01-01_00-00-00.json": json.dumps(content).encode()}


class TestRayTune(ReaderContract):
    reader_class = RayTuneReader

    @pytest.fixture
    def reader(self) -> Reader:
        return RayTuneReader()

    @pytest.fixture
    def valid(self) -> Sample:
        reports = [report(1), report(2, loss=float("nan")), report(3, done=True)]
        name = TRIAL.rpartition("/")[2]
        return Sample(
            trial(*reports) | state("RUNNING"), {name: {"loss": (3, 1 / 3), "info/learner/kl": (3, 0.5)}}
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "a line": trial(report(1), b"{oh\n", report(2)),
            "params": trial(report(1)) | {f"{TRIAL}/params.json": b'{"lr": '},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "another result": {"a/result.json": b'{"loss": 1}', "a/params.json": b"{}"},
            "an empty one": {"a/result.json": b"", "a/params.json": b"{}"},
        }


def test_all_fields(tmp_path: Path) -> None:
    (run,) = read_catalog([write_tree(tmp_path, trial(report(1), report(2), b'{"loss": 0.'))], workers=1).runs
    assert (run.experiment, run.status, run.duration_s) == ("exp", RunStatus.RUNNING, 4.0)
    assert {name: value.value for name, value in run.parameters.items()} == {"lr": 0.1, "net.width": 8}
    assert run.started_at is not None and run.started_at.timestamp() == 1_700_000_000
    assert run.environment.host == "box"
    assert (run.metrics["loss"].last_step, run.metrics["loss"].last_time) == (2, 4.0)
    assert run.metrics.keys() == {"loss", "info/learner/kl"}


def test_steps_of_the_environment_come_before_iterations(tmp_path: Path) -> None:
    reports = [report(k, timesteps_total=1000 * k) for k in range(1, 4)]
    (run,) = read_catalog([write_tree(tmp_path, trial(*reports))], workers=1).runs
    assert run.metrics["loss"].last_step == 3000


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        (state("TERMINATED"), RunStatus.FINISHED),
        (state("TERMINATED", new=False), RunStatus.FINISHED),
        (state("ERROR"), RunStatus.FAILED),
        (state("PENDING"), RunStatus.RUNNING),
        ({"exp/experiment_state-x.json": b"{"}, RunStatus.RUNNING),
        ({f"{TRIAL}/error.txt": b"ValueError: no\n"}, RunStatus.FAILED),
    ],
)
def test_how_a_trial_ended(extra: dict[str, bytes], status: RunStatus, tmp_path: Path) -> None:
    catalog = read_catalog([write_tree(tmp_path, trial(report(1)) | extra)], workers=1)
    (run,) = catalog.runs
    assert run.status is status
    assert run.error == ("ValueError: no" if f"{TRIAL}/error.txt" in extra else None)
    assert catalog.problems == ()


def test_a_trial_that_has_not_reported_yet(tmp_path: Path) -> None:
    files = trial() | {f"{TRIAL}/params.pkl": b"not opened"}
    (run,) = read_catalog([write_tree(tmp_path, files)], workers=1).runs
    assert (run.status, len(run.metrics)) == (RunStatus.RUNNING, 0)
    assert run.parameters["lr"].value == 0.1


def test_samples(sample_files: Path) -> None:
    (run,) = read_catalog([sample_files / "raytune"], workers=1).runs
    reward = run.metrics["episode_reward_mean"]
    assert (reward.count, reward.nonfinite_count, reward.last_step) == (48, 1, 6_038_500)
    np.testing.assert_allclose(reward.last, 18.24)
    assert run.source.reader == "ray-tune"
    assert run.parameters["num_workers"].value == 32
    assert run.metrics["info/learner/entropy"].count == 48


def test_what_other_readers_would_look_at_is_no_state_and_no_artifact(tmp_path: Path) -> None:
    files = trial(report(1)) | {
        "exp/zz.zip": b"",
        f"{TRIAL}/task.json": b'{"id": 1}',
        f"{TRIAL}/data/a.csv": b"x\n",
        f"exp/{TRIAL.partition('/')[2].rpartition('.')[0]}.zip": b"PK",
    }
    catalog = read_catalog([write_tree(tmp_path, files | state("TERMINATED"))], workers=1)
    (run,) = (run for run in catalog.runs if run.source.reader == "ray-tune")
    assert run.status is RunStatus.FINISHED
    assert [item.path for item in run.artifacts] == ["task.json"]
