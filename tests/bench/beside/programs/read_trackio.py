"""Every logged value of every run, by Trackio's own storage: `read_trackio.py FOLDER`."""

from __future__ import annotations

import os
import sys
import time

os.environ["TRACKIO_DIR"] = sys.argv[1]

from timed import say
from trackio.sqlite_storage import SQLiteStorage

began = time.perf_counter()
runs = points = 0
for project in SQLiteStorage.get_projects():
    for run in SQLiteStorage.get_runs(project):
        runs += 1
        for row in SQLiteStorage.get_logs(project, run):
            points += sum(
                name not in ("step", "timestamp") and isinstance(value, float) for name, value in row.items()
            )
say(runs, points, began)
