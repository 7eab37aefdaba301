"""Six runs with Sacred's FileStorageObserver: two seeds of two sizes, one that fails and one that is killed."""

from __future__ import annotations

import contextlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from sacred import Experiment
from sacred.observers import FileStorageObserver


def experiment(folder: Path) -> Experiment:
    ex = Experiment("digits", base_dir=str(Path(__file__).parent), save_git_info=False)
    ex.observers.append(FileStorageObserver(folder / "runs"))
    ex.captured_out_filter = lambda _: "trained\n"
    ex.add_config(optimizer={"name": "sgd", "rates": [0.1, 0.01]}, width=8, ends="well")
    ex.add_named_config("wide", width=32)

    @ex.main
    def train(_run: object, seed: int, width: int, ends: str) -> float:
        random = np.random.default_rng(seed + width)
        for step in range(10):
            _run.log_scalar("train/loss", np.float32(1 / (step + 1)), step)
            _run.log_scalar("accuracy", float(random.uniform(0.8, 0.9)), step * 2)
            if step == 4 and ends == "error":
                raise ValueError("the loss is too high")
            if step == 4 and ends == "kill":
                _run._emit_heartbeat()
                os._exit(1)
        _run.log_scalar("nan", math.nan, 0)
        _run.info["confusion"] = [3, 1, 2]
        _run.info["best"] = np.float64(0.25)
        _run.info["word"] = "converged"
        (folder / "table.csv").write_text("class,right\n0,3\n")
        _run.add_artifact(folder / "table.csv")
        _run.open_resource(str(folder / "table.csv")).close()
        return 0.5

    return ex


def main(folder: Path) -> None:
    for seed in (1, 2):
        experiment(folder).run(config_updates={"seed": seed})
        experiment(folder).run(
            config_updates={"seed": seed}, named_configs=["wide"], options={"--comment": "wider"}
        )
    with contextlib.suppress(ValueError):
        experiment(folder).run(config_updates={"seed": 3, "ends": "error"})
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import story; from pathlib import Path; "
    code += f"story.experiment(Path({str(folder)!r})).run(config_updates={{'seed': 4, 'ends': 'kill'}})"
    subprocess.run([sys.executable, "-c", code], check=False)
    (folder / "table.csv").unlink()
    for path in (folder / "runs" / "_sources").iterdir():
        path.unlink()
    for path in (folder / "runs").glob("*/run.json"):
        scrub(path, folder)


def scrub(path: Path, folder: Path) -> None:
    """Names of machines and folders do not belong into files that are published."""
    record = json.loads(path.read_text())
    record["host"]["hostname"] = "machine"
    record["experiment"]["base_dir"] = "project"
    text = json.dumps(record, sort_keys=True, indent=2)
    for place in (str(folder), str(Path(__file__).parent), sys.prefix, sys.base_prefix):
        text = text.replace(place, "project")
    path.write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
