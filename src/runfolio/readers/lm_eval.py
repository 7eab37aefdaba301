"""Results of lm-evaluation-harness: results_*.json, one file an evaluation of a model on some tasks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from runfolio.model import Environment, GitState, Goal, MetricHint, ParameterValue, Run, RunStatus
from runfolio.readers.flatten import flatten, parameter_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_file import as_object, broken_json, parse_json, text_or_none
from runfolio.readers.moment import moment_of
from runfolio.readers.number import clean, number
from runfolio.readers.place import settings_of, without_place
from runfolio.readers.reader import Reading, RowBlock, RunFiles

_PREFIX = "results"
_PACKAGES = {"lm_eval_version": "lm_eval", "transformers_version": "transformers"}
_SETTINGS = ("n-shot", "versions")


class LmEvalReader:
    """Reads a file of results as one run: a metric is called `task/metric`."""

    name = "lm-eval"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when the file is another program's; ReadError when the harness's was cut short."""
        body = files.read(files.name)
        if b'"results"' not in body[:100_000]:
            return None
        try:
            content = parse_json(body)
        except (ValueError, RecursionError) as error:
            if b'"alias"' in body or b"_stderr" in body:
                raise broken_json(files, files.name, error) from error
            return None
        if not _is_lm_eval(content):
            return None
        results = as_object(content)
        run_id, experiment = _identity(files.parts)
        found = dict(_metrics(results))
        started_at = moment_of(results.get("date"))
        run = Run(
            run_id=run_id,
            experiment=experiment,
            name=run_id,
            status=RunStatus.FINISHED,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=started_at,
            duration_s=_duration(results.get("total_evaluation_time_seconds")),
            parameters=_parameters(results),
            metric_hints=dict(_hints(results, found)),
            environment=Environment(
                packages={
                    package: version
                    for key, package in _PACKAGES.items()
                    if (version := text_or_none(results.get(key))) and version != "N/A"
                }
            ),
            git=GitState(commit) if (commit := text_or_none(results.get("git_hash"))) else None,
        )
        values = np.array(list(found.values()), dtype=float)[:, np.newaxis]
        rows = (RowBlock(tuple(found), np.zeros(1), np.full(1, math.nan), values),) if found else ()
        return Reading(run, rows)


def _is_lm_eval(content: object) -> bool:
    if not isinstance(content, dict):
        return False
    tasks, config = content.get("results"), content.get("config")
    return (
        isinstance(tasks, dict)
        and isinstance(config, dict)
        and "model" in config
        and isinstance(content.get("versions"), dict)
        and all(isinstance(task, dict) for task in tasks.values())
    )


def _identity(parts: tuple[str, ...]) -> tuple[str, str]:
    """Run id and experiment: files lie in a folder named after the model, and are named after the time."""
    folder = parts[-2] if len(parts) > 1 else ""
    stem = parts[-1].removesuffix(".json")
    moment = stem.removeprefix(_PREFIX).lstrip("_")
    run_id = "-".join(part for part in (folder, moment) if part) or stem
    return run_id, parts[-3] if len(parts) > 2 else folder or stem


def _metrics(results: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Values and standard errors of tasks and groups; `acc,none` is `acc`, other filters stay in the name."""
    for part in ("results", "groups"):
        for name, raw in flatten(as_object(results.get(part)), "/"):
            if (value := number(raw)) is not None:
                yield name.removesuffix(",none"), value


def _hints(results: dict[str, Any], names: Iterable[str]) -> Iterator[tuple[str, MetricHint]]:
    """Which way is better, of the values for which the harness says so; it says it for all filters of a metric at once."""
    better = as_object(results.get("higher_is_better"))
    for name in names:
        task, _, metric = name.partition("/")
        is_higher = as_object(better.get(task)).get(metric.partition(",")[0])
        if isinstance(is_higher, bool):
            yield name, MetricHint(goal=Goal.MAXIMIZE if is_higher else Goal.MINIMIZE)


def _duration(seconds: object) -> float | None:
    try:
        return float(str(seconds)) if seconds is not None else None
    except ValueError:
        return None


def _parameters(results: dict[str, Any]) -> dict[str, ParameterValue]:
    """What the harness was told; arguments of the model, a text in old versions, one by one."""
    config = dict(as_object(results.get("config")))
    arguments = config.get("model_args")
    if isinstance(arguments, str):
        pairs = (item.partition("=") for item in arguments.split(",") if item)
        config["model_args"] = {key: text for key, _, text in pairs}
    found = settings_of({key: value for key, value in config.items() if value is not None})
    for name in _SETTINGS:
        found |= settings_of(as_object(results.get(name)), f"{name}.")
    instruction = text_or_none(results.get("system_instruction"))
    return found | (
        {"system_instruction": parameter_of(without_place(clean(instruction)))} if instruction else {}
    )
