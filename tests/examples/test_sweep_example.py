"""The random search is what its README says: 64 sealed trials, small, private, and made by the script beside them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from runfolio import api
from runfolio.catalog import read_catalog

SWEEP = Path(__file__).parents[2] / "examples" / "sweep"
RUNS = sorted((SWEEP / "runs").glob("*/*"))


def test_sixty_four_trials_sealed_and_small() -> None:
    assert [run.name for run in RUNS] == [f"trial-{number:02d}" for number in range(64)]
    assert all((run / "metrics.parquet").is_file() and not list(run.glob("metrics*.jsonl")) for run in RUNS)
    assert sum(path.stat().st_size for path in SWEEP.joinpath("runs").rglob("*") if path.is_file()) < 500_000


def test_nothing_private_in_a_trial() -> None:
    for run in RUNS:
        record = json.loads((run / "run.json").read_text(encoding="utf-8"))
        assert record["command"] == ["python", "train.py"]
        environment = record.get("environment", {})
        assert not environment.get("variables") and "host" not in environment
        for path in run.iterdir():
            assert not re.search(
                rb"(?<![\w/.:])/(home|Users|root|tmp|work|usr|opt)/|[\w.]+@[\w-]+\.\w{2,}", path.read_bytes()
            ), path


def test_the_trials_that_lost_their_way_had_a_large_learning_rate() -> None:
    catalog = read_catalog([SWEEP / "runs"], workers=1)
    assert not catalog.problems and len(catalog.runs) == 64
    failed = [run for run in catalog.runs if run.status == "failed"]
    assert len(failed) == 15
    rates = sorted(float(run.parameters["lr"].value or 0) for run in catalog.runs)
    assert all(float(run.parameters["lr"].value or 0) > rates[32] for run in failed)
    assert all(np.isfinite(run.metrics["val/rmse"].last) for run in catalog.runs if run not in failed)


def test_training_again_gives_the_same_numbers(tmp_path: Path) -> None:
    code = "from pathlib import Path; import train; train.train(12, Path('runs'))"
    shutil.copy(SWEEP / "train.py", tmp_path)
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)
    again = read_catalog([tmp_path / "runs"], workers=1).runs[0]
    committed = next(
        run for run in read_catalog([SWEEP / "runs"], workers=1).runs if run.run_id == "trial-12"
    )
    assert again.parameters == committed.parameters
    for name in ("val/rmse", "train/rmse"):
        assert again.metrics[name].last == pytest.approx(committed.metrics[name].last, rel=1e-6)


def test_the_finding_has_a_claim_of_each_outcome(tmp_path: Path) -> None:
    report = api.build(out=tmp_path / "site", config=SWEEP / "runfolio.toml", workers=1, use_cache=False)
    assert [problem for problem in report.problems if problem.severity != "note"] == []
    claims = json.loads((tmp_path / "site/data/claims.json").read_text("utf-8"))["claims"]
    assert [claim["outcome"] for claim in claims] == ["holds", "does not hold", "undecided"]
    page = (tmp_path / "site/findings/keep-the-learning-rate-below-a-tenth.html").read_text("utf-8")
    for value in ("15", "64", "0.4212", "0.4306", "0.2333", "0.0121", "17"):
        assert f">{value}<" in page
