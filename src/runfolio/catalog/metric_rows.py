"""Every logged value of a run, for export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from runfolio.catalog.catalog import Catalog
from runfolio.catalog.digest import logged
from runfolio.model import FloatArray, Run


@dataclass(frozen=True, slots=True, eq=False)
class MetricRows:
    """All logged values of one metric, ordered by step; each array has shape (n,)."""

    metric: str
    step: FloatArray
    time: FloatArray
    """Seconds since the run started, NaN where not logged."""
    value: FloatArray


def metric_rows(catalog: Catalog, run: Run) -> Iterator[MetricRows]:
    """The metrics in the order of `run.metrics`, one value a step as in the summaries. Reads the run's files again.

    Raises:
        ReadError: the files cannot be read any more.
    """
    parts, _ = logged(catalog.reading(run).rows)
    by_name = {name: (part, index) for part in parts for index, name in enumerate(part.names)}
    for name in run.metrics:
        if name in by_name:
            part, index = by_name[name]
            yield MetricRows(name, part.step, part.time, part.values[index])
