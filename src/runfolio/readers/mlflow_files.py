"""MLflow's file store: a folder a run, with a file for each metric, parameter and tag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from runfolio.errors import ReadError
from runfolio.model import Artifact, DataReference, FloatArray, Problem, Severity
from runfolio.readers.broken_lines import Words, broken_lines
from runfolio.readers.formats import FORMATS
from runfolio.readers.mlflow_metric import metric_series, read_metric_file
from runfolio.readers.mlflow_run import (
    DELETED_HINT,
    MlflowRun,
    as_run,
    data_reference,
    model_artifact,
    stored_artifacts,
    version_uri,
)
from runfolio.readers.number import clean
from runfolio.readers.reader import Reading, RunFiles, as_problem
from runfolio.readers.rows import series_blocks
from runfolio.readers.yaml_file import parse_yaml

META = "meta.yaml"
EXPERIMENT = "../meta.yaml"
_BROKEN_LINE: Words = (
    "the line is no measurement",
    "lines are no measurements",
    "the other lines were read; a line has the time, the value and the step",
)
#: The only files outside the run's folder: names are made here, not taken from a file.
_BESIDE = re.compile(r"\.\./\w+/[\w-]+/(?:meta\.yaml|tags/mlflow\.modelVersions)")
_FLAT = re.compile(rb"(?:[a-z_]+: (?:\[\]|'[^'\n]*'|[\w./][\w./:+~%=,@()-]*)?\n)+")
_FLAT_LINE = re.compile(rb"([a-z_]+): (?:'([^'\n]*)'|(.*))\n")


class MlflowFilesReader:
    """Reads runs of `mlruns/`; deleted ones are left out and named."""

    name = "mlflow-files"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | Iterable[Problem] | None:
        """The run; nothing for what the store keeps beside its runs; None when the folder is no run of MLflow."""
        problems: list[Problem] = []
        meta = _meta(files, problems)
        if meta is None:
            return None
        if not _is_run(meta) and not problems:
            return () if _is_kept_beside(meta) else None
        if meta.get("lifecycle_stage") == "deleted":
            return (_deleted(files),)
        return _reading(self.name, files, meta, problems)


class MlflowRemainsReader(MlflowFilesReader):
    """Reads runs of `mlruns/` whose meta.yaml is lost."""

    name = "mlflow-remains"
    version = FORMATS[name].version
    signature = FORMATS[name].signature


def _meta(files: RunFiles, problems: list[Problem]) -> Mapping[str, object] | None:
    """What meta.yaml says; an empty one, and a Problem, where it is lost but the folder surely is a run."""
    body = files.read(META) if META in files.entries else b""
    try:
        value = _parsed(body, files.place(META))
    except ReadError:
        value = None
    if isinstance(value, Mapping):
        return value
    if not any(path.startswith("tags/mlflow.") for path in files.entries):
        return None
    what = "is no valid YAML" if body.strip() else "is empty" if META in files.entries else "is missing"
    problems.append(
        Problem(
            "mlflow-meta",
            Severity.WARNING,
            f"meta.yaml of the run {what}; its status and times are not known",
            files.place(META),
            files.parts[-1],
            "copy the file again; the rest of the run is shown",
        )
    )
    return {}


def _parsed(body: bytes, place: str) -> object:
    """Flat YAML as MLflow writes it, at a tenth of the cost; any other YAML as it is."""
    if not _FLAT.fullmatch(body):
        return parse_yaml(body, place)
    return {
        key.decode(): quoted.decode("utf-8", "replace")
        if quoted
        else _plain(plain.decode("utf-8", "replace"))
        for key, quoted, plain in _FLAT_LINE.findall(body)
    }


def _plain(text: str) -> str | int | None:
    return None if text in ("", "null") else int(text) if text.isdecimal() else text


def _is_run(meta: Mapping[str, object]) -> bool:
    return "run_uuid" in meta or ("run_id" in meta and "experiment_id" in meta)


def _is_kept_beside(meta: Mapping[str, object]) -> bool:
    """True for logged models, versions of registered ones, and data sets: their files are no runs."""
    return any(
        meta.keys() >= keys
        for keys in ({"model_id", "source_run_id"}, {"name", "version", "run_id"}, {"digest", "source_type"})
    )


def _deleted(files: RunFiles) -> Problem:
    # Said of the folder above, the same for each of them: so it is listed once an experiment.
    return Problem(
        "mlflow-deleted",
        Severity.NOTE,
        "runs of the experiment were deleted in MLflow; they were left out",
        files.place(".." if len(files.parts) > 1 else ""),
        hint=DELETED_HINT,
    )


def _reading(reader: str, files: RunFiles, meta: Mapping[str, object], problems: list[Problem]) -> Reading:
    run_id = clean(str(meta.get("run_id") or meta.get("run_uuid") or files.parts[-1]))
    tags = dict(_texts(files, "tags", run_id, problems))
    metrics = dict(_metrics(files, run_id, problems))
    start = _milliseconds(meta.get("start_time"))
    if start is None:
        start = min((float(rows[:, 0].min()) for rows in metrics.values()), default=None)
    outputs = [path for path in _paths(files, "outputs") if path.endswith(META)]
    stored = ((path.partition("/")[2], files.entries[path]) for path in _paths(files, "artifacts"))
    record = MlflowRun(
        run_id=run_id,
        experiment=_experiment(files, meta, problems),
        name=str(meta.get("run_name") or meta.get("name") or "") or None,
        status=meta.get("status"),
        start_ms=start,
        end_ms=_milliseconds(meta.get("end_time")),
        user=str(meta["user_id"]) if meta.get("user_id") else None,
        parameters=dict(_texts(files, "params", run_id, problems)),
        tags=tags,
        data=tuple(_data(files, path) for path in _paths(files, "inputs") if path.endswith(META)),
        artifacts=(*stored_artifacts(stored), *(_model(files, path) for path in outputs)),
        versions=tuple(uri for path in outputs for uri in _versions(files, path)),
    )
    run = as_run(record, files.source(reader), files.fingerprint(reader))
    return Reading(
        run,
        series_blocks({name: metric_series(rows, start) for name, rows in metrics.items()}),
        tuple(problems),
    )


def _milliseconds(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value else None


def _paths(files: RunFiles, folder: str) -> list[str]:
    """Files in one of the run's folders, at any depth, sorted."""
    start = f"{folder}/"
    return sorted(
        path for path, entry in files.entries.items() if path.startswith(start) and not entry.is_link
    )


