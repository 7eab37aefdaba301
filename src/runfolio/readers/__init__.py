"""From bytes to runs, one module a format. Built-in readers stand in a tuple; others come by entry point."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from runfolio.readers.flat_csv import FlatCsvReader
from runfolio.readers.flat_json import FlatJsonReader
from runfolio.readers.flat_jsonl import FlatJsonlReader
from runfolio.readers.flat_parquet import FlatParquetReader
from runfolio.readers.reader import Entry, Reader, Reading, RowBlock, RunFiles, Signature, as_problem
from runfolio.readers.runlog import RunlogReader

__all__ = [
    "BUILT_IN",
    "Entry",
    "Reader",
    "Reading",
    "RowBlock",
    "RunFiles",
    "Signature",
    "all_readers",
    "as_problem",
]

#: In the order in which they are asked; readers of folders come before readers of files.
BUILT_IN: tuple[Reader, ...] = (
    RunlogReader(),
    FlatJsonlReader(),
    FlatJsonReader(),
    FlatCsvReader(),
    FlatParquetReader(),
)


@cache
def all_readers() -> tuple[Reader, ...]:
    """Readers of other packages (entry points `runfolio.readers`, sorted by name), then the built-in ones.

    Others come first so that they can take files that the general readers would take as well.
    """
    found = sorted(entry_points(group="runfolio.readers"), key=lambda entry: entry.name)
    return (*(entry.load()() for entry in found), *BUILT_IN)
