"""Screening of long lists: what is flagged for a look, where the share of false flags is bounded, not each of them."""

from __future__ import annotations

from collections.abc import Sequence


def bh(p_values: Sequence[float]) -> list[float]:
    """p values adjusted so that, of those at or below 0.05, at most 5 % are expected to be false.

    Formula: p̃(i) = min over j ≥ i of min(1, m·p(j)/j), p sorted upwards.
    Shapes: m p values → m, in the order given.
    Missing values: must not be among them.
    Refused: the words better and worse; what it finds is flagged.
    Source: Benjamini and Hochberg 1995.
    """
    m = len(p_values)
    adjusted = [0.0] * m
    lowest = 1.0
    for place, i in reversed(list(enumerate(sorted(range(m), key=lambda i: p_values[i]), 1))):
        lowest = min(lowest, m * p_values[i] / place)
        adjusted[i] = lowest
    return adjusted
