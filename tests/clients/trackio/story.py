"""Four runs of Trackio: two seeds with an image and an alert, one that diverges, one that is killed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

os.environ["TRACKIO_DIR"] = str(Path(sys.argv[1]).resolve())

import numpy as np
import trackio

PLACE = Path(sys.argv[1]).resolve()


def train(name: str, seed: int, steps: int = 4) -> None:
    config = {"seed": seed, "lr": 0.01, "optimizer": {"name": "adam"}, "flag": True}
    trackio.init(project="digits", name=name, group="base", config=config, embed=False)
    for step in range(steps):
        trackio.log({"loss": (seed + 1) / (step + 1), "val": {"acc": step / 4}, "word": "hi"})


def killed() -> None:
    train("killed", 3, steps=2)
    time.sleep(2)  # until the rows are written: that is what its thread does now and then
    os._exit(9)


def tell() -> None:
    for seed in range(2):
        train(f"seed-{seed}", seed)
        trackio.log({"pic": trackio.Image(np.zeros((2, 2, 3), dtype=np.uint8), caption="black")})
        trackio.log({"said": trackio.Markdown("All *well*.")})
        trackio.alert("Careful", "The loss is high.", level=trackio.AlertLevel.WARN)
        trackio.finish()
    train("diverged", 2)
    trackio.log({"loss": float("nan"), "up": float("inf"), "down": float("-inf")}, step=10)
    model = trackio.Artifact("net", type="model")
    weights = PLACE / "weights.txt"
    weights.write_text("1 2 3")
    model.add_file(str(weights))
    trackio.log_artifact(model)
    trackio.finish()
    weights.unlink()
    subprocess.run([sys.executable, __file__, sys.argv[1], "killed"], check=False)
    database = sqlite3.connect(PLACE / "digits.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = DELETE")
    database.execute("PRAGMA page_size = 512")
    database.execute("VACUUM")
    database.close()


if __name__ == "__main__":
    killed() if sys.argv[2:] else tell()
