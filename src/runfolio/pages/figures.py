"""A chart on a page: the chart, its size, and the series data its live version reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from runfolio.charts.chart import Chart, Shown

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


def aligned(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """The figures with one right margin: as wide as the longest name at a line's end needs, at most a third."""
    labels = [len(line.end_label) for figure in figures for line in figure.chart.lines]
    wanted = round(max(labels, default=0) * _CHARACTER + _BEFORE)
    found = []
    for figure in figures:
        top, _, bottom, left = figure.shown.margin
        right = max(_NARROWEST, min(wanted, figure.shown.width // 3))
        found.append(replace(figure, shown=replace(figure.shown, margin=(top, right, bottom, left))))
    return tuple(found)
