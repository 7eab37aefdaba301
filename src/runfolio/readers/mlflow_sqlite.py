"""MLflow's SQLite database: all runs of a tracking store in one file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from runfolio.model import Artifact, DataReference, FloatArray, Problem, Severity
from runfolio.readers.formats import FORMATS, WAL
from runfolio.readers.mlflow_metric import metric_series
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
from runfolio.readers.reader import Entry, Reading, RunFiles
from runfolio.readers.rows import Series, series_blocks
from runfolio.readers.run_rows import Rows, rows_by_run
from runfolio.readers.sqlite_file import is_database, open_database, tables_of

#: What the text of every such schema holds, and hardly another one.
_MARKS = (b"run_uuid", b"experiment_id", b"lifecycle_stage")
#: Columns of `runs` besides its id.
_RUN = ("name", "status", "start_time", "end_time", "user_id", "experiment_id", "lifecycle_stage")
_NEEDED = ("experiments", "metrics", "params", "runs", "tags")
#: How MLflow writes an infinity: SQL knows none.
_LARGEST = 1.7976931348623157e308
_STORED = re.compile(r"(?:mlruns|mlartifacts)/[^/]+/(?:models/)?(?P<id>[\w-]+)/artifacts/(?P<name>.+)")
_FILE_RUN = re.compile(r"mlruns/[^/.]+/(?P<id>[0-9a-f]{32})/meta\.yaml")


class MlflowSqliteReader:
    """Reads every run of a database; artifacts where `mlruns/` or `mlartifacts/` lies beside it."""

    name = "mlflow-sqlite"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Iterable[Reading | Problem] | None:
        """The runs; None when the database is another program's; ReadError when it is damaged."""
        body = files.read(files.name)
        log = files.read(files.name + WAL) if files.name + WAL in files.entries else b""
        if not is_database(body) or not all(mark in body or mark in log for mark in _MARKS):
            return None
        return _of_database(self.name, files)


def _of_database(reader: str, files: RunFiles) -> Iterator[Reading | Problem]:
    with open_database(files, files.name) as connection:
        tables = tables_of(connection)
        if tables.keys() >= set(_NEEDED):
            yield from _Store(reader, files, connection, tables).readings()


