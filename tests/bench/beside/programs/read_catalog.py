"""Every run below a folder, read and digested by Runfolio in this one process: `read_catalog.py FOLDER`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from timed import say

from runfolio.catalog import read_catalog

began = time.perf_counter()
catalog = read_catalog([Path(sys.argv[1])], workers=1)
for problem in catalog.problems:
    sys.exit(f"{problem.slug}: {problem.message}")
say(len(catalog.runs), sum(metric.count for run in catalog.runs for metric in run.metrics.values()), began)
