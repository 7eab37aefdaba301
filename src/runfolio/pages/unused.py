"""What the configuration names and no run has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runfolio.errors import nearest
from runfolio.model import Problem, Run, Severity
from runfolio.pages.options import SiteOptions


def unused_names(runs: Sequence[Run], site: SiteOptions) -> list[Problem]:
    """Rates and pairwise outcomes of the configuration that no experiment could show."""
    if not runs or not (site.proportions or site.pairwise):
        return []
    logged = dict.fromkeys(name for run in runs for name in run.metrics)
    given = dict.fromkeys(name for run in runs for name in run.parameters)
    return [*_unused_proportions(site, logged), *_unused_pairwise(site, logged, given)]


def _unused_proportions(site: SiteOptions, logged: Mapping[str, None]) -> list[Problem]:
    return [
        Problem(
            "unknown-proportion",
            Severity.WARNING,
            f"[proportions.{options.name}] names `{metric}`, which no run logged{nearest(metric, logged)}",
            hint="name two metrics that the runs log as counts",
        )
        for options in site.proportions.values()
        for metric in (options.successes, options.trials)
        if metric not in logged
    ]


def _unused_pairwise(
    site: SiteOptions, logged: Mapping[str, None], given: Mapping[str, None]
) -> list[Problem]:
    return [
        Problem(
            "unknown-pairwise",
            Severity.WARNING,
            f"[pairwise.{options.name}] names the {kind} `{name}`, which no run has{nearest(name, known)}",
            hint="name two parameters, the competitors, and the metric that holds the outcome",
        )
        for options in site.pairwise.values()
        for kind, name, known in (
            ("parameter", options.first, given),
            ("parameter", options.second, given),
            ("metric", options.outcome, logged),
        )
        if name not in known
    ]
