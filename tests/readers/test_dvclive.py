"""DVCLive's folder: tables, the summary, parameters, and what DVC and Git LFS keep elsewhere."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from runfolio.catalog import read_catalog
from runfolio.model import DataReference, Run
from runfolio.readers import Reader
from runfolio.readers.dvclive import DvcLiveReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

LOSS = b"timestamp\tstep\tloss\n1675439113000\t0\t0.5\n1675439115000\t10\t0.25\n"
LIVE = {
    "exp/one/dvclive/metrics.json": b'{"train": {"loss": 0.25}, "best": 0.2, "up": "inf", "step": 10}',
    "exp/one/dvclive/params.yaml": b"lr: 0.1\nopt:\n  name: adam\n",
    "exp/one/dvclive/plots/metrics/train/loss.tsv": LOSS,
    "exp/one/dvclive/plots/metrics/acc.tsv": b"step\tacc\r\n0\tnan\r\n",
}


def one(folder: Path, tree: Tree) -> tuple[Run, list[tuple[str, str]]]:
    catalog = read_catalog([write_tree(folder, tree)], workers=1)
    assert len(catalog.runs) == 1, [run.source for run in catalog.runs]
    return catalog.runs[0], [(item.slug, item.path) for item in catalog.problems]


class TestDvcLive(ReaderContract):
    reader_class = DvcLiveReader

    @pytest.fixture
    def reader(self) -> Reader:
        return DvcLiveReader()

    @pytest.fixture
    def valid(self) -> Sample:
        metrics = {"train/loss": (2, 0.25), "acc": (1, math.nan), "best": (1, 0.2), "up": (1, math.inf)}
        return Sample(LIVE, {"one": metrics})

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        path = "dvclive/plots/metrics/loss.tsv"
        return {
            "a row without a number": {path: b"step\tloss\n0\t1\n1\thigh\n2\t3\n"},
            "a row too short": {path: b"step\tloss\n0\n1\t2\n"},
            "broken parameters": {path: b"step\tloss\n0\t1\n", "dvclive/params.yaml": b"a: [\n"},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "pictures": {"results/plots/a.png": b"x", "results/metrics.json": b'{"loss": 1}'},
            "another table": {"results/plots/metrics/a.tsv": b"x\ty\n1\t2\n"},
            "a table of texts": {"results/plots/metrics/a.tsv": b"step\tword\n1\thello\n"},
        }


def test_what_a_workspace_says(tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12345\n"
    tree = LIVE | {
        "exp/one/dvclive/plots/images/black.png": b"\x89PNG",
        "exp/one/dvclive/plots/images/large.png": pointer,
        "exp/one/dvclive/plots/sklearn/roc.json": b"[]",
        "exp/one/dvc.yaml": b"artifacts:\n  net:\n    path: net.bin\n    type: model\n",
        "exp/one/net.bin.dvc": b"outs:\n- md5: 63f4\n  size: 7\n  path: net.bin\n",
        "exp/one/data.csv.dvc": b"outs:\n- md5: 92a7\n  size: 9\n  path: data.csv\n",
    }
    run, problems = one(tmp_path / "top", tree)
    assert problems == []
    assert (run.run_id, run.experiment, run.source.path) == ("one", "exp", "exp/one/dvclive")
    assert run.started_at is not None
    assert run.started_at.isoformat() == "2023-02-03T15:45:13+00:00"
    assert {name: value.value for name, value in run.parameters.items()} == {"lr": 0.1, "opt.name": "adam"}
    loss, best = run.metrics["train/loss"], run.metrics["best"]
    assert (loss.last_step, loss.last_time, best.last_step, best.last_time) == (10, 2, 10, None)
    found = [
        (item.name, item.kind, item.path, item.uri, item.sha256, item.size_bytes) for item in run.artifacts
    ]
    assert found == [
        ("images/black.png", "image", "plots/images/black.png", None, None, 4),
        ("images/large.png", "image", None, None, "a" * 64, 12345),
        ("sklearn/roc.json", "text", "plots/sklearn/roc.json", None, None, 2),
        ("net.bin", "model", None, "md5:63f4", None, 7),
    ]
    assert run.data == (DataReference("data.csv", "md5:92a7"),)


def test_the_rest_of_the_folder_is_looked_at(tmp_path: Path) -> None:
    tree = {
        "x/plots/metrics/loss.tsv": LOSS,
        "x/metrics.json": b'{"loss": 1, "step": 1}',
        "x/log.jsonl": b'{"a": 1}\n',
    }
    catalog = read_catalog([write_tree(tmp_path, tree)], workers=1)
    assert {run.run_id: run.source.reader for run in catalog.runs} == {"x": "dvclive", "log": "jsonl"}


def test_a_living_writer_leaves_torn_files(tmp_path: Path) -> None:
    tree = {
        "d/dvclive/plots/metrics/loss.tsv": LOSS + b"1675439117000\t20\t0.1",
        "d/dvclive/metrics.json": b'{"loss": 0.',
    }
    run, problems = one(tmp_path, tree)
    assert problems == []
    assert run.metrics["loss"].count == 2


def test_the_sample(sample_files: Path) -> None:
    (run,) = read_catalog([sample_files / "dvc"], workers=1).runs
    assert run.source.reader == "dvclive"
    loss = run.metrics["train/loss"]
    assert (loss.count, loss.last, loss.last_step) == (20, 0.05616318807005882, 999)
    assert {name: value.value for name, value in run.parameters.items()} == {"encoder_size": 64, "lr": 0.001}
