"""Every metric of every configuration over builds, looked at together, and what may be said about each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.analysis.builds import Builds, values_over
from runfolio.analysis.rounding import number_text, signed_text
from runfolio.analysis.steps import History, Step, Steps, find_steps_of_all
from runfolio.model import MetricSpec
from runfolio.pages.study import Study
from runfolio.pages.words import count, size_text, value_decimals, value_text, with_unit

#: With fewer builds there is nothing to draw.
_FEWEST = 2
_ROUNDS = "/rounds"


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """One history with its numbers."""

    study: Study
    builds: Builds
    spec: MetricSpec
    configuration: str
    """Empty where the experiment has only one."""
    values: tuple[float, ...]
    runs: int
    failed: int
    found: Steps

    @property
    def title(self) -> str:
        """`val/acc, tinyformer`."""
        return f"{self.spec.label}, {self.configuration}" if self.configuration else self.spec.label

    @property
    def decimals(self) -> int:
        """Digits after the point of its values."""
        return value_decimals(self.spec, self.values)

    @property
    def last(self) -> Step | None:
        """The latest step."""
        return self.found.steps[-1] if self.found.steps else None

    @property
    def is_unwanted(self) -> bool:
        """True where the latest step goes against the metric's goal."""
        return self.last is not None and self.last.difference * self.spec.goal.sign < 0

    @property
    def rank(self) -> tuple[float, ...]:
        """What a reader looks at first comes first: unwanted steps by size, other steps, odd latest builds, the rest."""
        step = self.last
        size = 0.0 if step is None else -abs(step.difference / step.old) if step.old else -math.inf
        kind = 4 if step is None else 2 if self.found.is_possible_only else 0 if self.is_unwanted else 1
        if step is None and self.found.latest is not None and self.found.latest.is_outside:
            kind = 3
        return (kind, size)


def builds_of(studies: Sequence[Study]) -> dict[str, Builds]:
    """The builds of each experiment that has any, by its name."""
    return {study.name: study.builds for study in studies if study.builds is not None}


def histories(studies: Sequence[Study], builds: dict[str, Builds]) -> tuple[Told, ...]:
    """All histories with two builds or more; what to look at first comes first."""
    some = [item for study in studies if study.name in builds for item in _of(study, builds[study.name])]
    steps = find_steps_of_all([History(values, spec.threshold) for _, spec, _, values, _, _ in some])
    told = [
        Told(study, builds[study.name], spec, label, values, runs, failed, found)
        for (study, spec, label, values, runs, failed), found in zip(some, steps, strict=True)
    ]
    return tuple(sorted(told, key=lambda item: item.rank))


def _of(study: Study, builds: Builds) -> list[tuple[Study, MetricSpec, str, tuple[float, ...], int, int]]:
    found = []
    wanted = study.site.history.metrics
    for spec in study.specs.values():
        if (wanted and spec.name not in wanted) or spec.name.endswith(_ROUNDS):
            continue
        for group in builds.groups:
            items = values_over(builds, group, study.by_id, spec)
            values = tuple(item.value for item in items)
            if sum(map(math.isfinite, values)) >= _FEWEST:
                label = group.label if len(builds.groups) > 1 else ""
                runs, failed = sum(item.n for item in items), sum(item.failed for item in items)
                found.append((study, spec, label, values, runs, failed))
    return found


def moved(item: Told, step: Step) -> str:
    """`rose` or `fell`, as the value is shown."""
    return "rose" if step.difference * (1 if item.spec.scale >= 0 else -1) > 0 else "fell"


def step_sentence(item: Told, step: Step, *, is_short: bool = False) -> str:
    """`Fell by 1.8 points at build 3f2a (91.2% → 89.4%), between a1b2 and 3f2a; 7 builds before, 4 after`, and the interval.

    In short without builds and interval.
    """
    spec, digits, labels = item.spec, item.decimals, item.builds.labels

    def shown(value: float) -> str:
        return with_unit(spec, value_text(spec, value, digits))

    size = size_text(spec, step.difference, digits)
    words = (
        f"{moved(item, step).capitalize()} by {size} at build {labels[step.at]} ({shown(step.old)} → {shown(step.new)}), "
        f"between {labels[step.last_before]} and {labels[step.at]}"
    )
    if is_short:
        return f"{words}."
    words += f"; {count(step.builds_before, 'build')} before, {step.builds_after} after"
    if step.low is not None and step.high is not None and not spec.is_time:
        low, high = sorted((step.low * spec.scale, step.high * spec.scale))
        ends = f"{signed_text(low, digits)} to {signed_text(high, digits)}"
        words += f" (95% interval of the difference, after selecting the step: {ends})"
    return f"{words}."


def latest_sentence(item: Told) -> str:
    """What may be said of the latest build; empty where nothing is."""
    latest = item.found.latest
    if latest is None:
        return ""
    if not latest.is_outside:
        return "The latest build is in the range expected."
    if latest.low == latest.high:
        return f"The latest build differs from the last {latest.builds}, which are all the same; one build, unconfirmed."
    return f"The latest build is outside the range expected from the last {latest.builds}; one build, unconfirmed."


def range_text(item: Told) -> str:
    """`91.0 to 93.5`: where the latest build is expected; empty where no range may be given."""
    latest = item.found.latest
    if latest is None or latest.low == latest.high or not math.isfinite(latest.high - latest.low):
        return ""
    if item.spec.is_time:
        return f"{value_text(item.spec, latest.low)} to {value_text(item.spec, latest.high)}"
    low, high = sorted((latest.low * item.spec.scale, latest.high * item.spec.scale))
    return f"{number_text(low, item.decimals)} to {number_text(high, item.decimals)}"
