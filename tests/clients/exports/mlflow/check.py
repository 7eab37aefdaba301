"""Reads an export with MLflow's own client, and says what is not as it was: `python check.py EXPORT FACTS`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"  # newer versions ask for consent

from mlflow.entities import RunStatus
from mlflow.tracking import MlflowClient

STATUSES = {"finished": "FINISHED", "failed": "FAILED", "interrupted": "KILLED", "running": "RUNNING"}


def main(exported: Path, facts: dict[str, dict]) -> list[str]:
    client = MlflowClient(exported.resolve().as_uri())
    wrong: list[str] = []
    found = {}
    for experiment in client.search_experiments():
        for run in client.search_runs([experiment.experiment_id]):
            found[run.data.tags["runfolio.run_id"]] = (experiment.name, run)
    wrong += [f"{name}: not read" for name in facts.keys() ^ found.keys()]
    for name in facts.keys() & found.keys():
        wanted, (experiment, run) = facts[name], found[name]
        tags = run.data.tags
        pairs = {
            "experiment": (experiment, wanted["experiment"]),
            "name": (run.info.run_name, wanted["name"]),
            "status": (run.info.status, STATUSES[wanted["status"]]),
            "start": (run.info.start_time, round(1000 * wanted["start"])),
            "notes": (tags.get("mlflow.note.content", ""), wanted["notes"]),
            "parent": (tags.get("mlflow.parentRunId"), wanted["parent"]),
            "commit": (tags.get("mlflow.source.git.commit"), wanted["commit"]),
            "tags": ([tag for tag in wanted["tags"] if tags.get(tag) == "true"], wanted["tags"]),
            "parameters": (
                sorted(run.data.params.values()),
                sorted(map(text, wanted["parameters"].values())),
            ),
        }
        history = {
            key: [[m.step, repr(m.value)] for m in client.get_metric_history(run.info.run_id, key)]
            for key in run.data.metrics
        }
        pairs["metrics"] = (sorted(history.values()), sorted(wanted["metrics"].values()))
        pairs["plain names"] = ({key for key in wanted["metrics"] if ":" not in key} - history.keys(), set())
        wrong += [
            f"{name}: {what} is {got!r}, expected {want!r}"
            for what, (got, want) in pairs.items()
            if got != want
        ]
    run_id = found["a-1"][1].info.run_id
    listed = [item.path for item in client.list_artifacts(run_id, "deep")]
    if listed != ["deep/t.txt"]:
        wrong.append(f"artifacts: {listed}")
    assert RunStatus.to_string(5) == "KILLED"
    return wrong


def text(value: object) -> str:
    return "none" if value is None else str(value)


if __name__ == "__main__":
    found = main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    print("\n".join(found))
    sys.exit(bool(found))
