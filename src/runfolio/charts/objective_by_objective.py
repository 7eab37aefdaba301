"""Two objectives of a search against each other, with the trials that no other beats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runfolio.charts.chart import Chart, Line, Points
from runfolio.charts.trial_axes import inside, metric_axis, outside, outside_note
from runfolio.model import Column, ColumnKind, FloatArray, MetricSpec, Table

_MOST_ROWS = 30


def objective_by_objective(
    x: MetricSpec,
    y: MetricSpec,
    values: tuple[FloatArray, FloatArray],
    is_on: NDArray[np.bool_],
    names: tuple[str, ...],
    *,
    chart_id: str,
    is_joined: bool,
) -> Chart:
    """A dot a trial; those on the front (`is_on`, shape (n,)) stand out, and where there are but two objectives a line joins them.

    `values`: both objectives in logged units, each of shape (n,); trials with a value that is not finite are not drawn.
    `names`: of the trials, for the table of the front.
    """
    at_x, at_y = values[0] * x.scale, values[1] * y.scale
    x_axis, y_axis = (metric_axis(spec, at, at[is_on].tolist()) for spec, at in ((x, at_x), (y, at_y)))
    at_x = inside(at_x, x_axis)
    gone = outside(at_x, at_y, y_axis, "trial")
    seen = inside(at_y, y_axis)
    order = np.flatnonzero(is_on)[np.lexsort((at_y[is_on], at_x[is_on]))]
    drawn = int((np.isfinite(at_x) & np.isfinite(seen)).sum())
    lost = int((np.isfinite(values[0]) & np.isfinite(values[1])).sum()) - drawn
    lines = (Line("front", "focus", at_x[order], at_y[order]),) if is_joined else ()
    columns = (
        Column("trial", "trial on the front", ColumnKind.TEXT),
        Column(x.name, x.label, ColumnKind.NUMBER, x.unit),
        Column(y.name, y.label, ColumnKind.NUMBER, y.unit),
    )
    return Chart(
        chart_id=chart_id,
        title=f"{y.label} over {x.label}",
        subtitle=f"{drawn} trials; {int(is_on.sum())} that no other beats stand out.",
        x=x_axis,
        y=y_axis,
        lines=lines,
        points=(
            Points("trials", "muted", np.where(is_on, np.nan, at_x), seen),
            Points("on the front", "focus", np.where(is_on, at_x, np.nan), seen),
        ),
        departures=gone,
        notes=tuple(note for note in (outside_note(lost),) if note),
        description=f"{y.label} over {x.label}: {drawn} trials, {int(is_on.sum())} of them on the front.",
        table=Table(
            columns, tuple((names[i], float(at_x[i]), float(at_y[i])) for i in order[:_MOST_ROWS].tolist())
        ),
        has_pointer=False,
        has_controls=False,
    )
