"""Nested objects as one level: metrics with slashes, parameters with dots."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping

from runfolio.model import ParameterValue, parameter
from runfolio.readers.number import clean

_DEEPEST = 32


def flatten(
    nested: Mapping[str, object], joint: str, prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, object]]:
    """Name and value of each leaf, in order. Lists and whatever lies deeper than 32 levels stay as they are."""
    for key, value in nested.items():
        name = clean(f"{prefix}{key}") or "unnamed"
        if isinstance(value, Mapping) and depth < _DEEPEST:
            yield from flatten(value, joint, f"{name}{joint}", depth + 1)
        else:
            yield name, value


def parameters_of(nested: Mapping[str, object], prefix: str = "") -> dict[str, ParameterValue]:
    """Settings by dotted name, in the order they were given; of equal names the last counts."""
    return {name: parameter_of(value) for name, value in flatten(nested, ".", prefix)}


def parameter_of(value: object) -> ParameterValue:
    """A setting of JSON as a value: lists as their JSON text, integers beyond 64 bits as hexadecimal text, as the emitter has them."""
    if isinstance(value, bool) or value is None:
        return parameter(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return parameter(hex(value))
    if isinstance(value, (int, float)):
        return parameter(value) if math.isfinite(value) else parameter(str(value))
    if isinstance(value, str):
        return parameter(clean(value))
    return parameter(_json_text(value))


def _json_text(value: object) -> str:
    try:
        return clean(json.dumps(value, ensure_ascii=False, sort_keys=True))
    except TypeError:  # keys of several kinds, as YAML may have them
        return clean(str(value))
    except (ValueError, RecursionError):
        return "(nested too deeply)"
