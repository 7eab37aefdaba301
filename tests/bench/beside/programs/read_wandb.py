"""Every logged value of every run by wandb's own DataStore and its records: `read_wandb.py FOLDER`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from timed import say
from wandb.proto.wandb_internal_pb2 import Record
from wandb.sdk.internal.datastore import DataStore

began = time.perf_counter()
runs = points = 0
for path in sorted(Path(sys.argv[1]).rglob("*.wandb")):
    store = DataStore()
    store.open_for_scan(str(path))
    runs += 1
    while (body := store.scan_data()) is not None:
        record = Record()
        record.ParseFromString(body)
        for item in record.history.item:
            name = item.key or "/".join(item.nested_key)
            # wandb's own columns, such as _step and _runtime, were not logged.
            if not name.startswith("_"):
                points += isinstance(json.loads(item.value_json), float | int)
say(runs, points, began)
