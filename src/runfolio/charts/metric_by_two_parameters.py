"""A heat map: the mean of the metric in each cell of two parameters, empty cells and failed trials included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runfolio.analysis.bins import Bins
from runfolio.model import FloatArray, MetricSpec

STEPS = 4


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell: usable trials, their mean in logged units (None without any), failed trials, and how strong its colour is."""

    n: int
    mean: float | None
    failed: int
    heat: int
    """1 (weak) to 4 (strong, the best); 0 for none."""

    @property
    def is_empty(self) -> bool:
        """No trial was there at all."""
        return not self.n and not self.failed


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Rows by the second parameter, columns by the first."""

    x: str
    y: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]

    @property
    def empty(self) -> int:
        """Cells without any trial."""
        return sum(cell.is_empty for _, cells in self.rows for cell in cells)

    @property
    def cells(self) -> int:
        """All cells."""
        return len(self.columns) * len(self.rows)


def metric_by_two_parameters(
    spec: MetricSpec, x: Bins, y: Bins, values: FloatArray, failed: NDArray[np.bool_]
) -> HeatMap:
    """The heat map of n trials that have both parameters.

    `values`: the metric in logged units, shape (n,), NaN where there is none; `failed`: shape (n,). A cell's colour is
    its mean's place between the lowest and the highest mean, four steps, the strongest the best; the highest where no
    direction is known. Parameters with one value each of whose cells is one trial still make a map.
    """
    usable = np.isfinite(values) & ~failed & x.known & y.known
    size = (y.count, x.count)
    counts, sums, lost = np.zeros(size), np.zeros(size), np.zeros(size)
    np.add.at(counts, (y.place[usable], x.place[usable]), 1)
    np.add.at(sums, (y.place[usable], x.place[usable]), values[usable])
    gone = failed & x.known & y.known
    np.add.at(lost, (y.place[gone], x.place[gone]), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where(counts > 0, sums / counts, np.nan)
    heat = _heat(means * (spec.goal.sign or 1))
    rows = tuple(
        (
            label,
            tuple(
                HeatCell(
                    int(counts[row, column]),
                    float(means[row, column]) if counts[row, column] else None,
                    int(lost[row, column]),
                    int(heat[row, column]),
                )
                for column in range(x.count)
            ),
        )
        for row, label in enumerate(y.labels)
    )
    return HeatMap(x.name, y.name, x.labels, rows)


def _heat(good: FloatArray) -> NDArray[np.intp]:
    """Steps by the rank of the cell among all: one wild cell must not take the steps away from the others."""
    known = np.isfinite(good)
    heat = np.zeros(good.shape, dtype=np.intp)
    if known.any():
        limits = np.quantile(good[known], np.arange(1, STEPS) / STEPS)
        heat[known] = 1 + np.searchsorted(limits, good[known], side="right")
    return heat
