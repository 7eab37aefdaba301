"""One number for all scores of a suite that no few runs or tasks can carry away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runfolio.analysis.stratified import Interval, Statistic, finite_scores, stratified_bootstrap
from runfolio.model import FloatArray


def iqm(scores: Sequence[Sequence[float]]) -> float:
    """Interquartile mean: the mean of the middle half of all scores of all tasks.

    Formula: all N scores sorted, ⌊N/4⌋ cut from each end, mean of the rest.
    Shapes: M tasks of n_j scores → a number.
    Missing values: non-finite scores are left out; NaN without any. To count a failed run as the worst, put the worst
    score in its place (`failed_as_worst`).
    Source: Agarwal et al. 2021.
    """
    return _of_all(scores, iqm_of_rows)


def iqm_interval(scores: Sequence[Sequence[float]], content: str = "") -> Interval | None:
    """95 % interval of the interquartile mean, from the stretched stratified bootstrap.

    Formula: that of the stratified bootstrap, over the interquartile mean.
    Shapes: M tasks of n_j scores → both ends.
    Missing values: non-finite scores are left out.
    Refused: None where runs × tasks < 20 or a task has fewer than two scores.
    Source: Agarwal et al. 2021.
    """
    return stratified_bootstrap(scores, iqm_of_rows, f"iqm\x1f{content}")[0]


def iqm_of_rows(rows: FloatArray) -> FloatArray:
    """Interquartile mean of each row, (m, n) → (m,)."""
    cut = rows.shape[1] // 4
    middle = np.sort(rows, axis=1)[:, cut : rows.shape[1] - cut]
    return np.asarray(middle.mean(axis=1))


def suite_median(scores: Sequence[Sequence[float]]) -> float:
    """The median over tasks of the mean over runs.

    Formula: the middle one of the M task means; of an even number, the mean of the two in the middle.
    Shapes: M tasks of n_j scores → a number.
    Missing values: non-finite scores are left out; NaN where a task has none left.
    Source: Agarwal et al. 2021, who show why it says little: half of the tasks could score nothing.
    """
    kept = finite_scores(scores)
    if not kept or not all(kept):
        return float("nan")
    return float(np.median([np.mean(task) for task in kept]))


def suite_median_of_rows(rows: FloatArray, counts: Sequence[int]) -> FloatArray:
    """The median of each row's task means, (m, n) → (m,); `counts` says how many columns each task has."""
    parts = np.split(rows, np.cumsum(counts)[:-1], axis=1)
    return np.asarray(np.median(np.stack([part.mean(axis=1) for part in parts], axis=1), axis=1))


def optimality_gap(scores: Sequence[Sequence[float]], target: float = 1.0) -> float:
    """How much is missing on average to the target score; what is beyond the target does not count.

    Formula: γ − mean of min(x, γ) over all scores of all tasks, γ the target. Lower is better.
    Shapes: M tasks of n_j scores → a number.
    Missing values: non-finite scores are left out; NaN without any.
    Source: Agarwal et al. 2021.
    """
    return _of_all(scores, lambda rows: optimality_gap_of_rows(rows, target))


def optimality_gap_of_rows(rows: FloatArray, target: float) -> FloatArray:
    """The gap of each row, (m, n) → (m,)."""
    return np.asarray(target - np.minimum(rows, target).mean(axis=1))


def failed_as_worst(scores: Sequence[Sequence[float]], worst: float = 0.0) -> list[list[float]]:
    """The scores with every run that has none put at the worst score, so that a method that fails cannot gain by it.

    Formula: x where x is finite, else the worst score.
    Shapes: M tasks of n_j scores → the same.
    Missing values: this is the rule for them; the number of such runs stays beside the result.
    Source: the rules for failed runs.
    """
    return [[v if np.isfinite(v) else worst for v in task] for task in scores]


def _of_all(scores: Sequence[Sequence[float]], statistic: Statistic) -> float:
    flat = np.array([v for task in finite_scores(scores) for v in task], dtype=np.float64)
    return float(statistic(flat[None, :])[0]) if flat.size else float("nan")
