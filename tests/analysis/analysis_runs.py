"""Small runs and series for the tests of this floor."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from runfolio.model import BucketedSeries, MetricSummary, Run, RunStatus, Source, parameter


def summary(last: float, **changes: Any) -> MetricSummary:
    is_finite = math.isfinite(last)
    fields: dict[str, Any] = {
        "count": 1,
        "first": last,
        "last": last,
        "minimum": last if is_finite else math.nan,
        "maximum": last if is_finite else math.nan,
        "step_of_minimum": 0.0 if is_finite else None,
        "step_of_maximum": 0.0 if is_finite else None,
        "mean_of_tail": last if is_finite else math.nan,
        "nonfinite_count": 0 if is_finite else 1,
        "mean": last,
        "median_absolute_deviation": 0.0,
    }
    return MetricSummary(**(fields | changes))


def run(
    run_id: str,
    parameters: Mapping[str, Any] | None = None,
    metrics: Mapping[str, float | MetricSummary] | None = None,
    *,
    status: str = "finished",
    **fields: Any,
) -> Run:
    return Run(
        run_id=run_id,
        experiment=fields.pop("experiment", "sweep"),
        name=fields.pop("name", run_id),
        status=RunStatus(status),
        source=Source("test", 0, run_id),
        fingerprint=run_id,
        parameters={k: parameter(v) for k, v in (parameters or {}).items()},
        metrics={k: v if isinstance(v, MetricSummary) else summary(v) for k, v in (metrics or {}).items()},
        **fields,
    )


def run_of_record(record: Mapping[str, Any]) -> Run:
    """A run from the shape that the site's table scripts use."""
    started = record["started"]
    return run(
        record["run_id"],
        record["parameters"],
        {k: float(v) for k, v in record["metrics"].items()},
        status=record["status"],
        name=record["name"],
        experiment=record["experiment"],
        group=record["group"],
        started_at=None if started is None else datetime.fromisoformat(started.replace("Z", "+00:00")),
        duration_s=record["duration"],
        tags=tuple(record["tags"]),
    )


def series(step: Sequence[float], value: Sequence[float]) -> BucketedSeries:
    x, y = np.asarray(step, dtype=np.float64), np.asarray(value, dtype=np.float64)
    return BucketedSeries("m", x, x * 2, y, x, x * 2, y, np.ones_like(x), exact=True)
