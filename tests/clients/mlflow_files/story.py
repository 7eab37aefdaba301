"""Six runs of MLflow: a parent with two seeds, one that diverges, one that fails, one that is killed; and one deleted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

os.environ.update(MLFLOW_ALLOW_FILE_STORE="true", MLFLOW_DISABLE_TELEMETRY="true", LOGNAME="someone")
os.environ.update(GIT_PYTHON_REFRESH="quiet", MLFLOW_CONFIGURE_LOGGING="false")

import mlflow
import numpy as np


def train(seed: int, steps: int = 4) -> None:
    mlflow.log_params({"seed": seed, "lr": 0.01, "opt/name": "adam", "flag": True, "none": None})
    for step in range(steps):
        mlflow.log_metrics({"loss": (seed + 1) / (step + 1), "val/acc": step / 4}, step=10 * step)


def tell(uri: str) -> None:
    """Log the story to the store."""
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("digits")
    with mlflow.start_run(
        run_name="sweep", description="Two *seeds*.", tags={"team": "vision", "baseline": "true"}
    ):
        for seed in range(2):
            with mlflow.start_run(run_name=f"seed-{seed}", nested=True):
                train(seed)
                mlflow.log_text("hello", "out/hello.txt")
                mlflow.log_image(np.zeros((2, 2, 3), dtype=np.uint8), key="pic", step=3)
    with mlflow.start_run(run_name="diverged"):
        train(2)
        data = mlflow.data.from_numpy(
            np.arange(6).reshape(3, 2), source="https://example.org/x.csv", name="tiny"
        )
        mlflow.log_input(data, context="training")
        mlflow.log_metric("loss", float("nan"), step=40)
        mlflow.log_metric("up", float("inf"))
        mlflow.log_metric("down", float("-inf"))
        for value in range(3):
            mlflow.log_metric("no step", value)
    try:
        with mlflow.start_run(run_name="failed"):
            train(3, steps=1)
            raise ValueError("no luck")
    except ValueError:
        pass
    with mlflow.start_run(run_name="deleted") as gone:
        train(4)
    mlflow.MlflowClient().delete_run(gone.info.run_id)


def killed(uri: str) -> None:
    """Log a run that nobody ends."""
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("digits")
    mlflow.start_run(run_name="killed")
    train(5, steps=2)
    os._exit(9)


def main(script: str, uri: str, part: str = "") -> None:
    """Tell the story; the killed run in a process of its own."""
    sys.argv[0] = "story.py"  # MLflow keeps the path of the script
    if part:
        killed(uri)
    tell(uri)
    subprocess.run([sys.executable, script, sys.argv[1], "killed"], check=False)


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    os.chdir(place)
    main(str(Path(__file__).resolve()), f"file://{place}/mlruns", *sys.argv[2:])
