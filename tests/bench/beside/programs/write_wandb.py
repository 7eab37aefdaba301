"""Runs as wandb leaves them in offline mode: `write_wandb.py RUNS FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import wandb
from rows import read

folder = Path(sys.argv[2])
folder.mkdir(parents=True)
settings = wandb.Settings(
    console="off",
    silent=True,
    disable_git=True,
    disable_code=True,
    x_disable_meta=True,
    x_disable_machine_info=True,
    x_disable_stats=True,
    x_save_requirements=False,
)
for run in read(sys.argv[1]):
    writer = wandb.init(
        mode="offline",
        dir=str(folder),
        project="generated",
        name=run.run_id,
        id=run.run_id,
        config=run.about["parameters"],
        settings=settings,
    )
    for row in run.rows:
        writer.log({name: row[name] for name in run.metrics}, step=int(row["step"]))
    writer.finish()
