"""Columns of plain values as a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from runfolio.model import FloatArray


def parquet_bytes(columns: Mapping[str, Sequence[object]]) -> bytes:
    """A zstd Parquet file with one column a name; the same columns give the same bytes.

    A column of one type keeps it, ints and floats together become floats, any other mixture becomes text.
    None is null.
    """
    arrays = [_array(list(values)) for values in columns.values()]
    table = pa.Table.from_arrays(arrays, names=list(columns))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _array(values: list[object]) -> pa.Array:
    """The column, from its buffers: asked to convert a list, pyarrow loads pandas, which takes longer than all the rest."""
    known = np.array([value is not None for value in values], dtype=bool)
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int} and all(value is None or -(2**63) <= value < 2**63 for value in values):  # type: ignore[operator]
        return _fixed(values, known, pa.int64(), np.int64) if kinds else pa.nulls(len(values))
    if kinds <= {int, float}:
        return _fixed(values, known, pa.float64(), np.float64)
    if kinds == {bool}:
        bits = np.packbits(np.array([bool(value) for value in values]), bitorder="little")
        return pa.Array.from_buffers(
            pa.bool_(), len(values), [_validity(known), pa.py_buffer(bits.tobytes())]
        )
    texts = [b"" if value is None else str(value).encode("utf-8", "replace") for value in values]
    ends = np.cumsum([0, *map(len, texts)])
    if ends[-1] >= 2**31:
        raise OverflowError("the texts of a column are more than 2 GB")
    buffers = [_validity(known), pa.py_buffer(ends.astype(np.int32).tobytes()), pa.py_buffer(b"".join(texts))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


def _fixed(
    values: list[object], known: np.typing.NDArray[np.bool_], kind: pa.DataType, dtype: type
) -> pa.Array:
    filled: FloatArray = np.array([0 if value is None else value for value in values], dtype=dtype)
    return pa.Array.from_buffers(kind, len(values), [_validity(known), pa.py_buffer(filled.tobytes())])


def _validity(known: np.typing.NDArray[np.bool_]) -> pa.Buffer | None:
    return None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little").tobytes())
