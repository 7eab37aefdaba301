"""One JSON object a line; numbers are metrics, nested ones by their path."""

from __future__ import annotations

from typing import Any

import numpy as np

from runfolio.errors import ReadError
from runfolio.model import ParameterValue
from runfolio.readers.broken_lines import broken_lines
from runfolio.readers.flat import (
    SETTINGS_NAMES,
    VARYING,
    FlatTable,
    Text,
    flat_identity,
    flat_reading,
)
from runfolio.readers.flatten import parameters_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_lines import Lines, read_lines
from runfolio.readers.number import clean, number
from runfolio.readers.reader import Reading, RunFiles
from runfolio.readers.rows import Column


class Texts:
    """Takes out of rows what is no metric: settings, and texts by their column."""

    def __init__(self) -> None:
        self.parameters: dict[str, ParameterValue] = {}
        self.columns: dict[str, Text] = {}

    def take(self, row: dict[str, Any]) -> None:
        """Remember and remove the settings and texts of a row, and whatever is neither a number nor an object."""
        for name, value in list(row.items()):
            if isinstance(value, dict):
                if name in SETTINGS_NAMES:
                    self.parameters.update(parameters_of(value))
                    del row[name]
            elif isinstance(value, str) and number(value) is None:
                text = clean(value)
                self.columns[name] = text if self.columns.get(name, text) == text else VARYING
                del row[name]
            elif value is None or isinstance(value, (bool, list)):
                del row[name]


class FlatJsonlReader:
    """Reads `*.jsonl` and `*.ndjson` as one run a file."""

    name = "jsonl"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when the rows are no metric log; ReadError when no line is a JSON object."""
        path = files.name
        body = files.read(path)
        lines, texts = read_rows(body)
        if lines.broken and not lines.rows:
            raise ReadError(
                "no line of the file is a JSON object",
                slug="broken-jsonl",
                path=files.place(path),
                hint='a metric log has one JSON object a line, such as {"step": 1, "loss": 0.5}',
            )
        run_id, _ = flat_identity(files.parts)
        table = FlatTable(columns_of(lines), texts.columns, lines.rows, texts.parameters)
        return flat_reading(self.name, files, table, tuple(broken_lines(lines.broken, files, path, run_id)))


def read_rows(body: bytes) -> tuple[Lines, Texts]:
    """The rows' numbers and their texts. Most logs hold numbers only, therefore that is tried first."""
    texts = Texts()
    lines = read_lines(body)
    names = {name.partition("/")[0] for layout in lines.layouts for name in layout.names if "/" in name}
    if lines.other or not names.isdisjoint(SETTINGS_NAMES):
        lines = read_lines(body, texts.take)
    return lines, texts


def columns_of(lines: Lines) -> dict[str, Column]:
    """Every metric as a column over all rows."""
    values: dict[str, Any] = {}
    present: dict[str, Any] = {}
    for layout in lines.layouts:
        index = layout.index.astype(np.intp)
        for name, numbers in zip(layout.names, layout.values, strict=True):
            if name not in values:
                values[name] = np.full(lines.rows, np.nan)
                present[name] = np.zeros(lines.rows, dtype=bool)
            values[name][index] = numbers
            present[name][index] = True
    return {name: Column(values[name], None if mask.all() else mask) for name, mask in present.items()}
