"""A JSON file that is a metric log in one of three shapes.

After the objects named in `SETTINGS_NAMES` are taken out as parameters, it must be one of

- columns: an object with lists of numbers, all of one length, `{"loss": [3, 2], "val/acc": [0.5, 0.6]}`. Other values must
  be scalars (they are parameters), and a single list may stand beside numbers only;
- rows: a list of objects, read like JSON lines;
- numbers: an object whose leaves all are numbers, nested or not, at most 1,000: one row.

Everything else, such as package.json, a config or the result of a benchmark tool, is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from runfolio.errors import ReadError
from runfolio.model import ParameterValue
from runfolio.readers.flat import SETTINGS_NAMES, FlatTable, Text, flat_reading
from runfolio.readers.flat_jsonl import columns_of, read_rows
from runfolio.readers.flatten import flatten, parameter_of, parameters_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_lines import lenient_json
from runfolio.readers.number import clean, number
from runfolio.readers.reader import Reading, RunFiles
from runfolio.readers.rows import Column

_MOST_NUMBERS = 1000


class FlatJsonReader:
    """Reads `*.json` as one run a file."""

    name = "json"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when the file is something else; ReadError when it is no JSON."""
        path = files.name
        body = files.read(path)
        if not body.strip():
            return None
        try:
            value = _decode(body)
        except (ValueError, RecursionError) as error:
            raise ReadError(
                "the file is no valid JSON",
                slug="broken-json",
                path=files.place(path, getattr(error, "lineno", None)),
                hint="it may have been cut short while it was written; write it again, or remove it",
            ) from error
        table = _table(value)
        return None if table is None else flat_reading(self.name, files, table)


def _decode(body: bytes) -> object:
    """The value; None for several values one after another, which is another format. ValueError when broken."""
    try:
        return msgspec.json.decode(body)
    except ValueError:
        try:
            return lenient_json(body.decode("utf-8-sig"))
        except json.JSONDecodeError as error:
            if error.msg == "Extra data":
                return None
            raise


def _table(value: object) -> FlatTable | None:
    if isinstance(value, list):
        return _rows(value)
    if not isinstance(value, dict):
        return None
    parameters: dict[str, ParameterValue] = {}
    rest: dict[str, Any] = {}
    for name, part in value.items():
        if name in SETTINGS_NAMES and isinstance(part, dict):
            parameters.update(parameters_of(part))
        else:
            rest[name] = part
    table = _columns(rest) or _numbers(rest)
    if table is not None:
        table.parameters = {**parameters, **table.parameters}
    return table


def _rows(rows: list[Any]) -> FlatTable | None:
    if not rows or not all(isinstance(row, dict) for row in rows):
        return None
    lines, texts = read_rows(b"\n".join(json.dumps(row).encode() for row in rows))
    if len(rows) == 1 and texts.columns:
        return None  # one thing with a description, as benchmark tools write it
    return FlatTable(columns_of(lines), texts.columns, lines.rows, texts.parameters)


def _columns(fields: Mapping[str, Any]) -> FlatTable | None:
    lists = {name: value for name, value in fields.items() if isinstance(value, list)}
    scalars = {name: value for name, value in fields.items() if not isinstance(value, list)}
    lengths = {len(value) for value in lists.values()}
    if len(lengths) != 1 or 0 in lengths or any(isinstance(value, dict) for value in scalars.values()):
        return None
    if len(lists) == 1 and any(number(value) is None for value in scalars.values()):
        return None
    columns = {clean(name) or "unnamed": _column(value) for name, value in lists.items()}
    if any(column is None for column in columns.values()):
        return None
    texts: dict[str, Text] = {}
    parameters = {clean(name): parameter_of(value) for name, value in scalars.items()}
    return FlatTable(
        {name: column for name, column in columns.items() if column}, texts, lengths.pop(), parameters
    )


def _column(values: list[Any]) -> Column | None:
    """Numbers and nulls as a column, None when there is anything else."""
    numbers = [number(value) for value in values]
    if any(found is None and value is not None for found, value in zip(numbers, values, strict=True)):
        return None
    present = np.array([found is not None for found in numbers])
    array = np.array([np.nan if found is None else found for found in numbers])
    return Column(array, None if present.all() else present)


def _numbers(fields: Mapping[str, Any]) -> FlatTable | None:
    leaves = dict(flatten(fields, "/"))
    numbers = {name: number(value) for name, value in leaves.items() if value is not None}
    if not numbers or len(leaves) > _MOST_NUMBERS or None in numbers.values():
        return None
    return FlatTable(
        {name: Column(np.array([value], dtype=float)) for name, value in numbers.items()}, rows=1
    )
