"""Strength of players from who beat whom. Only for outcomes of pairs: never made from metric values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from runfolio.analysis.content_seed import content_seed
from runfolio.model import FloatArray

ELO = 400 / math.log(10)
"""Elo points of one unit of log-odds."""
DRAWS = 1_000
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Strength:
    """One player's strength in Elo points; the mean over players is 0."""

    elo: float
    low: float | None
    high: float | None
    """95 % interval; None where resampled matches leave a player without any bound."""


def bradley_terry(wins: Sequence[Sequence[float]], content: str = "") -> tuple[list[Strength], str]:
    """Strengths of k players, and an empty text; or nothing, and why not.

    Formula: P(i beats j) = 1/(1 + e^(β_j − β_i)), β by maximum likelihood with mean 0; Elo = 400/ln 10·β. Intervals: 2.5 % and
    97.5 % quantiles over 1,000 resamples of the matches.
    Shapes: k by k, wins[i][j] how often i beat j (a draw is half a win for each) → k strengths.
    Missing values: pairs that never met have 0 both ways.
    Refused: nothing where some players never lost to, or never beat, any of the others (the comparison graph is not strongly
    connected): their strength has no bound. No Elo from the order of matches.
    Source: Bradley and Terry 1952; Ford 1957 (when the maximum exists); Turner and Firth 2012.
    """
    table = np.array(wins, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or table.shape[0] < 2:
        return [], "fewer than two players met"
    np.fill_diagonal(table, 0.0)
    if not _is_connected(table[None, :, :])[0]:
        return [], "some players never lost to, or never beat, any of the others; their strength has no bound"
    elo = _fit(table[None, :, :])[0] * ELO
    drawn = _resample(table, content)
    is_bounded = _is_connected(drawn)
    if is_bounded.mean() < 0.975:
        return [Strength(float(v), None, None) for v in elo], ""
    found = _fit(drawn[is_bounded]) * ELO
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    return [Strength(float(v), float(a), float(b)) for v, a, b in zip(elo, low, high, strict=True)], ""


@dataclass(frozen=True, slots=True)
class StrengthContrast:
    """Two players: the difference of their strengths in Elo points, its standard error, and p of no difference."""

    first: int
    second: int
    difference: float
    standard_error: float
    p: float


def strength_contrasts(wins: Sequence[Sequence[float]]) -> list[StrengthContrast]:
    """Every pair of players by Wald's test of their difference in strength; not corrected for the number of pairs.

    Formula: z = (β_i − β_j)/√(v_ii + v_jj − 2·v_ij), v the inverse of the information Σ n_ij·p_ij(1 − p_ij) of the fit with
    mean 0; two-sided normal p.
    Shapes: k by k as for `bradley_terry` → k(k − 1)/2 contrasts.
    Missing values: as there.
    Refused: nothing where `bradley_terry` refuses.
    Source: Bradley and Terry 1952; Turner and Firth 2012.
    """
    table = np.array(wins, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < 2:
        return []
    np.fill_diagonal(table, 0.0)
    if not _is_connected(table[None, :, :])[0]:
        return []
    beta = _fit(table[None, :, :])[0]
    k = len(beta)
    chance = 1 / (1 + np.exp(beta[None, :] - beta[:, None]))
    weight = (table + table.T) * chance * (1 - chance)
    information = np.diag(weight.sum(axis=1)) - weight
    covariance = np.linalg.inv(information + 1 / k)
    found = []
    for i, j in combinations(range(k), 2):
        error = math.sqrt(covariance[i, i] + covariance[j, j] - 2 * covariance[i, j])
        gap = float(beta[i] - beta[j])
        p = math.erfc(abs(gap) / error / math.sqrt(2))
        found.append(StrengthContrast(i, j, gap * ELO, error * ELO, p))
    return found


def _resample(wins: FloatArray, content: str) -> FloatArray:
    """As many matches drawn again, (draws, k, k). A draw counts as won by either, which makes intervals no narrower."""
    k = wins.shape[0]
    rng = np.random.default_rng(content_seed(f"bradley-terry\x1f{content}", wins.ravel().tolist()))
    found = rng.multinomial(round(float(wins.sum())), wins.ravel() / wins.sum(), size=DRAWS)
    return np.asarray(found.reshape(DRAWS, k, k), dtype=np.float64)


def _is_connected(wins: FloatArray) -> np.typing.NDArray[np.bool_]:
    """Of each table, (m, k, k): whether every player has beaten every other along some chain."""
    k = wins.shape[1]
    reached = (wins > 0) | np.eye(k, dtype=bool)
    for _ in range(max(1, math.ceil(math.log2(k)))):
        reached = (reached.astype(np.float32) @ reached.astype(np.float32)) > 0
    return np.asarray(reached.all(axis=(1, 2)))


def _fit(wins: FloatArray) -> FloatArray:
    """β with mean 0 of each table, (m, k, k) → (m, k), by Newton's steps, cut where one would go too far."""
    matches = wins + wins.transpose(0, 2, 1)
    won = wins.sum(axis=2)
    beta = np.zeros(won.shape)
    k = won.shape[1]
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(beta[:, None, :] - beta[:, :, None]))
        slope = won - (matches * chance).sum(axis=2)
        weight = matches * chance * (1 - chance)
        bend = -weight
        bend[:, np.arange(k), np.arange(k)] = weight.sum(axis=2)
        # The mean is free; a constant added in every place fixes it at 0 without changing the rest.
        step = np.linalg.solve(bend + 1 / k, slope[:, :, None])[:, :, 0]
        beta += np.clip(step, -2, 2)
        beta -= beta.mean(axis=1, keepdims=True)
        if np.abs(step).max() < 1e-12:
            break
    return beta
