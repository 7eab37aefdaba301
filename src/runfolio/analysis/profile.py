"""Performance profiles: the whole distribution of a method's scores over a suite, not one number of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runfolio.analysis.stratified import finite_scores, stratified_bootstrap
from runfolio.model import FloatArray


@dataclass(frozen=True, slots=True)
class Profile:
    """Share of runs above each threshold. Shapes (k,); `low` and `high` are NaN where no band may be drawn."""

    threshold: tuple[float, ...]
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def performance_profile(
    scores: Sequence[Sequence[float]],
    thresholds: Sequence[float],
    content: str = "",
    *,
    has_band: bool = True,
) -> Profile:
    """For each threshold, the share of runs that score above it, each task counting the same.

    Formula: F(τ) = Σ_j #(x_j > τ)/n_j / M, with a pointwise 95 % band from the stretched stratified bootstrap, kept within
    0 and 1.
    Shapes: M tasks of n_j scores and k thresholds → k shares and bands.
    Missing values: a run without a finite score stays in its n_j and is above no threshold.
    Refused: no band where it is not asked for, runs × tasks < 20, or a task has fewer than two scores; NaN throughout where
    a task has no run.
    Source: Dolan and Moré 2002; Agarwal et al. 2021 (run-score distributions).
    """
    filled = [[v if math.isfinite(v) else -math.inf for v in task] for task in scores]
    nothing = (math.nan,) * len(thresholds)
    if not filled or not all(filled):
        return Profile(tuple(thresholds), nothing, nothing, nothing)
    levels = np.asarray(thresholds, dtype=np.float64)
    weight = np.concatenate([np.full(len(task), 1 / len(task) / len(filled)) for task in filled])
    share = _above(np.array([v for task in filled for v in task])[None, :], levels, weight)[0]
    if not has_band:
        return Profile(tuple(levels.tolist()), tuple(share.tolist()), nothing, nothing)
    # A finite stand-in below every threshold: resampling leaves infinities out.
    floor = min([*thresholds, *(v for task in finite_scores(filled) for v in task)], default=0.0) - 1
    stand_in = [[v if math.isfinite(v) else floor for v in task] for task in filled]
    bands = stratified_bootstrap(stand_in, lambda rows: _above(rows, levels, weight), f"profile\x1f{content}")
    return Profile(
        threshold=tuple(float(v) for v in levels),
        share=tuple(float(v) for v in share),
        low=tuple(math.nan if band is None else max(band[0], 0.0) for band in bands),
        high=tuple(math.nan if band is None else min(band[1], 1.0) for band in bands),
    )


def _above(rows: FloatArray, levels: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted share of each row above each level, (m, n) → (m, k)."""
    return np.stack([(rows > level) @ weight for level in levels], axis=1)
