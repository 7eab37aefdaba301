"""No page scrolls sideways, from 320 px (which is 400% zoom at 1280) to 1440; large text only wraps."""

from __future__ import annotations

import pytest
from browsing import KINDS, Open
from playwright.sync_api import Page

WIDTHS = (320, 390, 768, 1440)


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_scrolls_sideways(visit: Open, kind: str) -> None:
    page = visit(KINDS[kind])
    if kind == "comparison":
        page.locator(".compare-table").wait_for()
        page.locator("figure svg[data-plot]").first.wait_for()
    too_wide = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if overflow(page) > 0:
            too_wide[width] = overflow(page)
    assert too_wide == {}


@pytest.mark.parametrize("kind", ["home", "experiment", "run", "compare"])
def test_text_of_twice_the_size_wraps(visit: Open, kind: str) -> None:
    """Twice the size by the browser's zoom: the same pixels, half the CSS width."""
    page = visit(KINDS[kind], width=640)
    assert overflow(page) == 0
    clipped = page.evaluate(
        """() => [...document.querySelectorAll("h1, h2, h3, .lead, .note, .description, dd, dt, summary")]
            .filter((node) => !node.closest(".scroll") && node.checkVisibility() && node.scrollWidth > node.clientWidth + 1
                && getComputedStyle(node).overflow !== "visible")
            .map((node) => node.textContent.slice(0, 60))"""
    )
    assert clipped == []


def test_controls_are_large_enough_to_hit(visit: Open) -> None:
    for kind in ("experiment", "run", "compare"):
        page = visit(KINDS[kind], width=390)
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, select, summary, input:not([type=checkbox]):not([type=range])")]
                .filter((node) => node.checkVisibility())
                .map((node) => [node.outerHTML.slice(0, 80), node.getBoundingClientRect()])
                .filter(([, box]) => box.width > 0 && (box.height < 18 || box.width < 24))
                .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
        )
        assert small == []
