"""Sealing: the JSONL files of a run that is over become one Parquet file, compared value by value before they go."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runfolio.catalog.digest import Logged, logged
from runfolio.catalog.engine import Job, read_claim
from runfolio.catalog.scan import scan
from runfolio.catalog.storage import LocalStorage
from runfolio.errors import ReadError, UsageError
from runfolio.model import FloatArray
from runfolio.readers import Reading, all_readers
from runfolio.readers.parquet_table import read_parquet
from runfolio.readers.rows import table_blocks
from runfolio.runlog import (
    METRICS_JSONL,
    METRICS_PARQUET,
    RUN_FILE,
    SCHEMA_VERSION,
    SEALED_FROM,
    STEP,
    TIME,
    WORKER_METRICS_GLOB,
)


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
    parts, _ = logged(_reading(storage).rows)
    temporary = run_folder / f"{METRICS_PARQUET}.{os.getpid()}.tmp"
    try:
        _write(temporary, parts, sources)
        _compare(parts, temporary)
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


def _write(path: Path, parts: list[Logged], sources: Mapping[str, tuple[int, str]]) -> None:
    """One row a step and time; a null was not logged, NaN was. Readers leave out the sources while they are still there."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    step, time, places = _rows(parts)
    whole = bool((np.abs(step) < 2**53).all() and (step == np.trunc(step)).all())
    columns = {
        STEP: pa.array(step.astype(np.int64) if whole else step),
        TIME: pa.array(time, mask=np.isnan(time)),
    }
    for part, at in zip(parts, places, strict=True):
        absent = np.ones(len(step), dtype=bool)
        absent[at] = False
        for name, row in zip(part.names, part.values, strict=True):
            values = np.full(len(step), np.nan)
            values[at] = row
            columns[name] = pa.array(values, mask=absent)
    notes = {"runfolio.schema": str(SCHEMA_VERSION), SEALED_FROM: json.dumps(sources)}
    table = pa.table(columns).replace_schema_metadata(notes)
    pq.write_table(table, path, compression="zstd", use_dictionary=False)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _rows(parts: list[Logged]) -> tuple[FloatArray, FloatArray, list[NDArray[np.intp]]]:
    """Step and time of each row of the file, and the rows of each part: metrics logged together share rows."""
    if not parts:
        return np.empty(0), np.empty(0), []
    pairs = np.concatenate([np.array([part.step, part.time]) for part in parts], axis=1)
    keys = np.where(np.isnan(pairs), -np.inf, pairs)
    _, first, inverse = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    ends = np.cumsum([len(part.step) for part in parts])
    return pairs[0, first], pairs[1, first], np.split(inverse.reshape(-1), ends[:-1])


def _compare(parts: list[Logged], path: Path) -> None:
    """ReadError unless the file gives back every value."""
    table = read_parquet(path.read_bytes(), path.name)
    again, _ = logged(table_blocks(table.columns, table.rows))
    if _by_name(again) != _by_name(parts):
        raise ReadError(
            "the sealed file does not give back what was logged; the run was left as it is",
            slug="seal-mismatch",
            path=path.name,
            hint="please report this with the run's metrics file",
        )


def _by_name(parts: list[Logged]) -> dict[str, tuple[bytes, bytes, bytes]]:
    """Steps, times and values of each metric, bit for bit but for the kind of NaN."""
    return {
        name: (part.step.tobytes(), _one_nan(part.time), _one_nan(row))
        for part in parts
        for name, row in zip(part.names, part.values, strict=True)
    }


def _one_nan(values: FloatArray) -> bytes:
    return np.where(np.isnan(values), np.nan, values).tobytes()
