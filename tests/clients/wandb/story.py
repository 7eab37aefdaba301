"""Three seeds of a model, one run that fails, one that is killed, and one with media, logged by wandb in offline mode."""

from __future__ import annotations

import math
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path
from subprocess import run

import numpy
import wandb


def start(folder: Path, name: str, **options: object) -> wandb.Run:
    settings = wandb.Settings(
        console="off", disable_git=True, disable_code=True, host="machine", username="somebody",
        x_disable_meta=True, x_disable_machine_info=True, x_disable_stats=True, x_save_requirements=False,
    )  # fmt: skip
    return wandb.init(
        mode="offline", dir=str(folder), project="mnist", name=name, id=name, settings=settings, **options
    )


def train(run: wandb.Run, seed: int, steps: int) -> None:
    numbers = random.Random(seed)
    for step in range(steps):
        loss = math.nan if step == 7 else 1 / (step + 1) + numbers.uniform(-0.01, 0.01)
        row: dict[str, object] = {"loss": loss}
        if step % 5 == 4:
            row["val"] = {"acc": 1 - 1 / (step + 1), "top": {"5": 1.0}}
        run.log(row)


def main(folder: Path) -> None:
    run([sys.executable, __file__, str(folder), "killed"], check=False)
    for seed in range(3):
        config = {"lr": 0.1, "seed": seed, "model": {"name": "mlp", "depth": 3}, "sizes": [1, 2]}
        writer = start(
            folder, f"mlp-{seed}", config=config, group="mlp", job_type="train", tags=["a", "b"], notes="why"
        )
        train(writer, seed, 20)
        writer.summary["best"] = 0.9 + seed / 100
        writer.config.update({"late": True})
        writer.finish()
    writer = start(folder, "failed")
    train(writer, 3, 5)
    writer.finish(exit_code=1)
    writer = start(folder, "media")
    picture = [[[255 * ((x + y) % 2)] * 3 for x in range(8)] for y in range(8)]
    writer.log({"sample": wandb.Image(numpy.array(picture, dtype="uint8")), "loss": 1.0}, step=5)
    writer.log(
        {
            "table": wandb.Table(columns=["a", "b"], data=[[1, "x"]]),
            "page": wandb.Html("<p>hello</p>", inject=False),
        }
    )
    writer.log({"histogram": wandb.Histogram([1, 2, 3]), "word": "text"})
    writer.finish()
    for left in folder.glob("wandb/*"):
        if left.is_symlink() or not left.is_dir():
            left.unlink()
            continue
        for name in ("logs", "tmp"):
            shutil.rmtree(left / name, ignore_errors=True)


def die(folder: Path) -> None:
    writer = start(folder, "killed", config={"lr": 0.5})
    train(writer, 4, 300)  # enough for the service to write blocks of it
    time.sleep(3)
    own = str(os.getpid()).encode()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        words = path.read_bytes().split(b"\0") if path.exists() else [b""]
        if b"wandb-core" in words[0] and own in words:
            os.kill(int(path.parent.name), signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    (die if sys.argv[2:] == ["killed"] else main)(Path(sys.argv[1]))
