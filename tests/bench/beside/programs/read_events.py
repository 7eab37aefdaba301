"""Every scalar of every run by TensorBoard's EventAccumulator, none left out: `read_events.py EVENTS`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator
from timed import say

began = time.perf_counter()
runs = points = 0
for folder in sorted({path.parent for path in Path(sys.argv[1]).rglob("*tfevents*")}):
    events = EventAccumulator(str(folder), size_guidance={SCALARS: 0})
    events.Reload()
    runs += 1
    points += sum(len(events.Scalars(tag)) for tag in events.Tags()[SCALARS])
say(runs, points, began)
