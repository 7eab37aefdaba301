"""Single values that other tools log one by one, gathered to series."""

from __future__ import annotations

import math

import numpy as np

from runfolio.readers.reader import RowBlock


class Points:
    """Values by metric, in the order they were logged."""

    def __init__(self) -> None:
        self._series: dict[str, list[tuple[float, float, float]]] = {}

    def add(self, name: str, step: float | None, time: float, value: float) -> None:
        """Take a value; without a finite step it has its number among the metric's values."""
        points = self._series.setdefault(name, [])
        is_counted = step is None or not math.isfinite(step)
        points.append((float(len(points)) if is_counted or step is None else step, time, value))

    def blocks(self) -> tuple[RowBlock, ...]:
        """A block a metric."""
        blocks = []
        for name, points in self._series.items():
            step, time, value = np.array(points, dtype=float).T.copy()
            blocks.append(RowBlock((name,), step, time, value[np.newaxis]))
        return tuple(blocks)
