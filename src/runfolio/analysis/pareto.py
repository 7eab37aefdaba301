"""Pareto fronts: the trials that no other trial beats in every objective."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runfolio.model import FloatArray

MOST_OBJECTIVES = 3
_BLOCK = 256


@dataclass(frozen=True, slots=True, eq=False)
class Front:
    """Which trials are on the front."""

    is_on: NDArray[np.bool_]
    """Shape (n,)."""
    excluded: tuple[int, ...]
    """Places of trials with an objective that is not finite: neither on the front nor able to beat another."""


def pareto_front(values: FloatArray, signs: tuple[int, ...]) -> Front:
    """The trials that no other trial beats: at least as good in all objectives and better in one.

    Formula: i stays unless some j has s·x_j ≥ s·x_i in all objectives and > in one; equal trials all stay.
    Shapes: values (n, m), one column an objective, m two or three; signs (m,), +1 where higher is better, −1 where lower is.
    Missing values: a value that is not finite excludes its trial, which is then listed.
    Refused: one objective, more than three, or one without a direction: ValueError.
    Source: Pareto 1906; Kung, Luccio and Preparata 1975.
    """
    if not 2 <= len(signs) <= MOST_OBJECTIVES or any(sign not in (1, -1) for sign in signs):
        raise ValueError("a Pareto front has two or three objectives, each with a direction")
    finite = np.isfinite(values).all(axis=1)
    good = values[finite] * np.array(signs)
    beaten = np.zeros(len(good), dtype=bool)
    for start in range(0, len(good), _BLOCK):
        part = good[start : start + _BLOCK, None, :]
        beaten[start : start + _BLOCK] = ((good >= part).all(axis=2) & (good > part).any(axis=2)).any(axis=1)
    is_on = np.zeros(len(values), dtype=bool)
    is_on[np.flatnonzero(finite)[~beaten]] = True
    return Front(is_on, tuple(np.flatnonzero(~finite).tolist()))
