"""One file = one run: what the flat formats share. Which tables are metric logs, and what their columns mean.

A table is a metric log when it has at least one column of numbers besides step and time, and either a step or time
column or no column of changing texts: a list of different things with a number each is a table, but no log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Final

import numpy as np

from runfolio.model import FloatArray, ParameterValue, Problem, Run, RunStatus, parameter
from runfolio.readers.hydra import hydra_parameters
from runfolio.readers.reader import Reading, RunFiles
from runfolio.readers.rows import Column, table_blocks

#: Names of step columns, the most telling first; compared without case.
STEP_NAMES: Final = (
    "step",
    "global_step",
    "steps",
    "epoch",
    "iteration",
    "iter",
    "timesteps_total",
    "total_timesteps",
    "num_timesteps",
    "update",
    "training_iteration",
)
#: Names of columns of seconds since the start, or of Unix time.
TIME_NAMES: Final = (
    "time",
    "elapsed",
    "elapsed_time",
    "elapsed_s",
    "relative_time",
    "time_total_s",
    "wall_time",
    "walltime",
    "timestamp",
    "_timestamp",
)
#: Objects of these names in JSON hold settings, not metrics.
SETTINGS_NAMES: Final = frozenset(
    ("parameters", "params", "config", "hparams", "hyperparameters", "args", "settings")
)
#: Files of these names are called after the folder they lie in: every run of such a tool has the same file name.
GENERIC_STEMS: Final = frozenset(("metrics", "progress", "result", "results", "history"))
_UNIX_TIME = 1e8
_UNIX_MILLISECONDS = 1e11


class Varying(Enum):
    """A column of texts that are not all equal."""

    VARYING = "varying"


VARYING: Final = Varying.VARYING
Text = str | Varying


@dataclass(slots=True)
class FlatTable:
    """A file as a table."""

    columns: dict[str, Column]
    texts: dict[str, Text] = field(default_factory=dict)
    """Columns of texts: the text where all rows have the same."""
    rows: int = 0
    parameters: dict[str, ParameterValue] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    """What the file's metadata say."""


def flat_reading(
    reader: str,
    files: RunFiles,
    table: FlatTable,
    problems: tuple[Problem, ...] = (),
    identity: tuple[str, str] | None = None,
) -> Reading | None:
    """The table as a run, None when it is no metric log.

    Args:
        reader: name of the reader.
        files: of the claim.
        table: what they hold.
        problems: what was wrong with them.
        identity: run id and experiment; None: from the names of file and folder.
    """
    numbers = {name: column for name, column in table.columns.items() if _has_values(column)}
    step = _step_name(numbers)
    time = _find(numbers, TIME_NAMES)
    metrics = [name for name in numbers if name not in (step, time)]
    changing = any(text is VARYING for name, text in table.texts.items() if name not in numbers)
    if not metrics or (changing and step is None and time is None):
        return None
    started_at = None
    if time is not None:
        numbers[time], started_at = _since_start(numbers[time])
    run_id, experiment = identity or flat_identity(files.parts)
    constants = {
        name: parameter(text)
        for name, text in table.texts.items()
        if isinstance(text, str) and name not in numbers
    }
    said = list(problems)
    parameters = {**hydra_parameters(files, run_id, said), **table.parameters, **constants}
    run = Run(
        run_id=run_id,
        experiment=experiment,
        name=run_id,
        status=RunStatus.FINISHED,
        source=files.source(reader),
        fingerprint=files.fingerprint(reader),
        started_at=started_at,
        parameters=parameters,
    )
    return Reading(run, tuple(table_blocks(numbers, table.rows, step=step, time=time)), tuple(said))


def flat_identity(parts: tuple[str, ...]) -> tuple[str, str]:
    """Run id and experiment from the source's label and the parts of the path.

    They are the names of the file (without its last suffix) and its folder; for a generic name such as metrics.csv, of
    the folder and the one above.
    """
    stem = parts[-1].rpartition(".")[0] or parts[-1]
    folder = parts[-2] if len(parts) > 1 else stem
    if stem in GENERIC_STEMS and len(parts) > 2:
        return folder, parts[-3]
    return stem, folder


def _has_values(column: Column) -> bool:
    return len(column.values) > 0 and (column.present is None or bool(column.present.any()))


def _find(columns: Mapping[str, Column], wanted: tuple[str, ...]) -> str | None:
    by_lower = {name.lower(): name for name in reversed(list(columns))}
    return next((by_lower[name] for name in wanted if name in by_lower), None)


def _step_name(columns: Mapping[str, Column]) -> str | None:
    """The first step column that tells the rows of each metric apart, None where none does.

    A column that goes back and repeats itself is one too: such is a log after a resume.
    """
    by_lower = {name.lower(): name for name in reversed(list(columns))}
    patterns = {
        None if column.present is None else column.present.tobytes()
        for name, column in columns.items()
        if name.lower() not in STEP_NAMES and name.lower() not in TIME_NAMES
    }
    filled = [slice(None) if pattern is None else np.frombuffer(pattern, dtype=bool) for pattern in patterns]
    for wanted in STEP_NAMES:
        name = by_lower.get(wanted)
        if name is not None and all(_tells_apart(_with_gaps(columns[name])[part]) for part in filled):
            return name
    return None


def _with_gaps(column: Column) -> FloatArray:
    return column.values if column.present is None else np.where(column.present, column.values, np.nan)


def _tells_apart(steps: FloatArray) -> bool:
    """False when steps repeat without going back between."""
    steps = steps[np.isfinite(steps)]
    goes_back = bool((np.diff(steps) < 0).any())
    return goes_back or len(np.unique(steps)) == len(steps)


def _since_start(column: Column) -> tuple[Column, datetime | None]:
    """Unix times as seconds since the first, and the first as a moment; other times as they are."""
    values: FloatArray = column.values if column.present is None else column.values[column.present]
    finite = values[np.isfinite(values)]
    if len(finite) == 0 or finite.min() < _UNIX_TIME:
        return column, None
    scale = 1000.0 if finite.min() > _UNIX_MILLISECONDS else 1.0
    try:
        started_at = datetime.fromtimestamp(float(finite[0]) / scale, UTC)
    except (ValueError, OverflowError, OSError):
        return column, None
    return Column((column.values - finite[0]) / scale, column.present), started_at
