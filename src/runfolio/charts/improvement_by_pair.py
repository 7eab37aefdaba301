"""Probability of improvement: of each pair of methods how often one does better, with its interval, against even chances."""

from __future__ import annotations

import numpy as np

from runfolio.analysis.rounding import number_text
from runfolio.analysis.suite_detail import Chances, PairChance
from runfolio.charts.chart import Axis, Chart, Line, Points
from runfolio.model import Column, ColumnKind, Table

_DECIMALS = 2
_EVEN = 0.5
_AIR = 0.03
_TOLD = 6
MORE_OFTEN, UNCLEAR = "more often", "no clear difference"


def improvement_by_pair(found: Chances, *, chart_id: str, which: str) -> Chart:
    """A row for each pair: a dot at the probability, a bar for the interval, a dashed line at even chances.

    `which` says what was counted, such as `5 tasks`. Colour and words only where the whole interval lies above ½.
    """
    rows = [-float(at) for at in range(len(found.pairs))]
    lows = [item.interval[0] for item in found.pairs if item.interval]
    x = Axis("probability", min([_EVEN, *lows]) - _AIR, 1.0 + _AIR)
    named = [(at, _row_name(item)) for item, at in zip(found.pairs, rows, strict=True)]
    y = Axis("pair", rows[-1] - 0.5, 0.8, ticks=tuple(named), names_rows=True)
    even = Line("even chances", "baseline", np.full(2, _EVEN), np.array([y.low, y.high]))
    clear = np.array([item.is_clear for item in found.pairs])
    values, places = np.array([item.value for item in found.pairs]), np.array(rows)
    return Chart(
        chart_id=chart_id,
        title="Probability of improvement",
        subtitle=f"How often a run of one method does better than a run of another on the same task, mean over {which}. "
        "Bars: 95% intervals, stratified bootstrap, each for its pair alone.",
        x=x,
        y=y,
        lines=(even, *(_line(item, at) for item, at in zip(found.pairs, rows, strict=True))),
        points=(
            Points("more often", "category-1", np.where(clear, values, np.nan), places),
            Points("no clear difference", "muted", np.where(clear, np.nan, values), places),
        ),
        notes=_notes(found),
        description=_describe(found),
        table=_table(found),
        has_pointer=False,
        has_controls=False,
    )


def _line(item: PairChance, at: float) -> Line:
    ends = item.interval or (item.value, item.value)
    return Line(
        pair_name(item),
        "category-1" if item.is_clear else "muted",
        np.array(ends),
        np.full(2, at),
        is_bar=True,
    )


def _row_name(item: PairChance) -> str:
    """`fourier over mlp 0.60 [0.46, 0.74]`."""
    ends = [number_text(end, _DECIMALS) for end in item.interval or ()]
    return f"{pair_name(item)} {number_text(item.value, _DECIMALS)}" + (
        f" [{', '.join(ends)}]" if ends else ""
    )


def pair_name(item: PairChance) -> str:
    """`fourier over mlp`."""
    return f"{item.first.label} over {item.second.label}"


def reading(item: PairChance) -> str:
    """What may be said of the pair."""
    if item.interval is None:
        return f"no interval: {item.refusal}"
    return MORE_OFTEN if item.is_clear else UNCLEAR


def _notes(found: Chances) -> tuple[str, ...]:
    notes = ["The dashed line is even chances."]
    unclear = [item for item in found.pairs if item.interval and not item.is_clear]
    if unclear:
        names = ", ".join(pair_name(item) for item in unclear[:_TOLD])
        more = f" and {len(unclear) - _TOLD} more" if len(unclear) > _TOLD else ""
        notes.append(f"No clear difference: {names}{more}.")
    without = [item for item in found.pairs if item.interval is None]
    for why in dict.fromkeys(item.refusal for item in without):
        names = ", ".join(pair_name(item) for item in without if item.refusal == why)
        notes.append(f"Without an interval ({why}): {names}.")
    if found.only_with is not None:
        notes.append(f"All pairs would be too many: only those with {found.only_with.label}.")
    if found.left_out:
        notes.append(f"Left out, because runs are missing: {', '.join(row.label for row in found.left_out)}.")
    return tuple(notes)


def _describe(found: Chances) -> str:
    said = [
        f"{pair_name(item)} {number_text(item.value, _DECIMALS)}, {reading(item)}" for item in found.pairs
    ]
    return f"Probability of improvement of {len(found.pairs)} pairs: {'; '.join(said)}."


def _table(found: Chances) -> Table:
    columns = (
        Column("pair", "pair", ColumnKind.TEXT),
        Column("probability", "probability", ColumnKind.NUMBER, decimals=_DECIMALS),
        Column("low", "low", ColumnKind.NUMBER, decimals=_DECIMALS),
        Column("high", "high", ColumnKind.NUMBER, decimals=_DECIMALS),
        Column("reading", "in words", ColumnKind.TEXT),
    )
    rows = tuple(
        (pair_name(item), item.value, *(item.interval or (None, None)), reading(item)) for item in found.pairs
    )
    return Table(columns, rows)
