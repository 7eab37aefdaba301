"""Trial folders of Ray Tune: result.json has a line a report, params.json what the trial was given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from runfolio.errors import ReadError
from runfolio.model import Environment, FloatArray, Problem, Run, RunStatus, Severity
from runfolio.readers.artifact_file import artifact_files
from runfolio.readers.broken_lines import broken_lines
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_file import as_list, as_object, parse_json, read_json, text_or_none
from runfolio.readers.json_lines import Lines, read_lines
from runfolio.readers.moment import moment_of
from runfolio.readers.number import number
from runfolio.readers.place import settings_of
from runfolio.readers.reader import Reading, RowBlock, RunFiles, as_problem

_RESULT, _PARAMS, _ERROR, _STATE = "result.json", "params.json", "error.txt", "../experiment_state-"
#: Tune's own files, and printed output, which may hold anything.
_OWN = (_RESULT, _PARAMS, _ERROR, "progress.csv", "params.pkl", "error.pkl", "stdout", "stderr")
#: What Tune itself adds to each report, besides what is a step or a time here.
_BOOKKEEPING = (
    "checkpoint_dir_name",
    "config",
    "date",
    "done",
    "experiment_id",
    "experiment_tag",
    "hostname",
    "iterations_since_restore",
    "node_ip",
    "pid",
    "should_checkpoint",
    "time_since_restore",
    "time_this_iter_s",
    "time_total_s",
    "timestamp",
    "timesteps_since_restore",
    "timesteps_total",
    "training_iteration",
    "trial_id",
    "warmup_time",
)
_STATUSES = {"TERMINATED": RunStatus.FINISHED, "ERROR": RunStatus.FAILED}
#: A state file grows with the number of trials, and each trial would read it.
_LARGEST_STATE = 10_000_000


@dataclass(slots=True)
class _Reports:
    """What Tune's own fields say, one entry a report."""

    steps: list[float] = field(default_factory=list)
    iterations: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    first: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)

    def take(self, row: dict[str, Any]) -> None:
        """Take Tune's fields out of a report."""
        own = {name: row.pop(name) for name in _BOOKKEEPING if name in row}
        self.first = self.first or own
        self.last = own
        for values, name in (
            (self.steps, "timesteps_total"),
            (self.iterations, "training_iteration"),
            (self.times, "time_total_s"),
        ):
            value = number(own.get(name))
            values.append(np.nan if value is None else value)

    def step(self) -> FloatArray:
        """Time steps of the environment where they are counted, else iterations, else the number of the report."""
        for values in (self.steps, self.iterations):
            steps = np.array(values, dtype=float)
            if np.isfinite(steps).all() and len(np.unique(steps)) > len(steps) // 2:
                return steps
        return np.arange(len(self.steps), dtype=float)


class RayTuneReader:
    """Reads a trial's folder of Ray Tune as one run; event files and tables in it tell the same again."""

    name = "ray-tune"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when result.json is another program's; with Problems where parts are broken."""
        reports = _Reports()
        lines = read_lines(files.read(_RESULT), reports.take)
        if not _is_tune(reports, lines, files):
            return None
        *above, folder = files.parts
        problems = broken_lines(lines.broken, files, _RESULT, folder)
        settings = _settings(files, folder, problems)
        error = files.read(_ERROR).decode("utf-8", "replace").strip() if _ERROR in files.entries else None
        status = _status(reports, error, files, folder)
        kept = (entry for path, entry in files.entries.items() if _is_artifact(path))
        run = Run(
            run_id=folder,
            experiment=above[-1] if above else folder,
            name=folder,
            status=status,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=_started_at(reports.first),
            duration_s=number(reports.last.get("time_total_s")),
            parameters=settings_of(settings or as_object(reports.last.get("config"))),
            artifacts=artifact_files(kept),
            environment=Environment(host=text_or_none(reports.first.get("hostname"))),
            error=error or None,
        )
        return Reading(run, tuple(_rows(lines, reports)), tuple(problems))


def _is_tune(reports: _Reports, lines: Lines, files: RunFiles) -> bool:
    if reports.first:
        return "training_iteration" in reports.first or "trial_id" in reports.first
    return not lines.rows and "params.pkl" in files.entries


def _is_artifact(path: str) -> bool:
    return "/" not in path and path not in _OWN and ".tfevents." not in path and not path.endswith(".log")


def _settings(files: RunFiles, run_id: str, problems: list[Problem]) -> dict[str, Any]:
    try:
        return as_object(read_json(files, _PARAMS))
    except ReadError as error:
        problems.append(as_problem(error, Severity.WARNING, run_id))
        return {}


def _status(reports: _Reports, error: str | None, files: RunFiles, folder: str) -> RunStatus:
    if error is not None:
        return RunStatus.FAILED
    if reports.last.get("done") is True:
        return RunStatus.FINISHED
    trial_id = text_or_none(reports.last.get("trial_id"))
    for path in sorted(files.entries, reverse=True):  # the newest state has the last name
        if path.startswith(_STATE) and files.entries[path].size_bytes <= _LARGEST_STATE:
            try:
                statuses = _statuses(files.read(path))
            except ReadError:
                break
            found = statuses.get(folder) or statuses.get(trial_id or "")
            return _STATUSES.get(found or "", RunStatus.RUNNING)
    return RunStatus.RUNNING


@lru_cache(maxsize=2)
def _statuses(body: bytes) -> dict[str, str]:
    """Status of each trial by its id and by its folder, from the state of an experiment of Ray 1 or 2; it is remembered for the next trial."""
    statuses: dict[str, str] = {}
    try:
        state = as_object(parse_json(body))
        for item in as_list(state.get("trial_data")) or as_list(state.get("checkpoints")):
            text = item[0] if isinstance(item, list) and item else item
            trial = as_object(parse_json(text.encode()) if isinstance(text, str) else text)
            for key in ("trial_id", "relative_logdir"):
                if name := text_or_none(trial.get(key)):
                    statuses[name] = str(trial.get("status"))
    except (ValueError, RecursionError):
        pass  # it is written anew every few seconds, and may be half there
    return statuses


def _started_at(first: dict[str, Any]) -> datetime | None:
    """When the first report was made, less the time that it took."""
    reported, took = moment_of(first.get("timestamp")), number(first.get("time_total_s"))
    if reported is None or took is None or not 0 <= took < 1e9:
        return None
    return (reported - timedelta(seconds=took)).astimezone(UTC)


def _rows(lines: Lines, reports: _Reports) -> Iterator[RowBlock]:
    steps, times = reports.step(), np.array(reports.times, dtype=float)
    for layout in lines.layouts:
        if layout.names:
            index = layout.index.astype(int)
            yield RowBlock(layout.names, steps[index], times[index], layout.values)
