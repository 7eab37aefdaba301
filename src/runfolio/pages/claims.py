"""Claims, tested on the runs of a site: what holds, what does not, and what is undecided, with the evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from runfolio.analysis.claim import Claim, Form, Outcome
from runfolio.analysis.claim_rule import (
    Ruling,
    margin_of,
    rule_all,
    rule_best,
    rule_bound,
    rule_comparison,
)
from runfolio.analysis.claim_words import sentence_of
from runfolio.analysis.compare import compare_groups, compare_with
from runfolio.analysis.completeness import missing_runs_text
from runfolio.analysis.estimate import estimate_group
from runfolio.model import Delta, Estimate, Group, MetricSpec
from runfolio.pages.claim_choice import (
    NotThereError,
    UnfitError,
    configuration,
    configurations_of,
    fault,
    metric_of,
    study_of,
)
from runfolio.pages.claim_runs import RUN_FORMS, judge_runs
from runfolio.pages.rates import rate_delta, rate_meant, rate_spec, with_margin
from runfolio.pages.study import Study


class Gate(StrEnum):
    """What a gate does with its claim."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    """It lets pass, with a warning."""


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """One claim and what the runs say of it."""

    claim: Claim
    outcome: Outcome
    sentence: str
    """What is claimed."""
    reason: str
    """What was seen: sizes, interval, counts; or why it is not decided."""
    run_ids: tuple[str, ...] = ()
    """The runs it stands on."""
    experiment: str = ""
    """Empty where runs of several are its evidence, or none is there yet."""
    spec: MetricSpec | None = None
    delta: Delta | None = None
    """The difference, for a claim that compares two configurations."""
    estimate: Estimate | None = None
    """The mean, for a claim that holds one against a number."""
    counts: tuple[int, ...] = ()
    """Runs with a usable value of each configuration."""
    more_runs: int | None = None
    """So many more runs of each configuration would decide it, if what was seen stays so."""

    @property
    def gate(self) -> Gate | None:
        """Whether the gate lets pass; None for a claim that is none."""
        if not self.claim.is_gate:
            return None
        if self.outcome is Outcome.HOLDS:
            return Gate.PASSED
        if self.outcome is Outcome.DOES_NOT_HOLD or self.claim.undecided_fails:
            return Gate.FAILED
        return Gate.UNDECIDED


@dataclass(frozen=True, slots=True)
class Mark:
    """What earlier builds say of a claim."""

    was: str = ""
    """Its outcome in the build compared with, where it was there."""
    since: str = ""
    """Time in words of the build since which it is as it is."""


UNMARKED = Mark()


def judge_claim(claim: Claim, studies: Sequence[Study], *, allow_missing: bool = False) -> ClaimResult:
    """What the runs say of the claim.

    Args:
        claim: as written.
        studies: all experiments of the site.
        allow_missing: a claim whose experiment, metric or runs are not there is `open` instead of an error.

    Raises:
        ConfigError: what the claim names is not there, or it fits several experiments; with the claim's file and line.
    """
    try:
        if claim.form in RUN_FORMS:
            found = judge_runs(claim, studies)
            sentence = sentence_of(claim, found.spec, claim.group, "")
            return ClaimResult(
                claim, found.outcome, sentence, found.reason, found.run_ids, found.experiment, found.spec
            )
        return _judge(claim, study_of(claim, studies))
    except NotThereError as error:
        if not (allow_missing or claim.may_be_open):
            hint = (
                error.hint or "mend the name or filter, or say open = true while its runs are not there yet"
            )
            raise fault(claim, error.message, "claim-without-runs", hint) from error
        return ClaimResult(claim, Outcome.OPEN, _plain(claim), error.message)


def judge_claims(
    claims: Sequence[Claim], studies: Sequence[Study], *, allow_missing: bool = False
) -> tuple[ClaimResult, ...]:
    """Every claim, in the order given; as `judge_claim`."""
    return tuple(judge_claim(claim, studies, allow_missing=allow_missing) for claim in claims)


def _judge(claim: Claim, study: Study) -> ClaimResult:
    rate = rate_meant(study, claim.metric)
    spec = metric_of(claim, study) if rate is None else rate_spec(rate)
    try:
        if rate is not None and not claim.form.is_comparison:
            raise UnfitError(
                f"{spec.label} is a rate: only comparisons of variants are judged, such as `better`"
            )
        if claim.form.is_bound:
            return _judge_bound(claim, study, spec)
        if not spec.goal.sign and claim.form not in (Form.HIGHER, Form.LOWER, Form.EQUIVALENT):
            raise UnfitError(
                f'nobody said whether a high or a low {spec.label} is better: set goal under [metrics."{spec.name}"]'
            )
        if claim.form is Form.BEST:
            return _judge_best(claim, study, spec)
        return _judge_comparison(claim, study, spec)
    except UnfitError as error:
        return ClaimResult(
            claim, Outcome.UNDECIDED, _plain(claim, spec), str(error), experiment=study.name, spec=spec
        )


def _judge_bound(claim: Claim, study: Study, spec: MetricSpec) -> ClaimResult:
    group = configuration(claim, study, claim.group)
    estimate = estimate_group(group, study.by_id, spec)
    ruling = rule_bound(claim, estimate, missing_runs_text(group, study.by_id, spec), spec)
    return ClaimResult(
        claim,
        ruling.outcome,
        sentence_of(claim, spec, group.label, ""),
        ruling.reason,
        group.run_ids,
        study.name,
        spec,
        estimate=estimate,
        counts=(estimate.n,),
        more_runs=ruling.more_runs,
    )


def _judge_best(claim: Claim, study: Study, spec: MetricSpec) -> ClaimResult:
    group = configuration(claim, study, claim.group)
    among = configurations_of(study, claim.of)
    if group not in among:
        among = (group, *among)
    comparison = compare_groups(among, study.by_id, spec, None, "", study.site.compare)
    missing = [(item, missing_runs_text(item.group, study.by_id, spec)) for item in comparison.results]
    ranked = [item for item, text in missing if not text and item.estimate.n]
    incomplete = [f"{item.group.label}: {text}" for item, text in missing if text]
    ours = next(item for item in comparison.results if item.group == group)
    ruling = rule_best(ours, ranked, incomplete)
    return ClaimResult(
        claim,
        ruling.outcome,
        sentence_of(claim, spec, group.label, ""),
        ruling.reason,
        tuple(run_id for item in among for run_id in item.run_ids),
        study.name,
        spec,
        estimate=ours.estimate,
        counts=(ours.estimate.n,),
        more_runs=ruling.more_runs,
    )


def _judge_comparison(claim: Claim, study: Study, spec: MetricSpec) -> ClaimResult:
    margin = margin_of(claim, spec)
    if claim.form is Form.EQUIVALENT and not margin:
        raise UnfitError(
            "nothing says how small a difference does not matter: write `by`, or the metric's threshold"
        )
    judged = spec if margin is None else replace(spec, threshold=margin)
    other = configuration(claim, study, claim.than) if claim.than else study.baseline
    if other is None:
        raise NotThereError(f"experiment `{study.name}` has no baseline to compare with")
    if not claim.group:
        return _judge_each(claim, study, judged, other, margin)
    group = configuration(claim, study, claim.group)
    if set(group.run_ids) & set(other.run_ids):
        raise fault(claim, f"`{claim.group}` and what it is compared with share runs", "claim")
    delta, ruling, counts = _compared(claim, study, judged, group, other)
    return ClaimResult(
        claim,
        ruling.outcome,
        sentence_of(claim, spec, group.label, other.label, margin),
        ruling.reason,
        (*group.run_ids, *other.run_ids),
        study.name,
        spec,
        delta=delta,
        counts=counts,
        more_runs=ruling.more_runs,
    )


def _compared(
    claim: Claim, study: Study, spec: MetricSpec, group: Group, other: Group
) -> tuple[Delta, Ruling, tuple[int, ...]]:
    """The difference as the experiment's table has it when `other` is its baseline: corrected over all configurations."""
    everyone = [] if claim.pool else study.grouping.groups
    rate = rate_meant(study, claim.metric)
    if rate is not None:
        delta, _ = rate_delta(study, with_margin(rate, spec.threshold), group, other, everyone)
        nothing = Estimate(math.nan, None, None, 0, "a rate")
        # How many runs would decide it is no question of rates.
        ruling = replace(rule_comparison(claim, delta, nothing, nothing, spec, 1), more_runs=None)
        return delta, ruling, ()
    ours, base, delta = compare_with(group, everyone, study.by_id, spec, other, study.site.compare)
    family = max(len(everyone) - 1, 1)
    return delta, rule_comparison(claim, delta, ours, base, spec, family), (ours.n, base.n)


