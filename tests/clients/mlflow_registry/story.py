"""Three runs of MLflow that keep a model, two of them registered: three versions, one with a stage, two with aliases."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from pathlib import Path

os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", LOGNAME="someone", GIT_PYTHON_REFRESH="quiet")
os.environ.update(MLFLOW_CONFIGURE_LOGGING="false")

import mlflow
from mlflow import MlflowClient


class Constant(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Says the same of every row."""

    def predict(self, model_input: list[str]) -> list[int]:
        """One number a row."""
        return [1 for _ in model_input]


def tell(uri: str) -> None:
    """Log the story to the store."""
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("digits")
    for seed, names in enumerate((("reader",), ("reader", "small reader"), ())):
        with mlflow.start_run(run_name=f"seed-{seed}"):
            mlflow.log_param("seed", seed)
            mlflow.log_metric("val/acc", 0.9 + seed / 100, step=1)
            for name in names or (None,):
                mlflow.pyfunc.log_model(
                    name="model", python_model=Constant(), registered_model_name=name, pip_requirements=[]
                )
    client = MlflowClient()
    client.set_registered_model_alias("reader", "champion", "1")
    client.set_registered_model_alias("reader", "challenger", "2")
    client.set_registered_model_alias("reader", "next", "2")
    client.transition_model_version_stage("small reader", "1", "Production")


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    os.chdir(place)
    sys.argv[0] = "story.py"  # MLflow keeps the path of the script
    tell(f"sqlite:///{place}/mlflow.db")
    shutil.rmtree("mlruns")  # the models' files: none is needed to know what they were registered as
    with sqlite3.connect("mlflow.db", isolation_level=None) as database:
        database.execute("PRAGMA page_size = 512")
        database.execute("VACUUM")
