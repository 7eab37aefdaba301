"""run.json of any schema as the newest: one step a version, each a function from an object to an object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runfolio.runlog import SCHEMA_VERSION


def _from_0(record: dict[str, Any]) -> dict[str, Any]:
    """Before there were numbers: the same fields without `schema`."""
    return {**record, "schema": 1}


#: Version → what makes the next one of it.
STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {0: _from_0}

#: Schema → first version of Runfolio that reads it.
FIRST_VERSION = {1: "0.1.0"}


def schema_of(record: dict[str, Any]) -> int | None:
    """The schema's number, 0 where none is given, None where it is no whole number from 0 on."""
    schema = record.get("schema", 0)
    return schema if isinstance(schema, int) and not isinstance(schema, bool) and schema >= 0 else None


def upgraded(record: dict[str, Any], schema: int) -> dict[str, Any]:
    """The record as the newest schema has it; one that is newer still is returned as it is."""
    for version in range(schema, SCHEMA_VERSION):
        record = STEPS[version](record)
    return record
