"""Sealing: the JSONL files of a run that is over become one Parquet file, compared value by value before they go."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from runfolio.catalog.digest import logged
from runfolio.catalog.engine import Job, read_claim
from runfolio.catalog.scan import scan
from runfolio.catalog.sealed_file import require_same, write_sealed
from runfolio.catalog.storage import LocalStorage
from runfolio.errors import ReadError, RunfolioError, UsageError
from runfolio.readers import Reading, all_readers
from runfolio.runlog import (
    METRICS_JSONL,
    METRICS_PARQUET,
    RUN_FILE,
    SEALED_FROM,
    WORKER_METRICS_GLOB,
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What sealing did."""

    written: tuple[Path, ...]
    """The new metrics.parquet of each run."""
    refused: tuple[RunfolioError, ...]
    """Why other runs stayed as they were: a living writer, or a file that is broken."""


def seal_runs(folders: Iterable[Path]) -> Sealed:
    """What was done to seal the run folders among these; those without JSONL are left alone."""
    written: list[Path] = []
    refused: list[RunfolioError] = []
    for folder in folders:
        has_lines = (folder / METRICS_JSONL).exists() or any(folder.glob(WORKER_METRICS_GLOB))
        if not ((folder / RUN_FILE).exists() and has_lines):
            continue
        try:
            written.append(seal_run(folder))
        except RunfolioError as error:
            refused.append(error)
    return Sealed(tuple(written), tuple(refused))


def seal_run(run_folder: Path) -> Path:
    """The path of metrics.parquet, which holds every value that a reader gave from the run's metrics files.

    The JSONL files are removed once the file on disk was read back and found equal, NaN included. What a reader drops
    (broken lines, values that a later one replaced) is dropped here too. A run that is sealed already stays as it is.

    Raises:
        UsageError: the folder is no run folder, or the run still has a living writer.
        ReadError: a metrics file is broken, and sealing would lose what is in it.
    """
    storage = LocalStorage(run_folder)
    target = run_folder / METRICS_PARQUET
    lines = _files_to_seal(storage)
    if not lines:
        return target
    before = {name: _state(run_folder / name) for name in lines}
    sources = {name: _size_and_digest(run_folder / name) for name in lines}
    rows = _reading(storage).rows
    parts, _ = logged(rows)
    order = list(dict.fromkeys(name for block in rows for name in block.names))
    temporary = run_folder / f"{METRICS_PARQUET}.{os.getpid()}.tmp"
    try:
        write_sealed(temporary, parts, order, {SEALED_FROM: json.dumps(sources)})
        require_same(parts, temporary)
        if before != {name: _state(run_folder / name) for name in lines}:
            raise _refusal(storage, "changed while it was sealed", "try again when it is over")
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    for name in lines:
        (run_folder / name).unlink()
    return target


def _files_to_seal(storage: LocalStorage) -> list[str]:
    """The JSONL files of metrics, none when the run is sealed already; UsageError where there is nothing to seal."""
    names = {entry.path for entry in storage.list("").files} if storage.root.is_dir() else set()
    if RUN_FILE not in names:
        raise _refusal(storage, "is no run folder", "give a folder that holds run.json")
    lines = sorted(name for name in names if _is_jsonl(name))
    if not lines and METRICS_PARQUET not in names:
        raise _refusal(storage, "has no metrics to seal", "nothing was logged yet")
    if any(storage.is_held(name) for name in lines):
        raise _refusal(storage, "is still being written", "seal the run when it is over")
    return lines


def _refusal(storage: LocalStorage, what: str, hint: str) -> UsageError:
    return UsageError(f"`{storage.root}` {what}", slug="seal-refused", hint=hint)


def _state(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def _size_and_digest(path: Path) -> tuple[int, str]:
    body = path.read_bytes()
    return len(body), hashlib.sha256(body).hexdigest()


def _is_jsonl(name: str) -> bool:
    return name == METRICS_JSONL or fnmatchcase(name, WORKER_METRICS_GLOB)


def _reading(storage: LocalStorage) -> Reading:
    claims = scan(storage, 0, all_readers()).claims
    readings = read_claim(Job(storage, claims[0])) if claims else None
    reading = next(readings, None) if readings is not None else None
    if not isinstance(reading, Reading):
        raise _refusal(storage, "is no run folder of Runfolio", "check its run.json")
    for problem in reading.problems:
        if problem.slug in ("broken-parquet", "unreadable-file"):
            raise ReadError(problem.message, slug=problem.slug, path=problem.path, hint=problem.hint)
    return reading
