"""The chart of a finding: learning curves of the experiment's chosen configurations, or of those that a filter picks."""

from __future__ import annotations

from dataclasses import replace

from runfolio.analysis.estimate import estimate_group
from runfolio.charts.colours import category_roles
from runfolio.charts.metric_by_step import CurveInput, metric_by_step
from runfolio.findings.block import Block
from runfolio.model import Group, MetricSpec
from runfolio.pages.figures import Figure, aligned
from runfolio.pages.learning_curves import (
    ALL_GROUPS,
    MOST_LINES,
    Drawn,
    choose_curves,
    curve_inputs,
    end_digits,
)
from runfolio.pages.lookup import Chosen
from runfolio.pages.routes import run_series, slug
from runfolio.pages.series import SeriesStore
from runfolio.pages.study import Study


def finding_chart(block: Block, chosen: Chosen, spec: MetricSpec, series: SeriesStore, script: str) -> Figure:
    """The chart; `script` holds the experiment's group curves, for its live version."""
    study = chosen.study
    choice = choose_curves(study)
    if block.where or block.limit:
        drawn, which = _picked(chosen, spec, block.limit or MOST_LINES)
    else:
        drawn, which = choice.drawn, choice.which
    known = {item.group for item in choice.drawn}
    if len(study.grouping.groups) <= ALL_GROUPS:
        known |= set(study.grouping.groups)
    sources = {f"curves:{slug(study.name)}": script}
    inputs = []
    for item, curve in curve_inputs(study, drawn, spec, series):
        is_whole = item.group in known and spec in choice.metrics
        inputs.append(curve if is_whole else _from_runs(study, curve, spec, sources))
    chart = metric_by_step(
        spec,
        inputs,
        chart_id=f"block-{block.number}",
        which=which,
        title=block.title,
        decimals=end_digits(study, spec),
    )
    return aligned([Figure(chart, sources=sources, scale=spec.scale)])[0]


def _picked(chosen: Chosen, spec: MetricSpec, most: int) -> tuple[tuple[Drawn, ...], str]:
    """The best of the chosen configurations, in colours that tell them apart."""
    study = chosen.study
    estimates = {group.group_id: estimate_group(group, study.by_id, spec) for group in chosen.groups}
    sign = spec.goal.sign or 1

    def place(group: Group) -> tuple[bool, float]:
        found = estimates[group.group_id]
        return not found.n, -found.value * sign if found.n else 0.0

    ranked = sorted(chosen.groups, key=place)[:most]
    roles = category_roles(sorted(group.label for group in ranked))
    drawn = tuple(Drawn(group, group.label, roles[group.label]) for group in ranked)
    which = f"Runs where {chosen.where}" if chosen.where else "Configurations"
    if len(ranked) < len(chosen.groups):
        which += f", the first {len(ranked)} of {len(chosen.groups)} configurations"
    return drawn, which


def _from_runs(study: Study, curve: CurveInput, spec: MetricSpec, sources: dict[str, str]) -> CurveInput:
    """The curve, its live version made from the series of its runs: the site's data have none for this choice."""
    members = [study.by_id[run_id] for run_id in curve.run_ids]
    for run in members:
        sources[f"series:{slug(run.run_id)}"] = run_series(run.run_id, run.core_fingerprint)
    names = tuple(f"series:{slug(run.run_id)}/{spec.name}" for run in members)
    return replace(curve, key="", mean_of=names)
