"""Compares the configurations of an experiment with a baseline and with each other, on one metric.

Every number and sentence that a page, the command line or a CI summary shows of a comparison comes from here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runfolio.analysis.baseline import choose_baseline
from runfolio.analysis.completeness import missing_runs_text, worst_value
from runfolio.analysis.difference import contrast_of
from runfolio.analysis.estimate import Estimates
from runfolio.analysis.judging import Candidate, judge_all, judge_some, pairs_of
from runfolio.analysis.power import runs_needed_between
from runfolio.analysis.rank import rank_intervals
from runfolio.analysis.remarks import caption_of, power_note, remarks_on
from runfolio.analysis.welch import Contrast
from runfolio.model import Delta, Estimate, Group, GroupResult, MetricSpec, Run, Verdict

__all__ = ["CompareOptions", "Comparison", "choose_baseline", "compare_groups"]


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """How differences are tested."""

    paired_by: str | None = None
    """Parameter whose equal values make pairs, such as `seed`; needs at least five complete pairs."""
    equal_spread: bool = False
    """Student's test instead of Welch's: one spread is assumed for all groups."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Groups against a baseline on one metric, and what may be said of the best of them."""

    spec: MetricSpec
    baseline: Group | None
    baseline_reason: str
    results: tuple[GroupResult, ...]
    """Best first; by value, highest first, where no goal is known. Groups with missing runs stand at their worst value."""
    caption: str
    """How the rows are ordered and tested."""
    remarks: tuple[str, ...]
    """What a reader should know before trusting a row."""
    leader: GroupResult | None = None
    """The complete group with the best mean; None where no goal is known or no group is complete."""
    runner_up: GroupResult | None = None
    """The next complete group."""
    lead: Delta | None = None
    """Leader minus runner-up; Holm over the leader against all other complete groups."""
    tied_best: tuple[str, ...] = ()
    """Ids of the groups that are not clearly behind the leader, itself left out; only among groups of three runs or more."""
    power_note: str = ""
    """How many runs it would take to show the lead, where it is not clear; else empty."""

    @property
    def leader_is_best(self) -> bool:
        """True when the leader holds the first place alone: only then may it be called best."""
        return self.leader is not None and self.leader.rank_low == self.leader.rank_high == 1


def compare_groups(
    groups: Sequence[Group],
    runs: Mapping[str, Run],
    spec: MetricSpec,
    baseline: Group | None,
    baseline_reason: str,
    options: CompareOptions,
    known: Estimates | None = None,
) -> Comparison:
    """Estimates, differences to the baseline with Holm over all candidates, places, and the leader's standing.

    `known` keeps estimates of these runs' groups for whoever asks next.
    """
    known = known or Estimates(runs)
    everyone = {g.group_id: _candidate(g, known, spec) for g in groups}
    if baseline is not None and baseline.group_id not in everyone:
        everyone[baseline.group_id] = _candidate(baseline, known, spec)
    ordered = sorted(groups, key=lambda g: _place(everyone[g.group_id], runs, spec))
    complete = [g for g in ordered if _is_complete(everyone[g.group_id])]

    def test(a: Estimate, b: Estimate) -> Contrast | None:
        pairs = pairs_of(a, b, runs, options.paired_by)
        return contrast_of(a, b, pairs, equal_spread=options.equal_spread)

    ranks = rank_intervals([everyone[g.group_id].estimate for g in complete], spec, test)
    places = dict(zip((g.group_id for g in complete), ranks, strict=True))
    deltas = _against_baseline(ordered, everyone, runs, spec, baseline, options)
    results = tuple(
        GroupResult(g, everyone[g.group_id].estimate, deltas.get(g.group_id), *places.get(g.group_id, (0, 0)))
        for g in ordered
    )
    family = len([d for d in deltas.values() if d.p is not None])
    standing = _Standing.of([r for r in results if r.group.group_id in places], everyone, runs, spec, options)
    return Comparison(
        spec=spec,
        baseline=baseline,
        baseline_reason=baseline_reason,
        results=results,
        caption=caption_of(results, spec, baseline, family),
        remarks=remarks_on(results, everyone, spec, baseline, runs, options.paired_by),
        leader=standing.leader,
        runner_up=standing.runner_up,
        lead=standing.lead,
        tied_best=standing.tied,
        power_note=standing.power_note,
    )


def compare_with(
    group: Group,
    groups: Sequence[Group],
    runs: Mapping[str, Run],
    spec: MetricSpec,
    baseline: Group,
    options: CompareOptions,
    known: Estimates | None = None,
) -> tuple[Estimate, Estimate, Delta]:
    """Estimates of the group and of the baseline, and their difference: as in `compare_groups`, without all the others."""
    known = known or Estimates(runs)
    ours, base = (_candidate(one, known, spec) for one in (group, baseline))
    others = [one for one in groups if one.group_id not in (group.group_id, baseline.group_id)]
    family = [(ours, base), *((_candidate(one, known, spec), base) for one in others)]
    (delta,) = judge_some(
        family, [0], runs, spec, paired_by=options.paired_by, equal_spread=options.equal_spread
    )
    return ours.estimate, base.estimate, delta


