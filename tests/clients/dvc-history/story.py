"""A repository whose pipeline DVC runs again over several commits: other settings, a NaN, a stage that fails, words alone, an experiment.

Writes the repository as a bundle of git, and what DVC has in its cache.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PIPELINE = """\
stages:
  train:
    cmd: python train.py
    deps: [train.py]
    params: [lr]
    metrics:
      - eval/scores.json: {cache: false}
      - summary.yaml
    plots:
      - losses.csv: {x: epoch, y: loss}
"""
TRAIN = '''\
"""What the stage does."""
import json
from pathlib import Path

lr = float(Path("params.yaml").read_text().split(":")[1])
if lr < 0:
    raise SystemExit("out of luck")
losses = [1 / (epoch + 1) + lr for epoch in range(4)]
Path("eval").mkdir(exist_ok=True)
Path("eval/scores.json").write_text(json.dumps({"val": {"loss": losses[-1] if lr < 1 else float("nan")}}))
Path("summary.yaml").write_text(f"best: {min(losses)}\\n")
Path("losses.csv").write_text("".join(["epoch,loss\\n", *(f"{epoch},{loss}\\n" for epoch, loss in enumerate(losses))]))
'''


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        place = Path(home, "digits")
        place.mkdir()
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": home,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "DVC_NO_ANALYTICS": "1",
            "DVC_SITE_CACHE_DIR": str(Path(home, "site-cache")),
            **{f"GIT_{who}_NAME": "a" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "a@example.org" for who in ("AUTHOR", "COMMITTER")},
        }

        def run(*words: str, fails: bool = False) -> None:
            command = [sys.executable, "-m", *words] if words[0] == "dvc" else [*words]
            done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
            assert bool(done.returncode) == fails, done.stdout + done.stderr

        def commit(message: str) -> None:
            run("git", "add", "--all")
            run("git", "commit", "--quiet", "--allow-empty", "--message", message)

        run("git", "init", "--quiet", "--initial-branch=main")
        # DVC's own git reads the user from the repository.
        run("git", "config", "user.name", "a")
        run("git", "config", "user.email", "a@example.org")
        run("dvc", "init", "--quiet")
        (place / "dvc.yaml").write_text(PIPELINE)
        (place / "train.py").write_text(TRAIN)
        (place / "params.yaml").write_text("lr: 0.1\n")
        commit("Begin")
        for message, lr, fails in (
            ("A first rate", "0.1", False),
            ("A smaller rate", "0.01", False),
            ("Words", None, False),
            ("A rate below nothing", "-1", True),
            ("A large rate", "2", False),
        ):
            if lr is None:
                (place / "README.md").write_text("Digits.\n")
            else:
                (place / "params.yaml").write_text(f"lr: {lr}\n")
                run("dvc", "repro", "--quiet", fails=fails)
            commit(message)
        run("dvc", "exp", "run", "--quiet", "--set-param", "lr=0.5", "--name", "lazy-fox")
        run("git", "bundle", "create", "--quiet", str(target / "repository.bundle"), "--all")
        shutil.copytree(
            place / ".dvc" / "cache", target / "cache", ignore=shutil.ignore_patterns("runs", "*.lock")
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
