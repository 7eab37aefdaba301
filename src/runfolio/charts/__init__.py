"""Charts as records of numbers. One module a chart; what a page may ask for is named here."""

from runfolio.charts.metric_by_group import dot_strip
from runfolio.charts.metric_by_step import CurveInput, RunCurve, metric_by_step
from runfolio.charts.sparkline import sparklines

__all__ = ["CurveInput", "RunCurve", "dot_strip", "metric_by_step", "sparklines"]
