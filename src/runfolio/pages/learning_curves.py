"""Which curves an experiment's page shows: the best configuration of each family, else the first six, and the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runfolio.analysis.curve import Curve
from runfolio.analysis.rounding import parameter_text, uses_scientific
from runfolio.charts.colours import category_roles, setting_roles
from runfolio.charts.metric_by_step import CurveInput, RunCurve, metric_by_step
from runfolio.model import Group, GroupResult, MetricSpec, ParameterValue
from runfolio.pages.figures import SMALL, Figure, aligned
from runfolio.pages.routes import slug
from runfolio.pages.series import SeriesStore
from runfolio.pages.study import Study
from runfolio.pages.tasks import TaskCells
from runfolio.pages.words import heading

MAIN_METRICS = 6
ALL_METRICS = 24
MOST_LINES = 6
#: A suite of more tasks has charts for its first ones.
MOST_TASKS = 12
#: With more groups than this, only the ones that are drawn have their mean curve in the data script.
ALL_GROUPS = 24


@dataclass(frozen=True, slots=True)
class Drawn:
    """A group that gets a line, its colour role and its name in the chart."""

    group: Group
    label: str
    role: str


@dataclass(frozen=True, slots=True)
class CurveChoice:
    """What the charts of an experiment show."""

    drawn: tuple[Drawn, ...]
    which: str
    """Says which groups these are: the first words of each chart's subtitle."""
    family: str | None
    """Parameter whose values are the families, where there is one."""
    families: tuple[tuple[str, tuple[Drawn, ...]], ...]
    """Each family with its groups in the order of `ramp`, for the small charts; empty where they would show nothing."""
    ramp: str | None
    metrics: tuple[MetricSpec, ...]


def choose_curves(study: Study) -> CurveChoice:
    """The choice for one experiment, the same on every page and in the data script."""
    if study.tasks is not None and study.tasks.has_one_metric:
        return _by_task(study, study.tasks)
    ranked = [item for item in study.comparison.results if item.estimate.n] if study.comparison else []
    family = study.family
    drawn = _best_of_each(study, ranked, family) if family else _first(study, ranked)
    ramp = _ramp(study, family)
    families = _families(study, family, ramp) if family and ramp else ()
    which = f"Best configuration of each {family}" if family else _which_first(study, ranked)
    if study.baseline is not None and drawn and all(item.group != study.baseline for item in drawn):
        drawn = (*drawn, Drawn(study.baseline, "baseline", "baseline"))
        which += ", and the baseline"
    return CurveChoice(drawn, which, family, families, ramp, _metrics(study))


def _by_task(study: Study, cells: TaskCells) -> CurveChoice:
    """Of a suite a small chart a task: a mean over tasks has no curve, and the best of all is on the easiest one."""
    roles = category_roles([method.label for method in cells.methods])
    families = []
    for task, groups in list(zip(cells.tasks, cells.cells, strict=True))[:MOST_TASKS]:
        drawn: dict[str, Drawn] = {}
        for method in groups:
            if method.run_ids:
                own = study.group_of[method.run_ids[0]]
                drawn.setdefault(own.group_id, Drawn(own, method.label, roles[method.label]))
        families.append((task.name, tuple(drawn.values())[: 2 * MOST_LINES]))
    return CurveChoice((), "", cells.parameter, tuple(families), "method", _metrics(study))


def _which_first(study: Study, ranked: list[GroupResult]) -> str:
    if len(ranked) <= MOST_LINES:
        return "" if len(ranked) <= 1 else "All configurations"
    return f"The first {MOST_LINES} of {len(study.grouping.groups)} configurations"


def _value(group: Group, name: str) -> ParameterValue | None:
    return dict(group.key).get(name)


def _text(group: Group, name: str) -> str:
    value = _value(group, name)
    return "" if value is None else value.text


def _number(group: Group, name: str) -> float:
    value = _value(group, name)
    return 0.0 if value is None else value.number or 0.0


def _best_of_each(study: Study, ranked: list[GroupResult], family: str) -> tuple[Drawn, ...]:
    roles = category_roles(sorted({_text(group, family) for group in study.grouping.groups}))
    best: dict[str, Group] = {}
    for item in ranked:
        best.setdefault(_text(item.group, family), item.group)
    return tuple(Drawn(group, text, roles[text]) for text, group in best.items())


def _first(study: Study, ranked: list[GroupResult]) -> tuple[Drawn, ...]:
    kept = ranked[:MOST_LINES]
    varying = study.grouping.varying
    if len(varying) == 1:
        values = [value for item in kept if (value := _value(item.group, varying[0])) is not None]
        roles = setting_roles(values)
        return tuple(
            Drawn(item.group, item.group.label, roles.get(_text(item.group, varying[0]), "muted"))
            for item in kept
        )
    by_label = category_roles(sorted(item.group.label for item in kept))
    return tuple(Drawn(item.group, item.group.label, by_label[item.group.label]) for item in kept)


def _ramp(study: Study, family: str | None) -> str | None:
    """The one numeric parameter that varies within families."""
    rest = [name for name in study.grouping.varying if name != family]
    if family is None or len(rest) != 1:
        return None
    values = [value for group in study.grouping.groups if (value := _value(group, rest[0])) is not None]
    return rest[0] if values and all(value.number is not None for value in values) else None


