"""The runs of an earlier site, from its `data/runs.json`: what claims compare this build's configurations with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import msgspec

from runfolio.model import MetricSummary, Run, RunStatus, Source, parameter
from runfolio.pages.build_record import BuildRecord
from runfolio.pages.changes import Previous

RUNS_DATA = "data/runs.json"
#: Put before the ids of the earlier site's runs, so that they stand beside those of this build.
MARK = "earlier site: "
_PART = re.compile(r"runs-\d+\.json")

_Number = float | str
"""Non-finite numbers are texts."""


@dataclass(frozen=True, slots=True)
class _Summary:
    count: int
    first: _Number
    last: _Number
    minimum: _Number
    maximum: _Number
    step_of_minimum: _Number | None
    step_of_maximum: _Number | None
    nonfinite_count: int
    mean_of_tail: _Number
    median_absolute_deviation: _Number


@dataclass(frozen=True, slots=True)
class _Run:
    run_id: str
    experiment: str
    name: str
    status: RunStatus
    started_at: datetime | None
    duration_s: float | None
    parameters: dict[str, str | int | float | bool | None]
    tags: tuple[str, ...]
    group: str | None
    metrics: dict[str, _Summary]


@dataclass(frozen=True, slots=True)
class _Parts:
    parts: tuple[str, ...]


_runs = msgspec.json.Decoder(tuple[_Run, ...])
_parts = msgspec.json.Decoder(_Parts)


class NoRunsError(Exception):
    """There are no runs of an earlier site; the message says why."""


@dataclass(frozen=True, eq=False)
class Earlier:
    """What may be asked of the earlier site."""

    read: Callable[[str], bytes | None] | None = None
    """A file of the site by its path; None where the site has none. None for no site."""
    record: BuildRecord | None = None
    why: str = "no earlier site is known: name one with --against"
    """Why there is nothing to read."""

    @cached_property
    def runs(self) -> Mapping[str, tuple[Run, ...]]:
        """Its runs by experiment, their ids marked.

        Raises:
            NoRunsError: there is no site, or it does not have what is needed.
        """
        if self.read is None:
            raise NoRunsError(self.why)
        found: dict[str, list[Run]] = {}
        for run in self._runs(self.read):
            found.setdefault(run.experiment, []).append(run)
        return {name: tuple(runs) for name, runs in found.items()}

    @cached_property
    def fingerprints(self) -> Mapping[tuple[str, str], str]:
        """Digest of each run's settings and results there, by experiment and id."""
        runs = self.record.runs if self.record else ()
        return {(run.experiment, run.run_id): run.fingerprint for run in runs}

    @staticmethod
    def _runs(read: Callable[[str], bytes | None]) -> Sequence[Run]:
        data = read(RUNS_DATA)
        if data is None:
            raise NoRunsError(f"the earlier site has no {RUNS_DATA}, which holds the values of its runs")
        try:
            if not data.lstrip().startswith(b"{"):
                return [_run(item) for item in _runs.decode(data)]
            names = _parts.decode(data).parts
            # Only what a site may hold there: the file comes from elsewhere and must not lead out of its folder.
            files = [read(f"data/{name}") for name in names if _PART.fullmatch(name)]
            return [_run(item) for part in files for item in _runs.decode(part or b"")]
        except (ValueError, msgspec.MsgspecError) as error:
            raise NoRunsError(
                f"{RUNS_DATA} of the earlier site does not hold what is needed: build that site with this version"
            ) from error


def earlier_of(previous: Previous | None) -> Earlier:
    """What claims may ask of the build that this one is compared with."""
    if previous is None:
        return Earlier()
    if previous.is_own:
        return Earlier(
            why="a site that is compared with itself keeps no runs of the build before: name a copy of it"
        )
    return Earlier(previous.read, previous.record)


def _run(item: _Run) -> Run:
    return Run(
        run_id=MARK + item.run_id,
        experiment=item.experiment,
        name=item.name,
        status=item.status,
        source=Source("earlier site", 0, ""),
        fingerprint="",
        started_at=item.started_at,
        duration_s=item.duration_s,
        parameters={name: parameter(value) for name, value in item.parameters.items()},
        tags=item.tags,
        group=item.group,
        metrics={name: _summary(summary) for name, summary in item.metrics.items()},
    )


def _summary(item: _Summary) -> MetricSummary:
    return MetricSummary(
        count=item.count,
        first=float(item.first),
        last=float(item.last),
        minimum=float(item.minimum),
        maximum=float(item.maximum),
        step_of_minimum=None if item.step_of_minimum is None else float(item.step_of_minimum),
        step_of_maximum=None if item.step_of_maximum is None else float(item.step_of_maximum),
        mean_of_tail=float(item.mean_of_tail),
        nonfinite_count=item.nonfinite_count,
        median_absolute_deviation=float(item.median_absolute_deviation),
    )
