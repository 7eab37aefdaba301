"""The table of live variants: counts, rates, differences to the baseline, and what may be said while counts come in."""

from __future__ import annotations

from dataclasses import dataclass

from runfolio.analysis.rounding import column_decimals, number_text, signed_text
from runfolio.analysis.variants import Ends, Variant, VariantComparison
from runfolio.model import Verdict
from runfolio.pages.words import DASH, count, listing


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One variant. Rates in percent, differences in points."""

    group_id: str
    label: str
    successes: str
    trials: str
    rate: str
    interval: str
    """Both ends of the rate's 95 % interval; empty where there is none."""
    is_baseline: bool
    difference: str
    once: str
    """Interval of the difference for one look."""
    watched: str
    """Interval of the difference that holds at every look."""
    verdict: str
    tone: str
    """`better` or `worse` where the verdict is clear and the direction known, else empty."""
    reason: str


@dataclass(frozen=True, slots=True)
class VariantTable:
    """One rate of an experiment, by variant."""

    anchor: str
    label: str
    successes: str
    trials: str
    rows: tuple[VariantRow, ...]
    baseline_label: str
    caption: str
    split: str
    """Whether traffic was split as planned."""
    has_mismatch: bool
    remarks: tuple[str, ...]


def variant_table(found: VariantComparison, anchor: str) -> VariantTable:
    """The table of one rate."""
    decimals = rate_decimals(found)
    options = found.options
    several = len(found.variants) > 1
    rivals = len(found.variants) - 1
    together = {0: "", 1: "", 2: " for both comparisons together"}.get(
        rivals, f" for all {rivals} comparisons together"
    )
    caption = (
        f"Each rate is {options.successes} / {options.trials} with its 95% interval (Wilson). "
        + (
            f"Differences to {found.baseline.label} have two 95% intervals: one for a single look (Newcombe), and one that holds "
            f"at every look{together}. Verdicts follow the second."
            if several
            else ""
        )
    ).strip()
    return VariantTable(
        anchor=anchor,
        label=rate_label(found),
        successes=options.successes,
        trials=options.trials,
        rows=tuple(_row(v, found, decimals) for v in found.variants),
        baseline_label=found.baseline.label if several else "",
        caption=caption,
        split=_split(found),
        has_mismatch=found.has_mismatch,
        remarks=found.remarks,
    )


def rate_label(found: VariantComparison) -> str:
    """The configured label, else the name."""
    return found.options.label or found.options.name


def variant_headline(found: VariantComparison) -> tuple[str, str]:
    """The sentence of an experiment that is about a rate, and the paragraph under it."""
    label, baseline = rate_label(found), found.baseline.label
    rivals = [v for v in found.variants if v.verdict is not None]
    decimals = rate_decimals(found)
    if found.has_mismatch:
        return f"{label}: no variant is judged, visitors were not split as planned", f"{_split(found)}."
    if not rivals:
        own = found.variants[0]
        if own.count is None or not own.count.trials:
            return f"{label}: no counts yet", own.problem
        rate = number_text(100 * own.count.rate, decimals)
        return f"{label} is {rate}% of {count(own.count.trials, 'trial')}", ""
    clear = found.clear
    # What the title speaks of is backed first.
    told = [*clear, *(v for v in rivals if v not in clear)][:3]
    lead = " ".join(f"{v.group.label}: {v.reason}." for v in told if v.reason)
    if not clear:
        judged = [v for v in rivals if v.verdict is not Verdict.NOT_JUDGED]
        if not judged:
            return f"{label}: nothing can be said yet", lead
        names = listing([v.group.label for v in judged], 3)
        verb = "is" if len(judged) == 1 else "are"
        return f"{label}: {names} {verb} not clearly apart from {baseline}", lead
    if len(clear) == 1:
        one = clear[0]
        gap = number_text(abs(100 * (one.difference or 0.0)), decimals)
        return f"{label}: {one.group.label} is {one.verdict} than {baseline} by {gap} points", lead
    return f"{label}: {len(clear)} of {len(rivals)} variants differ from {baseline}", lead


def rate_decimals(found: VariantComparison) -> int:
    """Digits after the point of the rates in percent, and of their differences."""
    rates = [100 * v.count.rate for v in found.variants if v.count is not None and v.count.trials]
    halves = [50 * (v.interval[1] - v.interval[0]) if v.interval else None for v in found.variants if v.count]
    return column_decimals(rates, [h for h in halves if h is not None]) if rates else 2


def _row(variant: Variant, found: VariantComparison, decimals: int) -> VariantRow:
    own, verdict = variant.count, variant.verdict
    low, high = variant.interval or (0.0, 0.0)
    rate = f"{number_text(100 * own.rate, decimals)}" if own is not None and own.trials else DASH
    ends = f"{number_text(100 * low, decimals)} to {number_text(100 * high, decimals)}"
    return VariantRow(
        group_id=variant.group.group_id,
        label=variant.group.label,
        successes=DASH if own is None else f"{own.successes:,}",
        trials=DASH if own is None else f"{own.trials:,}",
        rate=rate,
        interval=ends if variant.interval else "",
        is_baseline=variant.group == found.baseline,
        difference="" if variant.difference is None else signed_text(100 * variant.difference, decimals),
        once=_points(variant.once, decimals),
        watched=_points(variant.watched, decimals),
        verdict="" if verdict is None else str(verdict),
        tone=str(verdict) if verdict in (Verdict.BETTER, Verdict.WORSE) else "",
        reason=variant.reason,
    )


def _points(ends: Ends | None, decimals: int) -> str:
    if ends is None:
        return ""
    return f"{signed_text(100 * ends[0], decimals)} to {signed_text(100 * ends[1], decimals)}"


def _split(found: VariantComparison) -> str:
    if found.split_p is None:
        return ""
    seen = ", ".join(f"{v.group.label} {v.count.trials:,}" for v in found.variants if v.count is not None)
    plan = "by the configured shares" if found.options.shares else "evenly"
    p = "p < 0.001" if found.split_p < 0.001 else f"p = {number_text(found.split_p, 3)}"
    if found.has_mismatch:
        return f"The {found.options.trials} were to be split {plan}, and were not: {seen} ({p})"
    return f"The {found.options.trials} were split {plan}, as far as can be told ({p})"
