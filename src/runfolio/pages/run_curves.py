"""The curves of a run's page: charts with this run dark, its replicates grey, the baseline dashed; and word-sized ones.

A run may have hundreds of metrics. The first few are charts, every one has a curve in the table of metrics.
"""

from __future__ import annotations

from collections.abc import Mapping

from runfolio.analysis.curve import Curve
from runfolio.charts.chart import Sparkline
from runfolio.charts.metric_by_step import CurveInput, metric_by_step
from runfolio.charts.sparkline import own_sparkline
from runfolio.model import MetricSpec, Run
from runfolio.pages.figures import Figure, aligned
from runfolio.pages.learning_curves import end_digits, usable_ids
from runfolio.pages.routes import run_series, slug
from runfolio.pages.series import SeriesStore
from runfolio.pages.study import Study
from runfolio.pages.words import count

MOST_CHARTS = 4
MOST_REPLICATES = 10
#: The mean of more runs than these comes from the script of the experiment's curves, not from theirs.
MOST_MEMBERS = 40


def run_figures(study: Study, run: Run, series: SeriesStore, curves: str) -> tuple[Figure, ...]:
    """One chart for each metric with more than one value, the headline one first; at most four.

    `curves` is the path of the script with the experiment's mean curves.
    """
    figures = []
    for place, name in enumerate(charted_metrics(study, run)):
        spec = study.specs[name]
        inputs, shown = _inputs(study, run, spec, series)
        if inputs:
            chart = metric_by_step(
                spec,
                inputs,
                chart_id=f"m{place}",
                which=_which(study, run),
                says_counts=False,
                decimals=end_digits(study, spec),
            )
            sources = {
                f"series:{slug(other.run_id)}": run_series(other.run_id, other.core_fingerprint)
                for other in shown
            }
            if shows_large_baseline(study, run):
                sources[f"curves:{slug(study.name)}"] = curves
            figures.append(Figure(chart, sources=sources, scale=spec.scale))
    return aligned(figures)


def charted_metrics(study: Study, run: Run) -> list[str]:
    """The metrics that get a chart on the run's page."""
    names = [name for name, item in run.metrics.items() if item.count > 1]
    primary = study.primary.name if study.primary else ""
    names.sort(key=lambda name: (name != primary, name.startswith("system/")))
    return names[:MOST_CHARTS]


def metric_sparks(run: Run, series: SeriesStore) -> Mapping[str, Sparkline]:
    """A curve for each metric with more than one value, by its name; each in a range of its own."""
    found: dict[str, Sparkline] = {}
    for name, item in series.of_run(run).items():
        if len(item.step) > 1:
            spark = own_sparkline((item.step, item.value), "focus")
            if spark is not None:
                found[name] = spark
    return found


def _which(study: Study, run: Run) -> str:
    others = min(len(study.group_of[run.run_id].run_ids) - 1, MOST_REPLICATES)
    words = "This run"
    if others > 0:
        words += f", its {others} replicate{'s' if others > 1 else ''} in grey"
    baseline = study.baseline_of(run.run_id)
    if baseline is not None and _shows_baseline(study, run):
        words += f", the baseline's mean of {count(len(usable_ids(study, baseline)), 'run')} dashed"
    return words


def _shows_baseline(study: Study, run: Run) -> bool:
    baseline = study.baseline_of(run.run_id)
    return baseline is not None and run.run_id not in baseline.run_ids


def shows_large_baseline(study: Study, run: Run) -> bool:
    """True where the page shows the mean of so many runs that it depends on the experiment's curves."""
    baseline = study.baseline_of(run.run_id)
    return baseline is not None and len(baseline.run_ids) > MOST_MEMBERS and _shows_baseline(study, run)


def _inputs(
    study: Study, run: Run, spec: MetricSpec, series: SeriesStore
) -> tuple[tuple[CurveInput, ...], list[Run]]:
    group = study.group_of[run.run_id]
    others = [study.by_id[i] for i in group.run_ids if i != run.run_id][:MOST_REPLICATES]
    found: list[CurveInput] = []
    shown: list[Run] = []
    for other in [*others, run]:
        item = series.of_run(other).get(spec.name)
        if item is None or len(item.step) < 2:
            continue
        is_own = other is run
        shown.append(other)
        found.append(
            CurveInput(
                label=run.name if is_own else other.name,
                role="focus" if is_own else "muted",
                x=item.step,
                y=item.value,
                run_ids=(other.run_id,),
                key=f"series:{slug(other.run_id)}/{spec.name}",
                is_cut=study.is_bad(other.run_id),
            )
        )
    baseline = study.baseline_of(run.run_id)
    if found and baseline is not None and _shows_baseline(study, run):
        curve = series.of_group(study, baseline, spec.name, usable_ids(study, baseline))
        if curve is not None:
            members = [
                study.by_id[i] for i in usable_ids(study, baseline) if spec.name in study.by_id[i].metrics
            ]
            if shows_large_baseline(study, run):
                key = f"curves:{slug(study.name)}#{baseline.group_id}/{spec.name}"
                mean = CurveInput("baseline", "baseline", curve.step, curve.mean, n=1, key=key)
                return (mean, *found), shown
            found.insert(0, _baseline_mean(curve, members, spec))
            shown += members
    return tuple(found), shown


def _baseline_mean(curve: Curve, members: list[Run], spec: MetricSpec) -> CurveInput:
    """The dashed line; its live version is the mean of the members' own series, so that no other run can change it."""
    return CurveInput(
        label="baseline",
        role="baseline",
        x=curve.step,
        y=curve.mean,
        n=1,
        run_ids=tuple(run.run_id for run in members),
        mean_of=tuple(f"series:{slug(run.run_id)}/{spec.name}" for run in members),
    )
