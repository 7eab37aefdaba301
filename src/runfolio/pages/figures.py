"""A chart on a page: the chart, its size, and the series data its live version reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
