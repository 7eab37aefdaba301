"""A run's page: what it was, how it went, how it differs from the baseline, and its evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from runfolio.analysis.rounding import bytes_text, parameter_text, uses_scientific
from runfolio.analysis.select import Outcome, value_of
from runfolio.catalog.catalog import Catalog
from runfolio.charts.chart import Sparkline
from runfolio.model import Alert, Group, MetricSpec, MetricSummary, Run, RunStatus
from runfolio.pages.artifacts import ArtifactView, show_artifact
from runfolio.pages.ending import last_step, last_words, status_word
from runfolio.pages.figures import Figure
from runfolio.pages.page import Context, Link, Page
from runfolio.pages.reproduce import reproduce
from runfolio.pages.routes import run_page, run_series
from runfolio.pages.run_about import Pair, about
from runfolio.pages.run_curves import charted_metrics, metric_sparks, run_figures
from runfolio.pages.series import SeriesStore
from runfolio.pages.shell import Shell
from runfolio.pages.study import Study
from runfolio.pages.words import (
    DASH,
    count,
    difference_text,
    difference_unit,
    heading,
    value_text,
    with_unit,
)

MOST_SIBLINGS = 40


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter of this run, and the baseline's value where that differs."""

    name: str
    value: str
    baseline: str = ""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric of this run in numbers, in shown units."""

    heading: str
    name: str
    value: str
    raw: str
    minimum: str
    minimum_step: str
    maximum: str
    maximum_step: str
    count: int
    nonfinite: int
    spark: Sparkline | None = None
    """Its course in the size of a word."""
    can_be_drawn: bool = False
    """True where it has a course but no chart on the page: scripts make one."""
    scale: float = 1.0
    """Shown value = logged value x scale."""


@dataclass(frozen=True, slots=True, eq=False)
class RunContext(Context):
    """Everything the run template may use."""

    run_id: str
    name: str
    slug_key: str
    """Key of the run's series in its data script."""
    series_file: str
    status: str
    is_bad: bool
    about: tuple[Pair, ...]
    reproduce: str
    """Lines for a shell that run it again; empty where nothing of it is known."""
    differences: tuple[Setting, ...]
    baseline_label: str
    settings: tuple[Setting, ...]
    metrics: tuple[MetricRow, ...]
    figures: tuple[Figure, ...]
    artifacts: tuple[ArtifactView, ...]
    alerts: tuple[Alert, ...]
    notes: str
    """Markdown."""
    error: str
    packages: tuple[Pair, ...]
    variables: tuple[Pair, ...]
    files: tuple[Pair, ...]
    siblings: tuple[Link, ...]
    more_siblings: int
    """How many other runs of the configuration are not among the siblings."""
    previous: Link | None
    following: Link | None
    has_frames: bool
    has_curves: bool
    """True where a metric has more than one value."""
    tags: tuple[str, ...] = ()
    champion_of: tuple[Link, ...] = ()
    """The champions that it is."""


def run_context(
    catalog: Catalog,
    series: SeriesStore,
    study: Study,
    run: Run,
    shell: Shell,
    *,
    curves: str = "",
    champion_of: tuple[Link, ...] = (),
) -> RunContext:
    """The page of one run. `run` is the disclosed one: nothing here decides what may be shown.

    `curves` is the path of the script with the experiment's mean curves.
    """
    group, baseline = study.group_of[run.run_id], study.baseline_of(run.run_id)
    other = None if baseline == group else baseline
    artifacts = tuple(show_artifact(catalog, run, item, place) for place, item in enumerate(run.artifacts, 1))
    previous, following = _neighbours(study, run)
    settings = _settings(study, run, other)
    sparks = metric_sparks(run, series)
    siblings = _siblings(study, run, group)
    return RunContext(
        page=_page(study, run, shell),
        run_id=run.run_id,
        name=run.name,
        slug_key=run.run_id,
        series_file=run_series(run.run_id, run.core_fingerprint),
        status=status_word(run, study.outcomes[run.run_id]),
        is_bad=study.is_bad(run.run_id),
        about=about(study, run),
        reproduce=reproduce(run, study.grouping.seeds, "command" in study.site.disclose),
        differences=tuple(item for item in settings if item.baseline),
        baseline_label=other.label if other is not None else "",
        settings=settings,
        metrics=_metric_rows(study, run, sparks),
        figures=run_figures(study, run, series, curves),
        artifacts=artifacts,
        alerts=run.alerts,
        notes=run.notes,
        error=run.error or "",
        packages=_pairs(run.environment.packages),
        variables=_pairs(run.environment.variables, is_code=True),
        files=_files(run),
        siblings=siblings,
        more_siblings=len(group.run_ids) - 1 - len(siblings),
        previous=previous,
        following=following,
        has_frames=any(item.kind == "frame" for item in artifacts),
        has_curves=bool(sparks),
        tags=run.tags,
        champion_of=champion_of,
    )


def _page(study: Study, run: Run, shell: Shell) -> Page:
    title, lead = run_headline(study, run, study.group_of[run.run_id])
    trail = (Link(study.title, study.path),)
    return shell.page(run_page(run.run_id), "run", headline=title, lead=lead, trail=trail)


def _pairs(values: Mapping[str, str], *, is_code: bool = False) -> tuple[Pair, ...]:
    return tuple(Pair(name, text, is_code) for name, text in sorted(values.items()))


