"""How much of a metric's variance each parameter explains alone, and whether chance would explain as much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from runfolio.analysis.bins import Bins, IntArray
from runfolio.analysis.confounding import confounded
from runfolio.analysis.content_seed import content_seed
from runfolio.analysis.holm import holm
from runfolio.analysis.spearman import spearman
from runfolio.analysis.student import t_quantile
from runfolio.model import FloatArray

#: Below so many trials no share is given.
FEWEST_TRIALS = 20
SHUFFLES = 999
LEVEL = 0.05
#: One trial with more of the whole variance than this is named: the shares would hang on it.
_HEAVY = 0.5
_TIE = 1 - 1e-9
_BLOCK = 128
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class ParameterShare:
    """One parameter, or several that moved together, and what it explains."""

    names: tuple[str, ...]
    share: float
    """ε², may be a little below 0 where nothing is explained."""
    low: float
    high: float
    """95% jackknife interval of the share, within 0 and 1."""
    p: float
    """Share of shuffles that explain as much; at least 0.001."""
    p_adjusted: float
    """Holm over all parameters of the sweep."""
    rho: float
    """Spearman's correlation with the metric; NaN for a parameter of words."""
    n: int
    """Trials that have the parameter."""
    bins: int

    @property
    def is_supported(self) -> bool:
        """True where chance seldom explains as much (adjusted p at most 0.05)."""
        return self.p_adjusted <= LEVEL and self.share > 0


@dataclass(frozen=True, slots=True)
class Importance:
    """What is known of a sweep's parameters."""

    shares: tuple[ParameterShare, ...]
    """Largest first; empty where none may be given."""
    refused: tuple[tuple[str, str], ...]
    """(parameter, why it has no share)."""
    refusal: str = ""
    """Why there are no shares at all."""
    first_is_clear: bool = False
    """The first share is above the second: the jackknife interval of their difference does not hold 0."""
    heaviest: tuple[int, float] | None = None
    """Place of the one trial that holds more than half of the variance, and how much."""

    @property
    def supported(self) -> tuple[ParameterShare, ...]:
        """The shares that chance does not explain, largest first."""
        return tuple(item for item in self.shares if item.is_supported)


def variance_share(y: FloatArray, place: IntArray) -> float:
    """ε², the share of the variance of y that its bins explain, without the upward bias of η².

    It estimates the first-order Sobol index where parameters were drawn independently. Shares of several parameters need
    not add up to 1: what only their combination explains is in none of them.

    Formula: ε² = 1 − [SS_within / (n − K)] / [SS_total / (n − 1)], K the bins in use.
    Shapes: y (n,) and bin numbers (n,) → one number, which chance may carry a little below 0.
    Missing values: y must be finite.
    Refused: n not above K, and where y does not vary: NaN.
    Source: Kelley 1935; Sobol 1993.
    """
    n = y.size
    counts = np.bincount(place)
    used = int((counts > 0).sum())
    total = float(((y - y.mean()) ** 2).sum())
    if n <= used or not total > 0:
        return math.nan
    means = np.bincount(place, y) / np.maximum(counts, 1)
    within = float(((y - means[place]) ** 2).sum())
    return 1 - within / (n - used) / (total / (n - 1))


def jackknife(y: FloatArray, place: IntArray) -> FloatArray:
    """`variance_share` without each trial in turn: its spread gives the interval of a share.

    Formula: SE = √((n − 1)/n · Σ(θᵢ − θ̄)²); the interval is ε² ± t(.975, n − 1) · SE. Bins keep their limits.
    Shapes: y (n,) and bin numbers (n,) → (n,).
    Missing values: y must be finite.
    Refused: where the trials that are left do not vary: NaN, and the interval is then 0 to 1.
    Source: Efron & Tibshirani 1993.
    """
    n = y.size
    counts = np.bincount(place)
    means = np.bincount(place, y) / np.maximum(counts, 1)
    own = counts[place]
    off = (y - means[place]) ** 2
    # What a bin loses when one of its members goes; a bin of one goes with it.
    within = float(off.sum()) - off * own / np.maximum(own - 1, 1)
    whole = float(((y - y.mean()) ** 2).sum())
    total = whole - (y - y.mean()) ** 2 * n / (n - 1)
    used = int((counts > 0).sum()) - (own == 1)
    is_defined = (total > _NOTHING * whole) & (n - 1 > used)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = 1 - within / (n - 1 - used) / (total / (n - 2))
    return np.where(is_defined, shares, np.nan)


