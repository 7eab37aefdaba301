"""The table of all runs: what varies, the headline metric, the distance to the baseline, the curve, the time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from runfolio.analysis.rounding import duration_text, parameter_text, uses_scientific
from runfolio.analysis.select import Outcome, value_of
from runfolio.analysis.where import parse_where, vocabulary
from runfolio.charts.chart import Sparkline
from runfolio.errors import WhereError
from runfolio.model import MetricSpec, ParameterValue, Run, RunStatus
from runfolio.pages.configurations import quoted
from runfolio.pages.ending import STATUS_WORDS, status_word
from runfolio.pages.routes import slug
from runfolio.pages.study import Study
from runfolio.pages.words import (
    DASH,
    difference_text,
    difference_unit,
    heading,
    value_text,
)

FIRST_ROWS = 200
OTHER_METRICS = 4
PARAMETER_COLUMNS = 8
LONGEST_EXAMPLE = 24


@dataclass(frozen=True, slots=True)
class RunColumn:
    """A column: `name` is what filters and the address call it."""

    name: str
    label: str
    is_number: bool = False
    is_curve: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class RunCell:
    """One cell: what it says, what it sorts by, how it stands out."""

    text: str
    raw: str = ""
    """For sorting; empty where missing."""
    heat: int = 0
    """1 (weak) to 4 (strong) on the headline metric of runs that ended well; 0 for none."""
    tone: str = ""
    is_best: bool = False
    spark: Sparkline | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run."""

    slug: str
    name: str
    href: str
    is_bad: bool
    cells: tuple[RunCell, ...]


@dataclass(frozen=True, slots=True)
class RunsTable:
    """The table, and where the rows it leaves out come from."""

    columns: tuple[RunColumn, ...]
    rows: tuple[RunRow, ...]
    total: int
    key: str
    source: str
    same: tuple[tuple[str, str], ...]
    """Parameters that never vary, with their value: said once above the table."""
    ignored: tuple[tuple[str, str], ...]
    """Parameters left out of the grouping, with the reason."""
    example: str
    """A filter that finds something, for the empty filter box."""


def ordered_runs(study: Study) -> list[Run]:
    """Best first on the headline metric; runs that gave no usable value last, in the order they started."""
    spec = study.primary
    if spec is None:
        return list(study.runs)

    def place(run: Run) -> tuple[int, float]:
        value = value_of(run, spec)
        usable = not study.is_bad(run.run_id) and math.isfinite(value)
        return (0, -value * (spec.goal.sign or 1)) if usable else (1, 0.0)

    return sorted(study.runs, key=place)


def runs_table(study: Study, source: str, sparks: Mapping[str, Sparkline]) -> RunsTable:
    """The table of an experiment; long ones hold the best 200 rows."""
    runs = ordered_runs(study)
    shown = runs if len(runs) <= study.site.max_runs_in_table else runs[:FIRST_ROWS]
    parameters = _parameter_columns(study)
    others = other_metrics(study)
    has_status = any(study.outcomes[run.run_id] is not Outcome.OK for run in runs)
    build = _Rows(study, shown, parameters, others, sparks, has_status)
    return RunsTable(
        columns=build.columns(),
        rows=tuple(build.row(run) for run in shown),
        total=len(runs),
        key=f"table:{slug(study.name)}",
        source=source,
        same=tuple(
            (name, parameter_text(value, uses_scientific([value]))) for name, value in study.grouping.constant
        ),
        ignored=study.grouping.ignored,
        example=_example(study, parameters),
    )


def other_metrics(study: Study) -> list[MetricSpec]:
    """Up to four metrics beside the headline one: those most runs logged, in the order of first appearance."""
    names = [name for name in study.specs if study.primary is None or name != study.primary.name]
    names = [name for name in names if not name.startswith("system/")]
    logged = {name: sum(name in run.metrics for run in study.runs) for name in names}
    chosen = sorted(names, key=lambda name: -logged[name])[:OTHER_METRICS]
    return [study.specs[name] for name in names if name in chosen]


def _parameter_columns(study: Study) -> list[str]:
    grouping = study.grouping
    seeds = [name for name in grouping.seeds if name not in grouping.varying]
    return [*grouping.varying[:PARAMETER_COLUMNS], *seeds]


def _example(study: Study, parameters: Sequence[str]) -> str:
    """The first of some filters that can be read and finds a run."""
    known = vocabulary(study.runs, study.specs)
    for text in _example_filters(study, parameters):
        try:
            where = parse_where(text, known=known)
        except WhereError:
            continue
        if any(where.matches(run) for run in study.runs):
            return text
    return 'run.status == "finished"'


def _example_filters(study: Study, parameters: Sequence[str]) -> Iterator[str]:
    """A word that a parameter has, else the better half of the headline metric."""
    for name in parameters:
        words = [value.text for value in _values(study, name) if isinstance(value.value, str)]
        if words and name.isidentifier() and len(words[0]) <= LONGEST_EXAMPLE:
            yield f"{name} == {quoted(words[0])}"
    if study.primary is not None:
        values = [value_of(run, study.primary) for run in study.runs]
        finite = sorted(value for value in values if math.isfinite(value))
        if finite:
            yield f"`{study.primary.name}` > {finite[len(finite) // 2]:.3g}"


def _values(study: Study, name: str) -> list[ParameterValue]:
    return [run.parameters[name] for run in study.runs if name in run.parameters]


