"""Claims, tested on the runs of a site: what holds, what does not, and what is undecided, with the evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from runfolio.analysis.claim import Against, Claim, Form, Outcome
from runfolio.analysis.claim_rule import (
    Ruling,
    margin_of,
    rule_all,
    rule_best,
    rule_bound,
    rule_comparison,
)
from runfolio.analysis.claim_words import sentence_of
from runfolio.analysis.compare import compare_groups, compare_pairs, compare_with
from runfolio.analysis.completeness import missing_runs_text
from runfolio.analysis.estimate import estimate_group
from runfolio.model import Delta, Estimate, Group, MetricSpec
from runfolio.pages.claim_before import left_out, pairs_of
from runfolio.pages.claim_choice import (
    NotThereError,
    UnfitError,
    configuration,
    configurations_of,
    fault,
    metric_of,
    study_of,
)
from runfolio.pages.claim_ground import Ground
from runfolio.pages.claim_result import ClaimResult
from runfolio.pages.claim_runs import RUN_FORMS, judge_runs
from runfolio.pages.claim_trends import judge_trend
from runfolio.pages.rates import rate_delta, rate_meant, rate_spec, with_margin
from runfolio.pages.study import Study

_BEFORE = {Against.EARLIER_SITE: "in the earlier site", Against.PREVIOUS_BUILD: "in the build before"}


def judge_claim(claim: Claim, ground: Ground, *, allow_missing: bool = False) -> ClaimResult:
    """What the runs say of the claim.

    Args:
        claim: as written.
        ground: all experiments of the site, and what was before.
        allow_missing: a claim whose experiment, metric or runs are not there is `open` instead of an error.

    Raises:
        ConfigError: what the claim names is not there, or it fits several experiments; with the claim's file and line.
    """
    may_wait = allow_missing or claim.may_be_open
    try:
        if claim.form in RUN_FORMS:
            found = judge_runs(claim, ground.studies, may_wait=may_wait)
            sentence = sentence_of(claim, found.spec, claim.group, "")
            return ClaimResult(
                claim, found.outcome, sentence, found.reason, found.run_ids, found.experiment, found.spec
            )
        if claim.form.is_trend:
            return judge_trend(claim, ground)
        return _judge(claim, study_of(claim, ground.studies), ground)
    except NotThereError as error:
        if not may_wait:
            hint = (
                error.hint or "mend the name or filter, or say open = true while its runs are not there yet"
            )
            raise fault(claim, error.message, "claim-without-runs", hint) from error
        return ClaimResult(claim, Outcome.OPEN, _plain(claim), error.message)


def judge_claims(claims: Sequence[Claim], ground: Ground) -> tuple[ClaimResult, ...]:
    """Every claim, in the order given; as `judge_claim`."""
    return tuple(judge_claim(claim, ground) for claim in claims)


def _judge(claim: Claim, study: Study, ground: Ground) -> ClaimResult:
    rate = rate_meant(study, claim.metric)
    spec = metric_of(claim, study) if rate is None else rate_spec(rate)
    try:
        if rate is not None and not claim.form.is_comparison:
            raise UnfitError(
                f"{spec.label} is a rate: only comparisons of variants are judged, such as `better`"
            )
        if rate is not None and claim.against is not None:
            raise UnfitError(f"{spec.label} is a rate: variants are compared within one site only")
        if claim.form.is_bound:
            return _judge_bound(claim, study, spec)
        if not spec.goal.sign and claim.form not in (Form.HIGHER, Form.LOWER, Form.EQUIVALENT):
            raise UnfitError(
                f'nobody said whether a high or a low {spec.label} is better: set goal under [metrics."{spec.name}"]'
            )
        if claim.form is Form.BEST:
            return _judge_best(claim, study, spec)
        if claim.against is not None:
            return _judge_before(claim, study, spec, ground)
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
    margin, judged = _with_margin(claim, spec)
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


def _with_margin(claim: Claim, spec: MetricSpec) -> tuple[float | None, MetricSpec]:
    """The size that the claim speaks of, and the metric with it as its threshold."""
    margin = margin_of(claim, spec)
    if claim.form is Form.EQUIVALENT and not margin:
        raise UnfitError(
            "nothing says how small a difference does not matter: write `by`, or the metric's threshold"
        )
    return margin, spec if margin is None else replace(spec, threshold=margin)


def _judge_before(claim: Claim, study: Study, spec: MetricSpec, ground: Ground) -> ClaimResult:
    """Each configuration, or the one that the claim names, against itself as it was."""
    margin, judged = _with_margin(claim, spec)
    pairs = pairs_of(claim, study, spec, ground)
    found = compare_pairs(pairs.now_and_then, pairs.runs, judged, study.site.compare)
    rulings = [
        (now.label, rule_comparison(claim, delta, ours, theirs, judged, len(found)))
        for (now, _), (ours, theirs, delta) in zip(pairs.now_and_then, found, strict=True)
    ]
    if not found:
        allows_none = claim.form in (Form.NOT_WORSE, Form.EQUIVALENT)
        ruling = Ruling(Outcome.HOLDS if allows_none else Outcome.UNDECIDED, "nothing is new since then")
    else:
        ruling = rulings[0][1] if len(rulings) == 1 else rule_all(rulings)
    who = pairs.label if claim.group else ""
    one = found[0] if claim.group and found else None
    words = [pairs.builds, ruling.reason]
    reason = ": ".join(word for word in words if word)
    return ClaimResult(
        claim,
        ruling.outcome,
        sentence_of(claim, spec, who, _BEFORE[claim.against or Against.EARLIER_SITE], margin),
        "; ".join(word for word in (reason, left_out(pairs)) if word),
        tuple(run_id for now, _ in pairs.now_and_then for run_id in now.run_ids),
        study.name,
        spec,
        delta=one[2] if one else None,
        counts=(one[0].n, one[1].n) if one else (),
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
    other = _BEFORE[claim.against] if claim.against else claim.than or "the baseline"
    return sentence_of(claim, spec, claim.group, other, claim.by)
