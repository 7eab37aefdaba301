"""A table of all runs, and one metric's history of the first so many: `read_mlflow.py STORE METRIC RUNS`."""

from __future__ import annotations

import json
import sys
import time

import mlflow

began = time.perf_counter()
store, metric, many = sys.argv[1], sys.argv[2], int(sys.argv[3])
mlflow.set_tracking_uri(store)
frame = mlflow.search_runs(search_all_experiments=True)
client = mlflow.MlflowClient()
points = sum(len(client.get_metric_history(run_id, metric)) for run_id in frame["run_id"][:many])
print(json.dumps({"runs": len(frame), "points": points, "after_imports": time.perf_counter() - began}))
