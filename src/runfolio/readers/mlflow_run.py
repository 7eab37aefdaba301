"""A run as MLflow tells it, whichever store it comes from, and what becomes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from runfolio.model import Artifact, DataReference, Environment, GitState, Run, RunStatus, Source
from runfolio.readers.artifact_file import named_artifact
from runfolio.readers.moment import moment_of, seconds_between
from runfolio.readers.number import clean
from runfolio.readers.reader import Entry
from runfolio.readers.setting_text import parameter_of_text

#: The file store has numbers, databases have words. Who is scheduled has not ended, who was killed wrote no end of its own.
_STATUSES = {
    1: RunStatus.RUNNING,
    2: RunStatus.RUNNING,
    3: RunStatus.FINISHED,
    4: RunStatus.FAILED,
    5: RunStatus.INTERRUPTED,
    "RUNNING": RunStatus.RUNNING,
    "SCHEDULED": RunStatus.RUNNING,
    "FINISHED": RunStatus.FINISHED,
    "FAILED": RunStatus.FAILED,
    "KILLED": RunStatus.INTERRUPTED,
}
#: What to do about runs that were deleted in MLflow.
DELETED_HINT = "restore them with `mlflow runs restore`, or remove them for good with `mlflow gc`"
_OWN = "mlflow."
_LONGEST_TAG = 120
_IMAGE = re.compile(
    r"images/(?P<key>.+)[+%]step[+%](?P<step>\d+)[+%]timestamp[+%]\d+[+%][0-9a-f-]{36}(?P<small>[+%]compressed)?\.\w+"
)


@dataclass(frozen=True, slots=True)
class MlflowRun:
    """What a store holds of a run besides its metrics; times are Unix milliseconds."""

    run_id: str
    experiment: str
    name: str | None
    status: object
    start_ms: float | None
    end_ms: float | None
    user: str | None
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    """MLflow's own ones (`mlflow.…`) too."""
    data: tuple[DataReference, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    versions: tuple[str, ...] = field(default=())
    """URIs of the registered models that came from the run: `models:/name/1`."""


def as_run(record: MlflowRun, source: Source, fingerprint: str) -> Run:
    """The run; tags of MLflow itself become its name, parent, notes, command, user and git state."""
    tags = record.tags
    started_at = moment_of(record.start_ms)
    script = tags.get("mlflow.source.name")
    notes = [tags.get("mlflow.note.content", "").strip(), *_long_tags(tags)]
    return Run(
        run_id=record.run_id,
        experiment=record.experiment,
        name=clean(tags.get("mlflow.runName") or record.name or record.run_id),
        status=_STATUSES.get(record.status, RunStatus.INTERRUPTED),
        source=source,
        fingerprint=fingerprint,
        started_at=started_at,
        duration_s=seconds_between(started_at, moment_of(record.end_ms)),
        parameters={clean(name): parameter_of_text(value) for name, value in record.parameters.items()},
        tags=(*_tags(tags), *record.versions),
        parent_id=tags.get("mlflow.parentRunId") or None,
        artifacts=record.artifacts,
        notes=clean("\n\n".join(filter(None, notes))),
        environment=Environment(
            command=(script,) if script else (), user=tags.get("mlflow.user") or record.user
        ),
        git=_git(tags),
        data=record.data,
    )


def _is_long(value: str) -> bool:
    return len(value) > _LONGEST_TAG or "\n" in value


def _tags(tags: Mapping[str, str]) -> Iterator[str]:
    """`key=value`, the key alone where it says all."""
    for key, value in tags.items():
        if not key.startswith(_OWN) and not _is_long(value):
            yield clean(key if value in ("", key) or value.lower() == "true" else f"{key}={value}")


def _long_tags(tags: Mapping[str, str]) -> Iterator[str]:
    """What people wrote into tags because MLflow has no other place for it."""
    return (f"**{k}**\n\n{v.strip()}" for k, v in tags.items() if not k.startswith(_OWN) and _is_long(v))


def _git(tags: Mapping[str, str]) -> GitState | None:
    commit = tags.get("mlflow.source.git.commit") or tags.get("mlflow.gitCommit")
    branch = tags.get("mlflow.source.git.branch") or tags.get("mlflow.gitBranchName")
    dirty = {"true": True, "false": False}.get(tags.get("mlflow.source.git.dirty", "").lower())
    return GitState(commit, branch, dirty) if commit or branch else None


def stored_artifacts(entries: Iterable[tuple[str, Entry]]) -> tuple[Artifact, ...]:
    """Files of a run's artifact folder, given as name and entry; of a logged image, the full one alone with its step."""
    found = []
    for name, entry in sorted(entries, key=lambda item: item[0]):
        image = _IMAGE.fullmatch(name)
        if entry.is_link or (image and image["small"]):
            continue
        step = int(image["step"]) if image else None
        found.append(named_artifact(image["key"].replace("#", "/") if image else name, entry, step))
    return tuple(found)


def model_artifact(name: str | None, model_id: str) -> Artifact:
    """A logged model, which lies outside the run's folder."""
    return Artifact(clean(name or model_id), "model", "application/octet-stream", uri=f"models:/{model_id}")


def version_uri(name: object, version: object) -> str:
    """How MLflow calls a version (a number or a stage) of a registered model."""
    return clean(f"models:/{name}/{version}")


def data_reference(name: object, digest: object, source: object) -> DataReference:
    """A data set with MLflow's digest (short, its own) beside its name; of a local file, no more than the last name."""
    label = f"{name} ({digest})" if digest else str(name)
    return DataReference(clean(label), _address(source))


def _address(source: object) -> str | None:
    try:
        values = json.loads(source) if isinstance(source, str) else source
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, Mapping):
        return None
    found = next((values[key] for key in ("uri", "url", "path", "table_name") if values.get(key)), None)
    if not isinstance(found, str):
        return None
    is_remote = "://" in found and not found.startswith("file:")
    return clean(found if is_remote else re.split(r"[/\\]", found.rstrip("/\\"))[-1])
