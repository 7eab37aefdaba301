"""The metric over the order of the trials, with the best so far."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runfolio.analysis.expected_best import best_so_far
from runfolio.charts.chart import Axis, Chart, Line, Points
from runfolio.charts.trial_axes import failed_note, inside, metric_axis, outside, outside_note, worse_edge
from runfolio.model import Column, ColumnKind, FloatArray, MetricSpec, Table

_MOST_ROWS = 12


def metric_by_trial(
    spec: MetricSpec, values: FloatArray, failed: NDArray[np.bool_], *, chart_id: str, best_label: str
) -> Chart:
    """A dot a trial in the order they began, shape (n,), and the step line of the best so far.

    `values` in logged units, NaN where there is none; `failed` are crosses at the worse edge; `best_label` names the
    line's end, such as `best of 64: 0.233`. The table has the trials at which the best changed, at most the last twelve.
    """
    y = np.where(failed, np.nan, values * spec.scale)
    place = np.arange(1.0, y.size + 1)
    best = best_so_far(y, spec.goal)
    axis = metric_axis(spec, y, [float(value) for value in np.unique(best[np.isfinite(best)])[:1]])
    gone = outside(place, y, axis, "trial")
    line = Line("best so far", "focus", *_steps(place, best), end_label=best_label)
    changes = np.flatnonzero(np.isfinite(best) & (np.diff(best, prepend=np.nan) != 0))
    notes = (failed_note(int(failed.sum())), outside_note(len(gone)))
    count = int(np.isfinite(y).sum())
    return Chart(
        chart_id=chart_id,
        title="Best so far",
        subtitle=f"{count} usable trials in the order they began; the line is the best of all up to each.",
        x=Axis("trial", 0.5, y.size + 0.5),
        y=axis,
        lines=(line,),
        points=(
            Points("usable trials", "category-1", place, inside(y, axis)),
            Points(
                "failed trials",
                "muted",
                np.where(failed, place, np.nan),
                np.full(y.size, worse_edge(axis, spec.goal)),
                is_cross=True,
            ),
        ),
        departures=gone,
        notes=tuple(note for note in notes if note),
        description=f"{spec.label} of {count} trials in their order. The best so far changed at {changes.size} trials.",
        table=Table(
            (
                Column("trial", "trial", ColumnKind.NUMBER),
                Column("best", f"best {spec.label} so far", ColumnKind.NUMBER, spec.unit),
            ),
            tuple((int(place[i]), float(best[i])) for i in changes[-_MOST_ROWS:]),
        ),
        has_controls=False,
    )


def _steps(place: FloatArray, best: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Corners of a step line: level from each trial to the next."""
    return np.repeat(place, 2)[1:], np.repeat(best, 2)[:-1]
