"""run.json as fields of a run. Every field is taken by itself: one that is wrong becomes a Problem, the rest is kept."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from runfolio.model import (
    DataReference,
    Environment,
    GitState,
    Goal,
    Hardware,
    MetricHint,
    ParameterValue,
    Problem,
    RunStatus,
    Severity,
)
from runfolio.readers.flatten import parameters_of
from runfolio.readers.number import clean, number
from runfolio.runlog import FAILED, FINISHED, INTERRUPTED, RUNNING

_STATUSES = {
    RUNNING: RunStatus.RUNNING,
    FINISHED: RunStatus.FINISHED,
    FAILED: RunStatus.FAILED,
    INTERRUPTED: RunStatus.INTERRUPTED,
}
_GOALS = {goal.value: goal for goal in Goal}


@dataclass(slots=True)
class Record:
    """An object of JSON whose fields are asked for by type; remembers what had another one."""

    values: dict[str, Any]
    place: str
    run_id: str = ""
    name: str = ""
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, key: str, expected: str, hint: str = "") -> None:
        """The field is not what it should be and was left out."""
        label = f"{self.name}.{key}" if self.name else key
        self.problems.append(
            Problem(
                "wrong-type",
                Severity.WARNING,
                f"`{label}` is {_kind(self.values.get(key))}, expected {expected}; it was left out",
                self.place,
                self.run_id,
                hint or f"correct `{label}` in the file",
            )
        )

    def _get(self, key: str, kind: type, expected: str) -> Any:
        value = self.values.get(key)
        if value is None or (isinstance(value, kind) and not (kind is int and isinstance(value, bool))):
            return value
        self.wrong(key, expected)
        return None

    def text(self, key: str) -> str | None:
        """A text that is not empty, or None."""
        value = self._get(key, str, "a text")
        return clean(value) or None if value is not None else None

    def whole(self, key: str) -> int | None:
        """An integer of at most 64 bits, or None."""
        value = self._get(key, int, "a whole number")
        return value if value is None or abs(value) < 2**63 else None

    def flag(self, key: str) -> bool | None:
        """True, False or None."""
        value: bool | None = self._get(key, bool, "true or false")
        return value

    def texts(self, key: str, expected: str = "a list of texts") -> tuple[str, ...]:
        """The texts of a list; anything else in it is left out."""
        values = self._get(key, list, expected)
        if values is None:
            return ()
        kept = tuple(clean(value) for value in values if isinstance(value, str))
        if len(kept) < len(values):
            self.wrong(key, f"{expected}; {len(values) - len(kept)} of its values are no text")
        return kept

    def text_map(self, key: str) -> dict[str, str]:
        """Texts by name; values of other kinds are left out."""
        return {
            clean(name): clean(value)
            for name, value in (self._get(key, dict, "an object") or {}).items()
            if isinstance(value, str)
        }

    def part(self, key: str) -> Record:
        """A nested object; empty where absent."""
        values = self._get(key, dict, "an object") or {}
        name = f"{self.name}.{key}" if self.name else key
        return Record(values, self.place, self.run_id, name, self.problems)

    def seconds(self, key: str) -> float | None:
        """A finite number of seconds that is not negative, or None."""
        if (value := self.values.get(key)) is None:
            return None
        seconds = number(value)
        if seconds is None or not 0 <= seconds < math.inf:
            self.wrong(key, "a number of seconds")
            return None
        return seconds

    def instant(self, key: str) -> datetime | None:
        """A point in time in UTC; without a zone it is taken as UTC."""
        text = self._get(key, str, "a time such as 2026-11-21T03:43:00Z")
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.wrong(key, "a time such as 2026-11-21T03:43:00Z")
            return None


def _kind(value: object) -> str:
    if isinstance(value, str):
        return f"the text {clean(value[:40])!r}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value:.6g}" if abs(value) < 1e300 else "a huge number"
    return "an object" if isinstance(value, dict) else "a list" if isinstance(value, list) else "null"


@dataclass(frozen=True, slots=True)
class RunFields:
    """What run.json says, ready for a `Run`."""

    run_id: str
    experiment: str
    name: str
    status: RunStatus
    started_at: datetime | None
    duration_s: float | None
    parameters: dict[str, ParameterValue]
    tags: tuple[str, ...]
    group: str | None
    parent_id: str | None
    metric_hints: dict[str, MetricHint]
    environment: Environment
    git: GitState | None
    data: tuple[DataReference, ...]
    error: str | None


def run_fields(record: Record, folder_name: str, experiment: str) -> RunFields:
    """The fields; id and experiment default to the names of the folders."""
    run_id = record.text("run_id") or folder_name
    record.run_id = run_id
    started_at = record.instant("started_at")
    parameters = record.part("parameters").values
    return RunFields(
        run_id=run_id,
        experiment=record.text("experiment") or experiment,
        name=record.text("name") or run_id,
        status=_status(record),
        started_at=started_at,
        duration_s=_duration(record, started_at),
        parameters=parameters_of(parameters),
        tags=tuple(dict.fromkeys(record.texts("tags"))),
        group=record.text("group"),
        parent_id=record.text("parent"),
        metric_hints=_metric_hints(record.part("metrics")),
        environment=_environment(record),
        git=_git(record),
        data=_data(record),
        error=record.text("error"),
    )


def _status(record: Record) -> RunStatus:
    """Absent means finished: whoever writes run.json by hand writes it at the end."""
    text = record.text("status")
    if text is None:
        return RunStatus.FINISHED
    if text not in _STATUSES:
        record.wrong(
            "status", "running, finished or failed", "without a known status the run counts as interrupted"
        )
        return RunStatus.INTERRUPTED
    return _STATUSES[text]


def _metric_hints(metrics: Record) -> dict[str, MetricHint]:
    hints = {}
    for name in metrics.values:
        said = metrics.part(name)
        goal = said.text("goal")
        if goal is not None and goal not in _GOALS:
            said.wrong("goal", "minimize, maximize or none")
        unit = said.values.get("unit")
        hints[clean(name)] = MetricHint("" if unit == "" else said.text("unit"), _GOALS.get(goal or ""))
    return hints


def _duration(record: Record, started_at: datetime | None) -> float | None:
    """The stated one, else from the start to the end."""
    ended_at = record.instant("ended_at")
    if (stated := record.seconds("duration_s")) is not None:
        return stated
    if started_at is None or ended_at is None:
        return None
    seconds = (ended_at - started_at).total_seconds()
    if seconds < 0:
        record.wrong("ended_at", "a time after `started_at`")
        return None
    return seconds


def _environment(record: Record) -> Environment:
    environment, hardware = record.part("environment"), record.part("hardware")
    return Environment(
        command=record.texts("command"),
        python=environment.text("python"),
        platform=environment.text("platform"),
        host=environment.text("host"),
        user=environment.text("user"),
        working_directory=environment.text("working_directory"),
        packages=environment.text_map("packages"),
        variables=environment.text_map("variables"),
        hardware=Hardware(
            hardware.text("cpu"),
            hardware.whole("cores"),
            hardware.whole("memory_bytes"),
            hardware.texts("gpus"),
        ),
    )


def _git(record: Record) -> GitState | None:
    git = record.part("git")
    if not git.values:
        return None
    return GitState(git.text("commit"), git.text("branch"), git.flag("dirty"), git.text("diff"))


def _data(record: Record) -> tuple[DataReference, ...]:
    references = []
    values = record.values.get("data")
    if values is not None and not isinstance(values, list):
        record.wrong("data", "a list of objects")
        return ()
    for index, value in enumerate(values or ()):
        entry = Record(
            value if isinstance(value, dict) else {},
            record.place,
            record.run_id,
            f"data[{index}]",
            record.problems,
        )
        name = entry.text("name")
        if name is None:
            record.wrong("data", "a list of objects, each with a `name`")
        else:
            references.append(DataReference(name, entry.text("uri"), entry.text("sha256")))
    return tuple(references)
