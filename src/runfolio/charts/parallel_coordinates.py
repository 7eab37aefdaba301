"""Parallel coordinates: an axis a parameter, the metric last, a line a trial through its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runfolio.analysis.bins import Bins
from runfolio.charts.chart import Axis
from runfolio.charts.colours import SEQUENCE
from runfolio.charts.parameter_by_parameter import quarters
from runfolio.charts.trial_axes import metric_axis, parameter_axis, worse_edge
from runfolio.model import FloatArray, MetricSpec

MOST_AXES = 8
MOST_LINES = 300


@dataclass(frozen=True, slots=True)
class ParallelAxis:
    """One upright axis."""

    axis: Axis
    where: str
    """The axis' name in the filter language."""
    words: tuple[str, ...] = ()
    """For an axis of words: what the filter calls them, in the order of its ticks."""


@dataclass(frozen=True, slots=True)
class ParallelLine:
    """One trial."""

    key: str
    """Id of the trial's group of runs."""
    role: str
    heights: tuple[float | None, ...]
    """Place on each axis, 0 at the bottom to 1 at the top; None where the trial has no such parameter."""
    is_failed: bool


@dataclass(frozen=True, slots=True)
class Parallel:
    """The whole picture with its words."""

    chart_id: str
    title: str
    subtitle: str
    axes: tuple[ParallelAxis, ...]
    lines: tuple[ParallelLine, ...]
    """Drawn in this order: failed ones, then from the worst to the best."""
    notes: tuple[str, ...]
    description: str


def parallel_coordinates(
    spec: MetricSpec,
    parameters: Sequence[Bins],
    names: Sequence[tuple[str, tuple[str, ...]]],
    values: FloatArray,
    failed: NDArray[np.bool_],
    keys: Sequence[str],
    *,
    chart_id: str,
) -> Parallel | None:
    """The picture of n trials, or None for fewer than two parameters or without a usable trial.

    Args:
        parameters: at most the first eight are drawn.
        names: for each parameter its name in the filter language and, of words, how the filter writes them; the
            metric's own comes last.
        values: the metric in logged units, shape (n,); failed trials, shape (n,), end at its worse edge.
        keys: of the trials' groups.

    Of more than 300 trials 300 are drawn, evenly from the worst to the best, failed ones in their share.
    """
    drawn = list(parameters[:MOST_AXES])
    usable = np.isfinite(values) & ~failed
    if len(drawn) < 2 or not usable.any():
        return None
    axis = metric_axis(spec, np.where(usable, values * spec.scale, np.nan))
    chosen = _chosen(values * (spec.goal.sign or 1), failed, usable)
    places = [_heights(parameter_axis(item), _places(item)) for item in drawn]
    ends = np.where(failed, worse_edge(axis, spec.goal), values * spec.scale)
    places.append(np.clip(_heights(axis, ends), 0, 1))
    quarter = quarters(np.where(usable, values, np.nan), spec.goal.sign)
    axes = (
        *(ParallelAxis(parameter_axis(item), *name) for item, name in zip(drawn, names, strict=False)),
        ParallelAxis(axis, *names[-1]),
    )
    lines = tuple(
        ParallelLine(
            keys[i],
            "muted" if failed[i] else SEQUENCE[quarter[i]],
            tuple(float(round(column[i], 3)) if np.isfinite(column[i]) else None for column in places),
            bool(failed[i]),
        )
        for i in chosen
    )
    return Parallel(
        chart_id=chart_id,
        title=f"All parameters and {spec.label}",
        subtitle=_subtitle(len(chosen), int((usable | failed).sum()), spec),
        axes=axes,
        lines=lines,
        notes=_notes(len(parameters), int(failed[chosen].sum())),
        description=_describe(spec, drawn, quarter, len(chosen)),
    )


def _places(item: Bins) -> FloatArray:
    """Without the spread that keeps points apart: lines meet at a word."""
    return item.numbers if item.numbers is not None else np.where(item.known, item.place, np.nan)


def _heights(axis: Axis, values: FloatArray) -> FloatArray:
    low, high = axis.low, axis.high
    if axis.scale == "log":
        with np.errstate(divide="ignore", invalid="ignore"):
            values, low, high = np.log10(values), float(np.log10(low)), float(np.log10(high))
    return np.asarray((values - low) / (high - low), dtype=np.float64)


def _chosen(good: FloatArray, failed: NDArray[np.bool_], usable: NDArray[np.bool_]) -> list[int]:
    """Failed trials, then usable ones from the worst to the best; of too many, evenly spread ones."""
    lost, kept = np.flatnonzero(failed), np.flatnonzero(usable)
    order = np.concatenate([lost, kept[np.argsort(good[kept], kind="stable")]])
    if order.size > MOST_LINES:
        order = order[np.unique(np.linspace(0, order.size - 1, MOST_LINES).round().astype(np.intp))]
    return [int(i) for i in order]


def _subtitle(drawn: int, total: int, spec: MetricSpec) -> str:
    count = (
        f"{drawn} of {total:,} trials, evenly from the worst to the best"
        if drawn < total
        else f"{drawn} trials"
    )
    better = "better" if spec.goal.sign else "higher"
    return f"{count}. The stronger the colour, the {better} the quarter of {spec.label}."


def _notes(parameters: int, failed: int) -> tuple[str, ...]:
    notes = []
    if failed:
        notes.append(
            f"{failed} drawn {'trial' if failed == 1 else 'trials'} failed: broken lines that end at the edge."
        )
    if parameters > MOST_AXES:
        notes.append(f"{MOST_AXES} of {parameters} parameters are drawn.")
    return tuple(notes)


def _describe(spec: MetricSpec, parameters: Sequence[Bins], quarter: NDArray[np.intp], drawn: int) -> str:
    """What the best quarter has in common, parameter by parameter."""
    sentences = [
        f"Parallel coordinates of {drawn} trials over {', '.join(item.name for item in parameters)} and {spec.label}."
    ]
    order = "best" if spec.goal.sign else "highest"
    for item in parameters:
        places = sorted({int(at) for at in item.place[quarter == 3] if at >= 0})
        if places and len(places) < item.count:
            labels = [item.labels[at] for at in places]
            sentences.append(f"The {order} quarter has {item.name} {', '.join(labels)}.")
    return " ".join(sentences)
