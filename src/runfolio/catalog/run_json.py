"""A run as run.json and events: what the reader of run folders makes the same run of."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from runfolio.model import Alert, Artifact, Environment, GitState, MetricHint, ParameterValue, Run, Scalar
from runfolio.runlog import ALERT_EVENT, ARTIFACT_EVENT, EVENT, NOTE_EVENT, SCHEMA_VERSION


def run_record(run: Run, duration_s: float | None) -> dict[str, Any]:
    """The fields of run.json; what is unknown or empty is left out.

    `duration_s` is what the source says, None where it follows from the rows. It is a field of its own only where start
    and end, which are kept to the microsecond, do not give it back.
    """
    ended_at, is_exact = _end(run.started_at, duration_s)
    fields = {
        "schema": SCHEMA_VERSION,
        "run_id": run.run_id,
        "experiment": run.experiment,
        "name": run.name,
        "status": run.status.value,
        "started_at": _instant(run.started_at),
        "ended_at": _instant(ended_at),
        "duration_s": None if is_exact else duration_s,
        "parameters": {name: _setting(value) for name, value in run.parameters.items()},
        "tags": list(run.tags),
        "group": run.group,
        "parent": run.parent_id,
        "metrics": {name: _hint(hint) for name, hint in run.metric_hints.items()},
        "command": list(run.environment.command),
        "error": run.error,
        **_surroundings(run.environment, run.git),
        "data": [_without_none(name=d.name, uri=d.uri, sha256=d.sha256) for d in run.data],
        "imported": _without_none(
            reader=run.source.reader, path=run.source.path, part=run.source.part or None
        ),
    }
    return {name: value for name, value in fields.items() if value not in (None, [], {})}


def _end(started_at: datetime | None, duration_s: float | None) -> tuple[datetime | None, bool]:
    """When the run ended, and whether that and the start give the duration back."""
    if started_at is None or duration_s is None:
        return None, False
    try:
        ended_at = started_at + timedelta(seconds=duration_s)
    except OverflowError:
        return None, False
    return ended_at, (ended_at - started_at).total_seconds() == duration_s


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _setting(value: ParameterValue) -> Scalar:
    """The value as JSON has it; what JSON cannot say keeps its text."""
    plain = value.value
    if isinstance(plain, float) and not math.isfinite(plain):
        return value.text
    is_huge = isinstance(plain, int) and not isinstance(plain, bool) and not -(2**63) <= plain < 2**63
    return value.text if is_huge else plain


def _hint(hint: MetricHint) -> dict[str, Any]:
    return _without_none(unit=hint.unit, goal=None if hint.goal is None else hint.goal.value)


def _surroundings(environment: Environment, git: GitState | None) -> dict[str, Any]:
    hardware = environment.hardware
    return {
        "git": None
        if git is None
        else _without_none(commit=git.commit, branch=git.branch, dirty=git.dirty, diff=git.diff_path),
        "environment": _without_none(
            python=environment.python,
            platform=environment.platform,
            host=environment.host,
            user=environment.user,
            working_directory=environment.working_directory,
            packages=dict(environment.packages) or None,
            variables=dict(environment.variables) or None,
        ),
        "hardware": _without_none(
            cpu=hardware.cpu,
            cores=hardware.cores,
            memory_bytes=hardware.memory_bytes,
            gpus=list(hardware.gpus) or None,
        ),
    }


def artifact_event(artifact: Artifact) -> dict[str, Any]:
    """The event of an artifact."""
    return {
        EVENT: ARTIFACT_EVENT,
        **_without_none(
            step=artifact.step,
            name=artifact.name,
            kind=artifact.kind,
            media_type=artifact.media_type,
            path=artifact.path,
            uri=artifact.uri,
            size_bytes=artifact.size_bytes,
            sha256=artifact.sha256,
        ),
    }


def alert_event(alert: Alert) -> dict[str, Any]:
    """The event of an alert."""
    time = alert.time_s if alert.time_s is not None and math.isfinite(alert.time_s) else None
    return {
        EVENT: ALERT_EVENT,
        **_without_none(time=time, title=alert.title, text=alert.text, level=alert.level),
    }


def note_event(text: str) -> dict[str, Any]:
    """The event of a note."""
    return {EVENT: NOTE_EVENT, "text": text}


def _without_none(**fields: object) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
