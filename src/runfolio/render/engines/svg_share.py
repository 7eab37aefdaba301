"""A bar with its interval for a cell of a table. Lengths are in percent, so that it fills a cell of any width."""

from __future__ import annotations

from runfolio.charts.share_by_parameter import ShareBar

_HEIGHT, _BAR = 24, 12


def draw_share(bar: ShareBar) -> str:
    """The bar from the left edge and a line for its interval; hidden from assistive technology: its numbers stand beside it."""
    middle, top = _HEIGHT / 2, (_HEIGHT - _BAR) / 2
    return (
        f'<svg class="share-bar" width="100%" height="{_HEIGHT}" aria-hidden="true">'
        f'<rect class="share c-{bar.role}" x="0" y="{top:g}" width="{_percent(bar.end)}" height="{_BAR}"/>'
        f'<line class="share-interval" x1="{_percent(bar.low)}" x2="{_percent(bar.high)}" y1="{middle:g}" y2="{middle:g}"/></svg>'
    )


def _percent(share: float) -> str:
    return f"{round(share * 100, 2):g}%"
