from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go

from runfolio.charts.chart import Chart, Shown
from runfolio.charts.metric_by_step import CurveInput, metric_by_step
from runfolio.model import MetricSpec
from runfolio.render.engines.plotly import live_figure

STEPS = np.arange(10.0)
SOURCES = {
    "curves:e": "series/e-groups.1.js",
    "series:r1": "series/r1.2.js",
    "series:unused": "series/u.3.js",
}


def example() -> Chart:
    y = np.geomspace(1, 100, 10)
    curves = [
        CurveInput(
            "mean", "category-1", STEPS, y, y * 0.9, y * 1.1, 5, key="curves:e#tiny-lr0.1/val/acc/top5"
        ),
        CurveInput("run", "baseline", STEPS, y, key="series:r1/val/acc", is_cut=True),
        CurveInput("difference", "focus", STEPS, y),
        CurveInput("elsewhere", "focus", STEPS, y, key="series:r2/val/acc"),
    ]
    return metric_by_step(MetricSpec("val/acc", "Accuracy", "%", scale=100.0), curves, chart_id="acc")


def test_traces_name_where_their_numbers_are() -> None:
    record = live_figure(example(), Shown(), SOURCES)
    assert record["traces"] == [
        {
            "name": "mean",
            "role": "category-1",
            "source": "curves:e#tiny-lr0.1",
            "metric": "val/acc/top5",
            "band": True,
        },
        {
            "name": "run",
            "role": "baseline",
            "source": "series:r1",
            "metric": "val/acc",
            "cut": True,
        },
    ]
    assert record["sources"] == {"curves:e": "series/e-groups.1.js", "series:r1": "series/r1.2.js"}


def test_the_place_is_that_of_the_picture_and_the_record_is_strict_json() -> None:
    chart, shown = example(), Shown(580, 300, (8, 120, 36, 48))
    record = json.loads(json.dumps(live_figure(chart, shown, SOURCES), allow_nan=False))
    assert (record["width"], record["height"], record["margin"]) == (580, 300, [8, 120, 36, 48])
    assert record["y"] == {
        "label": "Accuracy",
        "unit": "%",
        "low": chart.y.low,
        "high": chart.y.high,
        "scale": "linear",
        "log_is_offered": True,
    }
    assert (record["id"], record["title"], record["scale"]) == ("acc", "Accuracy, %", 100.0)


def test_plotly_accepts_what_the_script_makes_of_it() -> None:
    """The same fields as explore.js: a wrong name or value is refused by Plotly's own validators."""
    record = live_figure(example(), Shown(), SOURCES)
    top, right, bottom, left = record["margin"]  # type: ignore[misc]
    axes = {name: record[name] for name in ("x", "y")}
    figure = go.Figure(
        data=[
            go.Scatter(
                x=STEPS,
                y=STEPS,
                mode="lines",
                name=trace["name"],
                line={
                    "width": 1 if trace.get("thin") else 2,
                    "dash": "dash" if trace["role"] == "baseline" else "solid",
                },
                fill="tonexty" if trace.get("band") else "none",
                connectgaps=False,
                showlegend=False,
            )
            for trace in record["traces"]  # type: ignore[attr-defined]
        ],
        layout={
            "margin": {"t": top, "r": right, "b": bottom, "l": left},
            "height": record["height"],
            **{
                f"{name}axis": {
                    "type": axis["scale"],
                    "range": [axis["low"], axis["high"]],
                    "title": {"text": axis["label"]},
                }  # type: ignore[index]
                for name, axis in axes.items()
            },
        },
    )
    assert len(figure.data) == 2
    assert figure.layout.yaxis.range == (axes["y"]["low"], axes["y"]["high"])  # type: ignore[index]
