"""Run folders of Sacred's FileStorageObserver: run.json, config.json, metrics.json, info.json, cout.txt and artifacts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from runfolio.errors import ReadError
from runfolio.model import Environment, FloatArray, GitState, Hardware, Problem, Run, RunStatus, Severity
from runfolio.readers.artifact_file import artifact_files
from runfolio.readers.flatten import flatten
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_file import as_list, as_object, broken_json, parse_json, read_json, text_or_none
from runfolio.readers.jsonpickle import plain
from runfolio.readers.moment import moment_of, seconds_between, unix_seconds
from runfolio.readers.number import clean, number
from runfolio.readers.place import settings_of, without_place
from runfolio.readers.reader import Reading, RowBlock, RunFiles, as_problem
from runfolio.runlog import EVENTS_FILE, METRICS_JSONL, METRICS_PARQUET

_RUN, _CONFIG, _METRICS, _INFO, _OUTPUT = "run.json", "config.json", "metrics.json", "info.json", "cout.txt"
_OWN = frozenset((_RUN, _CONFIG, _METRICS, _INFO, _OUTPUT))
_NOT_SACRED = frozenset((METRICS_JSONL, METRICS_PARQUET, EVENTS_FILE))
_STATUSES = {
    "COMPLETED": RunStatus.FINISHED,
    "FAILED": RunStatus.FAILED,
    "RUNNING": RunStatus.RUNNING,
    "QUEUED": RunStatus.RUNNING,
}


class SacredReader:
    """Reads a folder that Sacred's FileStorageObserver wrote as one run."""

    name = "sacred"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when the folder is another program's; with Problems where a file is broken or missing."""
        problems: list[Problem] = []
        record = _record(files, problems)
        if record is None:
            return None
        started_at = moment_of(record.get("start_time"))
        config = as_object(plain(_content(files, _CONFIG, problems)))
        info = as_object(plain(_content(files, _INFO, problems)))
        series = as_object(_content(files, _METRICS, problems))
        rows = _series(series, started_at)
        rows += _results(info, record.get("result"), {name for block in rows for name in block.names})
        run = self._run(files, record, config, info, started_at)
        named = (Problem(p.slug, p.severity, p.message, p.path, run.run_id, p.hint) for p in problems)
        return Reading(run, tuple(rows), tuple(named))

    def _run(
        self,
        files: RunFiles,
        record: dict[str, Any],
        config: dict[str, Any],
        info: dict[str, Any],
        started_at: datetime | None,
    ) -> Run:
        made_by, meta = as_object(record.get("experiment")), as_object(record.get("meta"))
        *above, folder = files.parts
        experiment = text_or_none(made_by.get("name")) or (above[-1] if above else folder)
        run_id = clean(f"{experiment}-{folder}")
        status = record.get("status")
        trace = as_list(record.get("fail_trace"))
        tags = [tag for tag in as_list(meta.get("named_configs")) if isinstance(tag, str)]
        # Only what the script chose to keep: printed output may hold anything.
        kept = {name for name in as_list(record.get("artifacts")) if isinstance(name, str)} - _OWN
        ended_at = moment_of(record.get("stop_time")) or moment_of(record.get("heartbeat"))
        return Run(
            run_id=run_id,
            experiment=clean(experiment),
            name=run_id,
            status=_STATUSES.get(str(status), RunStatus.INTERRUPTED),
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=started_at,
            duration_s=seconds_between(started_at, ended_at),
            parameters=settings_of(config),
            tags=(*map(clean, tags), *(("queued",) if status == "QUEUED" else ())),
            artifacts=artifact_files(entry for path, entry in files.entries.items() if path in kept),
            notes=_notes(meta, info),
            environment=_environment(record, made_by),
            git=_git(made_by),
            error="".join(line for line in trace if isinstance(line, str)) or None,
        )


def _record(files: RunFiles, problems: list[Problem]) -> dict[str, Any] | None:
    """run.json; an empty one where it is broken or missing but the folder is surely Sacred's; None where it is not."""
    names = files.entries.keys()
    if _CONFIG not in names and not names.isdisjoint(_NOT_SACRED):
        # The run.json of somebody else, known without a look into it.
        return None
    is_surely = {_CONFIG, _OUTPUT} <= names and names.isdisjoint(_NOT_SACRED)
    if _RUN not in names:
        if not (is_surely and _METRICS in names):
            return None
        message = "run.json is missing; status, times and experiment are not known"
        hint = "copy the file along with the others, or remove the folder"
        problems.append(Problem("half-run", Severity.WARNING, message, files.place(""), hint=hint))
        return {}
    try:
        value = parse_json(files.read(_RUN))
    except ReadError as error:
        if not is_surely:
            return None
        problems.append(as_problem(error))
        return {}
    except (ValueError, RecursionError) as error:
        if not is_surely:
            return None
        problems.append(as_problem(broken_json(files, _RUN, error)))
        return {}
    if not isinstance(value, dict) or "schema" in value or not {"experiment", "meta", "host"} <= value.keys():
        return None
    return value


