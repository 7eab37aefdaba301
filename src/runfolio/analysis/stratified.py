"""Means and resampling over a suite of tasks: tasks stay fixed, runs vary within each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from runfolio.analysis.content_seed import content_seed
from runfolio.analysis.estimate import mean_of, variance_of
from runfolio.analysis.student import t_quantile
from runfolio.analysis.welch import Contrast
from runfolio.model import FloatArray

DRAWS = 2_000
FEWEST_SCORES = 20
"""Runs × tasks below which a resampled interval covers far less than it says."""
_MOST_AT_ONCE = 2_000_000
"""Numbers held at a time."""

Interval = tuple[float, float]
Statistic = Callable[[FloatArray], FloatArray]
"""From resampled scores, shape (draws, scores), to one number a draw."""


def finite_scores(scores: Sequence[Sequence[float]]) -> list[list[float]]:
    """The finite scores of each task."""
    return [[float(v) for v in task if math.isfinite(v)] for task in scores]


def stratified_mean(scores: Sequence[Sequence[float]]) -> float:
    """The mean over tasks of the mean over runs.

    Formula: Σ_j m_j / M over M tasks with means m_j: every task counts the same, however many runs it has.
    Shapes: M tasks of n_j scores → a number.
    Missing values: non-finite scores are left out of their task's mean (the caller counts them); NaN where a task has
    none left, for a mean over fewer tasks would be another quantity.
    Source: Agarwal et al. 2021.
    """
    kept = finite_scores(scores)
    return mean_of([mean_of(task) for task in kept]) if kept and all(kept) else math.nan


def stratified_t(scores: Sequence[Sequence[float]], level: float = 0.95) -> Interval | None:
    """The t interval of the mean over these tasks: seeds vary, tasks do not.

    Formula: m ± t((1 + level)/2, df)·SE with SE² = Σ_j v_j / M², v_j = s_j²/n_j, and
    df = (Σ v_j)² / Σ v_j²/(n_j − 1).
    Shapes: M tasks of n_j scores → both ends.
    Missing values: non-finite scores are left out.
    Refused: None where a task has fewer than two scores, where all tasks together have fewer than two degrees of freedom
    (one task with two runs), or where no task has any spread.
    Source: Welch 1947, Satterthwaite 1946.
    """
    kept = finite_scores(scores)
    if not kept or min(map(len, kept)) < 2 or sum(len(task) - 1 for task in kept) < 2:
        return None
    shares = [variance_of(task) / len(task) for task in kept]
    total = math.fsum(shares)
    if not total > 0 or not math.isfinite(total):
        return None
    df = 1 / math.fsum((v / total) ** 2 / (len(task) - 1) for v, task in zip(shares, kept, strict=True))
    half = t_quantile((1 + level) / 2, df) * math.sqrt(total) / len(kept)
    mean = stratified_mean(kept)
    return mean - half, mean + half


def stratified_contrast(a: Sequence[Sequence[float]], b: Sequence[Sequence[float]]) -> Contrast | None:
    """Mean over tasks of a minus that of b on the same tasks: Welch's test, task by task, added up.

    Formula: SE² = Σ_j (v_aj + v_bj) / M², v = s²/n, df = (Σ v)² / Σ v²/(n − 1) over all 2·M of them.
    Shapes: M tasks of n_j and m_j scores → difference, standard error, df.
    Missing values: non-finite scores are left out; the caller does not judge a method with missing runs.
    Refused: None where an interval of either mean is refused, or the tasks differ in number.
    Source: Welch 1947, Satterthwaite 1946.
    """
    left, right = finite_scores(a), finite_scores(b)
    if len(left) != len(right) or not left or min(map(len, (*left, *right))) < 2:
        return None
    if min(sum(len(task) - 1 for task in side) for side in (left, right)) < 2:
        return None
    gap = stratified_mean(left) - stratified_mean(right)
    parts = [(variance_of(task) / len(task), len(task) - 1) for task in (*left, *right)]
    total = math.fsum(v for v, _ in parts)
    method = f"Welch t test over {len(left)} tasks"
    if not total > 0 or not math.isfinite(total):
        return Contrast(gap, math.nan, math.nan, method)
    df = 1 / math.fsum((v / total) ** 2 / free for v, free in parts)
    return Contrast(gap, math.sqrt(total) / len(left), df, f"{method}, {df:.1f} degrees of freedom")


def stratified_bootstrap(
    scores: Sequence[Sequence[float]], statistic: Statistic, content: str = "", level: float = 0.95
) -> list[Interval | None]:
    """Percentile intervals of statistics that have no formula, by resampling runs within each task.

    Formula: quantiles (type 7) of the statistic over 2,000 resamples, both ends then stretched about the estimate by
    √(n/(n − 1)); with unequal n_j by √(Σ v_j / Σ v_j·(n_j − 1)/n_j), v_j = s_j²/n_j, which is the same where they are equal.
    Shapes: M tasks of n_j scores, columns in the order of the tasks; `statistic` maps (draws, N) to (draws,) or
    (draws, k) → one interval, or k.
    Missing values: non-finite scores are left out.
    Refused: None where runs × tasks < 20, where a task has fewer than two scores, or where the interval has no width.
    Source: Agarwal et al. 2021; the stretch corrects that resampling n values gives a variance of (n − 1)/n.
    """
    kept = finite_scores(scores)
    flat = np.array([v for task in kept for v in task], dtype=np.float64)
    estimate = np.atleast_1d(statistic(flat[None, :])[0]) if flat.size else np.zeros(1)
    if flat.size < FEWEST_SCORES or min(map(len, kept)) < 2:
        return [None] * estimate.size
    drawn = resampled(kept, statistic, content).reshape(DRAWS, -1)
    stretch = _stretch(kept)
    ends = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    low, high = estimate + (ends - estimate) * stretch
    return [
        (float(a), float(b)) if b > a and math.isfinite(b - a) else None
        for a, b in zip(low, high, strict=True)
    ]


def resampled(scores: Sequence[Sequence[float]], statistic: Statistic, content: str = "") -> FloatArray:
    """The statistic of 2,000 resamples, shape (draws,) or (draws, k), drawn within each task and seeded from the scores."""
    counts = [len(task) for task in scores]
    flat = np.array([v for task in scores for v in task], dtype=np.float64)
    first = np.repeat(np.cumsum([0, *counts[:-1]]), counts)
    rng = np.random.default_rng(content_seed(content, *scores))
    rows = max(1, _MOST_AT_ONCE // max(flat.size, 1))
    parts = []
    for start in range(0, DRAWS, rows):
        size = (min(rows, DRAWS - start), flat.size)
        chosen = first + rng.integers(0, np.repeat(counts, counts), size)
        parts.append(statistic(flat[chosen]))
    return np.concatenate(parts)


def _stretch(scores: Sequence[Sequence[float]]) -> float:
    shares = [(variance_of(task) / len(task), (len(task) - 1) / len(task)) for task in scores]
    narrow = math.fsum(v * part for v, part in shares)
    return math.sqrt(math.fsum(v for v, _ in shares) / narrow) if narrow > 0 else 1.0
