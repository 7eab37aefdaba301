"""Names of the run log on disk: files, columns, events, statuses, schema version. No logic lives here.

The contract is specified for people in docs/run-log-format.md and for machines in run.schema.json.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


SCHEMA_VERSION: Final = 1

RUN_FILE: Final = "run.json"
METRICS_JSONL: Final = "metrics.jsonl"
METRICS_PARQUET: Final = "metrics.parquet"
EVENTS_FILE: Final = "events.jsonl"
NOTES_FILE: Final = "notes.md"
ARTIFACTS_DIR: Final = "artifacts"
GIT_DIFF: Final = "artifacts/git.diff"

#: Rank k of a distributed job writes `metrics-<k>.jsonl` and `events-<k>.jsonl`; a forked worker puts `w1`, `w2`, …
#: where k would be (`metrics-w1.jsonl`; below rank k `metrics-<k>-w1.jsonl`).
WORKER_METRICS_GLOB: Final = "metrics-*.jsonl"
WORKER_EVENTS_GLOB: Final = "events-*.jsonl"

#: In the metadata of metrics.parquet: JSON, name → [size in bytes, SHA-256] of the JSONL files whose rows it holds.
SEALED_FROM: Final = "runfolio.sealed_from"

#: In the metadata of metrics.parquet: JSON, column → metric, where the metric has a name that no column can have.
METRIC_NAMES: Final = "runfolio.metric_names"

STEP: Final = "step"
TIME: Final = "time"

#: The key that says what a line of an events file is, and its values.
EVENT: Final = "event"
ARTIFACT_EVENT: Final = "artifact"
ALERT_EVENT: Final = "alert"
NOTE_EVENT: Final = "note"

RUNNING: Final = "running"
FINISHED: Final = "finished"
FAILED: Final = "failed"
#: The emitter never writes it: a reader gives it to a run that says "running" and whose writer is gone. An import does,
#: for a run whose own log says so.
INTERRUPTED: Final = "interrupted"

#: Strict JSON has no non-finite numbers; these strings stand for them.
NAN: Final = "NaN"
INFINITY: Final = "Infinity"
NEGATIVE_INFINITY: Final = "-Infinity"
NONFINITE: Final = (NAN, INFINITY, NEGATIVE_INFINITY)
