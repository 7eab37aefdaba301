"""The last two builds of a configuration: the mean of the one against the mean of the other, where builds have several runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runfolio.analysis.builds import Builds
from runfolio.analysis.compare import compare_pairs
from runfolio.analysis.estimate import FEWEST_FOR_INTERVAL
from runfolio.model import Group, MetricSpec
from runfolio.pages.study import Study
from runfolio.pages.words import verdict_words


@dataclass(frozen=True, slots=True)
class LastTwo:
    """The two latest builds in which a configuration logged a metric, and its runs in each."""

    before: str
    latest: str
    then: Group
    now: Group


def last_two(study: Study, builds: Builds, group: Group, spec: MetricSpec) -> LastTwo | None:
    """The two builds; None where the metric was measured in one only."""
    members = {run_id for run_id in group.run_ids if spec.name in study.by_id[run_id].metrics}
    measured = [
        (label, tuple(run_id for run_id in build.run_ids if run_id in members))
        for label, build in zip(builds.labels, builds.builds, strict=True)
        if not members.isdisjoint(build.run_ids)
    ]
    if len(measured) < 2:
        return None
    (before, then), (latest, now) = measured[-2:]
    return LastTwo(before, latest, _part(group, before, then), _part(group, latest, now))


def last_two_sentence(study: Study, builds: Builds, group: Group, spec: MetricSpec) -> str:
    """`Build 24 against build 23: no clear difference: …`; empty where either has too few runs for a verdict."""
    last = last_two(study, builds, group, spec)
    if last is None or min(len(last.now.run_ids), len(last.then.run_ids)) < FEWEST_FOR_INTERVAL:
        return ""
    ((_, _, delta),) = compare_pairs([(last.now, last.then)], study.by_id, spec, study.site.compare)
    return f"Build {last.latest} against build {last.before}: {verdict_words(delta)}."


def _part(group: Group, build: str, run_ids: Sequence[str]) -> Group:
    label = f"{group.label} in build {build}"
    return replace(group, group_id=f"{group.group_id} {build}", label=label, run_ids=tuple(run_ids))
