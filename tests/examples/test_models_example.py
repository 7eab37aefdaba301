"""The example of models is what its README says, and its deployment script takes the file that the champion's run logged."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runfolio import api

EXAMPLE = Path(__file__).parents[2] / "examples" / "models"
RUNS = sorted((EXAMPLE / "runs").glob("*/*"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example with its site."""
    folder = tmp_path_factory.mktemp("models") / "models"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".runfolio", "site"))
    api.build(config=folder / "runfolio.toml", workers=1, use_cache=False)
    return folder


def deploy(project: Path, name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "deploy.py"), name, str(project / "out.npz")]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_twenty_five_runs_sealed_small_and_private() -> None:
    assert len(RUNS) == 25
    assert sum(path.stat().st_size for run in RUNS for path in run.rglob("*") if path.is_file()) < 500_000
    for run in RUNS:
        assert (run / "metrics.parquet").is_file() and (run / "artifacts" / "model.npz").is_file()
        record = json.loads((run / "run.json").read_text("utf-8"))
        assert record["command"] == ["python", "train.py"]
        for path in run.rglob("*.json*"):
            assert not re.search(
                r"(?<![\w/.:])/(home|Users|root|tmp|work|usr|opt)/|[\w.]+@[\w-]+\.\w{2,}", path.read_text()
            )


def test_three_sizes_are_tied_and_the_smallest_is_taken(project: Path) -> None:
    server, device = json.loads((project / "site/data/models.json").read_text("utf-8"))["champions"]
    assert (server["basis"], server["configuration"]["label"]) == ("tied best", "hidden 16")
    assert server["tied"] == ["hidden 32", "hidden 64", "hidden 16"]
    assert "hidden 4" in server["not_separated"], "uncertain by 33 points, and no candidate"
    assert (device["status"], device["artifact"]) == ("none", None)


def test_the_champion_is_deployed(project: Path) -> None:
    assert deploy(project, "server").returncode == 0
    (server, _) = json.loads((project / "site/data/models.json").read_text("utf-8"))["champions"]
    logged = EXAMPLE / "runs" / server["run"]["source"] / "artifacts" / "model.npz"
    assert (project / "out.npz").read_bytes() == logged.read_bytes()
    assert (project / "site" / server["artifact"]["copy"]).read_bytes() == logged.read_bytes()


def test_nothing_else_is_deployed(project: Path, tmp_path: Path) -> None:
    found = deploy(project, "device")
    assert found.returncode == 1 and "hidden 8 leads, but is not clearly ahead of hidden 4" in found.stderr
    assert "there is no champion called lost" in deploy(project, "lost").stderr
    changed = tmp_path / "changed"
    shutil.copytree(project, changed)
    (server, _) = json.loads((changed / "site/data/models.json").read_text("utf-8"))["champions"]
    (changed / "runs" / server["run"]["source"] / "artifacts" / "model.npz").write_bytes(b"another")
    assert "is not the file that was logged" in deploy(changed, "server").stderr
