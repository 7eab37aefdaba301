"""Configurations as they are against themselves as they were: in the earlier site, or in the build before the latest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from runfolio.analysis.builds import find_builds
from runfolio.analysis.claim import Against, Claim
from runfolio.analysis.group import find_groups
from runfolio.model import Group, MetricSpec, Run
from runfolio.pages.claim_choice import NotThereError, UnfitError, configuration, whole_groups
from runfolio.pages.claim_ground import Ground
from runfolio.pages.earlier import MARK, Earlier, NoRunsError
from runfolio.pages.last_builds import last_two
from runfolio.pages.study import Study
from runfolio.pages.words import count


@dataclass(frozen=True, slots=True)
class Pairs:
    """What is to be compared. Both sides have runs, and share none."""

    now_and_then: tuple[tuple[Group, Group], ...]
    runs: Mapping[str, Run]
    """Those of both sides by id."""
    label: str = ""
    """Of the one configuration that the claim names."""
    builds: str = ""
    """`build 17 against build 16`, where both sides are builds of one history."""
    same: int = 0
    """Configurations of which there is nothing new, so that no difference is possible."""
    unknown: int = 0
    """Configurations that were not there before."""


def pairs_of(claim: Claim, study: Study, spec: MetricSpec, ground: Ground) -> Pairs:
    """The claim's configuration, or all of them, each with itself as it was.

    Raises:
        UnfitError: there is nothing before, or it does not hold what is needed.
        NotThereError: the filter picks no run.
    """
    if claim.against is Against.PREVIOUS_BUILD:
        return _over_builds(claim, study, spec)
    return _over_sites(claim, study, ground.earlier)


def _over_builds(claim: Claim, study: Study, spec: MetricSpec) -> Pairs:
    builds = find_builds(study.runs, study.site.history, study.site.groups)
    if builds is None:
        raise UnfitError("runs belong to no builds: say what tells builds apart with `by` under [history]")
    chosen = whole_groups(study, builds.groups, claim.group) if claim.group else builds.groups
    if len(chosen) > 1 and claim.group:
        raise UnfitError(f"`{claim.group}` picks {len(chosen)} configurations, and a claim needs one")
    found: list[tuple[Group, Group]] = []
    names: set[tuple[str, str]] = set()
    for group in chosen:
        last = last_two(study, builds, group, spec)
        if last is not None:
            names.add((last.before, last.latest))
            found.append((last.now, last.then))
    if not found:
        raise UnfitError("it was measured in one build only")
    words = "build {1} against build {0}".format(*names.pop()) if len(names) == 1 else ""
    return Pairs(tuple(found), study.by_id, chosen[0].label, words, unknown=len(chosen) - len(found))


def _over_sites(claim: Claim, study: Study, earlier: Earlier) -> Pairs:
    try:
        before = earlier.runs.get(study.name, ())
    except NoRunsError as error:
        raise UnfitError(str(error)) from None
    if not before:
        raise UnfitError(f"the earlier site has no run of `{study.name}`")
    runs = {**study.by_id, **{run.run_id: run for run in before}}
    matched = _one(claim, study, before) if claim.group else _all(study, before)
    found: list[tuple[Group, Group]] = []
    same = unknown = 0
    for now, then in matched:
        new = [run_id for run_id in now.run_ids if not _is_there(study, run_id, earlier)]
        if not then.run_ids:
            unknown += 1
        elif not new:
            same += 1
        else:
            found.append((replace(now, run_ids=tuple(new)), then))
    if not found and not same:
        raise UnfitError("the earlier site has none of these configurations")
    return Pairs(tuple(found), runs, matched[0][0].label, "", same, unknown)


def _one(claim: Claim, study: Study, before: tuple[Run, ...]) -> list[tuple[Group, Group]]:
    """The configuration that the filter picks in each site: settings that only one of them has do not keep them apart."""
    now = configuration(claim, study, claim.group)
    then = replace(study, runs=before)
    try:
        found = configuration(claim, then, claim.group)
    except NotThereError as error:
        raise UnfitError(f"in the earlier site {error.message}") from None
    label = f"{now.label} in the earlier site"
    return [(now, replace(found, group_id=MARK + found.group_id, label=label))]


def _all(study: Study, before: tuple[Run, ...]) -> list[tuple[Group, Group]]:
    """Configurations of both sites are the same where all settings are that vary in either."""
    pairs = []
    for group in find_groups((*study.runs, *before), study.site.groups).groups:
        now = [run_id for run_id in group.run_ids if run_id in study.by_id]
        then = [run_id for run_id in group.run_ids if run_id not in study.by_id]
        if now:
            label = f"{group.label} in the earlier site"
            other = replace(group, group_id=MARK + group.group_id, label=label, run_ids=tuple(then))
            pairs.append((replace(group, run_ids=tuple(now)), other))
    return pairs


def _is_there(study: Study, run_id: str, earlier: Earlier) -> bool:
    """True for a run that the earlier site has as it is: it says nothing of what changed."""
    run = study.by_id[run_id]
    return earlier.fingerprints.get((study.name, run_id)) == run.core_fingerprint[:16]


def left_out(pairs: Pairs) -> str:
    """What was not compared, in words; empty where all was."""
    parts = [
        f"{count(pairs.same, 'configuration')} with the same runs as there" if pairs.same else "",
        f"{count(pairs.unknown, 'configuration')} not there before" if pairs.unknown else "",
    ]
    return ", ".join(part for part in parts if part)