@dataclass(frozen=True, eq=False)
class _Rows:
    """Makes rows that share columns, digits and heat; what they share is worked out once."""

    study: Study
    shown: Sequence[Run]
    parameters: Sequence[str]
    others: Sequence[MetricSpec]
    sparks: Mapping[str, Sparkline]
    has_status: bool

    def columns(self) -> tuple[RunColumn, ...]:
        spec = self.study.primary
        found = [RunColumn("name", "Run")]
        if self.has_status:
            found.append(RunColumn("status", "Status"))
        for name in self.parameters:
            is_number = all(
                run.parameters[name].number is not None for run in self.study.runs if name in run.parameters
            )
            found.append(RunColumn(f"parameters.{name}", name, is_number))
        if spec is not None:
            found.append(RunColumn(f"metrics.{spec.name}", heading(spec), True))
            if self._baseline_value is not None:
                unit = difference_unit(spec)
                label = "Δ baseline" + (f", {unit}" if unit else "")
                found.append(RunColumn("difference", label, True, title="This run minus the baseline's mean"))
            found.append(RunColumn("curve", "Curve", is_curve=True))
        found += [RunColumn(f"metrics.{other.name}", heading(other), True) for other in self.others]
        found.append(RunColumn("duration", "Time", True))
        return tuple(found)

    def row(self, run: Run) -> RunRow:
        study, spec = self.study, self.study.primary
        is_bad = study.is_bad(run.run_id)
        cells = [RunCell(run.name, run.name)]
        if self.has_status:
            word = status_word(run, study.outcomes[run.run_id])
            # Silence for normal: a run that ended well needs no word.
            shown = "" if word == STATUS_WORDS[RunStatus.FINISHED] else word
            cells.append(RunCell(shown, word, tone="worse" if is_bad else ""))
        cells += [self._parameter(run, name) for name in self.parameters]
        if spec is not None:
            cells.append(self._primary(run, spec, is_bad))
            baseline = self._baseline_value
            if baseline is not None:
                cells.append(self._difference(run, spec, baseline))
            cells.append(RunCell("", spark=self.sparks.get(run.run_id)))
        cells += [self._metric(run, other) for other in self.others]
        seconds = run.duration_s
        cells.append(RunCell(DASH) if seconds is None else RunCell(duration_text(seconds), repr(seconds)))
        return RunRow(slug(run.run_id), run.name, study.address(run.run_id), is_bad, tuple(cells))

    @cached_property
    def _baseline_value(self) -> float | None:
        # Runs of a suite are on several tasks: no one value is the baseline of all. Nor do counts have a distance.
        if (
            len(self.study.grouping.groups) == 1
            or self.study.tasks is not None
            or not self.study.is_about_means
        ):
            return None
        estimate = self.study.estimate_of(self.study.baseline)
        return estimate.value if estimate is not None and estimate.n else None

    def _parameter(self, run: Run, name: str) -> RunCell:
        value = run.parameters.get(name)
        if value is None:
            return RunCell(DASH)
        raw = value.text if value.number is None else repr(value.number)
        return RunCell(parameter_text(value, self._scientific[name]), raw)

    @cached_property
    def _scientific(self) -> Mapping[str, bool]:
        return {name: uses_scientific(_values(self.study, name)) for name in self.parameters}

    @cached_property
    def _usable_range(self) -> tuple[float, float] | None:
        """Lowest and highest headline value among runs that ended well; None where they do not differ."""
        spec, outcomes = self.study.primary, self.study.outcomes
        if spec is None or not spec.goal.sign or self.study.tasks is not None:
            return None
        values = [value_of(run, spec) for run in self.shown if outcomes[run.run_id] is Outcome.OK]
        finite = [value for value in values if math.isfinite(value)]
        if not finite or min(finite) == max(finite):
            return None
        first, third = np.percentile(finite, (25, 75))
        reach = 1.5 * float(third - first)
        # One run far from the others must not take the steps away from all the rest.
        low, high = max(min(finite), float(first) - reach), min(max(finite), float(third) + reach)
        return (low, high) if low < high else (min(finite), max(finite))

    @cached_property
    def _best(self) -> float | None:
        """The best headline value among runs that ended well."""
        spec, outcomes = self.study.primary, self.study.outcomes
        if spec is None or self._usable_range is None:
            return None
        values = [value_of(run, spec) for run in self.shown if outcomes[run.run_id] is Outcome.OK]
        finite = [value for value in values if math.isfinite(value)]
        return max(finite) if spec.goal.sign > 0 else min(finite)

    def _primary(self, run: Run, spec: MetricSpec, is_bad: bool) -> RunCell:
        cell = self._metric(run, spec)
        value = value_of(run, spec)
        if is_bad or self._usable_range is None or not math.isfinite(value):
            return cell
        low, high = self._usable_range
        share = (value - low) / (high - low)
        share = share if spec.goal.sign > 0 else 1 - share
        return RunCell(cell.text, cell.raw, heat=_heat(share), is_best=value == self._best)

    def _difference(self, run: Run, spec: MetricSpec, baseline: float) -> RunCell:
        value = value_of(run, spec)
        if not math.isfinite(value):
            return RunCell(DASH)
        difference = value - baseline
        return RunCell(difference_text(spec, difference, self.study.digits[spec.name]), repr(difference))

    def _metric(self, run: Run, spec: MetricSpec) -> RunCell:
        if spec.name not in run.metrics:
            return RunCell(DASH)
        value = value_of(run, spec)
        if not math.isfinite(value):
            return RunCell("diverged", tone="worse")
        return RunCell(value_text(spec, value, self.study.digits[spec.name]), repr(value))


def _heat(share: float) -> int:
    """Four steps; the lowest quarter has no colour of its own beyond the first step."""
    return min(4, 1 + int(max(0.0, min(1.0, share)) * 4))
