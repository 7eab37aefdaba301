"""Which number of a run counts, and whether the run's result may count at all."""

from __future__ import annotations

import math
from enum import StrEnum

from runfolio.analysis.direction import goal_of
from runfolio.model import Goal, MetricSpec, MetricSummary, Reduction, Run, RunStatus


class Outcome(StrEnum):
    """How a run ended, seen from one metric. Only `ok` enters a mean."""

    OK = "ok"
    RUNNING = "running"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    DIVERGED = "diverged"
    NOT_LOGGED = "not logged"


def value_of(run: Run, spec: MetricSpec) -> float:
    """The run's value of the metric in logged units, by the metric's reduction; NaN when it was not logged."""
    summary = run.metrics.get(spec.name)
    return math.nan if summary is None else _reduced(summary, spec)


def _reduced(summary: MetricSummary, spec: MetricSpec) -> float:
    match spec.reduction:
        case Reduction.LAST:
            return summary.last
        case Reduction.TAIL:
            return summary.mean_of_tail
        case Reduction.MINIMUM:
            return summary.minimum
        case Reduction.MAXIMUM:
            return summary.maximum


def outcome_of(run: Run, spec: MetricSpec) -> Outcome:
    """How the run ended for this metric. Divergence is named before failure: it says why the run failed."""
    if run.status is RunStatus.RUNNING:
        return Outcome.RUNNING
    summary = run.metrics.get(spec.name)
    if (summary is not None and has_diverged(summary, spec)) or _failed_on_a_loss(run):
        return Outcome.DIVERGED
    if run.status is RunStatus.FAILED:
        return Outcome.FAILED
    if run.status is RunStatus.INTERRUPTED:
        return Outcome.INTERRUPTED
    if summary is None:
        return Outcome.NOT_LOGGED
    return Outcome.OK if math.isfinite(_reduced(summary, spec)) else Outcome.DIVERGED


def has_diverged(summary: MetricSummary, spec: MetricSpec) -> bool:
    """True when the last value is not finite, or a loss ended far above where it had been (statistics 5.5).

    Far above: greater than 10 × its own minimum + 10 × its median absolute deviation, and than its first value.
    Only for lower-is-better metrics that are no times and stay positive, for which a multiple has a meaning.
    """
    if not math.isfinite(summary.last):
        return True
    if spec.goal is not Goal.MINIMIZE or spec.is_time or not summary.minimum > 0:
        return False
    spread = summary.median_absolute_deviation
    limit = 10 * summary.minimum + 10 * (spread if math.isfinite(spread) else 0.0)
    return summary.last > limit and summary.last > summary.first


def _failed_on_a_loss(run: Run) -> bool:
    """True for a failed run whose loss-like metric ended non-finite: scripts stop themselves when a loss is NaN."""
    return run.status is RunStatus.FAILED and any(
        not math.isfinite(summary.last) and goal_of(name) is Goal.MINIMIZE
        for name, summary in run.metrics.items()
    )
