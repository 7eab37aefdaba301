"""Exports of Neptune: a run in Parquet parts of one long table, a row for each value of each attribute."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any

import numpy as np

from runfolio.emit.media import described
from runfolio.errors import ReadError
from runfolio.model import Artifact, Environment, ParameterValue, Problem, Run, RunStatus, Severity, parameter
from runfolio.readers.flatten import parameter_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.moment import moment_of, unix_seconds
from runfolio.readers.number import clean
from runfolio.readers.reader import Reading, RunFiles, as_problem
from runfolio.readers.rows import Series, series_blocks

_PART = re.compile(r"(?P<run>.+)_part_(?P<number>\d+)\.parquet")
#: Neptune's exporter ends the names of what it writes with a digest.
_SURELY_OURS = re.compile(r".+-[0-9a-f]{16}_part_\d+\.parquet")
_NEEDED = frozenset(("project_id", "run_id", "attribute_path", "attribute_type", "step", "float_value"))
#: Type of an attribute → the column that holds its value.
_VALUES = {
    "float": "float_value",
    "int": "int_value",
    "string": "string_value",
    "bool": "bool_value",
    "datetime": "datetime_value",
    "string_set": "string_set_value",
}
_SERIES = "float_series"
_FILES = ("file", "file_series", "file_set", "artifact")
#: What Neptune keeps of itself: nothing of it is a setting of the run.
_OWN = ("sys/", "monitoring/")
#: Folders of the model registry, as an experiment's name says it.
_REGISTRY = {"models": "models", "model_versions": "model versions"}


class NeptuneReader:
    """Reads what `neptune-exporter` writes below its data path; the first part stands for the run."""

    name = "neptune"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | tuple[()] | None:
        """The run; nothing for its further parts, which go with the first; None when the table is another program's."""
        match = _PART.fullmatch(files.name)
        if match is None:
            return None
        try:
            first = _table(files, files.name)
        except ReadError:
            if _SURELY_OURS.fullmatch(files.name):
                raise
            return None
        if first is None or first.num_rows == 0:
            return None
        if match["number"] != "0":
            return ()
        problems: list[Problem] = []
        tables = [first, *_further_parts(files, match["run"], problems)]
        try:
            return _reading(self.name, files, tables, problems)
        except ValueError as error:  # whatever pyarrow says of values, it is one
            raise _broken(files, files.name) from error


