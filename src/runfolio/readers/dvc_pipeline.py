"""A workspace of DVC: what the stages of its dvc.yaml left behind as metrics and plots, beside DVCLive's own folder."""

from __future__ import annotations

import csv
import io
import posixpath
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from runfolio.errors import ReadError
from runfolio.model import Artifact, DataReference, FloatArray, ParameterValue, Problem, Run, RunStatus
from runfolio.readers.artifact_file import named_artifact
from runfolio.readers.dvc_stages import PARAMETERS, Pipeline, Plot, pipeline
from runfolio.readers.flat import STEP_NAMES
from runfolio.readers.flatten import flatten, parameters_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_file import as_list, as_object, read_json
from runfolio.readers.number import clean, number, number_of_text
from runfolio.readers.reader import Reading, RunFiles, as_problem
from runfolio.readers.rows import Series, series_blocks
from runfolio.readers.yaml_file import read_yaml

_FILE, _LOCK = "dvc.yaml", "dvc.lock"
_TABLES = {".csv": ",", ".tsv": "\t"}
_OBJECTS = (".json", ".yaml", ".yml", ".toml")
#: What DVCLive writes; its folder is a run of its own.
_LIVE_SUMMARY, _LIVE_PLOTS = "metrics.json", "plots/metrics"
#: A plot of one of these is a line over its x; others show how values lie, not how they went.
_LINES = ("", "linear", "simple", "smooth")


class DvcPipelineReader:
    """Reads a folder with a `dvc.yaml` that names metrics or plots as one run."""

    name = "dvc"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None where none of the metrics and plots that the file names is there."""
        workspace = _Workspace(files)
        found = workspace.pipeline()
        for path in found.metrics:
            workspace.add_metrics(path)
        for path, plots in found.plots.items():
            for name in workspace.below(path):
                workspace.add_plots(name, plots)
        if not workspace.series and not workspace.artifacts:
            return None
        run_id = files.parts[-1]
        parameters, data = _locked(workspace.mapping(_LOCK), frozenset((*found.metrics, *found.plots)))
        run = Run(
            run_id=run_id,
            experiment=files.parts[-2] if len(files.parts) > 1 else run_id,
            name=run_id,
            status=RunStatus.FINISHED,
            parameters={**_settings(workspace, found), **parameters},
            artifacts=tuple(workspace.artifacts),
            data=data,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
        )
        return Reading(run, series_blocks(workspace.series), tuple(workspace.problems))


def results_of(files: RunFiles) -> frozenset[str]:
    """Those of the files that the `dvc.yaml` names as metrics and plots; none where it cannot be read."""
    workspace = _Workspace(files)
    found = workspace.pipeline()
    return frozenset(name for path in (*found.metrics, *found.plots) for name in workspace.below(path))


def cached_results(files: RunFiles) -> dict[str, str]:
    """MD5 of the metrics and plots of single files that DVC keeps in its cache, not beside `dvc.lock`."""
    workspace = _Workspace(files)
    found = workspace.pipeline()
    kept = {}
    for stage in as_object(workspace.mapping(_LOCK).get("stages")).values():
        for item in as_list(as_object(stage).get("outs")):
            path, digest = as_object(item).get("path"), as_object(item).get("md5")
            if isinstance(path, str) and isinstance(digest, str) and path not in files.entries:
                kept[posixpath.normpath(path)] = digest
    return {path: digest for path, digest in kept.items() if path in found.metrics or path in found.plots}


def _leave_to_dvclive(found: Pipeline) -> None:
    """Without what DVCLive wrote, which names itself in dvc.yaml too."""
    for path in list(found.plots):
        folder = path.removesuffix(_LIVE_PLOTS).rstrip("/")
        if path == _LIVE_PLOTS or path.endswith(f"/{_LIVE_PLOTS}"):
            for name in [*found.plots]:
                if posixpath.join(folder, "plots") in (name, posixpath.dirname(name)):
                    del found.plots[name]
            found.metrics.pop(posixpath.join(folder, _LIVE_SUMMARY), None)


def _settings(workspace: _Workspace, found: Pipeline) -> dict[str, ParameterValue]:
    """What the files of parameters say; those of further files under the names of these."""
    settings = parameters_of(workspace.mapping(PARAMETERS))
    for path in found.parameters:
        if path != PARAMETERS:
            settings |= parameters_of(workspace.mapping(path), f"{posixpath.splitext(path)[0]}.")
    return settings


def _locked(
    lock: Mapping[str, Any], shown: frozenset[str]
) -> tuple[dict[str, ParameterValue], tuple[DataReference, ...]]:
    """Parameters that the stages really ran with, and the digests of what they made and no plot shows."""
    parameters: dict[str, ParameterValue] = {}
    data: dict[str, DataReference] = {}
    for stage in as_object(lock.get("stages")).values():
        for path, values in as_object(as_object(stage).get("params")).items():
            prefix = "" if path == PARAMETERS else f"{posixpath.splitext(path)[0]}."
            parameters |= parameters_of(as_object(values), prefix)
        for item in as_list(as_object(stage).get("outs")):
            made, digest = as_object(item).get("path"), as_object(item).get("md5")
            if isinstance(made, str) and isinstance(digest, str) and made not in shown:
                data[made] = DataReference(clean(made), f"md5:{digest}")
    return parameters, tuple(data.values())


@dataclass(slots=True)
class _Workspace:
    """The files of the folder, and what was found in them."""

    files: RunFiles
    series: dict[str, Series] = field(default_factory=dict)
    artifacts: list[Artifact] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    known: dict[str, object] = field(default_factory=dict)
    added: set[tuple[str, str]] = field(default_factory=set)
    """Files and names of the series in them."""

    def pipeline(self) -> Pipeline:
        """What the file says but for what DVCLive wrote; nothing where it is half written, or another program's."""
        try:
            said = read_yaml(self.files, _FILE)
        except ReadError:
            return Pipeline()  # what lies beside it may still be read
        found = pipeline(as_object(said), self.mapping)
        _leave_to_dvclive(found)
        return found

    def content(self, path: str) -> object:
        """What a file of objects says; None where it is not there or broken, which is a Problem."""
        if path not in self.known:
            self.known[path] = None
            try:
                if path in self.files.entries and not self.files.entries[path].is_link:
                    self.known[path] = _parsed(self.files, path)
            except ReadError as error:
                self.problems.append(as_problem(error, run_id=self.files.parts[-1]))
        return self.known[path]

    def mapping(self, path: str) -> Mapping[str, Any]:
        """The same, where it is an object."""
        return as_object(self.content(posixpath.normpath(path)))

    def below(self, path: str) -> list[str]:
        """The file, or all files of the folder."""
        if path in self.files.entries:
            return [path]
        return sorted(name for name in self.files.entries if name.startswith(f"{path}/"))

    def add_metrics(self, path: str) -> None:
        """Take the numbers of a file, each a metric of one value."""
        content = self.content(path) if path.endswith(_OBJECTS) else None
        if not isinstance(content, Mapping):
            return
        for name, leaf in flatten(content, "/"):
            if (value := number(leaf)) is not None:
                self._add(name, path, np.zeros(1), np.array([value]))

    def add_plots(self, path: str, plots: Sequence[Plot]) -> None:
        """Take a file as series where it is a curve, else as an artifact."""
        entry = self.files.entries[path]
        if entry.is_link:
            return
        columns = self._columns(path)
        stem = posixpath.splitext(posixpath.basename(path))[0]
        drawn = [curve for plot in plots for curve in _curves(columns, plot)]
        for column, step, value in drawn:
            self._add(column if column == stem else f"{stem}/{column}", path, step, value)
        if not drawn:
            self.artifacts.append(named_artifact(path, entry))

    def _add(self, name: str, path: str, step: FloatArray, value: FloatArray) -> None:
        """Of several of one name the later ones say which file they are of; what is plotted twice is one series."""
        if (path, name) in self.added:
            return
        self.added.add((path, name))
        if name in self.series:
            name = f"{posixpath.splitext(path)[0]}/{name.rpartition('/')[2]}"
        self.series.setdefault(name, Series(step, np.full(len(step), np.nan), value))

    def _columns(self, path: str) -> dict[str, list[object]]:
        """A table's columns by name; nothing where it is none."""
        ending = posixpath.splitext(path)[1]
        if ending in _TABLES:
            try:
                text = self.files.read(path).decode("utf-8-sig", "replace")
            except ReadError as error:
                self.problems.append(as_problem(error, run_id=self.files.parts[-1]))
                return {}
            return _table(text, _TABLES[ending])
        rows = _rows(self.content(path)) if ending in _OBJECTS else []
        names = dict.fromkeys(name for row in rows for name in row)
        return {clean(str(name)): [row.get(name) for row in rows] for name in names}


