"""What the clients' stories must look like once they are read: the part that the test and `make test-clients` share.

A folder a tracker:

    story.py          `python story.py FOLDER` logs a known story with the real client, several runs of it
    requirements.txt  what the client needs of Python, without versions: a new one is to be noticed
    files/            what the client wrote, committed: small, without names of machines or people
    expected.json     {"reader": name, "runs": {run name: {field: value}}}; a field that is left out may be anything, and of
                      `some_metrics`, `some_counts` and `some_parameters` only those that are named are compared

A story that cannot be told because a program is missing that no package of Python brings ends with 77, and says what it needs.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from runfolio.catalog import Catalog, read_catalog
from runfolio.catalog.history import git_history
from runfolio.model import Run

FOLDER = Path(__file__).parent


def trackers() -> list[str]:
    """Names of the trackers with a story."""
    return sorted(path.parent.name for path in FOLDER.glob("*/expected.json"))


def differences(tracker: str, files: Path) -> list[str]:
    """What is read from the files and is not as expected, a line each."""
    expected = json.loads((FOLDER / tracker / "expected.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as place:
        catalog = _catalog(files, Path(place, "repository"))
    runs = {run.name: run for run in catalog.runs}
    found = [
        f"reader: {run.source.reader}" for run in catalog.runs if run.source.reader != expected["reader"]
    ]
    found += [f"{name}: not read" for name in expected["runs"].keys() - runs.keys()]
    found += [f"{name}: not expected" for name in runs.keys() - expected["runs"].keys()]
    for name in sorted(runs.keys() & expected["runs"].keys()):
        facts = facts_of(runs[name], {run.run_id: run.name for run in catalog.runs})
        for field, value in expected["runs"][name].items():
            fact = facts[field.removeprefix("some_")]
            if field.startswith("some_"):
                fact = {key: fact[key] for key in value if key in fact}
            if json.loads(json.dumps(fact)) != value:
                found.append(f"{name}: {field} is {json.dumps(fact)}, expected {json.dumps(value)}")
    return found


def _catalog(files: Path, place: Path) -> Catalog:
    """What lies in the files; of a bundle of git the history, with what is in DVC's cache, of a repository made at that place."""
    bundle = files / "repository.bundle"
    if not bundle.is_file():
        return read_catalog([files])
    subprocess.run(["git", "init", "--quiet", "--initial-branch=other", str(place)], check=True)
    fetch = ["git", "fetch", "--quiet", str(bundle.resolve()), "refs/*:refs/*"]
    subprocess.run(fetch, cwd=place, check=True)
    shutil.copytree(files / "cache", place / ".dvc" / "cache")
    return git_history(place, "main")


def facts_of(run: Run, names: dict[str, str]) -> dict[str, Any]:
    """The run's fields as expected.json has them; metrics as [count, last value], NaN and infinities as texts; where values are times, `counts`."""
    return {
        "experiment": run.experiment,
        "status": str(run.status),
        "parameters": {name: value.value for name, value in sorted(run.parameters.items())},
        "tags": sorted(run.tags),
        "group": run.group,
        "parent": names.get(run.parent_id or ""),
        "notes": run.notes,
        "has_start": run.started_at is not None,
        "has_error": bool(run.error),
        "counts": {name: item.count for name, item in sorted(run.metrics.items())},
        "metrics": {name: [item.count, _number(item.last)] for name, item in sorted(run.metrics.items())},
        "artifacts": sorted(item.name for item in run.artifacts),
    }


def _number(value: float) -> float | str:
    return value if value - value == 0 else str(value)
