"""A run as TensorBoard's event file: scalars, and its settings for the hparams plugin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from runfolio.catalog.catalog import Catalog
from runfolio.catalog.import_runs import folder_of
from runfolio.catalog.metric_rows import MetricRows
from runfolio.catalog.tfevents import first_event, hparams_end, hparams_start, records, scalar_events
from runfolio.model import FloatArray, ParameterValue, Run, RunStatus, Scalar

_STATUSES = {RunStatus.FINISHED: 1, RunStatus.FAILED: 2, RunStatus.INTERRUPTED: 2, RunStatus.RUNNING: 3}


def tensorboard_folder(run: Run) -> str:
    """Experiment and run."""
    return folder_of(run)


def write_tensorboard(
    draft: Path, folder: Path, catalog: Catalog, run: Run, rows: Sequence[MetricRows]
) -> None:
    """Write the event file of the run into `draft`."""
    start = run.started_at.timestamp() if run.started_at is not None else 0.0
    settings = {name: _setting(value) for name, value in run.parameters.items()}
    events = [first_event(start), hparams_start(start, settings, run.group or run.run_id, start)]
    for item in rows:
        times = start + np.where(np.isfinite(item.time), item.time, 0.0)
        events += scalar_events(item.metric, times, whole_steps(item.step), item.value)
    end = start + (run.duration_s or 0.0)
    if run.status.is_over:
        events.append(hparams_end(end, _STATUSES[run.status], end))
    # TensorBoard takes files with `tfevents` in their names, in the order of the times after it.
    (draft / f"events.out.tfevents.{max(int(start), 0)}.runfolio").write_bytes(records(events))


def whole_steps(step: FloatArray) -> list[int]:
    """The steps as whole numbers; where they are none, the numbers of the rows."""
    if len(step) and bool((step == np.trunc(step)).all()) and bool((np.abs(step) < 2**53).all()):
        return [int(value) for value in step.tolist()]
    return list(range(len(step)))


def _setting(value: ParameterValue) -> Scalar:
    plain = value.value
    return value.text if isinstance(plain, float) and not math.isfinite(plain) else plain
