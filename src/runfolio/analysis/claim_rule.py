"""When a claim holds, when it does not, and when the runs leave it open: the verdict rule, read from the claim's side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from runfolio.analysis.claim import Claim, Form, Outcome
from runfolio.analysis.estimate import FEWEST_FOR_INTERVAL, variance_of
from runfolio.analysis.power import runs_needed, runs_needed_for_mean
from runfolio.analysis.rounding import number_text
from runfolio.analysis.verdict import LEVEL, interval_decimals
from runfolio.model import Delta, Estimate, GroupResult, MetricSpec, Verdict

MOST_NAMED_RUNS = 1000


@dataclass(frozen=True, slots=True)
class Ruling:
    """An outcome with the sentence behind it."""

    outcome: Outcome
    reason: str
    more_runs: int | None = None
    """So many more runs of each configuration would decide it in four of five tries, if what was seen is so; None where it
    is decided or that cannot be said."""


def rule_comparison(
    claim: Claim, delta: Delta, a: Estimate, b: Estimate, spec: MetricSpec, family: int
) -> Ruling:
    """The claim about a − b, judged by its 95% interval, and its sign by the verdict (Holm over `family`, permutations).

    With d the margin and [L, U] the interval, oriented so that the claim says Δ > d: it holds where L > d, and not where
    U < d; for d = 0 the verdict must be clear besides, for d > 0 also to hold, for d < 0 also not to hold. `spec` bears the
    margin as its threshold.
    """
    if delta.verdict in (Verdict.TOO_FEW_RUNS, Verdict.NOT_JUDGED) or delta.low is None or delta.high is None:
        few = FEWEST_FOR_INTERVAL - min(a.n, b.n)
        is_short = delta.verdict is Verdict.TOO_FEW_RUNS and few > 0
        return Ruling(Outcome.UNDECIDED, delta.reason, few if is_short else None)
    low, high = delta.low, delta.high
    if delta.verdict is Verdict.NO_CLEAR_DIFFERENCE:
        delta = replace(delta, reason=f"{delta.verdict}: {delta.reason}")
    if claim.form is Form.EQUIVALENT:
        return _rule_equivalence(delta, a, b, spec, family)
    sign, margin = _direction(claim, spec)
    gap = sign * delta.absolute
    low, high = sorted((sign * low, sign * high))
    is_clear = delta.verdict.is_clear
    if low > margin and gap > margin and (is_clear or margin < 0):
        return Ruling(Outcome.HOLDS, delta.reason)
    if high < margin and gap < margin and (is_clear or margin > 0):
        return Ruling(Outcome.DOES_NOT_HOLD, delta.reason)
    if claim.form is Form.BETTER and not margin and delta.verdict is Verdict.EQUIVALENT:
        return Ruling(Outcome.DOES_NOT_HOLD, delta.reason)
    return _undecided(delta.reason, gap - margin, a, b, family)


def margin_of(claim: Claim, spec: MetricSpec) -> float | None:
    """The size that the claim speaks of: its `by`, else for `equivalent` and `not worse` the metric's threshold."""
    if claim.by is None and claim.form in (Form.EQUIVALENT, Form.NOT_WORSE):
        return spec.threshold
    return claim.by


def rule_bound(claim: Claim, estimate: Estimate, missing: str, spec: MetricSpec) -> Ruling:
    """The claim that the mean lies above or below its bound: its whole 95% t interval does, or lies on the other side."""
    if missing:
        return Ruling(Outcome.UNDECIDED, missing)
    if estimate.n < FEWEST_FOR_INTERVAL:
        few = FEWEST_FOR_INTERVAL - estimate.n
        return Ruling(Outcome.UNDECIDED, f"{_runs(estimate.n)}; at least {FEWEST_FOR_INTERVAL}", few)
    if estimate.low is None or estimate.high is None:
        same = "runs are identical; the seed seems to have no effect, or they are copies"
        return Ruling(Outcome.UNDECIDED, f"{same}; a `where` asks each run without an interval")
    bound = claim.bound or 0.0
    reason = mean_text(estimate, spec)
    low, high = estimate.low - bound, estimate.high - bound
    if claim.form is Form.BELOW:
        low, high = -high, -low
    if low > 0:
        return Ruling(Outcome.HOLDS, reason)
    if high < 0:
        return Ruling(Outcome.DOES_NOT_HOLD, reason)
    needed = runs_needed_for_mean(
        estimate.value - bound, math.sqrt(variance_of(estimate.values)), level=LEVEL
    )
    return _with_plan(reason, needed, estimate.n, "")


