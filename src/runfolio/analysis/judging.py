"""Judges a family of comparisons together: t tests, Holm over all of them, permutation checks of the clear ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runfolio.analysis.difference import Difference, contrast_of, difference
from runfolio.analysis.holm import holm_where_known
from runfolio.analysis.permutation import FEWEST, permutation_p, sign_flip_p
from runfolio.analysis.verdict import LEVEL, judge
from runfolio.model import Delta, Estimate, Group, MetricSpec, Run

FEWEST_PAIRS = 5
_FEWEST_PAIRS_TO_CHECK = 6
"""With five pairs the smallest sign-flip p is .0625: the check could never confirm anything."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group, its estimate, and what became of runs that do not count (empty when all do)."""

    group: Group
    estimate: Estimate
    missing: str = ""


def judge_all(
    comparisons: Sequence[tuple[Candidate, Candidate]],
    runs: Mapping[str, Run],
    spec: MetricSpec,
    *,
    paired_by: str | None = None,
    equal_spread: bool = False,
) -> list[Delta]:
    """One Delta a comparison (first minus second), corrected over those of them that could be tested."""
    places = range(len(comparisons))
    return judge_some(comparisons, places, runs, spec, paired_by=paired_by, equal_spread=equal_spread)


def judge_some(
    comparisons: Sequence[tuple[Candidate, Candidate]],
    places: Sequence[int],
    runs: Mapping[str, Run],
    spec: MetricSpec,
    *,
    paired_by: str | None = None,
    equal_spread: bool = False,
) -> list[Delta]:
    """As `judge_all`, the Deltas at these places alone: of the others only what the correction needs is worked out."""
    pairs = [pairs_of(a.estimate, b.estimate, runs, paired_by) for a, b in comparisons]
    blocked = [_blocked(a, b) for a, b in comparisons]
    contrasts = [
        contrast_of(a.estimate, b.estimate, own, equal_spread=equal_spread)
        for (a, b), own in zip(comparisons, pairs, strict=True)
    ]
    tested = [
        None if why or contrast is None else contrast.p
        for contrast, why in zip(contrasts, blocked, strict=True)
    ]
    adjusted = holm_where_known(tested)
    family = sum(p is not None for p in tested)
    deltas = []
    for place in places:
        (a, b), p = comparisons[place], adjusted[place]
        part = difference(a.estimate, b.estimate, spec, pairs=pairs[place], equal_spread=equal_spread)
        disagree = p is not None and p <= LEVEL and _disagree(a, b, part, spec)
        deltas.append(judge(part, spec, p, family, blocked=blocked[place], tests_disagree=disagree))
    return deltas


def pairs_of(
    a: Estimate, b: Estimate, runs: Mapping[str, Run], parameter: str | None
) -> list[tuple[float, float]]:
    """Values of both groups whose runs share a value of the parameter; none with fewer than five such pairs, or when
    a value occurs twice in a group."""
    if parameter is None:
        return []
    left, right = _by_parameter(a, runs, parameter), _by_parameter(b, runs, parameter)
    pairs = [(left[key], right[key]) for key in left if key in right]
    return pairs if len(pairs) >= FEWEST_PAIRS else []


def _by_parameter(estimate: Estimate, runs: Mapping[str, Run], parameter: str) -> dict[str, float]:
    texts = [
        runs[i].parameters[parameter].text if parameter in runs[i].parameters else None
        for i in estimate.run_ids
    ]
    named = {text: value for text, value in zip(texts, estimate.values, strict=True) if text is not None}
    return named if len(named) == sum(text is not None for text in texts) else {}


def _blocked(a: Candidate, b: Candidate) -> str:
    if b.missing:
        return (
            f"{b.group.label}: {b.missing}" if not a.missing else f"{a.missing}; {b.group.label}: {b.missing}"
        )
    return a.missing


def _disagree(a: Candidate, b: Candidate, part: Difference, spec: MetricSpec) -> bool:
    """True when the permutation test, uncorrected, does not reach the level that the t test reaches."""
    content = f"{spec.name}\x1f{a.group.label}\x1f{b.group.label}"
    if part.gaps:
        return len(part.gaps) >= _FEWEST_PAIRS_TO_CHECK and sign_flip_p(part.gaps, content) > LEVEL
    if min(part.n_a, part.n_b) < FEWEST:
        return False
    return permutation_p(a.estimate.values, b.estimate.values, content) > LEVEL
