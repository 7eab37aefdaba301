"""The compare page: runs or groups side by side. Without scripts it shows each experiment's leader beside its baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runfolio.analysis.compare import compare_with
from runfolio.analysis.rounding import number_text, parameter_text, uses_scientific
from runfolio.model import Estimate, Group, MetricSpec
from runfolio.pages.configurations import tone_of, verdict_text
from runfolio.pages.page import Context, Link
from runfolio.pages.routes import COMPARE, slug
from runfolio.pages.runs_table import other_metrics
from runfolio.pages.shell import Shell
from runfolio.pages.study import Study
from runfolio.pages.words import DASH, heading, listing, value_text


@dataclass(frozen=True, slots=True)
class SideRow:
    """One line of a comparison: a setting or a metric, the value of each side."""

    label: str
    cells: tuple[str, ...]
    differs: bool
    verdict: str = ""
    tone: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DefaultComparison:
    """The leader of an experiment beside its baseline."""

    experiment: Link
    sides: tuple[str, ...]
    settings: tuple[SideRow, ...]
    metrics: tuple[SideRow, ...]
    note: str
    """What stands after ±, where something does."""


@dataclass(frozen=True, slots=True, eq=False)
class CompareContext(Context):
    """Everything the compare template may use."""

    defaults: tuple[DefaultComparison, ...]
    sources: Mapping[str, Mapping[str, str]]
    """For the script: table and curve scripts by experiment slug, paths from the site's root."""


def compare_context(
    studies: tuple[Study, ...], shell: Shell, tables: Mapping[str, str], curves: Mapping[str, str]
) -> CompareContext:
    """The page; `tables` and `curves` give the scripts by experiment name."""
    defaults = tuple(item for item in (_default(study) for study in studies) if item is not None)
    return CompareContext(
        page=shell.page(
            COMPARE, "compare", headline=_headline(defaults), lead=_lead(defaults), tab="Compare"
        ),
        defaults=defaults,
        sources={
            "tables": {slug(name): path for name, path in tables.items()},
            "curves": {slug(name): path for name, path in curves.items()},
        },
    )


def _headline(defaults: tuple[DefaultComparison, ...]) -> str:
    if not defaults:
        return "Compare runs"
    first = defaults[0]
    differing = [row.label for row in first.settings if row.differs]
    if not differing:
        return f"{first.sides[0]} beside {first.sides[1]}"
    verb = "differs" if len(differing) == 1 else "differ"
    return f"{first.sides[0]} and {first.sides[1]}: only {listing(differing)} {verb}"


def _lead(defaults: tuple[DefaultComparison, ...]) -> str:
    if not defaults:
        return "Choose runs in an experiment's table and press Compare to see them side by side."
    return (
        "The leading configuration of each experiment beside its baseline; where the baseline leads, the next one. "
        "Choose other runs or configurations in an experiment's tables and press Compare."
    )


def _default(study: Study) -> DefaultComparison | None:
    comparison, baseline = study.comparison, study.baseline
    # Counts of unequal traffic say nothing beside each other: rates stand on the experiment's page. And the first
    # configuration of a suite is the one on the easiest task.
    if comparison is None or baseline is None or not study.is_about_means or study.tasks is not None:
        return None
    others = [item for item in comparison.results if item.group != baseline and item.estimate.n]
    if not others:
        return None
    leader = others[0].group
    specs = [comparison.spec, *other_metrics(study)]
    rows = tuple(_metric(study, spec, leader, baseline) for spec in specs)
    has_half = any("±" in cell for row in rows for cell in row.cells)
    return DefaultComparison(
        experiment=Link(study.title, study.path),
        sides=(leader.label, baseline.label),
        settings=settings_of(study, (leader, baseline)),
        metrics=rows,
        note="Means over runs; after ±, half of the 95% t interval." if has_half else "",
    )


def settings_of(study: Study, groups: tuple[Group, ...]) -> tuple[SideRow, ...]:
    """The parameters that vary in the experiment, with each group's value."""
    rows = []
    for name in study.grouping.varying:
        values = [dict(group.key).get(name) for group in groups]
        texts = tuple(
            DASH if value is None else parameter_text(value, uses_scientific([value])) for value in values
        )
        if any(value is not None for value in values):
            rows.append(SideRow(name, texts, differs=len(set(texts)) > 1))
    return tuple(rows)


def _metric(study: Study, spec: MetricSpec, leader: Group, baseline: Group) -> SideRow:
    ours, base, delta = compare_with(
        leader, study.grouping.groups, study.by_id, spec, baseline, study.site.compare, study.estimates
    )
    decimals = study.digits[spec.name]
    return SideRow(
        label=heading(spec),
        cells=(estimate_text(spec, ours, decimals), estimate_text(spec, base, decimals)),
        differs=True,
        verdict=verdict_text(delta),
        tone=tone_of(delta),
        reason=delta.reason,
    )


def estimate_text(spec: MetricSpec, estimate: Estimate, decimals: int) -> str:
    """`93.02 ± 0.71`: the mean with its half-width where it has one; a dash without a value."""
    if not estimate.n:
        return DASH
    value = value_text(spec, estimate.value, decimals)
    if estimate.half_width is None or spec.is_time:
        return value
    return f"{value} ± {number_text(estimate.half_width * spec.scale, decimals)}"
