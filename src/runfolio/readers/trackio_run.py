"""A run as Trackio keeps it, whether in a database or in Parquet, and what becomes of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Any

import numpy as np

from runfolio.model import Alert, Artifact, DataReference, Environment, Problem, Run, RunStatus, Severity
from runfolio.readers.artifact_file import named_artifact
from runfolio.readers.flatten import parameters_of
from runfolio.readers.json_lines import read_lines
from runfolio.readers.moment import moment_of, unix_seconds
from runfolio.readers.number import clean
from runfolio.readers.reader import Reading, RowBlock, RunFiles
from runfolio.readers.rows import row_blocks

_FILES = ("trackio.image", "trackio.video", "trackio.audio")
_LEVELS = {"info": "info", "warn": "warning", "warning": "warning", "error": "error"}
_SYSTEM = "system/"


@dataclass(slots=True)
class LoggedRow:
    """One call of `log()`: the time as ISO text, the step (None for system metrics), and its JSON object."""

    time: str
    step: int | None
    body: bytes


@dataclass(slots=True)
class TrackioRun:
    """What Trackio holds of a run."""

    run_id: str
    name: str
    rows: list[LoggedRow] = field(default_factory=list)
    system: list[LoggedRow] = field(default_factory=list)
    config: Mapping[str, Any] = field(default_factory=dict)
    alerts: Sequence[tuple[str, str, str, str]] = ()
    """Time, title, text and level."""
    artifacts: tuple[Artifact, ...] = ()
    data: tuple[DataReference, ...] = ()


def trackio_reading(reader: str, files: RunFiles, experiment: str, run: TrackioRun) -> Reading:
    """The run. Trackio keeps no end: every run counts as finished."""
    own = {key: value for key, value in run.config.items() if key.startswith("_")}
    # All times are UTC, written alike: the first one in the alphabet is the first.
    started_at = moment_of(own.get("_Created")) or moment_of(
        min((row.time for row in run.rows), default=None)
    )
    media = _Media(files, run.run_id)
    blocks = [*_blocks(run.rows, started_at, media, "")]
    blocks += _blocks(run.system, started_at, media, _SYSTEM)
    group, user = own.get("_Group"), own.get("_Username")
    result = Run(
        run_id=run.run_id,
        experiment=experiment,
        name=run.name,
        status=RunStatus.FINISHED,
        source=files.source(reader, run.run_id),
        fingerprint=files.fingerprint(reader, run.run_id),
        started_at=started_at,
        parameters=parameters_of({key: value for key, value in run.config.items() if key not in own}),
        group=clean(group) if isinstance(group, str) and group else None,
        artifacts=(*media.artifacts, *run.artifacts),
        notes="\n\n".join(media.notes),
        alerts=tuple(
            Alert(clean(title), clean(text), _LEVELS.get(level, "info"), _since(time, started_at))
            for time, title, text, level in run.alerts
        ),
        data=run.data,
        environment=Environment(user=user if isinstance(user, str) else None),
    )
    return Reading(result, tuple(blocks), tuple(media.problems()))


@lru_cache(maxsize=4096)
def _unix(text: str) -> float:
    """Rows that were written together have one time."""
    return unix_seconds(moment_of(text))


def _since(time: str, start: datetime | None) -> float | None:
    seconds = _unix(time) - unix_seconds(start)
    return None if math.isnan(seconds) else seconds


def _is_object(value: object) -> bool:
    """True for what Trackio makes of an image, a table and the like, and for lists of such."""
    if isinstance(value, list):
        return bool(value) and all(map(_is_object, value))
    return isinstance(value, dict) and str(value.get("_type", "")).startswith("trackio.")


@dataclass(slots=True)
class _Media:
    """What was logged besides numbers, gathered while rows are read."""

    files: RunFiles
    run_id: str
    artifacts: list[Artifact] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missing: int = 0
    broken: int = 0

    def add(self, key: str, value: Any, step: int | None) -> None:
        """Keep an object; tables and histograms lie in no file and are left out."""
        if isinstance(value, list):
            for item in value:
                self.add(key, item, step)
        elif value["_type"] in _FILES:
            entry = self.files.entries.get(f"media/{value.get('file_path')}")
            if entry is None or entry.is_link:
                self.missing += 1
            else:
                self.artifacts.append(named_artifact(key, entry, step))
        elif value["_type"] == "trackio.markdown":
            self.notes.append(clean(str(value.get("_value", ""))).strip())

    def problems(self) -> Iterator[Problem]:
        """What is missing or broken, each in one Problem."""
        place = self.files.place(self.files.name)
        if self.missing:
            message = f"{self.missing} media files of the run are not there; they were left out"
            hint = "keep Trackio's folder `media` beside its database"
            yield Problem("missing-artifact", Severity.WARNING, message, place, self.run_id, hint)
        if self.broken:
            message = f"{self.broken} rows of the run hold no JSON object; they were left out"
            hint = "copy the file again; the other rows were read"
            yield Problem("broken-line", Severity.WARNING, message, place, self.run_id, hint)


def _blocks(rows: Sequence[LoggedRow], start: datetime | None, media: _Media, prefix: str) -> list[RowBlock]:
    """The rows as blocks; those without steps are numbered."""
    body = b"".join(row.body.replace(b"\n", b" ") + b"\n" for row in rows)
    objects: list[tuple[int, str, object]] = []
    numbers = count()

    def on_row(row: dict[str, Any]) -> None:
        number = next(numbers)
        keys = [key for key, value in row.items() if _is_object(value)]
        objects.extend((number, clean(key), row.pop(key)) for key in keys)

    lines = read_lines(body, on_row if b'"_type"' in body else None)
    broken = set(lines.broken)
    whole = [row for number, row in enumerate(rows, 1) if number not in broken and row.body.strip()]
    media.broken += len(rows) - len(whole)
    for number, key, value in objects:
        media.add(key, value, whole[number].step)
    steps = np.array([np.nan if row.step is None else row.step for row in whole], dtype=float)
    times = np.array([_unix(row.time) for row in whole]) - unix_seconds(start)
    placed = []
    for block in row_blocks(lines.layouts, step=None, time=None):
        index = block.step.astype(int)
        step = np.where(np.isfinite(steps[index]), steps[index], block.step)
        names = tuple(f"{prefix}{name}" for name in block.names)
        placed.append(RowBlock(names, step, times[index], block.values))
    return placed
