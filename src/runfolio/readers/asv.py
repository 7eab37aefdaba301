"""airspeed velocity's results: a run a commit and environment, a metric a benchmark with its parameters."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any

from runfolio.errors import ReadError
from runfolio.model import (
    Environment,
    GitState,
    Goal,
    Hardware,
    ParameterValue,
    Problem,
    Run,
    RunStatus,
    Severity,
)
from runfolio.readers.benchmark_run import (
    Measured,
    benchmark_reading,
    broken_json,
    decoded,
    mapping,
    moment,
    text_of,
    time_or_other,
)
from runfolio.readers.flatten import parameter_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_lines import decode_line
from runfolio.readers.number import number
from runfolio.readers.reader import Reading, RunFiles

_BENCHMARKS = "../benchmarks.json"
_NEWEST = 2
#: Folders that are only asv's way to its results.
_INNER = frozenset((".asv", "results", "asv_results", "example_results"))


@dataclass(slots=True)
class _Found:
    """What a result file says."""

    measured: list[Measured] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)
    """Measured by an older version of the benchmark's code: asv leaves them out, and so do we."""


class AsvReader:
    """Reads `results/<machine>/<commit>-<environment>.json` of versions 1 and 2."""

    name = "asv"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None when the file is something else."""
        path = files.path.rpartition("/")[2]
        value = decoded(files, path, files.read(path))
        if not isinstance(value, dict) or "version" not in value:
            return None
        commit, results = text_of(value.get("commit_hash")), value.get("results")
        if commit is None or not isinstance(results, dict):
            if "date" not in value:
                return None
            raise _broken(files, path, "has no commit or no results")
        if value["version"] not in (1, 2):
            raise _broken(files, path, f"is of version {value['version']}; versions 1 and {_NEWEST} are read")
        benchmarks, problems = _benchmarks(files)
        found = _found(value, benchmarks)
        problems += _outdated(files, path, found.outdated)
        run_id, experiment = _identity(files, path)
        said = {**mapping(value.get("params")), **mapping(value.get("requirements"))}
        run = Run(
            run_id=run_id,
            experiment=experiment,
            name=run_id,
            status=RunStatus.FINISHED,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=moment(value.get("date")),
            parameters=_parameters(commit, said),
            notes=_failed(found.failed),
            environment=_environment(value, said),
            git=GitState(commit),
        )
        return benchmark_reading(run, found.measured, problems)


def _broken(files: RunFiles, path: str, what: str) -> ReadError:
    hint = "run `asv update` to bring old results up to date, or remove the file"
    return ReadError(f"the asv result {what}", slug="broken-asv", path=files.place(path), hint=hint)


def _identity(files: RunFiles, path: str) -> tuple[str, str]:
    """Commit and environment; the experiment is the folder of the project, seen from its results."""
    commit, _, environment = path.removesuffix(".json").partition("-")
    # The environment of a Python that asv found, not made, is named after its whole path.
    environment = "existing" if environment.startswith("existing-py_") else environment
    outer = [part for part in files.parts[:-2] if part not in _INNER]
    return f"{commit}-{environment}", outer[-1] if outer else "asv"


def _benchmarks(files: RunFiles) -> tuple[_Benchmarks, list[Problem]]:
    """What benchmarks.json says: types, units, names of parameters. A broken one costs only that."""
    path = next((name for name in files.entries if posixpath.normpath(name) == _BENCHMARKS), None)
    if path is None:
        return _Benchmarks({}), []
    try:
        return _known(files.read(path)), []
    except (ValueError, RecursionError):
        error = broken_json(files, path)
        return _Benchmarks({}), [
            Problem(error.error_slug, Severity.WARNING, error.message, error.place, hint=error.hint)
        ]


@lru_cache(maxsize=2)
def _known(body: bytes) -> _Benchmarks:
    """All result files of a project share one benchmarks.json."""
    return _Benchmarks(mapping(decode_line(body)))


@dataclass(frozen=True, slots=True)
class _Benchmark:
    """What is the same for all results of a benchmark."""

    version: object
    params: Sequence[Any]
    titles: Sequence[object]
    unit: str | None
    goal: Goal | None


class _Benchmarks(dict[str, _Benchmark]):
    """Benchmarks by name, each looked into when it is first asked for."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__()
        self._said = said

    def __missing__(self, name: str) -> _Benchmark:
        known = mapping(self._said.get(name))
        titles, params = known.get("param_names"), known.get("params")
        self[name] = found = _Benchmark(
            known.get("version"),
            params if isinstance(params, list) else [],
            titles if isinstance(titles, list) else [],
            *_unit(name, known),
        )
        return found