def _content(files: RunFiles, name: str, problems: list[Problem]) -> object:
    if name not in files.entries:
        return None
    try:
        return read_json(files, name)
    except ReadError as error:
        problems.append(as_problem(error, Severity.WARNING))
        return None


def _series(series: Mapping[str, Any], started_at: datetime | None) -> list[RowBlock]:
    blocks = []
    for name, columns in series.items():
        columns = as_object(columns)
        values = _numbers(as_list(columns.get("values")))
        steps = _numbers(as_list(columns.get("steps")))
        count = len(values)
        if count == 0:
            continue
        if len(steps) != count or not np.isfinite(steps).all():
            steps = np.arange(count, dtype=float)
        times = _times(as_list(columns.get("timestamps")), started_at)
        if len(times) != count:
            times = np.full(count, np.nan)
        blocks.append(RowBlock((clean(name) or "unnamed",), steps, times, values[np.newaxis]))
    return blocks


def _numbers(values: list[Any]) -> FloatArray:
    """The values; NaN for what is no number."""
    if set(map(type, values)) <= {float, int}:
        try:
            return np.array(values, dtype=float)
        except OverflowError:
            pass
    found = (number(plain(value)) for value in values)
    return np.array([np.nan if value is None else value for value in found], dtype=float)


def _times(texts: list[Any], started_at: datetime | None) -> FloatArray:
    """Seconds since the start; the texts have no zone and are UTC."""
    start = unix_seconds(started_at)
    try:
        if not any("+" in text or "Z" in text for text in texts):
            moments = np.array(texts, dtype="datetime64[us]").astype(np.int64)
            return moments / 1e6 - start
    except (ValueError, TypeError):
        pass
    return np.array([unix_seconds(moment_of(text)) - start for text in texts], dtype=float)


def _results(info: Mapping[str, Any], result: object, known: set[str]) -> list[RowBlock]:
    """Numbers of info.json, lists of them as series by their place in the list, and what the main function returned."""
    found: dict[str, object] = {
        name: value
        for name, value in flatten(info, "/")
        if name != "metrics" and not name.startswith("metrics/")
    }
    returned = plain(result)
    found |= dict(flatten(returned, "/")) if isinstance(returned, dict) else {"result": returned}
    blocks = []
    for name, value in found.items():
        items = value if isinstance(value, list) else [value]
        numbers = [number(item) for item in items]
        if items and None not in numbers and name not in known:
            steps = np.arange(len(items), dtype=float)
            blocks.append(
                RowBlock((name,), steps, np.full(len(items), np.nan), np.array([numbers], dtype=float))
            )
    return blocks


def _notes(meta: Mapping[str, Any], info: Mapping[str, Any]) -> str:
    """The comment of the command line, then the texts of info.json."""
    comment = text_or_none(meta.get("comment")) or text_or_none(
        as_object(meta.get("options")).get("--comment")
    )
    texts = [
        f"{name}: {without_place(value)}"
        for name, value in flatten(info, ".")
        if isinstance(value, str) and value
    ]
    return without_place(clean("\n\n".join([*([comment] if comment else []), *texts])))


def _environment(record: Mapping[str, Any], made_by: Mapping[str, Any]) -> Environment:
    host = as_object(record.get("host"))
    command = (text_or_none(made_by.get("mainfile")), text_or_none(record.get("command")))
    systems = [part for part in as_list(host.get("os")) if isinstance(part, str)]
    gpus = [as_object(gpu).get("model") for gpu in as_list(as_object(host.get("gpus")).get("gpus"))]
    packages = (
        part.partition("==") for part in as_list(made_by.get("dependencies")) if isinstance(part, str)
    )
    variables = as_object(host.get("ENV"))
    return Environment(
        command=tuple(part for part in command if part),
        python=text_or_none(host.get("python_version")),
        platform=systems[-1] if systems else None,
        host=text_or_none(host.get("hostname")),
        working_directory=text_or_none(made_by.get("base_dir")),
        packages={name: version for name, _, version in packages},
        variables={name: value for name, value in variables.items() if isinstance(value, str)},
        hardware=Hardware(
            cpu=text_or_none(host.get("cpu")), gpus=tuple(gpu for gpu in gpus if isinstance(gpu, str))
        ),
    )


def _git(made_by: Mapping[str, Any]) -> GitState | None:
    """The first repository; its address is left out, since it may name a user."""
    for repository in map(as_object, as_list(made_by.get("repositories"))):
        commit, dirty = text_or_none(repository.get("commit")), repository.get("dirty")
        if commit:
            return GitState(commit, None, dirty if isinstance(dirty, bool) else None)
    return None
