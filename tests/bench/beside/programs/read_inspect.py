"""The header of every log, by Inspect: `read_inspect.py FOLDER`."""

from __future__ import annotations

import sys
import time

from inspect_ai.log import list_eval_logs, read_eval_log
from timed import say

began = time.perf_counter()
logs = [read_eval_log(log, header_only=True) for log in list_eval_logs(sys.argv[1])]
points = 0
for log in logs:
    assert log.results is not None
    # The numbers of samples are metrics too, beside those of the scorers.
    points += 2 + sum(len(score.metrics) for score in log.results.scores)
say(len(logs), points, began)
