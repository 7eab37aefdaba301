"""Columns of plain values survive Parquet, without pandas."""

from __future__ import annotations

import io
import math
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.catalog.columns import parquet_bytes

COLUMNS = (
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1))
    | st.lists(st.none() | st.floats(allow_nan=False))
    | st.lists(st.none() | st.booleans())
    | st.lists(st.none() | st.text(st.characters(codec="utf-8")))
)


def back(values: list[object]) -> list[object]:
    return pq.read_table(io.BytesIO(parquet_bytes({"x": values})))["x"].to_pylist()


@given(COLUMNS)
def test_a_column_of_one_type_comes_back(values: list[object]) -> None:
    assert back(values) == values


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2.5, None], [1.0, 2.5, None]),
        ([1, "a", None, True], ["1", "a", None, "True"]),
        ([2**70, 1], [float(2**70), 1.0]),
        ([None, None], [None, None]),
        ([], []),
        ([math.inf, -math.inf], [math.inf, -math.inf]),
        ([2**70, 0.5], [float(2**70), 0.5]),
    ],
)
def test_mixtures_become_floats_or_texts(values: list[object], expected: list[object]) -> None:
    assert back(values) == expected


def test_pandas_is_not_loaded() -> None:
    code = "import sys; from runfolio.catalog.columns import parquet_bytes; parquet_bytes({'a': [1, None], 'b': ['x', None], 'c': [True, None]}); assert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
