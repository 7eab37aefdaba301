"""Runs as TensorBoard event files, one value an event, as the usual writers do: `write_events.py RUNS EVENTS`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from rows import read
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

for run in read(sys.argv[1]):
    writer = EventFileWriter(str(Path(sys.argv[2]) / run.run_id), max_queue_size=10_000)
    began = datetime.fromisoformat(run.about["started_at"]).timestamp()
    names = run.metrics
    for row in run.rows:
        for name in names:
            value = Summary.Value(tag=name, simple_value=row[name])
            event = Event(
                wall_time=began + row["time"], step=int(row["step"]), summary=Summary(value=[value])
            )
            writer.add_event(event)
    writer.close()
