"""github-action-benchmark's `data.js`: a run a commit and suite, a metric a benchmark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runfolio.errors import ReadError
from runfolio.model import GitState, Goal, ParameterValue, Problem, Run, RunStatus, parameter
from runfolio.readers.benchmark_run import (
    Measured,
    benchmark_reading,
    decoded,
    mapping,
    moment,
    text_of,
    time_or_other,
    without_paths,
)
from runfolio.readers.formats import FORMATS
from runfolio.readers.number import number
from runfolio.readers.reader import Reading, RunFiles

_MARK = b"window.BENCHMARK_DATA"


class GithubActionBenchmarkReader:
    """Reads all runs of a `data.js`."""

    name = "github-action-benchmark"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Iterable[Reading | Problem] | None:
        """The runs; None when the file is another script."""
        path = files.path.rpartition("/")[2]
        body = files.read(path).strip()
        if not body.startswith(_MARK):
            return None
        value = decoded(files, path, body[len(_MARK) :].lstrip(b" =\n").rstrip(b";\n "))
        if not isinstance(value, dict) or not isinstance(value.get("entries"), dict):
            raise ReadError(
                "the benchmark data have no entries",
                slug="broken-benchmark-data",
                path=files.place(path),
                hint="the file is written by github-action-benchmark; take it from the branch again",
            )
        return self._readings(files, value["entries"])

    def _readings(self, files: RunFiles, suites: Mapping[str, Any]) -> Iterator[Reading]:
        taken: set[str] = set()
        for suite, entries in suites.items():
            for index, entry in enumerate(entries if isinstance(entries, list) else ()):
                benches = mapping(entry).get("benches")
                if not isinstance(benches, list):
                    continue
                commit = mapping(entry.get("commit"))
                sha = text_of(commit.get("id"))
                run_id = _free_id(
                    f"{sha[:10] if sha else index}" if len(suites) == 1 else f"{suite}-{sha and sha[:10]}",
                    taken,
                )
                part = f"{suite}/{index}"
                tool = text_of(entry.get("tool")) or ""
                run = Run(
                    run_id=run_id,
                    experiment=str(suite),
                    name=run_id,
                    status=RunStatus.FINISHED,
                    source=files.source(self.name, part),
                    fingerprint=files.fingerprint(self.name, part),
                    started_at=moment(entry.get("date")) or moment(commit.get("timestamp")),
                    parameters=_parameters(sha, tool),
                    notes=without_paths((text_of(commit.get("message")) or "").partition("\n")[0]),
                    git=GitState(sha) if sha else None,
                )
                yield benchmark_reading(run, _measured(benches, tool))


def _free_id(wanted: str, taken: set[str]) -> str:
    run_id, count = wanted, 1
    while run_id in taken:
        count += 1
        run_id = f"{wanted}-{count}"
    taken.add(run_id)
    return run_id


def _measured(benches: Iterable[object], tool: str) -> Iterator[Measured]:
    for bench in map(mapping, benches):
        name, value = text_of(bench.get("name")), number(bench.get("value"))
        if name is None or value is None:
            continue
        value, unit = time_or_other(value, str(bench.get("unit") or ""))
        yield Measured(name, value, unit, _goal(tool, unit))


def _goal(tool: str, unit: str) -> Goal:
    """As the action takes it: rates are better high, all else low, custom tools say it in their names."""
    if tool in ("customBiggerIsBetter", "customSmallerIsBetter"):
        return Goal.MAXIMIZE if tool == "customBiggerIsBetter" else Goal.MINIMIZE
    is_rate = unit.startswith("ops/") or unit.endswith(("/s", "/sec", "/second"))
    return Goal.MAXIMIZE if is_rate or tool in ("benchmarkjs", "pytest") else Goal.MINIMIZE


def _parameters(sha: str | None, tool: str) -> dict[str, ParameterValue]:
    said = {"commit": sha and sha[:10], "tool": tool}
    return {name: parameter(value) for name, value in said.items() if value}
