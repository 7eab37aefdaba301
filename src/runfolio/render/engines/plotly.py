"""What the page's script needs to make a live figure of a chart: names, ranges and where the numbers are."""

from __future__ import annotations

from collections.abc import Mapping

from runfolio.charts.chart import Axis, Chart, Line, Points, Shown
from runfolio.model.table import Cell


def live_figure(chart: Chart, shown: Shown, sources: Mapping[str, str]) -> dict[str, object]:
    """The figure as JSON can hold it, with the picture's own margins and ranges, so that Explore changes only abilities.

    `sources` maps a series key (`series:<run>`, `curves:<experiment>`) to the script that holds it, by its path from
    the site's root. Lines without a key, or whose source is not given, have no live version and are left out.
    """
    lines = [
        line for line in chart.lines if all(source in sources for source in _scripts(line)) and _keys(line)
    ]
    # Points come first: they lie under the lines.
    dots = [some for some in chart.points if _source(some.key) in sources]
    used = {source for line in lines for source in _scripts(line)} | {_source(some.key) for some in dots}
    return {
        "id": chart.chart_id,
        "title": chart.title,
        "x": _axis(chart.x),
        "y": _axis(chart.y),
        "width": shown.width,
        "height": shown.height,
        "margin": list(shown.margin),
        "scale": chart.y.factor,
        "traces": [*map(_dots, dots), *map(_trace, lines)],
        "sources": {key: path for key, path in sources.items() if key in used},
        **_exceptions(chart),
    }


def _exceptions(chart: Chart) -> dict[str, object]:
    """What a chart is not for; and the rows of its table, where an axis without numbers makes its marks no table."""
    found: dict[str, object] = {}
    if not chart.has_pointer:
        found["still"] = True
    if not chart.has_controls:
        found["fixed"] = True
    if chart.y.ticks and chart.table is not None:
        found["rows"] = [[column.label for column in chart.table.columns], *map(_cells, chart.table.rows)]
    return found


def _cells(row: tuple[Cell, ...]) -> list[Cell]:
    """Without the digits that adding up makes up."""
    return [float(f"{value:.12g}") if isinstance(value, float) else value for value in row]


def _axis(axis: Axis) -> dict[str, object]:
    found: dict[str, object] = {
        "label": axis.label,
        "unit": axis.unit,
        "low": axis.low,
        "high": axis.high,
        "scale": axis.scale,
        "log_is_offered": axis.log_is_offered,
    }
    if axis.ticks:
        found["ticks"] = [list(tick) for tick in axis.ticks]
    if axis.names_rows:
        found["rows"] = True
    return found


def _keys(line: Line) -> tuple[str, ...]:
    return line.mean_of or ((line.key,) if line.key else ())


def _source(key: str) -> str:
    """`series:<run>` or `curves:<experiment>#<group>`: the key up to its first slash; the rest is the metric."""
    return key.partition("/")[0]


def _scripts(line: Line) -> list[str]:
    return [_source(key).partition("#")[0] for key in _keys(line)]


def _dots(points: Points) -> dict[str, object]:
    mark = "cross" if points.is_cross else "dot"
    return {
        "name": points.label,
        "role": points.role,
        "source": _source(points.key),
        "metric": points.key.partition("/")[2],
        "mark": mark,
    }


def _trace(line: Line) -> dict[str, object]:
    first = _keys(line)[0]
    trace: dict[str, object] = {
        "name": line.label,
        "role": line.role,
        "source": _source(first),
        "metric": first.partition("/")[2],
    }
    # What is not so is not said: a page has dozens of lines.
    marks = {"band": line.low is not None, "thin": line.is_thin, "cut": line.is_cut, "bar": line.is_bar}
    trace |= {name: True for name, is_so in marks.items() if is_so}
    if line.mean_of:
        trace["mean_of"] = [_source(key) for key in line.mean_of]
    return trace