def _files(run: Run) -> tuple[Pair, ...]:
    """With size and digest; not where other runs change them too: those the audit has."""
    if run.source.part:
        return tuple(Pair(item.path, "holds other runs too") for item in run.source.files)
    return tuple(Pair(item.path, bytes_text(item.size_bytes), title=item.sha256) for item in run.source.files)


def _siblings(study: Study, run: Run, group: Group) -> tuple[Link, ...]:
    """The other runs of the configuration; of many, the first ones."""
    others = [run_id for run_id in group.run_ids if run_id != run.run_id][:MOST_SIBLINGS]
    return tuple(Link(study.by_id[run_id].name, study.address(run_id)) for run_id in others)


def run_headline(study: Study, run: Run, group: Group) -> tuple[str, str]:
    """The h1 and the paragraph under it."""
    spec = study.primary
    outcome = study.outcomes[run.run_id]
    if outcome is Outcome.DIVERGED:
        step = last_step(run)
        return f"{run.name} diverged" + (f" by step {step}" if step else ""), _why(run) or f"{group.label}."
    if run.status is RunStatus.FAILED:
        return f"{run.name} failed", _why(run)
    if spec is None or spec.name not in run.metrics:
        return f"{run.name} {status_word(run, outcome)}", _one_run(run, group)
    # Not from the comparison: worked out by each of the processes that make pages, it would cost them seconds.
    baseline = study.baseline_of(run.run_id)
    estimate = study.estimates.of(baseline, spec) if baseline else None
    decimals = study.digits[spec.name]
    value = value_of(run, spec)
    text = f"{spec.label} {with_unit(spec, value_text(spec, value, decimals))}"
    if baseline is None or estimate is None or not estimate.n or baseline == group:
        place = "one run of the baseline" if baseline == group and len(study.grouping.groups) > 1 else ""
        return f"{run.name}: {text}" + (f", {place}" if place else ""), _one_run(run, group)
    gap = value - estimate.value
    unit = difference_unit(spec)
    size = difference_text(spec, abs(gap), decimals).lstrip("+")
    side = "above" if gap >= 0 else "below"
    title = f"{run.name}: {text}, {size}{' ' + unit if unit else ''} {side} the baseline's mean"
    return title, _one_run(run, group)


def _why(run: Run) -> str:
    return last_words(run, 300)


def _one_run(run: Run, group: Group) -> str:
    others = len(group.run_ids) - 1
    words = (
        f"One of {count(others + 1, 'run')} of {group.label}."
        if others
        else f"The only run of {group.label}."
    )
    if run.status is RunStatus.INTERRUPTED:
        words += " It stopped without writing an end."
    if run.status is RunStatus.RUNNING:
        words += " It was still running when this page was built."
    return words


def _settings(study: Study, run: Run, baseline: Group | None) -> tuple[Setting, ...]:
    """All parameters; with the baseline's value where all its runs share one and it is another."""
    found: list[Setting] = []
    members = [study.by_id[run_id] for run_id in baseline.run_ids] if baseline else []
    names = dict.fromkeys([*run.parameters, *(name for other in members for name in other.parameters)])
    for name in names:
        own = run.parameters.get(name)
        theirs = {other.parameters[name].text if name in other.parameters else DASH for other in members}
        differs = len(theirs) == 1 and theirs != {own.text if own else DASH}
        other = next((item.parameters[name] for item in members if name in item.parameters), None)
        if own is None and not differs:
            continue
        shown = parameter_text(own, uses_scientific([own])) if own else DASH
        against = "" if not differs else parameter_text(other, uses_scientific([other])) if other else DASH
        found.append(Setting(name, shown, against))
    return tuple(found)


def _metric_rows(study: Study, run: Run, sparks: Mapping[str, Sparkline]) -> tuple[MetricRow, ...]:
    charted = charted_metrics(study, run)
    return tuple(
        _metric_row(study, study.specs[name], item, sparks.get(name), bool(charted) and name not in charted)
        for name, item in run.metrics.items()
    )


def _metric_row(
    study: Study, spec: MetricSpec, summary: MetricSummary, spark: Sparkline | None, lacks_chart: bool
) -> MetricRow:
    def step(value: float | None) -> str:
        return "" if value is None else f"{value:,.10g}"

    decimals = study.digits[spec.name]
    return MetricRow(
        heading=heading(spec),
        name=spec.name,
        value=value_text(spec, summary.last, decimals),
        raw=repr(summary.last),
        minimum=value_text(spec, summary.minimum, decimals) if math.isfinite(summary.minimum) else DASH,
        minimum_step=step(summary.step_of_minimum),
        maximum=value_text(spec, summary.maximum, decimals) if math.isfinite(summary.maximum) else DASH,
        maximum_step=step(summary.step_of_maximum),
        count=summary.count,
        nonfinite=summary.nonfinite_count,
        spark=spark,
        can_be_drawn=lacks_chart and spark is not None,
        scale=spec.scale,
    )


def _neighbours(study: Study, run: Run) -> tuple[Link | None, Link | None]:
    place = study.places[run.run_id]

    def link(at: int) -> Link | None:
        if not 0 <= at < len(study.runs):
            return None
        return Link(study.runs[at].name, study.address(study.runs[at].run_id))

    return link(place - 1), link(place + 1)
