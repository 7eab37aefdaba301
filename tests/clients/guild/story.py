"""Three seeds of a script, one run that fails and one that is killed, by Guild AI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPT = """
import math, os, random, signal
lr = 0.1
seed = 1
ends = "well"
numbers = random.Random(seed)
for step in range(20):
    loss = math.nan if step == 7 else 1 / (step + 1) + numbers.uniform(-0.01, 0.01)
    print(f"step: {step}")
    print(f"loss: {loss}")
    if ends == "badly" and step == 5:
        raise ValueError("no")
    if ends == "killed" and step == 9:
        os.kill(os.getppid(), signal.SIGKILL)
        os._exit(1)
open("result.txt", "w").write("done")
"""
RUNS = (
    ["lr=0.1", "seed=[1,2,3]", "--tag", "a", "--comment", "why"],
    ["ends=badly", "--label", "failed"],
    ["ends=killed", "--label", "killed"],
)
KEPT = ("attrs", "opref", "output", "manifest", "proto", "LOCK")


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        project, home = Path(place) / "project", Path(place) / "store"
        project.mkdir()
        home.mkdir()
        (project / "train.py").write_text(SCRIPT)
        for words in RUNS:
            command = [
                str(Path(sys.executable).with_name("guild")),
                "-H",
                str(home),
                "run",
                "train.py",
                *words,
                "-y",
            ]
            environment = {"PATH": os.environ["PATH"], "HOME": str(home), "GREETING": "hello"}
            subprocess.run(command, cwd=project, check=False, env=environment, stdout=subprocess.DEVNULL)
        shutil.copytree(home / "runs", folder / "runs", symlinks=True)
        for run in (folder / "runs").iterdir():
            tidy(run, place)


def tidy(run: Path, place: str) -> None:
    """Takes out what names the machine, and what is large."""
    for path in run.rglob("*"):
        if path.is_symlink() or (path.is_dir() and path.name == "sourcecode"):
            path.unlink() if path.is_symlink() else shutil.rmtree(path)
    (run / "train.py").unlink()
    for path in (run / ".guild").iterdir():
        if path.name not in KEPT and "tfevents" not in path.name:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in [path for path in (run / ".guild").rglob("attrs/*") if path.is_file()]:
        if path.name in ("pip_freeze", "platform", "op", "run_params"):
            path.unlink()
        elif path.name == "env":
            path.write_text("GREETING: hello\n")
        elif path.name == "host":
            path.write_text("machine\n")
    for path in [path for path in run.rglob("*") if path.is_file() and "tfevents" not in path.name]:
        text = path.read_text().replace(place, "/place").replace(sys.executable, "python")
        path.write_text(text.replace(str(Path(sys.prefix).parent), "/place"))
    for path in run.rglob("*tfevents*"):
        path.rename(path.with_name("events.out.tfevents.1700000000.machine.1.0"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
