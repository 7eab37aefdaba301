"""metrics.parquet: every logged value of a run as columns, and the proof that a file gives them back."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runfolio.catalog.digest import Logged, logged
from runfolio.errors import ReadError
from runfolio.model import FloatArray
from runfolio.readers.parquet_table import read_parquet, sealed_blocks
from runfolio.runlog import METRIC_NAMES, SCHEMA_VERSION, STEP, TIME


def write_sealed(
    path: Path, parts: Sequence[Logged], order: Sequence[str], notes: Mapping[str, str] | None = None
) -> None:
    """Write one row a step and time; a null was not logged, NaN was. Columns stand in the order given."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    step, time, places = _rows(parts)
    whole = bool((np.abs(step) < 2**53).all() and (step == np.trunc(step)).all())
    columns = {
        STEP: _column(step.astype(np.int64) if whole else step, np.ones(len(step), dtype=bool)),
        TIME: _column(time, ~np.isnan(time)),
    }
    homes = {name: (row, at) for part, at in zip(parts, places, strict=True) for name, row in _named(part)}
    renamed: dict[str, str] = {}
    for name in order:
        row, at = homes[name]
        present = np.zeros(len(step), dtype=bool)
        present[at] = True
        values = np.full(len(step), np.nan)
        values[at] = row
        column = name
        while column in (STEP, TIME, "") or (column != name and column in homes):
            column += "_"
        if column != name:
            renamed[column] = name
        columns[column] = _column(values, present)
    said = {"runfolio.schema": str(SCHEMA_VERSION), **(notes or {})}
    if renamed:
        said[METRIC_NAMES] = json.dumps(renamed)
    table = pa.Table.from_arrays(list(columns.values()), names=list(columns)).replace_schema_metadata(said)
    pq.write_table(table, path, compression="zstd", use_dictionary=False)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _column(values: FloatArray | NDArray[np.int64], present: NDArray[np.bool_]) -> Any:
    """The values from their buffers: asked to convert an array, pyarrow loads pandas, which takes seconds."""
    import pyarrow as pa

    kind = pa.int64() if values.dtype == np.int64 else pa.float64()
    known = None if present.all() else pa.py_buffer(np.packbits(present, bitorder="little").tobytes())
    return pa.Array.from_buffers(kind, len(values), [known, pa.py_buffer(values.tobytes())])


def require_same(parts: Sequence[Logged], path: Path) -> None:
    """ReadError unless the file gives back every value."""
    again, _ = logged(sealed_blocks(read_parquet(path.read_bytes(), path.name)))
    if by_name(again) != by_name(parts):
        raise ReadError(
            "the sealed file does not give back what was logged; the run was left as it is",
            slug="seal-mismatch",
            path=path.name,
            hint="please report this with the run's metrics file",
        )


def by_name(parts: Sequence[Logged]) -> dict[str, tuple[bytes, bytes, bytes]]:
    """Steps, times and values of each metric, bit for bit but for the kind of NaN."""
    return {
        name: (part.step.tobytes(), _one_nan(part.time), _one_nan(row))
        for part in parts
        for name, row in _named(part)
    }


def _named(part: Logged) -> zip[tuple[str, FloatArray]]:
    return zip(part.names, part.values, strict=True)


def _rows(parts: Sequence[Logged]) -> tuple[FloatArray, FloatArray, list[NDArray[np.intp]]]:
    """Step and time of each row of the file, and the rows of each part: metrics logged together share rows."""
    if not parts:
        return np.empty(0), np.empty(0), []
    pairs = np.concatenate([np.array([part.step, part.time]) for part in parts], axis=1)
    keys = np.where(np.isnan(pairs), -np.inf, pairs)
    _, first, inverse = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    ends = np.cumsum([len(part.step) for part in parts])
    return pairs[0, first], pairs[1, first], np.split(inverse.reshape(-1), ends[:-1])


def _one_nan(values: FloatArray) -> bytes:
    return np.where(np.isnan(values), np.nan, values).tobytes()
