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
    """The value of a run, in logged units; NaN when the metric was not logged.

    Formula: the last logged value; by configuration the mean of the last tenth of the values, the minimum or the maximum.
    Shapes: a run → a number.
    Missing values: the last value may be NaN or infinite; then the run has diverged and has no value that counts.
    Source: the best value over steps is selected by luck; Colas et al. 2018, Henderson et al. 2018.
    """
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
    """True when a run's last value is not finite, or its loss ended far above where it had been.

    Formula: last > 10·minimum + 10·MAD and last > first, MAD the median absolute deviation of the run's own values.
    Shapes: a summary of one metric of one run → yes or no.
    Missing values: a non-finite last value is divergence.
    Refused: not judged but by a non-finite value where lower is not better, for times, and where values are not all positive.
    Source: a rule of Runfolio, stated and not estimated.
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
