"""Lighthouse's JSON report: the scores of a page and what was measured of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from runfolio.model import Environment, Goal, ParameterValue, Run, RunStatus
from runfolio.readers.benchmark_run import (
    Measured,
    benchmark_json,
    benchmark_reading,
    file_identity,
    mapping,
    moment,
    text_of,
    time_or_other,
)
from runfolio.readers.flatten import parameter_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.number import number
from runfolio.readers.reader import Reading, RunFiles

_SETTINGS = ("formFactor", "throttlingMethod", "locale", "channel")
_UNITS = {"millisecond": "ms", "second": "s", "byte": "bytes", "unitless": "", "element": ""}


class LighthouseReader:
    """Reads a report as one run."""

    name = "lighthouse"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None when the file is something else."""
        report = benchmark_json(files, (b'"lighthouseVersion"', b'"audits"'))
        if not isinstance(report, dict) or not isinstance(report.get("audits"), dict):
            return None
        run_id, experiment = file_identity(files)
        failure = mapping(report.get("runtimeError"))
        has_failed = bool(failure) and failure.get("code") != "NO_ERROR"
        duration = number(mapping(report.get("timing")).get("total"))
        run = Run(
            run_id=run_id,
            experiment=experiment,
            name=run_id,
            status=RunStatus.FAILED if has_failed else RunStatus.FINISHED,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=moment(report.get("fetchTime")),
            duration_s=None if duration is None else duration / 1000,
            parameters=_parameters(report),
            environment=Environment(
                platform=text_of(mapping(report.get("environment")).get("hostUserAgent"))
            ),
            error=(text_of(failure.get("message")) or text_of(failure.get("code"))) if has_failed else None,
        )
        return benchmark_reading(run, _measured(report))


def _measured(report: Mapping[str, Any]) -> Iterator[Measured]:
    """Scores (0 to 1), then the audits that measure something: times in seconds, sizes in bytes."""
    for name, category in mapping(report.get("categories")).items():
        score = number(mapping(category).get("score"))
        if score is not None:
            yield Measured(f"score/{name}", score, "", Goal.MAXIMIZE)
    for name, audit in report["audits"].items():
        value = number(mapping(audit).get("numericValue"))
        unit = _UNITS.get(str(mapping(audit).get("numericUnit")))
        if value is not None and unit is not None:
            value, unit = time_or_other(value, unit)
            yield Measured(name, value, unit, Goal.MINIMIZE)


def _parameters(report: Mapping[str, Any]) -> dict[str, ParameterValue]:
    settings = mapping(report.get("configSettings"))
    said: dict[str, object] = {name: settings.get(name) for name in _SETTINGS}
    url = text_of(report.get("requestedUrl") or report.get("finalUrl"))
    if url is not None:
        parts = urlsplit(url)
        # What follows a question mark may be a token; a user may stand before the host.
        said["url"] = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    said["lighthouse"] = report.get("lighthouseVersion")
    return {name: parameter_of(value) for name, value in said.items() if isinstance(value, str)}
