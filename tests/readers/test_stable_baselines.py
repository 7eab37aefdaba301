"""Folders of Stable-Baselines3 and its zoo."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import numpy as np
import pytest

from runfolio.catalog import read_catalog
from runfolio.readers import Reader
from runfolio.readers.stable_baselines import StableBaselinesReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree


def monitor(start: float, *episodes: tuple[float, int, float]) -> bytes:
    header = json.dumps({"t_start": start, "env_id": "CartPole-v1"})
    return f"#{header}\nr,l,t\n".encode() + b"".join(f"{r},{l},{t}\n".encode() for r, l, t in episodes)  # noqa: E741


def arrays(**values: object) -> bytes:
    sink = io.BytesIO()
    np.savez(sink, **{name: np.array(value) for name, value in values.items()})
    return sink.getvalue()


EVALUATIONS = arrays(timesteps=[10, 20], results=[[1.0, 3.0], [5.0, 6.0]], ep_lengths=[[4, 4], [8, 8]])
PROGRESS = (
    b"time/iterations,time/total_timesteps,rollout/ep_rew_mean,train/loss,time/time_elapsed\n"
    b"1,100,9.5,,1.5\n2,200,nan,0.25,3.0\n"
)


class TestStableBaselines(ReaderContract):
    reader_class = StableBaselinesReader

    @pytest.fixture
    def reader(self) -> Reader:
        return StableBaselinesReader()

    @pytest.fixture
    def valid(self) -> Sample:
        lines = b'{"time/iterations": 1, "time/total_timesteps": 100, "train/loss": 0.5, "time/time_elapsed": 1}\n'
        return Sample(
            {
                "ppo/CartPole-v1_1/0.monitor.csv": monitor(100.0, (1, 10, 5.0), (2, 20, 9.0)),
                "ppo/CartPole-v1_1/1.monitor.csv": monitor(101.0, (3, 30, 5.0)),
                "ppo/CartPole-v1_1/evaluations.npz": EVALUATIONS,
                "ppo/CartPole-v1_1/CartPole-v1/config.yml": b"lr: 1e-3\n",
                "a2c/table/progress.csv": PROGRESS,
                "a2c/lines/progress.json": lines,
            },
            {
                "CartPole-v1_1": {
                    "r": (3, 2),
                    "l": (3, 20),
                    "eval/mean_reward": (2, 5.5),
                    "eval/mean_ep_length": (2, 8),
                },
                "table": {"rollout/ep_rew_mean": (2, math.nan), "train/loss": (1, 0.25)},
                "lines": {"train/loss": (1, 0.5)},
            },
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        objects = io.BytesIO()
        np.savez(objects, timesteps=[1], results=np.array([[1], [1, 2]], dtype=object))
        return {
            "arrays of objects": {"a/evaluations.npz": objects.getvalue()},
            "cut arrays": {"a/evaluations.npz": EVALUATIONS[:100]},
            "a row": {"a/monitor.csv": monitor(1.0, (1, 2, 3)) + b"1,2\n1,2,3\n"},
            "settings": {"a/monitor.csv": monitor(1.0, (1, 2, 3)), "a/config.yml": b"a: [1\n"},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "another monitor": {"a/monitor.csv": b"step,cpu\n1,2\n"},
            "another progress": {"a/progress.csv": b"Epoch,Reward\n1,2\n", "a/progress.json": b'{"a": 1}'},
            "other arrays": {"a/evaluations.npz": arrays(x=[1, 2])},
        }


def test_environments_are_one_run_in_the_order_of_their_episodes(tmp_path: Path) -> None:
    folder = "ppo/CartPole-v1_1"
    args = b"!!python/object/apply:collections.OrderedDict\n- - - algo\n    - ppo\n  - - seed\n    - 7\n  - - lr\n    - 9\n"
    files = {
        f"{folder}/0.monitor.csv": monitor(100.0, (1, 10, 5.0), (2, 20, 9.0)),
        f"{folder}/1.monitor.csv": monitor(101.0, (3, 30, 5.0)),
        f"{folder}/CartPole-v1/args.yml": args + b"  - - storage\n    - mysql://me:secret@box\n",
        f"{folder}/CartPole-v1/config.yml": b"lr: 1e-3\n",
        f"{folder}/Other-v1/config.yml": b"lr: 5\n",
    }
    catalog = read_catalog([write_tree(tmp_path, files)], workers=1)
    (run,) = catalog.runs
    assert catalog.problems == ()
    assert run.experiment == "ppo"
    assert {name: value.value for name, value in run.parameters.items()} == {
        "algo": "ppo",
        "seed": 7,
        "lr": 0.001,
        "env_id": "CartPole-v1",
    }
    reward = run.metrics["r"]
    assert (reward.first, reward.maximum, reward.last) == (1, 3, 2)
    assert (reward.step_of_maximum, reward.last_step, reward.last_time) == (40, 60, 9.0)
    assert run.started_at is not None and run.started_at.timestamp() == 100


def test_the_logger_counts_time_steps(tmp_path: Path) -> None:
    (run,) = read_catalog([write_tree(tmp_path, {"a/progress.csv": PROGRESS})], workers=1).runs
    assert (run.metrics["train/loss"].last_step, run.metrics["train/loss"].last_time) == (200, 3.0)


def test_samples(sample_files: Path) -> None:
    runs = {
        run.source.path.partition("/")[2]: run for run in read_catalog([sample_files / "rl"], workers=1).runs
    }
    assert runs.keys() == {"a2c/Acrobot-v1_1", "dqn/CartPole-v1_1", "ppo/CartPole-v1_1", "sac/Pendulum-v1_1"}
    acrobot = runs["a2c/Acrobot-v1_1"]
    assert acrobot.experiment == "a2c"
    assert acrobot.metrics["r"].count == 5487
    assert (acrobot.parameters["n_envs"].value, acrobot.parameters["seed"].value) == (16, 951484142)
    assert acrobot.metrics["eval/mean_reward"].count == 50
    assert acrobot.metrics["eval/mean_reward"].last_step == 500_000
    assert runs["ppo/CartPole-v1_1"].metrics["eval/mean_reward"].last == 500
