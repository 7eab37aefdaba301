"""Names at the ends of lines: beside the plot where there is room, under it on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runfolio.charts.chart import Chart, Line, Shown
from runfolio.charts.memory import remembered
from runfolio.model import FloatArray
from runfolio.render.engines.svg_place import Place, coordinate
from runfolio.render.engines.svg_text import MOST_IN_TITLE, clean, escaped, middle, text_element

GAP = 15.0
"""Least distance of two labels, px."""
_DOT_AT, _TEXT_AT = 9, 17
_ABOVE_TICKS = 3
_CHARACTER = 6.6
"""Width of a character of a label, px: generous for system fonts at 12.5 px."""
_FEWEST = 8


@dataclass(frozen=True, slots=True)
class EndLabel:
    """A label and the height (px) of its line's end, inside the plot."""

    line: Line
    at: float


def end_labels(chart: Chart, area: Place) -> list[EndLabel]:
    """The labels there are to draw, from top to bottom."""
    found = []
    for line in chart.lines:
        if not line.end_label:
            continue
        found.append(EndLabel(line, _end(line.y, area)))
    return sorted(found, key=lambda label: label.at)


@remembered(512)
def _end(y: FloatArray, area: Place) -> float:
    """The height at which a line ends; the bottom's for one that is nowhere."""
    heights = area.y(y)
    known = heights[np.isfinite(heights)]
    at = float(known[-1]) if known.size else area.bottom
    return min(max(at, area.top), area.bottom)


def spread(wanted: Sequence[float], low: float, high: float, gap: float = GAP) -> list[float]:
    """Places for sorted `wanted` heights, at least `gap` apart and as near to them as that allows.

    Labels that would touch move apart evenly around their common middle (pool adjacent violators). They stay within
    low … high where there is room for all of them, else they run out at the bottom.
    """
    blocks: list[list[float]] = []
    for height in wanted:
        blocks.append([height])
        while len(blocks) > 1 and _start(blocks[-2], gap) + len(blocks[-2]) * gap > _start(blocks[-1], gap):
            last = blocks.pop()
            blocks[-1] += last
    places = [_start(block, gap) + i * gap for block in blocks for i in range(len(block))]
    for i in range(len(places) - 1, -1, -1):
        ceiling = high - (len(places) - 1 - i) * gap
        places[i] = min(places[i], ceiling)
    for i in range(len(places)):
        places[i] = max(places[i], low + i * gap)
    return places


def _start(block: Sequence[float], gap: float) -> float:
    return sum(block) / len(block) - (len(block) - 1) * gap / 2


def draw_labels(labels: Sequence[EndLabel], area: Place, shown: Shown) -> str:
    """A dot of the line's colour and its name in ink, at the right of the plot."""
    places = spread([label.at for label in labels], area.top, area.bottom - _ABOVE_TICKS)
    most = max(_FEWEST, int((shown.width - area.right - _TEXT_AT) / _CHARACTER))
    parts = []
    for label, at in zip(labels, places, strict=True):
        y = coordinate(at)
        parts.append(
            f'<circle class="end-dot c-{label.line.role}" cx="{coordinate(area.right + _DOT_AT)}" cy="{y}" r="3.5"/>'
        )
        place = f'class="end-label" x="{coordinate(area.right + _TEXT_AT)}" y="{y}" dy=".35em"'
        parts.append(text_element(place, label.line.end_label, _cut(label.line, most)))
    return f'<g class="ends">{"".join(parts)}</g>' if parts else ""


def _cut(line: Line, most: int) -> str:
    """The label in about `most` characters: the name gives way, down to eight of its own, the value behind it never does."""
    name, value = line.label, line.end_label.removeprefix(line.label)
    if value == line.end_label:
        return middle(line.end_label, most)
    return f"{middle(name, max(most - len(value), _FEWEST))}{clean(value) and ' ' + clean(value)}"


def label_list(labels: Sequence[EndLabel]) -> str:
    """The same labels as HTML, for narrow screens; the picture's own text is the one that is read aloud."""
    items = "".join(
        f'<li><i class="end-dot c-{label.line.role}"></i>{escaped(middle(label.line.end_label, MOST_IN_TITLE))}</li>'
        for label in labels
    )
    return f'<ul class="end-list" aria-hidden="true">{items}</ul>' if items else ""
