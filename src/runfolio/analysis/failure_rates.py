"""Whether a configuration loses more runs than the baseline than chance explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runfolio.analysis.fisher import fisher_p
from runfolio.analysis.holm import holm
from runfolio.analysis.proportion import Count
from runfolio.analysis.rounding import number_text
from runfolio.analysis.select import Outcome, outcome_of
from runfolio.model import Group, MetricSpec, Run

_LEVEL = 0.05
_LOST = (Outcome.DIVERGED, Outcome.FAILED)


def failure_remarks(
    groups: Sequence[Group], baseline: Group | None, runs: Mapping[str, Run], spec: MetricSpec
) -> list[str]:
    """A sentence for each group whose share of failed or diverged runs is apart from the baseline's: Fisher's exact test,
    Holm over all groups compared. Runs still going on or interrupted count neither way."""
    if baseline is None:
        return []
    base = _lost(baseline, runs, spec)
    others = [(g, _lost(g, runs, spec)) for g in groups if g.group_id != baseline.group_id]
    tested = [(g, own) for g, own in others if own.successes or base.successes]
    adjusted = holm([fisher_p(own, base) for _, own in tested])
    return [
        f"{group.label}: {own.successes} of {own.trials} runs failed or diverged, of {baseline.label} {base.successes} of "
        f"{base.trials}; that is more than chance (Fisher's exact test, {_p(p)})"
        for (group, own), p in zip(tested, adjusted, strict=True)
        if p <= _LEVEL
    ]


def _lost(group: Group, runs: Mapping[str, Run], spec: MetricSpec) -> Count:
    outcomes = [outcome_of(runs[i], spec) for i in group.run_ids]
    lost = sum(outcome in _LOST for outcome in outcomes)
    return Count(lost, lost + sum(outcome is Outcome.OK for outcome in outcomes))


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {number_text(p, 3)}"
