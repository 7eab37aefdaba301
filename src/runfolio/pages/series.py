"""Series of runs and groups, read once a build and only for the pages that are rendered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from runfolio.analysis.curve import Curve, group_curve
from runfolio.catalog.catalog import Catalog
from runfolio.model import BucketedSeries, Group, Run
from runfolio.pages.study import Study

#: With more runs than this, the data scripts of runs have about so many points a series.
MANY_RUNS, POINTS_OF_MANY = 500, 500


@dataclass(frozen=True, eq=False)
class SeriesStore:
    """Thinned series by run and metric, and mean curves by group and metric; each worked out when first asked for."""

    catalog: Catalog
    _runs: dict[str, Mapping[str, BucketedSeries]] = field(default_factory=dict)
    _curves: dict[tuple[str, str, str, tuple[str, ...]], Curve | None] = field(default_factory=dict)

    @property
    def most_points(self) -> int | None:
        """Points of a series in its data script: all that are kept, unless there are so many runs that the site would swell."""
        return POINTS_OF_MANY if len(self.catalog.runs) > MANY_RUNS else None

    #: Series kept in memory: enough for one experiment's curves without holding ten thousand runs.
    KEPT = 2_000

    def of_run(self, run: Run) -> Mapping[str, BucketedSeries]:
        """The run's series by metric."""
        if run.run_id not in self._runs:
            if len(self._runs) >= self.KEPT:
                self._runs.clear()
            self._runs[run.run_id] = {item.metric: item for item in self.catalog.series(run)}
        return self._runs[run.run_id]

    def of_group(self, study: Study, group: Group, metric: str, run_ids: Sequence[str]) -> Curve | None:
        """The mean curve of the group's runs named; None where none of them has two points of the metric."""
        key = (study.name, group.group_id, metric, tuple(run_ids))
        if key not in self._curves:
            found = [self.of_run(study.by_id[run_id]).get(metric) for run_id in run_ids]
            series = [item for item in found if item is not None and len(item.bucket_step) > 1]
            self._curves[key] = group_curve(series) if series else None
        return self._curves[key]
