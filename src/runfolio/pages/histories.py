"""Every metric of every configuration over builds, looked at together, and what may be said about each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from runfolio.analysis.builds import Builds, BuildValue, values_over
from runfolio.analysis.rounding import number_text, signed_text
from runfolio.analysis.steps import History, Step, Steps, find_steps_of_all
from runfolio.model import Group, MetricSpec
from runfolio.pages.scripts import number
from runfolio.pages.study import Study
from runfolio.pages.words import count, size_text, value_decimals, value_text, with_unit

#: With fewer builds there is nothing to draw.
_FEWEST = 2
_ROUNDS = "/rounds"
_UNITS = (("µs", 1e6), ("ms", 1e3))


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step for scripts; numbers are in logged units, `low` and `high` as in `Step`."""

    metric: str
    configuration: str
    after: str
    """Name of the last measured build of the old level: the cause lies after it, and at `build` at the latest."""
    build: str
    """Name of the first measured build of the new level: of a commit all of it."""
    old: float
    new: float
    low: float | None
    high: float | None
    builds_before: int
    builds_after: int

    def as_json(self) -> dict[str, object]:
        """With these keys; numbers that are not finite are texts."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: number(value) if isinstance(value, float) else value for name, value in found.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """One history with its numbers."""

    study: Study
    builds: Builds
    spec: MetricSpec
    """As this history shows it."""
    group: Group
    configuration: str
    """Empty where the experiment has only one."""
    items: tuple[BuildValue, ...]
    """One a build."""
    found: Steps

    @property
    def values(self) -> tuple[float, ...]:
        """One a build; NaN without a value."""
        return tuple(item.value for item in self.items)

    @property
    def runs(self) -> int:
        """Usable runs of all builds."""
        return sum(item.n for item in self.items)

    @property
    def failed(self) -> int:
        """Runs that gave no usable value."""
        return sum(item.failed for item in self.items)

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
    steps = find_steps_of_all(
        [History(tuple(item.value for item in items), spec.threshold) for _, spec, _, items in some]
    )
    told = []
    for (study, spec, group, items), found in zip(some, steps, strict=True):
        own = builds[study.name]
        label = group.label if len(own.groups) > 1 else ""
        told.append(Told(study, own, _legible(spec, items), group, label, items, found))
    return tuple(sorted(told, key=lambda item: item.rank))


def _legible(spec: MetricSpec, items: Sequence[BuildValue]) -> MetricSpec:
    """The metric; durations below a minute in one unit for the whole history, because two digits of each would hide steps."""
    largest = max(abs(item.value) for item in items if math.isfinite(item.value))
    if not spec.is_time or largest >= 60:
        return spec
    unit, factor = next((pair for pair in _UNITS if largest * pair[1] < 1000), ("s", 1.0))
    return replace(spec, unit=unit, scale=spec.scale * factor, is_time=False)


def _of(study: Study, builds: Builds) -> list[tuple[Study, MetricSpec, Group, tuple[BuildValue, ...]]]:
    found = []
    wanted = study.site.history.metrics
    for spec in study.specs.values():
        if (wanted and spec.name not in wanted) or spec.name.endswith(_ROUNDS):
            continue
        for group in builds.groups:
            items = tuple(values_over(builds, group, study.by_id, spec))
            if sum(math.isfinite(item.value) for item in items) >= _FEWEST:
                found.append((study, spec, group, items))
    return found


def step_record(item: Told, step: Step) -> StepRecord:
    """The step with the names of its builds."""
    names = [build.name for build in item.builds.builds]
    return StepRecord(
        metric=item.spec.name,
        configuration=item.configuration,
        after=names[step.last_before],
        build=names[step.at],
        old=step.old,
        new=step.new,
        low=step.low,
        high=step.high,
        builds_before=step.builds_before,
        builds_after=step.builds_after,
    )


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
