"""pytest-benchmark's saved runs: a metric a test, with the rounds where they were saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from runfolio.model import Environment, GitState, Hardware, ParameterValue, Run, RunStatus, parameter
from runfolio.readers.benchmark_run import (
    Measured,
    benchmark_json,
    benchmark_reading,
    count_of,
    file_identity,
    mapping,
    moment,
    text_of,
)
from runfolio.readers.formats import FORMATS
from runfolio.readers.number import number
from runfolio.readers.reader import Reading, RunFiles

_FOLDER = ".benchmarks"


class PytestBenchmarkReader:
    """Reads `.benchmarks/<machine>/<number>_<name>.json`, and what `--benchmark-json` writes, as one run a file."""

    name = "pytest-benchmark"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None when the file is something else."""
        value = benchmark_json(files, (b'"benchmarks"', b'"machine_info"'))
        entries = value.get("benchmarks") if isinstance(value, dict) else None
        if not isinstance(entries, list) or not isinstance(value.get("machine_info"), dict):
            return None
        machine, commit = value["machine_info"], mapping(value.get("commit_info"))
        git = _git(commit)
        run_id, experiment = _identity(files)
        run = Run(
            run_id=run_id,
            experiment=experiment,
            name=run_id,
            status=RunStatus.FINISHED,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=moment(value.get("datetime")),
            parameters=_parameters(machine, git),
            environment=_environment(machine),
            git=git,
        )
        return benchmark_reading(run, _measured(entries))


def _identity(files: RunFiles) -> tuple[str, str]:
    """Numbers are counted in each machine's folder: its name is part of the id; the experiment is the project's folder."""
    parts = files.parts
    if _FOLDER not in parts[:-1]:
        run_id, experiment = file_identity(files)
        return run_id, experiment
    at = parts.index(_FOLDER)
    stem = parts[-1].removesuffix(".json")
    return "-".join((*parts[at + 1 : -1], stem)), parts[at - 1] if at else stem


def _measured(entries: Sequence[object]) -> Iterator[Measured]:
    """Mean times in seconds."""
    for entry in map(mapping, entries):
        stats = mapping(entry.get("stats"))
        name, mean = text_of(entry.get("fullname") or entry.get("name")), number(stats.get("mean"))
        if name is None or mean is None:
            continue
        data = stats.get("data") or entry.get("data")  # where it lies changed between versions
        yield Measured(name, mean, rounds=_rounds(data) if isinstance(data, list) else ())


def _rounds(data: list[Any]) -> Sequence[float]:
    try:
        return np.array(data, dtype=float).reshape(-1).tolist()
    except (ValueError, TypeError, OverflowError):
        return [value for value in map(number, data) if value is not None]


def _git(commit: Mapping[str, Any]) -> GitState | None:
    sha, dirty = text_of(commit.get("id")), commit.get("dirty")
    if sha is None or sha == "unknown" or sha == "unversioned":
        return None
    return GitState(sha, text_of(commit.get("branch")), dirty if isinstance(dirty, bool) else None)


def _parameters(machine: Mapping[str, Any], git: GitState | None) -> dict[str, ParameterValue]:
    """What tells runs apart: the commit, the interpreter and the machine."""
    cpu = mapping(machine.get("cpu"))
    said = {
        "commit": git.commit[:8] if git is not None and git.commit else None,
        "python": machine.get("python_version"),
        "implementation": machine.get("python_implementation"),
        "system": machine.get("system"),
        "machine": machine.get("machine"),
        "cpu": cpu.get("brand_raw") or cpu.get("brand"),
    }
    return {name: parameter(text) for name, value in said.items() if (text := text_of(value)) is not None}


def _environment(machine: Mapping[str, Any]) -> Environment:
    cpu = mapping(machine.get("cpu"))
    parts = [text_of(machine.get(name)) for name in ("system", "release", "machine")]
    cores = cpu.get("count")
    return Environment(
        python=text_of(machine.get("python_version")),
        platform="-".join(filter(None, parts)) or None,
        host=text_of(machine.get("node")),
        hardware=Hardware(text_of(cpu.get("brand_raw") or cpu.get("brand")), count_of(cores)),
    )
