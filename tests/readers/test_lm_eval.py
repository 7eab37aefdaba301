"""Results of lm-evaluation-harness, old and new; and settings that Hydra leaves beside logs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runfolio.analysis.group import GroupOptions, find_groups
from runfolio.catalog import read_catalog
from runfolio.model import Goal
from runfolio.readers import Reader
from runfolio.readers.lm_eval import LmEvalReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree


def results(**fields: object) -> bytes:
    content = {
        "results": {
            "hellaswag": {"alias": "hellaswag", "acc,none": 0.5, "acc_stderr,none": 0.01},
            "gsm8k": {
                "alias": "gsm8k",
                "exact_match,strict-match": 0.25,
                "exact_match_stderr,strict-match": "N/A",
            },
        },
        "groups": {"mmlu": {"acc,none": 0.6, "alias": "mmlu"}},
        "configs": {"hellaswag": {"task": "hellaswag", "description": "x"}},
        "versions": {"hellaswag": 1.0, "gsm8k": 3.0},
        "n-shot": {"hellaswag": 0, "gsm8k": 5},
        "config": {
            "model": "hf",
            "model_args": "pretrained=/data/me/models/pythia,dtype=float16",
            "batch_size": "8",
            "limit": None,
            "random_seed": 0,
        },
        "git_hash": "abc123",
        "date": 1715000000.5,
        "pretty_env_info": "CPU of somebody",
        "lm_eval_version": "0.4.2",
        "transformers_version": "N/A",
        "model_name": "/data/me/models/pythia",
        "total_evaluation_time_seconds": "12.5",
    }
    return json.dumps(content | fields).encode()


OLD = {
    "results": {"piqa": {"acc": 0.5}},
    "versions": {"piqa": 0},
    "config": {"model": "gpt2", "num_fewshot": 2},
}


class TestLmEval(ReaderContract):
    reader_class = LmEvalReader

    @pytest.fixture
    def reader(self) -> Reader:
        return LmEvalReader()

    @pytest.fixture
    def valid(self) -> Sample:
        return Sample(
            {
                "out/pythia/results_2024-05-06T12-53-20.5.json": results(),
                "out/gpt2/results.json": json.dumps(OLD).encode(),
            },
            {
                "pythia-2024-05-06T12-53-20.5": {
                    "hellaswag/acc": (1, 0.5),
                    "hellaswag/acc_stderr": (1, 0.01),
                    "gsm8k/exact_match,strict-match": (1, 0.25),
                    "mmlu/acc": (1, 0.6),
                },
                "gpt2": {"piqa/acc": (1, 0.5)},
            },
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {"cut short": {"m/results_x.json": results()[:400]}}

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "benchmarks": {"results.json": b'{"results": [{"command": "x", "mean": 1}]}'},
            "numbers": {"results.json": b'{"results": {"acc": 0.5}, "config": {"model": "x"}}'},
            "no json": {"results_1.json": b'{"results": '},
        }


def test_settings_of_an_evaluation(tmp_path: Path) -> None:
    tree = {"out/pythia/results_2024-05-06T12-53-20.5.json": results()}
    (run,) = read_catalog([write_tree(tmp_path, tree)], workers=1).runs
    assert (run.experiment, run.duration_s) == ("out", 12.5)
    assert run.started_at is not None and run.started_at.timestamp() == 1715000000.5
    assert {name: value.value for name, value in run.parameters.items()} == {
        "model": "hf",
        "model_args.pretrained": "pythia",
        "model_args.dtype": "float16",
        "batch_size": "8",
        "random_seed": 0,
        "n-shot.hellaswag": 0,
        "n-shot.gsm8k": 5,
        "versions.hellaswag": 1.0,
        "versions.gsm8k": 3.0,
    }
    assert run.git is not None and run.git.commit == "abc123"
    assert run.environment.packages == {"lm_eval": "0.4.2"}


def test_the_harness_says_which_way_is_better(tmp_path: Path) -> None:
    better = {"hellaswag": {"acc": True}, "gsm8k": {"exact_match": False}, "mmlu": {"acc": None}, "x": 3}
    (run,) = read_catalog([write_tree(tmp_path, {"m/results_1.json": results(higher_is_better=better)})]).runs
    assert {name: hint.goal for name, hint in run.metric_hints.items()} == {
        "hellaswag/acc": Goal.MAXIMIZE,
        "gsm8k/exact_match,strict-match": Goal.MINIMIZE,
    }


def test_other_seeds_of_the_harness_make_replicates() -> None:
    story = Path(__file__).parents[1] / "clients" / "lm-eval" / "files"
    groups = find_groups(read_catalog([story], workers=1).runs, GroupOptions()).groups
    assert sorted(len(group.run_ids) for group in groups) == [1, 2]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("metrics.csv", b"step,loss\n1,2\n2,1\n"),
        ("log.jsonl", b'{"step": 1, "loss": 2}\n{"step": 2, "loss": 1}\n'),
        ("history.json", b'{"step": [1, 2], "loss": [2, 1]}'),
    ],
)
def test_flat_logs_beside_hydra_have_its_settings(path: str, body: bytes, tmp_path: Path) -> None:
    folder = "outputs/2024-01-01/12-00-00"
    files = {
        f"{folder}/{path}": body,
        f"{folder}/.hydra/config.yaml": b"lr: 1e-3\noptimizer:\n  name: adam\n",
        f"{folder}/.hydra/overrides.yaml": b"- lr=1e-3\n",
        f"{folder}/.hydra/hydra.yaml": b"hydra:\n  runtime:\n    cwd: /data/me\n",
    }
    catalog = read_catalog([write_tree(tmp_path, files)], workers=1)
    (run,) = catalog.runs
    assert catalog.problems == ()
    assert {name: value.value for name, value in run.parameters.items()} == {
        "lr": 0.001,
        "optimizer.name": "adam",
    }


def test_overrides_stand_in_for_settings_that_are_broken(tmp_path: Path) -> None:
    files = {
        "a/metrics.csv": b"step,loss\n1,2\n",
        "a/.hydra/config.yaml": b"lr: [1\n",
        "a/.hydra/overrides.yaml": b"- lr=1e-3\n- +model=mlp\n- ~data\n",
    }
    catalog = read_catalog([write_tree(tmp_path, files)], workers=1)
    assert {name: value.value for name, value in catalog.runs[0].parameters.items()} == {
        "lr": "1e-3",
        "model": "mlp",
    }
    assert [problem.slug for problem in catalog.problems] == ["broken-yaml"]


def test_loggers_of_lightning_below_hydra_have_its_settings(tmp_path: Path) -> None:
    files = {
        "run/csv/version_0/hparams.yaml": b"lr: 0.1\n",
        "run/csv/version_0/metrics.csv": b"step,loss\n1,2\n",
        "run/.hydra/config.yaml": b"lr: 9\nseed: 3\n",
    }
    (run,) = read_catalog([write_tree(tmp_path, files)], workers=1).runs
    assert {name: value.value for name, value in run.parameters.items()} == {"lr": 0.1, "seed": 3}