def shuffle_p(y: FloatArray, places: Sequence[IntArray], content: str = "") -> list[float]:
    """How often chance explains as much as each parameter does.

    Formula: p = (1 + shuffles of y that explain at least as much) / (1 + 999). Of equal bins the sum of squares between
    them decides: it rises with ε². All parameters are tried on the same shuffles, drawn from a seed made of y.
    Shapes: y (n,) and columns of bin numbers (n,) → one p a column, never below 0.001.
    Missing values: y must be finite.
    Source: Fisher 1935; Phipson & Smyth 2010.
    """
    centred = y - y.mean()
    hot = [_one_hot(place) for place in places]
    columns = np.concatenate(hot, axis=1)
    starts = np.cumsum([0, *(part.shape[1] for part in hot[:-1])])
    observed = _between(centred[None, :], columns, starts)[0] * _TIE
    reached = np.zeros(len(hot), dtype=np.intp)
    rng = np.random.default_rng(content_seed(content, y.tolist()))
    for start in range(0, SHUFFLES, _BLOCK):
        size = min(_BLOCK, SHUFFLES - start)
        drawn = rng.permuted(np.tile(centred, (size, 1)), axis=1)
        reached += (_between(drawn, columns, starts) >= observed).sum(axis=0)
    return [(1 + int(count)) / (1 + SHUFFLES) for count in reached]


def _one_hot(place: IntArray) -> FloatArray:
    """1/√size of the bin where a trial is in it, else 0: shape (n, bins in use)."""
    used, at, counts = np.unique(place, return_inverse=True, return_counts=True)
    column = np.zeros((place.size, used.size))
    column[np.arange(place.size), at] = 1 / np.sqrt(counts[at])
    return column


def _between(rows: FloatArray, columns: FloatArray, starts: IntArray) -> FloatArray:
    """Sums of squares between the bins of each parameter for each row of centred values: shape (m, n) → (m, parameters).

    All parameters' columns lie side by side, those of each from one of `starts` on: one product for all of them.
    """
    return np.asarray(np.add.reduceat((rows @ columns) ** 2, starts, axis=1), dtype=np.float64)


def importance(parameters: Sequence[Bins], y: FloatArray, content: str = "") -> Importance:
    """Share of variance of each parameter, with its interval, its support, and what may not be said.

    `content` names the data, so that two sweeps with equal numbers draw different shuffles.

    Formula: ε² with its jackknife interval; support where Holm's p over all parameters is at most 0.05. Parameters that
    move together (|ρ| or Cramér's V above 0.9) share one entry.
    Shapes: parameters of n trials each, y (n,) → one entry a parameter, the largest share first.
    Missing values: trials whose value is not finite are left out; a parameter is judged among the trials that have it.
    Refused: fewer than 20 trials, a parameter with one value, and one with as many bins as trials.
    Source: Sobol 1993; Holm 1979.
    """
    usable = np.isfinite(y)
    y = y[usable]
    if y.size < FEWEST_TRIALS:
        return Importance((), (), f"{y.size} usable trials; at least {FEWEST_TRIALS} are needed")
    if float(np.ptp(y)) == 0:
        return Importance((), (), "all trials have the same value")
    kept, refused = [], []
    for item in parameters:
        reason = _refusal(item.place[usable])
        if reason:
            refused.append((item.name, reason))
        else:
            kept.append(item)
    entries = [
        _entry([kept[place] for place in own], y, usable)
        for own in confounded([_where(i, usable) for i in kept])
    ]
    found = _with_p(entries, y, content)
    ranked = sorted(range(len(found)), key=lambda i: -found[i].share)
    shares = tuple(found[i] for i in ranked)
    clear = len(ranked) == 1 or (len(ranked) > 1 and _is_above(*(entries[i] for i in ranked[:2])))
    return Importance(shares, tuple(refused), "", clear, _heaviest(y, usable))


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """A share before it has its p, with what the jackknife gave: shape (n,), NaN for trials without the parameter."""

    item: ParameterShare
    place: IntArray
    without: FloatArray


