"""Axes of charts whose points are trials, and what lies outside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runfolio.analysis.bins import LOG_RATIO, Bins
from runfolio.charts.chart import Axis, Departure
from runfolio.charts.frame import finite, padded, widened
from runfolio.model import FloatArray, Goal, MetricSpec

#: Room beside the first and the last word of an axis of words.
_BESIDE = 0.6
#: Points of one word are spread over so much of its room, each by the golden ratio further on, so that none hides another.
_SPREAD = 0.5
_FENCE, _FEWEST_FOR_QUARTILES = 3.0, 8
_GOLDEN = 0.6180339887498949


def metric_axis(spec: MetricSpec, values: FloatArray, needed: Sequence[float] = ()) -> Axis:
    """The axis of a metric for values of shape (n,) in shown units; a few wild ones may lie outside, `needed` ones never.

    Wild is what lies more than three times the distance of the quartiles beyond them. The axis is logarithmic where all
    values are positive and those that are not wild span more than a factor of 100.
    """
    known = finite([values])
    must = finite([np.asarray(needed, dtype=np.float64)])
    if known.size and float(known.min()) > 0:
        usual = np.concatenate([_usual(np.log10(known)), np.log10(must[must > 0])])
        if float(np.ptp(usual)) > np.log10(LOG_RATIO):
            low, high = 10.0 ** float(usual.min()), 10.0 ** float(usual.max())
            return Axis(spec.label, *padded(low, high, "log"), spec.unit, "log", False, spec.scale)
    usual = np.concatenate([_usual(known), must])
    low, high = widened(float(usual.min()), float(usual.max())) if usual.size else (0.0, 1.0)
    return Axis(spec.label, *padded(low, high), spec.unit, "linear", False, spec.scale)


def _usual(values: FloatArray) -> FloatArray:
    """The values, shape (n,), without those far beyond the quartiles (Tukey's outer fences)."""
    if values.size < _FEWEST_FOR_QUARTILES:
        return values
    first, third = np.percentile(values, (25, 75))
    reach = _FENCE * float(third - first)
    kept: FloatArray = values[(values >= first - reach) & (values <= third + reach)]
    return kept


def parameter_axis(bins: Bins) -> Axis:
    """The axis of a parameter: its numbers, logarithmic where they span more than a factor of 100, else its words."""
    if bins.numbers is None:
        ticks = tuple((float(place), label) for place, label in enumerate(bins.labels))
        return Axis(bins.name, -_BESIDE, bins.count - 1 + _BESIDE, ticks=ticks)
    known = finite([bins.numbers])
    low, high = widened(float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    if bins.is_log:
        return Axis(bins.name, *padded(low, high, "log"), scale="log")
    air = (high - low) * 0.04
    return Axis(bins.name, low - air, high + air)


def parameter_places(bins: Bins) -> FloatArray:
    """Each trial's place on the parameter's axis, shape (n,); NaN where it has no such parameter."""
    if bins.numbers is not None:
        return bins.numbers
    places = np.where(bins.known, bins.place, np.nan).astype(np.float64)
    return places + ((np.arange(places.size) * _GOLDEN) % 1 - 0.5) * _SPREAD


def worse_edge(axis: Axis, goal: Goal) -> float:
    """The end of a metric's axis where trials that failed are drawn: the worse one."""
    return axis.high if goal is Goal.MINIMIZE else axis.low


def outside(x: FloatArray, y: FloatArray, axis: Axis, label: str) -> tuple[Departure, ...]:
    """A mark at the edge for each point, shape (n,), whose y lies outside the axis."""
    with np.errstate(invalid="ignore"):
        gone = np.isfinite(x) & np.isfinite(y) & ((y < axis.low) | (y > axis.high))
    return tuple(Departure(float(x[i]), bool(y[i] > axis.high), label) for i in np.flatnonzero(gone))


def inside(y: FloatArray, axis: Axis) -> FloatArray:
    """y with what lies outside the axis as NaN, shape (n,)."""
    with np.errstate(invalid="ignore"):
        return np.where((y >= axis.low) & (y <= axis.high), y, np.nan)


def outside_note(count: int) -> str:
    """`2 trials lie outside the frame, marked at its edge.`, or nothing."""
    if not count:
        return ""
    return f"{count} {'trial lies' if count == 1 else 'trials lie'} outside the frame, marked at its edge."


def failed_note(count: int) -> str:
    """`3 trials failed: crosses at the edge.`, or nothing."""
    return f"{count} {'trial' if count == 1 else 'trials'} failed: crosses at the edge." if count else ""
