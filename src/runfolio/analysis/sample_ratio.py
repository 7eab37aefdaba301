"""Whether traffic was split as planned. Where it was not, something decided who was counted, and no rate can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence

from runfolio.analysis.gamma import chi_square_tail

MISMATCH = 0.001
"""Below this p the split is called mismatched: a strict level, for the check is made of every experiment."""


def sample_ratio_p(trials: Sequence[int], shares: Sequence[float] = ()) -> float | None:
    """p of the trials of all variants having come about by the planned shares.

    Formula: χ² = Σ (n_i − e_i)²/e_i with e_i = N·w_i/Σw, on k − 1 degrees of freedom.
    Shapes: k counts of trials and k shares above 0 (none: equal) → a number from 0 to 1.
    Missing values: counts are whole or absent.
    Refused: None with fewer than two variants, or where fewer than five trials are expected of one.
    Source: Pearson 1900; the check as in Fabijan et al. 2019.
    """
    if len(trials) < 2:
        return None
    weights = list(shares) or [1.0] * len(trials)
    scale = sum(trials) / math.fsum(weights)
    expected = [w * scale for w in weights]
    if len(expected) != len(trials) or min(expected) < 5:
        return None
    chi = math.fsum((n - e) ** 2 / e for n, e in zip(trials, expected, strict=True))
    return chi_square_tail(chi, len(trials) - 1)