def _texts(files: RunFiles, folder: str, run_id: str, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """Name and content of each parameter or tag."""
    for path in _paths(files, folder):
        try:
            yield path.partition("/")[2], files.read(path).decode("utf-8", "replace").rstrip("\n")
        except ReadError as error:
            problems.append(as_problem(error, run_id=run_id))


def _metrics(files: RunFiles, run_id: str, problems: list[Problem]) -> Iterator[tuple[str, FloatArray]]:
    """Name and rows of each metric that has any."""
    for path in _paths(files, "metrics"):
        try:
            found = read_metric_file(files.read(path))
        except ReadError as error:
            problems.append(as_problem(error, run_id=run_id))
            continue
        problems += broken_lines(found.broken, files, path, run_id, _BROKEN_LINE)
        if len(found.rows):
            yield path.partition("/")[2], found.rows


def _experiment(files: RunFiles, meta: Mapping[str, object], problems: list[Problem]) -> str:
    """Its name; that of its folder where the experiment's own meta.yaml does not say."""
    folder = files.parts[-2] if len(files.parts) > 1 else str(meta.get("experiment_id") or files.parts[-1])
    if EXPERIMENT not in files.entries:
        return folder  # a run that was copied without its experiment
    name = _experiment_name(files.read(EXPERIMENT))
    if name is None:
        message = f"meta.yaml of the experiment does not give its name; its runs are shown as `{folder}`"
        hint = "copy the file again, or write `name: …` into it"
        problems.append(Problem("mlflow-meta", Severity.WARNING, message, files.place(EXPERIMENT), hint=hint))
    return name or folder


@lru_cache(maxsize=64)
def _experiment_name(body: bytes) -> str | None:
    try:
        meta = parse_yaml(body, META)
    except ReadError:
        return None
    name = meta.get("name") if isinstance(meta, Mapping) else None
    return clean(str(name)) if name not in (None, "") else None


def _beside(files: RunFiles, path: str) -> object:
    """What a file of the experiment's folder says; None where it is not there, or outside the source."""
    if not files.path or not _BESIDE.fullmatch(path):
        return None
    return _content(files, path)


def _content(files: RunFiles, path: str) -> object:
    """What a small file says; None where it is broken or gone."""
    try:
        return parse_yaml(files.read(path), files.place(path))
    except ReadError:
        return None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _data(files: RunFiles, path: str) -> DataReference:
    link = _mapping(_content(files, path)).get("source_id")
    found = _mapping(_beside(files, f"../datasets/{link}/{META}"))
    return data_reference(found.get("name") or link, found.get("digest"), found.get("source"))


def _model(files: RunFiles, path: str) -> Artifact:
    identity = path.split("/")[1]
    name = _mapping(_beside(files, f"../models/{identity}/{META}")).get("name")
    return model_artifact(str(name) if name else None, identity)


def _versions(files: RunFiles, path: str) -> Iterator[str]:
    """What a logged model was registered as."""
    found = _beside(files, f"../models/{path.split('/')[1]}/tags/mlflow.modelVersions")
    for item in found if isinstance(found, list) else ():
        if isinstance(item, Mapping) and item.keys() >= {"name", "version"}:
            yield version_uri(item["name"], item["version"])
