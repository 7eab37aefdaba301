"""Holm's correction for many comparisons (Holm 1979)."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """p values adjusted for the number of comparisons, so that any false verdict at all stays at 5 %.

    Formula: p̃(i) = max over j ≤ i of min(1, (m − j + 1)·p(j)), p sorted upwards.
    Shapes: m p values → m, in the order given.
    Missing values: comparisons that could not be tested do not count (`holm_where_known`).
    Source: Holm 1979.
    """
    m = len(p_values)
    adjusted = [0.0] * m
    highest = 0.0
    for place, i in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (m - place) * p_values[i]))
        adjusted[i] = highest
    return adjusted


def holm_where_known(p_values: Sequence[float | None]) -> list[float | None]:
    """The same over the values that are there; None stays None and does not count."""
    adjusted = iter(holm([p for p in p_values if p is not None]))
    return [None if p is None else next(adjusted) for p in p_values]
