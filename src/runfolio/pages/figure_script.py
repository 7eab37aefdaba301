"""Numbers of a page's figures that no run's series hold: a script that the page loads when a reader reaches for a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from runfolio.charts.chart import Line, Points
from runfolio.pages.encoding import encode, encode_axis
from runfolio.pages.figures import Figure
from runfolio.pages.routes import slug
from runfolio.pages.scripts import script


def with_script(figures: Sequence[Figure], name: str, path: str) -> tuple[Figure, ...]:
    """The figures with a key for every line and every set of points, to be found in the script at `path`; `name` is that of the
    experiment."""
    source = _source(name)
    found = []
    for figure in figures:
        chart = figure.chart
        own = f"{source}/{chart.chart_id}"
        keyed = replace(
            chart,
            lines=tuple(replace(line, key=f"{own}/line-{at}") for at, line in enumerate(chart.lines)),
            points=tuple(replace(some, key=f"{own}/points-{at}") for at, some in enumerate(chart.points)),
        )
        found.append(replace(figure, chart=keyed, sources={source: path}))
    return tuple(found)


def figures_script(figures: Sequence[Figure], name: str) -> bytes:
    """The script, for figures as `with_script` gives them: values in logged units, as in every script; points that are not drawn
    left out."""
    metrics = {}
    for figure in figures:
        chart = figure.chart
        marks: tuple[Line | Points, ...] = (*chart.lines, *chart.points)
        for mark in marks:
            metrics[mark.key.partition("/")[2]] = _entry(mark, chart.y.factor)
    return script(_source(name), {"metrics": metrics})


def _source(name: str) -> str:
    return f"figures:{slug(name)}"


def _entry(mark: Line | Points, factor: float) -> dict[str, object]:
    if isinstance(mark, Points):
        known = np.isfinite(mark.x) & np.isfinite(mark.y)
        return {"step": encode_axis(mark.x[known]), "value": encode(mark.y[known] / factor)}
    entry: dict[str, object] = {"step": encode_axis(mark.x), "value": encode(mark.y / factor)}
    if mark.low is not None and mark.high is not None:
        entry |= {"low": encode(mark.low / factor), "high": encode(mark.high / factor)}
    return entry
