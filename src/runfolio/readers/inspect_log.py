"""Logs of Inspect: `.eval`, a zip file of JSON, and plain JSON. Only header and totals are looked at, never the samples."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from runfolio.errors import ReadError
from runfolio.model import DataReference, Environment, GitState, ParameterValue, Run, RunStatus
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_file import as_list, as_object, broken_json, parse_json, text_or_none
from runfolio.readers.moment import moment_of, seconds_between
from runfolio.readers.number import clean, number
from runfolio.readers.place import settings_of, without_place
from runfolio.readers.reader import Reading, RowBlock, RunFiles
from runfolio.readers.zip_file import BROKEN_ZIP, ZipMembers

_HEADER, _START = "header.json", "_journal/start.json"
_LARGEST_HEADER = 50_000_000
_LONGEST_PARAMETER = 1000
_STATUSES = {
    "success": RunStatus.FINISHED,
    "error": RunStatus.FAILED,
    "cancelled": RunStatus.INTERRUPTED,
    "started": RunStatus.RUNNING,
}
_TOKENS = ("input_tokens", "output_tokens", "total_tokens")
_JSON_START = b'"eval"'


class _Header(msgspec.Struct):
    """What is read of a log; the samples, which may be gigabytes, are passed over without becoming objects."""

    eval: dict[str, Any]
    status: str = "started"
    plan: dict[str, Any] = {}
    results: dict[str, Any] | None = None
    stats: dict[str, Any] = {}
    error: dict[str, Any] | None = None
    tags: list[Any] = []


class InspectReader:
    """Reads a log as one run: a metric is called `scorer/metric`."""

    name = "inspect"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when the file is another program's; ReadError when the log is damaged."""
        body = files.read(files.name)
        header = _of_zip(files, body) if files.name.endswith(".eval") else _of_json(files, body)
        if header is None or not text_or_none(header.eval.get("task")):
            return None
        run_id = files.name.rpartition(".")[0]
        metrics = dict(_metrics(header))
        started_at = moment_of(header.stats.get("started_at")) or moment_of(header.eval.get("created"))
        revision, error = as_object(header.eval.get("revision")), header.error or {}
        packages = as_object(header.eval.get("packages"))
        run = Run(
            run_id=run_id,
            experiment=clean(header.eval["task"].rpartition("/")[2]),
            name=run_id,
            status=_STATUSES.get(header.status, RunStatus.INTERRUPTED),
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=started_at,
            duration_s=seconds_between(started_at, moment_of(header.stats.get("completed_at"))),
            parameters=_parameters(header),
            tags=tuple(dict.fromkeys(clean(tag) for tag in _tags(header) if isinstance(tag, str))),
            environment=Environment(packages={key: str(value) for key, value in packages.items()}),
            git=GitState(commit, None, revision.get("dirty"))
            if (commit := text_or_none(revision.get("commit")))
            else None,
            data=_data(header),
            error=text_or_none(error.get("traceback")) or text_or_none(error.get("message")),
        )
        values = np.array(list(metrics.values()), dtype=float)[:, np.newaxis]
        rows = (RowBlock(tuple(metrics), np.zeros(1), np.full(1, math.nan), values),) if metrics else ()
        return Reading(run, rows)


def _of_zip(files: RunFiles, body: bytes) -> _Header | None:
    """The header at the end of a log; of one that was not ended, what was written at its start."""
    if not body.startswith(b"PK"):
        return None
    try:
        members = ZipMembers(body)
        name = next((name for name in (_HEADER, _START) if name in members), None)
        return None if name is None else _header(members.read(name, _LARGEST_HEADER))
    except (*BROKEN_ZIP, RecursionError) as error:
        raise ReadError(
            f"the log is damaged: {type(error).__name__}",
            slug="broken-zip",
            path=files.place(files.name),
            hint="copy it again from where the evaluation was made",
        ) from error


def _of_json(files: RunFiles, body: bytes) -> _Header | None:
    if _JSON_START not in body[:2000] or b'"task"' not in body[:10_000]:
        return None
    try:
        return _header(body)
    except (ValueError, RecursionError) as error:
        raise broken_json(files, files.name, error) from error


def _header(body: bytes) -> _Header:
    """ValueError or RecursionError where it is none."""
    try:
        return msgspec.json.decode(body, type=_Header)
    except msgspec.DecodeError:  # NaN and Infinity, which are no JSON
        return msgspec.convert(parse_json(body), _Header)


def _metrics(header: _Header) -> Iterator[tuple[str, float]]:
    results = header.results or {}
    scores = [as_object(score) for score in as_list(results.get("scores"))]
    if not scores and results.get("metrics"):  # the first versions had one scorer
        scores = [{"name": as_object(results.get("scorer")).get("name"), "metrics": results["metrics"]}]
    counts = Counter(str(score.get("name")) for score in scores)
    for score in scores:
        name, reducer = str(score.get("name")), text_or_none(score.get("reducer"))
        prefix = f"{name}/{reducer}" if reducer and counts[name] > 1 else name
        for metric, content in as_object(score.get("metrics")).items():
            if (value := number(as_object(content).get("value"))) is not None:
                yield clean(f"{prefix}/{metric}"), value
    for key in ("total_samples", "completed_samples"):
        if (value := number(results.get(key))) is not None:
            yield key, value
    used = [as_object(usage) for usage in as_object(header.stats.get("model_usage")).values()]
    for key in _TOKENS:
        found = [value for usage in used if (value := number(usage.get(key))) is not None]
        if found:
            yield key, sum(found)


def _parameters(header: _Header) -> dict[str, ParameterValue]:
    """The model, what it was asked with, and the task's arguments; settings that are whole documents are left out."""
    steps = [str(as_object(step).get("solver")) for step in as_list(header.plan.get("steps"))]
    found = {
        "model": header.eval.get("model"),
        "solver": ", ".join(steps) or None,
        "task_version": header.eval.get("task_version"),
        **as_object(header.eval.get("model_generate_config")),
        **as_object(header.plan.get("config")),
        "task_args": as_object(header.eval.get("task_args")),
        "model_args": as_object(header.eval.get("model_args")),
        "config": as_object(header.eval.get("config")),
        "metadata": as_object(header.eval.get("metadata")),
    }
    flat = settings_of({name: value for name, value in found.items() if value is not None})
    return {name: value for name, value in flat.items() if len(value.text) <= _LONGEST_PARAMETER}


def _tags(header: _Header) -> list[Any]:
    return [*as_list(header.eval.get("tags")), *header.tags]


def _data(header: _Header) -> tuple[DataReference, ...]:
    data = as_object(header.eval.get("dataset"))
    name = text_or_none(data.get("name")) or text_or_none(data.get("location"))
    return (DataReference(clean(without_place(name))),) if name else ()
