"""Real files of other programs, with the numbers their own tools give."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.catalog import Catalog, read_catalog


def by_path(catalog: Catalog, part: str) -> dict[str, object]:
    return {run.source.path: run for run in catalog.runs if part in run.source.path}


def test_nothing_in_the_samples_stops_a_scan(sample_files: Path) -> None:
    catalog = read_catalog([sample_files], workers=1)
    assert len(catalog.runs) == 223
    assert {p.slug for p in catalog.problems} == {
        "aim-without-metrics",
        "broken-asv",
        "broken-guild-run",
        "broken-json",
        "broken-wandb",
        "duplicate-run-id",
        "half-run",
        "missing-artifact",
        "outdated-benchmark",
        "repeated-steps",
    }
    (broken,) = (p for p in catalog.problems if p.slug == "broken-json")
    assert "aaaaaaaa-py2.7" in broken.path
    unread = {path.name for path in sample_files.iterdir() if path.is_dir()} - {
        run.source.path.split("/")[0] for run in catalog.runs
    }
    assert unread == {"labml"}


def test_lightning(sample_files: Path) -> None:
    catalog = read_catalog([sample_files / "lightning"], workers=1)
    assert len(catalog.runs) == 48
    assert {run.experiment for run in catalog.runs} == {"lightning_logs"}
    run = next(run for run in catalog.runs if run.run_id == "version_0")
    train, val = run.metrics["exposure_train_loss"], run.metrics["exposure_val_loss"]
    assert (train.count, train.last, train.last_step) == (1000, 1.4878586530685425, 999)
    assert (val.count, val.last) == (1000, 1.6150883436203003)
    assert catalog.problems == ()


def test_keras(sample_files: Path) -> None:
    (run,) = read_catalog([sample_files / "keras"], workers=1).runs
    assert (run.run_id, run.experiment) == ("training_log", "logs")
    accuracy = run.metrics["val_accuracy"]
    assert accuracy.count == 25
    assert accuracy.maximum == pytest.approx(0.72046, abs=1e-5)
    assert accuracy.step_of_maximum == 2


def test_domainbed(sample_files: Path) -> None:
    catalog = read_catalog([sample_files / "seeds"], workers=1)
    assert len(catalog.runs) == 40
    assert sum(run.metrics["loss"].count for run in catalog.runs) == 200
    assert {run.parameters["trial_seed"].value for run in catalog.runs} == {0, 1}
    run = next(run for run in catalog.runs if run.run_id == "cf42c3176baf91b96bb7dd0ff3c686cc")
    assert run.experiment == "test_sweep_data"
    assert run.metrics["env0_out_acc"].last == 0.9964664310954063
    assert run.metrics["env0_out_acc"].last_step == 1000
    assert run.parameters["lr"].value == 2.2352558725944602e-05
    assert run.parameters["algorithm"].text == "ERM"


def test_ray(sample_files: Path) -> None:
    (run,) = read_catalog([sample_files / "raytune"], workers=1).runs
    reward = run.metrics["episode_reward_mean"]
    assert reward.count == 48
    assert reward.last == pytest.approx(18.24)
    assert reward.last_step == 6_038_500
    assert reward.nonfinite_count == 1
    assert run.experiment == "pong-impala-lowlatency-32"
