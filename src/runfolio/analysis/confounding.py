"""Parameters that moved together, so that no statistic can tell their effects apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runfolio.analysis.bins import Bins, IntArray
from runfolio.analysis.spearman import spearman

#: Association above which two parameters count as one.
LIMIT = 0.9


def cramers_v(a: IntArray, b: IntArray) -> float:
    """Cramér's V of two columns of bin numbers, corrected for small n: 0 for independent parameters, 1 where one tells the other.

    Formula: φ² = χ²/n; V = √(max(0, φ² − (r − 1)(c − 1)/(n − 1)) / min(r̃ − 1, c̃ − 1)), k̃ = k − (k − 1)²/(n − 1).
    Shapes: two columns of shape (n,), r and c bins → one number.
    Missing values: trials with a negative number in either are left out.
    Refused: where one of the two has a single bin left: NaN.
    Source: Cramér 1946; Bergsma 2013.
    """
    known = (a >= 0) & (b >= 0)
    rows, columns = (np.unique(part[known], return_inverse=True)[1] for part in (a, b))
    n = int(known.sum())
    r, c = (int(part.max()) + 1 if n else 0 for part in (rows, columns))
    if min(r, c) < 2:
        return float("nan")
    table = np.bincount(rows * c + columns, minlength=r * c).reshape(r, c).astype(np.float64)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    phi = float(((table - expected) ** 2 / expected).sum()) / n
    corrected = max(0.0, phi - (r - 1) * (c - 1) / (n - 1))
    smaller = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    return float(np.sqrt(corrected / smaller)) if smaller > 0 else float("nan")


def moves_with(a: Bins, b: Bins) -> bool:
    """True where |ρ| or Cramér's V of two parameters is above 0.9 over the trials that have both."""
    if a.numbers is not None and b.numbers is not None and abs(spearman(a.numbers, b.numbers)) > LIMIT:
        return True
    return cramers_v(a.place, b.place) > LIMIT


def confounded(parameters: Sequence[Bins]) -> tuple[tuple[int, ...], ...]:
    """The parameters' places in sets of which each is to be reported as one; a set of one is the usual case.

    Sets are ordered by their first member. A parameter joins the first set that holds one it moves with.
    """
    sets: list[list[int]] = []
    for place, item in enumerate(parameters):
        home = next((own for own in sets if any(moves_with(parameters[other], item) for other in own)), None)
        if home is None:
            sets.append([place])
        else:
            home.append(place)
    return tuple(tuple(own) for own in sets)
