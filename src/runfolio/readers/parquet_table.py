"""A Parquet file as columns of numbers and texts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np

from runfolio.errors import ReadError
from runfolio.readers.flat import VARYING, FlatTable, Text
from runfolio.readers.number import clean
from runfolio.readers.reader import RowBlock
from runfolio.readers.rows import Column, table_blocks
from runfolio.runlog import METRIC_NAMES


def read_parquet(body: bytes, place: str) -> FlatTable:
    """The table; a null is a value that was not logged, NaN one that was. ReadError when the file is broken."""
    # Loading pyarrow takes longer than reading a hundred runs; those without Parquet do not pay for it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(pa.BufferReader(body)).read(use_threads=False)
        columns: dict[str, Column] = {}
        texts: dict[str, Text] = {}
        for name, column in zip(table.column_names, table.columns, strict=True):
            _add(clean(name) or "unnamed", column, columns, texts, pa)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ReadError(
            f"the Parquet file is broken: {_reason(error)}",
            slug="broken-parquet",
            path=place,
            hint="it may have been cut short while it was copied or written; copy or write it again",
        ) from error
    return FlatTable(columns, texts, table.num_rows, notes=_notes(table))


def sealed_blocks(table: FlatTable) -> list[RowBlock]:
    """The rows of a metrics.parquet, metrics under their own names."""
    blocks = table_blocks(table.columns, table.rows)
    try:
        named = {
            str(column): clean(str(name)) for column, name in json.loads(table.notes[METRIC_NAMES]).items()
        }
    except (KeyError, ValueError, AttributeError):
        return blocks
    return [replace(block, names=tuple(named.get(name, name) for name in block.names)) for block in blocks]


def _notes(table: Any) -> dict[str, str]:
    """What the file's metadata say, by key."""
    notes = table.schema.metadata or {}
    return {key.decode("utf-8", "replace"): value.decode("utf-8", "replace") for key, value in notes.items()}


def _reason(error: BaseException) -> str:
    line = (str(error).splitlines() or [""])[0]
    return line[:160] or type(error).__name__


def _add(name: str, column: Any, columns: dict[str, Column], texts: dict[str, Text], pa: Any) -> None:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = column if kind == pa.float64() else column.cast(pa.float64(), safe=False)
        columns[name] = _numbers(numbers.chunk(0) if numbers.num_chunks == 1 else numbers.combine_chunks())
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        different = column.drop_null().unique()
        if len(different):
            texts[name] = clean(different[0].as_py()) if len(different) == 1 else VARYING
    elif pa.types.is_temporal(kind):
        texts[name] = VARYING


def _numbers(array: Any) -> Column:
    """The numbers from their buffers: asked to convert an array, pyarrow loads pandas, which takes long."""
    start, end = array.offset, array.offset + len(array)
    validity, body = array.buffers()
    if len(array) == 0:
        return Column(np.empty(0))
    values = np.frombuffer(body, dtype=np.float64)[start:end]
    if array.null_count == 0:
        return Column(values)
    present = np.unpackbits(np.frombuffer(validity, dtype=np.uint8), bitorder="little")[start:end] == 1
    return Column(np.where(present, values, np.nan), present)