def leads_of(
    group: Group,
    others: Sequence[Group],
    runs: Mapping[str, Run],
    spec: MetricSpec,
    options: CompareOptions,
    known: Estimates | None = None,
) -> list[Delta]:
    """The group minus each of the others, corrected over all of them: how far it is ahead, or behind."""
    known = known or Estimates(runs)
    own = _candidate(group, known, spec)
    pairs = [(own, _candidate(other, known, spec)) for other in others]
    return judge_all(pairs, runs, spec, paired_by=options.paired_by, equal_spread=options.equal_spread)


def compare_pairs(
    pairs: Sequence[tuple[Group, Group]], runs: Mapping[str, Run], spec: MetricSpec, options: CompareOptions
) -> list[tuple[Estimate, Estimate, Delta]]:
    """Of each pair both estimates and the first minus the second, with Holm over all pairs. Ids of groups differ."""
    known = Estimates(runs)
    sides = [(_candidate(a, known, spec), _candidate(b, known, spec)) for a, b in pairs]
    deltas = judge_all(sides, runs, spec, paired_by=options.paired_by, equal_spread=options.equal_spread)
    return [(a.estimate, b.estimate, delta) for (a, b), delta in zip(sides, deltas, strict=True)]


def tests_used(
    groups: Sequence[Group],
    runs: Mapping[str, Run],
    spec: MetricSpec,
    baseline: Group,
    options: CompareOptions,
    known: Estimates | None = None,
) -> set[str]:
    """Names of the tests that `compare_groups` judges by; the groups are not compared for that."""
    known = known or Estimates(runs)
    base = known.of(baseline, spec)
    found = set()
    for group in groups:
        if group.group_id != baseline.group_id:
            ours = known.of(group, spec)
            pairs = pairs_of(ours, base, runs, options.paired_by)
            contrast = contrast_of(ours, base, pairs, equal_spread=options.equal_spread)
            if contrast is not None:
                found.add(contrast.method.partition(",")[0])
    return found


def _candidate(group: Group, known: Estimates, spec: MetricSpec) -> Candidate:
    found = known.of(group, spec)
    return Candidate(group, found, missing_runs_text(group, known.runs, spec) if found.failed else "")


def _is_complete(candidate: Candidate) -> bool:
    return not candidate.missing and candidate.estimate.n > 0


def _place(candidate: Candidate, runs: Mapping[str, Run], spec: MetricSpec) -> tuple[bool, float]:
    """Sort key, best first: the mean, or the worst value of a group with missing runs; groups without values last."""
    if not candidate.estimate.n:
        return True, 0.0
    reading = candidate.estimate.value if not candidate.missing else worst_value(candidate.group, runs, spec)
    return math.isnan(reading), -reading * (spec.goal.sign or 1)


def _against_baseline(
    ordered: Sequence[Group],
    everyone: Mapping[str, Candidate],
    runs: Mapping[str, Run],
    spec: MetricSpec,
    baseline: Group | None,
    options: CompareOptions,
) -> dict[str, Delta]:
    if baseline is None:
        return {}
    others = [everyone[g.group_id] for g in ordered if g.group_id != baseline.group_id]
    found = judge_all(
        [(c, everyone[baseline.group_id]) for c in others],
        runs,
        spec,
        paired_by=options.paired_by,
        equal_spread=options.equal_spread,
    )
    return {c.group.group_id: delta for c, delta in zip(others, found, strict=True)}


@dataclass(frozen=True, slots=True)
class _Standing:
    """The best complete group and how far it is ahead."""

    leader: GroupResult | None = None
    runner_up: GroupResult | None = None
    lead: Delta | None = None
    tied: tuple[str, ...] = ()
    power_note: str = ""

    @staticmethod
    def of(
        complete: Sequence[GroupResult],
        everyone: Mapping[str, Candidate],
        runs: Mapping[str, Run],
        spec: MetricSpec,
        options: CompareOptions,
    ) -> _Standing:
        if not complete or not spec.goal.sign:
            return _Standing()
        leader, others = complete[0], complete[1:]
        if not others:
            return _Standing(leader)
        pairs = [(everyone[leader.group.group_id], everyone[r.group.group_id]) for r in others]
        leads = judge_all(pairs, runs, spec, paired_by=options.paired_by, equal_spread=options.equal_spread)
        tied = tuple(
            r.group.group_id
            for r, lead in zip(others, leads, strict=True)
            if not lead.verdict.is_clear and lead.verdict is not Verdict.TOO_FEW_RUNS
        )
        needed = runs_needed_between(leader.estimate, others[0].estimate)
        note = "" if leads[0].verdict.is_clear else power_note(leads[0], needed)
        return _Standing(leader, others[0], leads[0], tied, note)
