"""Folders of Spinning Up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runfolio.catalog import read_catalog
from runfolio.readers import Reader
from runfolio.readers.spinning_up import SpinningUpReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

TABLE = b"Epoch\tAverageEpRet\tTotalEnvInteracts\tTime\n1\t20.5\t4000\t3.5\n2\tnan\t8000\t7.0\n"
SETTINGS = json.dumps(
    {
        "exp_name": "ppo-walker",
        "seed": 10,
        "ac_kwargs": {"hidden_sizes": [64, 64]},
        "env_fn": "<function <lambda> at 0x7f1234>",
        "logger": {"<EpochLogger object at 0x7f>": {"output_dir": "/data/me"}},
        "logger_kwargs": {"output_dir": "/data/me"},
    }
).encode()


class TestSpinningUp(ReaderContract):
    reader_class = SpinningUpReader

    @pytest.fixture
    def reader(self) -> Reader:
        return SpinningUpReader()

    @pytest.fixture
    def valid(self) -> Sample:
        tree = {"ppo/ppo_s10/progress.txt": TABLE, "ppo/ppo_s10/config.json": SETTINGS}
        return Sample(tree, {"ppo_s10": {"Epoch": (2, 2), "AverageEpRet": (2, float("nan"))}})

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "settings": {"a/progress.txt": TABLE, "a/config.json": SETTINGS[:20]},
            "a row": {"a/progress.txt": TABLE + b"3\t1\n4\t1\t2\t3\n"},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "prose": {"a/progress.txt": b"Epoch 1 went well\n"},
            "a table": {"a/progress.txt": b"a\tb\n1\t2\n"},
        }


def test_steps_times_and_settings(tmp_path: Path) -> None:
    tree = {"data/ppo_s10/progress.txt": TABLE, "data/ppo_s10/config.json": SETTINGS}
    (run,) = read_catalog([write_tree(tmp_path, tree)], workers=1).runs
    assert (run.run_id, run.experiment) == ("ppo_s10", "ppo-walker")
    assert (run.metrics["AverageEpRet"].last_step, run.metrics["AverageEpRet"].last_time) == (8000, 7.0)
    assert {name: value.value for name, value in run.parameters.items()} == {
        "exp_name": "ppo-walker",
        "seed": 10,
        "ac_kwargs.hidden_sizes": "[64, 64]",
        "env_fn": "<function <lambda>>",
    }
