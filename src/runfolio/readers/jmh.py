"""JMH's `-rf json`: a metric a benchmark with its parameters; throughput is better high, times low."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runfolio.model import Environment, Goal, ParameterValue, Run, RunStatus
from runfolio.readers.benchmark_run import (
    Measured,
    benchmark_json,
    benchmark_reading,
    file_identity,
    mapping,
    text_of,
    time_or_other,
)
from runfolio.readers.flatten import parameter_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.number import number
from runfolio.readers.reader import Reading, RunFiles

_SETTINGS = (
    "jmhVersion", "threads", "forks", "jdkVersion", "vmName", "vmVersion", "warmupIterations", "warmupTime",
    "measurementIterations", "measurementTime",
)  # fmt: skip


class JmhReader:
    """Reads a file of results as one run."""

    name = "jmh"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None when the file is something else."""
        entries = benchmark_json(files, (b'"primaryMetric"', b'"benchmark"'))
        if not isinstance(entries, list) or not entries or not all(map(_is_result, entries)):
            return None
        run_id, experiment = file_identity(files)
        run = Run(
            run_id=run_id,
            experiment=experiment,
            name=run_id,
            status=RunStatus.FINISHED,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            parameters=_parameters(entries),
            environment=Environment(command=_command(entries[0])),
        )
        return benchmark_reading(run, _measured(entries))


def _is_result(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("benchmark"), str)
        and isinstance(value.get("primaryMetric"), dict)
    )


def _measured(entries: Sequence[Mapping[str, Any]]) -> Iterator[Measured]:
    modes: dict[str, set[str]] = {}
    for entry in entries:
        modes.setdefault(_name(entry), set()).add(str(entry.get("mode")))
    for entry in entries:
        metric, name = entry["primaryMetric"], _name(entry)
        score = number(metric.get("score"))
        if score is None:
            continue
        value, unit = time_or_other(score, str(metric.get("scoreUnit", "")))
        rounds = [time_or_other(item, str(metric.get("scoreUnit", "")))[0] for item in _raw(metric)]
        is_rate = entry.get("mode") == "thrpt" or unit.startswith("ops/")
        goal = Goal.MAXIMIZE if is_rate else Goal.MINIMIZE
        if len(modes[name]) > 1:
            name = f"{name} [{entry.get('mode')}]"
        yield Measured(name, value, unit, goal, rounds)


def _name(entry: Mapping[str, Any]) -> str:
    given = ", ".join(f"{name}={value}" for name, value in mapping(entry.get("params")).items())
    return f"{entry['benchmark']}({given})" if given else str(entry["benchmark"])


def _raw(metric: Mapping[str, Any]) -> Iterator[float]:
    """Every iteration of every fork."""
    forks = metric.get("rawData")
    for fork in forks if isinstance(forks, list) else ():
        for item in fork if isinstance(fork, list) else ():
            if (value := number(item)) is not None:
                yield value


def _parameters(entries: Sequence[Mapping[str, Any]]) -> dict[str, ParameterValue]:
    """Settings that all benchmarks share."""
    shared = {}
    for name in _SETTINGS:
        values = [entry.get(name) for entry in entries]
        if values[0] is not None and all(value == values[0] for value in values):
            shared[name] = parameter_of(values[0])
    return shared


def _command(entry: Mapping[str, Any]) -> tuple[str, ...]:
    arguments = entry.get("jvmArgs")
    words = [entry.get("jvm"), *(arguments if isinstance(arguments, list) else ())]
    return tuple(word for word in map(text_of, words) if word is not None)
