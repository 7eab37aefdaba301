"""Runs in an MLflow store, a thousand values a call, the most that is accepted: `write_mlflow.py RUNS STORE`."""

from __future__ import annotations

import sys
from datetime import datetime

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from rows import read

client = MlflowClient(sys.argv[2])
experiment = client.create_experiment("generated")
for run in read(sys.argv[1]):
    began = int(1000 * datetime.fromisoformat(run.about["started_at"]).timestamp())
    made = client.create_run(experiment, start_time=began, run_name=run.run_id)
    parameters = [Param(name, str(value)) for name, value in run.about["parameters"].items()]
    client.log_batch(made.info.run_id, params=parameters, tags=[RunTag("tags", " ".join(run.about["tags"]))])
    values = [
        Metric(name, row[name], began + int(1000 * row["time"]), int(row["step"]))
        for row in run.rows
        for name in run.metrics
    ]
    for part in range(0, len(values), 1000):
        client.log_batch(made.info.run_id, values[part : part + 1000])
    client.set_terminated(made.info.run_id, end_time=began + int(1000 * run.rows[-1]["time"]))
