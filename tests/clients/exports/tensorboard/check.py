"""Reads an export with TensorBoard's own reader, and says what is not as it was: `python check.py EXPORT FACTS`."""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata
from tensorboard.plugins.hparams.api_pb2 import Status
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

STATUSES = {
    "finished": Status.STATUS_SUCCESS,
    "failed": Status.STATUS_FAILURE,
    "interrupted": Status.STATUS_FAILURE,
}


def single(value: float) -> float:
    """The value with 32 bits, which is what TensorBoard keeps."""
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return float("inf")


def main(exported: Path, facts: dict[str, dict]) -> list[str]:
    wrong = []
    folders = {path.parent.name: path.parent for path in exported.rglob("events.out.tfevents.*")}
    wrong += [f"{name}: not read" for name in facts.keys() ^ folders.keys()]
    for name in facts.keys() & folders.keys():
        wanted = facts[name]
        events = EventAccumulator(str(folders[name]), size_guidance={"scalars": 0})
        events.Reload()
        tags = events.Tags()["scalars"]
        got = {tag: [[e.step, repr(e.value)] for e in events.Scalars(tag)] for tag in tags}
        metrics = {
            tag: [[step, repr(single(float(value)))] for step, value in rows]
            for tag, rows in wanted["metrics"].items()
        }
        if got != metrics:
            wrong.append(f"{name}: scalars are {got}, expected {metrics}")
        content = events.summary_metadata["_hparams_/session_start_info"].plugin_data.content
        start: HParamsPluginData = metadata.parse_session_start_info_plugin_data(content)
        given = {key: getattr(value, value.WhichOneof("kind")) for key, value in start.hparams.items()}
        parameters = {key: 0 if value is None else value for key, value in wanted["parameters"].items()}
        if given != parameters:
            wrong.append(f"{name}: hparams are {given}, expected {parameters}")
        content = events.summary_metadata["_hparams_/session_end_info"].plugin_data.content
        end = metadata.parse_session_end_info_plugin_data(content)
        if end.status != STATUSES[wanted["status"]]:
            wrong.append(f"{name}: the status is {end.status}")
        times = [event.wall_time for tag in tags for event in events.Scalars(tag)]
        if min(times) != wanted["start"]:
            wrong.append(f"{name}: begins at {min(times)}, expected {wanted['start']}")
    return wrong


if __name__ == "__main__":
    found = main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    print("\n".join(found))
    sys.exit(bool(found))
