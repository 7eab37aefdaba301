"""Two parameters against each other, the trials coloured by the metric: one cell of a scatter matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runfolio.analysis.bins import Bins
from runfolio.charts.chart import Chart, Points
from runfolio.charts.colours import SEQUENCE
from runfolio.charts.trial_axes import parameter_axis, parameter_places
from runfolio.model import Column, ColumnKind, FloatArray, MetricSpec, Table

_QUARTERS = ("worst quarter", "third quarter", "second quarter", "best quarter")


def quarters(values: FloatArray, sign: int) -> NDArray[np.intp]:
    """Which quarter each finite value is in, shape (n,): 3 the best, -1 for values that are not finite.

    `sign` is -1 where lower is better. Equal values share a quarter, the better one.
    """
    good = values * (sign or 1)
    known = np.isfinite(good)
    place = np.full(values.size, -1, dtype=np.intp)
    if known.any():
        limits = np.quantile(good[known], (0.25, 0.5, 0.75))
        place[known] = np.searchsorted(limits, good[known], side="right")
    return place


def parameter_by_parameter(
    spec: MetricSpec,
    x: Bins,
    y: Bins,
    values: FloatArray,
    failed: NDArray[np.bool_],
    *,
    chart_id: str,
) -> Chart:
    """Where in the plane of two parameters the trials lie: a dot a usable trial, the stronger the better its quarter.

    `values`: the metric in logged units, shape (n,); `failed`, shape (n,): drawn as crosses. The table counts the
    trials of each quarter in each half of the plane.
    """
    at_x, at_y = parameter_places(x), parameter_places(y)
    place = quarters(np.where(failed, np.nan, values), spec.goal.sign)
    kinds = tuple(
        Points(_QUARTERS[quarter], SEQUENCE[quarter], np.where(place == quarter, at_x, np.nan), at_y)
        for quarter in range(4)
    )
    lost = Points("failed trials", "muted", np.where(failed, at_x, np.nan), at_y, is_cross=True)
    drawn, gone = int((place >= 0).sum()), int(failed.sum())
    order = "best" if spec.goal.sign else "highest"
    words = f"The stronger the colour, the better the quarter of {spec.label}; crosses failed."
    if not spec.goal.sign:
        words = f"The stronger the colour, the higher the quarter of {spec.label}; crosses failed."
    return Chart(
        chart_id=chart_id,
        title=f"{y.name} over {x.name}",
        subtitle=words,
        x=parameter_axis(x),
        y=parameter_axis(y),
        lines=(),
        points=(*kinds, lost),
        description=f"{y.name} over {x.name}: {drawn} usable trials in four quarters of {spec.label}, {gone} failed trials.",
        table=_table(x, y, place, failed, order),
        has_pointer=False,
        has_controls=False,
    )


def _table(x: Bins, y: Bins, place: NDArray[np.intp], failed: NDArray[np.bool_], order: str) -> Table:
    """For each bin of x: how many trials, how many of the best quarter, where these lie on y, how many failed."""
    columns = (
        Column(x.name, x.name, ColumnKind.TEXT),
        Column("trials", "usable trials", ColumnKind.NUMBER),
        Column("best", f"of the {order} quarter", ColumnKind.NUMBER),
        Column("where", f"these lie at {y.name}", ColumnKind.TEXT),
        Column("failed", "failed", ColumnKind.NUMBER),
    )
    rows = []
    for bin_, label in enumerate(x.labels):
        own = x.place == bin_
        best = own & (place == 3)
        where = sorted({int(at) for at in y.place[best] if at >= 0})
        span = "–" if not where else y.labels[where[0]] if len(where) == 1 else _span(y, where)
        rows.append(
            (label, int((own & (place >= 0)).sum()), int(best.sum()), span, int((own & failed).sum()))
        )
    return Table(columns, tuple(rows))


def _span(y: Bins, where: list[int]) -> str:
    if y.numbers is None:
        return ", ".join(y.labels[at] for at in where)
    return f"{y.labels[where[0]].split(' to ')[0]} to {y.labels[where[-1]].split(' to ')[-1]}"
