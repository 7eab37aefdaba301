"""The lines one process writes of a run: rows of metrics, and events."""

# os.path instead of pathlib, which would double the import time.
# ruff: noqa: PTH118
from __future__ import annotations

import json
import os
import threading
import time

from runfolio.emit.notices import Notices
from runfolio.emit.opening import Opening, claim_forked, events_name, metrics_name
from runfolio.emit.rows import NameTexts, row_text
from runfolio.emit.values import step_number
from runfolio.emit.writer import LineWriter, end_torn_line, open_lines
from runfolio.runlog import ALERT_EVENT, EVENT, STEP, TIME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def reason(error: BaseException) -> str:
    """What an error says, without its number."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


class RunLines:
    """A run's files of lines as far as this process writes them.

    Args:
        opening: the run's folder with the metrics file open.
        worker: empty for the main process, else what its files are named after.
    """

    def __init__(self, opening: Opening, worker: str) -> None:
        self._folder = opening.folder
        self._worker = worker
        self._began = time.monotonic() - opening.elapsed_s
        self._next_step = opening.next_step
        self._names = NameTexts()
        self._notices = Notices(opening.run_id)
        # Reentrant: a signal handler may log while its own thread is inside log().
        self._lock = threading.RLock()
        self._metrics = LineWriter(lambda: opening.metrics_fd)
        self._metrics.open()
        self._events = LineWriter(self._open_events)

    def log(
        self, metrics: Mapping[Any, object] | None = None, /, *, step: int | None = None, **named: object
    ) -> None:
        """Append one row of numbers; once this has returned, killing the process loses nothing of it.

        Args:
            metrics: name → number; nested mappings are joined with `/`. A value that is no number is skipped.
            step: where the row stands; one more than in the row before when absent (0 in the first).
            named: more metrics.
        """
        now = time.monotonic()
        try:
            row: Mapping[Any, object] = (
                named if metrics is None else {**metrics, **named} if named else metrics
            )
            with self._lock:
                if STEP in row or TIME in row:
                    row, step = self._without_columns(row, step)
                if type(step) is not int:
                    step = self._step_for(step)
                self._next_step = step + 1
                members = row_text(row, self._names, self._skipped)
                if members:
                    line = f'{{"step": {step}, "time": {now - self._began:.6f}{members}}}\n'
                    self._metrics.append(line.encode(), now)
        except Exception as error:
            self._lost_row(error, step)

    def _without_columns(self, row: Mapping[Any, object], step: Any) -> tuple[Mapping[Any, object], Any]:
        """The row without the names of columns: a `step` in it is the step, a `time` is kept as `time_`."""
        rest = dict(row)
        inner = rest.pop(STEP, None)
        if TIME in rest:
            self._notices.once("time", "the name time is taken (seconds since the start); logged as time_")
            rest["time_"] = rest.pop(TIME)
        return rest, inner if step is None else step

    def _step_for(self, step: object) -> int:
        whole = self._next_step if step is None else step_number(step)
        if whole is None:
            self._notices.once("step", f"step {step!r} is no whole number; the rows are counted instead")
            return self._next_step
        return whole

    def _skipped(self, name: str, value: object) -> None:
        kind = type(value).__name__
        self._notices.once(f"metric {name}", f"metric {name!r} is skipped: {kind} is no number")

    def _lost_row(self, error: Exception, step: object) -> None:
        if isinstance(error, OSError):
            self._disk_fails(metrics_name(self._worker), error, f"rows from step {step} on are lost")
        else:
            self._notices.once(f"row {type(error)}", f"the row at step {step} is lost: {reason(error)}")

    def _disk_fails(self, file: str, error: Exception, loss: str) -> None:
        """One warning a run, whatever of it cannot be written."""
        text = f"{file} cannot be written ({reason(error)}): {loss} as long as this lasts"
        self._notices.once("disk", f"{text}; a run whose end cannot be written shows as interrupted")

    def _log_sample(self, metrics: Mapping[str, float]) -> None:
        """A row without a step: it belongs to a time, not to the training."""
        now = time.monotonic()
        try:
            with self._lock:
                members = row_text(metrics, self._names, self._skipped)
                self._metrics.append(f'{{"time": {now - self._began:.6f}{members}}}\n'.encode(), now)
        except Exception as error:
            self._lost_row(error, self._next_step)

    def _elapsed(self) -> float:
        """Seconds since the run was first started."""
        return time.monotonic() - self._began

    def _event(self, event: str, fields: Mapping[str, Any]) -> None:
        whole = {EVENT: event, TIME: round(self._elapsed(), 6), **fields}
        text = json.dumps(
            {key: value for key, value in whole.items() if value is not None}, ensure_ascii=False
        )
        with self._lock:
            self._metrics.open()  # a forked worker has a name for its files only then
            self._events.append(text.encode("utf-8", "replace") + b"\n", time.monotonic())

    def _open_events(self) -> int:
        fd = open_lines(os.path.join(self._folder, events_name(self._worker)))
        end_torn_line(fd)
        return fd

    def _become_worker(self) -> None:
        """This is a forked child: leave the parent's files alone, have files of its own at the first line."""
        self._lock = threading.RLock()  # another thread of the parent may hold the old one for ever
        self._metrics.close()
        self._events.close()
        self._metrics = LineWriter(self._open_forked)
        self._events = LineWriter(self._open_events)

    def _open_forked(self) -> int:
        fd, self._worker = claim_forked(self._folder, self._worker)
        return fd

    def _say_what_was_lost(self) -> None:
        try:
            self._metrics.look()
            if self._metrics.lost:
                text = f"{self._metrics.lost} rows could not be written to {metrics_name(self._worker)}."
                self._event(ALERT_EVENT, {"title": "Rows were lost", "text": text, "level": "error"})
        except OSError as error:
            self._disk_fails(metrics_name(self._worker), error, "its rows are lost")

    def _abandon(self) -> None:
        with self._lock:
            self._metrics.close()
            self._events.close()
