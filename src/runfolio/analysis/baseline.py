"""Which configuration the others are compared with, and why that one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runfolio.analysis.completeness import missing_runs_text
from runfolio.analysis.where import Where
from runfolio.model import Group, MetricSpec, Run

TAG = "baseline"


def choose_baseline(
    groups: Sequence[Group], runs: Mapping[str, Run], where: Where | None, spec: MetricSpec
) -> tuple[Group | None, str]:
    """The baseline and the reason in words: configured by a filter, else tagged `baseline`, else the first
    configuration (the first whose runs all finished, where there is one). None only without groups."""
    if not groups:
        return None, "there is nothing to compare"
    missed = ""
    if where is not None and where.text.strip():
        chosen = matching_groups(groups, runs, where)
        if chosen:
            return chosen[0], _among(f"configured: {where.text}", chosen)
        missed = f"no run matches the configured baseline ({where.text}); "
    tagged = [g for g in groups if any(TAG in map(str.lower, runs[i].tags) for i in g.run_ids)]
    if tagged:
        return tagged[0], missed + _among(f"tagged `{TAG}`", tagged)
    complete = [g for g in groups if not missing_runs_text(g, runs, spec)]
    if complete and complete[0] != groups[0]:
        return complete[0], f"{missed}the first configuration whose runs all finished"
    return groups[0], f"{missed}the first configuration"


def matching_groups(groups: Sequence[Group], runs: Mapping[str, Run], where: Where) -> list[Group]:
    """Groups with a run that the filter takes, those with all their runs first."""
    shares = [(sum(where.matches(runs[i]) for i in g.run_ids) / len(g.run_ids), g) for g in groups]
    return [g for share, g in sorted(shares, key=lambda found: -found[0]) if share]


def _among(reason: str, chosen: Sequence[Group]) -> str:
    return reason if len(chosen) == 1 else f"{reason}; the first of {len(chosen)} such configurations"
