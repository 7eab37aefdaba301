"""All runs of the sources: one walk; what changed is read and digested, the rest comes from the cache."""

from __future__ import annotations

from runfolio.catalog.catalog import Catalog
from runfolio.catalog.metric_rows import MetricRows, metric_rows, rows_of_runs
from runfolio.catalog.read import read_catalog
from runfolio.catalog.reporter import Reporter

__all__ = [
    "Catalog",
    "MetricRows",
    "Reporter",
    "metric_rows",
    "read_catalog",
    "rows_of_runs",
]
