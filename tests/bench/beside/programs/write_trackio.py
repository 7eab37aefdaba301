"""Runs in a Trackio database: `write_trackio.py RUNS FOLDER`."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta

os.environ["TRACKIO_DIR"] = sys.argv[2]

from rows import read
from trackio.sqlite_storage import SQLiteStorage

for run in read(sys.argv[1]):
    began = datetime.fromisoformat(run.about["started_at"])
    SQLiteStorage.bulk_log(
        project="generated",
        run=run.run_id,
        metrics_list=[{name: row[name] for name in run.metrics} for row in run.rows],
        steps=[int(row["step"]) for row in run.rows],
        timestamps=[(began + timedelta(seconds=row["time"])).isoformat() for row in run.rows],
        config=run.about["parameters"],
    )
