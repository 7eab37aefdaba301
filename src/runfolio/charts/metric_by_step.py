"""Learning curves: a metric along the steps, one line for each group or run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from runfolio.analysis.rounding import number_text
from runfolio.charts.chart import Axis, Chart, Line
from runfolio.charts.chart_table import chart_table
from runfolio.charts.description import describe
from runfolio.charts.frame import (
    departure_note,
    departures,
    finite,
    is_rate_like,
    log_is_offered,
    padded,
    robust_range,
    widened,
)
from runfolio.charts.memory import remembered
from runfolio.charts.ticks import value_text
from runfolio.model import FloatArray, MetricSpec

MOST_COLOURED = 6
MOST_SINGLE_RUNS = 10


@dataclass(frozen=True, slots=True, eq=False)
class RunCurve:
    """One run of a group, drawn thin. `x`, `y`: shape (n,), logged units."""

    label: str
    x: FloatArray
    y: FloatArray
    run_id: str = ""
    key: str = ""
    """See `Line.key`."""
    is_cut: bool = False
    """The run failed or diverged: an x is drawn where it ends."""


@dataclass(frozen=True, slots=True, eq=False)
class CurveInput:
    """One line of a chart: a group's mean, or a single run. Arrays have shape (m,) and logged units."""

    label: str
    role: str
    x: FloatArray
    y: FloatArray
    low: FloatArray | None = None
    """With `high`: ends of the band, NaN where none."""
    high: FloatArray | None = None
    n: int = 1
    """Runs behind the line."""
    run_ids: tuple[str, ...] = ()
    key: str = ""
    """See `Line.key`."""
    mean_of: tuple[str, ...] = ()
    """See `Line.mean_of`."""
    is_cut: bool = False
    runs: tuple[RunCurve, ...] = ()
    """The runs behind the mean, to be drawn thin: always where n is 2, else where there are at most ten."""


def metric_by_step(
    spec: MetricSpec,
    curves: Sequence[CurveInput],
    *,
    chart_id: str,
    which: str = "",
    title: str = "",
    x_label: str = "step",
    x_unit: str = "",
    decimals: int | None = None,
    says_counts: bool = True,
) -> Chart:
    """The chart of the curves, most important first: from the seventh on they are muted, and the notes say so.

    Args:
        spec: what is measured; curves are scaled to its shown units here.
        which: says which runs these are, such as `Best learning rate of each family`.
        title: instead of the metric's label and unit.
        x_label: name of the x axis, `step` or `time`; `x_unit` its unit.
        decimals: of the values at the lines' ends; else what the axis deserves.
        says_counts: the subtitle goes on with how many runs and what the band is; False where `which` says it all.
    """
    curves, muted = _muted_beyond(curves)
    drawn = [_lines(curve, spec.scale) for curve in curves]
    y = _y_axis(spec, [line for lines in drawn for line in lines])
    several = any(curve.n > 1 for curve in curves)
    for curve, own in zip(curves, drawn, strict=True):
        if curve.role != "muted":
            own[-1] = replace(own[-1], end_label=_end_label(curve, own, y, decimals, several))
    lines = tuple(line for own in drawn for line in own)
    left = tuple(gone for line in lines for gone in departures(line, y.low, y.high))
    x = _x_axis(lines, x_label, x_unit)
    chart = Chart(
        chart_id=chart_id,
        title=title or _heading(spec),
        subtitle=subtitle(which, curves) if says_counts else f"{which.rstrip('.')}.",
        x=x,
        y=y,
        lines=lines,
        departures=left,
        notes=tuple(note for note in (muted, departure_note(left, lines, x_label), _cut_note(lines)) if note),
        run_ids=tuple(dict.fromkeys(run_id for curve in curves for run_id in curve.run_ids)),
    )
    return replace(chart, description=describe(chart), table=chart_table(chart, decimals))


def subtitle(which: str, curves: Sequence[CurveInput]) -> str:
    """`Best of each family. Mean of 5 runs, 95% band.`: which runs, how many, what the band is."""
    counts = sorted({curve.n for curve in curves})
    each = " each" if len(curves) > 1 else ""
    if not counts:
        words = "No run has logged it"
    elif counts[0] >= 1 and counts[-1] <= 2:
        words = ("One or two runs" if len(counts) > 1 else ("One run", "Two runs")[counts[0] - 1]) + each
    else:
        size = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        band = "95% band" if counts[0] >= 3 else "95% band from 3 runs on"
        has_band = any(curve.low is not None and np.isfinite(curve.low).any() for curve in curves)
        words = f"Mean of {size} runs" + (f", {band}" if has_band else "")
    return f"{which.rstrip('.')}. {words}." if which else f"{words}."


def _heading(spec: MetricSpec) -> str:
    return f"{spec.label}, {spec.unit}" if spec.unit else spec.label


