"""A chart in words: a paragraph that can be read aloud or pasted."""

from __future__ import annotations

import numpy as np

from runfolio.analysis.rounding import four_digits
from runfolio.charts.chart import Chart
from runfolio.charts.memory import remembered
from runfolio.charts.ticks import value_text
from runfolio.model import FloatArray

MOST_LINES = 8


def describe(chart: Chart) -> str:
    """Kind, lines, range, ends and extremes, in sentences; at most eight lines are told one by one."""
    named = [line for line in chart.lines if not (line.is_thin or line.role == "muted")] or list(chart.lines)
    thin = len(chart.lines) - len(named)
    count = "1 line" if len(named) == 1 else f"{len(named)} lines"
    extra = f" and {thin} single runs behind them" if thin else ""
    unit = f" {chart.x.unit}" if chart.x.unit else ""
    span = f"{chart.x.label} {four_digits(chart.x.low)} to {four_digits(chart.x.high)}{unit}"
    first = f"Line chart of {chart.title} by {chart.x.label}: {count}{extra}, {span}."
    scale = (chart.y.low, chart.y.high, chart.y.scale)
    sentences = [
        first,
        *(
            line.label + _course(line.x, line.y, line.is_cut, chart.x.label, *scale)
            for line in named[:MOST_LINES]
        ),
    ]
    if len(named) > MOST_LINES:
        sentences.append(f"{len(named) - MOST_LINES} more lines are not told here.")
    return " ".join([*sentences, *chart.notes])


@remembered(1024)
def _course(
    x: FloatArray, y: FloatArray, is_cut: bool, x_label: str, y_low: float, y_high: float, scale: str
) -> str:
    """What goes on after a line's name."""
    known = np.flatnonzero(np.isfinite(y))
    if not known.size:
        return " has no value."

    def text(i: int) -> str:
        return value_text(float(y[i]), y_low, y_high, scale)

    values = y[known]
    last = int(known[-1])
    lowest, highest = int(known[int(values.argmin())]), int(known[int(values.argmax())])
    end = f" {'breaks off' if is_cut else 'ends'} at {text(last)}"
    if known.size == 1:
        return f"{end}, its only value."
    return f"{end}; lowest {text(lowest)} at {x_label} {four_digits(float(x[lowest]))}, highest {text(highest)} at {x_label} {four_digits(float(x[highest]))}."
