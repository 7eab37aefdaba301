"""A table of all runs and the whole history of each of their metrics, by MLflow's client: `read_mlflow_all.py STORE`."""

from __future__ import annotations

import sys
import time

import mlflow
from timed import say

began = time.perf_counter()
mlflow.set_tracking_uri(sys.argv[1])
runs = mlflow.search_runs(search_all_experiments=True, output_format="list")
client = mlflow.MlflowClient()
points = sum(
    len(client.get_metric_history(run.info.run_id, name)) for run in runs for name in run.data.metrics
)
say(len(runs), points, began)
