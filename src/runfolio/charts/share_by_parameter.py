"""Bars of importance: the share of variance that each parameter explains, with its interval, on one axis from 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.analysis.importance import ParameterShare


@dataclass(frozen=True, slots=True)
class ShareBar:
    """One bar in shares of the axis' length, all within 0 and 1: the bar's end, and the interval's."""

    end: float
    low: float
    high: float
    role: str
    """`category-1` with support, `muted` without."""


def share_by_parameter(shares: Sequence[ParameterShare]) -> tuple[ShareBar, ...]:
    """A bar for each share, in their order; the axis goes from 0 to the furthest end of an interval. Below 0 is drawn as 0."""
    longest = max([item.high for item in shares], default=0.0) or 1.0
    return tuple(
        ShareBar(
            min(max(item.share, 0.0), longest) / longest,
            item.low / longest,
            item.high / longest,
            "category-1" if item.is_supported else "muted",
        )
        for item in shares
    )
