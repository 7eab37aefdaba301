"""The example of a suite: a hundred sealed runs, small and private, that training again finds again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runfolio import api
from runfolio.catalog import read_catalog

SUITE = Path(__file__).parents[2] / "examples" / "suite"
RUNS = sorted((SUITE / "runs").glob("*/*"))


def test_a_hundred_runs_sealed_and_small() -> None:
    assert len(RUNS) == 100
    assert all({path.name for path in run.iterdir()} == {"metrics.parquet", "run.json"} for run in RUNS)
    assert sum(path.stat().st_size for run in RUNS for path in run.iterdir()) < 1_500_000


def test_nothing_private_in_a_run() -> None:
    known = {
        *("schema", "run_id", "experiment", "name", "status"),
        *("started_at", "ended_at", "parameters", "tags", "command"),
    }
    for run in RUNS:
        record = json.loads((run / "run.json").read_text(encoding="utf-8"))
        assert record.keys() <= known
        assert record["command"] == ["python", "train.py"]


def test_every_method_is_on_every_task_with_every_seed() -> None:
    catalog = read_catalog([SUITE / "runs"], workers=1)
    assert [problem for problem in catalog.problems if problem.severity == "error"] == []
    cells = {tuple(run.parameters[name].text for name in ("task", "method", "seed")) for run in catalog.runs}
    assert len(cells) == 100 == 5 * len({cell[:2] for cell in cells})
    assert all(run.status == "finished" and run.metrics["test/accuracy"].count == 30 for run in catalog.runs)


def test_training_again_gives_the_same_numbers(tmp_path: Path) -> None:
    shutil.copy(SUITE / "train.py", tmp_path)
    code = (
        "from pathlib import Path; import train\n"
        "for method in train.METHODS: train.train('moons', method, 3, Path('runs'))"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, check=True, capture_output=True)
    held = {run.run_id: run for run in read_catalog([SUITE / "runs"], workers=1).runs}
    again = read_catalog([tmp_path / "runs"], workers=1).runs
    assert len(again) == 4
    for run in again:
        committed = held[run.run_id]
        assert run.parameters == committed.parameters
        for name in ("test/accuracy", "train/accuracy", "test/loss", "train/loss"):
            assert run.metrics[name].last == pytest.approx(committed.metrics[name].last, rel=1e-6)


def test_the_site_is_built_without_a_complaint(tmp_path: Path) -> None:
    report = api.build(out=tmp_path / "site", config=SUITE / "runfolio.toml", workers=1, use_cache=False)
    assert report.problems == ()
    page = (tmp_path / "site/experiments/classifiers.html").read_text()
    assert 'class="table leaderboard"' in page and "over 5 tasks" in page