def _families(study: Study, family: str, ramp: str) -> tuple[tuple[str, tuple[Drawn, ...]], ...]:
    texts = sorted({_text(group, family) for group in study.grouping.groups})
    found = []
    for text in texts:
        members = [group for group in study.grouping.groups if _text(group, family) == text]
        values = [value for group in members if (value := _value(group, ramp)) is not None]
        roles = setting_roles(values)
        scientific = uses_scientific(values)
        members.sort(key=lambda group: _number(group, ramp))
        drawn = tuple(
            Drawn(group, parameter_text(value, scientific), roles[value.text])
            for group in members[: 2 * MOST_LINES]
            if (value := _value(group, ramp)) is not None
        )
        if drawn:
            found.append((text, drawn))
    return tuple(found) if any(len(drawn) > 1 for _, drawn in found) else ()


def _metrics(study: Study) -> tuple[MetricSpec, ...]:
    """Metrics logged more than once by some run, the headline one first; system metrics last."""
    names = [
        name
        for name in study.specs
        if any(name in run.metrics and run.metrics[name].count > 1 for run in study.runs)
    ]
    primary = study.primary.name if study.primary else ""
    names.sort(key=lambda name: (name != primary, name.startswith("system/")))
    return tuple(study.specs[name] for name in names[:ALL_METRICS])


def usable_ids(study: Study, group: Group) -> tuple[str, ...]:
    """The group's runs whose curves enter the mean: those the estimate stands on, else all."""
    good = tuple(run_id for run_id in group.run_ids if not study.is_bad(run_id))
    return good or group.run_ids


def curves_of(study: Study, choice: CurveChoice, series: SeriesStore) -> Mapping[str, Mapping[str, Curve]]:
    """The mean curves for the data script, by group id and metric."""
    groups = {item.group.group_id: item.group for item in choice.drawn}
    groups |= {item.group.group_id: item.group for _, drawn in choice.families for item in drawn}
    if len(study.grouping.groups) <= ALL_GROUPS:
        groups = {group.group_id: group for group in study.grouping.groups}
    found: dict[str, dict[str, Curve]] = {}
    for group_id, group in groups.items():
        by_metric = {
            spec.name: series.of_group(study, group, spec.name, usable_ids(study, group))
            for spec in choice.metrics
        }
        found[group_id] = {name: curve for name, curve in by_metric.items() if curve is not None}
    return found


def experiment_figures(
    study: Study, choice: CurveChoice, series: SeriesStore, script: str
) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """One chart a metric, and one small chart a family on the headline metric."""
    sources = {f"curves:{slug(study.name)}": script}
    main = []
    for place, spec in enumerate(choice.metrics):
        inputs = [curve for _, curve in curve_inputs(study, choice.drawn, spec, series)]
        if inputs:
            chart = metric_by_step(
                spec, inputs, chart_id=f"m{place}", which=choice.which, decimals=end_digits(study, spec)
            )
            main.append(Figure(chart, sources=sources, scale=spec.scale))
    small = []
    if choice.families and study.primary is not None:
        for place, (name, drawn) in enumerate(choice.families):
            inputs = [curve for _, curve in curve_inputs(study, drawn, study.primary, series)]
            if inputs:
                which = f"{heading(study.primary)} by {choice.ramp}"
                chart = metric_by_step(
                    study.primary,
                    inputs,
                    chart_id=f"f{place}",
                    which=which,
                    title=name,
                    decimals=end_digits(study, study.primary),
                )
                small.append(Figure(chart, SMALL, sources=sources, scale=study.primary.scale))
    return aligned(main), aligned(small)


def end_digits(study: Study, spec: MetricSpec) -> int | None:
    """Digits of the values at the lines' ends: the headline metric's are the table's, others' are the axis'."""
    return study.digits[spec.name] if spec == study.primary else None


def curve_inputs(
    study: Study, drawn: tuple[Drawn, ...], spec: MetricSpec, series: SeriesStore
) -> tuple[tuple[Drawn, CurveInput], ...]:
    """What has a curve of the metric, with it."""
    found = []
    for item in drawn:
        ids = usable_ids(study, item.group)
        curve = series.of_group(study, item.group, spec.name, ids)
        if curve is None:
            continue
        present = [i for i in ids if spec.name in study.by_id[i].metrics]
        is_cut = all(study.is_bad(run_id) for run_id in ids)
        found.append(
            (
                item,
                CurveInput(
                    label=item.label,
                    role=item.role,
                    x=curve.step,
                    y=curve.mean,
                    low=curve.low,
                    high=curve.high,
                    n=len(present),
                    run_ids=tuple(present),
                    key=f"curves:{slug(study.name)}#{item.group.group_id}/{spec.name}",
                    is_cut=is_cut,
                    runs=_thin_runs(study, present, spec, series) if len(present) == 2 else (),
                ),
            )
        )
    return tuple(found)


def _thin_runs(
    study: Study, run_ids: list[str], spec: MetricSpec, series: SeriesStore
) -> tuple[RunCurve, ...]:
    found = []
    for run_id in run_ids:
        run = study.by_id[run_id]
        item = series.of_run(run).get(spec.name)
        if item is not None:
            key = f"series:{slug(run_id)}/{spec.name}"
            found.append(RunCurve(run.name, item.step, item.value, run_id, key, study.is_bad(run_id)))
    return tuple(found)
