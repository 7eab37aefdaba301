"""The Parquet files that Trackio exports: one for the metrics of a project, others for its configurations and system metrics."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from runfolio.errors import ReadError
from runfolio.readers.formats import FORMATS
from runfolio.readers.number import clean
from runfolio.readers.reader import Reading, RunFiles
from runfolio.readers.trackio_run import LoggedRow, TrackioRun, trackio_reading

_METRICS = frozenset(("id", "run_name", "step", "timestamp"))
#: How the names of the other files end, and columns that tell them from other programs' files of such a name.
_OTHERS = {
    "configs.parquet": frozenset(("id", "run_name", "created_at")),
    "system.parquet": frozenset(("id", "run_name", "timestamp")),
    "system_metrics.parquet": frozenset(("id", "run_name", "timestamp")),
    "traces.parquet": frozenset(("id", "run_name", "messages")),
    "artifacts.parquet": frozenset(("id", "name", "type", "created_at")),
    "artifact_versions.parquet": frozenset(("artifact_id", "manifest")),
    "artifact_aliases.parquet": frozenset(("artifact_id", "alias")),
    "artifact_links.parquet": frozenset(("run_name", "direction")),
}
#: Columns that are no metrics and no settings.
_OWN = _METRICS | {"run_id", "log_id", "space_id", "created_at"}
_CONFIGS = ("{stem}_configs.parquet", "aux/configs.parquet")
_SYSTEM = ("{stem}_system.parquet", "aux/system_metrics.parquet")


class TrackioParquetReader:
    """Reads every run of an exported project. Where its database lies beside the files, that is read instead."""

    name = "trackio-parquet"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Iterator[Reading] | tuple[()] | None:
        """The runs; nothing for the files that go with them; None when the file is another program's."""
        columns = _columns(files.read(files.name))
        if not columns >= _METRICS or not columns & {"run_id", "log_id"}:
            goes_with = any(files.name.endswith(end) and columns >= known for end, known in _OTHERS.items())
            return () if goes_with else None
        if f"{self._stem(files)}.db" in files.entries:
            return ()
        return self._readings(files)

    def _stem(self, files: RunFiles) -> str:
        return files.name.removesuffix(".parquet")

    def _readings(self, files: RunFiles) -> Iterator[Reading]:
        stem = self._stem(files)
        runs: dict[str, TrackioRun] = {}
        for row in _rows(files, files.name):
            run = _run_of(row, runs)
            run.rows.append(LoggedRow(str(row["timestamp"]), row["step"], _body(row)))
        for row in _first(files, stem, _SYSTEM):
            _run_of(row, runs).system.append(LoggedRow(str(row["timestamp"]), None, _body(row)))
        for row in _first(files, stem, _CONFIGS):
            _run_of(row, runs).config = _without_gaps(row, frozenset(_OWN))
        experiment = files.parts[-2] if stem == "metrics" and len(files.parts) > 1 else stem
        for run in runs.values():
            yield trackio_reading(self.name, files, clean(experiment), run)


def _first(files: RunFiles, stem: str, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for name in names:
        path = name.replace("{stem}", stem)
        if path in files.entries:
            yield from _rows(files, path)
            return


def _run_of(row: Mapping[str, Any], runs: dict[str, TrackioRun]) -> TrackioRun:
    """The run of a row; before there were ids, its name was one."""
    name = clean(str(row.get("run_name")))
    run_id = clean(str(row.get("run_id") or name))
    return runs.setdefault(run_id, TrackioRun(run_id, name))


def _body(row: Mapping[str, Any]) -> bytes:
    return json.dumps(_without_gaps(row, _OWN)).encode()


def _without_gaps(value: Mapping[str, Any], own: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Without the columns that other rows have: a null stands for what was not logged."""
    return {
        key: _without_gaps(item) if isinstance(item, dict) else item
        for key, item in value.items()
        if item is not None and key not in own
    }


def _columns(body: bytes) -> set[str]:
    """Names of the columns; none where the file is broken: whose it is nobody knows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return set(pq.ParquetFile(pa.BufferReader(body)).schema_arrow.names)
    except (pa.ArrowException, OSError, ValueError):
        return set()


def _rows(files: RunFiles, path: str) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(pa.BufferReader(files.read(path))).read(use_threads=False)
        rows: list[dict[str, Any]] = table.to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ReadError(
            "the Parquet file is broken",
            slug="broken-parquet",
            path=files.place(path),
            hint="it may have been cut short while it was copied or written; export it again",
        ) from error
    return rows
