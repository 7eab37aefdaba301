"""Logs every story again with the client of today, and compares what is read: `make test-clients [CLIENTS=mlflow,wandb]`.

Each client gets a throw-away environment of its own. Ends with 1 where a story is not read as it was.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from story import FOLDER, differences, trackers


def tell_again(tracker: str, place: Path) -> list[str]:
    """What came out differently; a line that says why where the story could not be told."""
    environment, files = place / "environment", place / "files"
    venv.create(environment, with_pip=True)
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    files.mkdir()
    requirements = str(FOLDER / tracker / "requirements.txt")
    steps = (
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
        [str(python), str(FOLDER / tracker / "story.py"), str(files)],
    )
    for step in steps:
        done = subprocess.run(step, cwd=place, capture_output=True, text=True, check=False)
        if done.returncode:
            return [f"`{' '.join(step[1:4])} …` ended with {done.returncode}: {done.stderr.strip()[-500:]}"]
    return differences(tracker, files)


def main() -> int:
    wanted = [name for name in os.environ.get("CLIENTS", "").split(",") if name] or trackers()
    failed = 0
    for tracker in wanted:
        with tempfile.TemporaryDirectory(prefix="runfolio-client-") as folder:
            found = tell_again(tracker, Path(folder))
        failed += bool(found)
        print(
            f"{tracker}: {'as it was' if not found else ''}", *found, sep="\n  " if found else "", flush=True
        )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
