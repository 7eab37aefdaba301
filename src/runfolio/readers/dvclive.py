"""DVCLive's folder in a workspace: one run, a table for each metric, and what DVC knows of the files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from runfolio.errors import ReadError
from runfolio.model import Artifact, DataReference, FloatArray, Problem, Run, RunStatus
from runfolio.readers.artifact_file import named_artifact
from runfolio.readers.broken_lines import Words, broken_lines
from runfolio.readers.flatten import flatten, parameters_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_lines import decode_line
from runfolio.readers.moment import moment_of
from runfolio.readers.number import clean, number, number_of_text
from runfolio.readers.reader import Reading, RunFiles, as_problem
from runfolio.readers.rows import Series, series_blocks
from runfolio.readers.yaml_file import read_yaml

FOLDER = "dvclive"
SUMMARY, PARAMETERS = "metrics.json", "params.yaml"
_PLOTS, _METRICS = "plots", "plots/metrics/"
_STEP, _TIME = "step", "timestamp"
_BROKEN_ROW: Words = (
    "the row has no step and number",
    "rows have no step and number",
    "the other rows were read; a row has as many cells as the header",
)
_LFS = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:(?P<sha256>[0-9a-f]{64})\nsize (?P<size>\d+)\n"
)
_LARGEST_POINTER = 200


class DvcLiveReader:
    """Reads the folder that `Live()` writes, together with `*.dvc` and `dvc.yaml` in it or in the folder above."""

    name = "dvclive"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None where the folder holds no table of DVCLive."""
        paths = sorted(path for path in files.entries if path.startswith(_METRICS) and path.endswith(".tsv"))
        run_id, experiment = _identity(files.parts)
        problems: list[Problem] = []
        tables = {}
        for path in paths:
            table = _table(files, path, run_id, problems)
            if table is not None:
                tables[path.removeprefix(_METRICS).removesuffix(".tsv")] = table
        if not tables:
            return None
        times = [table.time[np.isfinite(table.time)] for table in tables.values()]
        start = min((float(part[0]) for part in times if len(part)), default=None)
        series = {
            name: Series(table.step, (table.time - (start or 0)) / 1000, table.value)
            for name, table in tables.items()
        }
        series |= _summary(files, series, run_id, problems)
        artifacts, data = _tracked(files, run_id, problems)
        run = Run(
            run_id=run_id,
            experiment=experiment,
            name=run_id,
            status=RunStatus.FINISHED,
            parameters=parameters_of(_mapping(files, PARAMETERS, run_id, problems)),
            artifacts=(*_plots(files), *artifacts),
            data=data,
            started_at=moment_of(start),
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
        )
        return Reading(run, series_blocks(series), tuple(problems))


def _identity(parts: tuple[str, ...]) -> tuple[str, str]:
    """Run id and experiment: names of the workspace and the folder above; every workspace has a folder of the same name."""
    names = parts[:-1] if parts[-1] == FOLDER and len(parts) > 1 else parts
    return names[-1], names[-2] if len(names) > 1 else names[-1]


@dataclass(slots=True)
class _Table:
    """Step, Unix milliseconds (NaN where not logged) and value, each (n,)."""

    step: FloatArray
    time: FloatArray
    value: FloatArray


def _table(files: RunFiles, path: str, run_id: str, problems: list[Problem]) -> _Table | None:
    """A metric's table; None when it is another program's or holds texts. An unfinished last row is left out."""
    try:
        lines = files.read(path).decode("utf-8", "replace").split("\n")[:-1]
    except ReadError as error:
        problems.append(as_problem(error, run_id=run_id))
        return None
    names = lines[0].rstrip("\r").split("\t") if lines else []
    kept = [name for name in names if name not in (_STEP, _TIME)]
    if _STEP not in names or len(kept) != 1:
        return None
    order = [names.index(_STEP), names.index(kept[0]), names.index(_TIME) if _TIME in names else -1]
    rows: list[list[float]] = []
    broken: list[int] = []
    for line_number, line in enumerate(lines[1:], 2):
        cells = line.rstrip("\r").split("\t")
        values = [number_of_text(cells[index]) if 0 <= index < len(cells) else None for index in order]
        if len(cells) == len(names) and values[0] is not None and values[1] is not None:
            rows.append([np.nan if value is None else value for value in values])
        elif line.strip():
            broken.append(line_number)
    if not rows:
        return None
    problems += broken_lines(broken, files, path, run_id, _BROKEN_ROW)
    step, value, time = np.array(rows).T
    if not np.isfinite(step).all():
        step = np.arange(len(step), dtype=float)
    return _Table(step, time, value)


