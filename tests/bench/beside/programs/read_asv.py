"""Every value of every result file, by asv: `read_asv.py PROJECT`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from asv.results import iter_results
from timed import say

began = time.perf_counter()
runs = points = 0
for result in iter_results(str(Path(sys.argv[1]) / "results")):
    runs += 1
    for name in result.get_all_result_keys():
        values = result.get_result_value(name, result.get_result_params(name))
        points += sum(value is not None for value in values)
say(runs, points, began)
