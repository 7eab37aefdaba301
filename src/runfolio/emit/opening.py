"""Finding or making a run's folder, and getting hold of this process's metrics file in it."""

# os.path instead of pathlib, which would double the import time.
# ruff: noqa: PTH100, PTH103, PTH108, PTH110, PTH118, PTH123
from __future__ import annotations

import json
import os
import time

from runfolio.emit.identity import checked_run_id, new_run_id, refusal, safe_part
from runfolio.emit.ownership import hold
from runfolio.emit.writer import end_torn_line, open_lines
from runfolio.runlog import METRICS_PARQUET, RUN_FILE, SCHEMA_VERSION, STEP, TIME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from runfolio.errors import EmitError

_TAIL_BYTES = 1 << 18


class Opening:
    """A run's folder, with this process's metrics file open in it.

    Args:
        run_id: the run's.
        folder: its absolute path.
        metrics_fd: appends to the metrics file.
        fields: run.json as it was before, empty for a new run.
        elapsed_s: seconds since the run was first started.
        next_step: one more than the last step in the metrics file.
    """

    __slots__ = ("elapsed_s", "fields", "folder", "metrics_fd", "next_step", "run_id")

    def __init__(
        self,
        run_id: str,
        folder: str,
        metrics_fd: int,
        fields: dict[str, Any],
        elapsed_s: float,
        next_step: int,
    ) -> None:
        self.run_id = run_id
        self.folder = folder
        self.metrics_fd = metrics_fd
        self.fields = fields
        self.elapsed_s = elapsed_s
        self.next_step = next_step


def metrics_name(worker: str) -> str:
    """`metrics.jsonl`, or `metrics-3.jsonl` for worker `3`."""
    return f"metrics-{worker}.jsonl" if worker else "metrics.jsonl"


def events_name(worker: str) -> str:
    """`events.jsonl`, or `events-3.jsonl` for worker `3`."""
    return f"events-{worker}.jsonl" if worker else "events.jsonl"


def open_run(root: str, experiment: str, run_id: str | None, *, worker: str, resume: bool) -> Opening:
    """The run's folder with the worker's metrics file claimed; EmitError where it cannot be had.

    Args:
        root: folder of all runs.
        experiment: any text; the folder is called after it.
        run_id: None for a new one.
        worker: empty for the main process, else what its files are named after.
        resume: whether the run may exist.
    """
    chosen = new_run_id() if run_id is None else checked_run_id(run_id)
    folder = os.path.join(os.path.abspath(root), safe_part(experiment) or "default", chosen)
    try:
        fd = _claim(folder, chosen, worker, resume)
    except OSError as error:
        message = f"the folder of run {chosen!r} cannot be written: {error.strerror or error}"
        raise refusal("run-folder", message, folder, "choose another root= or make room") from None
    try:
        fields = _previous_fields(folder)
        last_step, last_time = _tail(fd)
    except BaseException:
        os.close(fd)
        raise
    elapsed = max(_since(fields.get("started_at")), last_time)
    return Opening(chosen, folder, fd, fields, elapsed, last_step + 1)


def claim_forked(folder: str, parent: str) -> tuple[int, str]:
    """A metrics file for a forked worker, open and held, and the worker's name: `w1`, or `3-w1` below rank 3."""
    number = 1
    while True:
        worker = f"{parent}-w{number}" if parent else f"w{number}"
        try:
            fd = open_lines(os.path.join(folder, metrics_name(worker)), new=True)
        except FileExistsError:
            number += 1
            continue
        hold(fd)
        return fd, worker


def _claim(folder: str, run_id: str, worker: str, resume: bool) -> int:
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, metrics_name(worker))
    if resume:
        fd = open_lines(path)
    else:
        # O_EXCL decides between processes that start the same id at the same moment.
        try:
            fd = open_lines(path, new=True)
        except FileExistsError:
            raise _exists(folder, run_id) from None
        if _has(folder, METRICS_PARQUET) or (not worker and _has(folder, RUN_FILE)):
            os.close(fd)
            os.unlink(path)
            raise _exists(folder, run_id)
    if not hold(fd):
        os.close(fd)
        message = f"run {run_id!r} is being written by another process"
        raise refusal("run-in-use", message, path, "wait for it to end, or start a run with another run_id")
    end_torn_line(fd)  # not before it is ours: the line may be another's that is just being written
    return fd


def _has(folder: str, name: str) -> bool:
    return os.path.exists(os.path.join(folder, name))


def _exists(folder: str, run_id: str) -> EmitError:
    hint = "pass resume=True to continue it, or another run_id (none at all makes a new one)"
    return refusal("run-exists", f"run {run_id!r} exists already", folder, hint)


def _previous_fields(folder: str) -> dict[str, Any]:
    """What run.json says, empty when there is none; EmitError when it cannot be continued."""
    path = os.path.join(folder, RUN_FILE)
    try:
        with open(path, encoding="utf-8") as file:
            fields = json.load(file)
        version = fields.get("schema", SCHEMA_VERSION)
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError):
        hint = "mend or remove the file, or start a run with another run_id"
        raise refusal("run-resume", "the run cannot be resumed: its run.json is broken", path, hint) from None
    if version != SCHEMA_VERSION:
        message = f"the run cannot be resumed: it has schema {version}, this version writes {SCHEMA_VERSION}"
        raise refusal("run-resume", message, path, "resume it with the version of Runfolio that started it")
    return dict(fields)


def _since(started_at: object) -> float:
    """Seconds from the given instant to now, never negative; 0 where there is none."""
    if not isinstance(started_at, str):
        return 0.0
    from datetime import datetime

    try:
        return max(0.0, time.time() - datetime.fromisoformat(started_at).timestamp())
    except ValueError:
        return 0.0


def _tail(fd: int) -> tuple[int, float]:
    """Last step (-1 without) and time (0 without) in the file's last lines."""
    size = os.fstat(fd).st_size
    os.lseek(fd, max(0, size - _TAIL_BYTES), os.SEEK_SET)
    step, seconds = -1, 0.0
    for line in reversed(os.read(fd, _TAIL_BYTES).split(b"\n") if size else []):
        try:
            row = json.loads(line)
            seconds = max(seconds, row.get(TIME, 0.0))
            step = row[STEP]
        except (ValueError, AttributeError, TypeError, KeyError):
            continue
        break
    return step, seconds
