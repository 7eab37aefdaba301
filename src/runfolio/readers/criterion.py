"""Criterion.rs' folders: a run a benchmark and baseline, with every sample behind the mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from runfolio.model import ParameterValue, Problem, Run, RunStatus, parameter
from runfolio.readers.benchmark_run import (
    Measured,
    benchmark_reading,
    decoded,
    mapping,
    text_of,
    time_or_other,
)
from runfolio.readers.flatten import parameter_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.number import number
from runfolio.readers.reader import Reading, RunFiles

_ESTIMATES, _BENCHMARK, _SAMPLE = "estimates.json", "benchmark.json", "sample.json"


class CriterionReader:
    """Reads `target/criterion/<group>/<function>/<value>/<baseline>/estimates.json` and what lies beside it."""

    name = "criterion"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | Iterable[Reading | Problem] | None:
        """The run; none for differences and for the files beside the estimates, None when the file is another program's."""
        value = decoded(files, _ESTIMATES, files.read(_ESTIMATES))
        mean = mapping(mapping(value).get("mean"))
        point = number(mean.get("point_estimate"))
        if point is None or not isinstance(mean.get("confidence_interval"), dict):
            return None
        *outer, baseline, name = files.parts
        if baseline == "change" or name != _ESTIMATES:
            return ()
        said = (
            mapping(decoded(files, _BENCHMARK, files.read(_BENCHMARK))) if _BENCHMARK in files.entries else {}
        )
        full, group = _names(said, outer)
        rounds = _rounds(files) if _SAMPLE in files.entries else []
        run = Run(
            run_id=f"{full}-{baseline}".replace("/", "-"),
            experiment=group,
            name=f"{full} ({baseline})",
            status=RunStatus.FINISHED,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            parameters=_parameters(said, full, group, baseline),
        )
        return benchmark_reading(run, [Measured("time", time_or_other(point, "ns")[0], rounds=rounds)])


def _names(said: Mapping[str, Any], outer: Sequence[str]) -> tuple[str, str]:
    """The benchmark's full name and its group; without benchmark.json from the folders below `criterion`."""
    inner = outer[outer.index("criterion") + 1 :] if "criterion" in outer else outer[1:] or outer
    full = text_of(said.get("full_id")) or "/".join(inner) or "benchmark"
    return full, text_of(said.get("group_id")) or full.partition("/")[0]


def _parameters(said: Mapping[str, Any], full: str, group: str, baseline: str) -> dict[str, ParameterValue]:
    rest = full.removeprefix(f"{group}/")
    function = text_of(said.get("function_id")) or (rest if not said and rest != full else None)
    given = {"function": function, "value": _value(text_of(said.get("value_str")))}
    return {
        **{name: parameter_of(value) for name, value in given.items() if value is not None},
        "baseline": parameter(baseline),
    }


def _value(text: str | None) -> str | float | int | None:
    """A number where the text is one, so that values sort and can be drawn."""
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        return text


def _rounds(files: RunFiles) -> list[float]:
    """Seconds an iteration of each sample."""
    sample = mapping(decoded(files, _SAMPLE, files.read(_SAMPLE)))
    iterations, times = sample.get("iters"), sample.get("times")
    if not isinstance(iterations, list) or not isinstance(times, list):
        return []
    pairs = ((number(count), number(time)) for count, time in zip(iterations, times, strict=False))
    return [time_or_other(time / count, "ns")[0] for count, time in pairs if count and time is not None]
