"""Folders of Stable-Baselines3 and its zoo: monitors of the environments, progress of the logger, evaluations, settings."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

import numpy as np

from runfolio.errors import ReadError
from runfolio.model import FloatArray, ParameterValue, Problem, Run, RunStatus, Severity, parameter
from runfolio.readers.broken_lines import broken_lines
from runfolio.readers.flat import FlatTable
from runfolio.readers.flat_csv import broken_rows, csv_table
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_file import as_object
from runfolio.readers.json_lines import read_lines
from runfolio.readers.moment import moment_of
from runfolio.readers.number import clean, number
from runfolio.readers.place import settings_of
from runfolio.readers.reader import Reading, RowBlock, RunFiles, as_problem
from runfolio.readers.rows import row_blocks, table_blocks
from runfolio.readers.yaml_file import read_yaml

_MONITOR, _MONITORS = "monitor.csv", "*.monitor.csv"
_TABLE, _LINES, _EVALUATIONS = "progress.csv", "progress.json", "evaluations.npz"
_SETTINGS = ("args.yml", "config.yml")
_STEP, _TIME = "time/total_timesteps", "time/time_elapsed"
#: The loggers' own counters, and settings that name places, perhaps with a password.
_COUNTERS = frozenset(("time/iterations",))
_PLACES = frozenset(("log_folder", "storage", "tensorboard_log", "trained_agent"))
_LARGEST_ARRAYS = 500_000_000


class StableBaselinesReader:
    """Reads a folder as one run, however many environments it had; event files in it tell the same again."""

    name = "stable-baselines3"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when none of the files is Stable-Baselines3's; with Problems where some are broken."""
        *above, folder = files.parts
        problems: list[Problem] = []
        rows, started_at, settings = _monitored(files, folder, problems)
        rows += _progress(files, folder, problems)
        rows += _evaluated(files, folder, problems)
        if not rows and not settings and not problems:
            return None
        run = Run(
            run_id=folder,
            experiment=above[-1] if above else folder,
            name=folder,
            status=RunStatus.FINISHED,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=started_at,
            parameters=_parameters(files, folder, problems) | settings,
        )
        return Reading(run, tuple(rows), tuple(problems))


def _monitored(
    files: RunFiles, run_id: str, problems: list[Problem]
) -> tuple[list[RowBlock], datetime | None, dict[str, ParameterValue]]:
    """Episodes of all environments in the order they ended, by the time steps that had been made in all of them."""
    tables: list[dict[str, FloatArray]] = []
    starts: list[float] = []
    settings: dict[str, ParameterValue] = {}
    for path in sorted({*files.matching(_MONITOR), *files.matching(_MONITORS)}):
        header = _header(files.read(path))
        if header is None:
            continue
        if isinstance(header.get("env_id"), str):
            settings["env_id"] = parameter(clean(header["env_id"]))
        start = number(header["t_start"])
        starts.append(0.0 if start is None or not np.isfinite(start) else start)
        tables.append(_episodes(files, path, run_id, problems) | {"start": np.array(starts[-1:])})
    episodes = [table for table in tables if {"r", "l", "t"} <= table.keys()]
    if not episodes:
        return [], moment_of(min(starts, default=None)), settings
    names = [
        name
        for name in episodes[0]
        if all(name in table for table in episodes) and name not in ("t", "start")
    ]
    moments = np.concatenate([table["t"] + table["start"] for table in episodes])
    order = np.argsort(moments, kind="stable")
    values = np.array([np.concatenate([table[name] for table in episodes])[order] for name in names])
    steps = np.cumsum(np.nan_to_num(values[names.index("l")]))
    return (
        [RowBlock(tuple(names), steps, moments[order] - min(starts), values)] if len(steps) else [],
        moment_of(min(starts)),
        settings,
    )


def _header(body: bytes) -> dict[str, Any] | None:
    """The comment that a monitor begins with; None for another program's file."""
    line = body[: body.find(b"\n") + 1]
    if not line.startswith(b"#"):
        return None
    try:
        header = json.loads(line[1:])
    except (ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) and "t_start" in header else None


