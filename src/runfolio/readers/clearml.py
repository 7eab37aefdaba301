"""Offline sessions of ClearML, as a folder or zipped: task.json, metrics.jsonl (a list of events a line), log.jsonl, data."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from runfolio.errors import ReadError
from runfolio.model import Artifact, Environment, GitState, ParameterValue, Problem, Run, RunStatus
from runfolio.readers.artifact_file import artifact_files
from runfolio.readers.broken_lines import broken_lines
from runfolio.readers.flatten import parameter_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_file import as_list, as_object, broken_json, parse_json, text_or_none
from runfolio.readers.json_lines import decode_line
from runfolio.readers.moment import moment_of
from runfolio.readers.number import clean, number
from runfolio.readers.place import without_place
from runfolio.readers.points import Points
from runfolio.readers.reader import Reading, RunFiles
from runfolio.readers.zip_file import BROKEN_ZIP, ZipMembers

_TASK, _METRICS, _LOG, _DATA = "task.json", "metrics.jsonl", "log.jsonl", "data"
#: Larger archives are somebody's data.
_LARGEST = 300_000_000
_LARGEST_MEMBER = 1_000_000_000
#: The iteration of a value that is reported once.
_ONCE = -(2**31)
#: Sections whose names say nothing.
_PLAIN_SECTIONS = ("General", "Args")
_STATUSES = {
    "failed": RunStatus.FAILED,
    "stopped": RunStatus.INTERRUPTED,
    "completed": RunStatus.FINISHED,
    "closed": RunStatus.FINISHED,
    "published": RunStatus.FINISHED,
}
_BROKEN = (
    "the line is no list of events",
    "lines are no lists of events",
    "the other lines were read; copy the file again from where the run was made",
)
_PACKAGE = re.compile(r"^([A-Za-z0-9_.\-]+) ?== ?(\S+)", re.MULTILINE)


class ClearmlReader:
    """Reads the folder of an offline session as one run."""

    name = "clearml"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when task.json is another program's; ReadError when it is broken."""
        body = files.read(_TASK)
        if not files.entries.keys() & {_METRICS, _LOG} and b'"offline_folder"' not in body:
            return None
        # The client zips the folder when the task is closed.
        is_closed = f"../{files.name}.zip" in files.entries
        stored = (entry for path, entry in files.entries.items() if path.startswith(f"{_DATA}/"))

        def content(name: str) -> bytes:
            return files.read(name) if name in files.entries else b""

        artifacts = tuple(replace(item, name=_name(item.name)) for item in artifact_files(stored))
        return _reading(self.name, files, body, content, is_closed, artifacts)


def _name(path: str) -> str:
    """The name of an artifact: its path begins with those of project and task."""
    return path.partition("/artifacts/")[2] or path


class ClearmlArchiveReader:
    """Reads the zip file of an offline session as one run; one that lies beside its folder is left alone."""

    name = "clearml-zip"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when the zip file is another program's; ReadError when it is damaged."""
        is_doubled = f"{files.name.removesuffix('.zip')}/{_TASK}" in files.entries
        if is_doubled or files.entries[files.name].size_bytes > _LARGEST:
            return None
        body = files.read(files.name)
        if not body.startswith(b"PK") or _TASK.encode() not in body:
            return None
        try:
            members = ZipMembers(body)
            if _TASK not in members or not (_METRICS in members or _LOG in members):
                return None
            found = {
                name: members.read(name, _LARGEST_MEMBER)
                for name in (_TASK, _METRICS, _LOG)
                if name in members
            }
        except BROKEN_ZIP as error:
            raise ReadError(
                f"the archive is damaged: {type(error).__name__}",
                slug="broken-zip",
                path=files.place(files.name),
                hint="copy it again from where the run was made",
            ) from error
        return _reading(self.name, files, found[_TASK], lambda name: found.get(name, b""), True, ())


