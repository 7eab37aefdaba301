"""All runs of the sources: one walk; what changed is read and digested, the rest comes from the cache."""

from __future__ import annotations

from runfolio.catalog.catalog import Catalog
from runfolio.catalog.metric_rows import MetricRows, metric_rows
from runfolio.catalog.read import read_catalog
from runfolio.catalog.reporter import Reporter
from runfolio.catalog.seal import seal_run

__all__ = ["Catalog", "MetricRows", "Reporter", "metric_rows", "read_catalog", "seal_run"]