def _summary(
    files: RunFiles, known: Mapping[str, Series], run_id: str, problems: list[Problem]
) -> Iterator[tuple[str, Series]]:
    """Metrics that were logged without a plot: their last value is all there is of them."""
    if SUMMARY not in files.entries:
        return
    try:
        values = decode_line(files.read(SUMMARY))
    except ReadError as error:
        problems.append(as_problem(error, run_id=run_id))
        return
    except (ValueError, RecursionError):
        return  # half written: the tables have what it says, but for metrics without a plot
    if not isinstance(values, dict):
        return
    step = np.array([number(values.get(_STEP)) or 0.0])
    for name, value in flatten(values, "/"):
        found = number(value)
        if found is not None and name != _STEP and name not in known:
            yield name, Series(step, np.array([np.nan]), np.array([found]))


def _mapping(files: RunFiles, path: str, run_id: str, problems: list[Problem]) -> Mapping[str, object]:
    """What a YAML file says; nothing where it is not there or broken."""
    if path not in files.entries:
        return {}
    try:
        value = read_yaml(files, path)
    except ReadError as error:
        problems.append(as_problem(error, run_id=run_id))
        return {}
    return value if isinstance(value, Mapping) else {}


def _plots(files: RunFiles) -> Iterator[Artifact]:
    """Images and other plots; of a pointer to Git LFS, the digest and the size of what it points to."""
    for path, entry in sorted(files.entries.items()):
        if not path.startswith(f"{_PLOTS}/") or path.startswith(_METRICS) or entry.is_link:
            continue
        artifact = named_artifact(path.partition("/")[2], entry)
        pointer = _LFS.match(files.read(path)) if entry.size_bytes <= _LARGEST_POINTER else None
        if pointer is None:
            yield artifact
        else:
            sha256, size = pointer["sha256"].decode(), int(pointer["size"])
            yield Artifact(artifact.name, artifact.kind, artifact.media_type, size_bytes=size, sha256=sha256)


def _tracked(
    files: RunFiles, run_id: str, problems: list[Problem]
) -> tuple[tuple[Artifact, ...], tuple[DataReference, ...]]:
    """What DVC keeps by digest: artifacts where dvc.yaml says so, data otherwise."""
    declared: dict[str, object] = {}
    for path in ("dvc.yaml", "../dvc.yaml"):
        for item in _items(_mapping(files, path, run_id, problems).get("artifacts")):
            declared[str(item.get("path"))] = item.get("type")
    artifacts, data = [], []
    for path in sorted(path for path in files.entries if path.endswith(".dvc")):
        for item in _items(_mapping(files, path, run_id, problems).get("outs")):
            name, digest = clean(str(item.get("path"))), item.get("md5") or item.get("etag")
            uri = f"md5:{digest}" if digest else None
            if name in declared:
                kind = "model" if declared[name] == "model" else "file"
                size = item.get("size")
                artifacts.append(
                    Artifact(
                        name,
                        kind,
                        "application/octet-stream",
                        uri=uri,
                        size_bytes=size if isinstance(size, int) else None,
                    )
                )
            else:
                data.append(DataReference(name, uri))
    return tuple(artifacts), tuple(data)


def _items(value: object) -> Iterator[Mapping[str, object]]:
    """The objects of a list, or of an object's values."""
    values = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    yield from (item for item in values if isinstance(item, Mapping))