def _table(files: RunFiles, path: str) -> Any:
    """The table of a part; None when it is another program's."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    body = files.read(path)
    try:
        file = pq.ParquetFile(pa.BufferReader(body))
        return file.read(use_threads=False) if set(file.schema_arrow.names) >= _NEEDED else None
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _broken(files, path) from error


def _broken(files: RunFiles, path: str) -> ReadError:
    return ReadError(
        "the Parquet file is broken",
        slug="broken-parquet",
        path=files.place(path),
        hint="it may have been cut short while it was copied or written; export the run again",
    )


def _further_parts(files: RunFiles, run: str, problems: list[Problem]) -> Iterator[Any]:
    """The parts after the first, as far as they follow one another; a broken one is left out."""
    for number in count(1):
        path = f"{run}_part_{number}.parquet"
        if path not in files.entries:
            return
        try:
            table = _table(files, path)
        except ReadError as error:
            problems.append(as_problem(error))
            continue
        if table is not None:
            yield table


def _reading(reader: str, files: RunFiles, tables: list[Any], problems: list[Problem]) -> Reading:
    project, run_id = (clean(str(tables[0].column(name)[0].as_py())) for name in ("project_id", "run_id"))
    attributes: dict[str, Any] = {}
    artifacts: list[Artifact] = []
    for table in tables:
        attributes.update(_attributes(table))
        artifacts.extend(_artifacts(table))
    own = {name: value for name, value in attributes.items() if name.startswith(_OWN)}
    started_at = _moment(own.get("sys/creation_time"))
    series = _series(tables, started_at)
    groups = _texts(own.get("sys/group_tags"))
    tags = (*_texts(own.get("sys/tags")), *_texts([own.get("sys/stage")]))
    duration, host = own.get("sys/running_time"), own.get("sys/hostname")
    run = Run(
        run_id=run_id,
        experiment=_experiment(files, project),
        name=clean(str(own.get("sys/name") or own.get("sys/custom_run_id") or run_id)),
        status=_status(own),
        source=files.source(reader),
        fingerprint=files.fingerprint(reader),
        started_at=started_at,
        duration_s=float(duration) if isinstance(duration, (int, float)) and duration > 0 else None,
        parameters={
            name.replace("/", "."): _parameter(value) for name, value in attributes.items() if name not in own
        },
        tags=tags if len(groups) == 1 else (*tags, *groups),
        group=groups[0] if len(groups) == 1 else None,
        parent_id=_text(own.get("sys/forking/parent")),
        artifacts=tuple(artifacts),
        notes=_text(own.get("sys/description")) or "",
        environment=Environment(host=_text(host), user=_text(own.get("sys/owner"))),
    )
    left_out = _left_out(tables, files, run_id)
    return Reading(run, series_blocks(series), (*problems, *left_out))


def _experiment(files: RunFiles, project: str) -> str:
    """The project without its workspace; objects of the model registry are experiments of their own."""
    name = project.rpartition("/")[2] or project
    scope = _REGISTRY.get(files.parts[-2]) if len(files.parts) > 1 else None
    return f"{name} {scope}" if scope else name


def _status(own: Mapping[str, Any]) -> RunStatus:
    if own.get("sys/failed") is True:
        return RunStatus.FAILED
    return RunStatus.RUNNING if str(own.get("sys/state", "")).lower() == "running" else RunStatus.FINISHED


def _attributes(table: Any) -> Iterator[tuple[str, Any]]:
    """Name and value of each attribute that has one value."""
    import pyarrow.compute as pc

    for kind, column in _VALUES.items():
        if column in table.column_names:
            rows = table.filter(pc.equal(table.column("attribute_type"), kind))
            yield from zip(
                map(clean, rows.column("attribute_path").to_pylist()),
                rows.column(column).to_pylist(),
                strict=True,
            )


def _artifacts(table: Any) -> Iterator[Artifact]:
    """Files, which the exporter keeps in a folder of their own: where they lie below it is said, no more."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if "file_value" not in table.column_names:
        return
    rows = table.filter(pc.is_in(table.column("attribute_type"), value_set=pa.array(_FILES)))
    for row in rows.select(["attribute_path", "step", "file_value"]).to_pylist():
        path = (row["file_value"] or {}).get("path")
        if isinstance(path, str) and path:
            shown = re.split(r"[/\\]", path)[-1] if re.match(r"[/\\]|\w:", path) else path
            step = row["step"]
            whole = int(step) if step is not None and step == int(step) else None
            words = described(row["attribute_path"], None, described(path, None)["media_type"])
            yield Artifact(**words, uri=clean(shown), step=whole)


def _series(tables: list[Any], start: datetime | None) -> dict[str, Series]:
    """Each metric with all its values; those of several parts are joined."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = ["attribute_path", "step", "timestamp", "float_value"]
    parts = [
        table.filter(pc.equal(table.column("attribute_type"), _SERIES)).select(columns) for table in tables
    ]
    whole = pa.concat_tables(parts)
    whole = whole.filter(pc.is_valid(whole.column("float_value")))
    paths = whole.column("attribute_path").combine_chunks().dictionary_encode()
    codes = paths.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    step = whole.column("step").cast(pa.float64()).to_numpy()[order]
    time = whole.column("timestamp").cast(pa.int64()).to_numpy().astype(float)[order] / 1000 - unix_seconds(
        start
    )
    value = whole.column("float_value").to_numpy()[order]
    counts = np.bincount(codes, minlength=len(paths.dictionary))
    ends = np.cumsum(counts)
    found = {}
    for name, end, begin in zip(paths.dictionary.to_pylist(), ends, ends - counts, strict=True):
        steps = step[begin:end]
        if not np.isfinite(steps).all():
            steps = np.arange(end - begin, dtype=float)
        found[clean(name)] = Series(steps, time[begin:end], value[begin:end])
    return found


def _left_out(tables: list[Any], files: RunFiles, run_id: str) -> Iterator[Problem]:
    """One note where the run has series of texts or histograms, which have no place here."""
    kinds = {kind for table in tables for kind in table.column("attribute_type").unique().to_pylist()}
    found = sorted(kinds & {"string_series", "histogram_series"})
    if found:
        message = f"the run has attributes of the type {' and '.join(found)}, which are not shown"
        place = files.place(files.name)
        yield Problem(
            "neptune-left-out", Severity.NOTE, message, place, run_id, "they stay in the exported files"
        )


def _moment(value: object) -> datetime | None:
    return moment_of(value.isoformat()) if isinstance(value, datetime) else None


def _text(value: object) -> str | None:
    return clean(value).strip() or None if isinstance(value, str) else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(clean(item) for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _parameter(value: object) -> ParameterValue:
    return parameter(value.isoformat()) if isinstance(value, datetime) else parameter_of(value)
