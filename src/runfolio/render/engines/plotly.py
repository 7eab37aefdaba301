"""What the page's script needs to make a live figure of a chart: names, ranges and where the numbers are."""

from __future__ import annotations

from collections.abc import Mapping

from runfolio.charts.chart import Axis, Chart, Line, Shown


def live_figure(chart: Chart, shown: Shown, sources: Mapping[str, str]) -> dict[str, object]:
    """The figure as JSON can hold it, with the picture's own margins and ranges, so that Explore changes only abilities.

    `sources` maps a series key (`series:<run>`, `curves:<experiment>`) to the script that holds it, by its path from
    the site's root. Lines without a key, or whose source is not given, have no live version and are left out.
    """
    lines = [
        line for line in chart.lines if all(source in sources for source in _scripts(line)) and _keys(line)
    ]
    used = {source for line in lines for source in _scripts(line)}
    return {
        "id": chart.chart_id,
        "title": chart.title,
        "x": _axis(chart.x),
        "y": _axis(chart.y),
        "width": shown.width,
        "height": shown.height,
        "margin": list(shown.margin),
        "scale": chart.y.factor,
        "traces": [_trace(line) for line in lines],
        "sources": {key: path for key, path in sources.items() if key in used},
    }


def _axis(axis: Axis) -> dict[str, object]:
    return {
        "label": axis.label,
        "unit": axis.unit,
        "low": axis.low,
        "high": axis.high,
        "scale": axis.scale,
        "log_is_offered": axis.log_is_offered,
    }


def _keys(line: Line) -> tuple[str, ...]:
    return line.mean_of or ((line.key,) if line.key else ())


def _source(key: str) -> str:
    """`series:<run>` or `curves:<experiment>#<group>`: the key up to its first slash; the rest is the metric."""
    return key.partition("/")[0]


def _scripts(line: Line) -> list[str]:
    return [_source(key).partition("#")[0] for key in _keys(line)]


def _trace(line: Line) -> dict[str, object]:
    first = _keys(line)[0]
    trace: dict[str, object] = {
        "name": line.label,
        "role": line.role,
        "source": _source(first),
        "metric": first.partition("/")[2],
    }
    # What is not so is not said: a page has dozens of lines.
    marks = {"band": line.low is not None, "thin": line.is_thin, "cut": line.is_cut}
    trace |= {name: True for name, is_so in marks.items() if is_so}
    if line.mean_of:
        trace["mean_of"] = [_source(key) for key in line.mean_of]
    return trace