def _found(value: Mapping[str, Any], benchmarks: _Benchmarks) -> _Found:
    columns = value.get("result_columns")
    places = columns if isinstance(columns, list) else []
    versions = mapping(value.get("benchmark_version"))
    found = _Found()
    for name, result in value["results"].items():
        row = _row(result, places)
        known = benchmarks[name]
        version = row.get("version", versions.get(name))
        if version is not None and known.version is not None and version != known.version:
            found.outdated.append(name)
        else:
            _add(name, row, known, found)
    return found


def _row(result: object, columns: Sequence[str]) -> Mapping[str, Any]:
    """A result by column: version 2 has lists whose ends are left out, version 1 objects or the bare value."""
    if isinstance(result, list) and columns:
        return dict(zip(map(str, columns), result, strict=False))
    return result if isinstance(result, dict) else {"result": result}


def _add(name: str, row: Mapping[str, Any], known: _Benchmark, found: _Found) -> None:
    """A value for each combination of the parameters, the last one running fastest."""
    result = row.get("result")
    if result is None:
        found.failed.append(name)
        return
    values = result if isinstance(result, list) else [result]
    samples = row.get("samples")
    for index, (full, value) in enumerate(
        zip(_full_names(name, row.get("params") or known.params, known.titles), values, strict=False)
    ):
        measured = number(value)
        if value is None:
            found.failed.append(full)
        elif measured is not None and measured == measured:  # NaN: it was skipped
            shown, unit = (measured, None) if known.unit is None else time_or_other(measured, known.unit)
            kept = _rounds(samples, index) if samples else ()
            found.measured.append(Measured(full, shown, unit, known.goal, kept))


def _rounds(samples: object, index: int) -> Sequence[float]:
    rounds = samples[index] if isinstance(samples, list) and index < len(samples) else None
    return [item for item in map(number, rounds) if item is not None] if isinstance(rounds, list) else ()


def _unit(name: str, known: Mapping[str, Any]) -> tuple[str | None, Goal | None]:
    """The unit and which way is better; without benchmarks.json as the first word of the name tells asv."""
    kind = text_of(known.get("type")) or name.rpartition(".")[2].partition("_")[0]
    unit = known.get("unit") or {
        "time": "seconds",
        "timeraw": "seconds",
        "mem": "bytes",
        "peakmem": "bytes",
    }.get(kind)
    is_judged = kind in ("time", "timeraw", "mem", "memory", "peakmem", "peakmemory")
    return (unit if isinstance(unit, str) and unit != "unit" else None), Goal.MINIMIZE if is_judged else None


def _full_names(name: str, params: object, titles: Sequence[object]) -> Iterable[str]:
    """Of each combination of the parameters: `bench.time_it(size=1)`."""
    axes = (
        [list(map(str, axis)) for axis in params if isinstance(axis, list)]
        if isinstance(params, list)
        else []
    )
    return (_full_name(name, combination, titles) for combination in product(*axes)) if axes else (name,)


def _full_name(name: str, combination: Sequence[str], titles: Sequence[object]) -> str:
    given = [
        f"{titles[index]}={value}" if index < len(titles) else value
        for index, value in enumerate(combination)
    ]
    return f"{name}({', '.join(given)})"


def _parameters(commit: str, said: Mapping[str, Any]) -> dict[str, ParameterValue]:
    """Commit, hardware and requirements; of a path its last part. The name of the machine is its host's."""
    texts = {
        name: value.replace("\\", "/").rpartition("/")[2]
        if name == "python" and isinstance(value, str)
        else value
        for name, value in said.items()
        if value not in (None, "") and name != "machine"
    }
    return {
        "commit": parameter_of(commit[:8]),
        **{name: parameter_of(value) for name, value in texts.items()},
    }


def _environment(value: Mapping[str, Any], said: Mapping[str, Any]) -> Environment:
    python = text_of(value.get("python"))
    cores = str(said.get("num_cpu", ""))
    variables = {str(name): str(item) for name, item in mapping(value.get("env_vars")).items()}
    return Environment(
        python=python if python is not None and "/" not in python else None,
        platform=text_of(said.get("os")),
        host=text_of(said.get("machine")),
        packages={
            str(name): str(version) for name, version in mapping(value.get("requirements")).items() if version
        },
        variables=variables,
        hardware=Hardware(text_of(said.get("cpu")), int(cores) if cores.isdecimal() else None),
    )


def _failed(names: Sequence[str]) -> str:
    return f"Failed benchmarks: {', '.join(f'`{name}`' for name in names)}." if names else ""


def _outdated(files: RunFiles, path: str, names: Sequence[str]) -> list[Problem]:
    if not names:
        return []
    others = f" and {len(names) - 1} more" if len(names) > 1 else ""
    message = f"results of an older version of a benchmark were left out: `{names[0][:120]}`{others}"
    hint = "run asv for this commit again to have them"
    return [Problem("outdated-benchmark", Severity.NOTE, message, files.place(path), hint=hint)]
