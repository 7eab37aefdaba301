"""A run in the layout of MLflow's file store: `<experiment>/<run>/` with meta.yaml, metrics, params, tags, artifacts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from runfolio.catalog.catalog import Catalog
from runfolio.catalog.export_tensorboard import whole_steps
from runfolio.catalog.metric_rows import MetricRows
from runfolio.catalog.run_folder import copy_artifact
from runfolio.model import Run, RunStatus
from runfolio.runlog import ARTIFACTS_DIR

_STATUSES = {RunStatus.RUNNING: 1, RunStatus.FINISHED: 3, RunStatus.FAILED: 4, RunStatus.INTERRUPTED: 5}
_RUN_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}", re.ASCII)
#: What MLflow does not take in a name.
_NOT_IN_NAMES = re.compile(r"[^/\w.\- ]")
_NOT_PRINTED = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def mlflow_folder(run: Run) -> str:
    """Numbers for the experiment, as MLflow gives them, and the run's id where MLflow takes it."""
    return f"{_experiment_id(run.experiment)}/{_run_id(run.run_id)}"


def _experiment_id(name: str) -> str:
    return str(10**17 + int(hashlib.sha256(name.encode()).hexdigest()[:14], 16))


def _run_id(run_id: str) -> str:
    return run_id if _RUN_ID.fullmatch(run_id) else hashlib.sha256(run_id.encode()).hexdigest()[:32]


def write_mlflow(draft: Path, folder: Path, catalog: Catalog, run: Run, rows: Sequence[MetricRows]) -> None:
    """Write the run into `draft`, which will lie at `folder`; and its experiment's meta.yaml where there is none.

    MLflow wants to know where artifacts lie: the address of the folder stands in both files.
    """
    start = _milliseconds(run)
    end = None if run.duration_s is None or not run.status.is_over else start + round(1000 * run.duration_s)
    _write_experiment(folder.parent, run, start)
    _write_yaml(
        draft / "meta.yaml",
        {
            "artifact_uri": (folder / ARTIFACTS_DIR).absolute().as_uri(),
            "end_time": end,
            "entry_point_name": "",
            "experiment_id": _experiment_id(run.experiment),
            "lifecycle_stage": "active",
            "run_id": _run_id(run.run_id),
            "run_name": run.name,
            "run_uuid": _run_id(run.run_id),
            "source_name": "",
            "source_type": 4,
            "source_version": "",
            "start_time": start,
            "status": _STATUSES[run.status],
            "tags": [],
            "user_id": "",
        },
    )
    for kind in ("metrics", "params", "tags", ARTIFACTS_DIR):
        (draft / kind).mkdir()
    names = _names(item.metric for item in rows)
    for item in rows:
        _write_text(draft / "metrics" / names[item.metric], _metric_lines(item, start))
    names = _names(run.parameters)
    for name, value in run.parameters.items():
        _write_text(
            draft / "params" / names[name], value.text if value.value is None else _parameter(value.value)
        )
    tags = _tags(run)
    names = _names(tags)
    for name, text in tags.items():
        _write_text(draft / "tags" / names[name], text)
    for artifact in run.artifacts:
        if artifact.path is not None:
            copy_artifact(
                catalog,
                run,
                artifact.path,
                draft / ARTIFACTS_DIR / artifact.path.removeprefix(f"{ARTIFACTS_DIR}/"),
            )


def _milliseconds(run: Run) -> int:
    return round(run.started_at.timestamp() * 1000) if run.started_at is not None else 0


def _write_experiment(folder: Path, run: Run, start: int) -> None:
    path = folder / "meta.yaml"
    if not path.exists():
        _write_yaml(
            path,
            {
                "artifact_location": folder.absolute().as_uri(),
                "creation_time": start,
                "experiment_id": folder.name,
                "last_update_time": start,
                "lifecycle_stage": "active",
                "name": run.experiment,
            },
        )


def _metric_lines(rows: MetricRows, start: int) -> str:
    """`milliseconds value step` a line."""
    times = start + np.rint(1000 * np.where(np.isfinite(rows.time), rows.time, 0.0)).astype(np.int64)
    triples = zip(times.tolist(), rows.value.tolist(), whole_steps(rows.step), strict=True)
    return "".join(f"{time} {value!r} {step}\n" for time, value, step in triples)


def _parameter(value: str | int | float | bool) -> str:
    return value if isinstance(value, str) else str(value)


def _tags(run: Run) -> dict[str, str]:
    """What MLflow has its own tags for, what it has no place for, and the run's words, each as a tag that is true."""
    git = run.git
    said = {
        "mlflow.runName": run.name,
        "mlflow.note.content": run.notes,
        "mlflow.parentRunId": _run_id(run.parent_id) if run.parent_id else None,
        "mlflow.source.git.commit": git.commit if git else None,
        "mlflow.source.git.branch": git.branch if git else None,
        "runfolio.run_id": run.run_id,
        "runfolio.group": run.group,
        "runfolio.error": run.error,
        **{f"runfolio.data.{item.name}": item.uri or item.sha256 or "" for item in run.data},
        **{f"runfolio.artifact.{item.name}": item.uri for item in run.artifacts if item.path is None},
    }
    return {**dict.fromkeys(run.tags, "true"), **{name: text for name, text in said.items() if text}}


def _names(names: Iterable[str]) -> dict[str, str]:
    """Name → name that MLflow takes and that can be a path; no two the same, none the folder of another."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    names = list(names)
    for name in names:
        parts = [part.strip(" ") for part in _NOT_IN_NAMES.sub("_", name).split("/")]
        clean = "/".join(part if part.strip(".") else "_" for part in parts)
        while clean in taken or any(other.startswith(f"{clean}/") for other in (*taken, *names)):
            clean += "_"
        while any(clean.startswith(f"{other}/") for other in taken):
            clean = clean.replace("/", "_/", 1)
        taken.add(clean)
        found[name] = clean
    return found


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def _write_yaml(path: Path, fields: dict[str, object]) -> None:
    """JSON scalars are YAML, once what YAML does not print is escaped."""
    lines = (f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items())
    text = "".join(lines)
    _write_text(path, _NOT_PRINTED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text))