@dataclass(slots=True)
class _Store:
    """An open database."""

    reader: str
    files: RunFiles
    connection: sqlite3.Connection
    tables: Mapping[str, frozenset[str]]
    experiments: dict[object, tuple[str, bool]] = field(default_factory=dict)
    """Id → name, and whether it was deleted."""
    stored: dict[str, list[tuple[str, Entry]]] = field(default_factory=dict)
    """Id of a run or logged model → names and entries of its artifacts."""
    data: dict[str, list[DataReference]] = field(default_factory=dict)
    aliases: dict[tuple[object, object], list[object]] = field(default_factory=dict)
    """Name and version of a registered model → other names of the version."""

    def readings(self) -> Iterator[Reading | Problem]:
        """Every run that was not deleted, then what was left out."""
        self._load()
        tables = {
            "params": ("run_uuid", "key", "value"),
            "tags": ("run_uuid", "key", "value"),
            "metrics": ("run_uuid", "key", "timestamp", "value", "step", "is_nan"),
            "logged_models": ("source_run_id", "model_id", "name", "lifecycle_stage"),
            "model_versions": ("run_id", "name", "version", "current_stage"),
        }
        parts = {
            table: rows_by_run(
                self.connection, self.tables, table, columns, order="key" if table == "metrics" else "rowid"
            )
            for table, columns in tables.items()
        }
        known, deleted = set(), 0
        for run_id, (row, *_) in rows_by_run(self.connection, self.tables, "runs", ("run_uuid", *_RUN)):
            known.add(run_id)
            values = dict(zip(_RUN, row, strict=True))
            _, is_gone = self.experiments.get(values["experiment_id"], ("", False))
            if is_gone or values["lifecycle_stage"] == "deleted":
                deleted += 1
            else:
                yield self._reading(run_id, values, {table: rows.of(run_id) for table, rows in parts.items()})
        yield from self._left_out(known, deleted)

    def _load(self) -> None:
        """The small tables, whole."""
        stage = "lifecycle_stage" if "lifecycle_stage" in self.tables["experiments"] else "NULL"
        for identity, name, state in self._all(f"SELECT experiment_id, name, {stage} FROM experiments"):
            self.experiments[identity] = (clean(str(name)), state == "deleted")
        for path, entry in self.files.entries.items():
            if match := _STORED.fullmatch(path):
                self.stored.setdefault(match["id"], []).append((match["name"], entry))
        if self.tables.keys() >= {"inputs", "datasets"}:
            query = (
                "SELECT destination_id, name, digest, dataset_source FROM inputs JOIN datasets ON dataset_uuid = source_id "
                "WHERE source_type = 'DATASET' AND destination_type = 'RUN' ORDER BY destination_id, name, digest"
            )
            for run_id, *words in self._all(query):
                self.data.setdefault(str(run_id), []).append(data_reference(*words))
        if "registered_model_aliases" in self.tables:
            for name, version, alias in self._all(
                "SELECT name, version, alias FROM registered_model_aliases ORDER BY alias"
            ):
                self.aliases.setdefault((name, version), []).append(alias)

    def _all(self, query: str) -> Iterator[tuple[Any, ...]]:
        return iter(self.connection.execute(query))

    def _reading(self, run_id: str, values: Mapping[str, object], rows: Mapping[str, Rows]) -> Reading:
        experiment = values["experiment_id"]
        start = _number(values["start_time"])
        tags = _texts(rows["tags"])
        problems: list[Problem] = []
        record = MlflowRun(
            run_id=clean(run_id),
            experiment=self.experiments.get(experiment, (clean(str(experiment)), False))[0],
            name=str(values["name"]) if values["name"] else None,
            status=values["status"],
            start_ms=start,
            end_ms=_number(values["end_time"]),
            user=str(values["user_id"]) if values["user_id"] else None,
            parameters=_texts(rows["params"]),
            tags=tags,
            data=tuple(self.data.get(run_id, ())),
            artifacts=(*stored_artifacts(self.stored.get(run_id, ())), *self._models(rows["logged_models"])),
            versions=tuple(self._versions(rows["model_versions"])),
        )
        files, part = self.files, record.run_id
        series = dict(self._series(rows["metrics"], start, part, problems))
        run = as_run(record, files.source(self.reader, part), files.fingerprint(self.reader, part))
        return Reading(run, series_blocks(series), tuple(problems))

    def _series(
        self, rows: Rows, start: float | None, run_id: str, problems: list[Problem]
    ) -> Iterator[tuple[str, Series]]:
        """Each metric of a run; rows are key, time, value, step and the flag of NaN, sorted by key."""
        for key, group in groupby(rows, itemgetter(0)):
            name = clean(str(key))
            try:
                values = np.array([row[1:] for row in group], dtype=float)
            except (ValueError, TypeError):
                problems.append(_no_numbers(name, self.files.place(self.files.name), run_id))
                continue
            yield name, metric_series(_measured(values), start)

    def _models(self, rows: Rows) -> Iterator[Artifact]:
        """Logged models: their files where they lie beside the database, else their addresses."""
        for model_id, name, stage in rows:
            files = [(f"{name}/{inner}", entry) for inner, entry in self.stored.get(str(model_id), ())]
            if stage != "deleted":
                yield from stored_artifacts(files) or (
                    model_artifact(str(name) if name else None, str(model_id)),
                )

    def _versions(self, rows: Rows) -> Iterator[str]:
        for name, version, stage in rows:
            yield version_uri(name, version)
            if stage not in (None, "", "None"):
                yield version_uri(name, stage)
            for alias in self.aliases.get((name, version), ()):
                yield clean(f"models:/{name}@{alias}")

    def _left_out(self, known: set[str], deleted: int) -> Iterator[Problem]:
        place = self.files.place(self.files.name)
        if deleted:
            message = f"{deleted} {'run was' if deleted == 1 else 'runs were'} deleted in MLflow and left out"
            yield Problem("mlflow-deleted", Severity.NOTE, message, place, hint=DELETED_HINT)
        matches = (_FILE_RUN.fullmatch(path) for path in self.files.entries)
        beside = {match["id"] for match in matches if match} - known
        if beside:
            message = f"`mlruns` beside the database holds {len(beside)} runs that are not in it; they were left out"
            hint = "give that folder as a source of its own, or move its runs with `mlflow migrate-filestore`"
            yield Problem("mlflow-beside", Severity.WARNING, message, place, hint=hint)


def _texts(rows: Rows) -> dict[str, str]:
    return {str(key): "" if value is None else str(value) for key, value in rows}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and value else None


def _measured(values: FloatArray) -> FloatArray:
    """Time, value and step (n, 3) of time, value, step and flag (n, 4): NaN and infinities are what they were."""
    time, value, step, is_nan = values.T
    value = np.where(np.abs(value) >= _LARGEST, np.copysign(np.inf, value), value)
    return np.column_stack([time, np.where(is_nan > 0, np.nan, value), step])


def _no_numbers(name: str, place: str, run_id: str) -> Problem:
    message = f"the metric `{name[:120]}` has values that are no numbers; it was left out"
    return Problem("not-a-number", Severity.WARNING, message, place, run_id, "copy the database again")