def _muted_beyond(curves: Sequence[CurveInput]) -> tuple[tuple[CurveInput, ...], str]:
    """The curves with all but the first six coloured ones muted, and the sentence that says so."""
    kept: list[CurveInput] = []
    coloured = muted = 0
    for curve in curves:
        is_plain = curve.role in ("baseline", "muted", "focus")
        coloured += not is_plain
        if not is_plain and coloured > MOST_COLOURED:
            curve = replace(curve, role="muted", low=None, high=None, runs=())
            muted += 1
        kept.append(curve)
    note = f"The first {MOST_COLOURED} of {coloured} are coloured, the other {muted} grey." if muted else ""
    return tuple(kept), note


def _lines(curve: CurveInput, scale: float) -> list[Line]:
    """The line of a curve behind those of its runs; two runs stand for themselves, without a mean."""
    shows_runs = 1 < curve.n <= MOST_SINGLE_RUNS and len(curve.runs) > 1
    lines = [
        Line(
            run.label,
            curve.role,
            run.x,
            _scaled(run.y, scale),
            run_ids=(run.run_id,),
            key=run.key,
            is_cut=run.is_cut,
            is_thin=True,
        )
        for run in curve.runs
        if shows_runs
    ]
    if curve.n == 2 and lines:
        return lines
    has_band = curve.low is not None and curve.high is not None and bool(np.isfinite(curve.low).any())
    low = _scaled(curve.low, scale) if has_band and curve.low is not None else None
    high = _scaled(curve.high, scale) if has_band and curve.high is not None else None
    return [
        *lines,
        Line(
            curve.label,
            curve.role,
            curve.x,
            _scaled(curve.y, scale),
            low if scale >= 0 else high,
            high if scale >= 0 else low,
            curve.run_ids,
            curve.key,
            curve.mean_of,
            is_cut=curve.is_cut,
        ),
    ]


def _scaled(values: FloatArray, scale: float) -> FloatArray:
    return values if scale == 1 else _product(values, scale)


@remembered(1024)
def _product(values: FloatArray, scale: float) -> FloatArray:
    return values * scale


def last_value(line: Line) -> float | None:
    """The last finite y, or None."""
    return _last(line.y)


@remembered(1024)
def _last(y: FloatArray) -> float | None:
    where = np.flatnonzero(np.isfinite(y))
    return float(y[where[-1]]) if where.size else None


def _y_axis(spec: MetricSpec, lines: Sequence[Line]) -> Axis:
    whole = [line.y for line in lines if not line.is_cut] or [line.y for line in lines]
    low, high, scale, offered = _y_range(_unordered(whole), is_rate_like(spec.name))
    return Axis(spec.label, low, high, spec.unit, scale, offered, spec.scale)


@remembered(256)
def _y_range(lines: tuple[FloatArray, ...], is_rate: bool) -> tuple[float, float, str, bool]:
    """Lowest and highest y to show, the scale, and whether the reader may change it."""
    ends = [value for y in lines if (value := _last(y)) is not None]
    values = finite(lines)
    offered = log_is_offered(values)
    if offered and is_rate:
        return *padded(float(values.min()), float(values.max()), "log"), "log", offered
    return *padded(*robust_range(lines, ends)), "linear", offered


def _unordered(arrays: Iterable[FloatArray]) -> tuple[FloatArray, ...]:
    """The arrays, each set of them in one order: the pages of replicates show the same ones in turn."""
    return tuple(sorted(arrays, key=id))


def _x_axis(lines: Sequence[Line], label: str, unit: str) -> Axis:
    return Axis(label, *_x_range(_unordered(line.x for line in lines)), unit)


@remembered(256)
def _x_range(lines: tuple[FloatArray, ...]) -> tuple[float, float]:
    values = finite(lines)
    return widened(float(values.min()), float(values.max())) if values.size else widened(0.0, 1.0)


def _end_label(curve: CurveInput, own: Sequence[Line], y: Axis, decimals: int | None, several: bool) -> str:
    """Name and final value; both values where two runs stand for themselves; `1 seed` where others stand on more.

    Where a run broke off, its last value is no result: the name stands alone.
    """
    if curve.is_cut:
        return curve.label
    ends = [last_value(line) for line in (own if own[-1].is_thin else own[-1:])]
    text = " and ".join(_value(end, y, decimals) for end in ends if end is not None)
    seed = " (1 seed)" if curve.n == 1 and several else ""
    return f"{curve.label} {text or 'no value'}{seed}"


def _value(value: float, y: Axis, decimals: int | None) -> str:
    if decimals is not None:
        return number_text(value, decimals)
    return value_text(value, y.low, y.high, y.scale)


def _cut_note(lines: Sequence[Line]) -> str:
    count = sum(line.is_cut for line in lines)
    if not count:
        return ""
    return (
        "1 run ended early, marked with a cross."
        if count == 1
        else f"{count} runs ended early, each marked with a cross."
    )
