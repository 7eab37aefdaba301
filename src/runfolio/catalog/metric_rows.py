"""Every logged value of a run, for export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from runfolio.catalog.catalog import Catalog
from runfolio.catalog.digest import logged
from runfolio.errors import ReadError
from runfolio.model import FloatArray, Run
from runfolio.readers import Reading


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
    for _, rows in rows_of_runs(catalog, [run]):
        yield from rows


def rows_of_runs(catalog: Catalog, runs: Iterable[Run]) -> Iterator[tuple[Run, list[MetricRows]]]:
    """As `metric_rows`, for many runs: files that hold several are read once."""
    for run, reading in catalog.readings(runs):
        if isinstance(reading, ReadError):
            raise reading
        yield run, rows_of_reading(run, reading)


def rows_of_reading(run: Run, reading: Reading) -> list[MetricRows]:
    """The rows of a run that was read again."""
    parts, _ = logged(reading.rows)
    by_name = {name: (part, index) for part in parts for index, name in enumerate(part.names)}
    found = ((name, *by_name[name]) for name in run.metrics)
    return [MetricRows(name, part.step, part.time, part.values[index]) for name, part, index in found]
