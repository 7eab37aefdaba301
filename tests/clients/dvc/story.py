"""Two workspaces whose pipelines DVC itself runs: variables, a stage for each model, metrics and plots of every kind; one has a NaN."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PIPELINE = """\
vars:
  - folder: eval
  - more.json:limits
stages:
  prepare:
    cmd: python make.py prepare
    deps: [make.py]
    outs: [rows.txt]
  train:
    foreach: ${models}
    do:
      cmd: python make.py train ${item.name} ${item.lr}
      deps: [make.py, rows.txt]
      params: [steps]
      metrics:
        - ${folder}/${item.name}.json: {cache: false}
      plots:
        - ${folder}/${item.name}.csv: {x: epoch, y: loss, cache: false}
  evaluate:
    cmd: python make.py evaluate ${limits.low}
    deps: [make.py, rows.txt]
    params:
      - steps
      - more.json: [limits]
    metrics:
      - ${folder}/scores.yaml: {cache: false}
      - summary.toml: {cache: false}
    plots:
      - ${folder}/points.json: {cache: false}
      - ${folder}/curve.tsv: {cache: false}
plots:
  - eval/classes.csv: {template: confusion, x: actual, y: predicted}
  - Both losses:
      x: epoch
      y:
        eval/small.csv: loss
        eval/large.csv: [loss, accuracy]
"""
MAKE = '''\
"""What the stages do."""
import json
import sys
from pathlib import Path

steps = json.loads(next(line for line in Path("params.yaml").read_text().splitlines() if "steps" in line).split(":")[1])
out = Path("eval")
out.mkdir(exist_ok=True)


def prepare():
    Path("rows.txt").write_text("1 2 3\\n")


def train(name, lr):
    losses = [1 / (step + 1) + float(lr) for step in range(steps)]
    lines = [f"{step},{loss},{step / steps}" for step, loss in enumerate(losses)]
    (out / f"{name}.csv").write_text("\\n".join(["epoch,loss,accuracy", *lines]) + "\\n")
    (out / f"{name}.json").write_text(json.dumps({name: {"final": losses[-1], "lr": float(lr)}}))


def evaluate(low):
    worst = "{worst}"
    lines = ["test:", "  accuracy: 0.875", "  loss: " + worst, "low: " + low]
    (out / "scores.yaml").write_text("\\n".join(lines) + "\\n")
    Path("summary.toml").write_text("[summary]\\nrows = 3\\n")
    points = [{"fpr": 0.0, "tpr": 0.0}, {"fpr": 0.5, "tpr": 0.75}, {"fpr": 1.0, "tpr": 1.0}]
    (out / "points.json").write_text(json.dumps({"roc": points}))
    (out / "curve.tsv").write_text("step\\tcurve\\n" + "".join(f"{step * 10}\\t{step / 4}\\n" for step in range(4)))
    (out / "classes.csv").write_text("actual,predicted\\ncat,cat\\ncat,dog\\ndog,dog\\n")


globals()[sys.argv[1]](*sys.argv[2:])
'''


def tell(place: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": str(place.parent / "site-cache"),
    }
    for name, worst in (("plain", "0.25"), ("diverged", ".nan")):
        workspace = place / "work" / name
        workspace.mkdir(parents=True)
        (workspace / "dvc.yaml").write_text(PIPELINE)
        (workspace / "make.py").write_text(MAKE.replace("{worst}", worst, 1))
        (workspace / "params.yaml").write_text(
            "steps: 5\nmodels:\n  - {name: small, lr: 0.1}\n  - {name: large, lr: 0.01}\n"
        )
        (workspace / "more.json").write_text(json.dumps({"limits": {"low": 3}}))
        for words in (["init", "--no-scm", "--quiet"], ["repro", "--quiet"]):
            command = [sys.executable, "-m", "dvc", *words]
            subprocess.run(command, cwd=workspace, env=environment, check=True)
        # What DVC itself makes of the file is what a reader has to find.
        command = [sys.executable, "-m", "dvc", "metrics", "show", "--json"]
        shown = subprocess.run(command, cwd=workspace, env=environment, check=True, capture_output=True)
        files = set(json.loads(shown.stdout)[""]["data"])
        assert files == {"eval/small.json", "eval/large.json", "eval/scores.yaml", "summary.toml"}, files
        shutil.rmtree(workspace / ".dvc")
        (workspace / ".dvcignore").unlink(missing_ok=True)


if __name__ == "__main__":
    tell(Path(sys.argv[1]).resolve())
