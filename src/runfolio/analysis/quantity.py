"""Amounts as people write them in a budget: `2 h`, `90 min`, `12 GB`, `0.5`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TIMES = {"us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SIZES = {
    "B": 1.0,
    "bytes": 1.0,
    "kB": 1e3,
    "MB": 1e6,
    "GB": 1e9,
    "TB": 1e12,
    "KiB": 2.0**10,
    "MiB": 2.0**20,
    "GiB": 2.0**30,
    "TiB": 2.0**40,
}
_WRITTEN = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S*)\s*")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; an empty unit says nothing."""

    value: float
    unit: str = ""

    def in_unit(self, unit: str) -> float | None:
        """The same amount in another unit; None where it is of another kind."""
        if unit == self.unit:
            return self.value
        for known in (_TIMES, _SIZES):
            if self.unit in known and unit in known:
                return self.value * known[self.unit] / known[unit]
        return None


def parse_quantity(text: str) -> Quantity | None:
    """The amount, or None where the text is none."""
    found = _WRITTEN.fullmatch(text)
    return Quantity(float(found[1]), found[2]) if found else None
