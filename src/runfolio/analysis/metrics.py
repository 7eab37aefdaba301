"""How each metric is to be read and shown, and which one the page is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runfolio.analysis.direction import goal_of, is_evaluation, is_resource, tokens
from runfolio.model import Goal, MetricHint, MetricSpec, Reduction, Run

_UNITS = {
    "ms": "ms",
    "percent": "%",
    "pct": "%",
    "bytes": "bytes",
    "kb": "kB",
    "mb": "MB",
    "gb": "GB",
    "kib": "KiB",
    "mib": "MiB",
    "gib": "GiB",
}
_NOTHING_SAID = MetricHint()
_SECONDS = frozenset(("s", "sec", "secs", "second", "seconds"))


@dataclass(frozen=True, slots=True)
class MetricOptions:
    """What the configuration says about one metric; None where it says nothing."""

    label: str | None = None
    """Shown in place of the name."""
    unit: str | None = None
    """Shown once, in headers."""
    goal: Goal | None = None
    """minimize, maximize or none; settles what the name leaves open."""
    scale: float | None = None
    """Shown value = logged value x scale, such as 100 for a share shown in %."""
    threshold: float | None = None
    """Smallest difference that matters, in logged units."""
    reduction: Reduction | None = None
    """Which number of the series stands for the run: last, tail, minimum or maximum."""
    is_time: bool | None = None
    """Shown as a duration; logged in seconds."""


def metric_specs(runs: Sequence[Run], configured: Mapping[str, MetricOptions]) -> dict[str, MetricSpec]:
    """Every metric that any run logged, in the order of first appearance."""
    names = dict.fromkeys(name for run in runs for name in run.metrics)
    hints = _hints(runs)
    return {
        name: metric_spec(name, configured.get(name, MetricOptions()), hints.get(name, _NOTHING_SAID))
        for name in names
    }


def _hints(runs: Sequence[Run]) -> dict[str, MetricHint]:
    """What the runs say of their metrics; where they contradict each other, nothing."""
    units: dict[str, set[str]] = {}
    goals: dict[str, set[Goal]] = {}
    for run in runs:
        for name, hint in run.metric_hints.items():
            units.setdefault(name, set()).update([hint.unit] if hint.unit is not None else ())
            goals.setdefault(name, set()).update([hint.goal] if hint.goal is not None else ())
    return {
        name: MetricHint(
            next(iter(units[name])) if len(units[name]) == 1 else None,
            next(iter(goals[name])) if len(goals[name]) == 1 else None,
        )
        for name in units
    }


def metric_spec(name: str, options: MetricOptions, hint: MetricHint = _NOTHING_SAID) -> MetricSpec:
    """The spec of one metric: what is configured, else what the runs say, else what its name tells, else nothing claimed."""
    unit, is_time = _unit_of(name) if hint.unit is None else (hint.unit, hint.unit == "s")
    goal = goal_of(name) if hint.goal is None else hint.goal
    if options.unit is not None:
        unit, is_time = options.unit, False
    return MetricSpec(
        name=name,
        label=name if options.label is None else options.label,
        unit=unit,
        goal=goal if options.goal is None else options.goal,
        scale=1.0 if options.scale is None else options.scale,
        threshold=options.threshold,
        reduction=Reduction.LAST if options.reduction is None else options.reduction,
        is_time=is_time if options.is_time is None else options.is_time,
    )


def primary_metric(
    runs: Sequence[Run],
    specs: Mapping[str, MetricSpec],
    configured: str | None,
    options: Mapping[str, MetricOptions] | None = None,
) -> str | None:
    """The metric a page is about, or None when nothing is logged.

    The configured one; else the first that `options` (the configuration of metrics) names; else, among those that
    more than half of the runs logged: one whose goal is known, no time or memory, measured on held-out data
    (val, test, eval …), higher-is-better before lower, then the first to appear.
    """
    for name in [configured, *(options or {})]:
        if name is not None and name in specs:
            return name
    counts = Counter(name for run in runs for name in run.metrics if name in specs)
    usual = [name for name in specs if 2 * counts[name] > len(runs)] or list(specs)
    order = {name: i for i, name in enumerate(specs)}
    return min(usual, key=lambda name: (*_doubts(specs[name]), order[name]), default=None)


def _doubts(spec: MetricSpec) -> tuple[bool, bool, bool, bool]:
    return (
        spec.goal is Goal.NONE,
        is_resource(spec.name),
        not is_evaluation(spec.name),
        spec.goal is not Goal.MAXIMIZE,
    )


def _unit_of(name: str) -> tuple[str, bool]:
    """Unit and whether it is a time in seconds, from the last word of the name; a rate (`x_per_sec`) has none."""
    words = tokens(name)
    if not words or "per" in words:
        return "", False
    if (words[-1] in _SECONDS and len(words) > 1) or words[-1] in ("sec", "secs", "seconds"):
        return "s", True
    # Camel case would cut `GiB` in two.
    last = re.split(r"[/_.\-\s]", name.lower())[-1]
    return _UNITS.get(last, _UNITS.get(words[-1], "")), False
