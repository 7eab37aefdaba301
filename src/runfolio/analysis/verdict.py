"""The words for a difference (statistics section 2.5), with the sizes that carry them."""

from __future__ import annotations

import math

from runfolio.analysis.difference import Difference
from runfolio.analysis.estimate import FEWEST_FOR_INTERVAL
from runfolio.analysis.rounding import decimals_for, four_digits, number_text, signed_text
from runfolio.model import Delta, Goal, MetricSpec, Verdict

LEVEL = 0.05


def judge(
    found: Difference,
    spec: MetricSpec,
    p_adjusted: float | None,
    family: int = 1,
    *,
    blocked: str = "",
    tests_disagree: bool = False,
) -> Delta:
    """The words for a difference. The first rule that applies speaks.

    Formula: [L, U] the 95 % interval, positive good; p̃ Holm's; d the threshold. p̃ ≤ 0.05 and L > d: better; p̃ ≤ 0.05 otherwise: better, maybe
    by less than d (by less than d where also U < d); mirrored: worse; the 90 % interval inside (−d, d): equivalent; else no clear
    difference, with [L, U]. Where the permutation test disagrees: no clear difference.
    Shapes: a difference and its corrected p → verdict and sentence.
    Missing values: `blocked` says which runs failed or are missing; then it is not judged.
    Refused: a verdict below three runs a side, without spread, or with missing runs; better and worse without a direction.
    Source: Schuirmann 1987 for equivalence; the rest are rules of Runfolio.
    """
    verdict, reason, qualifier = _verdict(found, spec, p_adjusted, family, blocked, tests_disagree)
    is_judged = verdict not in (Verdict.NOT_JUDGED, Verdict.TOO_FEW_RUNS)
    return Delta(
        absolute=found.absolute,
        low=found.low,
        high=found.high,
        p=found.p if is_judged else None,
        p_adjusted=p_adjusted if is_judged else None,
        verdict=verdict,
        reason=reason,
        relative=None if blocked else found.relative,
        method=found.method,
        qualifier=qualifier,
    )


def _verdict(
    found: Difference,
    spec: MetricSpec,
    p_adjusted: float | None,
    family: int,
    blocked: str,
    tests_disagree: bool,
) -> tuple[Verdict, str, str]:
    if blocked:
        return Verdict.NOT_JUDGED, blocked, ""
    if min(found.n_a, found.n_b) < FEWEST_FOR_INTERVAL:
        return Verdict.TOO_FEW_RUNS, f"{found.n_a} and {found.n_b} runs; at least 3 each", ""
    if found.low is None or found.high is None or p_adjusted is None:
        same = "runs are identical; the seed seems to have no effect, or they are copies"
        return Verdict.NOT_JUDGED, same, ""
    words = _Words(found, found.low, found.high, spec)
    if p_adjusted <= LEVEL and not tests_disagree:
        return words.clear()
    low, high, limit = found.low90, found.high90, spec.threshold or 0.0
    if not tests_disagree and low is not None and high is not None and -limit < low and high < limit:
        return words.equivalent(low, high)
    return words.unclear(family, tests_disagree=tests_disagree)


def interval_decimals(low: float, high: float) -> int:
    """Decimals for a difference and its interval: by the half-width, and finer where an end would round to 0: whether
    the interval includes 0 must be seen in the text."""
    half = abs(high - low) / 2
    if not 0 < half < math.inf:
        return 0
    decimals = decimals_for(half)
    for finer in range(decimals, decimals + 3):
        if all(end == 0 or round(end, finer) != 0 for end in (low, high)):
            return finer
    return decimals + 3


class _Words:
    """Sizes of one difference as text, in shown units."""

    def __init__(self, found: Difference, low: float, high: float, spec: MetricSpec) -> None:
        self.spec = spec
        self.gap, self.low, self.high = (x * spec.scale for x in (found.absolute, low, high))
        self.decimals = interval_decimals(self.low, self.high)
        self.counts = f"n={found.n_a} and {found.n_b}"
        unit = "points" if spec.unit == "%" else spec.unit
        self.unit = f" {unit}" if unit else ""
        self.threshold = abs((spec.threshold or 0.0) * spec.scale)

    def clear(self) -> tuple[Verdict, str, str]:
        is_up = self.gap > 0
        if self.spec.goal is Goal.NONE:
            verdict = Verdict.HIGHER if is_up else Verdict.LOWER
        else:
            verdict = Verdict.BETTER if is_up == (self.spec.goal is Goal.MAXIMIZE) else Verdict.WORSE
        low, high = (self.low, self.high) if is_up else (-self.high, -self.low)
        qualifier = self._size_qualifier(low, high)
        ends = f"{number_text(low, self.decimals)} to {number_text(high, self.decimals)}"
        comma = f", {qualifier}" if qualifier else ""
        size = f"{verdict} by {number_text(abs(self.gap), self.decimals)}{self.unit}{comma}"
        return verdict, f"{size}, 95% interval {ends}, {self.counts}", qualifier

    def _size_qualifier(self, low: float, high: float) -> str:
        if not self.threshold or low > self.threshold:
            return ""
        size = f"{four_digits(self.threshold)}{self.unit}"
        return f"by less than {size}" if high < self.threshold else f"maybe by less than {size}"

    def equivalent(self, low90: float, high90: float) -> tuple[Verdict, str, str]:
        qualifier = f"within ±{four_digits(self.threshold)}{self.unit}"
        low, high = (signed_text(x * self.spec.scale, self.decimals) for x in (low90, high90))
        return (
            Verdict.EQUIVALENT,
            f"equivalent {qualifier}, 90% interval {low} to {high}, {self.counts}",
            qualifier,
        )

    def unclear(self, family: int, *, tests_disagree: bool) -> tuple[Verdict, str, str]:
        low, high = signed_text(self.low, self.decimals), signed_text(self.high, self.decimals)
        reason = f"the difference is between {low} and {high}{self.unit}, {self.counts}"
        if tests_disagree:
            return (
                Verdict.NO_CLEAR_DIFFERENCE,
                f"{reason}; the t test and the permutation test disagree",
                "tests disagree",
            )
        if family > 1 and (self.low > 0 or self.high < 0):
            reason += f"; excludes 0 on its own, not after correcting for {family} comparisons"
        return Verdict.NO_CLEAR_DIFFERENCE, reason, ""