def _reading(
    reader: str,
    files: RunFiles,
    body: bytes,
    content: Callable[[str], bytes],
    is_closed: bool,
    artifacts: tuple[Artifact, ...],
) -> Reading | None:
    try:
        task = parse_json(body)
    except (ValueError, RecursionError) as error:
        raise broken_json(files, _TASK if _TASK in files.entries else files.name, error) from error
    if (
        not isinstance(task, dict)
        or not isinstance(task.get("id"), str)
        or not task.keys() & {"script", "offline_folder"}
    ):
        return None
    problems: list[Problem] = []
    start = _first_moment(content(_LOG), content(_METRICS))
    points = _points(content(_METRICS), start, files, clean(task["id"]), problems)
    script = as_object(task.get("script"))
    requirements = as_object(script.get("requirements")).get("pip")
    tags = [clean(tag) for tag in as_list(task.get("tags")) if isinstance(tag, str)]
    run = Run(
        run_id=clean(task["id"]),
        experiment=clean(text_or_none(task.get("project_name")) or files.parts[0]),
        name=clean(text_or_none(task.get("name")) or task["id"]),
        status=_STATUSES.get(str(task.get("status")), RunStatus.FINISHED if is_closed else RunStatus.RUNNING),
        source=files.source(reader),
        fingerprint=files.fingerprint(reader),
        started_at=moment_of(task.get("started")) or moment_of(start),
        parameters=_parameters(task),
        tags=tuple(dict.fromkeys(tags)),
        parent_id=text_or_none(task.get("parent")),
        artifacts=artifacts,
        notes=without_place(clean(text_or_none(task.get("comment")) or "")),
        environment=Environment(
            command=tuple(part for part in [text_or_none(script.get("entry_point"))] if part),
            packages=dict(_PACKAGE.findall(requirements)) if isinstance(requirements, str) else {},
        ),
        git=_git(script),
    )
    return Reading(run, points.blocks(), tuple(problems))


def _events(body: bytes, broken: list[int]) -> Iterator[dict[str, Any]]:
    """Events of all lines; a line without end that cannot be read is left out without a word."""
    lines = body.split(b"\n")
    for number_of_line, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            events = decode_line(line)
        except (ValueError, RecursionError):
            events = None
        if isinstance(events, list):
            yield from (event for event in events if isinstance(event, dict))
        elif number_of_line < len(lines):
            broken.append(number_of_line)


def _first_moment(*bodies: bytes) -> float | None:
    """Milliseconds since 1970 of the first event."""
    firsts = (next(_events(body[: body.find(b"\n") + 1], []), {}) for body in bodies)
    moments = [moment for first in firsts if (moment := number(first.get("timestamp"))) is not None]
    return min(moments, default=None)


def _points(
    body: bytes, start: float | None, files: RunFiles, run_id: str, problems: list[Problem]
) -> Points:
    """Scalars as `title/series`; a value reported once has step 0."""
    points, broken = Points(), list[int]()
    for event in _events(body, broken):
        value = number(event.get("value"))
        if event.get("type") != "training_stats_scalar" or value is None or event.get("model_event"):
            continue
        step, moment = number(event.get("iter")), number(event.get("timestamp"))
        time = math.nan if start is None or moment is None else (moment - start) / 1000
        name = "/".join(clean(str(event[key])) for key in ("metric", "variant") if event.get(key))
        points.add(name or "unnamed", 0.0 if step == _ONCE else step, time, value)
    problems += broken_lines(
        broken, files, _METRICS if _METRICS in files.entries else files.name, run_id, _BROKEN
    )
    return points


def _parameters(task: dict[str, Any]) -> dict[str, ParameterValue]:
    """Values by name, after the section where it tells something; texts of numbers are numbers again."""
    found: dict[str, ParameterValue] = {}
    for section, items in as_object(task.get("hyperparams")).items():
        for name, item in as_object(items).items():
            full = name if section in _PLAIN_SECTIONS else f"{section}.{name}"
            found[clean(full).replace("/", ".")] = parameter_of(_value(as_object(item)))
    for name, value in as_object(as_object(task.get("execution")).get("parameters")).items():
        section, _, rest = name.partition("/")  # as old versions have them
        full = rest if section in _PLAIN_SECTIONS and rest else name
        found.setdefault(
            clean(full).replace("/", "."),
            parameter_of(without_place(value) if isinstance(value, str) else value),
        )
    return found


def _value(item: dict[str, Any]) -> object:
    text, kind = item.get("value"), item.get("type")
    if not isinstance(text, str):
        return text
    try:
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:
        return text
    if kind == "bool" and text in ("True", "False"):
        return text == "True"
    return None if kind == "NoneType" and not text else without_place(text)


def _git(script: dict[str, Any]) -> GitState | None:
    """Without a commit the difference is the whole script, and says nothing of changes."""
    commit = text_or_none(script.get("version_num"))
    if commit is None:
        return None
    return GitState(commit, text_or_none(script.get("branch")), bool(script.get("diff")))
