"""Four offline sessions of ClearML: two seeds, one that fails, one that is killed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

#: name → seed, how it ends
RUNS = {
    "mlp-1": (1, "well"),
    "mlp-2": (2, "well"),
    "failed": (4, "error"),
    "killed": (5, "kill"),
}


def tell(name: str) -> None:
    from clearml import Task

    seed, how = RUNS[name]
    Task.set_offline(True)
    task = Task.init(
        "digits",
        name,
        auto_connect_frameworks=False,
        auto_resource_monitoring=False,
        reuse_last_task_id=False,
    )
    task.add_tags(["base"])
    task.connect(
        {"lr": 0.1, "net": {"width": 8}, "seed": seed, "flag": True, "nothing": None, "list": [1, 2]}
    )
    task.connect({"depth": 3}, name="model")
    task.set_comment("a note")
    logger = task.get_logger()
    for step in range(4):
        logger.report_scalar("loss", "train", 1 / (step + seed), step)
        logger.report_scalar("loss", "validation", float("nan") if step == 1 else 2.0 / (step + 1), step)
    logger.report_single_value("best", 0.25)
    logger.report_text("hello")
    logger.flush()
    if how == "kill":
        time.sleep(5)  # what was logged is written by another thread
        os._exit(1)
    if how == "error":
        raise ValueError("no good")
    task.upload_artifact("table", {"right": [1, 2]}, wait_on_upload=True)
    task.close()
    os._exit(0)  # without a network the client waits for minutes at its end


def main(folder: Path) -> None:
    cache = folder / "cache"
    environment = os.environ | {
        "CLEARML_CACHE_DIR": str(cache),
        "HOME": str(folder),
        "CLEARML_LOG_LEVEL": "ERROR",
    }
    for name in RUNS:
        known = set((cache / "offline").glob("*/"))
        command = [sys.executable, __file__, "--tell", name]
        process = subprocess.Popen(command, env=environment, start_new_session=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=60)
        with contextlib.suppress(ProcessLookupError):  # the client's own processes go on without it
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        (made,) = (path for path in (cache / "offline").iterdir() if path.is_dir() and path not in known)
        scrub(made, str(cache))
        archive = made.with_name(f"{made.name}.zip")
        if archive.exists():
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
                for path in sorted(made.rglob("*")):
                    target.write(path, path.relative_to(made).as_posix())
    (cache / "offline").rename(folder / "offline")
    for path in folder.iterdir():
        if path.name != "offline":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def scrub(folder: Path, place: str) -> None:
    """Names of machines and folders do not belong into files that are published; nor does a copy of this script."""
    for path in (folder / "task.json", folder / "log.jsonl", folder / "metrics.jsonl"):
        if path.exists():
            text = path.read_text().replace(place, "cache").replace(os.uname().nodename, "machine")
            for prefix in (sys.prefix, sys.base_prefix, str(Path(__file__).parent)):
                text = text.replace(prefix, "project")
            path.write_text(text)
    task = json.loads((folder / "task.json").read_text())
    if "script" in task:
        task["script"] |= {"diff": "", "requirements": {"pip": "clearml == 2.0.0\n"}}
    (folder / "task.json").write_text(json.dumps(task, sort_keys=True))


if __name__ == "__main__":
    tell(sys.argv[2]) if sys.argv[1] == "--tell" else main(Path(sys.argv[1]))
