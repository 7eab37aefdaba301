"""Builds: which runs belong to one, in which order, and what each metric was in each of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from runfolio.analysis.estimate import mean_of
from runfolio.analysis.group import GroupOptions, find_groups
from runfolio.analysis.select import Outcome, outcome_of, value_of
from runfolio.model import Group, MetricSpec, Run

#: Without being told, runs are taken for builds where one configuration was measured at so many commits.
FEWEST_COMMITS = 3
#: What `by` says for the commit a run was started from, and for no history at all.
COMMIT, NOTHING = "commit", "none"
_SHORTEST_COMMIT = 7
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HistoryOptions:
    """What the configuration says about builds."""

    by: str | None = None
    """A parameter, the first part of a tag (`build:17`), `commit` or `none`; None: commits, where they look like builds."""
    metrics: tuple[str, ...] = ()
    """Only these metrics; empty: all."""


@dataclass(frozen=True, slots=True)
class Build:
    """The runs of one build."""

    name: str
    """The whole commit, or the value of the parameter or tag."""
    run_ids: tuple[str, ...]

    def label(self, is_commit: bool) -> str:
        """As it is written: of a commit the first ten characters."""
        return self.name[:10] if is_commit else self.name


@dataclass(frozen=True, slots=True)
class Builds:
    """The builds of one experiment, oldest first, and the configurations that were measured in them."""

    builds: tuple[Build, ...]
    groups: tuple[Group, ...]
    """Configurations; what names the build does not tell them apart."""
    is_commit: bool

    @property
    def labels(self) -> tuple[str, ...]:
        """The builds as they are written, in their order."""
        return tuple(build.label(self.is_commit) for build in self.builds)


@dataclass(frozen=True, slots=True)
class BuildValue:
    """A metric of a configuration in one build."""

    value: float
    """Mean over its usable runs, in logged units; NaN where there is none."""
    n: int
    failed: int
    """Runs of the build that gave no usable value."""


def find_builds(runs: Sequence[Run], options: HistoryOptions, groups: GroupOptions) -> Builds | None:
    """The builds of an experiment's runs; None where its runs belong to none.

    Order: by number where the builds' names are numbers, else by the start of the earliest run of each; builds whose runs
    have no start come last, by name. Told nothing, commits are builds where one configuration was measured at three.
    """
    by = options.by or COMMIT
    if by == NOTHING:
        return None
    named: dict[str, list[Run]] = {}
    for run in runs:
        if name := _build_of(run, by):
            named.setdefault(name, []).append(run)
    if len(named) < (2 if options.by else FEWEST_COMMITS):
        return None
    belonging = [run for some in named.values() for run in some]
    aside = (*groups.ignore, *_naming(named, by))
    found = _configurations(belonging, replace(groups, ignore=aside))
    build_of = {run.run_id: name for name, some in named.items() for run in some}
    most = max(len({build_of[run_id] for run_id in group.run_ids}) for group in found)
    if not options.by and most < FEWEST_COMMITS:
        return None
    builds = [Build(name, tuple(run.run_id for run in named[name])) for name in _ordered(named, by)]
    return Builds(tuple(builds), found, by == COMMIT)


def _configurations(runs: Sequence[Run], options: GroupOptions) -> tuple[Group, ...]:
    """Groups of runs; those that say nothing of their settings are taken for one configuration, not for one each."""
    bare = tuple(run.run_id for run in runs if not run.parameters and run.group is None)
    found = find_groups([run for run in runs if run.parameters or run.group is not None], options).groups
    return (*found, Group("no-settings", "no settings", (), bare)) if bare else found


def _build_of(run: Run, by: str) -> str:
    if by == COMMIT:
        return (run.git.commit or "") if run.git else ""
    if by in run.parameters:
        return run.parameters[by].text
    starts = tuple(f"{by}{mark}" for mark in ":=")
    return next((tag[len(by) + 1 :] for tag in run.tags if tag.startswith(starts)), "")


def _naming(named: Mapping[str, Sequence[Run]], by: str) -> list[str]:
    """Parameters that only say which build it is: `by`, and those that hold the commit or its beginning."""
    found = [by]
    names = dict.fromkeys(name for some in named.values() for run in some for name in run.parameters)
    for parameter in names:
        texts = [
            (build, run.parameters[parameter].text)
            for build, some in named.items()
            for run in some
            if parameter in run.parameters
        ]
        if all(len(text) >= _SHORTEST_COMMIT and build.startswith(text) for build, text in texts):
            found.append(parameter)
    return found


def _ordered(named: Mapping[str, Sequence[Run]], by: str) -> list[str]:
    if by != COMMIT:
        try:
            return sorted(named, key=float)
        except ValueError:
            pass
    return sorted(named, key=lambda name: (min((run.started_at or _LATEST) for run in named[name]), name))


def values_over(builds: Builds, group: Group, by_id: Mapping[str, Run], spec: MetricSpec) -> list[BuildValue]:
    """The metric of a configuration in each build, in their order."""
    members = set(group.run_ids)
    found = []
    for build in builds.builds:
        runs = [by_id[run_id] for run_id in build.run_ids if run_id in members]
        logged = [run for run in runs if spec.name in run.metrics]
        usable = [value_of(run, spec) for run in logged if outcome_of(run, spec) is Outcome.OK]
        value = mean_of(usable) if usable else math.nan
        found.append(BuildValue(value, len(usable), len(runs) - len(usable) if logged else 0))
    return found
