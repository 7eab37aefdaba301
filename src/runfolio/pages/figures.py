"""A chart on a page: the chart, its size, and the series data its live version reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from runfolio.analysis.rounding import MINUS
from runfolio.charts.chart import Axis, Chart, Shown
from runfolio.charts.ticks import nice_ticks, tick_texts

WIDE = Shown(width=580, height=300)
SMALL = Shown(width=380, height=220, margin=(8, 92, 36, 44))


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """What a template needs to show one chart."""

    chart: Chart
    shown: Shown = WIDE
    sources: Mapping[str, str] = field(default_factory=dict)
    """Series key to the script that holds it, path from the site's root."""
    scale: float = 1.0
    """Shown value = logged value x scale."""


#: Pixels that one character of a label takes, and that stand before it.
_CHARACTER, _BEFORE = 6.6, 20
_NARROWEST = 80
#: Pixels that a digit beside the y axis takes on a phone, where type is largest; and other signs.
_DIGIT = 10.2
_SIGNS = {".": 5.1, ",": 5.1, "-": 5.8, MINUS: 13.4}
#: Pixels between these and the axis, and those that lie outside the picture and may be drawn on.
_GAP, _OUTSIDE = 8, 6


def aligned(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """The figures with one right margin: as wide as the longest name at a line's end needs, at most a third.

    The left one grows with the numbers at the axis of each: a number that is cut off is read as another one.
    """
    labels = [len(line.end_label) for figure in figures for line in figure.chart.lines]
    wanted = round(max(labels, default=0) * _CHARACTER + _BEFORE)
    found = []
    for figure in figures:
        top, _, bottom, left = figure.shown.margin
        right = max(_NARROWEST, min(wanted, figure.shown.width // 3))
        margin = (top, right, bottom, max(left, _beside_axis(figure.chart.y)))
        found.append(replace(figure, shown=replace(figure.shown, margin=margin)))
    return tuple(found)


def _beside_axis(axis: Axis) -> int:
    """Pixels that the texts at the ticks of a y axis need to its left."""
    own = [text for _, text in axis.ticks]
    texts = own or tick_texts(nice_ticks(axis.low, axis.high, axis.scale))
    widths = [sum(_SIGNS.get(sign, _DIGIT) for sign in text) for text in texts]
    return round(max(widths, default=0.0)) + _GAP - _OUTSIDE
