"""Six trials of Ray Tune: two rates with three seeds each; one of them fails."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import ray
from ray import tune

#: What is copied of a trial's folder; the rest are pickles.
KEPT = ("result.json", "params.json", "progress.csv", "error.txt")


def train(config: dict[str, Any]) -> None:
    for step in range(1, 6):
        if (config["rate"], config["seed"], step) == (0.5, 3, 3):
            raise ValueError("no good")
        loss = math.nan if step == 2 else config["rate"] / step + config["seed"]
        tune.report({"loss": loss, "valid": {"accuracy": step / 10}, "words": "left out"})


def name_of(trial: Any) -> str:
    return f"train-{trial.config['rate']}-{trial.config['seed']}"


def main(folder: Path) -> None:
    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, configure_logging=False)
    tune.run(
        train,
        name="digits",
        config={
            "rate": tune.grid_search([0.1, 0.5]),
            "seed": tune.grid_search([1, 2, 3]),
            "net": {"width": 8},
        },
        storage_path=str(folder / "made"),
        trial_dirname_creator=name_of,
        raise_on_failed_trial=False,
        verbose=0,
    )
    ray.shutdown()
    for trial in sorted((folder / "made" / "digits").glob("train-*")):
        target = folder / "digits" / trial.name
        target.mkdir(parents=True)
        for path in trial.iterdir():
            if path.name in KEPT:
                scrub(path, target / path.name, folder)
    (state,) = (folder / "made" / "digits").glob("experiment_state-*.json")
    kept = [
        [json.dumps(only_state(json.loads(trial))), "{}"]
        for trial, _ in json.loads(state.read_text())["trial_data"]
    ]
    (folder / "digits" / state.name).write_text(json.dumps({"trial_data": kept}))
    shutil.rmtree(folder / "made")


def only_state(trial: dict[str, Any]) -> dict[str, Any]:
    """Without what is pickled, where names of machines and folders hide."""
    return {
        name: trial[name] for name in ("trial_id", "status", "relative_logdir", "config", "experiment_tag")
    }


def scrub(path: Path, target: Path, folder: Path) -> None:
    """Names of machines and folders do not belong into files that are published."""
    text = (
        path.read_text()
        .replace(os.uname().nodename, "machine")
        .replace(ray.util.get_node_ip_address(), "machine")
    )
    for place in (str(folder), str(Path(__file__).parent), sys.prefix, sys.base_prefix):
        text = text.replace(place, "project")
    target.write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
