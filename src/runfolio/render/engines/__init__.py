"""Engines that draw charts: pictures as SVG, live figures for the page's script."""

from runfolio.render.engines.plotly import live_figure
from runfolio.render.engines.svg import draw_chart, draw_sparkline, draw_strip_axis, draw_strip_row

__all__ = ["draw_chart", "draw_sparkline", "draw_strip_axis", "draw_strip_row", "live_figure"]