def rule_best(result: GroupResult, ranked: Sequence[GroupResult], incomplete: Sequence[str]) -> Ruling:
    """The claim that a configuration is first: it holds where no other place is left to it, and not where the first is not.

    `ranked` are the complete configurations, itself among them; `incomplete` says of the others what is missing.
    """
    if not result.rank_low:
        return Ruling(Outcome.UNDECIDED, "; ".join(incomplete[:3]) or "it has no place among the others")
    if len(ranked) < 2 and not incomplete:
        return Ruling(Outcome.UNDECIDED, "there is no other configuration to be better than")
    is_settled = result.rank_low == result.rank_high
    places = f"place {result.rank_low}" if is_settled else f"places {result.rank_low} to {result.rank_high}"
    reason = f"{places} of {len(ranked)}{'' if is_settled else ' are open to it'}, n={result.estimate.n}"
    if result.rank_low > 1:
        return Ruling(Outcome.DOES_NOT_HOLD, reason)
    if incomplete:
        return Ruling(Outcome.UNDECIDED, "; ".join([*incomplete[:3], reason]))
    if result.rank_high > 1:
        short = [r for r in ranked if r.estimate.n < FEWEST_FOR_INTERVAL]
        few = (
            f"; {short[0].group.label}: {_runs(short[0].estimate.n)}, at least {FEWEST_FOR_INTERVAL}"
            if short
            else ""
        )
        return Ruling(Outcome.UNDECIDED, reason + few)
    return Ruling(Outcome.HOLDS, reason)


def rule_all(rulings: Sequence[tuple[str, Ruling]], noun: str = "configurations") -> Ruling:
    """One ruling for a claim about each of several configurations or histories: it holds where it holds for all, and not where one fails."""
    for outcome in (Outcome.DOES_NOT_HOLD, Outcome.UNDECIDED):
        those = [(label, ruling) for label, ruling in rulings if ruling.outcome is outcome]
        if those:
            said = [f"{label}: {ruling.reason}" for label, ruling in those[:3]]
            rest = [f"and {len(those) - 3} more"] if len(those) > 3 else []
            needed = [ruling.more_runs for _, ruling in those]
            most = max((n for n in needed if n is not None), default=None) if None not in needed else None
            return Ruling(outcome, "; ".join([*said, *rest]), most)
    return Ruling(Outcome.HOLDS, f"so it is for {len(rulings)} of {len(rulings)} {noun}")


def mean_text(estimate: Estimate, spec: MetricSpec) -> str:
    """`mean 0.93, 95% interval 0.91 to 0.95, n=5`, in shown units."""
    if estimate.low is None or estimate.high is None:
        return ""
    value, low, high = (x * spec.scale for x in (estimate.value, estimate.low, estimate.high))
    low, high = sorted((low, high))
    decimals = interval_decimals(low, high)
    unit = "%" if spec.unit == "%" else f" {spec.unit}" if spec.unit else ""
    ends = f"{number_text(low, decimals)} to {number_text(high, decimals)}{unit}"
    return f"mean {number_text(value, decimals)}{unit}, 95% interval {ends}, n={estimate.n}"


def _direction(claim: Claim, spec: MetricSpec) -> tuple[int, float]:
    """Sign and margin that make the claim Δ > margin."""
    size = margin_of(claim, spec) or 0.0
    match claim.form:
        case Form.HIGHER:
            return 1, size
        case Form.LOWER:
            return -1, size
        case Form.WORSE:
            return -spec.goal.sign, size
        case Form.NOT_WORSE:
            return spec.goal.sign, -size
        case _:
            return spec.goal.sign, size


def _rule_equivalence(delta: Delta, a: Estimate, b: Estimate, spec: MetricSpec, family: int) -> Ruling:
    """Two one-sided tests at 5%: the 90% interval lies inside the margins (Schuirmann 1987). Not, where the difference is
    clear and its whole 95% interval lies beyond one of them."""
    assert delta.low is not None and delta.high is not None
    limit = spec.threshold or 0.0
    if delta.verdict is Verdict.EQUIVALENT:
        return Ruling(Outcome.HOLDS, delta.reason)
    # A clear but small difference takes the word `better`; its 95% interval inside the margins says that it is small.
    if delta.verdict.is_clear and -limit < delta.low and delta.high < limit:
        return Ruling(Outcome.HOLDS, delta.reason)
    if delta.verdict.is_clear and (delta.low > limit or delta.high < -limit):
        return Ruling(Outcome.DOES_NOT_HOLD, delta.reason)
    return _undecided(delta.reason, limit - abs(delta.absolute), a, b, family)


def _undecided(reason: str, distance: float, a: Estimate, b: Estimate, family: int) -> Ruling:
    """Undecided, with the runs that it would take to tell the difference from the margin, `distance` away from it."""
    spreads = (math.sqrt(variance_of(side.values)) for side in (a, b))
    needed = runs_needed(distance, *spreads, level=LEVEL / max(family, 1))
    return _with_plan(reason, needed, min(a.n, b.n), " on each side")


def _with_plan(reason: str, needed: int | None, had: int, where: str) -> Ruling:
    if needed is None:
        return Ruling(Outcome.UNDECIDED, reason)
    more = max(needed - had, 1)
    count = f"about {more} more" if more <= MOST_NAMED_RUNS else f"more than {MOST_NAMED_RUNS} more"
    noun = "run" if more == 1 else "runs"
    return Ruling(
        Outcome.UNDECIDED, f"{reason}; {count} {noun}{where} would decide it, if it stays as it is", more
    )


def _runs(count: int) -> str:
    return f"{count} run" if count == 1 else f"{count} runs"
