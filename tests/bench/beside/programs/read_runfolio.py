"""A table of all runs, and one metric's history of the first so many: `read_runfolio.py RUNS METRIC RUNS`."""

from __future__ import annotations

import json
import sys
import time

from runfolio import api
from runfolio.catalog import metric_rows

began = time.perf_counter()
source, metric, many = sys.argv[1], sys.argv[2], int(sys.argv[3])
project = api.project(source)
catalog = project.read()
frame = api.frame_of(catalog.runs, project.config.site)
points = sum(
    len(rows.value)
    for run in catalog.runs[:many]
    for rows in metric_rows(catalog, run)
    if rows.metric == metric
)
print(json.dumps({"runs": len(frame), "points": points, "after_imports": time.perf_counter() - began}))