def _where(item: Bins, usable: NDArray[np.bool_]) -> Bins:
    numbers = None if item.numbers is None else item.numbers[usable]
    return replace(item, place=item.place[usable], numbers=numbers)


def _refusal(place: IntArray) -> str:
    there = place[place >= 0]
    used = np.unique(there).size
    if there.size < FEWEST_TRIALS:
        return f"only {there.size} usable trials have it"
    if used < 2:
        return "it has one value"
    return "each trial has a value of its own" if used >= there.size else ""


def _entry(together: Sequence[Bins], y: FloatArray, usable: NDArray[np.bool_]) -> _Entry:
    """The first of the parameters stands for all that moved with it."""
    first = _where(together[0], usable)
    there = first.known
    own, at = y[there], first.place[there]
    share = variance_share(own, at)
    if math.isnan(share):
        # The trials that have the parameter do not differ: there is nothing to explain.
        share, parts = 0.0, np.zeros(own.size)
    else:
        parts = jackknife(own, at)
    half = t_quantile(0.975, own.size - 1) * _spread(parts)
    ends = (0.0, 1.0) if math.isnan(half) else (share - half, share + half)
    low, high = (min(max(end, 0.0), 1.0) for end in ends)
    without = np.full(y.size, np.nan)
    without[there] = parts
    rho = math.nan if first.numbers is None else spearman(first.numbers[there], own)
    names = tuple(item.name for item in together)
    item = ParameterShare(names, share, low, high, 1.0, 1.0, rho, own.size, np.unique(at).size)
    return _Entry(item, first.place, without)


def _with_p(entries: Sequence[_Entry], y: FloatArray, content: str) -> list[ParameterShare]:
    """The shares with their p; parameters that the same trials have are tried on the same shuffles."""
    p = [1.0] * len(entries)
    masks: dict[bytes, list[int]] = {}
    for i, entry in enumerate(entries):
        masks.setdefault((entry.place >= 0).tobytes(), []).append(i)
    for same in masks.values():
        there = entries[same[0]].place >= 0
        found = shuffle_p(y[there], [entries[i].place[there] for i in same], content)
        for i, value in zip(same, found, strict=True):
            p[i] = value
    return [
        replace(entry.item, p=raw, p_adjusted=adjusted)
        for entry, raw, adjusted in zip(entries, p, holm(p), strict=True)
    ]


def _spread(parts: FloatArray) -> float:
    """Standard error from what the jackknife gave: √((n − 1)/n · Σ(θᵢ − θ̄)²) (Efron & Tibshirani 1993)."""
    n = parts.size
    return float(np.sqrt((n - 1) / n * ((parts - parts.mean()) ** 2).sum()))


def _is_above(first: _Entry, second: _Entry) -> bool:
    gaps = first.without - second.without
    gaps = gaps[np.isfinite(gaps)]
    if gaps.size < FEWEST_TRIALS:
        return False
    return first.item.share - second.item.share > t_quantile(0.975, gaps.size - 1) * _spread(gaps)


def _heaviest(y: FloatArray, usable: NDArray[np.bool_]) -> tuple[int, float] | None:
    off = (y - y.mean()) ** 2
    most = int(off.argmax())
    share = float(off[most] / off.sum())
    return (int(np.flatnonzero(usable)[most]), share) if share > _HEAVY else None
