"""Folders of Lightning's CSVLogger, and tables of Keras' CSVLogger."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from runfolio.catalog import read_catalog
from runfolio.readers import Reader
from runfolio.readers.lightning import LightningReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

TABLE = b"epoch,train_loss,val_loss,step\n0,1.5,,0\n0,,1.25,0\n1,nan,,1\n1,,1.0,1\n"
SETTINGS = (
    b"lr: 1e-3\nnet:\n  width: 8\nact: !!python/object:torch.nn.GELU {approximate: none}\nodd: !!set {a, b}\n"
)


class TestLightning(ReaderContract):
    reader_class = LightningReader

    @pytest.fixture
    def reader(self) -> Reader:
        return LightningReader()

    @pytest.fixture
    def valid(self) -> Sample:
        return Sample(
            {
                "lightning_logs/version_0/hparams.yaml": SETTINGS,
                "lightning_logs/version_0/metrics.csv": TABLE,
                "lightning_logs/version_1/hparams.yaml": b"{}\n",
            },
            {
                "version_0": {"epoch": (2, 1), "train_loss": (2, math.nan), "val_loss": (2, 1.0)},
                "version_1": {},
            },
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "settings": {"version_0/hparams.yaml": b"lr: [1, 2\n", "version_0/metrics.csv": TABLE},
            "a row": {"version_0/hparams.yaml": b"{}", "version_0/metrics.csv": TABLE + b"2,1\n3,1,1,3\n"},
            "no table": {"version_0/hparams.yaml": b"{}", "version_0/metrics.csv": b"a\0b"},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "settings alone": {"configs/hparams.yaml": SETTINGS},
            "event files": {"version_0/hparams.yaml": SETTINGS, "version_0/events.out.tfevents.1.box": b""},
        }


def test_settings_and_what_lies_beside(tmp_path: Path) -> None:
    folder = "lightning_logs/version_0"
    files = {
        f"{folder}/hparams.yaml": SETTINGS,
        f"{folder}/metrics.csv": TABLE,
        f"{folder}/events.out.tfevents.1.box": b"",
        f"{folder}/extra/other.csv": b"step,x\n1,2\n",
    }
    catalog = read_catalog([write_tree(tmp_path, files)], workers=1)
    runs = {run.run_id: run for run in catalog.runs}
    assert catalog.problems == ()
    assert runs.keys() == {"version_0", "other"}
    parameters = {name: value.value for name, value in runs["version_0"].parameters.items()}
    assert parameters == {
        "lr": 0.001,
        "net.width": 8,
        "act.approximate": "none",
        "odd.a": None,
        "odd.b": None,
    }
    assert runs["version_0"].experiment == "lightning_logs"


def test_keras_writes_na_where_a_value_was_not_there(tmp_path: Path) -> None:
    table = b'epoch;loss;val_loss;lr\n0;1.5;NA;"[0.1, 0.2]"\n1;1.25;0.5;"[0.1, 0.3]"\n'
    (run,) = read_catalog([write_tree(tmp_path, {"logs/fit.csv": table})], workers=1).runs
    assert {name: (item.count, item.last) for name, item in run.metrics.items()} == {
        "loss": (2, 1.25),
        "val_loss": (1, 0.5),
    }
    assert run.metrics["val_loss"].last_step == 1


def test_samples(sample_files: Path) -> None:
    catalog = read_catalog([sample_files / "lightning"], workers=1)
    runs = {run.run_id: run for run in catalog.runs}
    assert len(runs) == 48
    assert catalog.problems == ()
    assert {name for name, run in runs.items() if not run.metrics} == {"version_37"}
    assert runs["version_37"].parameters["lr"].value is not None
    assert max(run.metrics["epoch"].count for run in runs.values() if run.metrics) > 1000
    assert all(run.parameters for run in runs.values())
