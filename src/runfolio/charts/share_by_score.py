"""Performance profiles: the share of a method's runs that reach each score, one step line a method."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from runfolio.analysis.suite_detail import MOST_BANDS, MethodProfile, Profiles
from runfolio.charts.chart import Axis, Chart, Line
from runfolio.charts.chart_table import chart_table
from runfolio.charts.description import describe
from runfolio.charts.frame import widened
from runfolio.model import FloatArray

_AIR = 0.03
"""Of the scores' span, beside the lowest and the highest."""


def share_by_score(
    profiles: Profiles,
    roles: Mapping[str, str],
    *,
    chart_id: str,
    label: str,
    unit: str = "",
    scale: float = 1.0,
    which: str = "",
) -> Chart | None:
    """The chart; None where no method has runs on every task.

    Args:
        profiles: thresholds in logged units; shown are they times `scale`.
        roles: colour of each method, by its key.
        label: of the score, `unit` its unit.
        which: whose runs these are, such as `25 runs of each method on 5 tasks`.
    """
    known = [item for item in profiles.methods if item.profile is not None and item.profile.threshold]
    if not known:
        return None
    ends = [scale * at for item in known if item.profile for at in item.profile.threshold]
    low, high = widened(min(ends), max(ends))
    air = (high - low) * _AIR
    x = Axis(label, low - air, high + air, unit)
    lines = tuple(_line(item, roles.get(item.row.key, "muted"), x, scale) for item in known)
    word, other = ("below", "above") if profiles.is_below else ("above", "below")
    has_band = any(line.low is not None for line in lines)
    band = (
        "bands: 95%, at each score by itself (stratified bootstrap)"
        if has_band
        else "no band: that needs 20 runs of a method over all tasks"
    )
    chart = Chart(
        chart_id=chart_id,
        title=f"Performance profile: share of runs {word} each value",
        subtitle=f"{which[:1].upper()}{which[1:]}; {band}.",
        x=x,
        y=Axis("share of runs", 0.0, 1.0),
        lines=lines,
        notes=_notes(profiles, len(known), other, has_band=has_band),
        run_ids=tuple(run_id for line in lines for run_id in line.run_ids),
        has_controls=False,
    )
    return replace(chart, description=describe(chart), table=chart_table(chart, 2))


def _notes(profiles: Profiles, drawn: int, other: str, *, has_band: bool) -> tuple[str, ...]:
    lost, notes = profiles.without_value, []
    if drawn > MOST_BANDS:
        notes.append(f"The first {MOST_BANDS} methods are coloured{' and have bands' if has_band else ''}.")
    if lost:
        runs = (
            "1 run without a usable value counts"
            if lost == 1
            else f"{lost} runs without a usable value count"
        )
        notes.append(f"{runs} as {other} every threshold.")
    if drawn < len(profiles.methods):
        names = ", ".join(item.row.label for item in profiles.methods if item.profile is None)
        notes.append(f"Not on every task, so without a line: {names}.")
    return tuple(notes)


def _line(item: MethodProfile, role: str, x: Axis, scale: float) -> Line:
    """Corners of the step line, from one end of the axis to the other."""
    profile = item.profile
    assert profile is not None
    at = np.array(profile.threshold) * scale
    is_rising = bool(at[0] <= at[-1])
    edges = (x.low, x.high) if is_rising else (x.high, x.low)
    reached = sum(sum(map(math.isfinite, task)) / len(task) for task in item.row.values) / len(
        item.row.values
    )
    order = slice(None) if is_rising else slice(None, None, -1)
    place = np.repeat(np.array([edges[0], *at, edges[1]]), 2)[1:-1][order]
    share = _level(reached, profile.share)[order]
    low, high = (_level(math.nan, ends)[order] for ends in (profile.low, profile.high))
    has_band = bool(np.isfinite(low).any())
    return Line(
        item.row.label,
        role,
        place,
        share,
        low if has_band else None,
        high if has_band else None,
        tuple(run_id for ids in item.row.run_ids for run_id in ids),
        end_label=item.row.label,
    )


def _level(first: float, rest: tuple[float, ...]) -> FloatArray:
    return np.repeat(np.array([first, *rest]), 2)
