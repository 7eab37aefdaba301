"""A trial of Optuna as a run, whatever storage it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from runfolio.model import Goal, MetricHint, ParameterValue, Run, RunStatus
from runfolio.readers.flatten import parameter_of
from runfolio.readers.json_file import as_list, as_object, parse_json
from runfolio.readers.moment import moment_of, seconds_between
from runfolio.readers.number import clean, number
from runfolio.readers.place import settings_of
from runfolio.readers.reader import Reading, RowBlock, RunFiles

READER = "optuna"

#: Optuna's states by their numbers.
STATES = ("RUNNING", "COMPLETE", "PRUNED", "FAIL", "WAITING")
_STATUSES = {
    "RUNNING": RunStatus.RUNNING,
    "WAITING": RunStatus.RUNNING,
    "COMPLETE": RunStatus.FINISHED,
    "PRUNED": RunStatus.FINISHED,
    "FAIL": RunStatus.FAILED,
}
_TAGS = {"PRUNED": ("pruned",), "WAITING": ("waiting",)}
DIRECTIONS = ("NOT_SET", "MINIMIZE", "MAXIMIZE")
_GOALS = {"MINIMIZE": Goal.MINIMIZE, "MAXIMIZE": Goal.MAXIMIZE}


@dataclass(slots=True)
class Study:
    """What is the same for all trials of a study."""

    name: str
    directions: Sequence[str] = ()
    user_attributes: dict[str, Any] = field(default_factory=dict)
    system_attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Trial:
    """One trial as a storage holds it."""

    number: int
    state: str
    started: object = None
    completed: object = None
    parameters: dict[str, ParameterValue] = field(default_factory=dict)
    values: Sequence[object] = ()
    """Of each objective."""
    intermediate: dict[int, float] = field(default_factory=dict)
    """By step."""
    user_attributes: dict[str, Any] = field(default_factory=dict)
    system_attributes: dict[str, Any] = field(default_factory=dict)


def parameter_from(internal: object, distribution: object) -> ParameterValue:
    """The value that a trial was given: storages keep places in the list of choices, and whole numbers as floats."""
    kind, choices = _distribution(str(distribution))
    place = number(internal)
    if place is None or not np.isfinite(place):
        return parameter_of(internal)
    if kind == "choice" and place == int(place) and 0 <= int(place) < len(choices):
        return parameter_of(choices[int(place)])
    return parameter_of(int(place) if kind == "whole" and place == int(place) else place)


@lru_cache(maxsize=4096)
def _distribution(text: str) -> tuple[str, list[Any]]:
    """Choice, whole or real, and the choices."""
    try:
        content = as_object(parse_json(text.encode()))
    except (ValueError, RecursionError):
        return "real", []
    kind = str(content.get("name") or content.get("type")).lower()
    attributes = as_object(content.get("attributes")) or content
    if kind.startswith("categorical"):
        return "choice", as_list(attributes.get("choices"))
    return ("whole" if kind.startswith("int") else "real"), []


def trial_reading(files: RunFiles, study: Study, trial: Trial) -> Reading:
    """The trial as a run of the study."""
    name = clean(study.name) or "unnamed"
    run_id = f"{name}-{trial.number}"
    part = f"{name}/{trial.number}"
    started_at = moment_of(trial.started)
    duration = seconds_between(started_at, moment_of(trial.completed))
    reason = trial.system_attributes.get("fail_reason")
    run = Run(
        run_id=run_id,
        experiment=name,
        name=run_id,
        status=_STATUSES.get(trial.state, RunStatus.INTERRUPTED),
        source=files.source(READER, part),
        fingerprint=files.fingerprint(READER, part),
        started_at=started_at,
        duration_s=duration,
        parameters=_parameters(study, trial),
        tags=_TAGS.get(trial.state, ()),
        metric_hints=_hints(study),
        error=clean(reason) if isinstance(reason, str) else None,
    )
    return Reading(run, tuple(_rows(study, trial, np.nan if duration is None else duration)))


def _hints(study: Study) -> dict[str, MetricHint]:
    """Which way each objective is better, where the study says it."""
    names = _value_names(study, len(study.directions))
    goals = [_GOALS.get(direction) for direction in study.directions]
    return {name: MetricHint(goal=goal) for name, goal in zip(names, goals, strict=True) if goal is not None}


def _parameters(study: Study, trial: Trial) -> dict[str, ParameterValue]:
    """The trial's, then the attributes that users gave it and the study, under names of their own."""
    waiting = as_object(trial.system_attributes.get("fixed_params")) if trial.state == "WAITING" else {}
    directions = [direction.lower() for direction in study.directions]
    settings = {"direction": directions[0] if len(directions) == 1 else directions} if directions else {}
    return (
        settings_of(waiting)
        | trial.parameters
        | settings_of(trial.user_attributes, "user_attrs.")
        | settings_of(settings | study.user_attributes, "study.")
    )


def _rows(study: Study, trial: Trial, duration: float) -> list[RowBlock]:
    blocks = []
    if trial.intermediate:
        points = sorted(trial.intermediate.items())
        step, value = np.array(points, dtype=float).T
        blocks.append(
            RowBlock(("intermediate_values",), step, np.full(len(step), np.nan), value[np.newaxis].copy())
        )
    found = dict(zip(_value_names(study, len(trial.values)), trial.values, strict=True))
    constraints = as_list(trial.system_attributes.get("constraints"))
    found |= {f"constraints_{place}": value for place, value in enumerate(constraints)}
    numbers = {name: value for name, raw in found.items() if (value := number(raw)) is not None}
    if numbers:
        last = float(max(trial.intermediate, default=0))
        values = np.array(list(numbers.values()), dtype=float)[:, np.newaxis]
        blocks.append(RowBlock(tuple(numbers), np.array([last]), np.array([duration]), values))
    return blocks


def _value_names(study: Study, count: int) -> list[str]:
    names = as_list(study.system_attributes.get("study:metric_names"))
    if len(names) == count and len(set(map(str, names))) == count:
        return [clean(str(name)) or "unnamed" for name in names]
    return ["value"] if count == 1 else [f"values_{place}" for place in range(count)]


def attribute(text: object) -> object:
    """The value of an attribute, which storages keep as JSON."""
    try:
        return parse_json(text.encode()) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return text
