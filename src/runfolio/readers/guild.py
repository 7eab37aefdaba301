"""Guild AI's run folders: a file an attribute in `.guild/attrs`, and event files anywhere below."""

from __future__ import annotations

import posixpath
import re
import shlex
from dataclasses import dataclass, replace
from typing import Any

from runfolio.errors import ReadError
from runfolio.model import Artifact, Environment, GitState, Hardware, Problem, Run, RunStatus, Severity
from runfolio.readers.artifact_file import artifact_files
from runfolio.readers.flatten import parameters_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.moment import moment_of, seconds_between
from runfolio.readers.number import clean, number
from runfolio.readers.place import without_place
from runfolio.readers.reader import Reading, RowBlock, RunFiles, as_problem
from runfolio.readers.tensorboard import event_files, read_logs
from runfolio.readers.yaml_file import read_yaml

_FOLDER = ".guild"
_ATTRIBUTES, _OPERATION, _OUTPUT, _MANIFEST = (
    f"{_FOLDER}/{name}" for name in ("attrs/", "opref", "output", "manifest")
)
#: Files that say that a run waits, or goes on elsewhere.
_NOT_OVER = tuple(f"{_FOLDER}/{name}" for name in ("PENDING", "STAGED", "LOCK.remote"))
_WANTED = (
    "cmd", "comments", "env", "exit_status", "flags", "host", "initialized", "label", "marked", "pip_freeze", "platform",
    "started", "stopped", "tags", "user", "vcs_commit",
)  # fmt: skip
_TRACEBACK = "Traceback (most recent call last):"
_LONGEST_ERROR = 8_000
_ID = re.compile(r"[0-9a-f]{32}")


class GuildReader:
    """Reads run folders of Guild."""

    name = "guild"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None for the folder that Guild keeps its runs in."""
        if _OPERATION not in files.entries and not any(
            path.startswith(_ATTRIBUTES) for path in files.entries
        ):
            return None
        run_id = files.parts[-1]
        problems: list[Problem] = []
        said = _attributes(files, problems)
        operation = _operation(files, problems)
        started_at = moment_of(said.seconds("started") or said.seconds("initialized"))
        rows = _rows(files, None if started_at is None else started_at.timestamp(), problems)
        artifacts, error = _artifacts(files), _error(files, said)
        run = Run(
            run_id=run_id,
            experiment=operation or (files.parts[-2] if len(files.parts) > 1 else run_id),
            name=said.text("label") or (run_id[:8] if _ID.fullmatch(run_id) else run_id),
            status=_status(files, said),
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=started_at,
            duration_s=seconds_between(started_at, moment_of(said.seconds("stopped"))),
            parameters=parameters_of(
                {name: without_place(value) for name, value in said.table("flags").items()}
            ),
            tags=tuple(
                dict.fromkeys([*said.texts("tags"), *(["marked"] if said.values.get("marked") else [])])
            ),
            artifacts=artifacts,
            notes="\n\n".join(_comments(said)),
            environment=_environment(said),
            git=_git(said),
            error=error,
        )
        return Reading(run, tuple(rows), tuple(replace(problem, run_id=run_id) for problem in problems))


@dataclass(frozen=True, slots=True)
class _Attributes:
    """What the files in `.guild/attrs` say, by their names; asked for by type."""

    values: dict[str, Any]

    def text(self, name: str) -> str | None:
        """A text that is not empty, or None."""
        value = self.values.get(name)
        return clean(value).strip() or None if isinstance(value, str) else None

    def texts(self, name: str) -> list[str]:
        """The texts and numbers of a list."""
        value = self.values.get(name)
        return (
            [clean(str(item)) for item in value if isinstance(item, (str, int, float))]
            if isinstance(value, list)
            else []
        )

    def table(self, name: str) -> dict[str, Any]:
        """An object; empty where absent."""
        value = self.values.get(name)
        return value if isinstance(value, dict) else {}

    def whole(self, name: str) -> int | None:
        """An integer, or None."""
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def seconds(self, name: str) -> float | None:
        """Unix time, which Guild counts in microseconds."""
        value = number(self.whole(name))
        return None if value is None else value / 1e6


def _attributes(files: RunFiles, problems: list[Problem]) -> _Attributes:
    found = {}
    for name in _WANTED:
        path = _ATTRIBUTES + name
        if path in files.entries and not files.entries[path].is_link:
            try:
                found[name] = read_yaml(files, path)
            except ReadError as error:
                problems.append(as_problem(error, Severity.WARNING))
    return _Attributes(found)


def _operation(files: RunFiles, problems: list[Problem]) -> str | None:
    """`model:operation`, from a line with the package, its version, the model and the operation."""
    if _OPERATION not in files.entries:
        return None
    try:
        *_, model, operation = shlex.split(files.read(_OPERATION).decode("utf-8", "replace"))[:4]
    except ValueError:
        operation = model = ""
    if not operation or ":" not in files.read(_OPERATION)[:200].decode("utf-8", "replace"):
        message = "the file names no operation; the run's experiment is called after the folder"
        hint = "it holds package, version, model and operation in one line"
        problems.append(
            Problem("broken-guild-run", Severity.WARNING, message, files.place(_OPERATION), hint=hint)
        )
        return None
    return clean(f"{model}:{operation}" if model else operation)


def _status(files: RunFiles, said: _Attributes) -> RunStatus:
    """A negative exit status is the number of the signal that ended the run."""
    code = said.whole("exit_status")
    if code is None:
        return (
            RunStatus.RUNNING if any(path in files.entries for path in _NOT_OVER) else RunStatus.INTERRUPTED
        )
    return RunStatus.FINISHED if code == 0 else RunStatus.INTERRUPTED if code < 0 else RunStatus.FAILED


def _rows(files: RunFiles, since: float | None, problems: list[Problem]) -> list[RowBlock]:
    """The series of all event files; those of folders in the run's folder carry their names."""
    rows: list[RowBlock] = []
    for folder, paths in sorted(event_files(files).items()):
        prefix = folder.removeprefix(_FOLDER).strip("/")
        try:
            events = read_logs(files, paths)
        except ReadError as error:
            problems.append(as_problem(error, Severity.WARNING))
            continue
        if events is not None:
            problems += events.problems
            rows += events.rows(since or events.log.started_at, f"{prefix}/" if prefix else "")
    return rows


