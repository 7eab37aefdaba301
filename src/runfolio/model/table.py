"""A table as data: columns with names and meaning, cells with values. Formatting happens in render."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ColumnKind(StrEnum):
    """What a column's cells are, which decides alignment and format."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    DURATION = "duration"
    TIME = "time"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` for machines, `label` for people, `unit` once in the header."""

    name: str
    label: str
    kind: ColumnKind = ColumnKind.TEXT
    unit: str = ""
    decimals: int | None = None
    """Digits after the point, shared by the whole column; None: four significant digits."""


Cell = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of values under columns; None is a missing value."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    run_ids: tuple[str, ...] = ()
    """The runs the rows came from."""
