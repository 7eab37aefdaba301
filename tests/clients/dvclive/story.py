"""Four runs of DVCLive in workspaces of their own: two seeds, one that diverges and keeps a model, one that is killed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

os.environ.update(DVC_NO_ANALYTICS="1", DVCLIVE_LOGLEVEL="ERROR")

import numpy as np
from dvclive import Live


def train(live: Live, seed: int, steps: int = 4) -> None:
    live.log_params({"seed": seed, "lr": 0.01, "optimizer": {"name": "adam"}, "flag": True, "widths": [1, 2]})
    for step in range(steps):
        live.log_metric("train/loss", (seed + 1) / (step + 1), timestamp=True)
        live.log_metric("val/acc", step / 4)
        live.next_step()


def start() -> Live:
    return Live(dir="dvclive", save_dvc_exp=False, report=None)


def tell(place: Path) -> None:
    for seed in range(2):
        enter(place, f"seed-{seed}")
        with start() as live:
            train(live, seed)
            live.log_image("black.png", np.zeros((2, 2, 3), dtype=np.uint8))
            live.log_metric("best", 0.75, plot=False)
    enter(place, "diverged")
    subprocess.run([sys.executable, "-m", "dvc", "init", "--no-scm", "--quiet"], check=True)
    with start() as live:
        train(live, 2)
        live.log_metric("train/loss", float("nan"), timestamp=True)
        live.log_metric("up", float("inf"))
        Path("net.bin").write_bytes(b"weights")
        live.log_artifact("net.bin", type="model", name="net")
    shutil.rmtree(".dvc")
    enter(place, "killed")
    subprocess.run([sys.executable, __file__, ".", "killed"], check=False)


def enter(place: Path, name: str) -> None:
    (place / name).mkdir()
    os.chdir(place / name)


if __name__ == "__main__":
    if sys.argv[2:]:
        with start() as live:
            train(live, 3, steps=2)
            os._exit(9)
    tell(Path(sys.argv[1]).resolve())
