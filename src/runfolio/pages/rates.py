"""Rates of an A/B test where somebody asks for a metric: counts are never compared as if they were means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from runfolio.analysis.variants import Variant, VariantComparison, compare_variants
from runfolio.model import Delta, Group, MetricSpec, Verdict
from runfolio.pages.study import Study


def rate_meant(study: Study, metric: str = "") -> VariantComparison | None:
    """The rate that is meant: of this name or with this count; without a name the one the experiment is about; else None."""
    if not metric:
        return study.rate
    named = [rate for rate in study.rates if rate.options.name == metric]
    counted = [rate for rate in study.rates if metric in (rate.options.successes, rate.options.trials)]
    return next(iter((*named, *counted)), None)


def rate_spec(rate: VariantComparison) -> MetricSpec:
    """The rate as a metric: shares, shown in percent."""
    options = rate.options
    label = options.label or options.name
    return MetricSpec(options.name, label, "%", options.goal, scale=100, threshold=options.threshold)


def rate_delta(
    study: Study, rate: VariantComparison, group: Group, other: Group, everyone: Sequence[Group]
) -> tuple[Delta, Variant]:
    """`group` minus `other`, with the interval that holds at every look, for all of `everyone` together; and the variant.

    `everyone` are the configurations compared with `other` at once, as on the experiment's page; both are added where they
    are not among them.
    """
    groups = [*everyone, *(item for item in (group, other) if item not in everyone)]
    found = compare_variants(groups, study.by_id, rate.options, other)
    variant = next(item for item in found.variants if item.group == group)
    low, high = variant.watched or (None, None)
    gap = math.nan if variant.difference is None else variant.difference
    delta = Delta(
        absolute=gap,
        low=low,
        high=high,
        p=None,
        p_adjusted=None,
        verdict=variant.verdict or Verdict.NOT_JUDGED,
        reason=variant.reason,
        method="difference of rates, an interval that holds at every look",
    )
    return delta, variant


def with_margin(rate: VariantComparison, margin: float | None) -> VariantComparison:
    """The rate with another smallest difference that matters; the same where none is given."""
    if margin is None:
        return rate
    return replace(rate, options=replace(rate.options, threshold=margin))
