"""A chart as data: axes, marks and the runs they came from. Engines in render draw it; none of them is known here.

Coordinates are in shown units (logged value x the metric's scale). Colours are roles, never colours: a theme gives
each role its light and dark colour.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from runfolio.model import FloatArray, Table

#: Colour roles a mark may have: `category-1` … `category-6` for unordered things, `sequence-1` … `sequence-4` for
#: ordered ones, `baseline` (ink, dashed), `focus` (the one thing a page is about), `muted` (all the others).
ROLES = (
    *(f"category-{i}" for i in range(1, 7)),
    *(f"sequence-{i}" for i in range(1, 5)),
    "baseline",
    "focus",
    "muted",
)


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: what it measures, its unit, and the range that is shown."""

    label: str
    low: float
    high: float
    unit: str = ""
    scale: str = "linear"
    """`linear` or `log` (then low and high are positive)."""
    log_is_offered: bool = False
    """True when all values are positive and span more than a factor of 20."""
    factor: float = 1.0
    """Shown value = logged value x factor."""
    ticks: tuple[tuple[float, str], ...] = ()
    """Places and their texts, for an axis of words; else the engine chooses round numbers."""
    names_rows: bool = False
    """True where `ticks` of a y axis name rows: the texts stand in the plot, each over its row."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A curve. `x`, `y`: shape (n,); the line breaks at non-finite y. `low`, `high`: band of the same shape, NaN where none."""

    label: str
    role: str
    x: FloatArray
    y: FloatArray
    low: FloatArray | None = None
    high: FloatArray | None = None
    run_ids: tuple[str, ...] = ()
    key: str = ""
    """Name under which the site's series data hold the same numbers: `<series file key>/<metric>`."""
    mean_of: tuple[str, ...] = ()
    """Keys of the series it is the mean of, where the site's data have no series of its own for it."""
    end_label: str = ""
    """Written at the line's end, such as `tinyformer 92.9`; empty for none."""
    is_cut: bool = False
    """True when the run ended there by failing: an x is drawn at the last point."""
    is_thin: bool = False
    """True for single runs behind an average."""
    is_bar: bool = False
    """True for a straight stroke that is an interval or joins things: drawn thick."""


@dataclass(frozen=True, slots=True)
class Dots:
    """One row of a dot strip: a dot for each replicate, a bar for the interval, a tick for the mean."""

    label: str
    role: str
    values: tuple[float, ...]
    mean: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Single points, shape (n,), that no line joins; those with a non-finite place are not drawn."""

    label: str
    role: str
    x: FloatArray
    y: FloatArray
    is_cross: bool = False
    """Drawn as x: trials that failed."""
    key: str = ""
    """See `Line.key`."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A line that leaves the frame, or starts outside: where (in x), and whether over the top or under the bottom."""

    x: float
    is_above: bool
    label: str
    role: str = "muted"
    """Of the line that leaves."""
    is_start: bool = False
    """True where the line starts outside and comes in at `x`."""


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A line chart with its words: title says what and unit, subtitle which runs, how many, and what the band is."""

    chart_id: str
    """Unique on its page; letters, digits and hyphens."""
    title: str
    subtitle: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    points: tuple[Points, ...] = ()
    """Drawn in this order, under the lines."""
    departures: tuple[Departure, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences under the chart, such as `2 runs leave the frame at steps 190 and 230`."""
    description: str = ""
    """A paragraph that can be read aloud: kind, series, range, ends, extremes."""
    table: Table | None = None
    """The chart's numbers at a few x, for readers without a picture."""
    run_ids: tuple[str, ...] = ()
    has_pointer: bool = True
    """False where marks are no functions of x, so that no crosshair can read them."""
    has_controls: bool = True
    """False where the page's choice of axes and smoothing makes no sense."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Dot strips that share one axis: a row for each group, and the baseline's mean as a thin line."""

    axis: Axis
    rows: tuple[Dots, ...]
    baseline: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sparkline:
    """A word-sized curve: shape (n,) with n at most 32, drawn in a range shared by its column."""

    x: FloatArray
    y: FloatArray
    low: float
    high: float
    role: str = "muted"


def empty() -> FloatArray:
    """An array of shape (0,)."""
    return np.empty(0, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart's place on a page."""

    width: int = 560
    height: int = 300
    margin: tuple[int, int, int, int] = field(default=(8, 120, 36, 48))
    """Top, right, bottom, left in pixels; the same for the picture and for the live figure."""