def _artifacts(files: RunFiles) -> tuple[Artifact, ...]:
    """What the run itself left in its folder: neither its source code nor what it was given, which the manifest names."""
    given = set()
    if _MANIFEST in files.entries:
        for line in files.read(_MANIFEST).decode("utf-8", "replace").splitlines():
            given.update(line.split(" ")[1:2])
    return artifact_files(
        entry
        for path, entry in files.entries.items()
        if "/" not in path and path not in given and "tfevents" not in posixpath.basename(path)
    )


def _comments(said: _Attributes) -> list[str]:
    value = said.values.get("comments")
    found = [item.get("body") for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return [clean(text).strip() for text in found if isinstance(text, str) and text.strip()]


def _environment(said: _Attributes) -> Environment:
    machine = said.table("platform")
    packages = (package.partition("==") for package in said.texts("pip_freeze"))
    cores = machine.get("cpus")

    def known(name: str) -> str | None:
        value = machine.get(name)
        return clean(value) if isinstance(value, str) and value else None

    return Environment(
        command=tuple(said.texts("cmd")),
        python=known("python_version"),
        platform=known("platform"),
        host=said.text("host"),
        user=said.text("user"),
        packages={name: version for name, equals, version in packages if equals},
        variables={clean(str(name)): clean(str(value)) for name, value in said.table("env").items()},
        hardware=Hardware(cores=cores if isinstance(cores, int) else None),
    )


def _git(said: _Attributes) -> GitState | None:
    """`git:<commit>`, with a star where files were changed."""
    system, _, commit = (said.text("vcs_commit") or "").partition(":")
    return GitState(commit.rstrip("*"), dirty=commit.endswith("*")) if system == "git" and commit else None


def _error(files: RunFiles, said: _Attributes) -> str | None:
    """The last traceback of a run that failed."""
    code = said.whole("exit_status")
    if not code or code < 0:
        return None
    output = files.read(_OUTPUT).decode("utf-8", "replace") if _OUTPUT in files.entries else ""
    _, found, after = output.rpartition(_TRACEBACK)
    return f"{found}{after}"[:_LONGEST_ERROR].strip() if found else f"exit status {code}"
