"""Google Benchmark's `--benchmark_format=json`: a metric a benchmark; repetitions and aggregates understood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runfolio.model import Environment, Hardware, ParameterValue, Run, RunStatus
from runfolio.readers.benchmark_run import (
    Measured,
    benchmark_json,
    benchmark_reading,
    count_of,
    file_identity,
    mapping,
    moment,
    seconds,
    text_of,
)
from runfolio.readers.flatten import parameter_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.number import number
from runfolio.readers.reader import Reading, RunFiles

#: What the context says of the machine and the moment rather than of the build.
_SURROUNDINGS = frozenset(("date", "host_name", "executable", "caches", "load_avg", "num_cpus"))
_AGGREGATES = ("_mean", "_median", "_stddev", "_cv", "_BigO", "_RMS")


class GoogleBenchmarkReader:
    """Reads a file of results as one run."""

    name = "google-benchmark"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None when the file is something else."""
        value = benchmark_json(files, (b'"benchmarks"', b'"context"', b'"real_time"'))
        entries = value.get("benchmarks") if isinstance(value, dict) else None
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            return None
        measured = list(_measured(entries))
        errors = [_error(entry) for entry in entries if entry.get("error_occurred") is True]
        if not measured and not errors:
            return None
        context = mapping(value.get("context"))
        run_id, experiment = file_identity(files)
        run = Run(
            run_id=run_id,
            experiment=experiment,
            name=run_id,
            status=RunStatus.FAILED if errors else RunStatus.FINISHED,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=moment(context.get("date")),
            parameters=_parameters(context),
            environment=_environment(context),
            error="\n".join(errors) or None,
        )
        return benchmark_reading(run, measured)


def _measured(entries: Sequence[Mapping[str, Any]]) -> Iterator[Measured]:
    """One a benchmark: the mean of its repetitions, else the mean that the file reports."""
    names = {name for entry in entries if isinstance(name := entry.get("name"), str)}
    repetitions: dict[str, list[float]] = {}
    means: dict[str, float] = {}
    for entry in entries:
        name, time = text_of(entry.get("run_name") or entry.get("name")), number(entry.get("real_time"))
        time = None if time is None else seconds(time, str(entry.get("time_unit", "ns")))
        if name is None or time is None or entry.get("error_occurred") is True:
            continue
        aggregate = _aggregate(entry, name, names)
        if aggregate is None:
            repetitions.setdefault(name, []).append(time)
        elif aggregate[1] == "mean":
            means[aggregate[0]] = time
    for name in dict.fromkeys((*repetitions, *means)):
        rounds = repetitions.get(name, [])
        yield Measured(name, sum(rounds) / len(rounds) if rounds else means[name], rounds=rounds)


def _aggregate(entry: Mapping[str, Any], name: str, names: set[str]) -> tuple[str, str] | None:
    """Which benchmark an entry sums up, and how; None for a measurement. Old files tell only by the name."""
    if "run_type" in entry:
        return (name, str(entry.get("aggregate_name"))) if entry["run_type"] == "aggregate" else None
    for suffix in _AGGREGATES:
        base = name.removesuffix(suffix)
        if base != name and (base in names or f"{base}_mean" in names):
            return base, suffix[1:]
    return None


def _error(entry: Mapping[str, Any]) -> str:
    return f"{entry.get('name')}: {text_of(entry.get('error_message')) or 'an error'}"


def _parameters(context: Mapping[str, Any]) -> dict[str, ParameterValue]:
    return {
        name: parameter_of(value)
        for name, value in context.items()
        if name not in _SURROUNDINGS and isinstance(value, (str, int, float, bool))
    }


def _environment(context: Mapping[str, Any]) -> Environment:
    cores = context.get("num_cpus")
    executable = text_of(context.get("executable"))
    return Environment(
        command=(executable,) if executable else (),
        host=text_of(context.get("host_name")),
        hardware=Hardware(cores=count_of(cores)),
    )
