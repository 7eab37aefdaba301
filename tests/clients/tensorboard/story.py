"""Three seeds of a model, one run that is killed and one that goes on after a restart, logged by tensorboardX."""

from __future__ import annotations

import math
import os
import random
import socket
import sys
import time
from pathlib import Path
from subprocess import run

socket.gethostname = lambda: "machine"  # the names of files hold it

import numpy as np  # noqa: E402
from tensorboardX import SummaryWriter  # noqa: E402

START = 1_700_000_000.0


def train(
    folder: Path, seed: int, steps: range, *, learning_rate: float = 0.1, **options: object
) -> SummaryWriter:
    """Logs the steps; the writer is still open."""
    numbers = random.Random(seed)
    writer = SummaryWriter(str(folder), **options)
    for step in steps:
        moment = START + 60 * seed + step
        noise = numbers.uniform(-0.01, 0.01)
        writer.add_scalar(
            "train/loss", math.nan if step == 7 else 1 / (step + 1) + noise, step, walltime=moment
        )
        if step % 5 == 4:
            writer.add_scalar(
                "val/acc", 1 - 1 / (step + 1) + noise + learning_rate / 100, step, walltime=moment
            )
        if step % 9 == 5:
            picture = np.linspace(0, 1, 16).reshape(1, 4, 4) * step / 30
            writer.add_image("samples/first", picture, step, walltime=moment)
    return writer


def main(folder: Path) -> None:
    for seed in range(3):
        writer = train(folder / "mnist" / f"mlp-{seed}", seed, range(20))
        writer.add_hparams(
            {"lr": 0.1, "seed": seed, "model": "mlp", "augment": True}, {"hparam/acc": 0.9 + seed / 100}
        )
        writer.add_text("remark", f"seed {seed}")
        writer.close()
    run([sys.executable, __file__, str(folder), "killed"], check=False)
    train(folder / "mnist" / "resumed", 4, range(20)).close()
    train(folder / "mnist" / "resumed", 5, range(10, 30), purge_step=10, filename_suffix=".again").close()


def die(folder: Path) -> None:
    writer = train(folder / "mnist" / "killed", 3, range(10))
    time.sleep(2)  # flushing does not wait for what the writer's thread has still to take
    writer.flush()
    os._exit(1)


if __name__ == "__main__":
    (die if sys.argv[2:] == ["killed"] else main)(Path(sys.argv[1]))
