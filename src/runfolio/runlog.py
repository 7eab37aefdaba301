"""Names of the run log on disk: files, columns, statuses, schema version. No logic lives here.

The contract is specified for people in docs/run-log-format.md and for machines in run.schema.json.
"""

from __future__ import annotations

from typing import Final

SCHEMA_VERSION: Final = 1

RUN_FILE: Final = "run.json"
METRICS_JSONL: Final = "metrics.jsonl"
METRICS_PARQUET: Final = "metrics.parquet"
EVENTS_FILE: Final = "events.jsonl"
NOTES_FILE: Final = "notes.md"
ARTIFACTS_DIR: Final = "artifacts"
GIT_DIFF: Final = "artifacts/git.diff"

#: Rank k of a distributed job (or a forked worker) writes `metrics-<k>.jsonl` and `events-<k>.jsonl`.
WORKER_METRICS_GLOB: Final = "metrics-*.jsonl"
WORKER_EVENTS_GLOB: Final = "events-*.jsonl"

STEP: Final = "step"
TIME: Final = "time"

RUNNING: Final = "running"
FINISHED: Final = "finished"
FAILED: Final = "failed"
#: Never written: a reader gives it to a run that says "running" and whose writer is gone.
INTERRUPTED: Final = "interrupted"

#: Strict JSON has no non-finite numbers; these strings stand for them.
NAN: Final = "NaN"
INFINITY: Final = "Infinity"
NEGATIVE_INFINITY: Final = "-Infinity"
NONFINITE: Final = (NAN, INFINITY, NEGATIVE_INFINITY)