def _judge_each(
    claim: Claim, study: Study, spec: MetricSpec, other: Group, margin: float | None
) -> ClaimResult:
    """`not worse` without a configuration: each of the experiment against the other."""
    groups = [group for group in study.grouping.groups if group.group_id != other.group_id]
    if not groups:
        raise UnfitError(f"{other.label} is the only configuration: there is nothing to compare it with")
    found = [(group, *_compared(claim, study, spec, group, other)[:2]) for group in groups]
    ruling = rule_all([(group.label, one) for group, _, one in found])
    return ClaimResult(
        claim,
        ruling.outcome,
        sentence_of(claim, spec, "", other.label, margin),
        ruling.reason,
        tuple(run_id for group in (*groups, other) for run_id in group.run_ids),
        study.name,
        spec,
        more_runs=ruling.more_runs,
    )


def _plain(claim: Claim, spec: MetricSpec | None = None) -> str:
    """The sentence of a claim whose configurations have no labels: its filters speak for them."""
    return sentence_of(claim, spec, claim.group, claim.than or "the baseline", claim.by)


def outcome_counts(results: Sequence[ClaimResult]) -> Mapping[Outcome, int]:
    """How many claims have each outcome, in the order of the outcomes; outcomes without a claim are left out."""
    counts = {outcome: sum(item.outcome is outcome for item in results) for outcome in Outcome}
    return {outcome: count for outcome, count in counts.items() if count}
