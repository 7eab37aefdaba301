"""A run of any source as a run folder: run.json, sealed metrics, events, notes, artifacts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from runfolio.catalog.catalog import Catalog
from runfolio.catalog.digest import Logged
from runfolio.catalog.run_json import alert_event, artifact_event, note_event, run_record
from runfolio.catalog.sealed_file import write_sealed
from runfolio.model import GitState, Run
from runfolio.runlog import ARTIFACTS_DIR, EVENTS_FILE, METRICS_PARQUET, NOTES_FILE, RUN_FILE

_CHUNK = 1 << 20


def housed(run: Run) -> Run:
    """The run as a folder of its own holds it: artifacts below `artifacts/`, each name and step once, no blank ids."""
    places = _places([artifact.path for artifact in run.artifacts if artifact.path] + _diff_path(run.git))
    seen: set[tuple[str, int | None]] = set()
    artifacts = []
    for artifact in run.artifacts:
        name, count = artifact.name, 1
        while (name, artifact.step) in seen:
            count += 1
            name = f"{artifact.name} ({count})"
        seen.add((name, artifact.step))
        path = None if artifact.path is None else places[artifact.path]
        artifacts.append(replace(artifact, name=name, path=path, inside=None))
    git = None if run.git == GitState() else run.git
    if git is not None and git.diff_path is not None:
        git = replace(git, diff_path=places[git.diff_path])
    parameters = {name or "unnamed": value for name, value in run.parameters.items()}
    name = run.name or run.run_id
    return replace(run, name=name, parameters=parameters, artifacts=tuple(artifacts), git=git)


def write_run_folder(
    folder: Path, catalog: Catalog, run: Run, duration_s: float | None, parts: Sequence[Logged]
) -> Run:
    """Write the run into an empty folder and give it as it stands there, with the digests of its artifacts.

    Args:
        folder: is there, and empty.
        catalog: has the run's files.
        run: of this catalog.
        duration_s: what the source says; None where it follows from the rows.
        parts: every logged value.

    Raises:
        ReadError: an artifact cannot be read.
        OSError: a file cannot be written.
    """
    kept = housed(run)
    for old, new in zip(_diff_path(run.git), _diff_path(kept.git), strict=True):
        copy_artifact(catalog, run, old, folder / new)
    artifacts = []
    for source, artifact in zip(run.artifacts, kept.artifacts, strict=True):
        if source.path is not None and artifact.path is not None:
            size, sha256 = copy_artifact(catalog, run, source.path, folder / artifact.path)
            artifact = replace(artifact, size_bytes=size, sha256=sha256)
        artifacts.append(artifact)
    kept = replace(kept, artifacts=tuple(artifacts))
    if parts:
        write_sealed(folder / METRICS_PARQUET, parts, list(run.metrics))
    events = [*map(artifact_event, kept.artifacts), *map(alert_event, kept.alerts)]
    if kept.notes == kept.notes.strip() and "\r" not in kept.notes and not kept.notes.startswith("\ufeff"):
        _write_text(folder / NOTES_FILE, kept.notes and kept.notes + "\n")
    else:  # notes.md is read without the blanks around it; an event keeps them
        events.append(note_event(kept.notes))
    _write_text(folder / EVENTS_FILE, "".join(_json(event) + "\n" for event in events))
    _write_text(folder / RUN_FILE, _json(run_record(kept, duration_s), indent=2) + "\n")
    return kept


def _places(paths: Iterable[str]) -> dict[str, str]:
    """Path in the source → path in the folder, no two the same."""
    places: dict[str, str] = {}
    for path in paths:
        if path in places:
            continue
        place = path if path.startswith(f"{ARTIFACTS_DIR}/") else f"{ARTIFACTS_DIR}/{path}"
        count = 1
        while place in places.values():
            count += 1
            place = f"{ARTIFACTS_DIR}/{count}/{path.removeprefix(f'{ARTIFACTS_DIR}/')}"
        places[path] = place
    return places


def _diff_path(git: GitState | None) -> list[str]:
    return [] if git is None or git.diff_path is None else [git.diff_path]


def copy_artifact(catalog: Catalog, run: Run, path: str, target: Path) -> tuple[int, str]:
    """Copy a file of the run, whose folder is made; its size and SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with catalog.open_artifact(run, path) as source, target.open("wb") as copy:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
    return size, digest.hexdigest()


def _write_text(path: Path, text: str) -> None:
    """Write the file; an empty one is left out."""
    if text:
        path.write_bytes(text.encode())


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
