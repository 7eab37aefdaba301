"""JSON lines: the quick way and the general way give the same rows, whatever the rows are."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.readers.json_lines import Lines, read_lines

numbers = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5).filter(lambda name: "/" not in name)


def values_of(lines: Lines) -> dict[tuple[int, str], float]:
    return {
        (int(row), name): value
        for layout in lines.layouts
        for name, values in zip(layout.names, layout.values, strict=True)
        for row, value in zip(layout.index, values, strict=True)
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(names, numbers, max_size=6), max_size=20), st.booleans())
def test_every_number_comes_back(rows: list[dict[str, Any]], repeated: bool) -> None:
    rows = rows * 40 if repeated else rows
    lines = read_lines("".join(json.dumps(row) + "\n" for row in rows).encode())
    expected = {(index, name): float(value) for index, row in enumerate(rows) for name, value in row.items()}
    assert values_of(lines) == expected
    assert lines.rows == len(rows)


def test_a_large_body_is_read_in_parts_and_lines_keep_their_numbers() -> None:
    line = b'{"step": %d, "loss": 0.5}\n'
    body = (
        b"".join(line % step for step in range(400_000)) + b"broken\n" + b"".join(line % 1 for _ in range(10))
    )
    lines = read_lines(body)
    assert lines.rows == 400_010
    assert lines.broken == [400_001]
    assert [layout.index[0] for layout in lines.layouts] == sorted(
        layout.index[0] for layout in lines.layouts
    )
    index = np.concatenate([layout.index for layout in lines.layouts])
    assert (np.sort(index) == np.arange(400_010)).all()


def test_spellings_of_non_finite_numbers() -> None:
    body = b'{"a": "NaN", "b": "Infinity", "c": "-Infinity"}\n{"a": NaN, "b": Infinity, "c": -Infinity}\n{"b": 1e400}\n'
    lines = read_lines(body)
    assert lines.broken == []
    found = values_of(lines)
    assert math.isnan(found[0, "a"])
    assert math.isnan(found[1, "a"])
    assert [found[0, "b"], found[1, "b"], found[2, "b"]] == [math.inf] * 3
    assert [found[0, "c"], found[1, "c"]] == [-math.inf] * 2


def test_only_the_last_line_may_be_torn() -> None:
    assert read_lines(b'{"a": 1}\n{"a": ').is_torn
    assert read_lines(b'{"a": 1}\n{"a": ').broken == []
    assert read_lines(b'{"a": \n{"a": 1}\n').broken == [1]
    assert read_lines(b'{"a": 1}\n{"a": \n').broken == [2]
    assert read_lines(b'{"a": 1}\n\n\n{"a": 2}').rows == 2


def test_what_is_no_number_is_named_once() -> None:
    lines = read_lines(b'{"a": "x", "b": null}\n{"a": "y", "c": true, "d": {"e": [1]}}\n')
    assert {name: line for name, (line, _) in lines.other.items()} == {"a": 1, "c": 2, "d/e": 2}
