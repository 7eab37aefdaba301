"""Offline archives of Comet: a zip file with experiment.json, messages.json (a message a line) and the assets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runfolio.errors import ReadError
from runfolio.model import Environment, GitState, Hardware, ParameterValue, Run, RunStatus
from runfolio.readers.broken_lines import broken_lines
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_file import as_list, as_object, parse_json, text_or_none
from runfolio.readers.json_lines import decode_line
from runfolio.readers.moment import moment_of, seconds_between, unix_seconds
from runfolio.readers.number import clean, number
from runfolio.readers.place import settings_of
from runfolio.readers.points import Points
from runfolio.readers.reader import Reading, RunFiles
from runfolio.readers.zip_file import BROKEN_ZIP, ZipMembers

_EXPERIMENT, _MESSAGES = "experiment.json", "messages.json"
#: Larger archives are somebody's data.
_LARGEST = 300_000_000
_LARGEST_MEMBER = 1_000_000_000
#: What the client itself adds to parameters, metrics and other values.
_OWN = frozenset(
    ("Name", "curr_epoch", "curr_step", "hasNestedParams", "offline_experiment", "process duration")
)


@dataclass(slots=True)
class _Told:
    """What the messages say."""

    started_at: datetime | None
    points: Points = field(default_factory=Points)
    parameters: dict[str, ParameterValue] = field(default_factory=dict)
    others: dict[str, ParameterValue] = field(default_factory=dict)
    name: str | None = None
    system: dict[str, Any] = field(default_factory=dict)
    git: dict[str, Any] = field(default_factory=dict)
    packages: list[Any] = field(default_factory=list)
    gpus: list[Any] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)

    def take(self, message: dict[str, Any]) -> None:
        """Take in a message; in old archives one of type ws_msg has any of the parts."""
        payload = as_object(message.get("payload"))
        if isinstance(payload.get("metric"), dict):
            self._metric(payload["metric"], payload)
        for key in ("param", "params"):
            if isinstance(payload.get(key), dict):
                self._parameter(payload[key])
        other = payload if message.get("type") == "log_other" else as_object(payload.get("log_other"))
        if isinstance(other.get("key"), str):
            self._other(other["key"], other.get("value", other.get("val")))
        if message.get("type") == "system_details":
            self.system = payload
        self.system = as_object(payload.get("env_details")) or self.system
        self.git = as_object(payload.get("git_metadata")) or as_object(payload.get("git_meta")) or self.git
        self.packages = as_list(payload.get("installed_packages")) or self.packages
        self.gpus = as_list(payload.get("gpu_static_info")) or self.gpus

    def _metric(self, metric: dict[str, Any], payload: dict[str, Any]) -> None:
        name, value = metric.get("metricName"), number(metric.get("metricValue"))
        if not isinstance(name, str) or value is None or name in _OWN:
            return
        context = text_or_none(payload.get("context"))
        step = number(metric.get("step"))
        moment = number(payload.get("local_timestamp"))
        time = float("nan") if moment is None else moment / 1000 - unix_seconds(self.started_at)
        self.points.add(clean(f"{context}_{name}" if context else name), step, time, value)

    def _parameter(self, parameter: dict[str, Any]) -> None:
        name = parameter.get("paramName")
        if isinstance(name, str) and name not in _OWN:
            self.parameters |= settings_of({name.replace("|", "."): parameter.get("paramValue")})

    def _other(self, key: str, value: object) -> None:
        if key == "Name":
            self.name = text_or_none(value)
        elif key not in _OWN:
            self.others |= settings_of({key: value}, "other.")


class CometReader:
    """Reads an archive that Comet's offline experiment left as one run."""

    name = "comet"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when the zip file is another program's; ReadError when it is damaged."""
        if files.entries[files.name].size_bytes > _LARGEST:
            return None
        body = files.read(files.name)
        if not body.startswith(b"PK") or _MESSAGES.encode() not in body:
            return None
        try:
            members = ZipMembers(body)
            if _EXPERIMENT not in members or _MESSAGES not in members:
                return None
            experiment = as_object(parse_json(members.read(_EXPERIMENT, 10_000_000)))
            messages = members.read(_MESSAGES, _LARGEST_MEMBER)
        except (*BROKEN_ZIP, RecursionError) as error:
            raise ReadError(
                f"the archive is damaged: {type(error).__name__}",
                slug="broken-zip",
                path=files.place(files.name),
                hint="copy it again from where the run was made",
            ) from error
        if "offline_id" not in experiment and "tags" not in experiment:
            return None
        told = _told(messages, moment_of(experiment.get("start_time")))
        return self._reading(files, experiment, told)

    def _reading(self, files: RunFiles, experiment: dict[str, Any], told: _Told) -> Reading:
        run_id = text_or_none(experiment.get("offline_id")) or files.name.removesuffix(".zip")
        # Of an exception that ended the script only this message is kept.
        error = None
        if experiment.get("customer_error_reported") is True:
            error = text_or_none(experiment.get("customer_error_message")) or "the script ended with an error"
        tags = [clean(tag) for tag in as_list(experiment.get("tags")) if isinstance(tag, str)]
        run = Run(
            run_id=clean(run_id),
            experiment=clean(text_or_none(experiment.get("project_name")) or "general"),
            name=clean(told.name or run_id),
            status=RunStatus.FAILED if error else RunStatus.FINISHED,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=told.started_at,
            duration_s=seconds_between(told.started_at, moment_of(experiment.get("stop_time"))),
            parameters=told.parameters | told.others,
            tags=tuple(dict.fromkeys(tags)),
            environment=_environment(told),
            git=_git(told.git),
            error=error,
        )
        return Reading(
            run, told.points.blocks(), tuple(broken_lines(told.broken, files, files.name, run.run_id))
        )


def _told(messages: bytes, started_at: datetime | None) -> _Told:
    told = _Told(started_at)
    for number_of_line, line in enumerate(messages.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            told.take(as_object(decode_line(line)))
        except (ValueError, RecursionError):
            told.broken.append(number_of_line)
    return told


def _environment(told: _Told) -> Environment:
    system = told.system
    command = system.get("command")
    variables = as_object(system.get("env"))
    packages = (item.partition("==") for item in told.packages if isinstance(item, str))
    gpus = (text_or_none(as_object(gpu).get("name")) for gpu in told.gpus)
    return Environment(
        command=tuple(str(part) for part in command) if isinstance(command, list) else (),
        python=text_or_none(system.get("python_version")),
        platform=text_or_none(system.get("os")),
        host=text_or_none(system.get("hostname")),
        user=text_or_none(system.get("user")),
        packages={name: version for name, _, version in packages},
        variables={name: value for name, value in variables.items() if isinstance(value, str)},
        hardware=Hardware(cpu=text_or_none(system.get("processor")), gpus=tuple(gpu for gpu in gpus if gpu)),
    )


def _git(git: dict[str, Any]) -> GitState | None:
    """Commit and branch; who committed and where the repository lies are left out."""
    commit, branch = text_or_none(git.get("parent")), text_or_none(git.get("branch"))
    if commit is None and branch is None:
        return None
    return GitState(commit, branch.removeprefix("refs/heads/") if branch else None)
