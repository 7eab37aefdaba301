"""Live variants against a baseline by a rate: what counts say, and what may be said while they still come in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runfolio.analysis.proportion import Count, newcombe, wilson
from runfolio.analysis.rounding import number_text, signed_text
from runfolio.analysis.sample_ratio import MISMATCH, sample_ratio_p
from runfolio.analysis.sequential import FEWEST, always_valid
from runfolio.analysis.variant_counts import UNEVEN, ProportionOptions, count_of, count_of_run, uneven_p
from runfolio.analysis.verdict import interval_decimals
from runfolio.model import Goal, Group, Run, RunStatus, Verdict

Ends = tuple[float, float]
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant. Rates are shares from 0 to 1, differences are variant minus baseline."""

    group: Group
    count: Count | None
    problem: str
    """Why there are no counts; else empty."""
    interval: Ends | None
    """Wilson's, of the rate."""
    difference: float | None
    once: Ends | None
    """Newcombe's interval of the difference: for one look."""
    watched: Ends | None
    """The interval that holds at every look, for all variants together."""
    verdict: Verdict | None
    """None for the baseline."""
    reason: str


@dataclass(frozen=True, slots=True)
class VariantComparison:
    """All variants of an experiment on one rate."""

    options: ProportionOptions
    baseline: Group
    variants: tuple[Variant, ...]
    """In the order of the groups, the baseline among them."""
    split_p: float | None
    """p of the traffic having come about by the planned shares."""
    has_mismatch: bool
    remarks: tuple[str, ...]

    @property
    def clear(self) -> tuple[Variant, ...]:
        """The variants that the watched interval separates from the baseline."""
        return tuple(v for v in self.variants if v.verdict is not None and v.verdict.is_clear)


def compare_variants(
    groups: Sequence[Group], runs: Mapping[str, Run], options: ProportionOptions, baseline: Group
) -> VariantComparison:
    """Rates with Wilson's interval, differences to the baseline for one look and for any number of looks, and the check of
    the split. The watched intervals hold together: each is made at 1 − 0.05/k for k variants."""
    found = {g.group_id: count_of(g, runs, options) for g in groups}
    base, wrong = found[baseline.group_id]
    counted = [g for g in groups if found[g.group_id][0] is not None]
    p = _split_p(counted, [c for c, _ in found.values() if c is not None], options)
    has_mismatch = p is not None and p < MISMATCH
    rivals = max(1, sum(g.group_id != baseline.group_id for g in counted))
    judge = _Judge(options, base, f"{baseline.label}: {wrong}" if wrong else "", rivals, has_mismatch)
    return VariantComparison(
        options=options,
        baseline=baseline,
        variants=tuple(
            judge.variant(g, *found[g.group_id], is_baseline=g.group_id == baseline.group_id) for g in groups
        ),
        split_p=p,
        has_mismatch=has_mismatch,
        remarks=tuple(_remarks(counted, runs, options)),
    )


def _split_p(groups: Sequence[Group], counts: Sequence[Count], options: ProportionOptions) -> float | None:
    shares = [options.shares.get(g.label, 1.0) for g in groups]
    return sample_ratio_p([c.trials for c in counts], shares)


def _remarks(groups: Sequence[Group], runs: Mapping[str, Run], options: ProportionOptions) -> list[str]:
    found = []
    for group in groups:
        counts = [c for i in group.run_ids if (c := count_of_run(runs[i], options)[0]) is not None]
        p = uneven_p(counts)
        if p is not None and p < UNEVEN:
            found.append(
                f"The {len(counts)} runs of {group.label} have rates that differ by more than chance; intervals made from their "
                "counts are too narrow"
            )
    going = sum(runs[i].status is RunStatus.RUNNING for g in groups for i in g.run_ids)
    if going:
        found.append(f"{going} {'run is' if going == 1 else 'runs are'} still counting")
    labels = {group.label for group in groups}
    strange = [label for label in options.shares if label not in labels]
    if strange:
        found.append(
            f"Shares are configured for {', '.join(strange)}, which {'is' if len(strange) == 1 else 'are'} no variant"
        )
    return found


@dataclass(frozen=True, slots=True)
class _Judge:
    """Says what may be said of each variant."""

    options: ProportionOptions
    base: Count | None
    wrong: str
    rivals: int
    has_mismatch: bool

    def variant(self, group: Group, count: Count | None, problem: str, *, is_baseline: bool) -> Variant:
        own = None if count is None else wilson(count)
        if is_baseline or count is None or self.base is None:
            verdict = None if is_baseline else Verdict.NOT_JUDGED
            return Variant(
                group,
                count,
                problem,
                own,
                None,
                None,
                None,
                verdict,
                "" if is_baseline else problem or self.wrong,
            )
        once = newcombe(count, self.base)
        watched = always_valid(count, self.base, self.options.span, 1 - LEVEL / self.rivals)
        gap = count.rate - self.base.rate
        verdict, reason = self._verdict(gap, watched)
        return Variant(
            group, count, "", own, None if math.isnan(gap) else gap, once, watched, verdict, reason
        )

    def _verdict(self, gap: float, watched: Ends | None) -> tuple[Verdict, str]:
        if self.has_mismatch:
            return (
                Verdict.NOT_JUDGED,
                "visitors were not split as planned; something decided who was counted, so rates cannot be compared",
            )
        if watched is None:
            return Verdict.NOT_JUDGED, f"fewer than {FEWEST} successes or failures on a side"
        low, high = (100 * end for end in watched)
        decimals = interval_decimals(low, high)
        ends = f"{signed_text(low, decimals)} to {signed_text(high, decimals)} points"
        always = "however often the counts are looked at"
        limit = self.options.threshold or 0.0
        if watched[0] > 0 or watched[1] < 0:
            word = self._word(gap)
            size = number_text(abs(100 * gap), decimals)
            return word, f"{word} by {size} points; the interval, {ends}, holds {always}"
        if limit and -limit < watched[0] and watched[1] < limit:
            return (
                Verdict.EQUIVALENT,
                f"within ±{number_text(100 * limit, decimals)} points; the interval, {ends}, holds {always}",
            )
        return (
            Verdict.NO_CLEAR_DIFFERENCE,
            f"the difference is between {ends.replace(' to ', ' and ')}, {always}",
        )

    def _word(self, gap: float) -> Verdict:
        if self.options.goal is Goal.NONE:
            return Verdict.HIGHER if gap > 0 else Verdict.LOWER
        return Verdict.BETTER if (gap > 0) == (self.options.goal is Goal.MAXIMIZE) else Verdict.WORSE
