"""Generated run folders: `python tests/bench/generate.py FOLDER [--runs N] [--metrics N] [--steps N] [--sealed]`.

The same arguments give the same bytes on every machine. Eight parameters of which seven tell settings apart, five
replicates a setting, two tags; every hundredth run diverges half-way.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runfolio.catalog.seal import seal_run

REPLICATES = 5
#: Values of the parameters that tell settings apart; a setting's number counts through them.
_CHOICES: dict[str, tuple[object, ...]] = {
    "lr": (0.1, 0.03, 0.01, 0.003, 0.001),
    "optimizer.name": ("adam", "sgd", "lion"),
    "model.depth": (2, 4, 8, 12),
    "model.width": (64, 128, 256, 512),
    "dropout": (0.0, 0.1, 0.2),
    "batch_size": (32, 64, 128, 256),
    "schedule": ("constant", "cosine"),
}
_FIRST_START = datetime(2026, 11, 1, 8, 0, 0, 120_000, tzinfo=UTC)


def generate(
    root: Path, runs: int | Iterable[int], *, metrics: int = 10, steps: int = 1000, sealed: bool = False
) -> Path:
    """The root, which now holds the runs of these numbers (of a count: the first so many).

    Args:
        root: made if it is not there; what it holds already stays.
        runs: how many, or which.
        metrics: of each run.
        steps: rows of each run.
        sealed: Parquet instead of JSONL.
    """
    for number in range(runs) if isinstance(runs, int) else runs:
        write_run(root, number, metrics=metrics, steps=steps, sealed=sealed)
    return root


def write_run(
    root: Path,
    number: int,
    *,
    setting: int | None = None,
    replicate: int | None = None,
    metrics: int = 10,
    steps: int = 1000,
    sealed: bool = False,
) -> Path:
    """The folder of one run; by default five neighbouring numbers are replicates of one setting."""
    setting = number // REPLICATES if setting is None else setting
    replicate = number % REPLICATES if replicate is None else replicate
    folder = root / "generated" / f"run-{number:05d}"
    folder.mkdir(parents=True, exist_ok=True)
    started = _FIRST_START + timedelta(minutes=number)
    record = {
        "schema": 1,
        "run_id": f"run-{number:05d}",
        "experiment": "generated",
        "name": f"setting {setting}, seed {replicate}",
        "status": "finished",
        "started_at": _stamp(started),
        "ended_at": _stamp(started + timedelta(seconds=steps / 10)),
        "parameters": {**parameters_of(setting), "seed": replicate},
        "tags": ["generated", "baseline" if setting == 0 else "candidate"],
        "git": {"commit": "8f14e45fceea167a5a36dedd4bea2543af31e9f6", "branch": "main", "dirty": False},
        "environment": {"python": "3.12.4", "platform": "Linux", "packages": {"numpy": "2.3.1"}},
    }
    (folder / "run.json").write_text(json.dumps(record, indent=1))
    names, values = values_of(number, setting, metrics, steps)
    (folder / "metrics.jsonl").write_text(_lines(names, values))
    if sealed:
        seal_run(folder)
    return folder


def parameters_of(setting: int) -> dict[str, object]:
    """The setting's parameters without the seed; different for the first 5,760 settings."""
    found: dict[str, object] = {}
    for name, choices in _CHOICES.items():
        setting, place = divmod(setting, len(choices))
        found[name] = choices[place]
    return found


def values_of(number: int, setting: int, metrics: int, steps: int) -> tuple[list[str], NDArray[np.float64]]:
    """Names of the metrics and their values, shape (steps, metrics): half are losses that fall, half scores that rise."""
    draw = np.random.default_rng(number)
    names = [f"val/acc_{place}" if place % 2 == 0 else f"train/loss_{place}" for place in range(metrics)]
    progress = 1 - np.exp(-4 * np.arange(1, steps + 1) / steps)[:, None]
    rises = np.arange(metrics) % 2 == 0
    level = 0.7 + 0.25 * ((setting * 37) % 101) / 101
    curves = np.where(rises, level * progress, 2.3 * (1 - level * progress))
    values = curves + draw.normal(0, 0.01, (steps, metrics))
    if number % 100 == 99:
        values[steps // 2 :] = np.nan
    return names, values


def _lines(names: list[str], values: NDArray[np.float64]) -> str:
    line = '{"step": %d, "time": %.6f' + "".join(f', "{name}": %s' for name in names) + "}\n"
    texts = (['"NaN"' if value != value else repr(value) for value in row] for row in values.tolist())
    return "".join(line % (step, step * 0.1 + 0.05, *row) for step, row in enumerate(texts))


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--metrics", type=int, default=10)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--sealed", action="store_true", help="write Parquet instead of JSONL")
    given = parser.parse_args()
    generate(given.folder, given.runs, metrics=given.metrics, steps=given.steps, sealed=given.sealed)


if __name__ == "__main__":
    main()
