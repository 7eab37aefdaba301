"""Optuna's journal storage: JSON lines, one an operation, played from the first to the last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runfolio.model import Problem
from runfolio.readers.broken_lines import broken_lines
from runfolio.readers.json_file import as_list, as_object
from runfolio.readers.json_lines import decode_line
from runfolio.readers.number import clean, number
from runfolio.readers.optuna_trial import DIRECTIONS, STATES, Study, Trial, parameter_from, trial_reading
from runfolio.readers.reader import Reading, RunFiles

_BROKEN = (
    "the line is no operation of a journal",
    "lines are no operations of a journal",
    "the other lines were read; what these did is missing",
)
_OVER = ("COMPLETE", "PRUNED", "FAIL")


def is_journal(body: bytes) -> bool:
    """True where the first line is an operation of a journal."""
    line = body[: body.find(b"\n") + 1 or len(body)]
    if b'"op_code"' not in line:
        return False
    try:
        value = decode_line(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and isinstance(value.get("op_code"), int) and "worker_id" in value


def journal_readings(files: RunFiles, path: str, body: bytes) -> Iterator[Reading | Problem]:
    """The trials of all studies that were not deleted, in the order they were made; a line without end is left out."""
    journal, broken = _Journal(), []
    lines = body.split(b"\n")
    for line_number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            journal.apply(as_object(decode_line(line)))
        except (ValueError, RecursionError, KeyError, TypeError, IndexError):
            if line_number < len(lines):
                broken.append(line_number)
    yield from broken_lines(broken, files, path, "", _BROKEN)
    for study_id, study in journal.studies.items():
        for trial in journal.trials_of[study_id]:
            yield trial_reading(files, study, trial)


class _Journal:
    """The state after the operations so far. Studies count from 0, trials from 0 over all studies."""

    def __init__(self) -> None:
        self.studies: dict[int, Study] = {}
        self.trials: list[Trial] = []
        self.trials_of: dict[int, list[Trial]] = {}

    def apply(self, log: dict[str, Any]) -> None:
        """Take in one operation. KeyError, TypeError, ValueError or IndexError where it is none."""
        code = log["op_code"]
        if code == 0:
            self._create_study(log)
        elif code in (1, 2, 3, 4):
            if log["study_id"] in self.studies:
                self._apply_to_study(code, log)
        elif code in (5, 6, 7, 8, 9):
            trial = self.trials[log["trial_id"]]
            if trial.state not in _OVER:
                self._apply_to_trial(code, log, trial)

    def _create_study(self, log: dict[str, Any]) -> None:
        if any(study.name == log["study_name"] for study in self.studies.values()):
            return
        study_id = len(self.trials_of)
        self.trials_of[study_id] = []
        self.studies[study_id] = Study(
            str(log["study_name"]), [DIRECTIONS[place] for place in log["directions"]]
        )

    def _apply_to_study(self, code: int, log: dict[str, Any]) -> None:
        study_id = log["study_id"]
        if code == 1:
            del self.studies[study_id]
        elif code == 2:
            self.studies[study_id].user_attributes.update(log["user_attr"])
        elif code == 3:
            self.studies[study_id].system_attributes.update(log["system_attr"])
        else:
            trial = _created(log, len(self.trials_of[study_id]))
            self.trials.append(trial)
            self.trials_of[study_id].append(trial)

    def _apply_to_trial(self, code: int, log: dict[str, Any], trial: Trial) -> None:
        if code == 5:
            name = clean(str(log["param_name"]))
            trial.parameters[name] = parameter_from(log["param_value_internal"], log["distribution"])
        elif code == 6:
            trial.state = STATES[log["state"]]
            trial.started = log.get("datetime_start") or trial.started
            trial.completed = log.get("datetime_complete") or trial.completed
            trial.values = as_list(log.get("values")) or trial.values
        elif code == 7:
            value = number(log["intermediate_value"])
            trial.intermediate[_step(log["step"])] = float("nan") if value is None else value
        else:
            name = "user_attr" if code == 8 else "system_attr"
            getattr(trial, f"{name}ibutes").update(log[name])


def _step(value: Any) -> int:
    """ValueError where no float holds it."""
    step = number(value) if not isinstance(value, str) else float(value)
    if step is None or not abs(step) < 2**63:
        raise ValueError
    return int(step)


def _created(log: dict[str, Any], place: int) -> Trial:
    """A trial as it was made: running, waiting, or whole with all its values."""
    distributions = as_object(log.get("distributions"))
    value = log.get("value")
    steps = as_object(log.get("intermediate_values"))
    return Trial(
        place,
        STATES[log.get("state", 0)],
        log.get("datetime_start"),
        log.get("datetime_complete"),
        {
            name: parameter_from(internal, distributions.get(name))
            for name, internal in as_object(log.get("params")).items()
        },
        as_list(log.get("values")) or ([] if value is None else [value]),
        {
            int(step): float("nan") if (found := number(item)) is None else found
            for step, item in steps.items()
        },
        dict(as_object(log.get("user_attrs"))),
        dict(as_object(log.get("system_attrs"))),
    )
