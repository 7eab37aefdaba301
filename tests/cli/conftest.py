from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runfolio.cli import run


@dataclass(frozen=True)
class Outcome:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} is not strict JSON"))


Command = Callable[..., Outcome]


def write_run(
    folder: Path, run_id: str, rows: list[dict[str, Any]], *, experiment: str = "digits", **fields: Any
) -> Path:
    """A run folder as the emitter writes it."""
    place = folder / experiment / run_id
    place.mkdir(parents=True, exist_ok=True)
    record = {"schema": 1, "run_id": run_id, "experiment": experiment, "status": "finished", **fields}
    (place / "run.json").write_text(json.dumps(record))
    (place / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return place


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with runs: two models with three seeds each, and one run that diverged."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RUNFOLIO_TRACEBACK", raising=False)
    for model, base in (("linear", 0.80), ("mlp", 0.90)):
        for seed in range(3):
            rows = [
                {
                    "step": step,
                    "time": step * 0.5,
                    "val/accuracy": base + step * 0.01 + seed * 0.001,
                    "loss": 1 / (step + 1),
                }
                for step in range(5)
            ]
            write_run(
                tmp_path / "runs",
                f"{model}-{seed}",
                rows,
                name=f"{model} {seed}",
                parameters={"model": model, "lr": 0.1 if model == "mlp" else 0.01, "seed": seed},
                tags=["baseline"] if model == "linear" else [],
                started_at=f"2026-11-21T03:4{seed}:00Z",
                ended_at=f"2026-11-21T03:4{seed}:09Z",
                environment={
                    "python": "3.12.1" if model == "mlp" else "3.11.7",
                    "packages": {"numpy": f"2.{seed}"},
                },
            )
    nan = [
        {"step": 0, "val/accuracy": 0.5, "loss": 1.0},
        {"step": 1, "val/accuracy": "NaN", "loss": "Infinity"},
    ]
    write_run(
        tmp_path / "runs", "wild-0", nan, name="wild 0", parameters={"model": "wild", "lr": 10.0, "seed": 0}
    )
    return tmp_path


@pytest.fixture
def runfolio(capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line in this process: exit code, standard output, standard error."""

    def call(*arguments: str) -> Outcome:
        capfd.readouterr()
        code = run(list(arguments))
        out, err = capfd.readouterr()
        return Outcome(code, out, err)

    return call
