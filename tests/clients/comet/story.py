"""Four offline experiments of Comet: two seeds, one that fails, and one without any metric."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import zipfile
from pathlib import Path

RUNS = {"mlp-1": (1, "well"), "mlp-2": (2, "well"), "failed": (3, "error"), "empty": (4, "empty")}


def tell(folder: Path, name: str) -> None:
    from comet_ml import OfflineExperiment

    seed, how = RUNS[name]
    experiment = OfflineExperiment(
        offline_directory=str(folder / ".cometml-runs"),
        project_name="digits",
        workspace="team",
        log_code=False,
        log_git_metadata=False,
        log_env_gpu=False,
        log_env_cpu=False,
        log_env_network=False,
        log_env_disk=False,
        display_summary_level=0,
        parse_args=False,
    )
    experiment.set_name(name)
    experiment.add_tags(["base", "offline"])
    experiment.log_parameters({"lr": 0.1, "net": {"width": 8}, "seed": seed, "list": [1, 2]})
    experiment.log_other("dataset", "digits")
    if how != "empty":
        with experiment.train():
            for step in range(4):
                experiment.log_metric("loss", 1 / (step + seed), step=step, epoch=0)
        experiment.log_metric("accuracy", math.nan, step=2)
        experiment.log_metrics({"bleu": {"first": 0.5}, "big": math.inf}, step=3)
        experiment.log_text("hello")
        experiment.log_asset_data({"a": 1}, name="data.json")
    if how == "error":
        raise ValueError("no good")
    experiment.end()


def main(folder: Path) -> None:
    environment = os.environ | {"HOME": str(folder / "home")}
    for name in RUNS:
        subprocess.run([sys.executable, __file__, str(folder), name], env=environment, check=False)
    for place, archive in enumerate(
        sorted((folder / ".cometml-runs").iterdir(), key=lambda path: path.stat().st_mtime)
    ):
        scrub(archive)
        archive.rename(archive.with_name(f"{place}.zip"))


def scrub(archive: Path) -> None:
    """What tells of the machine does not belong into files that are published."""
    with zipfile.ZipFile(archive) as source:
        members = {name: source.read(name) for name in source.namelist()}
    lines = []
    for line in members["messages.json"].splitlines():
        message = json.loads(line)
        if message["type"] in (
            "os_packages",
            "installed_packages",
            "file_name",
            "system_info",
            "standard_output",
        ):
            continue
        if message["type"] == "system_details":
            kept = {key: message["payload"].get(key) for key in ("python_version", "message_id")}
            message["payload"] = kept | {"hostname": "machine", "user": "somebody", "command": ["story.py"]}
        lines.append(json.dumps(message))
    members["messages.json"] = "\n".join([*lines, ""]).replace(str(Path(__file__).parent), "project").encode()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in members.items():
            target.writestr(name, body)


if __name__ == "__main__":
    tell(Path(sys.argv[1]), sys.argv[2]) if len(sys.argv) > 2 else main(Path(sys.argv[1]))
