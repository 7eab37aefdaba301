"""Word-sized curves for the tables: the headline metric of each run, and of each experiment's leader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from runfolio.charts.chart import Sparkline
from runfolio.charts.sparkline import Points, sparklines
from runfolio.pages.histories import Told
from runfolio.pages.history_headline import spoken_of
from runfolio.pages.learning_curves import usable_ids
from runfolio.pages.runs_table import FIRST_ROWS, ordered_runs
from runfolio.pages.series import SeriesStore
from runfolio.pages.study import Study


def run_sparks(study: Study, series: SeriesStore) -> Mapping[str, Sparkline]:
    """By run id, for the runs that stand in the page's table; all in one range."""
    spec = study.primary
    if spec is None:
        return {}
    runs = ordered_runs(study)
    shown = runs if len(runs) <= study.site.max_runs_in_table else runs[:FIRST_ROWS]
    points: list[Points | None] = []
    for run in shown:
        item = series.of_run(run).get(spec.name) if spec.name in run.metrics else None
        points.append((item.step, item.value) if item is not None and len(item.step) > 1 else None)
    cut = [study.is_bad(run.run_id) for run in shown]
    found = sparklines(points, is_cut=cut)
    return {run.run_id: spark for run, spark in zip(shown, found, strict=True) if spark is not None}


def experiment_sparks(study: Study, series: SeriesStore, told: Sequence[Told] = ()) -> Sparkline | None:
    """The leader's mean curve; where builds are all that differs, the history that is spoken of."""
    if told:
        values = np.array(spoken_of(told, study.primary).values)
        return sparklines([(np.arange(len(values), dtype=np.float64), values)])[0]
    if study.first is None or study.primary is None:
        return None
    leader = study.first.group
    curve = series.of_group(study, leader, study.primary.name, usable_ids(study, leader))
    return sparklines([None if curve is None else (curve.step, curve.mean)])[0]
