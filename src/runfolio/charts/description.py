"""A chart in words: a paragraph that can be read aloud or pasted."""

from __future__ import annotations

import numpy as np

from runfolio.analysis.rounding import four_digits
from runfolio.charts.chart import Axis, Chart, Line
from runfolio.charts.ticks import value_text

MOST_LINES = 8


def describe(chart: Chart) -> str:
    """Kind, lines, range, ends and extremes, in sentences; at most eight lines are told one by one."""
    named = [line for line in chart.lines if not line.is_thin] or list(chart.lines)
    thin = len(chart.lines) - len(named)
    count = "1 line" if len(named) == 1 else f"{len(named)} lines"
    extra = f" and {thin} single runs behind them" if thin else ""
    unit = f" {chart.x.unit}" if chart.x.unit else ""
    span = f"{chart.x.label} {four_digits(chart.x.low)} to {four_digits(chart.x.high)}{unit}"
    first = f"Line chart of {chart.title} by {chart.x.label}: {count}{extra}, {span}."
    sentences = [first, *(_line(line, chart.y, chart.x.label) for line in named[:MOST_LINES])]
    if len(named) > MOST_LINES:
        sentences.append(f"{len(named) - MOST_LINES} more lines are not told here.")
    return " ".join([*sentences, *chart.notes])


def _line(line: Line, y: Axis, x_label: str) -> str:
    known = np.flatnonzero(np.isfinite(line.y))
    if not known.size:
        return f"{line.label} has no value."

    def text(i: int) -> str:
        return value_text(float(line.y[i]), y.low, y.high, y.scale)

    values = line.y[known]
    last = int(known[-1])
    lowest, highest = int(known[int(values.argmin())]), int(known[int(values.argmax())])
    end = f"{line.label} {'breaks off' if line.is_cut else 'ends'} at {text(last)}"
    if known.size == 1:
        return f"{end}, its only value."
    return f"{end}; lowest {text(lowest)} at {x_label} {four_digits(float(line.x[lowest]))}, highest {text(highest)} at {x_label} {four_digits(float(line.x[highest]))}."
