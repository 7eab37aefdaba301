"""hyperfine's `--export-json`: a metric a command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runfolio.model import Run, RunStatus
from runfolio.readers.benchmark_run import (
    Measured,
    benchmark_json,
    benchmark_reading,
    file_identity,
    text_of,
    without_paths,
)
from runfolio.readers.formats import FORMATS
from runfolio.readers.number import number
from runfolio.readers.reader import Reading, RunFiles


class HyperfineReader:
    """Reads a file of results as one run."""

    name = "hyperfine"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None when the file is something else."""
        value = benchmark_json(files, (b'"results"', b'"command"', b'"mean"'))
        results = value.get("results") if isinstance(value, dict) else None
        if not isinstance(results, list) or not results or not all(map(_is_result, results)):
            return None
        run_id, experiment = file_identity(files)
        error = "\n".join(filter(None, map(_failure, results))) or None
        run = Run(
            run_id=run_id,
            experiment=experiment,
            name=run_id,
            status=RunStatus.FAILED if error else RunStatus.FINISHED,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            error=error,
        )
        return benchmark_reading(run, _measured(results))


def _is_result(value: object) -> bool:
    return isinstance(value, dict) and text_of(value.get("command")) is not None and "mean" in value


def _measured(results: list[Mapping[str, Any]]) -> Iterator[Measured]:
    """Mean times; the commands of a parameter scan have their parameters in them already, unless they were given a name."""
    for result in results:
        mean = number(result["mean"])
        if mean is None:
            continue
        times = result.get("times")
        rounds = [time for time in map(number, times) if time is not None] if isinstance(times, list) else []
        yield Measured(_name(result), mean, rounds=rounds)


def _name(result: Mapping[str, Any]) -> str:
    name = without_paths(result["command"])
    parameters = result.get("parameters")
    missing = [
        f"{key}={value}"
        for key, value in (parameters.items() if isinstance(parameters, dict) else ())
        if str(value) not in name
    ]
    return f"{name} ({', '.join(missing)})" if missing else name


def _failure(result: Mapping[str, Any]) -> str | None:
    codes = result.get("exit_codes")
    bad = [code for code in codes if code != 0] if isinstance(codes, list) else []
    return f"{_name(result)}: ended with {bad[0]} in {len(bad)} of {len(codes)} rounds" if bad else None  # type: ignore[arg-type]