def _parsed(files: RunFiles, path: str) -> object:
    if path.endswith(".json"):
        return read_json(files, path)
    if not path.endswith(".toml"):
        return read_yaml(files, path)
    try:
        return tomllib.loads(files.read(path).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ReadError(
            "the file is no valid TOML",
            slug="broken-toml",
            path=files.place(path),
            hint="mend or remove the file",
        ) from error


def _table(text: str, delimiter: str) -> dict[str, list[object]]:
    """Columns by the names in the first row; rows of another length are left out, and so is an unfinished last one."""
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        return {}
    names = [clean(name) for name in rows[0]] if rows else []
    whole = [row for row in rows[1:] if len(row) == len(names)]
    return {name: [row[place] for row in whole] for place, name in enumerate(names)}


def _rows(value: object) -> list[Mapping[str, object]]:
    """The first list of objects, as DVC looks for it."""
    if isinstance(value, list):
        return value if value and all(isinstance(row, Mapping) for row in value) else []
    for item in as_object(value).values():
        if found := _rows(item):
            return found
    return []


def _curves(columns: Mapping[str, list[object]], plot: Plot) -> Iterator[tuple[str, FloatArray, FloatArray]]:
    """Name, steps and values of each column that the plot draws as a line over whole, growing steps."""
    if plot.template not in _LINES or not columns:
        return
    x = plot.x or next((name for name in columns if name.lower() in STEP_NAMES), "")
    count = len(next(iter(columns.values())))
    step = _numbers(columns[x]) if x in columns else np.arange(count, dtype=float) if not x else None
    if step is None or not count or not _are_steps(step):
        return
    for name in plot.y or [name for name in columns if name != x]:
        value = _numbers(columns[name]) if name in columns else None
        if value is not None:
            yield name, step, value


def _are_steps(step: FloatArray) -> bool:
    return bool(np.isfinite(step).all() and (np.diff(step) > 0).all() and (step == np.floor(step)).all())


def _numbers(cells: Sequence[object]) -> FloatArray | None:
    """The column as numbers; None where a cell is none."""
    found = [number_of_text(cell) if isinstance(cell, str) else number(cell) for cell in cells]
    return None if None in found else np.array(found, dtype=float)
