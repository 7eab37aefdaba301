"""Logs every story again with the client of today, and compares what is read: `make test-clients [CLIENTS=mlflow,wandb]`.

The other way round, a folder in `exports/` has a `check.py` that reads an export with the tracker's own client.
Each client gets a throw-away environment of its own. Ends with 1 where a story is not read as it was; one that could not be
told for want of a program, such as cargo, is named and does not count.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

sys.path.insert(0, str(Path(__file__).parent / "exports"))

from runs import export
from story import FOLDER, differences, trackers

#: What a story ends with that cannot be told here, and the line that then says why begins with.
_MISSING, NOT_TOLD = 77, "not told: "


def tell_again(tracker: str, place: Path) -> list[str]:
    """What came out differently; a line that says why where the story could not be told."""
    files = place / "files"
    files.mkdir()
    said = run_in_environment(FOLDER / tracker, "story.py", [files], place)
    return differences(tracker, files) if said is None else [said]


def read_again(form: str, place: Path) -> list[str]:
    """What the tracker's client does not read from an export as it was."""
    export(form, place)
    said = run_in_environment(
        FOLDER / "exports" / form, "check.py", [place / "exported", place / "facts.json"], place
    )
    return [] if said is None else [said]


def run_in_environment(folder: Path, script: str, arguments: list[Path], place: Path) -> str | None:
    """Run the script where what it requires is installed; what it said where that failed."""
    environment = place / "environment"
    venv.create(environment, with_pip=True)
    python = str(environment / ("Scripts" if os.name == "nt" else "bin") / "python")
    requirements = str(folder / "requirements.txt")
    steps = (
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
        [python, str(folder / script), *map(str, arguments)],
    )
    for step in steps:
        done = subprocess.run(step, cwd=place, capture_output=True, text=True, check=False)
        if done.returncode == _MISSING:
            return f"{NOT_TOLD}{done.stdout.strip()}"
        if done.returncode:
            said = f"{done.stdout}{done.stderr}".strip()[-1500:]
            return f"`{' '.join(step[1:4])} …` ended with {done.returncode}: {said}"
    return None


def main() -> int:
    forms = [f"export-{path.parent.name}" for path in sorted(FOLDER.glob("exports/*/check.py"))]
    wanted = [name for name in os.environ.get("CLIENTS", "").split(",") if name] or [*trackers(), *forms]
    failed = 0
    for tracker in wanted:
        with tempfile.TemporaryDirectory(prefix="runfolio-client-") as folder:
            again = read_again if tracker in forms else tell_again
            found = again(tracker.removeprefix("export-"), Path(folder))
        failed += any(not line.startswith(NOT_TOLD) for line in found)
        print(
            f"{tracker}: {'as it was' if not found else ''}", *found, sep="\n  " if found else "", flush=True
        )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