def _episodes(files: RunFiles, path: str, run_id: str, problems: list[Problem]) -> dict[str, FloatArray]:
    """The columns of numbers that are filled throughout."""
    table = _table(files, path, run_id, problems)
    columns = table.columns if table is not None else {}
    return {name: column.values for name, column in columns.items() if column.present is None}


def _table(files: RunFiles, path: str, run_id: str, problems: list[Problem]) -> FlatTable | None:
    try:
        table, broken = csv_table(files, path)
    except ReadError as error:
        problems.append(as_problem(error, run_id=run_id))
        return None
    problems += broken_rows(broken, files, path, run_id)
    return table


def _progress(files: RunFiles, run_id: str, problems: list[Problem]) -> list[RowBlock]:
    """What the logger wrote as a table, else as JSON lines."""
    if _TABLE in files.entries:
        head = files.read(_TABLE).partition(b"\n")[0]
        if _STEP.encode() not in head:
            return []
        table = _table(files, _TABLE, run_id, problems)
        if table is None:
            return []
        kept = {name: column for name, column in table.columns.items() if name not in _COUNTERS}
        return [block for block in table_blocks(kept, table.rows, step=_STEP, time=_TIME) if block.names]
    body = files.read(_LINES) if _LINES in files.entries else b""
    if _STEP.encode() not in body:
        return []
    lines = read_lines(body, _without_counters)
    problems += broken_lines(lines.broken, files, _LINES, run_id)
    return row_blocks(lines.layouts, step=_STEP, time=_TIME)


def _without_counters(row: dict[str, Any]) -> None:
    for name in _COUNTERS:
        row.pop(name, None)


def _evaluated(files: RunFiles, run_id: str, problems: list[Problem]) -> list[RowBlock]:
    """Means over the episodes of each evaluation, under the names that the logger has for them."""
    if _EVALUATIONS not in files.entries:
        return []
    try:
        arrays = _arrays(files.read(_EVALUATIONS))
        if not {"timesteps", "results"} <= arrays.keys():
            return []  # another program's
        steps = arrays["timesteps"].astype(float)
        found = {
            name: arrays[key].astype(float).reshape(len(steps), -1).mean(axis=1)
            for name, key in (
                ("eval/mean_reward", "results"),
                ("eval/mean_ep_length", "ep_lengths"),
                ("eval/success_rate", "successes"),
            )
            if key in arrays and arrays[key].size
        }
    except (
        ValueError,
        TypeError,
        KeyError,
        EOFError,
        OSError,
        zipfile.BadZipFile,
        NotImplementedError,
    ) as error:
        message = f"the arrays cannot be read: {type(error).__name__}"
        hint = "copy the file again; arrays of Python objects are never opened"
        problems.append(
            Problem("broken-npz", Severity.WARNING, message, files.place(_EVALUATIONS), run_id, hint)
        )
        return []
    if not found or not np.isfinite(steps).all():
        return []
    return [
        RowBlock(
            tuple(found), steps, np.full(len(steps), np.nan), np.array(list(found.values())), priority=-1
        )
    ]


def _arrays(body: bytes) -> dict[str, Any]:
    """Arrays by name; nothing is unpickled. ValueError where they are larger than evaluations ever are."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        if sum(item.file_size for item in archive.infolist()) > _LARGEST_ARRAYS:
            raise ValueError("too large")
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _parameters(files: RunFiles, folder: str, problems: list[Problem]) -> dict[str, ParameterValue]:
    """The zoo's arguments, then its hyperparameters, which count where both say something."""
    found: dict[str, ParameterValue] = {}
    for name in _SETTINGS:
        for path in (path for path in sorted(files.entries) if path.rpartition("/")[2] == name):
            if not folder.startswith(path.rpartition("/")[0]):
                continue  # another run's folder
            try:
                found |= settings_of(_pairs(read_yaml(files, path)))
            except ReadError as error:
                problems.append(as_problem(error, Severity.WARNING, folder))
    return {name: value for name, value in found.items() if name not in _PLACES}


def _pairs(value: object) -> dict[str, object]:
    """An object, also where it was written as an ordered dictionary: a list of names and values."""
    while isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    if isinstance(value, list) and all(isinstance(item, list) and len(item) == 2 for item in value):
        return {str(name): item for name, item in value}
    return as_object(value)
