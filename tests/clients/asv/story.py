"""A tiny project with two commits, measured by asv: parameters, a combination that is skipped, a benchmark that fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BENCHMARKS = """
class Suite:
    params = [[10, 100], ["list", "set"]]
    param_names = ["n", "kind"]

    def setup(self, n, kind):
        if n == 100 and kind == "set":
            raise NotImplementedError
        self.data = list(range(n))

    def time_sum(self, n, kind):
        sum(self.data)

    def track_size(self, n, kind):
        return len(self.data)

    track_size.unit = "items"


def track_answer():
    return ANSWER


def time_broken():
    raise ValueError("broken")
"""
CONFIGURATION = """{"version": 1, "project": "tiny", "repo": ".", "branches": ["main"], "environment_type": "existing",
"results_dir": ".asv/results"}"""
MACHINE = [
    "--machine",
    "box",
    "--os",
    "Linux",
    "--arch",
    "x86_64",
    "--cpu",
    "fast",
    "--num_cpu",
    "2",
    "--ram",
    "8GB",
]
#: The last part of the interpreter's path is the same everywhere, and so is the environment's name in the file's.
PYTHON = "python3"


def call(place: Path, *words: str, at: str | None = None) -> str:
    dated = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at} if at else {}
    named = {f"GIT_{who}_{what}": "n" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    quiet = {"HOME": str(place.parent), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        words,
        cwd=place,
        env={**os.environ, **named, **dated, **quiet},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 2):  # 2: a benchmark failed, as it should
        sys.exit(f"{words}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "tiny"
        (place / "benchmarks").mkdir(parents=True)
        (place / "asv.conf.json").write_text(CONFIGURATION)
        (place / "benchmarks" / "__init__.py").touch()
        (place / ".gitignore").write_text(".asv\n__pycache__\n")
        call(place, "git", "init", "-q", "-b", "main", ".")
        asv = [sys.executable, "-m", "asv"]
        call(place, *asv, "machine", "--yes", *MACHINE)
        for index, answer in enumerate((41, 42)):
            (place / "benchmarks" / "work.py").write_text(f"ANSWER = {answer}\n{BENCHMARKS}")
            call(place, "git", "add", "-A")
            call(place, "git", "commit", "-q", "-m", f"answer {answer}", at=f"2026-11-0{index + 1}T10:00:00Z")
            commit = call(place, "git", "rev-parse", "HEAD")
            measure = [
                "--record-samples",
                "-a",
                "repeat=3",
                "-a",
                "number=1",
                "-a",
                "rounds=1",
                "-a",
                "warmup_time=0",
                "--set-commit-hash",
                commit,
            ]
            call(place, *asv, "run", "--machine", "box", "--python=same", *measure)
        for path in sorted((place / ".asv" / "results").rglob("*.json")):
            text = path.read_text().replace(sys.executable, f"/opt/{PYTHON}")
            commit, _, existing = path.name.partition("-existing-py")
            name = f"{commit}-existing-py_opt_{PYTHON}.json" if existing else path.name
            copy = target / "tiny" / ".asv" / path.relative_to(place / ".asv").with_name(name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text)


if __name__ == "__main__":
    shutil.rmtree(Path(sys.argv[1]) / "tiny", ignore_errors=True)
    main(Path(sys.argv[1]))
