"""Output folders of Hugging Face's Trainer: at the end, on the way, and with checkpoints that say the same again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runfolio.analysis.group import GroupOptions, find_groups
from runfolio.catalog import Catalog, read_catalog
from runfolio.model import RunStatus
from runfolio.readers import Reader
from runfolio.readers.hf_trainer import HfTrainerReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree


def state(steps: int, *, ended: bool = False, **fields: object) -> bytes:
    history: list[dict[str, object]] = [
        {"epoch": step / 10, "loss": 1 / step, "step": step} for step in range(1, steps + 1)
    ]
    history.append({"epoch": steps / 10, "eval_loss": 0.5, "step": steps})
    if ended:
        history.append({"epoch": steps / 10, "step": steps, "train_loss": 0.7, "train_runtime": 12.5})
    content = {"log_history": history, "global_step": steps, "max_steps": 100, "best_metric": None}
    return json.dumps(
        content | {"is_world_process_zero": True, "trial_params": {"lr": 0.1}} | fields
    ).encode()


def read(folder: Path, tree: Tree) -> Catalog:
    return read_catalog([write_tree(folder, tree)], workers=1)


class TestHfTrainer(ReaderContract):
    reader_class = HfTrainerReader

    @pytest.fixture
    def reader(self) -> Reader:
        return HfTrainerReader()

    @pytest.fixture
    def valid(self) -> Sample:
        return Sample(
            {
                "exp/whisper/trainer_state.json": state(4, ended=True, best_metric=0.25),
                "exp/whisper/all_results.json": b'{"eval_loss": 0.4, "eval_samples": 30}',
            },
            {
                "whisper": {
                    "epoch": (4, 0.4),
                    "loss": (4, 0.25),
                    "eval_loss": (1, 0.5),
                    "train_loss": (1, 0.7),
                    "train_runtime": (1, 12.5),
                    "eval_samples": (1, 30),
                    "best_metric": (1, 0.25),
                }
            },
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "a cut state": {"a/trainer_state.json": state(3)[:50]},
            "cut results": {"a/trainer_state.json": state(3), "a/all_results.json": b'{"eval'},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {"another state": {"a/trainer_state.json": b'{"step": 3, "loss": 0.5}'}}


def test_checkpoints_of_a_run_that_ended_are_no_further_runs(tmp_path: Path) -> None:
    catalog = read(
        tmp_path,
        {
            "whisper/trainer_state.json": state(4, ended=True),
            "whisper/checkpoint-2/trainer_state.json": state(2),
            "whisper/last-checkpoint/trainer_state.json": state(3),
            "whisper/runs/Jan01/events.out.tfevents.1.box": b"",
            "whisper/ablation/trainer_state.json": state(3, ended=True),
        },
    )
    runs = {run.run_id: run for run in catalog.runs}
    assert runs.keys() == {"whisper", "ablation"}
    assert catalog.problems == ()
    assert (runs["whisper"].status, runs["whisper"].duration_s) == (RunStatus.FINISHED, 12.5)
    assert runs["whisper"].parameters["lr"].value == 0.1
    assert runs["ablation"].experiment == "whisper"


def test_the_newest_checkpoint_stands_for_a_run_on_its_way(tmp_path: Path) -> None:
    files = {f"e/big/checkpoint-{step}/trainer_state.json": state(step) for step in (9, 10, 2)}
    (run,) = read(tmp_path, files).runs
    assert (run.run_id, run.experiment, run.status) == ("big", "e", RunStatus.RUNNING)
    assert run.metrics["loss"].count == 10


def test_folders_that_only_sound_like_checkpoints_are_runs(tmp_path: Path) -> None:
    files = {
        f"e/{name}/trainer_state.json": state(3) for name in ("from-checkpoint-a", "checkpoint-b", "plain")
    }
    assert {run.run_id for run in read(tmp_path, files).runs} == {
        "from-checkpoint-a",
        "checkpoint-b",
        "plain",
    }


def test_a_checkpoint_at_the_last_step_is_the_end(tmp_path: Path) -> None:
    (run,) = read(tmp_path, {"e/big/checkpoint-100/trainer_state.json": state(100)}).runs
    assert run.status is RunStatus.FINISHED


def test_event_files_of_the_trainer_give_its_arguments_and_are_no_further_run(tmp_path: Path) -> None:
    story = Path(__file__).parents[1] / "clients" / "hf-trainer" / "files"
    catalog = read_catalog([story], workers=1)
    runs = {run.run_id: run for run in catalog.runs}
    assert runs.keys() == {"seed-0", "seed-1", "diverged", "killed"}
    assert catalog.problems == ()
    groups = find_groups(catalog.runs, GroupOptions()).groups
    assert sorted(sorted(group.run_ids) for group in groups) == [["diverged"], ["killed", "seed-0", "seed-1"]]
    assert not {"output_dir", "hub_token"} & runs["seed-0"].parameters.keys()
    assert runs["killed"].started_at is not None


def test_broken_event_files_cost_the_arguments_alone(tmp_path: Path) -> None:
    files = {
        "a/trainer_state.json": state(3, ended=True),
        "a/runs/Jan01/events.out.tfevents.1.box": b"\xff" * 40,
    }
    catalog = read(tmp_path, files)
    (run,) = catalog.runs
    assert run.metrics["loss"].count == 3
    assert [(item.slug, item.run_id) for item in catalog.problems] == [("broken-event-file", "a")]


def test_the_evaluation_at_the_end_counts_for_the_one_at_the_last_step(tmp_path: Path) -> None:
    rows = [{"step": 3, "eval_loss": 0.5, "eval_runtime": time} for time in (1.0, 2.0)]
    rows += [{"step": 3, "train_runtime": 4.0}]
    catalog = read(tmp_path, {"a/trainer_state.json": state(3, log_history=rows)})
    (run,) = catalog.runs
    assert (run.metrics["eval_runtime"].count, run.metrics["eval_runtime"].last) == (1, 2.0)
    assert catalog.problems == ()


def test_samples(sample_files: Path) -> None:
    catalog = read_catalog([sample_files / "hf_trainer"], workers=1)
    (run,) = catalog.runs
    assert catalog.problems == ()
    assert run.run_id == "P4P4N1CK__whisper-large-v2-japanese-5k-steps"
    assert run.metrics["loss"].count == 200
    assert run.metrics["best_metric"].last == pytest.approx(0.74316, abs=1e-5)
    assert run.metrics["eval_wer"].last == 0.7449365679946583
    assert run.metrics["eval_samples"].last == 4485
    assert (run.status, run.duration_s) == (RunStatus.FINISHED, 77350.9963)
