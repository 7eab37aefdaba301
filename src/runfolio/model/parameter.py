"""A parameter: a setting fixed before the run."""

from __future__ import annotations

import math
from dataclasses import dataclass

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A setting's value and its canonical text: 1e-3 and 0.001 have one text, and so have 1 and 1.0."""

    value: Scalar
    """Lists are kept as their JSON text."""
    text: str

    @property
    def number(self) -> float | None:
        """The value as a finite float, or None; True and False are not numbers."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            return None
        try:
            number = float(self.value)
        except OverflowError:  # a whole number beyond what a float can hold
            return None
        return number if math.isfinite(number) else None


def parameter(value: Scalar) -> ParameterValue:
    """The value with its canonical text."""
    return ParameterValue(value, canonical_text(value))


def canonical_text(value: Scalar) -> str:
    """One text for equal values: `1e-3`, `0.001` and `1.0e-03` all give `0.001`; `1.0` gives `1`."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
            return str(int(value))
        return repr(value)
    return value
