"""Workspaces of DVC: what a dvc.yaml names, whatever variables it says it with."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from runfolio.catalog import read_catalog
from runfolio.model import Run
from runfolio.readers import Reader
from runfolio.readers.dvc_pipeline import DvcPipelineReader
from runfolio.readers.dvc_stages import Plot, pipeline
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

STAGE = (
    b"stages:\n  train:\n    cmd: python train.py\n    metrics: [scores.json]\n    plots: [eval/loss.csv]\n"
)
SCORES = b'{"acc": 0.5, "test": {"loss": NaN}}'
LOSS = b"epoch,loss,acc\n0,3.5,0.1\n2,1.5,0.2\n"


class TestDvc(ReaderContract):
    reader_class = DvcPipelineReader

    @pytest.fixture
    def reader(self) -> Reader:
        return DvcPipelineReader()

    @pytest.fixture
    def valid(self) -> Sample:
        tree = {
            "a/dvc.yaml": STAGE,
            "a/scores.json": SCORES,
            "a/eval/loss.csv": LOSS,
            "a/params.yaml": b"lr: 1e-3\n",
        }
        series = {"acc": (1, 0.5), "test/loss": (1, math.nan), "loss": (2, 1.5), "loss/acc": (2, 0.2)}
        return Sample(tree, {"a": series})

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "metrics": {"a/dvc.yaml": STAGE, "a/scores.json": SCORES[:9], "a/eval/loss.csv": LOSS},
            "settings": {"a/dvc.yaml": STAGE, "a/scores.json": SCORES, "a/params.yaml": b"a: [1"},
            "lock": {"a/dvc.yaml": STAGE, "a/scores.json": SCORES, "a/dvc.lock": b"a: [1"},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "no YAML": {"a/dvc.yaml": b"a: [1"},
            "a list": {"a/dvc.yaml": b"- a\n"},
            "files that are not there": {"a/dvc.yaml": STAGE},
        }


def one(folder: Path, tree: Tree) -> Run:
    (run,) = read_catalog([write_tree(folder / "runs", tree)], workers=1).runs
    return run


def load(path: str) -> dict[str, object]:
    return {"params.yaml": {"out": "eval", "models": {"small": {"lr": 1}}, "names": ["x", "y"]}}.get(path, {})


def test_variables_are_filled_in() -> None:
    said = {
        "vars": [{"deep": {"list": ["zero", "one"]}}],
        "stages": {
            "plain": {
                "wdir": "sub",
                "metrics": ["${out}/m.json", "${nobody}/m.json", {"${deep.list[1]}.json": {}}],
            },
            "each": {"foreach": "${models}", "do": {"metrics": ["${key}-${item.lr}.json"]}},
            "list": {"foreach": "${names}", "do": {"plots": [{"${item}.csv": {"x": "epoch", "y": "loss"}}]}},
            "matrix": {"matrix": {"a": [1, 2], "b": "${names}"}, "metrics": ["${item.a}${item.b}.json"]},
        },
    }
    found = pipeline(said, load)
    assert list(found.metrics) == [
        "sub/eval/m.json", "sub/one.json", "small-1.json", "1x.json", "1y.json", "2x.json", "2y.json",
    ]  # fmt: skip
    assert found.plots == {name: [Plot(name, "epoch", ("loss",))] for name in ("x.csv", "y.csv")}


@pytest.mark.parametrize(
    "said", [{"stages": 3}, {"stages": {"a": [1]}}, {"plots": {"a": 1}, "metrics": {"b": 2}}, {"vars": 1}]
)
def test_what_is_no_pipeline_says_nothing_wrong(said: dict[str, object]) -> None:
    assert all(isinstance(path, str) for path in pipeline(said, load).metrics)


def test_steps_tables_and_parameters(tmp_path: Path) -> None:
    plots = b"plots:\n  - eval: {}\n  - pairs.csv: {template: confusion, x: a, y: b}\n  - big.tsv: {y: v}\n"
    lock = b"stages:\n  train:\n    params:\n      params.yaml: {lr: 0.5}\n    outs:\n      - {path: net.pt, md5: abc}\n"
    tree = {
        "work/dvc.yaml": STAGE + plots,
        "work/params.yaml": b"lr: 0.1\nseed: 3\n",
        "work/dvc.lock": lock,
        "work/scores.json": SCORES,
        "work/eval/loss.csv": LOSS,
        "work/eval/shape.png": b"\x89PNG",
        "work/pairs.csv": b"a,b\ncat,dog\n",
        "work/big.tsv": b"v\n1\n2\n4\n",
    }
    run = one(tmp_path, tree)
    assert {name: item.value for name, item in run.parameters.items()} == {"lr": 0.5, "seed": 3}
    assert [(item.name, item.kind) for item in run.artifacts] == [
        ("eval/shape.png", "image"),
        ("pairs.csv", "table"),
    ]
    assert (run.metrics["loss"].last_step, run.metrics["big/v"].last_step, run.metrics["big/v"].count) == (
        2,
        2,
        3,
    )
    assert [(item.name, item.uri) for item in run.data] == [("net.pt", "md5:abc")]


def test_only_what_was_named_belongs_to_the_run(tmp_path: Path) -> None:
    tree = {
        "work/dvc.yaml": STAGE,
        "work/scores.json": SCORES,
        "work/other.csv": LOSS,
        "work/results/more.csv": LOSS,
        "work/runs/log.jsonl": b'{"step": 1, "loss": 2}\n',
    }
    catalog = read_catalog([write_tree(tmp_path / "runs", tree)], workers=1)
    found = sorted((run.source.reader, run.run_id) for run in catalog.runs)
    assert found == [("csv", "more"), ("csv", "other"), ("dvc", "work"), ("jsonl", "log")]


def test_a_folder_of_dvclive_stays_its_own(tmp_path: Path) -> None:
    named = b"metrics: [dvclive/metrics.json]\nplots:\n  - dvclive/plots/metrics: {x: step}\n"
    tree = {
        "work/dvc.yaml": named,
        "work/dvclive/metrics.json": b'{"loss": 1}',
        "work/dvclive/plots/metrics/loss.tsv": b"step\tloss\n0\t2\n1\t1\n",
    }
    assert one(tmp_path, tree).source.reader == "dvclive"
    tree["work/dvc.yaml"] += b"  - curve.csv: {x: epoch}\n"
    tree["work/curve.csv"] = LOSS
    catalog = read_catalog([write_tree(tmp_path / "both", tree)], workers=1)
    assert sorted(run.source.reader for run in catalog.runs) == ["dvc", "dvclive"]
